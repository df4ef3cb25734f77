"""The page of figures: told from the figures that ship, which are of the data that ship and come out of the trials again."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest

from chaingraph import accuracy, figures, figures_page
from chaingraph.errors import ChaingraphError
from ingest.load import folder_version

PROJECT = Path(__file__).resolve().parents[2]
RAW = PROJECT.parent / "shared"
QUOTING = {"README.md": "en", "README.zh.md": "zh", "docs/model_card.md": "en"}
FOUND = figures.shipped()
PAGE = (PROJECT / "docs" / "accuracy.md").read_text(encoding="utf-8")

needs_raw = pytest.mark.skipif(
    not (RAW / "evaluation" / "links" / "labels.csv").is_file(), reason="the truths are not in the repository"
)


def same(found: object) -> object:
    """What figures are as their file has them."""
    return json.loads(figures.as_json({"found": found}))["found"]


def test_the_figures_are_of_the_data_that_ship():
    assert FOUND["data_version"] == folder_version(PROJECT / "data")
    assert set(FOUND["protocols"]) == set(figures_page.SECTIONS)


def test_the_page_and_its_pictures_say_what_the_shipped_figures_say():
    assert figures_page.page(FOUND) == PAGE, "make evaluate, or `chaingraph evaluate page -o docs/accuracy.md`"
    assert not re.search(r"\{\w+\}", PAGE)
    for name, svg in figures_page.pictures(FOUND).items():
        assert (PROJECT / "docs" / "pictures" / name).read_text(encoding="utf-8") == svg
        assert f"(pictures/{name})" in PAGE


@pytest.mark.parametrize(("page", "lang"), QUOTING.items())
def test_pages_quote_the_shipped_figures(page, lang):
    text = (PROJECT / page).read_text(encoding="utf-8")
    assert figures.quoted(text, FOUND, lang) == text, f"chaingraph evaluate page -o docs/accuracy.md --quote {page}"
    assert text.count("<!-- figure:") == text.count("<!-- /figure -->") >= 4
    assert "--><!--" not in text


def test_a_quotation_follows_the_figures_and_an_unknown_one_is_refused():
    other = json.loads(json.dumps(FOUND))
    figures.of(other["arrivals"]["ranked_by"], group="learned")["hit@10"] = {"value": 0.5, "low": 0.4, "high": 0.6}
    told = figures.quoted("<!-- figure:hits -->old<!-- /figure --> kept", other)
    assert "50 in 100 stood among the first 10" in told
    assert told.endswith(" kept")
    assert "old" not in told
    with pytest.raises(ChaingraphError, match="no figure 'such' to quote"):
        figures.quoted("<!-- figure:such --><!-- /figure -->", FOUND)


@pytest.mark.parametrize(
    ("share", "zh"), [(0.2, "每 5 家有 1 家"), (0.028, "每 36 家有 1 家"), (0.42, "每 100 家有 42 家"), (0.0, "没有一家")]
)
def test_a_share_is_said_in_words(share, zh):
    assert figures.one_in(share) == zh


def test_what_is_not_known_is_null_and_numbers_are_short():
    assert same({"a": math.nan, "b": [math.inf, 1 / 3], "c": (1, "x", None, True)}) == {
        "a": None,
        "b": [None, 0.333333],
        "c": [1, "x", None, True],
    }


def test_a_row_is_found_once_or_not_at_all():
    rows = [{"a": 1, "b": 2}, {"a": 1, "b": 3}]
    assert figures.of(rows, a=1, b=3) is rows[1]
    for wanted in ({"a": 1}, {"a": 2}):
        with pytest.raises(ChaingraphError, match="make evaluate"):
            figures.of(rows, **wanted)


@needs_raw
@pytest.mark.raw
def test_the_figures_of_links_are_reproduced():
    assert same(accuracy.links(RAW, PROJECT / "data")) == FOUND["links"]


@needs_raw
@pytest.mark.raw
def test_the_figures_of_arrivals_are_reproduced(graph):
    assert same(accuracy.arrivals(graph, RAW)) == FOUND["arrivals"]
