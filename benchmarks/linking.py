"""Linking against a naive term list and against Python row by row: how right, how fast, how it grows.

    python benchmarks/linking.py [--raw RAW] [--sizes SIZE …]

RAW is the folder with the raw sources: its labelled firms (evaluation/links) give precision and recall, with 95 % intervals over the
firms, and its registrations (data/registrations) the scopes; without it there is nothing to measure. Each size is run in a process of
its own, so that its peak memory is its own. Python row by row finds the linker's specific terms and verbs without Polars; it is
not run on more than 10,000 scopes. Seconds are of the clock and of the processor, reading the scopes apart. Links are confirmed ones.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import polars as pl

from chaingraph.model import Verdict
from ingest.chains import ForeignSegment, read_chains
from ingest.linking import MAKING, Lexicons, link
from ingest.linking.accuracy import LinkAccuracy, accuracy_of, evaluate, labels_of, plain_links, texts_of
from ingest.sources.registrations import TABLE

DATA = Path(__file__).resolve().parents[1] / "data"
SIZES = (10_000, 100_000, 660_942)
MOST_ROWS_OF_PYTHON = 10_000
Segments = Iterable[tuple[str, ForeignSegment]]


def main() -> None:
    """Run one measurement (`--one METHOD`) or all of them, and print."""
    parser = argparse.ArgumentParser(description="Precision, recall and speed of linking.")
    parser.add_argument("--raw", type=Path, help="folder with the raw sources")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of scopes that speed is measured at")
    parser.add_argument("--one", choices=METHODS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.raw is None:
        print("linking: not measured, it needs the raw sources (--raw RAW)")
    elif given.one:
        measure(given.raw, given.one, *given.sizes)
    else:
        quality(given.raw)
        growth(given.raw, given.sizes)


def quality(raw: Path) -> None:
    """Print how right each method is on the labelled firms."""
    chains = read_chains(DATA)
    labels = labels_of(raw, Path("nowhere"))
    by_row = accuracy_of("row by row", labels, row_by_row(texts_of(labels), list(chains.segments())))
    print(f"{labels.height:,} labelled firms")
    print(f"{'method':<18}{'links':>8}   {'precision':<23}{'recall of core':<23}")
    for found in (*evaluate(labels, chains), by_row):
        row(found)


def row(found: LinkAccuracy) -> None:
    """Print one line."""
    said = ["{:.3f} ({:.3f}–{:.3f})".format(*share) for share in (found.precision, found.recall)]
    print(f"{found.method:<18}{found.found:>8,}   {said[0]:<23}{said[1]:<23}", flush=True)


def growth(raw: Path, sizes: Iterable[int]) -> None:
    """Print what each method costs at each size."""
    print(f"\n{'method':<18}{'scopes':>10}{'clock':>9}{'CPU':>9}{'scopes/s':>11}{'links':>11}{'peak MB':>10}", flush=True)
    for method in METHODS:
        for size in sizes:
            if method != "row by row" or size <= MOST_ROWS_OF_PYTHON:
                command = [sys.executable, __file__, "--raw", str(raw), "--one", method, "--sizes", str(size)]
                subprocess.run(command, check=True)  # noqa: S603 (nothing in it comes from outside)


def measure(raw: Path, method: str, size: int) -> None:
    """Link `size` scopes by one method and print seconds, links and the process's peak memory."""
    segments = list(read_chains(DATA).segments())
    rows = pl.read_parquet(TABLE.at(raw), columns=["name", "scope"])
    rows = rows.head(size) if size >= rows.height else rows.sample(size, seed=1)
    texts = rows.with_row_index("id").rename({"scope": "text"})
    clock, cpu = time.perf_counter(), time.process_time()
    found = METHODS[method](texts, segments)
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{method:<18}{texts.height:>10,}{clock:>9.1f}{cpu:>9.1f}{texts.height / clock:>11,.0f}{found.height:>11,}{peak:>10,.0f}",
        flush=True,
    )


def linked(texts: pl.DataFrame, segments: Segments) -> pl.DataFrame:
    """Return the linker's confirmed links, the making of the lexicons included."""
    return link(texts, Lexicons.of(segments)).filter(pl.col("verdict") == Verdict.CONFIRMED.value)


def row_by_row(texts: pl.DataFrame, segments: Segments) -> pl.DataFrame:
    """Return the pairs of a loop over firms, items and lexicons: a specific term in an item with a making verb, no exclusion in it."""
    lexicons = [(s, tuple(e.lexicon.specific), tuple(e.lexicon.exclude)) for s, e in segments if e.kind != "market"]
    making, cut = re.compile("|".join(MAKING)), re.compile(r"[、，,；;。()（）]")
    found = set()
    for row, text in texts.select("id", pl.col("text").fill_null("")).iter_rows():
        for item in cut.split(text):
            if making.search(item):
                for segment_id, terms, exclusions in lexicons:
                    if any(term in item for term in terms) and not any(phrase in item for phrase in exclusions):
                        found.add((row, segment_id))
    return pl.DataFrame(sorted(found), schema={"firm": texts.schema["id"], "segment_id": pl.String}, orient="row")


METHODS: Mapping[str, Callable[[pl.DataFrame, Segments], pl.DataFrame]] = {
    "linker": linked,
    "plain terms": plain_links,
    "row by row": row_by_row,
}


if __name__ == "__main__":
    main()
