"""One function per signal: a value in [0, 1] with its sentence and origin, or None when it is not known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chaingraph.graph import SupplyLink
from chaingraph.model import Ownership, Presence, SegmentKind, Verdict
from recommend.candidates import Candidate, Setting

DISTANCE_SCALE_KM = 600.0
NEAR_KM = 300.0
ENOUGH_FIRMS = 5.0
"""So many firms within reach of an input or customer segment count as full supply or demand."""


@dataclass(frozen=True)
class Signal:
    """A signal's value in [0, 1], the sentence for it, the sentence against when it is low, and its origin."""

    value: float
    text: str
    against: str
    origin_id: str


SignalFunction = Callable[[Setting, Candidate], Signal | None]


def segment_fit(setting: Setting, candidate: Candidate) -> Signal | None:
    """Strength of the evidence that the firm is in the segment: its confidence; unconfirmed counts 0.6 of it."""
    activity = candidate.activity
    sure = activity["verdict"] == Verdict.CONFIRMED.value
    value = float(activity["confidence"]) * (1.0 if sure else 0.6)
    terms = str(activity["matched_terms"] or "").replace("；", "、")
    sources = {
        "fact": "产业链资料",
        "main_business": "主营与产品",
        "name": "企业名称",
        "summary": "英文简介",
        "decision": "人工判定",
    }
    how = f"{sources[activity['basis']]}{f'含“{terms}”' if terms else '点名'}"
    text = f"{'业务契合' if sure else '业务待核'}：{how}（证据强度 {activity['confidence']:.2f}）"
    return Signal(value, text, f"业务证据偏弱：仅{how}，主营未核", activity["origin_id"])


def specialisation(setting: Setting, candidate: Candidate) -> Signal | None:
    """How much of the firm is this: 1 / (1 + ln n), n the producing segments of all chains it is confirmed in."""
    number = setting.breadth.get(candidate.company_id, 0)
    if number == 0:
        return None
    text = f"业务集中：已证实 {number} 个环节" if number <= 3 else f"业务分布在 {number} 个环节"
    return Signal(
        1 / (1 + math.log(number)), text, f"业务铺在 {number} 个环节，该环节未必是投资重点", candidate.activity["origin_id"]
    )


LIST_SCALE = {"global-500": 1.0, "china-500": 0.9, "central-soe": 0.9, "private-500": 0.85, "private-manufacturing-500": 0.8}


def scale(setting: Setting, candidate: Candidate) -> Signal | None:
    """Size: (log10 revenue − 8) / 3.5 clipped to [0, 1] (1 亿元 → 0, 3000 亿元 → 1); without revenue, the list it is on."""
    revenue = candidate.company["revenue_cny"]
    best = max(((LIST_SCALE.get(i, 0.0), n) for i, n, _, _ in setting.lists.get(candidate.company_id, ())), default=(0.0, ""))
    if revenue is not None and revenue > 0:
        value = max(min(1.0, max(0.0, (math.log10(revenue) - 8) / 3.5)), best[0])
        year = candidate.company["revenue_year"]
        text = f"营业收入 {revenue / 1e8:,.1f} 亿元{f'（{int(year)} 年）' if year else ''}"
        return Signal(value, text, f"规模小：{text}", candidate.company["origin_id"])
    return Signal(best[0], f"规模：列入{best[1]}", "", candidate.company["origin_id"]) if best[0] else None


UNMEASURED = 0.6
"""Leadership of a firm that is named as leading, of which neither revenue nor a list is known."""

LEADING = {"page": (1.0, "已发表资料点名"), "listed": (0.9, "上市资料可证产品"), "gk": (0.75, "公开常识")}


