"""The boundaries that maps are drawn with: the shipped ones, or a user's own above them."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from chaingraph.errors import ChaingraphError
from chaingraph.mapping.geojson import Floats, Given, Shape, read_shapes
from chaingraph.phrases import Phrase, joined
from chaingraph.region_names import english_region_name, short_region_name

MAPS = Path(__file__).resolve().parents[2] / "data" / "maps"
TAIWAN = "710000"
NOTE = Phrase("示意图，非标准地图", "Schematic, not an official map")


@dataclass(frozen=True, eq=False)
class Boundaries:
    """Outlines of provinces, prefectures and some counties, by region code, with what they come from.

    A municipality (北京) is both a province and a prefecture.
    """

    provinces: Mapping[str, Shape]
    prefectures: Mapping[str, Shape]
    counties: Mapping[str, Shape]
    islands: Floats
    """Islands of the South China Sea, points × (longitude, latitude) in degrees."""
    dashes: tuple[Floats, ...]
    """The dashed line of the South China Sea, dash by dash."""
    sources: Mapping[str, str]
    """Origin of shapes → who published them."""
    note: Phrase = NOTE
    replaced: frozenset[str] = frozenset()
    """Regions whose shapes are the user's own."""
    remarks: tuple[Phrase, ...] = ()
    """What of a file of the user's own was taken, and what was not."""

    def source(self, *levels: Mapping[str, Shape]) -> Phrase:
        """Return the line that says where the shapes of some levels come from."""
        origins = dict.fromkeys(shape.origin_id for level in levels for shape in level.values() if shape.rings)
        names = [self.sources[origin] for origin in sorted(origins, key=list(self.sources).index)]
        return Phrase("边界：", "Boundaries: ") + joined(names, "；", "; ")

    def counties_of(self, region_code: str) -> dict[str, Shape]:
        """Return the shapes of the counties of a prefecture, or of the one a county lies in; empty where there are none."""
        # The counties of a municipality stand directly under it: 浦东 310115 of 上海 310000.
        above = region_code[:2] if self.prefecture_of(region_code).endswith("0000") else region_code[:4]
        return {code: shape for code, shape in self.counties.items() if code.startswith(above) and shape.rings}

    def prefectures_of(self, region_code: str) -> dict[str, Shape]:
        """Return the shapes of all prefectures of the province that a region lies in."""
        return {code: shape for code, shape in self.prefectures.items() if code[:2] == region_code[:2] and shape.rings}

    def prefecture_of(self, region_code: str) -> str:
        """Return the prefecture or municipality that a region lies in, itself if it is one, "" if it is neither here."""
        tried = (region_code, f"{region_code[:4]}00", f"{region_code[:2]}0000")
        return next((code for code in tried if code in self.prefectures), "")

    def seat(self, region_code: str) -> tuple[float, float] | None:
        """Return longitude and latitude of a region's seat, of its prefecture's where its own is not known, or None."""
        tried = (region_code, self.prefecture_of(region_code))
        return next((self._seats[code] for code in tried if code in self._seats), None)

    @cached_property
    def _seats(self) -> dict[str, tuple[float, float]]:
        levels = (self.counties, self.prefectures, self.provinces)
        return {code: shape.seat for level in levels for code, shape in level.items() if shape.seat}

    def called(self, region_code: str, lang: str = "zh") -> str:
        """Return the name of a region as it stands on a map; its code where it is not known."""
        levels = (self.counties, self.prefectures, self.provinces)
        found = next((level[region_code].name_zh for level in levels if region_code in level), region_code)
        return name_on_map(found, lang)


def name_on_map(name_zh: str, lang: str = "zh") -> str:
    """Return the name of a region in short.

    >>> name_on_map("椒江区"), name_on_map("椒江区", "en")
    ('椒江', 'Jiaojiang')
    """
    short = short_region_name(name_zh)
    return english_region_name(short) if lang == "en" else short


