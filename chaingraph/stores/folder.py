"""The snapshot: one Parquet file a table in a folder named by the data version, and a file that names the current one."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import pandas as pd
from pyarrow import ArrowException

from chaingraph.errors import ChaingraphError
from chaingraph.stores.lock import alone
from chaingraph.tables import SPECS, Tables

CURRENT = "current.json"
DRAFT = ".writing-"


def write(tables: Tables, store: Path) -> None:
    """Write the snapshot beside the old one, then point at it in one step.

    Killed at any moment, the store still names a whole snapshot; leftovers are removed by the next write. The snapshot
    before the current one stays too: a reader may still have it open.
    """
    with alone(store):
        for stale in store.glob(f"{DRAFT}*"):
            shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
        target = _place(store, tables.version)
        if not _holds(target, tables):
            draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=store))
            for name in SPECS:
                tables[name].to_parquet(draft / f"{name}.parquet", index=False, compression="zstd")
            _sync(draft)
            if target.exists():
                target.rename(f"{draft}-damaged")
            draft.rename(target)
        version, previous = _named(store)
        if version != tables.version:
            previous = version
            draft_file = store / f"{DRAFT}{CURRENT}"
            draft_file.write_text(json.dumps({"version": tables.version, "previous": previous}), encoding="utf-8")
            draft_file.replace(store / CURRENT)
        keep = {_place(store, v) for v in (tables.version, previous) if v}
        for old in [*store.glob("snapshot-*"), *store.glob(f"{DRAFT}*")]:
            if old not in keep:
                shutil.rmtree(old, ignore_errors=True)


def current(store: Path) -> str | None:
    """Return the version of the current snapshot, None when there is none that has all its files."""
    version, _ = _named(store)
    while version and not all((_place(store, version) / f"{name}.parquet").is_file() for name in SPECS):
        again, _ = _named(store)
        if again == version:
            return None
        version = again
    return version


def read(store: Path) -> Tables:
    """Read the current snapshot."""
    while (version := current(store)) is not None:
        try:
            return _read(_place(store, version), version)
        except (OSError, ArrowException) as error:
            # Two writes since we began have removed what we were reading: begin again with what is current now.
            if current(store) == version:
                remedy = f"rebuild it with `chaingraph data store --store {store}`"
                raise ChaingraphError(f"damaged snapshot '{_place(store, version)}': {remedy}") from error
    raise ChaingraphError(f"no snapshot in '{store}': build it with `chaingraph data store --store {store}`")


def read_snapshot(snapshot: Path) -> Tables:
    """Read a snapshot by itself: a folder with one Parquet file a table."""
    try:
        return _read(snapshot, snapshot.name.removeprefix("snapshot-"))
    except (OSError, ArrowException) as error:
        raise ChaingraphError(f"damaged snapshot '{snapshot}': give another, or write it again") from error


def _place(store: Path, version: str) -> Path:
    return store / f"snapshot-{version}"


def _read(snapshot: Path, version: str) -> Tables:
    return Tables.of({name: pd.read_parquet(snapshot / f"{name}.parquet") for name in SPECS}, version)


def _named(store: Path) -> tuple[str | None, str | None]:
    """Return the current version and the one before, as the store names them; None for what it does not."""
    try:
        named = json.loads((store / CURRENT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None, None
    found = [named.get(k) if isinstance(named, dict) else None for k in ("version", "previous")]
    version, previous = (v if isinstance(v, str) else None for v in found)
    return version, previous


def _holds(snapshot: Path, tables: Tables) -> bool:
    """Whether a snapshot is there and has exactly these tables."""
    try:
        found = _read(snapshot, tables.version)
    except (OSError, ArrowException):
        return False
    return all(found[name].equals(tables[name]) for name in SPECS)


def _sync(draft: Path) -> None:
    for path in draft.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
