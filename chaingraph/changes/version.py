"""One side of a comparison, and one thing that differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chaingraph.phrases import Phrase
from chaingraph.tables import Tables

Words = Mapping[str, tuple[str, ...]]
"""What a chain's file says of a segment beside the tables: the terms of each level of its lexicon, its leading firms."""


@dataclass(frozen=True)
class DataVersion:
    """One side of a comparison: what it is called, its tables, and what its chain files say beside them.

    `words` by segment; a segment is left out where its chain file is not known, as in a store. `notes`: what a reader of the
    comparison must know of this side.
    """

    name: str
    tables: Tables
    words: Mapping[str, Words] = field(default_factory=dict)
    notes: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class Change:
    """One thing that differs: which sort of thing (`segment-added`, `grade`, …), where, and the sentence."""

    kind: str
    where: str
    text: Phrase

    def as_dict(self) -> dict[str, str]:
        """Return the change as a plain mapping."""
        return {"kind": self.kind, "where": self.where, "text": str(self.text)}
