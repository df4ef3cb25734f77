"""One planted world of arrivals for all tests of this folder."""

import pytest
from planted_arrivals import arrival_world

from recommend.arrivals.seats import Seats


@pytest.fixture(scope="session")
def seats(tables):
    return Seats(tables["regions"])


@pytest.fixture(scope="session")
def world(seats):
    return arrival_world(seats)


@pytest.fixture(scope="session")
def planted(world, tmp_path_factory):
    """The raw sources of the planted world."""
    return world.write(tmp_path_factory.mktemp("arrivals"))
