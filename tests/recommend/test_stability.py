"""A place is firm when weights and evidence drawn again keep it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph import diagnose
from recommend import Weights, gather
from recommend.scorecard import Weight
from recommend.signals import SIGNALS
from recommend.stability import AMONG_FIRST, LISTS_DRAWN, answerable, drawn, possible

HOME, NEAR, FAR = "330100", "330200", "340100"
NAMES = tuple(SIGNALS)


@pytest.fixture(scope="module")
def crowd(world, a_firm):
    """Thirty-two firms of three segments, of which much is not known, one of them in two; and one that is best in all that counts."""
    firms = [
        a_firm(
            f"C-{n:02}",
            {
                ("p/part", "p/alloy", "p/care")[n % 3]: {
                    "confidence": 0.6 + n / 100,
                    "verdict": "to_review" if n == 5 else "confirmed",
                }
            },
            seat=(FAR, NEAR, None)[n % 3],
            founded_elsewhere=n % 4,
            ownership=("private", None, "foreign")[n % 3],
        )
        for n in range(31)
    ]
    firms.append(a_firm("C-31", {s: {"confidence": 0.8} for s in ("p/part", "p/alloy")}))
    return world(firms)


@pytest.fixture(scope="module")
def evidence(crowd):
    return gather(crowd, diagnose(crowd, HOME, "p"))


shares = st.fixed_dictionaries({n: st.tuples(st.floats(0.01, 10), st.floats(0, 1)) for n in SIGNALS})


def weigh(shares):
    total = sum(w for w, _ in shares.values())
    return Weights({n: Weight(w / total, u, "") for n, (w, u) in shares.items()})


@settings(max_examples=20, deadline=None)
@given(shares=shares)
def test_every_list_has_twenty_first_and_every_place_lies_in_its_range(evidence, shares):
    found = evidence.ranked(weigh(shares), 1000)
    assert len(found) == 32
    assert all(0 <= t.stability <= 1 for t in found)
    # All firms are on it: each draw keeps twenty of them.
    assert sum(t.stability for t in found) == pytest.approx(AMONG_FIRST)
    for t in found:
        assert 1 <= t.rank_low <= t.rank <= t.rank_high <= len(found) + 1
        unknown = {
            n for n in t.not_known if n in ("expansion", "mobility", "leadership", "scale", "ties", "distance", "specialisation")
        }
        assert bool(t.phone_call) == bool(unknown or t.company_id == "C-05")
        if not t.phone_call:
            assert t.rank_low == t.rank_high == t.rank


def test_the_same_call_gives_the_same_shares(crowd, evidence):
    weights = Weights.load("hand-set")
    again = gather(crowd, diagnose(crowd, HOME, "p")).ranked(weights)
    assert [t.stability for t in evidence.ranked(weights)] == [t.stability for t in again]


def test_the_first_of_a_short_list_are_as_stable_as_on_one_of_twenty(evidence):
    weights = Weights.load("hand-set")
    long = {t.company_id: t.stability for t in evidence.ranked(weights, AMONG_FIRST)}
    short = {t.company_id: t.stability for t in evidence.ranked(weights, 3)}
    assert {c: long[c] for c in short if c in long} == short


@pytest.fixture(scope="module")
def unequal(world, a_firm):
    """Twenty-nine firms of one segment, and one that is better in every signal that is the firm's."""
    seen = {"confidence": 1.0, "is_leading": True, "leading_evidence": "page"}
    of_best = {"ownership": "private", "founded_elsewhere": 60, "revenue_cny": 1e13, "revenue_year": 2020, "controller": "x"}
    plain = {"ownership": "local_state", "founded_elsewhere": 1}
    firms = [a_firm(f"C-{n:02}", {"p/part": {"confidence": 0.6}}, **plain) for n in range(29)]
    graph = world([*firms, a_firm("best", {"p/part": seen}, seat=NEAR, **of_best)])
    return gather(graph, diagnose(graph, HOME, "p"), "p/part")


