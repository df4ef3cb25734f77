"""Rows that came, went or changed in a table, by the table's key; counted in words, with the first as examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from chaingraph.changes.version import Change
from chaingraph.labels import ENUMS, label
from chaingraph.phrases import Phrase, joined
from chaingraph.tables import SPECS, Tables

EXAMPLES = 3
"""So many rows of each sort are named."""

NAMES = {
    "origins": Phrase("数据来源", "origins"),
    "regions": Phrase("地区", "regions"),
    "industries": Phrase("行业分类", "industries"),
    "io_sectors": Phrase("投入产出部门", "input–output sectors"),
    "io_coefficients": Phrase("直接消耗系数", "input coefficients"),
    "programmes": Phrase("产业计划", "programmes"),
    "programme_chains": Phrase("计划里的链", "chains of programmes"),
    "companies": Phrase("企业", "companies"),
    "company_names": Phrase("企业别名", "names of companies"),
    "activities": Phrase("企业—环节关系", "companies in segments"),
    "establishments": Phrase("已知基地", "establishments"),
    "firm_lists": Phrase("榜单", "lists of firms"),
    "memberships": Phrase("榜单上的企业", "firms on lists"),
    "ties": Phrase("企业间关系", "ties between companies"),
    "presence": Phrase("登记数", "registrations by region, segment and period"),
    "coverage": Phrase("各地登记总数", "registrations by region and year"),
}
"""Tables that are told by numbers of rows; chains, segments and links are told one by one."""

_NAMED_BY = {
    "company_id": ("companies", "short_name"),
    "other_id": ("companies", "short_name"),
    "region_code": ("regions", "name_zh"),
    "segment_id": ("segments", "name_zh"),
    "chain_id": ("chains", "name_zh"),
}
"""Column of a key → table and column of the name that people read in its place."""


@dataclass(frozen=True)
class RowChanges:
    """Rows of a table that only the new version has, only the old one has, or both have with other values.

    `before` and `after` are the changed rows in one order.
    """

    added: pd.DataFrame
    removed: pd.DataFrame
    before: pd.DataFrame
    after: pd.DataFrame

    def __bool__(self) -> bool:
        return bool(len(self.added) or len(self.removed) or len(self.after))

    def values(self, column: str) -> set[str]:
        """Return the values of a column in all these rows."""
        return {str(v) for frame in (self.added, self.removed, self.before, self.after) for v in frame[column].dropna()}

    def cells(self) -> Iterator[tuple[pd.Series, pd.Series, list[str]]]:
        """Yield each changed row as it was and is, with the columns that differ."""
        for (_, was), (_, now) in zip(self.before.iterrows(), self.after.iterrows(), strict=True):
            yield was, now, [c for c in was.index if not same(was[c], now[c])]


def same(was: object, now: object) -> bool:
    """Whether two cells are equal; not known equals not known."""
    return bool(pd.isna(was) and pd.isna(now)) or bool(pd.notna(was) and pd.notna(now) and was == now)


def row_changes(name: str, old: Tables, new: Tables) -> RowChanges:
    """Compare a table of two versions by its key."""
    was, now = old[name], new[name]
    if was.equals(now):
        return RowChanges(*(was.iloc[:0] for _ in range(4)))
    both = was.merge(now, how="outer", indicator=True)
    gone, come = (both[both["_merge"] == side].drop(columns="_merge") for side in ("left_only", "right_only"))
    key = list(SPECS[name].key)
    gone, come = (frame.set_index(pd.MultiIndex.from_frame(frame[key].astype("object").fillna(""))) for frame in (gone, come))
    kept = gone.index.intersection(come.index)
    return RowChanges(come.drop(kept), gone.drop(kept), gone.loc[kept], come.loc[kept])


def table_change(name: str, found: RowChanges, old: Tables, new: Tables) -> Change:
    """Say how many rows of a table came, went and changed, with the first of each."""
    called = (_caller(name, old), _caller(name, new))
    sorts = (
        (Phrase("新增", "new"), found.added, [called[1](r) for _, r in found.added.head(EXAMPLES).iterrows()]),
        (Phrase("移除", "gone"), found.removed, [called[0](r) for _, r in found.removed.head(EXAMPLES).iterrows()]),
        (Phrase("改动", "changed"), found.after, [_cells(called[1](now), was, now, of) for was, now, of in _first(found)]),
    )
    parts = []
    for word, rows, examples in sorts:
        if len(rows):
            more = joined(examples, "；", "; ") + (Phrase(" 等", ", …") if len(rows) > EXAMPLES else "")
            parts.append(Phrase(f"{word} {len(rows):,}（{more}）", f"{len(rows):,} {word.en} ({more.en})"))
    return Change(f"table-{name}", name, NAMES[name] + Phrase("：", ": ") + joined(parts, "，", ", "))


def _first(found: RowChanges) -> Iterator[tuple[pd.Series, pd.Series, list[str]]]:
    return RowChanges(found.added, found.removed, found.before.head(EXAMPLES), found.after.head(EXAMPLES)).cells()


def _cells(called: Phrase, was: pd.Series, now: pd.Series, columns: list[str]) -> Phrase:
    return called + Phrase(" ", " ") + joined((cell_change(c, was[c], now[c]) for c in columns), "，", ", ")


def cell_change(column: str, was: object, now: object) -> Phrase:
    """Say how a cell changed: its label, the old value, the new one."""
    return Phrase(*(f"{label(column, lang)} {shown(was, lang)} → {shown(now, lang)}" for lang in ("zh", "en")))


def shown(value: object, lang: str) -> str:
    """Return a cell as people read it; a word of the vocabulary by its label, nothing as not known."""
    if pd.isna(value):
        return label("unknown", lang)
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if pd.api.types.is_bool(value):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[lang][bool(value)]
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    text = str(value)
    return label(text, lang) if any(text in words for words in ENUMS.values()) else text


def _caller(name: str, tables: Tables) -> Callable[[pd.Series], Phrase]:
    """Return what calls a row by its key: names in place of codes."""
    names = {}
    for column in SPECS[name].key:
        if column in _NAMED_BY:
            table, of = _NAMED_BY[column]
            frame, key = tables[table], SPECS[table].key[0]
            text = frame[of].fillna(frame["name_zh"])
            names[column] = dict(zip(frame[key], text, strict=True))

    def called(row: pd.Series) -> Phrase:
        cells = [row[c] for c in SPECS[name].key if not pd.isna(row[c])]
        columns = [c for c in SPECS[name].key if not pd.isna(row[c])]
        texts = [str(names.get(c, {}).get(v, v)) for c, v in zip(columns, cells, strict=True)]
        return Phrase(" · ".join(texts), " · ".join(texts))

    return called
