"""What is wrong with lexicons that can be read: each rule with its meaning and remedy stands in docs/lint.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field

from chaingraph.errors import DataError
from chaingraph.lint import LintFinding, explained
from chaingraph.model import SegmentKind
from chaingraph.phrases import Phrase
from ingest.chains import ForeignSegment
from ingest.entries import Entry, read_entry
from ingest.lexicon_usage import Usage
from ingest.linking import LEVEL_WEIGHT, MAKING, MAKING_WEAK, SERVICE, TRADE

LEDGER = "decisions/lexicons.toml"
CLASS_DIGITS = 2
"""Segments whose GB/T classes begin with the same division do related things."""
TOO_MUCH = 0.005
"""Share of all firms that one term may put into a segment by itself."""
ONE_TERM = 0.9
"""Share of a segment's firms that one of its terms may bring by itself."""
ENOUGH = 100
"""So many firms are enough to judge a segment by one term, and show that its words are heard."""
AS_GOOD_AS_NONE = 5
"""A segment with fewer firms than these links as good as nothing."""
UNHEARD = 0.5
"""Share of a segment's specific terms that may stand in no text."""


class LexiconRule(StrEnum):
    """What a careful reader of lexicons would stumble over; those from `LINKS_TOO_MUCH` on need firms to be tried on."""

    NO_TERMS = "no-terms"
    SHORT_TERM = "short-term"
    VERB_TERM = "verb-term"
    DOUBLED_TERM = "doubled-term"
    SHARED_TERM = "shared-term"
    SELF_EXCLUDED = "self-excluded"
    IDLE_EXCLUSION = "idle-exclusion"
    LINKS_TOO_MUCH = "links-too-much"
    ONE_TERM_ALONE = "one-term-alone"
    LINKS_NOTHING = "links-nothing"
    UNHEARD_TERMS = "unheard-terms"
    STALE_ACCEPTANCE = "stale-acceptance"


Segments = Mapping[str, ForeignSegment]
StaticRule = Callable[[Segments], Iterator[LintFinding]]
UsageRule = Callable[[Segments, Usage], Iterator[LintFinding]]


class AcceptedEntry(Entry):
    """A finding, by its rule and where it is, and why it may stand, in both languages."""

    rule: Literal[tuple(r.value for r in LexiconRule if r is not LexiconRule.STALE_ACCEPTANCE)]  # type: ignore[valid-type]
    where: str
    because: str = Field(min_length=1)
    because_en: str = Field(min_length=1)


class AcceptedFile(Entry):
    """The ledger of findings in lexicons that may stand."""

    accepted: list[AcceptedEntry] = Field(default_factory=list)


def read_accepted(root: Path) -> dict[tuple[str, str], Phrase]:
    """Return (rule, where) → reason of a data folder's ledger, empty without one; raises `DataError` with all its faults."""
    if not (root / LEDGER).is_file():
        return {}
    content, problems = read_entry(root / LEDGER, root, AcceptedFile)
    if problems or content is None:
        raise DataError(problems)
    return {(e.rule, e.where): Phrase(e.because, e.because_en) for e in content.accepted}


def lint_lexicons(
    segments: Segments, usage: Usage | None = None, accepted: Mapping[tuple[str, str], Phrase] | None = None
) -> list[LintFinding]:
    """Return all findings, sorted by rule and place; the rules of `USAGE_RULES` are run where `usage` says what firms write.

    A finding that `accepted` explains says because of what. An explanation of what is no longer found is a finding, but not where
    firms are asked: others may write otherwise.
    """
    found = [f for rule in RULES.values() for f in rule(segments)]
    if usage is not None:
        found += [f for rule in USAGE_RULES.values() for f in rule(segments, usage)]
    met = {(f.rule, f.where) for f in found}
    settled = {key: why for key, why in (accepted or {}).items() if key[0] not in USAGE_RULES or key in met}
    return sorted(explained(found, settled, LexiconRule.STALE_ACCEPTANCE, LEDGER))


