"""The picture of the roadmap (先招谁、再招谁) as SVG: a line of numbered stations, each a ring that fills with the chain's completeness."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chaingraph.diagnosis import Diagnosis
from chaingraph.drawing.lettering import breadth, clipped, wrapped
from chaingraph.drawing.marks import SMALL, Look, action_tag, action_words, escaped, framed, px, sheet, spoken, tag_width, written
from chaingraph.phrases import joined, said
from chaingraph.roadmap import RoadmapStep

RING = 31.0
"""Radius of a ring, in pixels."""
STROKE = 8.0
LEAST = 150.0
"""Least width of a station, in pixels."""
WIDEST = 250.0
"""Few stations stand no further apart than the eye follows, in pixels."""
MARGIN = 10.0
TOP = 62.0
"""Height of the rings' centres in a row."""
NAME, LINE = 14.0, 16.0


@dataclass(frozen=True)
class Place:
    """Where a station stands: the centre of its ring, the width it has, its row."""

    x: float
    y: float
    width: float
    row: int


@dataclass(frozen=True)
class Filling:
    """What a ring shows, as shares of the whole chain: present, added before, added by this step; at most there."""

    present: float
    before: float
    share: float
    most: float


def roadmap_picture(
    diagnosis: Diagnosis, *, lang: str = "zh", scheme: str = "light", width: float = 1180.0, selected: str = ""
) -> str:
    """Return the roadmap as SVG: where the chain stands, then a station for each segment in the order to fill them.

    A ring shows the completeness after a step: what is present, what earlier steps and this one add, dotted what is not known.
    Below stand the segment and what becomes producible with it. Every station is a group of class ``segment`` with the
    segment's id in ``data-id``. `lang` is ``zh`` or ``en``, `scheme` ``light`` or ``dark``, `width` in pixels (at least 480),
    `selected` the id of a segment.
    """
    look, wide = Look(lang, scheme), max(480.0, width)
    name = f"{said(diagnosis.region.name, lang)} · {said(diagnosis.chain_name, lang)}"
    title = look.say(f"{name}：招商路线图", f"{name}: roadmap")
    if not diagnosis.roadmap:
        return _nothing(look, wide, title)
    places, height = _places(diagnosis.roadmap, look, wide)
    parts = [framed(MARGIN, 6, wide - 2 * MARGIN, height - 6, 10, fill=look.palette.raised), _track(places, look)]
    low, high = diagnosis.completeness
    parts.append(_start(places[0], Filling(low, low, low, high), look))
    done = low
    for step, place in zip(diagnosis.roadmap, places[1:], strict=True):
        filling = Filling(low, done, step.completeness, high)
        is_provisional = diagnosis[step.segment_id].is_provisional
        is_selected = selected == step.segment_id
        parts.append(_station(step, place, filling, look, is_provisional=is_provisional, is_selected=is_selected))
        done = step.completeness
    parts += _key(low, high, len(diagnosis.roadmap), look, height + 20)
    version = look.say(f"数据版本 {diagnosis.version}", f"data version {diagnosis.version}")
    # On a line of its own: beside the key there is not always room.
    parts.append(written(wide - 14, height + 42, f"{name} · {version}", SMALL, look.palette.muted, anchor="end"))
    return sheet("".join(parts), wide, height + 56, look, title)


