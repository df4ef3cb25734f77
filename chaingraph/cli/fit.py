"""The command `chaingraph fit`: the learned profile, from past arrivals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaingraph.cli.options import DATA, STORE, DataOpt, StoreOpt, busy, open_graph, talk
from chaingraph.errors import ChaingraphError


def fit(
    raw: Annotated[Path, typer.Option("--raw", help="Folder with the raw sources.")] = Path("../shared"),
    until: Annotated[int, typer.Option("--until", min=2000, max=2019, help="Last year of which anything may be known.")] = 2012,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write to this file (.toml) instead of to stdout.")] = None,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Learn the weights of the signals from past arrivals, and how likely a score is to come true; `--weights FILE` uses them.

    The weights come from before the last five years, the probability from those years. A weight from 0 says how much a signal told
    those who came from those who could have; what arrivals cannot teach keeps the weight set by hand and is marked `declared`.
    """
    from chaingraph.export import replace_file  # noqa: PLC0415
    from recommend.learning import Arrivals  # noqa: PLC0415
    from recommend.learning import fit as learn  # noqa: PLC0415

    if out and out.suffix != ".toml":
        raise ChaingraphError(f"cannot write '{out.name}': found {out.suffix or 'no ending'}, expected .toml.")
    graph = open_graph(data, store)
    with busy("going back to what was known, and learning from who came"):
        learned = learn(graph, Arrivals.read(raw, graph), until)
    if out:
        replace_file(out, learned.write().encode())
    else:
        print(learned.write(), end="")
    made = learned.source
    talk(
        f"{out or 'stdout'}: weights from {made.weights_arrivals} arrivals to {made.weights_until}, probability from "
        f"{made.chance_arrivals} arrivals among {made.chance_pairs:,} pairs of city and firm in {made.chance_from}–{made.chance_until}"
    )
