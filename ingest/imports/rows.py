"""The rows of a list → firms: each row is a firm's, or is counted by the reason why not."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import polars as pl

from chaingraph.graph import ChainGraph, Region
from chaingraph.model import RegionLevel
from chaingraph.phrases import Phrase
from chaingraph.region_names import short_region_name
from ingest.imports.layout import AMOUNTS, FIELDS, HEAD_ROWS, Layout, find_layout
from ingest.imports.sheets import SheetRows
from ingest.imports.values import amount, code, day, number, text
from ingest.own_lists import LONGEST_NAME

REASONS: Mapping[str, Phrase] = {
    "firms": Phrase("企业", "firms"),
    "duplicates": Phrase("重复企业", "duplicates"),
    "outside": Phrase("不在本地区", "outside the region"),
    "closed": Phrase("已注销、吊销或迁出", "closed or moved away"),
    "totals": Phrase("合计行", "totals"),
    "notes": Phrase("说明行", "notes"),
    "titles": Phrase("标题和表头", "titles and headings"),
    "empty": Phrase("空行", "empty"),
    "unnamed": Phrase("没有企业名称", "without a company name"),
    "hidden_sheets": Phrase("隐藏工作表的行", "rows of hidden sheets"),
    "other_sheets": Phrase("没有企业名称列的工作表的行", "rows of sheets without company names"),
}
"""What becomes of a row; the numbers of all reasons add up to the rows read."""

TEXTS = (
    "name",
    "uscc",
    "region",
    "address",
    "status",
    "established_on",
    "scope",
    "products",
    "industry",
    "chain",
    "segment",
    "memberships",
)
NUMBERS = (*AMOUNTS, "employees")
SCHEMA: Mapping[str, pl.DataType] = {
    "identity": pl.String(), "sheet": pl.String(), "row": pl.Int64(),
    **{f: pl.String() for f in TEXTS}, **{f: pl.Float64() for f in NUMBERS},
}  # fmt: skip
"""A row as it is kept: where it stands, then its fields, amounts in 万元."""

_BATCH = 20_000
_TOTAL = re.compile(
    r"(?:本页|累计|分类|全市|全县|全区)?(?:合计|总计|小计|共计|总数|平均值?|均值|total|sum)(?:[:：]?[\d,.]*[家户个]?)?"
)
_NOTE = re.compile(
    r"[*※]?(?:备注|附注|注|说明|填表说明|填报说明|数据来源|资料来源|来源|制表|填表|填报|审核|联系人|统计口径|打印|note)s?\d*[人日期时间单位]*\s*[:：.、]"
)
_CLOSED = re.compile("注销|吊销|停业|歇业|清算|迁出|已关闭|关停|撤销|破产|closed|dissolved")
_YES = {"是", "√", "✓", "✔", "1", "y", "yes", "有", "true"}
_NO = {"否", "×", "✗", "0", "n", "no", "无", "没有", "false", "-", "—", "/", ""}


@dataclass(frozen=True)
class SheetRead:
    """How a sheet was read: its columns, hidden rows that were read too, formulas nobody had computed."""

    name: str
    layout: Layout
    hidden_rows: int
    uncomputed: tuple[str, ...]


@dataclass
class Gathered:
    """What reading has gathered: the frames of firms' rows, the counts by reason, faults by (field, kind), how sheets were read."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str], tuple[str, int, str]] = field(default_factory=dict)
    sheets: list[SheetRead] = field(default_factory=list)
    left_out: list[tuple[str, str, int]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)


class Inside:
    """Whether a place that a row names lies in the region of the list; a place that is not known is taken to.

    >>> inside = Inside(graph, graph.find_region("台州"))
    >>> inside("玉环市"), inside("浙江省温州市鹿城区"), inside("滨海工业园区")
    (True, False, True)
    """

    def __init__(self, graph: ChainGraph, region: Region) -> None:
        own = {region.code, *graph.places.inside(region.code)}
        wider = set()
        code_ = region.parent_code
        while code_:
            wider.add(code_)
            code_ = graph.regions[code_].parent_code
        names: dict[str, bool] = {}
        for other in graph.regions.values():
            if other.code in wider or (
                other.level is RegionLevel.COUNTY and other.code not in own and region.level is not RegionLevel.COUNTY
            ):
                continue
            if other.level is RegionLevel.COUNTY and other.parent_code != region.parent_code and other.code not in own:
                continue
            called = {other.name_zh} | (
                {short_region_name(other.name_zh)} if other.level is not RegionLevel.COUNTY or other.code in own else set()
            )
            for name in called:
                if len(name) >= 2:
                    names[name] = names.get(name, False) or other.code in own
        self._names = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
        self._is_own = names
        self._known: dict[str, bool] = {}

    def __call__(self, place: str) -> bool:
        """Return whether a place is inside."""
        head = place[:14]
        if head not in self._known:
            found = [self._is_own[name] for name in self._names.findall(head)]
            self._known[head] = not found or any(found)
        return self._known[head]


