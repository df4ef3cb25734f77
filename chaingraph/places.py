"""Where things are: regions, the firms known in each, registrations by place, and what lies near what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from chaingraph.metrics import Array, great_circle_km, location_quotient, proximity, relatedness_density
from chaingraph.model import RegionLevel, Verdict
from chaingraph.tables import Tables

MUNICIPALITIES = frozenset(("110000", "120000", "310000", "500000"))

_PEOPLES = "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|裕固|保安|独龙|鄂伦春|各"
_LEVEL_WORD = re.compile(rf"(?<=..)(?:(?:(?:{_PEOPLES})族?)*自治[区州县旗]|特别行政区|地区|林区|新区)$|[省市县区盟旗]$")

KNOWN_WEIGHT = 3.0
"""A company known from recent sources (listed, leading, named by a programme) counts as so many registrations: it surely
exists today and is larger than the median registration. Declared judgement."""

COLUMNS = ("company_count", "evidence", "capital_cny", "capital_sq_cny2")
"""What is known of a segment in a place, in the order of the arrays."""

IntArray = NDArray[np.intp]


@dataclass(frozen=True)
class Region:
    """A province, prefecture or county."""

    code: str
    name_zh: str
    level: RegionLevel
    parent_code: str
    longitude_deg: float
    latitude_deg: float


@dataclass(frozen=True)
class Landing:
    """What if: a company with a plant for a segment in a region."""

    company_id: str
    region_code: str
    segment_id: str


@dataclass(frozen=True)
class Places:
    """The geography of one data version, with its landings.

    Regions that stand for a city (prefectures, municipalities) are the rows of `cities`; arrays over cities × segments use
    that order and the order of `segment_ids`.
    """

    tables: Tables
    landings: tuple[Landing, ...]
    segment_ids: tuple[str, ...]

    @cached_property
    def regions(self) -> dict[str, Region]:
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
            for r in self.tables["regions"].itertuples()
        }

    @cached_property
    def cities(self) -> tuple[str, ...]:
        """Prefectures and municipalities, in the order of the arrays."""
        return tuple(c for c, r in self.regions.items() if r.level is RegionLevel.PREFECTURE or c in MUNICIPALITIES)

    def city_of(self, region_code: str) -> str:
        """Return the prefecture or municipality a region belongs to; a province is itself."""
        region = self.regions[region_code]
        return region.parent_code if region.level is RegionLevel.COUNTY else region_code

    @cached_property
    def _row(self) -> dict[str, int]:
        return {c: i for i, c in enumerate(self.cities)}

    @cached_property
    def _units(self) -> pd.Index:
        """The cities, then the provinces that are none: there stands what is known only by province."""
        return pd.Index(
            [*self.cities, *(c for c, r in self.regions.items() if r.level is RegionLevel.PROVINCE and c not in self._row)]
        )

    def _unit_of(self, codes: pd.Series) -> IntArray:
        """Row in `_units` of every region code."""
        regions, units = self._region_units
        rows: IntArray = units[regions.get_indexer(codes)]
        return rows

    @cached_property
    def _region_units(self) -> tuple[pd.Index, IntArray]:
        return pd.Index(list(self.regions)), self._units.get_indexer([self.city_of(c) for c in self.regions])

    @cached_property
    def here(self) -> pd.DataFrame:
        """Confirmed companies by place: company_id, region_code, segment_id (seats, establishments and landings), no twins."""
        activity = self.tables["activities"]
        companies = self.tables["companies"]
        active = companies[~companies["company_status"].isin(["dissolved", "delisted"])]
        sure = activity.loc[
            (activity["verdict"] == Verdict.CONFIRMED.value) & activity["company_id"].isin(active["company_id"]),
            ["company_id", "segment_id"],
        ]
        seats = sure.merge(active[["company_id", "region_code"]].dropna(), on="company_id")
        plants = self.tables["establishments"][["company_id", "region_code"]].merge(sure, on="company_id")
        landed = pd.DataFrame(
            [(k.company_id, k.region_code, k.segment_id) for k in self.landings],
            columns=["company_id", "region_code", "segment_id"],
            dtype="str",
        )
        columns = ["company_id", "region_code", "segment_id"]
        return pd.concat([seats[columns], plants[columns], landed]).drop_duplicates(ignore_index=True)

    def companies_here(self, region_code: str, segment_id: str) -> list[str]:
        """Companies known to be in a region (or below it) and in a segment, each once."""
        inside = self._inside(region_code)
        frame = self.here
        return sorted({*frame.loc[(frame["segment_id"] == segment_id) & frame["region_code"].isin(inside), "company_id"]})

    def leaders_here(self, region_code: str, segment_id: str) -> list[str]:
        """Companies known to be in a region that a page or their products show to lead the segment, each once."""
        return [c for c in self.companies_here(region_code, segment_id) if (c, segment_id) in self._leading]

    @cached_property
    def _leading(self) -> frozenset[tuple[str, str]]:
        activity = self.tables["activities"]
        shown = activity[
            activity["is_leading"].fillna(False).astype(bool) & activity["leading_evidence"].isin(["page", "listed"])
        ]
        return frozenset(zip(shown["company_id"], shown["segment_id"], strict=True))

    def _inside(self, region_code: str) -> set[str]:
        return {
            region_code,
            *self._children.get(region_code, ()),
            *(g for c in self._children.get(region_code, ()) for g in self._children.get(c, ())),
        }

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        out: dict[str, list[str]] = {}
        for region in self.regions.values():
            out.setdefault(region.parent_code, []).append(region.code)
        return out

    @cached_property
    def _by_unit(self) -> Array:
        """COLUMNS × units × segments."""
        return self._gathered(
            self._unit_of(self.tables["presence"]["region_code"]), self._unit_of(self.here["region_code"]), len(self._units)
        )

    def _gathered(self, registered: IntArray, known: IntArray, places: int) -> Array:
        """COLUMNS × places × segments, given the place of every row of `presence` and of `here`; a negative place is left out.

        A company counts once in a place, whatever the number of its plants there.
        """
        wide = len(self.segment_ids)

        def add(cells: IntArray, weights: Array | None = None) -> Array:
            return np.bincount(cells[cells >= 0], None if weights is None else weights[cells >= 0], places * wide).astype(float)

        cells = np.where(registered < 0, -1, registered * wide + self._column_of_presence)
        values = self.tables["presence"][["company_count", "capital_cny", "capital_sq_cny2"]].to_numpy(dtype=float)
        count, capital, squares = (add(cells, values[:, k]) for k in range(3))
        here = pd.DataFrame({"company_id": self.here["company_id"], "segment_id": self.here["segment_id"], "place": known})
        once = here.drop_duplicates()
        place = once["place"].to_numpy()
        firms = add(np.where(place < 0, -1, place * wide + self._column.get_indexer(once["segment_id"])))
        return np.stack([count + firms, count + KNOWN_WEIGHT * firms, capital, squares]).reshape(4, places, wide)

    @cached_property
    def _column(self) -> pd.Index:
        return pd.Index(list(self.segment_ids))

    @cached_property
    def _column_of_presence(self) -> IntArray:
        columns: IntArray = self._column.get_indexer(self.tables["presence"]["segment_id"])
        return columns

    @cached_property
    def counts(self) -> Array:
        """Firms by city × segment: registrations linked plus companies known from recent sources."""
        return self._by_unit[0, : len(self.cities)]

    @cached_property
    def evidence(self) -> Array:
        """Weight of evidence by city × segment: a registration counts 1, a company known from recent sources `KNOWN_WEIGHT`."""
        return self._by_unit[1, : len(self.cities)]

    @cached_property
    def capital(self) -> tuple[Array, Array]:
        """Sum and sum of squares of registered capital, city × segment, in yuan and yuan²."""
        return self._by_unit[2, : len(self.cities)], self._by_unit[3, : len(self.cities)]

    @cached_property
    def nation(self) -> Array:
        """COLUMNS × segments over the nation, with what is known only by province."""
        total: Array = self._by_unit.sum(axis=1)
        return total

    def own_counts(self, region_code: str) -> Array:
        """COLUMNS × segments of what the sources put at just this code: a county, or the rest of a city or province."""
        at = [(f["region_code"] == region_code).to_numpy(dtype=int) - 1 for f in (self.tables["presence"], self.here)]
        return self._gathered(at[0], at[1], 1)[:, 0]

    @cached_property
    def registrations(self) -> pd.DataFrame:
        """Registrations the source has at all: region_code (counties and the rest of their city), year, registration_count."""
        return self.tables["coverage"][["region_code", "year", "registration_count"]]

    @cached_property
    def exposure(self) -> tuple[Array, Array]:
        """What was looked at in each city: (firms, weight of evidence), over all manufacturing and all years."""
        firms, evidence = self._looked_at[:, : len(self.cities)]
        return firms, evidence

    @cached_property
    def nation_exposure(self) -> tuple[float, float]:
        """What was looked at in the nation: (firms, weight of evidence), with what is known only by province."""
        firms, evidence = self._looked_at.sum(axis=1)
        return float(firms), float(evidence)

    @cached_property
    def _looked_at(self) -> Array:
        """Firms and weight of evidence × units; a company counts once in a city."""
        size = len(self._units)
        unit, numbers = (
            self._unit_of(self.registrations["region_code"]),
            self.registrations["registration_count"].to_numpy(dtype=float),
        )
        registered = np.bincount(unit[unit >= 0], numbers[unit >= 0], size)
        firms = self.here.assign(unit=self._unit_of(self.here["region_code"]))[["company_id", "unit"]].drop_duplicates()
        known = np.bincount(firms.loc[firms["unit"] >= 0, "unit"], minlength=size)
        return np.stack([registered + known, registered + KNOWN_WEIGHT * known])

    def own_exposure(self, region_code: str) -> tuple[float, float]:
        """What was looked at at just this code: (firms, weight of evidence)."""
        own = float(self.registrations.loc[self.registrations["region_code"] == region_code, "registration_count"].sum())
        known = float(self.here.loc[self.here["region_code"] == region_code, "company_id"].nunique())
        return own + known, own + KNOWN_WEIGHT * known

    @cached_property
    def distances(self) -> Array:
        """Great-circle distance between the cities' seats, in km, cities × cities; NaN where coordinates are not known."""
        lon = np.array([self.regions[c].longitude_deg for c in self.cities])
        lat = np.array([self.regions[c].latitude_deg for c in self.cities])
        return great_circle_km(lon[:, None], lat[:, None], lon[None, :], lat[None, :])

    @cached_property
    def density(self) -> Array:
        """Relatedness density of every segment in every city (cities × segments), from specialisations LQ ≥ 1."""
        quotient = location_quotient(self.evidence)
        special = (np.nan_to_num(quotient) >= 1.0).astype(float)
        return relatedness_density(special, proximity(special))

    def reach(self, radius_km: float) -> Array:
        """Firms within `radius_km` of every city, its own included: cities × segments."""
        near = (np.nan_to_num(self.distances, nan=np.inf) <= radius_km).astype(float)
        np.fill_diagonal(near, 1.0)
        return near @ self.counts

    def within(self, region_code: str, radius_km: float) -> list[str]:
        """Cities whose seat is within `radius_km` of the region's city, itself first, then nearest first; none for a province."""
        city = self._row.get(self.city_of(region_code))
        if city is None:
            return []
        away = self.distances[city].copy()
        away[city] = -1.0
        order = np.argsort(np.where(np.isnan(away), np.inf, away), kind="stable")
        return [self.cities[i] for i in order if away[i] <= radius_km]


def short_region_name(name_zh: str) -> str:
    """Return the name of a region as people say it.

    >>> [short_region_name(n) for n in ("广西壮族自治区", "内蒙古自治区", "恩施土家族苗族自治州", "浦东新区", "台州市")]
    ['广西', '内蒙古', '恩施', '浦东', '台州']
    """
    return _LEVEL_WORD.sub("", name_zh)
