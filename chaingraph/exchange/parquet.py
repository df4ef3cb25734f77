"""All tables as a folder of Parquet files, every column in its type."""

from __future__ import annotations

from pathlib import Path

from chaingraph.exchange.excerpt import excerpt
from chaingraph.exchange.format import Format, Scope
from chaingraph.graph import ChainGraph
from chaingraph.phrases import Phrase
from chaingraph.tables import SPECS


def write(graph: ChainGraph, folder: Path, scope: Scope) -> None:
    """Write one file a table; read back they are the tables."""
    tables = excerpt(graph.tables, scope.chain) if scope.chain else graph.tables
    for name in SPECS:
        tables[name].to_parquet(folder / f"{name}.parquet", index=False)


FORMAT = Format(
    "parquet", Phrase("全部数据表，类型完整", "all tables, every column in its type"), ".parquet", write, is_folder=True
)
