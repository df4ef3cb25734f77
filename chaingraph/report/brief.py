"""What a report is made of: the results, the language they are said in, and what comes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

import pandas as pd

from chaingraph.diagnosis import Diagnosis, SegmentDiagnosis
from chaingraph.graph import ChainGraph
from chaingraph.labels import label
from chaingraph.model import Action, Constraint, Presence, SegmentKind
from chaingraph.palette import MARKS
from chaingraph.phrases import said
from chaingraph.recommendation import Exclusion, Recommendation
from chaingraph.roadmap import RoadmapStep
from chaingraph.sections import Weight

MOST_NAMES = 4
"""So many names stand in a row; the rest is counted."""


MOST_ROWS = 15
"""Of a long chain so many rows are shown where the first table has all of them."""
GRAVEST = (Constraint.CHOKEPOINT, Constraint.BREAK, Constraint.BOTTLENECK)
"""Constraints, gravest first."""
LONGEST_NAME, LONGEST_SENTENCE = 48, 300
"""Characters after which a name and a sentence of the data are cut: neither may fill a page."""

Said = TypeVar("Said", str, float)


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters.

    >>> shortened("动力电池系统", 5), shortened("电机", 5)
    ('动力电池…', '电机')
    """
    return text if len(text) <= most else text[: most - 1] + "…"


@dataclass(frozen=True)
class Priority:
    """A segment to find firms for. `step` is its place on the roadmap; without one it is there and is to be strengthened.

    `before` and `after`: completeness of the chain, lower bound, without and with it; the same without a step.
    """

    segment: SegmentDiagnosis
    action: Action
    step: RoadmapStep | None
    before: float
    after: float


@dataclass(frozen=True)
class Brief:
    """The results of one region and chain, in one language; `targets` are in the order of their score."""

    graph: ChainGraph
    diagnosis: Diagnosis
    targets: tuple[Recommendation, ...]
    excluded: tuple[Exclusion, ...]
    weights: tuple[Weight, ...]
    origins: pd.DataFrame
    today: date | None
    lang: str

    # -- words ---------------------------------------------------------------------------------------------------

    def say(self, zh: Said, en: Said) -> Said:
        """Return the one of two texts, or widths, that belongs to the language of the report."""
        return en if self.lang == "en" else zh

    def said(self, text: str) -> str:
        """Return a sentence of the results in the language of the report."""
        return shortened(said(text, self.lang), LONGEST_SENTENCE)

    def named(self, name: str) -> str:
        """Return a name in the language of the report."""
        return shortened(said(name, self.lang), LONGEST_NAME)

    def word(self, identifier: str) -> str:
        """Return what people read for a word of the vocabulary."""
        return shortened(label(identifier, self.lang), LONGEST_NAME)

    def row(self, names: Iterable[str]) -> str:
        """Return names in a row."""
        return self.say("、", ", ").join(names)

    def listed(self, names: Sequence[str], most: int = MOST_NAMES) -> str:
        """Return the first names in a row, the rest counted."""
        shown, rest = self.row(names[:most]), len(names) - most
        return shown if rest <= 0 else shown + self.say(f"等 {len(names)} 个", f" and {rest} more")

    def capital(self, text: str) -> str:
        """Return a text as it begins a sentence or a cell."""
        return text[:1].upper() + text[1:]

    # -- names ---------------------------------------------------------------------------------------------------

    @property
    def region(self) -> str:
        """Name of the region."""
        return self.named(self.diagnosis.region.name)

    @property
    def chain(self) -> str:
        """Name of the chain."""
        return self.named(self.diagnosis.chain_name)

    @property
    def title(self) -> str:
        """Title of the report."""
        return self.say(
            f"{self.region}{self.chain}产业链招商研判报告", f"{self.chain} in {self.region}: what to fill, whom to invite"
        )

    def segment(self, segment_id: str) -> str:
        """Return the name of a segment of the chain."""
        return self.named(self.diagnosis[segment_id].name)

    def company(self, company_id: str) -> str:
        """Return the name a company goes by; in English, where it has no English name, the Chinese one."""
        row = self.graph.company(company_id)
        columns = ("name_en", "short_name", "name_zh") if self.lang == "en" else ("short_name", "name_zh")
        return self.named(next(str(row[c]) for c in columns if not pd.isna(row[c])))

    def grade(self, row: SegmentDiagnosis) -> str:
        """Return the grade of a segment with its sign; a market is demand and has none."""
        if row.kind is SegmentKind.MARKET:
            return self.capital(self.word(row.kind))
        return f"{MARKS[row.presence]}\u00a0{self.capital(self.word(row.presence))}"

    def action(self, row: SegmentDiagnosis) -> str:
        """Return what to do about a segment, and whether that is first to be verified; a dash where there is nothing to do."""
        if row.action is None:
            return "—"
        return self.capital(self.word(row.action)) + (self.word("to_verify") if row.is_provisional else "")

    # -- what matters --------------------------------------------------------------------------------------------

    @cached_property
    def producing(self) -> tuple[SegmentDiagnosis, ...]:
        """The segments that can be had: all but the markets."""
        return tuple(s for s in self.diagnosis.segments if s.kind is not SegmentKind.MARKET)

    def graded(self, *grades: Presence) -> list[SegmentDiagnosis]:
        """Return the segments of some grades, in the order of the grades."""
        return [s for g in grades for s in self.producing if s.presence is g]

    @property
    def counted(self) -> str:
        """Number of segments by grade; grades of which there are none are left out."""
        grades = (Presence.STRONG, Presence.ADEQUATE, Presence.WEAK, Presence.MISSING, Presence.UNKNOWN)
        return self.row(f"{self.word(g)} {len(self.graded(g))}" for g in grades if self.graded(g))

    @property
    def completeness(self) -> str:
        """Completeness of the chain: one share, or the interval where the data cannot tell."""
        low, high = (f"{share:.0%}" for share in self.diagnosis.completeness)
        return low if low == high else f"{low}–{high}"

    @cached_property
    def priorities(self) -> tuple[Priority, ...]:
        """The steps of the roadmap, then what is to be strengthened: what hinders first, then the weakest by its lower bound."""
        found, reached = [], self.diagnosis.completeness[0]
        for step in self.diagnosis.roadmap:
            found.append(Priority(self.diagnosis[step.segment_id], step.action, step, reached, step.completeness))
            reached = step.completeness
        weak = [s for s in self.producing if s.action is Action.STRENGTHEN]
        weak.sort(key=lambda s: (not s.findings, s.presence is not Presence.WEAK, s.lq_low, s.segment_id))
        start = self.diagnosis.completeness[0]
        return (*found, *(Priority(s, Action.STRENGTHEN, None, start, start) for s in weak))

    def best(self, segment_id: str) -> Recommendation | None:
        """Return the target with the highest score for a segment."""
        return next((t for t in self.targets if t.segment_id == segment_id), None)
