"""From signs to a confidence: a sum of weights for scopes, which were learnt, and a judged rule for lists of products."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

from ingest.linking.evidence import SIGNS, Evidence

CONFIRMED_FROM, REVIEW_FROM = 0.6, 0.5
"""Confidence from which a link read from a scope stands, and from which a person should look."""

PRODUCTS_CONFIRMED_FROM, PRODUCTS_REVIEW_FROM = 0.72, 0.4
"""The same of a list of products, whose confidence is another sum."""

_PAIR = ["row", "segment"]


@dataclass(frozen=True)
class SignWeights:
    """Log-odds: `base` of a firm and segment with nothing but a term, and what each sign adds."""

    base: float
    signs: Mapping[str, float]

    def confidence(self) -> pl.Expr:
        """Return 1 / (1 + exp(−z)) with z = base + Σ weight × sign, in [0, 1]."""
        z = pl.lit(self.base) + pl.sum_horizontal(pl.col(sign) * weight for sign, weight in self.signs.items())
        return 1 / (1 + (-z).exp())


@cache
def shipped_weights() -> SignWeights:
    """Return the weights of `sign_weights.toml`."""
    content = tomllib.loads((files("ingest.linking") / "sign_weights.toml").read_text(encoding="utf-8"))
    return SignWeights(content["base"]["weight"], {sign: content[sign]["weight"] for sign in SIGNS})


def of_scopes(evidence: Evidence, weights: SignWeights) -> pl.DataFrame:
    """Return row, segment, confidence, name_only, stands for the firms of scopes."""
    return evidence.signs().select(*_PAIR, weights.confidence().alias("confidence"), "name_only", "stands")


def of_products(evidence: Evidence) -> pl.DataFrame:
    """Return row, segment, confidence, name_only, stands for the firms of lists of products, in the order of their weight.

    A term weighs level × strength × (1 − 0.06 × position, at least 0.75), one in the name 0.7 of its level; confidence is the
    noisy-or of the terms, each counted once in the name and once in the list. Generic terms alone link nothing.
    """
    place = (1.0 - 0.06 * pl.col("position")).clip(0.75, 1.0)
    listed = evidence.made.select(
        *_PAIR, "term", "level", pl.col("weight") * pl.col("strength") * place, name=pl.lit(value=False)
    )
    named = evidence.named.select(*_PAIR, "term", "level", pl.col("weight") * 0.7, name=pl.lit(value=True))
    terms = pl.concat([listed, named]).group_by(*_PAIR, "term", "level", "name").agg(pl.col("weight").max())
    return (
        terms.sort(*_PAIR, "term", "name")
        .group_by(_PAIR)
        .agg(
            (1 - (1 - pl.col("weight")).product()).alias("confidence"),
            pl.col("name").all().alias("name_only"),
            pl.col("level").ne("generic").any().alias("telling"),
        )
        .filter("telling")
        .with_columns((~pl.col("name_only")).alias("stands"))
        .drop("telling")
    )
