"""Where words go on a map: the roomiest place inside an area, and a place beside a mark that nothing else has taken."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from chaingraph.mapping.geojson import Floats

ROW = 3.0
"""Distance of the rows that an area is cut into, in pixels."""

Stretch = tuple[float, float]
"""Left and right end of a piece of a row."""


@dataclass(frozen=True)
class Box:
    """A rectangle on a picture, in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.top + self.height

    def points(self) -> list[tuple[float, float]]:
        """Return the corners, the middles of the sides and the middle."""
        return [
            (self.left + across * self.width / 2, self.top + down * self.height / 2) for across in range(3) for down in range(3)
        ]

    def meets(self, other: Box) -> bool:
        """Whether two boxes have a point in common."""
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: Box) -> bool:
        """Whether another box lies wholly inside."""
        return self.left <= other.left and self.top <= other.top and self.right >= other.right and self.bottom >= other.bottom


@dataclass
class Taken:
    """What of a picture is taken; it grows as words are placed."""

    bounds: Box
    boxes: list[Box] = field(default_factory=list)

    def is_free(self, box: Box) -> bool:
        """Whether a box lies on the picture and meets nothing that is there."""
        return self.bounds.holds(box) and not any(box.meets(other) for other in self.boxes)

    def beside(self, x: float, y: float, away: float, width: float, height: float) -> Box | None:
        """Take and return a place for words beside a mark at (x, y), `away` pixels from it: right, left, above or below; or None."""
        slant = away * 0.75
        for left, top in (
            (x + away, y - height / 2),
            (x - away - width, y - height / 2),
            (x - width / 2, y - away - height),
            (x - width / 2, y + away),
            (x + slant, y - slant - height),
            (x + slant, y + slant),
            (x - slant - width, y - slant - height),
            (x - slant - width, y + slant),
        ):
            box = Box(left, top, width, height)
            if self.is_free(box):
                self.boxes.append(box)
                return box
        return None

    def around(self, x: float, y: float, width: float, height: float, land: Sequence[Floats]) -> Box | None:
        """Take and return the nearest place around a point that is free and off the land, or None.

        `land`: lines that bound the land, points × (x, y) in pixels.
        """
        for away in range(24, 220, 8):
            for turn in range(24):
                right, down = math.cos(math.pi * turn / 12), math.sin(math.pi * turn / 12)
                box = Box(x + right * (away + width / 2) - width / 2, y + down * (away + height / 2) - height / 2, width, height)
                if self.is_free(box) and not any(covers(land, *point) for point in box.points()):
                    self.boxes.append(box)
                    return box
        return None


def covers(lines: Iterable[Floats], x: float, y: float) -> bool:
    """Whether a point lies inside what lines bound, by the even-odd rule."""
    (row,) = _stretches(list(lines), np.array([y]))
    return any(left <= x <= right for left, right in row)


@dataclass(frozen=True)
class Room:
    """The inside of an area, cut into rows."""

    rows: tuple[tuple[float, list[Stretch]], ...]
    """Height of each row, from above, and the stretches of it that lie inside."""
    middle: tuple[float, float]

    @classmethod
    def of(cls, rings: Sequence[Floats]) -> Room:
        """Measure an area: closed lines of points × (x, y) in pixels."""
        points = np.concatenate(list(rings))
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        heights = np.arange(top + ROW / 2, bottom, ROW)
        return cls(
            tuple(zip(heights.tolist(), _stretches(rings, heights), strict=True)), ((left + right) / 2, (top + bottom) / 2)
        )

    def place(self, width: float, height: float) -> tuple[float, float] | None:
        """Return the middle of a rectangle that lies inside, at its roomiest; None when none does.

        Room at its sides counts up to its own width; of equally roomy places the one nearest to the area's middle is taken.
        """
        best: tuple[float, float, float, float] | None = None
        tall = math.ceil(height / ROW)
        for first in range(len(self.rows) - tall):
            y = (self.rows[first][0] + self.rows[first + tall][0]) / 2
            for left, right in _common([row for _, row in self.rows[first : first + tall + 1]], width):
                x = min(max(self.middle[0], left + width / 2), right - width / 2)
                away = abs(x - self.middle[0]) + abs(y - self.middle[1])
                rank = (min(right - left - width, width) - away / 2, -away, x, y)
                best = max(best, rank) if best else rank
        return best[2:] if best else None


def _stretches(lines: Sequence[Floats], heights: Floats) -> list[list[Stretch]]:
    """Return, for each of some rows, the stretches of it that lie inside what lines bound."""
    starts, ends = np.concatenate([line[:-1] for line in lines]), np.concatenate([line[1:] for line in lines])
    rows, at = np.nonzero((starts[:, 1] > heights[:, None]) != (ends[:, 1] > heights[:, None]))
    (x0, y0), (x1, y1) = starts[at].T, ends[at].T
    cuts = x0 + (heights[rows] - y0) * (x1 - x0) / (y1 - y0)
    found: list[list[float]] = [[] for _ in heights]
    for row, cut in sorted(zip(rows.tolist(), cuts.tolist(), strict=True)):
        found[row].append(cut)
    return [list(zip(row[::2], row[1::2], strict=False)) for row in found]


def _common(rows: Sequence[Sequence[Stretch]], width: float) -> list[Stretch]:
    """Return the stretches, at least so wide, that all rows have."""
    common = list(rows[0])
    for row in rows[1:]:
        common = [(max(a, c), min(b, d)) for a, b in common for c, d in row if min(b, d) - max(a, c) >= width]
    return [(left, right) for left, right in common if right - left >= width]
