"""Areas that share borders: taken apart into arcs, each arc simplified once, so that neighbours never tear apart.

Points lie on a grid of whole numbers. Two areas are neighbours where an edge of one is, exactly, an edge of the other.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Point = tuple[int, int]
Edge = tuple[Point, Point]
"""Two neighbouring points of a border, the smaller first."""
Line = list[Point]
"""Points one after the other; a closed one ends where it begins."""
Polygon = list[Line]
"""A shell, then its holes: closed lines."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Arc:
    """A piece of border between two points where more than two pieces meet, or the whole shore of an island."""

    owners: frozenset[str]
    """The areas on either side."""
    points: Line


def edge(one: Point, other: Point) -> Edge:
    """Return the edge between two points."""
    return (one, other) if one < other else (other, one)


def border(rings: Iterable[Sequence[Point]]) -> frozenset[Edge]:
    """Return the edges that bound what rings enclose by the even-odd rule; an edge drawn twice is inside and falls away."""
    odd: set[Edge] = set()
    for ring in rings:
        for one, other in zip(ring, [*ring[1:], ring[0]], strict=True):
            if one != other:
                odd ^= {edge(one, other)}
    return frozenset(odd)


def joined(borders: Iterable[frozenset[Edge]]) -> frozenset[Edge]:
    """Return the border of several areas taken as one."""
    odd: set[Edge] = set()
    for edges in borders:
        odd ^= edges
    return frozenset(odd)


def owners_of(borders: Mapping[str, frozenset[Edge]]) -> dict[Edge, list[str]]:
    """Return the areas that have an edge in their border."""
    owners: dict[Edge, list[str]] = defaultdict(list)
    for name in sorted(borders):
        for one in borders[name]:
            owners[one].append(name)
    return owners


def simplified(borders: Mapping[str, frozenset[Edge]], tolerance: float) -> dict[str, list[Polygon]]:
    """Return the polygons of every area, its arcs simplified.

    `tolerance` is the greatest distance, in grid steps, of a point left out.
    """
    lines: dict[str, list[Line]] = {name: [] for name in borders}
    chords: set[frozenset[Point]] = set()
    for arc in arcs(borders):
        points, finer = simplify(arc.points, tolerance), tolerance
        # Two arcs between the same ends must not both become the one chord: what lies between them would vanish.
        while len(points) == 2 and frozenset(points) in chords and finer > 0.5:
            finer /= 2
            points = simplify(arc.points, finer)
        if len(points) == 2:
            chords.add(frozenset(points))
        for owner in arc.owners:
            lines[owner].append(points)
    return {name: _polygons(rings(own)) for name, own in lines.items()}


def arcs(borders: Mapping[str, frozenset[Edge]]) -> list[Arc]:
    """Return the arcs that all borders consist of, in the order of their first points."""
    owners = owners_of(borders)
    near: dict[Point, list[Point]] = defaultdict(list)
    for one, other in sorted(owners):
        near[one].append(other)
        near[other].append(one)

    def is_end(point: Point) -> bool:
        around = near[point]
        return len(around) != 2 or owners[edge(point, around[0])] != owners[edge(point, around[1])]

    walked: set[Edge] = set()
    found: list[Arc] = []

    def walk(start: Point, towards: Point) -> None:
        points = [start, towards]
        while not is_end(points[-1]) and points[-1] != start:
            one, other = near[points[-1]]
            points.append(other if one == points[-2] else one)
        walked.update(map(edge, points, points[1:]))
        found.append(Arc(frozenset(owners[edge(start, towards)]), points))

    order = sorted(near)
    # Ends first: what is left over then are closed lines that meet no other.
    for point in [*filter(is_end, order), *order]:
        for other in near[point]:
            if edge(point, other) not in walked:
                walk(point, other)
    return found


def simplify(points: Line, tolerance: float) -> Line:
    """Return a line without the points that lie no farther than `tolerance` from it (Douglas & Peucker 1973).

    A closed line keeps three corners.
    """
    line = np.array(points, dtype=float)
    last = len(points) - 1
    is_closed = points[0] == points[-1]
    kept, spans = {0, last}, [(0, last)]
    while spans:
        first, end = spans.pop()
        if end - first < 2:
            continue
        away = _distances(line[first : end + 1])
        far = first + int(away.argmax())
        if away.max() > tolerance or (is_closed and end - first == last):
            kept.add(far)
            spans += [(first, far), (far, end)]
    if is_closed and len(kept) < 4 and tolerance > 0.5:
        return simplify(points, tolerance / 2)
    return [points[i] for i in sorted(kept)]


