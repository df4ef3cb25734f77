"""The inward map, read as XML: unknown is not zero, every area has its name and number, nothing overlaps."""

from __future__ import annotations

import math

import pytest
from planted_maps import counties, whole
from svg_reading import SVG, groups, lines_of, parsed, text_boxes, texts

from chaingraph.errors import ChaingraphError
from chaingraph.mapping.spacing import covers
from chaingraph.palette import LANDS, PALETTES, SEQUENTIAL, ZERO


def test_unknown_is_hatched_and_zero_is_not(shipped):
    values = {"331002": 12.0, "331003": 0.0, "331004": math.nan}
    root = parsed(counties(shipped, values, known=["331002", "331022"]))
    areas = {g.get("data-id"): g for g in groups(root, "area")}
    assert set(areas) == set(shipped.counties_of("331000"))
    hatched = {code for code, g in areas.items() if any(p.get("class") == "cg-hatch" for p in g)}
    assert hatched == set(areas) - {"331002", "331003", "331022"}
    fill = {code: g[0].get("fill") for code, g in areas.items()}
    assert fill["331003"] == fill["331022"] == ZERO["light"].fill
    assert fill["331002"] in {grade.fill for grade in SEQUENTIAL["light"]}
    assert {fill[code] for code in hatched} & {fill["331002"], fill["331003"]} == set()
    assert areas["331022"].get("aria-label") == "三门县：0 · 登记企业（家）"
    assert areas["331004"].get("aria-label") == "路桥区：不详 · 登记企业（家）"


def test_without_a_word_of_what_is_known_nothing_is_zero(shipped):
    root = parsed(counties(shipped, {"331002": 12.0}))
    assert "0" not in texts(root)
    assert sum(any(p.get("class") == "cg-hatch" for p in g) for g in groups(root, "area")) == 8


def test_more_is_darker_on_light_and_lighter_on_dark(shipped):
    codes = sorted(shipped.counties_of("331000"))
    values = {code: 10.0**i for i, code in enumerate(codes[:5])}
    for scheme in ("light", "dark"):
        root = parsed(counties(shipped, values, scheme=scheme))
        fills = [g[0].get("fill") for g in groups(root, "area") if g.get("data-id") in values]
        assert fills == [grade.fill for grade in SEQUENTIAL[scheme]]
        light = list(map(luminance, fills))
        assert light == sorted(light, reverse=scheme == "light")


def luminance(colour) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_are_readable_on_every_colour(scheme):
    for grade in (*SEQUENTIAL[scheme], ZERO[scheme]):
        one, other = sorted((luminance(grade.fill), luminance(grade.ink)))
        assert (other + 0.05) / (one + 0.05) >= 4.5, grade
    one, other = sorted((luminance(LANDS[scheme].home), luminance(PALETTES[scheme].surface)))
    assert (other + 0.05) / (one + 0.05) >= 4.5


def test_the_legend_names_every_class_that_occurs_and_no_other(shipped):
    root = parsed(counties(shipped, {"331002": 3.0, "331003": 40.0, "331004": 0.0}))
    assert {"3–39", "40", "0", "不详", "登记企业（家）"} <= set(texts(root))
    root = parsed(counties(shipped, dict.fromkeys(shipped.counties_of("331000"), 7.0)))
    assert "7" in texts(root)
    assert not {"0", "不详"} & set(texts(root))


def test_each_county_has_its_name_and_number_inside_it(shipped):
    values = {code: 100.0 + i for i, code in enumerate(sorted(shipped.counties_of("331000")))}
    root = parsed(counties(shipped, values))
    boxes = text_boxes(root)
    for g in groups(root, "area"):
        code = g.get("data-id")
        name = shipped.called(code)
        shape = lines_of(g[0].get("d"))
        for words in (name, f"{values[code]:.0f}"):
            assert all(covers(shape, x, y) for x, y in boxes[words].points()), (name, words)


def test_counties_too_small_for_words_are_named_beside_the_land(shipped):
    """市南, 市北 and 李沧 of Qingdao."""
    values = dict.fromkeys(shipped.counties_of("370200"), 12.0)
    root = parsed(counties(shipped, values, home="370200"))
    boxes = text_boxes(root)
    land = [lines_of(g[0].get("d")) for g in groups(root, "area")]
    beside = [words for words in boxes if words.endswith(" 12")]
    assert {"市南 12", "市北 12", "李沧 12"} <= set(beside)
    for words in beside:
        assert not any(covers(shape, x, y) for shape in land for x, y in boxes[words].points()), words


@pytest.mark.parametrize("home", ["331000", "340881", "340600", "441200", "370200"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_words_on_a_map_of_counties_do_not_overlap(shipped, home, lang):
    values = {code: 1000.0 + i for i, code in enumerate(sorted(shipped.counties_of(home)))}
    root = parsed(counties(shipped, values, home=home, lang=lang))
    boxes = list(text_boxes(root).items())
    clashes = [(a, b) for i, (a, one) in enumerate(boxes) for b, other in boxes[i + 1 :] if one.meets(other)]
    assert clashes == []


def test_home_and_the_area_chosen_are_outlined_above_all_others(shipped):
    root = parsed(counties(shipped, {"340802": 1.0}, home="340881", selected="340822"))
    areas = {g.get("data-id"): g[0].get("d") for g in groups(root, "area")}
    lines = {p.get("stroke"): p.get("d") for p in root.iter(f"{SVG}path") if p.get("fill") == "none" and "l" in p.get("d")}
    assert lines[LANDS["light"].home] == areas["340881"]
    assert lines[PALETTES["light"].ink] == areas["340822"]
    pressed = [g.get("data-id") for g in groups(root, "area") if g.get("aria-pressed") == "true"]
    assert pressed == ["340822"]


def test_prefectures_of_the_province_are_shown_with_home_outlined(shipped):
    root = parsed(counties(shipped, {"330100": 5.0}, level="prefecture", home="331002"))
    assert {g.get("data-id") for g in groups(root, "area")} == {f"33{i:02}00" for i in range(1, 12)}
    areas = {g.get("data-id"): g[0].get("d") for g in groups(root, "area")}
    assert areas["331000"] in [p.get("d") for p in root.iter(f"{SVG}path") if p.get("stroke") == LANDS["light"].home]


def test_a_city_without_boundaries_of_its_counties_says_so_and_shows_no_number(shipped):
    root = parsed(counties(shipped, {"330203": 77.0}, home="330200"))
    assert "没有本市各区县的边界，数字见表" in texts(root)
    assert groups(root, "area") == []
    assert not any("77" in words for words in texts(root))


def test_a_region_nobody_knows_is_an_error(shipped):
    with pytest.raises(ChaingraphError, match="no boundaries for region '999999'"):
        counties(shipped, {}, home="999999")


def test_the_nation_by_prefecture_can_be_hovered_but_is_not_a_walk_of_hundreds_of_buttons(shipped):
    root = parsed(whole(shipped, {"310000": 40.0}, known=["110000"]))
    tips = {g.get("data-tip") for g in groups(root, "land")}
    assert {"上海市：40%", "北京市：0%", "台湾省：不详 · %"} <= tips
    assert len(tips) == sum(bool(shape.rings) for shape in shipped.prefectures.values())
    assert [e for e in root.iter() if e.get("tabindex")] == []


def test_amounts_without_a_place_on_the_map_are_named_under_it(shipped):
    words = texts(parsed(whole(shipped, {"659010": 3.0, "460300": 1.0, "310000": 2.0})))
    assert "不在图上：三沙 1、胡杨河 3" in words
