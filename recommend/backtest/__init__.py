"""The list held against a team's own past: where each firm that signed would have stood before it did."""

from recommend.backtest.past import graph_before
from recommend.backtest.placing import Placed
from recommend.backtest.trial import Backtest, backtest

__all__ = ["Backtest", "Placed", "backtest", "graph_before"]
