"""Segments and supply links as GEXF 1.3, laid out and coloured: what Gephi opens as a readable picture."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx

from chaingraph.drawing.marks import RECYCLING
from chaingraph.exchange.described import described
from chaingraph.exchange.format import Format, Scope
from chaingraph.exchange.placed import placed
from chaingraph.graph import ChainGraph
from chaingraph.model import SegmentKind
from chaingraph.palette import PALETTES
from chaingraph.phrases import Phrase

SPACE = "http://gexf.net/1.3"
VIZ = f"{SPACE}/viz"
SIZE = 40.0
SHAPES = {SegmentKind.MAKING: "disc", SegmentKind.SERVICE: "square", SegmentKind.MARKET: "diamond"}


def write(graph: ChainGraph, path: Path, scope: Scope) -> None:
    """Write the graph, every attribute in its type; what is not known is absent.

    Gephi draws upwards, so `y` runs the other way than in our pictures. Links that are not essential are paler.
    """
    found, palette = described(graph, scope), PALETTES["light"]
    for segment, at in placed(graph, scope).items():
        known = found.nodes[segment]
        look = {"color": _rgb(at.colours.fill), "position": {"x": at.x, "y": -at.y, "z": 0.0}, "size": SIZE}
        known["label"] = known["name" if scope.lang == "zh" else "name_en"]
        known["viz"] = {**look, "shape": SHAPES[graph.segments[segment].kind]}
    for _, _, link in found.edges(data=True):
        colour = RECYCLING["light"] if link["recycling"] else palette.link if link.get("essential") else palette.rule
        link["viz"] = {"color": _rgb(colour), "thickness": 2.0 if link.get("essential") else 1.0}
    root = ET.fromstring("\n".join(nx.generate_gexf(found, version="1.3")))  # noqa: S314 (what networkx has just written)
    _tidied(root, graph.version)
    ET.register_namespace("", SPACE)
    ET.register_namespace("viz", VIZ)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _tidied(root: ET.Element, version: str) -> None:
    """Take out what the format does not know, and the day: the same graph gives the same file."""
    root.attrib = {"version": "1.3"}
    meta, graph = root.find(f"{{{SPACE}}}meta"), root.find(f"{{{SPACE}}}graph")
    if meta is not None:
        meta.attrib.clear()
        meta[:] = [ET.Element(f"{{{SPACE}}}{tag}") for tag in ("creator", "description")]
        meta[0].text, meta[1].text = "chaingraph", f"data version {version}"
    if graph is not None:
        graph.attrib.pop("name", None)


def _rgb(colour: str) -> dict[str, int]:
    return {channel: int(colour[i : i + 2], 16) for channel, i in (("r", 1), ("g", 3), ("b", 5))}


FORMAT = Format(
    "gexf",
    Phrase("环节与供需关系，带位置和颜色，供 Gephi 使用", "segments and supply links with places and colours, for Gephi"),
    ".gexf",
    write,
    shows_region=True,
)
