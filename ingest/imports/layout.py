"""Where the titles of a sheet stand and what each column means: by its heading, by its cells, or as a person says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chaingraph.phrases import Phrase
from ingest.imports.sheets import Merge, Row
from ingest.imports.values import UNITS, code, text, unit_in
from ingest.names import parse
from ingest.own_lists import LOOSE_HEADINGS, SURE_HEADINGS

HEAD_ROWS = 30
"""First rows of a sheet among which its titles are looked for."""

CONTENT_ROWS = 200
"""First rows of a sheet by whose cells a column without a known heading is judged."""

FIELDS: Mapping[str, Phrase] = {
    "name": Phrase("企业名称", "company name"),
    "uscc": Phrase("统一社会信用代码", "credit code"),
    "region": Phrase("所在区县", "region"),
    "address": Phrase("地址", "address"),
    "status": Phrase("登记状态", "legal status"),
    "established_on": Phrase("成立日期", "established on"),
    "registered_capital_wan": Phrase("注册资本（万元）", "registered capital (10,000 yuan)"),
    "revenue_wan": Phrase("营业收入（万元）", "revenue (10,000 yuan)"),
    "output_wan": Phrase("产值（万元）", "output value (10,000 yuan)"),
    "employees": Phrase("从业人数", "employees"),
    "scope": Phrase("经营范围", "business scope"),
    "products": Phrase("主要产品", "products"),
    "industry": Phrase("行业", "industry"),
    "chain": Phrase("产业链", "chain"),
    "segment": Phrase("环节", "segment"),
    "memberships": Phrase("资质名单", "lists it is on"),
}
"""What a column can mean. `memberships` may be several columns, every other field is one."""

AMOUNTS = ("registered_capital_wan", "revenue_wan", "output_wan")

_NAMES = {**dict.fromkeys(SURE_HEADINGS, 0), **dict.fromkeys(LOOSE_HEADINGS, 2)}
_IGNORED = (
    "序号",
    "编号",
    "备注",
    "联系人",
    "联系电话",
    "电话",
    "手机",
    "邮箱",
    "法定代表人",
    "法人代表",
    "负责人",
    "no",
    "serial",
)
_WORDS: tuple[tuple[str, str], ...] = (
    ("uscc", "信用代码|统一代码|纳税人识别号|税号|creditcode|uscc"),
    ("established_on", "成立|设立|注册日期|注册时间|登记日期|开业|创办|创立|established|founded"),
    ("registered_capital_wan", "注册资[本金]|注册资本金|出资额|capital"),
    ("revenue_wan", "营业收入|营业总收入|主营收入|营收|销售收入|销售额|销售产值|revenue|turnover|sales"),
    ("output_wan", "产值|output"),
    ("employees", "员工|从业人|职工|用工|人数|employees|staff"),
    ("scope", "经营范围|业务范围|主营业务|主要业务|主营|经营内容|scope|mainbusiness"),
    ("products", "产品|products"),
    ("industry", "行业|industry"),
    ("segment", "环节|segment"),
    ("chain", "产业链|链条|chain"),
    ("status", "登记状态|经营状态|企业状态|存续状态|运营状态|经营情况状态|^状态$|status"),
    ("memberships", "专精特新|小巨人|高新|规上|规模以上|上市|单项冠军|隐形冠军|独角兽|瞪羚|资质|称号|荣誉|入选名单"),
    ("address", "地址|住所|注册地|经营场所|address"),
    ("region", "区县|县市|县区|市区|属地|所属地|所在地|地区|区域|乡镇|镇街|街道|园区|行政区划|^镇$|^县$|^区$|^市$|region|district|city"),
)  # fmt: skip
_NOT_AMOUNT = re.compile("增长|增幅|同比|占比|比重|率|排名|排序|名次|币种|单位|%")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】")
_MARKS = re.compile(r"[\s*:：·_/、,，.-]")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_CORNER = re.compile("(?:金额)?单位[:：]")


@dataclass(frozen=True)
class Column:
    """A column that is used: what it means (`field`), where it stands from 0, its heading, how it was recognised, its unit.

    `how` is ``heading``, ``content`` (the cells look so) or ``given`` (a person said so). `unit` is that of an amount, empty where
    neither heading nor corner names one, ``外币`` for another currency.
    """

    field: str
    position: int
    heading: str
    how: str
    unit: str = ""


@dataclass(frozen=True)
class Layout:
    """A sheet's columns and the last row of its titles (0: it has none); `unused` are headings that mean nothing here."""

    columns: tuple[Column, ...]
    heading_row: int
    unused: tuple[str, ...] = ()

    def column(self, field: str) -> Column | None:
        """Return the first column of a field."""
        return next((c for c in self.columns if c.field == field), None)


