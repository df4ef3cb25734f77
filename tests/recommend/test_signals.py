"""One golden test per signal on a world worked out by hand (conftest.py draws it)."""

import dataclasses
import math

import pytest

from chaingraph import diagnose
from chaingraph.model import Presence
from recommend.candidates import Setting
from recommend.signals import SIGNALS

HOME, NEAR, MIDDLE, FAR, LOST = "330100", "330200", "330300", "340100", "340200"


@pytest.fixture
def ask(world, a_firm, looked_at):
    """Ask one signal about the first of some firms (by default one firm of p/part in 远市)."""

    def of(name, *others, segment="p/part", region=HOME, counts=None, activity=None, tables=None, **columns):
        first = a_firm("C-0001", {segment: activity or {}}, **columns)
        setting, found = looked_at(world([first, *others], counts, **(tables or {})), segment, region)
        (candidate,) = [c for c in found if c.company_id == "C-0001"]
        return SIGNALS[name](setting, candidate)

    return of


@pytest.mark.parametrize(
    ("verdict", "confidence", "value"),
    [("confirmed", 0.9, 0.9), ("confirmed", 1.0, 1.0), ("to_review", 0.9, 0.54), ("to_review", 0.5, 0.3)],
)
def test_segment_fit_is_the_confidence_and_an_unconfirmed_one_counts_six_tenths_of_it(ask, verdict, confidence, value):
    found = ask("segment_fit", activity={"verdict": verdict, "confidence": confidence, "matched_terms": "铸件；铸铁"})
    assert found.value == pytest.approx(value, abs=1e-12)
    assert "铸件、铸铁" in found.text
    assert f"{confidence:.2f}" in found.text
    assert found.origin_id == "o-activities"


@pytest.mark.parametrize("basis", ["fact", "main_business", "name", "decision"])
def test_segment_fit_says_what_the_evidence_was_read_from(ask, basis):
    assert ask("segment_fit", activity={"basis": basis}).text != ask("segment_fit", activity={"basis": "summary", "is_leading": True, "leading_evidence": "gk"}).text  # fmt: skip


@pytest.mark.parametrize(("others", "number"), [((), 1), (("q/seat",), 2), (("q/seat", "q/gear", "p/alloy"), 4)])
def test_specialisation_is_one_over_one_plus_the_logarithm_of_the_segments(world, a_firm, looked_at, others, number):
    setting, (candidate, *_) = looked_at(world([a_firm("C-0001", ["p/part", *others])]))
    found = SIGNALS["specialisation"](setting, candidate)
    assert found.value == pytest.approx({1: 1.0, 2: 0.5906161091, 4: 0.4190597842}[number], abs=1e-9)
    assert f"{number} 个环节" in found.text


def test_specialisation_counts_neither_markets_nor_what_is_not_confirmed_and_without_any_is_not_known(world, a_firm, looked_at):
    doubtful = {"verdict": "to_review", "confidence": 0.8}
    setting, (one, two) = looked_at(
        world(
            [
                a_firm("C-0001", {"p/part": {}, "p/farm": {}, "q/gear": doubtful}),
                a_firm("C-0002", {"p/part": doubtful, "p/farm": {}}),
            ]
        )
    )
    assert SIGNALS["specialisation"](setting, one).value == 1.0
    assert SIGNALS["specialisation"](setting, two) is None


@pytest.mark.parametrize(
    ("revenue", "value"), [(5e7, 0.0), (1e8, 0.0), (1e10, 4 / 7), (10**9.75, 0.5), (10**11.5, 1.0), (9e12, 1.0)]
)
def test_scale_is_the_logarithm_of_revenue_between_one_hundred_million_and_three_hundred_billion(ask, revenue, value):
    found = ask("scale", revenue_cny=revenue, revenue_year=2020)
    assert found.value == pytest.approx(value, abs=1e-9)
    assert f"{revenue / 1e8:,.1f} 亿元" in found.text
    assert "2020" in found.text


