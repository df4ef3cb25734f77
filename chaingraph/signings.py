"""A region's past signings, as its team lists them: which firm signed when, and how surely that firm is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Likeness(StrEnum):
    """How a name of a list is known: the firm itself, a subsidiary by its name, doubtful, or nobody's."""

    SAME = "same_firm"
    SUBSIDIARY = "by_subsidiary"
    DOUBTFUL = "doubtful_name"
    NOBODY = "unmatched_name"


SURE = frozenset((Likeness.SAME, Likeness.SUBSIDIARY))
"""Likenesses by which a signing counts as the firm's; a doubtful name never does."""


@dataclass(frozen=True)
class Signing:
    """One signing (签约) as a row of a list says it.

    `sheet` and `row`: where it stands, the sheet empty in a text. `name`, `project`: as written. `day`: ISO date as exact as it was
    written (``2018``, ``2018-03`` or ``2018-03-05``), empty where none could be read. `company_id`: the firm it means, or may
    mean where `likeness` is doubtful; empty for nobody. `why`: how the name was read.

    >>> Signing("", 2, "利欧股份", "水泵项目", "2018-03", "A-002131", Likeness.SAME, "").year
    2018
    """

    sheet: str
    row: int
    name: str
    project: str
    day: str
    company_id: str
    likeness: Likeness
    why: str

    @property
    def year(self) -> int | None:
        """Year of the signing, None where no date could be read."""
        return int(self.day[:4]) if self.day else None

    @property
    def is_known(self) -> bool:
        """Whether the firm is known surely enough to be looked for on a list."""
        return self.likeness in SURE
