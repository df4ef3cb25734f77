import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_world import CITIES, YEARS, World, even_world

from chaingraph.metrics import gamma_poisson_interval
from chaingraph.model import Area, Presence, SegmentKind
from chaingraph.places import KNOWN_WEIGHT
from chaingraph.presence import Thresholds, areas_around, because, evidence_of, footprint, grade, region_coverage

LIMITS = Thresholds()
ORDER = {Presence.UNKNOWN: 0, Presence.MISSING: 0, Presence.WEAK: 1, Presence.ADEQUATE: 2, Presence.STRONG: 3}


# --- the grade -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "low", "high", "expected"),
    [
        (0, 0.0, 0.49, Presence.MISSING),
        (0, 0.0, 0.50, Presence.UNKNOWN),
        (1, 0.0, 0.1, Presence.WEAK),
        (2, 0.99, 9.0, Presence.WEAK),
        (3, 0.49, 9.0, Presence.WEAK),
        (3, 0.50, 9.0, Presence.ADEQUATE),
        (4, 1.00, 9.0, Presence.ADEQUATE),
        (5, 0.99, 9.0, Presence.ADEQUATE),
        (5, 1.00, 9.0, Presence.STRONG),
        (1, 5.00, 9.0, Presence.ADEQUATE),
    ],
)
def test_the_grade_at_each_of_its_bounds(count, low, high, expected):
    assert grade(count, low, high, LIMITS) is expected


def test_absence_that_the_source_cannot_see_is_unknown():
    assert grade(0, 0.0, 0.01, LIMITS, sees_absence=False) is Presence.UNKNOWN


def test_a_leading_firm_makes_a_weak_segment_adequate_but_not_strong_and_nothing_of_nothing():
    assert grade(1, 0.0, 0.1, LIMITS, leaders=1) is Presence.ADEQUATE
    assert grade(0, 0.0, 0.1, LIMITS, leaders=1) is Presence.MISSING


BOUNDS = st.floats(0, 10)
LIMIT = st.builds(Thresholds, strong_from=BOUNDS, adequate_from=BOUNDS, missing_below=BOUNDS, strong_companies=st.integers(0, 9))


@given(st.integers(0, 40), BOUNDS, BOUNDS, st.integers(0, 2), LIMIT)
def test_the_grade_rises_with_the_count_and_with_the_bounds(count, low, more, leaders, limits):
    first = grade(count, low, 20.0, limits, leaders=leaders)
    assert ORDER[grade(count + 1, low, 20.0, limits, leaders=leaders)] >= ORDER[first]
    assert ORDER[grade(count, low + more, 20.0, limits, leaders=leaders)] >= ORDER[first]
    assert ORDER[grade(count, low, 20.0, limits, leaders=leaders + 1)] >= ORDER[first]


@given(BOUNDS, st.integers(0, 1), LIMIT)
def test_one_firm_is_never_strong_whatever_the_thresholds(low, leaders, limits):
    assert grade(1, low, 20.0, limits, leaders=leaders) is not Presence.STRONG


@given(st.floats(0, 1000), st.booleans())
def test_missing_is_never_said_where_fewer_than_five_firms_are_to_be_expected(expected, sees):
    # x = 0: high = −ln 0.05 / (1 + E) = 2.9957 / (1 + E) < 0.5 exactly where E > 4.9915
    _, low, high = gamma_poisson_interval(np.array(0.0), np.array(expected))
    found = grade(0, float(low), float(high), LIMITS, sees_absence=sees)
    assert found is (Presence.MISSING if sees and expected > 2 * -math.log(0.05) - 1 else Presence.UNKNOWN)


# --- footprints ------------------------------------------------------------------------------------------------------


