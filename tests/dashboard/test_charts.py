"""Chart options worked out by hand: sums, order, what is not known."""

import itertools

import pandas as pd
import pytest

from chaingraph.palette import PALETTES
from chaingraph.phrases import Phrase
from chaingraph.recommendation import Reason, Recommendation
from dashboard.charts import comparison, hit_rates, waterfall, years
from recommend.backtest.rates import HitRate

FIT = Reason("segment_fit", 0.9, 0.4, 36.0, Phrase("业务契合 <b>{c}</b>", "fits <b>{c}</b>"), "o")
FAR = Reason("distance", 0.25, 0.2, 5.0, Phrase("相距 800 公里", "800 km away"), "o")
TIES = Reason("ties", None, 0.4, 8.0, "未知", "")
FIRM = Recommendation(1, "C-1", "甲公司", "c/a", "a件", "330100", (FAR, TIES, FIT), "路远", "", "")


def bars(option):
    return option["series"][1]["data"]


def test_the_waterfall_goes_from_the_largest_point_to_the_score():
    option = waterfall(FIRM, "zh", "light")
    assert option["yAxis"]["data"] == ["环节契合", "关系渊源 ?", "距离", "得分"]
    assert option["series"][0]["data"] == [0.0, 36.0, 44.0, 0]
    assert [b["value"] for b in bars(option)] == [36.0, 8.0, 5.0, 49.0]
    assert [b["label"]["formatter"] for b in bars(option)] == ["+36.0", "+8.0", "+5.0", "49.0"]
    assert option["xAxis"]["max"] == 50


def test_every_bar_begins_where_the_one_before_ends():
    option = waterfall(FIRM, "zh", "light")
    ends = [start + bar["value"] for start, bar in zip(option["series"][0]["data"], bars(option), strict=True)]
    for end, start in itertools.pairwise([*ends[:-1]]):
        assert option["series"][0]["data"][ends.index(start)] == pytest.approx(end)
    assert ends[-1] == pytest.approx(FIRM.score)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_only_what_is_not_known_is_hatched(scheme):
    option = waterfall(FIRM, "zh", scheme)
    assert ["decal" in b["itemStyle"] for b in bars(option)] == [False, True, False, False]
    assert bars(option)[0]["itemStyle"]["color"] == PALETTES[scheme].positive


def test_a_tip_shows_text_as_text_in_the_language():
    first, unknown, *_ = bars(waterfall(FIRM, "en", "light"))
    assert "fits &lt;b>｛c}&lt;/b>" in first["tooltip"]["formatter"]
    assert "<b>" not in first["tooltip"]["formatter"]
    assert "unknown" in unknown["tooltip"]["formatter"]


def test_a_comparison_leaves_out_what_is_not_known_instead_of_drawing_its_declared_value():
    other = Recommendation(2, "C-2", "乙公司", "c/a", "a件", "330100", (FAR, TIES, FIT), "", "", "")
    option = comparison([FIRM, other], "zh", "light")
    assert option["yAxis"]["data"] == ["环节契合", "关系渊源", "距离"]
    assert [s["name"] for s in option["series"]] == ["甲公司", "乙公司"]
    assert [d["value"] for d in option["series"][0]["data"]] == [36.0, None, 5.0]
    assert len({s["itemStyle"]["borderType"] for s in option["series"]}) == 2


def test_years_are_columns_in_order_and_a_hole_in_the_source_is_seen():
    option = years(pd.DataFrame({"year": [1999, 2001], "registration_count": [3, 7]}), "en", "dark")
    assert option["xAxis"]["data"] == ["1999", "2000", "2001"]
    assert option["series"][0]["data"] == [3, 0, 7]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hit_rates_are_percent_by_order_ours_first_and_what_is_not_known_has_no_bar(lang):
    nan = float("nan")
    rates = [
        HitRate(way, measure, value, low, high)
        for way, value, low, high in (
            ("ours", 0.25, 0.05, 0.57),
            ("random", 0.08, nan, nan),
            ("most_plants_elsewhere", nan, nan, nan),
        )
        for measure in ("hit@10", "hit@20", "hit@50")
    ]
    option = hit_rates(rates, lang, "light")
    assert option["yAxis"]["data"][0] == ("本排序" if lang == "zh" else "this list")
    assert [s["name"] for s in option["series"]] == (
        ["链内前 20", "链内前 50"] if lang == "zh" else ["first 20 of the chain", "first 50 of the chain"]
    )
    assert [d["value"] for d in option["series"][0]["data"]] == [25, 8, None]
    assert "25% (5–57%)" in option["series"][0]["data"][0]["tooltip"]["formatter"]
