"""What is known up to a day of who founded what where: candidates, arrivals, and registrations that bear a candidate's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from sklearn.linear_model import LogisticRegression

from chaingraph.errors import DataError, Problem
from chaingraph.metrics import Array
from recommend.arrivals.makeup import read_makeup
from recommend.arrivals.names import brand_plants, likeness, word_shares
from recommend.arrivals.seats import Seats

CANDIDATES_FILE = (
    "evaluation/arrivals/candidates.csv",
    "stock_code short_name full_name hq_province hq_city industry revenue_2020_cny",
)
ARRIVALS_FILE = ("data/arrivals/arrivals.csv", "stock_code province city registered_on")
LISTED_FILE = ("data/a-share-firms/cn_corp202012.csv", "stockid employee producttype mainbusiness")
REGISTRATIONS_FILE = ("data/registrations/registrations.parquet", "name registered_on scope province city")

_DECORATION = re.compile(r"^(?:\*?ST|XD|XR|DR|N(?=[^\x00-\x7f]))|-?[AB]$|-UW?$|-W$")
"""What the exchange adds to a short name, which no plant bears."""


@dataclass(frozen=True)
class Past:
    """All that is known up to a day.

    `firms`: one row per candidate (`stock_code`, `industry`, `hq_province`, `hq_city`, `revenue_cny`,
    `employees`, `name_word`, `longitude_deg`, `latitude_deg`). `plants`: one row per registration that bears a candidate's trade name, elsewhere or at home,
    or elsewhere its brand (`firm`, its row in `firms`; `province`, `city`, `day`, `longitude_deg`, `latitude_deg`, `at_home`, `arrived`:
    it is one of the arrivals, `weight`: how likely it is one, 1 where it is known). `makeup`: registrations by `province`, `city`,
    `year`, `industry`, and `trades`: of the trade of each `firm`, by `year`, as `read_makeup` counts them. `founded`: all
    registrations by `province`, `city`, `year`.
    """

    until: str
    firms: pd.DataFrame
    plants: pd.DataFrame
    makeup: pd.DataFrame
    trades: pd.DataFrame
    founded: pd.DataFrame
    seats: Seats

    def before(self, year: int) -> Past:
        """Return what was known at the beginning of a year."""
        by_year = {"makeup": self.makeup, "trades": self.trades, "founded": self.founded}
        kept = {name: t[t["year"] < year] for name, t in by_year.items()}
        plants = self.plants[self.plants["day"] < f"{year:04d}"]
        return replace(self, until=min(self.until, f"{year - 1:04d}-12-31"), plants=plants, **kept)

    def arrivals(self, first: int, end: int) -> pd.DataFrame:
        """Return the arrivals from the beginning of one year to that of another: firm, province, city, day."""
        there = self.plants[self.plants["arrived"]]
        inside = (there["day"] >= f"{first:04d}") & (there["day"] < f"{end:04d}")
        return there.loc[inside, ["firm", "province", "city", "day"]].reset_index(drop=True)


def read_past(raw: Path, until: str, seats: Seats) -> Past:
    """Read what is known up to a day (``2007-12-31``), the day included; what is later is dropped before anything is made of it.

    Attributes of firms are those of 2020. DataError: every file that is missing or lacks a column.
    """
    _require(raw, CANDIDATES_FILE, ARRIVALS_FILE, LISTED_FILE, REGISTRATIONS_FILE)
    firms = read_firms(raw, seats)
    arrivals = read_arrivals(raw)
    rows = _rows(raw / REGISTRATIONS_FILE[0], until)
    return past_of(firms, arrivals[arrivals["day"] <= until], rows, until, seats)


def read_firms(raw: Path, seats: Seats) -> pd.DataFrame:
    """Read the candidates with the text of their business; a seat of which nothing is known is NaN."""
    _require(raw, CANDIDATES_FILE, LISTED_FILE)
    read = {"dtype": str, "keep_default_na": False, "encoding": "utf-8-sig"}
    firms = pd.read_csv(raw / CANDIDATES_FILE[0], **read)
    texts = pd.read_csv(raw / LISTED_FILE[0], **read).drop_duplicates("stockid").set_index("stockid")
    business = texts["mainbusiness"] + " " + texts["producttype"]
    at = seats.of_all(firms["hq_province"], firms["hq_city"])
    return firms.assign(
        trade_name=[_DECORATION.sub("", n) for n in firms["short_name"]],
        business=firms["stock_code"].map(business).fillna(""),
        employees=pd.to_numeric(firms["stock_code"].map(texts["employee"]), errors="coerce"),
        revenue_cny=pd.to_numeric(firms["revenue_2020_cny"], errors="coerce"),
        longitude_deg=at[:, 0],
        latitude_deg=at[:, 1],
    ).drop(columns=["short_name", "revenue_2020_cny"])


def read_candidates(raw: Path) -> pd.DataFrame:
    """Read the file of candidates as it was published: the firms whose arrivals would have been seen."""
    _require(raw, CANDIDATES_FILE)
    return pd.read_csv(raw / CANDIDATES_FILE[0], dtype=str, keep_default_na=False, encoding="utf-8-sig")


def read_arrivals(raw: Path) -> pd.DataFrame:
    """Read all arrivals of the file, whenever they were: stock_code, province, city, day."""
    _require(raw, ARRIVALS_FILE)
    frame = pd.read_csv(raw / ARRIVALS_FILE[0], dtype=str, keep_default_na=False)
    return frame[ARRIVALS_FILE[1].split()].rename(columns={"registered_on": "day"})


def read_founded(raw: Path, first: int) -> pd.DataFrame:
    """Read how many registrations there are since the beginning of a year, by province, city and year: to judge, never to learn."""
    _require(raw, REGISTRATIONS_FILE)
    rows = _rows(raw / REGISTRATIONS_FILE[0], "9999")
    return _founded(rows.filter(pl.col("day") >= f"{first:04d}"))


def past_of(firms: pd.DataFrame, arrivals: pd.DataFrame, rows: pl.DataFrame, until: str, seats: Seats) -> Past:
    """Return the past as read from candidates, arrivals and registrations (`name day scope province city`) of that time only."""
    firms = firms.assign(name_word=word_shares(firms["trade_name"], rows["name"]))
    return Past(until, firms, _plants(firms, arrivals, rows, seats), *read_makeup(firms, rows), _founded(rows), seats)


_YEAR = pl.col("day").str.slice(0, 4).cast(pl.Int32).alias("year")


def _founded(rows: pl.DataFrame) -> pd.DataFrame:
    keys = ["province", "city", "year"]
    return rows.with_columns(_YEAR).group_by(keys).len("firms").sort(keys).to_pandas()


def _rows(path: Path, until: str) -> pl.DataFrame:
    """Read the registrations up to a day; those without a date are left out."""
    day = pl.col("registered_on").cast(pl.String).str.slice(0, 10).alias("day")
    rows = pl.read_parquet(path, columns=REGISTRATIONS_FILE[1].split()).with_columns(day, pl.col("scope").fill_null(""))
    return rows.filter(pl.col("day").str.contains(r"^\d{4}") & (pl.col("day") <= until)).drop("registered_on")


def _plants(firms: pd.DataFrame, arrivals: pd.DataFrame, rows: pl.DataFrame, seats: Seats) -> pd.DataFrame:
    """Return the registrations that bear a candidate's trade name, with how likely each is an arrival of that candidate."""
    place = ["stock_code", "province", "city"]
    names = pl.DataFrame({"trade_name": firms["trade_name"].astype(object), "firm": np.arange(len(firms))})
    found = rows.with_columns(
        pl.col("name").str.extract_many(firms["trade_name"].unique().tolist(), overlapping=True).alias("trade_name")
    )
    found = found.filter(pl.col("trade_name").list.len() > 0).explode("trade_name").join(names, on="trade_name", how="inner")
    plants = found.unique(maintain_order=True).to_pandas()
    of = firms.iloc[plants["firm"]].reset_index(drop=True)
    plants["stock_code"] = of["stock_code"]
    plants["at_home"] = (plants["city"] == of["hq_city"]) | (plants["province"] == of["hq_city"])
    known = pd.MultiIndex.from_frame(arrivals[[*place, "day"]])
    plants["arrived"] = pd.MultiIndex.from_frame(plants[[*place, "day"]]).isin(known) & ~plants.duplicated([*place, "day"])
    plants["weight"] = _likely_arrivals(plants, of)
    # An arrival whose registration is not among the rows counts all the same.
    seen = pd.MultiIndex.from_frame(plants.loc[plants["arrived"], place])
    unseen = arrivals[~pd.MultiIndex.from_frame(arrivals[place]).isin(seen)]
    number = dict(zip(firms["stock_code"], range(len(firms)), strict=True))
    unseen = unseen.assign(firm=unseen["stock_code"].map(number), at_home=False, arrived=True).dropna(subset="firm")
    columns = ["firm", "province", "city", "day", "at_home", "arrived", "weight"]
    branded = brand_plants(firms, rows, seats.names).assign(at_home=False, arrived=False)
    parts = [plants[columns], unseen.assign(weight=1.0)[columns], branded[columns]]
    plants = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    plants.loc[plants["arrived"], "weight"] = 1.0
    at = seats.of_all(plants["province"], plants["city"])
    plants = plants.assign(firm=plants["firm"].astype(int), longitude_deg=at[:, 0], latitude_deg=at[:, 1])
    return plants.sort_values(["day", "firm", "province", "city"], kind="stable", ignore_index=True)


