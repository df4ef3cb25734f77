"""What a person sees on a terminal: the diagnosis, the targets, one target with all its points."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chaingraph.diagnosis import Diagnosis
from chaingraph.labels import label
from chaingraph.model import Recommendation
from chaingraph.phrases import joined, said

if TYPE_CHECKING:
    from recommend.scorecard import Ranking

WIDTH = 150
"""Width without a terminal, in characters: wide enough that no table is cut."""


def show_diagnosis(found: Diagnosis, lang: str) -> None:
    """Print a diagnosis: every segment with its grade, interval, constraint and action, and the roadmap."""
    out = console()
    low, high = found.completeness
    out.print(
        f"[bold]{escape(_place_and_chain(found, lang))}[/bold]  {label('completeness', lang)} {completeness_text(low, high, lang)}"
    )
    out.print(f"[dim]{escape(said(found.coverage_text, lang))}[/dim]")
    table = Table(show_lines=False, expand=False)
    for column in (
        "stage",
        "segment_name",
        "presence",
        "company_count",
        "location_quotient",
        "constraint",
        "action",
        "keystone_gain",
    ):
        table.add_column(
            label(column, lang), justify="right" if column in ("company_count", "location_quotient", "keystone_gain") else "left"
        )
    for s in found.segments:
        interval = "" if s.lq != s.lq else f"{s.lq:.1f} [{s.lq_low:.1f}, {s.lq_high:.1f}]"
        action = label(s.action.value, lang) + (label("to_verify", lang) if s.is_provisional else "") if s.action else "—"
        space = " " if lang == "en" else ""
        constraint = _listed(
            dict.fromkeys(f"{label(f.constraint.value, lang)}{space}({label(f.area.value, lang)})" for f in s.findings), lang
        )
        market = s.kind.value == "market"
        table.add_row(
            label(s.stage.value, lang),
            escape(said(s.name, lang)),
            label("market", lang) if market else label(s.presence.value, lang),
            "" if market else str(s.company_count),
            interval,
            constraint or "—",
            action,
            f"+{s.keystone_gain:.0%}" if s.keystone_gain else "",
        )
    out.print(table)
    for s in found.segments:
        for f in s.findings:
            out.print(f"  {escape(said(s.name, lang))}  {escape(said(f.text, lang))}", soft_wrap=True)
    if found.roadmap:
        steps = " → ".join(f"{r.order}.{said(r.name_zh, lang)}" for r in found.roadmap)
        out.print(f"{label('roadmap', lang)}: {escape(steps)}", soft_wrap=True)
    out.print()


def show_targets(found: Diagnosis, ranking: Ranking, lang: str) -> None:
    """Print the targets with score, coverage, strongest reasons and the strongest one against."""
    out = console()
    out.print(
        f"[bold]{escape(_place_and_chain(found, lang))} · {label('targets', lang)}[/bold]  "
        f"{len(ranking.targets)} / {ranking.considered}{'，' if lang == 'zh' else ', '}{label('excluded', lang)} {len(ranking.excluded)}"
    )
    table = Table(show_lines=False)
    table.add_column("#", justify="right")
    for column, justify in (("name", "left"), ("segment_name", "left"), ("score", "right"), ("coverage", "right")):
        table.add_column(label(column, lang), justify=justify, no_wrap=column in ("score", "coverage"))  # type: ignore[arg-type]
    table.add_column(label("reasons", lang), ratio=3, overflow="fold")
    table.add_column(label("against", lang), ratio=2, overflow="fold")
    for t in ranking.targets:
        reasons = said(joined((r.text for r in t.strongest[:2]), "；", "; "), lang)
        table.add_row(
            str(t.rank),
            f"{escape(said(t.name, lang))}\n[dim]{escape(said(t.seat, lang))}[/dim]",
            escape(said(t.segment_name, lang)),
            f"{t.score:.1f}",
            f"{t.coverage:.0%}",
            escape(reasons),
            escape(said(t.against, lang)),
        )
    out.print(table)


def show_target(target: Recommendation, lang: str) -> None:
    """Print how one target's score comes about, signal by signal."""
    out = console()
    out.print(
        f"[bold]{escape(said(target.name, lang))}[/bold] → {escape(said(target.segment_name, lang))}  {target.score:.1f}"
        f" · {label('coverage', lang)} {target.coverage:.0%} · {escape(said(target.seat, lang))}"
    )
    table = Table()
    for column, justify in (("signal", "left"), ("value", "right"), ("weight", "right"), ("points", "right"), ("text", "left")):
        table.add_column(label(column, lang), justify=justify)  # type: ignore[arg-type]
    for r in sorted(target.reasons, key=lambda r: -r.points):
        table.add_row(
            label(r.signal, lang),
            "?" if r.value is None else f"{r.value:.2f}",
            f"{r.weight:.0%}",
            f"{r.points:.1f}",
            escape(said(r.text, lang)),
        )
    table.add_row("", "", "100%", f"{target.score:.1f}", "", style="bold")
    out.print(table)
    out.print(f"− {escape(said(target.against, lang))}", soft_wrap=True)
    out.print(f"⇄ {escape(said(target.rival_text, lang))}", soft_wrap=True)
    if target.lists:
        out.print(escape(_listed(target.lists, lang)), soft_wrap=True)


def _place_and_chain(found: Diagnosis, lang: str) -> str:
    return said(joined((found.region.name, found.chain_name), " · ", " · "), lang)


def _listed(texts: Iterable[str], lang: str) -> str:
    return said(joined(texts), lang)


def console() -> Console:
    """A console for results on stdout; without a terminal, wide enough that a table is not cut."""
    return Console() if sys.stdout.isatty() else Console(width=int(os.environ.get("COLUMNS", WIDTH)), force_terminal=False)


def completeness_text(low: float, high: float, lang: str) -> str:
    """Return the completeness as an interval; where it spans more than half, say that it cannot be told."""
    if high - low > 0.5:
        return (
            f"{low:.0%}–{high:.0%}（{label('cannot_tell', lang)}）"
            if lang == "zh"
            else f"{low:.0%}–{high:.0%} ({label('cannot_tell', lang)})"
        )
    return f"{low:.0%}" if low == high else f"{low:.0%}–{high:.0%}"
