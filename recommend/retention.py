"""稳链: which of the region's own leading firms other cities draw most, by the model that ranks targets, turned round.

A caution to look after a firm, never a prediction about it (docs/methods.md §6).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from chaingraph.diagnosis import Diagnosis
from chaingraph.graph import ChainGraph
from chaingraph.metrics import Array
from chaingraph.model import RegionLevel, SegmentKind, Verdict
from chaingraph.phrases import NOTHING, Phrase, joined
from recommend.candidates import Candidate, Setting
from recommend.rivals import Rivals
from recommend.signals import DISTANCE_SCALE_KM, MOBILITY, customers_here, expansion, inputs_here, leadership
from recommend.weights import Weights

CAUTION = Phrase(
    "提示，不是对企业的预测：只说公开资料里其他城市对它有多大吸引力，搬迁或扩产的打算要当面问",
    "A caution, not a prediction about a firm: it says how much other cities draw it in what is public; what it intends is to be asked",
)

MATTERS = 0.5
"""Points by which a rival's offer must be ahead in one thing to be what would keep a firm."""

FIT_FROM = 0.2
"""Coverage of the region from which its relatedness to a segment is known, as the signal `regional_fit` has it."""

THIN = 0.4
"""Coverage of the region below which inputs and customers not seen here may well be here."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One part of what draws a firm away: points of the score, what is known of it, and where from.

    `is_known` is false where the signal is not known and counts as its weight declares.
    """

    signal: str
    points: float
    text: Phrase
    origin_id: str
    is_known: bool = True


@dataclass(frozen=True)
class RetentionRisk:
    """A leading firm that sits here and what draws it away: a caution, not a prediction.

    `points` is the exact sum of its draws': readiness to build elsewhere, and what the strongest rival city offers more than here
    (negative where here is better). It orders the firms of one region and has no other meaning. `rival_lead`: points of the
    place alone. `keep`: what would keep it. `elsewhere`: region codes of its known plants outside the city.

    >>> risk = recommend.at_risk(graph, cg.diagnose(graph, "台州", "泵与电机"), top=1)[0]
    >>> risk.points == sum(draw.points for draw in risk.draws)
    True
    >>> [draw.signal for draw in risk.draws]
    ['expansion', 'mobility', 'inputs_here', 'customers_here', 'regional_fit', 'distance']
    """

    rank: int
    company_id: str
    name: str
    segment_id: str
    segment_name: Phrase
    region_code: str
    draws: tuple[Draw, ...]
    rival_region: str
    rival_lead: float
    text: Phrase
    keep: Phrase
    elsewhere: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """Sum of the draws' points."""
        return sum(draw.points for draw in self.draws)

    def as_dict(self) -> dict[str, object]:
        """Return the caution as plain JSON-ready values."""
        return {
            "rank": self.rank,
            "company_id": self.company_id,
            "name": str(self.name),
            "segment_id": self.segment_id,
            "segment_name": str(self.segment_name),
            "region_code": self.region_code,
            "points": self.points,
            "draws": [
                {"signal": d.signal, "points": d.points, "text": str(d.text), "origin_id": d.origin_id, "is_known": d.is_known}
                for d in self.draws
            ],
            "rival_region": self.rival_region,
            "rival_lead": self.rival_lead,
            "rival_text": str(self.text),
            "keep": str(self.keep),
            "elsewhere": list(self.elsewhere),
            "caution": str(CAUTION),
        }


def at_risk(graph: ChainGraph, diagnosis: Diagnosis, top: int = 10, weights: Weights | None = None) -> list[RetentionRisk]:
    """Return the region's own leading firms of a chain that other cities draw most, the first `top` of them.

    Own: the seat is in the region. Leading: named as leading, on a list, or with a revenue that is known. A firm in several
    segments stands for the one in which it is drawn most. Any other city specialised in the segment may draw it, next-door ones too.

    >>> [risk.rank for risk in recommend.at_risk(graph, cg.diagnose(graph, "台州", "泵与电机"), top=3)]
    [1, 2, 3]
    """
    used, setting = weights or Weights.load(), Setting(graph, diagnosis)
    found: dict[str, RetentionRisk] = {}
    for segment in diagnosis.segments:
        if segment.kind is not SegmentKind.MARKET:
            for risk in _of_segment(setting, segment.segment_id, used):
                before = found.get(risk.company_id)
                if before is None or risk.points > before.points:
                    found[risk.company_id] = risk
    order = sorted(found.values(), key=lambda r: (-r.points, r.company_id))
    return [replace(risk, rank=place) for place, risk in enumerate(order[:top], start=1)]


