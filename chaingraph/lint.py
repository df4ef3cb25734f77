"""What is wrong with a graph that is valid: each rule with its meaning and remedy stands in docs/lint.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date

import networkx as nx
import pandas as pd

from chaingraph.graph import ChainGraph
from chaingraph.model import LintRule, SegmentKind, Stage
from chaingraph.phrases import NOTHING, Phrase

STALE_YEARS = 3


@dataclass(frozen=True, order=True)
class LintFinding:
    """One thing a careful reader would stumble over, with what to do about it; `because` says why it may stand, if it may."""

    rule: str
    where: str
    text: str
    remedy: str
    because: Phrase = NOTHING

    @property
    def is_explained(self) -> bool:
        """Whether the data say why it may stand."""
        return bool(self.because)

    def as_dict(self) -> dict[str, str]:
        """Return the finding as a plain mapping."""
        return {name: str(value) for name, value in asdict(self).items()}


Rule = Callable[[ChainGraph, date], Iterator[LintFinding]]


def lint(graph: ChainGraph, today: date | None = None) -> list[LintFinding]:
    """Return all findings of all rules, sorted; those that the table `accepted_findings` explains say because of what."""
    day = today or date.today()
    accepted = {
        (r.lint_rule, r.found_at): Phrase(r.because_zh, r.because_en) for r in graph.tables["accepted_findings"].itertuples()
    }
    found = (finding for rule in RULES.values() for finding in rule(graph, day))
    return sorted(explained(found, accepted, LintRule.STALE_ACCEPTANCE, "decisions/lint.toml"))


def explained(
    found: Iterable[LintFinding], accepted: Mapping[tuple[str, str], Phrase], stale: str, ledger: str
) -> Iterator[LintFinding]:
    """Yield the findings with their explanations, and one of the rule `stale` for each explanation of what is no longer found.

    `accepted`: (rule, where) → why it may stand; `ledger` is the file that says so, as people know it.
    """
    met = set()
    for finding in found:
        key = (finding.rule, finding.where)
        met.add(key)
        yield replace(finding, because=accepted.get(key, NOTHING))
    for rule, where in accepted.keys() - met:
        yield LintFinding(stale, where, f"explains a finding of {rule} that is no longer there", f"Take it out of {ledger}.")


def direction_conflict(graph: ChainGraph, _: date) -> Iterator[LintFinding]:
    """A link that runs against the stages: from downstream to upstream, although it is not recycling."""
    order = list(Stage)
    for k in graph.links:
        supplier, customer = graph.segments[k.supplier_id], graph.segments[k.customer_id]
        if not k.is_recycling and order.index(supplier.stage) > order.index(customer.stage):
            yield LintFinding(
                LintRule.DIRECTION_CONFLICT,
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
                LintRule.LOOP, members[0], " ↔ ".join(members), "Mark the link by which waste returns with recycling = true."
            )


def orphan(graph: ChainGraph, _: date) -> Iterator[LintFinding]:
    """A segment without any link."""
    for s in graph.segments.values():
        if not graph.inputs(s.id) and not graph.customers(s.id):
            yield LintFinding(
                LintRule.ORPHAN, s.id, f"{s.name_zh} neither supplies nor is supplied", "Add its links, or remove it."
            )


def dead_end(graph: ChainGraph, _: date) -> Iterator[LintFinding]:
    """An upstream or midstream segment that supplies nobody."""
    for s in graph.segments.values():
        if s.stage is not Stage.DOWNSTREAM and not graph.customers(s.id) and graph.inputs(s.id):
            yield LintFinding(
                LintRule.DEAD_END,
                s.id,
                f"{s.stage.value} {s.name_zh} supplies nobody",
                "Add whom it supplies, or put it downstream.",
            )


def doubled_product(graph: ChainGraph, _: date) -> Iterator[LintFinding]:
    """Two segments of one chain with the same representative product."""
    for chain in graph.chains:
        owner: dict[str, str] = {}
        for s in graph.chain_segments(chain, producing=True):
            for product in s.products:
                if product in owner and owner[product] != s.id:
                    yield LintFinding(
                        LintRule.DOUBLED_PRODUCT,
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
                LintRule.EMPTY_SEGMENT,
                segment_id,
                f"no company and no registration in {s.name_zh}",
                "Read its lexicon: are its terms those that firms use?",
            )


def stale_list(graph: ChainGraph, today: date) -> Iterator[LintFinding]:
    """A list of firms more than three years old."""
    for name, year in graph.tables["firm_lists"][["list_id", "year"]].itertuples(index=False):
        if today.year - int(year) > STALE_YEARS:
            yield LintFinding(LintRule.STALE_LIST, str(name), f"of {year}", "Bring a newer edition.")


def stale_source(graph: ChainGraph, today: date) -> Iterator[LintFinding]:
    """A source that describes a state of more than three years ago."""
    for name, day in graph.tables["origins"][["origin_id", "published_on"]].itertuples(index=False):
        if not pd.isna(day) and today.year - day.year > STALE_YEARS:
            yield LintFinding(
                LintRule.STALE_SOURCE, str(name), f"describes {day.date()}", "Say so beside every figure, or bring a newer one."
            )


RULES: dict[str, Rule] = {
    r.__name__: r for r in (direction_conflict, loop, orphan, dead_end, doubled_product, empty_segment, stale_list, stale_source)
}
