"""The whole graph as files for elsewhere: a folder of Parquet or CSV tables, or GraphML of segments and links."""

from __future__ import annotations

import math
from pathlib import Path

import networkx as nx

from chaingraph.errors import ChaingraphError
from chaingraph.graph import ChainGraph
from chaingraph.tables import SPECS

FORMATS = ("parquet", "csv", "graphml")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write(graph: ChainGraph, to: str, out: Path, chain: str | None = None) -> None:
    """Write the graph in one of `FORMATS`; another word raises with the formats there are."""
    if to not in FORMATS:
        raise ChaingraphError(f"no format '{to}': one of {', '.join(FORMATS)}")
    try:
        if to == "graphml":
            _graphml(graph, out, chain)
        else:
            _tables(graph, to, out)
    except OSError as error:
        raise ChaingraphError(f"cannot write '{out}': {error.strerror or error}. Choose another place with -o.") from error


def _tables(graph: ChainGraph, to: str, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name in SPECS:
        path = out / f"{name}.{to}"
        draft = path.with_name(f".{path.name}.new")
        if to == "parquet":
            graph.tables[name].to_parquet(draft, index=False)
        else:
            frame = graph.tables[name].copy()
            for column in frame.columns[frame.dtypes == "str"]:
                risky = frame[column].str.startswith(_FORMULA_STARTS, na=False)
                frame.loc[risky, column] = "'" + frame.loc[risky, column]
            frame.to_csv(draft, index=False, encoding="utf-8-sig", date_format="%Y-%m-%d")
        draft.replace(path)


def _graphml(graph: ChainGraph, out: Path, chain: str | None) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.new")
    found = graph.to_networkx(chain)
    for _, _, link in found.edges(data=True):
        if math.isnan(link["strength"]):
            # GraphML has no word for not known: readers take the attribute's absence for it, and choke on "nan".
            del link["strength"]
    nx.write_graphml(found, draft)
    draft.replace(out)
