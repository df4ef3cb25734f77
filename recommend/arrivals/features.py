"""What speaks for a firm coming to a city, each one number per city and firm, from what was known at the beginning of a year."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from chaingraph.metrics import Array, great_circle_km
from recommend.arrivals.events import Past

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

FOOTPRINT_SCALE_KM = 600.0
"""Over this distance a plant's pull falls to 1/e."""
FOOTPRINT_NONE = 0.01
"""What a firm without a plant elsewhere has of footprint."""
FLOOR_KM = 50.0
"""Below this distance nearness tells little more."""
LIKELY = 0.5
"""A plant that is likelier than this a firm's own is a place to come from."""
NO_PLANT_KM = 3000.0
"""How far the nearest plant of a firm without any is taken to be, at least."""
CLUSTER_SCALE_KM = 75.0
"""Over this distance a city's registrations count 1/e of their number for a neighbour."""
CLUSTER_PRIOR = 20.0
"""Registrations with the nation's make-up that are added to those of a city."""
ALIKE_FROM = 20
"""Cities with more registrations than this tell which industries go together."""
TRADE_PRIOR = 2.0
"""Registrations that are added to those of a firm's trade."""
INDUSTRY_PRIOR = 10.0
"""Candidates with the mean rate of moving that are added to those of an industry."""
SIZE_PRIOR = 50.0
"""Registrations that are added to those of a city before the logarithm."""


@dataclass(frozen=True)
class Market:
    """Cities and what was known at the beginning of `year`: every feature is an array cities × firms made from it."""

    past: Past
    year: int
    cities: tuple[tuple[str, str], ...]
    """(province, city), as registrations name them."""
    _made: dict[str, Array] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def at(cls, past: Past, year: int, cities: Iterable[tuple[str, str]]) -> Market:
        """Return the market at the beginning of a year: what is later is dropped."""
        return cls(past.before(year), year, tuple(cities))

    @cached_property
    def _at(self) -> Array:
        return self.past.seats.of_all(*zip(*self.cities, strict=True)) if self.cities else np.empty((0, 2))

    def km(self, frame: pd.DataFrame) -> Array:
        """Return distances from every city to every row with longitude and latitude, cities × rows."""
        at, to = self._at, frame[["longitude_deg", "latitude_deg"]].to_numpy(float)
        return great_circle_km(at[:, :1], at[:, 1:], to[None, :, 0], to[None, :, 1])

    @cached_property
    def seat_km(self) -> Array:
        """Distances from every city to the seat of every firm; those not known are the median."""
        return at_median(self.km(self.past.firms))

    @cached_property
    def elsewhere(self) -> pd.DataFrame:
        """The plants that are not at home."""
        return self.past.plants[~self.past.plants["at_home"]]

    @cached_property
    def closed(self) -> Flags:
        """Who cannot come, cities × firms, true or false: at home in the city or its municipality, or among its arrivals already."""
        firms, here = self.past.firms, self.elsewhere[self.elsewhere["arrived"]]
        home = firms["hq_city"].to_numpy(object)
        out = np.array([(home == city) | (home == province) for province, city in self.cities], dtype=bool)
        out = out.reshape(len(self.cities), len(firms))
        rows, firm = self._rows_of(here)
        out[rows, firm] = True
        return out

    def _rows_of(self, plants: pd.DataFrame) -> tuple[Whole, Whole]:
        """Return the city's row and the firm of every plant that is in one of the cities."""
        row = {place: i for i, place in enumerate(self.cities)}
        at = np.array([row.get(p, -1) for p in zip(plants["province"], plants["city"], strict=True)], dtype=int)
        inside: tuple[Whole, Whole] = at[at >= 0], plants["firm"].to_numpy(int)[at >= 0]
        return inside

    def by_firm(self, values: Array, firm: Whole) -> Array:
        """Sum cities × plants by the plant's firm: cities × firms."""
        out = np.zeros((len(self.past.firms), len(self.cities)))
        np.add.at(out, firm, values.T)
        return out.T

    def everywhere(self, per_firm: Array) -> Array:
        """Return what does not depend on the city as cities × firms."""
        return np.broadcast_to(np.asarray(per_firm, dtype=float), (len(self.cities), len(self.past.firms)))

    def of_industry(self, by_industry: Array) -> Array:
        """Return what is known by industry (last axis, in the order of `industries`) for every firm."""
        of: Array = by_industry[..., self.industry]
        return of

    @cached_property
    def industries(self) -> list[str]:
        """The industries of the candidates, in order."""
        return sorted(self.past.firms["industry"].unique())

    @cached_property
    def industry(self) -> Whole:
        """The industry of every firm, as its place in `industries`."""
        place = {name: i for i, name in enumerate(self.industries)}
        return np.array([place[i] for i in self.past.firms["industry"]], dtype=int)

    @cached_property
    def log_size(self) -> Array:
        """log10 of a city's registrations so far, less the mean over all cities that have one."""
        by_city = self.past.founded.groupby(["province", "city"])["firms"].sum()
        middle = float(np.log10(by_city + SIZE_PRIOR).mean()) if len(by_city) else 0.0
        here = np.array([float(by_city.get(place, 0.0)) for place in self.cities])
        return np.log10(here + SIZE_PRIOR) - middle

    def __getitem__(self, name: str) -> Array:
        if name not in self._made:
            self._made[name] = FEATURES[name].of(self)
        return self._made[name]