def field_of(heading: str) -> tuple[str, int]:
    """Return (field, rank) of a heading, rank 0 the surest; the field is empty for a heading that means nothing here.

    >>> field_of("企业名称（全称）"), field_of("2023年营业收入（万元）"), field_of("营收同比增长"), field_of("产品名称")
    (('name', 0), ('revenue_wan', 1), ('', 9), ('products', 1))
    """
    wide = unicodedata.normalize("NFKC", heading).casefold()
    plain = _MARKS.sub("", _ASIDE.sub("", wide)) or _MARKS.sub("", wide)
    if not plain or len(plain) > 30:
        return "", 9
    if plain in _NAMES:
        return "name", _NAMES[plain]
    if plain.endswith(_IGNORED) or plain in _IGNORED:
        return "", 9
    if len(plain) <= 15 and (plain.startswith(SURE_HEADINGS) or plain.endswith(SURE_HEADINGS)):
        return "name", 1
    for field, words in _WORDS:
        if re.search(words, plain) and not (field in (*AMOUNTS, "employees") and _NOT_AMOUNT.search(plain)):
            return field, 1
    return "", 9


def find_layout(
    head: Sequence[Row], merged: Sequence[Merge], given: Mapping[str, str], unit: str, *, is_text: bool
) -> Layout | None:
    """Return the layout of a sheet from its first rows, None where no column holds company names.

    `given`: field → heading, as a person says, "" for no column; it goes before what is recognised. `unit`: of amounts without one.
    Without titles, names and codes are known by their cells; the only column of a text (`is_text`) needs no proof.
    """
    titles = [(number, [text(cell) for cell in cells]) for number, cells in head[:HEAD_ROWS]]
    best: tuple[tuple[int, int], int] | None = None
    for at, (_, cells) in enumerate(titles):
        ranks = [field_of(cell) for cell in cells if cell]
        named = min((rank for field, rank in ranks if field == "name"), default=9)
        if any(cell == wanted for cell in cells for field, wanted in given.items() if field == "name"):
            named = 0
        # A lone title above the table (台州市企业名称公示) is no row of headings, unless nothing else is.
        score = (len({field for field, _ in ranks if field}) + 2 * (named < 9), -named)
        if named < 9 and (best is None or score > best[0]):
            best = score, at
    if best is None:
        return _by_content(head, is_text=is_text)
    at = best[1]
    headings, last = _joined(titles, at, merged)
    corner = next((unit_in(c) for _, cells in titles[: last + 1] for c in cells if _CORNER.search(c) and unit_in(c)), "")
    columns, unused = _columns(headings, given, corner or unit)
    found = Layout(columns, titles[last][0], unused)
    if found.column("uscc") is None and given.get("uscc") != "":
        body = head[last + 1 : last + 1 + CONTENT_ROWS]
        taken = {c.position for c in columns}
        coded = next((c for c in range(len(headings)) if c not in taken and _share(body, c, _is_code) >= 0.5), None)
        if coded is not None:
            found = replace(found, columns=(*columns, Column("uscc", coded, headings[coded], "content")))
    return found if found.column("name") else None


