import math

import numpy as np
import pytest
from planted_world import CITIES, World, even_world

from chaingraph.metrics import location_quotient, proximity, relatedness_density
from chaingraph.places import KNOWN_WEIGHT, STRATA, Places
from chaingraph.region_names import short_region_name
from chaingraph.relatedness import feasibility


def at(places: Places, city: str, segment: str, array: np.ndarray) -> float:
    return float(array[places.cities.index(city), places.segment_ids.index(segment)])


# --- regions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("台州市", "台州"),
        ("浙江省", "浙江"),
        ("广西壮族自治区", "广西"),
        ("内蒙古自治区", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("香港特别行政区", "香港"),
        ("恩施土家族苗族自治州", "恩施"),
        ("克孜勒苏柯尔克孜自治州", "克孜勒苏"),
        ("巴音郭楞蒙古自治州", "巴音郭楞"),
        ("海西蒙古族藏族自治州", "海西"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("东乡族自治县", "东乡族"),
        ("鄂伦春自治旗", "鄂伦春"),
        ("大兴安岭地区", "大兴安岭"),
        ("锡林郭勒盟", "锡林郭勒"),
        ("浦东新区", "浦东"),
        ("新林区", "新林"),
    ],
)
def test_the_short_name_of_a_region_is_what_people_say(name, short):
    assert short_region_name(name) == short


def test_a_county_belongs_to_its_city_and_a_district_to_its_municipality():
    places = even_world("a", "b").graph().places
    assert [places.city_of(c) for c in ("330181", "310115", "330100", "310000", "330000")] == [
        "330100", "310000", "330100", "310000", "330000",
    ]  # fmt: skip


def test_every_county_of_the_shipped_data_belongs_to_a_city(graph):
    lost = [
        r.name_zh
        for r in graph.regions.values()
        if r.level == "county" and graph.places.city_of(r.code) not in graph.places.cities
    ]
    assert lost == []


# --- counts ----------------------------------------------------------------------------------------------------------


def test_a_city_is_the_sum_of_its_counties_and_what_stands_at_its_own_code():
    world = World().chain("a", "b").register("330181", "a", [2.0, 3.0]).register("330182", "a", 1).register("330100", "a", [10.0])
    places = world.register("330200", "a", 7).cover("330181", 4, "to-2000").cover("330100", 6, "to-2000").graph().places
    # 2 + 1 + 1 firms; capital 2 + 3 + 1 + 10 = 16; squares 4 + 9 + 1 + 100 = 114
    assert at(places, "330100", "c/a", places.counts) == 4
    assert at(places, "330100", "c/a", places.capital[0]) == 16
    assert at(places, "330100", "c/a", places.capital[1]) == 114
    assert places.exposure[:, places.cities.index("330100")].tolist() == [10, 0, 0, 0, 0, 0]
    assert places.own_counts("330181")[:, 0].tolist() == [0, 2, 0, 0, 0, 0, 5, 13]
    assert places.own_exposure("330181").tolist() == [4, 0, 0, 0, 0, 0]


def test_all_periods_are_added_up_and_kept_apart():
    places = (
        World()
        .chain("a", "b")
        .register("330200", "a", 2, period="to-2000")
        .register("330200", "a", 3, period="2016-19")
        .graph()
        .places
    )
    assert at(places, "330200", "c/a", places.counts) == 5
    assert places.nation[:, 0].tolist() == [2, 0, 0, 0, 3, 0, 5, 5]


def test_a_known_company_counts_as_one_firm_and_as_more_evidence():
    places = (
        World().chain("a", "b").register("330200", "a", 2).cover("330200", 9, "to-2000").firm(1, "330200", "a").graph().places
    )
    row = places.cities.index("330200")
    assert at(places, "330200", "c/a", places.counts) == 3
    assert at(places, "330200", "c/a", places.evidence) == 2 + KNOWN_WEIGHT
    assert places.exposure[:, row].tolist() == [9, 0, 0, 0, 0, 1]


def test_a_company_counts_once_in_a_city_whatever_its_seat_and_plants_there():
    world = World().chain("a", "b").firm(1, "330100", "a").plant(1, "330181").plant(1, "330182").plant(1, "330200")
    places = world.graph().places
    assert at(places, "330100", "c/a", places.counts) == 1
    assert at(places, "330200", "c/a", places.counts) == 1
    assert [places.own_counts(c)[:, 0].sum() for c in ("330181", "330182")] == [1, 1]
    assert places.exposure[:, places.cities.index("330100")].sum() == 1
    assert places.companies_here("330100", "c/a") == places.companies_here("330181", "c/a") == ["C-0001"]
    assert places.companies_here("330000", "c/a") == ["C-0001"]


def test_only_confirmed_activities_of_living_companies_count():
    world = World().chain("a", "b").firm(1, "330200", "a", verdict="to_review").firm(2, "330200", "a", verdict="rejected")
    world.firm(3, "330200", "a", status="dissolved").plant(3, "330100").firm(4, "330200", "a", status="delisted")
    world.firm(5, "330200", "a", status="special_treatment").firm(6, None, "a")
    places = world.graph().places
    assert places.companies_here("330200", "c/a") == ["C-0005"]
    assert places.counts.sum() == 1


