"""The list of targets a team keeps (目标企业库): who is on it, for which segment, how far one is with them, and the score then."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import pandas as pd

from chaingraph.errors import ChaingraphError
from chaingraph.export import csv_bytes
from chaingraph.graph import ChainGraph
from chaingraph.labels import label
from chaingraph.model import TargetStatus
from chaingraph.phrases import Phrase
from chaingraph.recommendation import Recommendation
from chaingraph.sections import Cell, Column, Table
from chaingraph.workbook import table_workbook
from chaingraph.workspace import WorkspaceFile, owner_name, plain_text

LONGEST_NOTE = 2000
"""Characters of a note."""

Key = tuple[str, str, str]
"""What an entry is of, within its owner's list: region, segment, company."""

SignalWeights = tuple[tuple[str, float], ...]
"""Signal and its share of 1, for all signals of a score."""

_SCHEMA = """
CREATE TABLE entries (
    owner TEXT NOT NULL, region_code TEXT NOT NULL, chain_id TEXT NOT NULL, segment_id TEXT NOT NULL, company_id TEXT NOT NULL,
    name TEXT NOT NULL, status TEXT NOT NULL, note TEXT NOT NULL, score REAL, coverage REAL, data_version TEXT NOT NULL,
    weights TEXT NOT NULL, added_on TEXT NOT NULL, changed_on TEXT NOT NULL,
    PRIMARY KEY (owner, region_code, segment_id, company_id)
) WITHOUT ROWID;
"""

_ADD = """
INSERT INTO entries VALUES (:owner, :region_code, :chain_id, :segment_id, :company_id, :name, :status, '', :score, :coverage,
                            :data_version, :weights, :today, :today)
ON CONFLICT DO UPDATE SET name = excluded.name, score = excluded.score, coverage = excluded.coverage,
                          data_version = excluded.data_version, weights = excluded.weights, changed_on = excluded.changed_on
WHERE (name, score, coverage, data_version, weights)
   IS NOT (excluded.name, excluded.score, excluded.coverage, excluded.data_version, excluded.weights)
"""

_ALL = """
SELECT * FROM entries
WHERE owner = :owner AND region_code = coalesce(:region, region_code) AND chain_id = coalesce(:chain, chain_id)
ORDER BY region_code, chain_id, score DESC, company_id, segment_id
"""

_ONE = "SELECT * FROM entries WHERE owner = ? AND region_code = ? AND segment_id = ? AND company_id = ?"

_CHANGE = """
UPDATE entries SET status = coalesce(:status, status), note = coalesce(:note, note), changed_on = :today
WHERE owner = :owner AND region_code = :region_code AND segment_id = :segment_id AND company_id = :company_id
  AND (coalesce(:status, status), coalesce(:note, note)) IS NOT (status, note)
"""

_REMOVE = "DELETE FROM entries WHERE owner = ? AND region_code = ? AND segment_id = ? AND company_id = ?"


@dataclass(frozen=True)
class Entry:
    """A target on an owner's list, with the score it had when it was last added.

    `score` in [0, 100], `coverage` in [0, 1]; NaN: not known. `weights` are those the score was made with.
    """

    owner: str
    region_code: str
    chain_id: str
    segment_id: str
    company_id: str
    name: str
    status: TargetStatus
    note: str
    score: float
    coverage: float
    data_version: str
    weights: SignalWeights
    added_on: date
    changed_on: date

    @property
    def key(self) -> Key:
        """Region, segment and company: what the entry is changed and removed by."""
        return self.region_code, self.segment_id, self.company_id


