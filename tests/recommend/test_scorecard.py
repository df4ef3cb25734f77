"""The score is the sum of its points; the list spreads; the rival is the best of the other cities."""

import dataclasses
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph import build, diagnose
from recommend import Weights, gather, rank, shortlist
from recommend.candidates import Setting, candidates
from recommend.rivals import Rivals
from recommend.scorecard import NEXT_DOOR_KM, Weight
from recommend.signals import SIGNALS

HOME, NEAR, MIDDLE, FAR, LOST = "330100", "330200", "330300", "340100", "340200"
CITIES = (HOME, NEAR, MIDDLE, FAR, LOST)
PULLS = ("inputs_here", "customers_here", "distance", "regional_fit")


def weigh(numbers, otherwise=None):
    """Weights in the given proportion."""
    total = sum(numbers.values())
    return Weights({n: Weight(numbers[n] / total, (otherwise or {}).get(n, 0.5), "") for n in SIGNALS})


def ranked(graph, region=HOME, top=30, segment=None, weights=None):
    return shortlist(graph, diagnose(graph, region, "p"), top, segment, weights)


@pytest.fixture(scope="module")
def many(world, a_firm):
    """Forty firms of p/part that differ in their evidence, eight of p/alloy and four of p/care that have less of it."""
    seats, owners = (FAR, MIDDLE, NEAR, None, LOST), ("private", None, "foreign", "local_state")
    firms = []
    for n in range(52):
        segment = "p/part" if n < 40 else "p/alloy" if n < 48 else "p/care"
        confidence = 0.99 - 0.005 * n if n < 40 else 0.75 - 0.01 * (n - 40)
        verdict = "to_review" if n % 7 == 5 else "confirmed"
        columns = {"seat": seats[n % 5], "ownership": owners[n % 4], "founded_elsewhere": n % 3}
        columns |= {"revenue_cny": 10.0 ** (8 + n % 4), "revenue_year": 2020} if n % 2 else {}
        firms.append(a_firm(f"C-{n:04d}", {segment: {"confidence": confidence, "verdict": verdict}}, **columns))
    firms.append(a_firm("C-0052", {s: {"confidence": c} for s, c in (("p/part", 0.6), ("p/alloy", 0.95), ("p/care", 0.7))}))
    return world(firms)


numbers = st.fixed_dictionaries({n: st.floats(0.01, 100) for n in SIGNALS})
shares = st.fixed_dictionaries({n: st.floats(0, 1) for n in SIGNALS})


