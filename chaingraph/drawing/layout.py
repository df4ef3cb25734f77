"""Where the segments of a chain stand in its picture, in pixels, and which way its links go.

Heights are least squares of the distances to the neighbours in the columns beside (isotonic regression), so that links run
level where they can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from chaingraph.drawing.columns import Arrangement, Cell
from chaingraph.graph import SupplyLink
from chaingraph.model import Stage

Point = tuple[float, float]

MARGIN = 10.0
BAND_GAP = 8.0
HEAD = 58.0
"""Height above the boxes, for the heads of the bands."""
FOOT = 24.0


@dataclass(frozen=True)
class Measures:
    """Sizes in pixels: of the picture, of a box, of the space between boxes in a column, lanes, box and lane."""

    width: float
    box_width: float
    box_height: float
    row_gap: float = 24.0
    lane_gap: float = 10.0
    clearance: float = 16.0


@dataclass(frozen=True)
class Box:
    """The place of a segment: left, top, width and height in pixels; column and row counted from 0."""

    segment_id: str
    column: int
    row: int
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """Height of the centre."""
        return self.y + self.height / 2


@dataclass(frozen=True)
class Route:
    """The way of a link, in points.

    Forward: out of the supplier, then the edges of columns passed (a curve and a level piece by turns), into the customer.
    Beside: the two ends, on one side of a column. Back: the corners of the way round below all boxes.
    """

    link: SupplyLink
    shape: Literal["forward", "beside", "back"]
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Band:
    """The ground of a stage: left edge and width."""

    stage: Stage
    x: float
    width: float


@dataclass(frozen=True)
class Layout:
    """A chain laid out: boxes by segment id, routes, bands; `height` in pixels down to the end of the bands."""

    boxes: Mapping[str, Box]
    routes: tuple[Route, ...]
    bands: tuple[Band, ...]
    height: float


def column_pitch(arrangement: Arrangement, width: float) -> float:
    """Return the distance in pixels from a column to the next within a stage, in a picture of a width."""
    bands = len(set(arrangement.stages))
    return (width - 2 * MARGIN - BAND_GAP * (bands - 1)) / max(1, len(arrangement.stages))


def laid_out(arrangement: Arrangement, m: Measures) -> Layout:
    """Return the places of boxes, links and bands in pixels."""
    count = len(arrangement.columns)
    bands, lefts = _bands(arrangement, m)
    heights = _heights(arrangement, m)
    boxes = {}
    for c, cells in enumerate(arrangement.columns):
        own = [s for s, at in cells if arrangement.column_of[s] == at]
        for row, s in enumerate(own):
            boxes[s] = Box(s, c, row, lefts[c], heights[s, c] - m.box_height / 2, m.box_width, m.box_height)
    lowest = max((b.y + b.height for b in boxes.values()), default=HEAD)
    lowest = max([lowest, *(y for (s, c), y in heights.items() if arrangement.column_of[s] != c)])
    gap = column_pitch(arrangement, m.width) - m.box_width
    routes = [*_forward(arrangement, m, boxes, lefts, heights), *_beside(arrangement, boxes)]
    for n, k in enumerate(arrangement.back):
        a, b, level = boxes[k.supplier_id], boxes[k.customer_id], lowest + 18 + 10 * n
        # Each turns in its own place between the columns, so that several stay apart.
        off = gap * (0.22 + 0.06 * (n % 4))
        low = b.y + b.height - min(12.0, b.height / 4)
        way = (
            (a.right, a.middle),
            (a.right + off, a.middle),
            (a.right + off, level),
            (b.x - off, level),
            (b.x - off, low),
            (b.x, low),
        )
        routes.append(Route(k, "back", way))
    if arrangement.back:
        lowest += 12 + 10 * len(arrangement.back)
    return Layout(boxes, tuple(routes), bands, lowest + FOOT if count else HEAD)


def _bands(arrangement: Arrangement, m: Measures) -> tuple[tuple[Band, ...], list[float]]:
    """Return the bands, and the left edge of the boxes of every column."""
    used = list(dict.fromkeys(arrangement.stages))
    pitch = column_pitch(arrangement, m.width)
    bands, lefts, x = [], [], MARGIN
    for stage in used:
        columns = arrangement.stages.count(stage)
        bands.append(Band(stage, x, pitch * columns))
        lefts += [x + pitch * i + (pitch - m.box_width) / 2 for i in range(columns)]
        x += pitch * columns + BAND_GAP
    return tuple(bands), lefts


def _forward(
    arrangement: Arrangement, m: Measures, boxes: Mapping[str, Box], lefts: Sequence[float], heights: Mapping[Cell, float]
) -> list[Route]:
    """Return the routes to the right: out at the middle of the supplier's edge, through its lanes, in beside one another."""
    into: dict[str, list[SupplyLink]] = {}
    for k in arrangement.forward:
        into.setdefault(k.customer_id, []).append(k)
    routes = []
    for customer, links in into.items():
        box = boxes[customer]
        came = {k.supplier_id: heights[k.supplier_id, box.column - 1] for k in links}
        group = {k.supplier_id: k.substitute_group or f"={k.supplier_id}" for k in links}
        level = {
            g: sum(came[s] for s in came if group[s] == g) / sum(group[s] == g for s in came)
            for g in dict.fromkeys(group.values())
        }
        from_above = sorted(links, key=lambda k: (level[group[k.supplier_id]], group[k.supplier_id], came[k.supplier_id]))
        step = min(11.0, (box.height - 14) / max(1, len(links) - 1))
        for n, k in enumerate(from_above):
            supplier = boxes[k.supplier_id]
            points = [(supplier.right, supplier.middle)]
            for c in range(supplier.column + 1, box.column):
                y = heights[k.supplier_id, c]
                points += [(lefts[c], y), (lefts[c] + m.box_width, y)]
            routes.append(Route(k, "forward", (*points, (box.x, box.middle + step * (n - (len(links) - 1) / 2)))))
    return routes


