"""One chain in DOT, the language of Graphviz."""

from __future__ import annotations

from pathlib import Path

from chaingraph.drawing.marks import RECYCLING
from chaingraph.exchange.described import grades, members, one_line
from chaingraph.exchange.format import Format, Scope
from chaingraph.exchange.mermaid import ONE_OF
from chaingraph.exchange.placed import colours
from chaingraph.graph import ChainGraph, SupplyLink
from chaingraph.labels import label
from chaingraph.model import SegmentKind, Stage
from chaingraph.palette import FONT, PALETTES
from chaingraph.phrases import Phrase, said

_SHAPES = {
    SegmentKind.MAKING: 'style="filled,rounded"',
    SegmentKind.SERVICE: 'style="filled,dashed"',
    SegmentKind.MARKET: "shape=oval",
}


def write(graph: ChainGraph, path: Path, scope: Scope) -> None:
    """Write the graph: a cluster per stage, links that are not essential dashed, colours as in our pictures.

    Nodes are called by their segment id.
    """
    found, look, lang, palette = grades(graph, scope), colours(graph, scope), scope.lang, PALETTES["light"]
    segments = members(graph, str(scope.chain))
    font = f"fontname={quoted(FONT.split(',')[0].strip(chr(39)))}"
    title = said(graph.chains[str(scope.chain)], lang)
    lines = [
        f"digraph {quoted(str(scope.chain))} {{",
        f"  graph [rankdir=LR, label={quoted(title)}, labelloc=t, {font}, comment={quoted(graph.version)}];",
        f"  node [shape=box, style=filled, {font}];",
        f"  edge [color={quoted(palette.link)}, {font}, fontsize=10];",
    ]
    for stage in Stage:
        standing = [s for s in segments if s.stage is stage]
        if standing:
            lines.append(f"  subgraph cluster_{stage.value} {{")
            lines.append(f"    label={quoted(label(stage, lang))}; color={quoted(palette.rule)};")
            for s in standing:
                words = [said(s.name, lang), *([label(found[s.id], lang)] if s.id in found else [])]
                c = look[s.id]
                lines.append(
                    f"    {quoted(s.id)} [label={quoted(*words)}, {_SHAPES[s.kind]}, fillcolor={quoted(c.fill)}, "
                    f"color={quoted(c.line)}, fontcolor={quoted(c.ink)}, tooltip={quoted('；'.join(s.products))}];"
                )
            lines.append("  }")
    inside = {s.id for s in segments}
    lines += [
        f"  {quoted(k.supplier_id)} -> {quoted(k.customer_id)}{_link(k, lang)};"
        for s in segments
        for k in graph.inputs(s.id)
        if k.supplier_id in inside
    ]
    path.write_text("\n".join([*lines, "}"]) + "\n", encoding="utf-8")


def quoted(*lines: str) -> str:
    r"""Return text as DOT takes it, one or several lines; Graphviz reads ``&`` as an entity's beginning, a backslash as an escape's.

    >>> print(quoted('5" & \\N', "two"))
    "5\" &amp; \\N\ntwo"
    """
    texts = (one_line(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for text in lines)
    return '"' + "\\n".join(texts) + '"'


def _link(link: SupplyLink, lang: str) -> str:
    found = [
        *(["style=dashed"] if not link.is_essential else []),
        *([f"color={quoted(RECYCLING['light'])}", "constraint=false"] if link.is_recycling else []),
        *([f"label={quoted(said(ONE_OF, lang))}"] if link.substitute_group else []),
    ]
    return f" [{', '.join(found)}]" if found else ""


FORMAT = Format(
    "dot",
    Phrase("一条链的 DOT 图，供 Graphviz 使用", "one chain in the language of Graphviz"),
    ".gv",
    write,
    of_one_chain=True,
    shows_region=True,
)
