"""What one phone call would settle, how far, and through whom a firm can be reached."""

import dataclasses
import math

import pytest

from chaingraph import diagnose
from chaingraph.phrases import said
from recommend import Weights, gather, shortlist
from recommend.chance import Chance, log_size
from recommend.questions import QUESTIONS, asks
from recommend.scorecard import Weight
from recommend.signals import OF_SEGMENT, SIGNALS

HOME, NEAR, FAR = "330100", "330200", "340100"


def weigh(**shares):
    """Weights of a few signals, none of the others: (share, what it counts as when unknown)."""
    return Weights({n: Weight(*shares.get(n, (0.0, 0.5)), "") for n in SIGNALS})


THREE = weigh(segment_fit=(0.5, 0.0), expansion=(0.3, 0.2), mobility=(0.2, 0.5))


@pytest.fixture(scope="module")
def four(world, a_firm):
    """Four firms by three signals: A 45 + 18.96 + 16, C 35 + 18.96 + 12, B 40 + ? 6 + 16, D 30 + 18.96 + ? 10."""
    return world(
        [
            a_firm("A", {"p/part": {"confidence": 0.9}}, founded_elsewhere=2, ownership="private"),
            a_firm("B", {"p/part": {"confidence": 0.8}}, ownership="private"),
            a_firm("C", {"p/part": {"confidence": 0.7}}, founded_elsewhere=2, ownership="foreign"),
            a_firm("D", {"p/part": {"confidence": 0.6}}, founded_elsewhere=2),
        ]
    )


def listed(graph, weights=THREE, top=30, segment="p/part"):
    return {t.company_id: t for t in shortlist(graph, diagnose(graph, HOME, "p"), top, segment, weights)}


def test_a_phone_call_worked_out_by_hand(four):
    found = listed(four)
    assert [(t.company_id, round(t.score, 2)) for t in found.values()] == [("A", 79.96), ("C", 65.96), ("B", 62.0), ("D", 58.96)]
    # Of B plants elsewhere are not known: with two 40 + 18.96 + 16 = 74.96 before C, with none 56 behind D.
    assert (
        found["B"].phone_call
        == "先查年报、工商登记：是否在外地设过厂（现第 3 位）：若在两个外地城市设过，升至第 2 位；若没有，降至第 4 位"
    )
    assert said(found["B"].phone_call, "en") == (
        "Look up in its filings whether it has built plants in other cities (now place 3): if in two, it rises to place 2; if in none, it falls to place 4"
    )
    # Of D the owner: private 30 + 18.96 + 16 = 64.96 before B, local state 52.96.
    assert (
        found["D"].phone_call
        == "先查年报、工商登记：由谁实际控制（现第 4 位）：若是民营，升至第 3 位；若是外省地方国资，位次不变"
    )
    assert [found[c].phone_call_signal for c in "ABCD"] == ["", "expansion", "", "mobility"]


def test_the_range_of_places_worked_out_by_hand(four):
    # B from 40 + 0 + 16 to 40 + 30 + 16 = 86, D from 48.96 to 68.96; of A and C nothing is unknown that counts.
    places = {c: (t.rank_low, t.rank, t.rank_high) for c, t in listed(four).items()}
    assert places == {"A": (1, 1, 1), "C": (2, 2, 2), "B": (1, 3, 4), "D": (2, 4, 4)}


def test_a_declared_range_narrows_the_places_but_holds_the_answers(four):
    narrow = dataclasses.replace(THREE.of["expansion"], low=0.3, high=0.6)
    # The good answer counts 0.63 and puts B before C; 0.2, what it counts as when unknown, is the least it may be, but for the answer.
    found = listed(four, Weights({**THREE.of, "expansion": narrow}))["B"]
    assert (found.rank_low, found.rank, found.rank_high) == (2, 3, 4)


def test_who_falls_off_the_list_is_said_to(four):
    found = listed(four, top=3)["B"]
    assert (found.rank_low, found.rank_high) == (1, 4)
    assert found.phone_call.endswith("若没有，退出前 3 位")
    assert said(found.phone_call, "en").endswith("if in none, it leaves the first 3")


def test_where_no_answer_moves_it_that_is_said(world, a_firm):
    found = listed(world([a_firm("A", ownership="private")]))["A"]
    assert found.phone_call == "已知的足以定在第 1 位，电话可直接谈投资计划"


