"""The list is the one of the largest value: of every firm its best segment, places spread by what each gap would open."""

from itertools import combinations
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph import diagnose
from recommend import Weights, gather, shortlist
from recommend.portfolio import ALTERNATIVES, CROWDING, OPENING, alternatives, place_value, spread

HOME, FAR = "330100", "340100"


def offer(company, segment, score, verdict="confirmed"):
    row = {"short_name": None, "name_zh": company, "name_en": None}
    candidate = SimpleNamespace(company_id=company, segment_id=segment, name=company, company=row, activity={"verdict": verdict})
    return SimpleNamespace(candidate=candidate, score=score)


def listed(scored, top, gains=None):
    return [s.candidate.company_id for s in spread(scored, top, gains)]


def value(picked, gains):
    """Oracle: what a list is worth, place by place."""
    total = 0.0
    for segment in {s.candidate.segment_id for s in picked}:
        scores = sorted((s.score for s in picked if s.candidate.segment_id == segment), reverse=True)
        total += sum(s - 4 * n + 50 * gains.get(segment, 0.0) / 2**n for n, s in enumerate(scores))
    return total


offers = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 100)), min_size=1, max_size=9)


@settings(max_examples=60)
@given(offers=offers, top=st.integers(1, 9), gains=st.dictionaries(st.sampled_from("abc"), st.floats(0, 1)))
def test_no_other_list_of_that_length_is_worth_more(offers, top, gains):
    scored = [offer(f"C-{n}", segment, float(score)) for n, (segment, score) in enumerate(offers)]
    found = spread(scored, top, gains)
    assert len(found) == min(top, len(scored))
    assert value(found, gains) == pytest.approx(max(value(some, gains) for some in combinations(scored, len(found))))


def test_places_worked_out_by_hand():
    # a opens a tenth of the chain: its firms count 50 + 5, 49 − 4 + 2.5, 48 − 8 + 1.25; those of b 57, 56 − 4, 55 − 8, 54 − 12.
    scored = [offer(f"a{n}", "a", 50.0 - n) for n in range(4)] + [offer(f"b{n}", "b", 57.0 - n) for n in range(4)]
    places = ("b0", "a0", "b1", "a1", "b2", "b3", "a2", "a3")
    for top in range(1, 9):
        assert listed(scored, top, {"a": 0.1}) == list(places[:top])
    # Where a opens nothing, its first is worth 50 and comes between b1 with 52 and b2 with 47.
    assert listed(scored, 4) == ["b0", "b1", "a0", "b2"]


def test_where_plants_cannot_simply_be_built_other_segments_come_first():
    scored = [offer(f"a{n}", "a", 60.0 - n) for n in range(2)] + [offer(f"b{n}", "b", 55.0 - n) for n in range(2)]
    assert listed(scored, 4) == ["a0", "a1", "b0", "b1"]
    # 60 − 10, 59 − 4 − 10 after 55 and 54 − 4.
    assert [s.candidate.company_id for s in spread(scored, 4, None, {"a": 10.0})] == ["b0", "a0", "b1", "a1"]


def test_what_opens_nothing_is_spread_by_crowding_alone():
    assert place_value(60.0, 4, 0.0) == 60.0 - 4 * CROWDING
    assert place_value(60.0, 0, 1.0) == 60.0 + OPENING


def test_a_firm_stands_once_and_what_is_not_confirmed_comes_last():
    scored = [offer("x", "a", 40.0), offer("x", "b", 45.0), offer("y", "a", 90.0, "to_review"), offer("z", "b", 10.0)]
    assert listed(scored, 2, {"a": 1.0}) == ["x", "z"]
    assert [(s.candidate.company_id, s.candidate.segment_id) for s in spread(scored, 9)] == [("x", "b"), ("z", "b"), ("y", "a")]


def test_the_next_firms_for_a_gap_are_those_without_a_place():
    scored = [offer(f"a{n}", "a", 50.0 - n) for n in range(6)] + [offer("b", "b", 20.0), offer("a5", "b", 30.0)]
    scored += [offer("doubtful", "a", 60.0, "to_review")]
    on = [scored[0], scored[1], scored[6]]
    found = alternatives(scored, on)
    assert [str(text) for text in found["a"]] == ["a2（48.0）", "a3（47.0）", "a4（46.0）"]
    assert [text.en for text in found["b"]] == ["a5 (30.0)"]
    assert len(found["a"]) == ALTERNATIVES