@dataclass(frozen=True)
class Feature:
    """One number per city and firm, and what it says."""

    of: Callable[[Market], Array]
    meaning: str


def at_median(values: Array) -> Array:
    """Return the values with what is not known at the median of what is, so that it speaks neither for nor against."""
    middle = float(np.nanmedian(values)) if (~np.isnan(values)).any() else 0.0
    return np.where(np.isnan(values), middle, values)


def footprint(market: Market) -> Array:
    """ln(0.01 + Σ w · exp(−km / 600)) over the plants the firm has elsewhere; w: how likely the plant is its own."""
    plants = market.elsewhere
    pull = plants["weight"].to_numpy(float) * np.exp(-at_median(market.km(plants)) / FOOTPRINT_SCALE_KM)
    return np.log(market.by_firm(pull, plants["firm"].to_numpy(int)) + FOOTPRINT_NONE)


def nearest_site(market: Market) -> Array:
    """−ln(km + 50) to the nearest of the firm's seat and the plants that are likelier than not its own."""
    plants = market.elsewhere[market.elsewhere["weight"] > LIKELY]
    km = np.full((len(market.past.firms), len(market.cities)), NO_PLANT_KM)
    np.minimum.at(km, plants["firm"].to_numpy(int), at_median(market.km(plants)).T)
    near: Array = -np.log(np.minimum(km.T, market.seat_km) + FLOOR_KM)
    return near


def nearness(market: Market) -> Array:
    """−ln(km + 50) to the firm's seat."""
    return -np.log(market.seat_km + FLOOR_KM)


def same_province(market: Market) -> Array:
    """1 in the province of the firm's seat, else 0."""
    home = market.past.firms["hq_province"].to_numpy(object)
    return np.array([home == province for province, _ in market.cities], dtype=float).reshape(market.seat_km.shape)


def staff(market: Market) -> Array:
    """Natural logarithm of the firm's employees."""
    employees = market.past.firms["employees"].to_numpy(float)
    return market.everywhere(at_median(np.log(np.where(employees > 0, employees, np.nan))))


def home_branches(market: Market) -> Array:
    """ln(1 + registrations that bear its name in other districts of its own municipality): a firm that has begun to spread."""
    firms, plants = market.past.firms, market.past.plants[market.past.plants["at_home"]]
    firm = plants["firm"].to_numpy(int)
    spread = plants["city"].to_numpy(object) != firms["hq_city"].to_numpy(object)[firm]
    return market.everywhere(np.log1p(np.bincount(firm[spread], minlength=len(firms)).astype(float)))


