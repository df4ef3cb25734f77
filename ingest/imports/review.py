"""What is doubtful in a list, asked of a person on a sheet of a workbook, and the answers read back from it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from chaingraph.errors import DataError, Problem, UnknownNameError
from chaingraph.graph import ChainGraph
from chaingraph.model import Verdict
from chaingraph.phrases import Phrase
from ingest.imports.sheets import UPLOAD, open_sheets
from ingest.imports.values import text

MARK = "待核表"
"""Title of the sheet, and first word of its first cell: by this a review sheet is known."""

HEADINGS = ("编号", "类型", "企业", "问题", "候选", "依据", "判定")
NONE_OF_THEM, YES, NO = "都不是", "是", "否"

MOST_QUESTIONS = 5_000
"""Questions on one sheet, the largest firms' first: nobody answers more at once."""

_HEAD_ROWS = 5
_KINDS = {"company": "是哪家企业", "segment": "在不在这个环节"}
_INSTRUCTIONS = (
    "请在“判定”一列下拉选择：类型为“是哪家企业”的，选候选企业或“都不是”；类型为“在不在这个环节”的，选“是”或“否”。不确定的留空，以后再填。",
    "填好后用同一条命令导入本文件（chaingraph import 本文件），或在“数据导入”页面上传。请勿改动“编号”一列和本页前五行。",
)


@dataclass(frozen=True)
class Question:
    """A doubt about a firm of a list: which company it is, or whether it is in a segment.

    `choices` are company ids, or none for a segment (yes or no). `key` names the question for good: kind, identity and segment.
    """

    kind: str
    identity: str
    name: str
    text: str
    evidence: str
    segment_id: str = ""
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The question's own name."""
        return "\t".join((self.kind, self.identity, self.segment_id))

    @property
    def number(self) -> str:
        """Number on the sheet: ten digits of the SHA-1 of the key."""
        return number_of(self.key)


def number_of(key: str) -> str:
    """Return the number of a question on a sheet."""
    return hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()[:10]


def company_answers(answers: Mapping[str, str]) -> dict[str, str]:
    """Return identity → company_id as people answered, "" for none of the candidates."""
    parts = ((key.split("\t"), answer) for key, answer in answers.items())
    return {identity: "" if answer == NONE_OF_THEM else answer for (kind, identity, _), answer in parts if kind == "company"}


def segment_answers(answers: Mapping[str, str]) -> dict[tuple[str, str], bool]:
    """Return (identity, segment_id) → whether it is in it, as people answered."""
    parts = ((key.split("\t"), answer) for key, answer in answers.items())
    return {(identity, segment): answer == YES for (kind, identity, segment), answer in parts if kind == "segment"}


def questions(firms: pl.DataFrame, matches: pl.DataFrame, links: pl.DataFrame) -> Iterator[Question]:
    """Yield what is to be asked: companies first, then segments by confidence, the surest first."""
    told = firms.select("identity", "name", pl.coalesce("products", "scope", "industry").alias("words"))
    doubtful = matches.filter(pl.col("verdict") == "review").join(told, on="identity", maintain_order="left")
    for row in doubtful.iter_rows(named=True):
        yield Question("company", row["identity"], row["name"], row["name"], row["why"] or "", choices=tuple(row["candidates"]))
    open_ = links.filter(~pl.col("verdict").is_in([Verdict.CONFIRMED.value, Verdict.REJECTED.value]))
    for row in open_.join(told, on="identity").sort("confidence", "identity", descending=[True, False]).iter_rows(named=True):
        evidence = f"{row['terms'] or ''}（{row['confidence']:.0%}）"
        yield Question("segment", row["identity"], row["name"], (row["words"] or row["name"])[:300], evidence, row["segment_id"])