def test_scale_of_a_revenue_without_its_year_does_not_name_one(ask):
    found = ask("scale", revenue_cny=1e10)
    assert found.value == pytest.approx(4 / 7)
    assert "年" not in found.text


def test_a_firm_is_small_only_below_the_middle_of_its_industry_where_that_is_known(ask, a_firm):
    # With its own 5, 10, 20, 40 and 80 亿元: the middle is 20.
    others = [a_firm(f"C-1{n}", "q/gear", industry_label="泵", revenue_cny=n * 1e8) for n in (5, 10, 40, 80)]
    assert not ask("scale", *others, industry_label="泵", revenue_cny=20e8).against
    smaller = ask("scale", *others, industry_label="泵", revenue_cny=4e8, revenue_year=2020).against
    assert smaller == "规模偏小：营业收入 4.0 亿元（2020 年），泵行业中位数 10.0 亿元"
    assert smaller.en == "Small for its industry: revenue CNY 400 mn (2020); the middle firm of “泵” earns CNY 1.0 bn"
    assert not ask("scale", *others[:3], industry_label="泵", revenue_cny=4e8).against, "of four firms no middle is told"
    assert not ask("scale", *others, revenue_cny=4e8).against, "its industry is not known"


def test_scale_without_revenue_is_that_of_the_best_list_and_without_either_not_known(ask):
    both = [{"list_id": i, "company_id": "C-0001", "rank": 7} for i in ("private-500", "global-500")]
    assert ask("scale", tables={"memberships": both[:1]}).value == 0.85
    assert ask("scale", tables={"memberships": both}).value == 1.0
    assert ask("scale", tables={"memberships": both}, revenue_cny=1e8, revenue_year=2020).value == 1.0
    assert ask("scale", tables={"memberships": [{"list_id": "industry-top-30", "company_id": "C-0001", "rank": 1}]}) is None
    assert ask("scale") is None


@pytest.mark.parametrize(("evidence", "value"), [("page", 1.0), ("listed", 0.9), ("gk", 0.75)])
def test_leadership_of_a_named_leading_firm_depends_on_how_that_is_known(ask, evidence, value):
    named = {"is_leading": True, "leading_evidence": evidence}
    assert ask("leadership", activity=named, revenue_cny=1e9, revenue_year=2020).value == value
    assert ask("leadership", activity=named).value == 0.6, "neither revenue nor a list is known of it"


@pytest.mark.parametrize(("place", "value"), [(1, 0.8), (30, 0.3), (12, 0.8 - 0.5 * 11 / 29)])
def test_leadership_by_the_rank_in_its_industry(ask, place, value):
    rank = {"list_id": "industry-top-30", "company_id": "C-0001", "rank": place, "industry_label": "通用设备"}
    found = ask("leadership", tables={"memberships": [rank]})
    assert found.value == pytest.approx(value, abs=1e-12)
    assert f"通用设备行业收入第 {place} 位" in found.text


def test_leadership_by_a_list_by_the_list_of_a_tied_firm_by_none_and_not_known(ask, a_firm):
    def on(company_id):
        return [{"list_id": "private-500", "company_id": company_id, "rank": 9}]

    tie = [{"company_id": "C-0001", "other_id": "C-0002", "tie_kind": "controlled_by", "tie_text": "实际控制人：乙"}]
    group = a_firm("C-0002", "q/gear")
    assert ask("leadership", tables={"memberships": on("C-0001")}).value == 0.6
    assert ask("leadership", group, tables={"memberships": on("C-0002"), "ties": tie}).value == 0.5
    assert ask("leadership", group, tables={"memberships": on("C-0002")}, revenue_cny=1e9, revenue_year=2020).value == 0.1
    assert ask("leadership", group, tables={"memberships": on("C-0002")}) is None