def test_a_plant_stands_for_all_that_its_company_is_confirmed_in():
    world = World().chain("a", "b").chain("x", "y", chain="d").firm(1, "330200", "a").firm(2, "330200", "x", chain="d")
    world.activities.append({**world.activities[0], "segment_id": "d/y"})
    places = world.plant(1, "330300", "d").plant(2, "330300").graph().places
    assert [places.companies_here("330300", s) for s in ("c/a", "c/b", "d/x", "d/y")] == [["C-0001"], [], ["C-0002"], ["C-0001"]]


def test_what_is_known_only_by_province_is_in_the_nation_but_in_no_city():
    world = World().chain("a", "b").register("330000", "a", 2).cover("330000", 5, "to-2000").firm(1, "330000", "a")
    places = world.register("330200", "a", 1).cover("330200", 4, "to-2000").graph().places
    assert places.counts.sum() == 1
    assert places.nation[:6].sum(axis=0).tolist() == [4, 0]
    assert places.nation_exposure.tolist() == [9, 0, 0, 0, 0, 1]


def test_the_shipped_counts_are_those_of_the_tables(graph):
    """Every registration stands in the nation once, every known company once in a city."""
    here = graph.places.here
    places = here.assign(city=here["region_code"].map(graph.places.city_of))[
        ["company_id", "segment_id", "city"]
    ].drop_duplicates()
    firms = graph.places.nation[: len(STRATA)].sum(axis=1)
    assert firms.sum() == graph.tables["presence"]["company_count"].sum() + len(places)
    of_period = graph.tables["presence"].groupby("period")["company_count"].sum()
    assert firms.tolist() == [*of_period[list(STRATA[:-1])], len(places)]
    looked = graph.tables["coverage"]["registration_count"].sum()
    known = len(places[["company_id", "city"]].drop_duplicates())
    assert (graph.places.nation_exposure[:-1].sum(), graph.places.nation_exposure[-1]) == (looked, known)
    assert (graph.places.counts <= graph.places.exposure.sum(axis=0)[:, None]).all()


# --- distance --------------------------------------------------------------------------------------------------------


def test_the_cities_within_a_radius_come_nearest_first_with_the_city_itself_before_them():
    places = even_world("a", "b").graph().places
    # a degree on the 30th parallel: 111.195 · cos 30° = 96.3 km; 甲 120°, 乙 121°, 海 122°, 戊 119°, 丙 123°
    assert places.within("330200", 97.0)[0] == "330200"
    assert set(places.within("330200", 97.0)) == {"330200", "330100", "310000"}
    assert set(places.within("330200", 96.0)) == {"330200"}
    assert places.within("330200", 200.0)[-2:] in (["330300", "340100"], ["340100", "330300"])
    assert places.within("330181", 97.0) == places.within("330100", 97.0)


def test_a_region_without_coordinates_is_near_to_itself_only():
    places = even_world("a", "b").graph().places
    assert places.within("330400", 5000.0) == ["330400"]
    assert "330400" not in places.within("330100", 5000.0)
    row = places.cities.index("330400")
    assert all(math.isnan(d) for d in np.delete(places.distances[row], row))


def test_a_province_has_no_single_seat_to_measure_from():
    assert even_world("a", "b").graph().places.within("330000", 5000.0) == []


def test_the_reach_of_a_city_is_the_sum_over_the_cities_around_it_and_its_own_without_coordinates():
    world = World().chain("a", "b")
    for n, city in enumerate(CITIES):
        world.register(city, "a", 10**n)
    places = world.graph().places
    reach = places.reach(97.0)
    for city in CITIES:
        wanted = sum(10 ** CITIES.index(c) for c in places.within(city, 97.0))
        assert at(places, city, "c/a", reach) == wanted
    assert at(places, "330400", "c/a", reach) == 10 ** CITIES.index("330400")


# --- relatedness -----------------------------------------------------------------------------------------------------


def test_the_density_of_the_cities_is_that_of_their_specialisations():
    world = World().chain("a", "b").chain("x", "y", chain="d")
    for city, segments in {"330100": "ab", "330200": "abx", "330300": "xy", "310000": "y"}.items():
        for s in segments:
            world.register(city, s, 3, chain="c" if s in "ab" else "d")
    places = world.graph().places
    special = np.nan_to_num(location_quotient(places.counts)) >= 1
    assert places.density == pytest.approx(relatedness_density(special, proximity(special)))
    # 海市 makes y only; φ_xy > 0 = φ_ay: it is nearer to x than to a
    assert at(places, "310000", "d/x", places.density) > at(places, "310000", "c/a", places.density)
    assert places.density[places.cities.index("330400")].tolist() == [0, 0, 0, 0]


def test_feasibility_orders_by_what_cities_have_and_is_not_known_where_nothing_was_looked_at():
    world = World().chain("a", "b").chain("x", "y", chain="d")
    for city, segments in {"330100": "ab", "330200": "ab", "330300": "xy", "340100": "xy", "310000": "a"}.items():
        for s in segments:
            world.register(city, s, 3, chain="c" if s in "ab" else "d")
    places = world.graph().places
    assert places.feasibility == pytest.approx(
        np.where(
            places.evidence.sum(axis=1, keepdims=True) > 0, feasibility(np.log1p(places.evidence), places.specialised), np.nan
        ),
        nan_ok=True,
    )
    assert np.isnan(places.feasibility).all(axis=1).tolist() == [city == "330400" for city in places.cities]
    # 海市 makes a: next comes b, which goes with it, then what is made elsewhere
    row = places.feasibility[places.cities.index("310000")]
    order = [places.segment_ids[i] for i in np.argsort(-row)]
    assert order[:2] == ["c/a", "c/b"]
