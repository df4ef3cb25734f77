"""chaingraph: an industrial-chain knowledge graph and target-company recommender."""

from chaingraph.constraints import Finding
from chaingraph.diagnosis import Diagnosis, SegmentDiagnosis, diagnose
from chaingraph.drawing.showing import Picture, show
from chaingraph.errors import ChaingraphError, DataError, Problem, UnknownNameError
from chaingraph.graph import ChainGraph, build
from chaingraph.opening import open
from chaingraph.phrases import Phrase, said
from chaingraph.places import Region
from chaingraph.presence import Thresholds
from chaingraph.recommendation import Exclusion, Reason, Recommendation
from chaingraph.roadmap import RoadmapStep
from chaingraph.structure import Segment, SupplyLink
from chaingraph.tables import Tables

__all__ = [
    "ChainGraph",
    "ChaingraphError",
    "DataError",
    "Diagnosis",
    "Exclusion",
    "Finding",
    "Phrase",
    "Picture",
    "Problem",
    "Reason",
    "Recommendation",
    "Region",
    "RoadmapStep",
    "Segment",
    "SegmentDiagnosis",
    "SupplyLink",
    "Tables",
    "Thresholds",
    "UnknownNameError",
    "build",
    "diagnose",
    "open",
    "said",
    "show",
]
