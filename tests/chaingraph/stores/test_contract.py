"""What every store owes: read(write(t)) == t, whatever the cells hold."""

import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from planted_cells import ROWS, a_column, awkward_tables

from chaingraph import ChaingraphError, Tables, stores
from chaingraph.tables import SPECS

FEW = 40
"""Rows of a table where only their being of one version counts."""


@pytest.fixture(scope="module")
def awkward():
    """Every table with every value its columns could hold, each column shifted against the next."""
    return awkward_tables()


def assert_same(found, expected):
    assert found.version == expected.version
    assert list(found) == list(expected)
    for name in expected:
        assert_frame_equal(found[name], expected[name], check_exact=True, obj=name)


def test_what_is_read_is_what_was_written_in_every_column_of_every_type(store, awkward):
    store.write(awkward)
    assert_same(store.read(), awkward)


def test_the_awkward_table_really_holds_every_value_in_every_column(awkward):
    for name, spec in SPECS.items():
        for field in spec.fields:
            found = awkward[name][field.name]
            wanted = a_column(field.type, 0)
            assert found.isna().any()
            assert set(found.dropna()) == set(wanted.dropna()), (name, field.name)


def test_not_known_stays_apart_from_zero_and_minus_zero_to_the_bit(store):
    frame = pd.DataFrame({"io_sector": list("abcd"), "domestic_share": [np.nan, 0.0, -0.0, 1.0]})
    store.write(Tables.of({"io_sectors": frame}))
    share = store.read()["io_sectors"]["domestic_share"]
    assert share.isna().tolist() == [True, False, False, False]
    assert [struct.pack(">d", v) for v in share[1:]] == [struct.pack(">d", v) for v in (0.0, -0.0, 1.0)]


def test_tables_without_rows_come_back_with_their_columns_and_types(store):
    nothing = Tables.of({})
    store.write(nothing)
    assert_same(store.read(), nothing)
    assert store.read()["companies"].dtypes.astype(str).to_dict()["founded_on"] == "datetime64[s]"


def test_writing_twice_changes_nothing(store, awkward, worker):
    store.write(worker.tables(1, FEW))
    store.write(awkward)
    before = store.files()
    store.write(awkward)
    assert_same(store.read(), awkward)
    after = store.files()
    assert after.keys() == before.keys()
    assert {k for k in before if before[k] != after[k] and not k.endswith(".duckdb")} == set()


def test_a_fact_that_was_removed_is_gone(store, awkward):
    store.write(awkward)
    fewer = awkward.replace(companies=awkward["companies"].iloc[1:], ties=awkward["ties"].iloc[:0])
    store.write(fewer)
    assert_same(store.read(), fewer)
    assert len(store.read()["companies"]) == ROWS - 1
    assert store.read()["ties"].empty


def test_of_two_versions_the_last_written_is_read_and_going_back_gives_the_first_again(store, worker):
    one, two = worker.tables(1, FEW), worker.tables(2, FEW)
    assert one.version != two.version
    for tables in (one, two, one):
        store.write(tables)
        assert_same(store.read(), tables)


def test_of_many_versions_the_folder_keeps_the_current_and_the_one_before(tmp_path, worker):
    for number in range(4):
        stores.write(worker.tables(number), tmp_path)
    kept = {p.name for p in tmp_path.glob("snapshot-*")}
    assert kept == {f"snapshot-{worker.tables(n).version}" for n in (2, 3)}


def test_the_index_says_its_version_and_a_missing_one_has_none(tmp_path, worker):
    tables = worker.tables(1)
    stores.duckdb.write(tables, tmp_path / "x.duckdb")
    assert stores.duckdb.version(tmp_path / "x.duckdb") == tables.version
    assert stores.duckdb.version(tmp_path / "y.duckdb") is None


def test_a_store_that_is_not_there_says_how_to_build_it(store):
    with pytest.raises(ChaingraphError, match="chaingraph data store"):
        store.read()


def test_four_threads_that_write_at_once_leave_one_whole_store(store, worker):
    versions = [worker.tables(n, FEW) for n in range(4)]
    with ThreadPoolExecutor(len(versions)) as pool:
        list(pool.map(lambda tables: [store.write(tables) for _ in range(3)], versions))
    found = store.read()
    assert worker.is_whole(found)
    assert found.version in {v.version for v in versions}


texts = st.none() | st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
rows = st.lists(
    st.tuples(
        texts,
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.floats(allow_nan=False),
        st.none() | st.dates(),
    ),
    max_size=16,
)


@example([])
@example([(None, None, None, None)])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_any_text_number_and_day_comes_back(store, cells):
    name, employees, revenue, founded = zip(*cells, strict=True) if cells else ((), (), (), ())
    frame = pd.DataFrame(
        {
            "company_id": pd.Series([f"C-{i:04d}" for i in range(len(cells))], dtype="str"),
            "name_zh": pd.Series(name, dtype="str"),
            "employees": pd.Series(employees, dtype="Int64"),
            "revenue_cny": pd.Series(revenue, dtype="float64"),
            "founded_on": pd.Series([np.datetime64(d, "s") if d else None for d in founded], dtype="datetime64[s]"),
        }
    )
    tables = Tables.of({"companies": frame})
    store.write(tables)
    assert_same(store.read(), tables)
