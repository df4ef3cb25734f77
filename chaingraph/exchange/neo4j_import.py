"""The whole graph as CSV files for Neo4j's import tool, presence grades with it."""

from __future__ import annotations

from pathlib import Path

from chaingraph.exchange.excerpt import excerpt
from chaingraph.exchange.format import Format, Scope
from chaingraph.grades import grades
from chaingraph.graph import ChainGraph
from chaingraph.phrases import Phrase
from chaingraph.stores import bulk


def write(graph: ChainGraph, folder: Path, scope: Scope) -> None:
    """Write the files, and the command that imports them; an excerpt of one chain cannot be diagnosed and has no grades."""
    if scope.chain:
        bulk.write(excerpt(graph.tables, scope.chain), folder)
    else:
        bulk.write(graph.tables, folder, grades(graph))


FORMAT = Format(
    "neo4j-import",
    Phrase("供 Neo4j 批量导入的文件，附命令", "files for Neo4j's import tool, with its command"),
    "",
    write,
    is_folder=True,
)
