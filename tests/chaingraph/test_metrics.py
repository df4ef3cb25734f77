import contextlib
import io
import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from chaingraph.metrics import (
    EARTH_RADIUS_KM,
    completeness,
    expected_count,
    gamma_poisson_interval,
    great_circle_km,
    hhi,
    hhi_from_sums,
    location_quotient,
    proximity,
    readiness,
    relatedness_density,
)

COUNTS = arrays(float, st.tuples(st.integers(2, 6), st.integers(2, 6)), elements=st.integers(0, 50).map(float))
PRESENCES = arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.sampled_from([0.0, 1.0]))


# --- location quotient -----------------------------------------------------------------------------------------------


def test_the_location_quotient_of_a_table_worked_by_hand():
    # rows 40 and 60, columns 30, 20, 50, all 100:
    # LQ_00 = (10/40)/(30/100) = 0.25/0.30 = 5/6    LQ_01 = 0    LQ_02 = (30/40)/(50/100) = 0.75/0.50 = 3/2
    # LQ_10 = (20/60)/(30/100) = 10/9               LQ_11 = (20/60)/(20/100) = 5/3    LQ_12 = (20/60)/(50/100) = 2/3
    found = location_quotient(np.array([[10, 0, 30], [20, 20, 20]]))
    assert found == pytest.approx(np.array([[5 / 6, 0, 3 / 2], [10 / 9, 5 / 3, 2 / 3]]))


def test_a_region_and_a_segment_without_any_count_are_not_known_and_spoil_nothing_else():
    found = location_quotient(np.array([[8, 2, 0], [2, 8, 0], [0, 0, 0]]))
    assert np.isnan(found[2]).all()
    assert np.isnan(found[:, 2]).all()
    assert found[:2, :2] == pytest.approx(np.array([[1.6, 0.4], [0.4, 1.6]]))


@given(COUNTS)
def test_the_mean_location_quotient_weighted_by_the_size_of_the_regions_is_one(x):
    # Σ_r (x_r·/x_··) · LQ_rs = Σ_r x_rs / x_·s = 1 for every segment that is anywhere
    found = location_quotient(x)
    weights = x.sum(1) / max(x.sum(), 1)
    for s in np.flatnonzero(x.sum(0)):
        assert np.nansum(weights * found[:, s]) == pytest.approx(1)
    assert np.isnan(found).sum() == x.size - (x.sum(1) > 0).sum() * (x.sum(0) > 0).sum()


# --- proximity and density -------------------------------------------------------------------------------------------

HELD = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1]])


def test_proximity_worked_by_hand():
    # ubiquity 3, 2, 1; together 01: 2, 02: 1, 12: 1; φ_01 = 2/3, φ_02 = 1/3, φ_12 = 1/2
    assert proximity(HELD) == pytest.approx(np.array([[1, 2 / 3, 1 / 3], [2 / 3, 1, 1 / 2], [1 / 3, 1 / 2, 1]]))


def test_density_worked_by_hand():
    # Σ_i φ_is = 2, 13/6, 11/6. Region 0 has 0 and 1: (1 + 2/3)/2 = 5/6, (2/3 + 1)/(13/6) = 10/13, (1/3 + 1/2)/(11/6) = 5/11.
    # Region 1 has 0 only: 1/2, (2/3)/(13/6) = 4/13, (1/3)/(11/6) = 2/11. Region 2 has all: 1.
    found = relatedness_density(HELD, proximity(HELD))
    assert found == pytest.approx(np.array([[5 / 6, 10 / 13, 5 / 11], [1 / 2, 4 / 13, 2 / 11], [1, 1, 1]]))


def test_a_segment_that_nobody_has_is_near_to_nothing_but_itself():
    phi = proximity(np.array([[1, 0], [1, 0]]))
    assert phi.tolist() == [[1, 0], [0, 1]]
    assert relatedness_density(np.array([[1, 0], [1, 0]]), phi).tolist() == [[1, 0], [1, 0]]


