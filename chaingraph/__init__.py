"""chaingraph: an industrial-chain knowledge graph and target-company recommender."""

from chaingraph.diagnosis import Diagnosis, diagnose
from chaingraph.errors import ChaingraphError, DataError, Problem, UnknownNameError
from chaingraph.graph import ChainGraph, build
from chaingraph.model import Recommendation
from chaingraph.presence import Thresholds
from chaingraph.tables import Tables

__all__ = [
    "ChainGraph",
    "ChaingraphError",
    "DataError",
    "Diagnosis",
    "Problem",
    "Recommendation",
    "Tables",
    "Thresholds",
    "UnknownNameError",
    "build",
    "diagnose",
]
