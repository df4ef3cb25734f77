"""A graph in which somebody lands shares what it can with the one it comes from, and is the graph one would build afresh."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_world import CITIES, even_world

from chaingraph import build, diagnose
from chaingraph.errors import UnknownNameError
from chaingraph.places import Places
from chaingraph.tables import Tables

REGIONS = ("310000", "310115", "330000", "330100", "330181", "330182", "330200", "330400", "340000")
FIRMS = {1: ("a",), 2: ("b",), 3: ("a", "c"), 4: ("c",)}


def world():
    """Four firms in a chain of four, two of which nobody makes in 甲市; one has a plant there already, one sits there."""
    out = even_world("a", "b", "c", "d", share=0.01)
    for region, segment, period in list(out.presence):
        if region == "330100" and segment in ("c/b", "c/d"):
            del out.presence[region, segment, period]
    out.firm(1, "340100", "a").firm(2, "330200", "b").firm(3, "330181", "a", "c").firm(4, None, "c")
    return out.plant(1, "330182")


BASE = world().graph()


def with_plants(landings):
    """The graph built afresh from tables in which each landing is a plant; `plants` of the planted world are of all its segments."""
    fresh = world()
    for firm, region in landings:
        fresh.plant(firm, region)
    return fresh.graph()


def arrays(places: Places):
    yield from (
        places.counts,
        places.evidence,
        *places.capital,
        places.nation,
        places.exposure,
        places.nation_exposure,
    )
    yield from (places.density, places.reach(150.0))
    for region in REGIONS:
        yield places.own_counts(region)
        yield places.own_exposure(region)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(sorted(FIRMS)), st.sampled_from(REGIONS)), max_size=4))
def test_a_graph_with_landings_is_the_one_built_afresh_with_plants_there(landings):
    graph = BASE
    for firm, region in landings:
        graph = graph.with_landing(f"C-{firm:04d}", region)
    fresh = with_plants(dict.fromkeys(landings))
    for mine, other in zip(arrays(graph.places), arrays(fresh.places), strict=True):
        np.testing.assert_array_equal(mine, other)
    for region in REGIONS:
        for segment in graph.segment_ids:
            assert graph.places.companies_here(region, segment) == fresh.places.companies_here(region, segment)
        if region != "330000":
            assert diagnose(graph, region, "c").as_dict() == diagnose(fresh, region, "c").as_dict()
    order = ["company_id", "region_code", "segment_id"]
    here = [g.places.here.sort_values(order, ignore_index=True) for g in (graph, fresh)]
    assert here[0].equals(here[1])


def test_landing_changes_the_new_graph_only():
    before = [a.copy() for a in arrays(BASE.places)]
    landed = BASE.with_landing("C-0002", "330100")
    assert landed.places.counts.sum() == BASE.places.counts.sum() + 1
    assert diagnose(landed, "330100", "c")["c/b"].company_count == 1
    assert diagnose(BASE, "330100", "c")["c/b"].company_count == 0
    for was, is_ in zip(before, arrays(BASE.places), strict=True):
        np.testing.assert_array_equal(was, is_)


def test_what_does_not_depend_on_landings_is_shared_and_nothing_is_kept_of_them():
    landed = BASE.with_landing("C-0002", "330100")
    diagnose(landed, "330100", "c")
    for of in ("distances", "regions", "cities", "segment_ids"):
        assert getattr(landed.places, of) is getattr(BASE.places, of)
    assert (landed.segments is BASE.segments, landed.links is BASE.links) == (True, True)
    kept, derived = [], []
    for _ in range(2):
        for region in REGIONS:
            other = BASE.with_landing("C-0004", region)
            diagnose(other, "330100", "c")
            kept.append(weakref.ref(other))
        derived.append(len(BASE.tables._derived))
    del other
    gc.collect()
    assert [of() for of in kept] == [None] * 2 * len(REGIONS)
    assert derived[0] == derived[1]


def test_two_data_versions_give_their_own_answers_in_turn():
    small, large = even_world("a", "b").firm(1, "330100", "a"), even_world("a", "b", "c", share=0.1)
    graphs = [build(Tables.of(w.frames())) for w in (small, large)]
    assert graphs[0].version != graphs[1].version
    for _ in range(2):
        found = [diagnose(g, "330100", "c") for g in graphs]
        assert [[s.company_count for s in d.segments] for d in found] == [[51, 50], [100, 100, 100]]
        assert [d.version for d in found] == [g.version for g in graphs]
        assert graphs[0].find_company("公司0001") == "C-0001"
        with pytest.raises(UnknownNameError):
            graphs[1].find_company("公司0001")


def test_many_threads_that_ask_at_once_get_the_same_answers():
    expected = [diagnose(world().graph(), c, "c").as_dict() for c in CITIES]
    for _ in range(3):
        graph = world().graph()
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda c, g=graph: diagnose(g, c, "c").as_dict(), CITIES * 4))
        assert found == expected * 4


@pytest.mark.parametrize("region", ["331000", "331083"])
def test_on_the_shipped_data_a_landing_is_a_plant(graph, tables, region):
    sure = tables["activities"].query("segment_id == 'pump-motor/pump-whole' and verdict == 'confirmed'")
    seats = tables["companies"].query("company_status == 'active' and not region_code.str.startswith('33')")
    company = seats.loc[seats["company_id"].isin(sure["company_id"]), "company_id"].iloc[0]
    plant = {
        "company_id": company,
        "region_code": region,
        "chain_id": None,
        "confidence_level": "judgement",
        "origin_id": "decisions",
    }
    frame = tables["establishments"]
    fresh = build(tables.replace(establishments=pd.DataFrame([*frame.to_dict("records"), plant])))
    landed = graph.with_landing(company, region)
    (segment, *_) = [k.segment_id for k in landed.landings]
    for city in (region, "330100"):
        mine, other = (diagnose(g, city, segment.split("/")[0]).as_dict() for g in (landed, fresh))
        assert {**mine, "data_version": ""} == {**other, "data_version": ""}
    np.testing.assert_array_equal(landed.places.evidence, fresh.places.evidence)
