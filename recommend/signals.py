"""One function per signal: a value in [0, 1] with its sentence and origin, or None when it is not known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chaingraph.model import Ownership, Presence, SegmentKind, Verdict
from chaingraph.phrases import NOTHING, Phrase, counted, joined, verbatim, yuan
from recommend.candidates import Candidate, Setting, named

DISTANCE_SCALE_KM = 600.0
NEAR_KM = 300.0
FAR_KM = 800.0
"""A way beyond this speaks against a firm, of whichever segment; up to it a plant is a day's drive from its seat."""

ENOUGH_FIRMS = 5.0
"""So many firms within reach of an input or customer segment count as full supply or demand."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal's value in [0, 1], the sentence for it, the sentence against when it is low, and its origin."""

    value: float
    text: Phrase
    against: Phrase
    origin_id: str


SignalFunction = Callable[[Setting, Candidate], Signal | None]


BASES = {
    "fact": Phrase("产业链资料", "the sources on the chain"),
    "main_business": Phrase("主营与产品", "its main business and products"),
    "name": Phrase("企业名称", "its name"),
    "summary": Phrase("英文简介", "its English summary"),
    "decision": Phrase("人工判定", "a human verdict"),
}
"""Where the evidence that a firm is in a segment stands."""


def segment_fit(setting: Setting, candidate: Candidate) -> Signal | None:
    """Strength of the evidence that the firm is in the segment: its confidence; unconfirmed counts 0.6 of it."""
    activity = candidate.activity
    sure = activity["verdict"] == Verdict.CONFIRMED.value
    value = float(activity["confidence"]) * (1.0 if sure else 0.6)
    terms = [t for t in str(activity["matched_terms"] or "").split("；") if t]
    basis = BASES[activity["basis"]]
    if terms:
        how = Phrase(f"{basis}含“{'、'.join(terms)}”", f"{', '.join(f'“{t}”' for t in terms)} in {basis.en}")
    else:
        how = Phrase(f"{basis}点名", f"named in {basis.en}")
    head = Phrase("业务契合", "Business fits") if sure else Phrase("业务待核", "Business to verify")
    strength = f"{activity['confidence']:.2f}"
    text = Phrase(f"{head}：{how}（证据强度 {strength}）", f"{head.en}: {how.en} (strength of evidence {strength})")
    against = Phrase(
        f"业务证据偏弱：仅{how}，主营未核", f"Weak evidence of the business: only {how.en}, its main business is not verified"
    )
    return Signal(value, text, against, activity["origin_id"])


def specialisation(setting: Setting, candidate: Candidate) -> Signal | None:
    """How much of the firm is this: 1 / (1 + ln n), n the producing segments of all chains it is confirmed in."""
    number = setting.breadth.get(candidate.company_id, 0)
    if number == 0:
        return None
    wide = counted(number, "segment")
    if number <= 3:
        text, against = Phrase(f"业务集中：已证实 {number} 个环节", f"Focused: confirmed in {wide}"), NOTHING
    else:
        text = Phrase(f"业务分布在 {number} 个环节", f"Active in {wide}")
        against = Phrase(
            f"业务铺在 {number} 个环节，该环节未必是投资重点", f"Spread over {wide}: this one may not come first when it invests"
        )
    return Signal(1 / (1 + math.log(number)), text, against, candidate.activity["origin_id"])


LIST_SCALE = {"global-500": 1.0, "china-500": 0.9, "central-soe": 0.9, "private-500": 0.85, "private-manufacturing-500": 0.8}


def scale(setting: Setting, candidate: Candidate) -> Signal | None:
    """Size: (log10 revenue − 8) / 3.5 clipped to [0, 1] (1 亿元 → 0, 3000 亿元 → 1); without revenue, the list it is on."""
    revenue = candidate.company["revenue_cny"]
    on = setting.lists.get(candidate.company_id, ())
    best = max(((LIST_SCALE.get(i, 0.0), name) for i, name, _, _ in on), default=(0.0, NOTHING))
    if revenue is not None and revenue > 0:
        value = max(min(1.0, max(0.0, (math.log10(revenue) - 8) / 3.5)), best[0])
        year = candidate.company["revenue_year"]
        earned = Phrase("营业收入 ", "revenue ") + yuan(revenue)
        if year:
            earned += Phrase(f"（{int(year)} 年）", f" ({int(year)})")
        text = Phrase(earned, f"Size: {earned.en}")
        return Signal(value, text, _small(setting, candidate, earned, revenue), candidate.company["origin_id"])
    if not best[0]:
        return None
    listed = Phrase(f"规模：列入{best[1]}", f"Size: on the list {best[1].en}")
    return Signal(best[0], listed, NOTHING, candidate.company["origin_id"])


