"""Classes of amounts for a map: round bounds below the quantiles of the amounts that occur, so that no class is empty."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

CLASSES = 5
_ROUND = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True)
class Intervals:
    """Up to `CLASSES` classes of amounts greater than zero."""

    bounds: tuple[float, ...]
    """Lower bound of each class, ascending; empty when there is no amount."""
    largest: float
    are_whole: bool
    """Whether all amounts are whole numbers."""

    def place(self, amount: float) -> int:
        """Return the class of an amount greater than zero: 0 is the lowest."""
        return max(bisect_right(self.bounds, amount) - 1, 0)

    def named(self) -> list[str]:
        """Return each class in figures: ``1–9``, ``10–49``; the last ends with the largest amount."""
        out = []
        for number, low in enumerate(self.bounds, start=1):
            if number == len(self.bounds):
                last = self.largest
            else:
                last = self.bounds[number] - 1 if self.are_whole else self.bounds[number]
            out.append(figure(low) if last <= low else f"{figure(low)}–{figure(last)}")
        return out


def intervals(amounts: Iterable[float]) -> Intervals:
    """Return the classes of some amounts; those that are zero or not known have none.

    >>> intervals([3, 8, 12, 40, 55, 130, 700]).named()
    ['3–7', '8–9', '10–49', '50–99', '100–700']
    """
    found = sorted({a for a in amounts if a > 0 and math.isfinite(a)})
    if not found:
        return Intervals((), 0.0, True)
    are_whole = all(a == int(a) for a in found)
    quantiles = [found[len(found) * i // CLASSES] for i in range(CLASSES)]
    bounds = sorted({_below(quantile, are_whole) for quantile in quantiles})
    return Intervals(tuple(bounds), found[-1], are_whole)


def figure(amount: float) -> str:
    """Return a number as it is read: ``12,400``, ``0.25``."""
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.3g}"


def _below(amount: float, are_whole: bool) -> float:
    """Return the greatest round number that is not above an amount; a whole one where all are."""
    power = 10.0 ** math.floor(math.log10(amount))
    near = round(max(step * power for step in _ROUND if step * power <= amount * (1 + 1e-9)), 12)
    return float(max(math.floor(near), 1)) if are_whole else near
