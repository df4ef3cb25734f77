"""GraphML and GEXF: programs that draw and count graphs read back what is known, and open a picture that can be read."""

import math
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from pathlib import Path

import networkx as nx
import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph import diagnose, exchange
from chaingraph.drawing.marks import for_xml
from chaingraph.exchange.format import Scope
from chaingraph.exchange.gexf import SIZE
from chaingraph.exchange.graphml import xml_id
from chaingraph.exchange.placed import placed
from chaingraph.fields import FIELDS
from chaingraph.model import SegmentKind
from chaingraph.palette import PALETTES, STAGES


def read_graphml(path):
    """What networkx reads, every segment under its own id again."""
    found = nx.read_graphml(path)
    ids = dict(found.nodes(data="segment_id"))
    assert len(set(ids.values())) == len(ids), "no two segments have one id"
    return nx.relabel_nodes(found, ids)


READ = {"graphml": read_graphml, "gexf": lambda path: nx.read_gexf(path, version="1.3")}
ADDED = {"label", "x", "y", "color", "viz", "id", "presence", "segment_id"}


@pytest.fixture(scope="module")
def schemas():
    """The parts of both formats that we use, written down after their published grammars."""
    return {to: xmlschema.XMLSchema(Path(__file__).with_name(f"{to}.xsd")) for to in READ}


def known(attributes):
    """What is known of a segment or link, and the drawing left out."""
    return {k: v for k, v in attributes.items() if k not in ADDED and not (isinstance(v, float) and math.isnan(v))}


@pytest.mark.parametrize("to", READ)
@pytest.mark.parametrize("chain", [None, "pump-motor"])
def test_networkx_reads_back_what_it_would_be_given(graph, tmp_path, schemas, to, chain):
    exchange.write(graph, to, tmp_path / "g", chain)
    schemas[to].validate(tmp_path / "g")
    found, whole = READ[to](tmp_path / "g"), graph.to_networkx(chain)
    assert {n: known(d) for n, d in found.nodes(data=True)} == {n: known(d) for n, d in whole.nodes(data=True)}
    assert {(a, b): known(d) for a, b, d in found.edges(data=True)} == {(a, b): known(d) for a, b, d in whole.edges(data=True)}
    assert {n: d["label"] for n, d in found.nodes(data=True)} == {n: graph.segments[n].name_zh for n in whole}


@pytest.mark.parametrize("to", READ)
def test_a_strength_that_is_not_known_is_absent_and_a_strength_of_nought_is_not(small, tmp_path, to):
    exchange.write(small, to, tmp_path / "g")
    found = READ[to](tmp_path / "g")
    assert found.edges["p/iron", "p/part"]["strength"] == 0.25
    assert found.edges["q/seat", "p/whole"]["strength"] == 0.0
    assert "strength" not in found.edges["p/part", "p/whole"]
    assert "nan" not in (tmp_path / "g").read_text().lower()


@pytest.mark.parametrize("to", READ)
def test_one_chain_has_its_own_segments_only(small, tmp_path, to):
    exchange.write(small, to, tmp_path / "g", "p")
    assert set(READ[to](tmp_path / "g").nodes) == {"p/iron", "p/part", "p/whole"}


@pytest.mark.parametrize("to", READ)
def test_with_a_region_every_segment_that_is_produced_has_its_grade(graph, tmp_path, schemas, to):
    exchange.write(graph, to, tmp_path / "g", "pump-motor", "台州", "en")
    schemas[to].validate(tmp_path / "g")
    found = READ[to](tmp_path / "g")
    grades = {
        s.segment_id: s.presence.value for s in diagnose(graph, "台州", "pump-motor").segments if s.kind is not SegmentKind.MARKET
    }
    assert {n: d["presence"] for n, d in found.nodes(data=True) if "presence" in d} == grades
    assert len(set(grades.values())) > 1
    assert found.nodes["pump-motor/pump-metal"]["label"] == "Castings and stainless steel"


@given(*[st.from_regex(FIELDS["segment_id"].pattern, fullmatch=True)] * 2)
def test_the_schema_of_graphml_admits_every_id_and_no_two_become_one(schemas, a, b):
    token = schemas["graphml"].maps.types["{http://www.w3.org/2001/XMLSchema}NMTOKEN"]
    assert token.is_valid(xml_id(a))
    assert not token.is_valid(a)
    assert (xml_id(a) == xml_id(b)) == (a == b)