def _small(setting: Setting, candidate: Candidate, earned: Phrase, revenue: float) -> Phrase:
    """Say that a firm is small, where it earns less than the middle firm of its industry; nothing where that is not known."""
    industry = candidate.company["industry_label"]
    middle = setting.firms.middle_revenue.get(industry, math.nan)
    if not revenue < middle:
        return NOTHING
    usual = yuan(middle)
    return Phrase(
        f"规模偏小：{earned}，{industry}行业中位数 {usual}",
        f"Small for its industry: {earned.en}; the middle firm of {verbatim(industry).en} earns {usual.en}",
    )


UNMEASURED = 0.6
"""Leadership of a firm that is named as leading, of which neither revenue nor a list is known."""

LEADING = {
    "page": (1.0, Phrase("已发表资料点名", "named in what is published")),
    "listed": (0.9, Phrase("上市资料可证产品", "its filings show the product")),
    "gk": (0.75, Phrase("公开常识", "general knowledge")),
}
"""How a leading firm is known to be one → (value, words)."""


def leadership(setting: Setting, candidate: Candidate) -> Signal | None:
    """Standing: a named leading firm of the segment (1, .9, .75 by evidence), its rank in its industry, or a published list."""
    found: list[tuple[float, Phrase]] = []
    if candidate.activity["is_leading"]:
        value, how = LEADING[candidate.activity["leading_evidence"]]
        measured = candidate.company["revenue_cny"] is not None or candidate.company_id in setting.lists
        text = Phrase(f"该环节代表企业（{how}）", f"leading firm of the segment ({how.en})")
        found.append((value if measured else min(value, UNMEASURED), text))
    for list_id, name, place, industry in setting.lists.get(candidate.company_id, ()):
        if list_id == "industry-top-30" and place is not None:
            zh, en = f"{industry}行业收入第 {place} 位（2020 年，A 股）", verbatim(industry).en
            found.append(
                (0.8 - 0.5 * (place - 1) / 29, Phrase(zh, f"no. {place} by revenue in the industry {en} (A shares, 2020)"))
            )
        elif list_id != "industry-top-30":
            found.append((0.6, _placed(name, place)))
    for other, _, tie in setting.ties.get(candidate.company_id, ()):
        for list_id, name, place, _ in setting.lists.get(other, ()):
            if list_id != "industry-top-30":
                listed = _placed(name, place)
                found.append((0.5, Phrase(f"{tie}，属{listed}", f"tied to a firm {listed.en} ({tie.en})")))
    if found:
        best = max(found)
        also = [t for _, t in sorted(set(found), reverse=True)[1:3]]
        text = Phrase("行业地位：", "Standing: ") + joined([best[1], *also], "；", "; ")
        return Signal(best[0], text, Phrase("行业地位一般：", "Standing is middling: ") + best[1], candidate.company["origin_id"])
    if candidate.company["revenue_cny"] is not None:
        text = Phrase("不在行业前30强和各类榜单", "Not in the top 30 of its industry and on no list")
        against = Phrase("不在行业前30强，带动力有限", "Not in the top 30 of its industry: it draws few others")
        return Signal(0.1, text, against, candidate.company["origin_id"])
    return None


def _placed(name: Phrase, place: int | None) -> Phrase:
    """Say that a firm is on a list, and at which place where it has places."""
    listed = Phrase(name, f"on the list {name.en}")
    return listed + Phrase(f"第 {place} 位", f", no. {place}") if place else listed


def expansion(setting: Setting, candidate: Candidate) -> Signal | None:
    """Has it founded plants elsewhere: 1 − exp(−n / 2), n other cities with a subsidiary bearing its name, to 2019.

    Not known where none was seen: the registrations are a sample, and subsidiaries under other names are not found.
    """
    number = candidate.company["founded_elsewhere"]
    if not number:
        return None
    number = int(number)
    last = candidate.company["founded_elsewhere_last"]
    latest = Phrase(f"，最近 {int(last)} 年", f", latest in {int(last)}") if last else NOTHING
    text = Phrase(
        f"异地布局：在 {number} 个外地城市设过冠名子公司（至 2019 年{latest}）",
        f"Plants elsewhere: subsidiaries of its name in {counted(number, 'other city', 'other cities')} (to 2019{latest.en})",
    )
    return Signal(1 - math.exp(-number / 2), text, NOTHING, "a-shares")


