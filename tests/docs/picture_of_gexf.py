"""Makes `docs/pictures/gexf.png`: what networkx reads of the GEXF file of one chain in one city, drawn with matplotlib.

Nothing in the picture comes from the project but the file: places, colours and words are what any reader of it finds.

make gallery
"""

from __future__ import annotations

import sys
import tempfile
from importlib.resources import files
from pathlib import Path

import matplotlib as mpl
import networkx as nx
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from chaingraph import build, exchange
from ingest import load

PROJECT = Path(__file__).resolve().parents[2]
PICTURE = PROJECT / "docs" / "pictures" / "gexf.png"


def picture(gexf: Path) -> Figure:
    """Draw a GEXF file as it says: every node at its place, in its colour, with its label."""
    graph = nx.read_gexf(gexf, version="1.3")
    look = {n: d["viz"] for n, d in graph.nodes(data=True)}
    places = {n: (v["position"]["x"], v["position"]["y"]) for n, v in look.items()}
    font = FontProperties(fname=str(files("cvttf_NotoSansCJK_Regular") / "NotoSansCJKtc-Regular.otf"), size=10)
    figure = Figure(figsize=(12, 4.6), dpi=100, layout="tight")
    axes = figure.subplots()
    axes.set_axis_off()
    nx.draw_networkx_edges(
        graph,
        places,
        ax=axes,
        style=["-" if d["essential"] else "--" for *_, d in graph.edges(data=True)],
        edge_color="#8A99A8",
        node_size=900,
    )
    nx.draw_networkx_nodes(
        graph, places, ax=axes, node_color=[_colour(v) for v in look.values()], edgecolors="#55636F", node_size=900
    )
    for node, (x, y) in places.items():
        axes.text(x, y - 30, graph.nodes[node]["label"], fontproperties=font, ha="center", va="top")
    axes.margins(0.09, 0.16)
    return figure


def _colour(viz: dict[str, dict[str, int]]) -> str:
    return "#{r:02X}{g:02X}{b:02X}".format(**viz["color"])


def main() -> None:
    """Write the file, read it, draw it."""
    mpl.use("agg")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pumps.gexf"
        exchange.write(build(load(PROJECT / "data")), "gexf", path, "泵与电机", "台州")
        picture(path).savefig(PICTURE)
    print(f"wrote {PICTURE.relative_to(PROJECT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
