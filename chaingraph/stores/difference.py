"""What a graph in Neo4j lacks and what it has too much, as few statements: what is there already is not written again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chaingraph.stores.rows import Part, numbered

BATCH = 10_000
"""Rows of a statement, and of a transaction: the server holds what a transaction changes in memory."""


@dataclass(frozen=True)
class Step:
    """A statement and its parameter: `$rows` to put or `$elements` to remove. `makes`: relationships it must have made."""

    text: str
    parameters: dict[str, Any]
    size: int = 1
    makes: int = 0


@dataclass(frozen=True)
class Difference:
    """Of one part: positions of what to put, elements (the server's own names) of what to remove."""

    part: Part
    put: list[int]
    remove: list[str]

    @classmethod
    def between(cls, part: Part, stored: Iterable[Sequence[Any]]) -> Difference:
        """Compare what there has to be with what the graph lists: rows of digest, element and, for what has one, its key."""
        listed = list(stored)
        same = (tuple(key) for *_, key in listed) if part.keyed else (who for who, _ in numbered(row[0] for row in listed))
        there = {who: (digest, element) for who, (digest, element, _) in zip(same, listed, strict=True)}
        wanted = dict(part.identities())
        put = [i for i, (who, digest) in enumerate(wanted.items()) if who not in there or there[who][0] != digest]
        return cls(part, put, [element for who, (_, element) in there.items() if who not in wanted])


def steps(differences: Sequence[Difference]) -> Iterator[Step]:
    """Return what is to be said, in order: away with relationships, then with nodes; then nodes, then relationships."""
    for found in reversed(differences):
        for elements in _batches(found.remove):
            yield Step(found.part.statements.remove, {"elements": elements}, len(elements))
    for found in differences:
        for picked in _batches(found.put):
            makes = len(picked) if found.part.is_relationship else 0
            yield Step(found.part.statements.put, {"rows": found.part.rows(picked)}, len(picked), makes)


def transactions(begin: Step, work: Iterable[Step], end: Step) -> Iterator[list[Step]]:
    """Put steps together to transactions of `BATCH` rows: small work, with its begin and end, is one, done whole or not at all."""
    together, size = [begin], 0
    for step in work:
        if size and size + step.size > BATCH:
            yield together
            together, size = [], 0
        together.append(step)
        size += step.size
    yield [*together, end]


def _batches(found: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(found), BATCH):
        yield found[first : first + BATCH]
