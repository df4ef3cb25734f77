import json
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_world import CITIES, World

from chaingraph import Thresholds, UnknownNameError, diagnose
from chaingraph.model import Action, ChainState, Constraint, Presence, SegmentKind
from chaingraph.roadmap import roadmap

PLACES = ["331000", "441200", "340881", "310000", "310115", "330000", "450000", "810000", "710000", "469025"]


def pump_world(*present: str, sure: bool = True, city: str = "330100") -> World:
    """ore → part → pump ← motor ← wire, all essential; every other city has 50 firms of each, 甲市 100 of each `present`.

    So that what it has is strong, and its gaps are sure. With `sure` false the source has next to nothing on 甲市, so that gaps are unknown and the rest is weak.
    """
    world = World().chain("ore", "part", "pump").segment("wire", stage="upstream").segment("motor")
    world.link("wire", "motor").link("motor", "pump")
    for c in CITIES:
        world.cover(c, 200 if sure or c != city else 2)
        for name in ("ore", "part", "pump", "wire", "motor"):
            if c != city:
                world.register(c, name, 50)
            elif name in present:
                world.register(c, name, 100 if sure else 1)
    return world


def actions(world: World) -> dict[str, Action | None]:
    return {s.segment_id.split("/")[1]: s.action for s in diagnose(world.graph(), "330100", "c").segments}


# --- golden ----------------------------------------------------------------------------------------------------------


def test_completeness_gain_and_roadmap_worked_by_hand():
    # What each needs: ore 1, part {ore, part}, wire 1, motor {wire, motor}, pump all 5. Present: part, wire, pump.
    # Ready: ore 0, part 1/2, wire 1, motor 1/2, pump 3/5. Producible: wire alone, 1 of 5.
    # With ore:   ore +1, part +1/2, pump +1/5 = 1.7, over 5 = 0.34; ore and part become producible.
    # With motor: motor +1/2, pump +1/5 = 0.7, over 5 = 0.14; motor becomes producible.
    # Roadmap: ore first (3 of 5), then motor, which makes motor and pump producible (5 of 5).
    found = diagnose(pump_world("part", "wire", "pump").graph(), "甲市", "c链")
    assert (found["ore"].keystone_gain, found["ore"].unlocks) == (pytest.approx(0.34), 2)
    assert (found["motor"].keystone_gain, found["motor"].unlocks) == (pytest.approx(0.14), 1)
    assert (found["wire"].keystone_gain, found["wire"].unlocks) == (0, 0)
    assert found.completeness == (0.2, 0.2)
    assert [(r.order, r.segment_id, r.unlocked, r.completeness) for r in found.roadmap] == [
        (1, "c/ore", ("ore件", "part件"), 0.6),
        (2, "c/motor", ("motor件", "pump件"), 1.0),
    ]
    assert [s.segment_id for s in found.gaps] == ["c/ore", "c/motor"]
    assert found.chain_state is ChainState.ROOTED


def test_what_may_be_there_is_the_upper_bound_of_completeness():
    found = diagnose(pump_world("part", "wire", "pump", sure=False).graph(), "330100", "c")
    assert {s.presence for s in found.segments} == {Presence.UNKNOWN, Presence.WEAK}
    assert found.completeness == (0.2, 1.0)
    assert [s.is_provisional for s in found.segments] == [s.presence is Presence.UNKNOWN for s in found.segments]


@pytest.mark.parametrize(
    ("present", "state"),
    [((), ChainState.ABSENT), (("wire", "ore"), ChainState.PARTIAL), (("wire", "ore", "pump"), ChainState.ROOTED)],
)
def test_the_state_of_a_chain_is_the_share_of_what_is_present(present, state):
    assert diagnose(pump_world(*present).graph(), "330100", "c").chain_state is state


def test_a_chain_is_rooted_from_just_the_share_that_is_asked_for():
    graph = pump_world("wire", "ore").graph()
    assert diagnose(graph, "330100", "c", Thresholds(rooted_share=0.4)).chain_state is ChainState.ROOTED
    assert diagnose(graph, "330100", "c", Thresholds(rooted_share=0.41)).chain_state is ChainState.PARTIAL


def test_nothing_is_established_input_is_filled_and_output_extended():
    assert set(actions(pump_world()).values()) == {Action.ESTABLISH}
    assert actions(pump_world("part", "wire")) == {
        "ore": Action.FILL,
        "part": Action.STABILIZE,
        "wire": Action.STABILIZE,
        "motor": Action.EXTEND,
        "pump": Action.EXTEND,
    }


def test_a_market_is_neither_graded_nor_missing_nor_a_gap():
    world = pump_world("part", "pump").segment("users", stage="downstream", kind="market").link("pump", "users", essential=False)
    world.firm(1, "330100", "users")
    found = diagnose(world.graph(), "330100", "c")
    users = found["users"]
    assert (users.presence, users.action, users.is_gap, users.is_provisional) == (Presence.UNKNOWN, None, False, False)
    assert math.isnan(users.lq)
    assert found.completeness == diagnose(pump_world("part", "pump").graph(), "330100", "c").completeness


