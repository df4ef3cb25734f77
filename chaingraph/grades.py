"""What regions have of segments, as a frame: computed from the tables, not one of them."""

from __future__ import annotations

import pandas as pd

from chaingraph.diagnosis import diagnose
from chaingraph.graph import ChainGraph
from chaingraph.model import SegmentKind

COLUMNS = {
    "region_code": "str",
    "segment_id": "str",
    "grade": "str",
    "companies": "Int64",
    "lq": "float64",
    "keystone_gain": "float64",
}


def grades(graph: ChainGraph, *more: str) -> pd.DataFrame:
    """Return one row per region with a programme, and of `more` (codes), and segment of any chain that is no market, as the diagnosis grades it.

    `companies`: registrations linked plus known companies. `lq`: location quotient, NaN where not known. `keystone_gain`: how much
    the chain's mean readiness rises when the segment is filled, in [0, 1].
    """
    found = [
        (region, s.segment_id, s.presence.value, s.company_count, s.lq, s.keystone_gain)
        for region in sorted({*graph.tables["programmes"]["region_code"], *more})
        for chain in graph.chains
        for s in diagnose(graph, region, chain).segments
        if s.kind is not SegmentKind.MARKET
    ]
    return pd.DataFrame(found, columns=list(COLUMNS)).astype(COLUMNS)
