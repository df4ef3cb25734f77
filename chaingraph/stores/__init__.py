"""Stores: a folder of Parquet files is the truth; a DuckDB file is its rebuildable index. A store is two methods."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from chaingraph.errors import ChaingraphError
from chaingraph.stores import duckdb, folder
from chaingraph.tables import Tables

INDEX = "chaingraph.duckdb"


def write(tables: Tables, store: Path) -> None:
    """Write a snapshot and its index; whoever reads meanwhile reads the old ones, and a killed write leaves them whole."""
    try:
        folder.write(tables, store)
        duckdb.write(tables, store / INDEX)
    except OSError as error:
        raise ChaingraphError(
            f"cannot write the store '{store}': {error.strerror or error}. Choose another with --store."
        ) from error


def read(store: Path) -> Tables:
    """Read the tables of a store: from the index when it is whole and of the current snapshot, else from the snapshot."""
    version = folder.current(store)
    if version is not None and duckdb.version(store / INDEX) == version:
        with suppress(ChaingraphError):
            return duckdb.read(store / INDEX)
    return folder.read(store)


__all__ = ["INDEX", "duckdb", "folder", "read", "write"]
