"""What a sound chain file could still say, and what each would bring: hints to who writes it, never faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chaingraph.lint import LintFinding
from chaingraph.model import SegmentKind, Stage
from ingest.chains import ChainFile, SegmentEntry

Rule = Callable[[ChainFile], Iterator[LintFinding]]


def missing_stage(chain: ChainFile) -> Iterator[LintFinding]:
    """No segment of a stage: nothing is asked of what comes before, or of who buys."""
    there = {s.stage for s in chain.segments}
    for stage in Stage:
        if stage.value not in there:
            yield LintFinding(
                "missing-stage",
                "",
                f"no {stage.value} segment",
                "Add one, so that the picture shows where the chain comes from and whom it serves.",
            )


def no_essential_input(chain: ChainFile) -> Iterator[LintFinding]:
    """A made segment after the first stage that needs nothing: no break or bottleneck can be found before it."""
    needing = {link.customer for link in chain.links if link.essential and not link.recycling}
    for s in _producing(chain):
        if s.kind == SegmentKind.MAKING.value and s.stage != Stage.UPSTREAM.value and s.id not in needing:
            yield LintFinding(
                "no-essential-input",
                f"{chain.id}/{s.id}",
                f"no supplier of {_called(s)} is essential",
                "Link what it cannot be made without, essential = true: only then are breaks, bottlenecks and the roadmap found.",
            )


def no_terms(chain: ChainFile) -> Iterator[LintFinding]:
    """A producing segment without a term that alone puts a firm into it."""
    for s in _producing(chain):
        if not s.lexicon.specific:
            yield LintFinding(
                "no-terms",
                f"{chain.id}/{s.id}",
                f"no specific terms in the lexicon of {_called(s)}",
                "Add product names as firms write them: the next `chaingraph data build` then finds its firms and registrations.",
            )


def shared_term(chain: ChainFile) -> Iterator[LintFinding]:
    """A specific term of two segments: a firm that has it would be put into both."""
    owner: dict[str, SegmentEntry] = {}
    for s in chain.segments:
        for term in s.lexicon.specific:
            first = owner.setdefault(term, s)
            if first is not s:
                yield LintFinding(
                    "shared-term",
                    f"{chain.id}/{s.id}",
                    f"'{term}' is specific to {_called(first)} too",
                    "Keep it where it belongs, or make it indicative in one: a firm that has it is put into both.",
                )


def no_leading_firm(chain: ChainFile) -> Iterator[LintFinding]:
    """A producing segment of which no leading firm is named."""
    for s in _producing(chain):
        if not s.leading_firms:
            yield LintFinding(
                "no-leading-firm",
                f"{chain.id}/{s.id}",
                f"no leading firm of {_called(s)}",
                "Name one with how it is known (page, listed, gk): it becomes a target at the next `chaingraph data build`,"
                " and its home counts as adequate.",
            )


def no_industry_code(chain: ChainFile) -> Iterator[LintFinding]:
    """A producing segment without a class of GB/T 4754-2017."""
    for s in _producing(chain):
        if not s.industry_codes:
            yield LintFinding(
                "no-industry-code",
                f"{chain.id}/{s.id}",
                f"no GB/T class of {_called(s)}",
                "Add the classes its makers register under (reference/industries.csv): readers see what exactly is meant.",
            )


def no_products(chain: ChainFile) -> Iterator[LintFinding]:
    """A producing segment without representative products."""
    for s in _producing(chain):
        if not s.products_zh:
            yield LintFinding(
                "no-products",
                f"{chain.id}/{s.id}",
                f"no products of {_called(s)}",
                "Name two or three: they stand in the picture and in the report.",
            )


def no_source(chain: ChainFile) -> Iterator[LintFinding]:
    """A chain of which nobody can check anything."""
    if not chain.sources and not any(s.source_url for s in chain.segments):
        yield LintFinding(
            "no-source", "", "no source", "Give a page in sources or in source_url: without one, everything is your judgement."
        )


RULES: tuple[Rule, ...] = (
    missing_stage,
    no_essential_input,
    no_terms,
    shared_term,
    no_leading_firm,
    no_industry_code,
    no_products,
    no_source,
)


def _producing(chain: ChainFile) -> list[SegmentEntry]:
    return [s for s in chain.segments if s.kind != SegmentKind.MARKET.value]


def _called(segment: SegmentEntry) -> str:
    return segment.name_zh or segment.id
