"""The snapshot: one Parquet file a table in a folder named by the data version, and a file that names the current one."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import pandas as pd

from chaingraph.errors import ChaingraphError
from chaingraph.tables import SPECS, Tables

CURRENT = "current.json"
KEPT = 2
"""Snapshots that stay: the current one and the one before, which a reader may still have open."""


def write(tables: Tables, store: Path) -> None:
    """Write the snapshot beside the old one, then point at it in one step.

    Killed at any moment, the store still names a whole snapshot; leftovers are removed by the next write.
    """
    store.mkdir(parents=True, exist_ok=True)
    for stale in store.glob(".writing-*"):
        _remove_if_orphaned(stale)
    target = store / f"snapshot-{tables.version}"
    if not target.is_dir():
        draft = Path(tempfile.mkdtemp(prefix=f".writing-{os.getpid()}-", dir=store))
        for name in SPECS:
            tables[name].to_parquet(draft / f"{name}.parquet", index=False, compression="zstd")
        _sync(draft)
        if target.is_dir():
            shutil.rmtree(draft)
        else:
            draft.rename(target)
    previous = current(store)
    draft_file = store / f".{CURRENT}.{os.getpid()}"
    draft_file.write_text(json.dumps({"version": tables.version, "previous": previous}), encoding="utf-8")
    draft_file.replace(store / CURRENT)
    keep = {f"snapshot-{v}" for v in (tables.version, previous) if v}
    for old in store.glob("snapshot-*"):
        if old.name not in keep:
            shutil.rmtree(old, ignore_errors=True)


def current(store: Path) -> str | None:
    """Return the version of the current snapshot, None when there is none."""
    try:
        named = json.loads((store / CURRENT).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    version = str(named["version"])
    return version if (store / f"snapshot-{version}").is_dir() else None


def read(store: Path) -> Tables:
    """Read the current snapshot."""
    version = current(store)
    if version is None:
        raise ChaingraphError(f"no snapshot in '{store}': build it with `chaingraph data store`")
    return Tables.of({name: pd.read_parquet(store / f"snapshot-{version}" / f"{name}.parquet") for name in SPECS}, version)


def _remove_if_orphaned(draft: Path) -> None:
    """Remove a draft whose writer is gone; a draft of a running writer stays."""
    writer = draft.name.split("-")[1]
    if writer.isdigit() and int(writer) != os.getpid() and not Path(f"/proc/{writer}").exists():
        shutil.rmtree(draft, ignore_errors=True)


def _sync(draft: Path) -> None:
    for path in draft.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
