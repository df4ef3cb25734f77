"""Areas as arcs that neighbours share, so that a border is thinned out once and drawn the same from both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chaingraph.mapping.geojson import Floats, Shape
from chaingraph.mapping.projection import Frame

STEP = 0.5
"""Grid of drawn points, in pixels."""
_PER_DEGREE = 100_000
"""Points that agree to so many parts of a degree are one."""

Line = list[tuple[int, int]]
"""Drawn points, in steps."""
Turn = tuple[int, bool]
"""An arc of a ring, and whether the ring runs it backwards."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """Areas taken apart into arcs."""

    arcs: tuple[Floats, ...]
    """Points × (longitude, latitude) in degrees."""
    owners: tuple[tuple[str, ...], ...]
    """The one or two areas that each arc bounds."""
    rings: Mapping[str, tuple[tuple[Turn, ...], ...]]
    """Area → its rings."""

    def drawn(self, frame: Frame, apart: float) -> Drawn:
        """Return the areas in pixels, points closer than `apart` pixels to the one before left out."""
        lengths = [len(arc) for arc in self.arcs]
        pixels = frame.pixels(np.concatenate(self.arcs)) if lengths else np.empty((0, 2))
        across, down = np.rint(pixels / STEP).astype(int).T
        steps = list(zip(across.tolist(), down.tolist(), strict=True))
        ends = np.cumsum(lengths).tolist()
        whole = [steps[end - length : end] for end, length in zip(ends, lengths, strict=True)]
        return Drawn(self, tuple(_thinned(line, apart / STEP) for line in whole), tuple(whole))


@dataclass(frozen=True, eq=False)
class Drawn:
    """The arcs of a mesh on a picture."""

    mesh: Mesh
    lines: tuple[Line, ...]
    whole: tuple[Line, ...]
    """The lines with nothing left out, for areas that would vanish."""

    def area(self, region_code: str) -> str:
        """Return the path of an area, to be filled by the even-odd rule."""
        rings = self.rings(region_code)
        return "".join(path(ring) for ring in rings)

    def rings(self, region_code: str) -> list[Line]:
        """Return the closed lines of an area; one that is too small to be seen only if the area has no other."""
        turns = self.mesh.rings[region_code]
        large = [ring for ring in (_strung(self.lines, turn) for turn in turns) if len(ring) > 3]
        if large:
            return large
        small = (_strung(self.whole, turn) for turn in turns)
        return [max(small, key=len)] if turns else []

    def between(self, wanted: Iterable[int]) -> str:
        """Return the path of some arcs, as lines."""
        return "".join(path(self.lines[arc]) for arc in wanted if len(self.lines[arc]) > 1)


def meshed(shapes: Iterable[Shape]) -> Mesh:
    """Take areas apart. What two areas share, point by point, is one arc of both; what is left is an arc of one."""
    found = [(shape.region_code, ring) for shape in shapes for ring in shape.rings]
    names = [name for name, _ in found]
    sizes = [len(ring) for _, ring in found]
    if not found:
        return Mesh((), (), {})
    points = np.concatenate([ring for _, ring in found])
    grid = np.rint(points * _PER_DEGREE).astype(np.int64)
    _, ids = np.unique(grid[:, 0] * (1 << 32) + grid[:, 1], return_inverse=True)
    ring_of = np.repeat(np.arange(len(found)), sizes)
    beside = _neighbours(ids, ring_of)
    arcs: list[Floats] = []
    owners: list[tuple[str, ...]] = []
    known: dict[tuple[int, ...], int] = {}
    rings: dict[str, list[tuple[Turn, ...]]] = {}
    start = 0
    for name, size in zip(names, sizes, strict=True):
        span = slice(start, start + size)
        start += size
        turns: list[Turn] = []
        for run in _runs(ids[span], beside[span][:-1]):
            corners = ids[span][run]
            ends = (int(corners[0]), int(corners[1]), int(corners[-2]), int(corners[-1]))
            is_backwards = ends[::-1] < ends
            key = ends[::-1] if is_backwards else ends
            if key not in known:
                known[key] = len(arcs)
                arcs.append(points[span][run[::-1] if is_backwards else run])
                owners.append((name,))
            elif owners[known[key]] != (name,):
                owners[known[key]] += (name,)
            turns.append((known[key], is_backwards))
        rings.setdefault(name, []).append(tuple(turns))
    return Mesh(tuple(arcs), tuple(owners), {name: tuple(own) for name, own in rings.items()})


def _neighbours(ids: NDArray[np.int64], ring_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for the edge that leaves each point, the ring on its other side; −1 where there is none."""
    one, other = ids[:-1], ids[1:]
    is_edge = (ring_of[:-1] == ring_of[1:]) & (one != other)
    edges = np.minimum(one, other) * (1 << 32) + np.maximum(one, other)
    edges[~is_edge] = -1 - np.flatnonzero(~is_edge)
    order = np.argsort(edges, kind="stable")
    same = edges[order][:-1] == edges[order][1:]
    thrice = same[:-1] & same[1:]
    first, second = order[:-1][same], order[1:][same]
    beside = np.full(len(ids), -1, dtype=np.int64)
    beside[first], beside[second] = ring_of[second], ring_of[first]
    for lost in (order[:-2][thrice], order[1:-1][thrice], order[2:][thrice]):
        beside[lost] = -1
    return beside


