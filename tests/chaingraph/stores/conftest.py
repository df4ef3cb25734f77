"""The stores under one contract, and the worker that runs as a process of its own."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from chaingraph import Tables, stores

WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True)
class Store:
    """A kind of store at a place: two methods, and which versions its files still hold."""

    kind: str
    place: Path

    def write(self, tables: Tables) -> None:
        {"folder": stores.folder.write, "duckdb": stores.duckdb.write, "both": stores.write}[self.kind](tables, self.place)

    def read(self) -> Tables:
        return {"folder": stores.folder.read, "duckdb": stores.duckdb.read, "both": stores.read}[self.kind](self.place)

    def files(self) -> dict[str, bytes]:
        """Every file by its name below the place; the lock is not content."""
        root = self.place.parent if self.kind == "duckdb" else self.place
        return {
            p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file() and p.name != ".lock"
        }


@pytest.fixture(params=["folder", "duckdb", "both"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return Store(request.param, tmp_path / "store" / ("x.duckdb" if request.param == "duckdb" else ""))


@pytest.fixture(scope="session")
def worker() -> ModuleType:
    """The worker's functions, in this process."""
    spec = importlib.util.spec_from_file_location("stores_worker", WORKER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def command() -> Callable[..., list[str]]:
    """Words of the worker → the command that runs it."""
    return lambda *words: [sys.executable, str(WORKER), *map(str, words)]
