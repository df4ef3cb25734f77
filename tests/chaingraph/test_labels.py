import inspect
from enum import StrEnum

import pytest

from chaingraph import model
from chaingraph.fields import FIELDS
from chaingraph.labels import COLUMNS, ENUMS, EXCLUSIONS, SIGNALS, WAYS, label
from chaingraph.model import Action, Area, Constraint, Presence, RegionLevel

MEMBERS = [
    member
    for _, enum in inspect.getmembers(model, inspect.isclass)
    if issubclass(enum, StrEnum) and enum is not StrEnum
    for member in enum
]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda m: f"{type(m).__name__}.{m}")
def test_every_member_of_the_vocabulary_has_both_labels(member):
    chinese, english = ENUMS[type(member).__name__][member]
    assert chinese
    assert not chinese.isascii()
    assert english
    assert english.isascii()
    assert (label(member), label(member, "en")) == (chinese, english)


def test_no_label_is_left_over():
    assert {(name, word) for name, words in ENUMS.items() for word in words} == {(type(m).__name__, m.value) for m in MEMBERS}


def test_labels_of_one_kind_can_be_told_apart():
    for words in (*ENUMS.values(), SIGNALS, EXCLUSIONS, WAYS, COLUMNS):
        for place in (0, 1):
            shown = [both[place] for both in words.values()]
            assert len(shown) == len(set(shown))


def test_a_word_means_one_thing_whatever_kind_it_is_of():
    kinds = [*(words for name, words in ENUMS.items() if name != "RegionLevel"), SIGNALS, EXCLUSIONS, WAYS, COLUMNS]
    words = [word for kind in kinds for word in kind]
    assert len(words) == len(set(words))


def test_the_words_of_the_field():
    assert [label(p) for p in Presence] == ["不详", "缺失", "薄弱", "具备", "优势"]
    assert [label(c) for c in Constraint] == ["断点", "堵点", "卡点"]
    assert [label(a) for a in Action] == ["建链", "补链", "强链", "延链", "稳链"]
    assert [label(a) for a in Area] == ["本市", "150公里内", "全省", "全国"]
    assert [label(s) for s in ("segment_fit", "ties", "gap_need")] == ["环节契合", "关系渊源", "缺口紧要"]


def test_a_bare_word_is_an_area_and_a_region_level_keeps_its_own_label():
    assert label("province") == "全省"
    assert label(RegionLevel.PROVINCE) == "省级"
    assert label("prefecture") == "地级"


def test_an_unknown_word_is_returned_as_it_is():
    assert label("利欧股份") == "利欧股份"
    assert label("no_such_word", "en") == "no_such_word"


def test_an_unknown_language_is_named():
    with pytest.raises(ValueError, match="'fr'"):
        label("weak", "fr")


def test_columns_are_those_of_the_tables_where_they_are_columns_of_tables():
    own = {"chain", "chain_state", "segment_name", "region", "registrations", "constraint", "constraint_area", "constraint_text"}
    own |= {
        "presence",
        "location_quotient",
        "lq_low",
        "lq_high",
        "action",
        "is_provisional",
        "keystone_gain",
        "unlocks",
        "because",
    }
    own |= {"completeness", "completeness_low", "completeness_high", "coverage_text", "data_version", "name", "seat", "score"}
    own |= {
        "coverage",
        "lists",
        "strongest",
        "against",
        "rival_region",
        "rival_text",
        "also_fits",
        "not_known",
        "signal",
        "value",
    }
    own |= {"alternatives", "package", "probability", "probability_low", "probability_high", "chance_text", "mover", "stability"}
    own |= {"rank_low", "rank_high", "rank_range", "phone_call", "phone_call_signal", "warm_path", "rival_lead"}
    own |= {"retention", "draws", "keep"}
    own |= {"targets", "excluded", "reasons", "roadmap", "to_verify", "cannot_tell"}
    own |= {"weight", "weight_share", "when_unknown", "points", "reason", "text", "score_rank", "base_score_rank", "moved"}
    own |= {"signed_on", "written_name", "project", "likeness", "fate", "place", "among", "segment_place", "segment_among"}
    own |= {"percentile", "way", "measure"}
    own |= {"target_register", "target_status", "weights", "added_on", "changed_on", "is_stale"}
    assert own | set(FIELDS) >= set(COLUMNS)
