"""The inward map: how much of something each county, or each prefecture, has."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from chaingraph.drawing.lettering import breadth
from chaingraph.drawing.marks import SMALL, Look, escaped, framed, px, sheet, written
from chaingraph.errors import ChaingraphError
from chaingraph.mapping.boundaries import Boundaries, name_on_map
from chaingraph.mapping.geojson import Floats, Shape
from chaingraph.mapping.intervals import Intervals, figure, intervals
from chaingraph.mapping.land import MARGIN, STYLE, Nation, at_sea, footer, inset, land_of, nation, prefecture_areas
from chaingraph.mapping.mesh import STEP, Drawn, meshed
from chaingraph.mapping.projection import Projection, albers, equirectangular, fitted
from chaingraph.mapping.spacing import Box, Room, Taken
from chaingraph.model import Presence
from chaingraph.palette import SEQUENTIAL, ZERO, Grade
from chaingraph.phrases import said
from chaingraph.region_names import english_region_name

Level = Literal["county", "prefecture", "nation"]
APART = 1.0
"""Least distance of points of a border, in pixels."""
TALLEST = 0.78
"""Greatest height of the areas, as a share of the picture's width."""
LETTERS = (15.0, 13.0, 12.0, 11.0)
"""Sizes of the names of areas, in pixels; the largest that fits is taken."""
TITLE = 16.0
HAINAN = "46"
"""Province of the islands of the South China Sea."""


@dataclass(frozen=True)
class Amounts:
    """What is known of the areas."""

    values: Mapping[str, float]
    known: frozenset[str]
    unit: str
    classes: Intervals

    def of(self, region_code: str) -> float | None:
        """Return the amount of an area: 0 where it was looked at and there is none, None where it is not known."""
        amount = self.values.get(region_code, 0.0 if region_code in self.known else math.nan)
        return amount if math.isfinite(amount) else None

    def grade(self, amount: float | None, look: Look) -> Grade:
        """Return the colours of an amount."""
        if amount is None:
            return look.palette.grades[Presence.UNKNOWN]
        return SEQUENTIAL[look.scheme][self._step(self.classes.place(amount))] if amount > 0 else ZERO[look.scheme]

    def _step(self, place: int) -> int:
        """Return the colour of a class: the few classes of few amounts take colours from the whole scale."""
        steps, classes = len(SEQUENTIAL["light"]), len(self.classes.bounds)
        return place if classes == steps else round(place * (steps - 1) / max(classes - 1, 1)) if classes > 1 else steps // 2

    def said(self, amount: float | None, look: Look) -> str:
        """Return an amount with its unit, in words."""
        number = look.word(Presence.UNKNOWN) if amount is None else figure(amount)
        unit = said(self.unit, look.lang)
        return f"{number}{unit}" if unit == "%" and amount is not None else f"{number} · {unit}"


def inward_map(
    bounds: Boundaries,
    values: Mapping[str, float],
    *,
    home: str,
    title: str,
    unit: str,
    known: Collection[str] | None = None,
    lang: str = "zh",
    scheme: str = "light",
    selected: str = "",
    level: Level = "county",
    width: float = 860,
) -> str:
    """Return a map of amounts by area as SVG: the counties of the city `home`, the prefectures of its province, or all.

    `values`: region code → amount, 0 or more. An area without a value is 0 if it is among `known`, the areas that were looked
    at; otherwise it is not known, and hatched. `home` and `selected` are region codes; home is outlined. A city whose counties
    have no boundaries here is shown within its province, and the map says so. `width` in pixels; the height follows.
    """
    look = Look(lang, scheme)
    scene = _scene(bounds, home, level, width)
    values = {} if scene.is_stand_in else values
    classes = intervals(amount for code, amount in values.items() if code in scene.shapes)
    amounts = Amounts(values, frozenset(known or ()), unit, classes)
    return _Choropleth(bounds, scene, amounts, look, home, selected, width).svg(title)


@dataclass(frozen=True)
class _Scene:
    """What is drawn, and where."""

    shapes: Mapping[str, Shape]
    drawn: Drawn
    borders: str
    """Path of the borders that are drawn above the areas."""
    box: Box
    sea: Nation | None = None
    """The nation, where the South China Sea belongs on the map."""
    is_nation: bool = False
    is_stand_in: bool = False
    """Whether prefectures stand in for counties that have no boundaries here: they bear no amounts."""


