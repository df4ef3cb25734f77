"""How long recommending takes with the shipped data: one list in full, and the plain lists of all prefectures and chains.

    python benchmarks/ranking.py [STORE] [--every N] [--cores N]

STORE is a store as `chaingraph data store` makes it; without one it is made in a temporary folder, which is not timed. `--every N`
takes every nth prefecture only and says what all of them would take.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from core import made

import recommend
from chaingraph import ChainGraph, build, diagnose, stores
from chaingraph.model import RegionLevel
from recommend import Weights

CASES = (("331000", "pump-motor"), ("441200", "new-energy-vehicle"), ("370200", "rubber-tyre"), ("340600", "auto-parts"))
"""Region and chain; the last has most candidates of all lists of the five programmes."""
TOP, ROUNDS = 20, 9


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("store", nargs="?", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--cores", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = asked.store or made(Path(folder))
        graph = build(stores.read(store))
        for region, chain in CASES:
            case(graph, region, chain)
        everywhere(store, graph, asked.every, asked.cores)


def case(graph: ChainGraph, region: str, chain: str) -> None:
    """Print what one list takes: the first time with all that is argued, and then its parts."""
    weights = Weights.load()
    began = time.perf_counter()
    diagnosis = diagnose(graph, region, chain)
    ranking = recommend.shortlist(graph, diagnosis, TOP, weights=weights)
    first = 1e3 * (time.perf_counter() - began)
    print(f"\n{graph.regions[region].name.en} · {graph.chains[chain].en}: {ranking.considered} candidates, the first {TOP}")
    print(f"  {'diagnosis and list with everything argued, the first time':<60}{first:>9.1f} ms")
    evidence = recommend.gather(graph, diagnosis)
    row("gather", lambda: recommend.gather(graph, diagnosis))
    row("ranked, with stability, phone calls, packages", lambda: evidence.ranked(weights, TOP))
    row("ranked, plain", lambda: evidence.ranked(weights, TOP, argued=False))


def row(what: str, call: Callable[[], object]) -> None:
    """Print one median."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        took.append(1e3 * (time.perf_counter() - began))
    print(f"  {what:<60}{statistics.median(took):>9.1f} ms")


def everywhere(store: Path, graph: ChainGraph, every: int, cores: int) -> None:
    """Print what the plain lists of all prefectures for all chains take."""
    cities = [r.code for r in graph.regions.values() if r.level is RegionLevel.PREFECTURE and r.code in graph.places.cities]
    taken, chains = cities[::every], list(graph.chains)
    with ProcessPoolExecutor(cores) as pool:
        found = list(pool.map(lists_of, [(store, taken[n::cores], chains) for n in range(cores)]))
    lists, slowest, each = sum(n for n, *_ in found), max(s for _, s, _ in found), sum(cpu for *_, cpu in found)
    print(f"\n{lists:,} plain lists, {len(taken)} prefectures × {len(chains)} chains on {cores} cores: {slowest:.1f} s")
    whole = each / max(lists, 1) * len(cities) * len(chains) / cores
    print(
        f"  {1e3 * each / max(lists, 1):.1f} ms of a core for each; all {len(cities)} prefectures on {cores} free cores: {whole:.0f} s"
    )


def lists_of(task: tuple[Path, list[str], list[str]]) -> tuple[int, float, float]:
    """Make the list of every chain in some cities; return how many, the seconds they took, and those of the processor."""
    store, cities, chains = task
    graph, weights, lists = build(stores.read(store)), Weights.load(), 0
    recommend.gather(graph, diagnose(graph, *CASES[0])).ranked(weights, TOP)
    began, worked = time.perf_counter(), time.process_time()
    for city in cities:
        for chain in chains:
            recommend.gather(graph, diagnose(graph, city, chain)).ranked(weights, TOP, argued=False)
            lists += 1
    return lists, time.perf_counter() - began, time.process_time() - worked


if __name__ == "__main__":
    main()
