"""What the tables say of every place, whatever lands: each made once for a data version with `tables.derived(...)`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from chaingraph.metrics import Array, great_circle_km
from chaingraph.model import PERIODS, RegionLevel, Verdict
from chaingraph.phrases import Phrase
from chaingraph.region_names import english_region_name
from chaingraph.tables import Tables

MUNICIPALITIES = frozenset(("110000", "120000", "310000", "500000"))

KNOWN_WEIGHT = 3.0
"""A company known from recent sources (listed, leading, named by a programme) counts as so many registrations: it surely
exists today and is larger than the median registration. Declared judgement."""

STRATA = (*(period for period, *_ in PERIODS), "known")
"""Kinds of evidence that are compared only with their like: registrations of each period, and companies known from recent sources."""

WEIGHTS = np.array([*(1.0 for _ in PERIODS), KNOWN_WEIGHT])
"""Weight of evidence of one firm, by stratum."""

COLUMNS = (*STRATA, "capital_cny", "capital_sq_cny2")
"""What is known of a segment in a place, in the order of the arrays: firms by stratum, then registered capital."""

IntArray = NDArray[np.intp]


@dataclass(frozen=True)
class Region:
    """A province, prefecture or county of China, by its code of GB/T 2260.

    `parent_code` is empty for a province; a place without coordinates (degrees, GCJ-02 or WGS 84 as its origin has them) has NaN.

    >>> region = graph.find_region("台州")
    >>> region.code, region.name.en, region.level.value, graph.regions[region.parent_code].name.en
    ('331000', 'Taizhou', 'prefecture', 'Zhejiang')
    """

    code: str
    name_zh: str
    level: RegionLevel
    parent_code: str
    longitude_deg: float
    latitude_deg: float

    @property
    def name_en(self) -> str:
        """English name: 台州市 is Taizhou."""
        return english_region_name(self.name_zh)

    @property
    def name(self) -> Phrase:
        """Name in both languages."""
        return Phrase(self.name_zh, self.name_en)


def regions(tables: Tables) -> dict[str, Region]:
    """All regions by code."""
    return {
        r.region_code: Region(
            r.region_code,
            r.name_zh,
            RegionLevel(r.region_level),
            "" if pd.isna(r.parent_code) else str(r.parent_code),
            float(r.longitude_deg),
            float(r.latitude_deg),
        )
        for r in tables["regions"].itertuples()
    }


def children(tables: Tables) -> dict[str, list[str]]:
    """Codes of the regions directly below each."""
    out: dict[str, list[str]] = {}
    for region in tables.derived(regions).values():
        out.setdefault(region.parent_code, []).append(region.code)
    return out


@dataclass(frozen=True)
class Grid:
    """Rows and columns of the arrays: places × segments.

    `units`: the cities (prefectures and municipalities), then the provinces that are none: there stands what is known only by
    province. `city_of`: the prefecture or municipality of every region, a province its own. `unit_of`: the row of every region,
    −1 for none. `region_row`: every region's place in the table.
    """

    cities: tuple[str, ...]
    units: tuple[str, ...]
    city_of: Mapping[str, str]
    unit_of: Mapping[str, int]
    region_row: pd.Index
    segment_ids: tuple[str, ...]
    column: pd.Index

    @classmethod
    def of(cls, tables: Tables) -> Grid:
        """Lay out the arrays of some tables."""
        known = tables.derived(regions)
        cities = tuple(c for c, r in known.items() if r.level is RegionLevel.PREFECTURE or c in MUNICIPALITIES)
        rest = (c for c, r in known.items() if r.level is RegionLevel.PROVINCE and c not in MUNICIPALITIES)
        units = (*cities, *rest)
        city_of = {c: r.parent_code if r.level is RegionLevel.COUNTY else c for c, r in known.items()}
        row = {c: i for i, c in enumerate(units)}
        segments = tuple(tables["segments"]["segment_id"])
        unit_of = {c: row.get(city, -1) for c, city in city_of.items()}
        return cls(cities, units, city_of, unit_of, pd.Index(list(known)), segments, pd.Index(list(segments)))


@dataclass(frozen=True)
class Registered:
    """Registrations by place and period: of the segments, and of all manufacturing.

    `cell` (period × segment) and `values` (company_count, capital_cny, capital_sq_cny2) are the rows of the table `presence` in the
    order of their region; those of region r are `starts[r]` to `starts[r + 1]`. `by_unit`: COLUMNS × units × segments, nothing in
    the stratum of known companies. `by_region`: all manufacturing registrations, STRATA × regions; `looked_at`: STRATA × units.
    """

    cell: IntArray
    values: Array
    starts: IntArray
    by_unit: Array
    by_region: Array
    looked_at: Array

    @classmethod
    def of(cls, tables: Tables) -> Registered:
        """Add up the registrations of some tables."""
        grid, frame, coverage = tables.derived(Grid.of), tables["presence"], tables["coverage"]
        unit_of = np.array([grid.unit_of[c] for c in grid.region_row], dtype=np.intp)
        region, column = _rows_in(grid.region_row, frame["region_code"]), _rows_in(grid.column, frame["segment_id"])
        values = frame[["company_count", "capital_cny", "capital_sq_cny2"]].to_numpy(dtype=float)
        wide, units, places = len(grid.segment_ids), len(grid.units), len(grid.region_row)
        cell = _rows_in(pd.Index(STRATA), frame["period"]) * wide + column
        unit = unit_of[region]
        at_unit = unit >= 0
        by_unit = _columns(cell[at_unit], values[at_unit], wide, unit[at_unit], units)
        order = np.argsort(region, kind="stable")
        starts = np.searchsorted(region[order], np.arange(places + 1))
        counted, stratum = coverage["registration_count"].to_numpy(dtype=float), period_of(coverage["year"])
        where = _rows_in(grid.region_row, coverage["region_code"])
        by_region = _summed(stratum * places + where, counted, len(STRATA) * places).reshape(len(STRATA), places)
        looked_at = np.stack([_summed(unit_of[unit_of >= 0], row[unit_of >= 0], units) for row in by_region])
        return cls(cell[order], values[order], starts, by_unit, by_region, looked_at)

    def at(self, region_row: int, wide: int) -> Array:
        """COLUMNS × segments of just one region, without those below it."""
        rows = slice(self.starts[region_row], self.starts[region_row + 1])
        only = np.zeros(rows.stop - rows.start, dtype=np.intp)
        return _columns(self.cell[rows], self.values[rows], wide, only, 1)[:, 0]


def period_of(years: pd.Series) -> IntArray:
    """The period each year falls in, as its place in `PERIODS`; later years count to the last."""
    first = [start for _, start, _ in PERIODS]
    found: IntArray = np.searchsorted(first, years.to_numpy(dtype=int), side="right") - 1
    return found


def _columns(cell: IntArray, values: Array, wide: int, unit: IntArray, units: int) -> Array:
    """COLUMNS × units × segments of some rows of the table `presence`."""
    stratum, column = np.divmod(cell, wide)
    place = unit * wide + column
    firms = _summed(stratum * (units * wide) + place, values[:, 0], len(STRATA) * units * wide)
    capital = [_summed(place, values[:, k], units * wide) for k in (1, 2)]
    return np.concatenate([firms, *capital]).reshape(len(COLUMNS), units, wide)


def _rows_in(index: pd.Index, words: pd.Series) -> IntArray:
    """Where each word stands in the index; words that come often are looked up once."""
    codes, distinct = pd.factorize(words)
    rows: IntArray = index.get_indexer(distinct)[codes]
    return rows


def _summed(cells: IntArray, values: Array, size: int) -> Array:
    """Sum of the values by cell."""
    return np.bincount(cells, values, size).astype(float, copy=False)


@dataclass(frozen=True)
class Known:
    """Companies known from recent sources, where they stand: confirmed in a segment, and not dissolved or delisted.

    `rows`: company_id, region_code, segment_id by seat and establishment, no twins. `at`: region → segment → companies.
    `counted`: (company, unit, segment), by which a company counts once in a place; `seen`: (company, unit).
    """

    rows: pd.DataFrame
    at: Mapping[str, Mapping[str, frozenset[str]]]
    counted: frozenset[tuple[str, int, str]]
    seen: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, tables: Tables) -> Known:
        """Find where the companies of some tables stand."""
        activity, companies, unit_of = tables["activities"], tables["companies"], tables.derived(Grid.of).unit_of
        active = companies[~companies["company_status"].isin(["dissolved", "delisted"])]
        sure = activity.loc[
            (activity["verdict"] == Verdict.CONFIRMED.value) & activity["company_id"].isin(active["company_id"]),
            ["company_id", "segment_id"],
        ]
        columns = ["company_id", "region_code", "segment_id"]
        seats = sure.merge(active[["company_id", "region_code"]].dropna(), on="company_id")
        plants = tables["establishments"][["company_id", "region_code"]].merge(sure, on="company_id")
        rows = pd.concat([seats[columns], plants[columns]]).drop_duplicates(ignore_index=True)
        at: dict[str, dict[str, set[str]]] = {}
        counted = set()
        for company, code, segment in rows.itertuples(index=False):
            at.setdefault(code, {}).setdefault(segment, set()).add(company)
            counted.add((company, unit_of[code], segment))
        return cls(
            rows,
            {code: {s: frozenset(of) for s, of in segments.items()} for code, segments in at.items()},
            frozenset(c for c in counted if c[1] >= 0),
            frozenset((company, unit) for company, unit, _ in counted if unit >= 0),
        )


def leading(tables: Tables) -> frozenset[tuple[str, str]]:
    """(company, segment) of the companies that a page or their products show to lead the segment."""
    activity = tables["activities"]
    shown = activity[activity["is_leading"].fillna(False).astype(bool) & activity["leading_evidence"].isin(["page", "listed"])]
    return frozenset(zip(shown["company_id"], shown["segment_id"], strict=True))


def surveyed(tables: Tables) -> frozenset[str]:
    """Chains for whose segments registrations were looked through; of the others no absence can be seen."""
    return frozenset(segment.partition("/")[0] for segment in tables["presence"]["segment_id"].unique())


def distances(tables: Tables) -> Array:
    """Great-circle distance between the cities' seats, in km, cities × cities; NaN where coordinates are not known."""
    seats = [tables.derived(regions)[c] for c in tables.derived(Grid.of).cities]
    lon, lat = np.array([r.longitude_deg for r in seats]), np.array([r.latitude_deg for r in seats])
    return great_circle_km(lon[:, None], lat[:, None], lon[None, :], lat[None, :])


def spelt_alike(tables: Tables) -> frozenset[str]:
    """Cities that share their English name with another city."""
    known, cities = tables.derived(regions), tables.derived(Grid.of).cities
    names = Counter(known[c].name_en for c in cities)
    return frozenset(c for c in cities if names[known[c].name_en] > 1)
