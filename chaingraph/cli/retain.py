"""The command `chaingraph retain`: which of the region's own leading firms other cities draw most."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from chaingraph.cli.options import (
    DATA,
    STORE,
    ChainOpt,
    DataOpt,
    JsonOpt,
    LangOpt,
    RegionArg,
    StoreOpt,
    WeightsOpt,
    WithOpt,
    open_graph,
    own_weights,
    talk,
)
from chaingraph.cli.terminal import INDENT, console, is_narrow
from chaingraph.errors import ChaingraphError
from chaingraph.labels import label
from chaingraph.phrases import Phrase, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chaingraph.diagnosis import Diagnosis
    from recommend.retention import RetentionRisk

SUFFIXES = (".csv", ".json")

_NONE = Phrase("资料里没有坐落本地、已确认在该链的龙头企业", "no leading firm confirmed in this chain is known to sit here")
_SHOWN = 0.1
"""Points from which a draw is worth a line."""


def retain(
    region: RegionArg,
    chain: ChainOpt,
    top: Annotated[int, typer.Option("--top", min=1, max=1000, help="Length of the list.")] = 10,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write to this file: .csv or .json.")] = None,
    as_json: JsonOpt = False,
    weights: WeightsOpt = None,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    also: WithOpt = None,
) -> None:
    """Say which of the region's own leading firms other cities draw most, and what would keep them: a caution, not a prediction."""
    from chaingraph.diagnosis import diagnose  # noqa: PLC0415
    from chaingraph.export import csv_bytes, replace_file  # noqa: PLC0415
    from recommend.retention import at_risk, to_pandas  # noqa: PLC0415

    if out and out.suffix.lower() not in SUFFIXES:
        raise ChaingraphError(f"cannot write '{out}': its suffix must be one of {', '.join(SUFFIXES)}")
    graph, used = open_graph(data, store, also), own_weights(weights)
    found = diagnose(graph, region, chain)
    risks = at_risk(graph, found, top, used)
    plain = json.dumps([r.as_dict() for r in risks], ensure_ascii=False, indent=1)
    if out:
        replace_file(out, csv_bytes(to_pandas(risks)) if out.suffix.lower() == ".csv" else f"{plain}\n".encode())
        talk(f"wrote {out}")
    elif as_json:
        print(plain)
    else:
        _show(found, risks, lang)


def _show(found: Diagnosis, risks: Sequence[RetentionRisk], lang: str) -> None:
    """Print the firms with what draws each, its rival city and what would keep it; the caution last, where it is read."""
    from recommend.retention import CAUTION  # noqa: PLC0415

    out = console()
    out.print(f"[bold]{escape(said(found.heading, lang))} · {label('retention', lang)}[/bold]")
    drawn = {r.company_id: [d for d in r.draws if d.is_known and d.points >= _SHOWN] for r in risks}
    words = {
        r.company_id: [
            f"+{d.points:.1f} {label(d.signal, lang)}: {said(d.text, lang)}"
            for d in sorted(drawn[r.company_id], key=lambda d: -d.points)
        ]
        for r in risks
    }
    if not risks:
        out.print(said(_NONE, lang))
    elif is_narrow(out):
        for r in risks:
            out.print(
                f"[bold]{r.rank}. {escape(said(r.name, lang))}[/bold] → {escape(said(r.segment_name, lang))} · {r.points:.1f}"
            )
            for mark, text in [*(("", w) for w in words[r.company_id]), ("⇄ ", said(r.text, lang)), ("✓ ", said(r.keep, lang))]:
                out.print(Padding(escape(mark + text), INDENT, expand=False))
    else:
        out.print(_table(risks, words, lang))
    out.print(f"[dim]{escape(said(CAUTION, lang))}[/dim]", soft_wrap=True)


def _table(risks: Sequence[RetentionRisk], words: Mapping[str, Sequence[str]], lang: str) -> Table:
    table = Table(show_lines=True)
    table.add_column("#", justify="right")
    for column in ("name", "segment_name"):
        table.add_column(label(column, lang))
    table.add_column(label("points", lang), justify="right", no_wrap=True)
    for column in ("draws", "rival_region", "keep"):
        table.add_column(label(column, lang), ratio=1, overflow="fold")
    for r in risks:
        cells = (said(r.name, lang), said(r.segment_name, lang), f"{r.points:.1f}", "\n".join(words[r.company_id]) or "—")
        table.add_row(str(r.rank), *map(escape, (*cells, said(r.text, lang), said(r.keep, lang))))
    return table
