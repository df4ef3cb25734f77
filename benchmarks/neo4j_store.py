"""What writing a graph to Neo4j costs beside the bare driver: the same rows by the same statements, in alternating rounds.

    python benchmarks/neo4j_store.py [ROUNDS]

100,000 companies and 300,000 activities in 442 segments are written to an empty graph at the server of NEO4J_URI. The bare
driver gets rows that are made already, and neither compares, nor marks, nor locks. Printed: medians in seconds, the ratio, and
the interval in which 90 % of the ratios of resampled rounds lie.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from neo4j import GraphDatabase

from chaingraph import Tables
from chaingraph.stores import neo4j as store
from chaingraph.stores.address import Address, address
from chaingraph.stores.difference import BATCH
from chaingraph.stores.rows import parts

COMPANIES, ACTIVITIES, SEGMENTS = 100_000, 300_000, 442


def tables() -> Tables:
    """Return companies and activities by chance, the same each time."""
    chance = np.random.default_rng(7)
    company = np.array([f"C-{i:06d}" for i in range(COMPANIES)])
    segment = np.array([f"chain/{i:03d}" for i in range(SEGMENTS)])
    # Each company in three segments that are not one another's neighbours.
    first = chance.integers(0, SEGMENTS, COMPANIES)
    pairs = np.concatenate([np.stack([np.arange(COMPANIES), (first + step) % SEGMENTS]) for step in (0, 101, 203)], axis=1)
    return Tables.of(
        {
            "segments": pd.DataFrame({"segment_id": segment, "chain_id": "chain", "name_zh": segment}),
            "companies": pd.DataFrame(
                {"company_id": company, "name_zh": company, "employees": chance.integers(1, 9999, COMPANIES), "origin_id": "made"}
            ),
            "activities": pd.DataFrame(
                {
                    "company_id": company[pairs[0]],
                    "segment_id": segment[pairs[1]],
                    "verdict": "confirmed",
                    "confidence": chance.random(ACTIVITIES),
                    "origin_id": "made",
                }
            ),
        }
    )


def bare(where: Address, made: Tables) -> Callable[[], None]:
    """Return the writing of the same rows by the driver alone."""
    work = [(part.statements.put, part.rows(range(len(part.cells)))) for part in parts(made) if len(part.cells)]

    def run() -> None:
        with GraphDatabase.driver(where.uri, auth=where.auth) as driver, driver.session() as session:
            for text, rows in work:
                for first in range(0, len(rows), BATCH):
                    session.run(text, rows=rows[first : first + BATCH], graph=where.graph).consume()

    return run


def wipe(where: Address) -> None:
    """Remove a graph, its marker and all."""
    with GraphDatabase.driver(where.uri, auth=where.auth) as driver, driver.session() as session:
        # Links first: a segment's are too many for one transaction of a small heap.
        for text in (
            "MATCH ({graph: $g})-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 20000 ROWS",
            "MATCH (n {graph: $g}) CALL (n) { DELETE n } IN TRANSACTIONS OF 20000 ROWS",
        ):
            session.run(text, g=where.graph).consume()


def seconds(run: Callable[[], object]) -> float:
    """Return how long a call takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def main(rounds: int) -> None:
    """Measure and print."""
    where, made = replace(address(), graph="benchmark"), tables()
    wipe(where)
    store.write(Tables.of({}), where)
    ways = {"ours": lambda: store.write(made, where), "bare": bare(where, made)}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name in list(ways)[:: 1 if number % 2 else -1]:
            wipe(where)
            took = seconds(ways[name])
            if number:  # the first round warms the server up
                taken[name].append(took)
    store.write(made, where)
    again = seconds(lambda: store.write(made, where))
    chance = np.random.default_rng(7)
    picks = chance.integers(0, rounds, (2000, rounds))
    ours, alone = (np.array(taken[name]) for name in ways)
    ratios = np.median(ours[picks], axis=1) / np.median(alone[picks], axis=1)
    low, high = np.quantile(ratios, [0.05, 0.95])
    for name, times in taken.items():
        print(f"{name}: {statistics.median(times):.1f} s (" + ", ".join(f"{t:.1f}" for t in times) + ")")
    print(f"ratio: {np.median(ours) / np.median(alone):.2f} [{low:.2f}, {high:.2f}]")
    print(f"written again unchanged: {again:.1f} s")
    wipe(where)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
