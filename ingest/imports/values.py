"""A cell as offices write it → amount in 万元, number, date, credit code; what cannot be read is said, never guessed."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from chaingraph.phrases import Phrase
from chaingraph.workspace import plain_text
from ingest.names import uscc_is_valid

UNITS = {"元": 1e-4, "千元": 0.1, "万元": 1.0, "百万元": 100.0, "千万元": 1e3, "亿元": 1e4}
"""Units of an amount → 万元 (ten thousand yuan)."""

CURRENCIES = (
    "美元",
    "美金",
    "欧元",
    "港元",
    "港币",
    "日元",
    "英镑",
    "韩元",
    "台币",
    "澳元",
    "加元",
    "usd",
    "eur",
    "hkd",
    "jpy",
    "gbp",
    "$",
    "€",
    "£",
)
"""Signs of another currency: without a rate of the day such an amount stays not known."""  # fmt: skip

FAULTS = {
    "foreign-currency": Phrase("外币金额没有汇率，按未知处理", "amounts in a foreign currency, without a rate not known"),
    "no-unit": Phrase("没有写单位，金额按未知处理", "amounts without a unit, not known"),
    "no-number": Phrase("读不出数值，按未知处理", "cells that are no number, not known"),
    "no-date": Phrase("读不出日期，按未知处理", "cells that are no date, not known"),
    "code-lost": Phrase(
        "信用代码已被 Excel 变成数字，末位丢失，未使用", "credit codes that Excel made numbers of: digits are lost, not used"
    ),
    "code-wrong": Phrase("信用代码位数或校验位不对，未使用", "credit codes with a wrong length or check digit, not used"),
}
"""What a cell can be faulted for."""  # fmt: skip

_BLANK = {
    "",
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "无",
    "暂无",
    "未知",
    "不详",
    "n/a",
    "na",
    "#n/a",
    "null",
    "none",
    "nan",
    "*",
    "保密",
}
_ABOUT = re.compile(r"^(?:大?约|近|超过?|逾|≥|>|人民币|rmb|cny|¥)+|(?:左右|以上|余|多|人民币|rmb|cny|整|\+)+$")
_NUMBER = re.compile(r"([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)(百万元?|千万元?|千元|万元?|亿元?|元|人|名|%)?")
_GROUPED = re.compile(r"(?<=\d)[,、，' ](?=\d{3}(?!\d))")
_FULL_UNIT = {"万": "万元", "亿": "亿元", "百万": "百万元", "千万": "千万元"}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
_FIRST_DAY, _SERIALS = date(1899, 12, 30), range(367, 73_051)  # 1901 to 2099
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d{2}", re.IGNORECASE)

Value = TypeVar("Value", float, str)


@dataclass(frozen=True)
class Read(Generic[Value]):
    """What was read of a cell: its value, None where it is not known, and the kind of fault that is to blame, if any."""

    value: Value | None = None
    fault: str = ""


def text(cell: object) -> str:
    """Return a cell as one line of text: a whole number without decimals, a day without a time."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.isprintable() and "  " not in cell:
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    if isinstance(cell, datetime):
        cell = cell.date()
    return " ".join(plain_text(str(cell)).split())


def amount(cell: object, unit: str) -> Read[float]:
    """Return an amount in 万元; a unit in the cell goes before that of its column (`unit`, empty where none is known).

    >>> amount("约１，２００", "万元").value, amount("1.5亿元", "").value, amount("300 万美元", "万元").fault
    (1200.0, 15000.0, 'foreign-currency')
    """
    plain = _plain(cell)
    if plain in _BLANK:
        return Read()
    if any(sign in plain for sign in CURRENCIES):
        return Read(fault="foreign-currency")
    found = _NUMBER.fullmatch(_bare(plain))
    if not found or found[2] in ("人", "名", "%"):
        return Read(fault="no-number")
    said = _FULL_UNIT.get(found[2] or "", found[2] or "") or unit
    if said not in UNITS:
        return Read(fault="no-unit")
    value = float(found[1]) * UNITS[said]
    return Read(round(value, 6)) if math.isfinite(value) else Read(fault="no-number")


