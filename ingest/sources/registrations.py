"""Manufacturing registrations 1978–2019: repaired or rejected and counted; only counts and totals leave this module."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import polars as pl

from chaingraph.model import PERIODS, RegionLevel, Verdict
from ingest.linking import Lexicons, link
from ingest.report import Report, SourceReport
from ingest.sources import File, Source

ORIGIN = "registrations"
TABLE = File(
    "data/registrations/registrations.parquet", ("name", "uscc", "registered_on", "capital", "scope", "province", "city")
)
ROWS = Source("registrations", (ORIGIN,), (TABLE,), (640_000, 660_942))
LINKED = Source("registrations-linked", (ORIGIN,), (), (360_000, 520_000))
SOURCES = (ROWS, LINKED)
CNY_PER_UNIT = {
    "美": 6.9,
    "港": 0.88,
    "日": 0.063,
    "欧": 7.7,
    "英": 8.7,
    "澳": 4.7,
    "加": 5.2,
    "新加坡": 5.0,
    "德": 3.9,
    "瑞士": 6.9,
    "法国": 1.17,
}
"""Yuan per unit of the currency, averages of 2019; of currencies gone, the rate fixed against the euro. Declared, not exact."""
YUAN = r"^\d+(\.\d+)?[万元人民币()（）]*$"
"""Capital in yuan: a number and no other words than these; with any other word the currency is not known."""
MAX_CAPITAL_CNY = 3e11
SHIFTED = pl.col("city").str.contains(r"\d")
"""A row whose cells from the capital on stand one column too far to the right."""


@dataclass(frozen=True)
class Registrations:
    """Repaired rows (only inside the build) with region_code and period, and what was counted."""

    rows: pl.DataFrame
    """id, name, scope, region_code (county where the credit code tells it, else prefecture), year, period, capital_cny."""


def read(raw: Path, regions: pd.DataFrame, old_codes: dict[str, str], report: Report) -> Registrations:
    """Read, repair and place the registrations."""
    counts = ROWS.start(report)
    frame = pl.read_parquet(TABLE.at(raw))
    TABLE.check(frame.columns)
    counts.read = frame.height
    frame = frame.with_columns(pl.col("uscc").str.to_uppercase())
    unique = frame.unique(["name", "uscc", "registered_on"], keep="first", maintain_order=True)
    counts.rejected["same firm listed twice"] += frame.height - unique.height
    placed = _place(unique, regions, old_codes, counts)
    year = pl.col("registered_on").dt.year().cast(pl.Int64)
    period = pl.lit(None, pl.String)
    for name, first, last in PERIODS:
        period = pl.when(year.is_between(first, last)).then(pl.lit(name)).otherwise(period)
    rows = placed.with_row_index("id").with_columns(year.alias("year"), period.alias("period"), _capital().alias("capital_cny"))
    counts.kept = rows.height
    unknown = rows["capital_cny"].null_count()
    counts.notes.append(f"registered capital known for {rows.height - unknown} of {rows.height}")
    return Registrations(rows.select("id", "name", "scope", "region_code", "year", "period", "capital_cny"))


def _place(frame: pl.DataFrame, regions: pd.DataFrame, old_codes: dict[str, str], counts: SourceReport) -> pl.DataFrame:
    """Give every row its region: the prefecture by name, the county by the credit code when both agree.

    A row without a usable city (N/A, or a shifted row with the capital in it) is repaired from its credit code.
    """
    table = pl.from_pandas(regions[["region_code", "name_zh", "region_level", "parent_code"]].astype(object))
    level = dict(table.select("region_code", "region_level").iter_rows())
    parent = dict(table.select("region_code", "parent_code").iter_rows())

    def prefecture_of(code: str | None) -> str | None:
        if code is None:
            return None
        return parent[code] if level.get(code) == RegionLevel.COUNTY else code

    provinces = {
        name: code
        for code, name, kind in table.select("region_code", "name_zh", "region_level").iter_rows()
        if kind == RegionLevel.PROVINCE
    }
    short = {_short(name): code for name, code in provinces.items()}
    places: dict[tuple[str, str], str] = {}
    for code, name, kind in table.select("region_code", "name_zh", "region_level").sort("region_level").iter_rows():
        for alias in {name, _short(name), *_minority(name)}:
            key = (f"{code[:2]}0000", alias)
            if kind == RegionLevel.PREFECTURE or key not in places:
                places[key] = code
    city_rows = frame.select("province", "city").unique().iter_rows()
    by_city: dict[tuple[str, str], str | None] = {}
    for province, city in city_rows:
        province_code = short.get(province)
        found = places.get((province_code or "", city))
        if found is None and province_code in MUNICIPAL:
            found = province_code if city != "N/A" and not city[:1].isdigit() else None
        by_city[(province, city)] = found
    codes = frame["uscc"].str.slice(2, 6).unique().drop_nulls()
    by_uscc = {}
    for raw_code in codes:
        code = old_codes.get(raw_code, raw_code)
        by_uscc[raw_code] = code if code in level else (f"{code[:4]}00" if f"{code[:4]}00" in level else None)
    city_frame = pl.DataFrame(
        [(p, c, code) for (p, c), code in by_city.items()],
        schema=dict.fromkeys(("province", "city", "by_city"), pl.String),
        orient="row",
    )
    uscc_frame = pl.DataFrame(list(by_uscc.items()), schema=dict.fromkeys(("office", "by_uscc"), pl.String), orient="row")
    out = (
        frame.with_columns(pl.col("uscc").str.slice(2, 6).alias("office"))
        .join(city_frame, on=["province", "city"], how="left", maintain_order="left")
        .join(uscc_frame, on="office", how="left", maintain_order="left")
    )
    home = {code: prefecture_of(code) for code in level}
    out = out.with_columns(
        pl.col("by_city").replace_strict(home, default=None, return_dtype=pl.String).alias("home_city"),
        pl.col("by_uscc").replace_strict(home, default=None, return_dtype=pl.String).alias("home_uscc"),
    )
    agree = pl.col("home_city") == pl.col("home_uscc")
    specific = pl.when(pl.col("by_uscc") != pl.col("home_uscc")).then(pl.col("by_uscc")).otherwise(pl.col("by_city"))
    region = pl.when(pl.col("by_city").is_null()).then(pl.col("by_uscc")).when(agree).then(specific).otherwise(pl.col("by_city"))
    out = out.with_columns(region.alias("region_code"))
    counts.repaired["city from the credit code (N/A)"] += out.filter(
        pl.col("by_city").is_null() & pl.col("region_code").is_not_null() & ~SHIFTED
    ).height
    counts.repaired["shifted row, city from the credit code"] += out.filter(
        pl.col("by_city").is_null() & pl.col("region_code").is_not_null() & SHIFTED
    ).height
    counts.repaired["county from the credit code"] += out.filter(agree & (pl.col("by_uscc") != pl.col("home_uscc"))).height
    lost = out.filter(pl.col("region_code").is_null())
    counts.rejected["no prefecture: city unknown and no credit code that tells it"] += lost.height
    return out.filter(pl.col("region_code").is_not_null())


MUNICIPAL = ("110000", "120000", "310000", "500000")


def _short(name: str) -> str:
    for tail in (
        "维吾尔自治区",
        "壮族自治区",
        "回族自治区",
        "自治区",
        "特别行政区",
        "自治州",
        "地区",
        "省",
        "新区",
        "市",
        "盟",
        "县",
        "区",
        "州",
    ):
        if name.endswith(tail) and len(name) > len(tail) + 1:
            return name[: -len(tail)]
    return name


def _minority(name: str) -> set[str]:
    """Return shorter names of autonomous prefectures: 延边朝鲜族自治州 → 延边, 延边州."""
    for people in (
        "藏族羌族",
        "哈尼族彝族",
        "土家族苗族",
        "布依族苗族",
        "苗族侗族",
        "傣族景颇族",
        "蒙古族藏族",
        "朝鲜族",
        "藏族",
        "彝族",
        "回族",
        "白族",
        "傣族",
        "壮族苗族",
        "傈僳族",
        "蒙古",
    ):
        at = name.find(people)
        if at > 0 and name.endswith("州"):
            return {name[:at], name[:at] + "州"} | ({name[: at + 2]} if people == "蒙古" else set())
    stem = _short(name)
    return {stem[:2], stem} if name.endswith("自治州") else set()


def _capital() -> pl.Expr:
    """Registered capital in yuan; null when no number, no unit or an unknown currency is read. In a shifted row it is the city."""
    text = pl.when(SHIFTED).then(pl.col("city")).otherwise(pl.col("capital")).str.replace_all(r"[,，\s]", "")
    number = text.str.extract(r"^(\d+(?:\.\d+)?)").cast(pl.Float64, strict=False)
    counted = text.str.contains("万|元")
    rate = pl.when(counted & text.str.contains(YUAN)).then(pl.lit(1.0)).otherwise(None)
    for word, per_unit in CNY_PER_UNIT.items():
        rate = pl.when(counted & text.str.contains(word, literal=True)).then(per_unit).otherwise(rate)
    units = pl.when(text.str.contains("万")).then(1e4).otherwise(1.0)
    value = number * units * rate
    return pl.when((value > 0) & (value <= MAX_CAPITAL_CNY)).then(value).otherwise(None)


def presence(registrations: Registrations, lexicons: Lexicons, report: Report) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (presence, coverage): confirmed links by region × segment × period, and registrations by region × year."""
    counts = LINKED.start(report)
    rows = registrations.rows
    linked = link(rows.select("id", "name", pl.col("scope").alias("text")), lexicons)
    counts.read = rows.height
    counts.kept = linked.filter(pl.col("verdict") == Verdict.CONFIRMED.value)["id"].n_unique()
    counts.rejected["no confirmed segment"] = counts.read - counts.kept
    for verdict, number in linked["verdict"].value_counts(sort=True).iter_rows():
        counts.notes.append(f"{number} links {verdict}")
    sure = linked.filter(pl.col("verdict") == Verdict.CONFIRMED.value).select("id", "segment_id").join(rows, on="id", how="left")
    cells = (
        sure.group_by("region_code", "segment_id", "period")
        .agg(
            pl.len().cast(pl.Int64).alias("company_count"),
            pl.col("capital_cny").fill_null(0).sort().sum().alias("capital_cny"),
            pl.col("capital_cny").fill_null(0).pow(2).sort().sum().alias("capital_sq_cny2"),
        )
        .sort("region_code", "segment_id", "period")
    )
    coverage = (
        rows.group_by("region_code", "year").agg(pl.len().cast(pl.Int64).alias("registration_count")).sort("region_code", "year")
    )
    return cells.to_pandas().assign(origin_id=ORIGIN), coverage.to_pandas().assign(origin_id=ORIGIN)
