"""Who could come, and why: candidates, signals, scores."""

from recommend.scorecard import Evidence, Ranking, Weights, gather, rank, shortlist

__all__ = ["Evidence", "Ranking", "Weights", "gather", "rank", "shortlist"]