def _runs(ids: NDArray[np.int64], beside: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the points of each run of edges with one ring on the other side, in the order of a ring."""
    size = len(beside)
    breaks = (np.flatnonzero(beside[1:] != beside[:-1]) + 1).tolist()
    if beside[0] != beside[-1]:
        breaks.insert(0, 0)
    # Nothing or one ring all around: both must begin at the same point.
    breaks = breaks or [int(np.argmin(ids[:-1]))]
    whole = np.concatenate((np.arange(size), np.arange(size + 1)))
    for begin, end in zip(breaks, [*breaks[1:], breaks[0] + size], strict=True):
        yield whole[begin : end + 1] % size


def _thinned(line: Line, apart: float) -> Line:
    """Return a line whose points are at least `apart` steps apart, ends kept."""
    limit = max(apart * apart, 1.0)
    x, y = line[0]
    kept = [line[0]]
    for point in line[1:-1]:
        if (point[0] - x) ** 2 + (point[1] - y) ** 2 >= limit:
            kept.append(point)
            x, y = point
    if line[-1] != kept[-1] or len(kept) == 1:
        kept.append(line[-1])
    return kept


def _strung(lines: Sequence[Line], turns: Iterable[Turn]) -> Line:
    """Return the closed line that arcs make up, without repeated points."""
    ring: Line = []
    for arc, is_backwards in turns:
        line = lines[arc][::-1] if is_backwards else lines[arc]
        for point in line:
            if not ring or point != ring[-1]:
                ring.append(point)
    return ring


@lru_cache(maxsize=8192)
def _number(steps: int) -> str:
    """Return a length in pixels as short as it can be written: ``.5``, ``-12``."""
    text = f"{steps * STEP:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def path(line: Line) -> str:
    """Return the path of a line: a step from each point to the next; a closed one is closed.

    >>> path([(0, 0), (3, 1), (3, 4), (0, 0)])
    'M0 0l1.5.5 0 1.5z'
    """
    is_closed = len(line) > 2 and line[0] == line[-1]
    (x, y), rest = line[0], line[1:-1] if is_closed else line[1:]
    parts = [f"M{_number(x)} {_number(y)}l"]
    for number, point in enumerate(rest):
        right, down = _number(point[0] - x), _number(point[1] - y)
        parts.append((" " if number and right[0] != "-" else "") + right)
        parts.append(down if down[0] in "-." and ("." in right or down[0] == "-") else f" {down}")
        x, y = point
    return "".join(parts) + ("z" if is_closed else "")
