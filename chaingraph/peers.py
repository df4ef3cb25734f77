"""Cities to look at beside a region: those that have the chain, and those that are like it."""

from __future__ import annotations

import numpy as np

from chaingraph.graph import ChainGraph
from chaingraph.metrics import location_quotient
from chaingraph.presence import Thresholds

REACH_KM = 600.0
"""Farther cities are compared with by nobody: other wages, other markets. Declared judgement."""


def rival_cities(graph: ChainGraph, region: str, chain: str, number: int = 3) -> list[str]:
    """Return the cities that have most of a chain: most segments with at least five firms and a location quotient of 1.

    Among equals, those with more firms in the chain. The region's own city is left out.
    """
    places, limits = graph.places, Thresholds()
    columns = [i for i, s in enumerate(graph.segment_ids) if s in {k.id for k in graph.chain_segments(chain, producing=True)}]
    counts = places.counts[:, columns]
    quotient = np.nan_to_num(location_quotient(places.evidence))[:, columns]
    strong = ((quotient >= limits.strong_from) & (counts >= limits.strong_companies)).sum(axis=1)
    order = np.lexsort((np.arange(len(strong)), -counts.sum(axis=1), -strong))
    home = places.city_of(region)
    return [places.cities[i] for i in order if places.cities[i] != home and strong[i] > 0][:number]


def peer_cities(graph: ChainGraph, region: str, number: int = 2) -> list[str]:
    """Return the cities within 600 km whose industry is nearest in size: smallest |ln(firms ÷ firms here)|, then by code.

    Size is what the sources see: manufacturing registrations and known companies. None where the source saw nothing here.
    """
    places = graph.places
    rows = {c: i for i, c in enumerate(places.cities)}
    home = rows.get(places.city_of(region))
    size = places.exposure.sum(axis=0)
    if home is None or size[home] <= 0:
        return []
    away = np.nan_to_num(places.distances[home], nan=np.inf)
    near = [i for i in range(len(size)) if i != home and away[i] <= REACH_KM and size[i] > 0]
    near.sort(key=lambda i: (abs(float(np.log(size[i] / size[home]))), places.cities[i]))
    return [places.cities[i] for i in near[:number]]
