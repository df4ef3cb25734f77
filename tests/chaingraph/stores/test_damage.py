"""A store that was damaged by something other than us: read from what is whole, or one line that says what to do."""

import random
import shutil

import pytest

from chaingraph import ChaingraphError, stores

POINTERS = [
    "",
    "{",
    "[]",
    "{}",
    "null",
    '"x"',
    "7",
    '{"version": null}',
    '{"version": 3}',
    '{"version": "nope"}',
    b"\xff\xfe\x00",
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory, worker):
    place = tmp_path_factory.mktemp("whole") / "store"
    stores.write(worker.tables(1), place)
    return place


@pytest.fixture
def store(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "store")


@pytest.fixture
def version(worker):
    return worker.tables(1).version


@pytest.mark.parametrize("pointer", POINTERS)
def test_a_pointer_that_names_nothing_is_no_store_and_the_next_write_mends_it(store, worker, pointer):
    (store / "current.json").write_bytes(pointer if isinstance(pointer, bytes) else pointer.encode())
    assert stores.folder.current(store) is None
    with pytest.raises(ChaingraphError, match=f"data store --store {store}"):
        stores.read(store)
    stores.write(worker.tables(1), store)
    assert worker.is_whole(stores.read(store))


def test_a_damaged_index_is_passed_over_wherever_the_damage_is(store, worker, version):
    index = store / stores.INDEX
    sound, chance = index.read_bytes(), random.Random(1)  # noqa: S311
    refused = 0
    for turn in range(24):
        at = chance.randrange(len(sound))
        index.write_bytes(sound[:at] if turn % 2 else sound[:at] + chance.randbytes(64) + sound[at + 64 :])
        found = stores.read(store)
        assert found.version == version
        assert worker.is_whole(found)
        try:
            stores.duckdb.read(index)
        except ChaingraphError:
            refused += 1
    assert refused > 12


def test_an_index_of_another_version_is_passed_over(store, worker, version):
    stores.duckdb.write(worker.tables(2), store / stores.INDEX)
    assert stores.read(store).version == version


def test_an_index_that_lacks_a_table_is_passed_over(store, worker, version):
    import duckdb

    with duckdb.connect(str(store / stores.INDEX)) as connection:
        connection.execute("DROP TABLE ties")
    assert stores.duckdb.version(store / stores.INDEX) == version
    assert worker.is_whole(stores.read(store))


def test_a_snapshot_that_lacks_a_file_is_no_store_and_the_next_write_makes_it_whole(store, worker, version):
    (store / f"snapshot-{version}" / "ties.parquet").unlink()
    assert stores.folder.current(store) is None
    stores.write(worker.tables(1), store)
    (store / stores.INDEX).unlink()
    assert worker.is_whole(stores.read(store))
    assert worker.leftovers(store) == []


@pytest.mark.parametrize("damage", ["truncated", "garbage", "other columns"])
def test_a_damaged_snapshot_without_index_says_in_one_line_what_to_do_and_doing_it_helps(store, worker, version, damage):
    (store / stores.INDEX).unlink()
    file = store / f"snapshot-{version}" / "companies.parquet"
    if damage == "truncated":
        file.write_bytes(file.read_bytes()[:500])
    elif damage == "garbage":
        file.write_bytes(bytes(range(256)) * 8)
    else:
        shutil.copy(store / f"snapshot-{version}" / "ties.parquet", file)
    if damage != "other columns":
        with pytest.raises(ChaingraphError, match=r"damaged snapshot .* data store --store") as caught:
            stores.read(store)
        assert "\n" not in str(caught.value)
    stores.write(worker.tables(1), store)
    (store / stores.INDEX).unlink()
    assert worker.is_whole(stores.read(store))


def test_a_store_that_cannot_be_written_says_why_and_what_to_choose(tmp_path, worker):
    (tmp_path / "file").write_text("not a folder")
    for place in (tmp_path / "file", tmp_path / "file" / "store"):
        with pytest.raises(ChaingraphError, match=r"cannot write the store .*Choose another with --store") as caught:
            stores.write(worker.tables(1), place)
        assert "\n" not in str(caught.value)


def test_a_place_below_a_file_is_no_store(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ChaingraphError, match="no snapshot"):
        stores.read(tmp_path / "file" / "store")
