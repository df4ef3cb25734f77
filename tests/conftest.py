"""Fixtures shared by all tests: the shipped data as tables and graph, and where raw sources would be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from chaingraph import ChainGraph, Tables, build
from ingest import load

pytest_plugins = ["neo4j_fixture"]

PROJECT = Path(__file__).resolve().parents[1]
RAW = PROJECT.parent / "shared"

# A property does not become false on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def tables() -> Tables:
    """The shipped data, checked."""
    return load(PROJECT / "data")


@pytest.fixture(scope="session")
def graph(tables: Tables) -> ChainGraph:
    """The graph of the shipped data."""
    return build(tables)


@pytest.fixture(scope="session")
def raw() -> Path:
    """The folder of raw sources; the test is skipped where it is not beside the project."""
    if not (RAW / "data").is_dir():
        pytest.skip("raw sources are not beside the project (../shared)")
    return RAW
