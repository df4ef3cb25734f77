"""Fit `ingest.abbreviations.WEIGHTS` on the half of the truth that no figure is reported on, and show what each cut gives there.

    python benchmarks/fit_names.py RAW

RAW is the folder with the raw sources (evaluation/names). Prints the weights to be pasted, and the figures of the fitting half.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from scipy.optimize import minimize

from ingest import abbreviations, matching
from ingest.abbreviations import Short, features, worth_reading
from ingest.name_index import NameIndex, core_of
from ingest.name_trial import Truth, measure
from ingest.names import parse

OUT_WEIGHT = 0.6
"""How much a name without its own firm counts beside the same name with it."""

RIDGE = 0.5
CUTS = (0.5, 0.55, 0.6, 0.65, 0.7)


def main() -> None:
    """Fit and print."""
    truth = Truth.read(Path(sys.argv[1]))
    values, names, own, columns = pairs(truth)
    fitted = minimize(
        loss, np.zeros(len(columns)), args=(values, names, own), jac=True, method="L-BFGS-B", options={"maxiter": 3000}
    )
    weights = {column: round(float(w), 2) for column, w in zip(columns, fitted.x, strict=True)}
    print("\n".join(f'    "{column}": {w},' for column, w in weights.items()))
    for cut in CUTS:
        with (
            mock.patch.object(abbreviations, "WEIGHTS", weights),
            mock.patch.object(matching, "ACCEPT_AT", cut),
        ):
            found = measure(truth, held=False)
        print(cut, {key: (round(s["value"], 4), s["of"]) for key, s in found.as_dict().items()})


def pairs(truth: Truth) -> tuple[Any, Any, Any, list[str]]:
    """Features of each name of the fitting half with each candidate, which name it is, and whether it is the right one."""
    index = NameIndex(truth.companies)
    chosen = [
        (alias, full)
        for alias, full, held in zip(truth.aliases, truth.meant, truth.held(), strict=True)
        if not held and matching._by_form(parse(alias), index) is None and not matching._REGISTERED.search(parse(alias).normal)
    ]
    rows, names, own = [], [], []
    cores = [core_of(alias) for alias, _ in chosen]
    for at, ((alias, full), core, near) in enumerate(zip(chosen, cores, index.nearest(cores), strict=True)):
        if not core or core.isascii():
            continue
        short = Short.of(parse(alias), core)
        for row, cosine in worth_reading(core, near, index):
            rows.append(features(short, index.reading(row), cosine, index.rarity))
            names.append(at)
            own.append(index.full[row] == full)
    columns = list(rows[0])
    values = np.array([[row[column] for column in columns] for row in rows])
    return values, np.unique(names, return_inverse=True)[1], np.array(own), columns


def loss(weights: Any, values: Any, names: Any, own: Any) -> tuple[float, Any]:
    """Negative log-likelihood of the right candidate (or of nobody) with the own firm in the list and without, and its gradient."""
    count = names.max() + 1
    odds = np.exp(np.clip(values @ weights, -30, 30))
    total, right = np.bincount(names, odds, count), np.bincount(names, odds * own, count)
    has = np.bincount(names, own, count) > 0
    lost = -np.log(np.where(has, right, 1) / (1 + total)) + OUT_WEIGHT * np.where(has, np.log1p(total - right), 0)
    pull = odds / (1 + total[names]) - (own & has[names])
    pull += OUT_WEIGHT * np.where(has[names] & ~own, odds / (1 + (total - right)[names]), 0)
    return float(lost.sum() + RIDGE * (weights**2).sum()), values.T @ pull + 2 * RIDGE * weights


if __name__ == "__main__":
    main()
