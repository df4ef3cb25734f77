"""Tables → what a Neo4j graph holds of them, and rows read there → tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from chaingraph.errors import ChaingraphError
from chaingraph.fields import DTYPES, Type
from chaingraph.stores.shape import GRADES, NODES, RELATIONSHIPS, ROW_OF, TARGETS, Relationship, loose
from chaingraph.stores.statements import HIGH, Statements, of_loose_rows, of_nodes, of_relationships
from chaingraph.tables import SPECS, Tables
from chaingraph.targets import COLUMNS

LONGEST_KEY = 1000
"""Characters of a key; the server indexes no longer text than some thousand bytes."""

Row = list[Any]
NOTHING = [0, 0, 0]
"""The sums of a part in which there is nothing."""

Digests = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """Things of one kind that the graph has to hold: the nodes of a table, the relationships of a type, or the loose rows of a table.

    `cells` has a column for each of the statements' columns but the last; `digest` (int64) changes with any cell of a row. A
    `keyed` thing is the same when its digest changes: a node, by its key, which stands first.
    """

    name: str
    statements: Statements
    cells: pd.DataFrame
    digest: Digests
    keyed: int = 0
    is_relationship: bool = False

    def sums(self) -> Row:
        """How many there are, and their digests added up by halves: what `check` answers when all is there."""
        low = np.fmod(self.digest, HIGH)
        return [len(self.digest), int(((self.digest - low) // HIGH).sum()), int(low.sum())]

    def identities(self) -> Iterator[tuple[object, int]]:
        """By thing: what it is the same by, and its digest."""
        digests = self.digest.tolist()
        if self.keyed:
            yield from zip(map(tuple, _rows(self.cells.iloc[:, : self.keyed])), digests, strict=True)
        else:
            yield from numbered(digests)

    def rows(self, picked: Iterable[int]) -> list[Row]:
        """The rows to put, of the things at these positions."""
        at = list(picked)
        return [[*row, digest] for row, digest in zip(_rows(self.cells.iloc[at]), self.digest[at].tolist(), strict=True)]


def numbered(digests: Iterable[int]) -> Iterator[tuple[tuple[int, int], int]]:
    """By digest: itself and how often it came before, so that equal things are told apart; and itself."""
    seen: dict[int, Iterator[int]] = {}
    for digest in digests:
        yield (digest, next(seen.setdefault(digest, count()))), digest


def parts(tables: Tables, grades: pd.DataFrame | None = None, targets: pd.DataFrame | None = None) -> list[Part]:
    """Return everything the graph has to hold, nodes first, then loose rows, then relationships.

    `grades`: what regions have of segments, with the columns of `GRADES`; `targets`: whom they should talk to, with those of
    `TARGETS`. Without them the graph holds none.
    """
    computed = {
        spec.name: pd.DataFrame(columns=list(spec.columns)) if rows is None else rows
        for spec, rows in ((GRADES, grades), (TARGETS, targets))
    }
    frames = {**tables.frames, **computed}
    nth = {name: _occurrence(tables[name], spec.key) for name, spec in SPECS.items()}
    fits = {table: _is_node(tables[table], SPECS[table].key) & nth[table].isna() for table in NODES}
    known = {table: pd.MultiIndex.from_frame(tables[table].loc[fits[table], list(SPECS[table].key)]) for table in NODES}

    def reaches(of: Relationship, columns: tuple[str, ...]) -> pd.Series:
        frame = frames[of.spec.name][list(columns)]
        return pd.Series(pd.MultiIndex.from_frame(frame).isin(known[of.target(columns)]), frame.index) & frame.notna().all(axis=1)

    drawn = {of.type: reaches(of, of.start) & reaches(of, of.end) for of in RELATIONSHIPS}
    fits |= {table: drawn[of.type] for table, of in ROW_OF.items()}
    made = [_part(NODES[t], of_nodes(t), tables[t].loc[fits[t]], keyed=len(SPECS[t].key)) for t in NODES]
    made += [_part(loose(t), of_loose_rows(t), tables[t].loc[~fits[t]], nth[t]) for t in SPECS]
    for of in RELATIONSHIPS:
        table = of.spec.name
        drawn_here = frames[table].loc[drawn[of.type] & fits.get(table, True)]
        made.append(_part(of.type, of_relationships(of), drawn_here, nth[table] if of.is_row else None, is_relationship=True))
    return made


def _is_node(frame: pd.DataFrame, key: tuple[str, ...]) -> pd.Series:
    """Whether a row's key is there, and short enough for the index that keeps it unique."""
    length = sum((frame[c].astype("str").str.len().fillna(0) for c in key), start=pd.Series(0, frame.index))
    return frame[list(key)].notna().all(axis=1) & (length <= LONGEST_KEY)


