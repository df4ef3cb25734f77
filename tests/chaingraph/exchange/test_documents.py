"""Mermaid and DOT: Graphviz itself draws what we write; Mermaid's grammar is read by a strict parser of the part we use."""

import re
import subprocess
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph import diagnose, exchange
from chaingraph.exchange.described import one_line
from chaingraph.labels import label
from chaingraph.model import SegmentKind
from chaingraph.palette import PALETTES

SVG = "{http://www.w3.org/2000/svg}"


# --- Mermaid ----------------------------------------------------------------------------------------------------------

WORD = r"[A-Za-z][A-Za-z0-9_]*"
# Within quotes: no quote, no markup but a line break, and # only as the beginning of a number that ends in a semicolon.
TEXT = r'(?:[^"<>#;&`]|#\d+;|<br/>)*'
LINES = {
    "comment": r"%% (?P<text>.*)",
    "head": r"flowchart LR",
    "open": rf'subgraph (?P<id>{WORD})\["(?P<text>{TEXT})"\]',
    "close": r"end",
    "box": rf'(?P<id>{WORD})(?:\["(?P<a>{TEXT})"\]|\("(?P<b>{TEXT})"\)|\(\["(?P<c>{TEXT})"\]\)):::(?P<kind>{WORD})',
    "link": rf'(?P<from>{WORD}) (?P<line>-->|-\.->)(?:\|"(?P<text>{TEXT})"\|)? (?P<to>{WORD})',
    "look": rf"classDef (?P<id>{WORD}) fill:#[0-9A-F]{{6}},stroke:#[0-9A-F]{{6}},color:#[0-9A-F]{{6}}",
}
RESERVED = {"end", "graph", "subgraph", "flowchart", "class", "click", "style", "default", "linkStyle", "direction"}


def shown(text):
    """What a reader sees of a label: numbers as their characters."""
    return re.sub(r"#(\d+);", lambda m: chr(int(m[1])), text.replace("<br/>", "\n"))


def flowchart(text):
    """Read a flowchart, or fail at the line that is none: boxes by id (words, class, stage), links, classes."""
    boxes, links, classes, stage = {}, [], set(), None
    lines = text.splitlines()
    assert lines[1] == "flowchart LR"
    for line in lines:
        kind, found = next(((k, m) for k, pattern in LINES.items() if (m := re.fullmatch(pattern, line.strip()))), (None, None))
        assert kind, f"not Mermaid: {line!r}"
        if kind == "open":
            assert stage is None
            stage = found["id"]
        elif kind == "close":
            assert stage
            stage = None
        elif kind == "box":
            assert stage
            assert found["id"] not in boxes
            assert found["id"] not in RESERVED
            boxes[found["id"]] = (shown(found["a"] or found["b"] or found["c"] or ""), found["kind"], stage)
        elif kind == "link":
            links.append((found["from"], found["to"], found["line"], found["text"]))
        elif kind == "look":
            classes.add(found["id"])
    assert stage is None
    assert {end for link in links for end in link[:2]} <= set(boxes)
    assert {kind for _, kind, _ in boxes.values()} == classes
    return boxes, links


def written(graph, to, path, *more):
    exchange.write(graph, to, path, *more)
    return path.read_text(encoding="utf-8")


def slug(segment_id):
    return "s_" + segment_id.split("/")[1].replace("-", "_")


def test_a_flowchart_has_every_segment_in_its_stage_and_every_link(graph, tmp_path):
    for chain in graph.chains:
        boxes, links = flowchart(written(graph, "mermaid", tmp_path / "c.mmd", chain))
        segments = graph.chain_segments(chain)
        assert boxes == {slug(s.id): (s.name_zh, s.stage.value, s.stage.value) for s in segments}
        wanted = {
            (slug(k.supplier_id), slug(k.customer_id), "-->" if k.is_essential else "-.->")
            for s in segments
            for k in graph.inputs(s.id)
        }
        assert {link[:3] for link in links} == wanted
        assert len(links) == len(wanted)


def test_a_flowchart_of_a_region_says_the_grade_in_words_too(graph, tmp_path):
    boxes, _ = flowchart(written(graph, "mermaid", tmp_path / "c.mmd", "pump-motor", "台州", "en"))
    for s in diagnose(graph, "台州", "pump-motor").segments:
        words, kind, _ = boxes[slug(s.segment_id)]
        if s.kind is SegmentKind.MARKET:
            assert (words, kind) == (s.name_en, "market")
        else:
            assert (words, kind) == (f"{s.name_en}\n{label(s.presence, 'en')}", s.presence.value)