@pytest.mark.parametrize(("number", "value"), [(1, 0.3934693403), (2, 0.6321205588), (4, 0.8646647168), (40, 1.0)])
def test_expansion_is_one_minus_exp_of_minus_half_the_cities(ask, number, value):
    found = ask("expansion", founded_elsewhere=number, founded_elsewhere_last=2015)
    assert found.value == pytest.approx(value, abs=1e-8)
    assert f"{number} 个" in found.text
    assert "2015" in found.text


@pytest.mark.parametrize("number", [None, 0])
def test_expansion_is_not_known_where_none_was_seen(ask, number):
    assert ask("expansion", founded_elsewhere=number) is None


@pytest.mark.parametrize(
    ("seat", "km", "value"), [(NEAR, 111.195, 0.830834), (MIDDLE, 333.585, 0.573513), (FAR, 667.170, 0.328917)]
)
def test_distance_is_exp_of_minus_the_kilometres_over_six_hundred(ask, seat, km, value):
    assert value == pytest.approx(math.exp(-km / 600), abs=2e-6)
    found = ask("distance", seat=seat)
    assert found.value == pytest.approx(value, abs=2e-6)
    assert f"{km:.0f} 公里" in found.text


def test_a_way_speaks_for_a_firm_to_300_km_and_against_it_from_800(ask, monkeypatch):
    def sides(seat):
        found = ask("distance", seat=seat)
        return found.text.startswith("距离近"), found.against.startswith("路远")

    # 111, 334 and 667 km.
    assert [sides(s) for s in (NEAR, MIDDLE, FAR)] == [(True, False), (False, False), (False, False)]
    monkeypatch.setattr("recommend.signals.FAR_KM", 667.0)
    assert [sides(s) for s in (NEAR, MIDDLE, FAR)] == [(True, False), (False, False), (False, True)]


@pytest.mark.parametrize("seat", [None, LOST, "340000"])
def test_distance_is_not_known_without_a_seat_without_its_coordinates_or_by_province_only(ask, seat):
    assert ask("distance", seat=seat) is None


def test_distance_of_a_county_is_that_of_its_city(ask):
    assert ask("distance", seat=NEAR, region="330101").value == pytest.approx(math.exp(-111.195 / 600), abs=2e-6)
    assert ask("distance", seat="330102", region="330101").value == 1.0


def test_inputs_here_counts_essential_inputs_double_and_five_firms_within_reach_as_enough(ask):
    # raw 10 + 4 within 150 km (weight 1), alloy none (weight ½): 1 / 1½
    assert ask("inputs_here").value == pytest.approx(2 / 3, abs=1e-12)
    # alloy 2 of 5: (1 + ½ · 2/5) / 1½
    some = {HOME: {"p/raw": 10}, NEAR: {"p/alloy": 2}, MIDDLE: {"p/alloy": 90}}
    found = ask("inputs_here", counts=some)
    assert found.value == pytest.approx(0.8, abs=1e-12)
    assert "p/raw 10 家" in found.text
    # raw 3 of 5, alloy none: (3/5) / 1½
    assert ask("inputs_here", counts={HOME: {"p/raw": 1}, NEAR: {"p/raw": 2}, FAR: {"p/raw": 99}}).value == pytest.approx(0.4)


def test_inputs_here_counts_a_firm_known_to_sit_within_reach_and_is_not_known_without_inputs(ask, a_firm):
    counts = {HOME: {"p/raw": 3}, FAR: {"p/part": 9}}
    assert ask("inputs_here", counts=counts).value == pytest.approx(0.4)
    assert ask("inputs_here", a_firm("C-0002", "p/raw", seat=NEAR), counts=counts).value == pytest.approx((4 / 5) / 1.5)
    assert ask("inputs_here", segment="p/raw") is None, "only scrap comes back to raw: recycling is no input"


