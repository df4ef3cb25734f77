"""Stores: a folder of Parquet files is the truth, a DuckDB file its rebuildable index; or a graph at a Neo4j server, by its address.

A store is two methods. Neo4j's driver is loaded by whoever names an address, and by nobody else.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from chaingraph.errors import ChaingraphError
from chaingraph.stores import duckdb, folder
from chaingraph.stores.address import Address, place
from chaingraph.tables import Tables

INDEX = "chaingraph.duckdb"


def write(tables: Tables, store: Path | Address) -> None:
    """Write a snapshot and its index; whoever reads meanwhile reads the old ones, and a killed write leaves them whole.

    At an address, write the graph by difference: a killed write leaves one that says so (`neo4j.write`).
    """
    if isinstance(store, Address):
        from chaingraph.stores import neo4j  # noqa: PLC0415

        neo4j.write(tables, store)
        return
    try:
        folder.write(tables, store)
        duckdb.write(tables, store / INDEX)
    except OSError as error:
        raise ChaingraphError(
            f"cannot write the store '{store}': {error.strerror or error}. Choose another with --store."
        ) from error


def read(store: Path | Address) -> Tables:
    """Read the tables of a store: from the index when it is whole and of the current snapshot, else from the snapshot."""
    if isinstance(store, Address):
        from chaingraph.stores import neo4j  # noqa: PLC0415

        return neo4j.read(store)
    version = folder.current(store)
    if version is not None and duckdb.version(store / INDEX) == version:
        with suppress(ChaingraphError):
            return duckdb.read(store / INDEX)
    return folder.read(store)


def current(store: Path | Address) -> str | None:
    """Return the data version of a store, None when there is none."""
    if isinstance(store, Address):
        from chaingraph.stores import neo4j  # noqa: PLC0415

        return neo4j.current(store)
    return folder.current(store)


__all__ = ["INDEX", "Address", "current", "duckdb", "folder", "place", "read", "write"]