def _scene(bounds: Boundaries, home: str, level: Level, width: float) -> _Scene:
    top = MARGIN + TITLE + 14
    if level == "nation":
        whole = nation(bounds, width, top)
        shapes = {code: shape for code, shape in bounds.prefectures.items() if shape.rings}
        drawn, borders = prefecture_areas(bounds, width, top)
        return _Scene(shapes, drawn, borders, whole.box, sea=whole, is_nation=True)
    counties = bounds.counties_of(home) if level == "county" else {}
    shapes = counties or bounds.prefectures_of(home)
    if not shapes:
        raise ChaingraphError(f"no boundaries for region '{home}': give one of {', '.join(sorted(bounds.provinces))} or below")
    points = [ring for shape in shapes.values() for ring in shape.rings]
    (west, south), (east, north) = np.min(np.concatenate(points), axis=0), np.max(np.concatenate(points), axis=0)
    project: Projection = equirectangular((south + north) / 2) if counties else partial(albers, meridian=(west + east) / 2)
    frame = fitted(project, points, (MARGIN, top, width - 2 * MARGIN, TALLEST * width))
    height = float(np.ptp(frame.pixels(np.concatenate(points))[:, 1]))
    frame = fitted(project, points, (MARGIN, top, width - 2 * MARGIN, height))
    drawn = meshed(shapes.values()).drawn(frame, APART)
    borders = drawn.between(range(len(drawn.lines)))
    box = Box(MARGIN, top, width - 2 * MARGIN, height)
    sea = nation(bounds, width, top) if home[:2] == HAINAN and not counties else None
    return _Scene(shapes, drawn, borders, box, sea=sea, is_stand_in=level == "county" and not counties)


