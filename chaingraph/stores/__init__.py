"""Stores: a folder of Parquet files is the truth; a DuckDB file is its rebuildable index. A store is two methods."""

from __future__ import annotations

from pathlib import Path

from chaingraph.errors import ChaingraphError
from chaingraph.stores import duckdb, folder
from chaingraph.tables import Tables

INDEX = "chaingraph.duckdb"


def write(tables: Tables, store: Path) -> None:
    """Write a snapshot and its index; whoever reads meanwhile reads the old ones, and a killed write leaves them whole."""
    folder.write(tables, store)
    duckdb.write(tables, store / INDEX)


def read(store: Path) -> Tables:
    """Read the tables of a store: from the index when it is of the current snapshot, else from the snapshot."""
    version = folder.current(store)
    if version is None:
        raise ChaingraphError(f"no store in '{store}': build it with `chaingraph data store`")
    if duckdb.version(store / INDEX) == version:
        return duckdb.read(store / INDEX)
    return folder.read(store)


__all__ = ["INDEX", "duckdb", "folder", "read", "write"]