def test_the_footprint_of_a_city_worked_by_hand():
    # 甲市: 4 firms of 100 registrations; elsewhere 20 of 600. E = (100 − 4) · 20 / (600 − 20) = 3.310
    # mean = (4 + 1)/(3.310 + 1) = 1.160
    world = World().chain("a", "b").register("330100", "a", 4).cover("330100", 100, "2001-05")
    for city in ("330200", "330300"):
        world.register(city, "a", 10).cover(city, 300, "2001-05")
    graph = world.graph()
    own = footprint(graph, graph.regions["330100"])
    assert (own.count[0], own.expected[0]) == (4, pytest.approx(96 / 29))
    assert own.mean[0] == pytest.approx(5 / (96 / 29 + 1))
    _, low, high = gamma_poisson_interval(np.array(4.0), np.array(96 / 29))
    assert (own.low[0], own.high[0]) == (pytest.approx(float(low)), pytest.approx(float(high)))


def test_a_place_is_held_to_the_mix_of_the_periods_it_was_looked_at_in():
    # elsewhere the segment is 40 of 100 early and 0 of 100 late: who was looked at late only lacks nothing
    world = World().chain("a", "b").register("330200", "a", 40, period="to-2000").cover("330200", 100, "to-2000", "2016-19")
    graph = world.cover("330100", 60, "2016-19").cover("330300", 60, "to-2000").graph()
    late, early = (footprint(graph, graph.regions[c]) for c in ("330100", "330300"))
    assert (late.expected[0], early.expected[0]) == (0, pytest.approx(60 * 40 / 60))
    assert grade(0, late.low[0], late.high[0], LIMITS) is Presence.UNKNOWN
    assert grade(0, early.low[0], early.high[0], LIMITS) is Presence.MISSING


def test_known_companies_weigh_in_the_quotient_but_count_once():
    # 1 registration and 1 known company: 2 firms, evidence 1 + w; elsewhere 10 of 300, here 99 + 1 looked at
    world = World().chain("a", "b").register("330100", "a", 1).cover("330100", 99, "2001-05").firm(1, "330100", "a")
    graph = world.register("330200", "a", 10).cover("330200", 300, "2001-05").graph()
    own = footprint(graph, graph.regions["330100"])
    assert own.count[0] == 2
    # no company is known elsewhere to compare the one here with: it adds nothing to what is expected
    assert own.expected[0] == pytest.approx(98 * 10 / 290)
    assert own.mean[0] == pytest.approx((1 + KNOWN_WEIGHT + 1) / (98 * 10 / 290 + 1))


def test_a_county_is_measured_by_its_own_rows_and_its_city_with_them():
    world = World().chain("a", "b").register("330181", "a", 3).cover("330181", 40, "2001-05")
    graph = (
        world.register("330100", "a", 2)
        .cover("330100", 60, "2001-05")
        .register("330200", "a", 5)
        .cover("330200", 500, "2001-05")
        .graph()
    )
    county, city = (footprint(graph, graph.regions[c]) for c in ("330181", "330100"))
    assert (county.count[0], city.count[0]) == (3, 5)
    # county: (40 − 3) · 7 / (560 − 7); city: (100 − 5) · 5 / (500 − 5)
    assert (county.expected[0], city.expected[0]) == (pytest.approx(37 * 7 / 553), pytest.approx(95 * 5 / 495))


def test_a_province_is_its_cities_and_what_is_known_no_closer():
    world = even_world("a", "b").register("330000", "a", 7).cover("330000", 11, "2001-05").firm(1, "330000", "b")
    graph = world.graph()
    own = footprint(graph, graph.regions["330000"])
    cities = [footprint(graph, graph.regions[c]) for c in CITIES if c.startswith("33")]
    assert own.count.tolist() == [sum(c.count[0] for c in cities) + 7, sum(c.count[1] for c in cities) + 1]


def test_a_municipality_is_a_city_and_its_own_province():
    graph = even_world("a", "b").register("310115", "a", 9).graph()
    place = graph.regions["310000"]
    own, around = footprint(graph, place), areas_around(graph, place, LIMITS)
    assert own.count[0] == 50 + 9
    assert around[Area.PROVINCE].count.tolist() == own.count.tolist()
    assert around[Area.RADIUS].count[0] > own.count[0]