def load_boundaries(folder: Path = MAPS, replacement: Path | None = None) -> Boundaries:
    """Read the shipped boundaries; those of `replacement`, a GeoJSON file, take the place of ours, region by region.

    Its features may be provinces, prefectures and counties of any city. Where it leaves out 台湾 ours is drawn, and the islands
    of the South China Sea are drawn from ours in any case; `remarks` says so. Raises `DataError` with all problems of the file.
    """
    provinces, prefectures, counties = (_shapes(folder / f"{name}.geojson") for name in ("provinces", "prefectures", "counties"))
    sea = _features(folder / "south-china-sea.geojson")
    islands = [f["geometry"]["coordinates"] for f in sea if f["properties"]["kind"] == "islands"]
    dashes = [f["geometry"]["coordinates"] for f in sea if f["properties"]["kind"] == "dashes"]
    passport = _text(folder / "origin.toml")
    bounds = Boundaries(
        provinces,
        prefectures,
        counties,
        islands=np.array([point for group in islands for point in group], dtype=float),
        dashes=tuple(np.array(dash, dtype=float) for line in dashes for dash in line),
        sources={o["origin_id"]: f"{o['publisher']}, {o['licence']}" for o in tomllib.loads(passport)["origins"]},
    )
    if replacement is None:
        return bounds
    regions = _regions(folder.parent / "reference" / "regions.csv")
    names = {code: shape.name_zh for level in (provinces, prefectures, counties) for code, shape in level.items()}
    given = read_shapes(replacement, names | {code: name for code, (name, _) in regions.items()})
    return _replaced(bounds, given, replacement.name, {code: seat for code, (_, seat) in regions.items() if seat})


def _replaced(bounds: Boundaries, given: Given, file: str, seats: Mapping[str, tuple[float, float]]) -> Boundaries:
    mine = {
        code: replace(shape, seat=seats.get(code) or bounds.seat(code), origin_id=file) for code, shape in given.shapes.items()
    }
    provinces = {code: shape for code, shape in mine.items() if code in bounds.provinces}
    prefectures = {code: shape for code, shape in mine.items() if code in bounds.prefectures}
    counties = {code: shape for code, shape in mine.items() if code not in bounds.provinces and code not in bounds.prefectures}
    remarks = [Phrase(f"{len(mine)} 个地区按 {file} 绘制", f"{len(mine)} regions are drawn from {file}")]
    if (provinces or prefectures) and TAIWAN not in mine:
        remarks.append(Phrase(f"{file} 没有台湾省，按自带边界绘制", f"{file} has no Taiwan: drawn from the shipped boundaries"))
    if given.passed_over:
        passed = "、".join(dict.fromkeys(given.passed_over))
        remarks.append(
            Phrase(
                f"{file} 的“{passed}”未用，南海诸岛按自带位置绘制",
                f"“{passed}” of {file} is not used: the South China Sea is ours",
            )
        )
    return replace(
        bounds,
        provinces={**bounds.provinces, **provinces},
        prefectures={**bounds.prefectures, **prefectures},
        counties={**bounds.counties, **counties},
        sources={file: file, **bounds.sources},
        replaced=frozenset(mine),
        remarks=tuple(remarks),
    )


def _shapes(path: Path) -> dict[str, Shape]:
    return {f["properties"]["region_code"]: _shape(f) for f in _features(path)}


def _shape(feature: Mapping[str, Any]) -> Shape:
    p, geometry = feature["properties"], feature["geometry"]
    rings = tuple(_ring(ring) for polygon in geometry["coordinates"] for ring in polygon) if geometry else ()
    seat = (p["seat"][0], p["seat"][1]) if p["seat"] else None
    return Shape(p["region_code"], p["name_zh"], rings, seat, p["origin_id"])


def _ring(points: list[list[float]]) -> Floats:
    return np.fromiter(chain.from_iterable(points), dtype=float, count=2 * len(points)).reshape(-1, 2)


def _features(path: Path) -> list[Any]:
    try:
        features: list[Any] = json.loads(_text(path))["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise ChaingraphError(f"'{path}' is no map: restore it, or rebuild with `chaingraph data build`") from error
    return features


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ChaingraphError(f"no file '{path}': restore it, or rebuild with `chaingraph data build`") from error


def _regions(path: Path) -> dict[str, tuple[str, tuple[float, float] | None]]:
    """Return name and seat of all regions, so that a file may bring counties that the shipped boundaries do not have."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as source:
        return {
            row["region_code"]: (
                row["name_zh"],
                (float(row["longitude_deg"]), float(row["latitude_deg"])) if row["longitude_deg"] else None,
            )
            for row in csv.DictReader(source)
        }
