"""The tables: a consistent schema, frames put in order and type, and a version that follows the content."""

from __future__ import annotations

import gc
import weakref

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph.fields import DTYPES, FIELDS
from chaingraph.tables import SPECS, Tables, absent, conform, content_version, empty

COVERAGE = pd.DataFrame(
    {"region_code": ["331000", "110000"], "year": [2001, 2000], "registration_count": [7, 9], "origin_id": ["a", "a"]}
)


def test_columns_keys_and_optional_columns_are_consistent():
    for name, spec in SPECS.items():
        assert spec.name == name
        assert len(set(spec.columns)) == len(spec.columns), name
        assert set(spec.columns) <= set(FIELDS), name
        assert spec.key, name
        assert set(spec.key) <= set(spec.columns), name
        assert spec.optional <= set(spec.columns), name
        assert set(spec.references) <= set(spec.columns), name


def test_a_reference_points_at_the_whole_key_of_a_table_and_has_its_form():
    for spec in SPECS.values():
        for column, target in spec.references.items():
            table, key = target.split(".")
            assert SPECS[table].key == (key,)
            assert FIELDS[column].pattern == FIELDS[key].pattern, (spec.name, column)


def test_every_row_says_where_it_came_from():
    for name, spec in SPECS.items():
        assert "origin_id" in spec.columns, name
        assert "origin_id" not in spec.optional, name
        assert (spec.references.get("origin_id") == "origins.origin_id") == (name != "origins"), name


def test_a_column_that_bears_the_name_of_a_key_refers_to_it():
    owners = {spec.key[0]: name for name, spec in SPECS.items() if len(spec.key) == 1}
    for name, spec in SPECS.items():
        for column in spec.columns:
            if column in owners and owners[column] != name:
                assert spec.references.get(column) == f"{owners[column]}.{column}", (name, column)


@pytest.mark.parametrize("name", list(SPECS))
def test_an_empty_table_has_every_column_in_its_type(name):
    frame = empty(name)
    assert {c: str(t) for c, t in frame.dtypes.items()} == {f.name: DTYPES[f.type] for f in SPECS[name].fields}
    assert len(frame) == 0


@pytest.mark.parametrize("name", list(SPECS))
def test_columns_that_a_frame_lacks_are_filled_with_missing_values_of_their_type(name):
    frame = conform(name, pd.DataFrame({SPECS[name].key[0]: ["x", "y"]}))
    assert {c: str(t) for c, t in frame.dtypes.items()} == {f.name: DTYPES[f.type] for f in SPECS[name].fields}
    assert frame.drop(columns=SPECS[name].key[0]).isna().all(axis=None)
    assert frame[SPECS[name].key[0]].tolist() == ["x", "y"]


@pytest.mark.parametrize("column", ["name_zh", "region_code", "year", "revenue_cny", "is_leading", "founded_on"])
def test_an_absent_column_is_missing_in_every_row(column):
    made = absent(FIELDS[column], pd.Index([3, 5]))
    assert made.index.tolist() == [3, 5]
    assert made.isna().all()
    assert str(made.dtype) == DTYPES[FIELDS[column].type]


def test_conform_sorts_by_key_and_drops_what_the_table_does_not_have():
    frame = conform("coverage", COVERAGE.assign(extra=1)[["extra", "year", "origin_id", "region_code", "registration_count"]])
    assert list(frame.columns) == ["region_code", "year", "registration_count", "origin_id"]
    assert frame["region_code"].tolist() == ["110000", "331000"]
    assert frame.index.tolist() == [0, 1]
    assert frame["registration_count"].tolist() == [9, 7]


def test_conform_keeps_a_code_as_text():
    frame = conform("industries", pd.DataFrame({"industry_code": ["0610"], "name_zh": ["煤"], "origin_id": ["a"]}))
    assert frame["industry_code"].tolist() == ["0610"]


def test_unknown_is_not_zero():
    frame = conform("companies", pd.DataFrame({"company_id": ["A-000001"], "revenue_cny": [None], "employees": [None]}))
    assert frame["revenue_cny"].isna().all()
    assert frame["employees"].isna().all()


def test_tables_that_are_not_given_are_empty():
    tables = Tables.of({"coverage": COVERAGE})
    assert list(tables) == list(SPECS)
    assert tables.counts() == {name: 2 if name == "coverage" else 0 for name in SPECS}
    assert tables["coverage"]["region_code"].tolist() == ["110000", "331000"]


def test_replacing_a_table_leaves_the_first_tables_as_they_were():
    first = Tables.of({"coverage": COVERAGE})
    second = first.replace(coverage=COVERAGE.head(1))
    assert first.counts()["coverage"] == 2
    assert second.counts()["coverage"] == 1
    assert first.version != second.version


def test_the_frames_cannot_be_exchanged():
    tables = Tables.of({})
    with pytest.raises(TypeError):
        tables.frames["coverage"] = COVERAGE


def test_a_version_that_is_given_is_kept():
    assert Tables.of({}, "0123456789ab").version == "0123456789ab"


def test_the_version_does_not_depend_on_the_order_of_the_rows():
    assert Tables.of({"coverage": COVERAGE}).version == Tables.of({"coverage": COVERAGE.iloc[::-1]}).version


def test_the_version_tells_the_same_cells_in_two_tables_apart():
    assert content_version({"a": COVERAGE}) != content_version({"b": COVERAGE})


@given(row=st.integers(0, 1), column=st.sampled_from(list(COVERAGE.columns)), number=st.integers(2002, 2100))
def test_the_version_changes_with_any_cell(row, column, number):
    other = COVERAGE.astype({column: "object"})
    other.loc[row, column] = number if column in ("year", "registration_count") else f"{number}"
    assert content_version({"coverage": conform("coverage", other)}) != content_version(
        {"coverage": conform("coverage", COVERAGE)}
    )


# --- what is made of the tables once ----------------------------------------------------------------------------------


class Years:
    """The years of the table `coverage`, and how often they were read."""

    read = 0

    def __init__(self, tables):
        Years.read += 1
        self.found = tables["coverage"]["year"].tolist()


def test_what_is_derived_is_made_once_for_each_tables_and_is_gone_with_them():
    first, second = Tables.of({"coverage": COVERAGE}), Tables.of({"coverage": COVERAGE.iloc[:1]})
    Years.read = 0
    found = first.derived(Years)
    assert first.derived(Years) is found
    assert (found.found, second.derived(Years).found) == ([2000, 2001], [2001])
    assert first.replace().derived(Years) is not found
    assert Years.read == 3
    gone = weakref.ref(found)
    del first, found
    gc.collect()
    assert gone() is None


def test_what_is_derived_does_not_show_in_the_tables():
    tables = Tables.of({"coverage": COVERAGE})
    before = repr(tables)
    tables.derived(Years)
    assert (repr(tables), list(tables)) == (before, list(tables.frames))
