"""What was known at the beginning of a year, in the product's own tables, and who came after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from chaingraph.graph import ChainGraph, build
from chaingraph.metrics import Array
from chaingraph.model import PERIODS
from chaingraph.region_names import short_region_name
from chaingraph.tables import Tables
from recommend.arrivals.events import read_arrivals, read_candidates
from recommend.chance import SIZE_PRIOR
from recommend.learning.values import Values, Whole

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Arrivals:
    """Who came where and when, in the product's words: company_id, city (a region code), year; each pair once.

    Districts of a municipality are the municipality. `firms`: the companies whose arrivals would have been seen, in the order
    of their id. `lost`: events whose firm or city the product does not have.
    `registered`: registrations by city and year, whenever they were: to tell where nobody could have been seen to come.
    """

    rows: pd.DataFrame
    firms: tuple[str, ...]
    lost: int
    registered: pd.DataFrame

    @classmethod
    def read(cls, raw: Path, graph: ChainGraph) -> Arrivals:
        """Read the arrivals of the raw sources. DataError: a file or column that is missing."""
        return cls.of(read_arrivals(raw), read_candidates(raw)["stock_code"], graph)

    @classmethod
    def of(cls, events: pd.DataFrame, candidates: pd.Series, graph: ChainGraph) -> Arrivals:
        """Put events (stock_code, province, city, day) and the stock codes of those who could have come into the product's words."""
        companies = graph.tables["companies"]
        listed = companies.dropna(subset="stock_code")
        number = dict(zip(listed["stock_code"], listed["company_id"], strict=True))
        codes = city_codes(graph, zip(events["province"], events["city"], strict=True))
        found = pd.DataFrame(
            {
                "company_id": events["stock_code"].map(number),
                "city": [codes.get(p) for p in zip(events["province"], events["city"], strict=True)],
                "year": events["day"].str[:4].astype(int),
            }
        )
        kept = found.dropna().sort_values("year", kind="stable").drop_duplicates(["company_id", "city"], ignore_index=True)
        firms = tuple(sorted({number[c] for c in candidates if c in number}))
        return cls(kept, firms, int(found.isna().any(axis=1).sum()), registered(graph))

    def seen(self, first: int, end: int) -> frozenset[str]:
        """Return the cities with registrations in the years from `first` to before `end`: elsewhere nobody can be seen to come."""
        inside = (self.registered["year"] >= first) & (self.registered["year"] < end)
        return frozenset(self.registered.loc[inside, "city"])

    def between(self, first: int, end: int) -> pd.DataFrame:
        """Return the arrivals of the years from `first` to before `end`."""
        return self.rows[(self.rows["year"] >= first) & (self.rows["year"] < end)].reset_index(drop=True)


