"""Where things are: regions, the firms known in each, registrations by place, and what lies near what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from chaingraph import ground
from chaingraph.ground import COLUMNS, KNOWN_WEIGHT, MUNICIPALITIES, STRATA, WEIGHTS, Grid, Known, Region, Registered
from chaingraph.metrics import Array, location_quotient, proximity, relatedness_density
from chaingraph.phrases import Phrase
from chaingraph.relatedness import feasibility
from chaingraph.tables import Tables

KNOWN = STRATA.index("known")


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
    that order and the order of `segment_ids`. What does not depend on the landings is shared by all graphs of the tables.
    """

    tables: Tables
    landings: tuple[Landing, ...] = ()

    @cached_property
    def regions(self) -> dict[str, Region]:
        """All regions by code."""
        return self.tables.derived(ground.regions)

    @cached_property
    def _grid(self) -> Grid:
        return self.tables.derived(Grid.of)

    @cached_property
    def _registered(self) -> Registered:
        return self.tables.derived(Registered.of)

    @cached_property
    def _known(self) -> Known:
        return self.tables.derived(Known.of)

    @property
    def segment_ids(self) -> tuple[str, ...]:
        """Segments, in the order of the arrays."""
        return self._grid.segment_ids

    @property
    def cities(self) -> tuple[str, ...]:
        """Prefectures and municipalities, in the order of the arrays."""
        return self._grid.cities

    def city_of(self, region_code: str) -> str:
        """Return the prefecture or municipality a region belongs to; a province is itself."""
        return self._grid.city_of[region_code]

    def called(self, region_code: str) -> Phrase:
        """Return the name of a region; a city whose English name is another's too goes with its province there.

        泰州市 is Taizhou (Jiangsu), since 台州市 is Taizhou (Zhejiang).
        """
        region = self.regions[region_code]
        if region_code not in self.tables.derived(ground.spelt_alike) or region.parent_code not in self.regions:
            return region.name
        return Phrase(region.name_zh, f"{region.name_en} ({self.regions[region.parent_code].name_en})")

    def inside(self, region_code: str) -> set[str]:
        """Return the codes of a region and of all below it."""
        below = self.tables.derived(ground.children)
        direct = below.get(region_code, ())
        return {region_code, *direct, *(g for c in direct for g in below.get(c, ()))}

    # -- companies -----------------------------------------------------------------------------------------------

    @cached_property
    def here(self) -> pd.DataFrame:
        """Confirmed companies by place: company_id, region_code, segment_id (seats, establishments and landings), no twins."""
        rows = self._known.rows
        if not self.landings:
            return rows
        landed = [(k.company_id, k.region_code, k.segment_id) for k in self.landings]
        return pd.concat([rows, pd.DataFrame(landed, columns=rows.columns, dtype="str")]).drop_duplicates(ignore_index=True)

    def companies_here(self, region_code: str, segment_id: str) -> list[str]:
        """Companies known to be in a region (or below it) and in a segment, each once."""
        inside = self.inside(region_code)
        landed = {k.company_id for k in self.landings if k.segment_id == segment_id and k.region_code in inside}
        known = (self._known.at[c].get(segment_id, frozenset()) for c in inside if c in self._known.at)
        return sorted(landed.union(*known))

    def leaders_here(self, region_code: str, segment_id: str) -> list[str]:
        """Companies known to be in a region that a page or their products show to lead the segment, each once."""
        leading = self.tables.derived(ground.leading)
        return [c for c in self.companies_here(region_code, segment_id) if (c, segment_id) in leading]

    def is_surveyed(self, segment_id: str) -> bool:
        """Whether registrations were looked through for the chain of a segment."""
        return segment_id.partition("/")[0] in self.tables.derived(ground.surveyed)

    # -- counts --------------------------------------------------------------------------------------------------

    @cached_property
    def _by_unit(self) -> Array:
        """COLUMNS × units × segments. A company counts once in a place, whatever the number of its plants there."""
        if not self.landings:
            return self.tables.derived(_by_unit)
        found = self.tables.derived(_by_unit).copy()
        grid = self._grid
        landed = {(k.company_id, grid.unit_of[k.region_code], k.segment_id) for k in self.landings} - self._known.counted
        for _, unit, segment in landed:
            if unit >= 0:
                found[KNOWN, unit, grid.column.get_loc(segment)] += 1.0
        return found

    @cached_property
    def counts(self) -> Array:
        """Firms by city × segment: registrations linked plus companies known from recent sources."""
        found: Array = self._by_unit[: len(STRATA), : len(self.cities)].sum(axis=0)
        return found

    @cached_property
    def evidence(self) -> Array:
        """Weight of evidence by city × segment: a registration counts 1, a company known from recent sources `KNOWN_WEIGHT`."""
        found: Array = np.tensordot(WEIGHTS, self._by_unit[: len(STRATA), : len(self.cities)], 1)
        return found

    @cached_property
    def capital(self) -> tuple[Array, Array]:
        """Sum and sum of squares of registered capital, city × segment, in yuan and yuan²."""
        return self._by_unit[-2, : len(self.cities)], self._by_unit[-1, : len(self.cities)]

    def columns_of(self, rows: Sequence[int]) -> Array:
        """COLUMNS × segments of some cities together, by their place in `cities`."""
        found: Array = self._by_unit[:, list(rows)].sum(axis=1)
        return found

    @cached_property
    def nation(self) -> Array:
        """COLUMNS × segments over the nation, with what is known only by province."""
        total: Array = self._by_unit.sum(axis=1)
        return total

    def own_counts(self, region_code: str) -> Array:
        """COLUMNS × segments of what the sources put at just this code: a county, or the rest of a city or province."""
        grid = self._grid
        found = self._registered.at(grid.region_row.get_loc(region_code), len(grid.segment_ids))
        for segment, companies in self._standing_at(region_code).items():
            found[KNOWN, grid.column.get_loc(segment)] = len(companies)
        return found

    def _standing_at(self, region_code: str) -> dict[str, frozenset[str]]:
        """Companies at just this code by segment, with landings."""
        found = dict(self._known.at.get(region_code, {}))
        for k in self.landings:
            if k.region_code == region_code:
                found[k.segment_id] = found.get(k.segment_id, frozenset()) | {k.company_id}
        return found

    @cached_property
    def registrations(self) -> pd.DataFrame:
        """Registrations the source has at all: region_code (counties and the rest of their city), year, registration_count."""
        return self.tables["coverage"][["region_code", "year", "registration_count"]]

    @cached_property
    def exposure(self) -> Array:
        """Firms looked at in each city over all manufacturing, STRATA × cities."""
        return self._looked_at[:, : len(self.cities)]

    @cached_property
    def nation_exposure(self) -> Array:
        """Firms looked at in the nation by stratum, with what is known only by province."""
        total: Array = self._looked_at.sum(axis=1)
        return total

    @cached_property
    def _looked_at(self) -> Array:
        """Firms × units by stratum; a company counts once in a city."""
        landed = {(k.company_id, self._grid.unit_of[k.region_code]) for k in self.landings}
        units = [unit for _, unit in self._known.seen | landed if unit >= 0]
        found = self._registered.looked_at.copy()
        found[KNOWN] = np.bincount(np.array(units, dtype=np.intp), minlength=found.shape[1])
        return found

    def own_exposure(self, region_code: str) -> Array:
        """Firms looked at at just this code, by stratum."""
        found = self._registered.by_region[:, self._grid.region_row.get_loc(region_code)].copy()
        found[KNOWN] = len(frozenset().union(*self._standing_at(region_code).values()))
        return found

    # -- near and far --------------------------------------------------------------------------------------------

    @property
    def distances(self) -> Array:
        """Great-circle distance between the cities' seats, in km, cities × cities; NaN where coordinates are not known."""
        return self.tables.derived(ground.distances)

    @cached_property
    def quotient(self) -> Array:
        """Location quotient by city × segment from the weight of evidence; NaN where nothing was looked at."""
        return location_quotient(self.evidence)

    @cached_property
    def specialised(self) -> Array:
        """1 where the plain location quotient is at least 1, else 0, cities × segments."""
        return (np.nan_to_num(self.quotient) >= 1.0).astype(float)

    @cached_property
    def density(self) -> Array:
        """Relatedness density of every segment in every city (cities × segments), from specialisations LQ ≥ 1."""
        return relatedness_density(self.specialised, proximity(self.specialised))

    @cached_property
    def feasibility(self) -> Array:
        """How feasible every segment is in every city (cities × segments): it orders, without unit; NaN where nothing was looked at.

        What the city has, as log(1 + weight of evidence), what cities alike have, and what goes with its specialisations.
        """
        found = feasibility(np.log1p(self.evidence), self.specialised)
        found[self.evidence.sum(axis=1) == 0] = np.nan
        return found

    def reach(self, radius_km: float) -> Array:
        """Firms within `radius_km` of every city, its own included: cities × segments; of the last radius asked for, kept."""
        if radius_km not in self._reached:
            near = (np.nan_to_num(self.distances, nan=np.inf) <= radius_km).astype(float)
            np.fill_diagonal(near, 1.0)
            found = near @ self.counts
            self._reached.clear()
            self._reached[radius_km] = found
            return found
        return self._reached[radius_km]

    @cached_property
    def _reached(self) -> dict[float, Array]:
        return {}

    def within(self, region_code: str, radius_km: float) -> list[str]:
        """Cities whose seat is within `radius_km` of the region's city, itself first, then nearest first; none for a province."""
        city = self._grid.unit_of[region_code]
        if not 0 <= city < len(self.cities):
            return []
        away = self.distances[city].copy()
        away[city] = -1.0
        order = np.argsort(np.where(np.isnan(away), np.inf, away), kind="stable")
        return [self.cities[i] for i in order if away[i] <= radius_km]


def _by_unit(tables: Tables) -> Array:
    """COLUMNS × units × segments, without landings."""
    grid, known = tables.derived(Grid.of), tables.derived(Known.of)
    found = tables.derived(Registered.of).by_unit.copy()
    for _, unit, segment in known.counted:
        found[KNOWN, unit, grid.column.get_loc(segment)] += 1.0
    return found


__all__ = ["COLUMNS", "KNOWN_WEIGHT", "MUNICIPALITIES", "STRATA", "WEIGHTS", "Landing", "Places", "Region"]