class TargetRegister:
    """The kept list (目标企业库) of one owner, in the workspace's `register.sqlite`; no other owner's entry is ever seen.

    `today` tells the day of an addition or a change.
    """

    def __init__(self, folder: Path, owner: str, *, today: Callable[[], date] = date.today) -> None:
        self.owner = owner_name(owner)
        self._file = WorkspaceFile(folder / "register.sqlite", _SCHEMA)
        self._today = today

    def add(self, *targets: Recommendation, data_version: str) -> tuple[Entry, ...]:
        """Keep targets, all or none, and return their entries: new ones are candidates (备选) without a note.

        One kept before gets the score, coverage, weights and data version of now; its status and note stay.
        """
        with self._file.writing() as connection:
            connection.executemany(_ADD, [self._row(t, data_version) for t in targets])
            return tuple(self._found(connection, (t.region_code, t.segment_id, t.company_id)) for t in targets)

    def change(self, key: Key, *, status: TargetStatus | None = None, note: str | None = None) -> Entry:
        """Change the status, the note or both of an entry; None leaves it. ChaingraphError: not on the list, or too long a note."""
        if note is not None and len(note := plain_text(note)) > LONGEST_NOTE:
            zh = f"备注有 {len(note)} 个字符，最多 {LONGEST_NOTE} 个：请缩短。"
            raise ChaingraphError(Phrase(zh, f"the note has {len(note)} characters, at most {LONGEST_NOTE} fit: shorten it."))
        names = ("owner", "region_code", "segment_id", "company_id")
        row = dict(zip(names, (self.owner, *key), strict=True))
        with self._file.writing() as connection:
            value = None if status is None else TargetStatus(status).value
            connection.execute(_CHANGE, {**row, "status": value, "note": note, "today": self._today().isoformat()})
            return self._found(connection, key)

    def remove(self, key: Key) -> bool:
        """Take an entry off the list; return whether it was there."""
        with self._file.writing() as connection:
            return connection.execute(_REMOVE, (self.owner, *key)).rowcount > 0

    def entries(self, region: str | None = None, chain: str | None = None) -> tuple[Entry, ...]:
        """Return the entries of a region (code) and a chain (id), or of all; by region and chain, the highest score first."""
        with self._file.reading() as connection:
            rows = connection.execute(_ALL, {"owner": self.owner, "region": region, "chain": chain}).fetchall()
        return tuple(map(_entry, rows))

    def to_pandas(self, region: str | None = None, chain: str | None = None) -> pd.DataFrame:
        """Return the entries as a frame: one column per field of `Entry`, the weights as JSON."""
        return register_frame(self.entries(region, chain))

    def _row(self, target: Recommendation, data_version: str) -> dict[str, object]:
        return {
            "owner": self.owner,
            "region_code": target.region_code,
            "chain_id": target.segment_id.split("/")[0],
            "segment_id": target.segment_id,
            "company_id": target.company_id,
            "name": plain_text(target.name),
            "status": TargetStatus.CANDIDATE.value,
            "score": target.score,
            "coverage": target.coverage,
            "data_version": data_version,
            "weights": json.dumps([(r.signal, r.weight) for r in target.reasons]),
            "today": self._today().isoformat(),
        }

    def _found(self, connection: sqlite3.Connection, key: Key) -> Entry:
        row = connection.execute(_ONE, (self.owner, *key)).fetchone()
        if row is None:
            zh = f"企业“{key[2]}”已不在目标企业库中（可能在另一窗口删除）：请刷新页面。"
            en = f"'{key[2]}' is no longer on the list, perhaps removed in another window: reload the page."
            raise ChaingraphError(Phrase(zh, en))
        return _entry(row)


def _entry(row: Sequence[object]) -> Entry:
    of = dict(zip((f.name for f in fields(Entry)), row, strict=True))
    texts = {name: str(of[name]) for name in ("owner", "region_code", "chain_id", "segment_id", "company_id", "name", "note")}
    return Entry(
        **texts,
        status=TargetStatus(str(of["status"])),
        score=_number(of["score"]),
        coverage=_number(of["coverage"]),
        data_version=str(of["data_version"]),
        weights=tuple((str(signal), float(weight)) for signal, weight in json.loads(str(of["weights"]))),
        added_on=date.fromisoformat(str(of["added_on"])),
        changed_on=date.fromisoformat(str(of["changed_on"])),
    )


def _number(value: object) -> float:
    """SQLite keeps NaN as NULL."""
    return float(value) if isinstance(value, float | int) else math.nan


