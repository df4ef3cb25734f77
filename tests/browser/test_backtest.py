"""A team brings its past signings in a real browser: log in, upload, places, the sentence, the workbook; another user sees nothing."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import NAME, OTHER, OTHER_PASSWORD, PASSWORD, settled
from playwright.sync_api import Page, expect
from test_accessibility import BY_STREAMLIT
from test_import import bring
from test_walk import log_in, saved

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Visit = Callable[..., Page]
HERE = {"region": "330300", "chain": "pump-motor"}


def signings() -> bytes:
    """A title, joined months, a serial number of a day, a formula, a total; the firms are known ones, the signings invented."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["2018年签约项目一览表（示例）"])
    sheet.append(["序号", "签约时间", "投资方", "项目名称"])
    sheet.append([1, "2018年3月", "大元泵业", '=HYPERLINK("http://elsewhere.test","看")'])
    sheet.append([2, None, "利欧股份", "<img src=x onerror=alert(1)>"])
    sheet.append([3, 43164, "某某设备厂", "电机"])
    sheet.append([None, "合计", 3])
    sheet.merge_cells("B3:B4")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_signings_are_brought_placed_told_and_taken_along(visit: Visit) -> None:
    tab = visit("backtest", **HERE)
    expect(tab.locator("input[type=file]")).to_have_count(0, timeout=30_000)
    log_in(tab, NAME, PASSWORD)
    bring(tab, "签约.xlsx", signings())
    expect(tab.get_by_text("3 个签约 = 排出名次 2 + 没有对上企业 1")).to_be_visible(timeout=90_000)
    expect(tab.get_by_text("2 个签约太少，还说明不了").first).to_be_visible()
    rows = tab.locator("table[aria-label=每个签约] tbody tr")
    expect(rows).to_have_count(3, timeout=30_000)
    assert "大元泵业" in rows.nth(0).inner_text()
    grave = [v["id"] for v in Axe().run(tab).response["violations"] if v["impact"] in ("serious", "critical")]
    assert not set(grave) - set(BY_STREAMLIT), grave
    assert tab.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth <= e.clientWidth + 1")
    book = openpyxl.load_workbook(io.BytesIO(saved(tab, "下载 Excel")))
    assert book.sheetnames == ["结论与局限", "命中率", "签约"]
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]

    other = visit("backtest", **HERE)
    log_in(other, OTHER, OTHER_PASSWORD)
    expect(other.locator("input[type=file]")).to_have_count(1, timeout=30_000)
    assert other.get_by_text("大元泵业").count() == 0

    tab.get_by_role("button", name="换一份文件").click()
    settled(tab)
    expect(tab.locator("input[type=file]")).to_have_count(1, timeout=30_000)


def test_what_is_no_workbook_is_refused(visit: Visit) -> None:
    tab = visit("backtest", **HERE)
    log_in(tab, NAME, PASSWORD)
    bring(tab, "坏.xlsx", b"<html><script>document.title='x'</script></html>")
    expect(tab.locator("[data-testid=stAlertContentError]")).to_have_count(1)
