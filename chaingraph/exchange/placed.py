"""Where segments stand and what colours they have, so that a program opens a picture and not a tangle."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chaingraph.drawing.columns import arrange
from chaingraph.drawing.layout import BAND_GAP, HEAD, MARGIN, Measures, laid_out
from chaingraph.exchange.described import grades, members
from chaingraph.exchange.format import Scope
from chaingraph.graph import ChainGraph
from chaingraph.model import SegmentKind
from chaingraph.palette import PALETTES, STAGES, Grade

PITCH, BOX_WIDTH, BOX_HEIGHT = 220.0, 150.0, 48.0
BETWEEN = 160.0
"""Space between chains."""


@dataclass(frozen=True)
class Placed:
    """Centre of a segment in pixels, to the right and down, and its colours."""

    x: float
    y: float
    colours: Grade


def placed(graph: ChainGraph, scope: Scope) -> dict[str, Placed]:
    """Return where every segment stands: each chain as its picture lays it out, chains row by row in about a square."""
    chains = [scope.chain] if scope.chain else list(graph.chains)
    drawn = [_chain(graph, chain) for chain in chains]
    across = math.ceil(math.sqrt(len(drawn)))
    step = max((width for _, width, _ in drawn), default=0.0) + BETWEEN
    look, top = colours(graph, scope), 0.0
    out: dict[str, Placed] = {}
    for first in range(0, len(drawn), across or 1):
        row = drawn[first : first + across]
        for n, (centres, _, _) in enumerate(row):
            out |= {s: Placed(round(x + n * step, 1), round(y + top, 1), look[s]) for s, (x, y) in centres.items()}
        top += max(height for _, _, height in row) + BETWEEN
    return out


def _chain(graph: ChainGraph, chain: str) -> tuple[dict[str, tuple[float, float]], float, float]:
    """The centres of the segments of a chain, and the size of its picture."""
    segments = members(graph, chain)
    arrangement = arrange(segments, [k for s in segments for k in graph.inputs(s.id)])
    stages = arrangement.stages
    width = 2 * MARGIN + BAND_GAP * max(0, len(set(stages)) - 1) + PITCH * len(stages)
    layout = laid_out(arrangement, Measures(width, BOX_WIDTH, BOX_HEIGHT))
    centres = {b.segment_id: (b.x + b.width / 2, b.middle - HEAD) for b in layout.boxes.values()}
    return centres, width, layout.height - HEAD


def colours(graph: ChainGraph, scope: Scope) -> dict[str, Grade]:
    """Return the colours of every segment: by the grade it has in the region, or without a region by its stage."""
    palette, found = PALETTES["light"], grades(graph, scope)
    segments = [s for s in graph.segments.values() if scope.chain in (None, s.chain_id)]
    if scope.region is None:
        return {s.id: STAGES[s.stage] for s in segments}
    return {s.id: palette.market if s.kind is SegmentKind.MARKET else palette.grades[found[s.id]] for s in segments}
