"""Worlds drawn at random with known gaps, breaks, bottlenecks and holes: the diagnosis finds just those."""

from hypothesis import given, settings
from hypothesis import strategies as st
from planted_world import CITIES, YEARS, World

from chaingraph import diagnose
from chaingraph.model import Action, Constraint, Presence
from chaingraph.overview import CONCERNS, glance

NAMES = ("s0", "s1", "s2", "s3", "s4")
HOLE = 4
"""Registrations of a city in a period of which the source has next to nothing: five periods of 4 expect less than five firms."""


@st.composite
def layouts(draw):
    """Links from earlier to later segments; by city, the segments that it lacks; the cities that the source hardly sees."""
    links = sorted(draw(st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda p: p[0] < p[1]))))
    holes = draw(st.sets(st.sampled_from(CITIES), max_size=2))
    # Of six cities at most three lack a segment, so that more than five firms are to be expected in each of them.
    gaps = {n: draw(st.sets(st.sampled_from(CITIES), max_size=3 if not holes else 1)) for n in NAMES}
    return links, gaps, holes


def plant(links, gaps, holes) -> World:
    world = World()
    for name in NAMES:
        world.segment(name)
    for supplier, customer in links:
        world.link(supplier, customer)
    for city in CITIES:
        world.cover(city, HOLE if city in holes else 200)
        for name in NAMES:
            for period in YEARS:
                if city not in gaps[name]:
                    world.register(city, name, 1 if city in holes else 10, period=period)
    return world


@settings(max_examples=20, deadline=None)
@given(layouts())
def test_gaps_breaks_and_actions_are_those_that_were_planted(layout):
    links, gaps, holes = layout
    graph = plant(*layout).graph()
    for city in CITIES:
        found = {s.segment_id.split("/")[1]: s for s in diagnose(graph, city, "c").segments}
        lacking = {n for n in NAMES if city in gaps[n]}
        present = set(NAMES) - lacking
        expected = Presence.UNKNOWN if city in holes else Presence.MISSING
        assert {n for n in NAMES if found[n].presence is expected} == lacking
        assert all(found[n].company_count == (5 if city in holes else 50) for n in present)
        broken = {s for s, c in links if s in lacking and c in present} if city not in holes else set()
        assert {n for n in NAMES if found[n].constraint is Constraint.BREAK} == broken
        for n in lacking:
            reached = downstream(links, n) & present
            assert found[n].action is ((Action.FILL if reached else Action.EXTEND) if present else Action.ESTABLISH)


def downstream(links, name: str) -> set[str]:
    found = {c for s, c in links if s == name}
    return found.union(*(downstream(links, c) for c in found))


@settings(max_examples=20, deadline=None)
@given(layouts())
def test_completeness_and_roadmap_are_those_that_were_planted(layout):
    links, gaps, holes = layout
    graph = plant(*layout).graph()

    def makes(have: set[str]) -> int:
        return made(links, have)

    for city in CITIES:
        found = diagnose(graph, city, "c")
        present = {n for n in NAMES if city not in gaps[n]}
        upper = len(NAMES) if city in holes else makes(present)
        assert found.completeness == (makes(present) / 5, upper / 5)
        have = set(present)
        for step in found.roadmap:
            gain = {n: makes(have | {n}) for n in set(NAMES) - have}
            have.add(step.segment_id.split("/")[1])
            assert step.completeness == makes(have) / 5 == max(gain.values()) / 5
        assert have == set(NAMES)


def made(links, have: set[str]) -> int:
    """Segments whose inputs, and theirs, are all there, read from the links by recursion."""

    def can(name: str) -> bool:
        return name in have and all(can(s) for s, c in links if c == name)

    return sum(can(n) for n in NAMES)


@settings(max_examples=40, deadline=None)
@given(layouts())
def test_what_a_chain_calls_for_is_what_was_planted(layout):
    links, gaps, holes = layout
    graph = plant(*layout).graph()
    for city in CITIES:
        lacking = {n for n in NAMES if city in gaps[n]}
        present = set(NAMES) - lacking
        opened = {n: made(links, present | {n}) - made(links, present) for n in lacking}
        broken = {s for s, c in links if s in lacking and c in present} if city not in holes else set()
        if broken:
            concern, at_stake = "break", max(1, *(opened[n] for n in broken), 0)
        elif city in holes and len(lacking) > 2.5:
            concern, at_stake = "data", len(lacking)
        elif not present:
            concern, at_stake = "absent", 0
        elif max(opened.values(), default=0) >= 2:
            concern, at_stake = "opening", max(opened.values())
        else:
            concern, at_stake = "steady", None
        found = glance(diagnose(graph, city, "c"))
        assert found.concern == concern
        stake = found.gaps if at_stake is None else at_stake
        assert found.attention == CONCERNS.index(concern) + min(0.99, len(present) / 5 * stake / 5)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12), st.integers(0, 12), st.integers(0, 3))
def test_a_bottleneck_is_found_just_where_few_make_an_input_within_reach(here, near, far):
    # 甲市 makes pumps of ore; 乙市 is 96 km away, 丙市 289 km; every firm has the same capital, so that HHI = 1/n
    world = World().chain("ore", "pump").register("310000", "ore", 400)
    for city in CITIES:
        world.cover(city, 1000).register(city, "pump", 50)
    for city, number in (("330100", here), ("330200", near), ("330300", far)):
        if number:
            world.register(city, "ore", number)
    row = diagnose(world.graph(), "330100", "c")["ore"]
    assert row.presence is Presence.WEAK
    assert (row.constraint is Constraint.BOTTLENECK) is (here + near < 4)
    # fewer than three are few; of three equal ones HHI is 1/3 > 0.25, of four just 0.25
    assert ("只有" in "".join(f.text for f in row.findings)) is (here + near < 3)
