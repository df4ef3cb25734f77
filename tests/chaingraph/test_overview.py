"""What a chain calls for, in the order in which its chief should look at it."""

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted_world import World, even_world

from chaingraph import diagnose
from chaingraph.model import ChainState, Constraint, Presence, SegmentKind
from chaingraph.overview import CONCERNS, OPENS, THIN_COVERAGE, UNKNOWN_SHARE, by_attention, glance
from chaingraph.phrases import Phrase

HERE = "330100"
QUOTED = re.compile(r"“[^”]*”")


def without(world: World, *names: str, region: str = HERE) -> World:
    """The world, without any registration of these segments in a region."""
    for region_code, segment, period in list(world.presence):
        if region_code == region and segment.split("/")[1] in names:
            del world.presence[region_code, segment, period]
    return world


def look(world: World, region: str = HERE):
    return glance(diagnose(world.graph(), region, "c"))


def unseen(world: World, region: str = HERE) -> World:
    """The world, in which the source has next to nothing of a region, so that no absence can be told."""
    for key in list(world.coverage):
        if key[0] == region:
            world.coverage[key] = 1
    return world


# --- the numbers ------------------------------------------------------------------------------------------------------


def test_a_glance_repeats_the_diagnosis_in_a_few_numbers():
    world = without(even_world("a", "b", "c", "d"), "b")
    diagnosis = diagnose(world.graph(), HERE, "c")
    found = glance(diagnosis)
    assert (found.chain_id, found.name, found.name.en) == ("c", "c链", "Chain c")
    assert (found.completeness, found.state, found.coverage) == (diagnosis.completeness, ChainState.ROOTED, diagnosis.coverage)
    assert sum(found.segments.values()) == 4
    assert found.segments[Presence.MISSING] == 1
    assert found.constraints == {Constraint.BREAK: 1, Constraint.BOTTLENECK: 0, Constraint.CHOKEPOINT: 0}
    assert found.gaps == len(diagnosis.gaps)
    assert found.next_step == diagnosis.roadmap[0]
    assert found.next_step.segment_id == "c/b"


def test_markets_are_not_counted_among_the_segments():
    world = even_world("a", "b").segment("m", kind="market").link("b", "m")
    assert sum(look(world).segments.values()) == 2


# --- what a chain calls for, one planted world each -------------------------------------------------------------------


def test_a_break_in_a_rooted_chain_is_named_with_what_filling_it_opens():
    found = look(without(even_world("a", "b", "c", "d"), "b"))
    # Without b, c and d cannot be made: filling b opens three of four segments. Three are present: 3/4 · 3/4.
    assert found.concern == "break"
    assert found.attention == pytest.approx(CONCERNS.index("break") + 3 / 4 * 3 / 4)
    assert found.why == "断点：本地没有b件的生产者，补上可打通 3 个环节"
    assert found.why.en == "Break: nobody here makes b; filling it opens 3 segments"


@pytest.mark.parametrize(
    ("only", "zh", "en"),
    [("340100", "本地", "here"), ("330300", "150 公里内", "within 150 km"), ("310000", "全省", "in the province")],
)
def test_a_break_says_how_far_out_it_holds(only, zh, en):
    # The only makers of b are 96 km away, 289 km away in the province, 193 km away outside it.
    world = even_world("a", "b", "c")
    for region in {r for r, _, _ in world.presence} - {only}:
        without(world, "b", region=region)
    found = look(world)
    assert found.why.startswith(f"断点：{zh}没有b件的生产者")
    assert found.why.en.startswith(f"Break: nobody {en} makes b")


def test_of_several_breaks_the_one_that_opens_most_is_named_and_the_others_counted():
    world = even_world("a", "b", "c", "d", "e").segment("x").link("x", "e")
    for city in {r for r, _, _ in world.presence} - {HERE}:
        for period in ("to-2000", "2001-05", "2006-10", "2011-15", "2016-19"):
            world.register(city, "x", 10, period=period)
    found = look(without(world, "b"))
    assert found.concern == "break"
    assert "b件" in found.why
    assert found.why.endswith("另有 1 处断点")
    assert found.why.en.endswith("; 1 more break")


def test_a_break_whose_own_inputs_are_missing_too_says_that_filling_it_is_not_enough():
    # a and b are missing: b alone cannot be made without a, so that filling the break at b opens nothing yet.
    found = look(without(even_world("a", "b", "c", "d"), "a", "b"))
    broken = [s for s in diagnose(without(even_world("a", "b", "c", "d"), "a", "b").graph(), HERE, "c").segments if s.constraint]
    assert [(s.segment_id, s.unlocks) for s in broken] == [("c/b", 0)]
    assert found.why == "断点：本地没有b件的生产者，它自己的上游也不全"
    assert found.why.en.endswith("its own inputs are not complete either")


def test_a_chokepoint_is_named():
    world = World().segment("a", imported=True).segment("b").link("a", "b")
    for city in ("310000", HERE, "330200", "330300", "330400", "340100"):
        world.cover(city, 200)
        for period in ("to-2000", "2001-05", "2006-10", "2011-15", "2016-19"):
            world.register(city, "a", 10, period=period).register(city, "b", 10, period=period)
    found = look(world)
    assert (found.concern, found.constraints[Constraint.CHOKEPOINT]) == ("chokepoint", 1)
    assert found.why == "卡点：a件必需且无替代，判断为依赖进口"
    assert found.attention == pytest.approx(CONCERNS.index("chokepoint") + 1 / 2)