@settings(max_examples=30, deadline=None)
@given(shares=shares)
def test_a_firm_that_is_best_in_every_signal_is_always_among_the_first(unequal, shares):
    # What is not known of the others counts nothing, so that in no draw one of them is better.
    used = Weights({n: Weight(w.weight, 0.0, "", 0.0, 0.0) for n, w in weigh(shares).of.items()})
    found = unequal.ranked(used)
    assert found["best"].rank == 1
    assert found["best"].stability == 1.0


def test_firms_that_cannot_be_told_apart_share_the_first_places(world, a_firm):
    """Planted: forty equal firms, one of which has more evidence and one less."""
    firms = [a_firm(f"C-{n:02}", {"p/part": {"confidence": 0.8}}) for n in range(38)]
    firms += [a_firm("more", {"p/part": {"confidence": 0.99}}), a_firm("less", {"p/part": {"confidence": 0.5}})]
    graph = world(firms)
    found = gather(graph, diagnose(graph, HOME, "p"), "p/part").ranked(Weights.load("hand-set"), 40)
    equal = [t.stability for t in found if t.company_id.startswith("C-")]
    # Each of 38 equal firms has about its share of the 19 places that are left.
    assert np.mean(equal) == pytest.approx(19 / 38, abs=0.02)
    assert max(equal) - min(equal) < 0.25
    assert found["more"].stability > max(equal)
    assert found["less"].stability < min(equal)


def test_what_is_drawn_again_stays_in_its_range_and_is_on_average_what_it_was(evidence):
    weights = Weights({n: Weight(w.weight, 0.3, "", 0.0, 1.0) for n, w in Weights.load("hand-set").of.items()})
    rows = [c.segment_id for e in evidence.segments for c in e.candidates]
    values = np.concatenate([e.values for e in evidence.segments])
    found = drawn(evidence.setting, NAMES, rows, values, weights, np.random.default_rng(1))
    assert found.shape == (LISTS_DRAWN, *values.shape)
    blank = np.isnan(values)
    unknown = found[:, blank]
    assert ((unknown >= 0) & (unknown <= 1)).all()
    # Beta with α + β = 2 about 0.3: a deviation of √(0.3 · 0.7 / 3) = 0.265.
    assert unknown.mean() == pytest.approx(0.3, abs=5 * 0.265 / np.sqrt(unknown.size))
    assert unknown.std() == pytest.approx(0.265, abs=0.01)
    facts = [NAMES.index(n) for n in ("segment_fit", "expansion", "distance", "mobility")]
    for column in facts:
        known = ~blank[:, column]
        assert (found[:, known, column] == values[known, column]).all()


def test_supply_is_drawn_from_the_counts_it_rests_on(evidence):
    """p/part buys from p/raw (essential, 10 firms here and 4 in the next city) and p/alloy (none within reach)."""
    rows = [c.segment_id for e in evidence.segments for c in e.candidates]
    values = np.concatenate([e.values for e in evidence.segments])
    found = drawn(evidence.setting, NAMES, rows, values, Weights.load("hand-set"), np.random.default_rng(1))
    column, inside = NAMES.index("inputs_here"), [i for i, s in enumerate(rows) if s == "p/part"]
    supply = found[:, inside, column]
    # The same draw for every candidate of the segment; at most two thirds, which is what fourteen firms give.
    assert (supply == supply[:, :1]).all()
    assert supply.max() == pytest.approx(values[inside[0], column])
    assert supply.mean() > 0.95 * values[inside[0], column]


def test_a_range_holds_what_the_signal_counts_as():
    assert possible(Weight(0.1, 0.95, "", 0.2, 0.9)) == (0.2, 0.95)
    assert possible(Weight(0.1, 0.1, "", 0.2, 0.9)) == (0.1, 0.9)
    # With plants in two cities expansion counts 0.63, with none 0; of what the region has nobody is asked.
    assert answerable("expansion", Weight(0.1, 0.3, "", 0.2, 0.5)) == (0.0, pytest.approx(0.632, abs=5e-4))
    assert answerable("inputs_here", Weight(0.1, 0.3, "", 0.2, 0.5)) == (0.2, 0.5)
