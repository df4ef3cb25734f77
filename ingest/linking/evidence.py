"""Scope and name → what speaks for each firm and segment, as numbers that have a weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from chaingraph.model import SegmentKind
from ingest.linking.lexicons import Lexicons
from ingest.linking.scopes import MADE, parts, products, shown, strength

SIGNS: Mapping[str, str] = {
    "specific": "a specific term is made: how far",
    "specific_ends": "a specific term that ends its item is made: how far (锂离子电池 does not end 锂离子电池铜箔)",
    "indicative": "an indicative term is made: how far",
    "own": "a word of the segment's own name or products ends an item that is made: how far",
    "alone": "an item is the term and no more: how far it is made",
    "modifier": "every term found only modifies a product of another segment of the chain",
    "shared": "every term found is one of several chains: 1 − 1 / number of them, of the rarest",
    "name_specific": "a specific term in the name",
    "name_indicative": "an indicative term in the name",
    "name_made": "only the name has a term, and the scope makes something, but trades or serves nothing of that",
    "name_traded": "only the name has a term, and the scope trades or serves what it means",
}
"""What is looked at for a firm and a segment, each in [0, 1]; how far an item is made says `strength`."""

LITERAL_SHARED = 0.5
"""Sign `shared` up to which an indicative term that is the segment's own word is as good as a specific one: two chains."""

_PAIR = ["row", "segment"]


@dataclass(frozen=True)
class Evidence:
    """The terms found in a batch of firms; firms and segments are numbers, so that millions of rows stay small.

    `made`: row, segment, term, level, weight, own, ends, alone, modifier, number, position, done, strength (> 0): mentions in texts.
    `named`: row, segment, term, level, weight: mentions in names. `traded`: row, segment of these that the text mentions without
    strength. `makers`: row of the firms whose text says that they make anything. `items`: number, item: the texts of the items.
    """

    made: pl.DataFrame
    traded: pl.DataFrame
    named: pl.DataFrame
    makers: pl.DataFrame
    items: pl.DataFrame

    def signs(self) -> pl.DataFrame:
        """Return the signs: row, segment, one column for each of `SIGNS`, name_only, stands; a row for each firm and segment.

        `name_only`: no more than the name says it, which is not enough for a link that stands. `stands`: more than the name says it,
        and a specific term is among what does, not only as what another product is for: a maker of motors is in no aviation chain
        for that, a maker of copper foil for batteries no maker of batteries. An indicative term is as good when it is a word of the
        segment's own name or products, is a whole item, and is of two chains at most.
        """
        far = pl.col("strength")
        levels = {level: pl.col("level") == level for level in ("specific", "indicative")}
        text = self.made.group_by(_PAIR).agg(
            (far * levels["specific"]).max().alias("specific"),
            (far * (levels["specific"] & pl.col("ends"))).max().alias("specific_ends"),
            (far * levels["indicative"]).max().alias("indicative"),
            (far * (pl.col("own") & pl.col("ends"))).max().alias("own"),
            (far * pl.col("alone")).max().alias("alone"),
            pl.col("modifier").min().cast(pl.Float64),
            pl.col("shared").min(),
        )
        name = self.named.group_by(_PAIR).agg(
            levels["specific"].any().cast(pl.Float64).alias("name_specific"),
            levels["indicative"].any().cast(pl.Float64).alias("name_indicative"),
        )
        both = (
            text.join(name, on=_PAIR, how="full", coalesce=True)
            .join(self.traded.with_columns(traded=1.0), on=_PAIR, how="left")
            .join(self.makers.with_columns(makes=1.0), on="row", how="left")
        )
        only = pl.col("specific").is_null()
        traded, makes = pl.col("traded").is_not_null(), pl.col("makes").is_not_null()
        signs = both.with_columns(
            (only & ~traded & makes).cast(pl.Float64).alias("name_made"),
            (only & traded).cast(pl.Float64).alias("name_traded"),
            (only & (traded | ~makes | (pl.col("name_specific") == 0))).alias("name_only"),
        )
        found = signs.select(*_PAIR, *(pl.col(sign).fill_null(0.0) for sign in SIGNS), "name_only")
        told = ((pl.col("specific") > 0) & (pl.col("modifier") == 0)) | (pl.col("name_specific") > 0)
        literal = (pl.col("indicative") > 0) & (pl.col("own") > 0) & (pl.col("alone") > 0) & (pl.col("shared") <= LITERAL_SHARED)
        return found.with_columns((~pl.col("name_only") & (told | literal)).alias("stands"))


def gather(texts: pl.DataFrame, lexicons: Lexicons, *, product_list: bool) -> Evidence:
    """Find the terms in `texts` (columns row, name, text). In a list of products every item without a verb counts as made."""
    meaning = lexicons.meaning if product_list else lexicons.telling
    names = texts.select("row", pl.col("name").fill_null("").str.normalize("NFKC").str.to_uppercase().alias("item"))

    scopes = texts.select(pl.col("row").alias("id"), pl.col("text").fill_null(""))
    mentions, items = parts(scopes, product_list=product_list, guarded=lexicons.guarded)
    mentions = mentions.rename({"id": "row"})
    items = items.with_columns(shown(pl.col("item")).alias("shown"))
    # Names follow the items in one pass: to build the automaton takes as long as to read a batch with it.
    plain = names.select("item").unique().with_row_index("number", offset=items.height)
    readable = items.select("number", pl.col("shown").alias("item"))
    found = _found(pl.concat([readable, plain]), lexicons, meaning)
    named = names.join(plain, on="item").join(found, on="number")
    hits = mentions.join(_placed(items, found), on="number").with_columns(
        strength(pl.col("segment_kind"), pl.col("done")).alias("strength")
    )
    return Evidence(
        made=hits.filter(pl.col("strength") > 0).drop("segment_kind"),
        traded=hits.filter(pl.col("strength") == 0).select(_PAIR).join(named, on=_PAIR, how="semi").unique(),
        named=named.select(*_PAIR, "term", "level", "weight"),
        makers=mentions.filter((pl.col("done") & MADE) > 0).select("row").unique(),
        items=readable,
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
