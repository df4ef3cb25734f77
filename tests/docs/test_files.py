"""The page on files: it has every format, its commands and its Python run as they stand, its picture is that of the file."""

import re
import shlex
from pathlib import Path

import pytest
from picture_of_gexf import PICTURE, picture
from PIL import Image, ImageChops
from typer.testing import CliRunner

import chaingraph.cli.exchange
from chaingraph import exchange
from chaingraph.cli.main import app
from chaingraph.export import targets_frame

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "files.md").read_text(encoding="utf-8")
GRAPHS, _, LISTS = PAGE.partition("## Lists of targets")


def commands(part):
    return [line.removeprefix("$ chaingraph ") for line in part.splitlines() if line.startswith("$ ")]


def test_the_page_has_every_format_and_no_other():
    assert re.findall(r"^\| `(\w[\w-]*)` \|", GRAPHS, re.MULTILINE) == list(exchange.FORMATS)
    shown = {words[words.index("--to") + 1] for words in map(shlex.split, commands(GRAPHS))}
    assert shown == set(exchange.FORMATS)


def test_the_page_has_every_field_of_a_list_of_targets_and_no_other():
    told = [name for cell in re.findall(r"^\| (`.*?) \|", LISTS, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(told) == sorted([*targets_frame([]).columns, "reasons"])


@pytest.mark.parametrize("command", commands(PAGE))
def test_every_command_of_the_page_runs(command, graph, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(chaingraph.cli.exchange, "open_graph", lambda *_: graph)
    words = shlex.split(command)
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert (done.exit_code, done.stdout) == (0, "")
    assert [p.name for p in tmp_path.iterdir()] == [words[words.index("-o") + 1].rstrip("/")]


def test_the_python_of_the_page_runs(graph, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ingest.load", lambda _: graph.tables)
    found: dict[str, object] = {}
    exec(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], found)  # noqa: S102
    assert (tmp_path / "pumps.gexf").is_file()
    assert len(found["segments"]) == len(graph.chain_segments("pump-motor"))
    assert len(found["plain"]) == len(graph.segments)


def test_the_lines_of_the_flowchart_on_the_page_are_those_of_the_format(graph, tmp_path):
    exchange.write(graph, "mermaid", tmp_path / "c.mmd", "pump-motor", "台州")
    lines = (tmp_path / "c.mmd").read_text().splitlines()
    shown = re.search(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)[1].splitlines()
    assert set(shown) <= set(lines)


def test_the_picture_of_the_page_is_that_of_the_file(graph, tmp_path):
    exchange.write(graph, "gexf", tmp_path / "g.gexf", "pump-motor", "台州")
    picture(tmp_path / "g.gexf").savefig(tmp_path / "g.png")
    new, old = (Image.open(path).convert("L") for path in (tmp_path / "g.png", PICTURE))
    assert new.size == old.size
    # Another version of the drawing library may round otherwise; a picture of other data differs by far more.
    assert sum(ImageChops.difference(new, old).histogram()[64:]) < 0.01 * new.width * new.height
