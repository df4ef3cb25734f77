"""Who may be considered for a segment in a region, and who was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from chaingraph.diagnosis import Diagnosis, SegmentDiagnosis
from chaingraph.errors import ChaingraphError
from chaingraph.graph import ChainGraph
from chaingraph.metrics import Array
from chaingraph.model import Exclusion, Ownership, RegionLevel, SegmentKind, Verdict

EVIDENCE_FROM = 0.5
"""Confidence below which an unconfirmed activity is no evidence."""

NOT_MAKERS = frozenset(
    "银行 证券 保险 多元金融 百货 超市连锁 商贸代理 批发业 其他商业 电器连锁 商品城 全国地产 区域地产 园区开发 房产服务 旅游景点 旅游服务 酒店餐饮 影视音像 出版业 广告包装商".split()
)
FINANCE = frozenset("银行 证券 保险 多元金融".split())
TIED_TO_PLACE = frozenset("供气供热 水务 火力发电 水力发电 新型电力 路桥 公路 港口 机场 公共交通 铁路 电信运营".split())
TIES = {"controlled_by": "控制关系", "same_controller": "同一控制人", "subsidiary_of": "母子公司", "same_group": "同一集团"}
"""What a tie is called when its source says no more."""

STATE = frozenset((Ownership.LOCAL_STATE.value, Ownership.CENTRAL_STATE.value))


@dataclass(frozen=True)
class Candidate:
    """A company that may be considered for one segment: its row, its activity there."""

    company_id: str
    segment_id: str
    company: Mapping[str, Any]
    activity: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name in common use: the short name where there is one."""
        short = self.company["short_name"]
        return str(short) if isinstance(short, str) else str(self.company["name_zh"])


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
    def companies(self) -> dict[str, dict[str, Any]]:
        """Company rows by id."""
        frame = self.graph.tables["companies"]
        plain = frame.astype(object).where(frame.notna(), None)
        return {row["company_id"]: row for row in plain.to_dict("records")}

    @cached_property
    def lists(self) -> dict[str, list[tuple[str, str, int | None, str]]]:
        """Company → (list id, list name, rank or None, industry) of its memberships."""
        names = dict(self.graph.tables["firm_lists"][["list_id", "name_zh"]].itertuples(index=False))
        out: dict[str, list[tuple[str, str, int | None, str]]] = {}
        for r in self.graph.tables["memberships"].to_dict("records"):
            place = None if pd.isna(r["rank"]) else int(r["rank"])
            label = r["industry_label"] if isinstance(r["industry_label"], str) else ""
            out.setdefault(r["company_id"], []).append((r["list_id"], names[r["list_id"]], place, label))
        return out

    @cached_property
    def ties(self) -> dict[str, list[tuple[str, str, str]]]:
        """Company → (other company, kind, sentence), read from both ends."""
        out: dict[str, list[tuple[str, str, str]]] = {}
        for r in self.graph.tables["ties"].to_dict("records"):
            text = r["tie_text"] if isinstance(r["tie_text"], str) else TIES[r["tie_kind"]]
            out.setdefault(r["company_id"], []).append((r["other_id"], r["tie_kind"], text))
            back = "parent_of" if r["tie_kind"] == "subsidiary_of" else r["tie_kind"]
            out.setdefault(r["other_id"], []).append((r["company_id"], back, text))
        return out

    @cached_property
    def places(self) -> dict[str, set[str]]:
        """Company → codes of the regions it is known to be in: seat and establishments, with landings."""
        out: dict[str, set[str]] = {}
        for company, code in self.graph.tables["companies"][["company_id", "region_code"]].dropna().itertuples(index=False):
            out.setdefault(company, set()).add(code)
        for company, code in self.graph.tables["establishments"][["company_id", "region_code"]].itertuples(index=False):
            out.setdefault(company, set()).add(code)
        for landing in self.graph.landings:
            out.setdefault(landing.company_id, set()).add(landing.region_code)
        return out

    @cached_property
    def firms_here(self) -> frozenset[str]:
        """Companies known to be in the region's city."""
        return frozenset(
            c for c, codes in self.places.items() if any(self.graph.places.city_of(code) == self.city for code in codes)
        )

    @cached_property
    def breadth(self) -> dict[str, int]:
        """Company → number of producing segments of any chain it is confirmed in."""
        activity = self.graph.tables["activities"]
        making = [s.id for s in self.graph.segments.values() if s.kind is not SegmentKind.MARKET]
        sure = activity[(activity["verdict"] == Verdict.CONFIRMED.value) & activity["segment_id"].isin(making)]
        return {str(k): int(v) for k, v in sure.groupby("company_id").size().items()}

    def seat(self, company: Mapping[str, Any]) -> str | None:
        """City of a company's seat, None when not known to the city."""
        code = company["region_code"]
        if not isinstance(code, str):
            return None
        city = self.graph.places.city_of(code)
        return city if city in self.row else None

    def seat_text(self, company: Mapping[str, Any]) -> str:
        """Say where a company sits."""
        code = company["region_code"]
        if isinstance(code, str):
            region = self.graph.regions[code]
            parent = self.graph.regions.get(region.parent_code)
            return f"{parent.name_zh}{region.name_zh}" if parent else region.name_zh
        country = company["country"]
        return f"境外（{country}）" if isinstance(country, str) and country != "CN" else "不详"

    def away_km(self, company: Mapping[str, Any]) -> float:
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
    activity = setting.graph.tables["activities"]
    mine = activity[activity["segment_id"] == segment_id]
    plain = mine.astype(object).where(mine.notna(), None)
    kept: list[Candidate] = []
    left: list[Exclusion] = []
    kind = setting.graph.segments[segment_id].kind
    for row in plain.to_dict("records"):
        found = Candidate(row["company_id"], segment_id, setting.companies[row["company_id"]], row)
        why = _excluded(setting, found, kind)
        if why:
            left.append(Exclusion(found.company_id, found.name, segment_id, *why))
        else:
            kept.append(found)
    return sorted(kept, key=lambda c: c.company_id), sorted(left, key=lambda e: (e.reason, e.company_id))


