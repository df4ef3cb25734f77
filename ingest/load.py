"""A data folder → checked tables: CSV and Parquet files by table name, chains and programmes as TOML."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pandas as pd

from chaingraph.checks import FILE, WHERE, check
from chaingraph.errors import ChaingraphError, DataError, Problem
from chaingraph.tables import SPECS, Tables
from ingest.chains import frames, read_chains
from ingest.origins import read_origins

DATA = Path(__file__).resolve().parents[1] / "data"
LAYOUT: dict[str, str] = {
    "regions": "reference/regions.csv",
    "industries": "reference/industries.csv",
    "io_sectors": "reference/io_sectors.csv",
    "io_coefficients": "reference/io_coefficients.csv",
    "companies": "companies/companies.csv",
    "company_names": "companies/company_names.csv",
    "activities": "companies/activities.csv",
    "establishments": "companies/establishments.csv",
    "firm_lists": "companies/firm_lists.csv",
    "memberships": "companies/memberships.csv",
    "ties": "companies/ties.csv",
    "presence": "presence/presence.parquet",
    "coverage": "presence/coverage.parquet",
}
"""Where each table lies in a data folder; origins, programmes, chains, segments and links come from TOML."""


def load(folder: str | Path = DATA) -> Tables:
    """Read and check a data folder; raises `DataError` with all problems of all files.

    The tables' version is the hash of the files' bytes, so that two equal folders have one version.
    """
    root = Path(folder)
    tables, problems = check_folder(root)
    if problems or tables is None:
        raise DataError(problems)
    return Tables(tables.frames, folder_version(root))


def check_folder(folder: str | Path, today: date | None = None) -> tuple[Tables | None, list[Problem]]:
    """Read everything in a data folder and return the tables, or None, with all problems of all files."""
    root = Path(folder)
    if not root.is_dir():
        raise ChaingraphError(f"no folder '{root}': give the data folder, such as data/")
    raw: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    raw["origins"], found = read_origins(root)
    problems += found
    for table, place in LAYOUT.items():
        path = root / place
        if not path.is_file():
            problems.append(
                Problem(
                    place,
                    "file",
                    "missing-file",
                    "no such file",
                    SPECS[table].meaning,
                    "Restore it, or rebuild with `chaingraph data build`.",
                )
            )
            continue
        try:
            raw[table] = _read(path, place)
        except (OSError, ValueError) as error:
            first = str(error).splitlines()[0]
            problems.append(
                Problem(
                    place,
                    "file",
                    "unreadable",
                    first,
                    f"a {path.suffix[1:].upper()} table in UTF-8",
                    "Save the file again in that form.",
                )
            )
    chains = read_chains(root)
    problems += chains.problems
    raw |= frames(chains, _coefficients(raw.get("io_coefficients")))
    tables, found = check(raw, today)
    problems = sorted({*problems, *found})
    return (None if problems else tables), problems


def folder_version(root: Path) -> str:
    """Return twelve hexadecimal digits of the SHA-256 of all data files under a folder."""
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in {".csv", ".toml", ".parquet"}):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _read(path: Path, shown: str) -> pd.DataFrame:
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
        return frame
    frame = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
    return frame.assign(**{FILE: shown, WHERE: [f"row {i + 2}" for i in range(len(frame))]})


def _coefficients(frame: pd.DataFrame | None) -> dict[tuple[str, str], float]:
    if frame is None:
        return {}
    numbers = pd.to_numeric(frame["coefficient"], errors="coerce")
    return dict(zip(zip(frame["supplier_sector"], frame["customer_sector"], strict=True), numbers, strict=True))
