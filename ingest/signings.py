"""A team's own list of past signings (name, date, project), as messy as it is → signings of known firms; every row is counted."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from chaingraph.errors import DataError, Problem, UnknownNameError
from chaingraph.graph import ChainGraph
from chaingraph.phrases import Phrase, counted
from chaingraph.signings import Likeness, Signing
from ingest.imports.layout import CONTENT_ROWS, HEAD_ROWS, Layout, find_layout
from ingest.imports.rows import REASONS as ROW_REASONS
from ingest.imports.rows import JoinedCells, reason_against
from ingest.imports.sheets import UPLOAD, Limits, Row, SheetRows, open_sheets
from ingest.imports.values import code, day, text
from ingest.matching import match
from ingest.own_lists import known_companies
from ingest.uploads import file_name

FIELDS: Mapping[str, Phrase] = {
    "name": Phrase("签约企业", "the firm that signed"),
    "date": Phrase("签约日期", "date of the signing"),
    "project": Phrase("项目", "project"),
    "uscc": Phrase("统一社会信用代码", "credit code"),
}
"""What a column of a list of signings can mean."""

REASONS: Mapping[str, Phrase] = {
    "signings": Phrase("签约", "signings"),
    **{
        reason: ROW_REASONS[reason]
        for reason in ("totals", "notes", "titles", "empty", "unnamed", "hidden_sheets", "other_sheets")
    },
}
"""What becomes of a row; the numbers of all reasons add up to the rows read."""

# The investor is the firm that is ranked; the firm it founded for the project stands beside it under 企业名称.
_INVESTOR = re.compile(
    "(?:投资|签约|引进|招引|来源|合作)(?:方|主体|企业|公司|单位|人|商|者)(?:名称|全称)?|客商(?:名称)?|母公司(?:名称)?|investor|parentcompany"
)
_DATES = (
    re.compile("签约|签订|签署|协议|合同|sign|contract"),
    re.compile("^(?:日期|时间|年份|年月|年度|date|year|month)$"),
    re.compile("落地|落户|引进|引入|入驻|注册日期|注册时间|arriv|land"),
)
_DATE_WORDS = re.compile("日期?$|时间|年份|年月|年度|date|year|month|signedon|^signed$")
_PROJECTS = re.compile("项目(?:名称|内容|简介)?|project")
_ASIDE = re.compile(r"\([^)]*\)|[\s*:：·_/、,，.-]")


@dataclass(frozen=True)
class SigningList:
    r"""The signings of a file. `counts`: what became of every row (`REASONS`), adding up to `rows`; `columns`: what was recognised.

    >>> found = ingest.read_signings("日期,企业名称\n2018.3,利欧股份\n".encode(), "signings.csv", graph)
    >>> print(found.counts_text.en)
    2 rows read = signings 1 + titles and headings 1
    """

    file: str
    signings: tuple[Signing, ...]
    counts: Mapping[str, int]
    columns: tuple[Phrase, ...]

    @property
    def rows(self) -> int:
        """Rows that were read: the sum of the counts."""
        return sum(self.counts.values())

    @property
    def counts_text(self) -> Phrase:
        """Say what became of every row: the numbers add up."""
        parts = [(n, REASONS[reason]) for reason, n in self.counts.items() if n or reason == "signings"]
        zh = " + ".join(f"{word} {n:,}" for n, word in parts)
        en = " + ".join(f"{word.en} {n:,}" for n, word in parts)
        return Phrase(f"读入 {self.rows:,} 行 = {zh}", f"{counted(self.rows, 'row')} read = {en}")


@dataclass(frozen=True)
class _Columns:
    """Places of the columns of a sheet, −1 for none, and what is said of those used."""

    places: Mapping[str, int]
    texts: tuple[Phrase, ...]


@dataclass(frozen=True)
class _Read:
    sheet: str
    row: int
    name: str
    project: str
    day: str
    code: str


def read_signings(
    source: bytes | Path,
    filename: str,
    graph: ChainGraph,
    *,
    columns: Mapping[str, str] | None = None,
    limits: Limits = UPLOAD,
) -> SigningList:
    r"""Return the signings of a CSV, TXT or XLSX file, its names matched with the companies of a graph.

    Titles, totals, joined cells, GBK and serial numbers of days are understood as in an imported list of firms. `columns`: field
    (`FIELDS`) → heading, where a column was not recognised or is not meant. A credit code decides before the name. A name that
    reads as a known firm's subsidiary or branch counts as that firm's, and says so. A row without a readable date stays, without one.

    DataError: a file that cannot be read, no column of names or of dates, a heading that is not there, no signing at all.

    >>> content = "签约时间,投资方,项目\n2018年3月,利欧股份,水泵\n43164,某某厂,\n合计,2,\n".encode()
    >>> found = ingest.read_signings(content, "signings.csv", graph)
    >>> [(s.name, s.day, s.company_id) for s in found.signings]
    [('利欧股份', '2018-03', 'A-002131'), ('某某厂', '2018-03-05', '')]
    """
    file, given = file_name(filename), dict(columns or {})
    for wanted in given:
        if wanted not in FIELDS:
            raise UnknownNameError("field", wanted, FIELDS, f"There are {', '.join(FIELDS)}.")
    counts: Counter[str] = Counter()
    rows: list[_Read] = []
    used: list[Phrase] = []
    heads: list[str] = []
    for sheet in open_sheets(source, filename, limits):
        _sheet(sheet, given, file, counts, rows, used, heads)
    if not used:
        raise DataError([_no_column(file, "name", heads)])
    if not rows:
        found = Phrase("没有一行签约", "no signing")
        remedy = Phrase("请检查文件。", "Is it the right file?")
        raise DataError(
            [Problem(file, Phrase("文件", "file"), "missing-value", found, Phrase("签约企业和日期", "firms and dates"), remedy)]
        )
    counts["signings"] = len(rows)
    ordered = {reason: counts[reason] for reason in REASONS}
    return SigningList(file, tuple(_matched(rows, graph)), ordered, tuple(dict.fromkeys(used)))


def _sheet(
    sheet: SheetRows, given: Mapping[str, str], file: str, counts: Counter[str], rows: list[_Read], used: list[Phrase], heads: list[str]
) -> None:  # fmt: skip
    """Read one sheet: its rows to `rows`, what is none counted, its columns to `used`."""
    head = list(islice(sheet.rows, HEAD_ROWS + CONTENT_ROWS))
    every = chain(head, sheet.rows)
    filled = [row for row in head if any(text(cell) for cell in row[1])]
    layout = None
    if filled and not sheet.is_hidden:
        name = {"name": given["name"]} if "name" in given else _investor(filled)
        layout = find_layout(filled, sheet.facts.merged, name, "", is_text=not sheet.name)
    if layout is None:
        number = sum(1 for _ in every)
        counts["hidden_sheets" if sheet.is_hidden else "other_sheets"] += number
        heads += [text(cell) for cell in filled[0][1] if text(cell)][:12] if filled and not sheet.is_hidden else []
        return
    found = _columns(sheet, layout, filled, given, file)
    used += found.texts
    rows += _rows(every, sheet, layout, found.places, counts)


def _plain(heading: str) -> str:
    return _ASIDE.sub("", unicodedata.normalize("NFKC", heading).casefold())


def _investor(filled: Sequence[Row]) -> dict[str, str]:
    """The heading under which the investor stands, as find_layout takes what a person says."""
    cells = (text(cell) for _, row in filled[:HEAD_ROWS] for cell in row)
    found = next((cell for cell in cells if _INVESTOR.fullmatch(_plain(cell))), None)
    return {"name": found} if found else {}


def _columns(sheet: SheetRows, layout: Layout, filled: Sequence[Row], given: Mapping[str, str], file: str) -> _Columns:
    titles = [cells for number, cells in filled if layout.heading_row - 1 <= number <= layout.heading_row]
    headings: dict[int, list[str]] = {}
    for cells in titles:
        for place, cell in enumerate(cells):
            headings.setdefault(place, []).append(text(cell))
    flat = {place: next((w for w in reversed(words) if w), "") for place, words in headings.items()}
    lost = [heading for heading in given.values() if heading not in {w for words in headings.values() for w in words}]
    if lost:
        near = "、".join(w for w in flat.values() if w)
        remedy, where = Phrase("请照抄表头。", "Copy the heading as it stands."), Phrase("表头", "headings")
        wanted = Phrase(f"其中之一：{near}", f"one of {near}")
        raise DataError([Problem(file, where, "missing-column", Phrase(f"没有“{h}”", f"no '{h}'"), wanted, remedy) for h in lost])
    name = next(c for c in layout.columns if c.field == "name").position
    coded = layout.column("uscc")
    body = [cells for number, cells in filled if number > layout.heading_row][:CONTENT_ROWS]
    places = {"name": name, "uscc": coded.position if coded else -1}
    taken = set(places.values())
    places["date"] = _date_column({p: words for p, words in headings.items() if p not in taken}, body, taken)
    places["project"] = next(
        (p for p, h in flat.items() if p not in (*taken, places["date"]) and _PROJECTS.fullmatch(_plain(h))), -1
    )
    for field, heading in given.items():
        places[field] = next(p for p, words in headings.items() if heading in words)
    if places["date"] < 0:
        raise DataError([_no_column(file, "date", [w for w in flat.values() if w])])
    on = f"{sheet.name} · " if sheet.name else ""
    texts = []
    for field, place in places.items():
        if place >= 0:
            shown = flat.get(place) or f"第 {place + 1} 列"
            meaning = FIELDS[field]
            texts.append(Phrase(f"{on}“{shown}” → {meaning}", f"{on}'{shown}' → {meaning.en}"))
    return _Columns(places, tuple(texts))


def _date_column(headings: Mapping[int, Sequence[str]], body: Sequence[Sequence[object]], taken: set[int]) -> int:
    """The column of the signings' dates: by its heading, the surest first; else the one most of whose cells are whole dates."""
    for pattern in _DATES:
        for place, words in headings.items():
            plain = [_plain(w) for w in words if w]
            if any(pattern.search(w) for w in plain) and any(_DATE_WORDS.search(w) for w in plain):
                return place
    width = max((len(cells) for cells in body), default=0)
    founded = {p for p, words in headings.items() if any(re.search("成立|设立|开业|founded|established", w) for w in words)}
    shares = {p: _whole_dates(body, p) for p in range(width) if p not in taken and p not in founded}
    best = max(shares, key=lambda p: shares[p], default=-1)
    return best if best >= 0 and shares[best] >= 0.5 else -1


