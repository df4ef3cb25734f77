"""Blocks of a page as HTML: marks, cards and tables of results. No Streamlit here; all text is escaped."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from chaingraph.diagnosis import Diagnosis, SegmentDiagnosis
from chaingraph.labels import label
from chaingraph.model import Action, Constraint, Presence, SegmentKind
from chaingraph.palette import PALETTES
from chaingraph.phrases import said
from chaingraph.recommendation import Recommendation

MARKS = {
    Presence.STRONG: '<circle cx="5" cy="5" r="4.5" fill="currentColor"/>',
    Presence.ADEQUATE: '<circle cx="5" cy="5" r="4" fill="none" stroke="currentColor"/><path d="M5 5V1A4 4 0 1 1 1 5Z" fill="currentColor"/>',
    Presence.WEAK: '<circle cx="5" cy="5" r="4" fill="none" stroke="currentColor"/><path d="M5 5V1A4 4 0 0 1 9 5Z" fill="currentColor"/>',
    Presence.MISSING: '<path d="M1.5 1.5l7 7m0-7l-7 7" stroke="currentColor" stroke-width="1.8"/>',
    Presence.UNKNOWN: '<path d="M1 9L9 1M-1 6L6 -1M4 11L11 4" stroke="currentColor" stroke-width="1.2"/>',
}
"""A drawn sign for each grade, so that none is told by its colour alone."""

SCALE = (0.1, 20.0)
"""Ends of the axis of location quotients; beyond them the interval is cut and ends in an arrow."""


def root(scheme: str, inside: str) -> str:
    """Put blocks under the colours of a scheme."""
    p = PALETTES[scheme]
    colours = {
        **{
            "muted": p.muted,
            "rule": p.rule,
            "raised": p.raised,
            "accent": p.accent,
            "positive": p.positive,
            "negative": p.negative,
        },
        **{c.value: colour for c, colour in p.constraints.items()},
    }
    style = ";".join(f"--{name}:{value}" for name, value in colours.items())
    return f'<div class="cg-wide" style="{style}">{inside}</div>'


def _style(scheme: str, presence: Presence, kind: SegmentKind = SegmentKind.MAKING) -> str:
    p = PALETTES[scheme]
    grade = p.market if kind is SegmentKind.MARKET else p.grades[presence]
    fill = grade.fill
    if presence is Presence.UNKNOWN and kind is not SegmentKind.MARKET:
        fill = f"repeating-linear-gradient(135deg,{grade.fill} 0 4px,{p.rule} 4px 6px)"
    line = "dashed" if presence is Presence.MISSING else "solid"
    return f"background:{fill};border-color:{grade.line};border-style:{line};color:{grade.ink}"


def chip(scheme: str, lang: str, presence: Presence, kind: SegmentKind = SegmentKind.MAKING) -> str:
    """Return a grade as a word with its sign; a market is demand and has none."""
    if kind is SegmentKind.MARKET:
        return f'<span class="chip" style="{_style(scheme, presence, kind)}">{label(kind, lang)}</span>'
    mark = f'<svg viewBox="0 0 10 10" aria-hidden="true">{MARKS[presence]}</svg>'
    return f'<span class="chip" style="{_style(scheme, presence)}">{mark}{label(presence, lang)}</span>'


def constraint_tag(lang: str, constraint: Constraint, area: str = "", tip: str = "") -> str:
    """Return a constraint as a tag in its colour."""
    where = f" · {escape(area)}" if area else ""
    return f'<span class="tag {constraint.value}" data-tip="{escape(tip)}">{label(constraint, lang)}{where}</span>'


def action_tag(lang: str, action: Action | None, *, provisional: bool = False) -> str:
    """Return an action as a tag; a provisional one says that it is to be verified."""
    if action is None:
        return ""
    verify = label("to_verify", lang) if provisional else ""
    return f'<span class="tag">{label(action, lang)}{escape(verify)}</span>'


def strip(scheme: str, lang: str, segments: Iterable[SegmentDiagnosis]) -> str:
    """Return a chain as a row of small fields, upstream to downstream, each in the look of its grade."""
    fields = "".join(
        f'<i class="{s.presence.value}" style="{_style(scheme, s.presence, s.kind)}" data-tip="{escape(tip(lang, s))}"></i>'
        for s in segments
    )
    return f'<div class="strip" role="img" aria-label="{escape(counted(lang, segments))}">{fields}</div>'


def tip(lang: str, s: SegmentDiagnosis) -> str:
    """Return what a segment says of itself when pointed at."""
    word = label(s.kind, lang) if s.kind is SegmentKind.MARKET else label(s.presence, lang)
    return f"{said(s.name_zh, lang) if lang == 'zh' else s.name_en} · {word}\n{said(s.because, lang)}"


def counted(lang: str, segments: Iterable[SegmentDiagnosis]) -> str:
    """Return how many segments have each grade, in words."""
    grades = [s.presence for s in segments if s.kind is not SegmentKind.MARKET]
    order = (Presence.STRONG, Presence.ADEQUATE, Presence.WEAK, Presence.MISSING, Presence.UNKNOWN)
    return ("、" if lang == "zh" else ", ").join(f"{grades.count(g)} {label(g, lang)}" for g in order if g in grades)


def completeness_bar(low: float, high: float, tip_text: str) -> str:
    """Return completeness as a bar: sure up to `low`, hatched up to `high` (not known)."""
    return (
        f'<div class="bar" data-tip="{escape(tip_text)}"><b style="width:{low:.0%}"></b>'
        f'<u style="left:{low:.0%};width:{max(0.0, high - low):.0%}"></u></div>'
    )


def share(low: float, high: float) -> str:
    """Return a completeness as text: one number, or the interval."""
    return f"{low:.0%}" if round(low, 2) == round(high, 2) else f"{low:.0%}–{high:.0%}"


def interval(
    scheme: str, low: float, mean: float, high: float, presence: Presence, bounds: Sequence[float], tip_text: str
) -> str:
    """Return a location quotient with its interval on a logarithmic axis, with the bounds of the grades as lines."""
    if math.isnan(mean):
        return ""
    p, wide, tall = PALETTES[scheme], 170.0, 20.0

    def x(v: float) -> float:
        first, last = (math.log10(end) for end in SCALE)
        return 4 + (wide - 8) * (math.log10(min(max(v, SCALE[0]), SCALE[1])) - first) / (last - first)

    grade = p.grades[presence]
    colour = grade.line if presence is not Presence.STRONG else grade.fill
    lines = "".join(
        f'<line x1="{x(b):.1f}" x2="{x(b):.1f}" y1="0" y2="{tall:.0f}" stroke="{p.rule}" stroke-dasharray="2 2"/>' for b in bounds
    )
    dash = ' stroke-dasharray="3 2.5"' if presence is Presence.UNKNOWN else ""
    cut = f'<path d="M{x(low) + 4:.1f} 6l-4 4l4 4" fill="none" stroke="{colour}" stroke-width="1.5"/>' if low < SCALE[0] else ""
    return (
        f'<svg viewBox="0 0 {wide:.0f} {tall:.0f}" width="{wide:.0f}" height="{tall:.0f}" data-tip="{escape(tip_text)}" role="img" '
        f'aria-label="{escape(tip_text)}">{lines}<line x1="{x(low):.1f}" x2="{x(high):.1f}" y1="10" y2="10" stroke="{colour}" '
        f'stroke-width="3" stroke-linecap="round"{dash}/>{cut}<circle cx="{x(mean):.1f}" cy="10" r="4.5" fill="{p.surface}" '
        f'stroke="{colour}" stroke-width="2.2"/></svg>'
    )


def table(head: Sequence[str], rows: Iterable[str], caption: str = "") -> str:
    """Return a table; `head` holds titles, a trailing ``>`` puts a column to the right."""
    titles = "".join(
        f'<th scope="col" class="num">{escape(h[:-1])}</th>' if h.endswith(">") else f'<th scope="col">{escape(h)}</th>'
        for h in head
    )
    named = f' aria-label="{escape(caption)}"' if caption else ""
    return f"<table{named}><thead><tr>{titles}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def row(cells: Iterable[str], key: str = "", *, on: bool = False, named: str = "") -> str:
    """Return a row of ready HTML cells; with a key it can be picked. A cell that begins with ``<td`` stays as it is."""
    inside = "".join(c if c.startswith("<td") else f"<td>{c}</td>" for c in cells)
    picked = f' data-id="{escape(key)}" tabindex="0" aria-label="{escape(named)}"' if key else ""
    shown = ' class="on"' if on else ""
    return f"<tr{picked}{shown}>{inside}</tr>"


def num(text: str) -> str:
    """Return a cell of a number."""
    return f'<td class="num">{escape(text)}</td>'


def meter(value: float, text: str) -> str:
    """Return a share in [0, 1] as a small bar with its number."""
    return f'<span class="meter" aria-hidden="true"><b style="width:{value:.0%}"></b></span> {escape(text)}'


def segment_rows(scheme: str, lang: str, d: Diagnosis, selected: str) -> Iterable[str]:
    """Return one row per segment: stage, name, grade, firms, location quotient, constraint, action, gain."""
    limits = d.thresholds
    for s in d.segments:
        market = s.kind is SegmentKind.MARKET
        spread = "" if market else f"{s.lq:.2f} [{s.lq_low:.2f}, {s.lq_high:.2f}]"
        plot = (
            ""
            if market
            else interval(scheme, s.lq_low, s.lq, s.lq_high, s.presence, (limits.adequate_from, limits.strong_from), spread)
        )
        tags = " ".join(constraint_tag(lang, f.constraint, label(f.area, lang), said(f.text, lang)) for f in s.findings)
        name = s.name_en if lang == "en" else str(s.name_zh)
        yield row(
            [
                f'<span class="muted">{label(s.stage, lang)}</span>',
                f'<td class="name">{escape(name)}</td>',
                chip(scheme, lang, s.presence, s.kind),
                num("" if market else f"{s.company_count}"),
                f'<div class="row">{plot}<span class="muted num" style="font-size:.82rem">{escape(spread)}</span></div>',
                tags,
                action_tag(lang, s.action, provisional=s.is_provisional),
                num(f"+{s.keystone_gain:.0%}" if s.keystone_gain > 0 else ""),
            ],
            s.segment_id,
            on=s.segment_id == selected,
            named=f"{name} {label(s.presence, lang)}",
        )


def pull(target: Recommendation, lang: str) -> str:
    """Return in a few words why a target would come: its strongest reason but that it is in the segment, which all are."""
    found = [r for r in target.strongest if r.signal != "segment_fit"] or list(target.strongest)
    return said(found[0].text, lang) if found else ""


def facts(pairs: Mapping[str, str]) -> str:
    """Return names and values, one a line; values are ready HTML."""
    return table(("", ""), (row([f'<span class="muted">{escape(k)}</span>', v]) for k, v in pairs.items() if v)).replace(
        '<thead><tr><th scope="col"></th><th scope="col"></th></tr></thead>', ""
    )
