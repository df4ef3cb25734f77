"""A business scope → its items, each with what is done with it: made, developed, traded, served."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from chaingraph.model import SegmentKind

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

PLAIN_MAKING = ("生产", "制造", "加工", "装配", "组装")
"""Verbs that stand before any product; the others (铸造, 印刷) are oftener a part of its name."""
_VERB = "|".join(MAKING + MAKING_WEAK + TRADE + SERVICE)
_AND = r"[、，,及和与/兼并\s]+(?:的)?"
_JOINED = rf"({_VERB}){_AND}({_VERB})(?:{_AND}({_VERB}))?(?:{_AND}({_VERB}))?(?:{_AND}({_VERB}))?"
_ASIDE = r"[(（](?:不含|除|依法|凭|以上|国家|法律|涉及|按|详见|有效|限|许可|需|经)[^()（）]*[)）]"
_HEADER = r"(?:许可|一般)(?:经营)?(?:项目|范围)\s*(?:无[。.;；]?)?"
_EXCEPT = r"[(（][^()（）]*除外[)）]"
# A new clause: what is served and what is traded do not belong together (墙体施工，销售化工产品).
_SERVED_THEN_TRADED = r"(施工|安装|维修|租赁|服务|修理)[，,](销售|经销|批发|零售)"
# Verbs inside nouns: a 纺织机械 is not woven, 洗选煤 is a coal, 房产销售 does not make.
_NOUNS = r"(?:纺织|铸造|印刷|采选|洗选|冲压|压铸|锻造|组装|开采|印染|屠宰|种植|养殖)(?:专用)?(?:机械|机器|设备|品|煤)"
_MACHINES = r"(\p{Han})(?:加工|制造|生产)(?:专用)?(?:机械|机器|设备)"
_PROPERTY = r"[房地水农特资]产销"
_ADVICE = r"技术(?:服务|咨询|培训|转让|推广|交流|支持)"
_BREAK = r"[；;。\n]"
_ITEM = r"[、，,()（）]"
# Texts of these signs alone are in capitals and what NFKC makes of them, as far as they are read.
_PLAIN = r"^[\x00-\x60\x7b-\x7e\x{4e00}-\x{9fff}、。；，：（）“”‘’《》·【】]*$"
# What a parent makes is only sold here.
_OF_PARENT = r"销售(?:隶属|所属|总|母|集团)公司(?:所)?生产的"
_FILLER = "及其(?:零)?配件|及(?:零)?配件|及其|的|等|及|和|与|或|并|相关|系列|产品|业务"
_CLEANING = (
    (_ASIDE, ""),
    (_EXCEPT, ""),
    (r"[:：]", ""),
    (_HEADER, "；"),
    (_OF_PARENT, "销售"),
    (_SERVED_THEN_TRADED, "${1}；${2}"),
    (_JOINED, "$1$2$3$4$5"),
    (_BREAK, "；"),
)
_HIDDEN = {word: chr(0xE000 + i) for i, word in enumerate([*MAKING, *MAKING_WEAK, *TRADE, *SERVICE, *"、，,；;。:：()（）"])}
_TO_HIDE, _LAST_VERB = re.compile("|".join(map(re.escape, _HIDDEN))), re.compile(rf"(?:{_VERB})$")
_TAIL = re.compile(rf"(?:{_VERB}|{_FILLER})+$")

_NOTHING = 255
MADE, DEVELOPED, TRADED, SERVED = 1, 2, 4, 8
"""What is done with an item, as bits of one number; 0: the scope does not say."""


def parts(
    texts: pl.DataFrame, *, product_list: bool, guarded: Mapping[str, str] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cut texts into items, each with what is done with it: (mentions, items).

    `texts` has columns id and text, one row a text. Mentions: id, position (from 0), number (of the item), done (bits); items, each
    text once: number, item. An item without a verb takes that of the verb that opens its clause, or else of the next verb of its
    clause (水泵、电机制造 → both are made; 销售:钢材、五金 → both are traded). With `product_list`, items without any verb count as
    made. Words of `guarded` (see `Lexicons`) are not cut, and no verb is read in them; `shown` makes them readable again.
    """
    whole = pl.col("text")
    if guarded:
        whole = whole.str.replace_many(list(guarded), list(guarded.values()), leftmost=True)
    for pattern, by in _CLEANING:
        whole = whole.str.replace_all(pattern, by)
    clauses = _normal(texts.with_row_index("row")).select("row", "id", whole.str.split("；").alias("text"))
    mentions = (
        clauses.explode("text")
        .with_row_index("clause")
        .with_columns(pl.col("text").str.replace_all(_ITEM, "、").str.split("、"))
        .explode("text")
        .rename({"text": "item"})
        .filter(pl.col("item").str.len_chars() > 1)
    )
    items = mentions.select("item").unique(maintain_order=True).with_row_index("number").with_columns(_verbs().alias("verbs"))
    items = items.with_columns(_done().alias("own"), _opens().alias("opens"), _closes().alias("closes"))
    mentions = mentions.join(items.drop("verbs"), on="item", maintain_order="left").drop("item").with_row_index("position")
    first, last = (pl.col("clause").ne_missing(pl.col("clause").shift(n)) for n in (1, -1))
    begins = pl.col("row").ne_missing(pl.col("row").shift(1))
    own, opener = pl.col("own"), pl.when("opens").then(pl.col("own"))
    closer = pl.when(~pl.col("opens")).then(own).when("closes").then(pl.lit(TRADED, pl.UInt8))
    mentions = mentions.with_columns(
        _until(opener, first, forward=True).alias("ahead"),
        _until(closer, last, forward=False).alias("behind"),
        # A clause without any verb goes on with what opened the clause before (批发:一类;二类).
        pl.when(_until(own, first, forward=True).is_null() & _until(own, last, forward=False).is_null())
        .then(_until(opener, begins, forward=True))
        .alias("carried"),
        (pl.col("position") - pl.when(begins).then("position").forward_fill()).alias("position"),
    )
    done = pl.coalesce("own", "ahead", "behind", "carried", pl.lit(MADE if product_list else 0)).cast(pl.UInt8)
    return mentions.select("id", "position", "number", done.alias("done")), items.select("number", "item")


