"""Charts of trials worked out by hand: order, intervals, what is not there is not drawn."""

import pytest

from chaingraph import figures
from chaingraph.palette import PALETTES
from dashboard.curves import lift, ranked, reliability

ROWS = [
    {"group": "learned", "hit@10": {"value": 0.2, "low": 0.1, "high": 0.3}},
    {"group": "random", "hit@10": {"value": 0.0, "low": 0.0, "high": 0.0}},
]
BINS = [
    {"foreseen": 0.001, "came": 0.002, "pairs": 10_000, "arrivals": 20},
    {"foreseen": 0.03, "came": 0.0, "pairs": 50, "arrivals": 0},
]


def test_ways_of_ranking_are_bars_with_intervals_and_ours_stands_out():
    option = ranked(ROWS, "hit@10", "zh", "light")
    assert option["yAxis"]["data"] == ["学习权重 20%", "随机 0%"]
    bars = option["series"][0]["data"]
    assert [b["value"] for b in bars] == [20.0, 0.0]
    assert [b["itemStyle"]["color"] == PALETTES["light"].positive for b in bars] == [True, False]
    assert option["series"][0]["markLine"]["data"][0] == [{"coord": [10.0, 0]}, {"coord": [30.0, 0]}]
    assert option["xAxis"]["max"] == 30


def test_a_bin_in_which_nobody_came_has_an_interval_and_no_point():
    diagonal, came = reliability(BINS, "en", "dark")["series"]
    assert [p["value"] for p in came["data"]] == [[0.1, 0.2]]
    assert "20 of 10,000 pairs" in came["data"][0]["tooltip"]["formatter"]
    assert len(came["markLine"]["data"]) == 2
    assert diagonal["data"][0][0] == diagonal["data"][0][1]
    low, high = (end["coord"][1] for end in came["markLine"]["data"][0])
    assert low < 0.2 < high


def test_the_lift_has_a_line_for_each_way_and_one_for_chance():
    option = lift({"pairs": [0.0, 0.01, 1.0], "learned": [0.0, 0.4, 1.0], "hand-set": [0.0, None, 1.0]}, "zh", "light")
    assert [s["name"] for s in option["series"]] == ["学习权重", "手定权重", "随机"]
    assert option["series"][0]["data"] == [[1.0, 40.0], [100.0, 100.0]]
    assert option["series"][1]["data"] == [[100.0, 100.0]]
    assert option["series"][2]["data"] == [[1.0, 1.0], [100.0, 100.0]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_in_words_what_the_shipped_figures_say(opened, lang):
    at = opened("data", show="accuracy", lang=lang)
    assert not at.exception
    said = " ".join(m.value for m in at.markdown)
    ours = figures.of(figures.shipped()["profile"]["ranked_by"], group="learned")
    ten = figures.one_in(ours["hit@10"]["value"])
    assert (ten if lang == "zh" else ten.en) in said
    assert ("不要当准数" if lang == "zh" else "not as an exact number") in said


def test_a_measure_is_chosen_and_kept(opened):
    at = opened("data", show="accuracy", measure="industry hit@3")
    assert not at.exception
    assert at.query_params["measure"] in ("industry hit@3", ["industry hit@3"])
