"""Under which conditions the dashboard is served, and where."""

import socket

import pytest

from chaingraph import ChaingraphError
from chaingraph.accounts import Accounts
from chaingraph.cli import serve


@pytest.fixture
def started(monkeypatch):
    """What would have been started, instead of starting it."""
    calls = []
    monkeypatch.setattr(serve.os, "execve", lambda program, command, env: calls.append((command, env)))
    monkeypatch.chdir(serve.APP.parent)
    return calls


def go(tmp_path, host="127.0.0.1", port=None):
    serve.serve(host, port, show=False, lang="en", store=tmp_path / "store", workspace=tmp_path / "workspace")


def test_this_machine_is_served_without_an_account(started, tmp_path, capsys):
    go(tmp_path)
    command, env = started[0]
    assert "--server.address=127.0.0.1" in command
    assert "--browser.gatherUsageStats=false" in command
    assert "--server.headless=true" in command
    assert env["CHAINGRAPH_LANG"] == "en"
    assert env["CHAINGRAPH_WORKSPACE"] == str(tmp_path / "workspace")
    assert capsys.readouterr().out.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::"])  # noqa: S104
def test_others_are_served_only_with_an_account(started, tmp_path, host):
    with pytest.raises(ChaingraphError, match="chaingraph user add"):
        go(tmp_path, host)
    assert not started


def test_with_an_account_others_are_served(started, tmp_path):
    Accounts(tmp_path / "workspace").add_user("chief", "correct horse 42")
    go(tmp_path, "0.0.0.0")  # noqa: S104
    assert "--server.address=0.0.0.0" in started[0][0]


@pytest.mark.parametrize(
    ("host", "own"), [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("10.0.0.1", False)]
)
def test_loopback_is_this_machine(host, own):
    assert serve.is_loopback(host) is own


def test_a_name_is_no_address():
    with pytest.raises(ChaingraphError, match=r"127\.0\.0\.1"):
        serve.is_loopback("my-host")


def test_a_port_in_use_is_passed_over_unless_it_was_asked_for(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(serve, "FIRST_PORT", port)
        assert serve.free_port("127.0.0.1", None) > port
        with pytest.raises(ChaingraphError, match=f"port {port} .*--port"):
            serve.free_port("127.0.0.1", port)
