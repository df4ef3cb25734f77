"""Who of our own is drawn elsewhere: points worked out by hand, planted worlds, and what a caution may say."""

import json
import math

import pytest

from chaingraph import diagnose
from chaingraph.phrases import said
from recommend import Weights, at_risk
from recommend.retention import CAUTION, to_pandas
from recommend.scorecard import Weight
from recommend.signals import SIGNALS

HOME, COUNTY, NEAR, MIDDLE, FAR = "330100", "330101", "330200", "330300", "340100"
DEGREE_KM = 2 * math.pi * 6371.0088 / 360
# Nothing upstream or downstream of part near home; all of it in 中市, three degrees away; 远市 is of another trade.
COUNTS = {
    HOME: {"p/part": 5, "p/care": 40},
    MIDDLE: {"p/raw": 20, "p/part": 30, "p/whole": 20},
    FAR: {"q/seat": 50, "q/gear": 60},
}
SHARES = {"expansion": 0.2, "mobility": 0.1, "inputs_here": 0.4, "customers_here": 0.2, "distance": 0.1}
WEIGHTS = Weights({n: Weight(SHARES.get(n, 0.0), 0.25, "") for n in SIGNALS})
REVENUE = {"revenue_cny": 1e9, "revenue_year": 2020}


@pytest.fixture(scope="module")
def ours(a_firm):
    """A firm of p/part that sits at home, with what else is said of it."""
    return lambda company, segments="p/part", **more: a_firm(company, segments, seat=HOME, **{**REVENUE, **more})


def found(graph, region=HOME, weights=WEIGHTS, **more):
    return at_risk(graph, diagnose(graph, region, "p"), weights=weights, **more)


def test_the_points_worked_out_by_hand(world, ours):
    (risk,) = found(world([ours("C-1", ownership="private", founded_elsewhere=2)], COUNTS))
    # Of part's inputs raw (1) and alloy (½) 中市 has raw alone; whole, the one customer, is there; nothing of it is here.
    draws = {
        "expansion": 20 * (1 - math.exp(-1)),
        "mobility": 10 * 0.8,
        "inputs_here": 40 * (1 / 1.5),
        "customers_here": 20 * 1.0,
        "regional_fit": 0.0,
        "distance": 10 * (math.exp(-3 * DEGREE_KM / 600) - 1),
    }
    assert {d.signal: d.points for d in risk.draws} == pytest.approx(draws, abs=1e-9)
    assert risk.points == pytest.approx(sum(draws.values()), abs=1e-9)
    assert risk.rival_lead == pytest.approx(sum(list(draws.values())[2:]), abs=1e-9)
    assert (risk.rank, risk.company_id, risk.segment_id, risk.region_code) == (1, "C-1", "p/part", HOME)
    assert risk.rival_region == MIDDLE
    assert "中市更有吸引力" in risk.text
    assert str(risk.keep) == "就近补上它的上游：资料未见足够上游：150 公里内p/alloy 0 家、p/raw 0 家"


def test_what_is_not_known_of_a_firm_counts_as_declared_and_is_marked(world, ours):
    (risk,) = found(world([ours("C-1", ownership=None)], COUNTS))
    habit, owner = risk.draws[:2]
    assert (habit.points, habit.is_known) == (pytest.approx(20 * 0.25), False)
    assert (owner.points, owner.is_known) == (pytest.approx(10 * 0.25), False)
    assert all(d.is_known for d in risk.draws[2:])
    # Seen once, it is known; a local state firm is bound by its owner, in its own province most of all.
    (known,) = found(world([ours("C-1", ownership="local_state", founded_elsewhere=1)], COUNTS))
    assert [d.is_known for d in known.draws[:2]] == [True, True]
    assert known.draws[1].points == pytest.approx(10 * 0.2)


