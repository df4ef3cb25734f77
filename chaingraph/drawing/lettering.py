"""How wide words are, and how they are broken into lines: the measure by which pictures are laid out without a font at hand.

Widths are in half-width units, half an em each: a Chinese character is 2, as in East Asian Width (UAX #11); Latin letters, whose
widths differ, are rounded up to those of a bold sans serif, so that what fits by this measure fits when it is drawn.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ELLIPSIS = "…"
_NARROW = frozenset("fijlrtI.,:;'!|()[]{}-/ `")
_BROAD = frozenset("mwMW%@")
_NO_START = frozenset("、，。；：！？）》」』”’…·,.;:!?)]}%")
_NO_END = frozenset("（《「『“‘([{")
_CONJUNCTIONS = frozenset("与及和或")


@lru_cache(maxsize=4096)
def units(letter: str) -> float:
    """Return the width of one character in half-width units, in [0, 2.5]."""
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn", "Me"):
        return 0.0
    if ord(letter) >= 0x1F000 and ord(letter) < 0x20000:
        return 2.5
    if unicodedata.east_asian_width(letter) in "WFA":
        return 2.0
    if letter in _NARROW:
        return 0.8
    if letter in _BROAD:
        return 1.9
    return 1.5 if letter.isupper() or letter in "&#$+<=>~" else 1.22


def breadth(text: str, size: float) -> float:
    """Return the width of a text in pixels at a font size in pixels."""
    return sum(map(units, text)) * size / 2


def clipped(text: str, size: float, room: float) -> str:
    """Return a text as it fits into `room` pixels: whole, or cut and ended by an ellipsis."""
    if breadth(text, size) <= room:
        return text
    kept = ""
    for letter in text:
        if breadth(kept + letter + ELLIPSIS, size) > room:
            break
        kept += letter
    return kept.rstrip(" 、，,;；·") + ELLIPSIS


@lru_cache(maxsize=8192)
def wrapped(text: str, size: float, room: float, lines: int = 2, *, even: bool = True) -> tuple[str, ...]:
    """Return a text in at most `lines` lines of `room` pixels, the last one cut if need be.

    Of the ways to break it in two, the one that ends a line where the sense does (after a comma, before "与") and leaves the
    lines about equal; of a list (not `even`), the one that fills the first line.
    """
    text = " ".join(text.split())
    if lines == 1 or breadth(text, size) <= room:
        return (clipped(text, size, room),)
    places = [i for i in range(1, len(text)) if _may_break(text, i)]
    heads = [(i, text[:i].rstrip(), text[i:].lstrip()) for i in places]
    fitting = [h for h in heads if breadth(h[1], size) <= room]
    if not fitting:
        return (clipped(text, size, room),)

    def cost(h: tuple[int, str, str]) -> float:
        first = breadth(h[1], size)
        uneven = abs(first - breadth(h[2], size)) if even else room - first
        return uneven - 3 * size * _sense(text, h[0])

    whole = [h for h in fitting if breadth(h[2], size) <= room]
    _, head, rest = min(whole, key=cost) if whole else fitting[-1]
    return (head, rest) if whole else (head, *wrapped(rest, size, room, lines - 1, even=even))


def whole_in(text: str, size: float, room: float, lines: int = 2) -> bool:
    """Whether nothing of a text is cut when it is wrapped."""
    return "".join("".join(wrapped(text, size, room, lines)).split()) == "".join(text.split())


@lru_cache(maxsize=8192)
def roughness(text: str, size: float, room: float, lines: int = 2) -> int:
    """How a text suffers when it is wrapped: 0 not at all, 1 broken within a phrase, 2 cut."""
    text = " ".join(text.split())
    broken = wrapped(text, size, room, lines)
    if not whole_in(text, size, room, lines):
        return 2
    return 1 if any(_sense(text, text.index(a) + len(a)) == 0 and text[len(a)] != " " for a in broken[:-1]) else 0


def _may_break(text: str, i: int) -> bool:
    before, after = text[i - 1], text[i]
    if after in _NO_START or before in _NO_END:
        return False
    return before in " -/" or after == " " or units(before) >= 2 or units(after) >= 2


def _sense(text: str, i: int) -> float:
    """How well the sense allows a break before character `i`, in [0, 1]."""
    if text[i - 1] in "、，；, " or text[i] == "（":
        return 1.0
    return 0.9 if text[i] in _CONJUNCTIONS else 0.0
