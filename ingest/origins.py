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
COLUMNS = SPECS["origins"].columns


def read_origins(root: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Read the passports of all folders under `root`; a folder with data and no passport is a problem."""
    rows: list[dict[str, object]] = []
    problems: list[Problem] = []
    folders = sorted({p.parent for p in root.rglob("*") if p.suffix in {".csv", ".toml", ".parquet"}})
    for folder in folders:
        file = shown(folder / PASSPORT, root)
        if not (folder / PASSPORT).is_file():
            problems.append(
                Problem(
                    file,
                    "file",
                    "missing-origin",
                    "no such file",
                    "a passport in every data folder",
                    "Write one: [[origins]] with publisher, licence, date.",
                )
            )
            continue
        content, found = read_toml(folder / PASSPORT, file)
        problems += found
        if not found:
            entries, found = _entries(content, file)
            problems += found
            rows += entries
    return pd.DataFrame(rows, columns=[*COLUMNS, FILE, WHERE], dtype="object"), problems


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
