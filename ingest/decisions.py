"""The ledger of human verdicts: a person's word on a name, an activity or a seat wins over every rule and survives a rebuild.

Tables that are shipped hold what the rules say of activities; whoever reads them puts the ledger on top (`applied`), so that a verdict
holds at once, and what the rules say is there again when it is undone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chaingraph.cells import WHERE
from chaingraph.errors import DataError, Problem, did_you_mean, nearest
from chaingraph.model import Verdict
from chaingraph.tables import conform
from ingest.files import read_csv

NAMES, ACTIVITIES, SEATS = "names.csv", "activities.csv", "seats.csv"
COLUMNS = {
    NAMES: ("name", "means", "reason"),
    ACTIVITIES: ("company", "segment_id", "verdict", "reason"),
    SEATS: ("company", "country", "region_code", "reason"),
}
KEYS = {NAMES: ["name"], ACTIVITIES: ["company", "segment_id"], SEATS: ["company"]}
FILLED = {NAMES: ["name", "means"], ACTIVITIES: ["company", "segment_id", "verdict"], SEATS: ["company", "country"]}
PAIR = ["company_id", "segment_id"]
SIGNED = ("decided_on", "decided_by")
"""Columns that a ledger may have or not: the day of a verdict, and whose it is."""

BASIS, ORIGIN = "decision", "decisions"
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


def applied(activities: pd.DataFrame, companies: pd.DataFrame, decisions: Decisions) -> pd.DataFrame:
    """Return the activities with human verdicts in place of what the rules say; a decided pair that no rule found is added.

    What the rules found (terms, whether leading) stays to be seen. Doing it again changes nothing. Verdicts on companies that
    are not there are left out.
    """
    ids = company_ids(companies)
    decided = {(ids[c], s): v for (c, s), v in decisions.activities.items() if c in ids}
    verdicts = pd.Series(decided, index=pd.MultiIndex.from_tuples(decided, names=PAIR), dtype="str", name="verdict")
    if not decided:
        return activities
    said = activities.set_index(PAIR)
    added = verdicts.index.difference(said.index)
    out = pd.concat([said, pd.DataFrame({"is_leading": False}, index=added).astype({"is_leading": said["is_leading"].dtype})])
    out["verdict"] = verdicts.reindex(out.index).fillna(out["verdict"])
    mine = out.index.isin(verdicts.index)
    out.loc[mine, "confidence"] = (out.loc[mine, "verdict"] == Verdict.CONFIRMED.value).astype(float)
    out.loc[mine, ["basis", "origin_id"]] = [BASIS, ORIGIN]
    return conform("activities", out.reset_index())


def seated(companies: pd.DataFrame, decisions: Decisions) -> pd.DataFrame:
    """Return the companies with the seats that a person gave; a seat without a region gives the country alone."""
    said = companies["name_zh"].map(decisions.seats)
    found = said.dropna()
    if not len(found):
        return companies
    country, region = (found.str[i] for i in (0, 1))
    region = region[region != ""]
    out = companies.copy()
    out.loc[country.index, "country"], out.loc[region.index, "region_code"] = country, region
    return out


def company_ids(companies: pd.DataFrame) -> dict[str, str]:
    """Return the company that each name or code of the ledger may mean: by name, short name, stock code, id."""
    return {
        name: company
        for column in ("name_zh", "short_name", "stock_code", "company_id")
        for name, company in companies[[column, "company_id"]].dropna().itertuples(index=False)
    }


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
