"""The lists that offices imported, kept in the workspace: one per owner, region and name, seen by others only when it is shared."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from chaingraph.errors import ChaingraphError
from chaingraph.graph import ChainGraph
from chaingraph.own_firms import Coverage, OwnFirms
from chaingraph.phrases import Phrase
from chaingraph.workspace import WorkspaceFile, owner_name
from ingest.imports.firm_list import FirmList, RecognisedColumn
from ingest.imports.layout import Column
from ingest.linking import Lexicons

_SCHEMA = """
CREATE TABLE imports (
    owner TEXT NOT NULL, region_code TEXT NOT NULL, name TEXT NOT NULL, shared INTEGER NOT NULL,
    saved_at TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, read_on TEXT NOT NULL, coverage TEXT NOT NULL, version TEXT NOT NULL,
    firm_count INTEGER NOT NULL, counts TEXT NOT NULL, columns TEXT NOT NULL, notices TEXT NOT NULL, unused TEXT NOT NULL,
    answers TEXT NOT NULL, firms BLOB NOT NULL, matches BLOB NOT NULL, links BLOB NOT NULL,
    PRIMARY KEY (owner, region_code, name)
);
"""
_ENTRY = "owner, region_code, name, shared, saved_at, file, sha256, read_on, coverage, version, firm_count, counts"


@dataclass(frozen=True)
class ImportEntry:
    """A kept list without its firms: whose it is, of which region, from which file, when, and what became of its rows.

    `saved_at`: when it was last kept, UTC to the microsecond: what was computed from it before no longer holds.
    """

    owner: str
    region_code: str
    name: str
    is_shared: bool
    saved_at: str
    file: str
    sha256: str
    read_on: str
    coverage: Coverage
    version: str
    firm_count: int
    counts: Mapping[str, int]

    @property
    def rows(self) -> int:
        """Rows that were read."""
        return sum(self.counts.values())


class Imports:
    r"""The imported lists of one workspace, in its `imports.sqlite`. An owner sees his own, and what others share.

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> kept = ingest.Imports(Path(mkdtemp()))
    >>> kept.save("专班甲", ingest.read_firm_list("企业名称\n大元泵业\n".encode(), "泵业.csv", graph, "台州").linked(graph))
    >>> [(entry.name, entry.firm_count) for entry in kept.list("专班甲")], kept.list("专班乙")
    ([('泵业', 1)], ())
    >>> kept.own_firms("专班甲", kept.find("专班甲", "331000"), graph).counts["pump-motor/pump-whole"]
    1
    """

    def __init__(self, folder: Path) -> None:
        self._file = WorkspaceFile(folder / "imports.sqlite", _SCHEMA)

    def save(self, owner: str, imported: FirmList, *, shared: bool | None = None) -> None:
        """Keep a list; the owner's list of that region and name is replaced whole. `shared` None leaves as it was, not shared at first."""
        row = (
            owner_name(owner), imported.region_code, imported.name, datetime.now(UTC).isoformat(), imported.file, imported.sha256, imported.read_on,
            imported.coverage.value, imported.version, imported.firms.height, json.dumps(dict(imported.counts)),
            json.dumps([_plain(c) for c in imported.columns], ensure_ascii=False),
            json.dumps([[str(n), n.en] for n in imported.notices], ensure_ascii=False),
            json.dumps(imported.unused, ensure_ascii=False), json.dumps(dict(imported.answers), ensure_ascii=False),
            *(_packed(frame) for frame in (imported.firms, imported.matches, imported.links)),
        )  # fmt: skip
        with self._file.writing() as connection:
            before = connection.execute(
                "SELECT shared FROM imports WHERE owner = ? AND region_code = ? AND name = ?", (row[0], *row[1:3])
            ).fetchone()
            is_shared = bool(before and before[0]) if shared is None else shared
            marks = ", ".join("?" * (len(row) + 1))
            connection.execute(f"INSERT OR REPLACE INTO imports VALUES ({marks})", (*row[:3], int(is_shared), *row[3:]))  # noqa: S608 only marks

    def list(self, owner: str, region_code: str | None = None) -> tuple[ImportEntry, ...]:
        """Return what an owner sees: his own lists, then those others share; by region and name."""
        query = f"SELECT {_ENTRY} FROM imports WHERE (owner = ? OR shared) AND (? IS NULL OR region_code = ?)"  # noqa: S608 a constant
        with self._file.reading() as connection:
            rows = connection.execute(query, (owner_name(owner), region_code, region_code)).fetchall()
        found = [
            ImportEntry(o, r, n, bool(s), at, f, sha, on, Coverage(c), v, k, json.loads(counts))
            for o, r, n, s, at, f, sha, on, c, v, k, counts in rows
        ]
        return tuple(sorted(found, key=lambda e: (e.owner != owner, e.region_code, e.name, e.owner)))

    def find(self, owner: str, region_code: str, name: str | None = None) -> ImportEntry | None:
        """Return the list of a region that an owner sees: the one named, else the latest of his own, else the latest shared one."""
        seen = [e for e in self.list(owner, region_code) if name in (None, e.name)]
        mine = [e for e in seen if e.owner == owner]
        return max(mine or seen, key=lambda e: (e.read_on, e.name), default=None)

    def load(self, owner: str, entry: ImportEntry) -> FirmList:
        """Return the list of an entry. ChaingraphError: it is gone, or no longer shared with who asks."""
        query = (
            "SELECT name, region_code, file, sha256, read_on, coverage, version, counts, columns, notices, unused, answers, firms, matches, links "
            "FROM imports WHERE owner = ? AND region_code = ? AND name = ? AND (owner = ? OR shared)"
        )
        with self._file.reading() as connection:
            row = connection.execute(query, (entry.owner, entry.region_code, entry.name, owner_name(owner))).fetchone()
        if row is None:
            raise _gone(entry.name)
        name, region, file, sha, on, coverage, version, counts, columns, notices, unused, answers, firms, matches, links = row
        return FirmList(
            name, region, file, sha, on, _unpacked(firms), json.loads(counts),
            tuple(RecognisedColumn(sheet, Column(*cells)) for sheet, *cells in json.loads(columns)),
            tuple(Phrase(zh, en) for zh, en in json.loads(notices)), tuple(json.loads(unused)), Coverage(coverage),
            _unpacked(matches), _unpacked(links), json.loads(answers), version,
        )  # fmt: skip

    def own_firms(self, owner: str, entry: ImportEntry, graph: ChainGraph, lexicons: Lexicons | None = None) -> OwnFirms:
        """Return a list as evidence for `diagnose`; made with another data version, it is matched and linked anew and so kept by its owner."""
        found = self.load(owner, entry)
        if found.version != graph.version:
            found = replace(found, version="").linked(graph, lexicons)
            if entry.owner == owner:
                self.save(owner, found)
        return found.own_firms(graph)

    def share(self, owner: str, region_code: str, name: str, *, shared: bool = True) -> None:
        """Let others see a list of an owner, or no longer. ChaingraphError: there is none."""
        with self._file.writing() as connection:
            key = (int(shared), owner_name(owner), region_code, name)
            if not connection.execute(
                "UPDATE imports SET shared = ? WHERE owner = ? AND region_code = ? AND name = ?", key
            ).rowcount:
                raise _gone(name)

    def remove(self, owner: str, region_code: str, name: str) -> bool:
        """Remove a list of an owner; return whether there was one."""
        with self._file.writing() as connection:
            key = (owner_name(owner), region_code, name)
            return connection.execute("DELETE FROM imports WHERE owner = ? AND region_code = ? AND name = ?", key).rowcount > 0


def _plain(seen: RecognisedColumn) -> tuple[str, str, int, str, str, str]:
    c = seen.column
    return seen.sheet, c.field, c.position, c.heading, c.how, c.unit


def _packed(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd")
    return out.getvalue()


def _unpacked(content: bytes) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(content))


def _gone(name: str) -> ChaingraphError:
    return ChaingraphError(
        Phrase(
            f"没有名单“{name}”，或它没有共享给你。",
            f"no list '{name}', or it is not shared with you. `chaingraph import --list` shows them.",
        )
    )
