"""The ledger of human verdicts: a person's word on a name or an activity wins over every rule and survives a rebuild."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chaingraph.cells import WHERE
from chaingraph.errors import DataError, Problem, did_you_mean, nearest
from chaingraph.model import Verdict
from ingest.files import read_csv

NAMES, ACTIVITIES, SEATS = "names.csv", "activities.csv", "seats.csv"
COLUMNS = {
    NAMES: ("name", "means", "reason"),
    ACTIVITIES: ("company", "segment_id", "verdict", "reason"),
    SEATS: ("company", "country", "region_code", "reason"),
}
KEYS = {NAMES: ["name"], ACTIVITIES: ["company", "segment_id"], SEATS: ["company"]}
FILLED = {NAMES: ["name", "means"], ACTIVITIES: ["company", "segment_id", "verdict"], SEATS: ["company", "country"]}
SEPARATE = "separate"
"""Verdict on a name: a company of its own, none of those it resembles."""


@dataclass(frozen=True)
class Decisions:
    """What people decided.

    `names`: a listed name → the company name or stock code it means, or `separate`.
    `activities`: (company name or code, segment_id) → verdict.
    `seats`: company name → (country, region_code or empty), where the sources give no seat.
    """

    names: dict[str, str]
    activities: dict[tuple[str, str], str]
    seats: dict[str, tuple[str, str]]


def read(folder: Path) -> Decisions:
    """Read the ledger; a missing file is an empty ledger, a wrong word is an error that names its row."""
    decisions, problems = check(folder)
    if problems:
        raise DataError(problems)
    return decisions


def check(
    folder: Path, segments: Collection[str] | None = None, regions: Collection[str] | None = None
) -> tuple[Decisions, list[Problem]]:
    """Read the ledger with all its problems; ids are looked up in `segments` and `regions` where these are given."""
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for name in COLUMNS:
        frames[name], found = _rows(folder / name)
        problems += found
    names, activities, seats = frames[NAMES], frames[ACTIVITIES], frames[SEATS]
    problems += _unknown(activities, ACTIVITIES, "verdict", [v.value for v in Verdict], "unknown-word", "a verdict")
    if segments is not None:
        problems += _unknown(
            activities, ACTIVITIES, "segment_id", segments, "broken-reference", "a known segment_id (table segments)"
        )
    if regions is not None:
        problems += _unknown(seats, SEATS, "region_code", regions, "broken-reference", "a known region_code (table regions)")
    decisions = Decisions(
        dict(zip(names["name"], names["means"], strict=True)),
        {(c, s): v for c, s, v in zip(activities["company"], activities["segment_id"], activities["verdict"], strict=True)},
        {c: (k, r) for c, k, r in zip(seats["company"], seats["country"], seats["region_code"], strict=True)},
    )
    return decisions, problems


def _rows(path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows of one file of the ledger as text, empty cells as empty text, and what is wrong with each."""
    columns, file = COLUMNS[path.name], f"decisions/{path.name}"
    nothing = pd.DataFrame(columns=[*columns, WHERE], dtype="str")
    if not path.is_file():
        return nothing, []
    frame, problems = read_csv(path, file)
    if frame is None:
        return nothing, problems
    missing = [c for c in columns if c not in frame.columns]
    problems += [
        Problem(file, f"column {c}", "missing-column", "no such column", "a column", f"The columns are {', '.join(columns)}.")
        for c in missing
    ]
    if missing:
        return nothing, problems
    frame = frame.fillna("")
    for column in FILLED[path.name]:
        for where in frame.loc[frame[column] == "", WHERE]:
            problems.append(Problem(file, f"{where}, {column}", "missing-value", "nothing", "text", f"Fill in {column}."))
    twice = frame[frame.duplicated(KEYS[path.name], keep="first")]
    for where, *key in twice[[WHERE, *KEYS[path.name]]].itertuples(index=False):
        shown = " · ".join(map(str, key))
        problems.append(Problem(file, where, "duplicate-key", shown, "one verdict", "Keep the verdict that holds."))
    return frame, problems


def _unknown(frame: pd.DataFrame, name: str, column: str, known: Collection[str], kind: str, expected: str) -> Iterator[Problem]:
    words = list(known)
    expected = f"one of {', '.join(words)}" if kind == "unknown-word" else expected
    wrong = frame[(frame[column] != "") & ~frame[column].isin(words)]
    for where, value in wrong[[WHERE, column]].itertuples(index=False):
        remedy = did_you_mean(nearest(value, words)) or "Mend it, or remove the row."
        yield Problem(f"decisions/{name}", f"{where}, {column}", kind, repr(value), expected, remedy)
