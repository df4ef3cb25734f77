"""How fast and how large the dashboard is with the shipped data: first page, clicks at the server, memory for one and for ten users.

    python benchmarks/dashboard.py

Clicks are measured at the server, as the time in which a page's script answers one: the walk below goes over every page the
way a team does. The browser figures are those of a real Chromium.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "browser")]

WHERE = {"region": "441200", "chain": "new-energy-vehicle"}
PAGES = ("chain_map", "diagnosis", "targets", "region_map", "data", "overview")
USERS = 10


def main() -> None:
    """Measure and print."""
    from browsing import FLAGS, chromium, drawn, start, stop
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        site = start(Path(folder))
        server = psutil.Process(site.process.pid)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))

            def visit(page: str = "", **choice: str) -> float:
                tab = browser.new_context().new_page()
                began = time.perf_counter()
                tab.goto(site.url(page, **choice))
                drawn(tab)
                return time.perf_counter() - began

            first = visit()
            again = visit()
            overview = visit(region="370200")
            pages = {p: visit("" if p == "overview" else p.replace("_", "-"), **WHERE) for p in PAGES}
            one = memory(server)
            for n in range(USERS):
                for p in ("chain-map", "targets"):
                    visit(p, region=("331000", "441200", "370200", "340600", "340881")[n % 5])
            many = memory(server)
            browser.close()
        stop(site)
        os.environ["CHAINGRAPH_STORE"] = str(site.store)
        os.environ["CHAINGRAPH_WORKSPACE"] = str(site.workspace)
        clicks = walk()
    say("first page, first user, cold server", first, 3.0)
    say("first page, second user", again, 3.0)
    say("overview of 青岛, cold (19 chains diagnosed and ranked)", overview, None)
    for name, seconds in pages.items():
        say(f"page {name} in the browser", seconds, None)
    times = sorted(clicks.values())
    print(
        f"{len(times)} clicks at the server: median {1000 * statistics.median(times):.0f} ms (goal 300), p95 {1000 * times[int(0.95 * len(times))]:.0f} ms (goal 600)"
    )
    for name, seconds in sorted(clicks.items(), key=lambda item: -item[1])[:8]:
        print(f"  {1000 * seconds:6.0f} ms  {name}")
    print(f"memory: {one:.0f} MB after one user (goal 800), {many:.0f} MB with {USERS} more (goal 1500)")


def memory(server: psutil.Process) -> float:
    """Return the resident memory of the server and its children in MB."""
    return sum(p.memory_info().rss for p in [server, *server.children(recursive=True)]) / 1e6


def say(what: str, seconds: float, goal: float | None) -> None:
    """Print a time and its goal."""
    print(f"{what}: {seconds:.2f} s" + (f" (goal {goal:.0f})" if goal else ""))


def walk() -> dict[str, float]:
    """Go over the pages as a team does, on a server that has warmed up; return the seconds of every click."""
    from streamlit.testing.v1 import AppTest

    from dashboard import results

    results.warm_up()
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.run()
    times: dict[str, float] = {}

    def click(name: str, act: Callable[[], Any]) -> None:
        act()
        began = time.perf_counter()
        at.run()
        times[f"{len(times) + 1:02d} {name}"] = time.perf_counter() - began
        assert not at.exception, at.exception[0].value

    def page(name: str) -> None:
        click(f"open {name}", lambda: at.switch_page(f"dashboard/pages/{name}.py"))

    for region in ("331000", "441200", "370200", "340600"):
        click(f"choose region {region}", lambda region=region: choose(at, region))
        for name in PAGES[:4]:
            page(name)
        chains = at.selectbox(key="_chain").options
        click("choose another chain", lambda chains=chains: at.selectbox(key="_chain").select_index(min(2, len(chains) - 1)))
        page("targets")
        click("filter by list", lambda: at.multiselect(key="_lists").set_value(["global-500"]))
        click("filter by distance", lambda: at.selectbox(key="_near").set_value("600"))
        click("clear the filter", lambda: at.multiselect(key="_lists").set_value([]))
        click("any distance", lambda: at.selectbox(key="_near").set_value(""))
        for value in (30, 5, 20):
            click(f"weight of distance {value}", lambda value=value: at.slider(key="weight-distance").set_value(value))
        click("one segment", lambda: at.selectbox(key="_segment").select_index(1))
        page("chain_map")
        click("what if a firm came", lambda: at.selectbox(key="_landing").select_index(1))
        click("and another", lambda: at.selectbox(key="_landing").select_index(2))
        page("diagnosis")
        page("region_map")
        page("overview")
    click("English", lambda: at.segmented_control(key="_lang").set_value("en"))
    for name in PAGES:
        page(name)
    return times


def choose(at: Any, region: str) -> None:
    """Choose a region as the box at the head does."""
    at.selectbox(key="_region").set_value(region)


if __name__ == "__main__":
    main()
