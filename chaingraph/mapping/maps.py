"""Maps as SVG: what a region has (inward), and where the targets are (outward). They need no script, no tiles and no other file.

Every area that can be chosen is a group of class ``area``, every city one of class ``spot``, with the region code in ``data-id``;
both can be reached by keyboard, say in ``aria-label`` what they show, and in ``data-tip`` more of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chaingraph.drawing.lettering import breadth
from chaingraph.drawing.marks import SMALL, Look, escaped, px, sheet, written
from chaingraph.mapping.boundaries import Boundaries, load_boundaries
from chaingraph.mapping.choropleth import inward_map
from chaingraph.mapping.land import MARGIN, STYLE, Nation, footer, ground, inset, land_of, nation
from chaingraph.mapping.spacing import Box, Taken
from chaingraph.phrases import said

__all__ = ["Boundaries", "Spot", "inward_map", "load_boundaries", "outward_map"]

LARGEST, LARGEST_OF_ONE, SMALLEST = 18.0, 4.6, 3.0
"""Radius of the largest circle, of one that counts one at most, and of any at least; in pixels."""
TOUCH = 10.0
"""Radius within which a circle can be hit."""
LABEL, HOME_LABEL = 12.0, 15.0
BEND = 0.18
"""How far an arc bends aside, as a share of its length."""


@dataclass(frozen=True)
class Spot:
    """A city with targets."""

    region_code: str
    name: str
    count: int
    """Targets there, at least 1."""
    tip: str


@dataclass(frozen=True)
class Placed:
    """A spot on the picture, in pixels."""

    spot: Spot
    x: float
    y: float
    radius: float


def outward_map(
    bounds: Boundaries,
    home: str,
    spots: Sequence[Spot],
    *,
    lang: str = "zh",
    scheme: str = "light",
    selected: str = "",
    width: float = 1000,
) -> str:
    """Return the map of the nation with the cities that have targets, each tied to `home`, as SVG.

    `home`, `selected`: region codes; `lang` is ``zh`` or ``en``, `scheme` ``light`` or ``dark``, `width` in pixels; the height
    follows. A city that the boundaries do not know, or that lies beyond the map, is named under it.
    """
    look = Look(lang, scheme)
    found = nation(bounds, width, MARGIN)
    placed, unit = _placed(bounds, found, spots)
    seat = bounds.seat(home)
    here = found.frame.pixel(seat) if seat else None
    here = here if here and found.box.holds(Box(*here, 0, 0)) else None
    name = bounds.called(home, lang)
    legend, legend_box = _legend(found, unit, max((p.spot.count for p in placed), default=0), look)
    taken = Taken(found.box, [found.inset, legend_box, *(_around(p) for p in placed)])
    body = [STYLE, '<g class="cg-map">', ground(found, look), inset(found, look), legend]
    body += [_arc(p, here, look, chosen=p.spot.region_code == selected) for p in reversed(placed) if here]
    body += [_drawn(p, look, chosen=p.spot.region_code == selected) for p in placed]
    body += _home(here, name, taken, look) if here else ()
    body += _labels(placed, taken, look)
    drawn = {p.spot.region_code for p in placed}
    lost = [f"{said(s.name, lang)} {s.count}" for s in spots if s.region_code not in drawn]
    under, height = footer(bounds, (bounds.provinces, bounds.prefectures), lost, look, found.box.bottom + 14, width)
    title = look.say(f"目标企业所在的 {len(placed)} 个城市，指向{name}", f"{len(placed)} cities with targets, towards {name}")
    return sheet("".join([*body, "</g>", under]), width, height + 8, look, title)


def _placed(bounds: Boundaries, found: Nation, spots: Sequence[Spot]) -> tuple[list[Placed], float]:
    """Return the spots that lie on the map, the largest first, and the radius of a circle that counts one."""
    seats = [(spot, bounds.seat(spot.region_code)) for spot in spots if spot.count > 0]
    points = [(spot, *found.frame.pixel(seat)) for spot, seat in seats if seat]
    points = [(spot, x, y) for spot, x, y in points if found.box.holds(Box(x, y, 0, 0))]
    most = max((spot.count for spot, _, _ in points), default=1)
    unit = min(LARGEST / math.sqrt(most), LARGEST_OF_ONE)
    placed = [Placed(spot, x, y, max(unit * math.sqrt(spot.count), SMALLEST)) for spot, x, y in points]
    return sorted(placed, key=lambda p: (-p.spot.count, p.spot.region_code)), unit


def _around(placed: Placed) -> Box:
    """Return the box of a circle, a little smaller: its corners are empty."""
    r = 0.85 * placed.radius
    return Box(placed.x - r, placed.y - r, 2 * r, 2 * r)


def _arc(placed: Placed, here: tuple[float, float], look: Look, *, chosen: bool) -> str:
    """Return the arc from a city to home; it bends to the north, as a flight does."""
    across, down = here[0] - placed.x, here[1] - placed.y
    if math.hypot(across, down) < placed.radius:
        return ""
    side = -1.0 if across > 0 else 1.0
    x = (placed.x + here[0]) / 2 - side * BEND * down
    y = (placed.y + here[1]) / 2 + side * BEND * across
    thick = 2.4 if chosen else 0.7 + 0.09 * placed.radius
    return (
        f'<path class="arc" d="M{px(placed.x)} {px(placed.y)}Q{px(x)} {px(y)} {px(here[0])} {px(here[1])}" fill="none"'
        f' stroke="{look.palette.accent}" stroke-width="{thick:.2g}" stroke-opacity="{0.95 if chosen else 0.42}"/>'
    )


def _drawn(placed: Placed, look: Look, *, chosen: bool) -> str:
    """Return a city's circle: what can be hit, a ring that shows focus or choice, the circle."""
    p, spot = look.palette, placed.spot
    at = f'cx="{px(placed.x)}" cy="{px(placed.y)}"'
    named = look.say(f"{said(spot.name, look.lang)}：{spot.count} 家", f"{said(spot.name, look.lang)}: {spot.count}")
    ring = f'<circle class="{"cg-chosen" if chosen else "cg-ring"}" {at} r="{px(placed.radius + 3)}" fill="none"'
    pressed = ' aria-pressed="true"' if chosen else ""
    return (
        f'<g class="spot" data-id="{escaped(spot.region_code)}" data-tip="{escaped(said(spot.tip, look.lang))}" tabindex="0"'
        f' role="button" aria-label="{escaped(named)}"{pressed}>'
        f'<circle {at} r="{px(max(placed.radius, TOUCH))}" fill="#000" fill-opacity="0"/>'
        f'{ring} stroke="{p.ink}" stroke-width="1.8"/>'
        f'<circle {at} r="{px(placed.radius)}" fill="{p.positive}" fill-opacity="0.9" stroke="{p.surface}" stroke-width="1"/></g>'
    )


