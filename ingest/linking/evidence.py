"""Scope and name → what speaks for each firm and segment, as numbers that have a weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from chaingraph.model import SegmentKind
from ingest.linking.lexicons import Lexicons
from ingest.linking.scopes import parts, products, shown, strength

SIGNS: Mapping[str, str] = {
    "specific": "a specific term is made: how far",
    "specific_ends": "a specific term that ends its item is made: how far (锂离子电池 does not end 锂离子电池铜箔)",
    "indicative": "an indicative term is made: how far",
    "own": "a word of the segment's own name or products ends an item that is made: how far",
    "alone": "an item that is made is the term and no more",
    "modifier": "every term found only modifies a product of another segment of the chain",
    "name_specific": "a specific term in the name",
    "name_indicative": "an indicative term in the name",
    "name_traded": "the name has a term, but the scope only trades or serves what it means",
}
"""What is looked at for a firm and a segment, each in [0, 1]; how far an item is made says `strength`."""

_PAIR = ["row", "segment"]


@dataclass(frozen=True)
class Evidence:
    """The terms found in a batch of firms; firms and segments are numbers, so that millions of rows stay small.

    `made`: row, segment, term, level, weight, own, ends, alone, modifier, number, position, done, strength (> 0): mentions in texts.
    `traded`: row, segment: mentions without strength. `named`: row, segment, term, level, weight: mentions in names.
    `items`: number, item: the texts of the items.
    """

    made: pl.DataFrame
    traded: pl.DataFrame
    named: pl.DataFrame
    items: pl.DataFrame

    def signs(self) -> pl.DataFrame:
        """Return the signs: row, segment, one column for each of `SIGNS`, name_only; a row for each firm and segment."""
        far = pl.col("strength")
        levels = {level: pl.col("level") == level for level in ("specific", "indicative")}
        text = self.made.group_by(_PAIR).agg(
            (far * levels["specific"]).max().alias("specific"),
            (far * (levels["specific"] & pl.col("ends"))).max().alias("specific_ends"),
            (far * levels["indicative"]).max().alias("indicative"),
            (far * (pl.col("own") & pl.col("ends"))).max().alias("own"),
            pl.col("alone").max().cast(pl.Float64),
            pl.col("modifier").min().cast(pl.Float64),
        )
        name = self.named.group_by(_PAIR).agg(
            levels["specific"].any().cast(pl.Float64).alias("name_specific"),
            levels["indicative"].any().cast(pl.Float64).alias("name_indicative"),
        )
        traded = self.traded.join(name, on=_PAIR, how="semi").with_columns(pl.lit(1.0).alias("traded"))
        both = text.join(name, on=_PAIR, how="full", coalesce=True).join(traded, on=_PAIR, how="left")
        name_only = pl.col("specific").is_null()
        signs = both.with_columns(
            name_only.alias("name_only"), pl.when(name_only).then(pl.col("traded")).otherwise(0.0).alias("name_traded")
        )
        return signs.select(*_PAIR, *(pl.col(sign).fill_null(0.0) for sign in SIGNS), "name_only")


def gather(texts: pl.DataFrame, lexicons: Lexicons, *, product_list: bool) -> Evidence:
    """Find the terms in `texts` (columns row, name, text). In a list of products every item without a verb counts as made."""
    meaning = lexicons.meaning if product_list else lexicons.telling
    names = texts.select("row", pl.col("name").fill_null("").str.normalize("NFKC").str.to_uppercase().alias("item"))
    plain = names.select("item").unique().with_row_index("number")
    named = names.join(plain, on="item").join(_found(plain, lexicons, meaning), on="number")

    scopes = texts.select(pl.col("row").alias("id"), pl.col("text").fill_null(""))
    parted = parts(scopes, product_list=product_list, guarded=lexicons.guarded).rename({"id": "row"})
    items = parted.select("item").unique().with_row_index("number").with_columns(shown(pl.col("item")).alias("shown"))
    found = _placed(items, _found(items.select("number", pl.col("shown").alias("item")), lexicons, meaning))
    numbered = parted.join(items.select("item", "number"), on="item").drop("item")
    hits = numbered.join(found, on="number").with_columns(strength(pl.col("segment_kind"), pl.col("done")).alias("strength"))
    return Evidence(
        made=hits.filter(pl.col("strength") > 0).drop("segment_kind"),
        traded=hits.filter(pl.col("strength") == 0).select(_PAIR).unique(),
        named=named.select(*_PAIR, "term", "level", "weight"),
        items=items.select("number", pl.col("shown").alias("item")),
    )


def _found(items: pl.DataFrame, lexicons: Lexicons, meaning: pl.DataFrame) -> pl.DataFrame:
    """Return what the items (number, item) say, each term of an item once: number and the columns of `meaning` and `segments`."""
    patterns = items.select("number", pl.col("item").str.extract_many(lexicons.patterns, leftmost=True).alias("pattern"))
    patterns = patterns.filter(pl.col("pattern").list.len() > 0).explode("pattern").unique()
    # Demand is not an activity: markets are never linked.
    known = lexicons.segments.filter(pl.col("segment_kind") != SegmentKind.MARKET.value)
    found = patterns.join(meaning, on="pattern").drop("pattern").unique(["number", "segment", "term"])
    return found.join(known.drop("segment_id"), on="segment")


def _placed(items: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Say of each term found in an item (number, item, shown) where it stands in it: ends, alone, modifier."""
    cut = items.join(found, on="number", how="semi").select("number", shown(products(pl.col("item"))).alias("products"))
    stem, mark = pl.col("stem"), pl.lit("、")
    found = found.join(cut, on="number").with_columns(
        pl.col("products").str.contains(pl.concat_str(stem, mark), literal=True).alias("ends"),
        pl.col("products").str.contains(pl.concat_str(mark, stem, mark), literal=True).alias("alone"),
    )
    heads = found.filter("ends").select("number", "chain").unique().with_columns(pl.lit(value=True).alias("headed"))
    found = found.join(heads, on=["number", "chain"], how="left")
    modifier = ~pl.col("ends") & pl.col("headed").fill_null(value=False)
    return found.with_columns(modifier.alias("modifier")).drop("products", "stem", "headed", "chain")
