"""What changed in the chains, one thing a sentence: chains, segments, links, terms; the other tables by numbers of rows."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from chaingraph import structure
from chaingraph.changes.rows import NAMES, RowChanges, cell_change, row_changes, table_change
from chaingraph.changes.version import Change, DataVersion
from chaingraph.labels import label
from chaingraph.phrases import Phrase, joined, verbatim
from chaingraph.tables import Tables

LEVELS = {
    "specific": Phrase("专指词", "specific terms"),
    "indicative": Phrase("提示词", "indicative terms"),
    "generic": Phrase("泛指词", "generic terms"),
    "exclude": Phrase("排除词", "excluded phrases"),
    "english": Phrase("英文词组", "English phrases"),
    "leading_firms": Phrase("代表企业", "leading firms"),
}
"""What a chain's file says of a segment beside the tables, in words."""

UNSEEN = frozenset(("note", "source_url", "source_supports", "origin_id", "confidence_level"))
"""Columns of which only the change of a remark or source is told, not its text."""


def compare(old: DataVersion, new: DataVersion) -> list[Change]:
    """Return everything that differs between two versions: chains, segments, links, words, then the other tables."""
    before, after = old.tables, new.tables
    found = {name: row_changes(name, before, after) for name in (*NAMES, "chains", "segments", "supply_links")}
    out = [*_chains(found["chains"]), *_segments(found["segments"], before, after), *_links(found["supply_links"], before, after)]
    out += _words(old, new)
    out += [table_change(name, found[name], before, after) for name in NAMES if found[name]]
    out += _only_later(out, found["activities"], old, new)
    return out


def _chains(found: RowChanges) -> Iterator[Change]:
    for word, kind, rows in (("新增", "added", found.added), ("移除", "removed", found.removed)):
        for _, row in rows.iterrows():
            english = f"{'New' if kind == 'added' else 'Gone'}: the chain {row['name_en']}"
            yield Change(f"chain-{kind}", row["chain_id"], Phrase(f"{word}产业链 {row['name_zh']}", english))
    for was, now, columns in found.cells():
        for column in columns:
            name = Phrase(f"产业链 {now['name_zh']}：", f"The chain {now['name_en']}: ")
            yield Change("chain-changed", now["chain_id"], name + cell_change(column, was[column], now[column]))


def _segments(found: RowChanges, old: Tables, new: Tables) -> Iterator[Change]:
    for word, kind, rows, of in (("新增", "added", found.added, new), ("移除", "removed", found.removed, old)):
        for _, row in rows.iterrows():
            chain = of.derived(structure.chains)[row["chain_id"]]
            zh = f"{word}环节 {row['name_zh']}（{chain}，{label(row['stage'])}，{label(row['segment_kind'])}）"
            en = f"{'New' if kind == 'added' else 'Gone'}: the segment {row['name_en']} ({chain.en}, {label(row['stage'], 'en')}"
            yield Change(f"segment-{kind}", row["segment_id"], Phrase(zh, f"{en}, {label(row['segment_kind'], 'en')})"))
    for was, now, columns in found.cells():
        yield from _segment(was, now, columns)


def _segment(was: pd.Series, now: pd.Series, columns: list[str]) -> Iterator[Change]:
    name, where = Phrase(f"环节 {now['name_zh']}", f"The segment {now['name_en']}"), now["segment_id"]
    for column in columns:
        if column == "name_zh":
            yield Change(
                "segment-renamed",
                where,
                Phrase(
                    f"环节改名：{was[column]} → {now[column]}",
                    f"Renamed segment: {verbatim(was[column]).en} → {verbatim(now[column]).en}",
                ),
            )
        elif column == "stage":
            words = [(label(was[column], lang), label(now[column], lang)) for lang in ("zh", "en")]
            text = Phrase(f"从{words[0][0]}移到{words[0][1]}", f" moved from {words[1][0]} to {words[1][1]}")
            yield Change("segment-moved", where, name + text)
        elif column in UNSEEN:
            yield Change("segment-remark", where, name + Phrase("：", ": ") + _rewritten(column))
        else:
            yield Change("segment-changed", where, name + Phrase("：", ": ") + cell_change(column, was[column], now[column]))


