"""A chain team's day in a real browser: every page in both languages, from the first click to the file that goes to the meeting."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import docx
import openpyxl
import pytest
from browsing import NAME, OTHER, OTHER_PASSWORD, PASSWORD, settled
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Visit = Callable[..., Page]
PAGES = ("", "chain-map", "diagnosis", "targets", "region-map", "imports", "backtest", "data")
HERE = {"region": "331000", "chain": "pump-motor"}
THERE = {"region": "441200", "chain": "new-energy-vehicle"}
OWN_WEIGHTS = re.compile(r"[?&]weights=")
CJK = re.compile(r"[\u4e00-\u9fff]")


def address(tab: Page) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(tab.url).query).items()}


def pick(tab: Page, data_id: str, nth: int = 0) -> None:
    """Click what has this id."""
    tab.locator(f'[data-id="{data_id}"]').nth(nth).click()
    settled(tab)


def shown_firms(tab: Page) -> list[str]:
    """The companies on screen, in order."""
    rows = tab.locator("table[aria-label=目标企业] tbody tr")
    rows.first.wait_for()
    return [str(r.get_attribute("data-id")) for r in rows.all()]


def saved(tab: Page, button: str) -> bytes:
    with tab.expect_download() as waiting:
        tab.get_by_role("button", name=button).first.click()
    return Path(waiting.value.path()).read_bytes()


def log_in(tab: Page, name: str, password: str) -> None:
    tab.get_by_role("button", name="登录").first.click()
    tab.locator("input[name=name]").fill(name)
    tab.locator("input[name=password]").fill(password)
    tab.locator("form button[type=submit]").click()
    tab.get_by_role("button", name=name).first.wait_for()
    settled(tab)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_both_languages(visit: Visit, page: str, lang: str) -> None:
    tab = visit(page, **THERE, **({"lang": "en"} if lang == "en" else {}))
    title = tab.locator("h1").first.inner_text()
    assert bool(CJK.search(title)) is (lang == "zh"), title
    expect(tab.locator("[data-testid=stAlertContentError]")).to_have_count(0)


def test_from_the_start_to_a_firm_on_the_list_and_a_file_for_the_meeting(visit: Visit, tmp_path: Path) -> None:
    tab = visit()
    pick(tab, "331000")
    assert address(tab)["region"] == "331000"
    pick(tab, "pump-motor")
    tab.wait_for_url("**/chain-map?*")

    pick(tab, "pump-motor/pump-metal")
    expect(tab.get_by_text("铸件与不锈钢").last).to_be_visible()
    assert address(tab)["segment"] == "pump-motor/pump-metal"
    tab.locator('[data-id="pump-motor/pump-metal>pump-motor/pump-parts"]').dispatch_event("click")
    settled(tab)
    assert address(tab)["link"] == "pump-motor/pump-metal>pump-motor/pump-parts"
    assert "segment" not in address(tab)
    svg, png = saved(tab, "SVG"), saved(tab, "PNG")
    assert svg.startswith(b"<svg")
    assert png.startswith(b"\x89PNG")

    tab.get_by_role("link", name="目标企业").first.click()
    settled(tab)
    first = shown_firms(tab)[0]
    pick(tab, first)
    assert address(tab)["firm"] == first
    sheet = openpyxl.load_workbook(io.BytesIO(saved(tab, "下载 Excel")))["目标企业"]
    written = {str(c.value) for r in sheet.iter_rows() for c in r}
    assert set(shown_firms(tab)) <= written

    word = docx.Document(io.BytesIO(saved(tab, "研判报告")))
    assert sum(p.style.name.startswith("Heading") for p in word.paragraphs) >= 5

    log_in(tab, NAME, PASSWORD)
    tab.get_by_role("button", name="加入清单").click()
    settled(tab)
    tab.get_by_text("我的清单").first.click()
    settled(tab)
    assert tab.locator(f'[data-id="{first}"]').count() == 1

    stranger = visit("targets", **HERE, show="register")
    assert stranger.locator(f'[data-id="{first}"]').count() == 0
    log_in(stranger, OTHER, OTHER_PASSWORD)
    assert stranger.locator(f'[data-id="{first}"]').count() == 0


def test_a_filter_narrows_and_a_slider_moves_the_ranks_and_both_can_be_put_back(visit: Visit) -> None:
    tab = visit("targets", **THERE)
    before = shown_firms(tab)
    narrowed = visit("targets", **THERE, lists="global-500")
    some = shown_firms(narrowed)
    assert 0 < len(some) < len(before)

    tab.get_by_role("button", name="权重").click()
    slider = tab.get_by_role("slider", name="距离")
    slider.focus()
    at_first = int(slider.input_value())
    for _ in range(12):
        tab.keyboard.press("ArrowRight")
    # What the slider shows after the last of the keys, not a value on the way.
    there = int(slider.input_value())
    assert there > at_first
    expect(tab).to_have_url(re.compile(rf"[?&]weights=distance(:|%3A){there}(&|$)"), timeout=30_000)
    settled(tab)
    assert tab.locator(".up, .down").count() > 0
    assert shown_firms(tab) != before
    tab.get_by_role("button", name="恢复出厂权重").click()
    expect(tab).not_to_have_url(OWN_WEIGHTS, timeout=30_000)
    settled(tab)
    assert shown_firms(tab) == before


def test_the_address_sent_to_a_colleague_opens_the_same_page(visit: Visit) -> None:
    tab = visit("targets", **THERE)
    second = shown_firms(tab)[1]
    pick(tab, second)
    tab.get_by_role("button", name="权重").click()
    tab.get_by_role("slider", name="距离").focus()
    tab.keyboard.press("End")
    expect(tab).to_have_url(OWN_WEIGHTS, timeout=30_000)
    settled(tab)
    other = visit()
    other.goto(tab.url)
    settled(other)
    assert address(other) == address(tab)
    table, card = "table[aria-label=目标企业]", ".st-key-card h3"
    assert other.locator(table).inner_text() == tab.locator(table).inner_text()
    assert other.locator(card).first.inner_text() == tab.locator(card).first.inner_text()


def test_what_if_recolours_the_graph(visit: Visit) -> None:
    plain, after = visit("chain-map", **THERE), visit("chain-map", **THERE, landing="A-002594")
    expect(after.locator("[data-testid=stAlert]").first).to_contain_text("假如")
    assert plain.locator(".cg svg").first.inner_html() != after.locator(".cg svg").first.inner_html()


def test_a_segment_can_be_reached_and_opened_by_keyboard(visit: Visit) -> None:
    tab = visit("chain-map", **HERE)
    tab.locator('[data-id="pump-motor/pump-motor-unit"], [data-id^="pump-motor/"]').first.focus()
    tab.keyboard.press("Enter")
    settled(tab)
    assert address(tab).get("segment") or address(tab).get("link")


def test_another_city_is_found_by_pinyin(visit: Visit) -> None:
    tab = visit()
    box = tab.get_by_role("combobox").first
    box.click()
    box.fill("wenzhou")
    tab.keyboard.press("Enter")
    settled(tab)
    assert address(tab)["region"] == "330300"
    assert "温州" in tab.locator("h1").first.inner_text()


def test_an_address_that_makes_no_sense_is_told_and_does_no_harm(visit: Visit) -> None:
    tab = visit(
        "chain-map", region="999999", chain="<script>alert(1)</script>", segment="../../etc/passwd", weights="distance:-5,x:1"
    )
    assert tab.locator("[data-testid=stAlert]").count() >= 1
    assert "999999" not in tab.url


def test_a_wrong_password_is_told_and_opens_nothing(visit: Visit) -> None:
    tab = visit("targets", **HERE)
    tab.get_by_role("button", name="登录").first.click()
    tab.locator("input[name=name]").fill(NAME)
    tab.locator("input[name=password]").fill("wrong password")
    tab.locator("form button[type=submit]").click()
    expect(tab.locator("form [role=alert]")).to_contain_text("不对")
    assert "chaingraph_session" not in {c["name"] for c in tab.context.cookies()}


@pytest.mark.parametrize("page", [*PAGES, "targets?show=retention", "data?show=accuracy"])
def test_nothing_sticks_out_of_the_page_at_any_width(visit: Visit, page: str) -> None:
    path, _, shown = page.partition("?show=")
    tab = visit(path, width=768, **THERE, **({"show": shown} if shown else {}))
    for width in (768, 1280, 1920):
        tab.set_viewport_size({"width": width, "height": 900})
        settled(tab)
        main = tab.locator("[data-testid=stMain]")
        assert main.evaluate("e => e.clientWidth") > 0.7 * width
        assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 1, width
