"""The learned profile as a file, as a command, and the one that ships."""

import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import run

from chaingraph.phrases import said
from recommend import Weights
from recommend.learning import Arrivals, fit
from recommend.learning.fitting import DECLARED
from recommend.learning.profile import ranges
from recommend.learning.values import ASKED, Values
from recommend.signals import SIGNALS

SHIPPED = (files("recommend") / "learned.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def learned(graph, arrivals):
    return fit(graph, arrivals, 2012)


def written(profile, tmp_path):
    path = tmp_path / "learned.toml"
    path.write_text(profile.write(), encoding="utf-8")
    return Weights.load(path)


def test_arrivals_that_distance_decided_teach_that_distance_counts(learned):
    of, by_hand = learned.weights.of, Weights.load("hand-set").of
    assert of["distance"].weight > 1.3 * by_hand["distance"].weight
    assert sum(w.weight for w in of.values()) == pytest.approx(1.0)
    assert {n for n, w in of.items() if w.source == "declared"} == set(DECLARED)
    assert learned.weights.chance.slope > 0


def test_what_is_written_reads_back_with_its_ranges_reasons_and_chance(learned, tmp_path):
    again = written(learned, tmp_path)
    for name, weight in learned.weights.of.items():
        read = again.of[name]
        assert read.weight == pytest.approx(weight.weight, abs=2e-5)
        assert (read.when_unknown, read.low, read.high) == pytest.approx((weight.when_unknown, weight.low, weight.high), abs=1e-3)
        assert read.low <= round(read.when_unknown, 3) <= read.high
        assert (str(read.reason), said(read.reason, "en")) == (str(weight.reason), said(weight.reason, "en"))
    chance, read = learned.weights.chance, again.chance
    for score in (20.0, 50.0, 80.0):
        assert read.probability(score) == pytest.approx(chance.probability(score), rel=1e-3)
        assert read.interval(score) == pytest.approx(chance.interval(score), rel=0.02)


def test_what_came_after_the_last_year_changes_nothing_and_a_fit_is_the_same_to_the_last_digit(graph, near_arrivals, learned):
    events, candidates = near_arrivals
    late = events.assign(day="2015-01-01", city=events["city"].to_numpy()[::-1], province=events["province"].to_numpy()[::-1])
    assert fit(graph, Arrivals.of(pd.concat([events, late]), candidates, graph), 2012).write() == learned.write()


def test_the_range_of_a_signal_holds_four_known_values_in_five(graph, arrivals):
    values = Values.of(graph, arrivals.firms).at(graph.places.cities[::8])
    for name, (low, high) in ranges(graph, arrivals.firms).items():
        known = values[..., ASKED.index(name)]
        known = known[~np.isnan(known)]
        assert ((known >= low) & (known <= high)).mean() >= 0.8 - 1e-9, name


def test_the_shipped_profile_says_of_every_signal_why_and_whether_arrivals_taught_it():
    profile = Weights.load("learned")
    assert list(profile.of) == list(SIGNALS)
    assert profile.name == "learned"
    for name, weight in profile.of.items():
        assert weight.source == ("declared" if name in DECLARED else "fitted")
        assert weight.reason != said(weight.reason, "en")
        assert weight.low <= weight.when_unknown <= weight.high
    assert profile.chance.slope > 0
    assert re.search(r'^data_version = "[0-9a-f]{12}"$', SHIPPED, re.MULTILINE)
    assert max(len(v) for v in re.findall(r"\w+", SHIPPED)) < 40  # no row of the arrivals is in it


@pytest.mark.raw
def test_the_shipped_profile_is_what_the_raw_sources_teach(raw, graph, tmp_path):
    found, shipped = written(fit(graph, Arrivals.read(raw, graph)), tmp_path), Weights.load("learned")
    for name, weight in shipped.of.items():
        assert found.of[name].weight == pytest.approx(weight.weight, abs=0.01), name
        assert found.of[name].when_unknown == pytest.approx(weight.when_unknown, abs=0.05), name
    for score in (30.0, 50.0, 70.0):
        assert found.chance.probability(score) == pytest.approx(shipped.chance.probability(score), rel=0.1)


def test_fit_writes_a_file_that_recommend_takes(shipped_store, near_arrivals, tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "mine.toml"
    _publish(raw, *near_arrivals)
    done = run("fit", "--raw", raw, "--until", "2010", "-o", out, "--store", shipped_store)
    assert (done.returncode, done.stdout) == (0, "")
    assert "arrivals to 2005" in done.stderr
    listed = run("recommend", "台州", "--chain", "泵与电机", "--top", "3", "--weights", out, "--json", "--store", shipped_store)
    assert listed.returncode == 0
    assert listed.stdout.count('"rank"') == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [(("-o", "mine.json"), "expected .toml"), (("--raw", "nowhere"), "nowhere")],
)
def test_fit_says_what_is_wrong(shipped_store, given, said):
    done = run("fit", *given, "--store", shipped_store)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def _publish(raw: Path, events: pd.DataFrame, candidates: pd.Series) -> None:
    """Write planted arrivals as the raw sources have theirs."""
    for folder in ("data/arrivals", "evaluation/arrivals"):
        (raw / folder).mkdir(parents=True)
    events.rename(columns={"day": "registered_on"}).to_csv(raw / "data/arrivals/arrivals.csv", index=False)
    blank = dict.fromkeys(("short_name", "full_name", "hq_province", "hq_city", "industry", "revenue_2020_cny"), "")
    pd.DataFrame({"stock_code": candidates}).assign(**blank).to_csv(raw / "evaluation/arrivals/candidates.csv", index=False)
