"""The commands `chaingraph user …`: the accounts of the dashboard. A password is typed unseen or read from stdin, never an argument."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from chaingraph.accounts import SHORTEST, Accounts
from chaingraph.cli.options import WORKSPACE, LangOpt, WorkspaceOpt, talk
from chaingraph.errors import ChaingraphError
from chaingraph.phrases import Phrase, said

user_app = typer.Typer(no_args_is_help=True, help="Accounts of the dashboard: who may keep lists, and log in from elsewhere.")

NameArg = Annotated[str, typer.Argument(help="User name: 2 to 32 Chinese characters, letters, digits or . _ -")]


@user_app.command("add", epilog="Example: chaingraph user add 专班")
def add_user(name: NameArg, workspace: WorkspaceOpt = WORKSPACE, lang: LangOpt = "zh") -> None:
    """Make an account. The password is asked for twice, or is the first line of stdin when that is no terminal."""
    with _in_language(lang):
        Accounts(workspace).add_user(name, _password(lang))
    talk(said(Phrase(f"已添加用户“{name}”。", f"added user '{name}'"), lang))


@user_app.command("list", epilog="Example: chaingraph user list")
def list_users(workspace: WorkspaceOpt = WORKSPACE, lang: LangOpt = "zh") -> None:
    """List the accounts, one name a line."""
    with _in_language(lang):
        users = Accounts(workspace).users()
    for name in users:
        print(name)
    if not users:
        hint = Phrase("还没有用户：用 chaingraph user add 添加。", "no user yet: `chaingraph user add` makes one")
        talk(said(hint, lang))


@user_app.command("remove", epilog="Example: chaingraph user remove 专班")
def remove_user(name: NameArg, workspace: WorkspaceOpt = WORKSPACE, lang: LangOpt = "zh") -> None:
    """Remove an account and log it out everywhere. Its lists stay and are its again when the name is added anew."""
    with _in_language(lang):
        Accounts(workspace).remove_user(name)
    done = Phrase(
        f"已删除用户“{name}”；其目标企业库仍保留在该用户名下。", f"removed user '{name}'; the lists kept under this name stay"
    )
    talk(said(done, lang))


def _password(lang: str) -> str:
    """Ask twice on a terminal, else take the first line of stdin."""
    if not sys.stdin.isatty():
        try:
            return sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError as error:
            zh, en = "输入的密码不是 UTF-8 文本：请改用 UTF-8。", "the password on stdin is no UTF-8 text: give it in UTF-8."
            raise ChaingraphError(Phrase(zh, en)) from error
    question = Phrase(f"密码（至少 {SHORTEST} 个字符，输入时不显示）", f"Password (at least {SHORTEST} characters, not shown)")
    again = Phrase("再输入一次", "Once more")
    password: str = typer.prompt(said(question, lang), hide_input=True, err=True)
    if typer.prompt(said(again, lang), hide_input=True, err=True) != password:
        raise ChaingraphError(Phrase("两次输入的密码不一致，请重来。", "the passwords are not the same: try again."))
    return password


@contextmanager
def _in_language(lang: str) -> Iterator[None]:
    """Tell a fault in the language of the command."""
    try:
        yield
    except ChaingraphError as error:
        raise ChaingraphError(said(error.args[0], lang)) from error
