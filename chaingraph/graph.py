"""ChainGraph: the chains, firms and regions of one data version as an immutable, typed graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import networkx as nx
import numpy as np
import pandas as pd

from chaingraph.errors import UnknownNameError
from chaingraph.metrics import Array, great_circle_km, location_quotient, proximity, relatedness_density
from chaingraph.model import RegionLevel, SegmentKind, Stage, Verdict
from chaingraph.tables import Tables

MUNICIPALITIES = frozenset(("110000", "120000", "310000", "500000"))


@dataclass(frozen=True)
class Segment:
    """A segment (环节) of a chain."""

    id: str
    chain_id: str
    name_zh: str
    name_en: str
    stage: Stage
    kind: SegmentKind
    is_location_bound: bool
    products: tuple[str, ...]
    domestic_share: float
    """Share of domestic output in supply at home, of the segment itself where a source gives it, else of its sector; NaN unknown."""


@dataclass(frozen=True)
class SupplyLink:
    """An input–output link, always supplier → customer."""

    supplier_id: str
    customer_id: str
    is_essential: bool
    substitute_group: str
    is_recycling: bool
    strength: float


@dataclass(frozen=True)
class Region:
    """A province, prefecture or county."""

    code: str
    name_zh: str
    level: RegionLevel
    parent_code: str
    longitude_deg: float
    latitude_deg: float


@dataclass(frozen=True)
class Landing:
    """What if: a company with a plant for a segment in a region."""

    company_id: str
    region_code: str
    segment_id: str


@dataclass(frozen=True)
class ChainGraph:
    """The graph of one data version. Every method that changes something returns another graph.

    Regions that stand for a city (prefectures, municipalities) are the rows of `cities`; arrays over cities × segments use
    that order and the order of `segment_ids`.
    """

    tables: Tables
    landings: tuple[Landing, ...] = field(default=())

    # -- what there is -------------------------------------------------------------------------------------------

    @property
    def version(self) -> str:
        """Data version of the tables."""
        return self.tables.version

    @cached_property
    def chains(self) -> dict[str, str]:
        """Chain id → Chinese name."""
        return dict(zip(self.tables["chains"]["chain_id"], self.tables["chains"]["name_zh"], strict=True))

    @cached_property
    def segments(self) -> dict[str, Segment]:
        """All segments by id."""
        frame = self.tables["segments"]
        sector = dict(zip(self.tables["io_sectors"]["io_sector"], self.tables["io_sectors"]["domestic_share"], strict=True))
        return {
            r.segment_id: Segment(
                r.segment_id,
                r.chain_id,
                r.name_zh,
                r.name_en,
                Stage(r.stage),
                SegmentKind(r.segment_kind),
                bool(r.is_location_bound),
                tuple(str(r.products_zh).split("；")),
                float(sector.get(r.io_sector, np.nan) if pd.isna(r.domestic_share) else r.domestic_share),
            )
            for r in frame.itertuples()
        }

    @cached_property
    def links(self) -> tuple[SupplyLink, ...]:
        """All supply links."""
        return tuple(
            SupplyLink(
                r.supplier_id,
                r.customer_id,
                bool(r.is_essential),
                "" if pd.isna(r.substitute_group) else str(r.substitute_group),
                bool(r.is_recycling),
                float(r.strength) if not pd.isna(r.strength) else float("nan"),
            )
            for r in self.tables["supply_links"].itertuples()
        )

    @cached_property
    def regions(self) -> dict[str, Region]:
        """All regions by code."""
        return {
            r.region_code: Region(
                r.region_code,
                r.name_zh,
                RegionLevel(r.region_level),
                "" if pd.isna(r.parent_code) else str(r.parent_code),
                float(r.longitude_deg),
                float(r.latitude_deg),
            )
            for r in self.tables["regions"].itertuples()
        }

    def chain_segments(self, chain: str, *, producing: bool = False) -> list[Segment]:
        """Segments of a chain, upstream to downstream in topological order; with `producing`, without markets."""
        order = {
            s: i
            for i, s in enumerate(
                topological(self._chain_links(chain), [s for s in self.segments if self.segments[s].chain_id == chain])
            )
        }
        stages = list(Stage)
        found = sorted(
            (s for s in self.segments.values() if s.chain_id == chain), key=lambda s: (stages.index(s.stage), order[s.id])
        )
        return [s for s in found if not producing or s.kind is not SegmentKind.MARKET]

    def _chain_links(self, chain: str) -> list[SupplyLink]:
        return [k for k in self.links if k.customer_id.split("/")[0] == chain]

    def inputs(self, segment_id: str) -> list[SupplyLink]:
        """Links that supply a segment."""
        return self._by_customer.get(segment_id, [])

    def customers(self, segment_id: str) -> list[SupplyLink]:
        """Links by which a segment supplies others."""
        return self._by_supplier.get(segment_id, [])

    def downstream(self, segment_id: str) -> frozenset[str]:
        """All segments that a segment supplies, directly or through others (recycling left out)."""
        found: set[str] = set()
        ahead = [segment_id]
        while ahead:
            for link in self.customers(ahead.pop()):
                if not link.is_recycling and link.customer_id not in found:
                    found.add(link.customer_id)
                    ahead.append(link.customer_id)
        return frozenset(found)

    @cached_property
    def _by_customer(self) -> dict[str, list[SupplyLink]]:
        return _grouped(self.links, "customer_id")

    @cached_property
    def _by_supplier(self) -> dict[str, list[SupplyLink]]:
        return _grouped(self.links, "supplier_id")

    # -- names ---------------------------------------------------------------------------------------------------

    def find_region(self, name_or_code: str) -> Region:
        """Return the region of a code or name (台州, 台州市, 331000); a near miss raises with suggestions."""
        if name_or_code in self.regions:
            return self.regions[name_or_code]
        hits = [r for r in self.regions.values() if name_or_code in (r.name_zh, r.name_zh[:-1])]
        hits.sort(key=lambda r: (list(RegionLevel).index(r.level), r.code))
        if hits and (len(hits) == 1 or hits[0].level is not RegionLevel.COUNTY):
            return hits[0]
        if hits:
            where = "、".join(f"{r.code} {self.regions[r.parent_code].name_zh}{r.name_zh}" for r in hits)
            raise UnknownNameError("single region", name_or_code, [], f"Several have that name: {where}. Give the code.")
        raise UnknownNameError(
            "region", name_or_code, [r.name_zh for r in self.regions.values() if r.level is not RegionLevel.COUNTY]
        )

    def find_chain(self, name_or_id: str) -> str:
        """Return the id of a chain given by id, Chinese or English name."""
        if name_or_id in self.chains:
            return name_or_id
        english = dict(zip(self.tables["chains"]["name_en"].str.lower(), self.tables["chains"]["chain_id"], strict=True))
        named = {v: k for k, v in self.chains.items()} | english
        if name_or_id in named or name_or_id.lower() in named:
            return named.get(name_or_id) or named[name_or_id.lower()]
        raise UnknownNameError("chain", name_or_id, [*self.chains.values(), *self.chains], "`chaingraph chains` lists them.")

    def find_segment(self, name_or_id: str, chain: str | None = None) -> str:
        """Return the id of a segment given by chain/segment, by segment id or by Chinese name within a chain."""
        if name_or_id in self.segments:
            return name_or_id
        pool = [s for s in self.segments.values() if chain is None or s.chain_id == chain]
        hits = [s.id for s in pool if name_or_id in (s.name_zh, s.id.split("/")[1])]
        if len(hits) == 1:
            return hits[0]
        raise UnknownNameError(
            "segment" if not hits else "single segment", name_or_id, [*(s.name_zh for s in pool), *(s.id for s in pool)]
        )

    def find_company(self, name_or_code: str) -> str:
        """Return the id of a company given by id, stock code, credit code, full, short or former name."""
        if name_or_code in self._companies.index:
            return name_or_code
        hits = self._company_by_name.get(name_or_code, ())
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise UnknownNameError("single company", name_or_code, [], f"Several have that name: {', '.join(hits)}.")
        raise UnknownNameError("company", name_or_code, self._company_by_name)

    @cached_property
    def _companies(self) -> pd.DataFrame:
        return self.tables["companies"].set_index("company_id")

    @cached_property
    def _company_by_name(self) -> dict[str, tuple[str, ...]]:
        out: dict[str, dict[str, None]] = {}
        frame = self.tables["companies"]
        for column in ("short_name", "name_zh", "stock_code", "uscc", "name_en"):
            for name, company in frame[[column, "company_id"]].dropna().itertuples(index=False):
                out.setdefault(name, {})[company] = None
        for name, company in self.tables["company_names"][["alias", "company_id"]].itertuples(index=False):
            out.setdefault(name, {})[company] = None
        return {name: tuple(ids) for name, ids in out.items()}

    def company(self, company_id: str) -> pd.Series:
        """Return the row of a company."""
        return self._companies.loc[company_id]

    # -- the AND/OR graph ----------------------------------------------------------------------------------------

    def producible(self, chain: str, available: Iterable[str]) -> frozenset[str]:
        """Return which of the available segments can really be made: every essential input is producible too.

        Inputs are complements: every input group is needed, and of the members of one `substitute_group` one is enough.
        Location-bound segments (ore, port) count as secured elsewhere. Recycling links are never needed.
        One pass in topological order.
        """
        have = set(available)
        made: set[str] = set()
        for segment in topological(self._chain_links(chain), [s.id for s in self.chain_segments(chain)]):
            groups = self.input_groups(segment)
            if (segment in have or self.segments[segment].is_location_bound) and all(
                any(m in made for m in group) for group in groups
            ):
                made.add(segment)
        return frozenset(made & have)

    def input_groups(self, segment_id: str) -> list[tuple[str, ...]]:
        """Essential inputs of a segment as groups: every group is needed, one member of each is enough."""
        groups: dict[str, list[str]] = {}
        for link in self.inputs(segment_id):
            if link.is_essential and not link.is_recycling:
                groups.setdefault(link.substitute_group or f"={link.supplier_id}", []).append(link.supplier_id)
        return [tuple(members) for members in groups.values()]

    def needs(self, chain: str) -> dict[str, frozenset[str]]:
        """By producing segment: itself and all essential inputs upstream that are not location-bound."""
        out: dict[str, frozenset[str]] = {}
        for segment in topological(self._chain_links(chain), [s.id for s in self.chain_segments(chain)]):
            wanted = {segment}
            for group in self.input_groups(segment):
                for member in group:
                    wanted |= out.get(member, frozenset())
            out[segment] = frozenset(s for s in wanted if not self.segments[s].is_location_bound or s == segment)
        return {s: w for s, w in out.items() if self.segments[s].kind is not SegmentKind.MARKET}

    # -- where things are ----------------------------------------------------------------------------------------

    @cached_property
    def segment_ids(self) -> tuple[str, ...]:
        """Segments in the order of the arrays."""
        return tuple(self.segments)

    @cached_property
    def cities(self) -> tuple[str, ...]:
        """Prefectures and municipalities, in the order of the arrays."""
        return tuple(c for c, r in self.regions.items() if r.level is RegionLevel.PREFECTURE or c in MUNICIPALITIES)

    def city_of(self, region_code: str) -> str:
        """Return the prefecture or municipality a region belongs to; a province is itself."""
        region = self.regions[region_code]
        return region.parent_code if region.level is RegionLevel.COUNTY else region_code

    @cached_property
    def _row(self) -> dict[str, int]:
        return {c: i for i, c in enumerate(self.cities)}

    @cached_property
    def _column(self) -> dict[str, int]:
        return {s: i for i, s in enumerate(self.segment_ids)}

    @cached_property
    def here(self) -> pd.DataFrame:
        """Confirmed companies by place: company_id, region_code, segment_id (seats, establishments and landings), no twins."""
        activity = self.tables["activities"]
        sure = activity.loc[activity["verdict"] == Verdict.CONFIRMED.value, ["company_id", "segment_id"]]
        companies = self.tables["companies"]
        active = companies[~companies["company_status"].isin(["dissolved", "delisted"])]
        seats = sure.merge(active[["company_id", "region_code"]].dropna(), on="company_id")
        plants = self.tables["establishments"][["company_id", "region_code", "chain_id"]].merge(sure, on="company_id")
        plants = plants[plants["chain_id"].isna() | (plants["chain_id"] == plants["segment_id"].str.split("/").str[0])]
        landed = pd.DataFrame(
            [(k.company_id, k.region_code, k.segment_id) for k in self.landings],
            columns=["company_id", "region_code", "segment_id"],
            dtype="str",
        )
        columns = ["company_id", "region_code", "segment_id"]
        return pd.concat([seats[columns], plants[columns], landed]).drop_duplicates(ignore_index=True)

    def companies_here(self, region_code: str, segment_id: str) -> list[str]:
        """Companies known to be in a region (or below it) and in a segment."""
        inside = self._inside(region_code)
        frame = self.here
        return sorted(frame.loc[(frame["segment_id"] == segment_id) & frame["region_code"].isin(inside), "company_id"])

    def _inside(self, region_code: str) -> set[str]:
        return {
            region_code,
            *self._children.get(region_code, ()),
            *(g for c in self._children.get(region_code, ()) for g in self._children.get(c, ())),
        }

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        out: dict[str, list[str]] = {}
        for region in self.regions.values():
            out.setdefault(region.parent_code, []).append(region.code)
        return out

    @cached_property
    def _local_counts(self) -> pd.DataFrame:
        """Registrations and known companies by region_code and segment_id: company_count, capital_cny, capital_sq_cny2."""
        presence = (
            self.tables["presence"]
            .groupby(["region_code", "segment_id"], as_index=False)[["company_count", "capital_cny", "capital_sq_cny2"]]
            .sum()
        )
        known = self.here.groupby(["region_code", "segment_id"], as_index=False).size().rename(columns={"size": "company_count"})
        return pd.concat([presence, known]).fillna(0)

    @cached_property
    def counts(self) -> Array:
        """Firms by city × segment: registrations linked plus companies known from recent sources."""
        return self._array("company_count")

    @cached_property
    def capital(self) -> tuple[Array, Array]:
        """Sum and sum of squares of registered capital, city × segment, in yuan and yuan²."""
        return self._array("capital_cny"), self._array("capital_sq_cny2")

    def _array(self, column: str) -> Array:
        frame = self._local_counts
        rows = (
            frame["region_code"]
            .map({c: self._row.get(self.city_of(c), -1) for c in frame["region_code"].unique()})
            .to_numpy(dtype=int)
        )
        columns = frame["segment_id"].map(self._column).to_numpy(dtype=int)
        out = np.zeros((len(self.cities), len(self.segment_ids)))
        keep = rows >= 0
        np.add.at(out, (rows[keep], columns[keep]), frame[column].to_numpy(dtype=float)[keep])
        return out

    def county_counts(self, region_code: str) -> tuple[Array, Array, Array]:
        """Count, capital and squared capital by segment of one county."""
        frame = (
            self._local_counts[self._local_counts["region_code"] == region_code]
            .groupby("segment_id")[["company_count", "capital_cny", "capital_sq_cny2"]]
            .sum()
        )
        full = frame.reindex(list(self.segment_ids)).fillna(0.0).astype(float)
        return full["company_count"].to_numpy(), full["capital_cny"].to_numpy(), full["capital_sq_cny2"].to_numpy()

    @cached_property
    def registrations(self) -> pd.DataFrame:
        """Registrations the source has at all: region_code (counties and the rest of their city), year, registration_count."""
        return self.tables["coverage"][["region_code", "year", "registration_count"]]

    @cached_property
    def exposure(self) -> Array:
        """Registrations of each city in all years, plus its companies known from recent sources."""
        return self._exposure(self.registrations)

    def _exposure(self, frame: pd.DataFrame) -> Array:
        out = np.zeros(len(self.cities))
        totals = frame.groupby("region_code")["registration_count"].sum()
        known = self.here.drop_duplicates(["company_id", "region_code"]).groupby("region_code").size()
        for series in (totals, known):
            for code, number in series.items():
                row = self._row.get(self.city_of(str(code)), -1)
                if row >= 0:
                    out[row] += float(number)
        return out

    def county_exposure(self, region_code: str) -> float:
        """Registrations of one county in all years, plus its known companies."""
        own = self.registrations.loc[self.registrations["region_code"] == region_code, "registration_count"].sum()
        return float(own) + float(self.here.loc[self.here["region_code"] == region_code, "company_id"].nunique())

    @cached_property
    def distances(self) -> Array:
        """Great-circle distance between the cities' seats, in km, cities × cities; NaN where coordinates are not known."""
        lon = np.array([self.regions[c].longitude_deg for c in self.cities])
        lat = np.array([self.regions[c].latitude_deg for c in self.cities])
        return great_circle_km(lon[:, None], lat[:, None], lon[None, :], lat[None, :])

    @cached_property
    def density(self) -> Array:
        """Relatedness density of every segment in every city (cities × segments), from specialisations LQ ≥ 1."""
        quotient = location_quotient(self.counts)
        special = (np.nan_to_num(quotient) >= 1.0).astype(float)
        return relatedness_density(special, proximity(special))

    def reach(self, radius_km: float) -> Array:
        """Firms within `radius_km` of every city, its own included: cities × segments."""
        near = (np.nan_to_num(self.distances, nan=np.inf) <= radius_km).astype(float)
        np.fill_diagonal(near, 1.0)
        return near @ self.counts

    def within(self, region_code: str, radius_km: float) -> list[str]:
        """Cities whose seat is within `radius_km` of the region's city, itself first, then nearest first."""
        city = self._row[self.city_of(region_code)]
        away = self.distances[city].copy()
        away[city] = -1.0
        order = np.argsort(np.where(np.isnan(away), np.inf, away), kind="stable")
        return [self.cities[i] for i in order if away[i] <= radius_km]

    # -- what if, and other graphs -------------------------------------------------------------------------------

    def with_landing(self, company_id: str, region: str, segment: str | None = None) -> ChainGraph:
        """Return the graph in which a company also has a plant in a region, for one segment or all it is confirmed in."""
        code = self.find_region(region).code
        company = self.find_company(company_id)
        if segment is None:
            activity = self.tables["activities"]
            mine = activity[(activity["company_id"] == company) & (activity["verdict"] == Verdict.CONFIRMED.value)]
            wanted = list(mine["segment_id"])
        else:
            wanted = [self.find_segment(segment)]
        added = tuple(Landing(company, code, s) for s in wanted)
        return replace(self, landings=(*self.landings, *(a for a in added if a not in self.landings)))

    def to_networkx(self, chain: str | None = None) -> nx.DiGraph[str]:
        """Return segments and supply links as a networkx graph, of one chain or of all."""
        graph: nx.DiGraph[str] = nx.DiGraph(version=self.version)
        for s in self.segments.values():
            if chain in (None, s.chain_id):
                graph.add_node(s.id, name=s.name_zh, name_en=s.name_en, chain=s.chain_id, stage=s.stage.value, kind=s.kind.value)
        for k in self.links:
            if k.customer_id in graph and k.supplier_id in graph:
                graph.add_edge(
                    k.supplier_id,
                    k.customer_id,
                    essential=k.is_essential,
                    substitute_group=k.substitute_group,
                    strength=k.strength,
                )
        return graph


def build(tables: Tables) -> ChainGraph:
    """Make the graph of validated tables."""
    return ChainGraph(tables)


def topological(links: Iterable[SupplyLink], segments: Iterable[str]) -> list[str]:
    """Return segments so that suppliers come before customers; loops closed by recycling links are opened there."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(segments)
    graph.add_edges_from((k.supplier_id, k.customer_id) for k in links if not k.is_recycling)
    whole = nx.condensation(graph)
    return [
        s
        for part in nx.lexicographical_topological_sort(whole, key=lambda n: min(whole.nodes[n]["members"]))
        for s in sorted(whole.nodes[part]["members"])
    ]


def _grouped(links: Iterable[SupplyLink], by: str) -> dict[str, list[SupplyLink]]:
    out: dict[str, list[SupplyLink]] = {}
    for link in links:
        out.setdefault(getattr(link, by), []).append(link)
    return out