def stale(entries: Iterable[Entry], graph: ChainGraph) -> tuple[Entry, ...]:
    """Return the entries whose company, segment or region is no longer in the data."""
    companies = frozenset(graph.tables["companies"]["company_id"])
    return tuple(
        e
        for e in entries
        if e.company_id not in companies or e.segment_id not in graph.segments or e.region_code not in graph.regions
    )


def register_frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """Return entries as a frame with the identifiers of the code as columns."""
    columns = [f.name for f in fields(Entry)]
    rows = [[getattr(e, name) for name in columns] for e in entries]
    frame = pd.DataFrame(rows, columns=columns)
    frame["weights"] = [json.dumps(dict(e.weights)) for e in entries]
    frame["status"] = [e.status.value for e in entries]
    for name in ("added_on", "changed_on"):
        frame[name] = pd.to_datetime(frame[name])
    return frame.astype({"score": "float64", "coverage": "float64"})


def register_csv(entries: Sequence[Entry], graph: ChainGraph | None = None) -> bytes:
    """Return entries as CSV for Excel, with Chinese titles; a cell that begins like a formula gets an apostrophe."""
    columns, rows = _table(entries, graph, _weights_text)
    return csv_bytes(pd.DataFrame(rows, columns=[c.title for c in columns]))


def register_workbook(entries: Sequence[Entry], graph: ChainGraph | None = None, *, today: date | None = None) -> bytes:
    """Return entries as XLSX in Chinese; a graph gives region, chain and segment their names and marks what it no longer has.

    Each set of weights that scores were made with has a number, and its column on a sheet of its own.
    """
    title = label("target_register")
    sets = {weights: number for number, weights in enumerate(dict.fromkeys(e.weights for e in entries), 1)}
    signals = dict.fromkeys(signal for weights in sets for signal, _ in weights)
    columns = [Column(label("signal"), 14), *(Column(str(number), 8, "share") for number in sets.values())]
    rows: list[list[Cell]] = [[label(s), *(dict(weights).get(s) for weights in sets)] for s in signals]
    tables = {title: _table(entries, graph, lambda weights: str(sets[weights])), label("weights"): (columns, rows)}
    return table_workbook(title, tables, today)


def _weights_text(weights: SignalWeights) -> str:
    return "、".join(f"{label(signal)} {weight:.1%}" for signal, weight in weights)


def _table(entries: Sequence[Entry], graph: ChainGraph | None, weights_text: Callable[[SignalWeights], str]) -> Table:
    gone = frozenset(stale(entries, graph)) if graph else frozenset()
    regions = {code: r.name_zh for code, r in graph.regions.items()} if graph else {}
    segments = {code: s.name_zh for code, s in graph.segments.items()} if graph else {}
    chains = graph.chains if graph else {}
    columns = [
        Column(label("name"), 32),
        Column(label("region"), 14),
        Column(label("chain"), 18),
        Column(label("segment_name"), 22),
        Column(label("target_status"), 10),
        Column(label("note"), 48),
        Column(label("score"), 8, "score"),
        Column(label("coverage"), 8, "share"),
        Column(label("added_on"), 12, "date"),
        Column(label("changed_on"), 12, "date"),
        Column(label("is_stale"), 14),
        Column(label("company_id"), 14),
        Column(label("region_code"), 14),
        Column(label("segment_id"), 28),
        Column(label("data_version"), 14),
        Column(label("weights"), 60),
    ]
    rows: list[list[Cell]] = [
        [
            e.name,
            str(regions.get(e.region_code, e.region_code)),
            str(chains.get(e.chain_id, e.chain_id)),
            str(segments.get(e.segment_id, e.segment_id)),
            label(e.status),
            e.note,
            e.score,
            e.coverage,
            e.added_on,
            e.changed_on,
            "是" if e in gone else "",
            e.company_id,
            e.region_code,
            e.segment_id,
            e.data_version,
            weights_text(e.weights),
        ]
        for e in entries
    ]
    return columns, rows
