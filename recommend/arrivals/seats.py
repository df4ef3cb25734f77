"""Where cities lie, as registrations name them: prefectures by their short names, districts of a municipality, zones of a province."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from chaingraph.metrics import Array
from chaingraph.model import RegionLevel
from chaingraph.region_names import short_region_name

_LEVELS = (RegionLevel.COUNTY.value, RegionLevel.PREFECTURE.value)
"""A prefecture's name is put after those of counties, so that it wins where both are called the same."""


class Seats:
    """Longitudes and latitudes of the seats of government, by province and city.

    A city that the regions do not have by its full or short name (a zone, a district that is no more) lies where the one lies whose
    name begins it or that it begins (延边州, 伊犁哈萨克), else at the seat of its province.

    >>> seats = Seats(graph.tables["regions"])
    >>> seats.of("浙江", "台州").round(1).tolist()
    [121.4, 28.7]
    """

    def __init__(self, regions: pd.DataFrame) -> None:
        at = regions[["longitude_deg", "latitude_deg"]].to_numpy(float)
        level, code, name = (regions[c].astype(str).to_numpy(object) for c in ("region_level", "region_code", "name_zh"))
        self._provinces: dict[str, Array] = {}
        prefix: dict[str, str] = {}
        for i in np.flatnonzero(level == RegionLevel.PROVINCE.value):
            for spelt in (name[i], short_region_name(name[i])):
                self._provinces[spelt], prefix[code[i][:2]] = at[i], short_region_name(name[i])
        self._cities: dict[str, dict[str, Array]] = {p: {} for p in prefix.values()}
        for wanted in _LEVELS:
            for i in np.flatnonzero((level == wanted) & ~np.isnan(at).any(axis=1)):
                for spelt in (name[i], short_region_name(name[i])):
                    self._cities[prefix[code[i][:2]]][spelt] = at[i]

    def knows(self, province: str) -> bool:
        """Is there a province of this name?"""
        return province in self._provinces

    @property
    def provinces(self) -> list[str]:
        """Names of provinces, full and short."""
        return list(self._provinces)

    @property
    def names(self) -> frozenset[str]:
        """Names of provinces, prefectures and counties, full and short."""
        return frozenset(self._provinces).union(*self._cities.values())

    def has(self, province: str, city: str) -> bool:
        """Is there a city, district or county of this name in the province?"""
        return city in self._cities.get(short_region_name(province), {})

    def of(self, province: str, city: str) -> Array:
        """Return longitude and latitude in degrees; NaN when not even the province is known."""
        inside = self._cities.get(short_region_name(province), {})
        if city in inside:
            return inside[city]
        alike = [n for n in inside if city.startswith(n) or n.startswith(city)] if len(city) > 1 else []
        return inside[max(alike, key=len)] if alike else self._provinces.get(province, np.full(2, np.nan))

    def of_all(self, province: Iterable[str], city: Iterable[str]) -> Array:
        """Return places × (longitude, latitude) in degrees."""
        pairs = list(zip(province, city, strict=True))
        known = {pair: self.of(*pair) for pair in set(pairs)}
        return np.array([known[p] for p in pairs], dtype=float).reshape(len(pairs), 2)
