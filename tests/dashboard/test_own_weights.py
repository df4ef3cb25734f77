"""A dashboard served with weights of one's own: a signal of another package is a slider like any other."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from planted_packages import EXAMPLE, plant
from streamlit.testing.v1 import AppTest

from chaingraph import ChainGraph, diagnose, labels
from recommend import Weights, rank

PROJECT = Path(__file__).resolve().parents[2]
CARS = {"region": "441200", "chain": "new-energy-vehicle"}
MODULE = "from chaingraph_example.signal import NEWLY_LISTED\n"


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """Weights that name the example's signal, in a process in which the example is installed."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    monkeypatch.syspath_prepend(str(plant(tmp_path, "planted_dashboard", MODULE, ("signals", "newly_listed", "NEWLY_LISTED"))))
    monkeypatch.setattr(labels, "_BARE", dict(labels._BARE))
    for name in ("planted_dashboard", "chaingraph_example", "chaingraph_example.signal"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    path = tmp_path / "weights.toml"
    shipped = (PROJECT / "recommend" / "weights.toml").read_text(encoding="utf-8")
    path.write_text(f"{shipped}\n[newly_listed]\nweight = 100\n", encoding="utf-8")
    monkeypatch.setenv("CHAINGRAPH_WEIGHTS", str(path))
    return path


def test_it_is_a_slider_that_begins_at_its_weight_and_moves_the_ranks(own, opened: Callable[..., AppTest], graph: ChainGraph):
    at = opened("targets", **CARS)
    slider = at.slider(key="weight-newly_listed")
    assert (slider.label, slider.value, slider.max) == ("新近上市", 50, 50)
    found, weights = diagnose(graph, "441200", "new-energy-vehicle"), Weights.load(own)
    assert f"第一位是{rank(graph, found, 200, weights=weights)[0].name}" in " ".join(m.value for m in at.markdown)
    slider.set_value(0).run()
    assert not at.exception
    first = rank(graph, found, 1, weights=weights.changed({"newly_listed": 0}))[0]
    assert f"第一位是{first.name}" in " ".join(m.value for m in at.markdown)
    assert first.company_id == rank(graph, found, 1)[0].company_id, "without it the order is that of the shipped weights"
