"""Which products a country will export next: relatedness methods on the published country × product benchmark.

A file holds one country a line: its number, then the numbers of the products it exports. The method that won is
`chaingraph.relatedness.feasibility`; the others stand beside it so that it can be seen against them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from chaingraph.errors import DataError, Problem
from chaingraph.metrics import Array, proximity, relatedness_density
from chaingraph.relatedness import feasibility, peer_regression, sapling_score, sapling_similarity, spread_out

FOLDER = Path("data") / "export-activation"
"""Where the benchmark lies among the raw sources: train.txt (which holds the validation part too) and validation.txt."""
TOP = 20
HELD_BACK = 0.1
"""Share of each country's products that is held back in an inner split, as large as the validation part."""
INNER_SEEDS = (1, 2, 3)
METHOD = "own + peers + Sapling"


@dataclass(frozen=True)
class Exports:
    """Who exports what: `matrix` (countries × products) is 1 where it does, 0 where that is not known."""

    countries: tuple[int, ...]
    products: tuple[int, ...]
    matrix: Array

    @classmethod
    def of(cls, sets: Mapping[int, frozenset[int]], products: Iterable[int] = ()) -> Exports:
        """Lay out sets of products; a product that nobody exports has no column, unless it is among `products`.

        >>> recommend.exports.Exports.of({7: frozenset({1, 3}), 9: frozenset({3})}).matrix.tolist()
        [[1.0, 1.0], [0.0, 1.0]]
        """
        countries, columns = tuple(sorted(sets)), tuple(sorted(frozenset(products).union(*sets.values())))
        column = {p: i for i, p in enumerate(columns)}
        matrix = np.zeros((len(countries), len(columns)))
        for row, country in enumerate(countries):
            matrix[row, [column[p] for p in sets[country]]] = 1.0
        return cls(countries, columns, matrix)


def read(*paths: Path) -> dict[int, frozenset[int]]:
    """Read files of exports and add up what they say of each country; `DataError` with every fault of every file."""
    found: dict[int, frozenset[int]] = {}
    problems: list[Problem] = []
    for path in paths:
        remedy = "Give files as export-activation has them: a country a line, its number and those of its products."
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(str(path), "—", "unreadable", str(error), "a text file", remedy))
            continue
        for number, line in enumerate(lines, 1):
            words = line.split()
            wrong = [w for w in words if not (w.isascii() and w.isdigit())]
            if wrong:
                problems.append(Problem(str(path), f"line {number}", "impossible-value", wrong[0], "numbers from 0", remedy))
            elif words:
                country, *products = map(int, words)
                found[country] = found.get(country, frozenset()).union(products)
    if not problems and not any(found.values()):
        problems.append(
            Problem(", ".join(map(str, paths)), "—", "missing-value", "no export", "at least one", "Give other files.")
        )
    if problems:
        raise DataError(problems)
    return found


def predict(known: Mapping[int, frozenset[int]]) -> pd.DataFrame:
    """Score what each country does not export yet: country, product, score, best first; known exports are never ranked.

    Only products that some country exports are ranked, and only countries that export something: of others nothing is known.
    """
    exports = Exports.of(known)
    scores = METHODS[METHOD](exports.matrix)
    row, column = np.nonzero((exports.matrix == 0) & (exports.matrix.sum(axis=1, keepdims=True) > 0))
    country, product = np.array(exports.countries)[row], np.array(exports.products)[column]
    found = pd.DataFrame({"country": country, "product": product, "score": scores[row, column]})
    return found.sort_values(["country", "score", "product"], ascending=[True, False, True], ignore_index=True)


# --- methods ---------------------------------------------------------------------------------------------------------


def popularity(m: Array) -> Array:
    """Number of countries that export the product."""
    return np.broadcast_to(m.sum(axis=0), m.shape)


def density(m: Array) -> Array:
    """Relatedness density over Hidalgo's proximity of products."""
    return relatedness_density(m, proximity(m))


def spreading(m: Array, heat: float = 0.7) -> Array:
    """What resources spread over countries bring to each product, heat and probabilities mixed (Zhou et al. 2010, PNAS 107).

    W_ba = Σ_u M_ub M_ua / k_u ÷ (k_b^(1−heat) · k_a^heat): heat 0 spreads probabilities, heat 1 heat.
    """
    countries, products = np.maximum(m.sum(axis=1), 1.0), np.maximum(m.sum(axis=0), 1.0)
    sent = (m / products ** (1 - heat)) @ (m / countries[:, None]).T
    out: Array = sent @ m / products**heat
    return out


def cosine(m: Array, power: float = 4.0) -> Array:
    """Exports of the other countries, weighed by the cosine of their baskets to a power."""
    length = np.maximum(np.linalg.norm(m, axis=1, keepdims=True), 1e-12)
    near = ((m / length) @ (m / length).T) ** power
    np.fill_diagonal(near, 0.0)
    out: Array = near @ m
    return out


def sapling_countries(m: Array) -> Array:
    """Exports of the other countries, weighed by Sapling similarity of the countries."""
    near = sapling_similarity(m.T)
    out: Array = near @ m / np.maximum(np.abs(near).sum(axis=1, keepdims=True), 1e-12)
    return out


