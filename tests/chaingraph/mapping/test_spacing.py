"""What maps are drawn with: arcs that neighbours share, classes of amounts, room for words."""

from __future__ import annotations

import doctest
import math
from itertools import pairwise

import numpy as np
import pytest
from svg_reading import lines_of

from chaingraph.mapping import intervals as intervals_module
from chaingraph.mapping import mesh as mesh_module
from chaingraph.mapping.boundaries import load_boundaries
from chaingraph.mapping.intervals import intervals
from chaingraph.mapping.land import nation
from chaingraph.mapping.mesh import STEP, meshed
from chaingraph.mapping.spacing import Box, Room, Taken, covers


def test_neighbours_are_drawn_with_the_same_border():
    """Each arc between two areas is in the drawn outline of both, point by point."""
    shipped = load_boundaries()
    shapes = [shape for shape in shipped.prefectures.values() if shape.rings]
    frame = nation(shipped, 1000, 16.0).frame
    drawn = meshed(shapes).drawn(frame, 2.4)
    edges = {shape.region_code: outline(drawn, shape.region_code) for shape in shapes}
    shared = [(arc, own) for arc, own in enumerate(drawn.mesh.owners) if len(own) == 2]
    assert len(shared) > 900
    for arc, own in shared:
        line = [p for i, p in enumerate(drawn.lines[arc]) if i == 0 or p != drawn.lines[arc][i - 1]]
        for code in own:
            if drawn.rings(code) and len(drawn.rings(code)[0]) > 4:
                lost = [pair for pair in pairwise(line) if frozenset(pair) not in edges[code]]
                assert not lost or _is_dropped(drawn, code, arc), (code, own)


def outline(drawn, code) -> set[frozenset]:
    return {frozenset(pair) for ring in drawn.rings(code) for pair in pairwise(ring)}


def _is_dropped(drawn, code, arc) -> bool:
    """Whether an arc belongs to a ring too small to be seen."""
    rings = [ring for ring in drawn.mesh.rings[code] if any(turn == arc for turn, _ in ring)]
    return all(sum(len(set(drawn.lines[turn])) for turn, _ in ring) < 8 for ring in rings)


def test_a_path_reads_back_as_the_line_it_was_made_of():
    line = [(0, 0), (3, 1), (3, 4), (-1, 4), (-1, -7), (120, -7), (0, 0)]
    (read,) = lines_of(mesh_module.path(line))
    assert (read / STEP).tolist() == [list(point) for point in line]


@pytest.mark.parametrize(
    ("amounts", "bounds", "counts"),
    [
        ([1, 2, 3], (1, 2, 3), [1, 1, 1]),
        ([5], (5,), [1]),
        ([0.07, 0.3, 12.5], (0.06, 0.3, 10), [1, 1, 1]),
        (range(1, 400, 7), (1, 60, 150, 200, 300), [9, 13, 7, 14, 14]),
        ([1, 1, 1, 1, 900], (1, 800), [4, 1]),
        ([3e9, 4.4e9], (3e9, 4e9), [1, 1]),
    ],
    ids=str,
)
def test_class_bounds_are_round_and_no_class_is_empty(amounts, bounds, counts):
    found = intervals(amounts)
    assert found.bounds == pytest.approx(bounds, rel=1e-12)
    places = [found.place(a) for a in amounts]
    assert [places.count(n) for n in range(len(bounds))] == counts
    assert all(found.bounds[place] <= a for place, a in zip(places, amounts, strict=True))


def test_what_is_nought_or_not_known_has_no_class():
    assert intervals([0, math.nan]).bounds == ()
    assert intervals([]).named() == []


def test_a_rectangle_is_placed_inside_an_area_or_nowhere():
    ring = [np.array([[0, 0], [100, 0], [100, 40], [60, 40], [60, 100], [0, 100], [0, 0]], dtype=float)]
    room = Room.of(ring)
    x, y = room.place(90, 20)
    assert all(covers(ring, *point) for point in Box(x - 45, y - 10, 90, 20).points())
    assert room.place(90, 60) is None
    assert room.place(50, 60) is not None


def test_words_are_placed_beside_a_mark_where_nothing_is():
    taken = Taken(Box(0, 0, 200, 100))
    first = taken.beside(100, 50, 5, 60, 12)
    assert first == Box(105, 44, 60, 12)
    second = taken.beside(100, 50, 5, 60, 12)
    assert second.right == 95
    assert not first.meets(second)
    assert taken.beside(500, 500, 5, 60, 12) is None, "off the picture"


@pytest.mark.parametrize("module", [intervals_module, mesh_module])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0