def workbook(asked: Sequence[Question], graph: ChainGraph, *, list_name: str, region_code: str) -> bytes:
    """Return the review sheet: instructions, then a row per question with its answers in a drop-down."""
    import xlsxwriter  # noqa: PLC0415

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, hidden = book.add_worksheet(MARK), book.add_worksheet("选项")
        hidden.hide()
        bold, wrap = book.add_format({"bold": True, "font_size": 14}), book.add_format({"text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
        answer = book.add_format({"bg_color": "#FFF8DC", "border": 1, "valign": "top"})
        sheet.write_string(0, 0, f"{MARK}｜{graph.regions[region_code].name_zh} {region_code}｜{list_name}", bold)
        for n, line in enumerate(_INSTRUCTIONS, 1):
            sheet.write_string(n, 0, line)
        sheet.write_string(
            3, 0, f"共 {len(asked):,} 个问题" + (f"，先列 {MOST_QUESTIONS:,} 个" if len(asked) > MOST_QUESTIONS else "")
        )
        for column, heading in enumerate(HEADINGS):
            sheet.write_string(_HEAD_ROWS - 1, column, heading, head)
        for column, width in enumerate((12, 15, 32, 60, 40, 30, 34)):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(_HEAD_ROWS, 3)
        for n, question in enumerate(asked[:MOST_QUESTIONS]):
            row, choices = _HEAD_ROWS + n, _choices(question, graph)
            about = question.text if question.kind == "company" else f"{_segment(question, graph)}：{question.text}"
            cells = (question.number, _KINDS[question.kind], question.name, about, "\n".join(choices), question.evidence)
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell, wrap)
            for column, choice in enumerate(choices):
                hidden.write_string(n, column, choice)
            sheet.write_blank(row, len(cells), None, answer)
            source = f"='选项'!$A${n + 1}:${chr(64 + len(choices))}${n + 1}"
            sheet.data_validation(
                row, len(cells), row, len(cells), {"validate": "list", "source": source, "error_type": "warning"}
            )
        sheet.autofilter(_HEAD_ROWS - 1, 0, _HEAD_ROWS - 1 + max(len(asked[:MOST_QUESTIONS]), 1), len(HEADINGS) - 1)
    return out.getvalue()


def _segment(question: Question, graph: ChainGraph) -> str:
    segment = graph.segments[question.segment_id]
    return f"{graph.chains[segment.chain_id]} · {segment.name_zh}"


def _choices(question: Question, graph: ChainGraph) -> list[str]:
    if question.kind == "segment":
        return [YES, NO]
    return [*(f"{company} {graph.company(company)['name_zh']}" for company in question.choices), NONE_OF_THEM]


def reviewed_list(content: bytes) -> tuple[str, str] | None:
    """Return (region_code, list name) of a review sheet by its mark, None for any other file."""
    if not content.startswith(b"PK"):
        return None
    try:
        for sheet in open_sheets(content, "review.xlsx", UPLOAD):
            first = next(sheet.rows, (0, ()))[1]
            parts = text(first[0]).split("｜", 2) if first else []
            if parts and parts[0] == MARK and len(parts) == 3:
                return parts[1].split(" ")[-1], parts[2]
    except DataError:
        # What is wrong with the file is said when it is read as a list.
        return None
    return None


def read_answers(
    content: bytes, asked: Sequence[Question], graph: ChainGraph, answered: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return question key → answer of the filled rows of a review sheet: a company_id, 都不是, 是 or 否.

    `answered` are earlier answers, whose questions may stand on the sheet again. DataError: every row with a wrong answer, or with
    a question that is not of this list.
    """
    keys = {q.number: q.key for q in asked} | {number_of(key): key for key in answered or {}}
    given: dict[str, str] = {}
    problems: list[Problem] = []
    for sheet in open_sheets(content, "review.xlsx", UPLOAD):
        if sheet.is_hidden:
            continue
        head = next(
            (cells for _, cells in islice(sheet.rows, 20) if "编号" in (words := [text(c) for c in cells]) and "判定" in words),
            (),
        )
        titles = [text(cell) for cell in head]
        if not titles:
            continue
        number_at, answer_at = titles.index("编号"), titles.index("判定")
        for at, cells in sheet.rows:
            number, answer = (text(cells[c]) if c < len(cells) else "" for c in (number_at, answer_at))
            if not answer:
                continue
            where = Phrase(f"第 {at} 行", f"row {at}")
            if number not in keys:
                expected = Phrase("这份名单的问题编号", "the number of a question of this list")
                remedy = Phrase(
                    "请从最新的待核表里填写，不要改动“编号”。", "Fill in the latest review sheet, and leave 编号 as it is."
                )
                problems.append(
                    Problem(MARK, where, "broken-reference", Phrase(f"编号“{number}”", f"number '{number}'"), expected, remedy)
                )
                continue
            read = _answer(keys[number], answer, graph)
            if isinstance(read, Phrase):
                remedy = Phrase("请在下拉里选择，或清空这一格。", "Choose from the drop-down, or empty the cell.")
                problems.append(Problem(MARK, where, "unknown-word", Phrase(f"“{answer}”", f"'{answer}'"), read, remedy))
            else:
                given[keys[number]] = read
    if problems:
        raise DataError(problems)
    return given


def _answer(key: str, answer: str, graph: ChainGraph) -> str | Phrase:
    """The answer as it is kept, or what was expected in its place."""
    if key.startswith("segment"):
        return answer if answer in (YES, NO) else Phrase("“是”或“否”", "是 or 否")
    if answer == NONE_OF_THEM:
        return answer
    for words in (answer.partition(" ")[0], answer):
        try:
            return graph.find_company(words)
        except UnknownNameError:
            continue
    return Phrase("图谱里的企业，或“都不是”", "a company of the graph, or 都不是")