def gather(
    sheets: Iterator[SheetRows], graph: ChainGraph, region: Region, given: Mapping[str, str], unit: str,
    say: Callable[[str], None] = lambda _: None,
) -> Gathered:  # fmt: skip
    """Read all visible sheets that have company names."""
    out, inside = Gathered(), Inside(graph, region)
    for sheet in sheets:
        head = list(islice(sheet.rows, HEAD_ROWS + 200))
        rows = chain(head, sheet.rows)
        filled = [row for row in head if any(text(cell) for cell in row[1])]
        layout = (
            None
            if sheet.is_hidden or not filled
            else find_layout(filled, sheet.facts.merged, given, unit, is_text=not sheet.name)
        )
        if layout is None:
            number_of_rows = sum(1 for _ in rows)
            if number_of_rows:
                reason = "hidden_sheets" if sheet.is_hidden else "other_sheets"
                out.counts[reason] += number_of_rows
                out.left_out.append((sheet.name, reason, number_of_rows))
                out.heads += [text(cell) for cell in filled[0][1] if text(cell)][:12] if filled and not sheet.is_hidden else []
        else:
            out.sheets.append(SheetRead(sheet.name, layout, sheet.facts.hidden_rows, sheet.facts.uncomputed))
            _read(rows, sheet, layout, inside, out, say)
    return out


