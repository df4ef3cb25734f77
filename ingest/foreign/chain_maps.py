"""Chain maps: one CSV with a row for each firm in each segment, `chain, stage, l1 … l4, company`; stages open with 上游, 中游, 下游.

A segment is the deepest level that a row fills; the levels above it and the stage's own title stay as words in its note.
There are no links between segments.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chaingraph.cells import FILE, WHERE
from chaingraph.errors import DataError, Problem, did_you_mean, nearest
from chaingraph.model import Confidence, Stage
from ingest.chains import ForeignChain, ForeignSegment
from ingest.files import read_csv
from ingest.foreign.readings import NamedFirm, Reading, files_of, kind_of, slugs

NAME = "chain-maps"
LEVELS = ("l1", "l2", "l3", "l4")
COLUMNS = ("chain", "stage", *LEVELS, "company")
FILLED = ("chain", "stage", "l1", "company")
PREFIX = "maps"
STAGES = {"上游": Stage.UPSTREAM, "中游": Stage.MIDSTREAM, "下游": Stage.DOWNSTREAM}
AGAIN = "the same row again"


def recognises(path: Path) -> bool:
    """Whether a file, or the only CSV of a folder, has most of the columns."""
    found = _tables(path)
    return len(found) == 1 and len(set(_header(found[0])) & set(COLUMNS)) >= 4


def _tables(path: Path) -> list[Path]:
    return [p for p in files_of(path) if p.suffix.lower() == ".csv"]


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [name.strip() for name in next(csv.reader(file), [])]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def read(path: Path) -> Reading:
    """Read the file; raises `DataError` with all problems at once."""
    found = _tables(path)
    if len(found) != 1:
        where = "none" if not found else ", ".join(p.name for p in found)
        raise DataError([Problem(path.name, "folder", "missing-file", where, "one CSV file", "Name the file itself.")])
    file = found[0]
    frame, problems = read_csv(file, file.name)
    if frame is not None:
        problems += _unknown_columns(frame, file.name)
        problems += _faults(frame, file.name)
    if problems or frame is None:
        raise DataError(problems)
    return _reading(frame, file.name)


def _unknown_columns(frame: pd.DataFrame, file: str) -> Iterator[Problem]:
    own = [c for c in frame.columns if c not in (FILE, WHERE)]
    for column in COLUMNS:
        if column not in own:
            remedy = did_you_mean(nearest(column, [c for c in own if c not in COLUMNS], floor=70)) or "Add it."
            yield Problem(file, f"column {column}", "missing-column", "no such column", "a column of the format", remedy)
    for column in own:
        if column not in COLUMNS:
            remedy = did_you_mean(nearest(column, [c for c in COLUMNS if c not in own], floor=70)) or "Remove it."
            yield Problem(file, f"column {column}", "unknown-column", repr(column), "a column of the format", remedy)


def _faults(frame: pd.DataFrame, file: str) -> Iterator[Problem]:
    if frame.empty:
        yield Problem(file, "file", "missing-value", "no rows", "a row for each firm in each segment", "Restore it.")
    for column in (c for c in FILLED if c in frame):
        for where in frame.loc[frame[column].isna(), WHERE]:
            yield Problem(file, f"{where}, {column}", "missing-value", "nothing", f"a value for {column}", "Fill it in.")
    if "stage" in frame:
        for where, stage in frame.loc[frame["stage"].notna(), [WHERE, "stage"]].itertuples(index=False):
            if stage[:2] not in STAGES:
                expected = f"a text that opens with {', '.join(STAGES)}"
                yield Problem(file, f"{where}, stage", "unknown-word", repr(stage), expected, "Say where in the chain it stands.")
    if set(LEVELS) <= set(frame.columns):
        for where, *levels in frame[[WHERE, *LEVELS]].itertuples(index=False):
            filled = [not pd.isna(level) for level in levels]
            if sorted(filled, reverse=True) != filled:
                empty = LEVELS[filled.index(False)]
                found = "nothing, above a level that is filled"
                yield Problem(file, f"{where}, {empty}", "missing-value", found, "levels filled from l1 on", "Fill it in.")


@dataclass(frozen=True)
class _Place:
    """A segment as the source has it: its chain, its stage's title, its levels, itself last."""

    chain: str
    stage: str
    levels: tuple[str, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        return (self.stage, *self.levels)


def _reading(frame: pd.DataFrame, file: str) -> Reading:
    places: dict[_Place, None] = {}
    named: list[tuple[_Place, str]] = []
    for chain, stage, *rest in frame[list(COLUMNS)].itertuples(index=False):
        place = _Place(chain, stage, tuple(level for level in rest[:-1] if not pd.isna(level)))
        places[place] = None
        named.append((place, rest[-1]))
    chains: list[ForeignChain] = []
    ids: dict[_Place, str] = {}
    names = frame["chain"].unique().tolist()
    for name, chain_id in zip(names, slugs(names, PREFIX), strict=True):
        own = [p for p in places if p.chain == name]
        titles = _titles(own)
        segment_ids = slugs(p.levels[-1] for p in own)
        ids |= {p: f"{chain_id}/{s}" for p, s in zip(own, segment_ids, strict=True)}
        segments = [_segment(p, s, titles[p]) for p, s in zip(own, segment_ids, strict=True)]
        chains.append(ForeignChain(id=chain_id, name_zh=name, confidence=Confidence.GENERAL_KNOWLEDGE.value, segments=segments))
    once = list(dict.fromkeys(named))
    firms = tuple(NamedFirm(ids[place], company) for place, company in once)
    reading = Reading(NAME, (file,), tuple(chains), firms)
    _account(reading, frame, [company for (_, company), n in Counter(named).items() for _ in range(n - 1)])
    return reading


def _segment(place: _Place, segment_id: str, name: str) -> ForeignSegment:
    stage = STAGES[place.stage[:2]]
    return ForeignSegment(
        id=segment_id,
        name_zh=name,
        stage=stage.value,
        kind=kind_of(stage, place.titles).value,
        products_zh=[] if name == place.levels[-1] else [place.levels[-1]],
        note=" › ".join(place.titles[:-1]),
    )


def _titles(places: list[_Place]) -> dict[_Place, str]:
    """Return the name of every segment of a chain; one that two have is told apart by what stands above it."""
    out = {p: p.levels[-1] for p in places}
    for above in (lambda p: p.titles[-2], lambda p: p.stage[:2] + "，" + p.titles[-2], lambda p: "，".join(p.titles[:-1])):
        twins = Counter(_spelt(name) for name in out.values())
        out = {p: f"{p.levels[-1]}（{above(p)}）" if twins[_spelt(name)] > 1 else name for p, name in out.items()}
    return out


def _spelt(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _account(reading: Reading, frame: pd.DataFrame, again: list[str]) -> None:
    """Count every row and every filled cell; companies are placed later, but for those of a row that is there twice."""
    rows = reading.losses.of("rows", len(frame))
    rows.keep(len(frame) - len(again))
    if again:
        rows.lose(AGAIN, again)
    for column in ("chain", "stage", *LEVELS):
        filled = int(frame[column].notna().sum())
        reading.losses.of(f"cells of {column}", filled)
    depth = frame[list(LEVELS)].notna().sum(axis=1)
    for column in ("chain", "stage"):
        reading.losses.of(f"cells of {column}").keep(int(frame[column].notna().sum()))
    for at, column in enumerate(LEVELS, start=1):
        reading.losses.of(f"cells of {column}").keep(int((depth == at).sum()))
        reading.losses.of(f"cells of {column}").note(int((depth > at).sum()))
    companies = reading.losses.of("firms", len(frame))
    if again:
        companies.lose(AGAIN, again)
