"""Optional chains: collections, folders with chains that are no part of the graph unless they are asked for.

A collection lies in `optional/` of the data folder, or anywhere: one TOML file a chain, activities.csv, a passport with one origin.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from chaingraph.checks import missing_columns
from chaingraph.errors import Problem, UnknownNameError
from chaingraph.tables import SPECS
from ingest.chains import Chains, ForeignChain, frames, read_chain_files
from ingest.files import read_csv
from ingest.origins import OPTIONAL, PASSPORT, as_frame, read_passport

ALL = OPTIONAL
"""Name that stands for all collections of a data folder."""

ACTIVITIES, LOSSES = "activities.csv", "losses.json"


def find(root: Path, asked: Sequence[str]) -> list[Path]:
    """Return the folders of collections by name, by path, or all of the data folder (`optional`), each once.

    UnknownNameError: neither a collection of the data folder nor a folder with a passport.
    """
    known = {p.parent.name: p.parent for p in sorted((root / OPTIONAL).glob(f"*/{PASSPORT}"))}
    out: dict[Path, None] = {}
    for name in asked:
        if name == ALL:
            out |= dict.fromkeys(known.values())
        elif name in known:
            out[known[name]] = None
        elif (Path(name) / PASSPORT).is_file():
            out[Path(name).resolve()] = None
        else:
            raise UnknownNameError("optional chains", name, known, f"There are {', '.join(known) or 'none'}; or give a folder.")
    return list(out)


def version(folder: Path) -> str:
    """Return the SHA-256 of the files of a collection that make rows."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.suffix in {".csv", ".toml"}):
        digest.update(path.name.encode("utf-8", "surrogateescape"))
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read(folder: Path, coefficients: Mapping[tuple[str, str], float]) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Return the raw frames of a collection, named to people as `<folder>/<file>`, with its problems."""
    shown_below = folder.parent
    passports, problems = read_passport(folder / PASSPORT, shown_below)
    chains, found = read_chain_files(folder, shown_below, ForeignChain)
    problems += found
    problems += _origins_but_one(folder, passports)
    origin = str(passports[0].get("origin_id")) if passports else folder.name
    out = frames(Chains(chains, {}, (), folder.name, origin, origin), dict(coefficients))
    if passports:
        out["origins"] = as_frame(passports)
    if (folder / ACTIVITIES).is_file():
        activities, found = read_csv(folder / ACTIVITIES, f"{folder.name}/{ACTIVITIES}")
        problems += found
        if activities is not None:
            problems += missing_columns(SPECS["activities"], activities)
            out["activities"] = activities
    return out, problems


def _origins_but_one(folder: Path, passports: Sequence[object]) -> Iterator[Problem]:
    if len(passports) > 1:
        file, remedy = f"{folder.name}/{PASSPORT}", "Make a collection of each source."
        yield Problem(file, "origins", "duplicate-key", f"{len(passports)} origins", "the one origin of all chains", remedy)


def joined(own: Mapping[str, pd.DataFrame], more: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return raw frames with the rows of others below their own; columns that only the others have are left out."""
    out = dict(own)
    for table, frame in more.items():
        if table in out:
            kept = frame[[c for c in frame.columns if c in out[table].columns]]
            together = pd.concat([out[table].astype(object), kept.astype(object)], ignore_index=True)
            together.attrs.update(out[table].attrs)
            out[table] = together
        else:
            out[table] = frame
    return out
