import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from chaingraph.drawing.columns import ROWS, _all_crossings, arrange
from chaingraph.drawing.layout import FOOT, HEAD, Measures, _spaced, column_pitch, laid_out
from chaingraph.graph import Segment, SupplyLink
from chaingraph.model import SegmentKind, Stage

STAGES = list(Stage)


def segment(name, stage, kind=SegmentKind.MAKING):
    return Segment(name, "c", name, name, stage, kind, False, False, (), float("nan"))


def link(a, b, *, recycling=False, group=""):
    return SupplyLink(a, b, is_essential=True, substitute_group=group, is_recycling=recycling, strength=0.1)


@st.composite
def chains(draw):
    """1–70 segments stage by stage, any links along their order, some that recycle, some of another chain."""
    n = draw(st.integers(1, 70))
    stages = sorted(draw(st.lists(st.sampled_from(range(3)), min_size=n, max_size=n)))
    segments = [segment(f"s{i}", STAGES[g]) for i, g in enumerate(stages)]
    pairs = draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=2 * n))
    links = [link(f"s{a}", f"s{b}", recycling=a > b or draw(st.integers(0, 20)) == 0) for a, b in pairs if a != b]
    return segments, [*links, link("s0", "elsewhere")]


def drawn(segments, links, width=1180.0, most=8):
    arrangement = arrange(segments, links, most)
    pitch = column_pitch(arrangement, width)
    box = min(pitch - 38, 200.0)
    return arrangement, laid_out(arrangement, Measures(width, box, 60.0))


def crossed(points, boxes, clear):
    """Boxes that a level or upright piece runs through, or passes nearer than `clear`."""
    (x1, y1), (x2, y2) = points
    left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    return [
        b for b in boxes if left < b.right - 0.01 and right > b.x + 0.01 and top < b.y + b.height + clear and bottom > b.y - clear
    ]


@settings(max_examples=60)
@given(chains(), st.integers(3, 9))
def test_boxes_stand_apart_within_their_bands_and_suppliers_left_of_customers(chain, most):
    segments, links = chain
    arrangement, layout = drawn(segments, links, most=most)
    assert set(layout.boxes) == {s.id for s in segments}
    assert len(arrangement.columns) <= most
    boxes = list(layout.boxes.values())
    for a, b in itertools.combinations(boxes, 2):
        assert a.right <= b.x or b.right <= a.x or a.y + a.height + 20 <= b.y or b.y + b.height + 20 <= a.y
    bands = {band.stage: band for band in layout.bands}
    for s in segments:
        box, band = layout.boxes[s.id], bands[s.stage]
        assert band.x <= box.x
        assert box.right <= band.x + band.width + 0.01
        assert box.y >= HEAD - 0.01
        assert box.y + box.height <= layout.height - FOOT + 0.01
    assert all(b.x >= 0 and b.x + b.width <= 1180 for b in layout.bands)
    place = {s.id: i for i, s in enumerate(segments)}
    for k in links:
        if k.customer_id in place and not k.is_recycling and place[k.supplier_id] < place[k.customer_id]:
            a, b = layout.boxes[k.supplier_id], layout.boxes[k.customer_id]
            assert a.right < b.x or a.column == b.column
            if segments[place[k.supplier_id]].stage is not segments[place[k.customer_id]].stage:
                assert a.right < b.x


@settings(max_examples=60)
@given(chains())
def test_every_link_has_a_way_that_no_box_stands_in(chain):
    segments, links = chain
    _, layout = drawn(segments, links)
    inside = {(k.supplier_id, k.customer_id) for k in links if k.customer_id in layout.boxes}
    assert {(r.link.supplier_id, r.link.customer_id) for r in layout.routes} == inside
    boxes = list(layout.boxes.values())
    for r in layout.routes:
        a, b = layout.boxes[r.link.supplier_id], layout.boxes[r.link.customer_id]
        assert r.points[0][0] == a.right
        assert a.y <= r.points[0][1] <= a.y + a.height
        assert b.y <= r.points[-1][1] <= b.y + b.height
        assert r.points[-1][0] == (b.right if r.shape == "beside" else b.x)
        pieces = list(itertools.pairwise(r.points))
        if r.shape == "forward":
            # Curves stay between columns: no box reaches into the space they cross.
            for p, q in pieces[::2]:
                assert all(box.right <= p[0] + 0.01 or box.x >= q[0] - 0.01 for box in boxes)
            for p, q in pieces[1::2]:
                assert p[1] == q[1]
                assert crossed((p, q), boxes, clear=10) == []
        if r.shape == "back":
            assert max(y for _, y in r.points) > max(box.y + box.height for box in boxes)
            for piece in pieces[1:-1]:
                assert crossed(piece, boxes, clear=0) == []
            assert all(0 < x < 1180 and y < layout.height for x, y in r.points)


@settings(max_examples=40)
@given(chains())
def test_the_same_chain_gives_the_same_layout_whatever_the_order_of_its_links(chain):
    segments, links = chain
    assert drawn(segments, links)[1] == drawn(segments, links[::-1])[1]


