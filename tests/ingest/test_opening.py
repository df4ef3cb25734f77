"""The one way in: data folders with and without a store, stores, what the environment names. The folder is that of conftest.py."""

from __future__ import annotations

import re
import shutil

import pytest

import chaingraph as cg
from chaingraph import stores
from ingest import load


@pytest.fixture
def data(folder, monkeypatch):
    """The folder as if written some years ago; nothing in the environment points elsewhere."""
    for path in [*folder.root.rglob("*.toml"), *folder.root.rglob("*.csv")]:
        path.write_text(re.sub("20(?:29|30)", "2019", path.read_text(encoding="utf-8")), encoding="utf-8")
    monkeypatch.delenv("CHAINGRAPH_DATA", raising=False)
    monkeypatch.delenv("CHAINGRAPH_STORE", raising=False)
    return folder


def inside(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))


def test_a_data_folder_opens_as_it_is_loaded_and_nothing_is_written(data):
    before = inside(data.root.parent)
    graph = cg.open(data.root)
    assert graph.version == load(data.root).version
    assert list(graph.chains) == ["plastics"]
    assert graph.find_company("烟台万华") == "A-600309"
    assert inside(data.root.parent) == before


def test_a_store_is_made_once_and_opens_without_its_data(data, tmp_path):
    store = tmp_path / "store"
    first = cg.open(str(data.root), store=str(store))
    assert stores.folder.current(store) == first.version
    written = (store / stores.INDEX).stat().st_mtime_ns
    assert cg.open(data.root, store=store).version == first.version
    assert (store / stores.INDEX).stat().st_mtime_ns == written
    shutil.rmtree(data.root)
    again = cg.open(store)
    assert again.version == first.version
    assert all(again.tables[name].equals(first.tables[name]) for name in first.tables)


def test_changed_data_make_the_store_anew(data, tmp_path):
    store = tmp_path / "store"
    before = cg.open(data.root, store=store)
    data.edit("chains/plastics.toml", 'name_zh = "塑料"', 'name_zh = "塑料制品"')
    after = cg.open(data.root, store=store)
    assert (before.chains["plastics"], after.chains["plastics"]) == ("塑料", "塑料制品")
    assert stores.folder.current(store) == after.version != before.version


def test_without_a_path_it_opens_what_the_environment_names_as_the_commands_do(data, tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINGRAPH_DATA", str(data.root))
    monkeypatch.setenv("CHAINGRAPH_STORE", str(tmp_path / "store"))
    graph = cg.open()
    assert list(graph.chains) == ["plastics"]
    assert stores.folder.current(tmp_path / "store") == graph.version
    # A path that is named is meant, whatever the environment says.
    monkeypatch.setenv("CHAINGRAPH_DATA", str(tmp_path / "nowhere"))
    assert cg.open(data.root).version == graph.version


def test_faults_raise_with_every_problem_and_leave_the_store_as_it_was(data, tmp_path):
    store = tmp_path / "store"
    sound = cg.open(data.root, store=store).version
    data.edit("companies/ties.csv", "A-000001,A-600309", "A-000001,A-600308")
    data.edit("companies/establishments.csv", ",331000,", ",331009,")
    for keep in (None, store):
        with pytest.raises(cg.DataError) as raised:
            cg.open(data.root, store=keep)
        assert [p.file for p in raised.value.problems] == ["companies/establishments.csv", "companies/ties.csv"]
    assert stores.folder.current(store) == sound


def test_what_is_neither_says_so(tmp_path):
    with pytest.raises(
        cg.ChaingraphError, match=r"nothing to open at '.*nowhere': found no folder, expected a data folder or a store"
    ):
        cg.open(tmp_path / "nowhere")
