"""What a person sees on a terminal: the diagnosis, the targets, one target with all its points."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chaingraph.diagnosis import Diagnosis
from chaingraph.labels import label
from chaingraph.model import Recommendation

if TYPE_CHECKING:
    from recommend.scorecard import Ranking

WIDTH = 150
"""Width without a terminal, in characters: wide enough that no table is cut."""


def show_diagnosis(found: Diagnosis, lang: str) -> None:
    """Print a diagnosis: every segment with its grade, interval, constraint and action, and the roadmap."""
    out = console()
    low, high = found.completeness
    out.print(
        f"[bold]{found.region.name_zh} · {found.chain_name}[/bold]  {label('completeness', lang)} {completeness_text(low, high, lang)}"
    )
    out.print(f"[dim]{escape(found.coverage_text)}[/dim]")
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
        constraint = "、".join(
            dict.fromkeys(label(f.constraint.value, lang) + f"({label(f.area.value, lang)})" for f in s.findings)
        )
        name = s.name_zh if lang == "zh" else s.name_en
        market = s.kind.value == "market"
        table.add_row(
            label(s.stage.value, lang),
            name,
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
            out.print(f"  {s.name_zh}  {escape(f.text)}", soft_wrap=True)
    if found.roadmap:
        steps = " → ".join(f"{r.order}.{r.name_zh}" for r in found.roadmap)
        out.print(f"{label('roadmap', lang)}: {steps}", soft_wrap=True)
    out.print()


def show_targets(found: Diagnosis, ranking: Ranking, lang: str) -> None:
    """Print the targets with score, coverage, strongest reasons and the strongest one against."""
    out = console()
    out.print(
        f"[bold]{found.region.name_zh} · {found.chain_name} · {label('targets', lang)}[/bold]  "
        f"{len(ranking.targets)} / {ranking.considered}，{label('excluded', lang)} {len(ranking.excluded)}"
    )
    table = Table(show_lines=False)
    table.add_column("#", justify="right")
    for column, justify in (("name", "left"), ("segment_name", "left"), ("score", "right"), ("coverage", "right")):
        table.add_column(label(column, lang), justify=justify, no_wrap=column in ("score", "coverage"))  # type: ignore[arg-type]
    table.add_column(label("reasons", lang), ratio=3, overflow="fold")
    table.add_column(label("against", lang), ratio=2, overflow="fold")
    for t in ranking.targets:
        reasons = "；".join(r.text for r in t.strongest[:2])
        table.add_row(
            str(t.rank),
            f"{escape(t.name)}\n[dim]{escape(t.seat)}[/dim]",
            t.segment_name,
            f"{t.score:.1f}",
            f"{t.coverage:.0%}",
            escape(reasons),
            escape(t.against),
        )
    out.print(table)


def show_target(target: Recommendation, lang: str) -> None:
    """Print how one target's score comes about, signal by signal."""
    out = console()
    out.print(
        f"[bold]{escape(target.name)}[/bold] → {target.segment_name}  {target.score:.1f} · {label('coverage', lang)} {target.coverage:.0%} · {target.seat}"
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
            escape(r.text),
        )
    table.add_row("", "", "100%", f"{target.score:.1f}", "", style="bold")
    out.print(table)
    out.print(f"− {escape(target.against)}", soft_wrap=True)
    out.print(f"⇄ {escape(target.rival_text)}", soft_wrap=True)
    if target.lists:
        out.print("、".join(target.lists), soft_wrap=True)


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
