"""Which targets are on screen: by list, origin, distance, coverage and kind. No Streamlit here."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chaingraph.recommendation import Recommendation

ABROAD = "abroad"
NOWHERE = "unknown"


@dataclass(frozen=True)
class Filters:
    """What a target must be to be shown; an empty choice asks for nothing.

    `own` gives the companies of each list a user brought. `near_km` and `known` leave out firms whose distance is not known,
    or of which less than that share of the weight is known. `mover`: firms of that kind only.
    """

    lists: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    near_km: float = math.inf
    known: float = 0.0
    own: Mapping[str, Collection[str]] = field(default_factory=dict)
    mover: str = ""

    def takes(self, target: Recommendation) -> bool:
        """Tell whether a target is shown."""
        listed = not self.lists or any(i in target.list_ids or target.company_id in self.own.get(i, ()) for i in self.lists)
        placed = not self.origins or origin(target) in self.origins
        near = math.isinf(self.near_km) or target.away_km <= self.near_km
        kind = not self.mover or target.mover == self.mover
        return listed and placed and near and kind and target.coverage >= self.known


def origin(target: Recommendation) -> str:
    """Return the province of a target's seat, `abroad`, or `unknown`."""
    if target.seat_code:
        return f"{target.seat_code[:2]}0000"
    return ABROAD if target.seat.startswith("境外") else NOWHERE


def origins(targets: Iterable[Recommendation]) -> dict[str, int]:
    """Return how many targets have their seat in each province, most first."""
    found: dict[str, int] = {}
    for target in targets:
        found[origin(target)] = found.get(origin(target), 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def moved(targets: Sequence[Recommendation], before: Sequence[Recommendation]) -> dict[str, int]:
    """Return by how many places each target has risen (+) or fallen (−) against another order."""
    place = {t.company_id: n for n, t in enumerate(before)}
    return {t.company_id: place[t.company_id] - n for n, t in enumerate(targets) if t.company_id in place}