def _distances(line: Floats) -> Floats:
    """Return how far each point of a line is from the segment between its ends."""
    start, chord = line[0], line[-1] - line[0]
    length = float(chord @ chord)
    along = np.clip((line - start) @ chord / length, 0, 1) if length else np.zeros(len(line))
    away: Floats = np.hypot(*(line - start - along[:, None] * chord).T)
    return away


def rings(lines: Iterable[Sequence[Point]]) -> list[Line]:
    """Return the closed lines that arcs or edges of a border make up; none crosses another, one that touches itself is two."""
    parts = [list(line) for line in lines]
    closed = [line for line in parts if line[0] == line[-1]]
    follows = _pairs(parts)
    used: set[int] = set()
    for i, first in enumerate(parts):
        chain: list[Line] = []
        passed: dict[Point, int] = {}
        at = first[0]
        while i not in used and first[0] != first[-1]:
            used.add(i)
            passed[at] = len(chain)
            chain.append(parts[i] if parts[i][0] == at else parts[i][::-1])
            at = chain[-1][-1]
            if at in passed:
                loop = chain[passed[at] :]
                del chain[passed[at] :]
                closed.append([point for line in loop for point in line[:-1]] + [at])
                for line in loop:
                    del passed[line[0]]
            i = follows[at, i]  # noqa: PLW2901 - the walk goes on from line to line
    return closed


def _pairs(parts: Sequence[Line]) -> dict[tuple[Point, int], int]:
    """Return, for each end of each open line, the line that follows: beside it in the order of directions, so that none cross."""
    meeting: dict[Point, list[tuple[float, int]]] = defaultdict(list)
    for i, line in enumerate(parts):
        if line[0] != line[-1]:
            for (x, y), (to_x, to_y) in ((line[0], line[1]), (line[-1], line[-2])):
                meeting[x, y].append((math.atan2(to_y - y, to_x - x), i))
    follows: dict[tuple[Point, int], int] = {}
    for point, around in meeting.items():
        order = [i for _, i in sorted(around)]
        for one, other in zip(order[::2], order[1::2], strict=True):
            follows[point, one], follows[point, other] = other, one
    return follows


def area(ring: Line) -> float:
    """Return the area inside a closed line, in square grid steps."""
    x, y = np.array(ring, dtype=float).T
    return abs(float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())) / 2


def crossings(starts: Floats, ends: Floats, y: float) -> Floats:
    """Return where segments cross a row, which must lie between grid rows."""
    cut = (starts[:, 1] < y) != (ends[:, 1] < y)
    (x0, y0), (x1, y1) = starts[cut].T, ends[cut].T
    found: Floats = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
    return found


def inner_point(ring: Line) -> tuple[float, float]:
    """Return a point inside a closed line that has an area: amid the widest stretch half-way up."""
    line = np.array(ring, dtype=float)
    y = float((line[:, 1].min() + line[:, 1].max()) // 2) + 0.5
    cuts = np.sort(crossings(line[:-1], line[1:], y))
    widest = int((cuts[1::2] - cuts[::2]).argmax())
    return float(cuts[2 * widest] + cuts[2 * widest + 1]) / 2, y


def is_inside(point: tuple[float, float], starts: Floats, ends: Floats) -> bool:
    """Tell whether a point between grid rows lies inside what segments enclose, by the even-odd rule."""
    return bool((crossings(starts, ends, point[1]) > point[0]).sum() % 2)


def _polygons(closed: Iterable[Line]) -> list[Polygon]:
    """Return shells with their holes, the largest first; a ring inside a hole is a shell again."""
    polygons: list[Polygon] = []
    found: list[Floats] = []
    for ring in sorted((ring for ring in closed if area(ring) > 0), key=lambda ring: (-area(ring), ring)):
        point = inner_point(ring)
        around = [line for line in found if is_inside(point, line[:-1], line[1:])]
        if len(around) % 2:
            shells = [p for p in polygons if is_inside(point, *(np.array(part, dtype=float) for part in (p[0][:-1], p[0][1:])))]
            shells[-1].append(ring)
        else:
            polygons.append([ring])
        found.append(np.array(ring, dtype=float))
    return polygons
