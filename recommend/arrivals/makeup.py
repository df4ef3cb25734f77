"""What cities make: registrations told apart by the industry, and counted by the firm, that their text is most like."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from chaingraph.metrics import Array

SCOPE_READ, NAME_READ = 80, 12
"""Characters of a scope, and of the end of a name, that are read to tell the industry of a registration."""
TOLD_FROM = 0.08
"""From this cosine a registration is told to be of the industry it is most like."""
TRADE_FROM = 0.15
"""From this cosine a registration is of the trade of a firm."""
ONE_IN = 3
"""One registration in so many is read for the make-up of cities."""
TRADE_ONE_IN = 3
"""One in so many of these is held against every firm."""
_TEXTS = 5_000
"""Texts that are held against all firms at a time."""


def read_makeup(firms: pd.DataFrame, rows: pl.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return registrations by province, city, year, industry, one in `ONE_IN`; and by firm, year, of its trade, one in three of those.

    A registration is of the industry of the candidates that it is most like: an industry is the mean business of its candidates less
    the mean of all, as TF-IDF over two characters. It is of the trade of every firm whose business, less the same mean, it is like.
    """
    industries = sorted(firms["industry"].unique())
    some = rows.gather_every(ONE_IN)
    text = some.select(pl.col("name").str.tail(NAME_READ) + " " + pl.col("scope").str.head(SCOPE_READ)).to_series().to_list()
    words = TfidfVectorizer(
        analyzer="char", ngram_range=(2, 2), sublinear_tf=True, min_df=3, max_features=30_000, dtype=np.float32
    )
    try:
        words.fit([*text[:: max(1, len(text) // 20_000)], *firms["business"]])
    except ValueError:  # no two characters stand in three texts
        columns = ["province", "city", "year", "industry", "firms"]
        return pd.DataFrame({c: [] for c in columns}), _long({})
    business = words.transform(firms["business"])
    middle = np.vstack([np.asarray(business[np.flatnonzero(firms["industry"] == i)].mean(axis=0)) for i in industries])
    middle = _unit(middle)
    middle = _unit(middle - middle.mean(axis=0))
    frame = some.select("province", "city", pl.col("day").str.slice(0, 4).cast(pl.Int32).alias("year")).to_pandas()
    best, cosine = np.empty(len(text), dtype=int), np.empty(len(text))
    trades: dict[int, Array] = {}
    for start in range(0, len(text), _TEXTS):
        part = words.transform(text[start : start + _TEXTS])
        like = part @ middle.T
        best[start : start + len(like)], cosine[start : start + len(like)] = like.argmax(axis=1), like.max(axis=1)
        _count_trades(trades, part[::TRADE_ONE_IN], frame["year"].to_numpy()[start : start + _TEXTS : TRADE_ONE_IN], business)
    told = frame.assign(industry=np.array(industries, dtype=object)[best])[cosine >= TOLD_FROM]
    makeup = told.groupby(["province", "city", "year", "industry"]).size().reset_index(name="firms")
    return makeup, _long(trades)


def _unit(rows: Array) -> Array:
    out: Array = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return out


def _count_trades(trades: dict[int, Array], texts: csr_matrix, years: Array, business: csr_matrix) -> None:
    """Add to the counts by year and firm the texts that are of the trade of each firm."""
    mean = np.asarray(business.mean(axis=0)).ravel()
    # (text · (business − mean)) / |business − mean| without making the businesses dense.
    size = np.sqrt(np.maximum(business.multiply(business).sum(axis=1).A1 - 2 * (business @ mean) + mean @ mean, 1e-18))
    cosine = ((texts @ business.T).toarray() - (texts @ mean)[:, None]) / size
    for year in np.unique(years):
        of = (cosine[years == year] > TRADE_FROM).sum(axis=0)
        trades[int(year)] = trades.get(int(year), 0) + of


def _long(trades: dict[int, Array]) -> pd.DataFrame:
    rows = [pd.DataFrame({"firm": np.flatnonzero(n), "year": year, "firms": n[n > 0]}) for year, n in sorted(trades.items())]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame({"firm": [], "year": [], "firms": []}, dtype=int)
