from __future__ import annotations

import pytest

from chaingraph.mapping.boundaries import Boundaries, load_boundaries


@pytest.fixture(scope="session")
def shipped() -> Boundaries:
    """The shipped boundaries."""
    return load_boundaries()
