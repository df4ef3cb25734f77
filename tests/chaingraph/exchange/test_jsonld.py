"""JSON-LD: an independent processor, cut off from the network, finds one triple for every fact of the tables."""

import json
from collections import Counter

import pytest
from pyld import jsonld

from chaingraph import diagnose, exchange
from chaingraph.exchange.excerpt import excerpt
from chaingraph.exchange.jsonld import CLASSES
from chaingraph.model import SegmentKind
from chaingraph.tables import SPECS

XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
TERM = "urn:chaingraph:term:"


def alone(url, *_, **__):
    raise AssertionError(f"asks for {url}")


def triples(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    found = jsonld.to_rdf(document, {"documentLoader": alone})
    assert set(found) == {"@default"}
    return [(t["subject"]["value"], t["predicate"]["value"], t["object"]) for t in found["@default"]]


def facts(tables):
    """How many facts the tables state: that a row is there, and every cell that is known."""
    return sum(len(tables[name]) + int(tables[name].notna().sum().sum()) for name in CLASSES)


@pytest.fixture(scope="module")
def pumps(graph, tmp_path_factory):
    path = tmp_path_factory.mktemp("jsonld") / "pumps.jsonld"
    exchange.write(graph, "jsonld", path, "泵与电机", "台州")
    return triples(path)


def test_there_is_one_triple_for_every_fact(pumps, graph):
    produced = [s for s in diagnose(graph, "台州", "pump-motor").segments if s.kind is not SegmentKind.MARKET]
    about_the_version, of_a_grade = 2, 4
    assert len(pumps) == facts(excerpt(graph.tables, "pump-motor")) + of_a_grade * len(produced) + about_the_version


def test_rows_are_things_of_their_class(pumps, graph):
    kinds = Counter(o["value"] for _, p, o in pumps if p == TYPE)
    rows = excerpt(graph.tables, "pump-motor").counts()
    assert kinds[f"{TERM}SupplyLink"] == rows["supply_links"]
    assert kinds["https://schema.org/Organization"] == rows["companies"]
    assert kinds[f"{TERM}Activity"] == rows["activities"]


def test_columns_keep_value_type_and_language(pumps, graph):
    about = {}
    for s, p, o in pumps:
        about.setdefault(s, {}).setdefault(p, []).append(o)
    segment = about["urn:chaingraph:segments:pump-motor/pump-metal"]
    assert {(o["language"], o["value"]) for o in segment["https://schema.org/name"]} == {
        ("zh", "铸件与不锈钢"),
        ("en", "Castings and stainless steel"),
    }
    assert segment[f"{TERM}is_location_bound"] == [{"type": "literal", "value": "false", "datatype": f"{XSD}boolean"}]
    assert [o["value"] for o in segment[f"{TERM}chain_id"]] == ["urn:chaingraph:chains:pump-motor"]
    assert segment[f"{TERM}chain_id"][0]["type"] == "IRI"
    rows = graph.tables["supply_links"].set_index(["supplier_id", "customer_id"])
    for s, known in about.items():
        if s.startswith("urn:chaingraph:supply_links:"):
            row = rows.loc[tuple(s.removeprefix("urn:chaingraph:supply_links:").split(":"))]
            assert float(known[f"{TERM}strength"][0]["value"]) == pytest.approx(row["strength"], rel=1e-14)
    company = about["urn:chaingraph:companies:A-002122"]
    assert company["https://schema.org/foundingDate"][0]["datatype"] == f"{XSD}date"
    assert company[f"{TERM}stock_code"][0]["value"] == "002122"


def test_every_thing_that_is_referred_to_is_there(pumps):
    things = {s for s, p, _ in pumps if p == TYPE}
    assert {o["value"] for _, p, o in pumps if o["type"] == "IRI" and p != TYPE} <= things


def test_the_whole_graph_states_every_fact_once(graph, tmp_path):
    exchange.write(graph, "jsonld", tmp_path / "g.jsonld")
    document = json.loads((tmp_path / "g.jsonld").read_text(), parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    things = document["@graph"]
    assert len({t["@id"] for t in things}) == len(things)
    assert sum(len(t) - 1 for t in things) == facts(graph.tables) + 2
    unknown = {word for t in things for word in t if not word.startswith("@")} - set(document["@context"])
    assert not unknown


def test_awkward_names_numbers_and_keys_come_back(small, awkward, tmp_path):
    for n, graph in enumerate((small, awkward)):
        exchange.write(graph, "jsonld", tmp_path / f"{n}")
        found = triples(tmp_path / f"{n}")
        assert len(found) == facts(graph.tables) + 2
        names = Counter(o["value"] for _, p, o in found if p == "https://schema.org/name" and o.get("language") == "zh")
        wanted = Counter(
            name for table in CLASSES if "name_zh" in SPECS[table].columns for name in graph.tables[table]["name_zh"].dropna()
        )
        assert names == wanted
