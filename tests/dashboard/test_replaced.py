"""The snapshot is replaced under a running dashboard: the next click shows the new data, and nothing of the old is kept."""

from __future__ import annotations

import gc
import weakref

import pytest
import streamlit as st

from chaingraph import Tables, build, stores
from chaingraph.graph import ChainGraph
from dashboard import results


@pytest.fixture
def own_store(tables: Tables, tmp_path, workspace, monkeypatch):
    """A store of the page's own, which may be replaced."""
    monkeypatch.setenv("CHAINGRAPH_STORE", str(tmp_path / "store"))
    stores.write(tables, tmp_path / "store")
    st.cache_resource.clear()
    return tmp_path / "store"


def renamed(tables: Tables) -> Tables:
    chains = tables["chains"].copy()
    chains.loc[chains["chain_id"] == "pump-motor", "name_zh"] = "改了名的链"
    return tables.replace(chains=chains)


def test_the_next_click_shows_the_new_data_and_says_so(own_store, opened, tables):
    at = opened("diagnosis", region="331000", chain="pump-motor")
    assert "泵与电机" in at.title[0].value
    stores.write(renamed(tables), own_store)
    at.run()
    assert not at.exception
    assert "改了名的链" in at.title[0].value
    assert [t.value for t in at.toast]
    at.run()
    assert not at.toast


def test_nothing_computed_from_the_old_data_is_kept(own_store, opened, tables, monkeypatch):
    made: list[weakref.ref[ChainGraph]] = []

    def watched(of: Tables) -> ChainGraph:
        graph = build(of)
        made.append(weakref.ref(graph))
        return graph

    monkeypatch.setattr(results, "build", watched)
    at = opened("targets", region="331000", chain="pump-motor")
    at.run()
    assert len(made) == 1
    stores.write(renamed(tables), own_store)
    for page in ("targets", "diagnosis", "overview", "region_map", "data"):
        at.switch_page(f"dashboard/pages/{page}.py")
        at.run()
        assert not at.exception
    assert len(made) == 2
    del at
    gc.collect()
    assert made[0]() is None
    assert made[1]() is not None
