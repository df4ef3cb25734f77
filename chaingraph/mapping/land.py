"""The ground that maps stand on: the nation with Taiwan, the inset of the South China Sea, the line that names the source."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from chaingraph.drawing.lettering import wrapped
from chaingraph.drawing.marks import SMALL, Look, framed, px, written
from chaingraph.mapping.boundaries import Boundaries
from chaingraph.mapping.geojson import Floats, Shape
from chaingraph.mapping.mesh import Drawn, meshed
from chaingraph.mapping.projection import Frame, albers, fitted
from chaingraph.mapping.spacing import Box
from chaingraph.palette import LANDS, Land
from chaingraph.phrases import Phrase, joined, said

MARGIN = 16.0
APART, APART_AREAS = 1.6, 3.0
"""Least distance of points of a border, in pixels: where it is a line, and where it bounds areas drawn one by one."""
SEA = ((106.0, 21.5), (109.0, 2.8), (123.2, 24.7), (118.0, 2.8))
"""Places on the edges of the inset, longitude and latitude in degrees."""
SEA_PROVINCES = ("440000", "450000", "460000", "710000", "810000", "820000", "350000", "530000")
STYLE = (
    "<style>.cg-map .area,.cg-map .spot{cursor:pointer}.cg-map :is(.area,.spot)[data-id]:focus{outline:none}.cg-map .cg-ring{opacity:0}"
    ".cg-map :is(.area,.spot):hover .cg-ring{opacity:.5}.cg-map :is(.area,.spot):focus .cg-ring{opacity:1}</style>"
)
"""What marks the area or city under the pointer or the keyboard's focus: its own outline, not the rectangle around it."""
_INSET_SHARE, _INSET_RATIO, _INSET_NAME = 0.112, 1.28, 18.0
"""Width of the inset as a share of the map's, height of what it shows as a share of its width, height of its name in pixels."""


@dataclass(frozen=True, eq=False)
class Nation:
    """The nation on a picture, the same for both schemes and languages."""

    frame: Frame
    box: Box
    inset: Box
    land: str
    """Path of all land."""
    prefectures: str
    """Path of the borders between prefectures of one province."""
    sea: str
    """Path of the dashes that lie within the map."""
    islands: tuple[tuple[float, float], ...]
    """Islands that lie within the map, in pixels."""
    inset_land: str
    inset_dashes: str
    inset_islands: tuple[tuple[float, float], ...]


@lru_cache(maxsize=8)
def nation(bounds: Boundaries, width: float, top: float) -> Nation:
    """Return the nation as wide as a picture, from `top` on: Albers' projection, the inset at the lower right."""
    points = [ring for shape in bounds.provinces.values() for ring in shape.rings]
    inset_width = _INSET_SHARE * width
    # Taiwan is as far to the east as land is that far south: the inset stands beside it, under the north-east.
    room = width - 2 * MARGIN - 0.5 * inset_width
    frame = fitted(albers, points, (MARGIN, top, room, width))
    pixels = frame.pixels(np.concatenate(points))
    frame = fitted(albers, points, (MARGIN, top, room, float(np.ptp(pixels[:, 1]))))
    box = Box(MARGIN, top, width - 2 * MARGIN, float(np.ptp(pixels[:, 1])))
    inset_height = _INSET_RATIO * inset_width + _INSET_NAME
    inset = Box(box.right - inset_width, box.bottom - inset_height, inset_width, inset_height)
    wide = meshed(bounds.provinces.values()).drawn(frame, APART)
    fine = meshed(bounds.prefectures.values()).drawn(frame, APART)
    northern = [dash for dash in bounds.dashes if dash[:, 1].mean() > 20.0]
    inset_frame = fitted(albers, [np.array(SEA)], (inset.left, inset.top, inset.width, inset.height - _INSET_NAME))
    near = wide.mesh.drawn(inset_frame, APART)
    return Nation(
        frame=frame,
        box=box,
        inset=inset,
        land="".join(wide.area(code) for code in wide.mesh.rings),
        prefectures=_inner(fine, bounds.replaced),
        sea="".join(_dash(frame, dash) for dash in northern),
        islands=tuple(_within(frame, bounds.islands, box, inset)),
        inset_land="".join(near.area(code) for code in SEA_PROVINCES),
        inset_dashes="".join(_dash(inset_frame, dash) for dash in bounds.dashes),
        inset_islands=tuple(_within(inset_frame, bounds.islands, inset)),
    )


def ground(found: Nation, look: Look) -> str:
    """Return the land, to have marks put on it."""
    land = land_of(look)
    return (
        f'<path d="{found.land}" fill="{land.fill}" fill-rule="evenodd" stroke="{land.province}" stroke-width="0.9"'
        f' stroke-linejoin="round"/><path d="{found.prefectures}" fill="none" stroke="{land.prefecture}" stroke-width="0.6"/>'
        + at_sea(found, look)
    )


