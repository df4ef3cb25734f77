import math
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from ingest.abbreviations import WEIGHTS, YIELD, Candidate, Short, align, choose, features
from ingest.char_grams import CharGrams
from ingest.name_index import Reading, core_of
from ingest.names import parse
from ingest.trade_names import LEAST_BEARERS, commonness, counted

FULL = st.sampled_from(
    [
        "浙江阳光照明电器集团股份有限公司",
        "中国石油天然气股份有限公司",
        "TCL科技集团股份有限公司",
        "湖南友谊阿波罗商业股份有限公司",
    ]
)


@given(FULL, st.text(alphabet="浙江阳光照明电器石油TCL友阿", min_size=1, max_size=5))
def test_every_feature_lies_between_0_and_1_and_has_a_weight(full, core):
    values = features(Short.of(parse(core), core), Reading.of(full), 0.5, {})
    assert set(values) == set(WEIGHTS)
    assert all(0 <= value <= 1 for value in values.values())


@given(FULL, st.data())
def test_an_alignment_is_the_heaviest_common_subsequence(full, data):
    reading = Reading.of(full)
    core = data.draw(st.text(alphabet=reading.text, min_size=1, max_size=4))
    found = align(core, reading, {})

    def weight(pairs):
        own = sum(1.15 if spot in reading.starts else 1.0 for _, spot in pairs)
        return own + 0.5 * sum(b == (a[0] + 1, a[1] + 1) for a, b in pairwise(pairs))

    every = [(at, spot) for at, sign in enumerate(core) for spot, other in enumerate(reading.text) if sign == other]
    rising = [
        pairs
        for size in range(1, len(core) + 1)
        for pairs in combinations(every, size)
        if all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))
    ]
    assert weight(list(found.items())) == pytest.approx(max(map(weight, rising)))


def chosen(*lists, taken=None):
    return choose(
        [core for core, _ in lists],
        [[Candidate(row, math.log(odds), True, False) for row, odds in c] for _, c in lists],
        taken or {},
    )


def test_odds_alone_are_a_choice_with_nobody():
    (choice,) = chosen(("甲", [(0, 3.0), (1, 1.0)]))
    assert (choice.candidate.row, choice.probability, choice.rival) == (0, pytest.approx(3 / 5), "")
    assert choice.second == (1, pytest.approx(1 / 5))


def test_a_surer_name_takes_its_company_away():
    first, second = chosen(("甲", [(0, 9.0)]), ("乙", [(0, 2.0), (1, 1.0)]))
    assert first.probability == pytest.approx(0.9)
    assert (second.candidate.row, second.probability) == (1, pytest.approx(1 / (1 + 1 + 2 * 0.1)))
    (third,) = chosen(("乙", [(0, 3.0)]), taken={0: "甲"})
    assert (third.rival, third.alone) == ("甲", pytest.approx(0.75))
    assert third.probability == pytest.approx(3 * (1 - YIELD) / (1 + 3 * (1 - YIELD)))


def test_the_same_name_twice_is_no_rival():
    assert [c.rival for c in chosen(("甲", [(0, 9.0)]), ("甲", [(0, 2.0)]))] == ["", ""]
    assert chosen(("甲", [])) == [None]


TEXTS = st.lists(st.text(alphabet="阳光照明电器AB", min_size=1, max_size=6), min_size=1, max_size=8)


@given(TEXTS, TEXTS)
def test_nearness_is_scikit_learns(texts, asked):
    oracle = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), lowercase=False)
    expected = (oracle.fit_transform(texts) @ oracle.transform(asked).T).toarray()
    starts, rows, cosines = CharGrams(texts).nearest(asked, len(texts))
    for at in range(len(asked)):
        span = slice(starts[at], starts[at + 1])
        assert list(cosines[span]) == pytest.approx(sorted((c for c in expected[:, at] if c > 0), reverse=True), abs=1e-5)
        assert list(cosines[span]) == pytest.approx([expected[row, at] for row in rows[span]], abs=1e-5)


def test_common_trade_names_are_counted_by_their_first_two_characters():
    names = [f"台州珥萸{n}机械厂" for n in "甲乙丙丁戊己庚辛"] * 2 + ["宁波海角机械厂"] * (LEAST_BEARERS - 1)
    text = counted(names)
    assert '16 = "珥萸"' in text
    assert "海角" not in text


def test_commonness_lies_between_0_and_1():
    assert 0 == commonness("珥萸") < commonness("长城") <= 1
    assert core_of("*ST长城A") == "长城"
