"""ChainGraph: the chains, firms and regions of one data version as an immutable, typed graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import networkx as nx
import numpy as np
import pandas as pd

from chaingraph.errors import UnknownNameError
from chaingraph.model import RegionLevel, SegmentKind, Stage, Verdict
from chaingraph.places import Landing, Places, Region
from chaingraph.tables import Tables


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
class ChainGraph:
    """The graph of one data version. Every method that changes something returns another graph."""

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

    @property
    def segment_ids(self) -> tuple[str, ...]:
        """Segments in the order of all arrays."""
        return tuple(self.segments)

    @cached_property
    def places(self) -> Places:
        """Where things are in this graph."""
        return Places(self.tables, self.landings, self.segment_ids)

    @property
    def regions(self) -> dict[str, Region]:
        """All regions by code."""
        return self.places.regions

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
