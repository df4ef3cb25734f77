"""In which order to fill the gaps of a chain: each step the one that makes most of the rest producible (docs/methods.md §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chaingraph.graph import ChainGraph
from chaingraph.metrics import completeness, readiness
from chaingraph.model import Action
from chaingraph.phrases import Phrase


@dataclass(frozen=True)
class RoadmapStep:
    """One step of the roadmap (先招谁、再招谁): which segment next, and the chain's completeness after it, in [0, 1].

    >>> for step in cg.diagnose(graph, "桐城", "泵与电机").roadmap:
    ...     print(step.order, step.name_zh.en, step.action.value, round(step.completeness, 2))
    1 Silicon steel, magnet wire and magnets fill 0.5
    2 Pump parts fill 0.75
    3 Variable-frequency drives and smart control fill 0.88
    4 Air compressors and fans extend 1.0
    """

    order: int
    segment_id: str
    name_zh: Phrase
    action: Action
    unlocked: tuple[Phrase, ...]
    completeness: float


def roadmap(graph: ChainGraph, chain: str, present: set[str], gaps: dict[str, Action]) -> tuple[RoadmapStep, ...]:
    """Order the gaps greedily: first by segments that become producible, then by readiness gained, then by id.

    A segment that comes changes only those that need it, so that only they are looked at again.
    """
    have, made = set(present), set(graph.producible(chain, present))
    steps: list[RoadmapStep] = []
    needs = graph.needs(chain)
    concerned: dict[str, dict[str, tuple[frozenset[str], ...]]] = {segment: {} for segment in gaps}
    for segment, ways in needs.items():
        for needed in frozenset().union(*ways) & gaps.keys():
            concerned[needed][segment] = ways
    wanted = [s.id for s in graph.chain_segments(chain, producing=True)]
    left = dict(gaps)

    def worth(segment: str) -> tuple[int, float, str]:
        before, after = (readiness(concerned[segment], there) for there in (have, have | {segment}))
        gain = round(sum(after.values()) - sum(before.values()), 9)
        return -len(_unlocked(concerned[segment], have | {segment}) - made), -gain, segment

    while left:
        best = min(left, key=worth)
        have.add(best)
        unlocked = _unlocked(concerned[best], have) - made
        made |= unlocked
        names = tuple(graph.segments[s].name for s in sorted(unlocked))
        steps.append(
            RoadmapStep(len(steps) + 1, best, graph.segments[best].name, left.pop(best), names, completeness(made, wanted))
        )
    return tuple(steps)


def _unlocked(needs: Mapping[str, tuple[frozenset[str], ...]], have: set[str]) -> set[str]:
    """Segments that can be made: everything of one of their ways is there."""
    return {segment for segment, ways in needs.items() if any(way <= have for way in ways)}