def _read(
    rows: Iterator[tuple[int, Sequence[object]]], sheet: SheetRows, layout: Layout, inside: Inside, out: Gathered,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    kept: dict[str, list[object]] = {name: [] for name in SCHEMA}
    name_at = next(c.position for c in layout.columns if c.field == "name")
    heading = layout.column("name").heading if layout.column("name") else ""  # type: ignore[union-attr]
    down = JoinedCells(sheet)
    plain = [(c.field, c.position, c.unit, c.heading) for c in layout.columns]
    for at, shown in rows:
        if at <= layout.heading_row:
            out.counts["titles" if any(text(c) for c in shown) else "empty"] += 1
            continue
        cells = down.filled(at, shown)
        reason = reason_against(at, cells, name_at, heading, down)
        record: dict[str, object] = {}
        if not reason:
            record = _record(plain, cells, sheet.name, at, out)
            if _CLOSED.search(str(record.get("status") or "")):
                reason = "closed"
            elif not all(inside(str(record[f])) for f in ("region", "address") if record.get(f)):
                reason = "outside"
        if reason:
            out.counts[reason] += 1
            continue
        record["sheet"], record["row"] = sheet.name, at
        for column, values in kept.items():
            values.append(record.get(column))
        if len(kept["row"]) == _BATCH:
            out.frames.append(pl.DataFrame(kept, schema=SCHEMA))
            kept = {name: [] for name in SCHEMA}
            say(f"{sheet.name} {at:,}")
    out.frames.append(pl.DataFrame(kept, schema=SCHEMA))


class JoinedCells:
    """Joined cells of a sheet: what the first row of some says holds for the rows below."""

    def __init__(self, sheet: SheetRows) -> None:
        self._open: dict[int, list[tuple[int, int]]] = {}
        self._across: set[tuple[int, int]] = set()
        for m in sheet.facts.merged:
            if m.bottom > m.top and m.bottom - m.top < 10_000:
                self._open.setdefault(m.top, []).append((m.bottom, m.left))
            if m.right - m.left >= 2:
                self._across.add((m.top, m.left))
        self._held: dict[int, tuple[int, object]] = {}

    def filled(self, at: int, cells: Sequence[object]) -> Sequence[object]:
        """The cells of a row with what the joined cells that reach into it say."""
        if not self._open and not self._held:
            return cells
        for bottom, column in self._open.pop(at, ()):
            self._held[column] = bottom, cells[column] if column < len(cells) else None
        held = {c: value for c, (bottom, value) in self._held.items() if at <= bottom}
        self._held = {c: self._held[c] for c in held}
        out = list(cells) + [None] * (max(held, default=-1) + 1 - len(cells))
        for column, value in held.items():
            out[column] = out[column] if text(out[column]) else value
        return out

    def is_across(self, at: int, column: int) -> bool:
        """Whether a cell is joined over three columns or more: a heading of a part, no firm."""
        return (at, column) in self._across


def reason_against(at: int, cells: Sequence[object], name_at: int, heading: str, down: JoinedCells) -> str:
    """Why a row is no firm's, empty for one that may be."""
    name = text(cells[name_at]) if name_at < len(cells) else ""
    if name.endswith("公司") and len(name) <= LONGEST_NAME and not _NOTE.match(name):
        # What most rows of a long list are; the other cells need not be looked at.
        return ""
    filled = [(c, words) for c, cell in enumerate(cells) if (words := text(cell))]
    if not filled:
        return "empty"
    if heading and name == heading:
        return "titles"
    first_column, first = filled[0]
    if any(_TOTAL.fullmatch(re.sub(r"\s", "", words).casefold()) for c, words in filled[:3] if c <= max(name_at, 2)):
        return "totals"
    if (not name or name == first) and _NOTE.match(first):
        return "notes"
    if down.is_across(at, first_column) and len(filled) == 1:
        return "titles"
    letters = unicodedata.normalize("NFKC", name)
    if not name or len(name) > LONGEST_NAME or not any(c.isalpha() for c in letters):
        return "unnamed"
    return ""


def _record(
    columns: Sequence[tuple[str, int, str, str]], cells: Sequence[object], sheet: str, at: int, out: Gathered
) -> dict[str, object]:
    record: dict[str, object] = {}
    lists: list[str] = []
    width = len(cells)
    for name, position, unit, heading in columns:
        cell = cells[position] if position < width else None
        if cell is None or cell == "":
            continue
        if name in AMOUNTS:
            read = amount(f"{text(cell)}美元" if unit == "外币" and text(cell) else cell, "" if unit == "外币" else unit)
        elif name == "employees":
            read = number(cell)
        elif name == "established_on":
            read = day(cell)  # type: ignore[assignment]
        elif name == "uscc":
            read = code(cell)  # type: ignore[assignment]
        elif name == "memberships":
            lists += _membership(text(cell), heading)
            continue
        else:
            record[name] = text(cell) or None
            continue
        record[name] = read.value
        if read.fault:
            out.faults[name, read.fault] += 1
            out.first.setdefault((name, read.fault), (sheet, at, text(cell)[:40]))
    record["memberships"] = "；".join(dict.fromkeys(lists)) or None
    return record


def _membership(cell: str, heading: str) -> list[str]:
    """The lists that a cell says the firm is on: a tick under a list's heading, or their names."""
    plain = unicodedata.normalize("NFKC", cell).casefold()
    if plain in _NO:
        return []
    title = re.sub(r"^是否(?:为|属于)?|[（(].*", "", heading)
    return [title] if plain in _YES else [part for part in re.split(r"[、，,；;/]", cell) if part.strip()]


def merged(frames: Sequence[pl.DataFrame]) -> tuple[pl.DataFrame, int, int]:
    """Return (firms, duplicates, firms of several names): rows of one credit code or one name are one firm.

    The first row of a firm goes before later ones, which fill what it leaves open; its further names stand in `also_named`.
    """
    rows = pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA)
    plain = pl.col("name").str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase()
    rows = rows.with_columns(plain.alias("identity")).with_row_index("_at")
    first_code = rows.filter(pl.col("uscc").is_not_null()).unique("identity", keep="first", maintain_order=True)
    rows = rows.join(first_code.select("identity", _code="uscc"), on="identity", how="left", maintain_order="left")
    rows = rows.with_columns(pl.coalesce("_code", "identity").alias("identity")).drop("_code")
    # Most firms stand once: only the others are put together.
    is_twin = rows["identity"].is_duplicated()
    firms, duplicates = rows.filter(~is_twin).with_columns(pl.lit(None, pl.String).alias("also_named")), 0
    if is_twin.any():
        one_each = _together(rows.filter(is_twin))
        duplicates = int(is_twin.sum()) - one_each.height
        firms = pl.concat([firms, one_each.select(firms.columns)]).sort("_at")
    several = firms.filter(pl.col("also_named").is_not_null()).height
    return firms.select(*SCHEMA, "also_named"), duplicates, several


def _together(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of each firm as one."""
    fields = [c for c in SCHEMA if c not in ("identity", "sheet", "row", "name", "products", "memberships")]
    firms = rows.group_by("identity", maintain_order=True).agg(
        *(pl.col(c).first() for c in ("_at", "sheet", "row", "name")),
        *(pl.col(c).drop_nulls().first() for c in fields),
        *(
            pl.col(c).drop_nulls().unique(maintain_order=True).str.join("；").replace("", None)
            for c in ("products", "memberships")
        ),
        pl.col("name").unique(maintain_order=True).alias("_names"),
    )
    return firms.with_columns(pl.col("_names").list.slice(1).list.join("；").replace("", None).alias("also_named"))


__all__ = ["FIELDS", "NUMBERS", "REASONS", "SCHEMA", "TEXTS", "Gathered", "Inside", "SheetRead", "gather", "merged"]
