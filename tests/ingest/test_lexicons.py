"""The shipped lexicons: every one is read, none lets a generic word speak, every phrase can be found in a text."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import polars as pl
import pytest

from chaingraph.model import SegmentKind
from ingest.chains import read_chains
from ingest.linking import MAKING, Lexicons, link
from ingest.linking.scopes import MAKING_WEAK

CHAINS = read_chains(Path(__file__).resolve().parents[2] / "data")
SEGMENTS = dict(CHAINS.segments())
LEVELS = ("specific", "indicative", "generic", "exclude")
GENERIC = """
出口 进口 进出口 汽车 塑料 制造 生产 加工 销售 研发 设计 建筑 电机 设备 机械 产品 材料 新材料 电子 电气 五金 化工 服务 技术 科技 零件 零部件
配件 部件 食品 纺织 钢材 金属 橡胶 玻璃 陶瓷 软件 工程 工业 能源 新能源 环保 农业 医药 医疗 家具 服装 包装 印刷 模具 建材 电器 家电 仪器 仪表
管理 咨询 运输 物流 投资 贸易 维修 安装 租赁 检测 系统 自动化 智能 信息 网络 通信 木材 纸张 日用品 百货 货物 原料 元件 装备 钢铁
""".split()


@pytest.fixture(scope="module")
def lexicons() -> Lexicons:
    return Lexicons.of(SEGMENTS.items())


def phrases() -> list[tuple[str, str, str]]:
    return [(s, level, phrase) for s, e in SEGMENTS.items() for level in LEVELS for phrase in getattr(e.lexicon, level)]


def test_every_chain_file_is_read_and_all_442_segments_are_there():
    assert CHAINS.problems == ()
    assert (len(CHAINS.chains), len(SEGMENTS)) == (50, 442)


def test_no_generic_word_is_a_specific_or_indicative_term_but_of_the_segment_that_is_called_so():
    loud = [(s, level, p) for s, level, p in phrases() if level in ("specific", "indicative") and p in GENERIC]
    spoken = [(s, level, p) for s, level, p in loud if p not in SEGMENTS[s].name_zh]
    assert spoken == []


def test_every_segment_that_a_firm_can_be_in_has_specific_terms():
    mute = [s for s, e in SEGMENTS.items() if e.kind != SegmentKind.MARKET and not e.lexicon.specific]
    assert mute == []


def test_phrases_are_written_as_texts_are_read():
    """Texts are read in NFKC; a phrase with a full-width letter or an outer blank would never be found."""
    odd = [(s, p) for s, _, p in phrases() if unicodedata.normalize("NFKC", p) != p or p.strip() != p or len(p) < 2]
    assert odd == []


def test_phrases_do_not_reach_over_the_end_of_a_clause():
    assert [(s, p) for s, _, p in phrases() if re.search(r"[；;。\n]", p)] == []


def test_a_segment_names_a_term_at_one_level_once():
    twice = [
        (s, t)
        for s, e in SEGMENTS.items()
        for terms in [[*e.lexicon.specific, *e.lexicon.indicative, *e.lexicon.generic]]
        for t in set(terms)
        if terms.count(t) > 1
    ]
    assert twice == []


def confirmed(form: str, lexicons: Lexicons) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """One firm a specific term of a making segment, its scope `form` with the term: (all, confirmed) pairs of segment and term."""
    pairs = [(s, t) for s, e in SEGMENTS.items() if e.kind == SegmentKind.MAKING for t in e.lexicon.specific]
    texts = pl.DataFrame(
        {"id": [f"{s}|{t}" for s, t in pairs], "name": [""] * len(pairs), "text": [form.format(t) for _, t in pairs]}
    )
    found = link(texts, lexicons).filter(pl.col("verdict") == "confirmed").select("id", "segment_id").rows()
    return set(pairs), {(s, i.split("|")[1]) for i, s in found if i.startswith(f"{s}|")}


@pytest.mark.parametrize("form", ["生产：{}", "生产{}", "{}制造", "{}的生产、销售"])
def test_whoever_makes_what_a_specific_term_names_is_confirmed(form, lexicons):
    pairs, found = confirmed(form, lexicons)
    assert pairs - found == set()


@pytest.mark.parametrize("form", ["销售{}", "批发：{}", "{}零售", "{}维修", "{}租赁"])
def test_whoever_only_trades_or_serves_what_a_specific_term_names_is_not_confirmed(form, lexicons):
    """Terms that end in what is done (轮胎制造, 精密铸造, 模具设计) are left out: nobody sells them."""
    said = re.compile(rf"(?:{'|'.join([*MAKING, *MAKING_WEAK])})$")
    _, found = confirmed(form, lexicons)
    assert {(s, t) for s, t in found if not said.search(t)} == set()


@pytest.mark.parametrize("word", ["出口", "汽车", "塑料", "制造", "建筑"])
def test_the_words_that_once_linked_everything_link_nothing(word, lexicons):
    texts = pl.DataFrame({"id": [1, 2, 3], "name": ["", f"{word}有限公司", ""], "text": [word, word, f"生产{word}、销售{word}"]})
    assert link(texts, lexicons).filter(pl.col("verdict") == "confirmed").rows() == []


def test_a_maker_of_motors_is_in_the_segment_of_motors_and_in_no_other(lexicons):
    texts = pl.DataFrame({"id": [1, 2], "name": ["", ""], "text": ["生产电机、销售电机", "销售电机、风机"]})
    confirmed = link(texts, lexicons).filter(pl.col("verdict") == "confirmed")
    assert confirmed.select("id", "segment_id").rows() == [(1, "pump-motor/motor")]
