"""Linking is a function of one firm's own text: neither the firms beside it nor their order nor the batch matter."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from chaingraph.model import SegmentKind, Verdict
from ingest.chains import read_chains
from ingest.linking import (
    CONFIRMED_FROM,
    MAKING,
    PRODUCTS_CONFIRMED_FROM,
    PRODUCTS_REVIEW_FROM,
    REVIEW_FROM,
    Lexicons,
    link,
    parts,
)

CHAINS = ("pump-motor", "rubber-tyre", "smart-toilet")
_ALL = read_chains(Path(__file__).resolve().parents[2] / "data")
SEGMENTS = [(s, e) for s, e in _ALL.segments() if s.split("/")[0] in CHAINS]
LEXICONS = Lexicons.of(SEGMENTS)
TERMS = sorted(
    {t for _, e in SEGMENTS for level in ("specific", "indicative", "generic", "exclude") for t in getattr(e.lexicon, level)}
)
WORDS = [
    "生产",
    "制造",
    "销售",
    "维修",
    "研发",
    "加工、销售",
    "批发零售",
    "出口",
    "、",
    "，",
    "；",
    "。",
    "：",
    "（不含",
    "）",
    "及",
    "其他",
    "轮",
    "Ａ",
    " ",
]

pieces = st.one_of(st.sampled_from(TERMS), st.sampled_from(WORDS))
texts = st.lists(pieces, max_size=14).map("".join)
firms = st.lists(st.tuples(st.lists(pieces, max_size=3).map("".join), texts), min_size=1, max_size=6)


def frame(rows: list[tuple[str, str]], ids: list[int] | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {"id": list(range(len(rows))) if ids is None else ids, "name": [n for n, _ in rows], "text": [t for _, t in rows]}
    )


@settings(max_examples=8, deadline=None)
@given(rows=firms, batch=st.integers(1, 15), product_list=st.booleans())
def test_the_size_of_the_batch_does_not_change_the_result(rows, batch, product_list):
    whole = link(frame(rows), LEXICONS, product_list=product_list)
    assert_frame_equal(whole, link(frame(rows), LEXICONS, product_list=product_list, batch=batch))


@settings(max_examples=8, deadline=None)
@given(data=st.data(), rows=firms)
def test_the_order_of_the_rows_does_not_change_the_result(data, rows):
    order = data.draw(st.permutations(range(len(rows))))
    shuffled = link(frame([rows[i] for i in order], list(order)), LEXICONS)
    assert_frame_equal(link(frame(rows), LEXICONS), shuffled.sort("id", "segment_id"))


@settings(max_examples=8, deadline=None)
@given(rows=firms)
def test_a_firm_is_linked_as_if_it_were_alone(rows):
    whole = link(frame(rows), LEXICONS)
    alone = pl.concat([link(frame([row], [i]), LEXICONS) for i, row in enumerate(rows)])
    assert_frame_equal(whole, alone)


@settings(max_examples=8, deadline=None)
@given(rows=firms)
def test_linking_twice_gives_the_same(rows):
    again = Lexicons.of(reversed(SEGMENTS))
    assert_frame_equal(link(frame(rows), LEXICONS), link(frame(rows), again))


@settings(max_examples=8, deadline=None)
@given(rows=firms, product_list=st.booleans())
def test_verdicts_follow_from_confidence_and_terms_are_those_of_the_segment(rows, product_list):
    entries = dict(SEGMENTS)
    least, sure = (PRODUCTS_REVIEW_FROM, PRODUCTS_CONFIRMED_FROM) if product_list else (REVIEW_FROM, CONFIRMED_FROM)
    for _, segment_id, verdict, confidence, basis, terms, because in link(
        frame(rows), LEXICONS, product_list=product_list
    ).rows():
        lexicon = entries[segment_id].lexicon
        assert entries[segment_id].kind != SegmentKind.MARKET
        assert least <= confidence + 0.0005
        assert confidence <= 1
        could = confidence >= sure and basis == "text"
        # In a scope confidence is not enough: it also takes a specific term, or the segment's own word.
        if could and product_list:
            assert verdict == Verdict.CONFIRMED
        elif not could and abs(confidence - sure) >= 0.001:
            assert verdict == Verdict.TO_REVIEW
        assert set(terms.split("；")) <= {t.upper() for t in lexicon.specific + lexicon.indicative + lexicon.generic}
        assert any(term in because for term in terms.split("；"))


@settings(max_examples=8, deadline=None)
@given(text=texts, product_list=st.booleans())
def test_cutting_a_text_numbers_its_items(text, product_list):
    mentions, items = parts(pl.DataFrame({"id": [0], "text": [text]}), product_list=product_list, guarded=LEXICONS.guarded)
    assert sorted(mentions["position"]) == list(range(mentions.height))
    assert set(mentions["number"]) == set(items["number"])
    assert all(0 <= done <= 15 for done in mentions["done"])


@settings(max_examples=12, deadline=None)
@given(made=st.lists(st.sampled_from(TERMS), min_size=1, max_size=4), traded=st.sampled_from(["办公家具", "图书", "鲜花"]))
def test_a_traded_item_that_means_nothing_here_takes_no_link_away(made, traded):
    before = link(frame([("", f"生产：{'、'.join(made)}")]), LEXICONS)
    for text in (f"生产：{'、'.join(made)}；{traded}销售", f"{traded}销售；生产：{'、'.join(made)}"):
        after = link(frame([("", text)]), LEXICONS)
        assert_frame_equal(before.drop("because"), after.drop("because"))


@settings(max_examples=12, deadline=None)
@given(clauses=st.lists(st.sampled_from(TERMS), min_size=2, max_size=5), data=st.data())
def test_the_order_of_clauses_that_each_have_their_verb_does_not_matter(clauses, data):
    other = data.draw(st.permutations(clauses))
    one, two = (link(frame([("", "；".join(f"生产{term}" for term in order))]), LEXICONS) for order in (clauses, other))
    assert_frame_equal(one.drop("because"), two.drop("because"))


@pytest.mark.parametrize("verb", ["销售", "批发", "零售", "经销", "维修", "租赁", "安装"])
@settings(max_examples=12, deadline=None)
@given(terms=st.lists(st.sampled_from([t for t in TERMS if not t.endswith(tuple(MAKING))]), min_size=1, max_size=8))
def test_a_firm_that_only_trades_or_serves_is_never_confirmed_as_maker(verb, terms):
    making = {s for s, e in SEGMENTS if e.kind == SegmentKind.MAKING}
    for text in (f"{verb}{'、'.join(terms)}", f"{'、'.join(terms)}{verb}"):
        found = link(frame([("", text)]), LEXICONS)
        assert not set(found.filter(pl.col("verdict") == "confirmed")["segment_id"]) & making, text
