import dataclasses
import math
from itertools import chain as joined
from itertools import combinations

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from planted_world import World, even_world

from chaingraph import ChaingraphError, UnknownNameError
from chaingraph.graph import SupplyLink, topological
from chaingraph.model import RegionLevel, SegmentKind, Stage


def short(ids):
    return {s.split("/")[1] for s in ids}


def long(names):
    return {f"c/{n}" for n in names}


def subsets(items):
    items = sorted(items)
    return [frozenset(c) for c in joined.from_iterable(combinations(items, n) for n in range(len(items) + 1))]


def a_pump_chain() -> World:
    """ore (bound) → casting ⎫ one is enough → whole ← motor ← wire; whole → users (a market) → scrap → casting (recycling)."""
    world = World()
    world.segment("ore", stage="upstream", bound=True).segment("casting", stage="upstream").segment("forging", stage="upstream")
    world.segment("wire", stage="upstream").segment("motor").segment("paint").segment("whole", stage="downstream")
    world.segment("users", stage="downstream", kind="market").segment("scrap", stage="downstream", kind="service")
    world.link("ore", "casting").link("casting", "whole", group="body").link("forging", "whole", group="body")
    world.link("wire", "motor").link("motor", "whole").link("paint", "whole", essential=False)
    world.link("whole", "users", essential=False).link("users", "scrap").link("scrap", "casting", essential=False, recycling=True)
    return world


# --- what there is ---------------------------------------------------------------------------------------------------


def test_segments_carry_what_the_tables_say_and_the_share_of_their_sector_unless_they_have_one():
    world = World().segment("a", sector_share=0.4, products="甲；乙").segment("b", domestic_share=0.2, sector_share=0.4)
    graph = world.link("a", "b").graph()
    a, b = graph.segments["c/a"], graph.segments["c/b"]
    assert (a.stage, a.kind, a.products, a.domestic_share) == (Stage.MIDSTREAM, SegmentKind.MAKING, ("甲", "乙"), 0.4)
    assert b.domestic_share == 0.2
    assert graph.links[0].supplier_id == "c/a"
    assert graph.links[0].substitute_group == ""


def test_the_segments_of_a_chain_come_upstream_first_and_suppliers_before_customers():
    graph = a_pump_chain().graph()
    order = [s.id.split("/")[1] for s in graph.chain_segments("c")]
    stages = [graph.segments[f"c/{s}"].stage for s in order]
    assert stages == sorted(stages, key=list(Stage).index)
    assert order.index("ore") < order.index("casting")
    assert order.index("whole") < order.index("users") < order.index("scrap")
    assert {s.id for s in graph.chain_segments("c")} - {s.id for s in graph.chain_segments("c", producing=True)} == {"c/users"}


def test_the_segments_of_another_chain_stay_out():
    graph = even_world("a", "b").chain("x", "y", chain="d").graph()
    assert [s.id for s in graph.chain_segments("d")] == ["d/x", "d/y"]
    assert graph.producible("c", ["c/a", "c/b", "d/x"]) == long("ab")


def test_downstream_reaches_through_others_but_not_through_recycling():
    graph = a_pump_chain().graph()
    assert short(graph.downstream("c/ore")) == {"casting", "whole", "users", "scrap"}
    assert short(graph.downstream("c/scrap")) == set()


# --- the AND/OR graph ------------------------------------------------------------------------------------------------


def test_every_essential_input_is_needed_and_of_substitutes_one_is_enough():
    graph = a_pump_chain().graph()
    assert sorted(map(len, graph.input_groups("c/whole"))) == [1, 2]
    assert short(graph.producible("c", long(["forging", "motor", "wire", "whole"]))) == {"forging", "motor", "wire", "whole"}
    assert short(graph.producible("c", long(["forging", "casting", "motor", "whole"]))) == {"forging", "casting"}
    assert short(graph.producible("c", long(["wire", "motor", "whole"]))) == {"wire", "motor"}


def test_what_is_bound_to_a_place_is_secured_elsewhere_and_what_users_return_is_there():
    graph = a_pump_chain().graph()
    assert short(graph.producible("c", long(["casting"]))) == {"casting"}  # without ore
    assert short(graph.producible("c", long(["scrap"]))) == {"scrap"}  # the users are a market
    assert "c/ore" not in graph.producible("c", long(["casting"]))


