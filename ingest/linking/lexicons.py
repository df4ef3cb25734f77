"""All lexicons as one automaton: what every phrase found in a text says of which segment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ingest.chains import ForeignSegment
from ingest.linking.scopes import PLAIN_MAKING, bare, hidden

LEVEL_WEIGHT: Mapping[str, float] = {"specific": 0.8, "indicative": 0.4, "generic": 0.12}
"""Probability, by judgement, that one such term in a list of products means the segment."""

_BETWEEN = re.compile(r"[、与和及/（）()，,\s]+")


@dataclass(frozen=True)
class Lexicons:
    """All lexicons as one automaton: the patterns, longest first, and what each found pattern says of which segment."""

    patterns: list[str]
    meaning: pl.DataFrame
    """pattern, segment (number), term, stem (the term without a verb at its end), level, weight, own, shared: a longer pattern
    also says what the terms inside it say, unless excluded. Own terms are words of the segment's name or of its products; shared
    is 1 − 1 / number of chains that have the term, in [0, 1).
    """
    segments: pl.DataFrame
    """segment (number), segment_id, segment_kind, chain (number)."""
    guarded: Mapping[str, str]
    """Patterns that hold a verb or a separator → the same with these hidden, longest first: 加工中心 is not processed,
    1,4-丁二醇 is one item.
    """

    @classmethod
    def of(cls, segments: Iterable[tuple[str, ForeignSegment]]) -> Lexicons:
        """Make the automaton's tables from (segment_id, entry) pairs."""
        entries = dict(sorted(segments))
        terms: dict[str, list[tuple[str, str]]] = {}
        excludes: dict[str, set[str]] = {}
        for segment_id, entry in entries.items():
            for level in LEVEL_WEIGHT:
                for term in getattr(entry.lexicon, level):
                    terms.setdefault(term.upper(), []).append((segment_id, level))
            excludes[segment_id] = {phrase.upper() for phrase in entry.lexicon.exclude}
        phrases = {*terms, *(p for phrases in excludes.values() for p in phrases)}
        # Where 生产线 is a pattern, 生产线路板 must be one too: there the verb is a verb and 线路板 the term.
        verbal = {
            verb + term: verb
            for phrase in phrases
            for verb in PLAIN_MAKING
            if phrase.startswith(verb)
            for term in terms
            if term.startswith(phrase[len(verb) :]) and verb + term not in terms
        }
        patterns = sorted(phrases | verbal.keys(), key=lambda p: (-len(p), p))
        rows = [
            (pattern, segment_id, inner, level)
            for pattern in patterns
            for inner in _inside(pattern.removeprefix(verbal.get(pattern, "")))
            for segment_id, level in terms.get(inner, ())
            if not any(phrase in pattern and inner in phrase for phrase in excludes[segment_id])
        ]
        table = _numbered(entries)
        words = {segment_id: own_words(entry) for segment_id, entry in entries.items()}
        own = {(s, t): any(t in word for word in words[s]) for t, places in terms.items() for s, _ in places}
        meaning = pl.DataFrame(
            [(*row, own[row[1], row[2]], bare(row[2])) for row in rows],
            schema={
                **dict.fromkeys(("pattern", "segment_id", "term", "level"), pl.String),
                "own": pl.Boolean,
                "stem": pl.String,
            },
            orient="row",
        )
        best = meaning.with_columns(
            pl.col("level").replace_strict(LEVEL_WEIGHT, return_dtype=pl.Float64).alias("weight"),
            pl.col("term").str.len_chars().alias("length"),
        )
        best = best.sort(["pattern", "segment_id", "weight", "length", "term"], descending=[False, False, True, True, False])
        best = best.unique(["pattern", "segment_id"], keep="first", maintain_order=True)
        best = best.join(table.select("segment_id", "segment"), on="segment_id").drop("length", "segment_id")
        chains = best.join(table, on="segment").group_by("term").agg(pl.col("chain").n_unique().alias("chains"))
        best = best.join(chains.select("term", (1 - 1 / pl.col("chains")).alias("shared")), on="term")
        signs = {p: verbal.get(p, "") + hidden(p.removeprefix(verbal.get(p, ""))) for p in patterns}
        return cls(patterns, best, table, {p: text for p, text in signs.items() if text != p or p in verbal})

    @cached_property
    def telling(self) -> pl.DataFrame:
        """What links without another sign in a scope: `meaning` without the generic terms that are not the segment's own."""
        return self.meaning.filter((pl.col("level") != "generic") | pl.col("own"))


def _numbered(entries: Mapping[str, ForeignSegment]) -> pl.DataFrame:
    chains = {chain: n for n, chain in enumerate(dict.fromkeys(s.rpartition("/")[0] for s in entries))}
    rows = [(n, s, e.kind, chains[s.rpartition("/")[0]]) for n, (s, e) in enumerate(entries.items())]
    schema = {"segment": pl.UInt32, "segment_id": pl.String, "segment_kind": pl.String, "chain": pl.UInt32}
    return pl.DataFrame(rows, schema=schema, orient="row")


def own_words(entry: ForeignSegment) -> set[str]:
    """Return the words of a segment's own name and products (电机与泵 → 电机; words of one sign are too short to find)."""
    return {word for text in (entry.name_zh, *entry.products_zh) for word in _BETWEEN.split(text.upper()) if len(word) > 1}


def _inside(pattern: str) -> set[str]:
    return {pattern[i:j] for i in range(len(pattern)) for j in range(i + 2, len(pattern) + 1)}