def _joined(titles: Sequence[tuple[int, list[str]]], at: int, merged: Sequence[Merge]) -> tuple[list[str], int]:
    """The headings of one row, or of two that belong together, and the place of the last."""
    number, upper = titles[at]
    spread = list(upper)
    for m in merged:
        if m.top <= number <= m.bottom and m.left < len(spread) and m.right > m.left:
            spread += [""] * (m.right + 1 - len(spread))
            spread[m.left : m.right + 1] = [spread[m.left]] * (m.right + 1 - m.left)
    if at + 1 >= len(titles):
        return upper, at
    lower = titles[at + 1][1]
    name = min(range(len(upper)), key=lambda c: field_of(upper[c])[1] if field_of(upper[c])[0] == "name" else 9)
    beside = [c for c in lower if c]
    continues = (name >= len(lower) or not lower[name] or lower[name] == upper[name]) and bool(beside)
    words = [cell for cell in beside if field_of(cell)[0] or unit_in(cell) or _YEAR.fullmatch(cell.removesuffix("年"))]
    if not (continues and 2 * len(words) >= len(beside)):
        return upper, at
    width = max(len(spread), len(lower))
    over = ""
    out = []
    for c in range(width):
        top, below = (row[c] if c < len(row) else "" for row in (spread, lower))
        over = top or (over if below else "")
        out.append(f"{over}{below}" if below and below != over else top)
    return out, at + 1


def _columns(headings: Sequence[str], given: Mapping[str, str], unit: str) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    found: dict[int, Column] = {}
    for field, wanted in given.items():
        position = next(c for c, heading in enumerate(headings) if heading == wanted) if wanted in headings else -1
        if position >= 0:
            found[position] = Column(field, position, wanted, "given", _unit(field, wanted, unit))
    said = {c.field for c in found.values()} | {field for field, wanted in given.items() if not wanted}
    ranked = sorted(
        ((rank, -_latest(heading) if field in AMOUNTS else 0, c, field, heading) for c, heading in enumerate(headings)
         for field, rank in [field_of(heading)] if field),
    )  # fmt: skip
    for _, _, c, field, heading in ranked:
        if c not in found and (field not in said or (field == "memberships" and given.get(field) != "")):
            found[c] = Column(field, c, heading, "heading", _unit(field, heading, unit))
            said.add(field)
    unused = tuple(h for c, h in enumerate(headings) if h and c not in found and field_of(h)[0] != "name")
    return tuple(found[c] for c in sorted(found)), unused


def _unit(field: str, heading: str, unit: str) -> str:
    return (unit_in(heading) or unit) if field in AMOUNTS else ""


def _latest(heading: str) -> int:
    """The latest year that a heading names: of several years' columns it is the one used."""
    return max(map(int, _YEAR.findall(heading)), default=0)


def _by_content(head: Sequence[Row], *, is_text: bool) -> Layout | None:
    """The column most of whose cells end like registered names; that of codes beside it."""
    body = head[:CONTENT_ROWS]
    width = max((len(cells) for _, cells in body), default=0)
    shares = {c: _share(body, c, _is_firm) for c in range(width)}
    best = max(shares, key=lambda c: shares[c], default=-1)
    filled = [c for c in range(width) if any(c < len(cells) and text(cells[c]) for _, cells in body)]
    if best < 0 or (shares[best] < 0.5 and not (is_text and filled == [best])):
        return None
    coded = next((c for c in range(width) if c != best and _share(body, c, _is_code) >= 0.5), None)
    columns = [Column("name", best, "", "content")]
    if coded is not None:
        columns.append(Column("uscc", coded, "", "content"))
    return Layout(tuple(columns), 0)


def _share(body: Iterable[Row], column: int, holds: Callable[[str], bool]) -> float:
    cells = [text(cells[column]) for _, cells in body if column < len(cells) and text(cells[column])]
    return sum(map(holds, cells)) / len(cells) if cells else 0.0


def _is_firm(cell: str) -> bool:
    return bool(parse(cell).legal_form) if len(cell) <= 60 else False


def _is_code(cell: str) -> bool:
    return code(cell).value is not None


__all__ = ["AMOUNTS", "FIELDS", "UNITS", "Column", "Layout", "field_of", "find_layout"]
