"""Firms → links: which segments each is in, how sure that is, and the sentence that says why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from chaingraph.model import Verdict
from ingest.linking.confidence import (
    CONFIRMED_FROM,
    PRODUCTS_CONFIRMED_FROM,
    PRODUCTS_REVIEW_FROM,
    REVIEW_FROM,
    SignWeights,
    of_products,
    of_scopes,
    shipped_weights,
)
from ingest.linking.evidence import Evidence, gather
from ingest.linking.lexicons import Lexicons
from ingest.linking.scopes import DEVELOPED, MADE, SERVED, TRADED

WORKERS = 2
"""Batches read side by side: Polars works outside Python's lock."""

_PAIR = ["row", "segment"]
_COLUMNS = ["id", "segment_id", "verdict", "confidence", "basis", "terms", "because"]


def link(
    texts: pl.DataFrame,
    lexicons: Lexicons,
    *,
    product_list: bool = False,
    batch: int = 60_000,
    weights: SignWeights | None = None,
) -> pl.DataFrame:
    """Return the possible activities of firms, with verdict, terms and a sentence that says why.

    `texts` has columns id, name, text, one row a firm. Result, one row per firm and segment with a confidence worth a look, in
    the order of the firms: id, segment_id, verdict, confidence (in [0, 1]), basis (text, or name when only the name says it),
    terms (joined by ；), because (Chinese). A product in the firm's name supports the text; alone it is for review. Markets are
    never linked: demand is not an activity.
    """
    used = weights or shipped_weights()

    def linked(start: int) -> pl.DataFrame:
        return _batch(texts.slice(start, batch), lexicons, used, product_list=product_list)

    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(linked, range(0, max(texts.height, 1), batch)))
    return pl.concat(found)


def _batch(texts: pl.DataFrame, lexicons: Lexicons, weights: SignWeights, *, product_list: bool) -> pl.DataFrame:
    texts = texts.with_row_index("row")
    evidence = gather(texts, lexicons, product_list=product_list)
    pairs = of_products(evidence) if product_list else of_scopes(evidence, weights)
    confirmed, review = (PRODUCTS_CONFIRMED_FROM, PRODUCTS_REVIEW_FROM) if product_list else (CONFIRMED_FROM, REVIEW_FROM)
    kept = pairs.filter(pl.col("confidence") >= review)
    sure = (pl.col("confidence") >= confirmed) & pl.col("stands")
    told = _told(kept.select(*_PAIR), evidence, product_list=product_list)
    return (
        kept.join(told, on=_PAIR, how="left")
        .join(texts.select("row", "id"), on="row")
        .join(lexicons.segments, on="segment")
        .with_columns(
            pl.when(sure).then(pl.lit(Verdict.CONFIRMED.value)).otherwise(pl.lit(Verdict.TO_REVIEW.value)).alias("verdict"),
            pl.when("name_only").then(pl.lit("name")).otherwise(pl.lit("text")).alias("basis"),
            pl.col("confidence").round(3),
        )
        .sort("row", "segment")
        .select(_COLUMNS)
    )


def _told(kept: pl.DataFrame, evidence: Evidence, *, product_list: bool) -> pl.DataFrame:
    """Return row, segment, terms, because for the links that are kept."""
    made, named = evidence.made.join(kept, on=_PAIR, how="semi"), evidence.named.join(kept, on=_PAIR, how="semi")
    terms = pl.concat([made.select(*_PAIR, "term"), named.select(*_PAIR, "term")]).unique()
    terms = _listed(terms, "；").rename({"term": "terms"})
    strongest = ["weight", "strength", "ends", "position", "term"]
    best = made.sort(*_PAIR, *strongest, descending=[False, False, True, True, True, False, False])
    best = best.unique(_PAIR, keep="first", maintain_order=True).join(evidence.items, on="number")
    in_name = _listed(named.select(*_PAIR, "term").unique(), "、").rename({"term": "name_terms"})
    traded = evidence.traded.with_columns(pl.lit("经营范围只销售或服务此类产品").alias("traded"))
    makers = evidence.makers.with_columns(pl.lit("经营范围有制造、未写明此类产品").alias("makes"))
    where = "产品" if product_list else "经营范围"
    text = pl.format("{}第{}项“{}”{}“{}”", pl.lit(where), pl.col("position") + 1, "item", _verb(pl.col("done")), "term")
    name = pl.format("企业名称含“{}”", "name_terms")
    alone = pl.format("仅企业名称含“{}”，{}", "name_terms", pl.coalesce("traded", "makes", pl.lit("经营范围未见制造")))
    joined = terms.join(best.select(*_PAIR, text.alias("text")), on=_PAIR, how="left")
    joined = joined.join(in_name, on=_PAIR, how="left").join(traded, on=_PAIR, how="left").join(makers, on="row", how="left")
    because = (
        pl.when(pl.col("text").is_null())
        .then(alone)
        .when(pl.col("name_terms").is_null())
        .then("text")
        .otherwise(pl.concat_str("text", pl.lit("；"), name))
    )
    return joined.select(*_PAIR, "terms", because.alias("because"))


def _listed(terms: pl.DataFrame, mark: str) -> pl.DataFrame:
    """Return row, segment, term: the terms of each pair in one text, sorted; joined as lists, since a join within each group is slow."""
    lists = terms.sort(*_PAIR, "term").group_by(_PAIR, maintain_order=True).agg("term")
    return lists.with_columns(pl.col("term").list.join(mark))


def _verb(done: pl.Expr) -> pl.Expr:
    said = {MADE: "：制造", DEVELOPED: "：研发", SERVED: "：服务", TRADED: "：销售"}
    chosen = pl.lit("：未写动作，提及")
    for bit, words in reversed(said.items()):
        chosen = pl.when((done & bit) > 0).then(pl.lit(words)).otherwise(chosen)
    return chosen
