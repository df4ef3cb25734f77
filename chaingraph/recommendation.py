"""A target and what is said of it: who, for which segment, with which score, for which reasons, and what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from chaingraph.labels import label
from chaingraph.model import Mover
from chaingraph.notebook import Html, block, quiet, table
from chaingraph.phrases import Phrase, joined, said


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal's share of a score.

    `value` is in [0, 1], or None when not known; then `points` come from the signal's declared `when_unknown` and
    `known` is false. points = 100 × weight × value.

    >>> best = recommend.shortlist(graph, cg.diagnose(graph, "台州", "泵与电机"), top=1)[1].strongest[0]
    >>> best.signal, round(best.points, 1) == round(100 * best.weight * best.value, 1)
    ('segment_fit', True)
    """

    signal: str
    value: float | None
    weight: float
    points: float
    text: str
    origin_id: str

    @property
    def known(self) -> bool:
        """Whether the signal was known for this company."""
        return self.value is not None


@dataclass(frozen=True)
class Recommendation:
    """A target firm (目标企业) for one segment in one region: a score that is the exact sum of its reasons.

    `score` is in [0, 100]; `coverage` in [0, 1] is the share of weight whose signal is known. `list_ids`: the lists it is on, in
    the order of `lists`, each once. `away_km`: great-circle distance from its seat's city to the region's, NaN when not known.
    `seat_code`: region code of its seat, empty when not known or abroad. `alternatives`: the next firms for the same gap.
    `package`: firms of the list it is worth more with, and what for.

    `probability` with its interval: that it comes within five years, NaN under weights that are not calibrated; `chance_text`
    says it. `mover`: a `Mover`, empty where nothing is known of its plants. `stability`: share in [0, 1] of 200 reweightings and
    resamplings that keep it among the first 20, NaN when not asked. `rank_low`, `rank_high`: best and worst place as what is not
    known of it turns out, 0 when not asked. `phone_call`: the question whose answer moves its place most (`phone_call_signal`),
    and how far; empty when nothing can be asked. `warm_path`: firms here through which it can be reached. `rival_lead`: points
    by which the rival is ahead, negative when it is behind, NaN without a rival.

    >>> target = recommend.shortlist(graph, cg.diagnose(graph, "台州", "泵与电机"), top=1)[1]
    >>> target.score == sum(reason.points for reason in target.reasons)
    True
    >>> print(target.explain("en").splitlines()[0])
    1. 甬金股份 → Castings and stainless steel · 58.6 points · 68% of the weight known
    """

    rank: int
    company_id: str
    name: str
    segment_id: str
    segment_name: str
    region_code: str
    reasons: tuple[Reason, ...]
    against: str
    rival_region: str
    rival_text: str
    seat: str = ""
    lists: tuple[str, ...] = ()
    also_fits: tuple[str, ...] = ()
    not_known: tuple[str, ...] = field(default=())
    list_ids: tuple[str, ...] = ()
    away_km: float = math.nan
    seat_code: str = ""
    alternatives: tuple[str, ...] = ()
    package: tuple[str, ...] = ()
    probability: float = math.nan
    probability_low: float = math.nan
    probability_high: float = math.nan
    chance_text: str = ""
    mover: str = ""
    stability: float = math.nan
    rank_low: int = 0
    rank_high: int = 0
    phone_call: str = ""
    phone_call_signal: str = ""
    warm_path: tuple[str, ...] = ()
    rival_lead: float = math.nan

    @property
    def score(self) -> float:
        """Sum of the reasons' points, in [0, 100]."""
        return sum(reason.points for reason in self.reasons)

    @property
    def coverage(self) -> float:
        """Share of the weight whose signal is known, in [0, 1]."""
        total = sum(reason.weight for reason in self.reasons)
        return sum(reason.weight for reason in self.reasons if reason.known) / total if total else 0.0

    @property
    def strongest(self) -> tuple[Reason, ...]:
        """The known reasons that give most points, at most three."""
        return strongest(self.reasons)

    @property
    def heading(self) -> Phrase:
        """Who for what, with score and coverage, in a line."""
        return Phrase(
            f"{self.rank}. {self.name} → {self.segment_name} · {self.score:.1f} 分 · 已知权重 {self.coverage:.0%}",
            f"{self.rank}. {said(self.name, 'en')} → {said(self.segment_name, 'en')} · {self.score:.1f} points · "
            f"{self.coverage:.0%} of the weight known",
        )

    @property
    def standing(self) -> Phrase:
        """How likely it is, which kind of firm, and how firm its place: what is known of these, in a line."""
        parts: list[str] = [self.chance_text] if self.chance_text else []
        if self.mover:
            # That no plant was seen is not that there is none.
            unseen = Phrase("（资料未见异地设厂）", " (no plant elsewhere seen)") if self.mover == Mover.NEWCOMER else ""
            parts.append(Phrase(label(self.mover), label(self.mover, "en")) + unseen)
        if self.rank_low:
            places = f"{self.rank_low}" if self.rank_low == self.rank_high else f"{self.rank_low}–{self.rank_high}"
            parts.append(Phrase(f"名次 {places}", f"place {places}"))
        if not math.isnan(self.stability):
            kept = f"{self.stability:.0%}"
            parts.append(Phrase(f"稳定度 {kept}", f"stability {kept}"))
        return joined(parts, " · ", " · ")

    def explain(self, lang: str = "zh") -> str:
        """Say in lines why this firm: the strongest reasons, the counter-argument, the rival, what is not known, how to reach it.

        `lang` is ``zh`` or ``en``.
        """
        lines: list[str] = [self.heading]
        lines += [Phrase(f"   + {r.points:4.1f}  ", f"   + {r.points:4.1f}  ") + r.text for r in self.strongest]
        lines.append(Phrase("   − ", "   − ") + self.against)
        if self.rival_text:
            lines.append(Phrase("   ⇄ ", "   ⇄ ") + self.rival_text)
        if self.also_fits:
            lines.append(Phrase("   也适合：", "   also fits: ") + joined(self.also_fits))
        if self.not_known:
            words = joined(Phrase(label(signal), label(signal, "en")) for signal in self.not_known)
            lines.append(Phrase("   ? 未知：", "   ? not known: ") + words)
        lines += [Phrase(f"   {mark} ", f"   {mark} ") + text for mark, text in self._further if text]
        return "\n".join(said(line, lang) for line in lines)

    @property
    def _further(self) -> tuple[tuple[str, str], ...]:
        """What else is said of it, each after its mark: the phone call, the way to reach it, the package, how firm its place is."""
        apart = ("；", "; ")
        return (
            ("☎", self.phone_call),
            ("↔", joined(self.warm_path, *apart)),
            ("＋", joined(self.package, *apart)),
            ("≈", self.standing),
        )

    def to_html(self, lang: str = "zh") -> Html:
        """Return the target as a notebook shows it: all its points, then what `explain` says beside; `lang` is ``zh`` or ``en``."""
        heads = [label(word, lang) for word in ("signal", "value", "weight", "points", "text")]
        rows = [
            (
                label(r.signal, lang),
                "?" if r.value is None else f"{r.value:.2f}",
                f"{r.weight:.0%}",
                f"{r.points:.1f}",
                said(r.text, lang),
            )
            for r in sorted(self.reasons, key=lambda r: -r.points)
        ]
        rival = Phrase("⇄ ", "⇄ ") + self.rival_text if self.rival_text not in ("", self.against) else ""
        about = said(joined((text for text in (self.seat, *self.lists) if text), " · ", " · "), lang)
        return block(
            said(self.heading, lang),
            quiet(about) if about else "",
            table(heads, rows, numbers=heads[1:4]),
            said(Phrase("− ", "− ") + self.against, lang),
            said(rival, lang),
            *(said(Phrase(f"{mark} ", f"{mark} ") + text, lang) for mark, text in self._further if text),
        )

    def _repr_html_(self) -> str:
        return str(self.to_html())

    def __repr__(self) -> str:
        return f"<Recommendation {self.heading}>"

    def as_dict(self) -> dict[str, object]:
        """Return the recommendation as plain JSON-ready values."""
        return {
            "rank": self.rank,
            "company_id": self.company_id,
            "name": str(self.name),
            "segment_id": self.segment_id,
            "segment_name": str(self.segment_name),
            "region_code": self.region_code,
            "score": self.score,
            "coverage": self.coverage,
            "reasons": [
                {
                    "signal": r.signal,
                    "value": r.value,
                    "weight": r.weight,
                    "points": r.points,
                    "text": str(r.text),
                    "origin_id": r.origin_id,
                }
                for r in self.reasons
            ],
            "against": str(self.against),
            "rival_region": self.rival_region,
            "rival_text": str(self.rival_text),
            "seat": str(self.seat),
            "lists": [str(text) for text in self.lists],
            "also_fits": [str(text) for text in self.also_fits],
            "not_known": list(self.not_known),
            "list_ids": list(self.list_ids),
            "away_km": _or_none(self.away_km),
            "seat_code": self.seat_code,
            "alternatives": [str(text) for text in self.alternatives],
            "package": [str(text) for text in self.package],
            "probability": _or_none(self.probability),
            "probability_low": _or_none(self.probability_low),
            "probability_high": _or_none(self.probability_high),
            "chance_text": str(self.chance_text),
            "mover": self.mover,
            "stability": _or_none(self.stability),
            "rank_low": self.rank_low or None,
            "rank_high": self.rank_high or None,
            "phone_call": str(self.phone_call),
            "phone_call_signal": self.phone_call_signal,
            "warm_path": [str(text) for text in self.warm_path],
            "rival_lead": _or_none(self.rival_lead),
        }


def strongest(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return the known reasons that give most points, at most three."""
    return tuple(sorted((r for r in reasons if r.known and r.points > 0), key=lambda r: -r.points)[:3])


def _or_none(number: float) -> float | None:
    return None if math.isnan(number) else number


@dataclass(frozen=True)
class Exclusion:
    """A firm that was considered and left out, and why: `reason` is an identifier, `text` the sentence.

    >>> excluded = recommend.shortlist(graph, cg.diagnose(graph, "台州", "泵与电机")).excluded
    >>> "no_evidence" in {e.reason for e in excluded}
    True
    """

    company_id: str
    name: str
    segment_id: str
    reason: str
    text: str
