"""A verdict → the ledger, and out of it again: dated and signed, the file written whole, one writer at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from chaingraph.errors import ChaingraphError, DataError
from chaingraph.export import replace_file
from chaingraph.stores.lock import alone
from ingest.decisions import ACTIVITIES, COLUMNS, NAMES, ORIGIN, SEATS, SIGNED, check
from ingest.origins import PASSPORT

FILES = {"name": NAMES, "activity": ACTIVITIES, "seat": SEATS}
"""What a verdict is on, and the file of the ledger that it stands in."""

Row = dict[str, str]
_PASSPORT = """[[origins]]
origin_id = "{origin}"
publisher = "not stated"
title = "Ledger of human verdicts on names, activities and seats"
licence = "not stated"
retrieved_on = {today}
confidence_level = "judgement"
"""


def read(folder: Path, kind: str) -> list[Row]:
    """Return the verdicts on names, activities or seats as they stand in the ledger, each with all its columns."""
    path = folder / FILES[kind]
    if not path.is_file():
        return []
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    return [{column: row.get(column) or "" for column in _columns(kind)} for row in rows if any(row.values())]


def decide(
    folder: Path, kind: str, verdict: Mapping[str, str], same: Callable[[Row], bool], today: date, by: str = ""
) -> Row | None:
    """Write a verdict in the place of the one that is on the `same` thing, else below all others; return the one replaced.

    `verdict`: the columns of the ledger, with the reason. DataError: the ledger as it is has a fault, which is mended first.
    """
    for column, text in {**verdict, "decided_by": by}.items():
        if not text.isprintable():
            raise ChaingraphError(f"{column} must be one line of text: found {text!r}")
    if not verdict["reason"].strip():
        raise ChaingraphError("a verdict needs a reason, for whoever reads it later: give it with --reason")
    with alone(folder):
        rows = _sound(folder, kind)
        new = {column: verdict.get(column, "").strip() for column in COLUMNS[FILES[kind]]}
        new |= dict(zip(SIGNED, (today.isoformat(), by.strip()), strict=True))
        at = next((i for i, row in enumerate(rows) if same(row)), len(rows))
        before = rows[at] if at < len(rows) else None
        rows[at : at + 1] = [new]
        if not (folder / PASSPORT).exists():
            replace_file(folder / PASSPORT, _PASSPORT.format(origin=ORIGIN, today=today.isoformat()).encode())
        _write(folder, kind, rows)
    return before


def undo(folder: Path, kind: str, same: Callable[[Row], bool]) -> list[Row]:
    """Take the verdicts on the `same` thing out of the ledger and return them; none where there is none."""
    with alone(folder):
        rows = _sound(folder, kind)
        gone = [row for row in rows if same(row)]
        if gone:
            _write(folder, kind, [row for row in rows if not same(row)])
    return gone


def _columns(kind: str) -> tuple[str, ...]:
    return (*COLUMNS[FILES[kind]], *SIGNED)


def _sound(folder: Path, kind: str) -> list[Row]:
    _, problems = check(folder)
    if problems:
        raise DataError(problems)
    return read(folder, kind)


def _write(folder: Path, kind: str, rows: list[Row]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _columns(kind), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    replace_file(folder / FILES[kind], text.getvalue().encode("utf-8"))
