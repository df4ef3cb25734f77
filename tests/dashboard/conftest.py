"""The dashboard's script, run page by page without a browser, on the shipped data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from chaingraph.accounts import Accounts
from dashboard import results
from dashboard.login import COOKIE

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped_store: Path) -> Path:
    """An empty workspace, and the shipped store as the dashboard's own."""
    monkeypatch.setenv("CHAINGRAPH_STORE", str(shipped_store))
    monkeypatch.setenv("CHAINGRAPH_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path / "workspace"


@pytest.fixture
def as_user(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Log in under a name that has an account from then on; the cookie is the only thing a test without a browser has to bring."""
    accounts = Accounts(workspace)

    def log_in(name: str) -> None:
        if name not in accounts.users():
            accounts.add_user(name, "correct horse 42")
        token = accounts.open_session(name, 1)
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: {COOKIE: token}))

    yield log_in
    for by_list in (
        results._own_firms,
        results._diagnosis,
        results._evidence,
        results._ranking,
        results._cautions,
        results._glances,
    ):
        by_list.clear()


@pytest.fixture
def opened(workspace: Path) -> Iterator[Callable[..., AppTest]]:
    """Open a page with a choice; a page that raises fails the test."""

    def at(page: str = "overview", **choice: str) -> AppTest:
        test = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
        for name, value in choice.items():
            test.query_params[name] = value
        test.run()
        if page != "overview":
            test.switch_page(f"dashboard/pages/{page}.py")
            for name, value in choice.items():
                test.query_params[name] = value
            test.run()
        assert not test.exception, test.exception[0].value
        return test

    yield at
    # The graph and what follows from it alone stay for the next test; so would lists of a workspace that is gone.
    results._known.clear()
