"""Hiding what is known of a firm lowers the coverage and widens the ranges of score and place; neither is moved without a word."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph import diagnose
from recommend import Weights, gather
from recommend.signals import OF_SEGMENT
from recommend.stability import possible

EVERYBODY = 1000


@pytest.fixture(scope="module")
def evidence(graph):
    return gather(graph, diagnose(graph, "台州", "泵与电机"), "pump-motor/pump-seal")


@pytest.fixture(scope="module", params=["learned", "hand-set"])
def weights(request):
    return Weights.load(request.param)


@pytest.fixture(scope="module")
def before(evidence, weights):
    return evidence.ranked(weights, EVERYBODY)


def without(evidence, row, column):
    """The same evidence, one signal of one candidate not known."""
    segment = evidence.segments[0]
    values = segment.values.copy()
    values[row, column] = np.nan
    signals = list(segment.signals)
    signals[row] = tuple(None if i == column else s for i, s in enumerate(signals[row]))
    return replace(evidence, segments=(replace(segment, values=values, signals=tuple(signals)),))


def span(target, weights):
    """The lowest and highest score as what is not known turns out."""
    ends = [possible(weights.of[r.signal]) if not r.known else (r.value, r.value) for r in target.reasons]
    return tuple(100 * sum(weights.of[r.signal].weight * e[i] for r, e in zip(target.reasons, ends, strict=True)) for i in (0, 1))


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_hiding_a_signal_lowers_coverage_and_widens_the_ranges_which_hold_what_was(evidence, weights, before, data):
    segment = evidence.segments[0]
    row = data.draw(st.integers(0, len(segment.candidates) - 1))
    known = [
        i
        for i, name in enumerate(evidence.names)
        if segment.signals[row][i] is not None and name not in (*OF_SEGMENT, "segment_fit")
    ]
    column = data.draw(st.sampled_from(known))
    name, value = evidence.names[column], float(segment.values[row, column])
    company = segment.candidates[row].company_id
    was = before[company]
    now = without(evidence, row, column).ranked(weights, EVERYBODY)[company]
    assert now.coverage == pytest.approx(was.coverage - weights.of[name].weight)
    assert name in now.not_known
    (low, high), (old_low, old_high) = span(now, weights), span(was, weights)
    assert high - low >= old_high - old_low - 1e-9
    least, most = possible(weights.of[name])
    assert high - low == pytest.approx(old_high - old_low + 100 * weights.of[name].weight * (most - least))
    assert low - 1e-9 <= now.score <= high + 1e-9
    assert now.rank_low <= now.rank <= now.rank_high
    if least <= value <= most:
        assert low - 1e-9 <= was.score <= high + 1e-9
        assert now.rank_low <= was.rank <= now.rank_high
        assert now.rank_low <= was.rank_low
        assert now.rank_high >= was.rank_high


def test_four_known_values_in_five_lie_in_the_range_their_signal_would_have_were_they_not_known(graph, weights):
    found = gather(graph, diagnose(graph, "青岛", "橡胶轮胎"))
    values = np.concatenate([s.values for s in found.segments])
    inside = known = 0
    for column, name in enumerate(found.names):
        of = values[:, column][~np.isnan(values[:, column])]
        low, high = possible(weights.of[name])
        inside, known = inside + int(((of >= low) & (of <= high)).sum()), known + len(of)
    assert inside / known >= 0.8
