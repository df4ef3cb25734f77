"""The index: one DuckDB file with all tables, opened read-only, replaced whole by a new file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from chaingraph.errors import ChaingraphError
from chaingraph.fields import Type
from chaingraph.stores.lock import alone
from chaingraph.tables import SPECS, Tables

SQL_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.CODE: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.FLAG: "BOOLEAN",
    Type.DATE: "DATE",
}
META = "chaingraph_meta"


def write(tables: Tables, path: Path) -> None:
    """Write the index beside the old one and replace it in one step; readers keep the file they have opened."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with alone(path.parent):
        for stale in path.parent.glob(f".{path.name}.*"):
            shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
        try:
            _fill(tables, draft)
        except duckdb.Error as error:
            raise ChaingraphError(f"cannot write the index '{path}': {str(error).splitlines()[0]}") from error
        draft.replace(path)


def _fill(tables: Tables, path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        for name, spec in SPECS.items():
            columns = ", ".join(f'"{f.name}" {SQL_TYPES[f.type]}' for f in spec.fields)
            connection.execute(f'CREATE TABLE "{name}" ({columns})')
            connection.register("frame", tables[name])
            names = ", ".join(f'"{c}"' for c in spec.columns)
            connection.execute(f'INSERT INTO "{name}" SELECT {names} FROM frame')  # noqa: S608 (names come from SPECS, never from data)
            connection.unregister("frame")
        connection.execute(f"CREATE TABLE {META} (version VARCHAR)")
        connection.execute(f"INSERT INTO {META} VALUES (?)", [tables.version])  # noqa: S608


def version(path: Path) -> str | None:
    """Return the data version of an index, None when there is no readable one."""
    if not path.is_file():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return _version(connection)
    except duckdb.Error:
        return None


def read(path: Path) -> Tables:
    """Read all tables of an index."""
    try:
        # One connection from first to last: the file may be replaced by a newer one meanwhile.
        with duckdb.connect(str(path), read_only=True) as connection:
            found = _version(connection)
            frames = {name: connection.execute(f'SELECT * FROM "{name}"').df() for name in SPECS}  # noqa: S608
    except duckdb.Error as error:
        raise ChaingraphError(f"no readable index '{path}': rebuild it with `chaingraph data store`") from error
    return Tables.of(frames, found)


def _version(connection: duckdb.DuckDBPyConnection) -> str | None:
    row = connection.execute(f"SELECT version FROM {META}").fetchone()  # noqa: S608
    return str(row[0]) if row else None
