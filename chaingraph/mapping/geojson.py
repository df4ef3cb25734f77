"""A GeoJSON file of somebody's own → shapes of known regions, or all its problems at once."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaingraph.checks import MAX_SAME, limited
from chaingraph.errors import DataError, Problem, did_you_mean, nearest
from chaingraph.region_names import short_region_name

Floats = NDArray[np.float64]

EXTENT = (70.0, 0.0, 140.0, 56.0)
"""West, south, east and north of all that is drawn, in degrees."""
NATION = "100000"
SEA_NAMES = frozenset(("南海诸岛", "九段线", "十段线", "南海断续线"))
"""Features that are no region but what an inset shows; ours is drawn in any case."""
LARGEST = 64 * 1024 * 1024
"""Bytes beyond which a file is not read."""


@dataclass(frozen=True, eq=False)
class Shape:
    """The outline of a region."""

    region_code: str
    name_zh: str
    rings: tuple[Floats, ...]
    """Closed lines of points × (longitude, latitude) in degrees, islands and holes alike: inside is told by the even-odd rule."""
    seat: tuple[float, float] | None = None
    """Longitude and latitude of the seat of government, None where it is not known."""
    origin_id: str = ""


@dataclass(frozen=True)
class Given:
    """What a file of somebody's own gives."""

    shapes: dict[str, Shape]
    passed_over: tuple[str, ...]
    """Names of features that are no region and are drawn from our own data."""


def read_shapes(path: Path, names: Mapping[str, str]) -> Given:
    """Read a FeatureCollection whose features are known regions: `names` maps region_code to name.

    A feature says which region it is by `region_code`, `adcode` or `name`. Raises `DataError` with all problems of the file.
    """
    features, problems = _features(path)
    by_name = _by_name(names)
    shapes: dict[str, Shape] = {}
    passed_over: list[str] = []
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        properties = properties if isinstance(properties, dict) else {}
        said = str(properties.get("name") or properties.get("region_code") or properties.get("adcode") or "?")
        where = f"features {number} ({said})"
        if said in SEA_NAMES or str(properties.get("adcode", "")).startswith(NATION):
            passed_over.append(said)
            continue
        # Looking for likely names among thousands takes time, and after so many nobody reads them.
        code, found = _region(properties, names, by_name, names.values() if len(problems) < MAX_SAME else ())
        rings, more = _rings(feature.get("geometry") if isinstance(feature, dict) else None)
        if code in shapes:
            found.append(("duplicate-key", f"{names[code]} a second time", "each region once", "Join the two into one feature."))
        problems += [Problem(path.name, where, *told) for told in [*found, *more]]
        if code and not found:
            shapes[code] = Shape(code, names[code], rings)
    if not problems and not shapes:
        problems.append(
            Problem(path.name, "features", "no-region", "no known region", "a region in each feature", "Is it a map of China?")
        )
    if problems:
        raise DataError([*limited(problems)])
    return Given(shapes, tuple(passed_over))


_Told = tuple[str, str, str, str]
"""Kind, found, expected, remedy of a problem."""


def _features(path: Path) -> tuple[list[Any], list[Problem]]:
    def broken(found: str, expected: str, remedy: str) -> tuple[list[Any], list[Problem]]:
        return [], [Problem(path.name, "file", "unreadable", found, expected, remedy)]

    try:
        if path.stat().st_size > LARGEST:
            return broken("more than 64 MB", "a smaller file", "Simplify the borders.")
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return broken(error.strerror or type(error).__name__, "a file", "Give the path of a GeoJSON file.")
    except UnicodeDecodeError:
        return broken("bytes that are not UTF-8", "text in UTF-8", "Save it again as UTF-8.")
    except RecursionError:
        return broken("brackets nested too deep", "GeoJSON", "Is it a map?")
    except ValueError as error:
        return broken(f"no JSON ({error})", "GeoJSON", "Is it the right file?")
    kind = content.get("type") if isinstance(content, dict) else type(content).__name__
    if kind != "FeatureCollection":
        remedy = "Convert the TopoJSON to GeoJSON." if kind == "Topology" else "Put the features into a FeatureCollection."
        return broken(f"type {kind!r}", "a FeatureCollection", remedy)
    features = content.get("features")
    if not isinstance(features, list) or not features:
        return broken("no features", "a feature for each region", "Is it the right file?")
    return features, []


