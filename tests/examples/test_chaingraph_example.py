"""The example package, installed and used as a stranger would: by pip and the command line, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from planted_packages import EXAMPLE, installed

from chaingraph.graph import ChainGraph

PROJECT = Path(__file__).resolve().parents[2]
PUMPS = ("台州", "--chain", "泵与电机")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("example")


@pytest.fixture(scope="module")
def environment(place: Path, shipped_store: Path) -> dict[str, str]:
    """The example installed beside the project, and a store of the shipped data."""
    path = os.pathsep.join([str(installed(EXAMPLE, place)), str(PROJECT)])
    return {**os.environ, "PYTHONPATH": path, "CHAINGRAPH_STORE": str(shipped_store), "PYTHONUTF8": "1"}


@pytest.fixture(scope="module")
def cli(place: Path, environment: dict[str, str]):
    def run(*words: str):
        done = subprocess.run(
            [sys.executable, "-m", "chaingraph", *words], capture_output=True, text=True, check=False, cwd=place, env=environment
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_three_extensions_are_listed_as_ready(cli):
    lines = [line for line in json.loads(cli("extensions", "--json")) if line["package"] == "chaingraph-example"]
    assert [(e["kind"], e["name"], e["version"], e["status"]) for e in lines] == [
        ("signal", "newly_listed", "0.1.0", "ready"),
        ("metric", "home_supply", "0.1.0", "ready"),
        ("exporter", "matrix", "0.1.0", "ready"),
    ]


def test_the_signal_takes_part_when_the_weights_name_it(cli, place):
    shipped = (PROJECT / "recommend" / "weights.toml").read_text(encoding="utf-8")
    (place / "weights.toml").write_text(f"{shipped}\n[newly_listed]\n", encoding="utf-8")
    cli("recommend", *PUMPS, "--top", "10", "--weights", "weights.toml", "-o", "targets.xlsx")
    sheet = openpyxl.load_workbook(place / "targets.xlsx")["权重"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=3, max_col=5, values_only=True)}
    assert rows["newly_listed"][1] == "新近上市"
    assert rows["newly_listed"][2] == pytest.approx(5 / 105)
    first = openpyxl.load_workbook(place / "targets.xlsx")["证据"]
    assert "新近上市" in {row[3] for row in first.iter_rows(values_only=True)}


def test_the_metric_stands_beside_every_segment(cli, graph: ChainGraph):
    found = json.loads(cli("diagnose", *PUMPS, "--metric", "home_supply", "--json"))
    assert found["metrics"] == {"home_supply": {"label": "国内供给占比", "unit": "占比"}}
    assert {s["segment_id"]: s["home_supply"] for s in found["segments"]} == pytest.approx(
        {s.id: s.domestic_share for s in graph.chain_segments("pump-motor")}
    )


def test_the_exporter_writes_under_its_name(cli, place):
    cli("export", "--to", "matrix", "--chain", "泵与电机", "-o", "pumps.csv")
    lines = (place / "pumps.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("supplier,pump-motor/")
    assert len(lines) == lines[0].count(",") + 1


def test_the_example_passes_its_own_tests(place, environment):
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLE)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=EXAMPLE, env=environment)
    assert done.returncode == 0, done.stdout
