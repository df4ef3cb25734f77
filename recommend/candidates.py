"""Who may be considered for a segment in a region, and who was left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from chaingraph.diagnosis import Diagnosis, SegmentDiagnosis
from chaingraph.errors import ChaingraphError
from chaingraph.graph import ChainGraph
from chaingraph.metrics import Array
from chaingraph.model import Ownership, RegionLevel, SegmentKind, Verdict
from chaingraph.phrases import Phrase, verbatim
from chaingraph.recommendation import Exclusion
from recommend.firms import Firms, Row

EVIDENCE_FROM = 0.5
"""Confidence below which an unconfirmed activity is no evidence."""

NOT_MAKERS = frozenset(
    "银行 证券 保险 多元金融 百货 超市连锁 商贸代理 批发业 其他商业 电器连锁 商品城 全国地产 区域地产 园区开发 房产服务 旅游景点 旅游服务 酒店餐饮 影视音像 出版业 广告包装商".split()
)
FINANCE = frozenset("银行 证券 保险 多元金融".split())
TIED_TO_PLACE = frozenset("供气供热 水务 火力发电 水力发电 新型电力 路桥 公路 港口 机场 公共交通 铁路 电信运营".split())

BESIDE_MAINLAND = frozenset(("HK", "MO", "TW"))
"""Codes of the parts of China whose firms are 境外 without being abroad."""

STATE = frozenset((Ownership.LOCAL_STATE.value, Ownership.CENTRAL_STATE.value))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A company that may be considered for one segment: its row, its activity there."""

    company_id: str
    segment_id: str
    company: Row
    activity: Row

    @property
    def name(self) -> str:
        """Name in common use, the short name where there is one; with its English name where that is known."""
        short, english = self.company["short_name"], self.company["name_en"]
        name = str(short) if isinstance(short, str) else str(self.company["name_zh"])
        return Phrase(name, english) if isinstance(english, str) else name


def named(company: Row, name: str) -> Phrase:
    """Return a name of a company as it stands in a sentence: in English its English name, else the Chinese in quotation marks."""
    english = company["name_en"]
    return Phrase(name, english) if isinstance(english, str) else verbatim(name)


