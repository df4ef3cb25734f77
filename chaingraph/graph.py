"""ChainGraph: the chains, firms and regions of one data version as an immutable, typed graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import networkx as nx
import pandas as pd

from chaingraph import ground, structure
from chaingraph.errors import ChaingraphError, UnknownNameError
from chaingraph.model import RegionLevel, SegmentKind, Stage, Verdict
from chaingraph.phrases import Phrase
from chaingraph.places import Landing, Places, Region
from chaingraph.region_names import plain, short_region_name, spellings
from chaingraph.structure import Segment, SupplyLink, topological
from chaingraph.tables import Tables


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
    def chains(self) -> dict[str, Phrase]:
        """Chain id → name."""
        return self.tables.derived(structure.chains)

    @cached_property
    def segments(self) -> dict[str, Segment]:
        """All segments by id."""
        return self.tables.derived(structure.segments)

    @property
    def links(self) -> tuple[SupplyLink, ...]:
        """All supply links."""
        return self.tables.derived(structure.links)

    @property
    def segment_ids(self) -> tuple[str, ...]:
        """Segments in the order of all arrays."""
        return tuple(self.segments)

    @cached_property
    def places(self) -> Places:
        """Where things are in this graph."""
        return Places(self.tables, self.landings)

    @property
    def regions(self) -> dict[str, Region]:
        """All regions by code."""
        return self.places.regions

    def chain_segments(self, chain: str, *, producing: bool = False) -> list[Segment]:
        """Segments of a chain, upstream to downstream in topological order; with `producing`, without markets."""
        stages = list(Stage)
        found = sorted((self.segments[s] for s in self._order(chain)), key=lambda s: stages.index(s.stage))
        return [s for s in found if not producing or s.kind is not SegmentKind.MARKET]

    def inputs(self, segment_id: str) -> list[SupplyLink]:
        """Links that supply a segment."""
        return self.tables.derived(structure.by_customer).get(segment_id, [])

    def customers(self, segment_id: str) -> list[SupplyLink]:
        """Links by which a segment supplies others."""
        return self.tables.derived(structure.by_supplier).get(segment_id, [])

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

    # -- names ---------------------------------------------------------------------------------------------------

    def find_region(self, name_or_code: str) -> Region:
        """Return the region of a code, name or spelling (台州, 台州市, 331000, 广西, Qingdao); a near miss raises with suggestions.

        Of regions with one name the widest is meant (吉林 is the province); several of one level raise, with their codes.
        """
        wanted = name_or_code.strip()
        if wanted in self.regions:
            return self.regions[wanted]
        rank = list(RegionLevel).index
        hits = self.tables.derived(_regions_by_name).get(wanted) or self.tables.derived(_regions_spelt).get(plain(wanted), [])
        widest = [r for r in hits if rank(r.level) == min(rank(h.level) for h in hits)]
        if len(widest) == 1:
            return widest[0]
        if widest:
            parents = {r.code: self.regions[r.parent_code].name_zh if r.parent_code else "" for r in widest}
            where = "、".join(f"{r.code} {parents[r.code]}{r.name_zh}" for r in widest)
            raise UnknownNameError("single region", name_or_code, [], f"Several have that name: {where}. Give the code.")
        # Cities first: of two names equally near, the city is the likelier.
        known = sorted(self.regions.values(), key=lambda r: r.level is RegionLevel.COUNTY)
        raise UnknownNameError("region", wanted, [r.name_en if wanted.isascii() else r.name_zh for r in known])

    def find_chain(self, name_or_id: str) -> str:
        """Return the id of a chain given by id, Chinese or English name."""
        if name_or_id in self.chains:
            return name_or_id
        english = dict(zip(self.tables["chains"]["name_en"].str.lower(), self.tables["chains"]["chain_id"], strict=True))
        named = {str(v): k for k, v in self.chains.items()} | english
        if name_or_id in named or name_or_id.lower() in named:
            return named.get(name_or_id) or named[name_or_id.lower()]
        raise UnknownNameError("chain", name_or_id, [*self.chains.values(), *self.chains], "`chaingraph chains` lists them.")

    def find_segment(self, name_or_id: str, chain: str | None = None) -> str:
        """Return the id of a segment given by chain/segment, by segment id or by Chinese name within a chain."""
        if name_or_id in self.segments and chain in (None, self.segments[name_or_id].chain_id):
            return name_or_id
        pool = [s for s in self.segments.values() if chain is None or s.chain_id == chain]
        hits = [s.id for s in pool if name_or_id in (s.name_zh, s.id.split("/")[1])]
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise UnknownNameError("single segment", name_or_id, [], f"Several have that name: {', '.join(hits)}. Give the id.")
        raise UnknownNameError("segment", name_or_id, [*(s.name_zh for s in pool), *(s.id for s in pool)])

    def find_company(self, name_or_code: str) -> str:
        """Return the id of a company given by id, stock code, credit code, full, short or former name."""
        if name_or_code in self.tables.derived(_companies).index:
            return name_or_code
        hits = self.tables.derived(_companies_by_name).get(name_or_code, ())
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise UnknownNameError("single company", name_or_code, [], f"Several have that name: {', '.join(hits)}.")
        raise UnknownNameError("company", name_or_code, self.tables.derived(_companies_by_name))

    def company(self, company_id: str) -> pd.Series:
        """Return the row of a company."""
        return self.tables.derived(_companies).loc[company_id]

    # -- the AND/OR graph ----------------------------------------------------------------------------------------

    def producible(self, chain: str, available: Iterable[str]) -> frozenset[str]:
        """Return which of the available segments can really be made: every essential input is producible too.

        Inputs are complements: every input group is needed, and of the members of one `substitute_group` one is enough.
        What is bound to a place (ore, port) and what users return (markets) counts as secured elsewhere; recycling links
        are never needed. One pass in topological order: loops that no recycling explains are refused by the check.
        """
        have = set(available)
        order = self._order(chain)
        ready = {s for s in order if self._is_secured(s)}
        made: set[str] = set()
        for segment in order:
            if segment in have and all(any(m in ready for m in group) for group in self.input_groups(segment)):
                made.add(segment)
                ready.add(segment)
        return frozenset(made)

    def input_groups(self, segment_id: str) -> list[tuple[str, ...]]:
        """Essential inputs of a segment as groups: every group is needed, one member of each is enough."""
        groups: dict[str, list[str]] = {}
        for link in self.inputs(segment_id):
            if link.is_essential and not link.is_recycling:
                groups.setdefault(link.substitute_group or f"={link.supplier_id}", []).append(link.supplier_id)
        return [tuple(members) for members in groups.values()]

    def needs(self, chain: str) -> dict[str, tuple[frozenset[str], ...]]:
        """By producing segment: the ways to make it, each as itself and the essential inputs upstream that must be there.

        One way per choice among substitutes; a group with a member secured elsewhere needs nothing here.
        """
        out: dict[str, tuple[frozenset[str], ...]] = {}
        for segment in self._order(chain):
            ways = {frozenset((segment,))}
            for group in self.input_groups(segment):
                if not any(self._is_secured(m) for m in group):
                    ways = {way | more for way in ways for m in group for more in out.get(m, ())}
            out[segment] = tuple(sorted((w for w in ways if not any(v < w for v in ways)), key=sorted))
        return {s: w for s, w in out.items() if self.segments[s].kind is not SegmentKind.MARKET}

    def _is_secured(self, segment_id: str) -> bool:
        segment = self.segments[segment_id]
        return segment.is_location_bound or segment.kind is SegmentKind.MARKET

    def _order(self, chain: str) -> tuple[str, ...]:
        return self.tables.derived(structure.orders).get(chain, ())

    # -- what if, and other graphs -------------------------------------------------------------------------------

    def with_landing(self, company_id: str, region: str, segment: str | None = None) -> ChainGraph:
        """Return the graph in which a company also has a plant in a region, for one segment or all it is confirmed in.

        A company confirmed in none lands for those that wait for review; one without either raises: name the segment.
        """
        code = self.find_region(region).code
        company = self.find_company(company_id)
        if segment is None:
            activity = self.tables["activities"]
            mine = activity.loc[activity["company_id"] == company].groupby("verdict")["segment_id"].agg(list)
            wanted = mine.get(Verdict.CONFIRMED.value) or mine.get(Verdict.TO_REVIEW.value) or []
            if not wanted:
                raise ChaingraphError(f"'{company_id}' is linked to no segment: name the segment of its plant.")
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
                    recycling=k.is_recycling,
                    substitute_group=k.substitute_group,
                    strength=k.strength,
                )
        return graph


def build(tables: Tables) -> ChainGraph:
    """Make the graph of validated tables."""
    return ChainGraph(tables)


def _regions_by_name(tables: Tables) -> dict[str, list[Region]]:
    out: dict[str, list[Region]] = {}
    for region in tables.derived(ground.regions).values():
        for name in {region.name_zh, region.name_zh[:-1], short_region_name(region.name_zh)}:
            out.setdefault(name, []).append(region)
    return out


def _regions_spelt(tables: Tables) -> dict[str, list[Region]]:
    """Regions by their English name and their pinyin, with and without the level word."""
    out: dict[str, list[Region]] = {}
    for region in tables.derived(ground.regions).values():
        for name in spellings(region.name_zh)[0]:
            out.setdefault(name, []).append(region)
    return out


def _companies(tables: Tables) -> pd.DataFrame:
    return tables["companies"].set_index("company_id")


def _companies_by_name(tables: Tables) -> dict[str, tuple[str, ...]]:
    out: dict[str, dict[str, None]] = {}
    frame = tables["companies"]
    for column in ("short_name", "name_zh", "stock_code", "uscc", "name_en"):
        for name, company in frame[[column, "company_id"]].dropna().itertuples(index=False):
            out.setdefault(name, {})[company] = None
    for name, company in tables["company_names"][["alias", "company_id"]].itertuples(index=False):
        out.setdefault(name, {})[company] = None
    return {name: tuple(ids) for name, ids in out.items()}


__all__ = ["ChainGraph", "Region", "Segment", "SupplyLink", "build", "topological"]
