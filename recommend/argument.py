"""The argument about a target beyond its reasons: its kind, the way to reach it, what one phone call would settle, its range of places."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaingraph.metrics import Array
from chaingraph.model import Mover, Verdict
from chaingraph.phrases import NOTHING, Phrase, joined
from recommend.candidates import Candidate, Setting, named
from recommend.chance import chance_words, log_size
from recommend.firms import Row
from recommend.listing import Flags, Listing
from recommend.questions import Answer, Question, asks, asks_what_it_makes
from recommend.signals import neighbours, tied_here
from recommend.stability import answerable
from recommend.weights import Weights

WAYS = 3
"""So many firms here are named as ways to a target, and as many as possible customers or suppliers."""


def mover(setting: Setting, company: Row) -> str:
    """Return which `Mover` a firm is, empty where its plants are not known and none seen means nothing.

    For listed firms plants elsewhere were looked for, by name and in a sample of registrations; one on a list of the largest has more
    than were seen. For all others none was looked for.
    """
    seat, company_id = setting.seat(company), company["company_id"]
    cities = {setting.graph.places.city_of(code) for code in setting.places.get(company_id, ())}
    if company["founded_elsewhere"] or (seat and cities - {seat}):
        return Mover.EXPANDER.value
    large = any(list_id != "industry-top-30" for list_id, *_ in setting.lists.get(company_id, ()))
    return Mover.NEWCOMER.value if company["origin_id"] == "a-shares" and not large else ""


ENDS = (
    ("customer_id", Phrase("可能的本地客户（关系未核实）：", "Possible customers here (not verified): ")),
    ("supplier_id", Phrase("可能的本地供应商（关系未核实）：", "Possible suppliers here (not verified): ")),
)
"""End of a supply link → what the firms at it may be to a target."""


def warm_paths(setting: Setting, candidates: Sequence[Candidate]) -> list[tuple[Phrase, ...]]:
    """Return of each candidate the firms here through which it can be reached: those tied to it, then possible customers and suppliers.

    A tie is known. Customers and suppliers are firms here that are confirmed in a segment next to its own in the chain, leading ones
    first, then by revenue: that they deal with it is not known, and said to be so.
    """
    around = {c.segment_id: [(head, _dealing(setting, c.segment_id, end)) for end, head in ENDS] for c in candidates}
    return [(*_tied(setting, c), *_possible(c, around[c.segment_id])) for c in candidates]


def _tied(setting: Setting, candidate: Candidate) -> list[Phrase]:
    return [text for _, text in tied_here(setting, candidate.company_id)[:WAYS]]


def _possible(candidate: Candidate, around: Sequence[tuple[Phrase, Mapping[str, Phrase]]]) -> Iterator[Phrase]:
    """Say which firms here may be a candidate's customers and suppliers; it may be in the city itself, and is not its own."""
    for head, firms in around:
        others = [text for company_id, text in firms.items() if company_id != candidate.company_id][:WAYS]
        if others:
            yield head + joined(others)


def _dealing(setting: Setting, segment_id: str, end: str) -> dict[str, Phrase]:
    """Name by company the firms here in the segments that a segment supplies or buys from, leading ones first, then by revenue."""
    found: dict[str, tuple[bool, float, Phrase]] = {}
    for n in neighbours(setting, segment_id, end):
        for row in setting.firms.activities.get(n.segment_id, ()):
            if row["company_id"] in setting.firms_here and row["verdict"] == Verdict.CONFIRMED.value:
                firm, segment = setting.companies[row["company_id"]], setting.graph.segments[n.segment_id].name
                name = named(firm, firm["short_name"] or firm["name_zh"])
                text = Phrase(f"{name}（{segment}）", f"{name.en} ({segment.en})")
                rank = (not row["is_leading"], -float(firm["revenue_cny"] or 0.0), text)
                found[row["company_id"]] = min(rank, found.get(row["company_id"], rank))
    return {company_id: found[company_id][-1] for company_id in sorted(found, key=lambda c: found[c])}


def chances(setting: Setting, weights: Weights, scores: Sequence[float]) -> list[dict[str, Any]]:
    """Return for each score the fields of a target that say how likely it is; none of them under weights without a chance."""
    if not weights.chance:
        return [{} for _ in scores]
    size = log_size(setting.graph, setting.city)
    found = []
    for score in scores:
        probability, (low, high) = weights.chance.probability(score, size), weights.chance.interval(score, size)
        words = chance_words(probability, weights.chance.rate)
        found.append({"probability": probability, "probability_low": low, "probability_high": high, "chance_text": words})
    return found


@dataclass(frozen=True)
class Call:
    """What one phone call about a target would settle, and its range of places.

    `low`, `high`: best and worst place as what is not known of it turns out; a place more than the list has is off the list.
    `text`, `signal`: the question whose answer moves its place most; empty where nothing can be asked.
    """

    low: int
    high: int
    text: Phrase = NOTHING
    signal: str = ""