def test_a_service_is_never_said_to_be_missing():
    world = pump_world("part", "wire", "pump")
    for s in world.segments:
        s["segment_kind"] = "service" if s["segment_id"] in ("c/ore", "c/motor") else "making"
    found = diagnose(world.graph(), "330100", "c")
    assert (found["ore"].lq_high < 0.5, found["ore"].presence) == (True, Presence.UNKNOWN)
    assert found["ore"].findings == ()
    assert found.completeness == (0.2, 1.0)


def test_what_is_bound_to_a_place_is_secured_elsewhere_and_no_gap():
    world = pump_world("part", "wire", "motor", "pump")
    world.segments[0]["is_location_bound"] = True
    ore = diagnose(world.graph(), "330100", "c")["ore"]
    assert (ore.presence, ore.action, ore.is_gap) == (Presence.MISSING, Action.STABILIZE, False)
    found = diagnose(world.graph(), "330100", "c")
    assert found.completeness == (0.8, 0.8)
    assert found.roadmap == ()


def test_a_substitute_of_what_is_here_has_no_gain_but_its_own():
    # pump needs ore or scrap, both of 2 ways; ore is here: scrap adds itself alone, 1 of 3 segments
    world = World().chain("ore", "pump").segment("scrap", stage="upstream").link("scrap", "pump", group="metal")
    world.links[0]["substitute_group"] = "metal"
    for c in CITIES:
        world.cover(c, 200).register(c, "ore", 50).register(c, "pump", 50)
        if c != "330100":
            world.register(c, "scrap", 50)
    scrap = diagnose(world.graph(), "330100", "c")["scrap"]
    assert (scrap.keystone_gain, scrap.unlocks, scrap.findings) == (pytest.approx(1 / 3), 1, ())


def test_a_roadmap_asks_first_what_becomes_producible_then_what_comes_nearer():
    # Present: w, p, q, r; w needs x; p, q and r each need y and z.
    # x: itself and w become producible (2), readiness 1 + 1/2. y or z: 1 (itself), readiness 1 + 3 · 1/3 = 2. b: 1, readiness 1.
    # So x; then y, more ready than b and before z by its id; then z, which makes z, p, q and r producible (4); then b.
    world = World()
    for name in "bpqrwxyz":
        world.segment(name)
    world.link("x", "w")
    for customer in "pqr":
        world.link("y", customer).link("z", customer)
    gaps = {f"c/{n}": Action.FILL for n in "bxyz"}
    steps = roadmap(world.graph(), "c", {f"c/{n}" for n in "wpqr"}, gaps)
    assert [(r.segment_id, len(r.unlocked), r.completeness) for r in steps] == [
        ("c/x", 2, 2 / 8),
        ("c/y", 1, 3 / 8),
        ("c/z", 4, 7 / 8),
        ("c/b", 1, 1.0),
    ]


def test_equal_steps_of_a_roadmap_come_in_the_order_of_their_ids():
    world = World().segment("b").segment("a").segment("c")
    gaps = {f"c/{n}": Action.FILL for n in "cab"}
    assert [r.segment_id for r in roadmap(world.graph(), "c", set(), gaps)] == ["c/a", "c/b", "c/c"]


def test_a_segment_is_found_by_either_id_and_a_near_miss_gets_a_suggestion():
    found = diagnose(pump_world("part").graph(), "330100", "c")
    assert found["c/part"] is found["part"]
    with pytest.raises(UnknownNameError, match="c/part"):
        found["c/parts"]


# --- thresholds, landings ---------------------------------------------------------------------------------------------


def test_other_thresholds_give_other_grades_and_are_kept_beside_them():
    strict = Thresholds(strong_from=50.0)
    graph = pump_world("part").graph()
    assert diagnose(graph, "330100", "c")["part"].presence is Presence.STRONG
    found = diagnose(graph, "330100", "c", strict)
    assert found["part"].presence is Presence.ADEQUATE
    assert found.thresholds is strict