def to_pandas(risks: Sequence[RetentionRisk]) -> pd.DataFrame:
    """Return one row per caution, with a column of points per draw."""
    fixed = ["rank", "company_id", "name", "segment_id", "segment_name", "region_code", "points"]
    fixed += ["rival_region", "rival_lead", "rival_text", "keep", "elsewhere", "caution"]
    rows = [
        {**r.as_dict(), "elsewhere": "；".join(r.elsewhere), **{f"{d.signal}_points": d.points for d in r.draws}} for r in risks
    ]
    draws = list(dict.fromkeys(f"{d.signal}_points" for r in risks for d in r.draws))
    return pd.DataFrame(rows, columns=fixed + draws)


def _of_segment(setting: Setting, segment_id: str, weights: Weights) -> Iterator[RetentionRisk]:
    own = [c for c in _own(setting, segment_id) if leadership(setting, c) is not None]
    if not own:
        return
    places = setting.graph.places
    column = setting.column[segment_id]
    few = setting.diagnosis.thresholds.few_companies
    special = (places.counts[:, column] >= few) & (np.nan_to_num(places.quotient[:, column]) > 1.0)
    special[setting.city_row] = False
    rivals = replace(Rivals.of(setting, segment_id, own), open=np.tile(special, (len(own), 1)))
    best, leads = rivals.weighed(weights)
    for row, candidate in enumerate(own):
        city = int(best[row])
        draws = (*_ready(setting, candidate, weights), *_offered(setting, candidate, rivals, city, weights))
        text = rivals.sentence(row, city, float(leads[row])) if city >= 0 else _NO_RIVAL
        away = sorted(c for c in setting.places.get(candidate.company_id, ()) if places.city_of(c) != setting.city)
        yield RetentionRisk(
            0,
            candidate.company_id,
            candidate.name,
            segment_id,
            setting.graph.segments[segment_id].name,
            setting.region_code,
            draws,
            places.cities[city] if city >= 0 else "",
            float(leads[row]) * 100 if city >= 0 else 0.0,
            text,
            _keep(setting, candidate, draws, places.cities[city] if city >= 0 else ""),
            tuple(away),
        )


def _own(setting: Setting, segment_id: str) -> list[Candidate]:
    """Firms confirmed in a segment whose seat is in the region asked about."""
    region = setting.diagnosis.region
    inside = setting.graph.places.inside(region.code if region.level is RegionLevel.COUNTY else setting.city)
    rows = setting.firms.activities.get(segment_id, ())
    found = (Candidate(r["company_id"], segment_id, setting.companies[r["company_id"]], r) for r in rows)
    return [c for c in found if c.activity["verdict"] == Verdict.CONFIRMED.value and c.company["region_code"] in inside]


def _ready(setting: Setting, candidate: Candidate, weights: Weights) -> Iterator[Draw]:
    """How ready the firm is to build elsewhere: its plants there, and how free its owner is."""
    habit, weight = expansion(setting, candidate), weights.of["expansion"]
    if habit:
        yield Draw("expansion", 100 * weight.weight * habit.value, habit.text, habit.origin_id)
    else:
        unseen = Phrase("未见在外地设过冠名子公司", "no subsidiary of its name seen elsewhere")
        yield Draw("expansion", 100 * weight.weight * weight.when_unknown, unseen, "", is_known=False)
    owner, weight = candidate.company["ownership"], weights.of["mobility"]
    if owner in MOBILITY:
        value, text = MOBILITY[owner]
        yield Draw("mobility", 100 * weight.weight * value, text, candidate.company["origin_id"])
    else:
        not_known = Phrase("所有制未知", "owner not known")
        yield Draw("mobility", 100 * weight.weight * weight.when_unknown, not_known, "", is_known=False)


