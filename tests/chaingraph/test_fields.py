"""The columns: each defined once, in words a message can use, with patterns that take the real codes and no others."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from chaingraph import fields
from chaingraph.fields import DTYPES, FIELDS, FORMS, Type
from chaingraph.model import Confidence, Ownership, RegionLevel, SegmentKind, Stage, Verdict
from chaingraph.tables import SPECS


def matches(name: str, code: str) -> bool:
    """Whether a column takes this code."""
    return re.fullmatch(FIELDS[name].pattern, code, re.ASCII) is not None


def test_every_column_is_defined_once():
    names = [field.name for field in fields._ALL]
    assert sorted(names) == sorted(set(names))
    assert list(FIELDS) == names


def test_every_column_is_used_by_a_table():
    used = {column for spec in SPECS.values() for column in spec.columns}
    assert set(FIELDS) == used


def test_names_are_identifiers_in_lower_case():
    assert [name for name in FIELDS if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []


def test_a_meaning_can_stand_inside_a_sentence():
    assert [f.name for f in FIELDS.values() if not f.meaning or f.meaning.endswith(".") or f.meaning != f.meaning.strip()] == []


@pytest.mark.parametrize(
    ("ending", "unit"), [("_cny", "yuan"), ("_cny2", "yuan²"), ("_deg", "degrees"), ("year", "year"), ("_share", "share")]
)
def test_a_name_that_ends_in_a_unit_is_in_that_unit(ending, unit):
    named = [f for f in FIELDS.values() if f.name.endswith(ending)]
    assert named
    assert [f.name for f in named if not f.unit.startswith(unit)] == []


def test_a_share_lies_between_0_and_1():
    shares = [f for f in FIELDS.values() if f.unit == "share"]
    assert {f.name for f in shares} >= {"domestic_share", "confidence"}
    assert {(f.low, f.high) for f in shares} == {(0, 1)}


def test_every_pattern_is_a_code_and_has_words():
    patterned = [f for f in FIELDS.values() if f.pattern]
    assert {f.type for f in patterned} == {Type.CODE}
    assert {f.pattern for f in patterned} == set(FORMS)
    assert [f.name for f in FIELDS.values() if f.type is Type.CODE and not f.pattern] == []


def test_bounds_stand_on_numbers_only_and_in_order():
    bounded = [f for f in FIELDS.values() if f.low is not None or f.high is not None]
    assert {f.type for f in bounded} == {Type.NUMBER, Type.INTEGER}
    assert [f.name for f in bounded if f.low is not None and f.high is not None and f.low >= f.high] == []


def test_every_day_and_year_of_the_past_may_not_lie_in_the_future():
    assert [f.name for f in FIELDS.values() if (f.type is Type.DATE or f.unit == "year") and not f.not_future] == []


@pytest.mark.parametrize(
    ("column", "vocabulary"),
    [
        ("stage", Stage),
        ("segment_kind", SegmentKind),
        ("verdict", Verdict),
        ("region_level", RegionLevel),
        ("confidence_level", Confidence),
        ("ownership", Ownership),
    ],
)
def test_the_words_of_a_column_are_those_of_the_vocabulary(column, vocabulary):
    assert FIELDS[column].values == tuple(member.value for member in vocabulary)


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("region_code", "331000"),
        ("industry_code", "0610"),
        ("industry_code", "06"),
        ("industry_code", "C"),
        ("io_sector", "007"),
        ("stock_code", "000001"),
        ("uscc", "91330000148944548K"),
        ("company_id", "A-000001"),
        ("company_id", "C-0a1b2c3d"),
        ("country", "CN"),
        ("origin_id", "gbt4754-2017"),
        ("chain_id", "pump-motor"),
        ("segment_id", "pump-motor/pump-whole"),
    ],
)
def test_a_real_code_is_taken(column, code):
    assert matches(column, code)


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("region_code", "33100"),
        ("region_code", "331000.0"),
        ("region_code", "３３１０００"),
        ("region_code", "台州市"),
        ("industry_code", "6"),
        ("industry_code", "06100"),
        ("industry_code", "c"),
        ("io_sector", "7"),
        ("stock_code", "1"),
        ("uscc", "91330000148944548O"),
        ("company_id", "000001"),
        ("company_id", "B-000001"),
        ("country", "China"),
        ("chain_id", "Pump-Motor"),
        ("chain_id", "pump--motor"),
        ("chain_id", "pump_motor"),
        ("segment_id", "pump-whole"),
        ("segment_id", "pump-motor/"),
        ("segment_id", "a/b/c"),
    ],
)
def test_another_form_is_not_taken(column, code):
    assert not matches(column, code)


@pytest.mark.parametrize(("kind", "value"), [(Type.TEXT, "0610"), (Type.CODE, "0610")])
def test_text_and_codes_keep_their_zeros(kind, value):
    assert pd.Series([value], dtype=DTYPES[kind]).tolist() == [value]


@pytest.mark.parametrize("kind", list(Type))
def test_every_type_can_hold_a_missing_value(kind):
    assert pd.Series([None], dtype=DTYPES[kind]).isna().all()