def test_what_is_bound_is_secured_elsewhere_with_all_its_inputs():
    graph = (
        World().segment("steel").segment("yard", bound=True).segment("ship").link("steel", "yard").link("yard", "ship").graph()
    )
    assert short(graph.producible("c", long(["ship"]))) == {"ship"}
    assert short(graph.producible("c", long(["ship", "yard"]))) == {"ship"}  # the yard here lacks its steel
    assert short(graph.producible("c", long(["ship", "yard", "steel"]))) == {"ship", "yard", "steel"}
    assert graph.needs("c")["c/ship"] == (frozenset(("c/ship",)),)


def test_needs_list_one_way_for_every_choice_among_substitutes():
    needs = a_pump_chain().graph().needs("c")
    assert {frozenset(short(w)) for w in needs["c/whole"]} == {
        frozenset(("whole", "motor", "wire", "forging")),
        frozenset(("whole", "motor", "wire", "casting")),
    }
    assert needs["c/scrap"] == (frozenset(("c/scrap",)),)
    assert "c/users" not in needs


@st.composite
def and_or_graphs(draw):
    """Draw a graph of up to six segments, links from earlier to later ones, some substitutes, bound segments and markets."""
    size = draw(st.integers(2, 6))
    world = World()
    for n in range(size):
        world.segment(
            f"s{n}", kind=draw(st.sampled_from(["making"] * 5 + ["market"])), bound=draw(st.sampled_from([False] * 4 + [True]))
        )
    for i, j in combinations(range(size), 2):
        how = draw(st.sampled_from(["none", "none", "alone", "g1", "g2", "optional", "back"]))
        if how == "back":
            world.link(f"s{j}", f"s{i}", essential=draw(st.booleans()), recycling=True)
        elif how != "none":
            world.link(f"s{i}", f"s{j}", essential=how != "optional", group=how if how.startswith("g") else "")
    return world.graph()


@settings(max_examples=60, deadline=None)
@given(and_or_graphs())
def test_producible_and_needs_agree_with_brute_force(graph):
    everything = [s.id for s in graph.chain_segments("c")]
    secured = {s.id for s in graph.chain_segments("c") if s.is_location_bound or s.kind is SegmentKind.MARKET}

    def holds(part):
        """Every member's inputs are in the part or secured, read from the links alone."""
        for s in part:
            wanted = [k for k in graph.links if k.customer_id == s and k.is_essential and not k.is_recycling]
            for k in wanted:
                instead = {
                    o.supplier_id for o in wanted if o is k or (k.substitute_group and o.substitute_group == k.substitute_group)
                }
                if not instead & (part | secured):
                    return False
        return True

    consistent = [part for part in subsets(everything) if holds(part)]
    ways: dict[str, set[frozenset[str]]] = {}
    for have in subsets(everything):
        assert graph.producible("c", have) == frozenset().union(*(p for p in consistent if p <= have))
    for s in everything:
        enough = [p for p in subsets(everything) if s in graph.producible("c", p)]
        ways[s] = {p for p in enough if not any(q < p for q in enough)}
    assert {s: set(w) for s, w in graph.needs("c").items()} == {
        s: w for s, w in ways.items() if graph.segments[s].kind is not SegmentKind.MARKET
    }


@settings(max_examples=60, deadline=None)
@given(and_or_graphs(), st.data())
def test_more_available_never_makes_less_producible(graph, data):
    everything = sorted(graph.segments)
    have, more = (set(data.draw(st.sets(st.sampled_from(everything)))) for _ in range(2))
    made = graph.producible("c", have)
    assert made <= have
    assert made <= graph.producible("c", have | more)
    assert graph.producible("c", made) == made


@settings(max_examples=60, deadline=None)
@given(and_or_graphs())
def test_order_and_reach_agree_with_networkx(graph):
    forward = nx.DiGraph((k.supplier_id, k.customer_id) for k in graph.links if not k.is_recycling)
    forward.add_nodes_from(graph.segments)
    order = topological(graph.links, graph.segments)
    assert sorted(order) == sorted(graph.segments)
    assert all(order.index(a) < order.index(b) for a, b in forward.edges)
    assert all(graph.downstream(s) == nx.descendants(forward, s) for s in graph.segments)


