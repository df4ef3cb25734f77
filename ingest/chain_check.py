"""One chain file while it is written: checked as it would stand in a data folder, each problem with its line, then what would help."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from chaingraph.cells import FILE
from chaingraph.checks import check
from chaingraph.errors import ChaingraphError, DataError, Problem, did_you_mean, nearest
from chaingraph.graph import build
from chaingraph.lint import LintFinding, dead_end, direction_conflict, doubled_product, orphan
from chaingraph.phrases import counted
from chaingraph.tables import Tables
from ingest.chain_hints import RULES
from ingest.chains import ChainFile, Chains, frames, misnamed, without_sector
from ingest.entries import names, read_entry
from ingest.files import read_csv, read_parquet, read_text
from ingest.load import DATA, LAYOUT, coefficients
from ingest.origins import read_origins
from ingest.toml_lines import lines

_KEYS = {
    "segment_kind": "kind",
    "is_location_bound": "location_bound",
    "is_import_dependent": "import_dependent",
    "supplier_id": "supplier",
    "customer_id": "customer",
    "is_essential": "essential",
    "is_recycling": "recycling",
    "confidence_level": "confidence",
}
"""Column of a table → key of a chain's file, where they differ."""
_REFERENCE = ("io_sectors", "industries", "io_coefficients")
_OF_SEGMENTS = ("activities", "presence")
"""Tables that are not made of the chain's file and whose rows are of its segments."""


@dataclass(frozen=True)
class ChainCheck:
    """What one chain file says, as far as it could be read, what is wrong with it, and what would make it better.

    `problems` and `hints` stand in the order of their lines; a hint is no fault.
    """

    chain: ChainFile | None
    problems: tuple[Problem, ...]
    hints: tuple[LintFinding, ...]


def check_chain(path: Path, folder: Path = DATA, today: date | None = None) -> ChainCheck:
    """Check a chain's file against the codes of a data folder, and against what that folder has of the chain's segments."""
    chain, tables, problems = read_chain(path, folder, today)
    if chain is None:
        return ChainCheck(None, tuple(problems), ())
    # Of a file whose entries cannot all be read, what seems missing may only be unread.
    whole = not read_entry(path, path.parent, ChainFile)[1]
    if whole:
        problems = [*_left_behind(path.name, chain, folder), *problems]
    hints = [hint for rule in RULES for hint in rule(chain)] if whole else []
    if tables is not None:
        graph, day = build(tables), today or date.today()
        hints += [hint for rule in (direction_conflict, orphan, dead_end, doubled_product) for hint in rule(graph, day)]
    return ChainCheck(chain, tuple(problems), tuple(_Places(_text(path)).of_hints(chain.id, hints)))


def read_chain(
    path: Path, folder: Path = DATA, today: date | None = None
) -> tuple[ChainFile | None, Tables | None, list[Problem]]:
    """Return what a chain's file says as far as it can be read, its rows as tables with the reference tables, its problems.

    The tables are None when there is a problem. The codes and origins are those of the data folder.
    """
    if path.suffix != ".toml":
        raise ChaingraphError(f"cannot check '{path}': give a data folder, or one chain's file that ends in .toml")
    chain, problems = read_entry(path, path.parent, ChainFile)
    if chain is None:
        return None, None, list(_in_order(_Places(_text(path)), problems))
    known = _reference(folder)
    sound = not problems
    problems += misnamed(path.name, chain.id)
    rows = frames(Chains({path.stem: chain}, {}, ()), coefficients(known["io_coefficients"]))
    own = {name: frame.assign(**{FILE: path.name}) for name, frame in rows.items()}
    tables, found = check({**known, **own}, today, () if sound else (chain.id,))
    problems += [_helped(p, chain, known) for p in (*without_sector(path.name, chain), *found) if not _said_already(p, chain)]
    return chain, None if problems else tables, list(_in_order(_Places(_text(path)), problems))


def _text(path: Path) -> str:
    """Return the text of a file that can be read and parsed, else nothing: its problem names the line itself."""
    text, problems = read_text(path, path.name)
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return ""
    return "" if problems else text


