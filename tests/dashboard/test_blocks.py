"""Blocks: a grade is told by more than its colour, what is not known is not zero, hostile text stays text."""

import math
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted_world import World

from chaingraph import diagnose
from chaingraph.model import Presence, SegmentKind
from chaingraph.palette import PALETTES
from dashboard import blocks

HOME = "330100"


@pytest.fixture(scope="module")
def diagnosis():
    world = World().chain("a", "b", "d")
    for region in ("330100", "330200", "330300", "340100"):
        world.cover(region, 4000)
    world.register(HOME, "a", 900).register("330200", "b", 3000).register("330200", "d", 900).register(HOME, "d", 20)
    return diagnose(world.graph(), HOME, "c")


def test_every_grade_has_a_sign_of_its_own():
    assert set(blocks.MARKS) == set(Presence)
    assert len(set(blocks.MARKS.values())) == len(Presence)


@pytest.mark.parametrize("scheme", PALETTES)
def test_missing_is_dashed_and_unknown_is_hatched(scheme):
    missing, unknown, weak = (blocks.chip(scheme, "zh", g) for g in (Presence.MISSING, Presence.UNKNOWN, Presence.WEAK))
    assert "dashed" in missing
    assert "repeating-linear-gradient" in unknown
    assert "dashed" not in unknown + weak
    assert "repeating" not in missing + weak


def test_a_market_has_no_grade():
    chip = blocks.chip("light", "zh", Presence.UNKNOWN, SegmentKind.MARKET)
    assert "市场" in chip
    assert "不详" not in chip
    assert "<svg" not in chip


def test_completeness_is_sure_then_hatched():
    bar = blocks.completeness_bar(0.25, 0.75, "tip")
    assert "width:25%" in bar
    assert "left:25%;width:50%" in bar


@pytest.mark.parametrize(("low", "high", "text"), [(0.5, 0.5, "50%"), (0.5, 0.504, "50%"), (0.0, 1.0, "0%–100%")])
def test_a_share_is_one_number_or_an_interval(low, high, text):
    assert blocks.share(low, high) == text


@given(st.floats(0, 40), st.floats(0, 40), st.floats(0, 40), st.sampled_from(Presence))
def test_an_interval_stays_on_its_axis_and_in_order(a, b, c, presence):
    low, mean, high = sorted((a, b, c))
    plot = ET.fromstring(blocks.interval("light", low, mean, high, presence, (0.5, 1.0), "t<"))
    *_, line = (e for e in plot.iter("line") if e.get("stroke-width") == "3")
    circle = plot.find("circle")
    assert 4 <= float(line.get("x1")) <= float(circle.get("cx")) <= float(line.get("x2")) <= 166
    assert (line.get("stroke-dasharray") is not None) == (presence is Presence.UNKNOWN)


def test_without_a_quotient_there_is_no_plot():
    assert blocks.interval("light", math.nan, math.nan, math.nan, Presence.UNKNOWN, (0.5, 1), "") == ""


def test_the_rows_say_what_the_diagnosis_says(diagnosis):
    rows = list(blocks.segment_rows("light", "zh", diagnosis, "c/b"))
    assert len(rows) == 3
    for row, s in zip(rows, diagnosis.segments, strict=True):
        assert f'data-id="{s.segment_id}"' in row
        assert f">{s.company_count}<" in row
        assert f"{s.lq:.2f} [{s.lq_low:.2f}, {s.lq_high:.2f}]" in row
        assert (' class="on"' in row) is (s.segment_id == "c/b")
    assert [s.presence for s in diagnosis.segments][1] is Presence.MISSING
    assert "断点" in rows[1]


def test_the_strip_counts_in_words(diagnosis):
    assert 'aria-label="' + blocks.counted("zh", diagnosis.segments) in blocks.strip("light", "zh", diagnosis.segments)
    assert "1 missing" in blocks.counted("en", diagnosis.segments)


HOSTILE = "<script>alert('x')</script>\"'&{}"


def test_hostile_text_stays_text():
    made = blocks.table((HOSTILE,), [blocks.row([blocks.num(HOSTILE)], HOSTILE, named=HOSTILE)], HOSTILE)
    assert "<script" not in made
    cells = ET.fromstring(made)
    assert cells.find("tbody/tr").get("data-id") == HOSTILE
    assert cells.find("tbody/tr/td").text == HOSTILE
    assert cells.find("thead/tr/th").text == HOSTILE