def _by_name(names: Mapping[str, str]) -> dict[str, list[str]]:
    """Return name, whole and in short → region codes."""
    found: dict[str, list[str]] = {}
    for code, name in names.items():
        for spelt in {name, short_region_name(name)}:
            found.setdefault(spelt, []).append(code)
    return found


def _region(
    properties: Mapping[str, Any], names: Mapping[str, str], by_name: Mapping[str, list[str]], likely: Collection[str]
) -> tuple[str, list[_Told]]:
    """Return the region code that the properties of a feature mean; or "" and why there is none, with a likely name."""
    code = next((str(properties[key]).strip() for key in ("region_code", "adcode") if properties.get(key) is not None), "")
    # Codes of statistics have twelve digits; those of regions end in zeros.
    code = code[:6] if len(code) == 12 and code.endswith("000000") else code
    name = str(properties.get("name") or properties.get("name_zh") or "").strip()
    if code in names:
        return code, []
    if code:
        remedy = did_you_mean(nearest(name, likely)) if name else ""
        expected = "a region code of GB/T 2260, six digits"
        return "", [("unknown-region", repr(code), expected, remedy or "Give today's code.")]
    alike = by_name.get(name, [])
    if len(alike) == 1:
        return alike[0], []
    if alike:
        return "", [("unclear-region", f"{name!r}, which {' and '.join(alike)} are called", "one region", "Give region_code.")]
    if name:
        remedy = did_you_mean(nearest(name, likely)) or "Give region_code."
        return "", [("unknown-region", repr(name), "the name of a region", remedy)]
    return "", [("no-region", "no region_code, adcode or name", "which region it is", "Add region_code to its properties.")]


def _rings(geometry: object) -> tuple[tuple[Floats, ...], list[_Told]]:
    """Return the rings of a geometry, or why there are none."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        return (), [("wrong-shape", repr(kind), "a Polygon or MultiPolygon", "Leave it out, or close its lines.")]
    polygons = geometry.get("coordinates") if kind == "MultiPolygon" else [geometry.get("coordinates")]
    try:
        rings = [_ring(ring) for polygon in _listed(polygons) for ring in _listed(polygon)]
    except ValueError as error:
        return (), [("wrong-shape", str(error), "rings of [longitude, latitude]", "Export it again.")]
    if not rings:
        return (), [("wrong-shape", "no points", "at least one ring", "Leave it out.")]
    west, south = np.min([ring.min(axis=0) for ring in rings], axis=0)
    east, north = np.max([ring.max(axis=0) for ring in rings], axis=0)
    if west < EXTENT[0] or south < EXTENT[1] or east > EXTENT[2] or north > EXTENT[3]:
        found = f"points from {west:g}, {south:g} to {east:g}, {north:g}"
        remedy = "Are longitude and latitude swapped, or is it a projected map? Export it in degrees (WGS 84)."
        return (), [("out-of-range", found, "longitude 70–140, latitude 0–56 in degrees", remedy)]
    return tuple(rings), []


def _ring(points: object) -> Floats:
    """Return one ring, closed."""
    pairs = [tuple(_numbers(point))[:2] for point in _listed(points)]
    if pairs and pairs[0] != pairs[-1]:
        pairs.append(pairs[0])
    if len(pairs) < 4:
        raise ValueError(f"a ring of {max(len(pairs) - 1, 0)} points")
    return np.array(pairs, dtype=float)


def _numbers(point: object) -> Iterator[float]:
    members = _listed(point)
    if len(members) < 2:
        raise ValueError(f"the point {members!r}")
    for member in members:
        if isinstance(member, bool) or not isinstance(member, int | float) or abs(member) > 1e9 or math.isnan(member):
            raise ValueError(f"{str(member)[:40]!r} for a number")
        yield float(member)


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{str(value)[:40]!r} for a list")  # noqa: TRY004 - one kind of error for all of a bad shape
    return value
