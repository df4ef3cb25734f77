"""The accounts on the command line: what is said, what is kept, and that no password shows."""

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chaingraph.accounts import Accounts
from chaingraph.cli.user import user_app
from chaingraph.errors import ChaingraphError

PROJECT = Path(__file__).resolve().parents[3]
NAME, PASSWORD = "专班甲", "correct horse 42"


@pytest.fixture
def user(tmp_path):
    """Run a command of `chaingraph user` on a workspace of its own."""
    return lambda *words, line=None: CliRunner().invoke(user_app, [*words, "--workspace", str(tmp_path / "w")], input=line)


@pytest.fixture
def accounts(tmp_path):
    return Accounts(tmp_path / "w")


def test_a_user_is_added_with_the_first_line_of_stdin(user, accounts):
    done = user("add", NAME, line=f"{PASSWORD}\r\nnot this line\n")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "已添加用户“专班甲”。\n")
    assert accounts.verify(NAME, PASSWORD)


def test_users_are_listed_one_a_line(user, accounts):
    for name in ("zhao", "专班甲", "li"):
        accounts.add_user(name, PASSWORD)
    done = user("list")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "li\nzhao\n专班甲\n", "")


def test_an_empty_list_says_what_to_do_on_stderr(user):
    done = user("list", "--lang", "en")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "chaingraph user add" in done.stderr


def test_a_user_is_removed_and_what_stays_is_said(user, accounts):
    accounts.add_user(NAME, PASSWORD)
    done = user("remove", NAME)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "仍保留" in done.stderr
    assert accounts.users() == ()


@pytest.mark.parametrize(
    ("words", "line", "zh", "en"),
    [
        (("add", "x"), PASSWORD, "用户名“x”不合要求", "'x' is no user name"),
        (("add", "somebody"), "", "密码须为 8–256 个字符，现为 0 个", "8 to 256 characters, this one 0"),
        (("add", "somebody"), "somebody", "密码不能与用户名相同", "the password is the user name"),
        (("add", "first"), PASSWORD, "已被使用", "is taken"),
        (("remove", "firts"), None, "是否指 first", "Did you mean 'first'"),
    ],
)
def test_a_fault_is_told_in_the_language_asked_for(user, accounts, words, line, zh, en):
    accounts.add_user("first", PASSWORD)
    for lang, told in (("zh", zh), ("en", en)):
        error = user(*words, "--lang", lang, line=line).exception
        assert isinstance(error, ChaingraphError)
        assert told in str(error)
    assert accounts.users() == ("first",)


def test_every_command_has_a_help_with_an_example(user):
    for verb in ("add", "list", "remove"):
        done = CliRunner().invoke(user_app, [verb, "--help"])
        assert done.exit_code == 0
        assert f"Example: chaingraph user {verb}" in done.stdout


def test_a_password_is_no_argument(user):
    assert user("add", "somebody", PASSWORD).exit_code == 2
    assert user("add", "somebody", "--password", PASSWORD).exit_code == 2


def test_bytes_that_are_no_text_are_a_fault_with_its_remedy(tmp_path):
    command = [sys.executable, "-m", "chaingraph", "user", "add", "somebody", "--workspace", str(tmp_path)]
    env = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(command, input=b"\xff\xfe password\n", capture_output=True, check=False, cwd=PROJECT, env=env)
    assert done.returncode == 2
    assert "UTF-8" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def on_a_terminal(folder, *answers):
    """Run `chaingraph user add 专班甲` on a terminal, answer its questions; exit code and everything the terminal showed."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "chaingraph", "user", "add", NAME, "--workspace", str(folder)]
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=PROJECT,
        env={**os.environ, "PYTHONUTF8": "1"},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
    )
    os.close(theirs)
    shown, waiting = b"", list(answers)
    try:
        while select.select([ours], [], [], 60)[0] and (more := os.read(ours, 1024)):
            shown += more
            # The blank behind the question comes when the terminal has ceased to echo.
            if waiting and shown.endswith(b": "):
                os.write(ours, f"{waiting.pop(0)}\n".encode())
    except OSError:
        # The terminal is closed when the command has ended.
        pass
    finally:
        os.close(ours)
    return process.wait(60), shown.decode("utf-8", "ignore")


def test_on_a_terminal_the_password_is_asked_for_twice_and_not_shown(tmp_path):
    code, shown = on_a_terminal(tmp_path, PASSWORD, PASSWORD)
    assert code == 0, shown
    assert "再输入一次" in shown
    assert PASSWORD not in shown
    assert Accounts(tmp_path).verify(NAME, PASSWORD)


def test_on_a_terminal_two_different_passwords_make_no_account(tmp_path):
    code, shown = on_a_terminal(tmp_path, PASSWORD, "correct horse 43")
    assert code == 2
    assert "不一致" in shown
    assert Accounts(tmp_path).users() == ()
