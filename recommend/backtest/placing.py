"""Every signing of a team's list → where its firm would have stood before that year, or why it stands nowhere."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from chaingraph.graph import ChainGraph
from chaingraph.model import SegmentKind
from chaingraph.phrases import Phrase, verbatim
from chaingraph.signings import Likeness, Signing
from chaingraph.tables import Tables
from recommend.backtest.lists import LIST_TOPS, ORDERINGS, OURS, RANDOM, SEGMENT_TOPS, ChainList, chain_list
from recommend.backtest.past import COVERED_FROM, graph_before
from recommend.chance import log_size
from recommend.weights import Weights

PLACED = "placed"
FATES = (
    PLACED,
    Likeness.NOBODY.value,
    Likeness.DOUBTFUL.value,
    "no_date",
    "date_ahead",
    "before_coverage",
    "signed_before",
    "no_segment",
    "other_chain",
)
"""What becomes of a signing, beside the reasons for which a candidate is left out."""
STRONGEST_REASONS = ("already_here", "group_here", "not_active", "special_treatment")
"""Reasons of the firm itself: named before those of one of its segments."""


@dataclass(frozen=True)
class Placed:
    """A signing and its place. `fate`: ``placed``, or why it has none (`FATES`, or a reason of `candidates`), which `because` says.

    `place` of `among` firms of the chain's list and `segment_place` of `segment_among` are our own; `places` and
    `segment_places` hold those by every way but random, NaN by plants elsewhere where their number of then is not known. `chances`: by measure, how likely a random order would have had it so far
    in front. `probability`: that a firm with its score comes within five years, NaN where the weights have no chance.
    With several chains each way of ordering has its own best place, and chance as many tries.
    """

    signing: Signing
    fate: str
    because: str = ""
    chain_id: str = ""
    segment_id: str = ""
    place: float = math.nan
    among: int = 0
    segment_place: float = math.nan
    segment_among: int = 0
    score: float = math.nan
    probability: float = math.nan
    places: Mapping[str, float] = field(default_factory=dict)
    segment_places: Mapping[str, float] = field(default_factory=dict)
    chances: Mapping[str, float] = field(default_factory=dict)

    @property
    def percentile(self) -> float:
        """Share of the list that stands behind it, in [0, 1]; NaN where it has no place."""
        return 1 - (self.place - 0.5) / self.among if self.among else math.nan


def place_all(
    graph: ChainGraph,
    signings: Sequence[Signing],
    region: str,
    chain: str | None,
    weights: Weights,
    today: date,
    say: Callable[[str], object],
) -> list[Placed]:
    """Place every signing, in the order given: each once, whatever becomes of it."""
    fates = _fates(graph, signings, chain, today)
    firsts = {s.company_id: s.year for s, fate in zip(signings, fates, strict=True) if fate.fate == PLACED and s.year}
    out = list(fates)
    for year in sorted({y for y in firsts.values() if y}):
        at = [i for i, p in enumerate(fates) if p.fate == PLACED and p.signing.year == year]
        say(f"{year}: {len(at)}")
        since = frozenset(company for company, first in firsts.items() if first and first >= year)
        then = _Then(graph, graph_before(graph, year, region, since), region, weights)
        for i in at:
            out[i] = then.placed(signings[i], _chains_of(graph, signings[i].company_id, chain))
    return out


def _fates(graph: ChainGraph, signings: Sequence[Signing], chain: str | None, today: date) -> list[Placed]:
    """What keeps a signing from being looked for at all; `placed` for the others, until they are."""
    order = sorted(range(len(signings)), key=lambda i: ((signings[i].day + "-99-99")[:10], i))
    made: set[str] = set()
    out: dict[int, Placed] = {}
    for i in order:
        out[i] = Placed(signings[i], *_fate(graph, signings[i], chain, today, made))
        if signings[i].is_known and signings[i].day and out[i].fate != "date_ahead":
            made.add(signings[i].company_id)
    return [out[i] for i in range(len(signings))]


def _fate(graph: ChainGraph, s: Signing, chain: str | None, today: date, made: Iterable[str]) -> tuple[str, Phrase]:
    if s.likeness is Likeness.NOBODY:
        return s.likeness.value, Phrase("不在已知企业中", "not among the known companies")
    if s.likeness is Likeness.DOUBTFUL:
        firm = str(graph.company(s.company_id)["name_zh"]) if s.company_id else ""
        return s.likeness.value, Phrase(
            f"可能是{firm}，未计入：{s.why}", f"may be {verbatim(firm).en}, not counted: {verbatim(s.why).en}"
        )
    if s.year is None:
        return "no_date", Phrase("没有读得出的日期", "no date that can be read")
    if s.day > today.isoformat()[: len(s.day)]:
        return "date_ahead", Phrase(f"{s.day} 还没有到", f"{s.day} is still to come")
    if s.company_id in made:
        return "signed_before", Phrase(
            f"{s.name}在表中已有更早的签约", f"{verbatim(s.name).en} has an earlier signing on the list"
        )
    if s.year < COVERED_FROM:
        return "before_coverage", Phrase(
            f"{COVERED_FROM} 年以前没有可用的登记数据", f"there are no registrations to go by before {COVERED_FROM}"
        )
    if not _chains_of(graph, s.company_id, None):
        return "no_segment", Phrase("没有已知的环节", "no segment of it is known")
    if not _chains_of(graph, s.company_id, chain):
        return "other_chain", Phrase("只在其他产业链的环节中", "only in segments of other chains")
    return PLACED, Phrase("", "")


def _chains_of(graph: ChainGraph, company_id: str, chain: str | None) -> tuple[str, ...]:
    """Chains in whose producing segments a firm is, or the one asked about if it is."""
    of = graph.tables.derived(_segments_by_company).get(company_id, ())
    making = (graph.segments[s].chain_id for s in of if graph.segments[s].kind is not SegmentKind.MARKET)
    return tuple(c for c in dict.fromkeys(making) if chain in (None, c))


def _segments_by_company(tables: Tables) -> dict[str, tuple[str, ...]]:
    frame = tables["activities"]
    return {str(c): tuple(s) for c, s in frame.groupby("company_id")["segment_id"]}


class _Then:
    """The lists of a region before a year, made as they are asked for."""

    def __init__(self, today: ChainGraph, graph: ChainGraph, region: str, weights: Weights) -> None:
        self._graph, self._region, self._weights = graph, region, weights
        now, then = (g.tables["companies"].set_index("company_id")["founded_elsewhere"] for g in (today, graph))
        self._hidden = frozenset(now.index[now.notna() & then.reindex(now.index).isna()])
        self._lists: dict[str, ChainList] = {}
        self._size = log_size(graph, graph.places.city_of(region))

    def _list(self, chain: str) -> ChainList:
        if chain not in self._lists:
            self._lists[chain] = chain_list(self._graph, self._region, chain, self._weights)
        return self._lists[chain]

    def placed(self, signing: Signing, chains: Sequence[str]) -> Placed:
        company = signing.company_id
        every = [self._list(chain) for chain in chains]
        on = [found for found in every if company in found]
        if not on:
            return Placed(signing, *_left_out(company, every))
        best = min(on, key=lambda found: (found.place(company, OURS), -found.size))
        ways = [way for way in ORDERINGS if way != RANDOM]
        # What a firm has founded elsewhere in all may hold this very signing: where it stood by that is not known.
        unseen = ("most_plants_elsewhere",) if company in self._hidden else ()
        score, chance = best.score_of(company), self._weights.chance
        return Placed(
            signing,
            PLACED,
            "",
            best.chain_id,
            best.segment_of(company),
            best.place(company, OURS),
            best.size,
            best.segment_place(company, OURS),
            best.segment_size(company),
            score,
            chance.probability(score, self._size) if chance else math.nan,
            {way: math.nan if way in unseen else min(found.place(company, way) for found in on) for way in ways},
            {way: math.nan if way in unseen else min(found.segment_place(company, way) for found in on) for way in ways},
            _chances([found.size for found in on], [found.segment_size(company) for found in on]),
        )


def _chances(sizes: Sequence[int], segment_sizes: Sequence[int]) -> dict[str, float]:
    """How likely random orders, one per list, have a firm among the first: 1 − Π(1 − top/size)."""
    tops = [(measure, top, sizes) for measure, top in LIST_TOPS.items()]
    tops += [(measure, top, segment_sizes) for measure, top in SEGMENT_TOPS.items()]
    return {measure: 1 - math.prod(1 - min(1.0, top / n) for n in of) for measure, top, of in tops}


def _left_out(company: str, every: Sequence[ChainList]) -> tuple[str, str]:
    """The reason for which a firm is on no list: that of the firm itself, else the one that most of its segments give."""
    mine = [x for found in every for x in found.excluded if x.company_id == company]
    if not mine:
        return "no_segment", Phrase("没有已知的环节", "no segment of it is known")
    own = next((reason for reason in STRONGEST_REASONS if any(x.reason == reason for x in mine)), None)
    reason = own or Counter(x.reason for x in mine).most_common(1)[0][0]
    return reason, next(x.text for x in mine if x.reason == reason)
