"""Curves worked out by hand: points where they belong, intervals that hold them, both schemes, no way out of the frame."""

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph.drawing.curves import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, lift_picture, reliability_picture, wilson
from chaingraph.palette import PALETTES

SVG = "{http://www.w3.org/2000/svg}"
BINS = [
    {"foreseen": 0.001, "came": 0.001, "pairs": 10_000, "arrivals": 10},
    {"foreseen": 0.01, "came": 0.1, "pairs": 100, "arrivals": 10},
    {"foreseen": 0.1, "came": 0.0, "pairs": 5, "arrivals": 0},
]
LIFT = {"pairs": [0.0, 0.01, 0.1, 1.0], "learned": [0.0, 0.5, 0.9, 1.0], "size <&": [0.0, None, 0.2, 1.0]}


def circles(svg):
    return [(float(c.get("cx")), float(c.get("cy"))) for c in ET.fromstring(svg).iter(f"{SVG}circle")]


def test_a_bin_that_is_right_lies_on_the_diagonal_and_one_foreseen_too_low_above_it():
    right, low = circles(reliability_picture(BINS, 5))

    def diagonal(x):
        return HEIGHT - BOTTOM - (x - LEFT) / (WIDTH - RIGHT - LEFT) * (HEIGHT - BOTTOM - TOP)

    assert right[1] == pytest.approx(diagonal(right[0]), abs=0.2)
    assert low[1] < diagonal(low[0]) - 20


def test_a_bin_in_which_nobody_came_is_an_interval_without_a_point():
    svg = reliability_picture(BINS, 5)
    assert len(circles(svg)) == 2
    assert svg.count("<title>") == 3
    assert "came 0.000%: 0 of 5" in svg


def test_the_lift_of_the_first_hundredth_is_at_its_height():
    svg = lift_picture(LIFT)
    first = re.search(r'<path d="M([\d.]+) ([\d.]+)L[^"]*" class="c-0"', svg)
    assert (float(first[1]), float(first[2])) == pytest.approx((LEFT, (TOP + HEIGHT - BOTTOM) / 2), abs=0.2)
    assert "size &lt;&amp;" in svg


@pytest.mark.parametrize("svg", [reliability_picture(BINS, 5), lift_picture(LIFT)], ids=["reliability", "lift"])
def test_a_picture_has_the_colours_of_both_schemes_and_a_name(svg):
    assert ET.fromstring(svg).get("aria-label")
    light, dark = svg.split("@media (prefers-color-scheme:dark)")
    assert PALETTES["light"].surface in light
    assert PALETTES["dark"].surface in dark
    assert not re.search(r"https?://(?!www\.w3\.org)", svg)


@given(st.integers(0, 500), st.integers(1, 10_000))
def test_the_interval_of_a_share_holds_it(hits, more):
    of = hits + more
    low, high = wilson(hits, of)
    assert 0 <= low <= hits / of <= high <= 1
    assert math.isclose(low, 0, abs_tol=1e-12) is (hits == 0)


@given(st.lists(st.tuples(st.floats(1e-7, 1), st.integers(0, 20), st.integers(20, 10**6)), min_size=0, max_size=8))
def test_nothing_leaves_the_frame(bins):
    rows = [{"foreseen": p, "came": a / n, "pairs": n, "arrivals": a} for p, a, n in bins]
    for x, y in circles(reliability_picture(rows, 5)):
        assert LEFT <= x <= WIDTH - RIGHT
        assert TOP <= y <= HEIGHT - BOTTOM
