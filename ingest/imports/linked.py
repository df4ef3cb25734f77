"""The firms of a list → companies of the graph, and segments: the office's word first, then what is known, then what is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pandas as pd
import polars as pl

from chaingraph.errors import UnknownNameError
from chaingraph.graph import ChainGraph
from chaingraph.model import SegmentKind, Verdict
from ingest.chains import read_chains
from ingest.linking import Lexicons, link
from ingest.load import DATA
from ingest.matching import match
from ingest.names import normalise
from ingest.own_lists import MOST_CANDIDATES, known_companies

MATCHED_IN_FULL = 20_000
"""Firms up to which every name is held against the nearest ones; of a longer list only short names, and registered ones for their form."""

REGISTERED = ("公司", "厂", "合作社", "合伙)", "合伙）", "中心", "部", "店", "站", "社", "院", "所")
"""How registered names end: in a long list such a name means a company of the graph only when it is its very name."""

_MATCHES = {
    "identity": pl.String(), "company_id": pl.String(), "verdict": pl.String(), "candidates": pl.List(pl.String()), "why": pl.String(),
}  # fmt: skip
_SEPARATOR = re.compile(r"[、,，;；|]")
_LINKS = ["identity", "segment_id", "verdict", "confidence", "terms", "basis", "because"]
_ORDER = ("decision", "given", "known", "text")


def lexicons_of(data: Path) -> Lexicons:
    """Return the lexicons of a data folder's chains; of the shipped ones where only a store is at hand."""
    return Lexicons.of(read_chains(data).segments()) if (data / "chains").is_dir() else shipped_lexicons()


@lru_cache(maxsize=1)
def shipped_lexicons() -> Lexicons:
    """Return the lexicons of the shipped chains."""
    return lexicons_of(DATA)


def matches(firms: pl.DataFrame, graph: ChainGraph, answers: Mapping[str, str]) -> pl.DataFrame:
    """Return which company of the graph each firm is: identity, company_id, verdict (accept, review, reject), candidates, why.

    `answers`: identity → company_id as a person decided, "" for none. A credit code that a company has decides before the name;
    where both are known and differ, a person is asked. A firm nothing is said of has no row.
    """
    known = known_companies(graph)
    rows = firms.select("identity", "name", "uscc").rows()
    coded = {identity: known.by_code[uscc] for identity, _, uscc in rows if uscc in known.by_code}
    asked = [name for identity, name, _ in rows if identity not in answers]
    if len(asked) > MATCHED_IN_FULL:
        asked = [name for name in asked if not name.endswith(REGISTERED) or normalise(name) in known.index.exact]
    found = {row.alias: (str(row.company_id), str(row.verdict), str(row.why)) for row in match(asked, known.index).itertuples()}
    doubtful = [name for name, (_, verdict, _) in found.items() if verdict == "review"]
    near = dict(zip(doubtful, known.index.candidates(doubtful, MOST_CANDIDATES), strict=True)) if doubtful else {}
    out: list[tuple[str, str, str, list[str], str]] = []
    for identity, name, _ in rows:
        by_code = coded.get(identity, "")
        if identity in answers:
            company = answers[identity]
            out.append((identity, company, "accept" if company else "reject", [], "人工判定"))
            continue
        by_name, verdict, why = found.get(name, ("", "reject", ""))
        if by_code and verdict == "accept" and by_name != by_code:
            out.append((identity, by_code, "review", [by_code, by_name], "信用代码与名称指向不同企业"))
        elif by_code:
            out.append((identity, by_code, "accept", [], "信用代码"))
        elif verdict == "accept":
            out.append((identity, by_name, "accept", [], why))
        elif verdict == "review":
            choices = list(dict.fromkeys((by_name, *near.get(name, ()))))[:MOST_CANDIDATES]
            out.append((identity, by_name, "review", choices, why))
    return pl.DataFrame(out, schema=_MATCHES, orient="row")