def _occurrence(frame: pd.DataFrame, key: tuple[str, ...]) -> pd.Series:
    """How many rows before a row have its key, missing for none: all that the order of a table says beyond its keys."""
    if not frame.duplicated(list(key)).any():
        return pd.Series(pd.NA, frame.index, dtype="Int64")
    times = frame.groupby(list(key), dropna=False, sort=False).cumcount().astype("Int64")
    return times.mask(times == 0)


def _part(
    name: str,
    statements: Statements,
    frame: pd.DataFrame,
    nth: pd.Series | None = None,
    *,
    keyed: int = 0,
    is_relationship: bool = False,
) -> Part:
    times = pd.Series(pd.NA, frame.index, dtype="Int64") if nth is None else nth.loc[frame.index]
    cells = frame.assign(nth=times)[list(statements.columns[:-1])]
    return Part(name, statements, cells, _digests(cells), keyed, is_relationship)


def _digests(cells: pd.DataFrame) -> Digests:
    """A number for each row that changes with any of its cells, with the sign of zero too, and with the columns there are."""
    plain: dict[str, Any] = {}
    for name, cell in cells.items():
        # pandas hashes minus zero as zero, and what is missing as it hashes some number: bits are apart, and so is what is missing.
        plain[f"{name}"] = cell.where(cell.notna()).to_numpy().view("int64") if cell.dtype == "float64" else cell
        plain[f"{name} is missing"] = cell.isna()
    hashed = pd.util.hash_pandas_object(pd.DataFrame(plain, index=cells.index), index=False).to_numpy().view("int64")
    salt = hashlib.sha256(" ".join(map(str, cells.columns)).encode()).digest()[:8]
    mixed: Digests = hashed ^ np.frombuffer(salt, dtype="int64")[0]
    return mixed


def _rows(cells: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The rows of a frame in Python's own types, None for what is missing."""
    return zip(*(_column(str(name), cell) for name, cell in cells.items()), strict=True)


def _column(name: str, cell: pd.Series) -> list[Any]:
    if cell.dtype.kind == "M":
        known = cell.dropna()
        odd = known[(known != known.dt.normalize()) | ~known.dt.year.between(1, 9999)]
        if len(odd):
            raise ChaingraphError(f"{name}: found {odd.iloc[0]}, expected a day of the years 1 to 9999: Neo4j holds no other")
        return list(cell.to_numpy().astype("datetime64[D]").astype(object))
    return list(cell.astype(object).where(cell.notna(), None))


def frame_of(table: str, rows: Iterable[Row]) -> pd.DataFrame:
    """Return the table that rows read from a graph make: their cells, then how many rows of the same key come before."""
    ordered = sorted(rows, key=lambda row: row[-1] or 0)
    cells: Iterable[tuple[Any, ...]] = zip(*ordered, strict=True) if ordered else [()] * (len(SPECS[table].columns) + 1)
    return pd.DataFrame({f.name: _series(f.type, column) for f, column in zip(SPECS[table].fields, cells, strict=False)})


def targets_of(rows: Iterable[Row]) -> pd.DataFrame:
    """Return the targets that rows read from a graph make, by region, chain and place."""
    found = pd.DataFrame([row[:-1] for row in rows], columns=list(TARGETS.columns)).astype(COLUMNS)
    return found.sort_values(["region_code", "chain_id", "rank", "company_id"], ignore_index=True)


def _series(kind: Type, cells: Iterable[Any]) -> pd.Series:
    if kind is Type.DATE:
        return pd.Series(np.array(["NaT" if day is None else day for day in cells], dtype=DTYPES[kind]))
    return pd.Series(list(cells), dtype=DTYPES[kind])
