"""What the name of a firm shows of where it is: its brand, the word after it, and the registrations elsewhere that bear the brand."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import pandas as pd
import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer

from chaingraph.metrics import Array

BRAND = 2
"""Characters of the brand, where the trade name has four or more: 华新 in 华新水泥."""
LIKE_FROM, LIKE_TO = 0.03, 0.13
"""Likenesses of scope and business between which a bearer of the brand goes from not to surely the firm's own."""
BRAND_AT_MOST = 0.5
"""What the brand alone can make a plant weigh: homonyms are many."""
WORD_PRIOR = 3.0
"""Registrations that are added to those that hold a word."""
_FORMS = "股份|有限|责任|公司|集团|控股"
_LEVEL = re.compile(r"^(?:中国|[省市县区旗州盟])")
_BRACKETS = str.maketrans("", "", "()（）")
_LONGEST = 8
"""Characters of the longest name of a place that is looked for."""


def brand(trade_name: str) -> str:
    """Return the trade name without the word of two characters that follows its brand, if it has one.

    >>> [brand(n) for n in ("华新水泥", "九州通")]
    ['华新', '九州通']
    """
    return trade_name[:-2] if len(trade_name) >= BRAND + 2 else trade_name


def word_shares(trade_names: pd.Series, names: pl.Series) -> Array:
    """Return by firm ln of the share of registered names that hold the word after its brand; NaN where there is none.

    Legal forms do not count: 股份 in 通威股份 is a word that a plant hardly bears.
    """
    words = [n.removeprefix(brand(n)) for n in trade_names]
    held = names.str.replace_all(_FORMS, "").str.extract_many(sorted(set(words) - {""}), overlapping=True).list.unique()
    counted = dict(held.explode().drop_nulls().value_counts().iter_rows())
    share = [(counted.get(w, 0) + WORD_PRIOR) / (len(names) + WORD_PRIOR) if w else np.nan for w in words]
    logs: Array = np.log(np.array(share, dtype=float))
    return logs


def brand_plants(firms: pd.DataFrame, rows: pl.DataFrame, places: Collection[str]) -> pd.DataFrame:
    """Return registrations elsewhere whose name is the brand of a firm, after places, without its trade name: firm, province, city, day, weight.

    The weight rises in a straight line from 0 at a likeness of scope and business (cosine of TF-IDF over two characters) of
    `LIKE_FROM` to `BRAND_AT_MOST` at `LIKE_TO`.
    """
    of = pl.DataFrame({"brand": [brand(n) for n in firms["trade_name"]], "firm": np.arange(len(firms))})
    found = rows.with_columns(pl.col("name").str.extract_many(of["brand"].unique().to_list(), overlapping=True).alias("brand"))
    found = found.filter(pl.col("brand").list.len() > 0).explode("brand").unique(maintain_order=True)
    begin = Beginnings(places)
    starts = [begin.is_place(n[: n.find(b)]) for n, b in found.select("name", "brand").iter_rows()]
    bearers = (
        found.filter(pl.Series(starts, dtype=pl.Boolean)).join(of, on="brand", how="inner", maintain_order="left").to_pandas()
    )
    own = firms.iloc[bearers["firm"]].reset_index(drop=True)
    away = (bearers["city"] != own["hq_city"]) & (bearers["province"] != own["hq_city"])
    whole = np.array([t in n for t, n in zip(own["trade_name"], bearers["name"], strict=True)], dtype=bool)
    kept = away.to_numpy(bool) & ~whole
    bearers, own = bearers[kept], own[kept]
    like = likeness(bearers["scope"], own["business"])
    weight = BRAND_AT_MOST * np.clip((like - LIKE_FROM) / (LIKE_TO - LIKE_FROM), 0.0, 1.0)
    return bearers.assign(weight=weight).loc[weight > 0, ["firm", "province", "city", "day", "weight"]].reset_index(drop=True)


def likeness(scope: pd.Series, business: pd.Series) -> Array:
    """Return the cosines of scopes and businesses row by row, as TF-IDF over two characters."""
    if not len(scope):
        return np.empty(0)
    which, texts = pd.factorize(np.concatenate([scope.to_numpy(object), business.to_numpy(object)]))
    try:
        found = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True).fit_transform(texts)
    except ValueError:  # no text has two characters
        return np.zeros(len(scope))
    both = found[which[: len(scope)]].multiply(found[which[len(scope) :]])
    return np.asarray(both.sum(axis=1)).ravel()


class Beginnings:
    """Beginnings of names, and whether they are nothing but places: 江苏省苏州市 before the trade name."""

    def __init__(self, places: Collection[str]) -> None:
        self._places = frozenset(places)
        self._told: dict[str, bool] = {"": True}

    def is_place(self, text: str) -> bool:
        """Is the text nothing but names of places, one after the other?

        >>> begin = Beginnings(["江苏", "苏州"])
        >>> begin.is_place("江苏省(苏州)"), begin.is_place("江苏新")
        (True, False)
        """
        if text not in self._told:
            self._told[text] = self._is_place(text.translate(_BRACKETS))
        return self._told[text]

    def _is_place(self, text: str) -> bool:
        while text:
            length = next((n for n in range(min(_LONGEST, len(text)), 1, -1) if text[:n] in self._places), 0)
            level = _LEVEL.match(text)
            if not length and not level:
                return False
            text = text[length or (level.end() if level else 0) :]
        return True
