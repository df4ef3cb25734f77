"""Results → chart options (Apache ECharts), without Streamlit: the same result gives the same option."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from chaingraph.labels import label
from chaingraph.palette import PALETTES, Palette
from chaingraph.phrases import said
from chaingraph.recommendation import Reason, Recommendation
from recommend.backtest.rates import HitRate
from recommend.backtest.report import rate_text

Option = dict[str, Any]

ROW = 26
"""Pixels of one bar with its space."""

LINES = ("solid", "dashed", "dotted")


def waterfall(target: Recommendation, lang: str, scheme: str) -> Option:
    """Return how a score adds up: one bar per signal from the sum before it to the sum after it, largest first, then the score.

    What is not known counts its declared value and is hatched.
    """
    p = PALETTES[scheme]
    reasons = sorted(target.reasons, key=lambda r: (-r.points, r.signal))
    starts, total = [], 0.0
    for r in reasons:
        starts.append(total)
        total += r.points
    names = [_signal(r, lang) for r in reasons] + [label("score", lang)]
    bars = [_bar(p, r, lang) for r in reasons]
    whole = {"value": round(total, 2), "itemStyle": {"color": p.ink}, "label": {"formatter": f"{total:.1f}"}}
    return {
        **_frame(p, names),
        "tooltip": {"trigger": "item", "confine": True},
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": _round_up(total),
            "splitLine": {"lineStyle": {"color": p.rule}},
            "axisLabel": {"color": p.muted},
        },
        "series": [
            {
                "type": "bar",
                "stack": "sum",
                "silent": True,
                "itemStyle": {"color": "transparent"},
                "data": [*(round(s, 2) for s in starts), 0],
            },
            {
                "type": "bar",
                "stack": "sum",
                "barWidth": 14,
                "label": {"show": True, "position": "right", "color": p.ink},
                "data": [*bars, whole],
            },
        ],
    }


def _bar(p: Palette, r: Reason, lang: str) -> Option:
    style: Option = {"color": p.positive}
    if not r.known:
        style = {
            "color": p.raised,
            "borderColor": p.muted,
            "borderType": "dashed",
            "decal": {"symbol": "rect", "color": p.muted, "dashArrayX": [1, 0], "dashArrayY": [2, 4], "rotation": 0.7},
        }
    said_of = said(r.text, lang) if r.known else label("unknown", lang)
    return {
        "value": round(r.points, 2),
        "itemStyle": style,
        "label": {"formatter": f"+{r.points:.1f}"},
        "tooltip": {"formatter": f"{_plain(label(r.signal, lang))} +{r.points:.1f}<br>{_plain(said_of)}"},
    }


def _signal(r: Reason, lang: str) -> str:
    return label(r.signal, lang) + ("" if r.known else " ?")


def comparison(targets: Sequence[Recommendation], lang: str, scheme: str) -> Option:
    """Return the points of each signal for two or three targets side by side; not known is left out of the bar, marked in the tip."""
    p = PALETTES[scheme]
    signals = [r.signal for r in sorted(targets[0].reasons, key=lambda r: (-r.weight, r.signal))]
    fills = (p.positive, p.negative, p.muted)
    series = []
    for target, fill, line in zip(targets, fills, LINES, strict=False):
        points = {r.signal: r for r in target.reasons}
        series.append(
            {
                "type": "bar",
                "name": said(target.name, lang),
                "barWidth": 8,
                "itemStyle": {"color": fill, "borderColor": fill, "borderType": line},
                "data": [_point(points[s], lang) for s in signals],
            }
        )
    return {
        **_frame(p, [label(s, lang) for s in signals]),
        "legend": {"bottom": 0, "textStyle": {"color": p.ink}},
        "tooltip": {"trigger": "item", "confine": True},
        "grid": {"left": 8, "right": 40, "top": 8, "bottom": 36, "containLabel": True},
        "xAxis": {"type": "value", "splitLine": {"lineStyle": {"color": p.rule}}, "axisLabel": {"color": p.muted}},
        "series": series,
    }


def _point(r: Reason, lang: str) -> Option:
    if not r.known:
        return {"value": None}
    return {"value": round(r.points, 2), "tooltip": {"formatter": f"+{r.points:.1f} {_plain(said(r.text, lang))}"}}


def years(frame: pd.DataFrame, lang: str, scheme: str) -> Option:
    """Return registrations by year as columns, a year without any as a gap; `frame`: year, registration_count."""
    p = PALETTES[scheme]
    title = label("registrations", lang)
    counts = dict(zip(frame["year"].astype(int), frame["registration_count"].astype(int), strict=True))
    span = range(min(counts), max(counts) + 1) if counts else range(0)
    return {
        "textStyle": {"color": p.ink},
        "grid": {"left": 8, "right": 16, "top": 16, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "data": [str(y) for y in span],
            "axisLabel": {"color": p.muted},
            "axisLine": {"lineStyle": {"color": p.rule}},
        },
        "yAxis": {"type": "value", "splitLine": {"lineStyle": {"color": p.rule}}, "axisLabel": {"color": p.muted}},
        "series": [
            {
                "type": "bar",
                "name": title,
                "itemStyle": {"color": p.positive},
                "data": [counts.get(y, 0) for y in span],
            }
        ],
    }


SHOWN_RATES = ("hit@20", "hit@50")
"""Hit rates that are drawn; the table beside has all."""


def hit_rates(rates: Sequence[HitRate], lang: str, scheme: str) -> Option:
    """Return hit rates in percent as bars, one row per way of ordering, ours first; the interval is in the tip."""
    p = PALETTES[scheme]
    ways = list(dict.fromkeys(r.way for r in rates))
    series = []
    for measure, fill, line in zip(SHOWN_RATES, (p.positive, p.muted), LINES, strict=False):
        found = {r.way: r for r in rates if r.measure == measure}
        series.append(
            {
                "type": "bar",
                "name": label(measure, lang),
                "barWidth": 13,
                "itemStyle": {"color": fill, "borderColor": fill, "borderType": line},
                "label": {"show": True, "position": "right", "color": p.ink, "fontSize": 11, "formatter": "{c}%"},
                "data": [_rate(found[way], lang) for way in ways],
            }
        )
    return {
        **_frame(p, [label(way, lang) for way in ways]),
        "legend": {"bottom": 0, "textStyle": {"color": p.ink}},
        "tooltip": {"trigger": "item", "confine": True},
        "grid": {"left": 8, "right": 44, "top": 4, "bottom": 36, "containLabel": True},
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": 100,
            "splitLine": {"lineStyle": {"color": p.rule}},
            "axisLabel": {"color": p.muted, "formatter": "{value}%"},
        },
        "series": series,
    }


def _rate(rate: HitRate, lang: str) -> Option:
    """Return a bar; what is not known has none."""
    if math.isnan(rate.value):
        return {"value": None}
    tip = f"{label(rate.way, lang)} · {label(rate.measure, lang)} {rate_text(rate)}"
    return {"value": round(100 * rate.value), "tooltip": {"formatter": _plain(tip)}}


def _frame(p: Palette, names: Sequence[str]) -> Option:
    return {
        "textStyle": {"color": p.ink},
        "animation": False,
        "grid": {"left": 8, "right": 44, "top": 4, "bottom": 4, "containLabel": True},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": list(names),
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": p.rule}},
            "axisLabel": {"color": p.ink},
        },
    }


def _round_up(total: float) -> int:
    return min(100, int(total // 10 + 1) * 10)


def _plain(text: str) -> str:
    """Return text that a tip shows as it stands: it reads HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("{", "｛")