# --- on a world ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(world, a_firm):
    """Forty firms of p/part that differ in their evidence, eight of p/alloy and four of p/care that have less of it."""
    firms = []
    for n in range(52):
        segment = "p/part" if n < 40 else "p/alloy" if n < 48 else "p/care"
        confidence = 0.99 - 0.005 * n if n < 40 else 0.75 - 0.01 * (n - 40)
        verdict = "to_review" if n % 7 == 5 else "confirmed"
        firms.append(a_firm(f"C-{n:04d}", {segment: {"confidence": confidence, "verdict": verdict}}))
    return world(firms)


def ranked(graph, top):
    return shortlist(graph, diagnose(graph, HOME, "p"), top)


def picked(everyone, sure, top, gains):
    """Oracle: the confirmed ones first, each worth what its place in its segment leaves of it."""
    rows, before = [], {}
    for group in (True, False):
        for t in sorted(everyone, key=lambda t: (-t.score, t.company_id)):
            if (t.company_id in sure) is group:
                n = before.get(t.segment_id, 0)
                rows.append((not group, -(t.score - 4 * n + 50 * gains[t.segment_id] / 2**n), t.company_id))
                before[t.segment_id] = n + 1
    return {company for _, _, company in sorted(rows)[:top]}


@pytest.mark.parametrize("top", [1, 3, 8, 15, 30, 48])
def test_the_list_takes_the_places_that_are_worth_most(many, top):
    everyone = ranked(many, 1000).targets
    verdicts = many.tables["activities"].set_index(["company_id", "segment_id"])["verdict"]
    sure = {t.company_id for t in everyone if verdicts[t.company_id, t.segment_id] == "confirmed"}
    gains = {s.segment_id: s.keystone_gain for s in diagnose(many, HOME, "p").segments}
    # raw and whole are here, part and care are not: part is missing to itself and to whole (½ and ⅓ of what they need), of 5.
    assert gains["p/part"] == pytest.approx((1 / 2 + 1 / 3) / 5)
    assert {t.company_id for t in ranked(many, top).targets} == picked(everyone, sure, top, gains)


def test_no_segment_hogs_the_list(world, a_firm):
    # Twenty firms of part are each a little better than every firm of alloy: by score alone they would fill the list.
    firms = [a_firm(f"C-1{n:03d}", {"p/part": {"confidence": 0.9}}, seat=FAR) for n in range(20)]
    firms += [a_firm(f"C-2{n:03d}", {"p/alloy": {"confidence": 0.8}}, seat=FAR) for n in range(20)]
    graph = world(firms)
    everyone = sorted(ranked(graph, 100).targets, key=lambda t: -t.score)
    best = {s: max(t.score for t in everyone if t.segment_id == s) for s in ("p/part", "p/alloy")}
    assert 0 < best["p/part"] - best["p/alloy"] < 5 * CROWDING
    assert {t.segment_id for t in everyone[:10]} == {"p/part"}
    found = ranked(graph, 10).targets
    assert [t.segment_id for t in found].count("p/alloy") >= 3
    unlisted = {f"{n}公司" for n in (f"C-1{n:03d}" for n in range(20))} - {str(t.name) for t in found}
    for t in found:
        if t.segment_id == "p/part":
            assert {str(text).split("（")[0] for text in t.alternatives} <= unlisted
            assert len(t.alternatives) == ALTERNATIVES


def test_a_list_of_one_kind_holds_the_others_of_none_and_its_scores_are_those_of_the_whole(graph):
    evidence = gather(graph, diagnose(graph, "台州", "泵与电机"))
    weights = Weights.load()
    whole = {(t.company_id, t.segment_id): t for t in evidence.ranked(weights, 1000, argued=False)}
    for kind in ("expander", "newcomer"):
        alone = evidence.of_kind(kind).ranked(weights, 1000, argued=False)
        assert {t.company_id for t in alone} == {t.company_id for t in whole.values() if t.mover == kind}
        for t in alone:
            of_whole = whole[t.company_id, t.segment_id]
            assert (t.score, t.rival_region, t.rival_lead, t.reasons) == (
                of_whole.score,
                of_whole.rival_region,
                pytest.approx(of_whole.rival_lead, nan_ok=True),
                of_whole.reasons,
            )
    with pytest.raises(ValueError, match="nomad"):
        evidence.of_kind("nomad")