@dataclass(frozen=True)
class Setting:
    """A region and chain, and what the signals look up there; built once per list."""

    graph: ChainGraph
    diagnosis: Diagnosis

    def __post_init__(self) -> None:
        """Refuse a province: distance and reach are those of a city."""
        if self.city not in self.graph.places.cities:
            inside = "、".join(r.name_zh for r in self.graph.regions.values() if r.parent_code == self.region_code)
            remedy = f"give one of its cities: {inside}" if inside else "give a city"
            raise ChaingraphError(
                f"targets are ranked for a city or county, and {self.diagnosis.region.name_zh} is neither: {remedy}"
            )

    @property
    def region_code(self) -> str:
        """Code of the region asked about."""
        return self.diagnosis.region.code

    @cached_property
    def city(self) -> str:
        """The prefecture or municipality of the region."""
        return self.graph.places.city_of(self.region_code)

    @cached_property
    def city_row(self) -> int:
        """Row of the city in the graph's arrays."""
        return self.graph.places.cities.index(self.city)

    @cached_property
    def column(self) -> dict[str, int]:
        """Column of each segment in the graph's arrays."""
        return {s: i for i, s in enumerate(self.graph.segment_ids)}

    @cached_property
    def row(self) -> dict[str, int]:
        """Row of each city in the graph's arrays."""
        return {c: i for i, c in enumerate(self.graph.places.cities)}

    @cached_property
    def reach(self) -> Array:
        """Firms within the diagnosis' radius of every city, cities × segments."""
        return self.graph.places.reach(self.diagnosis.thresholds.radius_km)

    @cached_property
    def firms(self) -> Firms:
        """All companies of the data version."""
        return self.graph.tables.derived(Firms.of)

    @property
    def companies(self) -> Mapping[str, Row]:
        """Company rows by id."""
        return self.firms.companies

    @property
    def lists(self) -> Mapping[str, list[tuple[str, Phrase, int | None, str]]]:
        """Company → (list id, list name, rank or None, industry) of its memberships."""
        return self.firms.lists

    @property
    def ties(self) -> Mapping[str, list[tuple[str, str, Phrase]]]:
        """Company → (other company, kind, sentence), read from both ends."""
        return self.firms.ties

    @property
    def breadth(self) -> Mapping[str, int]:
        """Company → number of producing segments of any chain it is confirmed in."""
        return self.firms.breadth

    @cached_property
    def places(self) -> Mapping[str, frozenset[str]]:
        """Company → codes of the regions it is known to be in: seat and establishments, with landings."""
        known = self.firms.places
        landed: dict[str, frozenset[str]] = {}
        for landing in self.graph.landings:
            before = landed.get(landing.company_id) or known.get(landing.company_id, frozenset())
            landed[landing.company_id] = before | {landing.region_code}
        return {**known, **landed} if landed else known

    @cached_property
    def firms_here(self) -> frozenset[str]:
        """Companies known to be in the region's city, those of its own list with them."""
        return self._firms_at(c for c in self.graph.regions if self.graph.places.city_of(c) == self.city)

    @property
    def firms_listed(self) -> frozenset[str]:
        """Companies that the region's own list names; none without one."""
        return self.diagnosis.own.members if self.diagnosis.own else frozenset()

    @cached_property
    def firms_inside(self) -> frozenset[str]:
        """Companies known to be in the region asked about: of a county, only those of the county itself."""
        is_county = self.diagnosis.region.level is RegionLevel.COUNTY
        return self._firms_at((self.region_code,)) if is_county else self.firms_here

    def _firms_at(self, codes: Iterable[str]) -> frozenset[str]:
        inside = frozenset(codes)
        landed = (k.company_id for k in self.graph.landings if k.region_code in inside)
        return self.firms_listed.union(landed, *(self.firms.at.get(c, ()) for c in inside))

    def seat(self, company: Row) -> str | None:
        """City of a company's seat, None when not known to the city."""
        code = company["region_code"]
        if not isinstance(code, str):
            return None
        city = self.graph.places.city_of(code)
        return city if city in self.row else None

    def seat_text(self, company: Row) -> Phrase:
        """Say where a company sits."""
        code = company["region_code"]
        if isinstance(code, str):
            region = self.graph.regions[code]
            parent = self.graph.regions.get(region.parent_code)
            return Phrase(f"{parent.name_zh}{region.name_zh}", f"{region.name_en}, {parent.name_en}") if parent else region.name
        country = company["country"]
        if isinstance(country, str) and country != "CN":
            where = "outside the mainland" if country in BESIDE_MAINLAND else "abroad"
            return Phrase(f"境外（{country}）", f"{where} ({country})")
        return Phrase("不详", "unknown")

    def away_km(self, company: Row) -> float:
        """Great-circle distance from the seat's city to the region's city in km; NaN when the seat is not known."""
        seat = self.seat(company)
        return float(self.graph.places.distances[self.city_row, self.row[seat]]) if seat else float("nan")

    def nearby(self, segment_id: str) -> float:
        """Firms of a segment within the radius."""
        return float(self.reach[self.city_row, self.column[segment_id]])


def wanted_segments(diagnosis: Diagnosis) -> list[SegmentDiagnosis]:
    """Segments firms are looked for: the gaps; if there are none, all that produce."""
    producing = [s for s in diagnosis.segments if s.kind is not SegmentKind.MARKET]
    return [s for s in producing if s.is_gap] or producing