@given(PRESENCES)
def test_proximity_is_symmetric_and_density_is_a_share_that_is_whole_where_all_is_there(m):
    phi = proximity(m)
    density = relatedness_density(m, phi)
    assert (phi == phi.T).all()
    assert ((phi >= 0) & (phi <= 1)).all()
    assert ((density >= 0) & (density <= 1 + 1e-12)).all()
    for r in np.flatnonzero(m.all(axis=1)):
        assert density[r] == pytest.approx(np.ones(m.shape[1]))


@given(PRESENCES, st.data())
def test_one_more_specialisation_never_lowers_the_density_of_its_region(m, data):
    phi = proximity(m)
    r, s = data.draw(st.integers(0, m.shape[0] - 1)), data.draw(st.integers(0, m.shape[1] - 1))
    more = m.copy()
    more[r, s] = 1
    assert (relatedness_density(more, phi) >= relatedness_density(m, phi) - 1e-12).all()


@pytest.fixture(scope="module")
def oracle():
    """The tables of `ecomplexity` for one set of counts: RCA and density by region and segment, proximity by segments.

    Its M is RCA ≥ 1 and its density, like ours, counts the segment itself and is a share of 1; it drops empty rows, so there
    are none here.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"ecomplexity(\..*)?")
        ecomplexity = pytest.importorskip("ecomplexity")
        x = np.random.default_rng(7).poisson(3, (12, 9)).astype(float) + np.eye(12, 9)
        rows = [(2020, f"r{r:02d}", f"s{s:02d}", x[r, s]) for r in range(12) for s in range(9)]
        data = pd.DataFrame(rows, columns=["t", "l", "p", "v"])
        names = {"time": "t", "loc": "l", "prod": "p", "val": "v"}
        with contextlib.redirect_stdout(io.StringIO()):
            whole = ecomplexity.ecomplexity(data, names, check_logsupermodularity=False)
            near = ecomplexity.proximity(data, names)
    near = near.pivot_table(index="p_1", columns="p_2", values="proximity")
    return x, whole.pivot_table(index="l", columns="p", values=["rca", "density"]), near


def test_location_quotient_is_the_revealed_comparative_advantage_of_ecomplexity(oracle):
    x, whole, _ = oracle
    assert location_quotient(x) == pytest.approx(whole["rca"].to_numpy(), rel=1e-12)


def test_proximity_is_that_of_ecomplexity(oracle):
    x, _, near = oracle
    assert proximity(location_quotient(x) >= 1) == pytest.approx(near.to_numpy(), rel=1e-12)


def test_density_is_that_of_ecomplexity(oracle):
    x, whole, _ = oracle
    special = location_quotient(x) >= 1
    assert 0 < special.mean() < 1
    assert relatedness_density(special, proximity(special)) == pytest.approx(whole["density"].to_numpy(), rel=1e-12)


# --- expected count and interval -------------------------------------------------------------------------------------


def test_the_expected_count_takes_the_mix_of_the_rest_of_the_nation():
    # 200 registrations here of 1,000; 50 firms in the nation, 10 of them here: 190 others here, at 40 to 760 elsewhere: 190 · 40 / 760 = 10
    assert float(expected_count(np.array(200.0), np.array(50.0), np.array(10.0), 1000.0)) == pytest.approx(10)


def test_the_count_expected_of_strata_is_taken_in_each_and_nothing_where_nothing_was_looked_at():
    # elsewhere 20 of 100 early and 10 of 1,010 late; here 80 early and none late: 80 · 20/80 = 20, not 80 · 30/1080
    early_late = expected_count(np.array([80.0, 0.0]), np.array([20.0, 10.0]), np.zeros(2), np.array([180.0, 1010.0]))
    assert early_late.tolist() == [20.0, 0.0]


def test_the_expected_count_of_the_whole_nation_is_nothing_rather_than_a_division_by_zero():
    assert float(expected_count(np.array(1000.0), np.array(50.0), np.array(50.0), 1000.0)) == 0


def test_the_interval_without_a_firm_is_that_of_the_exponential_distribution():
    # x = 0, E = 5: Gamma(1, 6) is exponential with mean 1/6; its p-quantile is −ln(1 − p)/6:
    # low = −ln 0.95 / 6 = 0.0513/6 = 0.00855, high = −ln 0.05 / 6 = 2.9957/6 = 0.4993 (just below the 0.5 of "missing")
    mean, low, high = (float(v) for v in gamma_poisson_interval(np.array(0.0), np.array(5.0)))
    assert (mean, low, high) == pytest.approx((1 / 6, -math.log(0.95) / 6, -math.log(0.05) / 6))
    assert high == pytest.approx(0.49929, abs=1e-5)


def test_the_mean_is_shrunk_towards_the_nation():
    # x = 3, E = 1: (3 + 1)/(1 + 1) = 2, not 3
    assert float(gamma_poisson_interval(np.array(3.0), np.array(1.0))[0]) == 2


@given(st.integers(0, 5000), st.floats(0, 5000), st.floats(0.1, 10), st.floats(0.5, 0.99))
def test_the_interval_is_that_of_scipys_gamma_distribution(count, expected, prior, level):
    found = gamma_poisson_interval(np.array(float(count)), np.array(expected), prior, level)
    posterior = stats.gamma(count + prior, scale=1 / (expected + prior))
    tail = (1 - level) / 2
    assert [float(v) for v in found] == pytest.approx([posterior.mean(), posterior.ppf(tail), posterior.ppf(1 - tail)], rel=1e-7)


@given(st.integers(0, 300), st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 30000))
def test_one_more_local_firm_never_lowers_the_mean_or_the_lower_bound(count, others, elsewhere, rest):
    """The added firm is also one more registration here; `others` here and `rest` elsewhere are not in the segment."""

    def bounds(x):
        here = float(others + x)
        expected = expected_count(np.array(here), np.array(float(elsewhere + x)), np.array(float(x)), here + elsewhere + rest)
        mean, low, _ = gamma_poisson_interval(np.array(float(x)), expected)
        return float(mean), float(low)

    before, after = bounds(count), bounds(count + 1)
    assert after[0] >= before[0] - 1e-12
    assert after[1] >= before[1] - 1e-12


# --- concentration ---------------------------------------------------------------------------------------------------


def test_the_index_of_a_market_worked_by_hand():
    # 40, 30, 20, 10 %: 0.16 + 0.09 + 0.04 + 0.01 = 0.30
    assert hhi(np.array([4.0, 3.0, 2.0, 1.0])) == pytest.approx(0.30)
    assert hhi_from_sums(10.0, 16.0 + 9 + 4 + 1) == pytest.approx(0.30)


def test_an_unknown_size_is_left_out_and_no_size_gives_no_index():
    assert hhi(np.array([1.0, np.nan, 1.0])) == pytest.approx(0.5)
    assert math.isnan(hhi(np.array([])))
    assert math.isnan(hhi(np.array([0.0, np.nan])))
    assert math.isnan(hhi_from_sums(0.0, 0.0))


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30))
def test_the_index_lies_between_equal_shares_and_monopoly_and_agrees_with_its_sums(sizes):
    found, n = hhi(np.array(sizes)), len(sizes)
    # Σ s² = 1/n + Σ (s − 1/n)²: what it is above that of equal shares is how far the shares are from equal.
    shares = [s / sum(sizes) for s in sizes]
    assert found == pytest.approx(1 / n + sum((s - 1 / n) ** 2 for s in shares))
    assert hhi(np.array(sizes[:1] * n)) == pytest.approx(1 / n)
    assert hhi(np.array([*sizes[:1], *[0.0] * (n - 1)])) == pytest.approx(1)
    assert found == pytest.approx(sum(s**2 for s in shares))
    assert found == pytest.approx(hhi_from_sums(sum(sizes), sum(s * s for s in sizes)))


# --- distance --------------------------------------------------------------------------------------------------------


def test_a_quarter_of_the_equator_and_one_degree_of_a_meridian():
    # π/2 · 6371.0088 = 10007.557 km; π/180 · 6371.0088 = 111.195 km
    assert float(great_circle_km(0, 0, 90, 0)) == pytest.approx(10007.557, abs=1e-3)
    assert float(great_circle_km(121, 28, 121, 29)) == pytest.approx(111.195, abs=1e-3)


def test_half_round_the_earth_and_no_way_at_all():
    assert float(great_circle_km(0, 90, 0, -90)) == pytest.approx(math.pi * EARTH_RADIUS_KM)
    assert float(great_circle_km(121.4, 28.7, 121.4, 28.7)) == 0


def test_the_distance_from_peking_to_shanghai_worked_by_hand():
    # haversine: φ 39.9042, 31.2304; Δφ = −8.6738°, Δλ = 5.0663°
    # sin²(Δφ/2) = sin²(4.3369°) = 0.075621² = 0.0057186; cos φ1 · cos φ2 = 0.767118 · 0.855088 = 0.655953
    # sin²(Δλ/2) = sin²(2.53315°) = 0.044197² = 0.0019534; h = 0.0057186 + 0.655953 · 0.0019534 = 0.0069999
    # d = 2 · 6371.0088 · arcsin √0.0069999 = 12742.018 · arcsin 0.083666 = 12742.018 · 0.083764 = 1067.3 km
    assert float(great_circle_km(116.4074, 39.9042, 121.4737, 31.2304)) == pytest.approx(1067.3, abs=0.1)


POINTS = st.tuples(st.floats(73, 136), st.floats(3, 54))


@given(POINTS, POINTS)
def test_the_distance_is_symmetric_and_is_that_of_the_vectors_to_the_two_points(one, two):
    def vector(lon, lat):
        lon, lat = math.radians(lon), math.radians(lat)
        return np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])

    a, b = vector(*one), vector(*two)
    angle = math.atan2(float(np.linalg.norm(np.cross(a, b))), float(a @ b))
    assert float(great_circle_km(*one, *two)) == pytest.approx(EARTH_RADIUS_KM * angle, abs=1e-6)
    assert float(great_circle_km(*two, *one)) == pytest.approx(float(great_circle_km(*one, *two)), abs=1e-9)


def test_a_point_that_is_not_known_has_no_distance():
    assert np.isnan(great_circle_km(np.array([120.0, np.nan]), np.array([30.0, 30.0]), 120.0, 30.0)).tolist() == [False, True]


# --- completeness and readiness --------------------------------------------------------------------------------------


def test_completeness_is_the_share_of_the_segments_asked_for():
    assert completeness(["a", "b", "elsewhere"], ["a", "b", "c", "d"]) == 0.5
    assert math.isnan(completeness(["a"], []))


def test_readiness_takes_the_best_of_several_ways():
    # pump: by way of castings 2 of 3, by way of forgings 1 of 3
    ways = {
        "pump": (frozenset(("pump", "casting", "ore")), frozenset(("pump", "forging", "billet"))),
        "ore": (frozenset(("ore",)),),
        "never": (),
    }
    assert readiness(ways, ["pump", "ore"]) == {"pump": pytest.approx(2 / 3), "ore": 1.0, "never": 0.0}


@settings(max_examples=50)
@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")), st.data())
def test_readiness_never_falls_when_more_is_available(have, more, data):
    way = st.frozensets(st.sampled_from("abcdef"), min_size=1)
    ways = {"s": tuple(data.draw(st.lists(way, min_size=1, max_size=3)))}
    assert 0 <= readiness(ways, have)["s"] <= readiness(ways, have | more)["s"] <= 1
