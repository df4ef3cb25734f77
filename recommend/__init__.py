"""Who could come, and why: candidates, signals, scores."""

from recommend.scorecard import Ranking, Weights, rank, shortlist

__all__ = ["Ranking", "Weights", "rank", "shortlist"]