def at_sea(found: Nation, look: Look) -> str:
    """Return the dashes and islands of the South China Sea that lie within the map itself."""
    return _sea(found.sea, found.islands, land_of(look))


def inset(found: Nation, look: Look, corner: tuple[float, float] | None = None) -> str:
    """Return the inset 南海诸岛: the islands and the dashed line, at a smaller scale; `corner`: its lower right one elsewhere."""
    land, box = land_of(look), found.inset
    left, top = (corner[0] - box.width, corner[1] - box.height) if corner else (box.left, box.top)
    view = f'x="{px(left)}" y="{px(top)}" width="{px(box.width)}" height="{px(box.height)}"'
    name = look.say("南海诸岛", "South China Sea")
    # A picture within the picture cuts off at its edge what a clipping path would need an id for.
    return (
        framed(left, top, box.width, box.height, 3, fill=look.palette.surface)
        + f'<svg class="south-china-sea" {view} viewBox="{px(box.left)} {px(box.top)} {px(box.width)} {px(box.height)}"'
        f' role="img" aria-label="{look.say("南海诸岛", "Islands of the South China Sea")}">'
        f'<path d="{found.inset_land}" fill="{land.fill}" fill-rule="evenodd" stroke="{land.province}" stroke-width="0.6"/>'
        + _sea(found.inset_dashes, found.inset_islands, land)
        + written(box.left + box.width / 2, box.bottom - 11, name, SMALL, look.palette.muted, anchor="middle")
        + "</svg>"
        + framed(left, top, box.width, box.height, 3, line=land.sea, more='stroke-width="0.8"')
    )


@lru_cache(maxsize=8)
def prefecture_areas(bounds: Boundaries, width: float, top: float) -> tuple[Drawn, str]:
    """Return the prefectures of the nation, to be filled one by one, and the path of the borders of provinces and the shore."""
    shapes = [shape for shape in bounds.prefectures.values() if shape.rings]
    drawn = meshed(shapes).drawn(nation(bounds, width, top).frame, APART_AREAS)
    owners = drawn.mesh.owners
    outer = [arc for arc, own in enumerate(owners) if len(own) == 1 or own[0][:2] != own[1][:2]]
    return drawn, drawn.between(outer)


def land_of(look: Look) -> Land:
    """Return the colours of the ground in a scheme."""
    return LANDS[look.scheme]


def footer(
    bounds: Boundaries, levels: Iterable[Mapping[str, Shape]], lost: Iterable[str], look: Look, top: float, width: float
) -> tuple[str, float]:
    """Return the lines under a map and their lower edge: what has no place on it, 「示意图，非标准地图」 and the source."""
    missing = joined(lost)
    told = [Phrase("不在图上：", "Not on the map: ") + missing] if missing else []
    told.append(joined([bounds.note, bounds.source(*levels), *bounds.remarks], " · ", " · "))
    out, y = "", top
    for text in told:
        for line in wrapped(said(text, look.lang), SMALL, width - 2 * MARGIN, 4):
            out += written(MARGIN, y + 8, line, SMALL, look.palette.muted)
            y += 16
    return out, y


def _inner(drawn: Drawn, replaced: Collection[str]) -> str:
    """Return the borders inside provinces; of shapes of a user's own, which need not meet their neighbours, every border."""
    wanted = [
        arc
        for arc, owners in enumerate(drawn.mesh.owners)
        if (len(owners) == 2 and owners[0][:2] == owners[1][:2]) or (len(owners) == 1 and owners[0] in replaced)
    ]
    return drawn.between(wanted)


def _dash(frame: Frame, dash: Floats) -> str:
    return "M" + "L".join(f"{px(x)} {px(y)}" for x, y in frame.pixels(dash).tolist())


def _within(frame: Frame, places: Floats, box: Box, but: Box | None = None) -> list[tuple[float, float]]:
    """Return the places that lie in a box and not in another, in pixels."""
    found = [(x, y) for x, y in frame.pixels(places).tolist() if box.holds(Box(x, y, 0, 0))]
    return [(x, y) for x, y in found if but is None or not but.holds(Box(x, y, 0, 0))]


def _sea(dashes: str, islands: Iterable[tuple[float, float]], land: Land) -> str:
    dots = "".join(f"M{px(x)} {px(y)}h0" for x, y in islands)
    return (
        f'<path d="{dashes}" fill="none" stroke="{land.sea}" stroke-width="1.6" stroke-linecap="round"/>'
        f'<path d="{dots}" fill="none" stroke="{land.sea}" stroke-width="2.2" stroke-linecap="round"/>'
    )