def _places(steps: Sequence[RoadmapStep], look: Look, width: float) -> tuple[list[Place], float]:
    """Return the places of the start and of all steps, in rows about equally long, and the height of all rows."""
    count, room = len(steps) + 1, width - 2 * MARGIN
    rows = math.ceil(count / max(2, int(room // (LEAST + 12 if look.lang == "en" else LEAST))))
    per_row = math.ceil(count / rows)
    own = min(room / per_row, WIDEST)
    left = MARGIN + (room - own * per_row) / 2
    places: list[Place] = []
    top = 0.0
    for row in range(rows):
        here = range(row * per_row, min(count, (row + 1) * per_row))
        places += [Place(left + own * (n + 0.5), top + TOP, own, row) for n in range(len(here))]
        words = [len(_name(steps[i - 1], look, own)) * (NAME + 4) + len(_also(steps[i - 1], look, own)) * LINE for i in here if i]
        top += TOP + RING + 54 + max(words, default=0)
    return places, top


def _name(step: RoadmapStep, look: Look, width: float) -> tuple[str, ...]:
    return wrapped(said(step.name_zh, look.lang), NAME, width - 18)


def _also(step: RoadmapStep, look: Look, width: float) -> tuple[str, ...]:
    """What becomes producible with a step beside its own segment, in up to three lines."""
    also = [n for n in step.unlocked if str(n) != str(step.name_zh)]
    if not also:
        return ()
    text = look.say("打通：", "unlocks: ") + said(joined(also, en=" / "), look.lang)
    return wrapped(text, SMALL, width - 16, 3, even=False)


def _track(places: Sequence[Place], look: Look) -> str:
    """The line through the stations; from the end of a row it turns back to the start of the next."""
    parts, r = [], 12
    for a, b in pairwise(places):
        if a.row == b.row:
            parts.append(f"M{px(a.x)} {px(a.y)}H{px(b.x)}")
            continue
        right, left, between = a.x + a.width / 2 - 12, b.x - b.width / 2 + 12, b.y - TOP + 8
        parts.append(
            f"M{px(a.x)} {px(a.y)}H{px(right - r)}q{r} 0 {r} {r}V{px(between - r)}q0 {r} {-r} {r}"
            f"H{px(left + r)}q{-r} 0 {-r} {r}V{px(b.y - r)}q0 {r} {r} {r}H{px(b.x)}"
        )
    return f'<path d="{"".join(parts)}" fill="none" stroke="{look.palette.link}" stroke-width="2"/>'


def _ring(place: Place, f: Filling, look: Look) -> str:
    """A ring on its disc; what is not known is dotted, what is missing empty."""
    p = look.palette
    disc = f'<circle cx="{px(place.x)}" cy="{px(place.y)}" r="{px(RING + STROKE / 2 + 3)}" fill="{p.surface}"/>'
    arcs = (
        (0.0, 1.0, f'stroke="{p.rule}"'),
        (f.share, max(f.share, f.most), _unknown(look)),
        (0.0, min(f.present, f.share), f'stroke="{p.muted}"'),
        (f.present, f.before, _earlier(look)),
        (f.before, f.share, f'stroke="{p.accent}"'),
    )
    words = written(place.x, place.y, f"{f.share:.0%}", 16, p.ink, strong=True, anchor="middle")
    return disc + "".join(_arc(place, a, b, style) for a, b, style in arcs if b - a > 0.0005) + words


def _unknown(look: Look) -> str:
    """Style of what is not known."""
    return f'stroke="{look.palette.muted}" stroke-opacity="0.75" stroke-dasharray="1.6 3.2"'


def _earlier(look: Look) -> str:
    """Style of what earlier steps have added."""
    return f'stroke="{look.palette.accent}" stroke-opacity="0.5"'


def _arc(place: Place, start: float, end: float, style: str) -> str:
    """An arc of a ring, from the top clockwise."""
    if end - start > 0.9995:
        return f'<circle cx="{px(place.x)}" cy="{px(place.y)}" r="{px(RING)}" fill="none" {style} stroke-width="{px(STROKE)}"/>'
    turns = (2 * math.pi * start, 2 * math.pi * end)
    (x1, y1), (x2, y2) = ((place.x + RING * math.sin(t), place.y - RING * math.cos(t)) for t in turns)
    way = f"M{x1:.2f} {y1:.2f}A{px(RING)} {px(RING)} 0 {int(end - start > 0.5)} 1 {x2:.2f} {y2:.2f}"
    return f'<path d="{way}" fill="none" {style} stroke-width="{px(STROKE)}"/>'


def _start(place: Place, f: Filling, look: Look) -> str:
    """Where the chain stands: completeness for certain, and what it may be at most."""
    p = look.palette
    parts = [_ring(place, f, look)]
    parts.append(written(place.x, place.y + RING + 22, look.say("现状", "now"), NAME, p.ink, strong=True, anchor="middle"))
    if round(f.most, 2) > round(f.share, 2):
        words = look.say(f"若不详的都有，{f.most:.0%}", f"at most {f.most:.0%}")
        parts.append(written(place.x, place.y + RING + 40, words, SMALL, p.muted, anchor="middle"))
    return "".join(parts)


def _station(step: RoadmapStep, place: Place, f: Filling, look: Look, *, is_provisional: bool, is_selected: bool) -> str:
    """A step: ring with the completeness after it, number, action, segment, what it adds and unlocks."""
    p, x, y = look.palette, place.x, place.y
    around = f'cx="{px(x)}" cy="{px(y)}" r="{px(RING + STROKE / 2 + 5)}" fill="none" stroke="{p.accent}" stroke-width="3"'
    parts = [_ring(place, f, look), f'<circle class="{"cg-chosen" if is_selected else "cg-focus"}" {around}/>']
    number = (x - RING * 0.82, y - RING * 0.82)
    disc = f'<circle cx="{px(number[0])}" cy="{px(number[1])}" r="11" fill="{p.accent}" stroke="{p.raised}" stroke-width="2"/>'
    parts += [disc, written(*number, str(step.order), 12, p.surface, strong=True, anchor="middle")]
    right = x + RING * 0.45 + tag_width(action_words(step.action, look, provisional=is_provisional))
    parts.append(action_tag(right, y - RING * 0.9, step.action, look, provisional=is_provisional))
    level = y + RING + 22
    for line in _name(step, look, place.width):
        parts.append(written(x, level, line, NAME, p.ink, strong=True, anchor="middle"))
        level += NAME + 4
    gain = f.share - f.before
    adds = gain > 0.0005
    words = look.say(f"完整度 +{gain:.0%}", f"completeness +{gain:.0%}") if adds else look.say("为后续铺路", "paves the way")
    parts.append(written(x, level, clipped(words, SMALL, place.width - 8), SMALL, p.accent if adds else p.muted, anchor="middle"))
    for line in _also(step, look, place.width):
        level += LINE
        parts.append(written(x, level, line, SMALL, p.muted, anchor="middle"))
    spoken_as = spoken(_tip(step, f.before, look, is_provisional=is_provisional), look, is_pressed=is_selected)
    ground = (x - place.width / 2 + 4, y - TOP + 14, place.width - 8, level - y + TOP)
    hit = framed(*ground, 8, fill=p.raised, more='fill-opacity="0"')
    return f'<g class="segment" data-id="{escaped(step.segment_id)}" {spoken_as}>{hit}{"".join(parts)}</g>'


def _tip(step: RoadmapStep, before: float, look: Look, *, is_provisional: bool) -> list[str]:
    """What a station says: number, segment, action, completeness before and after, all that it unlocks."""
    name = said(step.name_zh, look.lang)
    verify = look.say("（待核：先查实本地有没有）", " (to verify first: it may be here)") if is_provisional else ""
    lines = [
        look.say(f"第 {step.order} 步：{name}", f"Step {step.order}: {name}"),
        look.say("对策：", "Action: ") + look.word(step.action) + verify,
        look.say("链条完整度", "Completeness") + f" {before:.0%} → {step.completeness:.0%}",
    ]
    if step.unlocked:
        lines.append(look.say("由此可以生产：", "Becomes producible: ") + said(joined(step.unlocked, en=" / "), look.lang))
    return lines


def _key(low: float, high: float, steps: int, look: Look, y: float) -> list[str]:
    """What the parts of a ring mean, of those that occur."""
    p, x, parts = look.palette, 14.0, []
    items = (
        (low > 0, f'stroke="{p.muted}"', look.say("现有", "present")),
        (steps > 1, _earlier(look), look.say("前几步补上", "added before")),
        (True, f'stroke="{p.accent}"', look.say("这一步补上", "added by this step")),
        (high > low, _unknown(look), look.say("不详", "unknown")),
        (high < 1, f'stroke="{p.rule}"', look.say("缺失或缺投入", "missing, or lacking an input")),
    )
    for occurs, style, words in items:
        if occurs:
            parts.append(f'<path d="M{px(x)} {px(y)}h20" {style} stroke-width="{px(STROKE)}"/>')
            parts.append(written(x + 26, y, words, SMALL, p.muted))
            x += 26 + breadth(words, SMALL) + 18
    return parts


def _nothing(look: Look, width: float, title: str) -> str:
    """The picture of an empty roadmap."""
    p, y = look.palette, 58.0
    head = look.say("没有要补的环节", "There is nothing to fill")
    line = look.say(
        "路线图上没有缺口；要强、要稳的环节见诊断。", "The roadmap has no gap; what to strengthen stands in the diagnosis."
    )
    x = (width - 56 - max(breadth(head, 17), breadth(line, 12))) / 2 + 20
    tick = f'd="M{px(x - 9)} {px(y)}l6 7l12 -14" fill="none" stroke="{p.positive}" stroke-width="3.5"'
    parts = [
        framed(MARGIN, 6, width - 2 * MARGIN, 104, 10, fill=p.raised),
        f'<circle cx="{px(x)}" cy="{px(y)}" r="20" fill="none" stroke="{p.positive}" stroke-width="3"/>',
        f'<path {tick} stroke-linecap="round" stroke-linejoin="round"/>',
        written(x + 36, y - 12, head, 17, p.ink, strong=True),
        written(x + 36, y + 13, line, 12, p.muted),
    ]
    return sheet("".join(parts), width, 118, look, title)
