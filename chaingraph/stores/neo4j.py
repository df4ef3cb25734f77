"""The graph in a Neo4j server: written by difference, read back equal, several versions side by side under names of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from chaingraph.errors import ChaingraphError
from chaingraph.stores.address import Address
from chaingraph.stores.connection import LOCK, Connection, connected
from chaingraph.stores.difference import Difference, Step, steps, transactions
from chaingraph.stores.rows import NOTHING, frame_of, parts, targets_of
from chaingraph.stores.shape import LOOSE, NODES, RELATIONSHIPS, ROW_OF, TARGETS, loose
from chaingraph.stores.statements import of_loose_rows, of_nodes, of_relationships, unique
from chaingraph.tables import SPECS, Tables, content_version
from chaingraph.targets import RegionTargets

MARKER = "Chaingraph"
TARGET_FOR = next(of for of in RELATIONSHIPS if of.spec is TARGETS)
WHOLE, WRITING = "whole", "writing"
_BEGIN = f"""
MERGE (m:{MARKER} {{graph: $graph}})
SET m.state = '{WRITING}', m.next = $version, m.revision = coalesce(m.revision, 0) + 1"""
_END = f"""
MATCH (m:{MARKER} {{graph: $graph}})
SET m.state = '{WHOLE}', m.version = $version, m.content = $content, m.next = null"""
_GONE = f"MATCH (m:{MARKER} {{graph: $graph}}) DELETE m"
_MARKER = f"MATCH (m:{MARKER} {{graph: $graph}}) RETURN m.state, m.version, m.content, m.next, m.revision"
_KINDS = """
CALL db.labels() YIELD label RETURN label AS kind
UNION CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType AS kind"""
_LOOSE = f"MATCH (n:{LOOSE} {{graph: $graph}}) RETURN DISTINCT n.table"
_NAMES = f"MATCH (m:{MARKER}) RETURN m.graph ORDER BY m.graph"


@dataclass(frozen=True)
class Written:
    """What a write did: nodes and relationships written, and removed."""

    written: int
    removed: int


@dataclass(frozen=True)
class Dropped:
    """What a removal of a graph took away."""

    nodes: int
    relationships: int


def write(
    tables: Tables,
    where: Address,
    grades: pd.DataFrame | None = None,
    say: Callable[[str], None] = lambda _: None,
    targets: RegionTargets | None = None,
) -> Written:
    """Make a graph hold these tables, and what regions have of segments where `grades` says it; `say` hears how far it is.

    `targets` take the place of those of the same region and chains; those of others stay, and without any all that are there.
    Only what differs is written; a write of what is there writes nothing. Small differences are one transaction. A write that
    is stopped in the middle leaves a graph that says so and that nobody reads; writing again finishes it.
    """
    with connected(where) as server:
        _make_unique(server)
        with server.alone(say):
            there = _kinds(server)
            wanted = parts(tables, grades, targets.beside(_targets(server, there)) if targets else None)
            if targets is None:
                wanted = [p for p in wanted if p.name != TARGET_FOR.type]
            state, version, content, *_ = _marker(server) or (None, None, None)
            now = {"version": tables.version, "content": content_version(tables.frames)}
            say("comparing")
            found = [
                Difference.between(p, server.ask(p.statements.list) if p.name in there else [])
                for p in wanted
                if p.sums() != (server.ask(p.statements.check)[0] if p.name in there else NOTHING)
            ]
            put, removed = sum(len(d.put) for d in found), sum(len(d.remove) for d in found)
            if found or (state, {"version": version, "content": content}) != (WHOLE, now):
                _do(server, found, Step(_BEGIN, now), Step(_END, now), say)
    return Written(put, removed)


def drop(where: Address, say: Callable[[str], None] = lambda _: None) -> Dropped:
    """Remove a graph whole, in batches; other graphs, and what others have put beside ours, stay.

    ChaingraphError: no such graph, with those that there are. A removal that is stopped in the middle leaves a graph that says
    so and that nobody reads; removing again finishes it.
    """
    with connected(where) as server, server.alone(say):
        marker = _marker(server)
        if marker is None:
            raise _no_graph(server)
        there = _kinds(server)
        found = [Difference.between(p, server.ask(p.statements.list)) for p in parts(Tables.of({}), None) if p.name in there]
        _do(server, found, Step(_BEGIN, {"version": marker[1]}), Step(_GONE, {}), say)
    relationships = sum(len(d.remove) for d in found if d.part.is_relationship)
    return Dropped(sum(len(d.remove) for d in found) - relationships, relationships)


def _do(server: Connection, found: list[Difference], begin: Step, end: Step, say: Callable[[str], None]) -> None:
    """Put and remove what differs, transaction by transaction; `say` hears how far it is."""
    done, all_of_it = 0, sum(len(d.put) + len(d.remove) for d in found)
    for together in transactions(begin, steps(found), end):
        server.write(together)
        done += sum(step.size for step in together)
        say(f"{min(done, all_of_it):,} of {all_of_it:,}")


def read(where: Address) -> Tables:
    """Read the tables of a graph; what was changed in it by other hands is read as it is now, under another version."""
    with connected(where) as server:
        found, frames = None, {}
        # Whoever writes meanwhile changes the marker: what was read until then may be of two versions.
        while found is None or _whole(server) != found:
            found, there = _whole(server), _kinds(server)
            frames = {table: frame_of(table, _rows(server, table, there)) for table in SPECS}
    _, version, content, *_ = found
    tables = Tables.of(frames)
    return Tables(tables.frames, version) if tables.version == content else tables


def read_targets(where: Address) -> pd.DataFrame:
    """Return the targets that a graph holds, with the columns of `targets.COLUMNS`, by region, chain and place."""
    with connected(where) as server:
        _whole(server)
        return _targets(server, _kinds(server))


def current(where: Address) -> str | None:
    """Return the data version last written whole to a graph, None when there is none."""
    with connected(where) as server:
        marker = _marker(server)
    return marker[1] if marker else None


def _kinds(server: Connection) -> set[str]:
    """Names of the parts that may have anything in them: labels and types of the database, tables with loose rows in the graph."""
    kinds = {name for (name,) in server.ask(_KINDS)}
    return kinds | ({loose(table) for (table,) in server.ask(_LOOSE)} if LOOSE in kinds else set())


def _rows(server: Connection, table: str, there: set[str]) -> list[list[Any]]:
    found = [row for (row,) in server.ask(of_loose_rows(table).read)] if loose(table) in there else []
    if table in NODES:
        return found + [row for (row,) in (server.ask(of_nodes(table).read) if NODES[table] in there else [])]
    drawn = ROW_OF[table]
    return found + [row for (rows,) in (server.ask(of_relationships(drawn).read) if drawn.type in there else []) for row in rows]


def _targets(server: Connection, there: set[str]) -> pd.DataFrame:
    found = server.ask(of_relationships(TARGET_FOR).read) if TARGET_FOR.type in there else []
    return targets_of(row for (rows,) in found for row in rows)


def _marker(server: Connection) -> list[str] | None:
    found = server.ask(_MARKER)
    return found[0] if found else None


def _whole(server: Connection) -> list[str]:
    """The marker of a graph that can be read; another raises and says what to do."""
    marker, where = _marker(server), server.where
    if marker is None:
        raise _no_graph(server)
    state, _, _, version, _ = marker
    if state != WHOLE:
        raise ChaingraphError(
            f"the write of version {version} to graph '{where.graph}' at {where.uri} is under way or stopped in the middle:"
            " write it again with `chaingraph export --to neo4j` to finish, or remove it with `chaingraph neo4j drop`"
        )
    return marker


def _no_graph(server: Connection) -> ChaingraphError:
    """What to say of a graph that is not there: which are, and how it comes there."""
    names = ", ".join(f"'{name}'" for (name,) in server.ask(_NAMES))
    there = f"there is {names}" if names else "no graph of ours is there"
    return ChaingraphError(
        f"no graph '{server.where.graph}' at {server.where.uri}: {there}; write it with `chaingraph export --to neo4j`"
        " from a store made by `chaingraph data store`"
    )


def _make_unique(server: Connection) -> None:
    """Make the constraints that are not there: they are also the indexes by which nodes are found."""
    wanted = dict(unique(label, ()) for label in (MARKER, LOCK)) | dict(unique(NODES[t], SPECS[t].key) for t in NODES)
    there = {name for (name,) in server.ask("SHOW CONSTRAINTS YIELD name")}
    for name, statement in wanted.items():
        if name not in there:
            server.write([Step(statement, {})])
