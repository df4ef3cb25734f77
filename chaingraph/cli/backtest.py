"""The command `chaingraph backtest`: a team's own past signings held against the list it would have had."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from chaingraph.cli.options import (
    DATA,
    STORE,
    DataOpt,
    JsonOpt,
    LangOpt,
    StoreOpt,
    WeightsOpt,
    WithOpt,
    busy,
    open_graph,
    own_weights,
    talk,
)
from chaingraph.cli.terminal import console
from chaingraph.errors import ChaingraphError
from chaingraph.labels import label
from chaingraph.phrases import said

if TYPE_CHECKING:
    import pandas as pd

    from chaingraph.graph import ChainGraph
    from ingest.signings import SigningList
    from recommend.backtest import Backtest

SUFFIXES = (".xlsx", ".csv", ".json")


def backtest(
    file: Annotated[
        Path, typer.Argument(metavar="SIGNINGS", help="The team's list of past signings: .xlsx, .csv, .tsv or .txt.")
    ],
    region: Annotated[str, typer.Option("--region", "-r", help="Region that signed: name or code.")],
    chain: Annotated[
        str | None,
        typer.Option("--chain", "-c", help="Rank on the list of this chain; without, on those of all chains a firm is in."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", help="FIELD=HEADING of name, date, project or uscc, where a column was not recognised or is not meant."
        ),
    ] = None,
    weights: WeightsOpt = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write to this file: .xlsx, .csv or .json.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV of the signings on stdout instead of tables.")] = False,
    as_json: JsonOpt = False,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    also: WithOpt = None,
) -> None:
    """Say where each firm that signed would have stood on the region's list before that year, and whether that beats simpler orders.

    Every row is counted. When the signings are too few to tell, that is said, with the number that would be needed.
    """  # fmt: skip
    from ingest.imports import COMMAND  # noqa: PLC0415
    from ingest.signings import read_signings  # noqa: PLC0415
    from recommend.backtest import backtest as run_backtest  # noqa: PLC0415
    from recommend.backtest.report import as_dict, frame  # noqa: PLC0415

    if as_csv and as_json:
        raise ChaingraphError("--csv and --json exclude each other: give one.")
    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise ChaingraphError(f"cannot write '{out}': its suffix must be one of {', '.join(SUFFIXES)}")
    if not file.is_file():
        raise ChaingraphError(f"no file '{file}': give a list of past signings with a column of firms and one of dates")
    used, graph = own_weights(weights), open_graph(data, store, also)
    with busy(f"reading {file}") as say:
        listed = read_signings(file, file.name, graph, columns=dict(map(_pair, column or ())), limits=COMMAND)
        found = run_backtest(graph, listed.signings, region, chain, used, say=say)
    if out is not None:
        _write(out, found, graph, lang)
        talk(f"wrote {out}")
    if as_json:
        print(json.dumps(as_dict(found, graph) | {"rows": dict(listed.counts)}, ensure_ascii=False, indent=1, allow_nan=False))
    elif as_csv:
        print(_csv(frame(found, graph)), end="")
    else:
        _tell(listed, found, graph, lang)


def _pair(text: str) -> tuple[str, str]:
    field, sign, heading = text.partition("=")
    if not sign or not heading:
        raise ChaingraphError(f"'{text}' is no column: write FIELD=HEADING, such as date=签约时间")
    return field.strip(), heading.strip()


def _csv(rows: pd.DataFrame) -> str:
    from chaingraph.export import csv_bytes  # noqa: PLC0415

    return csv_bytes(rows).decode("utf-8-sig")


def _write(out: Path, found: Backtest, graph: ChainGraph, lang: str) -> None:
    from datetime import date  # noqa: PLC0415

    from chaingraph.export import csv_bytes, replace_file  # noqa: PLC0415
    from recommend.backtest.report import as_dict, frame, workbook  # noqa: PLC0415

    suffix = out.suffix.lower()
    if suffix == ".xlsx":
        content = workbook(found, graph, lang, date.today())
    elif suffix == ".csv":
        content = csv_bytes(frame(found, graph))
    else:
        content = (json.dumps(as_dict(found, graph), ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
    replace_file(out, content)


def _tell(listed: SigningList, found: Backtest, graph: ChainGraph, lang: str) -> None:
    from recommend.backtest.rates import MEASURES  # noqa: PLC0415
    from recommend.backtest.report import by_way, rate_text  # noqa: PLC0415

    screen = console()
    for text in (listed.counts_text, *listed.columns):
        talk(said(text, lang))
    screen.print(f"[bold]{escape(said(found.region_name, lang))} · {escape(said(found.chain_name, lang))}[/bold]")
    screen.print(escape(said(found.fates_text, lang)), soft_wrap=True)
    screen.print(_signings(found, graph, lang))
    rates = Table(label("way", lang), *(label(m, lang) for m in MEASURES))
    for way, row in by_way(found).items():
        rates.add_row(label(way, lang), *map(rate_text, row))
    screen.print(rates)
    for text in found.sentences:
        screen.print(escape(said(text, lang)), soft_wrap=True)
    for text in found.limits:
        screen.print(f"[dim]! {escape(said(text, lang))}[/dim]", soft_wrap=True)


def _signings(found: Backtest, graph: ChainGraph, lang: str) -> Table:
    from recommend.backtest.report import ORDERED, firm_name  # noqa: PLC0415

    table = Table(*(label(c, lang) for c in ("signed_on", "written_name", "name", "segment_name")))
    for head in (label("place", lang), label("segment_place", lang), *(label(way, lang) for way in ORDERED)):
        table.add_column(head, justify="right")
    table.add_column(label("fate", lang), overflow="fold")
    for p in found.signings:
        s = p.signing
        firm = said(firm_name(s.company_id, graph), lang) if s.is_known else ""
        segment = said(graph.segments[p.segment_id].name, lang) if p.among else ""
        places = [f"{p.place:g}/{p.among}", f"{p.segment_place:g}/{p.segment_among}"] if p.among else ["", ""]
        places += ["" if math.isnan(at) else f"{at:g}" for at in (p.places.get(way, math.nan) for way in ORDERED)]
        fate = label(p.fate, lang) + (
            "" if p.among else f"：{said(p.because, lang)}" if lang == "zh" else f": {said(p.because, lang)}"
        )
        table.add_row(s.day, *map(escape, (s.name, firm, segment)), *places, escape(fate))
    return table