def candidates(setting: Setting, segment_id: str) -> tuple[list[Candidate], list[Exclusion]]:
    """Return the companies that may be considered for a segment, and those left out with the reason."""
    kept: list[Candidate] = []
    left: list[Exclusion] = []
    kind = setting.graph.segments[segment_id].kind
    for row in setting.firms.activities.get(segment_id, ()):
        found = Candidate(row["company_id"], segment_id, setting.companies[row["company_id"]], row)
        why = _excluded(setting, found, kind)
        if why:
            left.append(Exclusion(found.company_id, found.name, segment_id, *why))
        else:
            kept.append(found)
    return sorted(kept, key=lambda c: c.company_id), sorted(left, key=lambda e: (e.reason, e.company_id))


def _excluded(setting: Setting, candidate: Candidate, kind: SegmentKind) -> tuple[str, Phrase] | None:
    company, activity = candidate.company, candidate.activity
    if kind is SegmentKind.MARKET:
        return "market", Phrase("需求侧环节：不是可招的环节", "Demand side: not a segment to attract firms to")
    if candidate.company_id in setting.firms_inside:
        place, own = setting.diagnosis.region.name, setting.diagnosis.own
        if own and candidate.company_id in own.members:
            return "already_here", Phrase(
                f"已在{place}（自有名单“{own.name}”）", f"Already in {place.en} (own list '{own.name}')"
            )
        return "already_here", Phrase(f"已在{place}（总部或已知基地）", f"Already in {place.en} (seat or known plant)")
    inside = [o for o, tie, _ in setting.ties.get(candidate.company_id, ()) if tie == "parent_of" and o in setting.firms_here]
    if inside:
        firm = setting.companies[inside[0]]
        name = named(firm, firm["name_zh"])
        return "group_here", Phrase(
            f"其企业{name}已在本地：属增资扩产，不是招引", f"Its firm {name.en} is here already: an expansion, not an arrival"
        )
    if company["company_status"] in ("dissolved", "delisted"):
        return "not_active", Phrase("已退市或注销，现状需另查", "Delisted or dissolved: its present state is to be checked")
    if company["company_status"] == "special_treatment":
        return "special_treatment", Phrase(
            "被交易所特别处理（ST），投资能力存疑",
            "Under special treatment (ST) by the exchange: its means to invest are in doubt",
        )
    if activity["verdict"] == Verdict.REJECTED.value:
        return "rejected", Phrase("人工判定不属于该环节", "Not in this segment, by human verdict")
    if activity["verdict"] == Verdict.TO_REVIEW.value and activity["confidence"] < EVIDENCE_FROM:
        strength = f"{activity['confidence']:.2f}"
        return "no_evidence", Phrase(f"业务证据不足（{strength}）", f"Too little evidence of the business ({strength})")
    industry = verbatim(company["industry_label"] or "")
    if kind is SegmentKind.MAKING and industry in NOT_MAKERS and not activity["is_leading"]:
        return "not_a_maker", Phrase(f"主业是{industry}，不从事制造", f"Its main business is {industry.en}, not manufacturing")
    thin = activity["basis"] == "summary" and "；" not in str(activity["matched_terms"] or "")
    if thin and not activity["is_leading"]:
        return "thin_profile", Phrase(
            "境外企业，仅英文简介一处提及", "Firm outside the mainland, known by a single mention in its English summary"
        )
    if industry in FINANCE:
        return "not_a_maker", Phrase(f"主业是{industry}", f"Its main business is {industry.en}")
    if kind is SegmentKind.SERVICE and company["country"] not in (None, "CN") and not activity["is_leading"]:
        return "foreign_service", Phrase(
            "境外服务商，未被列为该环节代表企业", "Service firm outside the mainland, not named as a leading firm of the segment"
        )
    if industry in TIED_TO_PLACE and company["ownership"] in STATE:
        return "tied_to_place", Phrase(
            f"国有{industry}企业，经营区域与属地绑定", f"State-owned firm of {industry.en}, bound to the area it serves"
        )
    return None
