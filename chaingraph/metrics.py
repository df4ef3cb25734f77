"""One function per published formula. Arrays in, arrays out; NaN means not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0088


def location_quotient(counts: Array) -> Array:
    """Location quotient LQ_rs = (x_rs / x_r·) / (x_·s / x_··), regions × segments, in [0, ∞); 1 is the nation's mix.

    A region or segment without any count gives NaN there, and nowhere else.
    Hoover, E. M. (1936), The Measurement of Industrial Localization; as RCA: Balassa (1965).

    >>> location_quotient(np.array([[8.0, 2.0], [2.0, 8.0]])).round(2).tolist()
    [[1.6, 0.4], [0.4, 1.6]]
    """
    x = np.asarray(counts, dtype=float)
    rows, columns, total = x.sum(axis=1, keepdims=True), x.sum(axis=0, keepdims=True), x.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        out: Array = (x / rows) / (columns / total)  # 0 / 0 is NaN: just what is not known
    return out


def expected_count(exposure: Array, segment_total: Array, own_count: Array, total: Array | float) -> Array:
    """Count expected of a region beside its other firms, at the ratio of the rest of the nation.

    E = (x_r· − x_rs) · (x_·s − x_rs) / [(x_·· − x_r·) − (x_·s − x_rs)]: the region's firms outside the segment times the odds of
    the segment elsewhere; for a segment of a few percent that is the familiar x_r· · x_·s / x_··. `exposure` is x_r· (firms looked
    at in the region at all), `total` is x_··; shapes that broadcast. One more local firm of the segment raises the count and never
    E, so the grade is monotone. Taken for one stratum after the other and added up, it is indirect standardisation: a region is
    held to the mix of what was looked at in it.

    >>> expected_count(np.array([[100.0], [0.0]]), np.array([[12.0], [80.0]]), np.zeros((2, 1)), np.array([[700.0], [100.0]])).round(2).tolist()
    [[2.04], [0.0]]
    """
    x = np.asarray(own_count, dtype=float)
    others_here = np.maximum(np.asarray(exposure, dtype=float) - x, 0.0)
    elsewhere = np.maximum(np.asarray(segment_total, dtype=float) - x, 0.0)
    out: Array = others_here * elsewhere / np.maximum(total - np.asarray(exposure) - elsewhere, 1.0)
    return out


def gamma_poisson_interval(count: Array, expected: Array, prior: float = 1.0, level: float = 0.9) -> tuple[Array, Array, Array]:
    """Posterior (mean, low, high) of the location quotient: x ~ Poisson(λE), λ ~ Gamma(prior, prior), so the prior mean is 1.

    The posterior is Gamma(prior + x, prior + E). `level` is the probability inside the interval. With E near 0 (a hole in
    the data) the interval stays as wide as the prior.
    Clayton & Kaldor (1987), Empirical Bayes Estimates of Age-standardized Relative Risks, Biometrics 43.

    >>> [round(float(v), 2) for v in gamma_poisson_interval(np.array(0.0), np.array(0.0))]
    [1.0, 0.05, 3.0]
    """
    shape, rate = np.asarray(count, dtype=float) + prior, np.asarray(expected, dtype=float) + prior
    tail = (1 - level) / 2
    return shape / rate, special.gammaincinv(shape, tail) / rate, special.gammaincinv(shape, 1 - tail) / rate


def proximity(presence: Array) -> Array:
    """Proximity φ_ij = min(P(i | j), P(j | i)) over regions, segments × segments, in [0, 1], diagonal 1.

    `presence` is regions × segments, 1 where the region is specialised (LQ ≥ 1). A segment nobody has gives 0.
    Hidalgo, Klinger, Barabási & Hausmann (2007), The Product Space Conditions the Development of Nations, Science 317.
    """
    m = np.asarray(presence, dtype=float)
    together = m.T @ m
    ubiquity = np.diag(together)
    largest = np.maximum(ubiquity[:, None], ubiquity[None, :])
    out: Array = np.divide(together, largest, out=np.zeros_like(together), where=largest > 0)
    np.fill_diagonal(out, 1.0)
    return out


def relatedness_density(presence: Array, phi: Array) -> Array:
    """Relatedness density ω_rs = Σ_i M_ri φ_is / Σ_i φ_is, regions × segments, in [0, 1] (Hidalgo et al. 2007)."""
    m, p = np.asarray(presence, dtype=float), np.asarray(phi, dtype=float)
    total = p.sum(axis=0)
    out: Array = np.divide(m @ p, total[None, :], out=np.full((m.shape[0], p.shape[1]), np.nan), where=total[None, :] > 0)
    return out


def hhi(sizes: Array) -> float:
    """Herfindahl–Hirschman index Σ (x_i / Σx)², in (0, 1]; NaN without any size.

    >>> hhi(np.array([50.0, 30.0, 20.0]))
    0.38
    """
    x = np.asarray(sizes, dtype=float)
    x = x[~np.isnan(x)]
    total = x.sum()
    return float(((x / total) ** 2).sum()) if total > 0 else float("nan")


def hhi_from_sums(total: float, squares: float) -> float:
    """HHI from Σx and Σx², so that it can be added up over regions: Σx² / (Σx)²."""
    return squares / total**2 if total > 0 else float("nan")


def great_circle_km(lon1: Array | float, lat1: Array | float, lon2: Array | float, lat2: Array | float) -> Array:
    """Great-circle distance in km between points in degrees, by the haversine (Sinnott 1984), mean earth radius 6371.0088 km."""
    a1, b1, a2, b2 = (np.radians(np.asarray(v, dtype=float)) for v in (lon1, lat1, lon2, lat2))
    h = np.sin((b2 - b1) / 2) ** 2 + np.cos(b1) * np.cos(b2) * np.sin((a2 - a1) / 2) ** 2
    out: Array = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0)))
    return out


def completeness(producible: Iterable[str], segments: Iterable[str]) -> float:
    """Share of a chain's segments producible in the area, in [0, 1]; NaN for a chain without segments to produce."""
    wanted = set(segments)
    return len(set(producible) & wanted) / len(wanted) if wanted else float("nan")


def readiness(ways: Mapping[str, Iterable[frozenset[str]]], available: Iterable[str]) -> dict[str, float]:
    """Share of what a segment needs (itself and all its essential inputs upstream) that is available, by segment, in [0, 1].

    `ways`: by segment, what must be there for it; where inputs replace one another there are several ways, and the best counts.
    """
    have = set(available)
    return {
        segment: max((len(way & have) / len(way) if way else 1.0 for way in each), default=0.0) for segment, each in ways.items()
    }