def test_a_business_to_verify_is_asked_about_first_of_all(world, a_firm):
    firms = [
        a_firm(f"C{n}", {"p/part": {"confidence": 0.6 + n / 100}}, founded_elsewhere=2, ownership="private") for n in range(5)
    ]
    doubtful = {"p/part": {"confidence": 0.95, "verdict": "to_review"}}
    found = listed(world([*firms, a_firm("D", doubtful, founded_elsewhere=2, ownership="private")]))["D"]
    assert found.rank == 6
    assert found.phone_call == "问清是否确实做p/part（现第 6 位）：若属实，升至第 1 位；若不做，退出前 6 位"
    assert found.phone_call_signal == "segment_fit"


NUMBERS = {"founded_elsewhere": ("expansion", 2), "revenue_cny": ("scale", 1e10), "ownership": ("mobility", "private")}


@pytest.mark.parametrize("column", NUMBERS)
@pytest.mark.parametrize("top", [14, 40])
def test_the_place_after_a_good_answer_is_the_one_it_has_once_the_answer_is_in_the_data(world, a_firm, column, top):
    """Oracle: the world with the answer in it, ranked again."""
    signal, answer = NUMBERS[column]
    weights = weigh(segment_fit=(0.7, 0.0), **{signal: (0.3, 0.4)})
    values = {"founded_elsewhere": (1, 2, 3, 4), "revenue_cny": (1e8, 1e9, 1e10, 1e11), "ownership": ("private", "foreign") * 2}[
        column
    ]
    rows = {f"C-{n:02}": (("p/part", "p/alloy")[n % 2], 0.6 + 0.013 * n, values[n % 4] if n % 3 else None) for n in range(24)}

    def made(known):
        answered = {c: known.get(c, value) for c, (_, _, value) in rows.items()}
        return listed(
            world([a_firm(c, {s: {"confidence": f}}, **{column: answered[c]}) for c, (s, f, _) in rows.items()]),
            weights,
            top,
            None,
        )

    question = [t for t in made({}).values() if t.phone_call_signal == signal][-1]
    expected = made({question.company_id: answer})[question.company_id].rank
    assert expected < question.rank
    assert f"升至第 {expected} 位" in question.phone_call
    assert question.rank_low <= expected


def test_of_a_signal_of_the_segment_nobody_is_asked_and_of_every_other_somebody_can_be():
    assert [name for name in SIGNALS if asks(name) is None] == ["segment_fit", *(n for n in SIGNALS if n in OF_SEGMENT)]
    assert set(QUESTIONS) == set(SIGNALS) - OF_SEGMENT - {"segment_fit"}
    for question in QUESTIONS.values():
        assert 0 <= question.bad.value < question.good.value <= 1
    of_another = asks("port_distance")
    assert (of_another.good.value, of_another.bad.value) == (1.0, 0.0)


# --- the kind, the rival, the way to it -------------------------------------------------------------------------------


def test_a_firm_with_plants_elsewhere_is_an_expander_and_of_one_nobody_looked_for_nothing_is_said(world, a_firm):
    firms = [
        a_firm("seen", founded_elsewhere=1),
        a_firm("plant"),
        a_firm("at-home"),
        a_firm("listed", origin_id="a-shares"),
        a_firm("large", origin_id="a-shares"),
        a_firm("abroad", seat=None),
    ]
    plants = [{"company_id": "plant", "region_code": NEAR}, {"company_id": "at-home", "region_code": FAR}]
    members = [
        {"list_id": i, "company_id": c, "year": 2024, "rank": 3}
        for i, c in (("private-500", "large"), ("industry-top-30", "listed"))
    ]
    found = listed(world(firms, establishments=plants, memberships=members))
    assert {c: t.mover for c, t in found.items()} == {
        "seen": "expander", "plant": "expander", "at-home": "", "listed": "newcomer", "large": "", "abroad": "",
    }  # fmt: skip


def test_the_lead_of_the_rival_is_the_number_its_sentence_says(graph):
    for t in shortlist(graph, diagnose(graph, "331000", "pump-motor"), 20):
        if t.rival_region:
            level = abs(t.rival_lead) < 1
            assert level == ("不相上下" in t.rival_text)
            assert level or f"{abs(t.rival_lead):.1f} 分" in t.rival_text
            assert (t.rival_lead >= 1) == ("更有吸引力" in t.rival_text)
        else:
            assert math.isnan(t.rival_lead)


