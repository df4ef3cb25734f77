"""The graph as it was known before a year: what came later is taken out, what cannot be dated stays and is said."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType

import pandas as pd

from chaingraph.graph import ChainGraph, build
from chaingraph.model import PERIODS
from chaingraph.tables import Tables

COVERED_FROM = PERIODS[0][2] + 1
"""First year before which a whole period of registrations lies."""


def graph_before(graph: ChainGraph, year: int, region: str, signed: Collection[str]) -> ChainGraph:
    """Return the graph with nothing that is dated in `year` or later.

    Registrations: only whole periods that ended before the year. Firms founded since are nowhere and in no segment, but for those
    of `signed`. `founded_elsewhere` is not known where its latest founding is not earlier (it is a total: no part of it is dated).
    `signed`: firms that signed for the region in the year or later; their establishments in the region's city are taken out,
    for a signing must not count as its own forerunner. All else is as today.

    >>> from recommend.backtest import graph_before
    >>> sorted(graph_before(graph, 2008, "331000", ()).tables["presence"]["period"].unique())
    ['2001-05', 'to-2000']
    """
    tables = graph.tables
    ended = [(period, last) for period, _, last in PERIODS if last < year]
    last_year = max((last for _, last in ended), default=0)
    companies = tables["companies"]
    later = companies["founded_on"].dt.year >= year
    unborn = set(companies.loc[later & ~companies["company_id"].isin(list(signed)), "company_id"])
    city = graph.places.city_of(graph.find_region(region).code)
    frames = {
        **tables.frames,
        "presence": _kept(tables["presence"], tables["presence"]["period"].isin([period for period, _ in ended])),
        "coverage": _kept(tables["coverage"], tables["coverage"]["year"] <= last_year),
        "companies": _of_then(companies, year, unborn),
        "activities": _kept(tables["activities"], ~tables["activities"]["company_id"].isin(unborn)),
        "establishments": _kept(
            tables["establishments"], ~_gone(tables["establishments"], graph.places.inside(city), signed, unborn)
        ),
    }
    return build(Tables(MappingProxyType(frames), f"{tables.version}@{year}"))


def _kept(frame: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    return frame[rows.astype(bool)].reset_index(drop=True)


def _of_then(companies: pd.DataFrame, year: int, unborn: set[str]) -> pd.DataFrame:
    """Companies without a founding elsewhere that may be later, and without a seat where they were not founded yet."""
    moved = (companies["founded_elsewhere_last"] >= year).fillna(value=False).astype(bool)
    out = companies.copy()
    out[["founded_elsewhere", "founded_elsewhere_last"]] = out[["founded_elsewhere", "founded_elsewhere_last"]].mask(moved)
    out["region_code"] = out["region_code"].mask(out["company_id"].isin(unborn))
    return out


def _gone(plants: pd.DataFrame, inside: Collection[str], signed: Collection[str], unborn: set[str]) -> pd.Series:
    came = plants["company_id"].isin(list(signed)) & plants["region_code"].isin(list(inside))
    return came | plants["company_id"].isin(unborn)
