"""A small world whose distances, counts and links can be worked out by hand.

The cities lie on one meridian, where a degree of latitude is 111.195 km::

    330000 甲省   330100 本市 30°N (with 330101 本县, 330102 邻县)   330200 近市 31°N   330300 中市 33°N
    340000 乙省   340100 远市 36°N   340200 无坐标市

Chain p:  raw ──▶ part ──▶ whole ──▶ farm (a market)      raw, part: essential; whole gives scrap back to raw
         alloy ──▶ part    care ──▶ whole                  alloy, care (a service): useful, not essential
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest

from chaingraph import ChainGraph, Tables, build, diagnose
from chaingraph.fields import Type
from chaingraph.tables import SPECS
from recommend.candidates import Candidate, Setting, candidates

HOME, NEAR, MIDDLE, FAR, LOST = "330100", "330200", "330300", "340100", "340200"
DEGREE_KM = 2 * math.pi * 6371.0088 / 360
REGIONS = [
    ("330000", "甲省", "province", None, 30.0),
    (HOME, "本市", "prefecture", "330000", 30.0),
    ("330101", "本县", "county", HOME, 30.0),
    ("330102", "邻县", "county", HOME, 30.0),
    (NEAR, "近市", "prefecture", "330000", 31.0),
    (MIDDLE, "中市", "prefecture", "330000", 33.0),
    ("340000", "乙省", "province", None, 36.0),
    (FAR, "远市", "prefecture", "340000", 36.0),
    (LOST, "无坐标市", "prefecture", "340000", math.nan),
]
KINDS = {"p/raw": "making", "p/alloy": "making", "p/part": "making", "p/whole": "making", "p/care": "service", "p/farm": "market"}
KINDS |= {"q/seat": "making", "q/gear": "making", "q/shop": "market"}
LINKS = [
    ("p/raw", "p/part", True, False),
    ("p/alloy", "p/part", False, False),
    ("p/part", "p/whole", True, False),
    ("p/care", "p/whole", False, False),
    ("p/whole", "p/farm", False, False),
    ("p/whole", "p/raw", False, True),
]
COUNTS = {
    HOME: {"p/raw": 10, "p/whole": 20},
    NEAR: {"p/raw": 4, "p/part": 6, "p/whole": 2},
    MIDDLE: {"p/part": 30, "p/alloy": 12},
    FAR: {"p/raw": 8, "p/part": 60, "p/whole": 40, "q/seat": 50},
}
LISTS = {"global-500": "世界500强", "private-500": "民企500强", "industry-top-30": "行业前30强", "central-soe": "央企"}
ORIGINS = ("o-companies", "o-activities", "a-shares", "regions", "registrations")

Firm = dict[str, Any]


def firm(company_id: str, segments: Any = "p/part", *, seat: str | None = FAR, **more: Any) -> Firm:
    """A firm with a confirmed activity in each segment; `segments` may map a segment to columns of its activity."""
    named = segments if isinstance(segments, dict) else {s: {} for s in ([segments] if isinstance(segments, str) else segments)}
    row = {
        "company_id": company_id,
        "name_zh": f"{company_id}公司",
        "region_code": seat,
        "company_status": "active",
        "country": "CN",
    }
    return {**row, "activities": named, **more}


def make_world(
    firms: Sequence[Firm], counts: dict[str, dict[str, int]] | None = None, **extra: list[dict[str, Any]]
) -> ChainGraph:
    """The world with these firms; `counts` replaces the registrations, `extra` gives rows of other tables."""
    flags = {f.name: False for f in SPECS["segments"].fields if f.type is Type.FLAG}
    activity = {
        "verdict": "confirmed",
        "confidence": 0.9,
        "basis": "main_business",
        "is_leading": False,
        "origin_id": "o-activities",
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "origins": [{"origin_id": o, "title": o} for o in ORIGINS],
        "regions": [
            {
                "region_code": c,
                "name_zh": n,
                "region_level": k,
                "parent_code": p,
                "longitude_deg": 120.0 + 0 * y,
                "latitude_deg": y,
            }
            for c, n, k, p, y in REGIONS
        ],
        "chains": [{"chain_id": c, "name_zh": f"{c}链", "name_en": c} for c in "pq"],
        "segments": [
            {"segment_id": s, "chain_id": s[0], "name_zh": s, "name_en": s, "stage": "midstream", "segment_kind": k, **flags}
            for s, k in KINDS.items()
        ],
        "supply_links": [
            {"supplier_id": a, "customer_id": b, "is_essential": e, "is_recycling": r, "strength": 0.1} for a, b, e, r in LINKS
        ],
        "companies": [{"origin_id": "o-companies", **{k: v for k, v in f.items() if k != "activities"}} for f in firms],
        "activities": [
            {"company_id": f["company_id"], "segment_id": s, **activity, **more}
            for f in firms
            for s, more in f["activities"].items()
        ],
        "firm_lists": [{"list_id": i, "name_zh": n} for i, n in LISTS.items()],
        "presence": [
            {
                "region_code": c,
                "segment_id": s,
                "period": "2016-19",
                "company_count": n,
                "capital_cny": n * 1e6,
                "capital_sq_cny2": n * 1e12,
            }
            for c, of in (COUNTS if counts is None else counts).items()
            for s, n in of.items()
        ],
        "coverage": [
            {"region_code": c, "year": y, "registration_count": 1000}
            for c in (HOME, NEAR, MIDDLE, FAR, LOST)
            for y in (1995, 2003, 2008, 2013, 2017)
        ],
    }
    for name, more in extra.items():
        rows[name] = rows.get(name, []) + more
    return build(Tables.of({name: pd.DataFrame(found) for name, found in rows.items() if found}))


@pytest.fixture(scope="session")
def world() -> Callable[..., ChainGraph]:
    return make_world


@pytest.fixture(scope="session")
def a_firm() -> Callable[..., Firm]:
    return firm


@pytest.fixture(scope="session")
def looked_at() -> Callable[..., tuple[Setting, list[Candidate]]]:
    """Graph, segment and region → the setting and the candidates, by which signals are asked."""

    def look(graph: ChainGraph, segment: str = "p/part", region: str = HOME) -> tuple[Setting, list[Candidate]]:
        setting = Setting(graph, diagnose(graph, region, segment[0]))
        return setting, candidates(setting, segment)[0]

    return look
