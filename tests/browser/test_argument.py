"""What a team reads of a target and of the method in a real browser: the card, the kinds, the profiles, whom to look after, how right it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browsing import settled
from playwright.sync_api import Page, expect
from test_walk import CJK, HERE, THERE, pick, shown_firms

from chaingraph.figures import one_in, shipped

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Visit = Callable[..., Page]
PACKED = {"region": "370200", "chain": "integrated-circuit"}
CHANCE = {
    "zh": r"每 1 万家有约 \d+ 家在五年内来了",
    "en": r"Of 10,000 firms scored like this one, about \d+ came within five years",
}
SIDES = {
    "zh": ("他为什么会来", "为什么不来", "对手城市", "先弄清什么", "以商引商：可先问谁", "一起招更值", "还不知道"),
    "en": (
        "Why it would come",
        "Why it would not",
        "Rival city",
        "What to settle first",
        "Whom to ask here first",
        "Worth more together",
        "Not known",
    ),
}
"""What a card says of a firm with everything to be said of it."""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_card_says_how_likely_how_sure_who_else_and_what_to_do(visit: Visit, lang: str) -> None:
    tab = visit("targets", **PACKED, lang=lang)
    card = tab.locator(".st-key-card")
    expect(card).to_contain_text(re.compile(CHANCE[lang]))
    expect(card).to_contain_text(re.compile(r"稳定度 \d+%" if lang == "zh" else r"stability \d+%"))
    said = dict(zip(card.locator(".side h4").all_inner_texts(), card.locator(".side").all_inner_texts(), strict=True))
    assert tuple(said) == SIDES[lang]
    assert all(len(text) > len(title) + 3 for title, text in said.items())
    together = tab.get_by_text("一起招更值：" if lang == "zh" else "Worth more together:")
    expect(together.first).to_be_visible()


def test_a_card_names_others_for_the_same_gap(visit: Visit) -> None:
    tab = visit("targets", **THERE)
    expect(tab.locator(".st-key-card")).to_contain_text(re.compile(r"同一缺口的其他选择：\S+（\d+\.\d）"))


def test_the_kind_narrows_the_list_to_firms_of_that_kind(visit: Visit) -> None:
    tab = visit("targets", **THERE)
    every = shown_firms(tab)
    for kind, word in (("expander", "扩张型"), ("newcomer", "首次外迁型")):
        narrowed = visit("targets", **THERE, mover=kind)
        rows = narrowed.locator("table[aria-label=目标企业] tbody tr")
        assert rows.count() > 0
        assert all(word in text for text in rows.all_inner_texts())
        assert shown_firms(narrowed) != every


def test_a_profile_is_chosen_and_only_the_learned_one_says_how_likely(visit: Visit) -> None:
    tab = visit("targets", **THERE)
    learned, card = tab.locator("table[aria-label=目标企业]").inner_text(), tab.locator(".st-key-card")
    expect(card).to_contain_text(re.compile(CHANCE["zh"]))
    tab.get_by_role("button", name="权重").click()
    tab.get_by_role("radio", name="手定权重").click()
    settled(tab)
    expect(tab).to_have_url(re.compile(r"[?&]profile=hand-set(&|$)"), timeout=30_000)
    assert tab.locator("table[aria-label=目标企业]").inner_text() != learned
    expect(card).not_to_contain_text("五年内来了")
    expect(card).to_contain_text(re.compile(r"稳定度 \d+%"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_own_firms_at_risk_are_a_caution_with_what_would_keep_them(visit: Visit, lang: str) -> None:
    tab = visit("targets", **HERE, show="retention", lang=lang)
    warning = "不是对企业的预测" if lang == "zh" else "not a prediction about a firm"
    expect(tab.locator("[data-testid=stAlert]").first).to_contain_text(warning)
    rows = tab.locator("table tbody tr")
    points = [float(row.locator("td.num").nth(1).inner_text()) for row in rows.all()]
    assert points == sorted(points, reverse=True)
    assert all(row.locator("td").last.inner_text().strip() for row in rows.all())
    assert all(row.locator("td").nth(3).inner_text().strip() for row in rows.all())
    assert bool(CJK.search(tab.locator("[data-testid=stCaptionContainer]").first.inner_text())) is (lang == "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_how_right_it_is_stands_in_words_first(visit: Visit, lang: str) -> None:
    tab = visit("data", show="accuracy", lang=lang)
    ours = next(r for r in shipped()["profile"]["ranked_by"] if r["group"] == "learned")
    told = one_in(ours["hit@10"]["value"])
    expect(tab.locator("h4").first).to_contain_text(told if lang == "zh" else told.en)
    bars = tab.get_by_role("img", name="各种排法找到的真实落户" if lang == "zh" else "Arrivals found by each way of ranking")
    expect(bars).to_contain_text(f"{'学习权重' if lang == 'zh' else 'learned weights'} {ours['hit@10']['value']:.0%}")
    before = bars.text_content()
    tab.get_by_role("radio", name="前 50 名" if lang == "zh" else "first 50").click()
    expect(tab).to_have_url(re.compile(r"[?&]measure=hit(@|%40)50(&|$)"), timeout=30_000)
    settled(tab)
    assert bars.text_content() != before


def test_a_firm_picked_on_a_narrow_screen_shows_its_card_beneath_the_list(visit: Visit) -> None:
    tab = visit("targets", width=768, **THERE)
    pick(tab, shown_firms(tab)[1])
    listed, card = tab.locator(".st-key-targets-side").bounding_box(), tab.locator(".st-key-card").bounding_box()
    assert listed
    assert card
    assert listed["height"] < 900
    assert card["y"] >= listed["y"] + listed["height"]
    table = tab.locator("table[aria-label=目标企业]")
    assert table.evaluate("t => t.offsetWidth <= t.closest('.cg').clientWidth + 1"), "a column is out of sight"
