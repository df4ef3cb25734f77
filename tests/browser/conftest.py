"""A real dashboard and a real Chromium; whatever leaves the machine or goes wrong on a page fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import FLAGS, Site, Watch, chromium, settled, start, stop
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright


@pytest.fixture(scope="session")
def site(shipped_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    running = start(tmp_path_factory.mktemp("site"), shipped_store)
    yield running
    stop(running)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page of the dashboard; at the end no page may have erred or left the machine."""
    watch, contexts = Watch(), []
    before = len(site.log.read_text(encoding="utf-8"))

    def opened(page: str = "", *, scheme: str = "light", width: int = 1280, height: int = 900, **choice: str) -> Page:
        context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="zh-CN",
            accept_downloads=True,  # type: ignore[arg-type]
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        tab = context.new_page()
        watch.over(tab, site.base)
        tab.goto(site.url(page, **choice))
        settled(tab)
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert not watch.faults, "\n".join(watch.faults)
    said = site.log.read_text(encoding="utf-8")[before:]
    assert "Traceback" not in said, said[-3000:]
