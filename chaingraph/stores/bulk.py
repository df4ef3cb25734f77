"""The graph as CSV files for Neo4j's import tool: for a first load of many rows, which it does in seconds.

A file holds the nodes of a label or the relationships of a type with the properties that a write over Bolt gives them: the next
such write to the imported graph finds nothing to do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from chaingraph.stores.neo4j import MARKER, WHOLE
from chaingraph.stores.rows import parts
from chaingraph.stores.shape import GRAPH, LOOSE, NODES, RELATIONSHIPS
from chaingraph.stores.statements import unique
from chaingraph.tables import SPECS, Tables, content_version

ARGUMENTS, SCRIPT, CONSTRAINTS = "import.txt", "import.sh", "constraints.cypher"
OPTIONS = ("--overwrite-destination", "--multiline-fields=true")
_SCRIPT = f"""\
#!/bin/sh
# Fills the database of a Neo4j 5 server, which must be stopped, with this graph; what it held before is gone.
# After it, start the server and run {CONSTRAINTS}. The files are for this tool: no spreadsheet should open them.
cd "$(dirname "$0")" && exec neo4j-admin database import full neo4j @{ARGUMENTS}
"""
_TYPES = {"Int64": "long", "float64": "double", "boolean": "boolean", "datetime64[s]": "date", "int64": "long"}


def write(
    tables: Tables, folder: Path, grades: pd.DataFrame | None = None, graph: str = GRAPH, targets: pd.DataFrame | None = None
) -> None:
    """Write the files of a graph into a folder, with the command that imports them. `grades` and `targets` as in `rows.parts`.

    Cells are those of the tables to the letter, also where a spreadsheet would take one for a formula.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = {part.name: part for part in parts(tables, grades, targets)}
    words = list(OPTIONS)

    def add(kind: str, label: str, what: str, first: Mapping[str, object], cells: pd.DataFrame, digest: object) -> None:
        if len(cells):
            name = f"{kind}-{what}.csv"
            _csv(folder / name, [*first.items(), *_typed(cells), ("digest:long", digest)])
            words.append(f"--{kind}={label}={name}")

    for label in NODES.values():
        part = made[label]
        ids = _ids(part.cells.iloc[:, : part.keyed])
        add("nodes", label, label, {f":ID({label})": ids, "graph": graph}, part.cells, part.digest)
    for table in SPECS:
        part = made[f"loose {table}"]
        ids = [f"{table} {i}" for i in range(len(part.cells))]
        add("nodes", LOOSE, f"{LOOSE}-{table}", {f":ID({LOOSE})": ids, "graph": graph, "table": table}, part.cells, part.digest)
    for of in RELATIONSHIPS:
        part, first, more = made[of.type], len(of.start), len(of.start) + len(of.end)
        ends = {
            f":START_ID({NODES[of.target(of.start)]})": _ids(part.cells.iloc[:, :first]),
            f":END_ID({NODES[of.target(of.end)]})": _ids(part.cells.iloc[:, first:more]),
        }
        add("relationships", of.type, of.type, ends, part.cells.iloc[:, more:], part.digest)

    now = {"graph": graph, "state": WHOLE, "version": tables.version, "content": content_version(tables.frames)}
    _csv(folder / f"nodes-{MARKER}.csv", [(f":ID({MARKER})", [graph]), *now.items(), ("revision:long", 1)])
    words.append(f"--nodes={MARKER}=nodes-{MARKER}.csv")
    (folder / ARGUMENTS).write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    constraints = [unique(label, SPECS[table].key)[1] for table, label in NODES.items()] + [unique(MARKER, ())[1]]
    (folder / CONSTRAINTS).write_text("".join(f"{statement};\n" for statement in constraints), encoding="utf-8")
    (folder / SCRIPT).write_text(_SCRIPT, encoding="utf-8")
    (folder / SCRIPT).chmod(0o755)


def _ids(keys: pd.DataFrame) -> list[str]:
    """The name of a node within its label: its key, as a JSON list where that is of several columns."""
    if keys.shape[1] == 1:
        return [str(key) for key in keys.iloc[:, 0]]
    return [json.dumps(key, ensure_ascii=False) for key in zip(*(keys[c] for c in keys), strict=True)]


def _typed(cells: pd.DataFrame) -> list[tuple[str, object]]:
    """The columns, each under its name and type."""
    named = []
    for at, name in enumerate(cells.columns):
        cell, kind = cells.iloc[:, at], _TYPES.get(str(cells.dtypes.iloc[at]))
        if kind == "date":
            cell = cell.to_numpy().astype("datetime64[D]")
        elif kind == "double" and np.isinf(cell).any():
            # Java's word for it, which is not that of Arrow.
            cell = (
                cell.astype("object")
                .where(cell.notna(), None)
                .map(lambda v: v if v is None else f"{v}".replace("inf", "Infinity"))
            )
        named.append((f"{name}:{kind}" if kind else str(name), cell))
    return named


def _csv(path: Path, columns: list[tuple[str, Any]]) -> None:
    """Write columns, single values repeated: texts in quotes, so that the empty one differs from none; what is missing is nothing."""
    rows = max(len(c) for _, c in columns if not isinstance(c, str | int))
    filled = [pa.array([c] * rows if isinstance(c, str | int) else c, from_pandas=True) for _, c in columns]
    names = [name for name, _ in columns]
    with path.open("wb") as file:
        file.write((",".join(names) + "\n").encode())
        # Names need not differ: a property of a row may be called as one of its ends.
        table = pa.Table.from_arrays(filled, names=[str(i) for i in range(len(names))])
        csv.write_csv(table, file, csv.WriteOptions(include_header=False))
