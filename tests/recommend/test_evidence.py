"""Evidence is gathered once and ranked with any weights; nothing of one graph shows in another."""

import gc
import json
import math
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph import diagnose
from recommend import Weights, gather, shortlist
from recommend.candidates import Setting, candidates, wanted_segments
from recommend.firms import Firms
from recommend.signals import OF_FIRM, OF_SEGMENT, SIGNALS

HOME, NEAR, MIDDLE, FAR, LOST = "330100", "330200", "330300", "340100", "340200"
CASES = [
    ("331000", "pump-motor", None), ("331000", "auto-parts", None), ("441200", "new-energy-vehicle", None),
    ("370200", "integrated-circuit", None), ("340881", "green-packaging", None), ("331083", "pump-motor", "pump-motor/pump-whole"),
    ("340600", "green-food", None), ("370200", "rubber-tyre", None),
]  # fmt: skip

points = st.dictionaries(st.sampled_from(list(SIGNALS)), st.floats(0.1, 100), max_size=4)


@pytest.fixture(scope="module")
def mixed(world, a_firm):
    """Firms of three segments from four places, on lists or not."""
    seats = (FAR, MIDDLE, NEAR, None)
    firms = [
        a_firm(f"C-{n:04d}", {("p/part", "p/alloy", "p/care")[n % 3]: {"confidence": 0.6 + n / 100}}, seat=seats[n % 4],
               ownership=("private", "foreign", None)[n % 3], founded_elsewhere=n % 4, revenue_cny=10.0 ** (8 + n % 3))
        for n in range(30)
    ]  # fmt: skip
    return world(firms)


@pytest.mark.parametrize(("region", "chain", "segment"), CASES)
def test_evidence_ranked_in_any_order_of_weights_is_the_shortlist_of_each(graph, region, chain, segment):
    diagnosis, shipped = diagnose(graph, region, chain), Weights.load()
    evidence = gather(graph, diagnosis, segment)
    used = [shipped, shipped.changed({"distance": 70}), shipped.changed({"segment_fit": 0, "scale": 40}), shipped]
    for weights, top in zip(used, (30, 10_000, 5, 30), strict=True):
        assert evidence.ranked(weights, top) == shortlist(graph, diagnosis, top, segment, weights)


@settings(max_examples=15)
@given(first=points, second=points)
def test_what_was_ranked_before_changes_nothing(mixed, first, second):
    diagnosis, shipped = diagnose(mixed, HOME, "p"), Weights.load()
    evidence = gather(mixed, diagnosis)
    evidence.ranked(shipped.changed(first), 10)
    assert evidence.ranked(shipped.changed(second), 10) == shortlist(mixed, diagnosis, 10, weights=shipped.changed(second))


@settings(max_examples=25)
@given(signal=st.sampled_from(list(SIGNALS)), before=points, more=st.floats(1, 200))
def test_raising_a_weight_never_puts_a_firm_behind_one_with_less_of_that_signal(mixed, signal, before, more):
    evidence = gather(mixed, diagnose(mixed, HOME, "p"), "p/part")
    weights = Weights.load().changed(before)
    raised = weights.changed({signal: 100 * weights.of[signal].weight + more})
    low, high = evidence.ranked(weights, 100), evidence.ranked(raised, 100)

    def counted(target):
        value = next(r.value for r in target.reasons if r.signal == signal)
        return weights.of[signal].when_unknown if value is None else value

    for a in low.targets:
        for b in low.targets[a.rank :]:
            if counted(a) >= counted(b) and a.score > b.score + 1e-9:
                assert high.place_of(a.company_id) < high.place_of(b.company_id)


def test_the_place_of_a_firm_is_that_of_the_list(mixed):
    found = shortlist(mixed, diagnose(mixed, HOME, "p"), 7)
    assert [found.place_of(t.company_id) for t in found.targets] == [1, 2, 3, 4, 5, 6, 7]
    listed = {t.company_id for t in found.targets}
    assert {found.place_of(c) for c in mixed.tables["companies"]["company_id"] if c not in listed} == {None}


@pytest.mark.parametrize(("region", "chain"), [("331000", "auto-parts"), ("370200", "integrated-circuit")])
def test_signals_of_the_segment_are_the_same_for_every_candidate(graph, region, chain):
    diagnosis = diagnose(graph, region, chain)
    setting = Setting(graph, diagnosis)
    for wanted in wanted_segments(diagnosis):
        kept, _ = candidates(setting, wanted.segment_id)
        for name in OF_SEGMENT:
            assert len({SIGNALS[name](setting, c) for c in kept}) <= 1, (name, wanted.segment_id)


def test_signals_of_the_firm_are_the_same_in_every_region(graph):
    """What is asked once of a firm serves every region: asked anew there, the answer is the same."""
    here, there = (gather(graph, diagnose(graph, region, "auto-parts")) for region in ("331000", "340600"))
    compared = 0
    for evidence in (here, there):
        for segment in evidence.segments:
            for candidate, signals in zip(segment.candidates[:20], segment.signals, strict=False):
                known = dict(zip(evidence.names, signals, strict=True))
                for name in OF_FIRM:
                    assert known[name] == SIGNALS[name](there.setting, candidate) == SIGNALS[name](here.setting, candidate)
                    compared += 1
    assert compared > 500


