"""No serious finding of axe on any page, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
THERE = {"region": "441200", "chain": "new-energy-vehicle"}
PAGES = {
    "start": ("", {}),
    "overview": ("", THERE),
    "chain-map": ("chain-map", {**THERE, "segment": "new-energy-vehicle/drive-motor"}),
    "diagnosis": ("diagnosis", THERE),
    "targets": ("targets", THERE),
    "retention": ("targets", {**THERE, "show": "retention"}),
    "region-map": ("region-map", THERE),
    "imports": ("imports", THERE),
    "backtest": ("backtest", THERE),
    "data": ("data", {}),
    "accuracy": ("data", {"show": "accuracy"}),
    "english": ("diagnosis", {**THERE, "lang": "en"}),
}
BY_STREAMLIT = {
    "aria-required-children": "Streamlit's own navigation and menus",
    "scrollable-region-focusable": "Streamlit's scrolling main area",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_no_serious_finding(visit: Callable[..., Page], page: str, scheme: str) -> None:
    path, choice = PAGES[page]
    tab = visit(path, scheme=scheme, **choice)
    found = Axe().run(tab).response["violations"]
    grave = [
        f"{v['id']}: {v['help']} · {[n['target'] for n in v['nodes']][:3]} · {v['nodes'][0].get('failureSummary', '')[:300]}"
        for v in found
        if v["impact"] in ("serious", "critical") and v["id"] not in BY_STREAMLIT
    ]
    assert not grave, "\n".join(grave)
