"""The command `chaingraph export`: the graph taken elsewhere; and the way back from a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from chaingraph.cli.options import DATA, STORE, DataOpt, LangOpt, StoreOpt, WithOpt, busy, open_graph, talk
from chaingraph.errors import ChaingraphError, DataError
from chaingraph.phrases import counted, said

if TYPE_CHECKING:
    from chaingraph.graph import ChainGraph

NEO4J = "neo4j"
UriOpt = Annotated[
    str | None,
    typer.Option("--uri", help="neo4j: address of the server; that of NEO4J_URI, else bolt://127.0.0.1:7687, without."),
]
GraphOpt = Annotated[str | None, typer.Option("--graph", help="neo4j: name of the graph there; several stand side by side.")]


class ExportCommand(TyperCommand):
    """The command whose help lists every format; they are looked up when somebody asks, not at every start."""

    # Which click the types are of depends on the version of typer.
    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Say what the formats are, then the rest."""
        from chaingraph.exchange import FORMATS  # noqa: PLC0415
        from chaingraph.extensions import Kind, installed  # noqa: PLC0415

        known = [f"[bold]{f.name}[/bold]: {said(f.meaning, 'en')}" for f in FORMATS.values()]
        known += [f"[bold]{e.name}[/bold]: brought by {e.package} {e.version}" for e in installed(Kind.EXPORTER)]
        server = f"[bold]{NEO4J}[/bold]: a graph at a Neo4j server, only what differs is written; user and password are in NEO4J_USERNAME, NEO4J_PASSWORD"
        self.help = "\n\n".join([self.help or "", *known, server])
        super().format_help(ctx, formatter)


def export(
    to: Annotated[str, typer.Option("--to", help="One of the formats above.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder or file to write.")] = None,
    chain: Annotated[
        str | None, typer.Option("--chain", "-c", help="Only this chain: name or id. neo4j: only its targets.")
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(
            "--region", "-r", help="Say also what this region has of every segment: name or code. neo4j: and who its targets are."
        ),
    ] = None,
    uri: UriOpt = None,
    graph_name: GraphOpt = None,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    also: WithOpt = None,
) -> None:
    """Take the graph elsewhere, whole or one chain of it."""
    from chaingraph import exchange  # noqa: PLC0415

    if to == NEO4J:
        if chain and not region:
            raise ChaingraphError(
                "a server takes the graph whole: --chain says whose targets are written, and wants --region too"
            )
        _to_server(open_graph(data, store, also), uri, graph_name, region, chain)
        return
    exchange.find_format(to)  # before minutes are spent on the data
    if out is None:
        raise ChaingraphError(f"'{to}' needs a place to be written to: give it with -o")
    graph = open_graph(data, store, also)
    with busy(f"writing {out}"):
        exchange.write(graph, to, out, chain, region, lang)
    talk(f"wrote {out}")


def _to_server(graph: ChainGraph, uri: str | None, name: str | None, region: str | None, chain: str | None) -> None:
    from chaingraph.grades import grades  # noqa: PLC0415
    from chaingraph.stores import neo4j  # noqa: PLC0415
    from chaingraph.stores.address import address  # noqa: PLC0415
    from recommend.region_targets import region_targets  # noqa: PLC0415

    where = address(uri, name)
    with busy(f"writing {where}") as say:
        say("what the regions of the programmes have")
        placed = region_targets(graph, region, (chain,) if chain else (), say=say) if region else None
        held = grades(graph, *((placed.region_code,) if placed else ()))
        done = neo4j.write(graph.tables, where, held, say, placed)
    if placed:
        talk(
            f"{len(placed.rows):,} targets of {graph.regions[placed.region_code].name_zh} in {counted(len(placed.chains), 'chain')}"
        )
    talk(f"{where}: data version {graph.version}, {done.written:,} nodes and relationships written, {done.removed:,} removed")


def from_server(out: Path, uri: str | None, graph_name: str | None) -> None:
    """Take a graph back from a server: check it and make a store folder of it."""
    from chaingraph import stores  # noqa: PLC0415
    from chaingraph.checks import check  # noqa: PLC0415
    from chaingraph.stores.address import address  # noqa: PLC0415

    where = address(uri, graph_name)
    with busy(f"reading {where}"):
        tables = stores.read(where)
        _, problems = check(tables.frames)
        if problems:
            raise DataError(problems)
        stores.write(tables, out)
    talk(f"{out}: data version {tables.version}")