def test_customers_here_counts_what_it_supplies_within_reach_and_no_market(ask):
    assert ask("customers_here").value == 1.0
    assert ask("customers_here", counts={HOME: {"p/whole": 1}, NEAR: {"p/whole": 1}, FAR: {"p/whole": 50}}).value == 0.4
    assert ask("customers_here", segment="p/alloy", counts={NEAR: {"p/part": 4}, FAR: {"p/alloy": 4}}).value == 0.8
    assert ask("customers_here", segment="p/whole") is None, "it supplies a market, and scrap"


def test_ties_are_one_for_control_and_seven_tenths_for_a_group(ask, a_firm):
    here = a_firm("C-0002", "p/raw", seat="330101", short_name="本地甲")
    for kind, value in (("controlled_by", 1.0), ("same_group", 0.7), ("same_controller", 0.7)):
        for ends in (("C-0001", "C-0002"), ("C-0002", "C-0001")):
            tie = {"company_id": ends[0], "other_id": ends[1], "tie_kind": kind, "tie_text": "同属某集团"}
            found = ask("ties", here, tables={"ties": [tie]})
            assert found.value == value
            assert "本地甲" in found.text
            assert "同属某集团" in found.text


def test_ties_reach_over_one_firm_in_between_but_not_over_two(ask, a_firm):
    here, there, further = a_firm("C-0002", seat=HOME), a_firm("C-0003", "q/gear"), a_firm("C-0004", "q/gear")
    chain = [("C-0001", "C-0003"), ("C-0003", "C-0002")]
    rows = [{"company_id": a, "other_id": b, "tie_kind": "same_group", "tie_text": f"{a}{b}"} for a, b in chain]
    assert ask("ties", here, there, tables={"ties": rows}).value == 0.7
    chain = [("C-0001", "C-0003"), ("C-0003", "C-0004"), ("C-0004", "C-0002")]
    rows = [{"company_id": a, "other_id": b, "tie_kind": "same_group", "tie_text": f"{a}{b}"} for a, b in chain]
    assert ask("ties", here, there, further, tables={"ties": rows}) is None


def test_ties_without_any_are_zero_only_when_the_controller_is_known(ask, a_firm):
    tie = [{"company_id": "C-0001", "other_id": "C-0002", "tie_kind": "same_group", "tie_text": "x"}]
    away = a_firm("C-0002", "q/gear", seat=NEAR)
    assert ask("ties", away, tables={"ties": tie}, controller="甲省国资委").value == 0.0
    assert ask("ties", away, tables={"ties": tie}) is None


def test_a_tie_whose_source_says_no_more_is_named_by_its_kind(ask, a_firm):
    tie = [{"company_id": "C-0001", "other_id": "C-0002", "tie_kind": "same_group", "tie_text": None}]
    found = ask("ties", a_firm("C-0002", "q/gear", seat=HOME), tables={"ties": tie})
    assert "同一集团" in found.text
    assert "nan" not in found.text


def test_a_landing_makes_a_tied_firm_one_that_is_here(world, a_firm, looked_at):
    tie = [{"company_id": "C-0001", "other_id": "C-0002", "tie_kind": "same_group", "tie_text": "同组"}]
    graph = world([a_firm("C-0001"), a_firm("C-0002", "q/gear")], ties=tie)
    for after, value in ((graph, None), (graph.with_landing("C-0002", HOME), 0.7), (graph.with_landing("C-0002", NEAR), None)):
        setting, (candidate, *_) = looked_at(after)
        found = SIGNALS["ties"](setting, candidate)
        assert (found.value if found else None) == value


