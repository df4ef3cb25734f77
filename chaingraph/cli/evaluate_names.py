"""The command `chaingraph evaluate names`: how often a name is given to the right company."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaingraph.cli.options import busy


def names(
    raw: Annotated[Path, typer.Option("--raw", help="Folder with the raw sources: the truth is in evaluation/names.")] = Path(
        "../shared"
    ),
) -> None:
    """Match names with a known company; say precision, recall, and how often a name whose firm is not listed is accepted."""
    from ingest.name_trial import Truth, measure  # noqa: PLC0415

    truth = Truth.read(raw)
    print("| Names | Precision | Recall | Accepted though the firm is not listed | Foreign firms accepted |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for what, alone in (("as one list", False), ("each alone", True)):
        with busy(f"matching the names {what}"):
            found = measure(truth, alone=alone)
        shares = (found.precision, found.recall, found.left_out, found.foreign)
        print(f"| {what} | {' | '.join(f'{s.value:.3f} ({s.low:.3f}–{s.high:.3f}) of {s.of:,}' for s in shares)} |")
