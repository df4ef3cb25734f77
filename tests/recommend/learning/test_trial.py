"""The trial on planted arrivals that distance decided: the learned profile foresees them better than chance, and tells plain figures."""

import json

import numpy as np
import pandas as pd
import pytest

from recommend import Weights
from recommend.learning import trial


@pytest.fixture(scope="module")
def raw(graph, near_arrivals, tmp_path_factory):
    """The planted arrivals as the raw sources have theirs; one registration a year in every city."""
    events, candidates = near_arrivals
    folder = tmp_path_factory.mktemp("raw")
    for part in ("evaluation/arrivals", "data/arrivals", "data/a-share-firms", "data/registrations"):
        (folder / part).mkdir(parents=True)
    companies, regions = graph.tables["companies"].set_index("stock_code").loc[candidates], graph.regions
    city = [regions[graph.places.city_of(code)] for code in companies["region_code"]]
    firms = pd.DataFrame(
        {
            "stock_code": candidates.to_numpy(),
            "short_name": companies["short_name"].to_numpy(),
            "full_name": companies["name_zh"].to_numpy(),
            "hq_province": [regions[c.parent_code].name_zh if c.parent_code in regions else c.name_zh for c in city],
            "hq_city": [c.name_zh for c in city],
            "industry": companies["industry_label"].fillna("其他").to_numpy(),
            "revenue_2020_cny": companies["revenue_cny"].fillna(1e9).to_numpy(),
        }
    )
    firms.to_csv(folder / "evaluation/arrivals/candidates.csv", index=False)
    listed = pd.DataFrame({"stockid": firms["stock_code"], "employee": 100, "producttype": "", "mainbusiness": firms["industry"]})
    listed.to_csv(folder / "data/a-share-firms/cn_corp202012.csv", index=False, encoding="utf-8-sig")
    events.rename(columns={"day": "registered_on"}).to_csv(folder / "data/arrivals/arrivals.csv", index=False)
    there = events[["province", "city"]].drop_duplicates()
    rows = pd.concat([there.assign(name="某厂", registered_on=f"{year}-01-01", scope="制造") for year in range(2000, 2013)])
    rows.to_parquet(folder / "data/registrations/registrations.parquet", index=False)
    return folder


@pytest.fixture(scope="module")
def done(graph, raw):
    return trial(raw, graph, 2008)


def test_arrivals_that_distance_decided_are_foreseen_better_learned_than_by_hand_or_chance(done):
    learned, by_hand, chance = (done.table(of)["MRR"]["value"] for of in ("learned", "hand-set", "random"))
    assert learned > by_hand > chance
    assert done.lead("hand-set")["MRR"]["value"] == pytest.approx(learned - by_hand)
    assert done.learned.of["distance"].weight > Weights.load("hand-set").of["distance"].weight


def test_every_arrival_since_the_cut_has_a_rank_by_every_way(done, near_arrivals):
    events, _ = near_arrivals
    many = (events["day"] >= "2008").sum()
    assert done.without == 0
    for frame in done.ranks.values():
        assert len(frame) == many
        assert (frame["rank"] >= frame["industry_rank"]).all()
        assert set(frame["kind"]) <= {"expander", "newcomer"}


def test_probabilities_are_of_pairs_after_the_cut_by_a_profile_from_before_it(done):
    made = done.foreseen_by.source
    assert (made.weights_until, made.chance_from, made.chance_until) == (2002, 2003, 2007)
    outcomes = done.outcomes
    assert outcomes.came.sum() > 0
    assert ((outcomes.chance > 0) & (outcomes.chance < 1)).all()
    assert np.corrcoef(outcomes.chance, outcomes.came)[0, 1] > 0
    base = outcomes.came.mean()
    assert done.brier()["of_base_rate"] == pytest.approx(base * (1 - base))


def test_figures_are_plain_numbers_and_agree_with_the_trial(done):
    figures = json.loads(json.dumps(done.figures(), allow_nan=False))
    assert [r["group"] for r in figures["ranked_by"]][:2] == ["learned", "hand-set"]
    assert figures["arrivals"] == len(done.ranks["learned"])
    assert sum(r["pairs"] for r in figures["reliability"]) == len(done.outcomes.came)
    assert sum(r["arrivals"] for r in figures["reliability"]) == done.outcomes.came.sum()
    foreseen = sum(r["pairs"] * r["foreseen"] for r in figures["reliability"])
    assert foreseen == pytest.approx(done.outcomes.chance.sum())
    assert all(r["ratio"] is None or r["ratio"] == pytest.approx(r["foreseen"] / r["came"]) for r in figures["reliability"])
    assert sum(r["arrivals"] for r in figures["by_kind"] if r["group"] == "learned") == figures["arrivals"]
    assert figures["calibration_error"] < 0.03
