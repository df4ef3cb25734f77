"""Who could come, and why: candidates, signals, scores."""

from recommend.packages import Package
from recommend.ranking import Ranking
from recommend.retention import RetentionRisk, at_risk
from recommend.scorecard import Evidence, gather, rank, shortlist
from recommend.weights import Weight, Weights

__all__ = ["Evidence", "Package", "Ranking", "RetentionRisk", "Weight", "Weights", "at_risk", "gather", "rank", "shortlist"]