def _likely_arrivals(plants: pd.DataFrame, of: pd.DataFrame) -> Array:
    """Return how likely each registration with a firm's name is an arrival of it: logistic in likeness of business and form of name.

    Homonyms are many: 木林森 makes lamps, and some thirty firms of that name work wood.
    """
    if not len(plants):
        return np.empty(0)
    like = likeness(plants["scope"], of["business"])
    begins = [n.startswith(t) for n, t in zip(plants["name"], of["trade_name"], strict=True)]
    whole = [f in n for n, f in zip(plants["name"], of["full_name"], strict=True)]
    signs = np.column_stack([np.log(like + 0.01), begins, whole])
    away, arrived = ~plants["at_home"].to_numpy(bool), plants["arrived"].to_numpy(bool)
    if len(set(arrived[away])) < 2:
        return np.clip(like / 0.1, 0.0, 1.0)
    chance: Array = LogisticRegression(C=10).fit(signs[away], arrived[away]).predict_proba(signs)[:, 1]
    return chance


def _require(raw: Path, *files: tuple[str, str]) -> None:
    """DataError with every file that is missing and every column that a file lacks."""
    problems = []
    for name, columns in files:
        path = raw / name
        if not path.is_file():
            remedy = "Give the folder of raw sources with --raw."
            problems.append(Problem(str(path), "file", "missing-file", "nothing", "a file", remedy))
            continue
        problems += [
            Problem(Path(name).name, column, "missing-column", "no such column", "it", "Take the file as it was published.")
            for column in columns.split()
            if column not in _columns(path)
        ]
    if problems:
        raise DataError(problems)


def _columns(path: Path) -> Sequence[str]:
    if path.suffix == ".parquet":
        return list(pl.read_parquet_schema(path))
    return list(pd.read_csv(path, nrows=0, encoding="utf-8-sig").columns)
