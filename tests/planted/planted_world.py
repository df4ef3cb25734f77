"""Small worlds whose right answer is known by construction: regions, chains and firms as Tables.

The map of every world (the cities lie on the 30th parallel, where a degree of longitude is 96.3 km)::

    330000 东省   330100 甲市 120°E   330200 乙市 121°E   330300 丙市 123°E   330400 丁市 (no coordinates)
                  330181 甲县 and 330182 乙县 in 甲市
    340000 西省   340100 戊市 119°E
    310000 海市   (a municipality) 122°E, with 310115 海区
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from chaingraph import ChainGraph, Tables, build

NAN = float("nan")
REGIONS = [
    ("310000", "海市", "province", None, 122.0, 30.0),
    ("310115", "海区", "county", "310000", 122.1, 30.0),
    ("330000", "东省", "province", None, 120.0, 30.0),
    ("330100", "甲市", "prefecture", "330000", 120.0, 30.0),
    ("330181", "甲县", "county", "330100", 120.2, 30.0),
    ("330182", "乙县", "county", "330100", NAN, NAN),
    ("330200", "乙市", "prefecture", "330000", 121.0, 30.0),
    ("330300", "丙市", "prefecture", "330000", 123.0, 30.0),
    ("330400", "丁市", "prefecture", "330000", NAN, NAN),
    ("340000", "西省", "province", None, 117.0, 30.0),
    ("340100", "戊市", "prefecture", "340000", 119.0, 30.0),
]
CITIES = ("310000", "330100", "330200", "330300", "330400", "340100")
YEARS = {"to-2000": 1995, "2001-05": 2003, "2006-10": 2008, "2011-15": 2013, "2016-19": 2017}


@dataclass
class World:
    """A world under construction; every method returns the world, `tables()` and `graph()` make it real."""

    segments: list[dict[str, object]] = field(default_factory=list)
    links: list[dict[str, object]] = field(default_factory=list)
    presence: dict[tuple[str, str, str], list[float]] = field(default_factory=dict)
    coverage: dict[tuple[str, int], int] = field(default_factory=dict)
    companies: list[dict[str, object]] = field(default_factory=list)
    activities: list[dict[str, object]] = field(default_factory=list)
    establishments: list[dict[str, object]] = field(default_factory=list)
    origins: list[dict[str, object]] = field(default_factory=list)

    def segment(
        self,
        name: str,
        chain: str = "c",
        *,
        stage: str = "midstream",
        kind: str = "making",
        bound: bool = False,
        imported: bool = False,
        domestic_share: float = NAN,
        products: str = "",
        sector_share: float = 0.9,
    ) -> World:
        """Add a segment `chain/name`; `sector_share` is the domestic share of its input–output sector."""
        self.segments.append(
            {
                "segment_id": f"{chain}/{name}",
                "chain_id": chain,
                "name_zh": f"{name}件",
                "name_en": name,
                "stage": stage,
                "segment_kind": kind,
                "is_location_bound": bound,
                "is_import_dependent": imported,
                "products_zh": products or f"{name}品",
                "io_sector": f"{len(self.segments):03d}",
                "sector_share": sector_share,
                "domestic_share": domestic_share,
                "source_supports": "none",
                "origin_id": "planted",
            }
        )
        return self

    def link(
        self, supplier: str, customer: str, *, chain: str = "c", essential: bool = True, group: str = "", recycling: bool = False
    ) -> World:
        """Add a link supplier → customer."""
        self.links.append(
            {
                "supplier_id": f"{chain}/{supplier}",
                "customer_id": f"{chain}/{customer}",
                "is_essential": essential,
                "substitute_group": group or None,
                "is_recycling": recycling,
                "confidence_level": "judgement",
                "origin_id": "planted",
            }
        )
        return self

    def chain(self, *names: str, chain: str = "c") -> World:
        """Add segments upstream to downstream, each the essential input of the next."""
        stages = ["upstream", *["midstream"] * (len(names) - 2), "downstream"]
        for name, stage in zip(names, stages, strict=True):
            self.segment(name, chain, stage=stage)
        for supplier, customer in itertools.pairwise(names):
            self.link(supplier, customer, chain=chain)
        return self

    def cover(self, region: str, number: int, *periods: str) -> World:
        """Let the source have `number` registrations in a region, in each of the periods (all of them, if none is named)."""
        for period in periods or YEARS:
            key = (region, YEARS[period])
            self.coverage[key] = self.coverage.get(key, 0) + number
        return self

    def register(
        self, region: str, name: str, capitals: Sequence[float] | int, *, chain: str = "c", period: str = "2001-05"
    ) -> World:
        """Register firms of a segment in a region: their capitals, or their number (each with a capital of 1)."""
        sizes = [1.0] * capitals if isinstance(capitals, int) else list(capitals)
        row = self.presence.setdefault((region, f"{chain}/{name}", period), [0, 0.0, 0.0])
        row[0] += len(sizes)
        row[1] += sum(sizes)
        row[2] += sum(s * s for s in sizes)
        return self

    def firm(
        self, number: int, region: str | None, *names: str, chain: str = "c", verdict: str = "confirmed", status: str = "active"
    ) -> World:
        """Add the company C-<number> with its seat, in some segments."""
        company = f"C-{number:04d}"
        self.companies.append(
            {
                "company_id": company,
                "name_zh": f"公司{number:04d}",
                "short_name": f"简{number:04d}",
                "region_code": region,
                "company_status": status,
                "origin_id": "planted",
            }
        )
        for name in names:
            self.activities.append(
                {
                    "company_id": company,
                    "segment_id": f"{chain}/{name}",
                    "verdict": verdict,
                    "confidence": 0.9,
                    "basis": "fact",
                    "is_leading": False,
                    "origin_id": "planted",
                }
            )
        return self

    def plant(self, number: int, region: str, chain: str | None = None) -> World:
        """Give the company C-<number> a plant in another region, for one chain or for all it is in."""
        self.establishments.append(
            {
                "company_id": f"C-{number:04d}",
                "region_code": region,
                "chain_id": chain,
                "confidence_level": "verified",
                "origin_id": "planted",
            }
        )
        return self

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the tables that have rows."""
        origin = {
            "origin_id": "planted",
            "publisher": "tests",
            "title": "a planted world",
            "url": "https://example.org",
            "licence": "CC0",
            "retrieved_on": "2025-01-01",
            "published_on": "2025-01-01",
            "confidence_level": "judgement",
        }
        chains = dict.fromkeys(str(s["chain_id"]) for s in self.segments)
        out = {
            "origins": pd.DataFrame([origin, *self.origins]),
            "regions": pd.DataFrame(
                REGIONS, columns=["region_code", "name_zh", "region_level", "parent_code", "longitude_deg", "latitude_deg"]
            ).assign(origin_id="planted"),
            "chains": pd.DataFrame(
                [
                    {
                        "chain_id": c,
                        "name_zh": f"{c}链",
                        "name_en": f"Chain {c}",
                        "confidence_level": "judgement",
                        "origin_id": "planted",
                    }
                    for c in chains
                ]
            ),
            "io_sectors": pd.DataFrame(
                [
                    {"io_sector": s["io_sector"], "name_zh": "业", "name_en": "sector", "domestic_share": s["sector_share"]}
                    for s in self.segments
                ]
            ).assign(origin_id="planted"),
            "segments": pd.DataFrame(self.segments).drop(columns="sector_share"),
            "supply_links": pd.DataFrame(self.links),
            "companies": pd.DataFrame(self.companies),
            "activities": pd.DataFrame(self.activities),
            "establishments": pd.DataFrame(self.establishments),
            "presence": pd.DataFrame(
                [(*key, *row, "planted") for key, row in self.presence.items()],
                columns=["region_code", "segment_id", "period", "company_count", "capital_cny", "capital_sq_cny2", "origin_id"],
            ),
            "coverage": pd.DataFrame(
                [(*key, number, "planted") for key, number in self.coverage.items()],
                columns=["region_code", "year", "registration_count", "origin_id"],
            ),
        }
        return {name: frame for name, frame in out.items() if len(frame)}

    def tables(self) -> Tables:
        """Return the world as tables."""
        return Tables.of(self.frames(), version="planted")

    def graph(self) -> ChainGraph:
        """Return the world as a graph."""
        return build(self.tables())


def even_world(*names: str, each: int = 200, share: float = 0.05) -> World:
    """Return a world with one chain of essential inputs, all cities alike: `each` registrations per period, no local gap.

    In every city every segment has `share` of a period's registrations, so that every location quotient is 1.
    """
    world = World().chain(*names)
    for city in CITIES:
        world.cover(city, each)
        for name in names:
            for period in YEARS:
                world.register(city, name, round(each * share), period=period)
    return world
