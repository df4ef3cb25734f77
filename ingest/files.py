"""A file → its content, or the problem that keeps it from being read: wrong encoding, broken TOML, rows of another width."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from chaingraph.cells import FILE, WHERE
from chaingraph.errors import Problem
from ingest.encodings import encoding_of

Toml = dict[str, object]
LOST = "__lost__"
"""Key in the `attrs` of a frame: the first cells of rows that could not be read."""


def shown(path: Path, root: Path) -> str:
    """Return a path as it is named to people: below the data folder, with `/`; undecodable bytes of a name escaped."""
    return path.relative_to(root).as_posix().encode("utf-8", "backslashreplace").decode()


def read_text(path: Path, file: str) -> tuple[str, list[Problem]]:
    """Return a UTF-8 text without its byte order mark, or a problem that says which encoding it seems to be in."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        return "", [_unreadable(file, "file", error.strerror or type(error).__name__, "a file", "Restore it.")]
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        seems = _encoding(data)
        found = f"text in {seems}" if seems else "bytes that are not UTF-8"
        remedy = (
            'Save it again as UTF-8; in Excel choose "CSV UTF-8".' if seems else "Is it a text file at all? Save it as UTF-8."
        )
        return "", [_unreadable(file, f"line {line}", found, "text in UTF-8", remedy)]
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        return "", [_unreadable(file, f"line {line}", "a zero byte", "text in UTF-8", "It is no text file: restore it.")]
    return text, []


def _encoding(data: bytes) -> str:
    return {"utf-16": "UTF-16", "gb18030": "GBK"}.get(encoding_of(data), "")


def read_toml(path: Path, file: str) -> tuple[Toml, list[Problem]]:
    """Return the content of a TOML file, or a problem that names the line at which it cannot be read."""
    text, problems = read_text(path, file)
    if problems:
        return {}, problems
    try:
        return tomllib.loads(text), []
    except tomllib.TOMLDecodeError as error:
        return {}, [_broken_toml(text, file, str(error))]
    except (ValueError, RecursionError) as error:
        found = "brackets nested too deep" if isinstance(error, RecursionError) else str(error).split(";")[0]
        return {}, [_unreadable(file, "file", found, "TOML", "See https://toml.io for the format.")]


def _broken_toml(text: str, file: str, message: str) -> Problem:
    """Name the place; a code written without quotes (0610) is no TOML number, and that is said."""
    at = re.search(r"\(at (.*?)(, column \d+)?\)$", message)
    where = at[1] + (at[2] or "") if at else "file"
    fault = message[: at.start()].strip() if at else message
    number = re.search(r"line (\d+)", where)
    line = text.splitlines()[int(number[1]) - 1] if number and int(number[1]) <= len(text.splitlines()) else ""
    unquoted = re.sub(r'"[^"]*"', '""', line).partition("#")[0]
    code = re.search(r"(?<![\w.+-])0\d+(?![\w.-])", unquoted)
    if code:
        found = f"{code[0]} (a number where a code is a string)"
        return Problem(file, where, "wrong-code", found, "text in quotes", f'Write "{code[0]}", in quotes.')
    return _unreadable(file, where, fault, "TOML", "Texts and codes stand in quotes. See https://toml.io for the format.")


def read_csv(path: Path, file: str) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Return the rows of a CSV file as text, each with its file and row as a spreadsheet numbers it; None if unreadable.

    An empty cell is missing, an empty row is skipped, a row of another width than the header is a problem and left out.
    """
    text, problems = read_text(path, file)
    if problems:
        return None, problems
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str | None]] = []
    places: list[str] = []
    lost: list[str] = []
    header: list[str] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        for number, cells in enumerate(reader, start=2):
            if len(cells) == len(header):
                if any(cells):
                    rows.append([cell or None for cell in cells])
                    places.append(f"row {number}")
            elif any(cells):
                lost.append(cells[0])
                remedy = "Put a text that holds a comma in quotes." if len(cells) > len(header) else "Fill in the missing cells."
                expected = f"{len(header)}, as in the header"
                problems.append(Problem(file, f"row {number}", "wrong-width", f"{len(cells)} cells", expected, remedy))
    except csv.Error as error:
        fault = "a quoted text that never ends" if "unexpected end" in str(error) else str(error)
        return None, [_unreadable(file, f"line {reader.line_num}", fault, "CSV", "Is a quotation mark left open?")]
    if not header:
        return None, [_unreadable(file, "file", "an empty file", "a header and rows", "Restore it.")]
    twice = sorted({name for name in header if header.count(name) > 1})
    problems += [
        Problem(file, f"column {n}", "duplicate-column", f"{header.count(n)} columns {n!r}", "each column once", "Remove one.")
        for n in twice
    ]
    first = [header.index(name) == i for i, name in enumerate(header)]
    frame = pd.DataFrame(rows, columns=range(len(header)), dtype="str").loc[:, first]
    frame.columns = pd.Index([name for name, is_first in zip(header, first, strict=True) if is_first])
    return _placed(frame.assign(**{FILE: file, WHERE: places}), file, lost), problems


def read_parquet(path: Path, file: str) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Return the rows of a Parquet file; a row is named by its key."""
    try:
        # What pandas wrote about itself beside the table is not needed, and trusting it breaks on a damaged file.
        table = parquet.read_table(io.BytesIO(path.read_bytes())).replace_schema_metadata(None)
        table.validate(full=True)
        frame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}.get)
    except (OSError, ValueError, pa.ArrowException) as error:
        told = re.sub(r"^Could not open Parquet input source '.*?': ", "", str(error)) or type(error).__name__
        found = told.splitlines()[0].split(". ")[0]
        return None, [_unreadable(file, "file", found, "a Parquet table", "Restore it, or rebuild with `chaingraph data build`.")]
    return _placed(frame.drop(columns=[FILE, WHERE], errors="ignore"), file), []


def _placed(frame: pd.DataFrame, file: str, lost: list[str] | None = None) -> pd.DataFrame:
    frame.attrs |= {FILE: file, LOST: lost or []}
    return frame


def _unreadable(file: str, where: str, found: str, expected: str, remedy: str) -> Problem:
    return Problem(file, where, "unreadable", found, expected, remedy)
