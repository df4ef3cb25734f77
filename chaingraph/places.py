"""Where things are: regions, the firms known in each, registrations by place, and what lies near what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from chaingraph.metrics import Array, great_circle_km, location_quotient, proximity, relatedness_density
from chaingraph.model import RegionLevel, Verdict
from chaingraph.tables import Tables

MUNICIPALITIES = frozenset(("110000", "120000", "310000", "500000"))


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
    def _column(self) -> dict[str, int]:
        return {s: i for i, s in enumerate(self.segment_ids)}

    @cached_property
    def here(self) -> pd.DataFrame:
        """Confirmed companies by place: company_id, region_code, segment_id (seats, establishments and landings), no twins."""
        activity = self.tables["activities"]
        sure = activity.loc[activity["verdict"] == Verdict.CONFIRMED.value, ["company_id", "segment_id"]]
        companies = self.tables["companies"]
        active = companies[~companies["company_status"].isin(["dissolved", "delisted"])]
        seats = sure.merge(active[["company_id", "region_code"]].dropna(), on="company_id")
        plants = self.tables["establishments"][["company_id", "region_code", "chain_id"]].merge(sure, on="company_id")
        plants = plants[plants["chain_id"].isna() | (plants["chain_id"] == plants["segment_id"].str.split("/").str[0])]
        landed = pd.DataFrame(
            [(k.company_id, k.region_code, k.segment_id) for k in self.landings],
            columns=["company_id", "region_code", "segment_id"],
            dtype="str",
        )
        columns = ["company_id", "region_code", "segment_id"]
        return pd.concat([seats[columns], plants[columns], landed]).drop_duplicates(ignore_index=True)

    def companies_here(self, region_code: str, segment_id: str) -> list[str]:
        """Companies known to be in a region (or below it) and in a segment."""
        inside = self._inside(region_code)
        frame = self.here
        return sorted(frame.loc[(frame["segment_id"] == segment_id) & frame["region_code"].isin(inside), "company_id"])

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
    def _local_counts(self) -> pd.DataFrame:
        """Registrations and known companies by region_code and segment_id: company_count, capital_cny, capital_sq_cny2."""
        presence = (
            self.tables["presence"]
            .groupby(["region_code", "segment_id"], as_index=False)[["company_count", "capital_cny", "capital_sq_cny2"]]
            .sum()
        )
        known = self.here.groupby(["region_code", "segment_id"], as_index=False).size().rename(columns={"size": "company_count"})
        return pd.concat([presence, known]).fillna(0)

    @cached_property
    def counts(self) -> Array:
        """Firms by city × segment: registrations linked plus companies known from recent sources."""
        return self._array("company_count")

    @cached_property
    def capital(self) -> tuple[Array, Array]:
        """Sum and sum of squares of registered capital, city × segment, in yuan and yuan²."""
        return self._array("capital_cny"), self._array("capital_sq_cny2")

    def _array(self, column: str) -> Array:
        frame = self._local_counts
        rows = (
            frame["region_code"]
            .map({c: self._row.get(self.city_of(c), -1) for c in frame["region_code"].unique()})
            .to_numpy(dtype=int)
        )
        columns = frame["segment_id"].map(self._column).to_numpy(dtype=int)
        out = np.zeros((len(self.cities), len(self.segment_ids)))
        keep = rows >= 0
        np.add.at(out, (rows[keep], columns[keep]), frame[column].to_numpy(dtype=float)[keep])
        return out

    def county_counts(self, region_code: str) -> tuple[Array, Array, Array]:
        """Count, capital and squared capital by segment of one county."""
        frame = (
            self._local_counts[self._local_counts["region_code"] == region_code]
            .groupby("segment_id")[["company_count", "capital_cny", "capital_sq_cny2"]]
            .sum()
        )
        full = frame.reindex(list(self.segment_ids)).fillna(0.0).astype(float)
        return full["company_count"].to_numpy(), full["capital_cny"].to_numpy(), full["capital_sq_cny2"].to_numpy()

    @cached_property
    def registrations(self) -> pd.DataFrame:
        """Registrations the source has at all: region_code (counties and the rest of their city), year, registration_count."""
        return self.tables["coverage"][["region_code", "year", "registration_count"]]

    @cached_property
    def exposure(self) -> Array:
        """Registrations of each city in all years, plus its companies known from recent sources."""
        return self._exposure(self.registrations)

    def _exposure(self, frame: pd.DataFrame) -> Array:
        out = np.zeros(len(self.cities))
        totals = frame.groupby("region_code")["registration_count"].sum()
        known = self.here.drop_duplicates(["company_id", "region_code"]).groupby("region_code").size()
        for series in (totals, known):
            for code, number in series.items():
                row = self._row.get(self.city_of(str(code)), -1)
                if row >= 0:
                    out[row] += float(number)
        return out

    def county_exposure(self, region_code: str) -> float:
        """Registrations of one county in all years, plus its known companies."""
        own = self.registrations.loc[self.registrations["region_code"] == region_code, "registration_count"].sum()
        return float(own) + float(self.here.loc[self.here["region_code"] == region_code, "company_id"].nunique())

    @cached_property
    def distances(self) -> Array:
        """Great-circle distance between the cities' seats, in km, cities × cities; NaN where coordinates are not known."""
        lon = np.array([self.regions[c].longitude_deg for c in self.cities])
        lat = np.array([self.regions[c].latitude_deg for c in self.cities])
        return great_circle_km(lon[:, None], lat[:, None], lon[None, :], lat[None, :])

    @cached_property
    def density(self) -> Array:
        """Relatedness density of every segment in every city (cities × segments), from specialisations LQ ≥ 1."""
        quotient = location_quotient(self.counts)
        special = (np.nan_to_num(quotient) >= 1.0).astype(float)
        return relatedness_density(special, proximity(special))

    def reach(self, radius_km: float) -> Array:
        """Firms within `radius_km` of every city, its own included: cities × segments."""
        near = (np.nan_to_num(self.distances, nan=np.inf) <= radius_km).astype(float)
        np.fill_diagonal(near, 1.0)
        return near @ self.counts

    def within(self, region_code: str, radius_km: float) -> list[str]:
        """Cities whose seat is within `radius_km` of the region's city, itself first, then nearest first."""
        city = self._row[self.city_of(region_code)]
        away = self.distances[city].copy()
        away[city] = -1.0
        order = np.argsort(np.where(np.isnan(away), np.inf, away), kind="stable")
        return [self.cities[i] for i in order if away[i] <= radius_km]
