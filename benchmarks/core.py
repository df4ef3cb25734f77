"""How long the core takes with the shipped data: medians in milliseconds, and what the process holds.

    python benchmarks/core.py [STORE]

STORE is a store as `chaingraph data store` makes it; without one it is made in a temporary folder, which is not timed.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import psutil

import recommend
from chaingraph import ChainGraph, build, diagnose, stores
from chaingraph.overview import by_attention, glance
from recommend import Weights

PROJECT = Path(__file__).resolve().parents[1]

CASES = (("331000", "pump-motor"), ("331000", "auto-parts"), ("441200", "new-energy-vehicle"), ("370200", "integrated-circuit"))
QINGDAO = "370200"
ROUNDS = 9
TOP = 200


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(sys.argv[1]) if len(sys.argv) > 1 else made(Path(folder))
        report(store)


def made(store: Path) -> Path:
    """Make a store of the shipped data, in a process of its own so that its memory is not counted here."""
    command = [sys.executable, "-m", "chaingraph", "data", "store", "--data", str(PROJECT / "data"), "--store", str(store)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)  # noqa: S603 (nothing in it comes from outside)
    return store


def report(store: Path) -> None:
    """Print the table of medians, and the memory before and after."""
    empty = resident_mb()
    loading = median_ms(lambda: build(stores.read(store)), rounds=3)
    graph = build(stores.read(store))
    loaded = resident_mb()
    began = time.perf_counter()
    diagnose(graph, *CASES[0])
    print(f"{'load: build(stores.read(...))':<62}{loading:>9.1f} ms")
    print(f"{'first diagnosis of a new graph, once':<62}{1e3 * (time.perf_counter() - began):>9.1f} ms")
    weights = Weights.load()
    for region, chain in CASES:
        case(graph, region, chain, weights)
    chains = programme(graph, QINGDAO)
    print(f"\n{graph.regions[QINGDAO].name.en}, the whole programme")
    row(f"overview: {len(chains)} chains at a glance", lambda: by_attention(glance(diagnose(graph, QINGDAO, c)) for c in chains))
    row(f"overview with the targets of {len(chains)} chains", lambda: targets(graph, chains, weights), rounds=3)
    print(f"\n{'memory: before, with the graph, after all of this':<62}{empty:.0f}, {loaded:.0f}, {resident_mb():.0f} MB")


def case(graph: ChainGraph, region: str, chain: str, weights: Weights) -> None:
    """Print the medians of one chain in one region."""
    print(f"\n{graph.regions[region].name.en} · {graph.chains[chain].en}")
    diagnosis = diagnose(graph, region, chain)
    evidence = recommend.gather(graph, diagnosis)
    ranking = evidence.ranked(weights, TOP)
    sliders = iter([weights.changed({"distance": float(points)}) for points in range(ROUNDS + 1)])
    firms = cycle(t.company_id for t in ranking.targets[:ROUNDS])
    row(f"diagnose, {len(diagnosis.segments)} segments", lambda: diagnose(graph, region, chain))
    row(f"gather, {len(evidence.segments)} wanted segments", lambda: recommend.gather(graph, diagnosis))
    row(f"ranked, {ranking.considered} candidates, the first {TOP}", lambda: evidence.ranked(next(sliders), TOP))
    row("a firm lands, and the diagnosis after it", lambda: diagnose(graph.with_landing(next(firms), region), region, chain))


def row(what: str, call: Callable[[], object], rounds: int = ROUNDS) -> None:
    """Print one median."""
    print(f"  {what:<60}{median_ms(call, rounds):>9.1f} ms")


def median_ms(call: Callable[[], object], rounds: int) -> float:
    """Return the median time of a call in milliseconds, after one that is not counted."""
    call()
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        took.append(1e3 * (time.perf_counter() - began))
    return statistics.median(took)


def targets(graph: ChainGraph, chains: tuple[str, ...], weights: Weights) -> object:
    """Rank the targets of each chain."""
    return [recommend.gather(graph, diagnose(graph, QINGDAO, c)).ranked(weights, TOP) for c in chains]


def programme(graph: ChainGraph, region: str) -> tuple[str, ...]:
    """Return the chain of every entry of a region's programme for which there is one, in the order of the programme."""
    mine = graph.tables["programmes"].query("region_code == @region")["programme_id"]
    entries = graph.tables["programme_chains"]
    return tuple(entries.loc[entries["programme_id"].isin(mine), "chain_id"].dropna())


def resident_mb() -> float:
    """Return the memory this process holds, in MB."""
    return float(psutil.Process().memory_info().rss / 1e6)


if __name__ == "__main__":
    main()