def test_five_segments_stand_exactly_here():
    up, mid, down = STAGES
    segments = [segment("ore", up), segment("steel", up), segment("motor", mid), segment("pump", mid), segment("user", down)]
    links = [link("ore", "steel"), link("steel", "motor"), link("steel", "pump"), link("motor", "pump"), link("pump", "user")]
    arrangement, layout = drawn(segments, [*links, link("user", "steel", recycling=True)])
    assert arrangement.columns == (
        (("ore", 0),),
        (("steel", 1),),
        (("steel", 2), ("motor", 2)),
        (("pump", 3),),
        (("user", 4),),
    )
    assert arrangement.stages == (up, up, mid, mid, down)
    assert {r.link.customer_id: r.shape for r in layout.routes if r.link.supplier_id == "user"} == {"steel": "back"}
    # 1180 = 2 margins of 10, 2 gaps between bands of 8, and 5 columns of 228.8; boxes of 190.8 in their middle
    assert layout.boxes["ore"].x == pytest.approx(10 + 19)
    assert layout.boxes["motor"].x == pytest.approx(10 + 2 * 228.8 + 8 + 19)
    assert layout.boxes["pump"].middle == pytest.approx(layout.boxes["user"].middle)
    skipping = next(r for r in layout.routes if r.link.supplier_id == "steel" and r.link.customer_id == "pump")
    assert len(skipping.points) == 4
    assert skipping.points[1][1] == skipping.points[2][1] < layout.boxes["motor"].y


def test_links_that_need_not_cross_do_not():
    up, mid = STAGES[0], STAGES[1]
    segments = [segment(s, up) for s in "abcdefg"] + [segment(s, mid) for s in "tuvwxyz"]
    links = [link(a, b) for a, b in zip("abcdefg", "wzuytxv", strict=True)]
    _, layout = drawn(segments, links)
    ends = [(layout.boxes[k.supplier_id].y, layout.boxes[k.customer_id].y) for k in links]
    assert sorted(ends) == sorted(ends, key=lambda e: e[1])
    assert all(a == pytest.approx(b) for a, b in ends)


def test_a_long_strand_is_untangled_over_many_columns():
    # Six chains of six segments each, their names shuffled at every layer: drawn as six lines that never cross.
    order = [
        (0, 1, 2, 3, 4, 5),
        (3, 5, 1, 0, 4, 2),
        (2, 0, 4, 5, 3, 1),
        (5, 3, 0, 2, 1, 4),
        (1, 4, 5, 3, 2, 0),
        (4, 2, 3, 1, 0, 5),
    ]
    segments = [segment(f"{layer}{i}", STAGES[layer // 2]) for layer in range(6) for i in range(6)]
    links = [
        link(f"{layer}{order[layer][strand]}", f"{layer + 1}{order[layer + 1][strand]}")
        for layer in range(5)
        for strand in range(6)
    ]
    _, layout = drawn(segments, links)
    assert all(layout.boxes[k.supplier_id].y == pytest.approx(layout.boxes[k.customer_id].y) for k in links)


def test_many_segments_of_one_layer_are_spread_over_columns():
    many = [segment(f"s{i}", STAGES[0]) for i in range(21)] + [segment("user", STAGES[2])]
    arrangement, _ = drawn(many, [link(f"s{i}", "user") for i in range(21)])
    own = [sum(arrangement.column_of[s] == c for s, _ in cells) for c, cells in enumerate(arrangement.columns)]
    assert max(own) == ROWS
    assert sum(own) == 22


def test_more_layers_than_columns_share_columns_and_such_links_go_round_the_side():
    segments = [segment(f"s{i:02d}", STAGES[0]) for i in range(12)]
    arrangement, layout = drawn(segments, [link(f"s{i:02d}", f"s{i + 1:02d}") for i in range(11)], most=4)
    assert len(arrangement.columns) == 4
    assert {r.shape for r in layout.routes} == {"forward", "beside"}


def test_members_of_a_substitute_group_come_in_side_by_side():
    up, down = STAGES[0], STAGES[2]
    segments = [segment(s, up) for s in ("a", "b", "c")] + [segment("pump", down)]
    links = [link("a", "pump", group="metal"), link("b", "pump"), link("c", "pump", group="metal")]
    _, layout = drawn(segments, links)
    into = sorted(layout.routes, key=lambda r: r.points[-1][1])
    assert [r.link.substitute_group for r in into] in (["metal", "metal", ""], ["", "metal", "metal"])


def test_one_segment_alone_is_laid_out():
    _, layout = drawn([segment("only", STAGES[1])], [])
    assert [b.stage for b in layout.bands] == [STAGES[1]]
    assert layout.routes == ()


def test_no_segment_at_all_is_an_empty_layout():
    _, layout = drawn([], [])
    assert (layout.boxes, layout.routes, layout.bands) == ({}, (), ())


@given(st.lists(st.tuples(st.floats(-50, 500), st.floats(0.1, 9), st.floats(1, 60)), min_size=1, max_size=20))
def test_levels_are_the_isotonic_regression_of_what_is_wanted(cells):
    wanted, weights, steps = (np.array(part) for part in zip(*cells, strict=True))
    offsets = np.concatenate([[0.0], np.cumsum(steps[:-1])])
    low, high = 10.0, 300.0
    at = np.arange(len(cells))
    expected = IsotonicRegression(y_min=low, y_max=high).fit(at, wanted - offsets, weights).predict(at) + offsets
    found = _spaced(list(wanted), list(weights), list(steps[:-1]), (low, high))
    assert found == pytest.approx(list(expected), abs=1e-6)


@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_crossings_are_the_pairs_of_links_in_opposite_order(left, right, data):
    here, there = [(f"a{i}", 0) for i in range(left)], [(f"b{i}", 1) for i in range(right)]
    edges = data.draw(st.sets(st.tuples(st.integers(0, left - 1), st.integers(0, right - 1))))
    ends = {cell: [there[b] for a, b in sorted(edges) if a == i] for i, cell in enumerate(here)} | {c: [] for c in there}
    pairs = itertools.combinations(edges, 2)
    assert _all_crossings([here, there], ends) == sum((a - c) * (b - d) < 0 for (a, b), (c, d) in pairs)
