"""Curves of a trial as SVG: whether probabilities mean what they say, and how soon a list finds who came. For light and dark alike.

A picture carries the colours of both schemes and takes those of the reader's browser, as a file that a page embeds must.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from chaingraph.drawing.lettering import breadth
from chaingraph.drawing.marks import escaped, px
from chaingraph.palette import FONT, PALETTES, Palette

WIDTH, HEIGHT = 640.0, 420.0
LEFT, RIGHT, TOP, BOTTOM = 74.0, 28.0, 20.0, 58.0
DASHES = ("", "7 4", "10 3 2 3", "4 2", "12 4", "3 6", "1 4", "8 2")
"""Lines are told apart by these as well as by their colour and name."""
Z = 1.96


def wilson(hits: float, of: float) -> tuple[float, float]:
    """Return the 95 % interval of a share, (0, 1) of none (Wilson 1927).

    >>> [round(end, 3) for end in wilson(4, 165)]
    [0.009, 0.061]
    """
    if not of:
        return 0.0, 1.0
    p, z2 = hits / of, Z * Z
    middle, half = p + z2 / (2 * of), Z * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    # With nobody, or everybody, the end is exact; the formula leaves a rest of rounding.
    low = (middle - half) / (1 + z2 / of) if hits else 0.0
    return low, (middle + half) / (1 + z2 / of) if hits < of else 1.0


def reliability_picture(rows: Sequence[Mapping[str, Any]], years: int) -> str:
    """Return foreseen against came, a point a bin of probability with its 95 % interval, on logarithmic axes; the diagonal is right.

    `rows`: `foreseen`, `came` in [0, 1], `pairs`, `arrivals`. A bin in which nobody came is an interval without a point.
    """
    shown = [(r, wilson(r["arrivals"], r["pairs"])) for r in rows if r["pairs"] and r["foreseen"] > 0]
    values = [v for r, (low, high) in shown for v in (r["foreseen"], r["came"], low, high) if v > 0]
    low, high = (10.0 ** math.floor(math.log10(min(values))), 10.0 ** math.ceil(math.log10(max(values)))) if values else (0.01, 1)
    ticks = [10.0**e for e in range(round(math.log10(low)), round(math.log10(high)) + 1)]

    def at(v: float, first: float, last: float) -> float:
        return first + (last - first) * math.log(max(v, low) / low) / math.log(high / low)

    def x(v: float) -> float:
        return at(v, LEFT, WIDTH - RIGHT)

    def y(v: float) -> float:
        return at(v, HEIGHT - BOTTOM, TOP)

    body = [_grid([(x(t), _percent(t)) for t in ticks], [(y(t), _percent(t)) for t in ticks])]
    body.append(_line([(x(low), y(low)), (x(high), y(high))], "c-muted", "5 5"))
    body.append(_line([(x(r["foreseen"]), y(r["came"])) for r, _ in shown if r["came"] > 0], "c-0", ""))
    for r, (least, most) in shown:
        told = f"foreseen {r['foreseen']:.3%}, came {r['came']:.3%}: {r['arrivals']} of {r['pairs']:,}"
        where = px(x(r["foreseen"]))
        bar = f'<path d="M{where} {px(y(max(least, low)))}V{px(y(most))}" class="c-0" fill="none" stroke-width="1.5"/>'
        point = f'<circle cx="{where}" cy="{px(y(r["came"]))}" r="5" class="c-0 f-surface" stroke-width="2.2"/>'
        body.append(f"<g><title>{escaped(told)}</title>{bar}{point if r['came'] > 0 else ''}</g>")
    body.append(_axes(f"Foreseen: probability of coming within {years} years", "Came"))
    return _sheet(body, f"Probabilities against what came: {len(shown)} bins")


def lift_picture(lift: Mapping[str, Sequence[float | None]]) -> str:
    """Return the share of the arrivals among the first of all pairs, a line per way of ordering them; the dotted line is chance.

    `lift`: `pairs`, shares in [0, 1], and by way of ordering the share of the arrivals among them.
    """
    least = min((s for s in lift["pairs"] if s), default=0.001)

    def x(share: float) -> float:
        return LEFT + (WIDTH - RIGHT - LEFT) * math.log(max(share, least) / least) / math.log(1 / least)

    def y(share: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share

    shares = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
    body = [_grid([(x(s), _percent(s)) for s in shares if s >= least], [(y(s / 5), f"{s * 20}%") for s in range(6)])]
    steps = [least * (1 / least) ** (i / 60) for i in range(61)]
    body.append(_line([(x(s), y(s)) for s in steps], "c-muted", "2 4"))
    ways = [name for name in lift if name != "pairs"]
    for i, way in enumerate(ways):
        points = [(x(s), y(v)) for s, v in zip(lift["pairs"], lift[way], strict=True) if s and v is not None]
        body.append(_line(points, f"c-{i % 4}", DASHES[i % len(DASHES)]))
    body.append(_legend([*ways, "chance"], TOP + 12))
    body.append(_axes("First of all pairs of city and firm, best first", "Share of the arrivals among them"))
    return _sheet(body, "Share of the arrivals among the first of all pairs, by " + ", ".join(ways))


def _percent(share: float) -> str:
    return f"{share:.6%}".rstrip("%").rstrip("0").rstrip(".") + "%"


def _grid(across: Sequence[tuple[float, str]], up: Sequence[tuple[float, str]]) -> str:
    floor, out = HEIGHT - BOTTOM, []
    for x, words in across:
        out.append(
            f'<path d="M{px(x)} {px(TOP)}V{px(floor)}" class="c-rule" fill="none"/>' + _words(x, floor + 16, words, "middle")
        )
    for y, words in up:
        out.append(f'<path d="M{px(LEFT)} {px(y)}H{px(WIDTH - RIGHT)}" class="c-rule" fill="none"/>')
        out.append(_words(LEFT - 8, y, words, "end"))
    return "".join(out)


def _axes(across: str, up: str) -> str:
    middle = (HEIGHT - BOTTOM + TOP) / 2
    turned = f'<g transform="rotate(-90 16 {px(middle)})">{_words(16, middle, up, "middle", "f-ink")}</g>'
    return _words((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, across, "middle", "f-ink") + turned


def _words(x: float, y: float, words: str, anchor: str = "start", ink: str = "f-muted") -> str:
    return f'<text x="{px(x)}" y="{px(y + 4.5)}" font-size="13" class="{ink}" text-anchor="{anchor}">{escaped(words)}</text>'


def _line(points: Sequence[tuple[float, float]], colour: str, dash: str) -> str:
    way = "L".join(f"{px(x)} {px(y)}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M{way}" class="{colour}" fill="none" stroke-width="2.2" stroke-linejoin="round"{dashed}/>' if way else ""


def _legend(ways: Sequence[str], top: float) -> str:
    wide = 46 + max(breadth(w, 13) for w in ways) + 12
    ground = f'<rect x="{px(LEFT + 8)}" y="{px(top - 6)}" width="{px(wide)}" height="{px(20 * len(ways) + 10)}" class="f-surface" opacity="0.88"/>'
    out = [ground]
    for i, way in enumerate(ways):
        y, last = top + 9 + 20 * i, way == "chance"
        ends = [(LEFT + 14, y), (LEFT + 46, y)]
        out.append(_line(ends, "c-muted" if last else f"c-{i % 4}", "2 4" if last else DASHES[i % len(DASHES)]))
        out.append(_words(LEFT + 54, y, way, ink="f-ink"))
    return "".join(out)


def _sheet(body: Sequence[str], title: str) -> str:
    dark = f"@media (prefers-color-scheme:dark){{{_style(PALETTES['dark'])}}}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {px(WIDTH)} {px(HEIGHT)}" width="{px(WIDTH)}" role="img"'
        f' aria-label="{escaped(title)}" font-family="{escaped(FONT)}"><style>{_style(PALETTES["light"])}{dark}</style>'
        f'<rect width="{px(WIDTH)}" height="{px(HEIGHT)}" class="f-surface"/>{"".join(body)}</svg>\n'
    )


def _style(p: Palette) -> str:
    lines = {"rule": p.rule, "muted": p.muted, "0": p.positive, "1": p.negative, "2": p.ink, "3": p.muted}
    fills = {"surface": p.surface, "ink": p.ink, "muted": p.muted}
    return "".join(f".c-{n}{{stroke:{c}}}" for n, c in lines.items()) + "".join(f".f-{n}{{fill:{c}}}" for n, c in fills.items())
