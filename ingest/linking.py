"""Which segments a company is in, read from its name and text, with the terms found as evidence (docs/methods.md §1).

One Aho-Corasick pass finds every term of every lexicon; what counts is what is *done* with the product: making it
counts, trading, leasing or repairing it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from chaingraph.model import SegmentKind, Verdict
from ingest.chains import ForeignSegment

LEVEL_WEIGHT: Mapping[str, float] = {"specific": 0.8, "indicative": 0.4, "generic": 0.12}
"""Probability, by judgement, that one such term with a making word means the segment."""

CONFIRMED_FROM, REVIEW_FROM = 0.72, 0.4

MAKING = [
    "生产",
    "制造",
    "加工",
    "研制",
    "制作",
    "铸造",
    "锻造",
    "冶炼",
    "组装",
    "装配",
    "制售",
    "产销",
    "冲压",
    "压铸",
    "电镀",
    "酿造",
    "纺织",
    "织造",
    "印染",
    "屠宰",
    "精炼",
    "炼制",
    "开采",
    "采选",
    "洗选",
    "种植",
    "养殖",
    "印刷",
    "烧制",
]
MAKING_WEAK = ["研发", "开发", "研究", "设计", "技术"]
TRADE = ["销售", "批发", "零售", "经销", "购销", "代理", "贸易", "代购", "代销", "进出口", "出口", "进口", "收购", "采购", "配送"]
SERVICE = [
    "维修",
    "修理",
    "安装",
    "租赁",
    "服务",
    "咨询",
    "培训",
    "检测",
    "施工",
    "保养",
    "调试",
    "仓储",
    "运输",
    "回收",
    "运营",
    "维护",
    "管理",
]

_PLAIN_MAKING = ("生产", "制造", "加工", "装配", "组装")
"""Verbs that stand before any product; the others (铸造, 印刷) are oftener a part of its name."""
_VERB = "|".join(MAKING + MAKING_WEAK + TRADE + SERVICE)
_JOINED = rf"({_VERB})[、，,及和与/兼并\s]+(?:的)?({_VERB})"
_ASIDE = r"[(（](?:不含|除|依法|凭|以上|国家|法律|涉及|按|详见|有效|限|许可|需|经)[^()（）]*[)）]"
_HEADER = r"(?:许可|一般)(?:经营)?(?:项目|范围)\s*(?:无[。.;；]?)?"
_EXCEPT = r"[(（][^()（）]*除外[)）]"
# A new clause: what is served and what is traded do not belong together (墙体施工，销售化工产品).
_SERVED_THEN_TRADED = r"(施工|安装|维修|租赁|服务|修理)[，,](销售|经销|批发|零售)"
# Verbs inside nouns: a 纺织机械 is not woven, 洗选煤 is a coal, 房产销售 does not make.
_NOUNS = r"(?:纺织|铸造|印刷|采选|洗选|冲压|压铸|锻造|组装|开采|印染|屠宰|种植|养殖)(?:专用)?(?:机械|机器|设备|品|煤)"
_MACHINES = r"(\p{Han})(?:加工|制造|生产)(?:专用)?(?:机械|机器|设备)"
_PROPERTY = r"[房地水农特资]产销"
_BREAK = r"[；;。\n]"
_ITEM = r"[、，,()（）]"
_HIDDEN = {word: chr(0xE000 + i) for i, word in enumerate([*MAKING, *MAKING_WEAK, *TRADE, *SERVICE, *"、，,；;。:：()（）"])}
_TO_HIDE, _LAST_VERB = re.compile("|".join(map(re.escape, _HIDDEN))), re.compile(rf"(?:{_VERB})$")


@dataclass(frozen=True)
class Lexicons:
    """All lexicons as one automaton: the patterns, longest first, and what each found pattern says of which segment."""

    patterns: list[str]
    meaning: pl.DataFrame
    """pattern, segment_id, term, level: a longer pattern also says what the terms inside it say, unless excluded."""
    kinds: pl.DataFrame
    """segment_id, segment_kind."""
    guarded: Mapping[str, str]
    """Patterns that hold a verb or a separator → the same with these hidden, longest first: 加工中心 is not processed,
    1,4-丁二醇 is one item.
    """

    @classmethod
    def of(cls, segments: Iterable[tuple[str, ForeignSegment]]) -> Lexicons:
        """Make the automaton's tables from (segment_id, entry) pairs."""
        terms: dict[str, list[tuple[str, str]]] = {}
        excludes: dict[str, set[str]] = {}
        kinds: list[tuple[str, str]] = []
        for segment_id, entry in segments:
            kinds.append((segment_id, entry.kind))
            for level in LEVEL_WEIGHT:
                for term in getattr(entry.lexicon, level):
                    terms.setdefault(term.upper(), []).append((segment_id, level))
            excludes[segment_id] = {phrase.upper() for phrase in entry.lexicon.exclude}
        phrases = {*terms, *(p for phrases in excludes.values() for p in phrases)}
        # Where 生产线 is a pattern, 生产线路板 must be one too: there the verb is a verb and 线路板 the term.
        verbal = {
            verb + term: verb
            for phrase in phrases
            for verb in _PLAIN_MAKING
            if phrase.startswith(verb)
            for term in terms
            if term.startswith(phrase[len(verb) :]) and verb + term not in terms
        }
        patterns = sorted(phrases | verbal.keys(), key=lambda p: (-len(p), p))
        rows = [
            (pattern, segment_id, inner, level)
            for pattern in patterns
            for inner in _inside(pattern.removeprefix(verbal.get(pattern, "")))
            for segment_id, level in terms.get(inner, ())
            if not any(phrase in pattern and inner in phrase for phrase in excludes[segment_id])
        ]
        meaning = pl.DataFrame(rows, schema=["pattern", "segment_id", "term", "level"], orient="row")
        best = meaning.with_columns(
            pl.col("level").replace_strict(LEVEL_WEIGHT, return_dtype=pl.Float64).alias("weight"),
            pl.col("term").str.len_chars().alias("length"),
        )
        best = best.sort(["pattern", "segment_id", "weight", "length", "term"], descending=[False, False, True, True, False])
        best = best.unique(["pattern", "segment_id"], keep="first", maintain_order=True)
        hidden = {p: verbal.get(p, "") + _hide(p.removeprefix(verbal.get(p, ""))) for p in patterns}
        guarded = {p: text for p, text in hidden.items() if text != p or p in verbal}
        return cls(
            patterns, best.drop("length"), pl.DataFrame(kinds, schema=["segment_id", "segment_kind"], orient="row"), guarded
        )


