"""A data folder's passport: `origin.toml` names the publisher, address, licence and date of everything in it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd

from chaingraph.checks import FILE, WHERE
from chaingraph.errors import Problem

PASSPORT = "origin.toml"


def read_toml(path: Path, shown: str) -> tuple[dict[str, object], list[Problem]]:
    """Return the content of a TOML file, or a problem that names the line at which it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), []
    except tomllib.TOMLDecodeError as error:
        remedy = "Codes with a leading zero are text: write them in quotes. See https://toml.io for the format."
        return {}, [Problem(shown, str(error), "unreadable", "a file that is not TOML", "TOML", remedy)]
    except UnicodeDecodeError as error:
        return {}, [
            Problem(shown, f"byte {error.start}", "unreadable", "bytes that are not UTF-8", "UTF-8", "Save the file as UTF-8.")
        ]


def read_origins(root: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Read the passports of all folders under `root`; a folder with data and no passport is a problem."""
    rows: list[dict[str, object]] = []
    problems: list[Problem] = []
    folders = sorted({p.parent for p in root.rglob("*") if p.suffix in {".csv", ".toml", ".parquet"}})
    for folder in folders:
        shown = (folder / PASSPORT).relative_to(root).as_posix()
        if not (folder / PASSPORT).is_file():
            problems.append(
                Problem(
                    shown,
                    "file",
                    "missing-origin",
                    "no such file",
                    "a passport in every data folder",
                    "Write one: [[origins]] with publisher, licence, date.",
                )
            )
            continue
        content, found = read_toml(folder / PASSPORT, shown)
        problems += found
        entries = content.get("origins", [])
        for number, entry in enumerate(entries if isinstance(entries, list) else [], start=1):
            row = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in dict(entry).items()}
            rows.append({**row, FILE: shown, WHERE: f"origins {number} ({row.get('origin_id', '?')})"})
    return pd.DataFrame(rows), problems
