"""The commands `chaingraph neo4j …`: a Neo4j server of one's own on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.cli.options import busy, talk
from chaingraph.cli.serve import free_port
from chaingraph.errors import ChaingraphError
from chaingraph.opening import ROOT
from chaingraph.phrases import counted

if TYPE_CHECKING:
    from chaingraph.stores.server import Server

HOME = ROOT / "neo4j-server"

neo4j_app = typer.Typer(no_args_is_help=True, help="A Neo4j server of one's own, on this machine only.")

HomeOpt = Annotated[
    Path, typer.Option("--home", help="Folder of its database, log, settings and password.", envvar="CHAINGRAPH_NEO4J")
]
ShowOpt = Annotated[bool, typer.Option("--show-password", help="Print the password on a second line.")]


@neo4j_app.command("start", epilog="Example: chaingraph neo4j start")
def start(
    home: HomeOpt = HOME,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Port; the first free one from 7687 without.")
    ] = None,
    show_password: ShowOpt = False,
) -> None:
    """Start the server, print its address and say how to log in. The first time, its parts are fetched with Maven (118 MB)."""
    from chaingraph.stores.address import LOOPBACK, PORT  # noqa: PLC0415
    from chaingraph.stores.server import Server  # noqa: PLC0415

    server = Server(home)
    server.must_not_run()
    chosen = free_port(LOOPBACK, port, PORT)
    if chosen != (port or PORT):
        talk(f"port {PORT} is in use: taking {chosen}")
    with busy("starting Neo4j"):
        server.start(chosen)
    _say_how_to_log_in(server, show_password)


@neo4j_app.command("stop", epilog="Example: chaingraph neo4j stop")
def stop(home: HomeOpt = HOME) -> None:
    """Stop the server; what its database holds stays."""
    from chaingraph.stores.server import Server  # noqa: PLC0415

    with busy("stopping Neo4j"):
        stopped = Server(home).stop()
    talk(f"{home}: {'stopped' if stopped else 'was not running'}")


@neo4j_app.command("status", epilog="Example: chaingraph neo4j status")
def status(home: HomeOpt = HOME, show_password: ShowOpt = False) -> None:
    """Say whether the server runs, where, and which graphs it holds: name, data version, state. Exit 1 when it does not run."""
    from chaingraph.stores.server import Server  # noqa: PLC0415

    server = Server(home)
    found = server.status()
    if not found:
        talk(f"{home}: not running; `chaingraph neo4j start` starts it")
        raise typer.Exit(1)
    _say_how_to_log_in(server, show_password)
    talk(
        f"Neo4j {found.version}, process {found.pid}"
        if found.version
        else f"process {found.pid} does not answer to this password"
    )
    for graph in found.graphs:
        print("\t".join(graph))


@neo4j_app.command("load", epilog="Example: chaingraph neo4j load graph/")
def load(
    folder: Annotated[Path, typer.Argument(help="Folder written by `chaingraph export --to neo4j-import`.")], home: HomeOpt = HOME
) -> None:
    """Fill the stopped server's database with a folder of import files; what it held before is gone."""
    from chaingraph.stores.server import Server  # noqa: PLC0415

    with busy(f"importing {folder}"):
        Server(home).load(folder)
    talk(f"{home}: holds the graph of {folder}; `chaingraph neo4j start` starts it")


@neo4j_app.command("drop", epilog="Example: chaingraph neo4j drop 2024-trial --yes")
def drop(
    graph: Annotated[str, typer.Argument(help="Name of the graph, as `chaingraph neo4j status` lists it.")],
    uri: Annotated[
        str | None, typer.Option("--uri", help="Address of the server; that of NEO4J_URI, else bolt://127.0.0.1:7687, without.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Yes, remove it.")] = False,
) -> None:
    """Remove one graph from a server, any server; the other graphs there stay."""
    from chaingraph.stores import neo4j  # noqa: PLC0415
    from chaingraph.stores.address import address  # noqa: PLC0415

    where = address(uri, graph)
    if not yes:
        raise ChaingraphError(f"this removes graph '{graph}' from {where.uri} for good: say --yes to do it")
    with busy(f"removing {where}") as say:
        gone = neo4j.drop(where, say)
    talk(f"{where}: {counted(gone.nodes, 'node')} and {counted(gone.relationships, 'relationship')} removed")


def _say_how_to_log_in(server: Server, show_password: bool) -> None:
    address, kept = server.address, server.password_file
    print(address.uri)
    if show_password:
        print(address.password)
    where = f"in '{kept}'" if kept.is_file() else "what NEO4J_PASSWORD was at its first start"
    talk(f"user {address.user}, password {where}")
    if kept.is_file():
        talk(f"for other commands: export NEO4J_URI={address.uri} NEO4J_PASSWORD=\"$(cat '{kept}')\"")
