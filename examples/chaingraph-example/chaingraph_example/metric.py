"""A metric: how much of a segment's supply the country makes itself."""

from chaingraph import ChainGraph, Diagnosis
from chaingraph.measures import Metric
from chaingraph.phrases import Phrase


def home_supply(graph: ChainGraph, diagnosis: Diagnosis) -> dict[str, float]:
    """Share of domestic output in all supply at home, of the segment's input–output sector."""
    return {s.segment_id: graph.segments[s.segment_id].domestic_share for s in diagnosis.segments}


HOME_SUPPLY = Metric(
    home_supply,
    label=Phrase("国内供给占比", "home supply"),
    meaning=Phrase("所属部门的国内供给占比，2020 年", "domestic share of the supply of its sector, 2020"),
    unit=Phrase("占比", "share"),
    low=0,
    high=1,
)