def test_the_areas_around_a_city_are_the_radius_across_the_border_the_province_and_the_nation():
    graph = World().chain("a", "b").register("340100", "a", 1).register("330300", "a", 10).register("330000", "a", 100).graph()
    around = areas_around(graph, graph.regions["330100"], LIMITS)
    # within 150 km of 甲: 乙 and 戊 (96 km); 丙 is 289 km away but in the province
    assert [around[a].count[0] for a in (Area.RADIUS, Area.PROVINCE, Area.NATION)] == [1, 110, 111]


def test_a_province_has_no_radius():
    graph = even_world("a", "b").graph()
    assert list(areas_around(graph, graph.regions["330000"], LIMITS)) == [Area.PROVINCE, Area.NATION]


def test_without_coordinates_the_radius_is_the_city_alone():
    graph = even_world("a", "b").graph()
    place = graph.regions["330400"]
    assert areas_around(graph, place, LIMITS)[Area.RADIUS].count.tolist() == footprint(graph, place).count.tolist()


def test_in_an_even_world_every_quotient_is_near_one_and_the_nation_expects_nothing_of_itself():
    graph = even_world("a", "b").graph()
    for city in CITIES:
        own = footprint(graph, graph.regions[city])
        assert own.mean == pytest.approx(np.ones(2))
        assert ((own.low < 1) & (own.high > 1)).all()
    assert areas_around(graph, graph.regions["330100"], LIMITS)[Area.NATION].expected.tolist() == [0, 0]


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 12),
    st.integers(0, 40),
    st.integers(0, 30),
    st.integers(1, 400),
    st.sampled_from(["330100", "330181", "330000"]),
)
def test_a_landing_never_lowers_the_grade_of_its_segment_in_the_county_the_city_or_the_province(own, other, far, rest, where):
    """Registrations of the segment here, of other things here, of the segment elsewhere, of other things elsewhere."""
    world = World().chain("a", "b").register("330181", "a", own).cover("330181", own + other, "2001-05")
    world.register("340100", "a", far).cover("340100", far + rest, "2001-05").firm(1, "340100", "a").firm(2, None).firm(
        3, "330181", "b"
    )
    before = world.graph()
    for company in ("C-0001", "C-0002", "C-0003"):
        after = before.with_landing(company, "330181", "a")
        grades, lows = [], []
        for graph in (before, after):
            f = footprint(graph, graph.regions[where])
            grades.append(ORDER[grade(f.count[0], f.low[0], f.high[0], LIMITS)])
            lows.append(f.low[0])
        assert grades[1] >= grades[0]
        assert lows[1] >= lows[0] - 1e-12


