"""A region's own list of firms: read from an office's file, matched with the known companies, linked to segments, answered by people."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath

import polars as pl

from chaingraph.errors import ChaingraphError, DataError, Problem, UnknownNameError
from chaingraph.graph import ChainGraph
from chaingraph.model import Verdict
from chaingraph.own_firms import Coverage, OwnFirms
from chaingraph.phrases import Phrase, counted
from ingest.imports import linked, review
from ingest.imports.layout import AMOUNTS, FIELDS, UNITS, Column
from ingest.imports.rows import REASONS, Gathered, gather, merged
from ingest.imports.sheets import UPLOAD, Limits, open_sheets
from ingest.imports.values import FAULTS
from ingest.linking import Lexicons
from ingest.uploads import file_name

NO_MATCHES = {
    "identity": pl.String(),
    "company_id": pl.String(),
    "verdict": pl.String(),
    "candidates": pl.List(pl.String()),
    "why": pl.String(),
}
NO_LINKS = {
    "identity": pl.String(), "segment_id": pl.String(), "verdict": pl.String(), "confidence": pl.Float64(),
    "terms": pl.String(), "basis": pl.String(), "because": pl.String(),
}  # fmt: skip


@dataclass(frozen=True)
class RecognisedColumn:
    """A column of a sheet that is used, as the output names it."""

    sheet: str
    column: Column

    @property
    def text(self) -> Phrase:
        """Say what the column was taken for, and why."""
        how = {
            "heading": Phrase("按表头", "by its heading"),
            "content": Phrase("按内容", "by its cells"),
            "given": Phrase("按指定", "as you said"),
        }[self.column.how]
        shown = self.column.heading or f"第 {self.column.position + 1} 列"
        unit = f"，单位：{self.column.unit}" if self.column.unit else ""
        english = f"; unit {self.column.unit}" if self.column.unit else ""
        where = f"{self.sheet} · " if self.sheet else ""
        meaning = FIELDS[self.column.field]
        return Phrase(f"{where}“{shown}” → {meaning}（{how}{unit}）", f"{where}'{shown}' → {meaning.en} ({how.en}{english})")


@dataclass(frozen=True)
class FirmList:
    r"""The firms of a region as its own office lists them (自有名单).

    `firms`: one row per firm: identity (credit code, else normal name), sheet and row it stands at first, the texts and numbers of
    `ingest.imports.rows.SCHEMA` (amounts in 万元; not known is null), `also_named` (joined by ；). `counts`: what became of every row by
    reason (`REASONS`); they add up to `rows`. `columns`: what was recognised, and how; `notices`: what a person should know;
    `unused`: headings that mean nothing here. `sha256` and `read_on` are of the file.

    `matches`: identity, company_id, verdict (accept, review, reject), candidates, why; `links`: identity, segment_id, verdict,
    confidence, terms, basis (text, given, known, decision), because. Both are empty until `matched` and `linked`; `version` is the
    data version they were made with. `answers`: what people decided, by question.

    `coverage` says whether the list claims to hold every firm of the region (above some size): only then is a segment without
    any firm missing.

    >>> content = "企业名称,主要产品\n大元泵业,水泵\n台州某某泵业有限公司,离心泵；屏蔽泵\n".encode()
    >>> found = ingest.read_firm_list(content, "泵业.csv", graph, "台州").linked(graph)
    >>> found.firms.height, found.own_firms(graph).counts["pump-motor/pump-whole"]
    (2, 2)
    >>> cg.diagnose(graph, "台州", "泵与电机", own=found.own_firms(graph))["pump-whole"].because.en
    "... firms (own list and known companies), where the nation's mix would give 0.0"
    """

    name: str
    region_code: str
    file: str
    sha256: str
    read_on: str
    firms: pl.DataFrame
    counts: Mapping[str, int]
    columns: tuple[RecognisedColumn, ...]
    notices: tuple[Phrase, ...]
    unused: tuple[str, ...] = ()
    coverage: Coverage = Coverage.COMPLETE
    matches: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=NO_MATCHES))
    links: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=NO_LINKS))
    answers: Mapping[str, str] = field(default_factory=dict)
    version: str = ""

    @property
    def rows(self) -> int:
        """Rows that were read: the sum of the counts."""
        return sum(self.counts.values())

    @property
    def counts_text(self) -> Phrase:
        """Say what became of every row: the numbers add up."""
        parts = [(n, REASONS[reason]) for reason, n in self.counts.items() if n or reason == "firms"]
        zh = " + ".join(f"{word} {n:,}" for n, word in parts)
        en = " + ".join(f"{word.en} {n:,}" for n, word in parts)
        return Phrase(f"读入 {self.rows:,} 行 = {zh}", f"{counted(self.rows, 'row')} read = {en}")

    def matched(self, graph: ChainGraph) -> FirmList:
        """Return the list with its firms matched with the graph's companies: by credit code first, then by name.

        Firms that turn out to be one company (under a former name, say) become one, and are counted as duplicates.
        """
        found = linked.matches(self.firms, graph, review.company_answers(self.answers))
        sure = found.filter(pl.col("verdict") == "accept").select("identity", "company_id")
        twins = sure.with_columns(pl.col("identity").first().over("company_id").alias("kept")).filter(
            pl.col("kept") != pl.col("identity")
        )
        counts = {**self.counts}
        counts["firms"] -= twins.height
        counts["duplicates"] = counts.get("duplicates", 0) + twins.height
        return replace(
            self,
            firms=_joined(self.firms, twins),
            counts=counts,
            matches=found.join(twins, on="identity", how="anti"),
            links=pl.DataFrame(schema=NO_LINKS),
            version=graph.version,
        )

    def linked(self, graph: ChainGraph, lexicons: Lexicons | None = None) -> FirmList:
        """Return the list with its firms linked to segments: by the office's own word, by what is known of the company, by their texts.

        `lexicons`: those of the data folder; of the shipped one without. A list that was not matched with this version is matched first.
        """
        mine = self if self.version == graph.version and not self.matches.is_empty() else self.matched(graph)
        found, unknown = linked.links(
            mine.firms, mine.matches, graph, lexicons or linked.shipped_lexicons(), review.segment_answers(mine.answers)
        )
        told = tuple(n for n in mine.notices if not str(n).startswith(_UNKNOWN_SEGMENT))
        if unknown:
            shown, n = "、".join(list(unknown)[:5]), sum(unknown.values())
            told += (
                Phrase(
                    f"{_UNKNOWN_SEGMENT}：{shown}（{n} 家）",
                    f"segments in the list that the graph does not have: {shown} ({counted(n, 'firm')})",
                ),
            )
        return replace(mine, links=found, notices=told)

    @cached_property
    def questions(self) -> tuple[review.Question, ...]:
        """What a person is asked: which company a doubtful name means, whether a firm is in a doubtful segment."""
        return tuple(review.questions(self.firms, self.matches, self.links))

    def review_sheet(self, graph: ChainGraph) -> bytes:
        """Return the open questions as a workbook to be filled in: one row per question, its answers to choose from."""
        return review.workbook(self.questions, graph, list_name=self.name, region_code=self.region_code)

    def answered(self, content: bytes, graph: ChainGraph, lexicons: Lexicons | None = None) -> FirmList:
        """Return the list with the answers of a review sheet, which may be filled in partly; earlier answers stay.

        DataError: a wrong answer, or a question that is not of this list, each by its row.
        """
        given = review.read_answers(content, self.questions, graph, self.answers)
        return replace(self, answers={**self.answers, **given}).matched(graph).linked(graph, lexicons)

    def own_firms(self, graph: ChainGraph) -> OwnFirms:
        """Return the list as evidence for `diagnose`. ChaingraphError: it was not linked with this version of the graph."""
        if self.version != graph.version:
            raise ChaingraphError(f"the list '{self.name}' was linked with another version of the data: link it again.")
        sure = self.links.filter(pl.col("verdict") == Verdict.CONFIRMED.value)
        waiting = self.links.filter(pl.col("verdict") != Verdict.CONFIRMED.value)["segment_id"].unique()
        known = self.matches.filter(pl.col("verdict") == "accept").select("identity", "company_id")
        readable = self.firms.filter(pl.any_horizontal(pl.col("scope", "products", "industry", "segment").is_not_null())).height
        return OwnFirms.of(
            self.name,
            self.region_code,
            date.fromisoformat(self.read_on),
            self.firms.height,
            sure.join(known, on="identity", how="left").select("identity", "segment_id", "company_id").rows(),
            waiting=frozenset(waiting.to_list()),
            coverage=self.coverage,
            readable_share=readable / self.firms.height if self.firms.height else 0.0,
            members=known["company_id"].to_list(),
        )


_UNKNOWN_SEGMENT = "名单中的环节在图谱里没有"


def read_firm_list(
    source: bytes | str | Path,
    filename: str,
    graph: ChainGraph,
    region: str,
    *,
    name: str = "",
    columns: Mapping[str, str] | None = None,
    unit: str = "",
    coverage: Coverage = Coverage.COMPLETE,
    today: date | None = None,
    limits: Limits = UPLOAD,
    say: Callable[[str], None] = lambda _: None,
) -> FirmList:
    r"""Return the firms of a region in a CSV, TXT or XLSX file as an office has it (`source`: its bytes, or where it lies).

    `columns`: field → heading, "" for no column, where what is recognised is not what is meant; `unit`: 元, 万元 or 亿元 of amounts for which the file names
    none. The list is called `name`, else as the file. `limits`: how large it may be; a browser's are small.

    DataError: a file that cannot be read, no column of names, a heading that is not there, no firm at all.

    >>> content = "台州市企业名单\n序号,企业名称,注册资本（万元）\n1,大元泵业,\"1,200\"\n,合计,1200\n".encode()
    >>> found = ingest.read_firm_list(content, "firms.csv", graph, "台州")
    >>> print(found.counts_text.en)
    4 rows read = firms 1 + totals 1 + titles and headings 2
    >>> found.firms["registered_capital_wan"].to_list()
    [1200.0]
    """
    file, place, given = file_name(filename), graph.find_region(region), dict(columns or {})
    for wanted in given:
        if wanted not in FIELDS:
            raise UnknownNameError("field", wanted, FIELDS, f"There are {', '.join(FIELDS)}.")
    if unit and unit not in UNITS:
        raise UnknownNameError("unit", unit, UNITS, f"There are {', '.join(UNITS)}.")
    content = Path(source) if isinstance(source, str) else source
    found = gather(open_sheets(content, filename, limits), graph, place, given, unit, say)
    _complain(found, given, file)
    firms, duplicates, several = merged(found.frames)
    counts = {reason: found.counts.get(reason, 0) for reason in REASONS} | {"firms": firms.height, "duplicates": duplicates}
    if not firms.height:
        shown = "；".join(f"{REASONS[r]} {n}" for r, n in counts.items() if n)
        english = ", ".join(f"{n} {REASONS[r].en}" for r, n in counts.items() if n)
        raise DataError([
            Problem(file, Phrase("文件", "file"), "missing-value", Phrase(f"没有企业（{shown}）", f"no firm ({english})"),
                    Phrase(f"{place.name_zh}的企业", f"firms of {place.name_en}"), Phrase("请检查地区和文件。", "Is it the right file, and the right region?"))
        ])  # fmt: skip
    seen = tuple(RecognisedColumn(s.name, c) for s in found.sheets for c in s.layout.columns)
    unused = tuple(dict.fromkeys(h for s in found.sheets for h in s.layout.unused))
    return FirmList(
        name or PurePosixPath(file).stem,
        place.code,
        file,
        _digest(content),
        (today or date.today()).isoformat(),
        firms,
        counts,
        seen,
        tuple(_notices(found, several)),
        unused,
        coverage,
    )


def _complain(found: Gathered, given: Mapping[str, str], file: str) -> None:
    """Raise what keeps a file from being a list of firms."""
    expected = Phrase("一列企业名称，表头如“企业名称”", "a column of company names with a heading such as 企业名称")
    if not found.sheets:
        seen = "、".join(found.heads)[:100]
        what = Phrase(f"没有企业名称列（第一行：{seen}）", f"no column of company names (first row: {seen})")
        remedy = Phrase(
            "请在企业名称那一列上方写“企业名称”，或指定：--column name=表头。",
            "Write 企业名称 above the names, or say --column name=HEADING.",
        )
        raise DataError([Problem(file, Phrase("表头", "headings"), "missing-column", what, expected, remedy)])
    headings = {h for s in found.sheets for h in (*(c.heading for c in s.layout.columns), *s.layout.unused)}
    lost = [h for h in given.values() if h and h not in headings]
    if lost:
        near = "、".join(sorted(h for h in headings if h)[:20])
        remedy = Phrase("请照抄表头。", "Copy the heading as it stands.")
        raise DataError([
            Problem(file, Phrase("表头", "headings"), "missing-column", Phrase(f"没有“{h}”", f"no '{h}'"), Phrase(f"其中之一：{near}", f"one of {near}"), remedy)
            for h in lost
        ])  # fmt: skip


def _notices(found: Gathered, several: int) -> Iterator[Phrase]:
    for sheet in found.sheets:
        where, english = (f"工作表“{sheet.name}”", f"sheet '{sheet.name}'") if sheet.name else ("文件", "file")
        if sheet.hidden_rows:
            n = sheet.hidden_rows
            yield Phrase(f"{where}：{n} 个隐藏行也读入了", f"{english}: {counted(n, 'hidden row')} read too")
        if sheet.uncomputed:
            cells, n = "、".join(sheet.uncomputed[:5]), len(sheet.uncomputed)
            yield Phrase(
                f"{where}：{n} 个公式没有算出的值（{cells}），按空白处理；请在 Excel 中打开保存后再导入",
                f"{english}: {counted(n, 'formula')} without a computed value ({cells}), taken as empty; open and save it in Excel first",
            )
        for column in sheet.layout.columns:
            if column.field in AMOUNTS and column.unit == "外币":
                shown = column.heading
                yield Phrase(
                    f"“{shown}”是外币，没有汇率，按未知处理", f"'{shown}' is in a foreign currency, without a rate not known"
                )
    for name, reason, n in found.left_out:
        yield Phrase(f"工作表“{name}”未使用：{REASONS[reason]} {n}", f"sheet '{name}' is not used: {n} {REASONS[reason].en}")
    for (name, kind), n in found.faults.items():
        sheet_name, row, cell = found.first[name, kind]
        where = f"{sheet_name} 第 {row} 行" if sheet_name else f"第 {row} 行"
        english = f"{sheet_name}, row {row}" if sheet_name else f"row {row}"
        yield Phrase(
            f"{FIELDS[name]}：{n} 个{FAULTS[kind]}（如 {where}“{cell}”）",
            f"{FIELDS[name].en}: {n} {FAULTS[kind].en} (such as {english}: '{cell}')",
        )
    if several:
        yield Phrase(
            f"{several} 家企业有几个名称，信用代码相同，各算一家",
            f"{counted(several, 'firm')} under several names with one credit code, each counted once",
        )


def _joined(firms: pl.DataFrame, twins: pl.DataFrame) -> pl.DataFrame:
    """The firms without those that are another's company; the name of the one left out stays with the one kept."""
    if twins.is_empty():
        return firms
    names = (
        twins.join(firms.select("identity", "name"), on="identity")
        .group_by("kept")
        .agg(pl.col("name").str.join("；").alias("_more"))
    )
    left = firms.join(twins, on="identity", how="anti", maintain_order="left")
    left = left.join(names, left_on="identity", right_on="kept", how="left", maintain_order="left")
    return left.with_columns(
        pl.concat_str("also_named", "_more", separator="；", ignore_nulls=True).replace("", None).alias("also_named")
    ).drop("_more")


def _digest(source: bytes | Path) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


__all__: Sequence[str] = ["FirmList", "RecognisedColumn", "read_firm_list"]
