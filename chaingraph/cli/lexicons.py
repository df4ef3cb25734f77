"""The command `chaingraph lexicons`: which terms of the lexicons a careful reader would stumble over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaingraph.cli.options import DATA, DataOpt, JsonOpt, LangOpt, busy, show_findings
from chaingraph.errors import ChaingraphError, DataError


def lexicons(
    chain: Annotated[
        str | None,
        typer.Option("--chain", "-c", help="Only the lexicons of this chain: name or id, such as 泵与电机 or pump-motor."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", help="Firms to try the lexicons on: a .csv or .parquet file with the columns name and scope."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also the findings that the data explain, with the reason at the end of the line.")
    ] = False,
    as_json: JsonOpt = False,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
) -> None:
    """Say which terms say too much, too little or nothing, and nothing explains; docs/lint.md has every rule."""
    from ingest.chains import read_chains  # noqa: PLC0415
    from ingest.lexicon_lint import lint_lexicons, read_accepted  # noqa: PLC0415
    from ingest.lexicon_usage import read_firms, usage  # noqa: PLC0415

    read = read_chains(data)
    if read.problems:
        raise DataError(list(read.problems))
    only = f"{read.find(chain)}/" if chain else ""
    segments = dict(read.segments())
    used = None
    if against:
        if not against.is_file():
            raise ChaingraphError(f"no file '{against}': give firms with the columns name and scope")
        with busy(f"linking the firms of {against}"):
            used = usage(read_firms(against), segments)
    found = [f for f in lint_lexicons(segments, used, read_accepted(data)) if f.where.startswith(only)]
    show_findings(found, everything=everything, as_json=as_json, lang=lang)
