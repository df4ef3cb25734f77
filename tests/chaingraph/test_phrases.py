import copy
import dataclasses
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph import diagnose
from chaingraph.phrases import Phrase, counted, joined, said, verbatim, yuan
from recommend import shortlist
from recommend.signals import SIGNALS

texts = st.text(max_size=8)
phrases = st.builds(Phrase, texts, texts)

CASES = [
    ("331000", "pump-motor"),
    ("441200", "new-energy-vehicle"),
    ("340881", "green-packaging"),
    ("370200", "rubber-tyre"),
    ("340600", "green-food"),
    ("330000", "smart-toilet"),
]
"""A chain of each of the five programmes, and a province."""

over_cases = pytest.mark.parametrize(("region", "chain"), CASES)


def test_a_phrase_is_its_chinese_to_whoever_only_prints_or_compares():
    phrase = Phrase("电机", "motors")
    assert (phrase, f"{phrase}", {phrase: 1}["电机"]) == ("电机", "电机", 1)
    assert (said(phrase, "zh"), said(phrase, "en"), said("电机", "en")) == ("电机", "motors", "电机")


@given(phrases, phrases | texts)
def test_adding_continues_both_languages(first, second):
    both = first + second
    assert (both, both.en) == (f"{first}{second}", first.en + said(second, "en"))


@given(st.lists(phrases | texts, max_size=4))
def test_joining_joins_as_each_language_does(parts):
    both = joined(parts)
    assert (both, both.en) == ("、".join(parts), ", ".join(said(p, "en") for p in parts))


@given(phrases)
def test_a_copy_keeps_its_english(phrase):
    for twin in (copy.copy(phrase), copy.deepcopy(phrase), pickle.loads(pickle.dumps(phrase))):  # noqa: S301 - its own
        assert (type(twin), twin, twin.en) == (Phrase, phrase, phrase.en)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 firms"), (1, "1 firm"), (0.6, "1 firm"), (2, "2 firms"), (14332, "14,332 firms")]
)
def test_english_counts_one_apart(number, text):
    assert counted(number, "firm") == text


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        (0.0, "0.0 亿元", "CNY 0 mn"),
        (88e6, "0.9 亿元", "CNY 88 mn"),
        (999e6, "10.0 亿元", "CNY 999 mn"),
        (1e9, "10.0 亿元", "CNY 1.0 bn"),
        (123.4e9, "1,234.0 亿元", "CNY 123.4 bn"),
    ],
)
def test_money_is_counted_as_each_language_counts_it(amount, zh, en):
    assert (yuan(amount), yuan(amount).en) == (zh, en)


def test_words_of_a_source_are_quoted_where_english_cannot_read_them():
    assert [verbatim(t).en for t in ("特种钢", "IT设备", "BMS", "")] == ["“特种钢”", "“IT设备”", "BMS", ""]


def said_of(value, where=""):
    """Every text in a value, through all its fields, with the field it stands in."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, tuple):
        for item in value:
            yield from said_of(item, where)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from said_of(getattr(value, field.name), f"{type(value).__name__}.{field.name}")


def fault(text):
    """What is wrong with the English of a text, empty if nothing is."""
    if not isinstance(text, Phrase):
        return "" if text.isascii() else "no English"
    outside = re.sub(r"“[^”]*”", "", text.en)
    if re.search(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]", outside):
        return "Chinese outside quotation marks"
    if re.search(r"\bnan\b|None|<NA>|“”|  |[ ,;:(]$", text.en):
        return "a hole"
    return "" if bool(text) == bool(text.en) else "empty"


def test_the_judge_of_english_finds_each_fault():
    good = Phrase("含“轴承”（0.9）", "has “轴承” (0.9)")
    faults = [
        "电机",
        Phrase("电机", ""),
        Phrase("", "motor"),
        Phrase("电机", "电机"),
        Phrase("甲", "a；b"),
        Phrase("甲", "nan km"),
    ]
    assert [fault(t) for t in (good, "pump-motor", "", Phrase("", ""))] == [""] * 4
    assert all(fault(t) for t in faults)


NAMES = {"Region.name_zh", "SegmentDiagnosis.name_zh", "Recommendation.name", "Exclusion.name"}
"""Fields that hold Chinese: names with their English in `name_en`, and firms of which no English name is known."""


@over_cases
def test_every_sentence_of_a_diagnosis_has_its_english(graph, region, chain):
    found = diagnose(graph, region, chain)
    read = list(said_of(found))
    assert [(where, text, said(text, "en")) for where, text in read if where not in NAMES and fault(text)] == []
    assert fault(found.region.name) == ""
    assert sum(isinstance(text, Phrase) for _, text in read) >= 2 + len(found.segments)


@over_cases
def test_every_sentence_of_a_shortlist_has_its_english(graph, region, chain):
    if graph.places.city_of(region) not in graph.places.cities:
        region = "330100"
    ranking = shortlist(graph, diagnose(graph, region, chain), 1000)
    read = [(where, text) for item in (*ranking.targets, *ranking.excluded) for where, text in said_of(item)]
    assert [(where, text, said(text, "en")) for where, text in read if where not in NAMES and fault(text)] == []
    assert len(ranking.targets) > 10
    assert {r.signal for t in ranking.targets for r in t.reasons if isinstance(r.text, Phrase)} == set(SIGNALS)


def test_an_explanation_is_in_one_language(graph):
    target = shortlist(graph, diagnose(graph, "331000", "pump-motor"), 1).targets[0]
    lines = target.explain("en").splitlines()
    assert lines[0].startswith(f"1. {said(target.name, 'en')} → {said(target.segment_name, 'en')} · {target.score:.1f} points")
    assert [fault(Phrase("是", re.sub(r"^ +(. +[0-9.]+ +)?", "", line))) for line in lines[1:]] == [""] * len(lines[1:])
    assert len(lines) == len(target.explain().splitlines())
    assert target.explain("zh") == target.explain()


def test_plain_values_and_frames_hold_plain_text(graph):
    found = diagnose(graph, "331000", "pump-motor")
    target = shortlist(graph, found, 1).targets[0]

    def plain(value):
        if isinstance(value, dict):
            return all(map(plain, value.values()))
        return all(map(plain, value)) if isinstance(value, list) else not isinstance(value, Phrase)

    assert plain(found.as_dict())
    assert plain(target.as_dict())
    assert plain(found.to_pandas().to_dict("records"))