def no_terms(segments: Segments) -> Iterator[LintFinding]:
    """A segment that firms can be in and that no term alone puts them into."""
    for segment_id, s in _linked(segments):
        if not s.lexicon.specific:
            yield LintFinding(
                LexiconRule.NO_TERMS, segment_id, f"no specific terms of {s.name_zh}", "Add product names as firms write them."
            )


def short_term(segments: Segments) -> Iterator[LintFinding]:
    """A term of one character, which stands inside everything."""
    for segment_id, s in segments.items():
        for term in _terms(s):
            if len(term) < 2:
                yield _of_term(LexiconRule.SHORT_TERM, segment_id, term, "one character", "Write the whole word.")


def verb_term(segments: Segments) -> Iterator[LintFinding]:
    """A specific term that says what is done and not with what: every firm that does it would be put into the segment."""
    verbs = {*MAKING, *MAKING_WEAK, *TRADE, *SERVICE}
    for segment_id, s in _linked(segments):
        for term in s.lexicon.specific:
            if term in verbs:
                yield _of_term(
                    LexiconRule.VERB_TERM,
                    segment_id,
                    term,
                    "a verb without its object",
                    "Name what it is done to, or make it indicative.",
                )


def doubled_term(segments: Segments) -> Iterator[LintFinding]:
    """A term that a segment has twice: only its highest level counts."""
    for segment_id, s in segments.items():
        met = set()
        for term in _terms(s):
            if term.upper() in met:
                yield _of_term(LexiconRule.DOUBLED_TERM, segment_id, term, "written twice", "Keep it at the level that holds.")
            met.add(term.upper())


def shared_term(segments: Segments) -> Iterator[LintFinding]:
    """A specific term of two segments that do unrelated things: a firm that makes it would be put into both."""
    owners: dict[str, list[str]] = {}
    for segment_id, s in _linked(segments):
        for term in dict.fromkeys(map(str.upper, s.lexicon.specific)):
            owners.setdefault(term, []).append(segment_id)
    for term, of in owners.items():
        for later, segment_id in enumerate(of):
            strange = [o for o in of[:later] if not _related(segments[o], segments[segment_id])]
            if strange:
                yield _of_term(
                    LexiconRule.SHARED_TERM,
                    segment_id,
                    term,
                    f"also specific to {', '.join(strange)}",
                    "Keep it where it belongs, or make it indicative in one.",
                )


def self_excluded(segments: Segments) -> Iterator[LintFinding]:
    """A term that its own segment excludes: it is found and counts nothing."""
    for segment_id, s in segments.items():
        for term in _terms(s):
            if term in s.lexicon.exclude:
                yield _of_term(LexiconRule.SELF_EXCLUDED, segment_id, term, "a term and an exclusion", "Decide which.")


def idle_exclusion(segments: Segments) -> Iterator[LintFinding]:
    """An exclusion in which no term of its segment stands and that reaches into none: it keeps nothing out."""
    for segment_id, s in _linked(segments):
        terms = [t.upper() for t in _terms(s)]
        for phrase in s.lexicon.exclude:
            if not any(_touches(phrase.upper(), term) for term in terms):
                yield _of_term(
                    LexiconRule.IDLE_EXCLUSION,
                    segment_id,
                    phrase,
                    "excluded, but no term stands in it",
                    "Take it out, or write it as the text has it around the term.",
                )


def links_too_much(segments: Segments, usage: Usage) -> Iterator[LintFinding]:
    """A term that by itself puts more than `TOO_MUCH` of all firms into a segment."""
    for segment_id, term, firms in usage.alone:
        if segment_id in segments and firms > TOO_MUCH * usage.firms:
            yield _of_term(
                LexiconRule.LINKS_TOO_MUCH,
                segment_id,
                term,
                f"alone puts {firms / usage.firms:.1%} of {usage.firms:,} firms into {segments[segment_id].name_zh}",
                "Read some of them: is this word the segment, or does it need a second one beside it?",
            )