def test_awkward_names_stand_in_a_flowchart_as_they_are_read(awkward, tmp_path):
    boxes, links = flowchart(written(awkward, "mermaid", tmp_path / "c.mmd", "c"))
    assert {i: words for i, (words, *_) in boxes.items()} == {slug(s.id): one_line(s.name_zh) for s in awkward.segments.values()}
    assert ("s_end_1", "s_end_4", "-->", "任选其一") in links
    assert ("s_end_8", "s_end_0", "-.->", "回收") in links


# --- DOT --------------------------------------------------------------------------------------------------------------


def drawn(path):
    """Let Graphviz draw a file: lines of text by node, ends of the edges. Any complaint of Graphviz fails."""
    done = subprocess.run(["dot", "-Tsvg", str(path)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    root = ET.fromstring(done.stdout)
    nodes, edges, fills = {}, set(), {}
    for g in root.iter(f"{SVG}g"):
        title = g.findtext(f"{SVG}title")
        if g.get("class") == "node":
            nodes[title] = "\n".join("".join(t.itertext()).replace("\xa0", " ") for t in g.iter(f"{SVG}text"))
            fills[title] = next(e.get("fill") for e in g.iter() if e.tag in (f"{SVG}path", f"{SVG}ellipse", f"{SVG}polygon"))
        elif g.get("class") == "edge":
            edges.add(tuple(title.split("->")))
    return nodes, edges, fills


def test_graphviz_draws_every_segment_and_link_of_a_chain(graph, tmp_path):
    exchange.write(graph, "dot", tmp_path / "c.gv", "pump-motor")
    nodes, edges, _ = drawn(tmp_path / "c.gv")
    segments = graph.chain_segments("pump-motor")
    assert nodes == {s.id: s.name_zh for s in segments}
    assert edges == {(k.supplier_id, k.customer_id) for s in segments for k in graph.inputs(s.id)}


def test_graphviz_draws_a_region_in_the_colours_of_its_grades(graph, tmp_path):
    exchange.write(graph, "dot", tmp_path / "c.gv", "pump-motor", "台州")
    nodes, _, fills = drawn(tmp_path / "c.gv")
    for s in diagnose(graph, "台州", "pump-motor").segments:
        if s.kind is not SegmentKind.MARKET:
            assert nodes[s.segment_id] == f"{s.name_zh}\n{label(s.presence)}"
            assert fills[s.segment_id].upper() == PALETTES["light"].grades[s.presence].fill.upper()


def test_graphviz_shows_awkward_names_as_they_are(awkward, tmp_path):
    exchange.write(awkward, "dot", tmp_path / "c.gv", "c")
    nodes, edges, _ = drawn(tmp_path / "c.gv")
    assert nodes == {s.id: one_line(s.name_zh) for s in awkward.segments.values()}
    assert len(edges) == 5


@settings(max_examples=15)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30), min_size=1, max_size=9))
def test_any_name_can_stand_in_a_document(tmp_path_factory, of_names, names):
    graph, folder = of_names(names), tmp_path_factory.mktemp("documents")
    wanted = {s.id: one_line(s.name_zh) for s in graph.segments.values()}
    boxes, _ = flowchart(written(graph, "mermaid", folder / "c.mmd", "c"))
    assert {i: words for i, (words, *_) in boxes.items()} == {slug(s): name for s, name in wanted.items()}
    exchange.write(graph, "dot", folder / "c.gv", "c")
    nodes, _, _ = drawn(folder / "c.gv")
    assert nodes == {s: name.replace("\xa0", " ") for s, name in wanted.items()}


def test_the_two_graphs_know_which_chain_and_data_they_show(graph, tmp_path):
    for to in ("mermaid", "dot"):
        text = written(graph, to, tmp_path / to, "pump-motor")
        assert "泵与电机" in text
        assert graph.version in text


@pytest.mark.parametrize("to", ["mermaid", "dot"])
def test_a_link_from_another_chain_has_no_place(small, tmp_path, to):
    assert "seat" not in written(small, to, tmp_path / "c", "p")
