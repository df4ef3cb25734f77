"""One module per publisher: every column of the source is taken, ignored by name, or an error."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from chaingraph.errors import DataError, Problem, did_you_mean, nearest


def missing_file(path: Path) -> Problem:
    """Return the problem of a raw file that is not there."""
    return Problem(path.name, "file", "missing-file", "no such file", str(path), "Give the folder of raw sources with --raw.")


def read_csv(path: Path, taken: Iterable[str], ignored: Iterable[str] = ()) -> pd.DataFrame:
    """Read the taken columns of a CSV file as text (empty cells missing); a column neither taken nor ignored is an error."""
    if not path.is_file():
        raise DataError([missing_file(path)])
    frame = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
    taken = list(taken)
    problems = column_problems(path.name, frame.columns, taken, ignored)
    if problems:
        raise DataError(problems)
    return frame[taken]


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
