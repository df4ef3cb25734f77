"""Segments and supply links as GraphML, for programs that draw or count graphs."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx

from chaingraph.exchange.described import described
from chaingraph.exchange.format import Format, Scope
from chaingraph.exchange.placed import placed
from chaingraph.graph import ChainGraph
from chaingraph.phrases import Phrase

SPACE = "http://graphml.graphdrawing.org/xmlns"


def write(graph: ChainGraph, path: Path, scope: Scope) -> None:
    """Write the graph, every attribute in its type; what is not known is absent.

    The label, the place (`x` to the right, `y` down) and the colour of a segment are attributes too: many programs take them;
    so is its id, `segment_id`, for the format's own ids are `xml_id`s.
    """
    found = described(graph, scope)
    for segment, at in placed(graph, scope).items():
        label = found.nodes[segment]["name" if scope.lang == "zh" else "name_en"]
        found.nodes[segment].update(segment_id=segment, label=label, x=at.x, y=at.y, color=at.colours.fill)
    root = ET.fromstring("\n".join(nx.generate_graphml(nx.relabel_nodes(found, xml_id))))  # noqa: S314 (what networkx has just written)
    _as_flags(root)
    ET.register_namespace("", SPACE)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def xml_id(segment: str) -> str:
    """Return the id of a segment as the format's schema admits one (NMTOKEN): no id of ours has a colon.

    >>> xml_id("pump-motor/motor")
    'pump-motor:motor'
    """
    return segment.replace("/", ":")


def _as_flags(root: ET.Element) -> None:
    """Write flags as XML does: networkx writes them as Python does."""
    flags = {key.get("id") for key in root.iter(f"{{{SPACE}}}key") if key.get("attr.type") == "boolean"}
    for datum in root.iter(f"{{{SPACE}}}data"):
        if datum.get("key") in flags and datum.text:
            datum.text = datum.text.lower()


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
