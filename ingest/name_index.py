"""The companies that names are held against: every form of every name of each, and the nearest ones by their characters."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from ingest.char_grams import CharGrams
from ingest.names import (
    CITY_ABBREVIATIONS,
    INDUSTRY_STARTS,
    PROVINCES,
    CompanyName,
    gazetteer,
    key_of,
    normalise,
    parse,
    plain,
    plain_code,
    uscc_is_valid,
)

CANDIDATES = 20
"""Nearest names looked at for each name."""

_ENDING = re.compile(r"有限责任公司$|有限公司$|公司$")
_PUNCTUATION = re.compile(r"[()·'.,&-]")
_SHARES = re.compile(r"(?<=..)股份$")
_ASIDE = re.compile(r"^(?P<outer>[^()]+)\((?P<inner>[^()]+)\)$")
_WORD_ENDS = re.compile("集团|中国")
_SIGNS_OF_PLACE = dict(PROVINCES.values())
_COUNTRIES = "US美国 JP日本 DE德国 FR法国 GB英国 KR韩国 CH瑞士 NL荷兰 IT意大利 CA加拿大 IN印度 BR巴西 ES西班牙 RU俄罗斯 CN中国"
COUNTRY_CODE = {word[2:]: word[:2] for word in _COUNTRIES.split()}


@dataclass(frozen=True)
class Reading:
    """A full name as abbreviations are held against it.

    `text` is the name without its legal ending and punctuation, `body` the same without the place;
    `trade` are the positions of the 字号 in `text`, `starts` those where a word begins,
    `place_signs` the one-character names of its place (粤, 深).
    """

    parts: CompanyName
    text: str
    body: str
    trade: range
    starts: frozenset[int]
    place_signs: frozenset[str]

    @classmethod
    def of(cls, full_name: str) -> "Reading":
        """Read a full name."""
        parts = parse(full_name)
        text = _text(parts.normal)
        at = max(text.find(parts.trade_name), 0)
        starts = {0, at} | {found.start() for found in INDUSTRY_STARTS.finditer(text)}
        starts |= {found.end() for found in _WORD_ENDS.finditer(text)}
        province_of = gazetteer().province
        heads = (parts.place[:end] for end in range(2, len(parts.place) + 1))
        signs = {sign for head in heads for sign in _SIGNS_OF_PLACE.get(province_of.get(head, ""), "")}
        signs |= {sign for sign, city in CITY_ABBREVIATIONS.items() if city in parts.place or text.startswith(city)}
        trade = range(at, at + len(parts.trade_name))
        return cls(parts, text, _SHARES.sub("", text[at:]), trade, frozenset(starts), frozenset(signs))


def _text(normal: str) -> str:
    return _PUNCTUATION.sub("", _ENDING.sub("", normal))


def core_of(alias: str) -> str:
    """What an abbreviation says beyond its marks: ST星源 → 星源, 华联股份 → 华联."""
    return _SHARES.sub("", _PUNCTUATION.sub("", plain(alias)))


class NameIndex:
    """The companies names are matched against, sorted by id so that their order in the table does not matter."""

    def __init__(self, companies: pd.DataFrame) -> None:
        _check(companies)
        table = companies.astype(object).where(companies.notna(), "").sort_values("company_id", kind="stable")
        columns = {name: [str(cell).strip() for cell in table[name]] for name in table.columns}
        self.ids, self.full, blank = columns["company_id"], columns["name_zh"], [""] * len(table)
        self.row = {company_id: row for row, company_id in enumerate(self.ids)}
        self.short = columns.get("short_name", blank)
        self.country = [COUNTRY_CODE.get(name, name.upper()) for name in columns.get("country", blank)]
        formers = [[name for name in cell.split("；") if name.strip()] for cell in columns.get("former_names", blank)]
        codes = [plain_code(cell) for cell in columns.get("uscc", blank)]
        self.code = [code if uscc_is_valid(code) else "" for code in codes]
        self.by_code = {code: row for row, code in reversed(list(enumerate(self.code))) if code}
        self.exact: dict[str, dict[int, str]] = {}
        self.keys: dict[str, dict[int, str]] = {}
        self.normal = [normalise(name) for name in self.full]
        for row, (normal, short, english, former) in enumerate(
            zip(self.normal, self.short, columns.get("name_en", blank), formers, strict=True)
        ):
            named = [(normal, "全称"), (short, "简称"), (english, "英文名"), *((name, "曾用名") for name in former)]
            for name, kind in named:
                for form in (_forms(normal) if kind == "全称" else forms_of(name)) if name else ():
                    self.exact.setdefault(form, {}).setdefault(row, kind)
                    self.keys.setdefault(key_of(form), {}).setdefault(row, kind)
        self._readings: dict[int, Reading] = {}
        self._grams = CharGrams([_SHARES.sub("", _text(name)) or "·" for name in self.normal])
        self.rarity = self._grams.rarity()

    def reading(self, row: int) -> Reading:
        """The parts of a company's full name, read once."""
        if row not in self._readings:
            self._readings[row] = Reading.of(self.full[row])
        return self._readings[row]

    def key(self, row: int) -> str:
        """The identifying key of a company's full name."""
        return key_of(self.normal[row])

    def some(self, rows: Iterable[int]) -> str:
        """The full names of a few companies."""
        return "、".join(sorted(self.full[row] for row in rows)[:3])

    def nearest(self, cores: Sequence[str]) -> list[list[tuple[int, float]]]:
        """The `CANDIDATES` nearest companies of each core and their cosine, nearest first."""
        starts, rows, cosines = self._grams.nearest(cores, CANDIDATES)
        pairs = list(zip(rows.tolist(), cosines.tolist(), strict=True))
        return [pairs[low:high] for low, high in pairwise(starts.tolist())]

    def candidates(self, names: Sequence[str], limit: int) -> list[tuple[str, ...]]:
        """Ids of the companies that each name may mean, at most `limit`: those of the same form, of the same key, the nearest."""
        near = self.nearest([core_of(name) for name in names])
        found = []
        for name, others in zip(names, near, strict=True):
            forms = forms_of(name)
            same = united(self.exact, forms) | united(self.keys, [key_of(form) for form in forms])
            rows = dict.fromkeys([*same, *(row for row, _ in others)])
            found.append(tuple(self.ids[row] for row in rows)[:limit])
        return found


def _check(companies: pd.DataFrame) -> None:
    missing = [name for name in ("company_id", "name_zh") if name not in companies.columns]
    if missing:
        raise ValueError(f"companies: columns {missing} are missing, found {list(companies.columns)}")
    doubled = companies.loc[companies["company_id"].duplicated(), "company_id"].astype(str).unique()
    if len(doubled):
        raise ValueError(f"companies: company_id must be unique, found more than once: {', '.join(sorted(doubled)[:10])}")


def forms_of(name: str) -> list[str]:
    """The normal form; of 沃尔玛(WALMART) also either half, as one is the translation of the other."""
    return _forms(normalise(name))


def _forms(normal: str) -> list[str]:
    halves = _ASIDE.match(normal) if normal.endswith(")") else None
    found = [normal]
    if halves and halves["outer"].isascii() != halves["inner"].isascii():
        found += [normalise(halves["outer"]), normalise(halves["inner"])]
    return [form for form in found if form]


def united(table: Mapping[str, Mapping[int, str]], forms: Iterable[str]) -> dict[int, str]:
    """The companies that any of the forms names in a table, with the kind of name it is."""
    return {row: kind for form in forms for row, kind in table.get(form, {}).items()}