def _offered(setting: Setting, candidate: Candidate, rivals: Rivals, city: int, weights: Weights) -> Iterator[Draw]:
    """What a city offers the firm more than the region's own, in points; nothing where there is no such city."""
    here = setting.city_row
    there = city if city >= 0 else here
    for name, found, signal in (
        ("inputs_here", rivals.inputs, inputs_here),
        ("customers_here", rivals.customers, customers_here),
    ):
        told = signal(setting, candidate)
        share = found[0] / found[1] if found else np.zeros(len(rivals.relatedness))
        lacks = share[there] > share[here]
        yield _more(name, share, there, here, weights, (told.against if lacks else told.text) if told else _NONE_NEAR[name])
    seen = setting.diagnosis.coverage >= FIT_FROM
    fit = NOTHING if seen else Phrase("本地登记太少，产业关联不可靠", "too few registrations here for a relatedness to rely on")
    yield replace(_more("regional_fit", rivals.relatedness, there, here, weights, fit), is_known=seen)
    away = float(setting.graph.places.distances[here, there])
    near = math.exp(-away / DISTANCE_SCALE_KM) if there != here else 1.0
    text = Phrase(f"距本部 {away:.0f} 公里", f"{away:,.0f} km from its seat") if there != here else NOTHING
    yield Draw("distance", 100 * weights.of["distance"].weight * (near - 1.0), text, "regions")


_NONE_NEAR: Mapping[str, Phrase] = {
    "inputs_here": Phrase("该环节在链上没有上游", "the segment has no inputs in the chain"),
    "customers_here": Phrase("该环节只供应市场", "the segment supplies markets only"),
}


def _more(name: str, share: Array, there: int, here: int, weights: Weights, text: Phrase) -> Draw:
    """The part of one signal of the place: weight × (share there − share here), both in [0, 1]."""
    points = 100 * weights.of[name].weight * float(share[there] - share[here])
    both = Phrase(f"对手 {share[there]:.0%}，本地 {share[here]:.0%}", f"{share[there]:.0%} there, {share[here]:.0%} here")
    return Draw(name, points, joined((t for t in (both, text) if t), "；", "; "), "registrations")


def _keep(setting: Setting, candidate: Candidate, draws: Sequence[Draw], rival: str) -> Phrase:
    """Say what would keep a firm: what the place lacks most against its rival, else to be there when it next builds."""
    points = {d.signal: d.points for d in draws}
    lacking = max(_LACKING, key=lambda name: points[name])
    if points[lacking] >= MATTERS:
        signal = {"inputs_here": inputs_here, "customers_here": customers_here}.get(lacking)
        told = signal(setting, candidate) if signal else None
        doubt = _THIN_DATA if setting.diagnosis.coverage < THIN else NOTHING
        return joined((_LACKING[lacking], told.against) if told else (_LACKING[lacking],), "：", ": ") + doubt
    stands = _MATCHED if rival else _NO_RIVAL
    return joined((stands, _BUILDS if draws[0].is_known else _VISIT), "：", ": ")


_LACKING: Mapping[str, Phrase] = {
    "inputs_here": Phrase("就近补上它的上游", "Bring its inputs near"),
    "customers_here": Phrase("就近补上它的客户", "Bring its customers near"),
    "regional_fit": Phrase(
        "做厚与它相关的产业，对手在这些产业上更强", "Thicken the industries related to it: the rival is stronger in them"
    ),
}
_THIN_DATA = Phrase("（本地数据稀薄，先核实）", " (the data on this place are thin: verify first)")
_MATCHED = Phrase("本地配套不输对手", "What is here matches the rival")
_NO_RIVAL = Phrase("没有其他城市在该环节形成专业化", "No other city is specialised in the segment")
_BUILDS = Phrase(
    "它有异地设厂的习惯，下一次扩产前先谈用地和审批",
    "it is used to building elsewhere, so talk about land and permits before it next expands",
)
_VISIT = Phrase("例行走访，问扩产打算", "visit as usual and ask what it plans to add")