def test_a_landing_fills_the_gap_names_the_company_and_leaves_the_old_diagnosis_as_it_was():
    graph = pump_world("part", "wire", "pump").firm(1, "340100", "ore").graph()
    before = diagnose(graph, "330100", "c")
    after = diagnose(graph.with_landing("简0001", "甲市"), "330100", "c")
    assert (before["ore"].presence, after["ore"].presence) == (Presence.MISSING, Presence.WEAK)
    assert (before["ore"].constraint, after["ore"].constraint) == (Constraint.BREAK, None)
    assert (before["ore"].companies, after["ore"].companies) == ((), ("C-0001",))
    assert (before.completeness[0], after.completeness[0]) == (0.2, 0.6)
    pd.testing.assert_frame_equal(diagnose(graph, "330100", "c").to_pandas(), before.to_pandas())


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["ore", "part", "pump", "wire", "motor"]), st.integers(0, 9)),
    st.integers(1, 300),
    st.sampled_from(["330100", "330181", "330000"]),
    st.sampled_from(["ore", "part", "pump", "wire", "motor"]),
)
def test_bounds_hold_and_a_landing_never_makes_less_of_a_chain(counts, looked, region, segment):
    world = pump_world().firm(1, None)
    world.coverage = {k: looked if k[0] == "330100" else v for k, v in world.coverage.items()}
    for name, number in counts.items():
        world.register("330181", name, number)
    graph = world.cover("330181", 9).graph()
    first = diagnose(graph, region, "c")
    then = diagnose(graph.with_landing("C-0001", "330181", segment), region, "c")
    for found in (first, then):
        low, high = found.completeness
        assert 0 <= low <= high <= 1
        assert [r.completeness for r in found.roadmap] == sorted(r.completeness for r in found.roadmap)
        assert {r.segment_id for r in found.roadmap} == {s.segment_id for s in found.segments if s.is_gap and s.keystone_gain}
        assert all(0 <= s.keystone_gain <= 1 and s.lq_low <= s.lq_high for s in found.segments)
        assert all(s.unlocks >= (s.keystone_gain == 1) for s in found.segments)
        assert all(s.company_count == 0 and s.lq_high < 0.5 for s in found.segments if s.presence is Presence.MISSING)
    assert then.completeness[0] >= first.completeness[0]
    assert then[segment].company_count == first[segment].company_count + 1


# --- as values -------------------------------------------------------------------------------------------------------


def test_the_frame_and_the_plain_values_say_the_same_and_not_known_is_null():
    world = pump_world("part", "wire", "pump").segment("users", stage="downstream", kind="market")
    found = diagnose(world.graph(), "330100", "c")
    frame, plain = found.to_pandas(), json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert list(frame["segment_id"]) == [s.segment_id for s in found.segments] == [s["segment_id"] for s in plain["segments"]]
    row = next(s for s in plain["segments"] if s["segment_id"] == "c/users")
    assert (row["location_quotient"], row["constraint"], row["action"]) == (None, None, None)
    ore = next(s for s in plain["segments"] if s["segment_id"] == "c/ore")
    assert (ore["presence"], ore["constraint"], ore["constraint_area"], ore["action"]) == ("missing", "break", "city", "fill")
    assert (plain["completeness_low"], plain["registrations"], plain["data_version"]) == (0.2, 1000, "planted")
    assert [r["segment_id"] for r in plain["roadmap"]] == ["c/ore", "c/motor"]


# --- the shipped data ------------------------------------------------------------------------------------------------


def test_zhaoqing_is_said_to_be_thinly_covered_and_nothing_is_called_missing_beyond_the_interval(graph):
    said = 0
    for chain in graph.chains:
        found = diagnose(graph, "肇庆", chain)
        assert found.registrations == 345
        assert "345 条制造业登记" in found.coverage_text
        assert "未见企业不等于没有企业" in found.coverage_text
        assert found.coverage < 0.4
        for s in found.segments:
            if s.presence is Presence.MISSING:
                assert (s.company_count, s.kind) == (0, SegmentKind.MAKING)
                assert s.lq_high < found.thresholds.missing_below
                said += 1
            elif s.company_count == 0 and s.kind is not SegmentKind.MARKET:
                assert "不足以断定缺失" in s.because
    # Of some 430 producing segments only the few commonest are to be expected more than five times among 345 registrations.
    assert said <= 10


@pytest.mark.parametrize("region", PLACES)
def test_counties_cities_municipalities_provinces_and_places_without_data_are_all_diagnosed_within_bounds(graph, region):
    for chain in ("pump-motor", "power-battery", "marine-equipment", "artificial-intelligence"):
        found = diagnose(graph, region, chain)
        low, high = found.completeness
        assert 0 <= low <= high <= 1
        assert found.registrations == sum(
            graph.tables["coverage"].loc[
                [within(graph, c, region) for c in graph.tables["coverage"]["region_code"]], "registration_count"
            ]
        )
        for s in found.segments:
            assert len(s.companies) <= s.company_count
            assert (s.presence is Presence.MISSING) <= (s.company_count == 0 and s.kind is SegmentKind.MAKING and s.lq_high < 0.5)
            assert (s.presence is Presence.STRONG) <= (s.company_count >= 5)
            assert (s.action is None) or s.kind is not SegmentKind.MARKET


def within(graph, code: str, region: str) -> bool:
    while code and code != region:
        code = graph.regions[code].parent_code
    return code == region


def test_the_nation_could_make_every_segment_of_a_chain_that_its_cities_make(graph):
    """With all producing segments there, all of every chain is producible: no link asks for what cannot be had."""
    for chain in graph.chains:
        producing = {s.id for s in graph.chain_segments(chain, producing=True)}
        assert graph.producible(chain, producing) == producing


def test_tongcheng_is_diagnosed_by_its_own_rows_and_anqing_contains_it(graph):
    county, city = (diagnose(graph, r, "green-packaging") for r in ("桐城", "安庆"))
    assert county.region.code == "340881"
    assert 0 < county.registrations < city.registrations
    for a, b in zip(county.segments, city.segments, strict=True):
        assert a.company_count <= b.company_count
        assert set(a.companies) <= set(b.companies)