def city_codes(graph: ChainGraph, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the code of the city that each (province, city) of the registrations lies in; those not known are left out.

    A city goes by its full or short name in its province; a district, county or county-level city is the city above it.
    """
    regions, cities = graph.regions, set(graph.places.cities)
    province = {
        name: c[:2] for c, r in regions.items() if c.endswith("0000") for name in (r.name_zh, short_region_name(r.name_zh))
    }
    inside: dict[tuple[str, str], str] = {}
    for code in sorted(regions, key=lambda c: c in cities):
        city = graph.places.city_of(code)
        if city in cities:
            name = regions[code].name_zh
            inside |= {(code[:2], spelt): city for spelt in (name, short_region_name(name))}
    out = {}
    for place in set(places):
        prefix = province.get(place[0], "")
        whole = f"{prefix}0000"
        found = whole if whole in cities else inside.get((prefix, place[1]))
        if found:
            out[place] = found
    return out


def tables_at(graph: ChainGraph, arrivals: Arrivals, year: int) -> Tables:
    """Return the tables as they stood at the beginning of a year.

    Registrations: the periods that had ended. Plants elsewhere: the cities a firm had arrived in by then. Establishments, which have
    no date, are left out. Attributes of firms (seat, lists, revenue, owner) are those of today.
    """
    tables = graph.tables
    over = [name for name, _, last in PERIODS if last < year]
    before = arrivals.between(0, year).groupby("company_id")["year"]
    count, last = before.size(), before.max()
    ids = tables["companies"]["company_id"]
    companies = tables["companies"].assign(
        founded_elsewhere=ids.map(count).astype("Int64"), founded_elsewhere_last=ids.map(last).astype("Int64")
    )
    ended = max((last for _, _, last in PERIODS if last < year), default=0)
    coverage = tables["coverage"]
    then = {
        "presence": tables["presence"][tables["presence"]["period"].isin(over)].reset_index(drop=True),
        "coverage": coverage[coverage["year"] <= ended].reset_index(drop=True),
        "establishments": tables["establishments"].iloc[:0],
        "companies": companies,
    }
    return Tables.of({**tables.frames, **then}, f"{tables.version}-{year}")


@dataclass(frozen=True)
class Cut:
    """The beginning of a year: signals as they stood, who was at home or had come, and the size of cities.

    `values`: as the product would have found them. `here`: cities × companies, who was in a city already (seat or arrival).
    `log_size`: by city, log10(registrations so far + 50) less the mean over all cities with any.
    """

    year: int
    values: Values
    here: Flags
    log_size: Array

    @classmethod
    def at(cls, graph: ChainGraph, arrivals: Arrivals, year: int, companies: tuple[str, ...]) -> Cut:
        """Go back to the beginning of a year."""
        then = build(tables_at(graph, arrivals, year))
        cities = then.places.cities
        return cls(
            year,
            Values.of(then, companies),
            _here(then, arrivals.between(0, year), companies),
            _log_size(arrivals.registered, year, cities),
        )

    @property
    def cities(self) -> tuple[str, ...]:
        """All cities, in the order of `here` and `log_size`."""
        return self.values.graph.places.cities

    def pairs(self, came: pd.DataFrame) -> tuple[Whole, Whole]:
        """Return the rows of cities and of companies of some arrivals; those of other companies are left out."""
        city = {c: i for i, c in enumerate(self.cities)}
        firm = {c: i for i, c in enumerate(self.values.companies)}
        known = came[came["company_id"].isin(firm)]
        at = (known["city"].map(city).to_numpy(np.intp), known["company_id"].map(firm).to_numpy(np.intp))
        return at


def _here(graph: ChainGraph, before: pd.DataFrame, companies: tuple[str, ...]) -> Flags:
    city = {c: i for i, c in enumerate(graph.places.cities)}
    firm = {c: i for i, c in enumerate(companies)}
    out = np.zeros((len(city), len(companies)), dtype=bool)
    seats = graph.tables["companies"].set_index("company_id")["region_code"].reindex(companies)
    stands = [*zip(seats.index, seats, strict=True), *zip(before["company_id"], before["city"], strict=True)]
    for company, code in stands:
        row = city.get(graph.places.city_of(code)) if isinstance(code, str) else None
        if row is not None and company in firm:
            out[row, firm[company]] = True
    return out


def _log_size(many: pd.DataFrame, year: int, cities: tuple[str, ...]) -> Array:
    here = many[many["year"] < year].groupby("city")["firms"].sum().reindex(cities, fill_value=0).to_numpy(float)
    middle = float(np.log10(here[here > 0] + SIZE_PRIOR).mean()) if (here > 0).any() else 0.0
    size: Array = np.log10(here + SIZE_PRIOR) - middle
    return size


def registered(graph: ChainGraph) -> pd.DataFrame:
    """Return the registrations that the source has, by city and year: city, year, firms."""
    rows = graph.tables["coverage"]
    cities = rows["region_code"].map(graph.places.city_of)
    many = rows["registration_count"].astype(int).groupby([cities, rows["year"].astype(int)]).sum()
    many = many.rename_axis(["city", "year"]).reset_index(name="firms")
    return many[many["city"].isin(graph.places.cities)].reset_index(drop=True)