def _home(here: tuple[float, float], name: str, taken: Taken, look: Look) -> Iterator[str]:
    """Yield the star of home and its name."""
    x, y = here
    colour = land_of(look).home
    corners = []
    for i in range(10):
        radius, turn = (8.0 if i % 2 == 0 else 3.3), math.pi * i / 5
        corners.append(f"{px(x + radius * math.sin(turn))} {px(y - radius * math.cos(turn))}")
    yield (
        f'<g class="home" pointer-events="none"><circle cx="{px(x)}" cy="{px(y)}" r="11.5" fill="{look.palette.surface}"'
        f' fill-opacity="0.85" stroke="{colour}" stroke-width="1.8"/><path d="M{"L".join(corners)}z" fill="{colour}"/>'
    )
    taken.boxes.append(Box(x - 11, y - 11, 22, 22))
    width = breadth(name, HOME_LABEL) + 4
    place = taken.beside(x, y, 14, width, HOME_LABEL + 4) or Box(x + 14, y - 9, width, HOME_LABEL + 4)
    yield (
        written(place.left + 2, place.top + place.height / 2, name, HOME_LABEL, colour, strong=True, halo=look.palette.surface)
        + "</g>"
    )


def _labels(placed: Sequence[Placed], taken: Taken, look: Look) -> Iterator[str]:
    """Yield the names of cities, the largest first, where there is room."""
    for p in placed:
        words = f"{said(p.spot.name, look.lang)} {p.spot.count}"
        place = taken.beside(p.x, p.y, p.radius + 2, breadth(words, LABEL) + 4, LABEL + 1)
        if place:
            line = written(
                place.left + 2, place.top + place.height / 2, words, LABEL, look.palette.ink, halo=look.palette.surface
            )
            yield f'<g aria-hidden="true" pointer-events="none">{line}</g>'


def _legend(found: Nation, unit: float, most: int, look: Look) -> tuple[str, Box]:
    """Return the key to the circles, at the lower left, and its box."""
    p = look.palette
    sizes = [n for n in (1, 5, 20, 100, 500) if n < 0.7 * most] + [most] if most else []
    sizes = sizes[-3:]
    radii = [max(unit * math.sqrt(n), SMALLEST) for n in sizes]
    head = look.say("目标企业（家）", "Targets (firms)")
    height = 30 + 2 * max(radii, default=0)
    box = Box(found.box.left, found.box.bottom - height, 190, height)
    parts = [written(box.left, box.top + 8, head, SMALL, p.muted)] if sizes else []
    x, y = box.left, box.bottom - max(radii, default=0) - 4
    for n, r in zip(sizes, radii, strict=True):
        parts.append(
            f'<circle cx="{px(x + r)}" cy="{px(y)}" r="{px(r)}" fill="{p.positive}" fill-opacity="0.9"/>'
            + written(x + 2 * r + 5, y, str(n), SMALL, p.muted)
        )
        x += 2 * r + 18 + breadth(str(n), SMALL)
    return "".join(parts), box