def industry_moves(market: Market) -> Array:
    """Logarithm of arrivals per firm of its industry so far, shrunk towards the mean of all."""
    firms, moved = len(market.past.firms), market.elsewhere.loc[market.elsewhere["arrived"], "firm"].to_numpy(int)
    many = len(market.industries)
    arrivals, members = np.bincount(market.industry[moved], minlength=many), np.bincount(market.industry, minlength=many)
    mean = (len(moved) + 1) / firms
    return market.everywhere(market.of_industry(np.log((arrivals + INDUSTRY_PRIOR * mean) / (members + INDUSTRY_PRIOR))))


def common_trade(market: Market) -> Array:
    """Logarithm of the registrations in the nation so far that are of the firm's trade: what is made in many places."""
    counted = market.past.trades
    firm, many = counted["firm"].to_numpy(int), counted["firms"].to_numpy(float)
    return market.everywhere(np.log(np.bincount(firm, weights=many, minlength=len(market.past.firms)) + TRADE_PRIOR))


def bare_name(market: Market) -> Array:
    """1 when the trade name is a brand alone (九州通), 0 when a word follows the brand (华新水泥): plants bear it more readily."""
    return market.everywhere(market.past.firms["name_word"].isna().to_numpy(float))


def name_word(market: Market) -> Array:
    """Logarithm of the share of registered names that hold the word after its brand: how readily its plants, and homonyms, bear it."""
    return market.everywhere(at_median(market.past.firms["name_word"].to_numpy(float)))


def related(market: Market) -> Array:
    """Mean log location quotient in and around the city of the industries that go with the firm's own, weighed by how much they do.

    Weights: the squares of the correlations, where positive, of log location quotients over cities (relatedness density, Hidalgo et
    al. 2007, on logarithms), the industry itself left out.
    """
    made = market.past.makeup
    counts = made.pivot_table(index=["province", "city"], columns="industry", values="firms", aggfunc="sum", fill_value=0)
    counts = counts.reindex(columns=market.industries, fill_value=0)
    each = counts.to_numpy(float)
    known = each.sum(axis=1) > ALIKE_FROM
    if known.sum() < 3:
        return np.zeros(market.closed.shape)
    nation = (each.sum(axis=0) + 0.5) / (each.sum(axis=0) + 0.5).sum()
    alike = _goes_with(_log_quotients(each[known], nation))
    at = market.past.seats.of_all(counts.index.get_level_values(0), counts.index.get_level_values(1))
    places = pd.DataFrame(at, columns=["longitude_deg", "latitude_deg"])
    here = np.exp(-at_median(market.km(places)) / CLUSTER_SCALE_KM) @ each
    return market.of_industry(_log_quotients(here, nation) @ alike / np.maximum(alike.sum(axis=0), 1e-9))


def _log_quotients(counts: Array, nation: Array) -> Array:
    """Return log location quotients, places × industries, with registrations of the nation's make-up added."""
    total = counts.sum(axis=1, keepdims=True) + CLUSTER_PRIOR
    out: Array = np.log((counts + CLUSTER_PRIOR * nation) / total / nation)
    return out


def _goes_with(quotients: Array) -> Array:
    """Return industries × industries: the square of the correlation over places where it is positive, 0 of one with itself."""
    centred = quotients - quotients.mean(axis=0)
    size = np.maximum(np.linalg.norm(centred, axis=0), 1e-9)
    alike: Array = np.clip((centred.T @ centred) / np.outer(size, size), 0.0, 1.0) ** 2
    np.fill_diagonal(alike, 0.0)
    return alike


def draw(market: Market) -> Array:
    """Nearness × the city's size: how much less distance counts for a large city."""
    return nearness(market) * market.log_size[:, None]


FEATURES = MappingProxyType(
    {
        f.__name__: Feature(f, (f.__doc__ or "").strip().partition("\n\n")[0])
        for f in (
            footprint,
            nearest_site,
            same_province,
            draw,
            staff,
            home_branches,
            industry_moves,
            common_trade,
            related,
            bare_name,
            name_word,
            nearness,
        )
    }
)
"""Every feature by its name; the first paragraph of its docstring is its public description."""
CHOSEN = tuple(name for name in FEATURES if name != nearness.__name__)
"""The features of the model; nearness of the seat alone is a baseline, and within `draw`."""
