"""A data folder's passport: `origin.toml` names the publisher, address, licence and date of everything in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from chaingraph.cells import FILE, WHERE
from chaingraph.errors import Problem, did_you_mean, nearest
from chaingraph.tables import SPECS
from ingest.files import read_toml, shown

PASSPORT = "origin.toml"
OPTIONAL = "optional"
"""Folder of a data folder with collections of chains that are read only when they are asked for."""

EVALUATION = "evaluation"
"""Folder of a data folder with labels to measure by: no row of the graph is made of them, so they are no part of its version."""

COLUMNS = SPECS["origins"].columns


def data_files(root: Path) -> list[Path]:
    """Return the files of a data folder that make rows, without those of its optional chains and without labels."""
    files = (p for p in root.rglob("*") if p.suffix in {".csv", ".toml", ".parquet"})
    return sorted(p for p in files if p.relative_to(root).parts[0] not in (OPTIONAL, EVALUATION))


def read_origins(root: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Read the passports of all folders under `root`; a folder with data and no passport is a problem."""
    rows: list[dict[str, object]] = []
    problems: list[Problem] = []
    for folder in sorted({p.parent for p in data_files(root)}):
        entries, found = read_passport(folder / PASSPORT, root)
        rows += entries
        problems += found
    return as_frame(rows), problems


def read_passport(path: Path, root: Path) -> tuple[list[dict[str, object]], list[Problem]]:
    """Return the origins in one passport, which is named to people as below `root`."""
    file = shown(path, root)
    if not path.is_file():
        expected, remedy = "a passport in every data folder", "Write one: [[origins]] with publisher, licence, date."
        return [], [Problem(file, "file", "missing-origin", "no such file", expected, remedy)]
    content, problems = read_toml(path, file)
    return ([], problems) if problems else _entries(content, file)


def as_frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return origins as a raw frame of their table."""
    return pd.DataFrame(rows, columns=[*COLUMNS, FILE, WHERE], dtype="object")


def _entries(content: dict[str, object], file: str) -> tuple[list[dict[str, object]], list[Problem]]:
    entries = content.get("origins")
    problems = list(_unknown_keys(content, ("origins",), "", file))
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        remedy = "Write [[origins]] with publisher, licence, date; origins = [] where other folders' passports cover the rows."
        found = "nothing" if entries is None else "something else"
        return [], [*problems, Problem(file, "origins", "missing-origin", found, "[[origins]] entries", remedy)]
    rows = []
    for number, entry in enumerate(entries, start=1):
        where = f"origins {number} ({entry.get('origin_id', '?')})"
        problems += _unknown_keys(entry, COLUMNS, f"{where}, ", file)
        row = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in entry.items() if k in COLUMNS}
        rows.append({**row, FILE: file, WHERE: where})
    return rows, problems


def _unknown_keys(entry: dict[str, object], known: tuple[str, ...], where: str, file: str) -> Iterator[Problem]:
    for key in entry:
        if key not in known:
            remedy = did_you_mean(nearest(key, known, floor=70)) or "Remove it."
            yield Problem(file, f"{where}{key}", "unknown-key", f"the key {key}", "a key of the format", remedy)
