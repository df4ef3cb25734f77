"""A server of one's own on the real thing: its first start, its password, two starts at once, a killed one, a busy port."""

import os
import socket
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import neo4j
import pytest
from neo4j.exceptions import AuthError
from neo4j_fixture import free_port, kill

from chaingraph import ChaingraphError
from chaingraph.stores import artifacts
from chaingraph.stores.server import Server

pytestmark = pytest.mark.xdist_group("neo4j")


def answer(address, query="RETURN 42 AS n", **auth):
    with neo4j.GraphDatabase.driver(address.uri, auth=auth.get("auth", address.auth)) as driver:
        return driver.execute_query(query, database_="neo4j").records[0][0]


def test_it_answers_to_its_password_alone(neo4j_address):
    assert answer(neo4j_address) == 42
    for wrong in (("neo4j", "neo4j"), None):
        with pytest.raises((AuthError, neo4j.exceptions.ClientError)):
            answer(neo4j_address, auth=wrong)


def test_its_password_is_for_its_owner_alone_and_in_no_command_setting_log_or_representation(neo4j_server, neo4j_address):
    kept = neo4j_server.password_file
    password = kept.read_text().strip()
    assert len(password) >= 24
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    command = Path(f"/proc/{neo4j_server.pid}/cmdline").read_text()
    settings = (neo4j_server.home / "conf" / "neo4j.conf").read_text()
    for said in (command, settings, repr(neo4j_address), *(p.read_text() for p in (neo4j_server.home / "logs").iterdir())):
        assert password not in said


def test_only_this_machine_reaches_it(neo4j_address):
    port = int(neo4j_address.uri.rsplit(":", 1)[1])
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    listening = [local for _, local, _, state, *_ in lines if state == "0A" and local.endswith(f":{port:04X}")]
    assert listening
    assert all(local.split(":")[0] in ("0100007F", "0000000000000000FFFF00000100007F") for local in listening)


def test_a_server_that_runs_says_so_and_how_it_is(neo4j_server):
    with pytest.raises(ChaingraphError, match=f"already running: {neo4j_server.uri}, process {neo4j_server.pid}"):
        Server(neo4j_server.home).start(free_port())
    status = Server(neo4j_server.home).status()
    assert (status.uri, status.pid, status.version) == (neo4j_server.uri, neo4j_server.pid, "5.26.25")


def test_it_has_its_classes_from_the_server_that_was_first_to_stop(neo4j_server, classes):
    assert str(classes) in Path(f"/proc/{neo4j_server.pid}/maps").read_text()


def test_the_first_that_stops_leaves_its_classes_to_all_others(tmp_path, monkeypatch):
    """A process that is ended as a server is, and writes at its end what Java would."""
    monkeypatch.setenv("CHAINGRAPH_CACHE", str(tmp_path / "cache"))
    kept, home = artifacts.archive(artifacts.java()), tmp_path / "home"
    kept.parent.mkdir(parents=True)
    (home / "run").mkdir(parents=True)
    noting = f"trap 'printf classes > \"{home}/run/classes.jsa\"; exit' TERM; echo ready; while :; do sleep 0.01; done"
    words = ["timeout", "60", "bash", "-c", noting, f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        (home / "run" / "chaingraph.json").write_text(f'{{"pid": {process.pid}, "port": 7687}}')
        assert Server(home).stop()
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
    assert kept.read_text() == "classes"
    assert list((home / "run").iterdir()) == []


def test_a_life_of_a_server(tmp_path, monkeypatch, classes):
    """A refused password, two starts at once, a power cut, a new start with what was kept, a wrong password, an end.

    The new start is one with damaged classes: it takes its time.
    """
    server = Server(tmp_path / "a folder 服务器")
    assert server.status() is None
    assert not server.stop()

    monkeypatch.setenv("NEO4J_PASSWORD", "short")
    with pytest.raises(ChaingraphError, match=r"(?s)password is refused: .*NEO4J_PASSWORD") as refused:
        server.start(free_port())
    assert "short" not in str(refused.value).replace("shorter", "")
    assert server.pid == 0

    monkeypatch.setenv("NEO4J_PASSWORD", "long enough 42")
    with ThreadPoolExecutor(2) as pool:
        starts = [pool.submit(Server(server.home).start, free_port()) for _ in range(2)]
    won = [s.result() for s in starts if not s.exception()]
    lost = [str(s.exception()) for s in starts if s.exception()]
    assert [a.uri for a in won] == [server.uri]
    assert len(lost) == 1
    assert "already running" in lost[0]
    assert not server.password_file.exists(), "what the user keeps is not kept again"
    assert answer(won[0], "CREATE (n:Kept {name: '留下'}) RETURN n.name") == "留下"

    kill(server)
    assert (server.pid, server.status()) == (0, None)
    damaged = bytearray(classes.read_bytes())
    damaged[len(damaged) // 2] ^= 255
    (tmp_path / "damaged.jsa").write_bytes(damaged)
    monkeypatch.setattr(artifacts, "archive", lambda _: tmp_path / "damaged.jsa")
    again = server.start(free_port())
    assert answer(again, "MATCH (n:Kept) RETURN n.name") == "留下"

    monkeypatch.setenv("NEO4J_PASSWORD", "quite another 42")
    assert server.status().version == ""
    assert server.stop()
    assert server.status() is None
    assert not server.stop()


def test_a_port_in_use_is_said_before_anything_is_written(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ChaingraphError, match=rf"^port {port} at 127\.0\.0\.1 cannot be used: .* --port\.$"):
            Server(tmp_path / "home").start(port)
    assert not (tmp_path / "home" / "data").exists()


def test_a_start_that_fails_says_what_the_server_said_last(neo4j_server, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "data").symlink_to(neo4j_server.home / "data")
    with pytest.raises(ChaingraphError, match=r"^the server of '.*' did not start: .*lock.*\. Its log is '.*console\.log'\.$"):
        Server(home).start(free_port())
    assert neo4j_server.status().version, "the other still runs"


@pytest.mark.parametrize("state", ['{"pid": %d, "port": 7687}', '{"pid": 99999999}', "{", "[]", '{"pid": "7"}', ""])
def test_a_number_that_another_process_has_got_is_not_the_server(tmp_path, state):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "chaingraph.json").write_text(state.replace("%d", str(os.getppid())))
    server = Server(tmp_path)
    assert server.pid == 0
    assert not server.stop()
    os.kill(os.getppid(), 0)
