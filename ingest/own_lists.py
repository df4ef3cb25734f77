"""Lists of firms that a user brings (专精特新, an association's members …): read, matched with the known companies, kept per owner."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from chaingraph.errors import ChaingraphError, DataError, Problem
from chaingraph.graph import ChainGraph
from chaingraph.phrases import Phrase
from chaingraph.workspace import WorkspaceFile, owner_name
from ingest.matching import match
from ingest.name_index import NameIndex, forms_of
from ingest.names import parse, uscc_is_valid
from ingest.uploads import Sheet, file_name, read_sheets

SURE_HEADINGS = (
    "企业名称", "公司名称", "单位名称", "企业全称", "公司全称", "单位全称", "市场主体名称", "经营主体名称", "法人名称", "纳税人名称",
    "会员名称", "机构名称", "companyname", "enterprisename", "firmname",
)  # fmt: skip
"""Titles of a column of company names, the surest first; without brackets, white space and marks, in small letters."""

LOOSE_HEADINGS = (
    "会员单位", "申报单位", "申报企业", "入选企业", "企业", "公司", "全称", "名称", "单位", "company", "enterprise", "firm",
    "organisation", "organization", "fullname", "name",
)  # fmt: skip
"""Titles that mean company names where no surer title, nor a short one that begins or ends with a surer one, is there."""

CODE_HEADINGS = ("信用代码", "creditcode", "uscc")
"""How titles of a column of credit codes end."""

HEAD_ROWS = 20
"""First rows of a sheet among which its titles are looked for."""

CONTENT_ROWS = 200
"""First rows of a sheet by whose cells a column without a title is judged."""

LONGEST_NAME = 200
"""Characters of a company name."""

MOST_CANDIDATES = 5
"""Companies among which a person chooses for a doubtful name."""

_MARKS = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】|[\s*:：·_-]")
_NUMBER = re.compile(r"[\d.,]*")

_SCHEMA = """
CREATE TABLE lists (
    owner TEXT NOT NULL, list_id TEXT NOT NULL, name TEXT NOT NULL, matched TEXT NOT NULL, to_review TEXT NOT NULL,
    unmatched TEXT NOT NULL, row_count INTEGER NOT NULL,
    PRIMARY KEY (owner, list_id)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class OwnList:
    r"""A list that a user brought, name by name: which company it is, which it may be, or none that is known.

    `matched` are company ids, `to_review` texts with the ids they may mean (likeliest first), `unmatched` texts; each once, in the
    order of the file. `rows` counts the file's rows with a name. Lists of one name have one `list_id`.

    >>> brought = ingest.read_own_list("利欧股份\n大元泵业\n某某厂".encode(), "pumps.txt", graph)
    >>> brought.matched, brought.unmatched
    (('A-002131', 'A-603757'), ('某某厂',))
    """

    list_id: str
    name: str
    matched: tuple[str, ...]
    to_review: tuple[tuple[str, tuple[str, ...]], ...]
    unmatched: tuple[str, ...]
    rows: int

    def resolved(self, verdicts: Mapping[str, str]) -> OwnList:
        """Return the list after a person has judged doubtful names: text → company id, or "" where it is none of them."""
        asked = dict(self.to_review)
        for text, company_id in verdicts.items():
            if text not in asked or company_id not in ("", *asked[text]):
                zh = f"“{text}”不能判定为“{company_id}”：请在候选企业中选择。"
                raise ChaingraphError(Phrase(zh, f"'{text}' cannot be judged to be '{company_id}': choose among its candidates."))
        chosen = [verdicts[text] for text in asked if verdicts.get(text)]
        return replace(
            self,
            matched=tuple(dict.fromkeys([*self.matched, *chosen])),
            to_review=tuple(entry for entry in self.to_review if entry[0] not in verdicts),
            unmatched=(*self.unmatched, *(text for text in asked if verdicts.get(text) == "")),
        )


def read_own_list(content: bytes, filename: str, graph: ChainGraph) -> OwnList:
    r"""Return the list in a CSV, TXT or XLSX file, its names matched with the companies of a graph.

    The column of names is known by its title or by its cells; all visible sheets with such a title are read. A credit code that a
    company of the graph has decides before the name; where both are known and differ, a person is asked. Other codes are left
    aside. DataError: what `read_sheets` refuses, no column of names, and every row with content but without a usable name.

    >>> ingest.read_own_list("企业名称\n利欧集团股份有限公司".encode(), "firms.csv", graph).matched
    ('A-002131',)
    """
    file = file_name(filename)
    known = known_companies(graph)
    records = _records(read_sheets(content, filename), file, known)
    found = match(list(dict.fromkeys(r.name for r in records)), known.index)
    answers = {row.alias: (str(row.company_id), str(row.verdict)) for row in found.itertuples()}
    doubtful = [name for name, (_, verdict) in answers.items() if verdict == "review"]
    near = dict(zip(doubtful, known.index.candidates(doubtful, MOST_CANDIDATES), strict=True))
    matched: dict[str, None] = {}
    to_review: dict[str, tuple[str, ...]] = {}
    unmatched: dict[str, None] = {}
    for record in records:
        company_id, verdict = answers[record.name]
        coded = known.by_code.get(record.code, "")
        if coded and verdict == "accept" and company_id != coded:
            to_review[record.name] = (coded, company_id)
        elif coded or verdict == "accept":
            matched[coded or company_id] = None
        elif verdict == "review":
            to_review[record.name] = tuple(dict.fromkeys((company_id, *near[record.name])))[:MOST_CANDIDATES]
        else:
            unmatched[record.name] = None
    title = PurePosixPath(file).stem
    list_id = f"own-{hashlib.sha256(title.encode()).hexdigest()[:8]}"
    return OwnList(list_id, title, tuple(matched), tuple(to_review.items()), tuple(unmatched), len(records))


# -- the known companies -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KnownCompanies:
    """The companies of one data version as lists are matched with them: by name, and by credit code."""

    index: NameIndex
    by_code: Mapping[str, str]

    @classmethod
    def of(cls, graph: ChainGraph) -> KnownCompanies:
        """Index the companies of a graph."""
        companies, aliases = graph.tables["companies"], graph.tables["company_names"]
        former = aliases.groupby("company_id")["alias"].agg(lambda names: "；".join(dict.fromkeys(names)))
        frame = companies[["company_id", "name_zh", "short_name", "name_en", "country"]]
        coded = companies[["uscc", "company_id"]].dropna()
        return cls(
            NameIndex(frame.assign(former_names=frame["company_id"].map(former))),
            dict(zip(coded["uscc"], coded["company_id"], strict=True)),
        )


_latest: dict[str, KnownCompanies] = {}
_one_at_a_time = threading.Lock()


def known_companies(graph: ChainGraph) -> KnownCompanies:
    """Return the known companies of a graph, made once per data version; those of the version before are let go."""
    with _one_at_a_time:
        if graph.version not in _latest:
            made = KnownCompanies.of(graph)
            _latest.clear()
            _latest[graph.version] = made
        return _latest[graph.version]


# -- columns and rows --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Record:
    name: str
    code: str


@dataclass(frozen=True)
class _Layout:
    """Where a sheet has its names and credit codes (-1: nowhere), and after how many rows they begin."""

    name: int
    code: int
    start: int


def _records(sheets: Sequence[Sheet], file: str, known: KnownCompanies) -> list[_Record]:
    titled = [(s, layout) for s in sheets if (layout := _by_title(s))]
    found = titled or [(s, layout) for s in sheets if (layout := _by_content(s, known, is_only=len(sheets) == 1))]
    expected = Phrase("一列企业名称，标题如“企业名称”", "a column of company names with a title such as 企业名称 or company")
    if not found:
        seen = "、".join(c for c in sheets[0].rows[0][1] if c)[:100] if sheets else ""
        remedy = Phrase("请在企业名称那一列的第一行写上“企业名称”。", "Write 企业名称 above the column of names.")
        what = Phrase(f"没有企业名称列（第一行：{seen}）", f"no column of company names (first row: {seen})")
        raise DataError([Problem(file, Phrase("标题行", "titles"), "missing-column", what, expected, remedy)])
    records: list[_Record] = []
    problems: list[Problem] = []
    for sheet, layout in found:
        for record in _read(sheet, layout, file):
            if isinstance(record, Problem):
                problems.append(record)
            else:
                records.append(record)
    if not records and not problems:
        what = Phrase("企业名称列是空的", "an empty column of company names")
        remedy = Phrase("请填入企业名称。", "Fill in the names.")
        problems.append(Problem(file, Phrase("文件", "file"), "missing-value", what, expected, remedy))
    if problems:
        raise DataError(problems)
    return records


def _read(sheet: Sheet, layout: _Layout, file: str) -> Iterator[_Record | Problem]:
    title = sheet.rows[layout.start - 1][1] if layout.start else None
    for number, cells in sheet.rows[layout.start :]:
        if cells == title:
            continue
        name, code = (cells[at] if 0 <= at < len(cells) else "" for at in (layout.name, layout.code))
        if len(name) > LONGEST_NAME:
            found = Phrase(f"{len(name)} 个字符的名称", f"a name of {len(name)} characters")
            expected = Phrase(f"至多 {LONGEST_NAME} 个字符的企业名称", f"a company name of at most {LONGEST_NAME} characters")
            remedy = Phrase("请每行只写一家企业。", "Write one company a row.")
            yield Problem(file, sheet.where(number), "impossible-value", found, expected, remedy)
        elif name:
            yield _Record(name, _plain_code(code))
        elif not all(_NUMBER.fullmatch(cell) for cell in cells):
            # A serial number alone stands for no firm; any other content does, or is a remark.
            shown = next(cell for cell in cells if not _NUMBER.fullmatch(cell))[:40]
            found = Phrase(f"没有企业名称，只有“{shown}”", f"no company name, but '{shown}'")
            remedy = Phrase("请补上名称，或删去这一行。", "Fill in the name, or delete the row.")
            yield Problem(file, sheet.where(number), "missing-value", found, Phrase("企业名称", "a company name"), remedy)


def _by_title(sheet: Sheet) -> _Layout | None:
    best: tuple[int, int, int] | None = None
    for start, (_, cells) in enumerate(sheet.rows[:HEAD_ROWS], 1):
        for column, cell in enumerate(cells):
            place = _title_rank(cell)
            if place is not None and (best is None or place < best[0]):
                best = place, column, start
    if best is None:
        return None
    titles = [_plain_title(cell) for cell in sheet.rows[best[2] - 1][1]]
    codes = [column for column, title in enumerate(titles) if title.endswith(CODE_HEADINGS)]
    return _Layout(best[1], codes[0] if codes else -1, best[2])


def _plain_title(cell: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", cell)).casefold()


def _title_rank(cell: str) -> int | None:
    """How sure a cell is the title of names, 0 the surest; None: it is not."""
    title = _plain_title(cell)
    if title in SURE_HEADINGS:
        return SURE_HEADINGS.index(title)
    if len(title) <= 15 and (title.startswith(SURE_HEADINGS) or title.endswith(SURE_HEADINGS)):
        return len(SURE_HEADINGS)
    return len(SURE_HEADINGS) + 1 + LOOSE_HEADINGS.index(title) if title in LOOSE_HEADINGS else None


def _by_content(sheet: Sheet, known: KnownCompanies, *, is_only: bool) -> _Layout | None:
    """The column most of whose cells are known names or end like registered ones; the only column of an only sheet needs no proof."""
    rows = [cells for _, cells in sheet.rows[:CONTENT_ROWS]]
    width = max(map(len, rows))
    columns = [[cells[at] for cells in rows if at < len(cells) and cells[at]] for at in range(width)]
    filled = [at for at, cells in enumerate(columns) if cells]
    shares = {at: _share(_is_company(cell, known) for cell in columns[at]) for at in filled}
    best = max(filled, key=lambda at: shares[at])
    if not (is_only and len(filled) == 1) and shares[best] < 0.5:
        return None
    codes = [at for at in filled if _share(uscc_is_valid(_plain_code(cell)) for cell in columns[at]) >= 0.5]
    return _Layout(best, codes[0] if codes else -1, 0)


def _share(holds: Iterable[bool]) -> float:
    every = list(holds)
    return sum(every) / len(every)


def _is_company(cell: str, known: KnownCompanies) -> bool:
    return bool(parse(cell).legal_form) or any(form in known.index.exact for form in forms_of(cell))


def _plain_code(cell: str) -> str:
    """Return a credit code as tables hold it: plain capital letters and digits."""
    return unicodedata.normalize("NFKC", cell).replace(" ", "").lstrip("'").upper()


# -- kept lists --------------------------------------------------------------------------------------------------


class OwnLists:
    """The lists that users brought, in the workspace's `own_lists.sqlite`; an owner sees only his own."""

    def __init__(self, folder: Path) -> None:
        self._file = WorkspaceFile(folder / "own_lists.sqlite", _SCHEMA)

    def save(self, owner: str, brought: OwnList) -> None:
        """Keep a list; the owner's list of the same id is replaced."""
        texts = [json.dumps(part, ensure_ascii=False) for part in (brought.matched, brought.to_review, brought.unmatched)]
        row = (owner_name(owner), brought.list_id, brought.name, *texts, brought.rows)
        with self._file.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO lists VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def lists(self, owner: str) -> tuple[OwnList, ...]:
        """Return an owner's lists by name."""
        query = "SELECT list_id, name, matched, to_review, unmatched, row_count FROM lists WHERE owner = ? ORDER BY name, list_id"
        with self._file.reading() as connection:
            rows = connection.execute(query, (owner_name(owner),)).fetchall()
        return tuple(
            OwnList(
                list_id,
                name,
                tuple(json.loads(matched)),
                tuple((text, tuple(ids)) for text, ids in json.loads(to_review)),
                tuple(json.loads(unmatched)),
                row_count,
            )
            for list_id, name, matched, to_review, unmatched, row_count in rows
        )

    def remove(self, owner: str, list_id: str) -> bool:
        """Remove a list of an owner; return whether there was one."""
        with self._file.writing() as connection:
            return (
                connection.execute("DELETE FROM lists WHERE owner = ? AND list_id = ?", (owner_name(owner), list_id)).rowcount > 0
            )