@settings(max_examples=20, deadline=None)
@given(weights=numbers, otherwise=shares)
def test_whatever_the_weights_the_points_add_up_and_what_is_not_known_counts_as_declared(many, weights, otherwise):
    used = weigh(weights, otherwise)
    found = ranked(many, weights=used).targets
    assert len(found) == 30
    for target in found:
        assert [r.signal for r in target.reasons] == list(SIGNALS)
        assert target.score == pytest.approx(sum(r.points for r in target.reasons), abs=1e-9)
        assert -1e-9 <= target.score <= 100 + 1e-9
        assert target.coverage == pytest.approx(sum(used.of[r.signal].weight for r in target.reasons if r.value is not None))
        assert target.not_known == tuple(r.signal for r in target.reasons if r.value is None)
        for r in target.reasons:
            counted = used.of[r.signal].when_unknown if r.value is None else r.value
            assert r.points == pytest.approx(100 * used.of[r.signal].weight * counted, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(weights=numbers, constant=st.floats(1e-3, 1e3))
def test_weights_times_a_constant_change_nothing(many, tmp_path_factory, weights, constant):
    def load(factor):
        path = tmp_path_factory.mktemp("w") / "weights.toml"
        path.write_text("\n".join(f"[{n}]\nweight = {factor * w!r}\nwhen_unknown = 0.4" for n, w in weights.items()))
        return Weights.load(path)

    one, other = ranked(many, weights=load(1.0)).targets, ranked(many, weights=load(constant)).targets
    assert [(t.company_id, t.segment_id, t.rival_region) for t in one] == [
        (t.company_id, t.segment_id, t.rival_region) for t in other
    ]
    assert [t.score for t in one] == pytest.approx([t.score for t in other], abs=1e-9)


def test_a_score_worked_out_by_hand(world, a_firm):
    graph = world([a_firm("C-0001", {"p/part": {"confidence": 0.8}}, seat=FAR, ownership="private", founded_elsewhere=2)])
    (target,) = ranked(graph, weights=weigh(dict.fromkeys(SIGNALS, 1.0))).targets
    # segment_fit .8 · expansion 1 − e⁻¹ · distance e^(−667.17/600) · specialisation 1 · inputs 2/3 · customers 1 · need 14/15 · mobility .8
    known = 0.8 + 0.6321205588 + 0.3289166834 + 1 + 2 / 3 + 1 + 14 / 15 + 0.8
    fit = next(r.value for r in target.reasons if r.signal == "regional_fit")
    assert target.not_known == ("leadership", "scale", "ties")
    assert target.score == pytest.approx(100 / 12 * (known + fit + 3 * 0.5), abs=1e-6)
    assert target.coverage == pytest.approx(9 / 12)


def test_what_is_not_known_is_marked_and_stands_apart_from_a_known_zero(world, a_firm):
    silent, zero = a_firm("C-0001"), a_firm("C-0002", controller="某集团")
    used = weigh(dict.fromkeys(SIGNALS, 1.0), {"ties": 0.0})
    by_id = {
        t.company_id: next(r for r in t.reasons if r.signal == "ties")
        for t in ranked(world([silent, zero]), weights=used).targets
    }
    assert (by_id["C-0001"].value, by_id["C-0001"].known, by_id["C-0001"].points) == (None, False, 0.0)
    assert (by_id["C-0002"].value, by_id["C-0002"].known, by_id["C-0002"].points) == (0.0, True, 0.0)
    assert by_id["C-0001"].text == "未知"


def test_more_evidence_raises_the_score_by_its_weight_and_nothing_else(world, a_firm):
    low, high = (
        ranked(world([a_firm("C-0001", {"p/part": {"confidence": c}})])).targets[0].score for c in (0.6, 0.9)
    )  # fmt: skip
    assert high - low == pytest.approx(100 * Weights.load().of["segment_fit"].weight * 0.3, abs=1e-9)


def test_other_weights_give_another_order(world, a_firm):
    graph = world(
        [
            a_firm("C-0001", {"p/part": {"confidence": 0.99}}, seat=FAR),
            a_firm("C-0002", {"p/part": {"confidence": 0.6}}, seat=NEAR),
        ]
    )
    by_evidence = weigh({**dict.fromkeys(SIGNALS, 0.01), "segment_fit": 1.0})
    by_distance = weigh({**dict.fromkeys(SIGNALS, 0.01), "distance": 1.0})
    assert [t.company_id for t in ranked(graph, weights=by_evidence).targets] == ["C-0001", "C-0002"]
    assert [t.company_id for t in ranked(graph, weights=by_distance).targets] == ["C-0002", "C-0001"]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_is_numbered_and_that_of_one_segment_is_in_the_order_of_the_score(many):
    found = ranked(many, top=53).targets
    assert [t.rank for t in found] == list(range(1, 54))
    verdicts = many.tables["activities"].set_index(["company_id", "segment_id"])["verdict"]
    by_segment = {}
    for t in found:
        doubtful = verdicts[t.company_id, t.segment_id] != "confirmed"
        by_segment.setdefault(t.segment_id, []).append((doubtful, -t.score))
    assert all(places == sorted(places) for places in by_segment.values())
    assert rank(many, diagnose(many, HOME, "p"), top=5) == list(ranked(many, top=5).targets)


def test_no_firm_stands_twice_and_the_one_that_fits_three_segments_says_so(many):
    found = ranked(many, top=1000).targets
    assert len({t.company_id for t in found}) == len(found) == 53
    thrice = next(t for t in found if t.company_id == "C-0052")
    alone = {s: ranked(many, top=1000, segment=s).targets for s in ("p/part", "p/alloy", "p/care")}
    scores = {s: next(t.score for t in of if t.company_id == "C-0052") for s, of in alone.items()}
    assert thrice.segment_id == max(scores, key=scores.get)
    others = sorted((s for s in scores if s != thrice.segment_id), key=scores.get, reverse=True)
    assert thrice.also_fits == tuple(f"{s}（{scores[s]:.1f}）" for s in others)
    assert all(t.also_fits == () for t in found if t is not thrice)


def test_a_landing_takes_the_firm_off_the_list_and_says_that_it_is_here(many):
    first = ranked(many).targets[0]
    after = ranked(many.with_landing(first.company_id, HOME), top=1000)
    assert first.company_id not in {t.company_id for t in after.targets}
    assert {e.reason for e in after.excluded if e.company_id == first.company_id} == {"already_here"}
    elsewhere = ranked(many.with_landing(first.company_id, FAR), top=1000)
    assert first.company_id in {t.company_id for t in elsewhere.targets}


def test_considered_and_excluded_account_for_every_activity_of_the_wanted_segments(many):
    found = ranked(many.with_landing("C-0003", HOME))
    wanted = {"p/part", "p/alloy", "p/care"}
    rows = many.tables["activities"]["segment_id"].isin(wanted).sum()
    assert found.considered + len(found.excluded) == rows


# --- the rival --------------------------------------------------------------------------------------------------------


def offers(graph, candidate, weights):
    """Oracle: what each city would give the firm by the four signals that depend on the place, asked city by city."""
    found = {}
    for city in CITIES:
        here = dataclasses.replace(diagnose(graph, HOME, "p"), region=graph.regions[city])
        asked = {n: SIGNALS[n](Setting(graph, here), candidate) for n in PULLS}
        found[city] = 100 * sum(weights.of[n].weight * s.value for n, s in asked.items() if s)
    return found


def allowed(graph, candidate, plant=None):
    """Oracle: cities with three firms and a quotient above 1, and that of its plant; further than next door from its seat."""
    places, column = graph.places, graph.segment_ids.index(candidate.segment_id)
    row = {c: i for i, c in enumerate(places.cities)}
    weight = places.evidence
    seat = candidate.company["region_code"]
    for city in CITIES:
        own, share = weight[row[city]].sum(), weight[:, column].sum() / weight.sum()
        special = own > 0 and weight[row[city], column] / own / share > 1 and places.counts[row[city], column] >= 3
        next_door = seat is not None and places.distances[row[seat], row[city]] <= NEXT_DOOR_KM
        if (special or city == plant) and not next_door and city not in {HOME, seat}:
            yield city


COUNTS = {
    HOME: {"p/raw": 10, "p/whole": 20},
    NEAR: {"p/raw": 4, "p/part": 6, "p/whole": 2},
    MIDDLE: {"p/part": 30, "p/alloy": 12, "q/gear": 5},
    FAR: {"p/raw": 8, "p/part": 60, "p/whole": 40, "q/seat": 50},
    LOST: {"p/part": 2, "q/seat": 7},
}


@pytest.fixture
def judged(world, a_firm):
    """A firm with a seat and a plant → its recommendation, what each city offers it, and the cities open to it."""

    def judge(seat, plant=None):
        plants = [{"company_id": "C-0001", "region_code": plant}] if plant else []
        doubtful = {"p/part": {"verdict": "to_review", "confidence": 0.9}}
        graph = world([a_firm("C-0001", doubtful, seat=seat)], COUNTS, establishments=plants)
        (target,) = ranked(graph, segment="p/part").targets
        (candidate,) = candidates(Setting(graph, diagnose(graph, HOME, "p")), "p/part")[0]
        return target, offers(graph, candidate, Weights.load()), list(allowed(graph, candidate, plant))

    return judge


def lead(target):
    said = re.search(r"(\d+\.\d) 分", target.rival_text)
    assert (said is None) == ("不相上下" in target.rival_text) == (abs(target.rival_lead) < 1)
    assert said is None or float(said[1]) == pytest.approx(abs(target.rival_lead), abs=0.051)
    return abs(target.rival_lead)


@pytest.mark.parametrize("seat", [NEAR, MIDDLE, FAR, None])
@pytest.mark.parametrize("plant", [None, NEAR, MIDDLE, FAR])
def test_the_rival_is_the_best_of_all_cities_by_brute_force(judged, seat, plant):
    target, offered, open_to_it = judged(seat, plant)
    if not open_to_it:
        assert (target.rival_region, target.rival_text) == ("", "")
        return
    assert target.rival_region == max(open_to_it, key=offered.get)
    # The pull ranks the cities' densities a little otherwise than the signal does: by at most one place.
    one_place = 100 * Weights.load().of["regional_fit"].weight / len(CITIES)
    assert lead(target) == pytest.approx(abs(offered[target.rival_region] - offered[HOME]), abs=one_place + 0.051)


def test_the_lead_of_the_rival_is_the_difference_of_what_the_signals_say(judged):
    for seat in (NEAR, MIDDLE, FAR, None):
        target, offered, _ = judged(seat)
        assert lead(target) == pytest.approx(abs(offered[target.rival_region] - offered[HOME]), abs=0.051)


def test_a_city_where_the_firm_has_a_plant_is_its_rival_and_said_to_be(judged):
    # Of 近市 it is said only where the plant is there; 无坐标市 has 2 firms, too few to draw others.
    assert "它在该市已有布局" in judged(FAR, NEAR)[0].rival_text or judged(FAR, NEAR)[0].rival_region != NEAR
    target = judged(MIDDLE, LOST)[0]
    assert (target.rival_region == LOST) == ("它在该市已有布局" in target.rival_text)
    assert judged(MIDDLE)[0].rival_region != LOST


def test_on_a_list_of_one_kind_it_is_the_same_city_that_has_a_plant_of_the_firm(world, a_firm):
    # Of the first firm no plant is known, so that on the list of expanders the second stands in its row.
    firms = [a_firm("C-0001", "p/part", seat=MIDDLE, origin_id="a-shares"), a_firm("C-0002", "p/part", seat=MIDDLE)]
    graph = world(firms, COUNTS, establishments=[{"company_id": "C-0002", "region_code": FAR}])
    evidence = gather(graph, diagnose(graph, HOME, "p"), "p/part")
    weights = weigh({**dict.fromkeys(SIGNALS, 0.01), "inputs_here": 1.0})
    whole = {t.company_id: t.rival_text for t in evidence.ranked(weights)}
    assert "它在该市已有布局" in whole["C-0002"]
    assert "布局" not in whole["C-0001"]
    for kind in ("expander", "newcomer"):
        for t in evidence.of_kind(kind).ranked(weights):
            assert t.rival_text == whole[t.company_id]


def test_a_city_much_smaller_or_with_few_firms_where_others_have_many_is_no_rival(world, a_firm, monkeypatch):
    firm = [a_firm("C-0001", "p/part", seat=FAR)]
    level = {HOME: {"q/seat": 60}, NEAR: {"p/part": 9, "q/seat": 30}, MIDDLE: {"p/part": 10, "q/seat": 30}, FAR: {"q/gear": 60}}

    def rivals(pull, **extra):
        graph = world(firm, pull, **extra)
        found = candidates(Setting(graph, diagnose(graph, HOME, "p")), "p/part")[0]
        open_ = Rivals.of(Setting(graph, diagnose(graph, HOME, "p")), "p/part", found).open[0]
        return {city for city, is_open in zip(graph.places.cities, open_, strict=True) if is_open}

    assert rivals(level) == {NEAR, MIDDLE}
    monkeypatch.setattr("recommend.rivals.FIRST_CITIES", 1)
    assert rivals(level) == {MIDDLE}
    # 本市 then has 10,200 registrations, more than twice the 5,000 of the others.
    assert rivals(level, coverage=[{"region_code": HOME, "year": 2010, "registration_count": 5200}]) == set()


def test_what_stands_against_building_a_plant_at_all_comes_first_and_is_made_good_by_nothing(world, a_firm):
    firms = [a_firm("C-0001", "p/part", seat=FAR, revenue_cny=1e12, revenue_year=2020), a_firm("C-0002", "p/alloy", seat=FAR)]
    graph = world(firms)
    segments = graph.tables["segments"]
    assert [t.segment_id for t in ranked(graph).targets] == ["p/part", "p/alloy"]

    def sited(kind):
        column = segments["siting"].mask(segments["segment_id"] == "p/part", kind)
        return ranked(build(graph.tables.replace(segments=segments.assign(siting=column)))).targets

    swap = sited("capacity_swap")
    assert [t.segment_id for t in swap] == ["p/alloy", "p/part"]
    assert swap[1].against == "产能须等量或减量置换，难以新布点：宜谈加工、配送、研发"
    park = sited("chemical_park")
    assert [t.segment_id for t in park] == ["p/part", "p/alloy"]
    assert {t.segment_id: t.score for t in park} == {t.segment_id: t.score for t in swap}


def test_a_rival_that_draws_more_is_named_and_is_never_the_city_itself(world, a_firm):
    pull = {HOME: {"q/seat": 30}, MIDDLE: {"p/raw": 90, "p/whole": 90, "p/part": 90}, FAR: {"q/gear": 30}}
    graph = world([a_firm("C-0001", "p/part", seat=FAR, revenue_cny=1e12, revenue_year=2020)], pull)
    (target,) = ranked(graph, segment="p/part", weights=weigh({**dict.fromkeys(SIGNALS, 0.01), "inputs_here": 1.0})).targets
    assert target.rival_region == MIDDLE
    assert "中市" in target.rival_text
    assert target.against
