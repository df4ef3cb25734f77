"""How well the relatedness methods foresee what a city takes up next, and how long the one that is used takes.

python benchmarks/feasibility.py [DATA]
"""

from __future__ import annotations

import sys
import time

import numpy as np

import chaingraph as cg
from chaingraph.relatedness import feasibility
from recommend import specialising


def main() -> None:
    """Measure and print."""
    graph = cg.open(sys.argv[1] if len(sys.argv) > 1 else "data")
    print(specialising.trial(graph).round(3).to_string(index=False))
    evidence, special = graph.places.evidence, graph.places.specialised
    times = []
    for _ in range(5):
        started = time.perf_counter()
        feasibility(np.log1p(evidence), special)
        times.append(time.perf_counter() - started)
    print(f"feasibility of {special.shape[0]} cities × {special.shape[1]} segments: {1000 * np.median(times):.0f} ms")


if __name__ == "__main__":
    main()
