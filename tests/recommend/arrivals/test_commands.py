"""`predict arrivals` and `evaluate arrivals` as a person calls them, and the ranks against the published scorer."""

import importlib.util

import numpy as np
import pandas as pd
import polars as pl
import pytest
from command_line import run

from recommend.arrivals import Market
from recommend.arrivals.evaluation import ranks
from recommend.arrivals.events import past_of, read_arrivals, read_firms


@pytest.fixture
def cities(tmp_path):
    path = tmp_path / "cities.csv"
    path.write_text("province,city\n浙江,台州\n海南,海口\n海南,省直辖县\n", encoding="utf-8")
    return path


def predict(cities, raw, store, out, *more):
    until = ("--until", "2007-12-31")
    return run("predict", "arrivals", "--cities", cities, *until, "--raw", raw, "--store", store, "-o", out, *more)


def test_every_candidate_gets_a_score_and_a_saved_model_gives_the_same(planted, world, shipped_store, cities, tmp_path):
    out, model = tmp_path / "arrivals.parquet", tmp_path / "model.toml"
    done = predict(cities, planted, shipped_store, out, "--save-model", model)
    assert (done.returncode, done.stdout) == (0, "")
    assert "省直辖县" in done.stderr
    found = pd.read_parquet(out)
    assert found.columns.tolist() == ["city", "stock_code", "score", "probability"]
    assert len(found) == 3 * len(world.firms)
    assert np.isfinite(found[["score", "probability"]].to_numpy()).all()
    again = tmp_path / "again.csv"
    assert predict(cities, planted, shipped_store, again, "--model", model).returncode == 0
    same = pd.read_csv(again, dtype={"stock_code": str})
    both = found.merge(same, on=["city", "stock_code"])
    assert len(both) == len(found)
    assert both["score_y"].to_numpy() == pytest.approx(both["score_x"].to_numpy(), rel=1e-3, abs=1e-3)
    late = predict(cities, planted, shipped_store, again, "--model", model, "--until", "2005-12-31")
    assert late.returncode == 2
    assert "learned until 2007-12-31" in late.stderr


def test_every_missing_file_is_a_line_of_its_own(shipped_store, cities, tmp_path):
    done = predict(cities, tmp_path / "nothing", shipped_store, tmp_path / "out.parquet")
    assert done.returncode == 2
    assert done.stderr.count("expected a file") == 4
    assert "Traceback" not in done.stderr


def test_faults_of_the_call_are_named(planted, shipped_store, cities, tmp_path):
    cities.write_text("province,city\n浙山,台州\n浙江,\n", encoding="utf-8")
    done = predict(cities, planted, shipped_store, tmp_path / "out.parquet")
    assert done.returncode == 2
    assert "row 2: found the province '浙山'" in done.stderr
    assert "row 3: found nothing" in done.stderr
    assert "expected .parquet or .csv" in predict(cities, planted, shipped_store, tmp_path / "out.xlsx").stderr
    cities.write_text("town\n台州\n", encoding="utf-8")
    assert predict(cities, planted, shipped_store, tmp_path / "out.csv").stderr.count("no such column") == 2
    assert "found 'soon'" in predict(cities, planted, shipped_store, tmp_path / "out.csv", "--until", "soon").stderr


def test_the_trial_is_printed_with_baselines_groups_probabilities_and_coverage(planted, shipped_store):
    done = run("evaluate", "arrivals", "--raw", planted, "--store", shipped_store)
    assert (done.returncode, done.stderr) == (0, "")
    for word in (
        "| learned |",
        "| random |",
        "| largest revenue |",
        "| newcomer |",
        "800 km or more",
        "Expected calibration error",
    ):
        assert word in done.stdout
    assert "| 2006–2007 |" in done.stdout


def test_the_ranks_are_those_of_the_published_scorer(raw, seats):
    spec = importlib.util.spec_from_file_location("score", raw / "evaluation/score.py")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    firms, history = read_firms(raw, seats), read_arrivals(raw)
    none = pl.DataFrame(schema=dict.fromkeys(("name", "day", "scope", "province", "city"), pl.String))
    past = past_of(firms, history[history["day"] < "2008"], none, "2007-12-31", seats)
    later = history[history["day"] >= "2008"].reset_index(drop=True)
    number = dict(zip(firms["stock_code"], range(len(firms)), strict=True))
    later = later.assign(firm=later["stock_code"].map(number))
    # One city of a name: the scorer tells cities of one name apart by nothing.
    later = later[later.groupby("city")["province"].transform("nunique") == 1].reset_index(drop=True)
    cities = list(dict.fromkeys(zip(later["province"], later["city"], strict=True)))
    scores = np.random.default_rng(3).integers(0, 300, (len(cities), len(firms))).astype(float)
    found = ranks(scores, Market.at(past, 2008, cities), later)
    names = [c for _, c in cities]
    frame = pd.DataFrame(
        {"city": np.repeat(names, len(firms)), "stock_code": np.tile(firms["stock_code"], len(names)), "score": scores.ravel()}
    )
    events = pd.read_csv(raw / "data/arrivals/arrivals.csv", dtype=str)
    said = scorer.arrivals(frame, events[events["city"].isin(names)], 2008)
    assert said["events"] == len(found)
    assert (1 / found["rank"]).mean() == pytest.approx(said["mrr"]["mean"], abs=1e-4)
    assert (found["industry_rank"] <= 3).mean() == pytest.approx(said["industry_hit@3"]["mean"], abs=1e-4)
    assert (found["rank"] <= 100).mean() == pytest.approx(said["hit@100"]["mean"], abs=1e-4)
