"""What was known at the beginning of a year: nothing later is in it, and arrivals are in the product's words."""

import numpy as np
import pandas as pd
import pytest

from recommend.learning import Arrivals
from recommend.learning.cuts import Cut, city_codes, tables_at


def events(*rows):
    return pd.DataFrame(rows, columns=["stock_code", "province", "city", "day"])


def some(graph, *rows):
    codes = graph.tables["companies"]["stock_code"].dropna()
    return Arrivals.of(events(*rows), codes, graph)


def test_a_place_is_the_city_it_lies_in(graph):
    asked = [
        ("浙江", "台州"),
        ("上海", "浦东"),
        ("上海", "浦东新区"),
        ("重庆", "万州"),
        ("吉林", "吉林"),
        ("四川", "成都市"),
        ("江苏", "昆山"),
    ]
    codes = city_codes(graph, [*asked, ("浙江", "无此地"), ("某省", "台州")])
    assert [codes[p] for p in asked] == ["331000", "310000", "310000", "500000", "220200", "510100", "320500"]
    assert len(codes) == len(asked)


def test_arrivals_are_counted_once_from_their_first_year_and_strangers_are_told(graph):
    found = some(
        graph,
        ("002131", "浙江", "台州", "2005-01-02"),
        ("002131", "浙江", "台州", "2003-01-02"),
        ("999999", "浙江", "台州", "2003-01-02"),
        ("002131", "浙江", "无此地", "2003-01-02"),
    )
    assert found.rows.values.tolist() == [["A-002131", "331000", 2003]]
    assert found.lost == 2
    assert found.between(2003, 2004)["city"].tolist() == ["331000"]
    assert found.between(1990, 2003).empty


def test_tables_at_a_year_hold_the_periods_that_had_ended_and_the_plants_of_before(graph):
    found = some(graph, ("002131", "江苏", "苏州", "2004-05-01"), ("002131", "江苏", "无锡", "2007-05-01"))
    then = tables_at(graph, found, 2006)
    assert set(then["presence"]["period"]) == {"to-2000", "2001-05"}
    assert then["coverage"]["year"].max() == 2005
    assert then["establishments"].empty
    companies = then["companies"].set_index("company_id")
    assert companies.loc["A-002131", "founded_elsewhere"] == 1
    assert companies.loc["A-002131", "founded_elsewhere_last"] == 2004
    assert companies["founded_elsewhere"].notna().sum() == 1
    # half-way through a period, what it holds is not known yet
    assert set(tables_at(graph, found, 2005)["presence"]["period"]) == {"to-2000"}


def test_what_comes_later_changes_nothing_of_a_cut(graph, arrivals, near_arrivals):
    late, candidates = near_arrivals
    tables = graph.tables
    later = tables["presence"]["period"].isin(["2006-10", "2011-15", "2016-19"])
    presence, coverage = tables["presence"].copy(), tables["coverage"].copy()
    presence.loc[later, "company_count"] = presence.loc[later, "company_count"] * 9
    coverage.loc[coverage["year"] >= 2006, "registration_count"] *= 9
    another = type(graph)(tables.replace(presence=presence, coverage=coverage))
    moved = pd.concat([late, events(("002131", "江苏", "苏州", "2010-05-01"))])
    mine = Cut.at(graph, arrivals, 2006, arrivals.firms)
    theirs = Cut.at(another, Arrivals.of(moved, candidates, another), 2006, arrivals.firms)
    cities = mine.cities[::40]
    assert np.array_equal(mine.values.at(cities), theirs.values.at(cities), equal_nan=True)
    assert np.array_equal(mine.here, theirs.here)
    assert np.array_equal(mine.log_size, theirs.log_size)


def test_who_is_at_home_or_came_before_is_here_already(graph, arrivals, cut):
    city = {c: i for i, c in enumerate(cut.cities)}
    before = arrivals.between(0, 2006)
    firm = {c: i for i, c in enumerate(cut.values.companies)}
    assert all(cut.here[city[c], firm[f]] for f, c in zip(before["company_id"], before["city"], strict=True))
    after = arrivals.between(2006, 2020)
    assert not any(cut.here[city[c], firm[f]] for f, c in zip(after["company_id"], after["city"], strict=True))
    seats = graph.tables["companies"].set_index("company_id")["region_code"]
    home = {f: city.get(graph.places.city_of(seats[f])) for f in firm}
    assert all(cut.here[row, firm[f]] for f, row in home.items() if row is not None)
    assert cut.here.sum() == pytest.approx(sum(r is not None for r in home.values()) + len(before))