def leadership(setting: Setting, candidate: Candidate) -> Signal | None:
    """Standing: a named leading firm of the segment (1, .9, .75 by evidence), its rank in its industry, or a published list."""
    found: list[tuple[float, str]] = []
    if candidate.activity["is_leading"]:
        value, how = LEADING[candidate.activity["leading_evidence"]]
        measured = candidate.company["revenue_cny"] is not None or candidate.company_id in setting.lists
        found.append((value if measured else min(value, UNMEASURED), f"该环节代表企业（{how}）"))
    for list_id, name, place, industry in setting.lists.get(candidate.company_id, ()):
        if list_id == "industry-top-30" and place is not None:
            found.append((0.8 - 0.5 * (place - 1) / 29, f"{industry}行业收入第 {place} 位（2020 年，A 股）"))
        elif list_id != "industry-top-30":
            found.append((0.6, f"{name}{f'第 {place} 位' if place else ''}"))
    for other, _, tie in setting.ties.get(candidate.company_id, ()):
        for list_id, name, place, _ in setting.lists.get(other, ()):
            if list_id != "industry-top-30":
                found.append((0.5, f"{tie}，属{name}{f'第 {place} 位' if place else ''}"))
    if found:
        best = max(found)
        also = [t for _, t in sorted(set(found), reverse=True)[1:3]]
        return Signal(
            best[0], f"行业地位：{'；'.join([best[1], *also])}", f"行业地位一般：{best[1]}", candidate.company["origin_id"]
        )
    if candidate.company["revenue_cny"] is not None:
        return Signal(0.1, "不在行业前30强和各类榜单", "不在行业前30强，带动力有限", candidate.company["origin_id"])
    return None


def expansion(setting: Setting, candidate: Candidate) -> Signal | None:
    """Has it founded plants elsewhere: 1 − exp(−n / 2), n other cities with a subsidiary bearing its name, to 2019.

    Not known where none was seen: the registrations are a sample, and subsidiaries under other names are not found.
    """
    number = candidate.company["founded_elsewhere"]
    if not number:
        return None
    number = int(number)
    last = candidate.company["founded_elsewhere_last"]
    text = f"异地布局：在 {number} 个外地城市设过冠名子公司（至 2019 年{f'，最近 {int(last)} 年' if last else ''}）"
    return Signal(1 - math.exp(-number / 2), text, "", "a-shares")


def distance(setting: Setting, candidate: Candidate) -> Signal | None:
    """Nearness of the seat: exp(−d / 600 km), d the great-circle distance between the cities."""
    away = setting.away_km(candidate.company)
    if math.isnan(away):
        return None
    seat = setting.seat_text(candidate.company)
    text = f"{'距离近：' if away <= NEAR_KM else ''}总部{seat}，相距 {away:.0f} 公里"
    return Signal(math.exp(-away / DISTANCE_SCALE_KM), text, f"路远：{text}", "regions")


def _supplied(setting: Setting, links: list[SupplyLink], end: str) -> tuple[float, list[str], list[str]] | None:
    """Return the weighted share of neighbour segments that have firms within reach, and the names of both kinds."""
    near: list[str] = []
    far: list[str] = []
    total = got = 0.0
    for link in links:
        other = getattr(link, end)
        segment = setting.graph.segments[other]
        if link.is_recycling or segment.kind is SegmentKind.MARKET:
            continue
        firms = setting.nearby(other)
        weight = 1.0 if link.is_essential else 0.5
        total += weight
        got += weight * min(1.0, firms / ENOUGH_FIRMS)
        (near if firms >= ENOUGH_FIRMS else far).append(f"{segment.name_zh} {int(firms)} 家")
    return (got / total, near, far) if total else None


def inputs_here(setting: Setting, candidate: Candidate) -> Signal | None:
    """Share of the segment's inputs with at least five firms within 150 km; essential inputs count double."""
    found = _supplied(setting, setting.graph.inputs(candidate.segment_id), "supplier_id")
    if found is None:
        return None
    value, near, far = found
    return Signal(
        value, f"上游在 150 公里内：{'、'.join(near or far)}", f"资料未见足够上游：150 公里内{'、'.join(far)}", "registrations"
    )


def customers_here(setting: Setting, candidate: Candidate) -> Signal | None:
    """Share of the segments it supplies with at least five firms within 150 km; markets are not counted: not known."""
    found = _supplied(setting, setting.graph.customers(candidate.segment_id), "customer_id")
    if found is None:
        return None
    value, near, far = found
    return Signal(
        value, f"客户在 150 公里内：{'、'.join(near or far)}", f"资料未见足够客户：150 公里内{'、'.join(far)}", "registrations"
    )


