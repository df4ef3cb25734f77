"""What is said to the server, one set of statements for each kind of thing in the graph's shape.

Labels, types and property names come from that shape; whatever comes from data is a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chaingraph.fields import FIELDS, Type
from chaingraph.stores.shape import LOOSE, NODES, TARGETS, Relationship
from chaingraph.tables import SPECS

HIGH = 2**32
"""Digests are added up in two halves: sums of whole ones would pass what the server's integers hold."""


@dataclass(frozen=True)
class Statements:
    """`put` writes `$rows`, `check` adds up what is there, `list` names it one by one, `remove` takes `$elements` away.

    `columns`: what a row of `$rows` holds, in order. `read` gives rows of the table as lists, one list of them a start of
    relationships, empty where nothing is read back.
    """

    columns: tuple[str, ...]
    put: str
    check: str
    list: str
    remove: str
    read: str = ""


def of_nodes(table: str) -> Statements:
    """The nodes of a table."""
    spec, label = SPECS[table], NODES[table]
    kept = (*(c for c in spec.columns if c not in spec.key), "digest")
    match = f"MATCH (n:{label}) WHERE n.graph = $graph AND {' AND '.join(f'n.{c} IS NOT NULL' for c in spec.key)}"
    numbers = [c for c in kept if c in FIELDS and FIELDS[c].type is Type.NUMBER]
    # The server takes minus zero for the zero that is there and lets it stand, unless that is taken away first.
    clear = f" SET n += {{{', '.join(f'{c}: null' for c in numbers)}}}" if numbers else ""
    put = f"UNWIND $rows AS row MERGE (n:{label} {{{_named(label, 0)}}}){clear} SET n += {{{_map(kept, len(spec.key))}}}"
    return Statements(
        (*spec.key, *kept),
        put,
        f"{match} {_sums('n')}",
        f"{match} RETURN n.digest, elementId(n), [{', '.join(f'n.{c}' for c in spec.key)}]",
        "MATCH (n) WHERE elementId(n) IN $elements DETACH DELETE n",
        f"{match} RETURN [{_values('n', spec.columns)}, null]",
    )


def of_relationships(of: Relationship) -> Statements:
    """The relationships of a type."""
    start, end = NODES[of.target(of.start)], NODES[of.target(of.end)]
    kept = (*of.properties, "nth", "digest")
    first, more = len(of.start), len(of.start) + len(of.end)
    put = (
        f"UNWIND $rows AS row MATCH (a:{start} {{{_named(start, 0)}}}) MATCH (b:{end} {{{_named(end, first)}}}) "
        f"CREATE (a)-[:{of.type} {{{_map(kept, more)}}}]->(b)"
    )
    ours = f"(a)-[r:{of.type}]->(b:{end} {{graph: $graph}}) WHERE r.digest IS NOT NULL"
    starts = f"MATCH (a:{start}) WHERE a.graph = $graph AND {' AND '.join(f'a.{c} IS NOT NULL' for c in _key(start))}"
    match = f"{starts} MATCH {ours}"
    read = ""
    if of.is_row or of.spec is TARGETS:
        ends = {of.start[0]: f"a.{_key(start)[0]}", of.end[0]: f"b.{_key(end)[0]}"}
        # One record a start, not one a relationship: it is read in half the time.
        read = f"{starts} RETURN [{ours} | [{_values('r', of.spec.columns, ends)}, r.nth]]"
    return Statements(
        (*of.start, *of.end, *kept),
        put,
        f"{match} {_sums('r')}",
        f"{match} RETURN r.digest, elementId(r), null",
        "MATCH ()-[r]->() WHERE elementId(r) IN $elements DELETE r",
        read,
    )


def of_loose_rows(table: str) -> Statements:
    """The rows of a table that are neither."""
    columns = (*SPECS[table].columns, "nth", "digest")
    match = f"MATCH (n:{LOOSE}) WHERE n.graph = $graph AND n.table = '{table}' AND n.digest IS NOT NULL"
    return Statements(
        columns,
        f"UNWIND $rows AS row CREATE (:{LOOSE} {{graph: $graph, table: '{table}', {_map(columns)}}})",
        f"{match} {_sums('n')}",
        f"{match} RETURN n.digest, elementId(n), null",
        "MATCH (n) WHERE elementId(n) IN $elements DETACH DELETE n",
        f"{match} RETURN [{_values('n', SPECS[table].columns)}, n.nth]",
    )


def unique(label: str, key: Iterable[str]) -> tuple[str, str]:
    """Return the name of the constraint that makes a key of a graph unique, and the statement that makes it."""
    name = f"chaingraph_{label.lower()}"
    wanted = ", ".join(f"n.{c}" for c in ("graph", *key))
    return name, f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE ({wanted}) IS UNIQUE"


def _key(label: str) -> tuple[str, ...]:
    return next(SPECS[table].key for table, of in NODES.items() if of == label)


def _named(label: str, first: int) -> str:
    """The pattern of a node whose key stands in the row from `first` on."""
    return ", ".join(["graph: $graph", *(f"{c}: row[{first + i}]" for i, c in enumerate(_key(label)))])


def _map(columns: Iterable[str], first: int = 0) -> str:
    return ", ".join(f"{c}: row[{first + i}]" for i, c in enumerate(columns))


def _values(of: str, columns: Iterable[str], ends: dict[str, str] | None = None) -> str:
    """What a row holds, a day as its ISO text: the driver's own type of days is slow to unpack."""
    found = {c: (ends or {}).get(c, f"{of}.{c}") for c in columns}
    return ", ".join(f"toString({v})" if c in FIELDS and FIELDS[c].type is Type.DATE else v for c, v in found.items())


def _sums(of: str) -> str:
    return f"RETURN count({of}), sum({of}.digest / {HIGH}), sum({of}.digest % {HIGH})"
