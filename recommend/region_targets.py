"""The lists of several chains of a region at once, for a graph elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chaingraph.diagnosis import diagnose
from chaingraph.graph import ChainGraph
from chaingraph.recommendation import Recommendation
from chaingraph.targets import RegionTargets, target_rows
from recommend.scorecard import gather
from recommend.weights import Weights

LONGEST = 50
"""Targets of a chain that are written."""


def region_targets(
    graph: ChainGraph,
    region: str,
    chains: Sequence[str] = (),
    weights: Weights | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> RegionTargets:
    """Rank the targets of a region for some chains (ids or names), else for those of its programme, else for all.

    `say` hears which chain is ranked.
    """
    code, used = graph.find_region(region).code, weights or Weights.load()
    wanted = [graph.find_chain(c) for c in chains] or _of_programme(graph, code) or list(graph.chains)
    found: list[Recommendation] = []
    for chain in wanted:
        say(graph.chains[chain])
        found += gather(graph, diagnose(graph, code, chain), None, used.of).ranked(used, LONGEST).targets
    return RegionTargets(code, frozenset(wanted), target_rows(found, graph.version))


def _of_programme(graph: ChainGraph, code: str) -> list[str]:
    programmes, named = graph.tables["programmes"], graph.tables["programme_chains"]
    mine = programmes.loc[programmes["region_code"] == code, "programme_id"]
    return list(named.loc[named["programme_id"].isin(mine), "chain_id"].dropna().unique())
