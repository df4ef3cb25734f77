"""A real dashboard on a free port, and what is watched over while a browser uses it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Page

from chaingraph import stores
from chaingraph.accounts import Accounts
from ingest import load

PROJECT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-default-apps --disable-extensions"
).split()
NAME, PASSWORD = "专班甲", "correct horse 42"
OTHER, OTHER_PASSWORD = "专班乙", "battery staple 43"


def chromium() -> str:
    """The browser: what CHROMIUM names, else the first there is."""
    found = os.environ.get("CHROMIUM") or next(
        (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
    )
    assert found, "no Chromium: tests/install.sh installs it"
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A dashboard that runs: its address, its store, its workspace, and the server's process."""

    base: str
    store: Path
    workspace: Path
    process: subprocess.Popen[bytes]
    log: Path

    def url(self, page: str = "", **choice: str) -> str:
        """The address of a page with a choice."""
        return f"{self.base}/{page}" + (f"?{urlencode(choice)}" if choice else "")


@dataclass
class Watch:
    """What a page did that it should not have done."""

    faults: list[str] = field(default_factory=list)

    def over(self, page: Page, base: str) -> None:
        own = urlsplit(base).netloc
        page.on("console", lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda e: self.faults.append(f"page error: {e}"))
        page.on("request", lambda r: self._left(r.url, own))

    def _left(self, url: str, own: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != own:
            self.faults.append(f"left the machine: {url}")


def start(folder: Path, store: Path | None = None) -> Site:
    """Start a dashboard with the shipped data, of which there may be a store already, and two accounts."""
    workspace, port = folder / "workspace", free_port()
    if store is None:
        store = folder / "store"
        stores.write(load(PROJECT / "data"), store)
    accounts = Accounts(workspace)
    accounts.add_user(NAME, PASSWORD)
    accounts.add_user(OTHER, OTHER_PASSWORD)
    log = folder / "server.log"
    command = [sys.executable, "-m", "chaingraph", "dashboard", "--no-open", "--port", str(port)]
    command += ["--store", str(store), "--workspace", str(workspace)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    base = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{base}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return Site(base, store, workspace, process, log)
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"the dashboard did not start:\n{log.read_text(encoding='utf-8')}")


def stop(site: Site) -> None:
    os.killpg(site.process.pid, 15)
    site.process.wait(20)


DRAWN = """() => {
  const figures = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].map(e => (e.shadowRoot || e).querySelector(".cg"));
  return figures.every(f => !f || f.dataset.shown) && !document.querySelector("[data-testid=stSkeleton]")
    && [...document.querySelectorAll(".stEchartsChart, [data-testid=stEchartsChart]")].every(c => c.querySelector("svg, canvas"));
}"""
"""Whether every figure and chart of a page has been drawn."""


def drawn(tab: Page) -> None:
    """Wait until nothing runs and every figure is drawn."""
    tab.wait_for_selector("h1")
    tab.wait_for_function(
        "() => !document.querySelector('[data-testid=stApp][data-test-script-state=running], [data-stale=true]')", timeout=30_000
    )
    tab.wait_for_function(DRAWN, timeout=30_000)


def settled(tab: Page) -> None:
    """Wait until the page is drawn and nothing runs, and refuse a page that shows a fault."""
    # A click takes a moment to reach the server: before that, nothing runs either.
    tab.wait_for_timeout(350)
    drawn(tab)
    tab.wait_for_timeout(200)
    assert tab.locator("[data-testid=stException]").count() == 0, tab.locator("[data-testid=stException]").first.inner_text()
