"""The roadmap is the plain greedy order: whoever looks at every segment of every chain again at each step finds the same."""

from __future__ import annotations

import random

import pytest

from chaingraph import ChainGraph
from chaingraph.metrics import completeness, readiness
from chaingraph.model import Action
from chaingraph.roadmap import RoadmapStep, roadmap


def plainly(graph: ChainGraph, chain: str, present: set[str], gaps: dict[str, Action]) -> list[RoadmapStep]:
    """The order by its definition, everything looked at anew for every candidate of every step."""
    have, left, needs = set(present), dict(gaps), graph.needs(chain)
    wanted = [s.id for s in graph.chain_segments(chain, producing=True)]
    steps: list[RoadmapStep] = []
    while left:
        made = graph.producible(chain, have)
        more = {s: graph.producible(chain, have | {s}) - made for s in left}
        gain = {s: round(sum(readiness(needs, have | {s}).values()), 9) for s in left}
        best = min(left, key=lambda s: (-len(more[s]), -gain[s], s))
        have.add(best)
        names = tuple(graph.segments[s].name for s in sorted(more[best]))
        share = completeness(graph.producible(chain, have), wanted)
        steps.append(RoadmapStep(len(steps) + 1, best, graph.segments[best].name, left.pop(best), names, share))
    return steps


@pytest.mark.parametrize("share", [0.1, 0.6])
def test_the_roadmap_of_every_chain_is_the_plain_greedy_order(graph: ChainGraph, share: float) -> None:
    choice = random.Random(7)  # noqa: S311 (a plain draw)
    for chain in graph.chains:
        ids = [s.id for s in graph.chain_segments(chain, producing=True)]
        here = {s for s in ids if choice.random() < share}
        gaps = {s: Action.FILL for s in ids if s not in here}
        assert list(roadmap(graph, chain, here, gaps)) == plainly(graph, chain, here, gaps), chain
