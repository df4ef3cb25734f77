"""The graph before a year holds nothing that is dated later."""

from __future__ import annotations

import pandas as pd
import pytest

from chaingraph import ChainGraph
from recommend.backtest import graph_before

HOME = "330100"


@pytest.mark.parametrize(("year", "periods"), [(2001, set()), (2006, {"2001-05"}), (2019, {"2001-05"}), (2020, {"2001-05", "2016-19"})])  # fmt: skip
def test_only_registrations_of_whole_periods_before_the_year_are_seen(dated: ChainGraph, year: int, periods: set[str]) -> None:
    then = graph_before(dated, year, HOME, ())
    assert set(then.tables["presence"]["period"]) == periods
    last = {2001: 2000, 2006: 2005, 2019: 2015, 2020: 2019}[year]
    assert then.tables["coverage"]["year"].max() <= last
    assert len(then.tables["coverage"]) == (dated.tables["coverage"]["year"] <= last).sum() > 0


def test_foundings_elsewhere_are_known_only_where_the_latest_is_earlier(dated: ChainGraph) -> None:
    then = graph_before(dated, 2010, HOME, ()).tables["companies"].set_index("company_id")
    assert then.loc["EARLY", "founded_elsewhere"] == 3
    assert pd.isna(then.loc["LATE", "founded_elsewhere"])
    assert pd.isna(then.loc["LATE", "founded_elsewhere_last"])
    assert graph_before(dated, 2013, HOME, ()).tables["companies"].set_index("company_id").loc["LATE", "founded_elsewhere"] == 5


def test_a_firm_founded_later_is_nowhere_unless_it_signed(dated: ChainGraph) -> None:
    then = graph_before(dated, 2010, HOME, ())
    assert "YOUNG" not in set(then.tables["activities"]["company_id"])
    assert pd.isna(then.tables["companies"].set_index("company_id").loc["YOUNG", "region_code"])
    assert then.places.companies_here(HOME, "p/part") == ["CAME", "OTHER"]
    kept = graph_before(dated, 2010, HOME, {"YOUNG"})
    assert "YOUNG" in set(kept.tables["activities"]["company_id"])
    assert graph_before(dated, 2016, HOME, ()).places.companies_here(HOME, "p/part") == ["CAME", "OTHER", "YOUNG"]


def test_the_plant_a_signing_led_to_is_taken_out_and_that_of_another_firm_stays(dated: ChainGraph) -> None:
    then = graph_before(dated, 2010, HOME, {"CAME"})
    assert then.places.companies_here(HOME, "p/part") == ["OTHER"]
    assert dated.places.companies_here(HOME, "p/part") == ["CAME", "OTHER", "YOUNG"]
    elsewhere = graph_before(dated, 2010, "330200", {"CAME"})
    assert "CAME" in elsewhere.places.companies_here(HOME, "p/part")