@pytest.fixture(scope="module")
def reached(world, a_firm):
    """A firm of p/part: its owner's other firm is here; p/raw supplies it, p/whole buys from it, and firms of both are here."""
    firms = [
        a_firm("target", seat=FAR),
        a_firm("owner", "q/seat", seat=FAR),
        a_firm("sister", "q/gear", seat=HOME),
        a_firm("small", "p/whole", seat=HOME, revenue_cny=1e8),
        a_firm("large", "p/whole", seat=HOME, revenue_cny=1e9),
        a_firm("leading", {"p/whole": {"is_leading": True, "leading_evidence": "page"}}, seat="330101"),
        a_firm("fourth", "p/whole", seat=HOME),
        a_firm("doubtful", {"p/raw": {"verdict": "to_review"}}, seat=HOME),
        a_firm("supplier", "p/raw", seat=HOME, name_en="Supplier Ltd"),
        a_firm("away", "p/raw", seat=NEAR),
    ]
    ties = [
        {"company_id": "target", "other_id": "owner", "tie_kind": "controlled_by", "tie_text": None, "origin_id": "a-shares"},
        {"company_id": "sister", "other_id": "owner", "tie_kind": "same_group", "tie_text": None, "origin_id": "a-shares"},
    ]
    return listed(world(firms, ties=ties))["target"]


def test_the_warm_path_names_ties_as_known_and_customers_and_suppliers_as_possible(reached):
    assert reached.warm_path == (
        "sister公司已在本地（控制关系；同一集团）",
        "可能的本地客户（关系未核实）：leading公司（p/whole）、large公司（p/whole）、small公司（p/whole）",
        "可能的本地供应商（关系未核实）：supplier公司（p/raw）",
    )
    assert said(reached.warm_path[2], "en") == "Possible suppliers here (not verified): Supplier Ltd (p/raw)"


def test_a_firm_that_is_in_the_city_but_not_in_the_county_does_not_introduce_itself(world, a_firm):
    both = {"p/part": {"confidence": 0.9}, "p/raw": {"confidence": 0.9}}
    firms = [a_firm("here", both, seat="330102"), a_firm("other", "p/raw", seat=HOME)]
    graph = world(firms)
    found = {t.company_id: t for t in shortlist(graph, diagnose(graph, "330101", "p"), 30, "p/part")}["here"]
    assert found.warm_path == ("可能的本地供应商（关系未核实）：other公司（p/raw）",)


def test_where_nobody_is_here_there_is_no_warm_path(four):
    assert {t.warm_path for t in listed(four).values()} == {()}


# --- the chance -------------------------------------------------------------------------------------------------------


def test_the_chance_is_that_of_the_score_in_this_city_with_its_interval_and_words(four):
    chance = Chance(base=-6.0, slope=0.08, size=0.5, covariance=((0.04, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    weights = dataclasses.replace(THREE, chance=chance)
    evidence = gather(four, diagnose(four, HOME, "p"), "p/part")
    ranking = evidence.ranked(weights)
    base, slope = ranking.odds
    for t in ranking:
        assert t.probability == pytest.approx(1 / (1 + math.exp(-(base + slope * t.score))))
        assert t.probability == chance.probability(t.score, log_size(four, HOME))
        assert t.probability_low < t.probability < t.probability_high
        assert t.chance_text.startswith("得分相近的企业")
        assert t.chance_text in t.explain()


def test_without_a_chance_nothing_is_said_of_it(four):
    for t in listed(four).values():
        assert (t.chance_text, math.isnan(t.probability), math.isnan(t.probability_low)) == ("", True, True)
    assert shortlist(four, diagnose(four, HOME, "p"), segment="p/part", weights=THREE).odds is None


def test_the_plain_ranking_has_the_same_targets_without_the_argument(four):
    evidence = gather(four, diagnose(four, HOME, "p"), "p/part")
    plain = evidence.ranked(THREE, argued=False)
    assert [(t.company_id, t.score, t.rank) for t in plain] == [(t.company_id, t.score, t.rank) for t in evidence.ranked(THREE)]
    assert {(t.phone_call, t.rank_low, math.isnan(t.stability), t.warm_path) for t in plain} == {("", 0, True, ())}
