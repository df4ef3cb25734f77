"""What all formats have in common: they are found by name, listed in the help, written whole or not at all."""

import dataclasses
import doctest
import importlib
import multiprocessing
import os
import signal

import pytest
from typer.testing import CliRunner

from chaingraph import ChaingraphError, exchange
from chaingraph.cli.main import app, main
from chaingraph.exchange import FORMATS


def test_the_help_of_the_command_lists_every_format_with_its_meaning():
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["export", "--help"]).stdout
    for form in FORMATS.values():
        assert f" {form.name}: {form.meaning.en}" in shown


def test_asking_for_help_twice_lists_every_format_once():
    runner = CliRunner(env={"COLUMNS": "200"})
    assert runner.invoke(app, ["export", "--help"]).stdout == runner.invoke(app, ["export", "--help"]).stdout


def test_another_format_raises_with_the_nearest_and_with_all_there_are(small, tmp_path):
    with pytest.raises(ChaingraphError, match=r"no format 'graphm': one of parquet, csv, graphml, .*Did you mean 'graphml'"):
        exchange.write(small, "graphm", tmp_path / "x")


@pytest.mark.parametrize("to", [f.name for f in FORMATS.values() if f.of_one_chain])
def test_a_format_of_one_chain_asks_for_the_chain(small, tmp_path, to):
    with pytest.raises(ChaingraphError, match=f"'{to}' holds one chain: name it with --chain"):
        exchange.write(small, to, tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_a_format_that_shows_no_region_says_which_do(small, tmp_path):
    with pytest.raises(ChaingraphError, match=r"'csv' cannot show a region: .*graphml, gexf"):
        exchange.write(small, "csv", tmp_path / "x", region="台州")


@pytest.mark.parametrize("to", FORMATS)
def test_a_place_that_cannot_be_written_is_named_with_the_remedy(small, tmp_path, to):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ChaingraphError, match=r"cannot write .*file/x.*Choose another place"):
        exchange.write(small, to, tmp_path / "file" / "x", "p")


@pytest.mark.parametrize("to", FORMATS)
def test_the_same_graph_gives_the_same_bytes(awkward, tmp_path, to):
    written = []
    for place in ("a", "b"):
        exchange.write(awkward, to, tmp_path / place, "c")
        written.append({p.name: p.read_bytes() for p in (tmp_path / place).rglob("*")} or (tmp_path / place).read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("to", FORMATS)
def test_a_writer_that_fails_midway_leaves_what_was_there_and_no_draft(small, tmp_path, monkeypatch, to):
    target = tmp_path / "out"
    exchange.write(small, to, target, "p")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}

    def fails(graph, path, scope):
        FORMATS[to].write(graph, path, scope)
        raise OSError(28, "No space left on device")

    broken = {**FORMATS, to: dataclasses.replace(FORMATS[to], write=fails)}
    monkeypatch.setattr(exchange, "FORMATS", broken)
    with pytest.raises(ChaingraphError, match="No space left on device"):
        exchange.write(small, to, target, "p")
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_what_a_killed_export_left_goes_with_the_next_and_an_export_under_way_is_left_alone(small, tmp_path, monkeypatch):
    (tmp_path / ".other.gexf.0123.part").mkdir()
    begun = multiprocessing.get_context("fork").Pipe()

    def halts(graph, path, scope):
        path.write_text("half")
        begun[1].send(path)
        signal.pause()

    stuck = {**FORMATS, "gexf": dataclasses.replace(FORMATS["gexf"], write=halts)}
    with monkeypatch.context() as changed:
        changed.setattr(exchange, "FORMATS", stuck)
        writer = multiprocessing.get_context("fork").Process(target=exchange.write, args=(small, "gexf", tmp_path / "x.gexf"))
        writer.start()
    half = begun[0].recv()
    exchange.write(small, "gexf", tmp_path / "x.gexf")
    assert half.read_text() == "half", "somebody still writes it"
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    assert half.is_file()
    exchange.write(small, "gexf", tmp_path / "x.gexf")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".other.gexf.0123.part", "x.gexf"]


def test_the_command_writes_a_chain_with_a_region(graph, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("chaingraph.cli.exchange.open_graph", lambda *_: graph)
    words = ["export", "--to", "mermaid", "-c", "泵与电机", "-r", "台州", "--lang", "en", "-o", str(tmp_path / "x.mmd")]
    monkeypatch.setattr("sys.argv", ["chaingraph", *words])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert capsys.readouterr() == ("", f"wrote {tmp_path / 'x.mmd'}\n")
    assert "Castings and stainless steel<br/>" in (tmp_path / "x.mmd").read_text()


def test_the_command_refuses_a_format_before_it_opens_the_data(monkeypatch, capsys):
    monkeypatch.setattr("chaingraph.cli.exchange.open_graph", lambda *_: pytest.fail("opened"))
    monkeypatch.setattr("sys.argv", ["chaingraph", "export", "--to", "gefx", "-o", "x"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "Did you mean 'gexf'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["mermaid", "dot", "graphml"])
def test_doctests(name):
    assert doctest.testmod(importlib.import_module(f"chaingraph.exchange.{name}")).failed == 0