def _hide(pattern: str) -> str:
    """Replace each separator, and each verb but one the pattern ends with, by its sign of the private use area."""
    body = _LAST_VERB.sub("", pattern)
    return _TO_HIDE.sub(lambda found: _HIDDEN[found[0]], body) + pattern[len(body) :]


def _inside(pattern: str) -> set[str]:
    return {pattern[i:j] for i in range(len(pattern)) for j in range(i + 2, len(pattern) + 1)}


def parts(texts: pl.DataFrame, *, product_list: bool, guarded: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Cut texts into items, each with what is done with it.

    `texts` has columns id and text. Result: id, position (from 0), item, making, weak, trade, service (flags): an item
    without a verb takes that of the verb that opens its clause, or else of the next verb of its clause
    (水泵、电机制造 → both are made; 销售:钢材、五金 → both are traded). With `product_list`, items without any verb count as made.
    Words of `guarded` (see `Lexicons`) are not cut, and no verb is read in them.
    """
    whole = pl.col("text").str.normalize("NFKC").str.to_uppercase()
    if guarded:
        whole = whole.str.replace_many(list(guarded), list(guarded.values()), leftmost=True)
    cleaned = whole.str.replace_all(_ASIDE, "").str.replace_all(_EXCEPT, "").str.replace_all(r"[:：]", "")
    frame = texts.select("id", cleaned.alias("text"))
    frame = frame.with_columns(pl.col("text").str.replace_all(_HEADER, "；").str.replace_all(_SERVED_THEN_TRADED, "${1}；${2}"))
    for _ in range(3):
        frame = frame.with_columns(pl.col("text").str.replace_all(_JOINED, "$1$2"))
    clauses = (
        frame.with_columns(pl.col("text").str.replace_all(_BREAK, "；").str.split("；")).explode("text").with_row_index("clause")
    )
    items = (
        clauses.with_columns(pl.col("text").str.replace_all(_ITEM, "、").str.split("、"))
        .explode("text")
        .rename({"text": "item"})
        .filter(pl.col("item").str.len_chars() > 1)
    )
    verbs = pl.col("item").str.replace_all(_NOUNS, "○").str.replace_all(_MACHINES, "${1}○").str.replace_all(_PROPERTY, "○销")
    items = items.with_columns(verbs.alias("verbs"))
    items = items.with_columns(
        pl.int_range(pl.len(), dtype=pl.UInt32).over("id").alias("position"),
        *(
            pl.col("verbs").str.contains_any(words).alias(kind)
            for kind, words in (("making", MAKING), ("weak", MAKING_WEAK), ("trade", TRADE), ("service", SERVICE))
        ),
        pl.col("verbs").str.contains(rf"^(?:{_VERB})").alias("opens"),
    )
    bits = (
        pl.col("making").cast(pl.UInt8)
        + 2 * pl.col("weak").cast(pl.UInt8)
        + 4 * pl.col("trade").cast(pl.UInt8)
        + 8 * pl.col("service").cast(pl.UInt8)
    )
    items = items.with_columns(pl.when(bits > 0).then(bits).alias("own"))
    items = items.with_columns(
        pl.when(pl.col("opens")).then(pl.col("own")).forward_fill().over("clause").alias("ahead"),
        pl.when(~pl.col("opens")).then(pl.col("own")).backward_fill().over("clause").alias("behind"),
    )
    # A clause without any verb goes on with what opened the clause before (批发:一类;二类).
    bare = pl.col("own").is_null().all().over("clause")
    opener = pl.when(pl.col("opens")).then(pl.col("own")).forward_fill().over("id")
    items = items.with_columns(pl.when(bare).then(opener).alias("carried"))
    done = pl.coalesce("own", "ahead", "behind", "carried", pl.lit(1 if product_list else 0)).cast(pl.UInt8)
    shown = pl.col("item").str.replace_many(list(_HIDDEN.values()), list(_HIDDEN)) if guarded else pl.col("item")
    return items.select("id", "position", shown.alias("item"), done.alias("done"))


def factor(kind: pl.Expr, done: pl.Expr) -> pl.Expr:
    """Return how far an item counts, in [0, 1], by what is done with it and what the segment is."""
    making, weak, trade, service = ((done & bit) > 0 for bit in (1, 2, 4, 8))
    made = (
        pl.when(making)
        .then(1.0)
        .when(weak & ~trade)
        .then(0.8)
        .when(weak)
        .then(0.6)
        .when(trade | service)
        .then(0.0)
        .otherwise(0.6)
    )
    served = pl.when(service | making | weak).then(1.0).when(trade).then(0.1).otherwise(0.8)
    return pl.when(kind == SegmentKind.SERVICE.value).then(served).otherwise(made)


def link(texts: pl.DataFrame, lexicons: Lexicons, *, product_list: bool = False, batch: int = 100_000) -> pl.DataFrame:
    """Return the possible activities of firms, with verdict and terms.

    `texts` has columns id, name, text. Result, one row per firm and segment with confidence ≥ `REVIEW_FROM`:
    id, segment_id, verdict, confidence (noisy-or of the terms' weights, in [0, 1]), terms (joined by ；), because.
    A product in the firm's name supports the text; alone it is for review. Markets are never linked: demand is not an activity.
    """
    found = [_batch(texts.slice(start, batch), lexicons, product_list) for start in range(0, texts.height, batch)]
    columns = ["id", "segment_id", "verdict", "confidence", "terms", "because"]
    if not found:
        return pl.DataFrame(
            schema={"id": texts.schema["id"], **{c: pl.Float64 if c == "confidence" else pl.String for c in columns[1:]}}
        )
    return pl.concat(found).select(columns)


def _batch(texts: pl.DataFrame, lexicons: Lexicons, product_list: bool) -> pl.DataFrame:
    named = texts.select("id", pl.col("name").fill_null("").str.normalize("NFKC").str.to_uppercase().alias("item"))
    in_name = _hits(named.with_columns(pl.lit(0, pl.UInt32).alias("position"), pl.lit(1, pl.UInt8).alias("done")), lexicons)
    in_text = _hits(
        parts(texts.select("id", pl.col("text").fill_null("")), product_list=product_list, guarded=lexicons.guarded), lexicons
    )
    at = pl.col("position")
    if product_list:
        # A list of products stands in the order of their weight in the business.
        place = (1.0 - 0.06 * at).clip(0.75, 1.0)
    else:
        place = pl.when(at < 4).then(1.0).when(at < 12).then(0.92).otherwise(0.8)
    scored = pl.concat(
        [
            in_name.with_columns((pl.col("weight") * 0.7).alias("weight"), pl.lit("name").alias("where")),
            in_text.with_columns(
                (pl.col("weight") * factor(pl.col("segment_kind"), pl.col("done")) * place).alias("weight"),
                pl.lit("text").alias("where"),
            ),
        ]
    ).filter(pl.col("weight") > 0)
    best = scored.sort("weight", "term", descending=[True, False]).unique(
        ["id", "segment_id", "term", "where"], keep="first", maintain_order=True
    )
    joined = best.group_by("id", "segment_id").agg(
        (1 - (1 - pl.col("weight")).product()).alias("confidence"),
        pl.col("level").eq("generic").all().alias("generic_only"),
        pl.col("where").eq("name").all().alias("name_only"),
        pl.col("term").unique().sort().str.join("；").alias("terms"),
    )
    kept = joined.filter((pl.col("confidence") >= REVIEW_FROM) & ~pl.col("generic_only"))
    sure = (pl.col("confidence") >= CONFIRMED_FROM) & ~pl.col("name_only")
    return (
        kept.with_columns(
            pl.when(sure).then(pl.lit(Verdict.CONFIRMED.value)).otherwise(pl.lit(Verdict.TO_REVIEW.value)).alias("verdict"),
            pl.when(pl.col("name_only"))
            .then(pl.lit("term in the name only"))
            .when(sure)
            .then(pl.lit("makes what the segment is"))
            .otherwise(pl.lit("weak or partial evidence"))
            .alias("because"),
            pl.col("confidence").round(3),
        )
        .sort("id", "segment_id")
        .select("id", "segment_id", "verdict", "confidence", "terms", "because")
    )


def _hits(items: pl.DataFrame, lexicons: Lexicons) -> pl.DataFrame:
    """Return one row per item, found pattern and segment it speaks of: id, segment_id, term, level, weight, position, done."""
    found = (
        items.with_columns(pl.col("item").str.extract_many(lexicons.patterns, leftmost=True).alias("pattern"))
        .drop("item")
        .filter(pl.col("pattern").list.len() > 0)
        .explode("pattern")
    )
    hits = found.join(lexicons.meaning, on="pattern", how="inner").join(lexicons.kinds, on="segment_id", how="inner")
    return hits.filter(pl.col("segment_kind") != SegmentKind.MARKET.value).select(
        "id", "segment_id", "term", "level", "weight", "segment_kind", "position", "done"
    )