def _excluded(setting: Setting, candidate: Candidate, kind: SegmentKind) -> tuple[str, str] | None:
    company, activity = candidate.company, candidate.activity
    if kind is SegmentKind.MARKET:
        return "market", "需求侧环节：不是可招的环节"
    places = setting.places.get(candidate.company_id, set())
    county = setting.diagnosis.region.level is RegionLevel.COUNTY
    here = {c for c in places if c == setting.region_code or (not county and setting.graph.places.city_of(c) == setting.city)}
    if here:
        return "already_here", f"已在{setting.diagnosis.region.name_zh}（总部或已知基地）"
    own = [o for o, tie, _ in setting.ties.get(candidate.company_id, ()) if tie == "parent_of" and o in setting.firms_here]
    if own:
        return "group_here", f"其企业{setting.companies[own[0]]['name_zh']}已在本地：属增资扩产，不是招引"
    if company["company_status"] in ("dissolved", "delisted"):
        return "not_active", "已退市或注销，现状需另查"
    if company["company_status"] == "special_treatment":
        return "special_treatment", "被交易所特别处理（ST），投资能力存疑"
    if activity["verdict"] == Verdict.REJECTED.value:
        return "rejected", "人工判定不属于该环节"
    if activity["verdict"] == Verdict.TO_REVIEW.value and activity["confidence"] < EVIDENCE_FROM:
        return "no_evidence", f"业务证据不足（{activity['confidence']:.2f}）"
    industry = company["industry_label"] or ""
    if kind is SegmentKind.MAKING and industry in NOT_MAKERS and not activity["is_leading"]:
        return "not_a_maker", f"主业是{industry}，不从事制造"
    thin = activity["basis"] == "summary" and "；" not in str(activity["matched_terms"] or "")
    if thin and not activity["is_leading"]:
        return "thin_profile", "境外企业，仅英文简介一处提及"
    if industry in FINANCE:
        return "not_a_maker", f"主业是{industry}"
    if kind is SegmentKind.SERVICE and company["country"] not in (None, "CN") and not activity["is_leading"]:
        return "foreign_service", "境外服务商，未被列为该环节代表企业"
    if industry in TIED_TO_PLACE and company["ownership"] in STATE:
        return "tied_to_place", f"国有{industry}企业，经营区域与属地绑定"
    return None
