"""Hit rates, paired differences and what they may be said to tell: by hand, against known distributions, and on planted lists."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from chaingraph import ChainGraph
from chaingraph.phrases import Phrase
from chaingraph.signings import Likeness, Signing
from recommend.backtest import Placed, backtest
from recommend.backtest.rates import FEWEST, MEASURES, hits, lead, rate, sentence
from recommend.weights import Weights

HOME = "330100"
REVENUE = Phrase("收入最大", "largest revenue")


def stood(ours: float, theirs: float, chance: float = 0.1) -> Placed:
    """A signing that stood at these places."""
    signing = Signing("", 2, "某厂", "", "2021", "X", Likeness.SAME, "")
    both = {"ours": ours, "largest_revenue": theirs}
    return Placed(signing, "placed", places=both, segment_places=both, chances=dict.fromkeys(MEASURES, chance))


def together(both: int = 0, ours: int = 0, theirs: int = 0, neither: int = 0) -> list[Placed]:
    """So many signings among the first 20 of both orders, of one, of none."""
    return [stood(1, 1)] * both + [stood(1, 99)] * ours + [stood(99, 1)] * theirs + [stood(99, 99)] * neither


def test_a_place_that_ties_over_the_edge_is_no_hit() -> None:
    assert hits([stood(20, 20.5)], "ours", "hit@20").tolist() == [1.0]
    assert hits([stood(20, 20.5)], "largest_revenue", "hit@20").tolist() == [0.0]
    assert hits([stood(3, 4)], "ours", "segment hit@3").tolist() == [1.0]


def test_an_interval_of_a_rate_is_that_of_clopper_and_pearson() -> None:
    # 3 of 10: table of Clopper & Pearson (1934), .067 to .652.
    found = rate(together(both=3, neither=7), "ours", "hit@20")
    assert (found.value, round(found.low, 3), round(found.high, 3)) == (0.3, 0.067, 0.652)
    none = rate(together(neither=10), "ours", "hit@20")
    assert (none.low, round(none.high, 3)) == (0.0, 0.308)


@pytest.mark.parametrize(
    ("ours", "theirs", "p"),
    [(3, 0, 0.25), (5, 0, 0.0625), (6, 0, 0.03125), (1, 5, 0.21875), (0, 0, 1.0)],
)
def test_a_paired_difference_is_judged_by_mcnemar(ours: int, theirs: int, p: float) -> None:
    found = lead(together(both=2, ours=ours, theirs=theirs, neither=4), "largest_revenue", "hit@20")
    assert found.p == pytest.approx(p)
    assert found.difference == pytest.approx((ours - theirs) / (6 + ours + theirs))
    if ours + theirs:
        # The interval is the inverse of the test: it leaves 0 out when, and only when, the test does.
        assert (found.low <= 0 <= found.high) is not found.is_told
        assert found.low <= found.difference <= found.high + 1e-12
    else:
        assert math.isnan(found.low)


def test_random_is_judged_by_the_distribution_of_its_own_hits() -> None:
    placed = [stood(1, 1, 0.2)] * 5 + [stood(99, 1, 0.2)] * 7
    found = lead(placed, "random", "hit@20")
    assert found.p == pytest.approx(2 * binom.sf(4, 12, 0.2))
    assert (found.ours, found.theirs) == (pytest.approx(5 / 12), pytest.approx(0.2))


def test_the_number_needed_is_that_of_the_normal_approximation() -> None:
    # Ahead in 3, behind in 1, of 20: mean .1, variance (4 − 20 · .01) / 19 = .2; (1.95996 + .84162)² · .2 / .01 = 156.98.
    found = lead(together(both=6, ours=3, theirs=1, neither=10), "largest_revenue", "hit@20")
    assert found.needed == 157
    assert lead(together(ours=1), "largest_revenue", "hit@20").needed == FEWEST
    assert lead(together(theirs=2, both=3), "largest_revenue", "hit@20").needed == 0


def test_a_short_list_says_that_it_is_too_short_and_how_many_would_do() -> None:
    found = sentence(lead(together(both=6, ours=3, theirs=1, neither=10), "largest_revenue", "hit@20"), REVENUE)
    assert found.startswith("20 个签约太少，还说明不了这份排序比“收入最大”好还是差")
    assert "约要 157 个" in found
    assert "too few to tell" in found.en
    assert "some 157 signings" in found.en


@pytest.mark.parametrize(("ours", "theirs", "word"), [(9, 0, "better"), (0, 9, "worse")])
def test_what_is_no_accident_is_said_whichever_way_it_goes(ours: int, theirs: int, word: str) -> None:
    found = sentence(lead(together(ours=ours, theirs=theirs, neither=3), "largest_revenue", "hit@20"), REVENUE)
    assert word in found.en
    assert "too few" not in found.en
    assert "太少" not in found


def test_no_signing_tells_nothing() -> None:
    found = lead([], "random", "hit@20")
    assert not found.is_told
    assert "no signing to compare" in sentence(found, REVENUE).en
    assert math.isnan(rate([], "ours", "hit@20").value)


def test_what_is_not_known_of_a_baseline_is_left_out_of_its_comparison_alone() -> None:
    placed = [*together(both=2, ours=1), stood(1, math.nan), stood(99, math.nan)]
    found = lead(placed, "largest_revenue", "hit@20")
    assert (found.signings, found.ours, found.theirs) == (3, 1.0, pytest.approx(2 / 3))
    assert rate(placed, "ours", "hit@20").value == 0.8
    assert rate(placed, "largest_revenue", "hit@20").value == pytest.approx(2 / 3)
    assert math.isnan(rate(placed[3:], "largest_revenue", "hit@20").value)


@given(st.integers(0, 8), st.integers(0, 8), st.integers(0, 8), st.integers(0, 8))
def test_orders_changed_about_change_only_the_sign(both: int, ours: int, theirs: int, neither: int) -> None:
    if not both + ours + theirs + neither:
        return
    one = lead(together(both, ours, theirs, neither), "largest_revenue", "hit@20")
    other = lead(together(both, theirs, ours, neither), "largest_revenue", "hit@20")
    assert one.difference == pytest.approx(-other.difference)
    assert one.p == pytest.approx(other.p)


def test_planted_firsts_are_told_from_chance_and_from_revenue_and_not_from_their_like(
    planted: ChainGraph, nearness: Weights, today: date, signed: Callable[..., Signing]
) -> None:
    found = backtest(planted, [signed(f"N{i}") for i in range(6)], HOME, "p", nearness, today=today)
    told = {x.over: (x.is_told, x.difference) for x in found.leads if x.measure == "hit@10"}
    assert told["random"] == (True, pytest.approx(5 / 6))
    assert told["largest_revenue"] == (True, 1.0)
    assert told["nearest_seat"] == (False, 0.0)
    # The strongest baseline is said first: nobody may hide behind a weak one.
    assert "nearest seat" in found.headline.en
    assert "agree in every signing" in found.headline.en


def drawn(number: int, of: int, seed: int) -> Sequence[int]:
    return np.random.default_rng(seed).choice(of, number, replace=False).tolist()  # type: ignore[no-any-return]


def test_signings_drawn_by_lot_are_no_better_than_chance(
    world: Callable[..., ChainGraph], a_firm: Callable[..., dict[str, object]], today: date, signed: Callable[..., Signing]
) -> None:
    revenue = np.random.default_rng(1).lognormal(20, 1, 120)
    graph = world([a_firm(f"L{i:03}", revenue_cny=float(r)) for i, r in enumerate(revenue)])
    found = backtest(graph, [signed(f"L{i:03}") for i in drawn(40, 120, 2)], HOME, "p", Weights.load("hand-set"), today=today)
    assert found.fates == {"placed": 40}
    ours = next(r for r in found.rates if (r.way, r.measure) == ("ours", "hit@20"))
    assert ours.low < 20 / 120 < ours.high
    against = next(x for x in found.leads if (x.over, x.measure) == ("random", "hit@20"))
    assert not against.is_told
    assert "too few to tell" in sentence(against, Phrase("随机", "random")).en
