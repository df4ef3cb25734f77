from datetime import date

from planted_world import CITIES, World, even_world

from chaingraph.checks import check


def test_a_planted_world_passes_the_check_that_real_data_pass():
    world = (
        even_world("ore", "part", "pump")
        .segment("users", stage="downstream", kind="market")
        .link("pump", "users", essential=False)
    )
    world.firm(1, "330100", "pump").plant(1, "330181", "c")
    tables, problems = check(world.frames(), date(2026, 1, 1))
    assert problems == []
    assert tables is not None
    assert tables.counts()["presence"] == 6 * 3 * 5


def test_the_check_finds_a_fault_that_is_put_into_a_planted_world():
    world = World().chain("ore", "pump").link("pump", "ore")
    _, problems = check(world.frames(), date(2026, 1, 1))
    assert [p.kind for p in problems] == ["supply-loop"]


def test_the_cities_of_a_planted_world_are_its_prefectures_and_its_municipality():
    assert set(even_world("ore", "pump").graph().places.cities) == set(CITIES)
