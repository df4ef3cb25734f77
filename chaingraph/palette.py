"""Colours of all pictures, charts and pages: told apart by the colour-blind, readable on light and on dark.

Grades run from blue (there) over amber (weak) to vermilion (missing), after Okabe & Ito (2008); a grade is never told by its
colour alone: every picture adds a mark, a dash or a hatch.
"""

from __future__ import annotations

from dataclasses import dataclass

from chaingraph.model import Constraint, Presence, Stage

SCHEMES = ("light", "dark")
FONT = "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','Noto Sans CJK TC',sans-serif"
"""Font family of pictures: whichever Chinese sans serif the reader's machine has."""

MARKS = {Presence.STRONG: "●", Presence.ADEQUATE: "◕", Presence.WEAK: "◔", Presence.MISSING: "✕", Presence.UNKNOWN: "？"}
"""A sign beside each grade, so that it can be told without its colour."""


@dataclass(frozen=True)
class Grade:
    """How a grade is drawn: fill of its box, line round it, ink on it."""

    fill: str
    line: str
    ink: str


@dataclass(frozen=True)
class Palette:
    """The colours of one scheme; every ink is readable (contrast at least 4.5) on the surface it stands on."""

    surface: str
    raised: str
    ink: str
    muted: str
    rule: str
    accent: str
    positive: str
    negative: str
    grades: dict[Presence, Grade]
    market: Grade
    constraints: dict[Constraint, str]
    link: str
    link_missing: str


PALETTES = {
    "light": Palette(
        surface="#FFFFFF",
        raised="#F5F7FA",
        ink="#1B2733",
        muted="#55636F",
        rule="#D5DCE3",
        accent="#00598C",
        positive="#0072B2",
        negative="#B84300",
        grades={
            Presence.STRONG: Grade("#00669E", "#004E7A", "#FFFFFF"),
            Presence.ADEQUATE: Grade("#A9D8F2", "#2B82B5", "#12283A"),
            Presence.WEAK: Grade("#FFD98A", "#B07400", "#33260A"),
            Presence.MISSING: Grade("#FFF1E8", "#C24A00", "#7A2E00"),
            Presence.UNKNOWN: Grade("#F1F3F5", "#75818C", "#33404C"),
        },
        market=Grade("#FFFFFF", "#A7B1BB", "#45525E"),
        constraints={Constraint.BREAK: "#C2185B", Constraint.BOTTLENECK: "#8E24AA", Constraint.CHOKEPOINT: "#4A148C"},
        link="#8A99A8",
        link_missing="#C24A00",
    ),
    "dark": Palette(
        surface="#0F161D",
        raised="#18222C",
        ink="#E8EEF4",
        muted="#A3B1BE",
        rule="#31404E",
        accent="#63B8EC",
        positive="#56B4E9",
        negative="#FF9A57",
        grades={
            Presence.STRONG: Grade("#4FB3EA", "#A5DAF7", "#06202F"),
            Presence.ADEQUATE: Grade("#1B557A", "#5FB0DD", "#F2F8FC"),
            Presence.WEAK: Grade("#6E4E0B", "#F0B73F", "#FFF3D6"),
            Presence.MISSING: Grade("#2B1A10", "#FF8A47", "#FFC9A6"),
            Presence.UNKNOWN: Grade("#1D2730", "#8896A3", "#D3DCE4"),
        },
        market=Grade("#121B23", "#5B6B7A", "#B9C5D0"),
        constraints={Constraint.BREAK: "#FF6B9D", Constraint.BOTTLENECK: "#D78BF0", Constraint.CHOKEPOINT: "#B59BFF"},
        link="#64757F",
        link_missing="#FF8A47",
    ),
}


SEQUENTIAL = {
    "light": (
        Grade("#DCEAF5", "#9DB9CF", "#12283A"),
        Grade("#B2D2E9", "#86ACCA", "#12283A"),
        Grade("#7CB3DA", "#5A92BC", "#0A1E2E"),
        Grade("#2474AB", "#1B5F90", "#FFFFFF"),
        Grade("#0A4470", "#06304F", "#FFFFFF"),
    ),
    "dark": (
        Grade("#17364F", "#2C5676", "#E8EEF4"),
        Grade("#1D5278", "#35729C", "#FFFFFF"),
        Grade("#2673A6", "#4A93C4", "#FFFFFF"),
        Grade("#6DB8E8", "#9AD0F2", "#06202F"),
        Grade("#CBE8FB", "#FFFFFF", "#06202F"),
    ),
}
"""Amounts from small to large: lighter to darker on light, darker to lighter on dark, told apart by lightness alone."""

STAGES = dict(zip(Stage, SEQUENTIAL["light"][1:4], strict=True))
"""Stages on light where no grade is shown: the further downstream the darker."""

ZERO = {"light": Grade("#F8F9FB", "#B4BEC8", "#55636F"), "dark": Grade("#151E27", "#41505E", "#A3B1BE")}
"""None at all: known to be none, unlike what is not known."""


@dataclass(frozen=True)
class Land:
    """The ground of a map: land, borders of provinces and of prefectures, lines at sea; and the place that a map is about."""

    fill: str
    province: str
    prefecture: str
    sea: str
    home: str


LANDS = {
    "light": Land(fill="#EDF0F3", province="#AEB9C4", prefecture="#DBE1E7", sea="#7F8C98", home="#B84300"),
    "dark": Land(fill="#1B2631", province="#4A5A69", prefecture="#2B3843", sea="#8896A3", home="#FF9A57"),
}
