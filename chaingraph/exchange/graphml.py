"""Segments and supply links as GraphML, for programs that draw or count graphs."""

from __future__ import annotations

from pathlib import Path

import networkx as nx

from chaingraph.exchange.described import described
from chaingraph.exchange.format import Format, Scope
from chaingraph.exchange.placed import placed
from chaingraph.graph import ChainGraph
from chaingraph.phrases import Phrase


def write(graph: ChainGraph, path: Path, scope: Scope) -> None:
    """Write the graph, every attribute in its type; what is not known is absent.

    The label, the place (`x` to the right, `y` down) and the colour of a segment are attributes too: many programs take them.
    """
    found = described(graph, scope)
    for segment, at in placed(graph, scope).items():
        label = found.nodes[segment]["name" if scope.lang == "zh" else "name_en"]
        found.nodes[segment].update(label=label, x=at.x, y=at.y, color=at.colours.fill)
    nx.write_graphml(found, path)


FORMAT = Format(
    "graphml",
    Phrase(
        "环节与供需关系，属性带类型，供 yEd、Cytoscape、igraph 等使用",
        "segments and supply links, typed, for yEd, Cytoscape, igraph and others",
    ),
    ".graphml",
    write,
    shows_region=True,
)
