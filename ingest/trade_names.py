"""How common a trade name (字号) is: how many firms of the nation bear one that begins with the same two characters.

What is common says little: there are many 长城 and one 鹏博士. The figures are totals of the registrations of manufacturers
(1978–2019); `python -m ingest.trade_names REGISTRATIONS.parquet > ingest/trade_names.toml` makes them anew.
"""

import math
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from ingest.names import parse

LEAST_BEARERS = 8
"""Firms below which a trade name is not listed: it counts as rare."""

_FILE = Path(__file__).with_suffix(".toml")


def commonness(core: str) -> float:
    """How common the first two characters of a trade name are: log2 of the firms that bear them, / 12, cut to whole steps; 0..1.

    0 when fewer than `LEAST_BEARERS` bear them, about 1 when more than two thousand do.

    >>> commonness("长城") > commonness("格力") >= commonness("鹏博士") == 0
    True
    """
    return _steps().get(core[:2], 0) / 12


@lru_cache(maxsize=1)
def _steps() -> dict[str, int]:
    listed = tomllib.loads(_FILE.read_text("utf-8"))["firms_at_least"]
    return {pair: int(math.log2(int(firms))) for firms, pairs in listed.items() for pair in pairs.split()}


def counted(names: Iterable[str]) -> str:
    """The file of what names of firms show: for every power of two the first characters of trade names so many firms bear."""
    firms = Counter(trade[:2] for name in names if len(trade := parse(name).trade_name) >= 2)
    by_step: dict[int, list[str]] = defaultdict(list)
    for pair, count in firms.items():
        if count >= LEAST_BEARERS and all("\u4e00" <= sign <= "\u9fff" for sign in pair):
            by_step[int(math.log2(count))].append(pair)
    lines = [f'{2**step} = "{" ".join(sorted(pairs))}"' for step, pairs in sorted(by_step.items())]
    head = f"# First two characters of trade names, by how many of {firms.total():,} registered manufacturers bear them."
    return "\n".join(
        [head, "# Made by `python -m ingest.trade_names`: totals, no names of firms.", "", "[firms_at_least]", *lines, ""]
    )


if __name__ == "__main__":
    import polars as pl

    sys.stdout.write(counted(pl.read_parquet(sys.argv[1], columns=["name"])["name"].drop_nulls().to_list()))
