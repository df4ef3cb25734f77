"""The model finds the rule of a planted world, knows nothing later than its day, and is no better than chance where there is no rule."""

import json

import numpy as np
import pandas as pd
import pytest
from planted_arrivals import FOOTPRINT, NEARNESS, arrival_world

from chaingraph.errors import DataError
from recommend.arrivals import Market, Model, learn, predict, read_past
from recommend.arrivals.evaluation import MEASURES, interval, ranks, trial_of
from recommend.arrivals.features import CHOSEN
from recommend.arrivals.model import Chance
from recommend.arrivals.outcomes import Outcomes, calibration_error

CITIES = [("浙江", "台州"), ("四川", "绵阳"), ("海南", "海口")]


@pytest.fixture(scope="module")
def past(planted, seats):
    return read_past(planted, "2007-12-31", seats)


@pytest.fixture(scope="module")
def model(past):
    return learn(past, 2008)


@pytest.fixture(scope="module")
def trial(planted, seats):
    return trial_of(planted, 2008, seats)


def test_the_planted_rule_is_found(past):
    found = learn(past, 2008, ["footprint", "nearness"]).weights
    assert found["footprint"] == pytest.approx(FOOTPRINT, abs=0.35)
    assert found["nearness"] == pytest.approx(NEARNESS, abs=0.5)


def test_it_foresees_the_planted_world_better_than_every_baseline(trial):
    mrr = {name: (1 / r["rank"]).mean() for name, r in trial.ranks.items()}
    assert mrr["ours"] == max(mrr.values())
    assert trial.table()["hit@10"][0] > 0.5
    assert trial.table("random")["hit@10"][0] < 0.2


def test_where_the_rule_alone_decides_every_firm_that_comes_is_among_the_first_ten(seats, tmp_path):
    certain = arrival_world(seats, last=2008, certain=True).write(tmp_path)
    trial = trial_of(certain, 2008, seats)
    assert trial.table()["hit@10"][0] == 1.0
    assert trial.table("random")["hit@10"][0] < 0.2


def test_the_lead_is_the_difference_of_the_means_and_its_interval_holds_it(trial):
    lead, ours, other = trial.lead("nearest seat"), trial.table(), trial.table("nearest seat")
    assert lead["MRR"][0] == pytest.approx(ours["MRR"][0] - other["MRR"][0])
    assert lead["MRR low"][0] < lead["MRR"][0] < lead["MRR high"][0]
    assert trial.lead("ours")["hit@10 high"][0] == 0


def test_in_a_scrambled_world_it_is_no_better_than_chance(world, seats, tmp_path):
    firms = np.random.default_rng(1).permutation(world.arrivals["stock_code"].to_numpy(object))
    scrambled = world.arrivals.assign(stock_code=np.random.default_rng(2).choice(world.firms["stock_code"], len(firms)))
    rows = [row for row in world.rows if not row[0].endswith("有限公司")]
    type(world)(world.firms, scrambled, rows).write(tmp_path)
    low = trial_of(tmp_path, 2008, seats).table()["hit@10 low"][0]
    assert low < 10 / len(world.firms) * 1.3


def test_probabilities_hold_on_the_planted_world(trial):
    table = trial.reliability
    assert table["arrivals"].sum() > 50
    assert (table["pairs"] * table["foreseen"]).sum() == pytest.approx(table["arrivals"].sum(), rel=0.35)
    assert calibration_error(table) < 0.03


def test_figures_are_plain_and_say_what_the_tables_say(trial):
    found = json.loads(json.dumps(trial.figures(), allow_nan=False))
    learned = next(row for row in found["ranked_by"] if row["group"] == "learned")
    for measure in MEASURES:
        assert learned[measure]["value"] == trial.table()[measure][0]
        assert learned[measure]["low"] <= learned[measure]["value"] <= learned[measure]["high"]
    for group in ("by_kind", "by_distance", "by_revenue", "by_industry"):
        assert sum(row["arrivals"] for row in found[group]) == found["arrivals"]
    assert sum(row["arrivals"] for row in found["reliability"]) == trial.outcomes.came.sum()
    assert found["sharpness"]["arrivals"] > 3 * found["sharpness"]["pairs"]
    assert found["lift"]["learned"][found["lift"]["pairs"].index(0.05)] > 0.3


def test_lift_and_sharpness_of_ten_pairs_by_hand():
    chance = np.array([0.9, 0.8, 0.1, 0.1, 0.1, 0.1, 0.0, 0.0, 0.0, 0.0])
    found = Outcomes(chance, np.array([1.0, 0, 1, 0, 0, 0, 0, 0, 0, 0]), {"all the same": np.ones(10)})
    lift = found.lift().set_index("pairs")
    # The first tenth holds one of the two; of the four tied pairs one comes, so a third of the pairs holds 1 + 1/4.
    assert lift["learned"][[0.1, 0.2, 0.3, 1.0]].tolist() == pytest.approx([0.5, 0.5, 0.625, 1.0])
    assert lift["all the same"].tolist() == pytest.approx(lift.index.tolist())
    assert found.sharpness() == pytest.approx({"base_rate": 0.2, "times": 2.0, "pairs": 0.2, "arrivals": 0.5})
    nobody = Outcomes(chance, np.zeros(10), {})
    assert np.isnan(nobody.lift()["learned"]).all()
    assert np.isnan(nobody.sharpness()["arrivals"])


