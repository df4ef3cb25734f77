"""Every signing has a place, or a reason why not; the places are those the planted list must give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph import ChainGraph
from chaingraph.errors import ChaingraphError
from chaingraph.labels import label
from chaingraph.signings import Likeness, Signing
from recommend.backtest import Backtest, backtest
from recommend.backtest.placing import FATES
from recommend.weights import Weights

HOME = "330100"
Run = Callable[..., Backtest]


@pytest.fixture
def run(planted: ChainGraph, nearness: Weights, today: date) -> Run:
    def found(signings: Sequence[Signing], chain: str | None = "p", weights: Weights = nearness) -> Backtest:
        return backtest(planted, signings, HOME, chain, weights, today=today)

    return found


def test_firms_that_must_come_first_do(run: Run, signed: Callable[..., Signing]) -> None:
    found = run([signed(f"N{i}") for i in range(6)])
    assert found.fates == {"placed": 6}
    # Six near firms are alike: they share the places 1 to 6. The smallest by revenue, they stand last by that.
    assert {(p.place, p.among, p.segment_place, p.segment_among) for p in found.placed} == {(3.5, 60, 3.5, 60)}
    assert [p.places["largest_revenue"] for p in found.placed] == [60, 59, 58, 57, 56, 55]
    assert {p.places["nearest_seat"] for p in found.placed} == {3.5}
    # Nobody is known to have plants elsewhere: all sixty share their mean place, and no one is called first.
    assert {p.places["most_plants_elsewhere"] for p in found.placed} == {30.5}
    assert found.placed[0].percentile == pytest.approx(1 - 3 / 60)
    assert found.placed[0].chances["hit@20"] == pytest.approx(20 / 60)
    assert found.placed[0].chances["segment hit@3"] == pytest.approx(3 / 60)
    assert all(p.probability != p.probability for p in found.placed)


def test_what_cannot_be_placed_is_counted_by_its_reason(run: Run, signed: Callable[..., Signing]) -> None:
    listed = [
        signed("", likeness=Likeness.NOBODY),
        signed("N0", likeness=Likeness.DOUBTFUL),
        signed("N1", day=""),
        signed("N2", day="2026-12"),
        signed("N3", day="2000-12-31"),
        signed("N3", day="2021"),
        signed("GEAR"),
        signed("IDLE"),
        signed("LOCAL"),
        signed("N4", day="2026-11"),
    ]
    found = run(listed)
    wanted = (
        "unmatched_name doubtful_name no_date date_ahead before_coverage signed_before other_chain no_segment already_here placed"
    )
    assert [p.fate for p in found.signings] == wanted.split()
    assert all(p.because for p in found.signings if p.fate != "placed")
    assert sum(found.fates.values()) == len(listed)
    assert found.fates_text.en.startswith("10 signings = placed 1 + ")


def test_the_earliest_signing_of_a_firm_is_the_one_that_counts(run: Run, signed: Callable[..., Signing]) -> None:
    found = run([signed("N0", day="2022-01"), signed("N0", day="2021-03-05"), signed("N0", day="2021-03")])
    assert [p.fate for p in found.signings] == ["signed_before", "placed", "signed_before"]


def test_a_firm_with_a_plant_here_now_is_placed_as_before_it_came(dated: ChainGraph, nearness: Weights, today: date, signed: Callable[..., Signing]) -> None:  # fmt: skip
    found = backtest(dated, [signed("CAME", day="2010-06")], HOME, "p", nearness, today=today)
    (one,) = found.signings
    # OTHER has its plant here already, YOUNG was not founded: CAME stands beside EARLY and LATE, as far away as they.
    assert (one.fate, one.place, one.among) == ("placed", 2.0, 3)
    later = backtest(dated, [signed("CAME", day="2010-06"), signed("OTHER", day="2012")], HOME, "p", nearness, today=today)
    # OTHER signed later, so it was still to come when CAME signed; by 2012 CAME is here.
    assert [(p.fate, p.among) for p in later.signings] == [("placed", 4), ("placed", 3)]


def test_plants_elsewhere_are_no_baseline_for_a_firm_whose_number_of_then_is_not_known(
    dated: ChainGraph, nearness: Weights, today: date, signed: Callable[..., Signing]
) -> None:
    listed = [signed("LATE", day="2010"), signed("EARLY", day="2010"), signed("CAME", day="2010")]
    late, early, came = backtest(dated, listed, HOME, "p", nearness, today=today).placed
    assert late.places["most_plants_elsewhere"] != late.places["most_plants_elsewhere"]
    assert late.places["largest_revenue"] == 2.0
    assert (early.places["most_plants_elsewhere"], came.places["most_plants_elsewhere"]) == (1.0, 2.5)


def test_without_a_chain_each_order_has_its_best_place_and_chance_as_many_tries(
    world: Callable[..., ChainGraph], a_firm: Callable[..., dict[str, object]], nearness: Weights, today: date, signed: Callable[..., Signing]
) -> None:  # fmt: skip
    many = [a_firm(f"P{i:02}", seat="330200", revenue_cny=1e8) for i in range(39)]
    few = [a_firm(f"Q{i:02}", "q/gear", seat="330200", revenue_cny=1e11) for i in range(24)]
    graph = world([*many, *few, a_firm("BOTH", ["p/part", "q/gear"], revenue_cny=1e10)])
    (one,) = backtest(graph, [signed("BOTH")], HOME, None, nearness, today=today).placed
    assert (one.chain_id, one.place, one.among) == ("q", 25, 25)
    assert one.places["largest_revenue"] == 1  # on the list of p
    assert one.chances["hit@10"] == pytest.approx(1 - (1 - 10 / 40) * (1 - 10 / 25))


def test_a_province_is_refused_before_anything_is_placed(planted: ChainGraph, nearness: Weights) -> None:
    with pytest.raises(ChaingraphError, match="give one of its cities"):
        backtest(planted, [], "330000", None, nearness)


def test_every_fate_is_named_in_both_languages() -> None:
    assert all(label(fate) != fate != label(fate, "en") or fate == "placed" for fate in FATES)
    assert label("placed") == "排出名次"


COMPANIES = ("N0", "N1", "F00", "F01", "GEAR", "IDLE", "LOCAL", "")
DAYS = ("", "1999", "2001", "2006-02", "2021", "2021-05-06", "2027")


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(COMPANIES), st.sampled_from(DAYS), st.sampled_from(list(Likeness))), max_size=8))
def test_counts_add_up_and_no_row_is_dropped(planted: ChainGraph, nearness: Weights, rows: list[tuple[str, str, Likeness]]) -> None:  # fmt: skip
    listed = [Signing("", n, c, "", d, c, k if c else Likeness.NOBODY, "") for n, (c, d, k) in enumerate(rows, 2)]
    found = backtest(planted, listed, HOME, "p", nearness, today=date(2026, 11, 27))
    assert [p.signing for p in found.signings] == listed
    assert sum(found.fates.values()) == len(listed)
    placed = [p.signing.company_id for p in found.placed]
    assert len(placed) == len(set(placed))
    assert all(1 <= p.place <= p.among and 1 <= p.segment_place <= p.segment_among <= p.among for p in found.placed)
    assert all(0 < p.percentile < 1 for p in found.placed)
    assert all(p.because and not p.among for p in found.signings if p.fate != "placed")