@dataclass(frozen=True)
class _Choropleth:
    """An inward map."""

    bounds: Boundaries
    scene: _Scene
    amounts: Amounts
    look: Look
    home: str
    selected: str
    width: float

    def svg(self, title: str) -> str:
        """Return the picture."""
        look, scene = self.look, self.scene
        words = said(title, look.lang)
        body = [STYLE, '<g class="cg-map">', written(MARGIN, MARGIN + TITLE / 2, words, TITLE, look.palette.ink, strong=True)]
        body += [self._area(code) for code in scene.shapes]
        body.append(self._borders())
        body += [at_sea(scene.sea, look)] if scene.sea and scene.is_nation else []
        body += [inset(scene.sea, look, (scene.box.right, scene.box.bottom))] if scene.sea else []
        body += self._outlines()
        body += [] if scene.is_nation else self._labels()
        legend, y = self._legend(scene.box.bottom + 14)
        levels = (self.bounds.provinces, self.bounds.prefectures) if scene.is_nation else (scene.shapes,)
        under, height = footer(self.bounds, levels, self._lost(), look, y + 6, self.width)
        return sheet("".join([*body, legend, "</g>", under]), self.width, height + 8, look, words)

    def _area(self, code: str) -> str:
        """Return an area: coloured, hatched where its amount is not known; a button unless there are too many to walk through."""
        if self.scene.is_stand_in:
            return f'<path d="{self.scene.drawn.area(code)}" fill="{land_of(self.look).fill}" fill-rule="evenodd"/>'
        amount = self.amounts.of(code)
        grade = self.amounts.grade(amount, self.look)
        name_zh = self.scene.shapes[code].name_zh
        name = english_region_name(name_zh) if self.look.lang == "en" else name_zh
        told = self.look.say(f"{name}：", f"{name}: ") + self.amounts.said(amount, self.look)
        outline = f'<path d="{self.scene.drawn.area(code)}" fill-rule="evenodd"'
        thin = "0.4" if self.scene.is_nation else "1"
        shape = (
            f'{outline} fill="{grade.fill}" stroke="{self.look.palette.surface}" stroke-width="{thin}" stroke-linejoin="round"/>'
        )
        if amount is None:
            shape += f'{outline} class="cg-hatch"/>'
        if self.scene.is_nation:
            return f'<g class="land" data-tip="{escaped(told)}">{shape}</g>'
        # Half of it is hidden under the neighbours that come later: what is seen is the half inside.
        shape += f'{outline} class="cg-ring" fill="none" stroke="{grade.ink}" stroke-width="5"/>'
        pressed = ' aria-pressed="true"' if code == self.selected else ""
        return (
            f'<g class="area" data-id="{escaped(code)}" data-tip="{escaped(told)}" tabindex="0" role="button"'
            f' aria-label="{escaped(told)}"{pressed}>{shape}</g>'
        )

    def _borders(self) -> str:
        """Return the borders, above the areas: each but once, the same on both of its sides."""
        look = f'stroke="{land_of(self.look).province}" stroke-width="0.9" stroke-linejoin="round" pointer-events="none"'
        return f'<path d="{self.scene.borders}" fill="none" {look}/>'

    def _outlines(self) -> Iterator[str]:
        """Yield the outline of home, and of the area chosen: above all areas, or a neighbour would cover half of it."""
        marked = ((self._home(), land_of(self.look).home, 2.2), (self.selected, self.look.palette.ink, 2.6))
        for code, colour, thick in marked:
            if code in self.scene.shapes:
                outline = self.scene.drawn.area(code)
                yield (
                    f'<path d="{outline}" fill="none" stroke="{colour}" stroke-width="{thick}" stroke-linejoin="round"'
                    ' pointer-events="none"/>'
                )

    def _home(self) -> str:
        """Return the area that home is, or lies in; "" where it is all that is shown."""
        found = self.home if self.home in self.scene.shapes else self.bounds.prefecture_of(self.home)
        return found if found in self.scene.shapes else ""

    def _labels(self) -> Iterator[str]:
        """Yield the name of each area and its amount: inside where they fit, else beside the areas with a line to it."""
        drawn = self.scene.drawn
        taken = Taken(self.scene.box)
        shore = [
            np.array(line, dtype=float) * STEP
            for line, owners in zip(drawn.lines, drawn.mesh.owners, strict=True)
            if len(owners) == 1
        ]
        rings = {code: [np.array(ring, dtype=float) * STEP for ring in drawn.rings(code)] for code in self.scene.shapes}
        narrow = []
        for code, shape in self.scene.shapes.items():
            name, number = name_on_map(shape.name_zh, self.look.lang), self._number(code)
            grade, room = self.amounts.grade(self.amounts.of(code), self.look), Room.of(rings[code])
            for size in LETTERS:
                width = max(breadth(name, size), breadth(number, size)) + 4
                height = size * (2.3 if number else 1.2)
                if at := room.place(width, height):
                    x, y = at
                    taken.boxes.append(Box(x - width / 2, y - height / 2, width, height))
                    yield self._label(x, y, name, number, size, grade)
                    break
            else:
                at = room.place(2, 2) or room.middle
                narrow.append((at, f"{name} {number}".rstrip()))
        for at, words in narrow:
            yield from self._callout(*at, words, taken, shore)

    def _number(self, code: str) -> str:
        if self.scene.is_stand_in:
            return ""
        amount = self.amounts.of(code)
        return "?" if amount is None else figure(amount)

    def _label(self, x: float, y: float, name: str, number: str, size: float, grade: Grade) -> str:
        is_hatched = number == "?"
        halo = grade.fill if is_hatched else ""
        rows = written(x, y - 0.58 * size if number else y, name, size, grade.ink, anchor="middle", halo=halo)
        if number:
            rows += written(x, y + 0.58 * size, number, size, grade.ink, strong=True, anchor="middle", halo=halo)
        return f'<g aria-hidden="true" pointer-events="none">{rows}</g>'

    def _callout(self, x: float, y: float, words: str, taken: Taken, land: list[Floats]) -> Iterator[str]:
        """Yield the words of an area too narrow for them, off the land; nothing where there is no room at all."""
        size = LETTERS[-2]
        box = taken.around(x, y, breadth(words, size) + 6, size + 4, land)
        if box:
            ink = self.look.palette.ink
            to_x, to_y = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
            yield (
                f'<g aria-hidden="true" pointer-events="none"><circle cx="{px(x)}" cy="{px(y)}" r="1.8" fill="{ink}"/>'
                f'<path d="M{px(x)} {px(y)}L{px(to_x)} {px(to_y)}" stroke="{ink}" stroke-width="0.8"/>'
                + written(box.left + 3, box.top + box.height / 2, words, size, ink)
                + "</g>"
            )

    def _legend(self, top: float) -> tuple[str, float]:
        """Return the key to the colours and its lower edge: only what occurs in the map."""
        look = self.look
        unit = said(self.amounts.unit, look.lang)
        if self.scene.is_stand_in:
            unit = look.say("没有本市各区县的边界，数字见表", "No boundaries of its counties here: see the table for figures")
        out = written(MARGIN, top + 9, unit, SMALL + 1, look.palette.muted)
        x = MARGIN + breadth(unit, SMALL + 1) + 16
        for fill, line, name, more in self._keys():
            length = 26 + 6 + breadth(name, SMALL + 1) + 16
            if x + length > self.width - MARGIN:
                x, top = MARGIN, top + 22
            out += framed(x, top + 1, 26, 16, 2, fill=fill, line=line)
            out += framed(x, top + 1, 26, 16, 2, line=line, more=more) if more else ""
            out += written(x + 32, top + 9, name, SMALL + 1, look.palette.ink)
            x += length
        return out, top + 22

    def _keys(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield fill, line and words of each item of the legend, and what is drawn above its fill."""
        look, amounts = self.look, self.amounts
        found = [] if self.scene.is_stand_in else [amounts.of(code) for code in self.scene.shapes]
        if 0.0 in found:
            yield ZERO[look.scheme].fill, ZERO[look.scheme].line, "0", ""
        for low, name in zip(amounts.classes.bounds, amounts.classes.named(), strict=True):
            grade = amounts.grade(low, look)
            yield grade.fill, grade.line, name, ""
        if None in found:
            grade = amounts.grade(None, look)
            yield grade.fill, grade.line, look.word(Presence.UNKNOWN), 'class="cg-hatch"'
        if home := self._home():
            yield "none", land_of(look).home, self.bounds.called(home, look.lang), 'stroke-width="2.2"'

    def _lost(self) -> list[str]:
        """Return the areas that have an amount and no shape."""
        return [
            f"{self.bounds.called(code, self.look.lang)} {figure(amount)}"
            for code, amount in sorted(self.amounts.values.items())
            if code not in self.scene.shapes and amount > 0
        ]
