"""Pictures for a notebook: the same drawing as everywhere, named, saved as what the suffix says."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET

import pytest
from planted_world import CITIES, World, even_world

from chaingraph import ChaingraphError, UnknownNameError, diagnose, show
from chaingraph.drawing.picture import chain_picture


@pytest.fixture(scope="module")
def graph():
    return even_world("raw", "part", "whole").firm(1, "330200", "part").graph()


def test_without_a_region_it_is_the_panorama_and_with_one_the_status_map(graph):
    found = diagnose(graph, "330100", "c")
    assert show(graph, "c").svg == chain_picture(graph, "c")
    assert show(graph, "c链", "甲市").svg == chain_picture(graph, "c", found)
    assert show(graph, "Chain c", found, lang="en", scheme="dark", width=700).svg == chain_picture(
        graph, "c", found, lang="en", scheme="dark", width=700
    )


def test_what_a_landing_changes_is_shown_beside_the_state_before(graph):
    world = World().chain("raw", "part", "whole").firm(1, "330200", "part")
    for city in CITIES:
        world.cover(city, 1000).register(city, "part", 0 if city == "330400" else 200)
    graph = world.graph()
    before, landed = diagnose(graph, "330400", "c"), graph.with_landing("C-0001", "330400")
    assert show(landed, "c", "330400", before=before).svg == chain_picture(
        landed, "c", diagnose(landed, "330400", "c"), before=before
    )
    assert show(landed, "c", "330400", before=before).svg != show(landed, "c", "330400").svg


def test_a_notebook_gets_svg_and_a_title(graph):
    picture = show(graph, "c", "甲市")
    assert picture._repr_svg_() == picture.svg
    assert ET.fromstring(picture.svg).tag.endswith("svg")
    assert not hasattr(picture, "_repr_html_")
    assert repr(picture) == "<Picture 甲市 · c链>"
    assert repr(show(graph, "c", lang="en")) == "<Picture Chain c>"


def test_saved_as_the_suffix_says(graph, tmp_path):
    picture = show(graph, "c", width=600)
    assert picture.save(tmp_path / "new" / "c.svg").read_text(encoding="utf-8") == picture.svg
    png = picture.save(str(tmp_path / "c.PNG")).read_bytes()
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">I", png[16:20]) == (1200,)
    with pytest.raises(ChaingraphError, match=r"found suffix '.pdf', expected .svg or .png"):
        picture.save(tmp_path / "c.pdf")
    assert not (tmp_path / "c.pdf").exists()


def test_names_that_are_not_there_are_refused_with_the_nearest(graph):
    with pytest.raises(UnknownNameError, match="no chain"):
        show(graph, "d链")
    with pytest.raises(UnknownNameError, match="no region"):
        show(graph, "c", "庚市")
