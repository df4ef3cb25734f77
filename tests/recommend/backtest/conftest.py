"""A city whose list is known by construction: sixty firms make parts, six of them sit near and are the smallest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd
import pytest

from chaingraph import ChainGraph
from chaingraph.signings import Likeness, Signing
from recommend.weights import Weights

HOME, NEAR, FAR = "330100", "330200", "340100"
TODAY = date(2026, 11, 27)


def signing(company: str, day: str = "2021-05", likeness: Likeness = Likeness.SAME, row: int = 2) -> Signing:
    """A row of a list that means a firm."""
    return Signing("", row, f"{company}公司", "", day, company, likeness, "")


@pytest.fixture(scope="session")
def signed() -> Callable[..., Signing]:
    return signing


@pytest.fixture(scope="session")
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def nearness() -> Weights:
    """Weights by which the nearest seat comes first, and nothing else counts."""
    shipped = Weights.load("hand-set")
    return shipped.changed({name: 100.0 if name == "distance" else 0.0 for name in shipped.of})


@pytest.fixture(scope="session")
def planted(world: Callable[..., ChainGraph], a_firm: Callable[..., dict[str, object]]) -> ChainGraph:
    """The near firms are N0 to N5, with the least revenue; the far ones F00 to F53; one firm of the other chain, one of none."""
    near = [a_firm(f"N{i}", seat=NEAR, revenue_cny=1e8 + i) for i in range(6)]
    far = [a_firm(f"F{i:02}", seat=FAR, revenue_cny=1e9 + i) for i in range(54)]
    return world([*near, *far, a_firm("GEAR", "q/gear"), a_firm("IDLE", {}), a_firm("LOCAL", seat=HOME)])


@pytest.fixture(scope="session")
def dated(world: Callable[..., ChainGraph], a_firm: Callable[..., dict[str, object]]) -> ChainGraph:
    """Registrations of two periods; firms that have moved, were founded late, or have a plant here now."""
    firms: Sequence[dict[str, object]] = [
        a_firm("CAME", seat=FAR),
        a_firm("OTHER", seat=FAR),
        a_firm("YOUNG", seat=HOME, founded_on=pd.Timestamp("2015-03-01")),
        a_firm("EARLY", founded_elsewhere=3, founded_elsewhere_last=2004),
        a_firm("LATE", founded_elsewhere=5, founded_elsewhere_last=2012),
    ]
    earlier = {"region_code": HOME, "segment_id": "p/raw", "period": "2001-05", "company_count": 3, "capital_cny": 3e6, "capital_sq_cny2": 3e12}  # fmt: skip
    plants = [
        {"company_id": c, "region_code": HOME, "chain_id": "p", "confidence_level": "verified", "origin_id": "o-activities"}
        for c in ("CAME", "OTHER")
    ]
    return world(firms, presence=[earlier], establishments=plants)
