"""Planted arrivals of real listed firms on the shipped graph: by what they came is known by construction."""

import numpy as np
import pandas as pd
import pytest

from recommend.learning import Arrivals
from recommend.learning.cuts import Cut

FIRMS = 200


def planted_arrivals(graph, scale_km, seed=0):
    """Every fourth of `FIRMS` listed firms comes to three cities, drawn by exp(−km ÷ scale); no distance counts where it is infinite."""
    draw = np.random.default_rng(seed)
    companies, places = graph.tables["companies"], graph.places
    regions = graph.regions
    listed = companies[companies["stock_code"].notna() & companies["region_code"].notna() & (companies["country"] == "CN")]
    activities, segments = graph.tables["activities"], graph.tables["segments"]
    making = segments.loc[segments["segment_kind"] != "market", "segment_id"]
    sure = (activities["verdict"] == "confirmed") & activities["segment_id"].isin(making)
    active = set(activities.loc[sure, "company_id"])
    listed = listed[listed["company_id"].isin(active)].iloc[:: max(1, len(listed) // FIRMS)].head(FIRMS)
    row = {c: i for i, c in enumerate(places.cities)}
    rows = []
    for firm in listed.iloc[::4].itertuples():
        seat = row.get(places.city_of(firm.region_code))
        if seat is None:
            continue
        pull = np.exp(-np.nan_to_num(places.distances[seat], nan=1e9) / scale_km)
        pull[seat] = 0.0
        named = [i for i, c in enumerate(places.cities) if regions[c].parent_code in regions]
        pull = pull[named] / pull[named].sum()
        for i in draw.choice(named, 3, replace=False, p=pull):
            city = regions[places.cities[i]]
            day = f"{draw.integers(1998, 2013)}-06-30"
            rows.append((firm.stock_code, regions[city.parent_code].name_zh, city.name_zh, day))
    return pd.DataFrame(rows, columns=["stock_code", "province", "city", "day"]), listed["stock_code"]


@pytest.fixture(scope="session")
def near_arrivals(graph):
    """Arrivals that distance decided."""
    return planted_arrivals(graph, 100.0)


@pytest.fixture(scope="session")
def arrivals(graph, near_arrivals):
    events, candidates = near_arrivals
    return Arrivals.of(events, candidates, graph)


@pytest.fixture(scope="session")
def cut(graph, arrivals):
    return Cut.at(graph, arrivals, 2006, arrivals.firms)
