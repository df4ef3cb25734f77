"""Segments and links with what is known of them, as formats of graphs take it."""

from __future__ import annotations

import math

import networkx as nx

from chaingraph.diagnosis import diagnose
from chaingraph.drawing.marks import for_xml
from chaingraph.exchange.format import Scope
from chaingraph.graph import ChainGraph, Segment
from chaingraph.model import Presence, SegmentKind


def described(graph: ChainGraph, scope: Scope) -> nx.DiGraph[str]:
    """Return `graph.to_networkx()` for files: an attribute that is not known is absent, not "nan".

    With a region, producing segments have their grade as `presence`. A character that XML cannot hold becomes U+FFFD.
    """
    found = graph.to_networkx(scope.chain)
    for segment, grade in grades(graph, scope).items():
        found.nodes[segment]["presence"] = grade.value
    for known in (*(d for _, d in found.nodes(data=True)), *(d for *_, d in found.edges(data=True))):
        for name, value in list(known.items()):
            if isinstance(value, float) and math.isnan(value):
                del known[name]
            elif isinstance(value, str):
                known[name] = for_xml(value)
    return found


def members(graph: ChainGraph, chain: str) -> list[Segment]:
    """Return the segments of a chain (id), upstream to downstream, without those of other chains that supply it."""
    return [s for s in graph.chain_segments(chain) if s.chain_id == chain]


def grades(graph: ChainGraph, scope: Scope) -> dict[str, Presence]:
    """Return what the region has of every segment that is produced; nothing without a region."""
    if scope.region is None:
        return {}
    chains = [scope.chain] if scope.chain else graph.chains
    found = (s for chain in chains for s in diagnose(graph, scope.region, chain).segments)
    return {s.segment_id: s.presence for s in found if s.kind is not SegmentKind.MARKET}


def one_line(text: str) -> str:
    """Return a text for a label: on one line, every run of space one space, as XML can carry it."""
    return for_xml(" ".join(text.split()))
