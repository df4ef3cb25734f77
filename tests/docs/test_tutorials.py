"""The tutorials are executed: every cell runs, and every output is the one the page shows.

`python tests/docs/test_tutorials.py` puts the present outputs into the notebooks.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from chaingraph import stores
from ingest import load

PROJECT = Path(__file__).resolve().parents[2]
TUTORIALS = sorted((PROJECT / "docs" / "tutorials").glob("*.ipynb"))
VOLATILE = re.compile(r"\b[0-9a-f]{12}\b|cg-[0-9a-f]{10}")
"""Data versions, and the ids of pictures, which depend on them."""
PLACE = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|Users|mnt|var)/")

RUN = """
import asyncio, sys
from pathlib import Path
import nbformat
from nbclient import NotebookClient

for path in map(Path, sys.argv[1:]):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    nbformat.write(notebook, path)
"""
"""In a process of its own: what kernels leave behind are no faults of ours."""


def executed(folder: Path, store: Path) -> dict[str, Any]:
    """Run copies of all tutorials in a folder; return the notebooks by name."""
    copies = [folder / path.name for path in TUTORIALS]
    for path, copy in zip(TUTORIALS, copies, strict=True):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []
        nbformat.write(notebook, copy)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CHAINGRAPH_", "PYTEST_"))}
    env = {**clean, "PYTHONPATH": str(PROJECT), "CHAINGRAPH_STORE": str(store), "PYTHONWARNINGS": "ignore", "PYTHONUTF8": "1"}
    env |= {"JUPYTER_PLATFORM_DIRS": "1", "IPYTHONDIR": str(folder / "ipython")}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, copies)], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {copy.name: nbformat.read(copy, as_version=4) for copy in copies}


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(cell: Any) -> Iterator[tuple[str, str]]:
    """Kind and text of what a cell shows, without what depends on the data version."""
    for output in cell.outputs:
        shown = dict(output.get("data", {})) or {output.output_type: output.get("text", str(output))}
        for kind, text in sorted(shown.items()):
            yield kind, VOLATILE.sub("", text)


@pytest.fixture(scope="module")
def fresh(shipped_store: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return executed(tmp_path_factory.mktemp("tutorials"), shipped_store)


@pytest.mark.parametrize("path", TUTORIALS, ids=[path.stem for path in TUTORIALS])
def test_every_output_is_the_one_that_is_shown(path: Path, fresh: dict[str, Any]) -> None:
    shown, run = code(nbformat.read(path, as_version=4)), code(fresh[path.name])
    assert [c.source for c in shown] == [c.source for c in run]
    for number, (old, new) in enumerate(zip(shown, run, strict=True), 1):
        assert list(outputs(old)) == list(outputs(new)), f"cell {number}: python tests/docs/test_tutorials.py shows it anew"
    assert sum(bool(c.outputs) for c in shown) >= 5


@pytest.mark.parametrize("path", TUTORIALS, ids=[path.stem for path in TUTORIALS])
def test_a_tutorial_says_nothing_of_the_machine_it_was_run_on(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert dict(notebook.metadata.language_info) == {"name": "python"}
    assert [c.execution_count for c in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    assert all(not c.metadata for c in notebook.cells)
    assert not PLACE.findall(path.read_text(encoding="utf-8"))
    assert all(o.output_type != "error" for c in code(notebook) for o in c.outputs)


def test_there_are_three() -> None:
    assert [path.stem for path in TUTORIALS] == ["names", "new_chain", "targets"]


def refresh() -> None:
    """Put the present outputs into the notebooks."""
    with tempfile.TemporaryDirectory() as folder:
        stores.write(load(PROJECT / "data"), Path(folder) / "store")
        for name, notebook in executed(Path(folder), Path(folder) / "store").items():
            notebook.metadata["language_info"] = {"name": "python"}
            for cell in notebook.cells:
                cell.metadata = {}
            nbformat.write(notebook, PROJECT / "docs" / "tutorials" / name)


if __name__ == "__main__":
    refresh()
