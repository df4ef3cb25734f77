"""Makes `docs/gallery.md` and its pictures: every page of the dashboard, of five programmes, in light and dark, as a browser shows it.

make gallery
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from browsing import FLAGS, NAME, PASSWORD, Site, chromium, settled, start, stop
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from test_backtest import signings
from test_import import bring, messy
from test_walk import log_in

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "docs" / "gallery"
PROGRAMMES = {
    "台州 · 泵与电机": {"region": "331000", "chain": "pump-motor"},
    "肇庆 · 新能源汽车": {"region": "441200", "chain": "new-energy-vehicle"},
    "淮北 · 陶铝新材料": {"region": "340600", "chain": "ceramic-aluminium"},
    "青岛 · 集成电路": {"region": "370200", "chain": "integrated-circuit"},
    "桐城 · 绿色包装": {"region": "340881", "chain": "green-packaging"},
}
PAGES = {
    "": "总览",
    "chain-map": "产业链图谱",
    "diagnosis": "诊断",
    "targets": "目标企业",
    "region-map": "招商地图",
}
WIDTH, TALLEST = 1280, 2600


def shots(site: Site, browser: Browser) -> list[tuple[str, str, str]]:
    """Take all pictures; return (title, page, file) of each."""
    made: list[tuple[str, str, str]] = [
        ("数据导入", "light", _import(site, browser)),
        ("签约回测", "light", _backtest(site, browser)),
    ]
    plan: list[tuple[str, str, str, dict[str, str], str]] = [
        ("", "开始", "start", {}, "light"),
        ("data", "数据与方法", "data", {}, "light"),
    ]
    plan += [("data", "数据与方法 · 覆盖", "coverage", {"show": "coverage", "region": "331000"}, "light")]
    plan += [("data", "数据与方法 · 有多准", f"accuracy-{scheme}", {"show": "accuracy"}, scheme) for scheme in ("light", "dark")]
    plan += [("targets", "目标企业 · 稳链提示", "retention", {**PROGRAMMES["台州 · 泵与电机"], "show": "retention"}, "light")]
    plan += [("targets", "目标企业 · 768 像素宽", "targets-narrow", PROGRAMMES["肇庆 · 新能源汽车"], "narrow")]
    plan += [("targets", "English", "english", {**PROGRAMMES["肇庆 · 新能源汽车"], "lang": "en"}, "light")]
    plan += [("region-map", "向内", "inward", {**PROGRAMMES["台州 · 泵与电机"], "level": "inward"}, "light")]
    plan += [("chain-map", "768 像素宽", "narrow", PROGRAMMES["肇庆 · 新能源汽车"], "narrow")]
    for n, (title, choice) in enumerate(PROGRAMMES.items()):
        for page, name in PAGES.items():
            for scheme in ("light", "dark"):
                plan.append((page, f"{title} · {name}", f"{choice['region']}-{page or 'overview'}-{scheme}", choice, scheme))
        if sys.stderr.isatty():
            print(f"planned {n + 1} of {len(PROGRAMMES)}", file=sys.stderr)
    for page, title, file, choice, scheme in plan:
        made.append((title, scheme, _shot(site, browser, page, file, choice, scheme)))
    return made


def _shot(site: Site, browser: Browser, page: str, file: str, choice: dict[str, str], scheme: str) -> str:
    width = 768 if scheme == "narrow" else WIDTH
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light", locale="zh-CN"
    )
    tab = context.new_page()
    tab.goto(site.url(page, **choice))
    settled(tab)
    return _taken(tab, file, width)


def _import(site: Site, browser: Browser) -> str:
    """Log in, bring a list and keep it: the page as its owner sees it."""
    context = browser.new_context(viewport={"width": WIDTH, "height": 900}, color_scheme="light", locale="zh-CN")
    tab = context.new_page()
    tab.goto(site.url("imports", **PROGRAMMES["台州 · 泵与电机"]))
    settled(tab)
    log_in(tab, NAME, PASSWORD)
    bring(tab, "泵业名单.xlsx", messy())
    tab.get_by_role("button", name="保存名单").click()
    tab.get_by_text("“泵业名单”已保存").wait_for(timeout=60_000)
    settled(tab)
    return _taken(tab, "import", WIDTH)


def _backtest(site: Site, browser: Browser) -> str:
    """Log in and bring past signings: the places, and what so few of them tell."""
    context = browser.new_context(viewport={"width": WIDTH, "height": 900}, color_scheme="light", locale="zh-CN")
    tab = context.new_page()
    tab.goto(site.url("backtest", region="330300", chain="pump-motor"))
    settled(tab)
    log_in(tab, NAME, PASSWORD)
    bring(tab, "签约.xlsx", signings())
    tab.get_by_text("个签约太少").first.wait_for(timeout=90_000)
    settled(tab)
    return _taken(tab, "backtest", WIDTH)


def _taken(tab: Page, file: str, width: int) -> str:
    """Take the picture of a page in its full height; close it."""
    tall = tab.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    tab.set_viewport_size({"width": width, "height": min(max(900, tall), TALLEST)})
    tab.wait_for_timeout(700)
    target = FOLDER / f"{file}.png"
    tab.screenshot(path=target)
    tab.context.close()
    # Sixty-four colours are enough for flat pages, and a tenth of the size.
    Image.open(target).convert("RGB").quantize(96, dither=Image.Dither.NONE).save(target, optimize=True)
    return target.name


def page_of(made: list[tuple[str, str, str]]) -> str:
    """Return the gallery's Markdown."""
    words = {"light": "浅色", "dark": "深色", "narrow": "窄屏"}
    lines = ["# 图集 · Gallery", "", "由 `make gallery` 生成：随项目发布的数据，真实的浏览器。", ""]
    for title, scheme, file in made:
        lines += [f"## {title} · {words[scheme]}", "", f"![{title}（{words[scheme]}）](gallery/{file})", ""]
    return "\n".join(lines)


def main() -> None:
    """Make the gallery anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = start(Path(folder))
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
                made = shots(site, browser)
                browser.close()
        finally:
            stop(site)
    for stale in FOLDER.glob("*.png"):
        if stale.name not in {file for *_, file in made}:
            stale.unlink()
    (PROJECT / "docs" / "gallery.md").write_text(page_of(made), encoding="utf-8")


if __name__ == "__main__":
    main()
