"""The three extensions on the data that chaingraph ships."""

from datetime import date

import pandas as pd
import pytest
from chaingraph_example.exporter import write
from chaingraph_example.metric import home_supply
from chaingraph_example.signal import newly_listed

from chaingraph import ChainGraph, build, diagnose
from chaingraph.exchange import Scope
from ingest import load
from recommend.candidates import Setting, candidates

CHAIN = "pump-motor"


@pytest.fixture(scope="module")
def graph() -> ChainGraph:
    return build(load())


def test_the_signal_is_halved_every_five_years_and_not_known_of_a_firm_that_is_not_listed(graph):
    setting = Setting(graph, diagnose(graph, "台州", CHAIN))
    found = {c.company_id: (c, newly_listed(setting, c)) for c in candidates(setting, f"{CHAIN}/motor")[0]}
    listed = [(c, s) for c, s in found.values() if s is not None]
    assert listed
    for candidate, signal in listed:
        years = (date(2024, 5, 13) - candidate.company["listed_on"].date()).days / 365.25
        assert signal.value == pytest.approx(2 ** (-years / 5))
        assert signal.origin_id == "a-shares"
    assert all((s is None) == (c.company["listed_on"] is None) for c, s in found.values())


def test_the_metric_is_the_share_of_each_segment(graph):
    found = home_supply(graph, diagnose(graph, "台州", CHAIN))
    assert found == {s.id: s.domestic_share for s in graph.chain_segments(CHAIN)}
    assert all(0 < share <= 1 for share in found.values())


def test_the_matrix_has_every_link_of_the_chain_once(graph, tmp_path):
    write(graph, tmp_path / "matrix.csv", Scope(CHAIN))
    matrix = pd.read_csv(tmp_path / "matrix.csv", index_col="supplier").stack().dropna()
    links = {(k.supplier_id, k.customer_id): k.strength for k in graph.links if k.supplier_id.startswith(f"{CHAIN}/")}
    assert matrix.to_dict() == pytest.approx(links, abs=1e-4)
