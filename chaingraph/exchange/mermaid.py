"""One chain as a Mermaid flowchart, for a document in Markdown."""

from __future__ import annotations

import re
from pathlib import Path

from chaingraph.exchange.described import grades, members, one_line
from chaingraph.exchange.format import Format, Scope
from chaingraph.exchange.placed import colours
from chaingraph.graph import ChainGraph, SupplyLink
from chaingraph.labels import label
from chaingraph.model import SegmentKind, Stage
from chaingraph.phrases import Phrase, said

_BOXES = {SegmentKind.MAKING: '["{}"]', SegmentKind.SERVICE: '("{}")', SegmentKind.MARKET: '(["{}"])'}
_SPECIAL = re.compile(r"""["#&<>`\\;$]|^[-+*]|(?<=^\d)\.""")
ONE_OF = Phrase("任选其一", "one of these")
RETURNS = Phrase("回收", "returns")


def write(graph: ChainGraph, path: Path, scope: Scope) -> None:
    """Write the flowchart: a subgraph per stage, links that are not essential dotted, colours as in our pictures."""
    found, look, lang = grades(graph, scope), colours(graph, scope), scope.lang
    segments = members(graph, str(scope.chain))
    kind = {s.id: found[s.id].value if s.id in found else "market" if scope.region else s.stage.value for s in segments}
    lines = [f"%% {escaped(said(graph.chains[str(scope.chain)], lang))} · {graph.version}", "flowchart LR"]
    for stage in Stage:
        standing = [s for s in segments if s.stage is stage]
        if standing:
            lines.append(f'  subgraph {stage.value}["{label(stage, lang)}"]')
            for s in standing:
                grade = f"<br/>{label(found[s.id], lang)}" if s.id in found else ""
                box = _BOXES[s.kind].format(f"{escaped(said(s.name, lang))}{grade}")
                lines.append(f"    {name(s.id)}{box}:::{kind[s.id]}")
            lines.append("  end")
    lines += [
        f"  {name(k.supplier_id)} {'-->' if k.is_essential else '-.->'}{_words(k, lang)} {name(k.customer_id)}"
        for s in segments
        for k in graph.inputs(s.id)
        if k.supplier_id in kind
    ]
    shown = {kind[s]: look[s] for s in kind}
    lines += [f"  classDef {k} fill:{g.fill},stroke:{g.line},color:{g.ink}" for k, g in sorted(shown.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def name(segment_id: str) -> str:
    """Return what a segment is called within the chart: no word of Mermaid, and one for each.

    >>> name("pump-motor/end-user")
    's_end_user'
    """
    return "s_" + segment_id.partition("/")[2].replace("-", "_")


def escaped(text: str) -> str:
    """Return a text with every character that Mermaid, Markdown or HTML reads as more than itself written as its number.

    >>> escaped('3 < "4"')
    '3 #60; #34;4#34;'
    """
    return _SPECIAL.sub(lambda m: f"#{ord(m[0])};", one_line(text))


def _words(link: SupplyLink, lang: str) -> str:
    words = RETURNS if link.is_recycling else ONE_OF if link.substitute_group else ""
    return f'|"{said(words, lang)}"|' if words else ""


FORMAT = Format(
    "mermaid",
    Phrase("一条链的 Mermaid 流程图，供 Markdown 文档使用", "one chain as a flowchart in Markdown documents"),
    ".mmd",
    write,
    of_one_chain=True,
    shows_region=True,
)
