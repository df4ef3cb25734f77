"""Fixtures shared by all tests: the shipped data as tables and graph, and where raw sources would be; how workers share the tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadGroupScheduling

from chaingraph import ChainGraph, Tables, build, stores
from chaingraph.stores.lock import alone
from ingest import load

pytest_plugins = ["neo4j_fixture"]

PROJECT = Path(__file__).resolve().parents[1]
RAW = PROJECT.parent / "shared"

# A property does not become false on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

LONGEST = (
    "neo4j-kills",
    "neo4j",
    "browser",
    "tests/contracts/test_build.py",
    "tests/docs/test_readme.py",
    "neo4j-bulk",
    "tests/chaingraph/stores/test_kills.py",
    "tests/chaingraph/cli/test_cli.py",
    "tests/chaingraph/test_accuracy.py",
    "tests/docs/test_tutorials.py",
    "tests/dashboard/test_imports.py",
    "tests/dashboard/test_backtest.py",
    "tests/dashboard/test_pages.py",
    "tests/chaingraph/stores/test_healing.py",
    "tests/chaingraph/stores/test_contract.py",
)
"""Groups and files that take longest, the longest first: begun last, one of them would keep a single worker busy at the end."""


class FilesTogether(LoadGroupScheduling):
    """The tests of a group go to one worker, and so do those of a file: what a file sets up is set up once."""

    def _split_scope(self, nodeid: str) -> str:
        return super()._split_scope(nodeid).split("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesTogether | None:
    """Share the tests among the workers by group and file, in the order they are collected in."""
    if config.getvalue("dist") != "loadgroup":
        return None
    config.option.loadscopereorder = False
    return FilesTogether(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest; name the group of a test where the scheduler looks for it."""
    if hasattr(config, "workerinput"):
        rank = {name: place for place, name in enumerate(LONGEST)}
        items.sort(key=lambda item: rank.get(_group(item) or item.nodeid.split("::")[0], len(rank)))
        for item in items:
            if group := _group(item):
                # What pytest-xdist 3.8 itself sets is not read by pytest 9.2 any more, and all groups would be scattered.
                item._id = type(item.id).parse(f"{item.nodeid}@{group}")


def _group(item: pytest.Item) -> str | None:
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark else None


@pytest.fixture(scope="session")
def shipped_store(shared_folder: Path) -> Path:
    """A store of the shipped data, to be read only: the first worker that asks checks the data and writes it."""
    place = shared_folder / "shipped" / "store"
    with alone(place.parent):
        if not stores.folder.current(place):
            stores.write(load(PROJECT / "data"), place)
    return place


@pytest.fixture(scope="session")
def tables(shipped_store: Path) -> Tables:
    """The shipped data, checked."""
    return stores.read(shipped_store)


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
