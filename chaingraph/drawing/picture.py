"""The picture of a chain (产业链图谱) as SVG: what the chain is, or what a region has of it. It needs no script and no other file.

Every segment is a group of class ``segment`` with its id in ``data-id``, every link one of class ``link`` with ``supplier>customer``;
both can be reached by keyboard, say in ``aria-label`` what they show, and in ``data-tip`` more of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from chaingraph.diagnosis import Diagnosis, SegmentDiagnosis
from chaingraph.drawing.boxes import DENSE, Letters, Words, lettered, set_in
from chaingraph.drawing.columns import Arrangement, arrange
from chaingraph.drawing.layout import Band, Layout, Measures, Point, Route, column_pitch, laid_out
from chaingraph.drawing.legend import GRADES, Shown, legend
from chaingraph.drawing.lettering import breadth
from chaingraph.drawing.marks import (
    SMALL,
    Look,
    action_tag,
    badge,
    boxed,
    card,
    choice_mark,
    escaped,
    framed,
    halo,
    sheet,
    signed,
    spoken,
    tag,
    tag_width,
    written,
)
from chaingraph.drawing.stations import roadmap_picture
from chaingraph.drawing.strands import drawn, line_of
from chaingraph.drawing.wording import changed, details, link_tip, panorama_tip, standing, status_tip
from chaingraph.graph import ChainGraph, Segment, SupplyLink
from chaingraph.model import Constraint, Presence, SegmentKind, Stage
from chaingraph.phrases import counted, said

__all__ = ["chain_picture", "roadmap_picture"]

SIDE = 14.0
"""Space at the sides of words that stand outside boxes."""


def chain_picture(
    graph: ChainGraph,
    chain_id: str,
    diagnosis: Diagnosis | None = None,
    *,
    lang: str = "zh",
    scheme: str = "light",
    selected: str = "",
    before: Diagnosis | None = None,
    width: float = 1180.0,
) -> str:
    """Return the picture of a chain as SVG.

    Without a diagnosis the panorama (全景): what the chain is. With one the status map (现状): what the region has of it; and with
    the diagnosis `before` something came, what that changes. `selected`: id of a segment, or ``supplier>customer`` of a link.
    `lang` is ``zh`` or ``en``, `scheme` ``light`` or ``dark``, `width` in pixels (at least 480); the height follows.
    """
    look = Look(lang, scheme)
    return _Picture(graph, graph.find_chain(chain_id), diagnosis, before, look, selected, max(480.0, width)).svg()


@dataclass(frozen=True)
class _Picture:
    """One picture under way: what it shows and how."""

    graph: ChainGraph
    chain_id: str
    diagnosis: Diagnosis | None
    before: Diagnosis | None
    look: Look
    selected: str
    width: float

    def svg(self) -> str:
        """Draw it: grounds, links, boxes, legend."""
        layout = self._layout
        body = [self._band(i) for i in range(len(layout.bands))]
        body += [self._link(r) for r in sorted(layout.routes, key=self._depth)]
        body.append(self._choices(layout.routes))
        body += [self._segment(s) for s in self._segments.values()]
        key, height = legend(self._shown, self.look, layout.height + 18, self.width - 2 * SIDE, left=SIDE)
        bottom = layout.height + 18 + height
        if self.diagnosis:
            bottom += 14
            caption = written(
                self.width - SIDE, bottom, self._caption(self.diagnosis), SMALL, self.look.palette.muted, anchor="end"
            )
            key += caption
        return sheet("".join([*body, key]), self.width, bottom + 14, self.look, self._title())

    # -- what there is -------------------------------------------------------------------------------------------

    @cached_property
    def _segments(self) -> dict[str, Segment]:
        return {s.id: s for s in self.graph.chain_segments(self.chain_id)}

    @cached_property
    def _found(self) -> Mapping[str, SegmentDiagnosis]:
        return {s.segment_id: s for s in self.diagnosis.segments} if self.diagnosis else {}

    @cached_property
    def _earlier(self) -> Mapping[str, SegmentDiagnosis]:
        return {s.segment_id: s for s in self.before.segments} if self.before and self.diagnosis else {}

    @cached_property
    def _words(self) -> dict[str, Words]:
        """What stands in each box."""
        out = {}
        for s in self._segments.values():
            market = s.kind is SegmentKind.MARKET
            forms: tuple[str, ...]
            if s.id in self._found:
                forms = details(self._found[s.id], self.look)
            elif self.look.lang == "zh" and any(s.products):
                forms = ("、".join(s.products),)
            else:  # products have no English
                forms = () if s.kind is SegmentKind.MAKING else (self.look.head(s.kind),)
            out[s.id] = Words(said(s.name, self.look.lang), forms, market)
        return out

    @cached_property
    def _shown(self) -> Shown:
        """What occurs, for the legend."""
        found = self._found.values()
        return Shown(
            grades=frozenset(s.presence for s in found if s.kind is not SegmentKind.MARKET),
            kinds=frozenset(s.kind for s in self._segments.values()),
            is_status_map=bool(self.diagnosis),
            constraints=frozenset(f.constraint for s in found for f in s.findings),
            actions=frozenset(s.action for s in found if s.action and s.is_provisional),
            has_changes=any(self._change(s) for s in self._found),
            links=tuple(r.link for r in self._layout.routes),
            missing=frozenset(s.segment_id for s in found if s.presence is Presence.MISSING),
        )

    def _change(self, segment: str) -> str:
        return changed(self._earlier.get(segment), self._found[segment], self.look) if segment in self._found else ""

    def _title(self) -> str:
        chain = said(self.graph.chains[self.chain_id], self.look.lang)
        if not self.diagnosis:
            return self.look.say(f"{chain}：产业链全景图", f"{chain}: panorama of the chain")
        region = said(self.diagnosis.region.name, self.look.lang)
        return self.look.say(f"{region} · {chain}：产业链现状图", f"{region} · {chain}: status map of the chain")

    def _caption(self, d: Diagnosis) -> str:
        version = self.look.say(f"数据版本 {d.version}", f"data version {d.version}")
        return " · ".join((said(d.region.name, self.look.lang), said(d.chain_name, self.look.lang), version))

    # -- where it is ---------------------------------------------------------------------------------------------

    @cached_property
    def _arrangement(self) -> Arrangement:
        links = [k for s in self._segments for k in self.graph.inputs(s)]
        # English needs wider columns, as long as there are not too many.
        least = 156.0 if self.look.lang == "en" and len(self._segments) <= 40 else 140.0
        return arrange(list(self._segments.values()), links, int((self.width - 36) // least))

    @cached_property
    def _box_width(self) -> float:
        pitch = column_pitch(self._arrangement, self.width)
        # English names are longer: wider boxes, narrower spaces.
        return min(pitch - max(38.0, pitch * (0.24 if self.look.lang == "en" else 0.3)), 230.0)

    @cached_property
    def _letters(self) -> Letters:
        lines = 1 if self.diagnosis or self.look.lang == "en" else 2
        words = list(self._words.values())
        return lettered(words, self._box_width, has_signs=bool(self.diagnosis), small_lines=lines, rows=self._rows)

    @cached_property
    def _rows(self) -> int:
        """Boxes in the fullest column."""
        columns = list(self._arrangement.column_of.values())
        return max(map(columns.count, columns), default=0)

    @cached_property
    def _layout(self) -> Layout:
        gaps = (19.0, 7.0, 13.0) if self._rows > DENSE else (24.0, 10.0, 16.0)
        return laid_out(self._arrangement, Measures(self.width, self._box_width, self._letters.height, *gaps))

    # -- how it is drawn -----------------------------------------------------------------------------------------

    def _band(self, i: int) -> str:
        """The ground of a stage with its head: name, how many segments, and how many of each grade."""
        band, p = self._layout.bands[i], self.look.palette
        left, right, y = band.x + SIDE, band.x + band.width - SIDE, 25.0
        name = self.look.head(band.stage)
        parts = [
            framed(band.x, 6, band.width, self._layout.height - 6, 10, fill=p.raised),
            written(left, y, name, 15, p.ink, strong=True),
        ]
        number, has_tally = self._number(band.stage), self._heads > 0
        if self._heads != 1:
            parts.append(written(left + breadth(name, 15) + 8, y, number, 12, p.muted))
        for g, n in reversed(self._tally(band.stage)) if has_tally else ():
            right -= breadth(str(n), 12)
            parts += [written(right, y, str(n), 12, p.muted), signed(g, right - 14, y, 10, p.muted)]
            right -= 25
        return "".join(parts)

    def _number(self, stage: Stage) -> str:
        n = sum(s.stage is stage for s in self._segments.values())
        return self.look.say(f"{n} 个环节", counted(n, "segment"))

    def _tally(self, stage: Stage) -> list[tuple[Presence, int]]:
        """How many segments of a stage have each grade that occurs."""
        grades = [s.presence for s in self._found.values() if s.stage is stage and s.kind is not SegmentKind.MARKET]
        return [(g, grades.count(g)) for g in GRADES if g in grades]

    @cached_property
    def _heads(self) -> int:
        """What the heads of all bands have room for beside the name: 2 number and tally, 1 the tally, 0 the number."""

        def is_wide(band: Band, parts: int) -> bool:
            taken = breadth(self.look.head(band.stage), 15) + sum(25 + breadth(str(n), 12) for _, n in self._tally(band.stage))
            return taken + (parts - 1) * (breadth(self._number(band.stage), 12) + 16) <= band.width - 2 * SIDE

        return next((n for n in (2, 1) if self._found and all(is_wide(b, n) for b in self._layout.bands)), 0)

    def _depth(self, route: Route) -> tuple[bool, bool, bool, float]:
        """What is drawn first: links that are not essential, then wide ones; on top what is broken or selected."""
        k = route.link
        return self._is_picked(k), self._shown.is_broken(k), k.is_essential, -(k.strength if k.strength == k.strength else 0.0)

    def _is_picked(self, k: SupplyLink) -> bool:
        return self.selected in (k.supplier_id, k.customer_id, f"{k.supplier_id}>{k.customer_id}")

    def _link(self, route: Route) -> str:
        k, look = route.link, self.look
        choices = [o for o in self.graph.inputs(k.customer_id) if o.substitute_group and o.substitute_group == k.substitute_group]
        return drawn(
            route,
            line_of(k, look, is_broken=self._shown.is_broken(k)),
            link_tip(k, self._segments, choices, self._found.get(k.supplier_id), look),
            look,
            gap=column_pitch(self._arrangement, self.width) - self._box_width,
            stop=self._stop(route),
            is_selected=self.selected == f"{k.supplier_id}>{k.customer_id}",
            is_faint=self.selected in self._segments and not self._is_picked(k),
        )

    def _stop(self, route: Route) -> float:
        """How far before the left edge of its customer a link ends: at the ring, or at the round end of a market."""
        box, market = (
            self._layout.boxes[route.link.customer_id],
            self._segments[route.link.customer_id].kind is SegmentKind.MARKET,
        )
        radius, off = box.height / 2, route.points[-1][1] - box.middle
        round_end = radius - math.sqrt(max(0.0, radius * radius - off * off)) if market else 0.0
        return (5.5 if self._ring(route.link.customer_id) else 1.0) - round_end

    def _choices(self, routes: tuple[Route, ...]) -> str:
        """The marks "or" where links of which one is enough come in."""
        groups: dict[tuple[str, str], list[Point]] = {}
        for r in routes:
            if r.shape == "forward" and r.link.substitute_group:
                groups.setdefault((r.link.customer_id, r.link.substitute_group), []).append(r.points[-1])
        marks = []
        for ends in groups.values():
            if len(ends) > 1:
                ys = [y for _, y in ends]
                marks.append(choice_mark(ends[0][0] - 21, sum(ys) / len(ys), self.look))
        return "".join(marks)

    def _ring(self, segment: str) -> Constraint | None:
        return self._found[segment].constraint if segment in self._found else None

    def _segment(self, segment: Segment) -> str:
        box, look, p = self._layout.boxes[segment.id], self.look, self.look.palette
        found, change = self._found.get(segment.id), self._change(segment.id)
        at = (box.x, box.y, box.width, box.height)
        tip = status_tip(found, look, change) if found else panorama_tip(segment, look)
        is_selected = self.selected == segment.id
        ring = self._ring(segment.id)
        reach = 8.0 if ring else 4.5
        around = (box.x - reach, box.y - reach, box.width + 2 * reach, box.height + 2 * reach)
        radius = box.height / 2 + reach if segment.kind is SegmentKind.MARKET else 7 + reach
        parts = [halo(*at, look)] if change else []
        parts += [boxed(*at, found.presence, segment.kind, look) if found else card(*at, segment.kind, look)]
        if ring:
            parts.append(
                framed(
                    box.x - 4, box.y - 4, box.width + 8, box.height + 8, 10.5, line=p.constraints[ring], more='stroke-width="2"'
                )
            )
        parts.append(
            framed(*around, radius, line=p.accent, more=f'class="{"cg-chosen" if is_selected else "cg-focus"}" stroke-width="3"')
        )
        grade = look.grade(found.presence if found else Presence.UNKNOWN, segment.kind)
        if not found and segment.kind is not SegmentKind.MARKET:
            grade = replace(grade, ink=p.ink)
        parts.append(
            set_in(self._words[segment.id], self._letters, box.x, box.y, found.presence if found else None, grade, p.muted)
        )
        if found:
            for n, c in enumerate(dict.fromkeys(f.constraint for f in found.findings)):
                parts.append(badge(c, box.x + 6 + 20 * n, box.y - 3, look))
            if found.action:
                parts.append(action_tag(box.right - 6, box.y - 1, found.action, look, provisional=found.is_provisional))
            if change:
                x = box.x + (box.width - tag_width(change)) / 2
                parts.append(tag(x, box.y + box.height + 2, change, fill=p.accent, line=p.surface, ink=p.surface))
        elif standing(segment, look):
            words = standing(segment, look)
            parts.append(tag(box.right - 6 - tag_width(words), box.y - 1, words, fill=p.surface, line=p.rule, ink=p.muted))
        spoken_as = spoken(tip, look, is_pressed=is_selected)
        return f'<g class="segment" data-id="{escaped(segment.id)}" {spoken_as}>{"".join(parts)}</g>'
