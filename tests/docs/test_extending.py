"""What docs/extending.md tells to write works as it says; its source is built in tests/contracts, its package run in tests/examples."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from planted_recipes import recipes

from chaingraph import build, diagnose
from chaingraph.lint import lint
from chaingraph.model import LintRule
from ingest import check_folder

PROJECT = Path(__file__).resolve().parents[2]
RECIPES = recipes()
CHAIN = "data/chains/bicycle.toml"


@pytest.fixture(scope="module")
def cycling(tmp_path_factory):
    """The graph of the shipped data with the chain of the page, in an order of the page's own."""
    folder = Path(shutil.copytree(PROJECT / "data", tmp_path_factory.mktemp("extending") / "data"))
    (folder.parent / CHAIN).write_text(RECIPES[CHAIN], encoding="utf-8")
    tables, problems = check_folder(folder)
    assert [str(p) for p in problems] == []
    return build(tables)


def test_the_chain_is_diagnosed_at_once_and_empty_until_the_next_build(cycling):
    found = diagnose(cycling, "台州", "自行车")
    assert [s.segment_id for s in found.segments] == ["bicycle/frame-material", "bicycle/drivetrain", "bicycle/bicycle-whole"]
    assert [s.company_count for s in found.segments] == [0, 0, 0]
    mine = {(f.rule, f.where) for f in lint(cycling) if not f.is_explained}
    assert mine == {(LintRule.EMPTY_SEGMENT, s.segment_id) for s in found.segments}


@pytest.mark.parametrize("file", [file for file in RECIPES if file.endswith(".py") and file.startswith("examples/")])
def test_the_code_of_a_package_is_that_of_the_example(file):
    assert RECIPES[file] == (PROJECT / file).read_text(encoding="utf-8")


def test_the_entry_points_are_those_of_the_example():
    said = tomllib.loads(RECIPES["examples/chaingraph-example/pyproject.toml"])["project"]
    there = tomllib.loads((PROJECT / "examples/chaingraph-example/pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert said["entry-points"] == there["entry-points"]


def test_every_block_that_names_a_file_is_run():
    assert set(RECIPES) == {
        CHAIN,
        "ingest/sources/yearbook.py",
        "data/yearbook/origin.toml",
        "examples/chaingraph-example/pyproject.toml",
        *(f"examples/chaingraph-example/chaingraph_example/{name}.py" for name in ("signal", "metric", "exporter")),
    }
