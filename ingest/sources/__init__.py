"""One module per publisher: every column of its files is taken, ignored by name, or an error; its row counts lie within bounds.

A module declares `SOURCES`, and reads its files by them. One whose rows only come on top of the others' has a function
`rows(raw, tables, report)` and nothing else has to know of it (docs/extending.md).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from chaingraph.errors import DataError, Problem, did_you_mean, nearest
from ingest.report import Report, SourceReport


@dataclass(frozen=True)
class File:
    """A file of a source, below the folder of raw sources: the columns that are taken, and those that are ignored by name.

    `path` may be a pattern that several files of one form match.
    """

    path: str
    taken: tuple[str, ...]
    ignored: tuple[str, ...] = ()

    def at(self, raw: Path) -> Path:
        """Return where the file is; DataError when it is not there."""
        path = raw / self.path
        if not path.is_file():
            raise DataError([missing_file(path)])
        return path

    def check(self, found: Iterable[str], name: str = "") -> None:
        """Hold the columns that were found against those declared; `name` is that of the file, where the path is a pattern."""
        problems = column_problems(name or Path(self.path).name, found, self.taken, self.ignored)
        if problems:
            raise DataError(problems)

    def read_csv(self, raw: Path) -> pd.DataFrame:
        """Read the taken columns of a CSV file as text (empty cells missing); a column neither taken nor ignored is an error."""
        frame = pd.read_csv(self.at(raw), dtype="str", keep_default_na=False, na_values=[""])
        self.check(frame.columns)
        return frame[list(self.taken)]


@dataclass(frozen=True)
class Source:
    """What is counted as one source: its name in the report, the origins of its rows, its files, and how many rows it may give.

    `kept`: the least and the most rows that are expected of the whole source; fewer or more mean that the source has changed.
    """

    name: str
    origins: tuple[str, ...]
    files: tuple[File, ...]
    kept: tuple[int, int]

    def start(self, report: Report) -> SourceReport:
        """Begin the counts of the source in a report."""
        return report.start(self.name)


class SourceModule(Protocol):
    """A module of this package."""

    __name__: str
    SOURCES: tuple[Source, ...]


class AddingModule(SourceModule, Protocol):
    """A module whose rows come on top of what all others gave."""

    def rows(self, raw: Path, tables: Mapping[str, pd.DataFrame], report: Report) -> Mapping[str, pd.DataFrame]:
        """Return rows by the table they are added to; `tables` are all that are made so far."""


def modules() -> list[SourceModule]:
    """Return the modules of this package, by name."""
    return [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]


def declared() -> list[Source]:
    """Return every source that a module declares."""
    return [source for module in modules() for source in module.SOURCES]


def adding() -> list[AddingModule]:
    """Return the modules whose rows come on top of the others'."""
    return [module for module in modules() if hasattr(module, "rows")]  # type: ignore[misc]


def out_of_bounds(report: Report) -> list[Problem]:
    """Return a problem for each source that gave fewer or more rows than it declares, and for each that gave none at all."""
    kept = {counts.source: counts.kept for counts in report.sources}
    return [
        Problem(
            source.name,
            "rows kept",
            "impossible-value",
            f"{kept.get(source.name, 0):,}",
            f"{source.kept[0]:,} to {source.kept[1]:,}",
            "Has the source changed? If it has grown rightly, raise the bounds in its module.",
        )
        for source in declared()
        if not source.kept[0] <= kept.get(source.name, 0) <= source.kept[1]
    ]


def missing_file(path: Path) -> Problem:
    """Return the problem of a raw file that is not there."""
    return Problem(path.name, "file", "missing-file", "no such file", str(path), "Give the folder of raw sources with --raw.")


def column_problems(file: str, found: Iterable[str], taken: Iterable[str], ignored: Iterable[str] = ()) -> list[Problem]:
    """Return a problem for each column found that is neither taken nor ignored, and for each taken one that is not found."""
    found, taken, ignored = list(found), list(taken), list(ignored)
    problems = [
        Problem(
            file,
            f"column {c}",
            "unknown-column",
            repr(c),
            "a column that is taken or ignored by name",
            did_you_mean(nearest(c, taken)) or "Say in the source's module what becomes of it.",
        )
        for c in found
        if c not in taken and c not in ignored
    ]
    problems += [
        Problem(file, f"column {c}", "missing-column", "no such column", "a column", "Has the source changed its form?")
        for c in taken
        if c not in found
    ]
    return problems
