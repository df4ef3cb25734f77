"""Companies → segments: from their business and products, from the facts' own flags and from English profiles."""

from __future__ import annotations

import pandas as pd
import polars as pl

from chaingraph.model import SegmentKind, Verdict
from ingest.chains import Chains
from ingest.companies import Assembled
from ingest.linking import PRODUCTS_CONFIRMED_FROM, Lexicons, link
from ingest.report import Report
from ingest.sources import a_shares, facts, financedatabase

FACT_CONFIDENCE = {"page": 0.95, "listed": 0.85, "gk": 0.7}
"""Confidence of a firm named in the facts, by how the naming is supported."""

ENGLISH_MAKES = 0.78
ENGLISH_MENTIONS = 0.5
MAKING_ENGLISH = r"manufactur|produc|develop|design|engineer|fabricat|builds|makes "
COLUMNS = [
    "company_id",
    "segment_id",
    "verdict",
    "confidence",
    "basis",
    "matched_terms",
    "is_leading",
    "leading_evidence",
    "origin_id",
]


def activities(chains: Chains, assembled: Assembled, report: Report) -> pd.DataFrame:
    """Return the activities: one row per company and segment, the best evidence first; human decisions are put on top by whoever reads them."""
    lexicons = Lexicons.of(chains.segments())
    found = pd.concat(
        [_facts(chains, assembled), _listed(assembled, lexicons), _named(assembled, lexicons), _foreign(chains, assembled)],
        ignore_index=True,
    )
    order = {"fact": 0, "main_business": 1, "summary": 2, "name": 3}
    found = found.assign(_order=found["basis"].map(order)).sort_values(["company_id", "segment_id", "_order"], kind="stable")
    # A firm that the facts name and whose business says the same is surer than by either alone.
    agreed = found.groupby(["company_id", "segment_id"])["confidence"].agg(lambda c: 1 - (1 - c).prod()).round(3)
    terms = found.dropna(subset=["matched_terms"]).groupby(["company_id", "segment_id"])["matched_terms"].first()
    best = found.drop_duplicates(["company_id", "segment_id"]).set_index(["company_id", "segment_id"])
    best["confidence"], best["matched_terms"] = agreed, terms
    out = best.reset_index()[COLUMNS]
    report.facts["activities"] = {
        "by verdict": out["verdict"].value_counts().sort_index().to_dict(),
        "by basis": out["basis"].value_counts().sort_index().to_dict(),
        "companies with a confirmed activity": int(out.loc[out["verdict"] == Verdict.CONFIRMED.value, "company_id"].nunique()),
        "segments without a company": sorted(
            {s for s, e in chains.segments() if e.kind != SegmentKind.MARKET.value} - set(out["segment_id"])
        ),
    }
    return out


def _facts(chains: Chains, assembled: Assembled) -> pd.DataFrame:
    rows = [
        (
            assembled.fact_ids[name],
            segment_id,
            Verdict.CONFIRMED.value,
            FACT_CONFIDENCE[evidence],
            "fact",
            None,
            True,
            evidence,
            facts.ORIGIN,
        )
        for segment_id, entry in chains.segments()
        for name, evidence in entry.leading_firms.items()
        if name in assembled.fact_ids
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _listed(assembled: Assembled, lexicons: Lexicons) -> pd.DataFrame:
    """Link listed firms from their product list and their main business, each product of either counting as made."""
    texts = assembled.texts.merge(assembled.companies[["company_id", "name_zh"]], on="company_id")
    frame = pl.from_pandas(texts.astype(object).where(texts.notna(), None)).with_columns(pl.col("company_id").alias("id"))
    products = link(
        frame.select("id", pl.col("name_zh").alias("name"), pl.col("products").alias("text")), lexicons, product_list=True
    )
    business = link(frame.select("id", pl.lit("").alias("name"), pl.col("business").alias("text")), lexicons, product_list=True)
    both = (
        pl.concat([products, business])
        .group_by("id", "segment_id")
        .agg(
            (1 - (1 - pl.col("confidence")).product()).round(3).alias("confidence"),
            pl.col("terms")
            .str.split("；")
            .list.explode(keep_nulls=False, empty_as_null=False)
            .unique()
            .sort()
            .str.join("；")
            .alias("matched_terms"),
            pl.col("basis").eq("name").all().alias("name_only"),
        )
    )
    sure = (pl.col("confidence") >= PRODUCTS_CONFIRMED_FROM) & ~pl.col("name_only")
    out = both.with_columns(
        pl.when(sure).then(pl.lit(Verdict.CONFIRMED.value)).otherwise(pl.lit(Verdict.TO_REVIEW.value)).alias("verdict")
    ).to_pandas()
    basis = out["name_only"].map({True: "name", False: "main_business"})
    return out.assign(company_id=out["id"], basis=basis, is_leading=False, leading_evidence=None, origin_id=a_shares.ORIGIN)[
        COLUMNS
    ]


def _named(assembled: Assembled, lexicons: Lexicons) -> pd.DataFrame:
    """Link unlisted companies by their name alone: for review, because a name is not a business."""
    listed = set(assembled.texts["company_id"])
    rest = assembled.companies[~assembled.companies["company_id"].isin(listed)]
    frame = pl.DataFrame({"id": rest["company_id"].tolist(), "name": rest["name_zh"].tolist(), "text": [""] * len(rest)})
    out = link(frame, lexicons, product_list=True).to_pandas()
    origin = out["id"].map(dict(zip(rest["company_id"], rest["origin_id"], strict=True)))
    return out.assign(
        company_id=out["id"], basis="name", matched_terms=out["terms"], is_leading=False, leading_evidence=None, origin_id=origin
    )[COLUMNS]


def _foreign(chains: Chains, assembled: Assembled) -> pd.DataFrame:
    """Link foreign makers from their English profile: a phrase of the lexicon in it, and whether it speaks of making."""
    phrases = [
        (phrase, segment_id)
        for segment_id, entry in chains.segments()
        if entry.kind != SegmentKind.MARKET.value
        for phrase in entry.lexicon.english
    ]
    table = pl.DataFrame(phrases, schema=["phrase", "segment_id"], orient="row")
    texts = pl.from_pandas(assembled.summaries).with_columns((" " + pl.col("summary").str.to_lowercase() + " ").alias("text"))
    found = (
        texts.with_columns(
            pl.col("text").str.extract_many(table["phrase"].unique().sort().to_list(), overlapping=True).alias("phrase")
        )
        .explode("phrase")
        .join(table, on="phrase", how="inner")
        .with_columns(pl.col("text").str.contains(MAKING_ENGLISH).alias("makes"))
        .group_by("company_id", "segment_id")
        .agg(
            pl.col("phrase").str.strip_chars().unique().sort().str.join("；").alias("matched_terms"),
            pl.col("phrase").n_unique().alias("number"),
            pl.col("makes").any(),
        )
        .sort("company_id", "segment_id")
        .to_pandas()
    )
    one = found["makes"].map({True: ENGLISH_MAKES, False: ENGLISH_MENTIONS})
    confidence = (1 - (1 - one) * 0.7 ** (found["number"] - 1)).round(3)
    verdict = (confidence >= PRODUCTS_CONFIRMED_FROM).map({True: Verdict.CONFIRMED.value, False: Verdict.TO_REVIEW.value})
    return found.assign(
        verdict=verdict,
        confidence=confidence,
        basis="summary",
        is_leading=False,
        leading_evidence=None,
        origin_id=financedatabase.ORIGIN,
    )[COLUMNS]