def _beside(arrangement: Arrangement, boxes: Mapping[str, Box]) -> list[Route]:
    """Return the routes within a column."""
    routes = []
    for k in arrangement.beside:
        a, b = boxes[k.supplier_id], boxes[k.customer_id]
        down = 1 if b.y > a.y else -1
        quarter = a.height / 4
        routes.append(Route(k, "beside", ((a.right, a.middle + down * quarter), (b.right, b.middle - down * quarter))))
    return routes


def _heights(arrangement: Arrangement, m: Measures) -> dict[Cell, float]:
    """Return the height of the centre of every cell: near its neighbours in the columns beside, in order and apart.

    By turns every column takes the least squares of the distances to its neighbours, under its order and spacing.
    """
    columns, own = arrangement.columns, arrangement.column_of
    steps = [[_apart(a, b, own, m) for a, b in pairwise(cells)] for cells in columns]
    lead = [_edge(cells, 0, own, m) for cells in columns]
    tail = [_edge(cells, -1, own, m) for cells in columns]
    tallest = max((a + sum(s) + b for a, s, b in zip(lead, steps, tail, strict=True)), default=0.0)
    near: dict[Cell, list[tuple[Cell, float]]] = {cell: [] for cells in columns for cell in cells}

    def tie(a: Cell, b: Cell) -> None:
        # A link that skips columns leaves its supplier level and runs level; it bends once, before its customer.
        weight = (3.0 if own[a[0]] == a[1] else 40.0) if own[b[0]] != b[1] else 1.0
        near[a].append((b, weight))
        near[b].append((a, weight))

    for s, c in near:
        if (s, c + 1) in near:
            tie((s, c), (s, c + 1))
    for k in arrangement.forward:
        tie((k.supplier_id, own[k.customer_id] - 1), (k.customer_id, own[k.customer_id]))
    y: dict[Cell, float] = {}
    for cells, step, first, last in zip(columns, steps, lead, tail, strict=True):
        spare = (tallest - first - last - sum(step)) / 2
        level = first + spare
        for cell, more in zip(cells, [*step, 0.0], strict=True):
            y[cell] = level
            level += more
    for sweep in range(14):
        walk = range(len(columns)) if sweep % 2 == 0 else range(len(columns) - 1, -1, -1)
        for c in walk:
            cells, step = columns[c], steps[c]
            weights, wanted = [], []
            for cell in cells:
                total = sum(w for _, w in near[cell])
                # At first each sweep looks back only; later ones settle between both sides.
                seen = [(n, w) for n, w in near[cell] if sweep > 3 or (n[1] < c) == (sweep % 2 == 0)] or near[cell]
                wanted.append(sum(w * y[n] for n, w in seen) / sum(w for _, w in seen) if seen else y[cell])
                weights.append(total or 0.1)
            room = (lead[c], tallest - tail[c] - sum(step))
            y |= dict(zip(cells, _spaced(wanted, weights, step, room), strict=True))
    return {cell: level + HEAD for cell, level in y.items()}


def _apart(a: Cell, b: Cell, own: Mapping[str, int], m: Measures) -> float:
    """The least distance between the centres of two neighbours in a column."""
    boxes = (own[a[0]] == a[1]) + (own[b[0]] == b[1])
    return (m.lane_gap, m.box_height / 2 + m.clearance, m.box_height + m.row_gap)[boxes]


def _edge(cells: Sequence[Cell], end: int, own: Mapping[str, int], m: Measures) -> float:
    """The least distance of the first or last centre of a column from the edge."""
    return m.box_height / 2 if cells and own[cells[end][0]] == cells[end][1] else 0.0


def _spaced(wanted: Sequence[float], weights: Sequence[float], steps: Sequence[float], room: tuple[float, float]) -> list[float]:
    """Return levels nearest to those wanted (weighted least squares), each at least its step below the one before.

    Isotonic regression of the levels less their steps, by pooling adjacent violators; bounds may be applied afterwards.
    """
    offsets = [0.0]
    for step in steps:
        offsets.append(offsets[-1] + step)
    pools: list[tuple[float, float, int]] = []
    for level, weight, offset in zip(wanted, weights, offsets, strict=False):
        mean, total, size = level - offset, weight, 1
        while pools and pools[-1][0] > mean:
            other, more, n = pools.pop()
            mean, total, size = (mean * total + other * more) / (total + more), total + more, size + n
        pools.append((mean, total, size))
    flat = [mean for mean, _, size in pools for _ in range(size)]
    return [min(max(level, room[0]), room[1]) + offset for level, offset in zip(flat, offsets, strict=False)]