def distance(setting: Setting, candidate: Candidate) -> Signal | None:
    """Nearness of the seat: exp(−d / 600 km), d the great-circle distance between the cities."""
    away = setting.away_km(candidate.company)
    if math.isnan(away):
        return None
    seat = setting.seat_text(candidate.company)
    way = Phrase(f"总部{seat}，相距 {away:.0f} 公里", f"seat in {seat.en}, {away:,.0f} km away")
    near = away <= NEAR_KM
    text = Phrase(f"距离近：{way}", f"Near: {way.en}") if near else Phrase(way, f"Distance: {way.en}")
    against = Phrase(f"路远：{way}", f"Far: {way.en}") if away > FAR_KM else NOTHING
    return Signal(math.exp(-away / DISTANCE_SCALE_KM), text, against, "regions")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A segment next to another in the chain: how much it counts (1 essential, else 0.5) and its firms within the radius."""

    segment_id: str
    weight: float
    firms: float


def neighbours(setting: Setting, segment_id: str, end: str) -> list[Neighbour]:
    """Return the segments that a segment buys from (`end`: supplier_id) or supplies (customer_id); markets and what no source counts left out."""
    graph = setting.graph
    links = graph.inputs(segment_id) if end == "supplier_id" else graph.customers(segment_id)
    others = [(getattr(link, end), 1.0 if link.is_essential else 0.5) for link in links if not link.is_recycling]
    return [
        Neighbour(other, weight, setting.nearby(other))
        for other, weight in others
        if graph.segments[other].kind is not SegmentKind.MARKET and graph.places.is_surveyed(other)
    ]


def _supplied(setting: Setting, segment_id: str, end: str) -> tuple[float, Phrase, Phrase] | None:
    """Return the weighted share of neighbour segments that have firms within reach, those that have enough, else all, and the rest."""
    around = neighbours(setting, segment_id, end)
    if not around:
        return None
    near: list[Phrase] = []
    far: list[Phrase] = []
    for n in around:
        segment = setting.graph.segments[n.segment_id]
        name = Phrase(f"{segment.name_zh} {int(n.firms)} 家", f"{segment.name_en} ({counted(int(n.firms), 'firm')})")
        (near if n.firms >= ENOUGH_FIRMS else far).append(name)
    got = sum(n.weight * min(1.0, n.firms / ENOUGH_FIRMS) for n in around)
    return got / sum(n.weight for n in around), joined(near or far), joined(far)


def inputs_here(setting: Setting, candidate: Candidate) -> Signal | None:
    """Share of the segment's inputs with at least five firms within 150 km; essential inputs count double."""
    found = _supplied(setting, candidate.segment_id, "supplier_id")
    if found is None:
        return None
    value, near, far = found
    text = Phrase("上游在 150 公里内：", "Inputs within 150 km: ") + near
    return Signal(
        value, text, Phrase("资料未见足够上游：150 公里内", "Too few inputs seen within 150 km: ") + far, "registrations"
    )


def customers_here(setting: Setting, candidate: Candidate) -> Signal | None:
    """Share of the segments it supplies with at least five firms within 150 km; markets are not counted: not known."""
    found = _supplied(setting, candidate.segment_id, "customer_id")
    if found is None:
        return None
    value, near, far = found
    text = Phrase("客户在 150 公里内：", "Customers within 150 km: ") + near
    return Signal(
        value, text, Phrase("资料未见足够客户：150 公里内", "Too few customers seen within 150 km: ") + far, "registrations"
    )


def tied_here(setting: Setting, company_id: str) -> list[tuple[float, Phrase]]:
    """Return who is here of those tied to a firm, directly or through one other, best first: 1 by control, .7 by group, and the sentence."""
    found = []
    for other, kind, text in setting.ties.get(company_id, ()):
        for near, way in [
            (other, text),
            *((o, joined((text, t), "；", "; ")) for o, _, t in setting.ties.get(other, ()) if o != company_id),
        ]:
            if near in setting.firms_here:
                firm = setting.companies[near]
                name = named(firm, firm["short_name"] or firm["name_zh"])
                here = Phrase(f"{name}已在本地（{way}）", f"{name.en} is here already ({way.en})")
                found.append((1.0 if kind == "controlled_by" else 0.7, here))
    return sorted(set(found), reverse=True)


