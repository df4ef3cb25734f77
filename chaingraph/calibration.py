"""How far the interval of a location quotient can be trusted: well-covered cities made thin, and held against all that is known of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from chaingraph.graph import ChainGraph
from chaingraph.ground import Grid, Registered
from chaingraph.metrics import Array, expected_count, gamma_poisson_interval
from chaingraph.model import PERIODS

KEPT = 0.2
"""Share of the registrations that are kept of a city."""
WELL_COVERED = 0.5
"""A city is well covered when it has this share of the median city's registrations in every period."""
EMPTY = 0.1
"""Below this share of the median city's registrations a period of a city counts as not covered."""
KNOWN_FROM = 5.0
"""From so many expected firms in the full data their quotient is known well enough to judge an interval by."""
BANDS = ((0.0, 0.5), (0.5, 2.0), (2.0, 8.0), (8.0, np.inf))
"""Firms expected in the thin data: how much an interval has to go by."""


@dataclass(frozen=True)
class _City:
    """Registrations of a city: periods × segments, and all manufacturing by period."""

    firms: Array
    looked_at: Array


def presence_calibration(graph: ChainGraph, rounds: int = 5, seed: int = 1) -> pd.DataFrame:
    """Return how often the 90 % interval from thin data holds the quotient of the full data.

    Of every well-covered city each registration is kept with probability `KEPT`, `rounds` times; in the second trial also only the
    periods that a badly covered city, drawn at random, has. The full quotient is (1 + x) / (1 + E) of all its registrations. Known
    companies are left out: the trial is of registrations.

    | Column | What it is |
    | --- | --- |
    | `trial` | ``thin``, or ``thin-and-holes`` |
    | `expected_from`, `expected_to` | firms expected in the thin data, from and below |
    | `cells` | city × segment × round judged: at least `KNOWN_FROM` firms expected in the full data |
    | `held` | share of them whose interval holds the full quotient, in [0, 1]; NaN without a cell |
    | `too_high`, `too_low` | share whose interval lies wholly above it, wholly below it |

    >>> found = presence_calibration(graph, rounds=1)
    >>> found.query("expected_from == 0 and expected_to == inf")["held"].between(0.85, 0.97).all()
    np.True_
    """
    periods = len(PERIODS)
    registered, cities = graph.tables.derived(Registered.of), len(graph.tables.derived(Grid.of).cities)
    firms, looked_at = registered.by_unit[:periods], registered.looked_at[:periods]
    nation, all_firms = firms.sum(axis=1), looked_at.sum(axis=1)
    here = looked_at[:, :cities]
    middle = np.array([np.median(row[row > 0]) if (row > 0).any() else np.inf for row in here])
    share = here / middle[:, None]
    well = np.flatnonzero(share.min(axis=0) >= WELL_COVERED)
    covered = share >= EMPTY
    holes = covered[:, covered.any(axis=0) & ~covered.all(axis=0)]
    chance, rows = np.random.default_rng(seed), []

    def expected(city: _City) -> Array:
        by_period = expected_count(city.looked_at[:, None], nation, city.firms, all_firms[:, None])
        total: Array = by_period.sum(axis=0)
        return total

    for _ in range(rounds):
        for i in well:
            full = _City(firms[:, i], looked_at[:, i])
            thin = _City(
                chance.binomial(full.firms.astype(int), KEPT).astype(float),
                chance.binomial(full.looked_at.astype(int), KEPT).astype(float),
            )
            full_expected = expected(full)
            known = full_expected >= KNOWN_FROM
            value = (1 + full.firms.sum(axis=0)) / (1 + full_expected)
            some = holes[:, chance.integers(holes.shape[1])] if holes.shape[1] else np.ones(periods, dtype=bool)
            for trial, kept in (("thin", np.ones(periods, dtype=bool)), ("thin-and-holes", some)):
                seen = _City(thin.firms * kept[:, None], thin.looked_at * kept)
                e = expected(seen)
                _, low, high = gamma_poisson_interval(seen.firms.sum(axis=0), e)
                rows.append(pd.DataFrame({"trial": trial, "e": e, "too_high": value < low, "too_low": value > high})[known])
    cells = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["trial", "e", "too_high", "too_low"])
    return pd.DataFrame(
        [
            _judged(cells[(cells["trial"] == trial) & (cells["e"] >= low) & (cells["e"] < high)], trial, low, high)
            for trial in ("thin", "thin-and-holes")
            for low, high in (*BANDS, (0.0, np.inf))
        ]
    )


def _judged(cells: pd.DataFrame, trial: str, low: float, high: float) -> dict[str, object]:
    above, below = (float(cells[c].mean()) if len(cells) else float("nan") for c in ("too_high", "too_low"))
    return {
        "trial": trial,
        "expected_from": low,
        "expected_to": high,
        "cells": len(cells),
        "held": 1 - above - below,
        "too_high": above,
        "too_low": below,
    }
