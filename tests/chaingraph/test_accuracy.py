"""The page of figures: made of the trials, of the data that ship, and never behind them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chaingraph import accuracy
from ingest.load import folder_version

PROJECT = Path(__file__).resolve().parents[2]
RAW = PROJECT.parent / "shared"
PAGE = (PROJECT / "docs" / "accuracy.md").read_text(encoding="utf-8")


def test_the_page_is_of_the_data_that_ship_and_nothing_is_left_to_fill_in():
    assert f"data version `{folder_version(PROJECT / 'data')}`" in PAGE
    assert not re.search(r"\{\w+\}", PAGE)


def test_a_table_is_one_of_markdown():
    assert accuracy._table(["A", "B"], "lr", [("x", 1)]) == "| A | B |\n| --- | ---: |\n| x | 1 |"


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readmes_quote_the_page(readme):
    row = next(line for line in PAGE.splitlines() if line.startswith("| fourteen other chains | as it ships"))
    precision, recall = (cell.strip() for cell in row.strip("| ").split("|")[-2:])
    text = (PROJECT / readme).read_text(encoding="utf-8")
    assert precision in text
    assert recall in text


@pytest.mark.skipif(not (RAW / "evaluation" / "links" / "labels.csv").is_file(), reason="the truths are not in the repository")
def test_the_figures_of_linking_are_those_of_the_linker():
    assert accuracy.links(RAW, PROJECT / "data") in PAGE