def test_a_loop_that_is_not_recycling_is_kept_together_and_none_of_it_is_producible():
    links = [SupplyLink(a, b, True, "", False, 0.1) for a, b in (("a", "b"), ("b", "a"), ("b", "c"))]
    assert topological(links, "cab") == ["a", "b", "c"]
    graph = World().chain("a", "b", "d").link("b", "a").graph()
    assert graph.producible("c", long("abd")) == frozenset()


# --- what if, and other graphs ---------------------------------------------------------------------------------------


def test_a_landing_is_in_the_new_graph_and_leaves_the_old_one_as_it_was():
    graph = even_world("ore", "pump").firm(1, "340100", "pump", "ore").graph()
    before = (graph.landings, graph.places.counts.copy(), graph.places.exposure[0].copy())
    after = graph.with_landing("C-0001", "甲市", "pump")
    assert (after.places.counts - graph.places.counts).sum() == 1
    assert after.places.counts[after.places.cities.index("330100"), 1] == before[1][graph.places.cities.index("330100"), 1] + 1
    assert graph.landings == before[0] == ()
    assert (graph.places.counts == before[1]).all()
    assert (graph.places.exposure[0] == before[2]).all()
    assert graph.with_landing("C-0001", "330100").landings[0].region_code == "330100"
    assert {k.segment_id for k in graph.with_landing("C-0001", "330100").landings} == {"c/ore", "c/pump"}


def test_the_same_landing_twice_is_one():
    graph = even_world("ore", "pump").firm(1, "340100", "pump").graph()
    twice = graph.with_landing("C-0001", "330100").with_landing("简0001", "甲市")
    assert len(twice.landings) == 1
    assert (twice.places.counts == graph.with_landing("C-0001", "330100").places.counts).all()


def test_a_company_that_waits_for_review_lands_for_what_it_waits_for():
    world = even_world("ore", "pump").firm(1, "340100", "pump", verdict="to_review").firm(2, "340100", "pump", verdict="rejected")
    graph = world.firm(3, None).graph()
    assert [k.segment_id for k in graph.with_landing("C-0001", "330100").landings] == ["c/pump"]
    for nowhere in ("C-0002", "C-0003"):
        with pytest.raises(ChaingraphError, match="name the segment"):
            graph.with_landing(nowhere, "330100")
    assert len(graph.with_landing("C-0003", "330100", "c/pump").landings) == 1


def test_a_graph_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        even_world("ore", "pump").graph().landings = ()


def test_the_plain_graph_has_every_segment_and_link_with_what_is_known_of_them():
    plain = a_pump_chain().chain("x", "y", chain="d").graph().to_networkx("c")
    assert len(plain) == 9
    assert plain.nodes["c/ore"]["name"] == "ore件"
    assert plain.nodes["c/users"]["kind"] == "market"
    edge = plain.edges["c/casting", "c/whole"]
    assert (edge["essential"], edge["substitute_group"], edge["recycling"]) == (True, "body", False)
    assert plain.edges["c/scrap", "c/casting"]["recycling"] is True
    assert a_pump_chain().chain("x", "y", chain="d").graph().to_networkx().number_of_nodes() == 11
    assert {type(v) for _, known in plain.nodes(data=True) for v in known.values()} <= {str, bool, float}
    assert {type(v) for *_, known in plain.edges(data=True) for v in known.values()} <= {str, bool, float}


def test_the_plain_graph_of_the_shipped_data_says_what_the_tables_say(graph):
    plain = graph.to_networkx()
    rows = graph.tables["supply_links"].set_index(["supplier_id", "customer_id"])
    assert set(plain.nodes) == set(graph.tables["segments"]["segment_id"])
    assert set(plain.edges) == set(rows.index)
    for supplier, customer, known in plain.edges(data=True):
        row = rows.loc[(supplier, customer)]
        assert (known["essential"], known["recycling"]) == (row["is_essential"], row["is_recycling"])
        assert (known["confidence"], known["origin"]) == (row["confidence_level"], row["origin_id"])
        assert known["strength"] == row["strength"] or (math.isnan(known["strength"]) and pd.isna(row["strength"]))
    assert plain.nodes["pump-motor/pump-metal"]["products"] == "；".join(graph.segments["pump-motor/pump-metal"].products)