def test_flags_are_written_as_xml_writes_them(small, tmp_path):
    exchange.write(small, "graphml", tmp_path / "g")
    text = (tmp_path / "g").read_text()
    assert ">true<" in text
    assert "True" not in text


def test_what_gephi_opens_is_coloured_by_stage_or_grade(graph, tmp_path):
    exchange.write(graph, "gexf", tmp_path / "stages", "pump-motor")
    exchange.write(graph, "gexf", tmp_path / "grades", "pump-motor", "台州")
    fills = {}
    for name in ("stages", "grades"):
        found = READ["gexf"](tmp_path / name)
        fills[name] = {n: "#{r:02X}{g:02X}{b:02X}".format(**d["viz"]["color"]) for n, d in found.nodes(data=True)}
    assert fills["stages"] == {s.id: STAGES[s.stage].fill for s in graph.chain_segments("pump-motor")}
    market = PALETTES["light"].market.fill
    wanted = {s.segment_id: s.presence for s in diagnose(graph, "台州", "pump-motor").segments}
    markets = {s.id for s in graph.chain_segments("pump-motor") if s.kind is SegmentKind.MARKET}
    assert fills["grades"] == {n: market if n in markets else PALETTES["light"].grades[g].fill for n, g in wanted.items()}


def test_no_two_segments_overlap_and_suppliers_stand_left_of_their_customers(graph):
    at = placed(graph, Scope())
    assert set(at) == set(graph.segments)
    near = [(a, b) for a, b in combinations(at.values(), 2) if math.dist((a.x, a.y), (b.x, b.y)) < SIZE * 1.2]
    assert not near
    ahead = [k for k in graph.links if not k.is_recycling]
    assert [(k.supplier_id, k.customer_id) for k in ahead if at[k.supplier_id].x > at[k.customer_id].x] == []


def test_chains_stand_apart_in_about_a_square_and_are_read_like_a_text(graph):
    at = placed(graph, Scope())
    frames = {chain: [] for chain in graph.chains}
    for segment, p in at.items():
        frames[segment.split("/")[0]].append((p.x, p.y))
    boxes = [(min(x for x, _ in f), max(x for x, _ in f), min(y for _, y in f), max(y for _, y in f)) for f in frames.values()]
    across = math.ceil(math.sqrt(len(boxes)))
    rows = [boxes[first : first + across] for first in range(0, len(boxes), across)]
    assert (len(boxes), across, len(rows)) == (50, 8, 7)
    for row in rows:
        assert all(left[1] < right[0] for left, right in pairwise(row))
    for above, below in pairwise(rows):
        assert max(bottom for *_, bottom in above) < min(top for _, _, top, _ in below)


def test_gephi_draws_upwards(graph, tmp_path):
    exchange.write(graph, "gexf", tmp_path / "g", "pump-motor")
    at, found = placed(graph, Scope("pump-motor")), READ["gexf"](tmp_path / "g")
    drawn = {n: (v["position"]["x"], v["position"]["y"]) for n, v in found.nodes(data="viz")}
    assert drawn == {s: (p.x, -p.y) for s, p in at.items()}
    assert min(y for _, y in drawn.values()) < max(y for _, y in drawn.values()) <= 0


@pytest.mark.parametrize("to", READ)
def test_awkward_names_come_back(awkward, tmp_path, schemas, to):
    exchange.write(awkward, to, tmp_path / "g")
    schemas[to].validate(tmp_path / "g")
    found = READ[to](tmp_path / "g")
    assert {n: d["name"] for n, d in found.nodes(data=True)} == {s.id: for_xml(s.name_zh) for s in awkward.segments.values()}


@settings(max_examples=15)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30), min_size=1, max_size=9))
def test_any_name_comes_back_but_for_what_xml_cannot_hold(tmp_path_factory, of_names, names):
    graph, folder = of_names(names), tmp_path_factory.mktemp("g")
    for to, read in READ.items():
        exchange.write(graph, to, folder / to)
        found = read(folder / to)
        # XML reads a carriage return between tags as the end of a line; GEXF keeps values in attributes, where it is written as a number.
        wanted = {s.id: for_xml(s.name_zh) for s in graph.segments.values()}
        assert {n: _lines(d["name"]) for n, d in found.nodes(data=True)} == {n: _lines(name) for n, name in wanted.items()}


def _lines(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_a_graph_of_nothing_is_a_graph(of_names, tmp_path):
    from chaingraph import Tables, build

    for to, read in READ.items():
        exchange.write(build(Tables.of({})), to, tmp_path / to)
        assert len(read(tmp_path / to)) == 0
        assert ET.parse(tmp_path / to)
