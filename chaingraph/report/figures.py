"""Pictures at the size of a printed page: as narrow as drawn well, so that their letters come out large."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from docx.shared import Pt

from chaingraph.drawing.raster import to_png
from chaingraph.report.blocks import Box, Figure, Heading, Paragraph
from chaingraph.report.styles import MARGIN_CM, PAGE_CM, PICTURE_CM, SETTINGS, TEXT_CM, height_cm

WIDTHS = (760.0, 840.0, 940.0, 1060.0, 1180.0)
"""Widths in pixels that are tried: printed to the same width, a narrower drawing has larger letters and is higher."""
SCALE = 2.5
"""Dots per pixel: the narrowest picture has some 290 to the inch of a page."""
LEAST_CM, SPARE_CM = 8.0, 0.6
"""With less room than this a picture goes to the next page; what an estimate of a height may be wrong by, about a line."""

_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def room_under(head: Sequence[Heading | Paragraph | Box], lang: str) -> float:
    """Return the height that is left on a page for a picture and its caption, in centimetres; a page where it is too little."""
    caption = Pt(SETTINGS["Caption"].line + SETTINGS["Caption"].before + SETTINGS["Caption"].after).cm
    left = PAGE_CM[1] - 2 * MARGIN_CM - sum(height_cm(block, lang) for block in head) - caption - SPARE_CM
    return left if left >= LEAST_CM else PICTURE_CM


def figure(caption: str, alt: str, draw: Callable[[float], str], tallest_cm: float = PICTURE_CM) -> Figure:
    """Return what `draw` draws (width → SVG) as a figure: at the first of `WIDTHS` at which it is good, else the last.

    Good is a picture that cuts no name short and is not higher than `tallest_cm` when it is as wide as the text.
    """
    svg = ""
    for width in WIDTHS:
        svg = draw(width)
        if aspect(svg) * TEXT_CM <= tallest_cm and "…" not in svg:
            break
    return Figure(caption, alt, tallest_cm, to_png(svg, scale=SCALE))


def aspect(svg: str) -> float:
    """Return the height of a picture in its widths.

    >>> aspect('<svg viewBox="0 0 800 400"/>')
    0.5
    """
    found = _SIZE.search(svg)
    if not found:
        raise ValueError("a picture without a viewBox")
    width, height = map(float, found.groups())
    return height / width
