"""The links of a chain's picture: what line each is, and its way as an SVG path."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from chaingraph.drawing.layout import Point, Route
from chaingraph.drawing.marks import Look, escaped, px, spoken
from chaingraph.graph import SupplyLink

HIT = 12.0
"""Width in pixels of the unseen line under a link that takes the pointer."""


@dataclass(frozen=True)
class Line:
    """How a link is drawn: width in pixels, dashes (empty: none), colour, opacity, whether its head is hollow."""

    width: float
    dashes: str
    colour: str
    opacity: float = 1.0
    is_hollow: bool = False

    @property
    def head(self) -> float:
        """Length of the head in pixels."""
        return 6.5 + self.width


def line_of(link: SupplyLink, look: Look, *, is_broken: bool) -> Line:
    """Return the line of a link: width 1.2 + 6·√strength, dashed and thinner when it is not essential.

    Of unknown strength: as thin as can be, with a hollow head. `is_broken`: an essential input whose supplier is missing here.
    """
    p = look.palette
    if link.is_recycling:
        return Line(1.6, "7 4", look.recycling)
    unknown = math.isnan(link.strength)
    width = 1.2 if unknown else 1.2 + 6 * math.sqrt(link.strength)
    if not link.is_essential:
        return Line(max(1.2, width * 0.6), "5 4", p.link, 0.85, unknown)
    return (
        Line(max(1.8, width), "", p.link_missing, is_hollow=unknown) if is_broken else Line(width, "", p.link, is_hollow=unknown)
    )


def stroke(way: str, line: Line) -> str:
    """Return the line along a way."""
    dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
    through = "" if line.opacity == 1 else f' stroke-opacity="{line.opacity:.2g}"'
    return (
        f'<path class="cg-line" d="{way}" fill="none" stroke="{line.colour}" stroke-width="{px(line.width)}"{dashes}{through}/>'
    )


def head(end: Point, line: Line, look: Look, toward: float = 1.0) -> str:
    """Return the head of a line that ends at a point, to the right (1) or to the left (-1)."""
    half, back = 2.7 + line.width * 0.75, end[0] - toward * line.head
    way = f"M{px(end[0])} {px(end[1])}L{px(back)} {px(end[1] - half)}V{px(end[1] + half)}Z"
    through = "" if line.opacity == 1 else f' opacity="{line.opacity:.2g}"'
    if line.is_hollow:
        edge = f'fill="{look.palette.raised}" stroke="{line.colour}" stroke-width="1.2" stroke-linejoin="round"'
        return f'<path class="cg-hollow" d="{way}" {edge}{through}/>'
    return f'<path class="cg-head" d="{way}" fill="{line.colour}"{through}/>'


def drawn(
    route: Route,
    line: Line,
    tip: list[str],
    look: Look,
    *,
    gap: float,
    stop: float = 0.0,
    is_selected: bool = False,
    is_faint: bool = False,
) -> str:
    """Return a link as a group: an unseen wide line, the line, its head. `stop`: how far before the box it ends, in pixels."""
    k, p = route.link, look.palette
    toward = -1.0 if route.shape == "beside" else 1.0
    end = (route.points[-1][0] - toward * stop, route.points[-1][1])
    way = path(route, gap, (end[0] - toward * (line.head - 1), end[1]))
    shown = replace(line, opacity=line.opacity * 0.3) if is_faint else line
    glow = f'<path d="{way}" fill="none" stroke="{p.accent}" stroke-opacity="0.4" stroke-width="{px(line.width + 7)}"/>'
    return (
        f'<g class="link" data-id="{escaped(f"{k.supplier_id}>{k.customer_id}")}" {spoken(tip, look, is_pressed=is_selected)}>'
        f'<path class="cg-hit" d="{way}" fill="none" stroke="#000" stroke-opacity="0" stroke-width="{px(HIT)}" pointer-events="stroke"/>'
        f"{glow if is_selected else ''}{stroke(way, shown)}{head(end, shown, look, toward)}</g>"
    )


def path(route: Route, gap: float, end: Point) -> str:
    """Return the way of a route as path data, ending at `end`: curves between columns, level through them."""
    points = (*route.points[:-1], end)
    if route.shape == "back":
        return _rounded(points, 9.0)
    (x, y), last = points[0], points[-1]
    if route.shape == "beside":
        out = gap * 0.5
        return f"M{px(x)} {px(y)}C{px(x + out)} {px(y)} {px(last[0] + out)} {px(last[1])} {px(last[0])} {px(last[1])}"
    parts = [f"M{px(x)} {px(y)}"]
    for i, (a, b) in enumerate(pairwise(points)):
        if i % 2 or a[1] == b[1]:
            parts.append(f"H{px(b[0])}")
        else:
            middle = (a[0] + b[0]) / 2
            parts.append(f"C{px(middle)} {px(a[1])} {px(middle)} {px(b[1])} {px(b[0])} {px(b[1])}")
    return "".join(parts)


def _rounded(points: tuple[Point, ...], radius: float) -> str:
    """Return a way along corners, each rounded by at most `radius`."""
    parts = [f"M{px(points[0][0])} {px(points[0][1])}"]
    for a, b, c in zip(points, points[1:], points[2:], strict=False):
        r = min(radius, math.dist(a, b) / 2, math.dist(b, c) / 2)
        before, after = _toward(b, a, r), _toward(b, c, r)
        parts.append(f"L{px(before[0])} {px(before[1])}Q{px(b[0])} {px(b[1])} {px(after[0])} {px(after[1])}")
    return "".join([*parts, f"L{px(points[-1][0])} {px(points[-1][1])}"])


def _toward(a: Point, b: Point, length: float) -> Point:
    """Return the point at a length from `a` on the way to `b`."""
    whole = math.dist(a, b) or 1.0
    return a[0] + (b[0] - a[0]) * length / whole, a[1] + (b[1] - a[1]) * length / whole
