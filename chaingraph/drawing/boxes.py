"""The words in the boxes of a chain's picture: how large they can be so that they fit, and how they are set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chaingraph.drawing.lettering import breadth, clipped, roughness, wrapped
from chaingraph.drawing.marks import SMALL, signed, written
from chaingraph.model import Presence
from chaingraph.palette import Grade

NAMES = (17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.5, SMALL)
"""Sizes that the names may have, in pixels."""
LINE_HEIGHT = 1.28
"""Height of a line of a name, in sizes of its letters."""
SMALL_LINE_HEIGHT = 1.36
DENSE = 8
"""More rows than this are set close."""


@dataclass(frozen=True)
class Words:
    """The words of a box: name, and the line below it in several forms, the longest first (none: no such line)."""

    name: str
    forms: tuple[str, ...]
    is_market: bool

    def form(self, n: int) -> str:
        """The small line in its n-th form, or the shortest."""
        return self.forms[min(n, len(self.forms) - 1)]


@dataclass(frozen=True)
class Letters:
    """How the words of all boxes are set, in pixels: width of a box, size of names and small lines, space at the sides,
    least space above and below (tags reach over the edge).

    `lines`, `small_lines`: lines of the name and below it; `form`: which form of the small line all boxes show; `has_signs`:
    whether the sign of a grade stands before the name.
    """

    width: float
    name: float
    small: float
    pad: float
    inset: float
    lines: int
    small_lines: int
    form: int
    has_signs: bool

    @property
    def height(self) -> float:
        """Height of a box."""
        below = 3 + self.small_lines * self.small * SMALL_LINE_HEIGHT if self.small_lines else 0.0
        return 2 * self.inset + self.lines * self.name * LINE_HEIGHT + below

    @property
    def indent(self) -> float:
        """What the sign, or the coloured edge, takes from the line."""
        return self.name * 0.85 + 7 if self.has_signs else 4.0

    def room(self, words: Words) -> float:
        """Width of the lines; a market has no sign but round ends."""
        return self.width - 2 * self.pad - (14.0 if words.is_market else self.indent)

    def rough(self, words: Words) -> int:
        """How a name suffers when it is set in the size of all (`lettering.roughness`)."""
        return roughness(words.name, self.name, self.room(words), self.lines)

    def size(self, words: Words) -> float:
        """Size of the name: that of all, or the largest below it at which the name is whole."""
        room = self.room(words)
        return next((n for n in NAMES if n <= self.name and roughness(words.name, n, room, self.lines) < 2), SMALL)

    def set_lines(self, words: Words) -> tuple[str, ...]:
        """The lines of the name."""
        return wrapped(words.name, self.size(words), self.room(words), self.lines)

    def below(self, words: Words) -> tuple[str, ...]:
        """The lines below the name."""
        if not words.forms:
            return ()
        form, room = words.form(self.form), self.room(words)
        return wrapped(form, self.small, room, 2, even=False) if self.small_lines > 1 else (clipped(form, self.small, room),)


def lettered(boxes: Sequence[Words], width: float, *, has_signs: bool, small_lines: int = 1, rows: int = 1) -> Letters:
    """Return how the words of boxes of a width are set, `rows` boxes in the fullest column: names as large as is good for all.

    Above 14 pixels a pixel of size counts 0.7, below 1.5. Every further line costs 0.6 a row, the share of names broken within
    a phrase twelve, as much the share that has to be set smaller, forty more the share that is cut at any size. A third line
    is there only for names that two would cut.
    """
    is_dense = rows > DENSE
    plain = Letters(width, SMALL, SMALL, 11.0 if width > 130 else 8.0, 8.0 if is_dense else 11.0, 2, 0, 0, has_signs)
    if any(plain.rough(b) == 2 for b in boxes):
        plain = replace(plain, lines=3)

    def worth(t: Letters) -> float:
        rough = [t.rough(b) for b in boxes]
        cut = sum(roughness(b.name, SMALL, t.room(b), t.lines) == 2 for b in boxes)
        further = max((len(t.set_lines(b)) for b in boxes), default=1) - 1
        size = (0.7 if t.name > 14 else 1.5) * (t.name - 14)
        return size - 0.6 * rows * further - (12 * sum(r > 0 for r in rough) + 40 * cut) / max(1, len(boxes))

    best = max((replace(plain, name=n) for n in NAMES if n <= 12 or not is_dense), key=worth)
    # Sizes that differ little look like one.
    best = replace(best, name=min([best.name, *(best.size(b) + 2 for b in boxes)]))
    best = replace(best, lines=max((len(best.set_lines(b)) for b in boxes), default=1))
    below = [b for b in boxes if b.forms]
    largest = min(max(SMALL, best.name - 2.5), 13.0)
    if not below:
        return best
    if small_lines > 1:
        best = replace(best, small=min(largest, 12.0), small_lines=small_lines)
        return replace(best, small_lines=max(len(best.below(b)) for b in below))
    # A shorter form says less; smaller letters say the same.
    sizes = [s for s in (largest, 12.0, SMALL) if s <= largest]
    forms = range(max(len(b.forms) for b in below))
    tried = [replace(best, small=size, form=form, small_lines=1) for form in forms for size in sizes]
    return next((t for t in tried if all(breadth(b.form(t.form), t.small) <= t.room(b) for b in below)), tried[-1])


def set_in(words: Words, t: Letters, x: float, y: float, presence: Presence | None, grade: Grade, muted: str) -> str:
    """Return the words of the box at a left top corner: from the left after the sign, centred in a market.

    `presence`: the grade whose sign stands before the name, none in the panorama; `muted`: the ink of the small line there.
    """
    size, lines, below = t.size(words), t.set_lines(words), t.below(words)
    deep = len(lines) * size * LINE_HEIGHT + (3 + len(below) * t.small * SMALL_LINE_HEIGHT if below else 0)
    level = y + t.height / 2 - deep / 2 + size * LINE_HEIGHT / 2
    left, anchor = (x + t.width / 2, "middle") if words.is_market else (x + t.pad + t.indent, "start")
    # Words on a hatched ground stand clear of it.
    halo = grade.fill if presence is Presence.UNKNOWN and not words.is_market else ""
    parts = [signed(presence, x + t.pad, level, t.name * 0.85, grade.ink)] if presence and not words.is_market else []
    for line in lines:
        parts.append(written(left, level, line, size, grade.ink, strong=not words.is_market, anchor=anchor, halo=halo))
        level += size * LINE_HEIGHT
    level += 3 + (t.small * SMALL_LINE_HEIGHT - size * LINE_HEIGHT) / 2
    for line in below:
        parts.append(written(left, level, line, t.small, grade.ink if presence else muted, anchor=anchor, halo=halo))
        level += t.small * SMALL_LINE_HEIGHT
    return "".join(parts)
