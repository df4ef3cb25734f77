"""What a person sees on a terminal: the diagnosis, the targets, one target with all its points."""

from __future__ import annotations

import math
import os
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from chaingraph.diagnosis import Diagnosis
from chaingraph.labels import label
from chaingraph.phrases import joined, said
from chaingraph.recommendation import Recommendation

if TYPE_CHECKING:
    from recommend.scorecard import Ranking

WIDTH = 150
"""Width without a terminal, in characters: wide enough that no table is cut."""

INDENT = (0, 0, 0, 3)
"""Space around what is said of a firm below its name: to the left."""

NARROW = 100
"""Width below which columns of sentences would be a word wide: they are written below one another."""


def show_diagnosis(found: Diagnosis, lang: str) -> None:
    """Print a diagnosis: every segment with its grade, interval, constraint and action, and the roadmap."""
    out = console()
    head, share = said(found.heading, lang), found.completeness_text(lang)
    out.print(f"[bold]{escape(head)}[/bold]  {label('completeness', lang)} {share}")
    out.print(f"[dim]{escape(said(found.coverage_text, lang))}[/dim]")
    table = Table(show_lines=False, expand=False)
    right = ("company_count", "location_quotient", "keystone_gain")
    for n, s in enumerate(found.segments):
        cells = s.cells(lang)
        for column in () if n else cells:
            table.add_column(label(column, lang), justify="right" if column in right else "left")
        for m in () if n else found.metrics:
            table.add_column(escape(said(joined((m.label, m.unit), " · ", " · "), lang)), justify="right")
        further = ("" if math.isnan(v) else f"{v:,.4g}" for v in (m.values[s.segment_id] for m in found.metrics))
        table.add_row(*map(escape, cells.values()), *further)
    out.print(table)
    for s in found.segments:
        for f in s.findings:
            out.print(f"  {escape(said(s.name, lang))}  {escape(said(f.text, lang))}", soft_wrap=True)
    if found.roadmap:
        steps = " → ".join(f"{r.order}.{said(r.name_zh, lang)}" for r in found.roadmap)
        out.print(f"{label('roadmap', lang)}: {escape(steps)}", soft_wrap=True)
    out.print()


def show_targets(found: Diagnosis, ranking: Ranking, lang: str) -> None:
    """Print the targets with score, coverage, strongest reasons and the strongest one against, how firm each is; then the packages."""
    out = console()
    out.print(
        f"[bold]{escape(said(found.heading, lang))} · {label('targets', lang)}[/bold]  "
        f"{len(ranking.targets)} / {ranking.considered}{'，' if lang == 'zh' else ', '}{label('excluded', lang)} {len(ranking.excluded)}"
    )
    if is_narrow(out):
        for t in ranking.targets:
            _show_below(out, t, lang)
    else:
        out.print(_targets_table(ranking, lang))
    if ranking.packages:
        out.print(f"[bold]{label('package', lang)}[/bold]")
    for package in ranking.packages:
        out.print(Padding(escape(f"＋ {said(package.text, lang)}"), INDENT, expand=False))


def _targets_table(ranking: Ranking, lang: str) -> Table:
    table = Table(show_lines=False)
    table.add_column("#", justify="right")
    for column, justify in (("name", "left"), ("segment_name", "left"), ("score", "right"), ("coverage", "right")):
        table.add_column(label(column, lang), justify=justify, no_wrap=column in ("score", "coverage"))  # type: ignore[arg-type]
    table.add_column(label("reasons", lang), ratio=3, overflow="fold")
    table.add_column(label("against", lang), ratio=2, overflow="fold")
    for t in ranking.targets:
        kept = "" if math.isnan(t.stability) else f"{label('stability', lang)} {t.stability:.0%}"
        firm = " · ".join(filter(None, (said(t.chance_text, lang), kept)))
        about = "\n".join(filter(None, (said(t.seat, lang), label(t.mover, lang) if t.mover else "")))
        table.add_row(
            str(t.rank),
            f"{escape(said(t.name, lang))}\n[dim]{escape(about)}[/dim]",
            escape(said(t.segment_name, lang)),
            f"{t.score:.1f}",
            f"{t.coverage:.0%}",
            escape(_strongest(t, lang)) + (f"\n[dim]≈ {escape(firm)}[/dim]" if firm else ""),
            escape(said(t.against, lang)),
        )
    return table


def _show_below(out: Console, t: Recommendation, lang: str) -> None:
    """Print a target as lines below one another."""
    out.print(f"[bold]{escape(said(t.heading, lang))}[/bold]")
    marked = (
        ("", said(t.seat, lang)),
        ("+ ", _strongest(t, lang)),
        ("− ", said(t.against, lang)),
        ("≈ ", said(t.standing, lang)),
    )
    for mark, text in marked:
        if text:
            out.print(Padding(escape(mark + text), INDENT, expand=False))


def _strongest(t: Recommendation, lang: str) -> str:
    return said(joined((r.text for r in t.strongest[:2]), "；", "; "), lang)


def show_target(target: Recommendation, lang: str) -> None:
    """Print how one target's score comes about, signal by signal, and what is said for, against and beside it."""
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
    beside = (
        ("− ", (target.against,)),
        ("⇄ ", (target.rival_text if target.rival_text != target.against else "",)),
        ("☎ ", (target.phone_call,)),
        ("↔ ", target.warm_path),
        ("＋ ", target.package),
        ("≈ ", (target.standing,)),
        (f"{label('alternatives', lang)} ", (joined(target.alternatives),)),
        ("", (joined(target.lists),)),
    )
    for mark, texts in beside:
        for text in filter(None, texts):
            out.print(escape(mark + said(text, lang)), soft_wrap=True)


def console() -> Console:
    """A console for results on stdout; without a terminal, wide enough that a table is not cut."""
    return Console() if sys.stdout.isatty() else Console(width=int(os.environ.get("COLUMNS", WIDTH)), force_terminal=False)


def is_narrow(out: Console) -> bool:
    """Whether a terminal has no room for columns of sentences."""
    return out.width < NARROW
