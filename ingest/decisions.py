"""The ledger of human verdicts: a person's word on a name or an activity wins over every rule and survives a rebuild."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chaingraph.errors import DataError, Problem
from chaingraph.model import Verdict

NAMES, ACTIVITIES, SEATS = "names.csv", "activities.csv", "seats.csv"
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
    names = _rows(folder / NAMES, ("name", "means", "reason"))
    activities = _rows(folder / ACTIVITIES, ("company", "segment_id", "verdict", "reason"))
    seats = _rows(folder / SEATS, ("company", "country", "region_code", "reason"))
    words = [v.value for v in Verdict]
    problems = [
        Problem(
            f"decisions/{ACTIVITIES}",
            f"row {i + 2}",
            "unknown-word",
            repr(v),
            f"one of {', '.join(words)}",
            "A verdict is one of these words.",
        )
        for i, v in enumerate(activities["verdict"])
        if v not in words
    ]
    for file, frame, key in (
        (NAMES, names, ["name"]),
        (ACTIVITIES, activities, ["company", "segment_id"]),
        (SEATS, seats, ["company"]),
    ):
        twice = frame[frame.duplicated(key, keep="first")]
        problems += [
            Problem(
                f"decisions/{file}",
                f"row {i + 2}",
                "duplicate-key",
                " · ".join(row),
                "one verdict",
                "Keep the verdict that holds.",
            )
            for i, row in zip(twice.index, twice[key].itertuples(index=False), strict=True)
        ]
    if problems:
        raise DataError(problems)
    return Decisions(
        dict(zip(names["name"], names["means"], strict=True)),
        {(c, s): v for c, s, v in zip(activities["company"], activities["segment_id"], activities["verdict"], strict=True)},
        {c: (k, r) for c, k, r in zip(seats["company"], seats["country"], seats["region_code"], strict=True)},
    )


def _rows(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame(columns=list(columns), dtype="str")
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise DataError(
            [
                Problem(
                    f"decisions/{path.name}",
                    f"column {c}",
                    "missing-column",
                    "no such column",
                    "a column",
                    f"The columns are {', '.join(columns)}.",
                )
                for c in missing
            ]
        )
    return frame
