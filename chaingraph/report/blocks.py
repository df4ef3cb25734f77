"""What a page is made of before it has a file format: runs, paragraphs, a box, tables, cards and figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from chaingraph.model import Constraint, Presence


@dataclass(frozen=True)
class Run:
    """A piece of a line in one look: plain, `strong`, `muted`, `positive`, `negative`, or the colour of a constraint."""

    text: str
    look: str | Constraint = ""


Inline = str | tuple[Run, ...]
"""A line of text: plain, or runs in their looks."""


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is numbered."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph in one of the document's styles."""

    text: Inline
    style: str = "Body Text"


@dataclass(frozen=True)
class Box:
    """A frame of its own with a few lines: what a reader takes along who reads nothing else."""

    lines: tuple[Inline, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table: its title, width in centimetres, and side to which its cells lean."""

    title: str
    width_cm: float
    align: str = "left"


@dataclass(frozen=True)
class Cell:
    """A cell of a table; with a grade, in the colour of that grade."""

    text: Inline
    grade: Presence | None = None


@dataclass(frozen=True)
class Grid:
    """A table with its numbered caption; `whole` keeps it on one page where it can be."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | str, ...], ...]
    whole: bool = False


@dataclass(frozen=True)
class Card:
    """One firm on a few lines: head, what stands at the head's right end, and labelled rows of lines."""

    head: Inline
    end: str
    rows: tuple[tuple[str, tuple[Inline, ...]], ...]


@dataclass(frozen=True)
class Figure:
    """A picture as PNG with its numbered caption; `alt` says in words what it shows, `tallest_cm` how high it may be."""

    caption: str
    alt: str
    tallest_cm: float
    png: bytes = field(repr=False)


Block = Heading | Paragraph | Box | Grid | Card | Figure