def sapling_both(m: Array) -> Array:
    """Sapling similarity of countries plus that of products, as published (power 2), in standard deviations."""
    told = np.asarray(m.any(axis=0))
    return spread_out(sapling_countries(m), told) + spread_out(sapling_score(m, 2.0), told)


def factors(m: Array, rank: int = 20) -> Array:
    """Matrix of lower rank: singular vectors of M / √(k_u · k_a), the product's size given back."""
    countries, products = np.maximum(m.sum(axis=1, keepdims=True), 1.0), np.maximum(m.sum(axis=0, keepdims=True), 1.0)
    left, size, right = np.linalg.svd(m / np.sqrt(countries * products), full_matrices=False)
    out: Array = (left[:, :rank] * size[:rank]) @ right[:rank] * np.sqrt(products)
    return out


def ease(m: Array, ridge: float = 100.0) -> Array:
    """Products regressed on one another (EASE, Steck 2019), by the small inverse of the countries."""
    inverse = np.linalg.inv(m @ m.T + ridge * np.eye(len(m)))
    explained = inverse @ m
    out: Array = m - ridge * explained / (1 - (m * explained).sum(axis=0))
    return out


METHODS: dict[str, Callable[[Array], Array]] = {
    "popularity": popularity,
    "Hidalgo density": density,
    "heat and probabilities": spreading,
    "cosine of countries": cosine,
    "Sapling, countries": sapling_countries,
    "Sapling, products": lambda m: sapling_score(m, 2.0),
    "Sapling, both": sapling_both,
    "Sapling, products, power 3": sapling_score,
    "20 factors": factors,
    "EASE (products)": ease,
    "peers": peer_regression,
    METHOD: lambda m: feasibility(m, m),
}
"""The methods that are measured, simple ones first."""


# --- measuring -------------------------------------------------------------------------------------------------------


def ndcg(scores: Array, known: Array, truth: Array) -> Array:
    """NDCG of the first 20 products by country, known exports left out; NaN for a country with nothing to find.

    >>> ndcg(np.array([[3.0, 2.0, 1.0]]), np.array([[1, 0, 0]]), np.array([[0, 0, 1]])).round(3).tolist()
    [0.631]
    """
    open_ = np.where(known > 0, -np.inf, scores)
    order = np.argsort(-open_, axis=1, kind="stable")[:, :TOP]
    hit = np.take_along_axis(truth, order, axis=1) * np.isfinite(np.take_along_axis(open_, order, axis=1))
    discount = 1 / np.log2(np.arange(2, order.shape[1] + 2))
    best = np.cumsum(1 / np.log2(np.arange(2, TOP + 2)))
    wanted = truth.sum(axis=1).astype(int)
    out: Array = np.where(wanted > 0, hit @ discount / best[np.clip(wanted, 1, TOP) - 1], np.nan)
    return out


def inner_splits(known: Array) -> Iterator[tuple[Array, Array]]:
    """Yield (kept, held back) with a tenth of every country's products held back at random, once for each seed."""
    for seed in INNER_SEEDS:
        drawn, held = np.random.default_rng(seed), np.zeros_like(known)
        for row, products in enumerate(known):
            has = np.flatnonzero(products)
            if len(has) > 1:
                held[row, drawn.choice(has, max(1, round(HELD_BACK * len(has))), replace=False)] = 1.0
        yield known - held, held


def trial(known: Mapping[int, frozenset[int]], truth: Mapping[int, frozenset[int]]) -> pd.DataFrame:
    """Measure every method: method, chosen_on (mean NDCG@20 of the inner splits), ndcg, low, high, better (all countries of `truth`).

    `better` is the share of 2,000 resamplings of the countries in which the method that is used is ahead of this one. Truths that
    are known already are not asked for.
    """
    everything = {c: known.get(c, frozenset()) | truth.get(c, frozenset()) for c in known.keys() | truth.keys()}
    whole = Exports.of(everything)
    old = Exports.of({c: known.get(c, frozenset()) for c in everything}, whole.products).matrix
    splits, asked = list(inner_splits(old)), whole.matrix - old
    found = {name: (_inner(method, splits), ndcg(method(old), old, asked)) for name, method in METHODS.items()}
    used = found[METHOD][1]
    countries = np.flatnonzero(~np.isnan(used))
    drawn = np.random.default_rng(0).choice(countries, (2000, len(countries)))
    rows = []
    for name, (inner, each) in found.items():
        means = each[drawn].mean(axis=1)
        low, high = np.percentile(means, [2.5, 97.5])
        ahead = float((used[drawn].mean(axis=1) > means).mean()) if name != METHOD else float("nan")
        rows.append((name, inner, float(np.nanmean(each)), low, high, ahead))
    return pd.DataFrame(rows, columns=["method", "chosen_on", "ndcg", "low", "high", "better"])


def _inner(method: Callable[[Array], Array], splits: Sequence[tuple[Array, Array]]) -> float:
    """Mean NDCG@20 over the inner splits."""
    return float(np.mean([np.nanmean(ndcg(method(kept), kept, held)) for kept, held in splits]))


def published(raw: Path) -> pd.DataFrame:
    """Measure every method on the published validation part: known is the training part without it."""
    known, truth = read(raw / FOLDER / "train.txt"), read(raw / FOLDER / "validation.txt")
    return trial({c: products - truth.get(c, frozenset()) for c, products in known.items()}, truth)
