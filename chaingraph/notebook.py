"""Results as a notebook shows them: HTML in the colours of its page, light or dark, that can be read without any style too.

Viewers of notebooks drop style sheets and scripts of what they do not trust, some every style: so the words say everything,
tables are tables, and styles stand at the elements. All text is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

RULE = "1px solid rgba(127,127,127,0.4)"
"""A line that shows on light and on dark."""
_CELL = "padding:3px 12px 3px 0;vertical-align:top;"
_TEXT, _NUMBER = "text-align:left;max-width:34em;white-space:normal", "text-align:right;white-space:nowrap"


class Html(str):
    """HTML of our own making, in which what comes from data is escaped already; a notebook shows it as such."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<Html of {len(self):,} characters>"

    def _repr_html_(self) -> str:
        return str(self)


def html_of(text: str) -> Html:
    """Return a text as HTML; lines stay lines.

    >>> print(html_of("<b> & c"), html_of(Html("<b>b</b>")))
    &lt;b&gt; &amp; c <b>b</b>
    """
    return text if isinstance(text, Html) else Html(escape(text).replace("\n", "<br>"))


def block(title: str, *parts: str) -> Html:
    """Return a result under its title; parts that are empty are left out."""
    inside = "".join(f'<div style="margin:4px 0">{html_of(p)}</div>' for p in parts if p)
    return Html(f'<div style="line-height:1.45"><div><b>{html_of(title)}</b></div>{inside}</div>')


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[str] = ()) -> Html:
    """Return a table; the columns whose head is in `numbers` are set to the right."""
    right = set(numbers)
    side = [_CELL + (_NUMBER if h in right else _TEXT) for h in heads]
    head = "".join(f'<th style="{s};border-bottom:{RULE}">{html_of(h)}</th>' for h, s in zip(heads, side, strict=True))
    body = ""
    for row in rows:
        cells = "".join(f'<td style="{s}">{html_of(c)}</td>' for c, s in zip(row, side, strict=True))
        body += f"<tr>{cells}</tr>"
    return Html(f'<table style="border-collapse:collapse"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def listed(lines: Iterable[str]) -> Html:
    """Return lines as a list, nothing without any."""
    items = "".join(f"<li>{html_of(line)}</li>" for line in lines)
    return Html(f'<ul style="margin:0;padding-left:1.4em">{items}</ul>' if items else "")


def quiet(text: str) -> Html:
    """Return a text that stands back behind the others."""
    return Html(f'<span style="opacity:0.75">{html_of(text)}</span>')


def two_lines(first: str, second: str) -> Html:
    """Return a text with a quiet one below it."""
    return Html(f"{html_of(first)}<br>{quiet(second)}" if second else html_of(first))


def chip(text: str, *, fill: str, line: str, ink: str, dashed: bool = False) -> Html:
    """Return a word in a box of its own colours."""
    border = f"1px {'dashed' if dashed else 'solid'} {line}"
    style = f"background:{fill};border:{border};color:{ink};border-radius:4px;padding:0 6px;white-space:nowrap"
    return Html(f'<span style="{style}">{html_of(text)}</span>')
