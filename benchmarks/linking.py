"""Linking against a naive term list and against Python row by row: how right, how fast, how it grows.

    python benchmarks/linking.py SHARED [SIZE …]

SHARED is the folder with the registrations (data/registrations) and the labelled firms (evaluation/links). Quality is that of all
labelled firms; each size is run in a process of its own, so that its peak memory is its own. Python row by row finds the same
terms and verbs without Polars; it is not run on more than 10,000 scopes.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl

from ingest.chains import ForeignSegment, read_chains
from ingest.linking import MAKING, Lexicons, link
from ingest.linking.accuracy import evaluate, labels_of, plain_links
from ingest.sources.registrations import TABLE

DATA = Path(__file__).resolve().parents[1] / "data"
SIZES = (10_000, 100_000, 660_942)
MOST_ROWS_OF_PYTHON = 10_000
Method = Callable[[pl.DataFrame], pl.DataFrame]


def main() -> None:
    """Run one measurement (`--one METHOD SIZE`) or all of them, and print."""
    shared = Path(sys.argv[1])
    if sys.argv[2:3] == ["--one"]:
        measure(shared, sys.argv[3], int(sys.argv[4]))
        return
    chains = read_chains(DATA)
    for a in evaluate(labels_of(shared, Path("nowhere")), chains):
        print(f"{a.method:<18}{a.found:>6} links   precision {a.precision[0]:.3f}   recall {a.recall[0]:.3f}")
    print(f"\n{'method':<18}{'scopes':>10}{'seconds':>10}{'scopes/s':>12}{'links':>12}{'peak MB':>10}")
    for method in ("linker", "plain terms", "row by row"):
        for size in map(int, sys.argv[2:] or SIZES):
            if method != "row by row" or size <= MOST_ROWS_OF_PYTHON:
                command = [sys.executable, __file__, str(shared), "--one", method, str(size)]
                subprocess.run(command, check=True)  # noqa: S603 (nothing in it comes from outside)


def measure(shared: Path, method: str, size: int) -> None:
    """Link `size` scopes by one method and print time, links and the process's peak memory."""
    segments = list(read_chains(DATA).segments())
    run: Method
    if method == "linker":
        lexicons = Lexicons.of(segments)
        run = lambda texts: link(texts, lexicons)  # noqa: E731
    elif method == "plain terms":
        run = lambda texts: plain_links(texts, segments)  # noqa: E731
    else:
        run = lambda texts: row_by_row(texts, segments)  # noqa: E731
    rows = pl.read_parquet(TABLE.at(shared), columns=["name", "scope"])
    rows = rows.head(size) if size >= rows.height else rows.sample(size, seed=1)
    texts = rows.with_row_index("id").rename({"scope": "text"})
    began = time.perf_counter()
    found = run(texts)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{method:<18}{texts.height:>10,}{seconds:>10.1f}{texts.height / seconds:>12,.0f}{found.height:>12,}{peak:>10,.0f}",
        flush=True,
    )


def row_by_row(texts: pl.DataFrame, segments: Iterable[tuple[str, ForeignSegment]]) -> pl.DataFrame:
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
    return pl.DataFrame(sorted(found), schema=["firm", "segment_id"], orient="row")


if __name__ == "__main__":
    main()