def test_the_two_frames_of_a_chain_are_rows_of_the_tables(graph):
    segments, links = graph.to_pandas("泵与电机")
    assert set(segments["segment_id"]) == {s.id for s in graph.chain_segments("pump-motor")}
    assert set(links["supplier_id"]) | set(links["customer_id"]) <= set(segments["segment_id"])
    everything = graph.to_pandas()
    assert_frame_equal(everything[0], graph.tables["segments"])
    assert_frame_equal(everything[1], graph.tables["supply_links"])
    assert len(links) < len(everything[1])


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "level"),
    [
        ("331000", "331000", RegionLevel.PREFECTURE),
        ("台州", "331000", RegionLevel.PREFECTURE),
        (" 台州市 ", "331000", RegionLevel.PREFECTURE),
        ("桐城", "340881", RegionLevel.COUNTY),
        ("上海", "310000", RegionLevel.PROVINCE),
        ("浙江", "330000", RegionLevel.PROVINCE),
        ("广西", "450000", RegionLevel.PROVINCE),
        ("内蒙古", "150000", RegionLevel.PROVINCE),
        ("香港", "810000", RegionLevel.PROVINCE),
        ("恩施", "422800", RegionLevel.PREFECTURE),
        ("吉林", "220000", RegionLevel.PROVINCE),
        ("吉林市", "220200", RegionLevel.PREFECTURE),
        ("浦东", "310115", RegionLevel.COUNTY),
    ],
)
def test_a_region_is_found_by_code_by_name_and_by_what_people_call_it(graph, name, code, level):
    found = graph.find_region(name)
    assert (found.code, found.level) == (code, level)


def test_tongcheng_is_a_county_of_anqing(graph):
    assert graph.regions[graph.find_region("桐城").parent_code].name_zh == "安庆市"
    assert graph.places.city_of("340881") == "340800"


def test_counties_of_one_name_are_listed_with_their_cities_and_codes(graph):
    with pytest.raises(UnknownNameError, match=r"320106 南京市鼓楼区.*Give the code"):
        graph.find_region("鼓楼")


@pytest.mark.parametrize(
    ("find", "near", "meant"),
    [
        ("find_region", "台洲", "台州市"),
        ("find_region", "桐诚", "桐城市"),
        ("find_chain", "泵与电极", "泵与电机"),
        ("find_chain", "pump-moter", "pump-motor"),
        ("find_company", "日月股分", "日月股份"),
        ("find_segment", "水泵整几", "水泵整机"),
    ],
)
def test_a_near_miss_gets_the_name_that_was_meant(graph, find, near, meant):
    with pytest.raises(UnknownNameError) as caught:
        getattr(graph, find)(near)
    assert meant in caught.value.suggestions
    assert meant in str(caught.value)
    assert near in str(caught.value)


def test_nothing_like_it_gives_no_suggestion(graph):
    for find in (graph.find_region, graph.find_chain, graph.find_company, graph.find_segment):
        with pytest.raises(UnknownNameError) as caught:
            find("")
        assert caught.value.suggestions == []


def test_a_chain_is_found_by_id_and_by_either_name(graph):
    assert {graph.find_chain(n) for n in ("pump-motor", "泵与电机", "Pumps and motors", "PUMPS AND MOTORS")} == {"pump-motor"}


def test_a_company_is_found_by_every_name_it_has(graph):
    names = ("A-603218", "603218", "日月股份", "日月重工股份有限公司")
    assert {graph.find_company(n) for n in names} == {"A-603218"}


def test_a_segment_is_found_by_id_and_within_its_chain_by_name(graph):
    assert graph.find_segment("水泵整机") == graph.find_segment("pump-whole", "pump-motor") == "pump-motor/pump-whole"
    with pytest.raises(UnknownNameError, match=r"Several have that name: .*/.*, .*/"):
        graph.find_segment("下游应用")


def test_one_name_of_two_companies_names_them_both():
    world = even_world("ore", "pump").firm(1, "330100", "pump").firm(2, "330200", "pump")
    world.companies[1]["short_name"] = "简0001"
    with pytest.raises(UnknownNameError, match="C-0001, C-0002"):
        world.graph().find_company("简0001")
