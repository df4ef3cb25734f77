"""Logging in over HTTP, and the start page that names its own server."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from chaingraph.accounts import Accounts
from dashboard.login import COOKIE, ROUTES
from dashboard.start_page import StartPage

PASSWORD = "correct horse 42"


@pytest.fixture
def client(workspace):
    Accounts(workspace).add_user("专班", PASSWORD)

    async def page(request):
        return HTMLResponse('<!DOCTYPE html><html lang="en"><head><title>Streamlit</title></head><body></body></html>')

    async def other(request):
        return JSONResponse({"head": "<head>"})

    routes = [*ROUTES, Route("/", page), Route("/other", other)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(StartPage)]))


def log_in(client, name="专班", password=PASSWORD, **more):
    return client.post("/login", json={"name": name, "password": password}, **more)


def test_a_right_password_gives_a_cookie_no_script_reads(client, workspace):
    answer = log_in(client)
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert Accounts(workspace).session_user(answer.cookies[COOKIE]) == "专班"
    assert PASSWORD not in answer.text + cookie


@pytest.mark.parametrize(("name", "password"), [("专班", "wrong password"), ("nobody", PASSWORD), ("专班", "")])
def test_anything_else_gives_none(client, name, password):
    answer = log_in(client, name, password)
    assert answer.json()["name"] is None
    assert "不对" in answer.json()["error"]["zh"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"name": "专班", "password": PASSWORD}},
        {"content": b"name=x", "headers": {"content-type": "text/plain"}},
    ],
)
def test_a_form_of_another_site_is_refused(client, sent):
    assert client.post("/login", **sent).status_code == 415


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'{"name": "x"}', b"{", b'{"name": "' + b"x" * 2000 + b'", "password": "y"}']
)
def test_what_is_no_login_is_refused(client, body):
    assert client.post("/login", content=body, headers={"content-type": "application/json"}).status_code == 400


def test_too_many_tries_are_told_in_both_languages(client):
    answers = [log_in(client, password=f"wrong {n}") for n in range(7)]
    assert answers[0].json()["error"] != answers[-1].json()["error"]
    assert set(answers[-1].json()["error"]) == {"zh", "en"}
    late = log_in(client)
    assert late.json()["name"] is None
    assert "set-cookie" not in late.headers


def test_logging_out_ends_the_session(client, workspace):
    token = log_in(client).cookies[COOKIE]
    client.post("/logout")
    assert Accounts(workspace).session_user(token) is None
    assert client.post("/logout").status_code == 200


def test_nobody_logs_in_by_following_a_link(client):
    assert client.get("/login", params={"name": "专班", "password": PASSWORD}).status_code == 405


def test_the_start_page_names_its_server_and_its_language(client, monkeypatch):
    page = client.get("/", headers={"accept": "text/html", "accept-encoding": "gzip"})
    assert "BACKEND_BASE_URL" in page.text
    assert '<html lang="zh-CN">' in page.text
    assert "<title>chaingraph</title>" in page.text
    assert page.headers["x-frame-options"] == "SAMEORIGIN"
    assert int(page.headers["content-length"]) == len(page.content)
    monkeypatch.setenv("CHAINGRAPH_LANG", "en")
    assert '<html lang="en">' in client.get("/", headers={"accept": "text/html"}).text


def test_nothing_but_a_page_is_changed(client):
    assert client.get("/other", headers={"accept": "text/html"}).json() == {"head": "<head>"}
    assert "BACKEND_BASE_URL" not in client.get("/", headers={"accept": "application/json"}).text
