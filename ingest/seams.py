"""Areas drawn one by one made to share their borders: seams between them closed, specks of one inside another given away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import dist

import numpy as np
from scipy.spatial import cKDTree

from ingest.topology import (
    Edge,
    Floats,
    Line,
    Point,
    area,
    border,
    crossings,
    edge,
    inner_point,
    is_inside,
    joined,
    owners_of,
    rings,
)

Areas = Mapping[str, Sequence[Sequence[Point]]]
"""Area → its rings."""


def closed(areas: Areas, reach: float, smallest: float) -> dict[str, frozenset[Edge]]:
    """Return the border of every area, so that between neighbours there is neither gap nor overlap.

    Points up to `reach` grid steps apart become one, an edge bends to a neighbour's point as near as that; what is then left
    between two areas goes to the one that borders on it longest. A piece of an area smaller than `smallest` (square grid
    steps) goes to the neighbour around it, and into the sea if there is none.
    """
    borders = {name: border(own) for name, own in _bent(_snapped(areas, reach), reach).items()}
    return _without_specks(_without_gaps(borders), smallest)


def _loose(areas: Areas) -> list[Edge]:
    """Return the edges that one area has alone: shores, and seams."""
    count = Counter(one for own in areas.values() for one in border(own))
    return sorted(one for one, n in count.items() if n == 1)


def _snapped(areas: Areas, reach: float) -> Areas:
    """Return the areas with the ends of loose edges moved to a neighbouring one within reach."""
    points = sorted({point for one in _loose(areas) for point in one})
    if not points:
        return areas
    near = cKDTree(points).query_ball_point(points, reach)
    kept: dict[Point, Point] = {}
    for i, point in enumerate(points):
        fixed = [points[j] for j in near[i] if j < i and kept[points[j]] == points[j]]
        kept[point] = min(((dist(point, other), other) for other in fixed), default=(0.0, point))[1]
    return {name: [[kept.get(point, point) for point in ring] for ring in own] for name, own in areas.items()}


def _bent(areas: Areas, reach: float) -> Areas:
    """Return the areas with the ends of loose edges that lie within reach of another loose edge put into it."""
    loose = _loose(areas)
    if not loose:
        return areas
    points = sorted({point for one in loose for point in one})
    places = np.array(points, dtype=float)
    starts, ends = np.array(loose, dtype=float).transpose(1, 0, 2)
    length = np.hypot(*(ends - starts).T)
    near = cKDTree(places).query_ball_point((starts + ends) / 2, length / 2 + reach)
    between: dict[Edge, list[Point]] = {}
    for one, start, end, long, others in zip(loose, starts, ends, length, near, strict=True):
        away = places[others] - start
        along = away @ (end - start) / long**2
        aside = np.abs(away[:, 0] * (end - start)[1] - away[:, 1] * (end - start)[0]) / long
        fitting = np.flatnonzero((along > 0) & (along < 1) & (aside <= reach))
        put_in = sorted((float(along[k]), points[others[k]]) for k in fitting if points[others[k]] not in one)
        between[one] = [point for _, point in put_in]

    def bent(ring: Sequence[Point]) -> list[Point]:
        out: list[Point] = []
        for one, other in zip(ring, [*ring[1:], ring[0]], strict=True):
            inside = between.get(edge(one, other), [])
            out += [one, *(inside if one < other else reversed(inside))]
        return out

    return {name: [bent(ring) for ring in own] for name, own in areas.items()}


def _without_gaps(borders: Mapping[str, frozenset[Edge]]) -> dict[str, frozenset[Edge]]:
    """Return the borders with every hole of the whole given to an area beside it.

    Where two areas overlap the whole has a hole too, by the even-odd rule: giving it to one of them takes it from that one.
    """
    mended = dict(borders)
    owners = owners_of(borders)
    whole = joined(borders.values())
    starts, ends = np.array(sorted(whole), dtype=float).reshape(-1, 2, 2).transpose(1, 0, 2)
    for ring in rings(sorted(whole)):
        if area(ring) and not is_inside(_just_inside(ring, starts, ends), starts, ends):
            hole = border([ring[:-1]])
            mended[_longest(hole, owners)] ^= hole
    return mended


def _just_inside(ring: Line, starts: Floats, ends: Floats) -> tuple[float, float]:
    """Return a point inside a ring with no line of the whole between it and the ring: amid the ring there may be another."""
    _, y = inner_point(ring)
    line = np.array(ring, dtype=float)
    left = float(crossings(line[:-1], line[1:], y).min())
    cuts = crossings(starts, ends, y)
    return (left + float(cuts[cuts > left + 1e-6].min())) / 2, y


def _without_specks(borders: Mapping[str, frozenset[Edge]], smallest: float) -> dict[str, frozenset[Edge]]:
    """Return the borders without rings that are too small, of areas that have a larger one."""
    mended = dict(borders)
    owners = owners_of(borders)
    given: set[Edge] = set()
    for name in sorted(borders):
        found = rings(sorted(borders[name]))
        specks = [ring for ring in found if area(ring) < smallest]
        if len(specks) == len(found):
            continue
        for ring in specks:
            speck = border([ring[:-1]])
            if given.isdisjoint(speck):
                given |= speck
                mended[name] ^= speck
                if around := _longest(speck, owners, name):
                    mended[around] ^= speck
    return mended


def _longest(edges: frozenset[Edge], owners: Mapping[Edge, Sequence[str]], but: str = "") -> str:
    """Return the area that has most of some edges, by length, or the empty string."""
    share: Counter[str] = Counter()
    for one in sorted(edges):
        for owner in owners[one]:
            if owner != but:
                share[owner] += dist(*one)  # type: ignore[assignment]
    return max(sorted(share), key=lambda owner: share[owner], default="")
