"""The figures of a trial → chart options (Apache ECharts), without Streamlit: ways of ranking, reliability, lift. All shares in percent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from chaingraph.drawing.curves import wilson
from chaingraph.labels import label
from chaingraph.palette import PALETTES, Palette
from dashboard.charts import LINES, Option

Figures = Mapping[str, Any]


def ranked(rows: Sequence[Figures], measure: str, lang: str, scheme: str) -> Option:
    """Return a measure of every way of ranking as bars with their 95 % intervals, in the order given; the first is ours.

    The number stands with the name: a bar of none is not seen, and beside a bar it would lie on the interval.
    """
    p = PALETTES[scheme]
    names, cells = [label(r["group"], lang) for r in rows], [r[measure] for r in rows]
    bars = []
    for n, (name, c) in enumerate(zip(names, cells, strict=True)):
        told = f"{name} {c['value']:.1%} [{c['low']:.1%}, {c['high']:.1%}]"
        bars.append(
            {
                "value": _percent(c["value"]),
                "itemStyle": {"color": p.positive if n == 0 else p.link},
                "tooltip": {"formatter": told},
            }
        )
    spans = [[{"coord": [_percent(c["low"]), n]}, {"coord": [_percent(c["high"]), n]}] for n, c in enumerate(cells)]
    return {
        "textStyle": {"color": p.ink},
        "animation": False,
        "tooltip": {"trigger": "item", "confine": True},
        "grid": {"left": 8, "right": 24, "top": 4, "bottom": 4, "containLabel": True},
        # A line that begins or ends beyond the axis is not drawn at all.
        "xAxis": {"type": "value", "min": 0, "max": _above(max(_percent(c["high"]) for c in cells)), **_scale(p)},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [f"{name} {c['value']:.0%}" for name, c in zip(names, cells, strict=True)],
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": p.rule}},
            "axisLabel": {"color": p.ink},
        },
        "series": [{"type": "bar", "barWidth": 12, "data": bars, "markLine": _spans(spans, p)}],
    }


def reliability(rows: Sequence[Figures], lang: str, scheme: str) -> Option:
    """Return foreseen against came, a point a bin of probability with its 95 % interval, on logarithmic axes; the diagonal is right.

    A bin in which nobody came has no point on such axes; its interval shows how many could have come unseen.
    """
    p, zh = PALETTES[scheme], lang == "zh"
    shown = [(r, wilson(r["arrivals"], r["pairs"])) for r in rows if r["pairs"] and r["foreseen"] > 0]
    every = [v for r, ends in shown for v in (r["foreseen"], r["came"], *ends) if v > 0]
    least, most = (10.0 ** f(math.log10(100 * e(every))) for f, e in ((math.floor, min), (math.ceil, max)))
    points = [
        {
            "value": [_percent(r["foreseen"]), _percent(r["came"])],
            "tooltip": {
                "formatter": (
                    f"预计 {r['foreseen']:.3%}，实际 {r['came']:.3%}（{r['pairs']:,} 对里 {r['arrivals']} 次）"
                    if zh
                    else f"foreseen {r['foreseen']:.3%}, came {r['came']:.3%} ({r['arrivals']} of {r['pairs']:,} pairs)"
                )
            },
        }
        for r, _ in shown
        if r["came"] > 0
    ]
    spans = [
        [{"coord": [_percent(r["foreseen"]), max(_percent(low), least)]}, {"coord": [_percent(r["foreseen"]), _percent(high)]}]
        for r, (low, high) in shown
    ]
    ends = {"min": least, "max": most}
    return {
        **_sheet(p),
        "xAxis": {"type": "log", **ends, **_scale(p), **_named("预计的概率" if zh else "Foreseen", p)},
        "yAxis": {"type": "log", **ends, **_scale(p), **_named("实际来的" if zh else "Came", p, gap=52)},
        "series": [
            {
                "type": "line",
                "name": "完全准确" if zh else "right",
                "silent": True,
                "symbol": "none",
                "lineStyle": {"color": p.muted, "type": "dashed", "width": 1.5},
                "data": [[least, least], [most, most]],
            },
            {
                "type": "line",
                "name": "实际" if zh else "came",
                "symbol": "circle",
                "symbolSize": 10,
                "itemStyle": {"color": p.positive},
                "lineStyle": {"color": p.positive, "width": 2},
                "data": points,
                "markLine": _spans(spans, p),
            },
        ],
    }


def lift(found: Mapping[str, Sequence[float | None]], lang: str, scheme: str) -> Option:
    """Return the share of the arrivals among the first of all pairs of city and firm, a line per way of ordering them, and chance.

    `found`: `pairs`, shares in [0, 1], and by way of ordering the share of the arrivals among them.
    """
    p, zh = PALETTES[scheme], lang == "zh"
    shares = [s for s in found["pairs"] if s]
    ways = [name for name in found if name != "pairs"]
    fills = (p.positive, p.negative, p.ink)
    series = [
        _curve(
            label(way, lang),
            [[_percent(s), _percent(v)] for s, v in zip(found["pairs"], found[way], strict=True) if s and v is not None],
            fills[n % 3],
            LINES[n % 3],
        )
        for n, way in enumerate(ways)
    ]
    series.append(_curve(label("random", lang), [[_percent(s), _percent(s)] for s in shares], p.muted, "dotted"))
    return {
        **_sheet(p),
        "legend": {"top": 0, "itemWidth": 18, "itemGap": 8, "textStyle": {"color": p.ink, "fontSize": 11}},
        "tooltip": {"trigger": "item", "confine": True, "formatter": "{a}<br>{c}"},
        "xAxis": {
            "type": "log",
            "min": _percent(min(shares)),
            "max": 100,
            **_scale(p),
            **_named("名单最前面的这么多" if zh else "The first of all pairs of city and firm", p),
        },
        "yAxis": {
            "type": "value",
            "min": 0,
            "max": 100,
            **_scale(p),
            **_named("含多少真实落户" if zh else "Arrivals among them", p, gap=46),
        },
        "series": series,
    }


def _curve(name: str, points: list[list[float]], colour: str, line: str) -> Option:
    return {
        "type": "line",
        "name": name,
        "data": points,
        "symbolSize": 5,
        "itemStyle": {"color": colour},
        "lineStyle": {"color": colour, "type": line, "width": 2},
    }


def _sheet(p: Palette) -> Option:
    return {
        "textStyle": {"color": p.ink},
        "animation": False,
        "tooltip": {"trigger": "item", "confine": True},
        "grid": {"left": 26, "right": 20, "top": 34, "bottom": 28, "containLabel": True},
    }


def _spans(spans: list[list[Option]], p: Palette) -> Option:
    """Return intervals as lines without ends or words."""
    style = {"color": p.ink, "width": 1.6, "type": "solid"}
    return {"silent": True, "animation": False, "symbol": "none", "label": {"show": False}, "lineStyle": style, "data": spans}


def _scale(p: Palette) -> Option:
    return {"splitLine": {"lineStyle": {"color": p.rule}}, "axisLabel": {"color": p.muted, "formatter": "{value}%"}}


def _named(name: str, p: Palette, gap: int = 30) -> Option:
    return {"name": name, "nameLocation": "middle", "nameGap": gap, "nameTextStyle": {"color": p.muted}}


def _above(percent: float) -> int:
    """Return the next multiple of five at or above a percentage, at least 5."""
    return max(5, 5 * math.ceil(percent / 5))


def _percent(share: float) -> float:
    return float(f"{100 * share:.4g}")
