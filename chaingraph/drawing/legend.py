"""The legend of a chain's picture: the marks that occur in it, each with its word."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chaingraph.drawing.lettering import breadth
from chaingraph.drawing.marks import (
    Look,
    action_tag,
    action_words,
    badge,
    boxed,
    card,
    choice_mark,
    framed,
    halo,
    px,
    signed,
    tag_width,
    written,
)
from chaingraph.drawing.strands import head, line_of, stroke
from chaingraph.graph import SupplyLink
from chaingraph.model import Action, Constraint, Presence, SegmentKind

SIZE = 11.5
ROW = 25.0
GRADES = (Presence.STRONG, Presence.ADEQUATE, Presence.WEAK, Presence.MISSING, Presence.UNKNOWN)
SAMPLES = (0.01, 0.1, 0.4)
"""Strengths whose line widths the legend shows."""


@dataclass(frozen=True)
class Shown:
    """What occurs in a picture."""

    kinds: frozenset[SegmentKind]
    is_status_map: bool
    links: tuple[SupplyLink, ...]
    grades: frozenset[Presence] = frozenset()
    constraints: frozenset[Constraint] = frozenset()
    actions: frozenset[Action] = frozenset()
    """Actions that are to be verified first."""
    has_changes: bool = False
    missing: frozenset[str] = frozenset()
    """Segments that are missing."""

    def is_broken(self, link: SupplyLink) -> bool:
        """Whether a link is an essential input whose supplier is missing."""
        return link.is_essential and not link.is_recycling and link.supplier_id in self.missing


@dataclass(frozen=True)
class Item:
    """A mark of the legend, drawn from (0, 0) as the middle of its left edge, with its width and its words."""

    mark: str
    width: float
    words: str


def legend(shown: Shown, look: Look, top: float, width: float, *, left: float) -> tuple[str, float]:
    """Return the legend as SVG and its height in pixels: items in rows from the left, groups apart."""
    parts: list[str] = []
    y = top + ROW / 2
    for group in (list(_segments(shown, look)), list(_constraints(shown, look)), list(_links(shown, look))):
        x = left
        for item in group:
            whole = item.width + 6 + breadth(item.words, SIZE)
            if x > left and x + whole > left + width:
                x, y = left, y + ROW
            parts.append(f'<g transform="translate({px(x)} {px(y)})">{item.mark}</g>')
            if item.words:
                parts.append(written(x + item.width + 6, y, item.words, SIZE, look.palette.muted))
            x += whole + 20
        if group:
            y += ROW
    return "".join(parts), y - ROW / 2 - top


def _segments(shown: Shown, look: Look) -> Iterator[Item]:
    """Boxes: by grade in the status map, by kind in the panorama."""
    if shown.is_status_map:
        for presence in GRADES:
            if presence in shown.grades:
                ink = look.palette.grades[presence].ink
                box = boxed(0, -8, 24, 16, presence, SegmentKind.MAKING, look) + signed(presence, 7.5, 0, 9, ink)
                yield Item(box, 24, look.word(presence))
    for kind in SegmentKind:
        if kind in shown.kinds and (not shown.is_status_map or kind is SegmentKind.MARKET):
            yield Item(card(0, -8, 24, 16, kind, look), 24, look.word(kind))


def _constraints(shown: Shown, look: Look) -> Iterator[Item]:
    """Rings with their badges, the tags of actions, what changed."""
    p = look.palette
    words = {
        Constraint.BREAK: look.say("要用而没有生产者", "needed, no producer"),
        Constraint.BOTTLENECK: look.say("供给集中于少数企业", "supply in few hands"),
        Constraint.CHOKEPOINT: look.say("判断为依赖进口", "judged import-dependent"),
    }
    for c in Constraint:
        if c in shown.constraints:
            ring = framed(1, -7.5, 30, 15, 6, line=p.constraints[c], more='stroke-width="2"') + badge(c, 16, 0, look)
            yield Item(ring, 32, f"{look.word(c)}{look.say('：', ': ')}{words[c]}")
    if shown.actions:
        action = next(a for a in Action if a in shown.actions)
        width = tag_width(action_words(action, look, provisional=True))
        yield Item(
            action_tag(width, 0, action, look, provisional=True), width, look.say("待核：先查实再行动", "to verify before acting")
        )
    if shown.has_changes:
        mark = halo(6, -6, 18, 12, look) + framed(6, -6, 18, 12, 4, fill=p.surface, line=p.muted)
        yield Item(mark, 30, look.say("推演后有变", "changed by what came"))


def _links(shown: Shown, look: Look) -> Iterator[Item]:
    """Lines: by need, by what is known of their strength, by width."""
    forward = [k for k in shown.links if not k.is_recycling]
    essential = SupplyLink("", "", is_essential=True, substitute_group="", is_recycling=False, strength=0.05)
    unknown = replace(essential, strength=math.nan, is_essential=any(k.is_essential for k in forward))
    samples = (
        (any(k.is_essential and not shown.is_broken(k) for k in forward), essential, False, "必需投入", "essential input"),
        (any(map(shown.is_broken, forward)), essential, True, "必需而供方缺失", "essential, supplier missing"),
        (
            any(k.is_judged and not k.is_essential for k in forward),
            replace(essential, is_essential=False),
            False,
            "一般投入",
            "not essential",
        ),
        (
            any(not k.is_judged for k in forward),
            replace(essential, is_essential=False),
            False,
            "是否必需不详",
            "not known whether essential",
        ),
        (any(math.isnan(k.strength) for k in forward), unknown, False, "投入系数不详", "coefficient not known"),
        (any(k.is_recycling for k in shown.links), replace(essential, is_recycling=True), False, "回收利用", "recycling"),
    )
    for occurs, link, is_broken, zh, en in samples:
        if occurs:
            line = line_of(link, look, is_broken=is_broken)
            mark = stroke(f"M0 0H{px(31 - line.head)}", line) + head((31, 0), line, look)
            yield Item(mark, 32, look.say(zh, en))
    groups = [(k.customer_id, k.substitute_group) for k in forward if k.substitute_group]
    if len(set(groups)) < len(groups):
        yield Item(choice_mark(12, 0, look), 24, look.say("任一即可", "one is enough"))
    if any(not math.isnan(k.strength) for k in forward):
        words = look.say("线宽＝投入系数", "width = input coefficient")
        marks, x = [written(0, 0, words, SIZE, look.palette.muted)], breadth(words, SIZE) + 10
        for strength in SAMPLES:
            marks.append(
                stroke(f"M{px(x)} 0H{px(x + 18)}", line_of(replace(essential, strength=strength), look, is_broken=False))
            )
            marks.append(written(x + 23, 0, f"{strength:.0%}", SIZE, look.palette.muted))
            x += 23 + breadth(f"{strength:.0%}", SIZE) + 10
        yield Item("".join(marks), x - 16, "")