def test_nothing_later_than_the_day_changes_anything(world, past, model, seats, tmp_path):
    later = pd.DataFrame(
        {"stock_code": ["000001"] * 3, "province": "浙江", "city": ["台州", "宁波", "温州"], "registered_on": "2008-01-01"}
    )
    rows = [(f"{c}{world.firms['short_name'][0]}有限公司", "2008-01-01", "水泵", p, c) for p, c in CITIES for _ in range(50)]
    planted = type(world)(world.firms, pd.concat([world.arrivals, later]), [*world.rows, *rows])
    other = read_past(planted.write(tmp_path), "2007-12-31", seats)
    pd.testing.assert_frame_equal(predict(learn(other, 2008), other, CITIES), predict(model, past, CITIES))


def test_a_market_sees_nothing_of_the_years_after_it(past):
    early = Market.at(past, 2000, CITIES)
    assert early.past.plants["day"].max() < "2000"
    assert early.past.founded["year"].max() == early.past.makeup["year"].max() == 1999


def test_the_order_of_the_candidates_does_not_matter(world, past, model, seats, tmp_path):
    turned = type(world)(world.firms.iloc[::-1], world.arrivals, world.rows).write(tmp_path)
    other = read_past(turned, "2007-12-31", seats)
    one, two = (
        predict(m, p, CITIES).sort_values(["city", "stock_code"], ignore_index=True)
        for m, p in ((model, past), (learn(other, 2008), other))
    )
    pd.testing.assert_frame_equal(one, two, rtol=1e-3)


def test_every_candidate_has_finite_scores_and_probabilities_in_the_order_of_the_scores(world, past, model):
    found = predict(model, past, CITIES)
    assert found.groupby("city")["stock_code"].nunique().tolist() == [len(world.firms)] * 3
    assert np.isfinite(found[["score", "probability"]].to_numpy()).all()
    for _, city in found.groupby("city"):
        assert city["score"].is_monotonic_decreasing
        assert city["probability"].is_monotonic_decreasing
    home = world.firms.loc[world.firms["hq_city"] == "台州", "stock_code"]
    at_home = found[(found["city"] == "台州") & found["stock_code"].isin(home)]
    assert len(at_home) > 0
    assert (at_home["probability"] == 0).all()


def test_a_city_does_not_depend_on_the_others_asked_about(past, model):
    alone, together = predict(model, past, CITIES[:1]), predict(model, past, CITIES)
    pd.testing.assert_frame_equal(alone, together[together["city"] == "台州"].reset_index(drop=True))


def test_two_cities_of_one_name_give_each_firm_once(past, model):
    found = predict(model, past, [("北京", "朝阳"), ("辽宁", "朝阳")])
    assert not found.duplicated(["city", "stock_code"]).any()


def test_without_any_arrival_all_stand_equal(world, seats, tmp_path):
    empty = type(world)(world.firms, world.arrivals[:0], world.rows[:500]).write(tmp_path)
    past = read_past(empty, "2007-12-31", seats)
    found = predict(learn(past, 2008), past, [("海南", "海口")])
    assert found["score"].nunique() == 1
    assert found["probability"].between(0, 0.01).all()


def test_a_model_is_a_readable_file_and_comes_back_as_it_was(model, tmp_path):
    path = tmp_path / "model.toml"
    path.write_text(model.write(), encoding="utf-8")
    back = Model.read(path)
    assert tuple(back.weights) == tuple(model.weights) == CHOSEN
    assert back.weights == pytest.approx(model.weights, rel=1e-4)
    assert back.write() == model.write()


def test_every_fault_of_a_model_file_is_named(tmp_path):
    path = tmp_path / "model.toml"
    path.write_text('[weights]\nfootprints = 1\nstaff = "x"\n[chance]\nbase = nan\nshare = 1\n', encoding="utf-8")
    with pytest.raises(DataError) as raised:
        Model.read(path)
    assert [p.where for p in raised.value.problems] == ["chance.base", "chance.size", "weights.footprints", "weights.staff"]


def test_chance_orders_firms_as_their_shares_do():
    found = Chance(-5.0, 0.8, 0.5).of(np.log([[0.2, 0.1], [0.2, 0.1]]), np.array([0.0, 1.0]))
    assert (found[:, 0] > found[:, 1]).all()
    assert (found[1] > found[0]).all()


def test_ties_share_their_mean_rank_and_the_seat_is_left_out(past):
    market = Market.at(past, 2008, [("浙江", "台州")])
    home = (past.firms["hq_city"] == "台州").to_numpy()
    firm = int(np.flatnonzero(~home)[0])
    came = pd.DataFrame({"firm": [firm], "province": ["浙江"], "city": ["台州"], "day": ["2008-01-01"]})
    found = ranks(np.zeros(market.closed.shape), market, came)
    assert found["rank"][0] == pytest.approx((1 + (~home).sum()) / 2)


def test_an_interval_holds_its_mean_and_none_is_not_known():
    mean, low, high = interval([0.0, 1.0] * 50)
    assert low < mean == 0.5 < high
    assert high - low == pytest.approx(0.196, abs=0.02)
    assert np.isnan(interval([])).all()