def test_regional_fit_is_the_share_of_cities_where_the_segment_is_less_feasible(ask):
    # 远市 makes part; a city with raw and whole is nearer to it than one with neither. Seat, made in two cities without
    # part, speaks more against part than gear, made in one: 中市 stands before 近市 and the city without coordinates.
    counts = {
        HOME: {"p/raw": 10, "p/whole": 10},
        NEAR: {"q/seat": 10},
        MIDDLE: {"q/gear": 10},
        FAR: {"p/raw": 10, "p/whole": 10, "p/part": 10},
        LOST: {"q/seat": 10},
    }
    doubtful = {"verdict": "to_review", "confidence": 0.8}
    values = {r: ask("regional_fit", counts=counts, region=r, activity=doubtful, seat=None).value for r in counts}
    assert values == {HOME: 0.6, FAR: 0.8, NEAR: 0.0, MIDDLE: 0.4, LOST: 0.0}


def test_regional_fit_is_not_known_where_the_data_are_thin(world, a_firm, looked_at):
    graph = world([a_firm("C-0001")])
    setting, (candidate,) = looked_at(graph)
    assert SIGNALS["regional_fit"](setting, candidate) is not None
    thin = Setting(graph, dataclasses.replace(setting.diagnosis, coverage=0.19))
    assert SIGNALS["regional_fit"](thin, candidate) is None


@pytest.mark.parametrize(
    ("owner", "seat", "value"),
    [
        ("private", FAR, 0.8), ("no_controller", FAR, 0.7), ("foreign", None, 0.6), ("central_state", FAR, 0.5),
        ("collective", FAR, 0.4), ("local_state", FAR, 0.2), ("local_state", NEAR, 0.5), ("local_state", None, 0.2),
    ],
)  # fmt: skip
def test_mobility_goes_by_the_owner_and_the_province(ask, owner, seat, value):
    assert ask("mobility", ownership=owner, seat=seat).value == value


def test_mobility_of_an_unknown_owner_is_not_known(ask):
    assert ask("mobility") is None


def test_gap_need_adds_six_tenths_of_the_grade_and_four_tenths_of_the_keystone_gain(ask, world, a_firm):
    # Present: raw and whole. Readiness: part 1/2, whole 2/3, alloy 0, care 0. Filling part gains (1/2 + 1/3) / 5 = 1/6,
    # filling alloy or care 1/5, the most. part is missing: 0.6 · 1 + 0.4 · (1/6) / (1/5).
    home = diagnose(world([a_firm("C-0001")]), HOME, "p")
    assert home["p/part"].presence == "missing"
    assert home["p/part"].keystone_gain == pytest.approx(1 / 6)
    assert ask("gap_need").value == pytest.approx(0.6 + 0.4 * 5 / 6, abs=1e-12)
    # alloy is not known to be missing: 0.6 · 0.6 + 0.4 · 1.  raw is strong and there: 0.6 · 0.15.
    assert ask("gap_need", segment="p/alloy").value == pytest.approx(0.76, abs=1e-12)
    assert ask("gap_need", segment="p/raw").value == pytest.approx(0.09, abs=1e-12)
    assert ask("gap_need", segment="p/raw").against
    assert not ask("gap_need").against


def test_a_shortfall_is_never_told_as_enough_whatever_its_grade(world, a_firm, looked_at):
    setting, (candidate,) = looked_at(world([a_firm("C-0001")]))

    def against(presence, lq):
        changed = (dataclasses.replace(s, presence=presence, lq=lq) for s in setting.diagnosis.segments)
        diagnosis = dataclasses.replace(setting.diagnosis, segments=tuple(changed))
        return SIGNALS["gap_need"](Setting(setting.graph, diagnosis), candidate).against

    assert against(Presence.ADEQUATE, 1.0).startswith("本地并不缺：")
    assert against(Presence.STRONG, 3.0).startswith("本地已强：")
    for presence in Presence:
        assert against(presence, 0.99) == against(presence, math.nan) == ""
    assert against(Presence.WEAK, 2.0) == against(Presence.UNKNOWN, 2.0) == ""


def test_there_are_at_least_nine_signals_each_with_a_public_description():
    assert len(SIGNALS) >= 9
    assert all(function.__doc__ and function.__name__ == name for name, function in SIGNALS.items())