def ties(setting: Setting, candidate: Candidate) -> Signal | None:
    """A firm tied to it is already here: 1 for control, .7 for the same group; 0 only when its controller is known."""
    best: tuple[float, str] = (0.0, "")
    for other, kind, text in setting.ties.get(candidate.company_id, ()):
        for near, way in [
            (other, text),
            *((o, f"{text}；{t}") for o, _, t in setting.ties.get(other, ()) if o != candidate.company_id),
        ]:
            if near in setting.firms_here:
                name = setting.companies[near]["short_name"] or setting.companies[near]["name_zh"]
                best = max(best, (1.0 if kind == "controlled_by" else 0.7, f"引荐路径：{name}已在本地（{way}）"))
    if best[0]:
        return Signal(best[0], best[1], "", "a-shares")
    known = candidate.company["controller"] is not None
    return Signal(0.0, "未查到与本地企业的控制关系", "", "a-shares") if known else None


def regional_fit(setting: Setting, candidate: Candidate) -> Signal | None:
    """Share of cities whose relatedness density for the segment is below this city's; not known where the data are thin."""
    if setting.diagnosis.coverage < 0.2:
        return None
    densities = setting.graph.places.density[:, setting.column[candidate.segment_id]]
    own = densities[setting.city_row]
    if np.isnan(own):
        return None
    value = float(np.mean(densities < own))
    return Signal(value, f"产业相关度高于 {value:.0%} 的城市", f"产业相关度只高于 {value:.0%} 的城市", "registrations")


MOBILITY = {
    Ownership.PRIVATE.value: (0.8, "民营企业，异地投资约束少"),
    Ownership.NONE.value: (0.7, "无实际控制人，决策市场化"),
    Ownership.FOREIGN.value: (0.6, "外资企业，选址市场化"),
    Ownership.CENTRAL_STATE.value: (0.5, "央企，全国布局但决策链长"),
    Ownership.COLLECTIVE.value: (0.4, "集体企业"),
    Ownership.LOCAL_STATE.value: (0.2, "地方国企，受属地国资约束"),
}


def mobility(setting: Setting, candidate: Candidate) -> Signal | None:
    """How free the owner is to invest elsewhere; a local state firm counts 0.5 within its own province."""
    owner = candidate.company["ownership"]
    if owner not in MOBILITY:
        return None
    value, text = MOBILITY[owner]
    seat = candidate.company["region_code"]
    if owner == Ownership.LOCAL_STATE.value and isinstance(seat, str) and seat[:2] == setting.region_code[:2]:
        value, text = 0.5, "省内地方国企"
    return Signal(value, text, text if value < MOBILITY[Ownership.CENTRAL_STATE.value][0] else "", candidate.company["origin_id"])


NEED = {Presence.MISSING: 1.0, Presence.UNKNOWN: 0.6, Presence.WEAK: 0.6, Presence.ADEQUATE: 0.35, Presence.STRONG: 0.15}


def gap_need(setting: Setting, candidate: Candidate) -> Signal | None:
    """How much the region needs the segment: 0.6 × grade (missing 1 … strong .15) + 0.4 × keystone gain ÷ the largest one."""
    segment = setting.diagnosis[candidate.segment_id]
    largest = max((s.keystone_gain for s in setting.diagnosis.segments), default=0.0)
    share = segment.keystone_gain / largest if largest > 0 else 0.0
    extra = f"，补上可再打通 {segment.unlocks} 个环节" if segment.unlocks > 1 else ""
    text = f"本地{segment.name_zh}：{segment.because}{extra}"
    against = f"本地并不急缺：{segment.because}" if segment.presence in (Presence.ADEQUATE, Presence.STRONG) else ""
    return Signal(0.6 * NEED[segment.presence] + 0.4 * share, text, against, "registrations")


SIGNALS: dict[str, SignalFunction] = {
    f.__name__: f
    for f in (
        segment_fit,
        expansion,
        distance,
        leadership,
        specialisation,
        inputs_here,
        customers_here,
        scale,
        ties,
        gap_need,
        mobility,
        regional_fit,
    )
}
"""All signals by name, in the order of their weight."""