def test_the_planted_firm_stands_first(world, ours):
    # Alike in all: of raw everything it sells to is elsewhere, care has nothing to gain anywhere.
    firms = [ours("C-CARE", "p/care"), ours("C-RAW", "p/raw"), *(ours(f"C-CARE-{n}", "p/care") for n in range(3))]
    counts = {HOME: {"p/care": 20, "p/raw": 5}, MIDDLE: {"p/raw": 20, "p/part": 30}, FAR: {"q/seat": 50, "q/gear": 60}}
    risks = found(world(firms, counts))
    assert risks[0].company_id == "C-RAW"
    assert risks[0].rival_region == MIDDLE
    assert [r.rank for r in risks] == list(range(1, 6))
    assert [r.points for r in risks] == sorted((r.points for r in risks), reverse=True)
    assert "p/part 0 家" in risks[0].keep
    # With the customers brought here nothing draws it any more but its own habits.
    after = found(world(firms, {**counts, HOME: {"p/care": 20, "p/raw": 5, "p/part": 20}}))
    assert next(r for r in after if r.company_id == "C-RAW").rival_lead <= 0


def test_only_own_leading_firms_that_are_confirmed_are_looked_at(world, ours, a_firm):
    firms = [
        ours("C-OURS"),
        ours("C-COUNTY", region_code=COUNTY),
        ours("C-DOUBT", {"p/part": {"verdict": "to_review"}}),
        ours("C-SMALL", revenue_cny=None, revenue_year=None),
        ours("C-NAMED", {"p/part": {"is_leading": True, "leading_evidence": "page"}}, revenue_cny=None, revenue_year=None),
        ours("C-OTHER", "q/seat"),
        a_firm("C-GUEST", "p/part", seat=FAR, **REVENUE),
    ]
    stands = [{"company_id": "C-GUEST", "region_code": HOME, "origin_id": "o-companies"}]
    graph = world(firms, COUNTS, establishments=stands)
    assert {r.company_id for r in found(graph)} == {"C-OURS", "C-COUNTY", "C-NAMED"}
    assert {r.company_id for r in found(graph, COUNTY)} == {"C-COUNTY"}
    assert len(found(graph, top=2)) == 2


def test_a_firm_of_two_segments_stands_once_for_the_one_it_is_drawn_most_in(world, ours):
    (risk,) = found(world([ours("C-1", ["p/part", "p/care"])], COUNTS))
    assert risk.segment_id == "p/part"


def test_known_plants_elsewhere_are_named(world, ours):
    stands = [{"company_id": "C-1", "region_code": code, "origin_id": "o-companies"} for code in (COUNTY, NEAR, FAR)]
    (risk,) = found(world([ours("C-1")], COUNTS, establishments=stands))
    assert risk.elsewhere == (NEAR, FAR)


def test_without_a_city_that_is_specialised_nothing_of_the_place_draws(world, ours):
    (risk,) = found(world([ours("C-1", ownership="private")], {HOME: {"p/part": 5}, FAR: {"q/seat": 50}}))
    assert (risk.rival_region, risk.rival_lead) == ("", 0.0)
    assert [d.points for d in risk.draws[2:]] == [0.0, 0.0, 0.0, 0.0]
    assert risk.keep.startswith("没有其他城市在该环节形成专业化")


# --- on the shipped data ------------------------------------------------------------------------------------------------


def test_a_caution_says_that_it_is_none_of_a_prediction_in_every_form(graph):
    risks = at_risk(graph, diagnose(graph, "台州", "泵与电机"))
    assert len(risks) == 10
    frame = to_pandas(risks)
    assert set(frame["caution"]) == {str(CAUTION)}
    assert frame["points"].tolist() == [r.points for r in risks]
    assert frame[[c for c in frame if c.endswith("_points")]].sum(axis=1).tolist() == pytest.approx(frame["points"].tolist())
    for risk in risks:
        plain = json.loads(json.dumps(risk.as_dict(), ensure_ascii=False, allow_nan=False))
        assert plain["caution"] == str(CAUTION)
        for text in (risk.text, risk.keep, *(d.text for d in risk.draws)):
            assert said(text, "en") != str(text) or not text
        assert graph.company(risk.company_id)["region_code"][:4] == "3310"


def test_the_frame_has_its_columns_without_rows_too(graph):
    assert at_risk(graph, diagnose(graph, "桐城", "光伏")) == []
    assert {"rank", "points", "keep", "caution"} <= set(to_pandas([]))
