"""An office brings its own list in a real browser: upload, columns, review, the diagnosis it changes, sharing, removal."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from browsing import NAME, OTHER, OTHER_PASSWORD, PASSWORD, settled
from playwright.sync_api import FilePayload, Page, expect
from test_walk import address, log_in, pick, saved

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Visit = Callable[..., Page]
HERE = {"region": "331000", "chain": "pump-motor"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def messy() -> bytes:
    """A title, the unit in a corner, a firm twice, a formula, a total and a note; all firms are invented."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["台州市泵业企业名单（2026年）"])
    sheet.append(["填报单位：某局", None, None, None, "单位：万元"])
    sheet.append(["序号", "企业名称", "主要产品", "注册资本", "联系人"])
    for n, name in enumerate((*"春夏秋冬", "春"), 1):
        sheet.append([n, f"台州{name}泵业有限公司", "离心泵；屏蔽泵", 1000 * n, "某某"])
    sheet.append([6, "台州晚霞设备厂", "铸造", 50, '=HYPERLINK("http://elsewhere.test","看")'])
    sheet.append([None, "合计", None, 15050])
    sheet.append(["备注：数据由企业填报。"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bring(tab: Page, name: str, content: bytes) -> None:
    tab.locator("input[type=file]").first.set_input_files([FilePayload(name=name, mimeType=XLSX, buffer=content)])
    settled(tab)


def test_a_list_is_brought_checked_used_shared_and_removed(visit: Visit) -> None:
    tab = visit("imports", **HERE)
    expect(tab.locator("input[type=file]")).to_have_count(0, timeout=30_000)
    log_in(tab, NAME, PASSWORD)

    bring(tab, "泵业名单.xlsx", messy())
    draft = tab.locator(".st-key-draft-box")
    expect(draft.get_by_role("combobox", name="企业名称")).to_be_visible()
    expect(draft.locator(".sum")).to_have_attribute(
        "aria-label", "读入 11 行 = 企业 5 + 重复企业 1 + 合计行 1 + 说明行 1 + 标题和表头 3"
    )
    tab.get_by_role("button", name="保存名单").click()
    expect(tab.get_by_text("“泵业名单”已保存")).to_be_visible(timeout=30_000)
    settled(tab)
    number = address(tab)["list"]

    sheet = openpyxl.load_workbook(io.BytesIO(saved(tab, "下载待核表")))
    assert sheet.worksheets[0]["A1"].value.startswith("待核表")
    questions = tab.get_by_text("待你判定").first.inner_text()
    tab.locator("[data-testid=stForm] [data-testid=stButtonGroup]").first.get_by_role("radio").first.click()
    tab.get_by_role("button", name="保存判定").click()
    expect(tab.get_by_text("保存了 1 个判定")).to_be_visible(timeout=30_000)
    settled(tab)
    expect(tab.get_by_text("待你判定").first).not_to_have_text(questions, timeout=30_000)

    before = visit("diagnosis", **HERE).locator("table[aria-label=各环节]").inner_text()
    tab.locator(".st-key-use-list label").click()
    settled(tab)
    expect(tab).to_have_url(re.compile(rf"[?&]own={number}"), timeout=30_000)
    tab.get_by_role("link", name="诊断").first.click()
    settled(tab)
    expect(tab.get_by_text("自有名单“泵业名单”5 家").first).to_be_visible(timeout=30_000)
    assert tab.locator("table[aria-label=各环节]").inner_text() != before

    other = visit("diagnosis", **HERE, own=number)
    log_in(other, OTHER, OTHER_PASSWORD)
    assert "own" not in address(other)
    assert other.locator("table[aria-label=各环节]").inner_text() == before

    tab.goto(tab.url.replace("/diagnosis", "/imports") + f"&list={number}")
    settled(tab)
    tab.locator(".st-key-share-list label").click()
    settled(tab)
    other.goto(other.url.replace("/diagnosis", "/imports"))
    settled(other)
    pick(other, number)
    expect(other.get_by_text(f"由 {NAME} 共享").first).to_be_visible()
    expect(other.get_by_role("button", name="删除")).to_have_count(0, timeout=30_000)

    tab.get_by_role("button", name="删除").click()
    tab.get_by_role("button", name="确认删除").click()
    settled(tab)
    expect(tab.locator(f'[data-id="{number}"]')).to_have_count(0, timeout=30_000)
    other.reload()
    settled(other)
    expect(other.locator(f'[data-id="{number}"]')).to_have_count(0, timeout=30_000)


def test_a_page_that_calls_itself_a_workbook_does_no_harm(visit: Visit) -> None:
    tab = visit("imports", **HERE)
    log_in(tab, NAME, PASSWORD)
    bring(tab, "坏.xlsx", b"<html><script>document.title='x'</script></html>")
    expect(tab.locator("[data-testid=stAlertContentError]")).to_have_count(1)
    expect(tab.get_by_role("button", name="保存名单")).to_be_disabled()
    tab.get_by_role("button", name="放弃").click()
    settled(tab)
    expect(tab.locator("input[type=file]")).to_have_count(1, timeout=30_000)