def _whole_dates(body: Sequence[Sequence[object]], place: int) -> float:
    """Share of the filled cells that are a day or month and no bare number, which an amount may be too."""
    cells = [cells[place] for cells in body if place < len(cells) and text(cells[place])]
    read = [not text(cell).replace(".", "", 1).isdigit() and len(day(cell).value or "") >= len("2018-03") for cell in cells]
    return sum(read) / len(read) if read else 0.0


def _no_column(file: str, field: str, heads: Sequence[str]) -> Problem:
    meaning, seen = FIELDS[field], "、".join(heads)[:100]
    return Problem(
        file,
        Phrase("表头", "headings"),
        "missing-column",
        Phrase(f"没有“{meaning}”列（看到：{seen}）", f"no column for {meaning.en} (seen: {seen})"),
        Phrase(f"一列{meaning}", f"a column with {meaning.en}"),
        Phrase(f"请在该列上方写“{meaning}”，或指定：--column {field}=表头。", f"Write {meaning} above it, or say --column {field}=HEADING."),
    )  # fmt: skip


def _rows(
    every: Iterator[Row], sheet: SheetRows, layout: Layout, places: Mapping[str, int], counts: Counter[str]
) -> Iterator[_Read]:
    named = next(c for c in layout.columns if c.field == "name")
    at = places["name"]
    joined = JoinedCells(sheet)
    for number, shown in every:
        if number <= layout.heading_row:
            counts["titles" if any(text(c) for c in shown) else "empty"] += 1
            continue
        cells = joined.filled(number, shown)
        reason = reason_against(number, cells, at, named.heading, joined)
        if reason:
            counts[reason] += 1
            continue
        read = {f: cells[p] if 0 <= p < len(cells) else None for f, p in places.items()}
        yield _Read(sheet.name, number, text(read["name"]), text(read.get("project")), day(read["date"]).value or "",
                    code(read.get("uscc")).value or "")  # fmt: skip


def _matched(rows: Sequence[_Read], graph: ChainGraph) -> Iterator[Signing]:
    known = known_companies(graph)
    found = {r.alias: r for r in match(list(dict.fromkeys(r.name for r in rows)), known.index).itertuples()}
    id_of: Callable[[str], str] = dict(zip(known.index.full, known.index.ids, strict=True)).__getitem__
    for row in rows:
        by_name, by_code = found[row.name], known.by_code.get(row.code, "")
        company, why, likeness = str(by_name.company_id), str(by_name.why), Likeness.NOBODY
        if by_code and by_name.verdict == "accept" and company != by_code:
            company, likeness, why = by_code, Likeness.DOUBTFUL, "信用代码与名称指向不同企业"
        elif by_code:
            company, likeness, why = by_code, Likeness.SAME, "信用代码"
        elif by_name.verdict == "accept":
            likeness = Likeness.SAME
        elif by_name.relation:
            company, likeness = id_of(str(by_name.related_to)), Likeness.SUBSIDIARY
        elif by_name.verdict == "review":
            likeness = Likeness.DOUBTFUL
        yield Signing(row.sheet, row.row, row.name, row.project, row.day, company, likeness, why)