def number(cell: object) -> Read[float]:
    """Return a number of people or things.

    >>> number("1、250人").value, number("100-200").fault
    (1250.0, 'no-number')
    """
    plain = _plain(cell)
    if plain in _BLANK:
        return Read()
    found = _NUMBER.fullmatch(_bare(plain))
    if not found or found[2] not in (None, "人", "名", "万"):
        return Read(fault="no-number")
    value = float(found[1]) * (1e4 if found[2] == "万" else 1.0)
    return Read(value) if math.isfinite(value) else Read(fault="no-number")


def day(cell: object) -> Read[str]:
    """Return a date as ISO text, as exact as it was written: a day, a month or a year. Serial numbers of Excel are days.

    >>> [day(cell).value for cell in ("2018年3月5日", 43164, "2018.3", "20180305", 2018, "成立于2018年")]
    ['2018-03-05', '2018-03-05', '2018-03', '2018-03-05', '2018', None]
    """
    if isinstance(cell, datetime):
        return Read(cell.date().isoformat())
    if isinstance(cell, date):
        return Read(cell.isoformat())
    plain = _plain(cell)
    if plain in _BLANK:
        return Read()
    if found := _DAY.fullmatch(plain):
        return _checked(*map(int, found.groups()))
    if found := _MONTH.fullmatch(plain):
        year, month = int(found[1]), int(found[2])
        return Read(f"{year}-{month:02d}") if 1 <= month <= 12 else Read(fault="no-date")
    if re.fullmatch(r"(?:19|20)\d{2}年?", plain):
        return Read(plain[:4])
    if re.fullmatch(r"(?:19|20)\d{6}", plain):
        return _checked(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    if re.fullmatch(r"\d{3,5}(?:\.\d+)?", plain) and int(float(plain)) in _SERIALS:
        return Read((_FIRST_DAY + timedelta(days=int(float(plain)))).isoformat())
    return Read(fault="no-date")


def code(cell: object) -> Read[str]:
    """Return a credit code; one that a spreadsheet turned into a number has lost its last digits and is not made up again.

    >>> code("９１３３１０００７０４６７６２７４ｑ").value, code(9.1331e17).fault, code("9.13E+17").fault, code("123").fault
    ('91331000704676274Q', 'code-lost', 'code-lost', 'code-wrong')
    """
    plain = unicodedata.normalize("NFKC", text(cell)).replace(" ", "").lstrip("'").upper()
    if plain.casefold() in _BLANK:
        return Read()
    lost = isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= 1e15
    if lost or _SCIENTIFIC.fullmatch(plain):
        return Read(fault="code-lost")
    return Read(plain) if uscc_is_valid(plain) else Read(fault="code-wrong")


def unit_in(words: str) -> str:
    """Return the unit that a heading or a corner names (营业收入（万元）, 单位：亿元), "外币" for another currency, else "".

    >>> unit_in("营业收入(万元)"), unit_in("单位：人民币 亿元"), unit_in("出口额(万美元)"), unit_in("员工数(人)")
    ('万元', '亿元', '外币', '')
    """
    plain = _plain(words)
    if any(sign in plain for sign in CURRENCIES):
        return "外币"
    return next((unit for unit in sorted(UNITS, key=len, reverse=True) if unit in plain), "")


def _checked(year: int, month: int, of_month: int) -> Read[str]:
    try:
        return Read(date(year, month, of_month).isoformat())
    except ValueError:
        return Read(fault="no-date")


def _plain(cell: object) -> str:
    return unicodedata.normalize("NFKC", text(cell)).casefold().strip()


def _bare(plain: str) -> str:
    """The number without what stands around it and between its groups of three digits."""
    return _ABOUT.sub("", _GROUPED.sub("", _ABOUT.sub("", plain).strip()).replace(" ", "")).strip()
