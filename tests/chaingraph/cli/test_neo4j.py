"""The commands of a Neo4j server of one's own: what goes to stdout, what is said, and that no password slips out."""

import os
import socket
import subprocess
import sys

import command_line
import pandas as pd
import pytest
from neo4j_fixture import free_port
from typer.testing import CliRunner

from chaingraph import ChaingraphError, Tables
from chaingraph.cli import app
from chaingraph.stores import bulk, neo4j
from chaingraph.stores.server import Server

pytestmark = pytest.mark.xdist_group("neo4j")


def call(*words):
    return CliRunner().invoke(app, ["neo4j", *map(str, words)])


def test_status_says_where_it_is_how_to_log_in_and_what_it_holds(neo4j_server, empty_neo4j):
    neo4j.write(Tables.of({}), empty_neo4j)
    said = call("status", "--home", neo4j_server.home)
    assert said.exit_code == 0
    assert said.stdout == f"{empty_neo4j.uri}\nchaingraph\t{Tables.of({}).version}\twhole\n"
    assert f"user neo4j, password in '{neo4j_server.password_file}'" in said.stderr
    assert f"Neo4j 5.26.25, process {neo4j_server.pid}" in said.stderr
    assert empty_neo4j.password not in said.output


def test_the_password_is_printed_when_asked_for(neo4j_server, neo4j_address):
    said = call("status", "--home", neo4j_server.home, "--show-password")
    assert said.stdout.splitlines()[:2] == [neo4j_address.uri, neo4j_address.password]


def test_what_is_not_there_is_said(tmp_path):
    said = call("status", "--home", tmp_path)
    assert (said.exit_code, said.stdout) == (1, "")
    assert "not running; `chaingraph neo4j start`" in said.stderr
    said = call("stop", "--home", tmp_path)
    assert (said.exit_code, said.stdout) == (0, "")
    assert "was not running" in said.stderr


def test_a_graph_is_dropped_when_one_says_yes(empty_neo4j):
    neo4j.write(Tables.of({"chains": pd.DataFrame({"chain_id": ["pump"], "name_zh": ["泵"]})}), empty_neo4j)
    words, known = ("neo4j", "drop", "chaingraph", "--uri", empty_neo4j.uri), {"NEO4J_PASSWORD": empty_neo4j.password}
    asked = command_line.run(*words, **known)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.endswith(f"removes graph 'chaingraph' from {empty_neo4j.uri} for good: say --yes to do it\n")
    assert neo4j.current(empty_neo4j)
    done = command_line.run(*words, "--yes", **known)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"{empty_neo4j.uri}: 1 node and 0 relationships removed\n"
    assert neo4j.current(empty_neo4j) is None
    assert "no graph of ours is there" in command_line.run(*words, "--yes", **known).stderr


@pytest.mark.parametrize("verb", ["start", "load"])
def test_what_runs_is_neither_started_nor_filled(neo4j_server, tmp_path, verb):
    bulk.write(Tables.of({}), tmp_path)
    said = call(verb, *([tmp_path] if verb == "load" else []), "--home", neo4j_server.home)
    assert isinstance(said.exception, ChaingraphError)
    assert str(said.exception).endswith(f"process {neo4j_server.pid}. `chaingraph neo4j stop` stops it.")


def test_a_fault_is_one_line_and_exit_2(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        words = ["start", "--home", str(tmp_path), "--port", str(taken.getsockname()[1])]
        done = subprocess.run([sys.executable, "-m", "chaingraph", "neo4j", *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("chaingraph: port ")
    assert done.stderr.count("\n") == 1


def test_start_in_a_process_that_ends_leaves_the_server_and_stop_in_another_ends_it(tmp_path):
    def run(*words):
        command = [sys.executable, "-m", "chaingraph", "neo4j", *words, "--home", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)

    started = run("start", "--port", str(free_port()))
    server = Server(tmp_path)
    assert started.stdout == f"{server.uri}\n"
    assert f"password in '{server.password_file}'" in started.stderr
    assert server.status().version == "5.26.25"
    assert run("stop").stderr.endswith("stopped\n")
    assert server.pid == 0
