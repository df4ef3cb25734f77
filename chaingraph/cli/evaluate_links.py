"""The command `chaingraph evaluate links`: how right the linker's links are on firms that people labelled."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaingraph.cli.options import DATA, DataOpt, busy


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
