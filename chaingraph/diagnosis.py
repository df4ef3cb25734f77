"""What a region has of a chain, what hinders it, and what to do (docs/methods.md §3–§5)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from chaingraph.constraints import Finding, choose_action, findings
from chaingraph.errors import UnknownNameError
from chaingraph.graph import ChainGraph, Segment
from chaingraph.labels import label
from chaingraph.metrics import completeness, readiness
from chaingraph.model import Action, ChainState, Constraint, Presence, SegmentKind, Stage
from chaingraph.notebook import Html, block, chip, listed, quiet, table
from chaingraph.own_firms import OwnFirms
from chaingraph.palette import MARKS, PALETTES
from chaingraph.phrases import Phrase, joined, said
from chaingraph.places import Region
from chaingraph.presence import Thresholds, because, evidence_of, grade
from chaingraph.roadmap import RoadmapStep, roadmap


@dataclass(frozen=True)
class SegmentDiagnosis:
    """One segment in one region.

    `lq`, `lq_low`, `lq_high`: posterior mean and 90 % interval of the location quotient, NaN for markets.
    `company_count`: registrations linked plus known companies. `coverage` in [0, 1]: how much the source sees of the region.
    `keystone_gain`: how much the mean readiness of the chain's segments rises when this one is filled, in [0, 1]. `unlocks`: how
    many segments become producible with it. `is_provisional`: the action rests on an unknown presence, to be verified first.

    >>> motor = cg.diagnose(graph, "台州", "泵与电机")["motor"]
    >>> motor.presence.value, motor.action.value, motor.lq_low < motor.lq < motor.lq_high
    ('strong', 'stabilize', True)
    >>> motor.company_count, motor.because.en.startswith("897 firms, where the nation's share would give")
    (897, True)
    """

    segment_id: str
    name_zh: str
    name_en: str
    stage: Stage
    kind: SegmentKind
    presence: Presence
    lq: float
    lq_low: float
    lq_high: float
    company_count: int
    companies: tuple[str, ...]
    coverage: float
    findings: tuple[Finding, ...]
    action: Action | None
    is_provisional: bool
    keystone_gain: float
    unlocks: int
    because: Phrase

    @property
    def name(self) -> Phrase:
        """Name in both languages."""
        return Phrase(self.name_zh, self.name_en)

    @property
    def constraint(self) -> Constraint | None:
        """The gravest constraint."""
        return self.findings[0].constraint if self.findings else None

    @property
    def is_gap(self) -> bool:
        """Whether firms are looked for: something to establish, fill, strengthen or extend."""
        return self.action in (Action.ESTABLISH, Action.FILL, Action.STRENGTHEN, Action.EXTEND)

    def cells(self, lang: str = "zh") -> dict[str, str]:
        """Return column → what a table shows people of the segment, on a terminal as in a notebook."""
        market = self.kind is SegmentKind.MARKET
        space = " " if lang == "en" else ""
        hindered = dict.fromkeys(f"{label(f.constraint, lang)}{space}({label(f.area, lang)})" for f in self.findings)
        verify = label("to_verify", lang) if self.is_provisional else ""
        return {
            "stage": label(self.stage, lang),
            "segment_name": said(self.name, lang),
            "presence": label(self.kind if market else self.presence, lang),
            "company_count": "" if market else str(self.company_count),
            "location_quotient": "" if math.isnan(self.lq) else f"{self.lq:.1f} [{self.lq_low:.1f}, {self.lq_high:.1f}]",
            "constraint": said(joined(hindered), lang) or "—",
            "action": label(self.action, lang) + verify if self.action else "—",
            "keystone_gain": f"+{self.keystone_gain:.0%}" if self.keystone_gain else "",
        }


@dataclass(frozen=True)
class Measured:
    """A further number of every segment that was asked for: its label and unit, and the values by segment, NaN not known."""

    name: str
    label: Phrase
    unit: Phrase
    values: Mapping[str, float]


@dataclass(frozen=True)
class Diagnosis:
    """A chain in a region: what is there of every segment, what hinders, what to do, in which order.

    `completeness` is (low, high), shares of the producing segments that can really be made there: counting what is surely there,
    and what may be. `coverage` in [0, 1]: how much the source sees of the region; `registrations`: how many it has of it.
    `metrics`: further numbers of the segments, where they were asked for (`measures.measured`). `own`: the region's own list of firms
    that stands in place of the registrations, where one was given. A segment is had by its id, with or without its chain.

    >>> diagnosis = cg.diagnose(graph, "桐城", "泵与电机")
    >>> diagnosis
    <Diagnosis 桐城市 · 泵与电机: 9 segments, completeness 25%–88% (the data are too thin to tell)>
    >>> [s.name.en for s in diagnosis.gaps][0], diagnosis["magnet-wire"].presence.value
    ('Silicon steel, magnet wire and magnets', 'unknown')
    """

    region: Region
    chain_id: str
    chain_name: Phrase
    chain_state: ChainState
    segments: tuple[SegmentDiagnosis, ...]
    completeness: tuple[float, float]
    coverage: float
    registrations: int
    coverage_text: Phrase
    roadmap: tuple[RoadmapStep, ...]
    version: str
    thresholds: Thresholds
    metrics: tuple[Measured, ...] = ()
    own: OwnFirms | None = None

    def __getitem__(self, segment_id: str) -> SegmentDiagnosis:
        for s in self.segments:
            if segment_id in (s.segment_id, s.segment_id.split("/")[1]):
                return s
        raise UnknownNameError("segment", segment_id, [s.segment_id for s in self.segments])

    @property
    def gaps(self) -> tuple[SegmentDiagnosis, ...]:
        """Segments for which firms are looked for, those that unlock most first."""
        return tuple(sorted((s for s in self.segments if s.is_gap), key=lambda s: (-s.keystone_gain, s.segment_id)))

    def completeness_text(self, lang: str = "zh") -> str:
        """Return the completeness as one share or as an interval; where that spans more than half, say that it cannot be told."""
        low, high = self.completeness
        if high - low > 0.5:
            told = label("cannot_tell", lang)
            return f"{low:.0%}–{high:.0%}" + (f"（{told}）" if lang == "zh" else f" ({told})")
        return f"{low:.0%}" if low == high else f"{low:.0%}–{high:.0%}"

    def to_html(self, lang: str = "zh") -> Html:
        """Return the diagnosis as a notebook shows it: every segment, what hinders, the roadmap; `lang` is ``zh`` or ``en``."""
        rows = []
        for s in self.segments:
            cells = s.cells(lang)
            if s.kind is not SegmentKind.MARKET:
                look = PALETTES["light"].grades[s.presence]
                words, dashed = f"{MARKS[s.presence]} {cells['presence']}", s.presence is Presence.MISSING
                cells["presence"] = chip(words, fill=look.fill, line=look.line, ink=look.ink, dashed=dashed)
            rows.append(list(cells.values()))
        heads = [label(column, lang) for column in self.segments[0].cells()] if self.segments else []
        numbers = [label(column, lang) for column in ("company_count", "location_quotient", "keystone_gain")]
        found = (joined((s.name, f.text), "：", ": ") for s in self.segments for f in s.findings)
        path = " → ".join(f"{r.order}. {said(r.name_zh, lang)}" for r in self.roadmap)
        return block(
            f"{said(self.heading, lang)} · {label('completeness', lang)} {self.completeness_text(lang)}",
            quiet(said(self.coverage_text, lang)),
            table(heads, rows, numbers=numbers),
            listed(said(text, lang) for text in found),
            f"{label('roadmap', lang)}: {path}" if path else "",
        )

    def _repr_html_(self) -> str:
        return str(self.to_html())

    def __repr__(self) -> str:
        return f"<Diagnosis {self.heading}: {len(self.segments)} segments, completeness {self.completeness_text('en')}>"

    @property
    def heading(self) -> Phrase:
        """Region · chain."""
        return joined((self.region.name, self.chain_name), " · ", " · ")

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per segment: the same frame on the terminal, in files and on the dashboard.

        | Column | What it is |
        | --- | --- |
        | `segment_id` | chain/segment |
        | `name_zh`, `name_en` | its name |
        | `stage`, `segment_kind`, `presence` | words of `Stage`, `SegmentKind`, `Presence` |
        | `location_quotient` | posterior mean, 1 is the nation's mix; NaN for markets |
        | `lq_low`, `lq_high` | its 90 % interval |
        | `company_count` | firms: registrations linked plus known companies |
        | `coverage` | how much the source sees of the region, in [0, 1] |
        | `constraint`, `constraint_area` | the gravest constraint and within which area it holds; None without one |
        | `constraint_text` | why, in Chinese, of all its constraints; None without one |
        | `action` | what to do; None where nothing is |
        | `is_provisional` | whether that rests on an unknown presence, to be verified first |
        | `keystone_gain` | rise of the chain's mean readiness when the segment is filled, in [0, 1] |
        | `unlocks` | segments that become producible with it |
        | `because` | why it has its grade, in Chinese |
        """
        return pd.DataFrame(
            {
                "segment_id": s.segment_id,
                "name_zh": s.name_zh,
                "name_en": s.name_en,
                "stage": s.stage.value,
                "segment_kind": s.kind.value,
                "presence": s.presence.value,
                "location_quotient": s.lq,
                "lq_low": s.lq_low,
                "lq_high": s.lq_high,
                "company_count": s.company_count,
                "coverage": s.coverage,
                "constraint": s.constraint.value if s.constraint else None,
                "constraint_area": s.findings[0].area.value if s.findings else None,
                "constraint_text": "；".join(f.text for f in s.findings) or None,
                "action": s.action.value if s.action else None,
                "is_provisional": s.is_provisional,
                "keystone_gain": s.keystone_gain,
                "unlocks": s.unlocks,
                "because": str(s.because),
                **{m.name: m.values[s.segment_id] for m in self.metrics},
            }
            for s in self.segments
        )

    def as_dict(self) -> dict[str, object]:
        """Return everything as plain values, ready for JSON (not known is null)."""
        frame = self.to_pandas().astype(object)
        return {
            "region_code": self.region.code,
            "region": self.region.name_zh,
            "chain_id": self.chain_id,
            "chain": str(self.chain_name),
            "chain_state": self.chain_state.value,
            "completeness_low": self.completeness[0],
            "completeness_high": self.completeness[1],
            "coverage": self.coverage,
            "registrations": self.registrations,
            "coverage_text": str(self.coverage_text),
            "data_version": self.version,
            "segments": frame.where(frame.notna(), None).to_dict("records"),
            "roadmap": [
                {
                    "order": r.order,
                    "segment_id": r.segment_id,
                    "name_zh": str(r.name_zh),
                    "action": r.action.value,
                    "completeness": r.completeness,
                }
                for r in self.roadmap
            ],
        } | self._asked_for()

    def _asked_for(self) -> dict[str, object]:
        """What only some diagnoses have: the own list they rest on, and further numbers."""
        out: dict[str, object] = {}
        if self.own:
            out["own_list"] = self.own.as_dict()
        if self.metrics:
            out["metrics"] = {m.name: {"label": str(m.label), "unit": str(m.unit)} for m in self.metrics}
        return out


