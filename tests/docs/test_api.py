"""The public surface: every name says what it is and shows it by an example that is run; every part of it is told."""

from __future__ import annotations

import doctest
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import chaingraph as cg
import ingest
import recommend
from chaingraph import stores
from chaingraph.graph import ChainGraph

DOCS = Path(__file__).resolve().parents[2] / "docs"
PACKAGES: tuple[ModuleType, ...] = (cg, ingest, recommend)
NAMES = [f"{package.__name__}.{name}" for package in PACKAGES for name in package.__all__]
FEWEST_WORDS = 4


def named(full: str) -> Any:
    package, name = full.split(".")
    return getattr(next(p for p in PACKAGES if p.__name__ == package), name)


def parts(of: Any) -> Iterator[tuple[str, Any]]:
    """Public methods and properties that a class defines itself."""
    for name, member in vars(of).items() if inspect.isclass(of) else ():
        if not name.startswith("_") and (
            callable(member) or isinstance(member, property | classmethod) or hasattr(member, "func")
        ):
            yield name, getattr(member, "fget", None) or getattr(member, "func", None) or getattr(member, "__func__", member)


@pytest.fixture(scope="module")
def shipped(graph: ChainGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChainGraph]:
    """The graph of the shipped data, which is also what `cg.open()` opens."""
    store = tmp_path_factory.mktemp("api") / "store"
    stores.write(graph.tables, store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHAINGRAPH_STORE", str(store))
        patch.delenv("CHAINGRAPH_DATA", raising=False)
        yield graph


def test_no_name_is_told_twice_or_missing():
    for package in PACKAGES:
        assert list(package.__all__) == sorted(set(package.__all__), key=lambda n: (n[0].islower(), n))
        assert all(hasattr(package, name) for name in package.__all__)


@pytest.mark.parametrize("full", NAMES)
def test_every_name_says_what_it_is_and_shows_it(full: str) -> None:
    text = inspect.getdoc(named(full)) or ""
    # A dataclass without a docstring is given its signature as one.
    assert len(text.split()) >= FEWEST_WORDS, f"{full} has no docstring"
    assert not text.startswith(f"{full.split('.')[1]}("), f"{full} has no docstring"
    assert ">>> " in text, f"{full} has no example"
    lost = [name for name, member in parts(named(full)) if len((inspect.getdoc(member) or "").split()) < FEWEST_WORDS - 1]
    assert not lost, f"{full}: no docstring at {', '.join(lost)}"


@pytest.mark.parametrize("full", NAMES)
def test_examples_do_what_they_say(full: str, shipped: ChainGraph) -> None:
    names = {"cg": cg, "ingest": ingest, "recommend": recommend, "graph": shipped, "Phrase": cg.Phrase, "said": cg.said}
    found = doctest.DocTestFinder(exclude_empty=True).find(named(full), full, globs=names)
    assert any(test.examples for test in found)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    for test in found:
        runner.run(test, out=told.append)
    assert runner.failures == 0, "".join(told)


def test_the_first_page_of_the_site_does_what_it_says(shipped: ChainGraph) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", (DOCS / "index.md").read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(block, "docs/index.md", "exec"), names)  # noqa: S102
    assert names["graph"].version == shipped.version
    assert len(names["ranking"].to_pandas()) == 20