@pytest.mark.parametrize("region", ["331000", "441200", "340881", "310000", "330000"])
def test_on_the_shipped_data_a_landing_raises_the_bound_and_never_lowers_the_grade(graph, region):
    place, n = graph.regions[region], len(graph.segment_ids)
    before = footprint(graph, place)
    for i in range(0, n, n // 7):
        f = footprint(graph.with_landing("A-603218", region, graph.segment_ids[i]), place)
        known = "A-603218" in graph.places.companies_here(region, graph.segment_ids[i])
        assert f.low[i] > before.low[i] or known
        first, then = (grade(v.count[i], v.low[i], v.high[i], LIMITS) for v in (before, f))
        assert ORDER[then] >= ORDER[first]


def test_on_the_shipped_data_no_hole_is_called_a_gap(graph):
    """Missing is said of nobody from whom fewer than about five firms are to be expected, and never of a service."""
    making = np.array([graph.segments[s].kind is SegmentKind.MAKING for s in graph.segment_ids])
    places = graph.places
    for row, city in enumerate(places.cities):
        own = footprint(graph, graph.regions[city])
        said = [
            grade(c, lo, hi, LIMITS, sees_absence=bool(m))
            for c, lo, hi, m in zip(own.count, own.low, own.high, making, strict=True)
        ]
        missing = np.array([g is Presence.MISSING for g in said])
        assert (own.expected_evidence[missing] > 4.99).all()
        assert (places.counts[row][missing] == 0).all()
        assert making[missing].all()


# --- coverage --------------------------------------------------------------------------------------------------------


def test_coverage_is_the_mean_over_periods_of_the_share_of_the_median_city():
    world = World().chain("a", "b")
    for city, number in {"330100": 30, "330200": 100, "330300": 200, "330400": 100}.items():
        world.cover(city, number, "to-2000", "2001-05")
    world.cover("330181", 20, "to-2000").cover("330200", 100, "2006-10")
    graph = world.graph()
    # to-2000: 甲 30 + 20 of a county, median of 50 100 100 200 = 100 → 0.5; 2001-05: 30 of the median 100 → 0.3; later: none
    total, coverage, text = region_coverage(graph, graph.regions["330100"])
    assert (total, coverage) == (80, pytest.approx((0.5 + 0.3) / 5))
    assert "80 条" in text
    assert "2006-10、2011-15、2016-19 几乎没有数据" in text
    assert "未见企业不等于没有企业" in text


def test_a_place_with_more_than_the_median_is_covered_whole_and_the_text_has_no_warning():
    graph = even_world("a", "b", each=10).cover("330100", 90).graph()
    total, coverage, text = region_coverage(graph, graph.regions["330100"])
    assert (total, coverage) == (500, 1.0)
    assert "没有" not in text


def test_a_place_without_any_registration_is_not_covered_at_all():
    world = even_world("a", "b")
    world.coverage = {k: v for k, v in world.coverage.items() if k[0] != "330400"}
    graph = world.graph()
    assert region_coverage(graph, graph.regions["330400"])[:2] == (0, 0.0)


def test_counties_are_compared_with_counties_and_a_municipality_with_municipalities():
    world = even_world("a", "b", each=1000).cover("330181", 10).cover("330182", 20).cover("310115", 60).cover("330000", 5000)
    graph = world.graph()
    # counties: 10, 20, 60 in every period: the median is 20
    assert region_coverage(graph, graph.regions["330181"])[:2] == (50, 0.5)
    # the municipality is the only one of its kind; what stands under a province is no peer of it
    assert region_coverage(graph, graph.regions["310000"])[:2] == (5 * 1060, 1.0)
    # provinces 31, 33, 34: 1060, 4000 + 30 + 5000, 1000 a period
    assert region_coverage(graph, graph.regions["340000"])[:2] == (5000, pytest.approx(1000 / 1060))
    assert region_coverage(graph, graph.regions["330000"])[:2] == (5 * 9030, 1.0)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.tuples(st.sampled_from(CITIES), st.sampled_from(sorted(YEARS))), st.integers(0, 500)))
def test_coverage_is_a_share_and_counts_what_is_there(numbers):
    world = World().chain("a", "b")
    for (city, period), number in numbers.items():
        world.cover(city, number, period)
    graph = world.graph()
    for city in CITIES:
        total, coverage, _ = region_coverage(graph, graph.regions[city])
        assert total == sum(n for (c, _), n in numbers.items() if c == city)
        assert 0 <= coverage <= 1
        assert total or coverage == 0


def test_the_reason_says_whether_absence_is_known():
    graph = even_world("a", "b").segment("s", kind="service").segment("m", kind="market").link("s", "a", essential=False).graph()
    own = evidence_of(graph, graph.regions["330100"], Thresholds())
    a, s, m = (graph.segments[f"c/{n}"] for n in "asm")
    assert because(a, Presence.STRONG, own, 0) == "50 家，按全国比重应有 50.0 家"
    assert because(a, Presence.MISSING, own, 0) == "未见企业，而按全国比重应有 50.0 家"
    assert "不足以断定缺失" in because(a, Presence.UNKNOWN, own, 0)
    assert "服务环节看不到" in because(s, Presence.UNKNOWN, own, 2)
    assert because(m, Presence.UNKNOWN, own, 3) == "需求侧：不是可招的环节"
