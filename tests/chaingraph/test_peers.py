"""Rivals have most of the chain; peers are near in size and in distance."""

import pytest
from planted_world import World

from chaingraph.peers import peer_cities, rival_cities

HOME = "330100"


@pytest.fixture(scope="module")
def graph():
    """乙市 has both segments, 戊市 one of them, 丙市 firms too few to count; 丙市 lies 289 km away, 丁市 nowhere."""
    world = World().chain("a", "b")
    for city, firms in {HOME: 2000, "330200": 1800, "330300": 2500, "330400": 2000, "340100": 400, "310000": 40_000}.items():
        world.cover(city, firms // 5)
    world.register("330200", "a", 400).register("330200", "b", 300)
    world.register("340100", "a", 100).register("340100", "b", 2)
    world.register("330300", "a", 4).register(HOME, "a", 50)
    return world.graph()


def test_the_city_with_most_segments_is_the_first_rival_and_home_is_none(graph):
    assert rival_cities(graph, HOME, "c") == ["330200", "340100"]
    assert rival_cities(graph, HOME, "c", 1) == ["330200"]


def test_a_county_has_the_rivals_of_its_city(graph):
    assert rival_cities(graph, "330181", "c") == rival_cities(graph, HOME, "c")


def test_peers_are_nearest_in_size_and_have_a_place(graph):
    # |ln(firms ÷ 2000)|: 乙市 .105, 丙市 .223, 戊市 1.6, 海市 3.0; 丁市 is of the same size, but nobody knows where.
    assert peer_cities(graph, HOME, 4) == ["330200", "330300", "340100", "310000"]


def test_without_registrations_there_is_no_size_to_compare():
    graph = World().chain("a", "b").cover("330200", 100).register("330200", "a", 9).graph()
    assert peer_cities(graph, HOME) == []