def test_a_segment_nobody_is_known_in_has_no_targets(world, a_firm):
    graph = world([a_firm("C-0001", "q/seat")])
    found = gather(graph, diagnose(graph, HOME, "p")).ranked(Weights.load())
    assert (found.targets, found.considered, found.place_of("C-0001")) == ((), 0, None)


# --- what a target can be filtered by ---------------------------------------------------------------------------------


@pytest.fixture
def filtered(world, a_firm):
    members = [("private-500", "C-0001", 2023, 30), ("private-500", "C-0001", 2024, 12), ("global-500", "C-0001", 2024, 400)]
    memberships = [dict(zip(("list_id", "company_id", "year", "rank"), m, strict=True)) for m in members]
    firms = [
        a_firm("C-0001", seat="330200"),
        a_firm("C-0002", seat=None),
        a_firm("C-0003", seat=LOST),
        a_firm("C-0004", seat="340000"),
    ]
    graph = world(firms, memberships=memberships)
    return {t.company_id: t for t in shortlist(graph, diagnose(graph, HOME, "p"), segment="p/part").targets}


def test_a_target_names_its_lists_by_id_each_once_in_the_order_of_their_names(filtered):
    assert filtered["C-0001"].list_ids == ("global-500", "private-500")
    assert filtered["C-0001"].lists == ("世界500强 400", "民企500强 30", "民企500强 12")
    assert filtered["C-0002"].list_ids == ()


def test_a_target_says_how_far_its_seat_is_and_where(filtered):
    assert filtered["C-0001"].away_km == pytest.approx(111.195, abs=0.001)
    assert [filtered[f"C-000{n}"].seat_code for n in (1, 2, 3, 4)] == ["330200", "", LOST, "340000"]


def test_an_unknown_distance_is_no_number_and_null_in_json(filtered):
    for company in ("C-0002", "C-0003", "C-0004"):
        assert math.isnan(filtered[company].away_km)
        assert json.loads(json.dumps(filtered[company].as_dict(), allow_nan=False))["away_km"] is None
    plain = filtered["C-0001"].as_dict()
    assert (plain["list_ids"], plain["seat_code"]) == (["global-500", "private-500"], "330200")
    assert plain["away_km"] == filtered["C-0001"].away_km


# --- one data version, and another ------------------------------------------------------------------------------------


def test_two_data_versions_give_their_own_answers_in_turn(world, a_firm):
    small = world([a_firm("C-0001", seat=FAR, short_name="甲")])
    large = world([a_firm("C-0001", seat=NEAR, short_name="乙"), a_firm("C-0002", seat=FAR)])
    assert small.version != large.version
    for _ in range(2):
        (only,) = shortlist(small, diagnose(small, HOME, "p")).targets
        assert (only.name, only.seat_code) == ("甲", FAR)
        both = {t.company_id: t for t in shortlist(large, diagnose(large, HOME, "p")).targets}
        assert set(both) == {"C-0001", "C-0002"}
        assert (both["C-0001"].name, both["C-0001"].seat_code) == ("乙", NEAR)


def test_a_landing_shows_in_its_own_graph_only(world, a_firm):
    graph = world([a_firm("C-0001"), a_firm("C-0002")])
    landed = graph.with_landing("C-0001", HOME)
    for _ in range(2):
        assert {t.company_id for t in shortlist(graph, diagnose(graph, HOME, "p")).targets} == {"C-0001", "C-0002"}
        assert {t.company_id for t in shortlist(landed, diagnose(landed, HOME, "p")).targets} == {"C-0002"}
    assert Setting(landed, diagnose(landed, HOME, "p")).places["C-0001"] == {FAR, HOME}
    assert Setting(graph, diagnose(graph, HOME, "p")).places["C-0001"] == {FAR}


def test_firms_are_looked_up_once_for_a_data_version_whatever_lands(world, a_firm):
    graph = world([a_firm(f"C-000{n}") for n in range(6)])
    assert Setting(graph, diagnose(graph, HOME, "p")).firms is graph.tables.derived(Firms.of)
    first = graph.with_landing("C-0000", HOME)
    shortlist(first, diagnose(first, HOME, "p"))
    before, kept = len(graph.tables._derived), []
    for n in range(6):
        landed = graph.with_landing(f"C-000{n}", HOME)
        found = gather(landed, diagnose(landed, HOME, "p"))
        assert found.setting.firms is graph.tables.derived(Firms.of)
        found.ranked(Weights.load())
        kept.append(weakref.ref(landed))
    del landed, found
    gc.collect()
    assert len(graph.tables._derived) == before
    assert [of() for of in kept] == [None] * 6
