"""The marks of pictures as SVG: text, boxes, tags, a sign for each grade and each constraint. All text is escaped here."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape as _escape

from chaingraph.drawing.lettering import breadth
from chaingraph.labels import label
from chaingraph.model import Action, Constraint, Presence, SegmentKind
from chaingraph.palette import FONT, PALETTES, SCHEMES, Grade, Palette

SMALL = 11.0
"""The smallest letters of a picture, in pixels."""
RECYCLING = {"light": "#4D7A66", "dark": "#86B59E"}
"""Colour of what flows back, by scheme."""

_SIGNS = {
    Presence.STRONG: '<circle cx="5" cy="5" r="4.6" fill="{ink}"/>',
    Presence.ADEQUATE: '<circle cx="5" cy="5" r="4.1" fill="none" stroke="{ink}"/>'
    '<path d="M5 5V0.9A4.1 4.1 0 1 1 0.9 5Z" fill="{ink}"/>',
    Presence.WEAK: '<circle cx="5" cy="5" r="4.1" fill="none" stroke="{ink}"/><path d="M5 5V0.9A4.1 4.1 0 0 1 9.1 5Z" fill="{ink}"/>',
    Presence.MISSING: '<path d="M1.4 1.4L8.6 8.6M8.6 1.4L1.4 8.6" fill="none" stroke="{ink}" stroke-width="1.9" stroke-linecap="round"/>',
    Presence.UNKNOWN: '<path d="M2.4 3.2C2.4 1.5 3.5 0.7 5 0.7C6.5 0.7 7.6 1.6 7.6 3C7.6 4.7 5 4.9 5 6.7" fill="none" stroke="{ink}"'
    ' stroke-width="1.5" stroke-linecap="round"/><circle cx="5" cy="9" r="1" fill="{ink}"/>',
}
"""A drawn sign for each grade on a field of 10 × 10, so that none is told by its colour alone."""

_INITIALS = {
    Constraint.BREAK: ("断", "B"),
    Constraint.BOTTLENECK: ("堵", "N"),
    Constraint.CHOKEPOINT: ("卡", "C"),
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Look:
    """How a picture looks and speaks: its scheme (``light`` or ``dark``) and its language (``zh`` or ``en``)."""

    lang: str
    scheme: str

    def __post_init__(self) -> None:
        label("", self.lang)
        if self.scheme not in SCHEMES:
            raise ValueError(f"no scheme '{self.scheme}', only {' and '.join(SCHEMES)}")

    @property
    def palette(self) -> Palette:
        """Colours of the scheme."""
        return PALETTES[self.scheme]

    @property
    def recycling(self) -> str:
        """Colour of what flows back."""
        return RECYCLING[self.scheme]

    def say(self, zh: str, en: str) -> str:
        """Return one of two texts by the language."""
        return en if self.lang == "en" else zh

    def word(self, word: str) -> str:
        """Return what people read for a word of the vocabulary."""
        return label(word, self.lang)

    def head(self, word: str) -> str:
        """Return a word of the vocabulary as the first of a line."""
        found = self.word(word)
        return found[:1].upper() + found[1:]

    def grade(self, presence: Presence, kind: SegmentKind) -> Grade:
        """Return the colours of a segment: by its grade, or those of a market."""
        return self.palette.market if kind is SegmentKind.MARKET else self.palette.grades[presence]


def for_xml(text: str) -> str:
    """Return a text as XML can carry it: U+FFFD stands for what it cannot."""
    return _NOT_XML.sub("\ufffd", text)


def escaped(text: str) -> str:
    """Return a text that is safe between tags and within double quotes; what XML cannot carry is replaced by U+FFFD."""
    return _escape(for_xml(text), {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def px(value: float) -> str:
    """Return a length with one decimal, as short as it can be written.

    >>> px(12.0), px(3.14159), px(-0.01)
    ('12', '3.1', '0')
    """
    return f"{round(value, 1) + 0.0:g}"


def written(
    x: float, y: float, words: str, size: float, ink: str, *, strong: bool = False, anchor: str = "start", halo: str = ""
) -> str:
    """Return a line of text whose middle is at height `y`; `halo`: the colour of a rim that keeps it clear of what is behind."""
    look = f' class="cg-strong" font-weight="600" stroke="{ink}" stroke-width="0"' if strong else ""
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    line = f'<text x="{px(x)}" y="{px(y + 0.36 * size)}" font-size="{px(size)}" fill="{ink}"{at}'
    words = escaped(words)
    rim = f'{line} stroke="{halo}" stroke-width="3.5" stroke-linejoin="round" aria-hidden="true">{words}</text>' if halo else ""
    return f"{rim}{line}{look}>{words}</text>"


def spoken(tip: Sequence[str], look: Look, *, is_pressed: bool = False) -> str:
    """Return the attributes by which a part is reached by keyboard, read aloud and explained; `tip` line by line."""
    pressed = ' aria-pressed="true"' if is_pressed else ""
    said_as = escaped(look.say("，", ", ").join(tip))
    return f'data-tip="{escaped(chr(10).join(tip))}" tabindex="0" role="button" aria-label="{said_as}"{pressed}'


def framed(
    x: float, y: float, width: float, height: float, radius: float, *, fill: str = "none", line: str = "none", more: str = ""
) -> str:
    """Return a rectangle with round corners."""
    size = f'x="{px(x)}" y="{px(y)}" width="{px(width)}" height="{px(height)}" rx="{px(min(radius, height / 2))}"'
    return f'<rect {size} fill="{fill}" stroke="{line}"{" " + more if more else ""}/>'


def signed(presence: Presence, x: float, y: float, size: float, ink: str) -> str:
    """Return the sign of a grade; `y` is its middle, `x` its left edge."""
    at = f"translate({px(x)} {px(y - size / 2)}) scale({size / 10:.3g})"
    return f'<g transform="{at}">{_SIGNS[presence].format(ink=ink)}</g>'


def boxed(x: float, y: float, width: float, height: float, presence: Presence, kind: SegmentKind, look: Look) -> str:
    """Return the box of a segment by its grade: dashed when missing, hatched when not known, a pill when a market."""
    grade = look.grade(presence, kind)
    if kind is SegmentKind.MARKET:
        return framed(x, y, width, height, height / 2, fill=grade.fill, line=grade.line, more='class="cg-frame"')
    more, round_by = {
        Presence.MISSING: ('class="cg-frame" stroke-width="1.8" stroke-dasharray="6 4"', 7.0),
        Presence.UNKNOWN: ('class="cg-frame" stroke-width="1.2"', 7.0),
    }.get(presence, ('class="cg-frame" stroke-width="1.2"', 7.0))
    box = framed(x, y, width, height, round_by, fill=grade.fill, line=grade.line, more=more)
    if presence is Presence.UNKNOWN:
        box += framed(x, y, width, height, round_by, more='class="cg-hatch"')
    return box


def badge(constraint: Constraint, x: float, y: float, look: Look) -> str:
    """Return the round badge of a constraint around a point: its first character (B, N and C in English)."""
    p = look.palette
    words = look.say(*_INITIALS[constraint])
    disc = f'<circle cx="{px(x)}" cy="{px(y)}" r="9" fill="{p.constraints[constraint]}" stroke="{p.surface}" stroke-width="1.5"/>'
    return disc + written(x, y, words, SMALL, p.surface, strong=True, anchor="middle")


def tag_width(words: str) -> float:
    """Return the width of a tag."""
    return breadth(words, SMALL) + 12


def tag(x: float, y: float, words: str, *, fill: str, line: str, ink: str, dashed: bool = False) -> str:
    """Return a small tag with its left edge at `x` and its middle at `y`."""
    width = tag_width(words)
    more = 'stroke-width="1.2"' + (' stroke-dasharray="3 2"' if dashed else "")
    pill = framed(x, y - 8.5, width, 17, 8.5, fill=fill, line=line, more=more)
    return pill + written(x + width / 2, y, words, SMALL, ink, anchor="middle")


def action_words(action: Action, look: Look, *, provisional: bool) -> str:
    """Return the word of an action; one that is to be verified first ends in a question mark."""
    return look.word(action) + (look.say("？", "?") if provisional else "")


def action_tag(right: float, y: float, action: Action, look: Look, *, provisional: bool) -> str:
    """Return the tag of an action, its right edge at `right`: filled where something new is to come, quiet where it is kept."""
    p = look.palette
    words = action_words(action, look, provisional=provisional)
    x = right - tag_width(words)
    if provisional:
        return tag(x, y, words, fill=p.surface, line=p.accent, ink=p.accent, dashed=True)
    if action is Action.STABILIZE:
        return tag(x, y, words, fill=p.surface, line=p.rule, ink=p.muted)
    if action is Action.STRENGTHEN:
        return tag(x, y, words, fill=p.surface, line=p.accent, ink=p.accent)
    return tag(x, y, words, fill=p.accent, line=p.accent, ink=p.surface)


def card(x: float, y: float, width: float, height: float, kind: SegmentKind, look: Look) -> str:
    """Return the box of a segment by its kind alone: an edge of colour for what is made, a dotted one for a service, a pill for a market."""
    p = look.palette
    if kind is SegmentKind.MARKET:
        return boxed(x, y, width, height, Presence.UNKNOWN, kind, look)
    r = 7.0 if height > 20 else 3.5
    frame = framed(x, y, width, height, r, fill=p.surface, line=p.rule, more='class="cg-frame" stroke-width="1.2"')
    if kind is SegmentKind.SERVICE:
        way = f"M{px(x + 2.5)} {px(y + r)}V{px(y + height - r)}"
        return f'{frame}<path d="{way}" fill="none" stroke="{p.accent}" stroke-width="5" stroke-dasharray="3 3"/>'
    turn = f"A{px(r)} {px(r)} 0 0 0"
    way = f"M{px(x + r)} {px(y)}{turn} {px(x)} {px(y + r)}V{px(y + height - r)}{turn} {px(x + r)} {px(y + height)}"
    return f'{frame}<path d="{way}H{px(x + 5)}V{px(y)}Z" fill="{p.accent}"/>'


def halo(x: float, y: float, width: float, height: float, look: Look) -> str:
    """Return the halo around what changed: of a box, or of its sample in the legend."""
    wide = 8.0 if height > 20 else 5.0
    reach = wide / 2
    more = f'stroke-opacity="0.3" stroke-width="{px(wide)}"'
    return framed(x - reach, y - reach, width + wide, height + wide, 7 + reach, line=look.palette.accent, more=more)


def choice_mark(x: float, y: float, look: Look) -> str:
    """Return the mark "or" around a point, where one of several inputs is enough."""
    p, words = look.palette, look.say("或", "or")
    width = tag_width(words) - 4
    return tag(x - width / 2 - 2, y, words, fill=p.surface, line=p.link, ink=p.muted)


def sheet(body: str, width: float, height: float, look: Look, title: str) -> str:
    """Return a whole picture: the surface, its style and `body`. Its id comes from what it shows, so that several can share a page."""
    p, width, height = look.palette, math.ceil(width), math.ceil(height)
    uid = "cg-" + hashlib.sha1(f"{look.scheme}{width}{body}".encode(), usedforsecurity=False).hexdigest()[:10]
    unknown = p.grades[Presence.UNKNOWN]
    style = (
        f"#{uid} .cg-hatch{{fill:url(#{uid}-hatch)}}"
        f"#{uid} .segment,#{uid} .link{{cursor:pointer;outline:none}}"
        f"#{uid} .cg-focus{{opacity:0}}"
        f"#{uid} .segment:hover .cg-focus{{opacity:0.45}}#{uid} .segment:focus .cg-focus{{opacity:1}}"
        f"#{uid} .link:hover .cg-line,#{uid} .link:focus .cg-line{{stroke:{p.accent};stroke-opacity:1}}"
        f"#{uid} .link:hover .cg-head,#{uid} .link:focus .cg-head{{fill:{p.accent};opacity:1}}"
        f"#{uid} .link:hover .cg-hollow,#{uid} .link:focus .cg-hollow{{stroke:{p.accent};opacity:1}}"
        f"#{uid} .link:focus .cg-hit{{stroke:{p.accent};stroke-opacity:0.25}}"
    )
    hatch = (
        f'<pattern id="{uid}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path d="M1 0V7" stroke="{unknown.line}" stroke-opacity="0.38" stroke-width="1.6"/></pattern>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{uid}" xml:lang="{look.say("zh-Hans", "en")}" role="group"'
        f' aria-label="{escaped(title)}" viewBox="0 0 {px(width)} {px(height)}" width="100%" font-family="{escaped(FONT)}">'
        f"<style>{style}</style><defs>{hatch}</defs>"
        f'<rect width="{px(width)}" height="{px(height)}" fill="{p.surface}"/>{body}</svg>\n'
    )