@dataclass(frozen=True, eq=False)
class Contest:
    """The candidates of a list with what is known of them and their scores, by which is asked what would become of the list.

    `values`: candidates × signals `names`, NaN where not known; `scores` in [0, 100]; `top`: how long the list is.
    """

    setting: Setting
    names: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    values: Array
    scores: Array
    weights: Weights
    listing: Listing
    top: int

    def calls(self, targets: Sequence[int]) -> list[Call]:
        """Return what a phone call would settle for each target, given by its number among the candidates."""
        asked = [(n, name, q) for n in targets for name, q in self._questions(n)]
        turned = [self._turned(n, good) for n in targets for good in (True, False)]
        answered = [self._answered(n, name, a) for n, name, q in asked for a in (q.good, q.bad)]
        rows = [n for n in targets for _ in "gb"] + [n for n, *_ in asked for _ in "gb"]
        places = self._places([*turned, *answered], rows)
        ends, moves = places[: len(turned)].reshape(-1, 2), places[len(turned) :].reshape(-1, 2)
        now = self.listing.places(self.scores[None, :], self.top)[0]
        return [
            self._call(int(now[n]), ends[i], [(name, q, m) for (k, name, q), m in zip(asked, moves, strict=True) if k == n], n)
            for i, n in enumerate(targets)
        ]

    def _call(self, now: int, ends: Array, answers: list[tuple[str, Question, Array]], n: int) -> Call:
        everywhere = [now, *map(int, ends), *(int(p) for name, _, moved in answers if name != "segment_fit" for p in moved)]
        low, high = min(everywhere), max(everywhere)
        if not answers:
            return Call(low, high)
        heavy = {name: self.weights.of[name].weight for name in self.names}
        name, question, (good, bad) = max(answers, key=lambda a: (abs(int(a[2][1]) - int(a[2][0])), heavy[a[0]]))
        return Call(low, high, self._said(question, now, int(good), int(bad)), name)

    def _said(self, question: Question, now: int, good: int, bad: int) -> Phrase:
        """Say what to ask and where either answer would put the firm."""
        if good == bad == now:
            return Phrase(
                f"已知的足以定在第 {now} 位，电话可直接谈投资计划",
                f"What is known settles place {now}: the call can go straight to its plans",
            )
        if question.is_published:
            head = Phrase(f"先查年报、工商登记：{question.text}", f"Look up in its filings {question.text.en}")
        else:
            head = Phrase(f"问清{question.text}", f"Ask {question.text.en}")
        head += Phrase(f"（现第 {now} 位）：", f" (now place {now}): ")
        parts = []
        for answer, place in ((question.good, good), (question.bad, bad)):
            what = self._moved(now, place)
            parts.append(Phrase(f"若{answer.text}，{what}", f"if {answer.text.en}, {what.en}"))
        return head + joined(parts, "；", "; ")

    def _moved(self, now: int, place: int) -> Phrase:
        if place > self._length:
            return Phrase(f"退出前 {self._length} 位", f"it leaves the first {self._length}")
        if place == now:
            return Phrase("位次不变", "it stays where it is")
        up = place < now
        return Phrase(f"{'升' if up else '降'}至第 {place} 位", f"it {'rises' if up else 'falls'} to place {place}")

    @cached_property
    def _length(self) -> int:
        """How many firms the list has."""
        return int(self.listing.places(self.scores[None, :], self.top).max(initial=0))

    @cached_property
    def _worth(self) -> Array:
        return np.array([100 * self.weights.of[name].weight for name in self.names])

    @cached_property
    def _rows(self) -> list[NDArray[np.intp]]:
        """Rows of every company: what a call settles about a firm it settles for all segments it is considered for."""
        return [np.flatnonzero(self.listing.company == n) for n in range(int(self.listing.company.max(initial=-1)) + 1)]

    def _questions(self, n: int) -> Iterator[tuple[str, Question]]:
        candidate = self.candidates[n]
        if candidate.activity["verdict"] != Verdict.CONFIRMED.value and "segment_fit" in self.names:
            yield "segment_fit", asks_what_it_makes(self.setting, candidate)
        for name, value, worth in zip(self.names, self.values[n], self._worth, strict=True):
            question = asks(name)
            if question and math.isnan(value) and worth > 0:
                yield name, question

    def _turned(self, n: int, good: bool) -> tuple[Array, Flags]:
        """Scores when all that is not known of a firm and could be asked turns out well, or badly."""
        scores = self.scores.copy()
        for name in self.names:
            if asks(name):
                self._count(scores, n, name, answerable(name, self.weights.of[name])[good])
        return scores, self.listing.confirmed

    def _answered(self, n: int, name: str, answer: Answer) -> tuple[Array, Flags]:
        """Scores, and whose activity is confirmed, once a question is answered."""
        scores, sure = self.scores.copy(), self.listing.confirmed
        if name != "segment_fit":
            self._count(scores, n, name, answer.value)
            return scores, sure
        column = self.names.index(name)
        scores[n] += self._worth[column] * (answer.value - self.values[n, column])
        sure = sure.copy()
        sure[n] = True
        return scores, sure

    def _count(self, scores: Array, n: int, name: str, value: float) -> None:
        """Let a signal that is not known of a firm count as a value, in all its rows."""
        column, rows = self.names.index(name), self._rows[self.listing.company[n]]
        blank = rows[np.isnan(self.values[rows, column])]
        scores[blank] += self._worth[column] * (value - self.weights.of[name].when_unknown)

    def _places(self, turned: Sequence[tuple[Array, Flags]], rows: Sequence[int]) -> Array:
        """Return the place of a firm on each of many lists; one more than the list has where it is not on it."""
        if not turned:
            return np.zeros(0)
        scores, sure = (np.array(all_) for all_ in zip(*turned, strict=True))
        places = self.listing.places(scores, self.top, sure)
        own = np.array([places[i, self._rows[self.listing.company[n]]].max() for i, n in enumerate(rows)])
        return np.where(own > 0, own, self._length + 1)