def one_term_alone(segments: Segments, usage: Usage) -> Iterator[LintFinding]:
    """A term that by itself brings nearly all firms of its segment: the others are decoration, or this one is too wide."""
    for segment_id, term, firms in usage.alone:
        linked = usage.linked.get(segment_id, 0)
        if segment_id in segments and linked >= ENOUGH and firms > ONE_TERM * linked:
            yield _of_term(
                LexiconRule.ONE_TERM_ALONE,
                segment_id,
                term,
                f"alone brings {firms / linked:.0%} of the {linked:,} firms",
                "Is it wider than the segment? If not, say so in the ledger.",
            )


def links_nothing(segments: Segments, usage: Usage) -> Iterator[LintFinding]:
    """A segment with fewer than `AS_GOOD_AS_NONE` firms."""
    for segment_id, s in _linked(segments):
        linked = usage.linked.get(segment_id, 0)
        if linked < AS_GOOD_AS_NONE:
            yield LintFinding(
                LexiconRule.LINKS_NOTHING,
                segment_id,
                f"{linked} of {usage.firms:,} firms in {s.name_zh}",
                "Look up how firms write its products, and add those words.",
            )


def unheard_terms(segments: Segments, usage: Usage) -> Iterator[LintFinding]:
    """A segment of few firms most of whose specific terms stand in no text: it is written in other words than firms use."""
    for segment_id, s in _linked(segments):
        unheard = [t for t in s.lexicon.specific if t.upper() not in usage.heard]
        if usage.linked.get(segment_id, 0) < ENOUGH and len(unheard) > UNHEARD * len(s.lexicon.specific):
            yield LintFinding(
                LexiconRule.UNHEARD_TERMS,
                segment_id,
                f"{len(unheard)} of {len(s.lexicon.specific)} specific terms stand in no text: {', '.join(unheard)}",
                "Write them as firms do: shorter, without the brand or the adjective.",
            )


RULES: dict[str, StaticRule] = {
    LexiconRule.NO_TERMS: no_terms,
    LexiconRule.SHORT_TERM: short_term,
    LexiconRule.VERB_TERM: verb_term,
    LexiconRule.DOUBLED_TERM: doubled_term,
    LexiconRule.SHARED_TERM: shared_term,
    LexiconRule.SELF_EXCLUDED: self_excluded,
    LexiconRule.IDLE_EXCLUSION: idle_exclusion,
}
USAGE_RULES: dict[str, UsageRule] = {
    LexiconRule.LINKS_TOO_MUCH: links_too_much,
    LexiconRule.ONE_TERM_ALONE: one_term_alone,
    LexiconRule.LINKS_NOTHING: links_nothing,
    LexiconRule.UNHEARD_TERMS: unheard_terms,
}


def _linked(segments: Segments) -> Iterator[tuple[str, ForeignSegment]]:
    """Yield the segments that firms can be linked to: demand is not an activity."""
    return ((i, s) for i, s in segments.items() if s.kind != SegmentKind.MARKET.value)


def _terms(segment: ForeignSegment) -> list[str]:
    return [term for level in LEVEL_WEIGHT for term in getattr(segment.lexicon, level)]


def _related(one: ForeignSegment, other: ForeignSegment) -> bool:
    """Whether two segments are of one sector, have a GB/T division in common, or more than one term."""
    divisions = [{code[:CLASS_DIGITS] for code in s.industry_codes} for s in (one, other)]
    terms = [set(map(str.upper, _terms(s))) for s in (one, other)]
    return one.io_sector == other.io_sector or bool(divisions[0] & divisions[1]) or len(terms[0] & terms[1]) > 1


def _touches(phrase: str, term: str) -> bool:
    """Whether an exclusion keeps a term from being found: the term stands in it, or begins within it."""
    return term in phrase or any(term.startswith(phrase[i:]) for i in range(1, len(phrase)))


def _of_term(rule: LexiconRule, segment_id: str, term: str, text: str, remedy: str) -> LintFinding:
    return LintFinding(rule, f"{segment_id} · {term}", text, remedy)
