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
from chaingraph.notebook import Html, block, table
from chaingraph.phrases import Phrase, said
from chaingraph.places import Landing, Places, Region
from chaingraph.region_names import plain, short_region_name, spellings
from chaingraph.structure import Segment, SupplyLink, topological
from chaingraph.tables import Tables


@dataclass(frozen=True)
class ChainGraph:
    """The graph of one data version: chains of segments, the firms in them, the regions they are in.

    Immutable; every method that changes something returns another graph. Names are taken as people write them: a region, chain,
    segment or company by its code or id, Chinese or English name; a near miss raises `UnknownNameError` with suggestions.
    `tables` are the frames it is made of, `landings` what is assumed to come (`with_landing`).

    >>> graph.find_region("Qingdao").code, graph.find_chain("Pumps and motors"), graph.find_company("利欧股份")
    ('370200', 'pump-motor', 'A-002131')
    >>> [s.name.en for s in graph.chain_segments("pump-motor")][:2]
    ['Silicon steel, magnet wire and magnets', 'Castings and stainless steel']
    >>> [link.customer_id for link in graph.customers("pump-motor/magnet-wire")]
    ['pump-motor/motor', 'pump-motor/pump-control']
    """

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

    def to_html(self, lang: str = "zh") -> Html:
        """Return what the graph holds as a notebook shows it; `lang` is ``zh`` or ``en``."""
        counts = self.tables.counts()
        held = {
            Phrase("产业链", "chains"): counts["chains"],
            Phrase("环节", "segments"): counts["segments"],
            Phrase("供应关系", "supply links"): len(self.links),
            Phrase("企业", "companies"): counts["companies"],
            Phrase("企业—环节关系", "companies in segments"): counts["activities"],
            Phrase("登记计数（地区 × 环节 × 时期）", "counts of registrations (region × segment × period)"): counts["presence"],
            Phrase("地区", "regions"): counts["regions"],
            Phrase("来源", "origins"): counts["origins"],
        }
        if self.landings:
            held[Phrase("假设落户", "assumed landings")] = len(self.landings)
        heads = [said(Phrase("内容", "what"), lang), said(Phrase("数量", "number"), lang)]
        title = Phrase(f"产业链知识图谱 · 数据版本 {self.version}", f"Graph of industrial chains · data version {self.version}")
        rows = [(said(what, lang), f"{n:,}") for what, n in held.items()]
        return block(said(title, lang), table(heads, rows, numbers=heads[1:]))

    def _repr_html_(self) -> str:
        return str(self.to_html())

    def __repr__(self) -> str:
        counts = self.tables.counts()
        landed = f", {len(self.landings)} landings" if self.landings else ""
        return (
            f"<ChainGraph {self.version}: {counts['chains']} chains, {counts['segments']} segments, "
            f"{counts['companies']:,} companies{landed}>"
        )

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
        """Return the id of a chain given by id, Chinese or English name; several of one name raise, with their ids."""
        if name_or_id in self.chains:
            return name_or_id
        hits = [c for c, name in self.chains.items() if name_or_id == name or name_or_id.lower() == name.en.lower()]
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise UnknownNameError("single chain", name_or_id, [], f"Several have that name: {', '.join(hits)}. Give the id.")
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

        >>> sorted(graph.producible("pump-motor", ["pump-motor/magnet-wire", "pump-motor/motor"]))
        ['pump-motor/magnet-wire']
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

        >>> before = cg.diagnose(graph, "台州", "新能源汽车")["drive-motor"].company_count
        >>> landed = graph.with_landing("大洋电机", "台州", "new-energy-vehicle/drive-motor")
        >>> cg.diagnose(landed, "台州", "新能源汽车")["drive-motor"].company_count - before
        1
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
        """Return segments and supply links as a networkx graph, of one chain (id or name) or of all.

        Every attribute is text, a flag or a number, so that networkx can write them in its formats. Nodes (segment ids): `name`,
        `name_en`, `chain`, `stage`, `kind`, `location_bound`, `siting` (empty: nothing known), `import_dependent`, `products` (separated by ；),
        `domestic_share` in [0, 1], `origin`. Edges (supplier → customer): `essential` (left out where not known), `recycling`,
        `substitute_group` (empty: none), `strength` in yuan per yuan, `confidence`, `origin`. NaN: not known. The graph itself has the data `version`.

        >>> from chaingraph import Tables, build
        >>> build(Tables.of({})).to_networkx().number_of_nodes()
        0
        """
        graph: nx.DiGraph[str] = nx.DiGraph(version=self.version)
        segments, links = self.to_pandas(chain)
        for segment, origin in segments[["segment_id", "origin_id"]].itertuples(index=False):
            s = self.segments[segment]
            graph.add_node(
                s.id,
                name=s.name_zh,
                name_en=s.name_en,
                chain=s.chain_id,
                stage=s.stage.value,
                kind=s.kind.value,
                location_bound=s.is_location_bound,
                siting=s.siting or "",
                import_dependent=s.is_import_dependent,
                products="；".join(s.products),
                domestic_share=s.domestic_share,
                origin=_text(origin),
            )
        for row in links.itertuples():
            graph.add_edge(
                row.supplier_id,
                row.customer_id,
                **({} if pd.isna(row.is_essential) else {"essential": bool(row.is_essential)}),
                recycling=bool(row.is_recycling),
                substitute_group=_text(row.substitute_group),
                strength=float(row.strength),
                confidence=_text(row.confidence_level),
                origin=_text(row.origin_id),
            )
        return graph

    def to_pandas(self, chain: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return segments and supply links as two frames, of one chain (id or name) or of all.

        Columns, types and units are those of the tables `segments` and `supply_links` in the data dictionary; links are those
        with both ends among the segments. All else is in `tables`, by name.

        >>> from chaingraph import Tables, build
        >>> segments, links = build(Tables.of({})).to_pandas()
        >>> list(links.columns)[:3]
        ['supplier_id', 'customer_id', 'is_essential']
        """
        segments, links = self.tables["segments"], self.tables["supply_links"]
        if chain is not None:
            segments = segments[segments["chain_id"] == self.find_chain(chain)].reset_index(drop=True)
        both = links["supplier_id"].isin(segments["segment_id"]) & links["customer_id"].isin(segments["segment_id"])
        return segments, links[both].reset_index(drop=True)


def build(tables: Tables) -> ChainGraph:
    """Make the graph of checked tables, such as `ingest.load` gives.

    >>> cg.build(graph.tables).version == graph.version
    True
    """
    return ChainGraph(tables)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


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
