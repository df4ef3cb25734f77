"""The reference site: built without a warning, every public name on it once, every link within it, nothing asked for elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import chaingraph
import ingest
import recommend

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "object": "data", "video": "src"}
"""Elements that make a browser fetch something, and the attribute that names it."""


class Page(HTMLParser):
    """What a page loads, where its links lead, which anchors it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        if found.get(LOADED.get(tag, "")) and found.get("rel") != "canonical":
            self.loads.append(found[LOADED[tag]])
        if tag == "a" and "href" in found:
            self.links.append(found["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    env = {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=PROJECT,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "WARNING" not in done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


@pytest.mark.parametrize("package", [chaingraph, ingest, recommend], ids=lambda p: p.__name__)
def test_every_public_name_stands_on_its_page_once(package, pages, site):
    told = re.findall(rf"^::: {package.__name__}\.(\w+)$", (DOCS / "api" / f"{package.__name__}.md").read_text("utf-8"), re.M)
    assert sorted(told) == sorted(package.__all__)
    anchors = pages[site / "api" / f"{package.__name__}.html"].ids
    assert [n for n in package.__all__ if anchors.count(f"{package.__name__}.{n}") != 1] == []


def test_nothing_is_loaded_from_elsewhere(pages, site):
    outside = [(path.name, url) for path, page in pages.items() for url in page.loads if re.match(r"(?:\w+:)?//", url)]
    assert outside == []
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert not re.search(r"@import|url\([\"']?(?:https?:)?//", styles)


def test_links_and_files_are_there(pages, site):
    lost = []
    for path, page in pages.items():
        for url in (*page.loads, *page.links):
            file, _, anchor = url.partition("#")
            if re.match(r"(?:\w+:|/|data:)", url):
                continue
            target = (path.parent / file.partition("?")[0]).resolve() if file else path
            if not target.is_file() or (anchor and target in pages and anchor not in pages[target].ids):
                lost.append((path.name, url))
    assert lost == []


def test_examples_are_code_and_tutorials_have_their_pictures(pages, site):
    text = (site / "api" / "chaingraph.html").read_text(encoding="utf-8")
    assert "<blockquote>" not in text
    assert text.count('<span class="gp">&gt;&gt;&gt; </span>') > 40
    for name in ("names", "targets", "new_chain"):
        page = site / "tutorials" / f"{name}.html"
        assert f"{name}-1.svg" in pages[page].loads
        assert (site / "tutorials" / f"{name}-1.svg").read_text(encoding="utf-8").startswith("<svg")
        assert "tutorial-output" in page.read_text(encoding="utf-8")
    assert not (site / "hooks.py").exists()
