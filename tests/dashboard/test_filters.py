"""What a filter shows is what it says, and what is not known is never taken for near or well known."""

import math

import pytest

from chaingraph.recommendation import Reason, Recommendation
from dashboard.filters import ABROAD, NOWHERE, Filters, moved, origin, origins


def target(company="C-1", *, lists=(), seat_code="330100", away=100.0, known=1.0, seat="东省甲市"):
    reasons = (Reason("distance", 0.5, known, 50 * known, "近", "o"), Reason("ties", None, 1 - known, 0.0, "未知", ""))
    return Recommendation(
        1, company, company, "c/a", "a件", "330200", reasons, "", "", "", seat, list_ids=lists, away_km=away, seat_code=seat_code
    )


def test_no_choice_takes_everybody():
    assert Filters().takes(target(away=math.nan, seat_code="", known=0.1))


@pytest.mark.parametrize(
    ("lists", "taken"), [(("global-500",), True), (("private-500",), False), (("private-500", "global-500"), True)]
)
def test_one_of_the_lists_chosen_is_enough(lists, taken):
    assert Filters(lists=lists).takes(target(lists=("global-500",))) is taken


def test_a_list_a_user_brought_counts_like_any_other():
    own = {"own-1": ("C-1",)}
    assert Filters(lists=("own-1",), own=own).takes(target("C-1"))
    assert not Filters(lists=("own-1",), own=own).takes(target("C-2"))


@pytest.mark.parametrize(("away", "taken"), [(299.9, True), (300.0, True), (300.1, False), (math.nan, False)])
def test_a_distance_not_known_is_not_near(away, taken):
    assert Filters(near_km=300).takes(target(away=away)) is taken


@pytest.mark.parametrize(("known", "taken"), [(0.6, True), (0.59, False)])
def test_coverage_is_a_floor(known, taken):
    assert Filters(known=0.6).takes(target(known=known)) is taken


def test_origin_is_the_province_abroad_or_unknown():
    given = [
        target("a"),
        target("b", seat_code="340100"),
        target("c", seat_code="", seat="境外（DE）"),
        target("d", seat_code="", seat="不详"),
        target("e"),
    ]
    assert [origin(t) for t in given] == ["330000", "340000", ABROAD, NOWHERE, "330000"]
    assert origins(given) == {"330000": 2, "340000": 1, ABROAD: 1, NOWHERE: 1}
    assert [t.company_id for t in given if Filters(origins=("330000",)).takes(t)] == ["a", "e"]


def test_moves_are_places_gained_and_a_newcomer_has_none():
    before, after = [target("a"), target("b"), target("c")], [target("c"), target("a"), target("b"), target("d")]
    assert moved(after, before) == {"c": 2, "a": -1, "b": -1}