def diagnose(
    graph: ChainGraph, region: str, chain: str, thresholds: Thresholds | None = None, *, own: OwnFirms | None = None
) -> Diagnosis:
    """Diagnose a chain (id or name) in a region (code or name), as docs/methods.md §3–§5 says.

    `thresholds`: bounds of one's own. `own`: the region's own list of firms, in place of the registrations there. Raises `UnknownNameError` for a region or chain that the graph does not have, with the nearest.

    >>> cg.diagnose(graph, "331000", "pump-motor")
    <Diagnosis 台州市 · 泵与电机: 9 segments, completeness 100%>
    >>> cg.diagnose(graph, "台州", "泵与电动机")
    Traceback (most recent call last):
    chaingraph.errors.UnknownNameError: no chain '泵与电动机'. Did you mean '泵与电机'? `chaingraph chains` lists them.
    """
    limits = thresholds or Thresholds()
    place, chain_id = graph.find_region(region), graph.find_chain(chain)
    segments = graph.chain_segments(chain_id)
    column = {s: i for i, s in enumerate(graph.segment_ids)}
    evidence = evidence_of(graph, place, limits, own)
    here, areas = evidence.here, evidence.areas
    grades = {
        s.id: Presence.UNKNOWN
        if s.kind is SegmentKind.MARKET
        else grade(
            here.count[column[s.id]],
            here.low[column[s.id]],
            here.high[column[s.id]],
            limits,
            sees_absence=evidence.sees_absence(s),
            is_listed_whole=evidence.is_listed_whole(s),
            leaders=len(graph.places.leaders_here(place.code, s.id)),
        )
        for s in segments
    }
    producing = [s for s in segments if s.kind is not SegmentKind.MARKET]
    present = {s.id for s in producing if grades[s.id] not in (Presence.MISSING, Presence.UNKNOWN)}
    maybe = present | {s.id for s in producing if grades[s.id] is Presence.UNKNOWN}
    state = _state(producing, present, limits)
    found_at = {s.id: tuple(findings(graph, s, present, grades, areas, place, column, limits)) for s in producing}
    needs = graph.needs(chain_id)
    base = readiness(needs, present)
    made = graph.producible(chain_id, present)
    rows = []
    for s in segments:
        i = column[s.id]
        found = found_at.get(s.id, ())
        needed = bool(graph.downstream(s.id) & present)
        action = choose_action(
            s.kind,
            grades[s.id],
            [f.constraint for f in found],
            is_location_bound=s.is_location_bound,
            is_needed_here=needed,
            chain_state=state,
        )
        after = readiness(needs, present | {s.id})
        gain = float(np.mean([after[k] - base[k] for k in needs])) if s.id in needs and s.id not in present else 0.0
        unlocks = len(graph.producible(chain_id, present | {s.id})) - len(made) if s.id not in present and s.id in needs else 0
        market = s.kind is SegmentKind.MARKET
        rows.append(
            SegmentDiagnosis(
                s.id,
                s.name_zh,
                s.name_en,
                s.stage,
                s.kind,
                grades[s.id],
                float("nan") if market else float(here.mean[i]),
                float("nan") if market else float(here.low[i]),
                float("nan") if market else float(here.high[i]),
                int(here.count[i]),
                evidence.companies(s.id),
                evidence.coverage,
                found,
                action,
                grades[s.id] is Presence.UNKNOWN and action is not None,
                gain,
                unlocks,
                because(s, grades[s.id], evidence, i),
            )
        )
    low = completeness(made, [s.id for s in producing])
    high = completeness(graph.producible(chain_id, maybe), [s.id for s in producing])
    path = roadmap(
        graph, chain_id, present, {r.segment_id: r.action for r in rows if r.is_gap and r.action and r.segment_id not in present}
    )
    return Diagnosis(
        place,
        chain_id,
        graph.chains[chain_id],
        state,
        tuple(rows),
        (low, high),
        evidence.coverage,
        evidence.registrations,
        evidence.text,
        path,
        graph.version,
        limits,
        own=own,
    )


def _state(producing: Sequence[Segment], present: set[str], limits: Thresholds) -> ChainState:
    if not present:
        return ChainState.ABSENT
    return ChainState.ROOTED if len(present) / len(producing) >= limits.rooted_share else ChainState.PARTIAL
