"""How firm a place on the list is: how often it is kept when weights and evidence are drawn again (docs/methods.md §6)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chaingraph.metrics import Array
from chaingraph.model import Presence
from recommend.candidates import Setting
from recommend.listing import Listing
from recommend.questions import asks
from recommend.signals import ENOUGH_FIRMS, NEED, neighbours
from recommend.weights import Weight, Weights

LISTS_DRAWN = 200
"""So many times weights and evidence are drawn again."""
AMONG_FIRST = 20
"""Among so many first places a firm is kept, or not."""
CONCENTRATION = 100.0
"""How close drawn weights are to the declared ones: a weight w varies by √(w (1 − w) / 101), 0.15 by 0.036."""
UNKNOWN_SPREAD = 2.0
"""α + β of the values that an unknown signal may have: with 2, a signal that counts as one half may be anything alike."""
SEED = 20


def stability(
    setting: Setting,
    names: Sequence[str],
    segment_ids: Sequence[str],
    values: Array,
    weights: Weights,
    listing: Listing,
    top: int,
) -> Array:
    """Return for every candidate the share of `LISTS_DRAWN` lists in which its firm is among the `AMONG_FIRST`, in [0, 1].

    In each draw weights come from a Dirichlet distribution around the declared ones and evidence is drawn again (`drawn`).
    `segment_ids`, `values`: the segment of each candidate; candidates × signals `names`, NaN where not known. The list is as
    long as `top`, and at least `AMONG_FIRST`. The same call gives the same shares.
    """
    rng = np.random.default_rng(SEED)
    given = np.array([weights.of[n].weight for n in names])
    weighed = np.zeros((LISTS_DRAWN, len(names)))
    weighed[:, given > 0] = rng.dirichlet(CONCENTRATION * given[given > 0], LISTS_DRAWN)
    scores = 100 * np.einsum("dk,dnk->dn", weighed, drawn(setting, names, segment_ids, values, weights, rng))
    places = listing.places(scores, max(top, AMONG_FIRST))
    first = (places > 0) & (places <= AMONG_FIRST)
    # A firm stands on a list once: what its rows have together is its own.
    times: Array = np.bincount(listing.company, weights=first.sum(axis=0)).astype(float)
    return times[listing.company] / LISTS_DRAWN


def drawn(
    setting: Setting, names: Sequence[str], segment_ids: Sequence[str], values: Array, weights: Weights, rng: np.random.Generator
) -> Array:
    """Return evidence drawn again, draws × candidates × signals: what the data estimate, and what is not known.

    Counts of firms within reach are Poisson, the rank of a city's relatedness binomial over cities, the need for a segment
    that may or may not be here uniform over the grades. What is not known is Beta over what it may be (`answerable`), on average what
    it counts as. All else is a fact and stays.
    """
    found = np.repeat(values[None, :, :], LISTS_DRAWN, axis=0)
    rows = np.array(segment_ids)
    for segment_id in dict.fromkeys(segment_ids):
        inside = np.flatnonzero(rows == segment_id)
        for column, name in enumerate(names):
            again = _estimated(setting, segment_id, name, float(values[inside[0], column]), rng)
            if again is not None:
                found[:, inside, column] = again[:, None]
    for column, name in enumerate(names):
        blank = np.flatnonzero(np.isnan(values[:, column]))
        low, high = answerable(name, weights.of[name])
        width, middle = high - low, weights.of[name].when_unknown
        share = (middle - low) / width if width > 0 else 0.0
        # A signal that counts as the end of its range has no other value on average.
        found[:, blank, column] = (
            low + width * rng.beta(UNKNOWN_SPREAD * share, UNKNOWN_SPREAD * (1 - share), (LISTS_DRAWN, len(blank)))
            if 0 < share < 1
            else middle
        )
    return found


def possible(weight: Weight) -> tuple[float, float]:
    """Return between which values a signal is held to lie that is not known: its declared range, with what it counts as.

    >>> from recommend.stability import possible
    >>> possible(recommend.Weight(weight=0.1, when_unknown=0.5, reason="", low=0.6, high=0.9))
    (0.5, 0.9)
    """
    return min(weight.low, weight.when_unknown), max(weight.high, weight.when_unknown)


def answerable(name: str, weight: Weight) -> tuple[float, float]:
    """Return between which values a signal lies as a firm may answer: its range, and what a good and a bad answer count as."""
    low, high = possible(weight)
    question = asks(name)
    return (min(low, question.bad.value), max(high, question.good.value)) if question else (low, high)


def _estimated(setting: Setting, segment_id: str, name: str, value: float, rng: np.random.Generator) -> Array | None:
    """Draw a signal of a segment that rests on an estimate; None for another, and where it is not known."""
    if np.isnan(value):
        return None
    if name in ("inputs_here", "customers_here"):
        around = neighbours(setting, segment_id, "supplier_id" if name == "inputs_here" else "customer_id")
        weight = np.array([n.weight for n in around])
        firms = rng.poisson([n.firms for n in around], (LISTS_DRAWN, len(around)))
        supplied: Array = np.minimum(1.0, firms / ENOUGH_FIRMS) @ weight / weight.sum()
        return supplied
    if name == "regional_fit":
        cities = len(setting.graph.places.cities)
        return rng.binomial(cities, value, LISTS_DRAWN) / cities
    if name == "gap_need" and setting.diagnosis[segment_id].presence is Presence.UNKNOWN:
        need = rng.uniform(NEED[Presence.STRONG], NEED[Presence.MISSING], LISTS_DRAWN)
        return np.clip(value + 0.6 * (need - NEED[Presence.UNKNOWN]), 0.0, 1.0)
    return None