def ties(setting: Setting, candidate: Candidate) -> Signal | None:
    """A firm tied to it is already here: 1 for control, .7 for the same group; 0 only when its controller is known."""
    for value, here in tied_here(setting, candidate.company_id)[:1]:
        return Signal(value, Phrase("引荐路径：", "Warm path: ") + here, NOTHING, "a-shares")
    if candidate.company["controller"] is None:
        return None
    return Signal(0.0, Phrase("未查到与本地企业的控制关系", "No control found between it and a firm here"), NOTHING, "a-shares")


def regional_fit(setting: Setting, candidate: Candidate) -> Signal | None:
    """Share of cities in which the segment is less feasible than in this city; not known where the data are thin."""
    if setting.diagnosis.coverage < 0.2:
        return None
    feasible = setting.graph.places.feasibility[:, setting.column[candidate.segment_id]]
    own = feasible[setting.city_row]
    if np.isnan(own):
        return None
    value = float(np.mean(np.nan_to_num(feasible, nan=-np.inf) < own))
    text = Phrase(f"产业相关度高于 {value:.0%} 的城市", f"Relatedness of the segment higher than in {value:.0%} of cities")
    against = Phrase(
        f"产业相关度只高于 {value:.0%} 的城市", f"Relatedness of the segment higher than in only {value:.0%} of cities"
    )
    return Signal(value, text, against, "registrations")


MOBILITY = {
    Ownership.PRIVATE.value: (0.8, Phrase("民营企业", "Private firm")),
    Ownership.NONE.value: (0.7, Phrase("无实际控制人", "No controller")),
    Ownership.FOREIGN.value: (0.6, Phrase("外资企业", "Foreign-owned firm")),
    Ownership.CENTRAL_STATE.value: (
        0.5,
        Phrase("央企，全国布局但决策链长", "Central state firm: present all over the nation, but slow to decide"),
    ),
    Ownership.COLLECTIVE.value: (0.4, Phrase("集体企业", "Collective firm")),
    Ownership.LOCAL_STATE.value: (0.2, Phrase("地方国企，受属地国资约束", "Local state firm: bound by its owner's home")),
}


def mobility(setting: Setting, candidate: Candidate) -> Signal | None:
    """How free the owner is to invest elsewhere; a local state firm counts 0.5 within its own province."""
    owner = candidate.company["ownership"]
    if owner not in MOBILITY:
        return None
    value, text = MOBILITY[owner]
    seat = candidate.company["region_code"]
    if owner == Ownership.LOCAL_STATE.value and isinstance(seat, str) and seat[:2] == setting.region_code[:2]:
        value, text = 0.5, Phrase("省内地方国企", "Local state firm of this province")
    against = text if value < MOBILITY[Ownership.CENTRAL_STATE.value][0] else NOTHING
    return Signal(value, text, against, candidate.company["origin_id"])


NEED = {Presence.MISSING: 1.0, Presence.UNKNOWN: 0.6, Presence.WEAK: 0.6, Presence.ADEQUATE: 0.35, Presence.STRONG: 0.15}


def gap_need(setting: Setting, candidate: Candidate) -> Signal | None:
    """How much the region needs the segment: 0.6 × grade (missing 1 … strong .15) + 0.4 × keystone gain ÷ the largest one."""
    segment = setting.diagnosis[candidate.segment_id]
    largest = max((s.keystone_gain for s in setting.diagnosis.segments), default=0.0)
    share = segment.keystone_gain / largest if largest > 0 else 0.0
    text = Phrase(f"本地{segment.name_zh}：", f"{segment.name_en} here: ") + segment.because
    if segment.unlocks > 1:
        text += Phrase(f"，补上可再打通 {segment.unlocks} 个环节", f"; filling it unlocks {segment.unlocks} segments")
    against = NOTHING
    # A grade may come from one large firm: where fewer are here than the nation's share would give, something is lacking.
    if segment.presence in (Presence.ADEQUATE, Presence.STRONG) and segment.lq >= 1.0:
        strong = segment.presence is Presence.STRONG
        against = Phrase("本地已强：", "Strong here already: ") if strong else Phrase("本地并不缺：", "Not lacking here: ")
        against += segment.because
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

OF_SEGMENT = frozenset(("inputs_here", "customers_here", "gap_need", "regional_fit"))
"""Signals that are the same for every candidate of a segment: they speak of the region, not of the firm."""

OF_FIRM = frozenset(("segment_fit", "expansion", "leadership", "specialisation", "scale"))
"""Signals that are the same in every region: they speak of the firm and the segment alone."""
