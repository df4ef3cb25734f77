"""What the chains are: their segments, the links between them, their order; each made once with `tables.derived(...)`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from chaingraph.model import SegmentKind, Siting, Stage
from chaingraph.phrases import Phrase
from chaingraph.tables import Tables


@dataclass(frozen=True)
class Segment:
    """A segment (环节) of a chain: what firms are grouped by.

    `id` is chain/segment. `products` are typical ones, in Chinese.

    >>> motor = graph.segments["pump-motor/motor"]
    >>> motor.name.en, motor.stage.value, motor.kind.value, round(motor.domestic_share, 2)
    ('Electric motors', 'midstream', 'making', 0.95)
    """

    id: str
    chain_id: str
    name_zh: str
    name_en: str
    stage: Stage
    kind: SegmentKind
    is_location_bound: bool
    is_import_dependent: bool
    products: tuple[str, ...]
    domestic_share: float
    """Share of domestic output in supply at home, of the segment itself where a source gives it, else of its sector; NaN unknown."""
    siting: Siting | None = None
    """What building a plant of it hangs on by rules of the state; None where nothing is known."""

    @property
    def name(self) -> Phrase:
        """Name in both languages."""
        return Phrase(self.name_zh, self.name_en)


@dataclass(frozen=True)
class SupplyLink:
    """An input–output link between segments, always supplier → customer.

    Of essential inputs with one `substitute_group` (empty: none) one is enough; a recycling link flows back and is never needed.
    `is_essential`: known to be essential; where `is_judged` is false nobody has said whether it is, and nothing is concluded from it.
    `strength`: yuan of the supplier's sector needed for a yuan of the customer's, from the national input–output table; NaN unknown.

    >>> link = graph.inputs("pump-motor/motor")[0]
    >>> link.supplier_id, link.is_essential, 0 < link.strength < 1
    ('pump-motor/magnet-wire', True, True)
    """

    supplier_id: str
    customer_id: str
    is_essential: bool
    substitute_group: str
    is_recycling: bool
    strength: float
    is_judged: bool = True


def chains(tables: Tables) -> dict[str, Phrase]:
    """Chain id → name."""
    return {c: Phrase(zh, en) for c, zh, en in tables["chains"][["chain_id", "name_zh", "name_en"]].itertuples(index=False)}


def segments(tables: Tables) -> dict[str, Segment]:
    """All segments by id."""
    sector = dict(zip(tables["io_sectors"]["io_sector"], tables["io_sectors"]["domestic_share"], strict=True))
    return {
        r.segment_id: Segment(
            r.segment_id,
            r.chain_id,
            r.name_zh,
            r.name_en,
            Stage(r.stage),
            SegmentKind(r.segment_kind),
            bool(r.is_location_bound),
            bool(r.is_import_dependent),
            tuple(str(r.products_zh).split("；")),
            float(sector.get(r.io_sector, np.nan) if pd.isna(r.domestic_share) else r.domestic_share),
            None if pd.isna(r.siting) else Siting(r.siting),
        )
        for r in tables["segments"].itertuples()
    }


def links(tables: Tables) -> tuple[SupplyLink, ...]:
    """All supply links."""
    return tuple(
        SupplyLink(
            r.supplier_id,
            r.customer_id,
            not pd.isna(r.is_essential) and bool(r.is_essential),
            "" if pd.isna(r.substitute_group) else str(r.substitute_group),
            bool(r.is_recycling),
            float(r.strength) if not pd.isna(r.strength) else float("nan"),
            not pd.isna(r.is_essential),
        )
        for r in tables["supply_links"].itertuples()
    )


def by_customer(tables: Tables) -> dict[str, list[SupplyLink]]:
    """Links that supply a segment, by segment."""
    out: dict[str, list[SupplyLink]] = {}
    for link in tables.derived(links):
        out.setdefault(link.customer_id, []).append(link)
    return out


def by_supplier(tables: Tables) -> dict[str, list[SupplyLink]]:
    """Links by which a segment supplies others, by segment."""
    out: dict[str, list[SupplyLink]] = {}
    for link in tables.derived(links):
        out.setdefault(link.supplier_id, []).append(link)
    return out


def orders(tables: Tables) -> dict[str, tuple[str, ...]]:
    """Segments of every chain in topological order."""
    known, all_links = tables.derived(segments).values(), tables.derived(links)
    return {
        chain: tuple(
            topological(
                (k for k in all_links if k.customer_id.split("/")[0] == chain), [s.id for s in known if s.chain_id == chain]
            )
        )
        for chain in tables.derived(chains)
    }


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
