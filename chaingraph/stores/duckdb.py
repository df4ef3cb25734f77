"""The index: one DuckDB file with all tables, opened read-only, replaced whole by a new file."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pandas as pd

from chaingraph.errors import ChaingraphError
from chaingraph.fields import Type
from chaingraph.tables import SPECS, Tables, conform

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
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with duckdb.connect(str(draft)) as connection:
        for name, spec in SPECS.items():
            columns = ", ".join(f'"{f.name}" {SQL_TYPES[f.type]}' for f in spec.fields)
            connection.execute(f'CREATE TABLE "{name}" ({columns})')
            connection.register("frame", tables[name])
            names = ", ".join(f'"{c}"' for c in spec.columns)
            connection.execute(f'INSERT INTO "{name}" SELECT {names} FROM frame')  # noqa: S608 (names come from SPECS, never from data)
            connection.unregister("frame")
        connection.execute(f"CREATE TABLE {META} (version VARCHAR)")
        connection.execute(f"INSERT INTO {META} VALUES (?)", [tables.version])  # noqa: S608
    draft.replace(path)
    for stale in path.parent.glob(f".{path.name}.*"):
        writer = stale.name.rsplit(".", 1)[1]
        if not (writer.isdigit() and Path(f"/proc/{writer}").exists()):
            stale.unlink(missing_ok=True)


def version(path: Path) -> str | None:
    """Return the data version of an index, None when there is no readable one."""
    if not path.is_file():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            row = connection.execute(f"SELECT version FROM {META}").fetchone()  # noqa: S608
    except duckdb.Error:
        return None
    return str(row[0]) if row else None


def read(path: Path) -> Tables:
    """Read all tables of an index."""
    found = version(path)
    if found is None:
        raise ChaingraphError(f"no readable index '{path}': rebuild it with `chaingraph data store`")
    frames: dict[str, pd.DataFrame] = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        for name in SPECS:
            frames[name] = conform(name, connection.execute(f'SELECT * FROM "{name}"').df())  # noqa: S608
    return Tables.of(frames, found)
