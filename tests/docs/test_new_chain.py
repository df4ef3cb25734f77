"""The walk through a new chain is executed: every command prints what the page shows."""

from __future__ import annotations

import importlib.util
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chaingraph import stores
from chaingraph.cli import app

PROJECT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("readme_reading", Path(__file__).with_name("test_readme.py"))
reading = sys.modules[_spec.name] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reading)


@pytest.fixture
def folder(tables, tmp_path, monkeypatch):
    """An empty folder with the shipped data beside it, and their store made."""
    (tmp_path / "data").symlink_to(PROJECT / "data")
    stores.write(tables, tmp_path / "store")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["chaingraph"])
    return tmp_path


def run(command: str, folder: Path) -> list[str]:
    """Run a command of the page and return what a terminal shows."""
    if not command.startswith("chaingraph "):
        assert command.startswith(("cp ", "echo ", "sed ")), command
        if command == "cp -r data my-data":
            shutil.copytree(PROJECT / "data", folder / "my-data")
        else:
            subprocess.run(["bash", "-c", command], check=True)
        return []
    env = {"CHAINGRAPH_STORE": str(folder / "store"), "COLUMNS": "112"}
    words = shlex.split(command)[1:]
    done = CliRunner().invoke(app, words, env=env)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == (2 if "problems and" in done.stderr else 0)
    return [line.rstrip() for line in done.output.splitlines()]


def test_the_walk_does_what_it_shows(folder):
    faults = []
    for step in reading.steps((PROJECT / "docs" / "new-chain.md").read_text(encoding="utf-8")):
        if step.kind == "console":
            lost = reading.differences(step.shown, run(step.text, folder)) if step.shown else run(step.text, folder) and []
            faults += [f"`{step.text}` does not print: {line}" for line in lost]
        else:
            (folder / reading.NAMED.match(step.text).group(1)).write_text(step.text, encoding="utf-8")
    assert not faults, "\n".join(faults)
