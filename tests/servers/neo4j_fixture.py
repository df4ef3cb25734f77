"""A real Neo4j server for the tests: one for the whole run, shared by its workers; more of them for tests that kill theirs.

Tests that share the one server share its one database: they carry `@pytest.mark.xdist_group("neo4j")`.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import neo4j
import pandas as pd
import pytest
from planted_cells import awkward_tables

from chaingraph import ChainGraph, Tables
from chaingraph.grades import grades
from chaingraph.stores import artifacts, bulk
from chaingraph.stores.address import Address
from chaingraph.stores.lock import alone
from chaingraph.stores.neo4j import read, write
from chaingraph.stores.server import Server
from chaingraph.targets import RegionTargets
from recommend.region_targets import region_targets


class Planned(Server):
    """A server that keeps the plans of its statements: tests fill and empty it so often that it would do little but plan."""

    def _settle(self, port: int) -> None:
        super()._settle(port)
        with (self.home / "conf" / "neo4j.conf").open("a") as conf:
            conf.write("dbms.cypher.min_replan_interval=1h\ndbms.cypher.statistics_divergence_threshold=1\n")


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of the run see."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def classes(shared_folder: Path) -> Path:
    """Neo4j's classes as Java keeps them: the first server ever is started, used and stopped so that the others start twice as fast."""
    place = shared_folder / "neo4j-first"
    with alone(place):
        kept = artifacts.archive(artifacts.java())
        if not kept.exists():
            server = Server(place / "home")
            address = server.start(free_port())
            write(awkward_tables(), address)
            read(address)
            server.stop()
    return kept


@pytest.fixture(scope="session")
def neo4j_server(shared_folder: Path, classes: Path) -> Iterator[Server]:
    """The server of the run: the first worker that asks starts it, the last that leaves stops it."""
    server, users = Planned(shared_folder / "neo4j"), shared_folder / "neo4j-users"
    with alone(users):
        if not server.pid:
            server.start(free_port())
        mine = users / str(os.getpid())
        mine.touch()
    yield server
    with alone(users):
        mine.unlink()
        if not any(path.name.isdigit() for path in users.iterdir()):
            server.stop()


@pytest.fixture(scope="session")
def neo4j_address(neo4j_server: Server) -> Address:
    """Where the server of the run is, and with which password."""
    return neo4j_server.address


@pytest.fixture
def empty_neo4j(neo4j_address: Address) -> Address:
    """The server of the run with nothing in its database."""
    wipe(neo4j_address)
    return neo4j_address


@pytest.fixture(scope="session")
def private_server(tmp_path_factory: pytest.TempPathFactory, classes: Path) -> Iterator[Callable[[], Server]]:
    """Make a server of a test's own, running, with an empty database; it is stopped at the end of the run."""
    made: list[Server] = []

    def make() -> Server:
        made.append(Server(tmp_path_factory.mktemp("neo4j-private")))
        made[-1].start(free_port())
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="session")
def shipped_grades(graph: ChainGraph) -> pd.DataFrame:
    """What the regions with a programme have of every segment of the shipped graph."""
    return grades(graph)


@pytest.fixture(scope="session")
def shipped_targets(graph: ChainGraph) -> RegionTargets:
    """The targets of 台州 in three chains, two of which want some of the same firms."""
    return region_targets(graph, "331000", ("auto-parts", "new-energy-vehicle", "pump-motor"))


@pytest.fixture(scope="session")
def shipped_files(
    tables: Tables, shipped_grades: pd.DataFrame, shipped_targets: RegionTargets, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The shipped graph as files for the import tool."""
    folder = tmp_path_factory.mktemp("neo4j-import")
    bulk.write(tables, folder, shipped_grades, targets=shipped_targets.rows)
    return folder


@pytest.fixture(scope="session")
def shipped_neo4j(shipped_files: Path, tmp_path_factory: pytest.TempPathFactory, classes: Path) -> Iterator[Address]:
    """A server with the shipped graph and nothing else, to be read only: imported, which is faster than written.

    Tests that use it carry `@pytest.mark.xdist_group("neo4j-bulk")`, so that one worker has it.
    """
    server = Server(tmp_path_factory.mktemp("neo4j-shipped"))
    server.load(shipped_files)
    yield server.start(free_port())
    server.stop()


@pytest.fixture(scope="session")
def ask(shipped_neo4j: Address) -> Iterator[Callable[..., list[neo4j.Record]]]:
    """Ask the shipped graph a question with parameters; the server must have nothing to remark on it."""
    with neo4j.GraphDatabase.driver(shipped_neo4j.uri, auth=shipped_neo4j.auth) as driver:

        def answer(question: str, **parameters: object) -> list[neo4j.Record]:
            found, summary, _ = driver.execute_query(question, parameters, database_="neo4j", routing_=neo4j.RoutingControl.READ)
            remarks = [s.status_description for s in summary.gql_status_objects if s.is_notification]
            assert not remarks, f"{question}\n{remarks}"
            return found

        yield answer


def kill(server: Server) -> int:
    """End a server as a power cut would; return the port at which it can be started anew."""
    pid, port = server.pid, int(server.uri.rsplit(":", 1)[1])
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return port


def wipe(address: Address) -> None:
    """Remove everything from the database: nodes, constraints, indexes. Some nodes are so long that the server can hold few at once."""
    with neo4j.GraphDatabase.driver(address.uri, auth=address.auth) as driver, driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS").consume()
        for name in session.run("SHOW CONSTRAINTS YIELD name").value():
            session.run(f"DROP CONSTRAINT `{name}`").consume()
        for name in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name").value():
            session.run(f"DROP INDEX `{name}`").consume()


def free_port() -> int:
    """Return a port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def path_without(folder: Path, *left_out: str) -> str:
    """Return a PATH with all programs of this one but some, as links in a folder."""
    folder.mkdir()
    for place in map(Path, os.get_exec_path()):
        for program in place.iterdir() if place.is_dir() else ():
            link = folder / program.name
            if program.name not in left_out and not link.is_symlink():
                link.symlink_to(program)
    return str(folder)
