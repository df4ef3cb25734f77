"""Boundaries: arcs that neighbours share, seams that are closed, and what is shipped of them."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.seams import closed
from ingest.sources.boundaries import COARSE, FILES, FINE, NO_SHAPE, PROVINCE_TOLERANCE
from ingest.topology import arcs, area, border, is_inside, joined, rings, simplified, simplify

DATA = Path(__file__).resolve().parents[2] / "data"
CELL = 20
"""Grid steps of a cell in planted coverages."""


def square(x, y, side=10):
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


def covered(polygons) -> float:
    """Area of polygons: shells less their holes."""
    return sum(area(ring) * (1 if i == 0 else -1) for polygon in polygons for i, ring in enumerate(polygon))


def owners(shapes) -> Counter:
    """How many areas have each drawn edge."""
    found = Counter()
    for polygons in shapes.values():
        found.update(border([ring[:-1] for polygon in polygons for ring in polygon]))
    return found


# --- arcs ------------------------------------------------------------------------------------------------------------


def test_a_border_is_what_is_drawn_once():
    assert border([square(0, 0), [*square(0, 0), (0, 0)]]) == frozenset()
    assert len(border([square(0, 0)])) == 4
    assert joined([border([square(0, 0)]), border([square(10, 0)])]) == border(
        [[(0, 0), (10, 0), (20, 0), (20, 10), (10, 10), (0, 10)]]
    )


def test_two_squares_side_by_side_are_three_arcs():
    found = arcs({"left": border([square(0, 0)]), "right": border([square(10, 0)])})
    assert sorted(sorted(arc.owners) for arc in found) == [["left"], ["left", "right"], ["right"]]
    (shared,) = [arc for arc in found if len(arc.owners) == 2]
    assert sorted(shared.points) == [(10, 0), (10, 10)]


def test_an_island_is_one_closed_arc():
    (arc,) = arcs({"island": border([square(0, 0)])})
    assert arc.points[0] == arc.points[-1]
    assert set(arc.points) == set(square(0, 0))


@pytest.mark.parametrize(
    ("tolerance", "kept"),
    [(0.9, [(0, 0), (2, 1), (4, 0), (6, 5), (8, 0)]), (1.0, [(0, 0), (4, 0), (6, 5), (8, 0)]), (6.0, [(0, 0), (8, 0)])],
)
def test_points_farther_than_the_tolerance_are_kept(tolerance, kept):
    assert simplify([(0, 0), (2, 1), (4, 0), (6, 5), (8, 0)], tolerance) == kept


def test_a_closed_line_keeps_three_corners_at_any_tolerance():
    ring = [*square(0, 0, 4), (0, 0)]
    assert len(set(simplify(ring, 1000.0))) >= 3


def test_what_lies_between_two_arcs_of_the_same_ends_does_not_vanish():
    """A sliver between two neighbours, thinner than the tolerance."""
    sliver = [(0, 0), (50, 3), (100, 0), (50, -3)]
    upper = [(0, 0), (50, 3), (100, 0), (100, 50), (0, 50)]
    lower = [(0, 0), (50, -3), (100, 0), (100, -50), (0, -50)]
    shapes = simplified({n: border([r]) for n, r in {"sliver": sliver, "upper": upper, "lower": lower}.items()}, 5.0)
    assert covered(shapes["sliver"]) > 0
    assert max(owners(shapes).values()) == 2


def test_a_ring_that_touches_itself_becomes_two():
    found = rings(sorted(border([square(0, 0), square(10, 10)])))
    assert sorted(area(ring) for ring in found) == [100, 100]


def test_holes_and_islands_in_holes_are_told_apart():
    lines = [square(0, 0, 100), square(20, 20, 50), square(40, 40, 10)]
    shapes = simplified({"a": border(lines)}, 0.0)
    assert [len(polygon) for polygon in shapes["a"]] == [2, 1]
    assert covered(shapes["a"]) == 100**2 - 50**2 + 10**2


@st.composite
def coverages(draw):
    """A grid of cells, each of one of four areas, or of none (the sea)."""
    size = draw(st.integers(2, 5))
    return size, draw(st.lists(st.sampled_from(["a", "b", "c", "d", ""]), min_size=size**2, max_size=size**2))


def laid(size, labels, shift=None):
    """Return the rings of each area of a coverage: its cells, side by side, points moved by `shift`."""
    moved = shift or (lambda _name, point: point)
    areas = {}
    for i, name in enumerate(labels):
        if name:
            cell = border([square(i % size * CELL, i // size * CELL, CELL)])
            areas[name] = areas.get(name, frozenset()) ^ cell
    return {name: [[moved(name, p) for p in ring[:-1]] for ring in rings(sorted(edges))] for name, edges in areas.items()}


@given(coverages(), st.sampled_from([0.0, 3.0, 15.0]))
def test_neighbours_share_every_edge_after_simplification(coverage, tolerance):
    shapes = simplified({name: border(own) for name, own in laid(*coverage).items()}, tolerance)
    whole = joined(border([r[:-1] for polygon in polygons for r in polygon]) for polygons in shapes.values())
    found = owners(shapes)
    assert set(found.values()) <= {1, 2}
    assert whole == {edge for edge, n in found.items() if n == 1}


@given(coverages())
def test_nothing_is_lost_where_nothing_is_simplified(coverage):
    shapes = simplified({name: border(own) for name, own in laid(*coverage).items()}, 0.0)
    cells = Counter(name for name in coverage[1] if name)
    assert {name: covered(polygons) for name, polygons in shapes.items()} == {n: k * CELL**2 for n, k in cells.items()}


# --- seams -----------------------------------------------------------------------------------------------------------


def holes(borders) -> list:
    """Rings of the whole that enclose what no area has, by the polygons of the whole."""
    (whole,) = simplified({"whole": joined(borders.values())}, 0.0).values()
    return [ring for polygon in whole for ring in polygon[1:]]


@pytest.mark.parametrize("seam", [-1, 1, 2], ids=["overlap", "gap", "wider gap"])
def test_a_seam_between_two_neighbours_is_closed(seam):
    left = [(0, 0), (100, 0), (100, 30), (101, 60), (100, 100), (0, 100)]
    right = [(100 + seam, 0), (200, 0), (200, 100), (100 + seam, 100), (100 + seam, 45)]
    borders = closed({"left": [left], "right": [right]}, 3.0, 0.0)
    count = Counter(edge for own in borders.values() for edge in own)
    assert set(count.values()) == {1, 2}
    assert holes(borders) == []
    total = sum(area(ring) for own in borders.values() for ring in rings(sorted(own)))
    assert total == pytest.approx(20_000, abs=250)


def test_a_neighbours_point_on_an_edge_is_put_into_it():
    borders = closed({"left": [square(0, 0, 100)], "right": [[(100, 0), (200, 0), (200, 100), (100, 100), (101, 50)]]}, 2.0, 0.0)
    shared = borders["left"] & borders["right"]
    assert {point for edge in shared for point in edge} == {(100, 0), (101, 50), (100, 100)}


def test_a_wide_gap_between_areas_goes_to_one_of_them():
    """A lake that nobody was given: far wider than the reach."""
    parts = {"left": [[(0, 0), (50, 0), (50, 40), (30, 50), (50, 60), (50, 100), (0, 100)]]}
    parts["right"] = [[(50, 0), (100, 0), (100, 100), (50, 100), (50, 60), (60, 50), (50, 40)]]
    borders = closed(parts, 2.0, 0.0)
    assert holes(borders) == []
    assert joined(borders.values()) == border([[(0, 0), (50, 0), (100, 0), (100, 100), (50, 100), (0, 100)]])


def test_a_speck_of_one_area_inside_another_is_given_to_it_and_a_small_island_to_the_sea():
    around = [square(0, 0, 100), square(40, 40, 3)]
    other = [square(100, 0, 100), square(40, 40, 3), square(300, 300, 2)]
    borders = closed({"around": around, "other": other}, 1.0, 20.0)
    assert borders == {"around": border([square(0, 0, 100)]), "other": border([square(100, 0, 100)])}


def test_an_area_that_is_only_a_speck_stays():
    borders = closed({"dot": [square(0, 0, 2)], "other": [square(50, 0, 100)]}, 1.0, 20.0)
    assert borders["dot"] == border([square(0, 0, 2)])


@given(coverages(), st.integers(0, 2**30))
def test_areas_drawn_by_different_hands_share_their_borders_once_closed(coverage, seed):
    """Every corner of every area is moved by up to a step, for each area in its own way."""

    def shaky(name, point):
        noise = hash((ord(name), point, seed))
        return point[0] + noise % 3 - 1, point[1] + noise // 3 % 3 - 1

    borders = closed(laid(*coverage, shaky), 4.0, 0.0)
    count = Counter(edge for own in borders.values() for edge in own)
    assert set(count.values()) <= {1, 2}
    assert all(area(ring) >= CELL**2 * 0.6 for ring in holes(borders)), "only what was sea may be a hole"


# --- what is shipped -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> dict[str, dict[str, dict]]:
    """File → region code → feature."""
    read = {name: json.loads((DATA / f"maps/{name}.geojson").read_text(encoding="utf-8"))["features"] for name in FILES}
    return {name: {f["properties"]["region_code"]: f for f in features} for name, features in read.items()}


@pytest.fixture(scope="module")
def regions() -> pd.DataFrame:
    """The shipped regions."""
    return pd.read_csv(DATA / "reference/regions.csv", dtype="str", keep_default_na=False).set_index("region_code")


def grid(feature) -> list:
    """Rings of a feature on the grid of a thousandth of a degree, without the closing point."""
    polygons = feature["geometry"]["coordinates"] if feature["geometry"] else []
    return [[(round(x * 1000), round(y * 1000)) for x, y in ring[:-1]] for polygon in polygons for ring in polygon]


def test_every_prefecture_has_a_shape_or_is_named_with_the_reason(shipped, regions):
    upper = regions[regions["region_level"] != "county"]
    expected = set(upper.index) - set(upper["parent_code"])
    assert set(shipped["prefectures"]) == expected
    assert {"110000", "310000", "710000", "810000", "820000", "429004", "659001"} <= expected
    without = {code: f["properties"]["note"] for code, f in shipped["prefectures"].items() if not f["geometry"]}
    assert without == NO_SHAPE
    assert set(NO_SHAPE) == {"460300", "659008", "659009", "659010", "659011"}


def test_every_province_has_a_shape(shipped, regions):
    assert set(shipped["provinces"]) == set(regions.index[regions["region_level"] == "province"])
    assert all(f["geometry"] for f in shipped["provinces"].values())


def test_the_five_cities_have_the_shapes_of_all_their_counties(shipped, regions):
    cities = ["331000", "340800", "340600", "441200", "370200"]
    assert set(shipped["counties"]) == set(regions.index[regions["parent_code"].isin(cities)])
    names = {code: f["properties"]["name_zh"] for code, f in shipped["counties"].items()}
    assert (names["331083"], names["370215"], names["340882"], names["340881"]) == ("玉环市", "即墨区", "潜山市", "桐城市")


@pytest.mark.parametrize("name", FILES)
def test_shapes_are_valid_geojson_under_our_names(shipped, regions, name):
    for code, feature in shipped[name].items():
        p, geometry = feature["properties"], feature["geometry"]
        assert p["name_zh"] == regions.loc[code, "name_zh"]
        assert p["origin_id"] == ("county-boundaries" if name == "counties" else "boundaries")
        for ring in (ring for polygon in (geometry or {"coordinates": []})["coordinates"] for ring in polygon):
            assert ring[0] == ring[-1]
            assert len({tuple(point) for point in ring}) >= 3, code
            assert all(73 < lon < 136 and 3 < lat < 54 for lon, lat in ring)


def test_taiwan_is_shipped_with_its_islands(shipped):
    for name in ("provinces", "prefectures"):
        polygons = shipped[name]["710000"]["geometry"]["coordinates"]
        east = [min(lon for lon, _ in polygon[0]) for polygon in polygons]
        assert any(123.2 < lon < 123.7 for lon in east), "钓鱼岛"
        assert any(124.4 < lon < 124.8 for lon in east), "赤尾屿"
        assert any(lon < 119.7 for lon in east), "澎湖"


def test_the_south_china_sea_has_its_islands_and_ten_dashes(regions):
    features = json.loads((DATA / "maps/south-china-sea.geojson").read_text(encoding="utf-8"))["features"]
    (dashes,) = [f["geometry"]["coordinates"] for f in features if f["properties"]["kind"] == "dashes"]
    assert len(dashes) == 10
    groups = {f["properties"]["name_zh"]: f for f in features if f["properties"]["kind"] == "islands"}
    assert set(groups) == {"东沙群岛", "西沙群岛", "中沙群岛", "南沙群岛"}
    for name, feature in groups.items():
        code = feature["properties"].get("region_code")
        if code:
            assert regions.loc[code, "name_zh"].startswith(name)
            near = feature["geometry"]["coordinates"]
            lon, lat = float(regions.loc[code, "longitude_deg"]), float(regions.loc[code, "latitude_deg"])
            assert min(math.dist((lon, lat), point) for point in near) < 1.5


@pytest.mark.parametrize("name", ["prefectures", "counties"])
def test_shipped_neighbours_share_their_borders(shipped, name):
    """No edge has three areas, and nothing inside the whole belongs to nobody."""
    borders = {code: border(grid(f)) for code, f in shipped[name].items()}
    count = Counter(edge for own in borders.values() for edge in own)
    assert set(count.values()) == {1, 2}
    assert sum(n == 2 for n in count.values()) > (10_000 if name == "prefectures" else 900)
    assert [ring for ring in holes(borders) if area(ring) > 30] == [], "gaps of more than a third of a square kilometre"


def test_provinces_are_their_prefectures_put_together(shipped):
    inside = Counter()
    for code, feature in shipped["prefectures"].items():
        inside[f"{code[:2]}0000"] += sum(map(_signed, (feature["geometry"] or {"coordinates": []})["coordinates"]))
    for code, feature in shipped["provinces"].items():
        assert sum(map(_signed, feature["geometry"]["coordinates"])) == pytest.approx(inside[code], rel=0.03), code


def _signed(polygon) -> float:
    shell, *inner = (area([(round(x * 1000), round(y * 1000)) for x, y in ring]) for ring in polygon)
    return shell - sum(inner)


def test_seats_lie_in_the_shapes_of_their_regions(shipped):
    outside = []
    for name in FILES:
        for code, feature in shipped[name].items():
            seat = feature["properties"]["seat"]
            lines = [[*ring, ring[0]] for ring in grid(feature)]
            if seat and lines:
                starts = np.array([p for line in lines for p in line[:-1]], dtype=float)
                ends = np.array([p for line in lines for p in line[1:]], dtype=float)
                if not is_inside((seat[0] * 1000, seat[1] * 1000 + 0.5), starts, ends):
                    outside.append(code)
    assert outside == []


def test_all_maps_together_are_about_a_megabyte():
    assert sum(path.stat().st_size for path in (DATA / "maps").iterdir()) < 1_050_000


def test_the_passport_tells_how_far_borders_were_simplified():
    """Said in kilometres in origin.toml: a degree of latitude is 111 km."""
    passport = (DATA / "maps/origin.toml").read_text(encoding="utf-8")
    assert COARSE.tolerance / COARSE.per_degree * 111.2 == pytest.approx(2.0, abs=0.1)
    assert PROVINCE_TOLERANCE / COARSE.per_degree * 111.2 == pytest.approx(2.6, abs=0.1)
    assert FINE.tolerance / FINE.per_degree * 111.2 == pytest.approx(0.27, abs=0.03)
    for told in ("up to 2 km (prefectures) or 2.6 km (provinces)", "up to 300 m", "示意图，非标准地图"):
        assert told in passport
