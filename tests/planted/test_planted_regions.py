"""Gaps, breaks and right targets that were planted are found, whatever the weights; in a scrambled world they are not."""

import pytest
from planted_regions import PlantedRegions
from scipy.stats import binom

from chaingraph import diagnose
from chaingraph.model import Constraint, Presence
from recommend import Weights, gather
from recommend.weights import PROFILES

WORLDS = [(1, 8, 4), (2, 10, 5), (3, 14, 6), (4, 20, 8)]
"""Seed, cities, segments."""

over_worlds = pytest.mark.parametrize("drawn", WORLDS, ids=str)


def recalled(world, weights):
    """How many of the right firms of each city are among as many first ones for its gap."""
    graph = world.graph()
    for city, gap in world.gaps.items():
        found = gather(graph, diagnose(graph, city, "c"), f"c/{gap}").ranked(weights, len(world.right[city]), argued=False)
        yield len({t.company_id for t in found.targets} & world.right[city])


@over_worlds
def test_every_planted_gap_and_break_is_found_and_nothing_else(drawn):
    world = PlantedRegions.drawn(*drawn)
    graph = world.graph()
    for city, gap in world.gaps.items():
        rows = {s.segment_id.split("/")[1]: s for s in diagnose(graph, city, "c").segments}
        assert [n for n, row in rows.items() if row.presence is Presence.MISSING] == [gap]
        broken = [n for n, row in rows.items() if row.constraint is Constraint.BREAK]
        assert broken == ([gap] if gap != world.names[-1] else [])


@over_worlds
@pytest.mark.parametrize("profile", PROFILES)
def test_every_right_target_is_among_the_first(drawn, profile):
    world = PlantedRegions.drawn(*drawn)
    assert list(recalled(world, Weights.load(profile))) == [len(right) for right in world.right.values()]


@pytest.mark.parametrize("profile", PROFILES)
def test_in_a_scrambled_world_they_are_found_no_oftener_than_by_chance(profile):
    # Dealt anew, any firm is as likely as any other to be among the first; 1 run of 1,000 would find more than this.
    weights, found, asked, chance = Weights.load(profile), 0, 0, 0.0
    for drawn in WORLDS:
        world = PlantedRegions.drawn(*drawn)
        sizes = [len(right) for right in world.right.values()]
        for seed in range(3):
            found += sum(recalled(world.scrambled(seed), weights))
            asked += sum(sizes)
            chance += sum(k * k / len(world.firms) for k in sizes)
    assert asked > 400
    assert found <= binom.ppf(0.999, asked, chance / asked)
