"""Where a store is: a folder, or a Neo4j server, as whom it is spoken to, and the name of a graph in it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from chaingraph.errors import ChaingraphError
from chaingraph.stores.shape import GRAPH

LOOPBACK = "127.0.0.1"
PORT = 7687
USER = "neo4j"
SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True)
class Address:
    """A Neo4j server: where it is, as whom one logs in, which graph is meant. The password is never part of what is printed."""

    uri: str = f"bolt://{LOOPBACK}:{PORT}"
    user: str = USER
    password: str = field(default="", repr=False)
    graph: str = GRAPH

    @classmethod
    def of(cls, text: str, graph: str | None = None) -> Address:
        """Return the address that a text says, ``bolt://127.0.0.1:7687`` or ``neo4j+s://HOST#GRAPH``; `graph` goes before #GRAPH.

        As whom is said by the environment alone: NEO4J_USERNAME (neo4j without) and NEO4J_PASSWORD.
        """
        form = f"expected one such as {cls.uri}, or neo4j+s://HOST#NAME for a graph other than '{GRAPH}'"
        if "@" in text:
            # Not repeated: a password may stand in it.
            raise ChaingraphError(f"an address with a user in it: {form}. Set NEO4J_USERNAME and NEO4J_PASSWORD instead.")
        try:
            parts = urlsplit(text.strip())
            right = parts.scheme in SCHEMES and parts.hostname and parts.port != 0 and parts.path in ("", "/")
        except ValueError:
            right = False
        if not right:
            raise ChaingraphError(f"no address of a Neo4j server: found '{text}', {form}. Give it with --uri or NEO4J_URI.")
        query = f"?{parts.query}" if parts.query else ""
        return cls(
            f"{parts.scheme}://{parts.netloc}{query}",
            os.environ.get("NEO4J_USERNAME") or USER,
            os.environ.get("NEO4J_PASSWORD") or "",
            graph or parts.fragment or GRAPH,
        )

    @property
    def auth(self) -> tuple[str, str]:
        """User and password, as the driver takes them."""
        return self.user, self.password

    def __str__(self) -> str:
        return self.uri if self.graph == GRAPH else f"{self.uri}#{self.graph}"


def address(uri: str | None = None, graph: str | None = None) -> Address:
    """Return the address given, else that of NEO4J_URI, else that of a server on this machine."""
    return Address.of(uri or os.environ.get("NEO4J_URI") or Address.uri, graph)


def place(store: str | Path) -> Path | Address:
    """Return where a store is: at a server when its name begins as an address does, else in a folder."""
    return Address.of(store) if isinstance(store, str) and "://" in store else Path(store)
