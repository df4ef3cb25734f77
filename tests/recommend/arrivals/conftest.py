"""One planted world of arrivals for all tests of this folder."""

from pathlib import Path

import pandas as pd
import pytest
from planted_arrivals import arrival_world

from recommend.arrivals.seats import Seats

REGIONS = Path(__file__).resolve().parents[3] / "data/reference/regions.csv"


@pytest.fixture(scope="session")
def seats():
    return Seats(pd.read_csv(REGIONS, dtype={"region_code": str, "parent_code": str}))


@pytest.fixture(scope="session")
def world(seats):
    return arrival_world(seats)


@pytest.fixture(scope="session")
def planted(world, tmp_path_factory):
    """The raw sources of the planted world."""
    return world.write(tmp_path_factory.mktemp("arrivals"))
