"""Logging in and out over HTTP: the password goes past the pages, what comes back is a cookie that no script can read."""

from __future__ import annotations

import json
import os
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chaingraph.accounts import Accounts
from chaingraph.errors import ChaingraphError
from chaingraph.labels import LANGUAGES
from chaingraph.phrases import Phrase, said

PROJECT = Path(__file__).resolve().parents[1]
COOKIE = "chaingraph_session"
HOURS = 12
LONGEST = 1000
"""Characters of a login; more is no name and password."""


def workspace() -> Path:
    """Return the folder of accounts and kept lists."""
    return Path(os.environ.get("CHAINGRAPH_WORKSPACE") or PROJECT / "workspace")


WRONG = Phrase("用户名或密码不对。", "User name or password is wrong.")


async def login(request: Request) -> Response:
    """Take a name and a password, as JSON from a page of our own; answer with the session's cookie, or say what is wrong."""
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        return JSONResponse({"error": "application/json expected"}, 415)
    body = await request.body()
    try:
        given = json.loads(body) if len(body) <= LONGEST else {}
        name, password = str(given["name"]), str(given["password"])
    except (ValueError, TypeError, KeyError):
        return JSONResponse({"error": "a name and a password expected"}, 400)
    try:
        token = await run_in_threadpool(_opened, name, password)
    except ChaingraphError as error:
        return _refused(error.args[0])
    if token is None:
        return _refused(WRONG)
    answer = JSONResponse({"name": name})
    answer.set_cookie(
        COOKIE, token, max_age=HOURS * 3600, httponly=True, samesite="strict", secure=request.url.scheme == "https", path="/"
    )
    return answer


def _refused(why: str) -> Response:
    """Say why, in both languages. A wrong password is an answer and no fault: a browser would report 403 as an error of the page."""
    return JSONResponse({"name": None, "error": {lang: said(why, lang) for lang in LANGUAGES}})


def _opened(name: str, password: str) -> str | None:
    accounts = Accounts(workspace())
    return accounts.open_session(name, HOURS) if accounts.verify(name, password) else None


async def logout(request: Request) -> Response:
    """End the session."""
    token = request.cookies.get(COOKIE)
    if token:
        await run_in_threadpool(Accounts(workspace()).close_session, token)
    answer = JSONResponse({})
    answer.delete_cookie(COOKIE, path="/")
    return answer


ROUTES = [Route("/login", login, methods=["POST"]), Route("/logout", logout, methods=["POST"])]
