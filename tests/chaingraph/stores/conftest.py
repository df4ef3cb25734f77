"""The stores under one contract, and the worker that runs as a process of its own."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import neo4j
import pytest

from chaingraph import Tables, stores
from chaingraph.stores.address import Address
from chaingraph.stores.neo4j import read as read_neo4j
from chaingraph.stores.neo4j import write as write_neo4j

WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True)
class Store:
    """A kind of store at a place: two methods, and which versions its files still hold."""

    kind: str
    place: Path

    def write(self, tables: Tables) -> None:
        {"folder": stores.folder.write, "duckdb": stores.duckdb.write, "both": stores.write}[self.kind](tables, self.place)

    def read(self) -> Tables:
        return {"folder": stores.folder.read, "duckdb": stores.duckdb.read, "both": stores.read}[self.kind](self.place)

    def files(self) -> dict[str, bytes]:
        """Every file by its name below the place; the lock is not content."""
        root = self.place.parent if self.kind == "duckdb" else self.place
        return {
            p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file() and p.name != ".lock"
        }


@dataclass(frozen=True)
class Server:
    """A graph at a Neo4j server, as a store: every transaction that ever changed the database counts as a file."""

    place: Address

    def write(self, tables: Tables) -> None:
        write_neo4j(tables, self.place)

    def read(self) -> Tables:
        return read_neo4j(self.place)

    def files(self) -> dict[str, bytes]:
        with neo4j.GraphDatabase.driver(self.place.uri, auth=self.place.auth) as driver:
            found = driver.execute_query("SHOW DATABASE neo4j YIELD lastCommittedTxn AS last", database_="system")
        return {"transactions": str(found.records[0]["last"]).encode()}


@pytest.fixture(params=["folder", "duckdb", "both", pytest.param("neo4j", marks=pytest.mark.xdist_group("neo4j"))])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store | Server:
    if request.param == "neo4j":
        # A graph of the test's own: several stand side by side, so the database need not be emptied.
        return Server(request.getfixturevalue("where"))
    return Store(request.param, tmp_path / "store" / ("x.duckdb" if request.param == "duckdb" else ""))


@pytest.fixture
def where(neo4j_address: Address, tmp_path: Path) -> Address:
    """A graph of the test's own at the server of the run."""
    return replace(neo4j_address, graph=str(tmp_path))


@pytest.fixture
def cypher(neo4j_address: Address) -> Iterator[Callable[..., list[tuple[object, ...]]]]:
    """Ask the server of the run with the bare driver: rows as tuples."""
    with neo4j.GraphDatabase.driver(
        neo4j_address.uri, auth=neo4j_address.auth, notifications_disabled_classifications=["UNRECOGNIZED"]
    ) as driver:
        yield lambda text, **given: [tuple(r) for r in driver.execute_query(text, **given).records]


@pytest.fixture(autouse=True)
def heed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the server notifies us of is a warning of Python, and so an error."""
    driver = neo4j.GraphDatabase.driver
    monkeypatch.setattr(
        neo4j.GraphDatabase, "driver", lambda *of, **how: driver(*of, warn_notification_severity="INFORMATION", **how)
    )


@pytest.fixture(scope="session")
def worker() -> ModuleType:
    """The worker's functions, in this process."""
    spec = importlib.util.spec_from_file_location("stores_worker", WORKER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def command() -> Callable[..., list[str]]:
    """Words of the worker → the command that runs it."""
    return lambda *words: [sys.executable, str(WORKER), *map(str, words)]