def _reference(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the raw frames that a chain's file refers to; raises `DataError` where they cannot be read."""
    if not folder.is_dir():
        raise ChaingraphError(f"no folder '{folder}': give the data folder with --data")
    out, problems = {}, []
    out["origins"], found = read_origins(folder)
    problems += found
    for name in _REFERENCE:
        frame, found = read_csv(folder / LAYOUT[name], LAYOUT[name])
        problems += found
        if frame is not None:
            out[name] = frame
    if problems:
        raise DataError(problems)
    return out


def _said_already(problem: Problem, chain: ChainFile) -> bool:
    """Whether a problem is that of another: products that are not listed are the segment's name, which is not there either."""
    unnamed = {f"segments.{s.id}, products_zh" for s in chain.segments if not s.products_zh}
    return problem.kind == "missing-value" and problem.where in unnamed


def _helped(problem: Problem, chain: ChainFile, known: Mapping[str, pd.DataFrame]) -> Problem:
    """Name the sectors and classes that are called most like the segment, where its code is missing or not known."""
    where, _, column = problem.where.partition(", ")
    table, key = {"io_sector": ("io_sectors", "io_sector"), "industry_codes": ("industries", "industry_code")}.get(
        column, ("", "")
    )
    segment = next((s for s in chain.segments if where == f"segments.{s.id}"), None)
    if not table or segment is None or problem.kind not in ("missing-value", "broken-reference", "unknown-industry-code"):
        return problem
    named = known[table].set_index("name_zh")[key]
    likely = list(
        dict.fromkeys(n for word in (segment.name_zh, *segment.products_zh) if word for n in nearest(word, named.index))
    )
    if not likely:
        return replace(problem, remedy=f"{problem.remedy.rstrip('.')}: {LAYOUT[table]} lists them.")
    return replace(
        problem, remedy=f"By its name: {', '.join(repr(named[n]) + f' ({n})' for n in likely[:4])}; {LAYOUT[table]} lists all."
    )


def _left_behind(file: str, chain: ChainFile, folder: Path) -> Iterator[Problem]:
    """Rows of the data folder that are of segments which this file no longer has."""
    there = {f"{chain.id}/{s.id}" for s in chain.segments}
    lost: dict[str, Counter[str]] = {}
    for table in _OF_SEGMENTS:
        read = read_parquet if LAYOUT[table].endswith(".parquet") else read_csv
        frame, _ = read(folder / LAYOUT[table], LAYOUT[table])
        of = [] if frame is None or "segment_id" not in frame else frame["segment_id"].dropna()
        for segment, number in Counter(s for s in of if s.startswith(f"{chain.id}/") and s not in there).items():
            lost.setdefault(segment, Counter())[LAYOUT[table]] = number
    for segment, counts in sorted(lost.items()):
        rows = " and ".join(f"{counted(number, 'row')} in {table}" for table, number in counts.items())
        remedy = did_you_mean(nearest(segment, there, limit=1, floor=80)) or "Keep the segment, or take its rows out too."
        yield Problem(file, "segments", "broken-reference", f"no segment '{segment}'", f"one, for {rows}", remedy)


class _Places:
    """Where in the file things are said: line and key of a problem or hint."""

    def __init__(self, text: str) -> None:
        content = tomllib.loads(text)
        self._lines: dict[str, list[int]] = {}
        for steps, line in lines(text).items():
            self._lines.setdefault(".".join(names(content, steps)), []).append(line)

    def find(self, where: str, *, last: bool = False) -> tuple[int, str]:
        """Return the line of the key, or of the nearest entry around it, and the key; 0 when the file does not have it."""
        entry, _, column = where.replace("links ", "links.", 1).partition(", ")
        entry = entry.removesuffix(".0")
        key = _KEYS.get(column, column)
        for name, shown in ((f"{entry}.{key}", f"{entry}.{key}"), (key, key), *((e, where) for e in (entry, *_above(entry)))):
            if name in self._lines:
                return self._lines[name][-1 if last else 0], shown
        return 0, where

    def of_hints(self, chain: str, hints: Iterable[LintFinding]) -> Iterator[LintFinding]:
        """Yield hints in the order of their lines, each with its line; a segment's id becomes its place in the file."""
        placed = []
        for hint in hints:
            entry = hint.where.replace(f"{chain}/", "")
            where = (
                entry if entry.startswith(("links", "segments")) else f"links {entry}" if "→" in entry else f"segments.{entry}"
            )
            line, where = self.find(where if entry else "segments")
            placed.append((line, replace(hint, where=_placed(line, where if entry else "file"))))
        yield from (hint for _, hint in sorted(placed))


def _in_order(places: _Places, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield problems in the order of their lines, each with its line; a double stands at its last place."""
    placed = set()
    for problem in problems:
        line, where = places.find(problem.where, last=problem.kind == "duplicate-key")
        placed.add((line, replace(problem, where=_placed(line, where))))
    yield from (problem for _, problem in sorted(placed))


def _placed(line: int, where: str) -> str:
    return f"line {line}, {where}" if line else where


def _above(entry: str) -> Iterator[str]:
    while "." in entry:
        entry = entry.rpartition(".")[0]
        yield entry
