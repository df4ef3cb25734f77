import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph.model import PERIODS
from chaingraph.phrases import Phrase
from chaingraph.recommendation import Reason, Recommendation

REASONS = (
    Reason("segment_fit", 0.8, 0.5, 40.0, "做水泵", "a"),
    Reason("distance", 0.5, 0.2, 10.0, "300 公里", "b"),
    Reason("ties", 0.0, 0.1, 0.0, "没有关系", "c"),
    Reason("scale", 0.9, 0.1, 9.0, "营收 50 亿元", "d"),
    Reason("mobility", None, 0.1, 5.0, "未知", ""),
)


def a_recommendation(reasons=REASONS, **more):
    return Recommendation(
        1, "A-002131", "利欧股份", "pump-motor/pump-whole", "水泵整机", "331000", reasons, "离得远", "330200", "宁波更近", **more
    )


def test_a_score_is_the_sum_of_its_points_and_coverage_the_weight_that_is_known():
    # 40 + 10 + 0 + 9 + 5 = 64; known weight 0.5 + 0.2 + 0.1 + 0.1 = 0.9 of 1.0
    found = a_recommendation()
    assert found.score == 64.0
    assert found.coverage == pytest.approx(0.9)


def test_an_unknown_signal_gives_points_but_is_no_reason_to_name():
    found = a_recommendation()
    assert [r.known for r in found.reasons] == [True, True, True, True, False]
    assert [r.signal for r in found.strongest] == ["segment_fit", "distance", "scale"]
    guessed = Reason("mobility", None, 0.9, 90.0, "未知", "")
    assert a_recommendation((guessed, REASONS[3])).strongest == (REASONS[3],)


def test_without_reasons_there_is_no_score_and_no_coverage():
    assert (a_recommendation(()).score, a_recommendation(()).coverage, a_recommendation(()).strongest) == (0, 0.0, ())


def test_the_explanation_says_the_reasons_the_doubt_the_rival_and_what_is_not_known():
    lines = a_recommendation(also_fits=("电机（50.0）",), not_known=("mobility",)).explain().splitlines()
    assert lines == [
        "1. 利欧股份 → 水泵整机 · 64.0 分 · 已知权重 90%",
        "   + 40.0  做水泵",
        "   + 10.0  300 公里",
        "   +  9.0  营收 50 亿元",
        "   − 离得远",
        "   ⇄ 宁波更近",
        "   也适合：电机（50.0）",
        "   ? 未知：体制灵活",
    ]


FURTHER = {
    "chance_text": Phrase("1000 家里约 3 家", "about 3 in 1,000"),
    "mover": "expander",
    "stability": 0.875,
    "rank_low": 1,
    "rank_high": 4,
    "phone_call": Phrase("问实际控制人", "ask who controls it"),
    "phone_call_signal": "mobility",
    "warm_path": (Phrase("甲公司在本地", "A is here"), "乙公司在本地"),
    "package": (Phrase("与丙公司", "with C"),),
}


def test_the_explanation_says_how_to_reach_it_and_how_firm_its_place_is_after_all_else():
    assert a_recommendation(**FURTHER).explain().splitlines()[-4:] == [
        "   ☎ 问实际控制人",
        "   ↔ 甲公司在本地；乙公司在本地",
        "   ＋ 与丙公司",
        "   ≈ 1000 家里约 3 家 · 扩张型 · 名次 1–4 · 稳定度 88%",
    ]
    assert a_recommendation(**FURTHER).explain("en").splitlines()[-1] == (
        "   ≈ about 3 in 1,000 · expander · place 1–4 · stability 88%"
    )
    shown = a_recommendation(**FURTHER).to_html()
    assert "☎ 问实际控制人" in shown
    assert "≈ 1000 家里约 3 家 · 扩张型" in shown


def test_of_what_was_not_asked_nothing_is_said_and_nothing_is_zero():
    found = a_recommendation()
    assert found.standing == ""
    plain = found.as_dict()
    empty = ("probability", "probability_low", "probability_high", "stability", "rank_low", "rank_high", "rival_lead")
    assert {name: plain[name] for name in empty} == dict.fromkeys(empty)
    assert a_recommendation(rank_low=3, rank_high=3).standing == "名次 3"
    assert found == a_recommendation()


def test_the_plain_values_carry_every_reason_with_its_points():
    plain = a_recommendation().as_dict()
    assert plain["score"] == 64.0
    assert plain["reasons"][4] == {
        "signal": "mobility",
        "value": None,
        "weight": 0.1,
        "points": 5.0,
        "text": "未知",
        "origin_id": "",
    }
    assert {"rank", "company_id", "name", "segment_id", "region_code", "coverage", "against", "rival_region"} < set(plain)


def test_a_recommendation_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        a_recommendation().rank = 2


@given(st.lists(st.tuples(st.none() | st.floats(0, 1), st.floats(0.01, 1)), min_size=1, max_size=12))
def test_coverage_is_a_share_and_the_plain_points_add_up_to_the_score(signals):
    total = sum(w for _, w in signals)
    reasons = tuple(
        Reason(f"s{n}", v, w / total, 100 * w / total * (0.5 if v is None else v), "", "") for n, (v, w) in enumerate(signals)
    )
    found = a_recommendation(reasons)
    assert 0 <= found.coverage <= 1 + 1e-12
    assert 0 <= found.score <= 100 + 1e-9
    assert sum(r["points"] for r in found.as_dict()["reasons"]) == pytest.approx(found.score, abs=1e-9)
    assert (found.coverage == pytest.approx(1)) is all(v is not None for v, _ in signals)


def test_the_periods_follow_one_another_without_gap_or_overlap():
    for (_, _, last), (_, first, _) in itertools.pairwise(PERIODS):
        assert first == last + 1
    assert PERIODS[0][1] == 0
    assert PERIODS[-1][2] == 2019
