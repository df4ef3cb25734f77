"""Corrections of source rows: data with a guard, laid over the raw sources while a build reads them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from chaingraph.cells import WHERE
from chaingraph.errors import DataError, Problem, did_you_mean, nearest
from ingest.files import read_csv, read_text

CORRECTIONS = "corrections.csv"
COLUMNS = ("file", "key_column", "key", "column", "expect", "value", "reason")
FILLED = ("file", "key_column", "key", "column", "reason")


@dataclass(frozen=True)
class Correction:
    """One cell of one row of a CSV file of the raw sources: what stands there (`expect`), and what is read instead.

    `file`: below the folder of raw sources. `key`: what `key_column` holds in that row and in no other. `where`: its own row.
    """

    where: str
    file: str
    key_column: str
    key: str
    column: str
    expect: str
    value: str
    reason: str


def read(folder: Path) -> tuple[list[Correction], list[Problem]]:
    """Return the corrections of a ledger with what is wrong with them; a missing file is none."""
    path, file = folder / CORRECTIONS, f"decisions/{CORRECTIONS}"
    if not path.is_file():
        return [], []
    frame, problems = read_csv(path, file)
    if frame is None:
        return [], problems
    missing = [c for c in COLUMNS if c not in frame.columns]
    remedy = f"The columns are {', '.join(COLUMNS)}."
    problems += [Problem(file, f"column {c}", "missing-column", "no such column", "a column", remedy) for c in missing]
    if missing:
        return [], problems
    found = [Correction(where, *row) for where, *row in frame.fillna("")[[WHERE, *COLUMNS]].itertuples(index=False)]
    for one in found:
        for column in FILLED:
            if not getattr(one, column):
                problems.append(Problem(file, f"{one.where}, {column}", "missing-value", "nothing", "text", f"Fill in {column}."))
        parts = PurePosixPath(one.file)
        if parts.is_absolute() or ".." in parts.parts:
            remedy = "Name the file by its path below the raw sources."
            problems.append(
                Problem(file, f"{one.where}, file", "wrong-code", repr(one.file), "a path below the raw sources", remedy)
            )
    return found, problems


@contextmanager
def corrected(raw: Path, folder: Path) -> Iterator[Path]:
    """Give the raw sources as they are to be read: the files that are corrected anew, all others by links.

    DataError with every correction that no longer fits: its row is not there, or holds another thing than is expected. So no
    correction ever meets a source that has changed without somebody looking.
    """
    found, problems = read(folder)
    if problems:
        raise DataError(problems)
    if not found:
        yield raw
        return
    with TemporaryDirectory(prefix="chaingraph-raw-") as made:
        over = Path(made)
        by_file: dict[str, list[Correction]] = {}
        for one in found:
            by_file.setdefault(one.file, []).append(one)
        texts = {file: _text(raw / file, mine, problems) for file, mine in by_file.items()}
        if problems:
            raise DataError(problems)
        _link(raw, over, {PurePosixPath(file) for file in texts})
        for file, text in texts.items():
            (over / file).write_text(text, encoding="utf-8", newline="")
        yield over


def _text(path: Path, corrections: list[Correction], problems: list[Problem]) -> str:
    """Return the text of a file with its corrections; what does not fit is added to the problems."""

    def say(one: Correction, what: str, kind: str, found: str, expected: str, remedy: str) -> None:
        problems.append(Problem(f"decisions/{CORRECTIONS}", f"{one.where} ({one.file}, {what})", kind, found, expected, remedy))

    if not path.is_file():
        for one in corrections:
            say(one, "file", "missing-file", "no such file", "a CSV file of the raw sources", "Mend the path, or remove the row.")
        return ""
    text, unread = read_text(path, corrections[0].file)
    problems += unread
    rows = list(csv.reader(io.StringIO(text, newline="")))
    header = rows[0] if rows else []
    for one in corrections:
        unknown = [c for c in (one.key_column, one.column) if c not in header]
        for column in unknown:
            remedy = did_you_mean(nearest(column, header)) or "Has the source changed its form?"
            say(one, "header", "missing-column", f"no column {column!r}", "a column of the file", remedy)
        if unknown:
            continue
        key, cell = header.index(one.key_column), header.index(one.column)
        met = [row for row in rows[1:] if len(row) == len(header) and row[key] == one.key]
        if len(met) != 1:
            remedy = "Has the source changed? Correct the key, or remove the row."
            say(one, f"{one.key_column} {one.key}", "broken-reference", f"{len(met)} rows", "one row", remedy)
        elif met[0][cell] != one.expect:
            what = f"{one.key_column} {one.key}, {one.column}"
            remedy = "The source has changed: remove the correction if it is mended there, or expect what is found."
            say(one, what, "impossible-value", repr(met[0][cell]), repr(one.expect), remedy)
        else:
            met[0][cell] = one.value
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _link(raw: Path, over: Path, files: set[PurePosixPath]) -> None:
    """Fill a folder with links to what is in another; folders on the way to some files are real, and those files left out."""
    deep = {file.parts[0] for file in files if len(file.parts) > 1}
    here = {file.parts[0] for file in files if len(file.parts) == 1}
    for entry in raw.iterdir():
        if entry.name in deep:
            (over / entry.name).mkdir()
            below = {PurePosixPath(*file.parts[1:]) for file in files if file.parts[0] == entry.name and len(file.parts) > 1}
            _link(entry, over / entry.name, below)
        elif entry.name not in here:
            (over / entry.name).symlink_to(entry.resolve(), target_is_directory=entry.is_dir())
