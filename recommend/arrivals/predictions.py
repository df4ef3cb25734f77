"""A score and a probability for every candidate and every city asked about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from chaingraph.errors import DataError, Problem, did_you_mean, nearest
from recommend.arrivals.events import Past
from recommend.arrivals.features import Market
from recommend.arrivals.model import Model
from recommend.arrivals.seats import Seats


def read_cities(path: Path, seats: Seats) -> list[tuple[str, str]]:
    """Read the cities asked about, columns `province, city`, each once; DataError with every fault of the file."""
    columns = ["province", "city"]
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise DataError(
            [_fault(path, "file", "unreadable", found, "a CSV file in UTF-8", "Mend the path or the file.")]
        ) from error
    problems = [
        _fault(path, c, "missing-column", "no such column", "the columns province and city", "Name both in the first row.")
        for c in columns
        if c not in frame
    ]
    if problems:
        raise DataError(problems)
    for i, (province, city) in enumerate(zip(frame["province"], frame["city"], strict=True), start=2):
        if not seats.knows(province):
            hint = did_you_mean(nearest(province, seats.provinces)) or "Write it as in 浙江."
            problems.append(_fault(path, f"row {i}", "unknown-name", f"the province '{province}'", "a province", hint))
        if not city:
            problems.append(_fault(path, f"row {i}", "missing-value", "nothing", "a city", "Fill it in."))
    if not problems and not len(frame):
        problems.append(_fault(path, "row 2", "missing-value", "no city", "at least one", "Add a row."))
    if problems:
        raise DataError(problems)
    return list(dict.fromkeys(zip(frame["province"], frame["city"], strict=True)))


def _fault(path: Path, where: str, kind: str, found: str, expected: str, remedy: str) -> Problem:
    return Problem(path.name, where, kind, found, expected, remedy)


def predict(model: Model, past: Past, cities: list[tuple[str, str]]) -> pd.DataFrame:
    """Return city, stock_code, score, probability: every candidate for every city, best first, all finite.

    The score orders the firms of a city; it does not compare cities. Firms at home in the city, or there already, stand last with
    probability 0. Two cities of one name are told apart by no column, so a firm stands once, with the better of its scores.
    """
    market = Market.at(past, int(past.until[:4]) + 1, cities)
    scores, probabilities = model.scores(market), model.probabilities(market)
    codes = past.firms["stock_code"].to_numpy(object)
    frame = pd.DataFrame(
        {
            "city": np.repeat(np.array([city for _, city in cities], dtype=object), len(codes)),
            "stock_code": np.tile(codes, len(cities)),
            "score": scores.ravel(),
            "probability": probabilities.ravel(),
        }
    )
    place = {city: i for i, (_, city) in reversed(list(enumerate(cities)))}
    order = frame.assign(place=frame["city"].map(place)).sort_values(
        ["place", "score", "stock_code"], ascending=[True, False, True], kind="stable"
    )
    return order.drop(columns="place").drop_duplicates(["city", "stock_code"], ignore_index=True)
