"""A data folder → checked tables: CSV and Parquet files by table name, chains and programmes as TOML."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath

import pandas as pd

from chaingraph.checks import check, limited
from chaingraph.errors import ChaingraphError, DataError, Problem
from chaingraph.tables import SPECS, Tables
from ingest import acceptances, corrections, decisions, optional
from ingest.chains import CHAIN_ORIGIN, LINK_ORIGIN, frames, read_chains
from ingest.files import LOST, read_csv, read_parquet
from ingest.origins import PASSPORT, data_files, read_origins

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


def load(folder: str | Path = DATA, also: Sequence[str] = ()) -> Tables:
    """Read and check a data folder; raises `DataError` with all problems of all files.

    `also`: optional chains to add, by the name of their collection, by its folder, or `optional` for all of the data folder.
    The tables' version is the hash of the files' bytes, so that two equal folders have one version. Without `folder`, the shipped
    data. `cg.open` does this and makes a graph of it.

    >>> ingest.load()["chains"].shape
    (50, 5)
    """
    root = Path(folder)
    tables, problems = check_folder(root, also=also)
    if problems or tables is None:
        raise DataError(problems)
    return Tables(tables.frames, folder_version(root, also))


def check_folder(folder: str | Path, today: date | None = None, also: Sequence[str] = ()) -> tuple[Tables | None, list[Problem]]:
    """Read everything in a data folder and return the tables, or None, with all problems of all files.

    `today`: the day after which a date lies in the future, today without. ChaingraphError: no such folder.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     tables, problems = ingest.check_folder(folder)
    >>> tables is None, problems[0].kind
    (True, 'missing-file')
    """
    root = Path(folder)
    if not root.is_dir():
        raise ChaingraphError(f"no folder '{root}': give the data folder, such as data/")
    raw: dict[str, pd.DataFrame] = {}
    raw["origins"], problems = read_origins(root)
    for table, place in LAYOUT.items():
        frame, found = _read(root / place, place, SPECS[table].meaning)
        problems += found
        if frame is not None:
            raw[table] = frame
    accepted, found = acceptances.read(root)
    problems += found
    if accepted is not None:
        raw["accepted_findings"] = accepted
    chains = read_chains(root)
    problems += chains.problems
    io = coefficients(raw.get("io_coefficients"))
    raw |= frames(chains, io)
    all_chains = not any(p.file.startswith("chains/") for p in chains.problems)
    if "segments" not in raw and all_chains:
        problems.append(
            Problem("chains/*.toml", "file", "missing-file", "no such file", "one file for each chain", "Write or restore one.")
        )
    collections = optional.find(root, also)
    for collection in collections:
        more, found = optional.read(collection, io)
        raw = optional.joined(raw, more)
        problems += found
    unread = _unread(problems, raw, {"chains", *(c.name for c in collections)})
    tables, found = check(raw, today, unread)
    problems += found
    problems += corrections.read(root / "decisions")[1]
    decided, found = decisions.check(root / "decisions", _ids(raw, "segments") if all_chains else None, _ids(raw, "regions"))
    known = _ids(raw, "origins") or []
    has_passport = (root / "decisions" / PASSPORT).is_file()
    if decided.activities and has_passport and not found and decisions.ORIGIN not in known:
        remedy = f'Write [[origins]] with origin_id = "{decisions.ORIGIN}" there.'
        found.append(
            Problem(
                "decisions/origin.toml",
                "origins",
                "broken-reference",
                f"no origin '{decisions.ORIGIN}'",
                "that of the verdicts",
                remedy,
            )
        )
    problems = sorted({*problems, *limited(found)})
    return (None if problems or tables is None else _decided(tables, decided)), problems


def _decided(tables: Tables, verdicts: decisions.Decisions) -> Tables:
    """Put the human verdicts on top of what the rules say."""
    companies = decisions.seated(tables["companies"], verdicts)
    return tables.replace(companies=companies, activities=decisions.applied(tables["activities"], companies, verdicts))


def folder_version(root: Path, also: Sequence[str] = ()) -> str:
    """Return twelve hexadecimal digits of the SHA-256 of all data files under a folder, with those of optional chains."""
    digest = hashlib.sha256()
    for path in data_files(root):
        digest.update(path.relative_to(root).as_posix().encode("utf-8", "surrogateescape"))
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for collection in optional.find(root, also):
        digest.update(f"{collection.name} {optional.version(collection)}".encode())
    return digest.hexdigest()[:12]


def _read(path: Path, file: str, meaning: str) -> tuple[pd.DataFrame | None, list[Problem]]:
    if not path.is_file():
        return None, [_missing(file, meaning)]
    return read_parquet(path, file) if path.suffix == ".parquet" else read_csv(path, file)


def _missing(file: str, meaning: str) -> Problem:
    return Problem(file, "file", "missing-file", "no such file", meaning, "Restore it, or rebuild with `chaingraph data build`.")


def _unread(problems: Collection[Problem], raw: Mapping[str, pd.DataFrame], folders: Collection[str]) -> set[str]:
    """Name what could not be read: tables, rows and chains by their ids, passports by path; `folders` are those of chains."""
    tables = {table for table in LAYOUT if table not in raw}
    tables |= {"segments", "chains"} if "segments" not in raw else set()
    files = [PurePosixPath(p.file) for p in problems]
    chains = {file.stem for file in files if file.parent.name in folders and file.name != PASSPORT}
    unusable = {"missing-origin", "unreadable", "wrong-code"}
    passports = {p.file for p in problems if PurePosixPath(p.file).name == PASSPORT and p.kind in unusable}
    if f"chains/{PASSPORT}" in passports:
        passports |= {CHAIN_ORIGIN, LINK_ORIGIN}
    rows = {key for frame in raw.values() for key in frame.attrs.get(LOST, ())}
    return tables | rows | chains | passports


def _ids(raw: dict[str, pd.DataFrame], table: str) -> list[str] | None:
    """Return the ids of a table for the ledger to be checked against, None where they are not known."""
    (key,) = SPECS[table].key
    return raw[table][key].dropna().unique().tolist() if table in raw and key in raw[table] else None


def coefficients(frame: pd.DataFrame | None) -> dict[tuple[str, str], float]:
    """Return the coefficients that can be a strength; the check of `io_coefficients` itself reports the others."""
    if frame is None or not {"supplier_sector", "customer_sector", "coefficient"} <= set(frame.columns):
        return {}
    numbers = pd.to_numeric(frame["coefficient"], errors="coerce")
    sound = frame.assign(coefficient=numbers)[numbers.between(0, 1)]
    return dict(zip(zip(sound["supplier_sector"], sound["customer_sector"], strict=True), sound["coefficient"], strict=True))