def _links(found: RowChanges, old: Tables, new: Tables) -> Iterator[Change]:
    for word, kind, rows, of in (("新增", "added", found.added, new), ("移除", "removed", found.removed, old)):
        for _, row in rows.iterrows():
            ends = _ends(row, of)
            need = _need(row["is_essential"])
            english = f"{'New' if kind == 'added' else 'Gone'}: the link {ends.en} ({need.en})"
            yield Change(f"link-{kind}", _link(row), Phrase(f"{word}供需 {ends}（{need}）", english))
    for was, now, columns in found.cells():
        name = Phrase("供需 ", "The link ") + _ends(now, new)
        for column in columns:
            if column == "is_essential":
                need = _need(now[column])
                yield Change("link-essential", _link(now), name + Phrase(f"改为{need}", f" is {need.en} now"))
            elif column in UNSEEN:
                yield Change("link-remark", _link(now), name + Phrase("：", ": ") + _rewritten(column))
            else:
                yield Change(
                    "link-changed", _link(now), name + Phrase("：", ": ") + cell_change(column, was[column], now[column])
                )


def _need(is_essential: object) -> Phrase:
    if pd.isna(is_essential):
        return Phrase("是否必需不详", "not known whether essential")
    return Phrase("必需", "essential") if is_essential else Phrase("非必需", "not essential")


def _rewritten(column: str) -> Phrase:
    return Phrase(f"{label(column)}改写", f"{label(column, 'en')} rewritten")


def _link(row: pd.Series) -> str:
    return f"{row['supplier_id']} → {row['customer_id']}"


def _ends(row: pd.Series, tables: Tables) -> Phrase:
    segments = tables.derived(structure.segments)
    return joined((segments[row[end]].name for end in ("supplier_id", "customer_id")), " → ", " → ")


def _words(old: DataVersion, new: DataVersion) -> Iterator[Change]:
    """Say which terms and leading firms came and went, of segments that both versions have with their files."""
    for segment_id in (s for s in new.words if s in old.words):
        name = new.tables.derived(structure.segments)[segment_id].name
        for level, word in LEVELS.items():
            was, now = (side.words[segment_id].get(level, ()) for side in (old, new))
            come, gone = [t for t in now if t not in was], [t for t in was if t not in now]
            parts = [
                Phrase(f"{sign}{'、'.join(terms)}", f"{sign}{', '.join(verbatim(t).en for t in terms)}")
                for sign, terms in (("+", come), ("−", gone))
                if terms
            ]
            if parts:
                head = Phrase(f"环节 {name}的{word}：", f"The segment {name.en}, {word.en}: ")
                yield Change("terms", segment_id, head + joined(parts, "，", "; "))


def _only_later(out: list[Change], activities: RowChanges, old: DataVersion, new: DataVersion) -> Iterator[Change]:
    """Say that words take effect at the next build, where they changed and nobody was linked anew."""
    waiting = {c.where for c in out if c.kind == "terms"} - activities.values("segment_id")
    if waiting:
        names = joined(new.tables.derived(structure.segments)[s].name for s in sorted(waiting))
        zh = f"词库或代表企业改了，企业—环节关系没有变（{names}）：要到下一次 chaingraph data build 才起作用"
        en = f"Terms or leading firms changed and no firm was linked anew ({names.en}): they take effect at the next chaingraph data build"
        yield Change("terms-waiting", " ".join(sorted(waiting)), Phrase(zh, en))
    unseen = {s for s in new.tables.derived(structure.segments) if (s in old.words) != (s in new.words)}
    shared = unseen & set(old.tables.derived(structure.segments))
    if shared:
        text = Phrase(
            "有一方是库或快照，其中没有词库：词库的改动看不出来",
            "One side is a store or snapshot, which keeps no lexicons: changes of terms cannot be seen",
        )
        yield Change("terms-unseen", "", text)