def _normal(texts: pl.DataFrame) -> pl.DataFrame:
    """The texts in NFKC and capitals, but for the marks that are read in either width: few texts have more, and it is slow."""
    plain = pl.col("text").str.contains(_PLAIN)
    return pl.concat(
        [texts.filter(plain), texts.filter(~plain).with_columns(pl.col("text").str.normalize("NFKC").str.to_uppercase())]
    )


def _verbs() -> pl.Expr:
    """The item without the verbs that are a part of nouns; advice on a technology is not its development."""
    return (
        pl.col("item")
        .str.replace_all(_ADVICE, "服务")
        .str.replace_all(_NOUNS, "○")
        .str.replace_all(_MACHINES, "${1}○")
        .str.replace_all(_PROPERTY, "○销")
    )


def _done() -> pl.Expr:
    """What the item's own verbs say, null where it has none."""
    kinds = ((MAKING, MADE), (MAKING_WEAK, DEVELOPED), (TRADE, TRADED), (SERVICE, SERVED))
    bits = pl.sum_horizontal(pl.col("verbs").str.contains_any(words).cast(pl.UInt8) * bit for words, bit in kinds).cast(pl.UInt8)
    return pl.when(bits > 0).then(bits)


def _opens() -> pl.Expr:
    return pl.col("verbs").str.contains(rf"^(?:{_VERB})")


def _closes() -> pl.Expr:
    """An item that begins with what may be a verb and ends in trade: 印刷辅料批发 closes a list that is traded."""
    return pl.col("verbs").str.contains(rf"(?:{'|'.join(TRADE)})$")


def _until(value: pl.Expr, border: pl.Expr, *, forward: bool) -> pl.Expr:
    """Fill nulls from the rows before (or behind), but not over the row where a new group begins (or ends).

    The same as filling within each group, without cutting the frame into hundreds of thousands of them.
    """
    closed = pl.when(border & value.is_null()).then(pl.lit(_NOTHING, pl.UInt8)).otherwise(value)
    filled = closed.forward_fill() if forward else closed.backward_fill()
    return pl.when(filled != _NOTHING).then(filled)


def strength(kind: pl.Expr, done: pl.Expr) -> pl.Expr:
    """Return how far an item counts, in [0, 1], by what is done with it and what the segment is."""
    made, developed, traded, served = ((done & bit) > 0 for bit in (MADE, DEVELOPED, TRADED, SERVED))
    making = (
        pl.when(made)
        .then(1.0)
        .when(developed & served)
        .then(0.4)
        .when(developed & traded)
        .then(0.6)
        .when(developed)
        .then(0.8)
        .when(traded | served)
        .then(0.0)
        .otherwise(0.6)
    )
    serving = pl.when(served | made | developed).then(1.0).when(traded).then(0.1).otherwise(0.8)
    return pl.when(kind == SegmentKind.SERVICE.value).then(serving).otherwise(making)


def products(item: pl.Expr) -> pl.Expr:
    """The item with verbs and fillers cut out, each product between two 、 (水泵及电机的制造 → 、水泵、电机、)."""
    return pl.lit("、") + item.str.replace_all(rf"(?:{_VERB}|{_FILLER})+", "、") + pl.lit("、")


def shown(item: pl.Expr) -> pl.Expr:
    """The item with its hidden words as they were written."""
    return item.str.replace_many(list(_HIDDEN.values()), list(_HIDDEN))


def hidden(pattern: str) -> str:
    """Replace each separator, and each verb but one the pattern ends with, by its sign of the private use area."""
    body = _LAST_VERB.sub("", pattern)
    return _TO_HIDE.sub(lambda found: _HIDDEN[found[0]], body) + pattern[len(body) :]


def bare(term: str) -> str:
    """Return a term as it stands in `products`: without the verbs and fillers at its end, 、 for fillers within (外延片及芯片)."""
    return re.sub(rf"(?:{_FILLER})+", "、", _TAIL.sub("", term)) or term