def test_a_bottleneck_is_named():
    # Everywhere many firms of a, here and around one only; what it supplies is here.
    world = without(even_world("a", "b", "c", "d"), "a")
    for near in ("330200", "310000", "340100"):
        without(world, "a", region=near)
    found = look(world.register(HERE, "a", [9.0, 1.0], period="2016-19"))
    assert (found.concern, found.constraints[Constraint.BOTTLENECK]) == ("bottleneck", 1)
    assert found.why == "堵点：a件的供给集中在少数企业"
    assert found.why.en == "Bottleneck: a in the hands of few firms"


def test_an_unknown_gap_that_opens_the_chain_is_to_be_verified_first():
    # A service is not seen by the source: not known, never missing.
    world = even_world("a", "b", "c").segment("s", kind="service").link("s", "a")
    found = look(world)
    assert found.segments[Presence.UNKNOWN] == 1
    assert found.concern == "opening"
    assert found.why == "关键缺口：补上s件可打通 4 个环节，完整度从 0% 到 100%；本地有没有尚不详，先核实"
    assert "verify first" in found.why.en
    assert found.attention == pytest.approx(CONCERNS.index("opening") + min(0.99, 3 / 4 * 4 / 4))


def test_a_chain_that_is_mostly_unknown_calls_for_data_first_whatever_else_is_said_of_it():
    world = unseen(without(even_world("a", "b", "c", "d"), "a", "b", "c"))
    found = look(world)
    assert found.segments[Presence.UNKNOWN] == 3 > UNKNOWN_SHARE * 4
    assert found.concern == "data"
    assert found.why == "先补数据：4 个环节中 3 个不详，数据覆盖度只有 0%，核实之后再定招谁"
    assert found.coverage < THIN_COVERAGE


def test_an_absent_chain_names_where_to_begin():
    found = look(without(even_world("a", "b", "c", "d"), "a", "b", "c", "d"))
    assert (found.concern, found.state, found.attention) == ("absent", ChainState.ABSENT, CONCERNS.index("absent"))
    assert found.why == f"尚未成链：各环节都未见企业，要建先建{found.next_step.name_zh}"


def test_a_whole_chain_that_could_be_stronger_is_steady():
    found = look(even_world("a", "b", "c"))
    assert found.concern == "steady"
    assert found.gaps > 0
    assert found.why == f"未见断点、堵点、卡点，环节齐全，{found.gaps} 个可再强"


def test_a_chain_with_one_segment_to_extend_is_steady_and_says_what_is_next():
    found = look(without(even_world("a", "b", "c", "d"), "d"))
    assert (found.concern, len(found.next_step.unlocked)) == ("steady", 1)
    assert len(found.next_step.unlocked) < OPENS
    assert found.why == "未见断点、堵点、卡点；下一步延链：d件"


# --- the order --------------------------------------------------------------------------------------------------------


def test_a_rooted_chain_with_a_break_comes_before_missing_data_and_that_before_an_absent_chain():
    broken = look(without(even_world("a", "b", "c", "d"), "b"))
    blind = look(unseen(without(even_world("a", "b", "c", "d"), "a", "b", "c")))
    absent = look(without(even_world("a", "b", "c", "d"), "a", "b", "c", "d"))
    steady = look(even_world("a", "b", "c", "d"))
    assert [g.concern for g in by_attention([steady, absent, blind, broken])] == ["break", "data", "absent", "steady"]


@given(st.permutations(range(6)), st.lists(st.sampled_from([0.5, 2.0, 6.25]), min_size=6, max_size=6))
def test_the_order_does_not_depend_on_the_order_given(order, numbers):
    base = look(even_world("a", "b"))
    chains = [dataclasses.replace(base, chain_id=f"c{n}", attention=a) for n, a in enumerate(numbers)]
    found = by_attention(chains[n] for n in order)
    assert found == by_attention(chains)
    assert [(-g.attention, g.chain_id) for g in found] == sorted((-a, f"c{n}") for n, a in enumerate(numbers))


# --- the shipped data -------------------------------------------------------------------------------------------------


def test_every_chain_of_the_programmes_says_in_both_languages_what_it_calls_for(graph):
    named = graph.tables["programme_chains"].dropna(subset=["chain_id"]).merge(graph.tables["programmes"], on="programme_id")
    pairs = named[["region_code", "chain_id"]].drop_duplicates()
    assert len(pairs) > 60
    concerns = set()
    for region, chain in pairs.itertuples(index=False):
        diagnosis = diagnose(graph, region, chain)
        found = glance(diagnosis)
        concerns.add(found.concern)
        assert isinstance(found.why, Phrase)
        assert found.why
        assert not re.search(r"[一-鿿]", QUOTED.sub("", found.why.en)), found.why.en
        assert 0 <= found.attention < len(CONCERNS)
        assert sum(found.segments.values()) == sum(s.kind is not SegmentKind.MARKET for s in diagnosis.segments)
        assert (found.concern == "break") == (found.constraints[Constraint.BREAK] > 0)
    assert {"break", "chokepoint", "opening", "bottleneck", "data", "steady"} <= concerns
