"""Who could come, and why: candidates, signals, scores."""

from recommend.ranking import Ranking
from recommend.scorecard import Evidence, gather, rank, shortlist
from recommend.weights import Weight, Weights

__all__ = ["Evidence", "Ranking", "Weight", "Weights", "gather", "rank", "shortlist"]
