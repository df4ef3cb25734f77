"""A connection to a Neo4j server: asking, writing in transactions, and being the only one who writes a graph."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from neo4j import Driver, GraphDatabase, ManagedTransaction
from neo4j.exceptions import DriverError, Neo4jError

from chaingraph.errors import ChaingraphError
from chaingraph.stores.address import Address
from chaingraph.stores.complaints import check_version, complaint
from chaingraph.stores.difference import Step

LOCK = "ChaingraphLock"
# What the driver has to say of a lost connection is said once, by `complaint`.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

PATIENCE_S = 600
PROBE_S = 1.0
FETCH = 10_000


@dataclass(frozen=True)
class Connection:
    """A driver that has reached its server, and the graph that is meant."""

    driver: Driver
    where: Address

    def ask(self, text: str, **parameters: object) -> list[list[Any]]:
        """Return the records of a question, each as a list; `$graph` is the graph's name."""
        with self.driver.session(fetch_size=FETCH, default_access_mode="READ") as session:
            return [list(record) for record in session.run(text, {**parameters, "graph": self.where.graph})]

    def write(self, steps: list[Step]) -> None:
        """Do some steps in one transaction: all of them or none."""
        with self.driver.session() as session:
            session.execute_write(self._do, steps)

    def _do(self, transaction: ManagedTransaction, steps: list[Step]) -> None:
        for step in steps:
            done = transaction.run(step.text, graph=self.where.graph, **step.parameters).consume().counters
            if step.makes and done.relationships_created != step.makes:
                raise ChaingraphError(
                    f"somebody else changes graph '{self.where.graph}' at {self.where.uri} meanwhile: write it again when they are done"
                )

    @contextmanager
    def alone(self, say: Callable[[str], None]) -> Iterator[None]:
        """Be the only writer of the graph; who comes second waits. The server frees a lock whose holder is gone.

        The lock is a node that a transaction makes and takes back: its uniqueness keeps others from making it meanwhile.
        """
        until = time.monotonic() + PATIENCE_S
        while not self._is_free():
            say("waiting for another write")
            if time.monotonic() > until:
                raise ChaingraphError(
                    f"another write of graph '{self.where.graph}' at {self.where.uri} is under way: write again when it is done"
                )
        with self.driver.session() as session, session.begin_transaction() as holding:
            holding.run(f"MERGE (:{LOCK} {{graph: $graph}})", graph=self.where.graph).consume()
            yield
            holding.rollback()

    def _is_free(self) -> bool:
        try:
            with self.driver.session() as session, session.begin_transaction(timeout=PROBE_S) as probe:
                probe.run(f"MERGE (:{LOCK} {{graph: $graph}})", graph=self.where.graph).consume()
                probe.rollback()
        except Neo4jError as error:
            # A probe whose time is over is told so in one of several ways, all of them about its transaction.
            if ".Transaction." not in (error.code or ""):
                raise
            return False
        return True


@contextmanager
def connected(where: Address) -> Iterator[Connection]:
    """Reach a server; what goes wrong with it is one line with the remedy."""
    try:
        with GraphDatabase.driver(
            where.uri,
            auth=where.auth,
            connection_timeout=10.0,
            max_transaction_retry_time=3.0,
            # Nobody is to be warned that an empty database lacks a label or a column.
            notifications_disabled_classifications=["UNRECOGNIZED"],
        ) as driver:
            check_version(driver.get_server_info().agent, where.uri)
            yield Connection(driver, where)
    except (DriverError, Neo4jError) as error:
        raise complaint(error, where) from error
