"""The commands `chaingraph evaluate …`: how well what we say holds up against what is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaingraph.cli.options import DATA, STORE, DataOpt, StoreOpt, busy, open_graph

evaluate_app = typer.Typer(no_args_is_help=True, help="How well what is said holds up against what is known.")


@evaluate_app.command("presence", epilog="Example: chaingraph evaluate presence")
def presence(
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=100, help="How often each city is made thin.")] = 5,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Make well-covered cities thin, and say how often the 90 % interval of the location quotient holds what all their data say."""
    from chaingraph.calibration import presence_calibration  # noqa: PLC0415

    graph = open_graph(data, store)
    with busy("making cities thin"):
        found = presence_calibration(graph, rounds)
    print("| Trial | Expected firms seen | Cells | Held | Interval too high | Too low |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for r in found[found["cells"] > 0].itertuples():
        band = "all" if (r.expected_from, r.expected_to) == (0.0, float("inf")) else f"{r.expected_from:g}–{r.expected_to:g}"
        words = {"thin": "20 % kept", "thin-and-holes": "20 %, with holes"}[r.trial]
        print(
            f"| {words} | {band.replace('–inf', ' or more')} | {r.cells:,} | {r.held:.1%} | {r.too_high:.1%} | {r.too_low:.1%} |"
        )


@evaluate_app.command("links", epilog="Example: chaingraph evaluate links --raw ../shared")
def links(
    raw: Annotated[Path, typer.Option("--raw", help="Folder with the raw sources and the labelled firms.")],
    data: DataOpt = DATA,
) -> None:
    """Say how right the linker's confirmed links are on labelled firms: precision, recall, and plain terms beside them.

    The firms that the weights were learnt on are also scored with their chains left out; other sets were never learnt on.
    """
    from ingest.chains import read_chains  # noqa: PLC0415
    from ingest.linking.accuracy import LEARNT_ON, calibration, evaluate, labels_of  # noqa: PLC0415

    chains = read_chains(data)
    with busy("linking labelled firms"):
        labels = labels_of(raw, data)
        sets = labels.partition_by("set", maintain_order=True)
        rows = [(part["set"][0], a) for part in sets for a in evaluate(part, chains, leave_out=part["set"][0] == LEARNT_ON)]
        learnt = [part for part in sets if part["set"][0] == LEARNT_ON]
        bands = calibration(learnt[0], chains) if learnt else []
    print("| Labelled firms | Method | Firms | Core | Links | Precision (95 %) | Recall (95 %) |")
    print("| --- | --- | ---: | ---: | ---: | --- | --- |")
    for name, a in rows:
        shares = " | ".join("{:.3f} ({:.3f}–{:.3f})".format(*share) for share in (a.precision, a.recall))
        print(f"| {name} | {a.method} | {a.firms} | {a.core} | {a.found} | {shares} |")
    if bands:
        print("\n| Confidence, chains left out | Links | Mean confidence | Right |\n| --- | ---: | ---: | ---: |")
    for b in bands:
        print(f"| {b.confidence_from:g}–{b.confidence_to:g} | {b.links} | {b.confidence:.3f} | {b.right:.3f} |")
