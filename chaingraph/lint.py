"""What is wrong with a graph that is valid: direction conflicts, loops, orphans, dead ends, doubles, stale facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date

import networkx as nx
import pandas as pd

from chaingraph.graph import ChainGraph
from chaingraph.model import SegmentKind, Stage

STALE_YEARS = 3


@dataclass(frozen=True, order=True)
class LintFinding:
    """One thing a careful reader would stumble over, with what to do about it."""

    rule: str
    where: str
    text: str
    remedy: str

    def as_dict(self) -> dict[str, str]:
        """Return the finding as a plain mapping."""
        return asdict(self)


Rule = Callable[[ChainGraph, date], Iterator[LintFinding]]


def lint(graph: ChainGraph, today: date | None = None) -> list[LintFinding]:
    """Return all findings of all rules, sorted."""
    day = today or date.today()
    return sorted(found for rule in RULES.values() for found in rule(graph, day))


def direction_conflict(graph: ChainGraph, _: date) -> Iterator[LintFinding]:
    """A link that runs against the stages: from downstream to upstream, although it is not recycling."""
    order = list(Stage)
    for k in graph.links:
        supplier, customer = graph.segments[k.supplier_id], graph.segments[k.customer_id]
        if not k.is_recycling and order.index(supplier.stage) > order.index(customer.stage):
            yield LintFinding(
                "direction-conflict",
                f"{k.supplier_id} → {k.customer_id}",
                f"{supplier.stage.value} {supplier.name_zh} supplies {customer.stage.value} {customer.name_zh}",
                "Turn the link round, move the segment to another stage, or mark it recycling.",
            )


def loop(graph: ChainGraph, _: date) -> Iterator[LintFinding]:
    """A loop that remains when the recycling links are taken out: each segment would need itself first."""
    forward: nx.DiGraph[str] = nx.DiGraph((k.supplier_id, k.customer_id) for k in graph.links if not k.is_recycling)
    for component in nx.strongly_connected_components(forward):
        members = sorted(component)
        if len(members) > 1 or forward.has_edge(members[0], members[0]):
            yield LintFinding(
                "loop", members[0], " ↔ ".join(members), "Mark the link by which waste returns with recycling = true."
            )


def orphan(graph: ChainGraph, _: date) -> Iterator[LintFinding]:
    """A segment without any link."""
    for s in graph.segments.values():
        if not graph.inputs(s.id) and not graph.customers(s.id):
            yield LintFinding("orphan", s.id, f"{s.name_zh} neither supplies nor is supplied", "Add its links, or remove it.")


def dead_end(graph: ChainGraph, _: date) -> Iterator[LintFinding]:
    """An upstream or midstream segment that supplies nobody."""
    for s in graph.segments.values():
        if s.stage is not Stage.DOWNSTREAM and not graph.customers(s.id) and graph.inputs(s.id):
            yield LintFinding(
                "dead-end", s.id, f"{s.stage.value} {s.name_zh} supplies nobody", "Add whom it supplies, or put it downstream."
            )


def doubled_products(graph: ChainGraph, _: date) -> Iterator[LintFinding]:
    """Two segments of one chain with the same representative product."""
    for chain in graph.chains:
        owner: dict[str, str] = {}
        for s in graph.chain_segments(chain, producing=True):
            for product in s.products:
                if product in owner and owner[product] != s.id:
                    yield LintFinding(
                        "doubled-product",
                        s.id,
                        f"{product} also in {owner[product]}",
                        "Keep the product in the segment that makes it.",
                    )
                owner.setdefault(product, s.id)


def empty_segment(graph: ChainGraph, _: date) -> Iterator[LintFinding]:
    """A producing segment without a company and without a registration: nothing can be recommended or graded."""
    activity = set(graph.tables["activities"]["segment_id"])
    seen = graph.places.counts.sum(axis=0)
    for i, segment_id in enumerate(graph.segment_ids):
        s = graph.segments[segment_id]
        if s.kind is not SegmentKind.MARKET and segment_id not in activity and seen[i] == 0:
            yield LintFinding(
                "empty-segment",
                segment_id,
                f"no company and no registration in {s.name_zh}",
                "Read its lexicon: are its terms those that firms use?",
            )


def stale_list(graph: ChainGraph, today: date) -> Iterator[LintFinding]:
    """A list of firms or a source more than three years old."""
    lists = graph.tables["firm_lists"]
    for name, year in lists[["list_id", "year"]].itertuples(index=False):
        if today.year - int(year) > STALE_YEARS:
            yield LintFinding("stale-list", str(name), f"of {year}", "Bring a newer edition.")
    for r in graph.tables["origins"].to_dict("records"):
        if (
            not pd.isna(r["published_on"])
            and today.year - r["published_on"].year > STALE_YEARS
            and r["origin_id"] != "gbt4754-2017"
        ):
            yield LintFinding(
                "stale-source",
                r["origin_id"],
                f"describes {r['published_on'].date()}",
                "Say so beside every figure, or bring a newer one.",
            )


RULES: dict[str, Rule] = {
    r.__name__: r for r in (direction_conflict, loop, orphan, dead_end, doubled_products, empty_segment, stale_list)
}