def links(
    firms: pl.DataFrame, matched: pl.DataFrame, graph: ChainGraph, lexicons: Lexicons, answers: Mapping[tuple[str, str], bool]
) -> tuple[pl.DataFrame, Counter[str]]:
    """Return (links, segments the office named that the graph does not have, with the number of firms).

    One row per firm and segment, the surest basis first: a person's decision, the office's own column, a confirmed activity of the
    company it is, its texts. Markets are demand and never linked.
    """
    given, unknown = _given(firms, graph)
    found = pl.concat([given, _known(matched, graph), _by_text(firms, lexicons, graph)])
    sure = pl.col("verdict") == Verdict.CONFIRMED.value
    ranked = found.with_columns(
        pl.col("basis").replace_strict({b: n for n, b in enumerate(_ORDER)}, return_dtype=pl.Int64).alias("_order"),
        sure.alias("_sure"),
    )
    best = ranked.sort(
        "identity", "segment_id", "_sure", "_order", "confidence", descending=[False, False, True, False, True]
    ).unique(["identity", "segment_id"], keep="first", maintain_order=True)
    if answers:
        said = pl.DataFrame(
            [(i, s, Verdict.CONFIRMED.value if yes else Verdict.REJECTED.value) for (i, s), yes in answers.items()],
            schema=["identity", "segment_id", "_said"], orient="row",
        )  # fmt: skip
        best = best.join(said, on=["identity", "segment_id"], how="left", maintain_order="left").with_columns(
            pl.coalesce("_said", "verdict").alias("verdict"),
            pl.when(pl.col("_said").is_null()).then("basis").otherwise(pl.lit("decision")).alias("basis"),
        )
    kept = best.filter(pl.col("verdict") != Verdict.REJECTED.value)
    return kept.select(_LINKS), unknown


def _given(firms: pl.DataFrame, graph: ChainGraph) -> tuple[pl.DataFrame, Counter[str]]:
    """What the office typed itself: a segment by name or id, within its chain where that is named."""
    typed = firms.filter(pl.col("segment").is_not_null()).select("identity", "chain", "segment")
    out: list[tuple[str, str, str, float, str, str, str]] = []
    unknown: Counter[str] = Counter()
    meaning: dict[tuple[str, str], tuple[str, ...]] = {}
    for identity, chain, words in typed.rows():
        for word in _parts(words):
            key = (str(chain or ""), word)
            if key not in meaning:
                meaning[key] = _segments(graph, *key)
            if not meaning[key]:
                unknown[word] += 1
            out += [(identity, s, Verdict.CONFIRMED.value, 1.0, word, "given", "named in the list") for s in meaning[key]]
    return pl.DataFrame(out, schema=_schema(), orient="row"), unknown


def _parts(words: str) -> list[str]:
    return [part.strip() for part in _SEPARATOR.split(words) if part.strip()]


def _segments(graph: ChainGraph, chain: str, word: str) -> tuple[str, ...]:
    """The segment a word means in a chain; without a chain, in all chains that have one of that name."""
    if word in graph.segments:
        return (word,)
    try:
        inside = graph.find_chain(chain) if chain else None
    except UnknownNameError:
        inside = None
    pool = [s for s in graph.segments.values() if s.kind is not SegmentKind.MARKET and inside in (None, s.chain_id)]
    return tuple(s.id for s in pool if word in (s.name_zh, s.id.split("/")[1]))


def _known(matched: pl.DataFrame, graph: ChainGraph) -> pl.DataFrame:
    """The confirmed activities of the companies that firms of the list are."""
    sure = matched.filter(pl.col("verdict") == "accept").select("identity", "company_id")
    activity = graph.tables["activities"]
    made = [s.id for s in graph.segments.values() if s.kind is not SegmentKind.MARKET]
    mine = activity.loc[
        (activity["verdict"] == Verdict.CONFIRMED.value)
        & activity["company_id"].isin(sure["company_id"].to_list())
        & activity["segment_id"].isin(made),
        ["company_id", "segment_id", "verdict", "confidence", "matched_terms"],
    ]
    schema = {
        "company_id": pl.String(),
        "segment_id": pl.String(),
        "verdict": pl.String(),
        "confidence": pl.Float64(),
        "terms": pl.String(),
    }
    rows = [tuple(None if pd.isna(cell) else cell for cell in row) for row in mine.itertuples(index=False)]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    because = pl.lit("known of the company").alias("because")
    return sure.join(frame, on="company_id").with_columns(pl.lit("known").alias("basis"), because).select(_LINKS)


def _by_text(firms: pl.DataFrame, lexicons: Lexicons, graph: ChainGraph) -> pl.DataFrame:
    """What the firms' own words say: products as a list of what is made, scope and industry as a text."""
    scope = pl.concat_str("scope", "industry", separator="；", ignore_nulls=True).alias("text")
    made = firms.filter(pl.col("products").is_not_null()).select(
        pl.col("identity").alias("id"), "name", pl.col("products").alias("text")
    )
    done = firms.select(pl.col("identity").alias("id"), "name", scope)
    both = pl.concat([link(made, lexicons, product_list=True), link(done, lexicons)])
    here = pl.Series(list(graph.segment_ids), dtype=pl.String)
    return (
        both.filter(pl.col("segment_id").is_in(here.implode()))
        .rename({"id": "identity"})
        .with_columns(pl.lit("text").alias("basis"), pl.col("confidence").cast(pl.Float64))
        .select(_LINKS)
    )


def _schema() -> Mapping[str, pl.DataType]:
    return {c: pl.Float64() if c == "confidence" else pl.String() for c in _LINKS}
