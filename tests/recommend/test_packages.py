"""Firms worth more together: planted pairs are found with the gain worked out by hand, and none where landings do not interact."""

from itertools import combinations

import pytest

from chaingraph import diagnose
from chaingraph.labels import label
from chaingraph.model import Presence
from recommend import Weights, shortlist
from recommend.packages import AMONG, WORTH
from recommend.scorecard import Weight, gather
from recommend.signals import SIGNALS

HOME, NEAR, FAR = "330100", "330200", "340100"
ELSEWHERE = {FAR: dict.fromkeys(("p/raw", "p/part", "p/alloy", "p/care", "p/whole", "q/seat", "q/gear"), 20)}
WELL = {**ELSEWHERE, HOME: dict.fromkeys(ELSEWHERE[FAR], 20)}


def only(**weights):
    """Weights of some signals alone; what is not known counts nothing."""
    total = sum(weights.values())
    return Weights({n: Weight(weights.get(n, 0.0) / total, 0.0, "") for n in SIGNALS})


def found(graph, weights=None, chain="p", region=HOME, top=20):
    return shortlist(graph, diagnose(graph, region, chain), top, weights=weights)


# --- planted ----------------------------------------------------------------------------------------------------------


def test_the_planted_pair_opens_what_neither_opens_alone(world, a_firm):
    # whole is here; part and its input raw are not: with raw alone, or part alone, neither part nor whole can be made.
    graph = world([a_firm("C-RAW", "p/raw"), a_firm("C-PART", "p/part")], {**ELSEWHERE, HOME: {"p/whole": 20}})
    (package,) = [p for p in found(graph).packages if p.opens]
    assert set(package.firms) == {"C-RAW", "C-PART"}
    assert package.opens == ("p/part", "p/whole")
    assert "C-RAW公司（p/raw）" in package.text
    assert "p/part、p/whole所需在本地就齐备了" in package.text
    assert "both here, nothing is lacking for p/part, p/whole" in package.text.en
    for target in found(graph):
        assert target.package == tuple(p.text for p in found(graph).packages if target.company_id in p.firms)
        assert package.text in target.package


def test_what_is_here_already_needs_no_package(world, a_firm):
    # raw is here: part alone opens whole, and raw opens nothing.
    graph = world([a_firm("C-RAW", "p/raw"), a_firm("C-PART", "p/part")], {**ELSEWHERE, HOME: {"p/whole": 20, "p/raw": 20}})
    assert [p for p in found(graph).packages if p.opens] == []


@pytest.mark.parametrize(
    ("weights", "first", "last", "gain"),
    [
        # One raw-material firm of five within reach; raw is essential to part and counts 1, alloy ½: 1/5 ÷ 1½.
        ({"inputs_here": 1.0}, "C-RAW", "C-PART", 100 / 5 / 1.5),
        # part is all that raw supplies: one customer of five.
        ({"customers_here": 1.0}, "C-PART", "C-RAW", 100 / 5),
    ],
)
def test_the_gain_of_a_pair_worked_out_by_hand(world, a_firm, weights, first, last, gain):
    graph = world([a_firm("C-RAW", "p/raw"), a_firm("C-PART", "p/part")], {**ELSEWHERE, HOME: {"p/whole": 20}})
    (package,) = found(graph, only(**weights)).packages
    assert package.firms == (first, last)
    assert package.gain == pytest.approx(gain, abs=1e-9)
    assert f"先有{first}公司，{last}公司的得分升 {gain:.1f} 分（{label(*weights)}）" in package.text


def test_three_that_only_together_make_a_thing_are_one_package(world, a_firm):
    # Of whole, part and raw nothing is here: whole needs all three.
    graph = world([a_firm("C-RAW", "p/raw"), a_firm("C-PART", "p/part"), a_firm("C-WHOLE", "p/whole")], ELSEWHERE)
    opened = {p.firms and frozenset(p.firms): p.opens for p in found(graph).packages if p.opens}
    assert opened == {
        frozenset(("C-RAW", "C-PART")): ("p/part",),
        frozenset(("C-RAW", "C-PART", "C-WHOLE")): ("p/whole",),
    }
    assert found(graph).packages[0].opens


def test_no_package_where_landings_do_not_interact(world, a_firm):
    # Everything is here many times over: no landing changes what another finds.
    firms = [a_firm(f"C-{s[2:]}-{n}", s) for s in ("p/raw", "p/part", "p/alloy", "p/whole") for n in range(5)]
    assert found(world(firms, WELL)).packages == ()
    # seat and gear have no link.
    graph = world([a_firm("C-SEAT", "q/seat"), a_firm("C-GEAR", "q/gear")], {**ELSEWHERE, HOME: {"p/whole": 20}})
    assert len(found(graph, chain="q")) == 2
    assert found(graph, chain="q").packages == ()


@pytest.mark.parametrize("through", [None, "C-HEAD"])
def test_sisters_are_worth_more_together(world, a_firm, through):
    # Of one group, directly or by a head that is not here: once one is here, the other's signal is .7.
    firms = [a_firm("C-RAW", "p/raw"), a_firm("C-CARE", "p/care"), a_firm("C-HEAD", "q/seat"), a_firm("C-ODD", "p/alloy")]
    pairs = [("C-RAW", "C-CARE")] if through is None else [("C-RAW", through), ("C-CARE", through)]
    ties = [{"company_id": a, "other_id": b, "tie_kind": "same_group", "origin_id": "a-shares"} for a, b in pairs]
    packages = found(world(firms, WELL, ties=ties), only(ties=1.0, segment_fit=1.0)).packages
    assert [set(p.firms) for p in packages] == [{"C-RAW", "C-CARE"}]
    assert packages[0].gain == pytest.approx(50 * 0.7, abs=1e-9)


def test_a_parent_whose_daughter_came_would_enlarge_what_is_here(world, a_firm):
    # Once the daughter is here the parent is no candidate: the daughter comes last, and never first.
    firms = [a_firm("C-DAUGHTER", "p/raw"), a_firm("C-PARENT", "p/care")]
    ties = [{"company_id": "C-DAUGHTER", "other_id": "C-PARENT", "tie_kind": "subsidiary_of", "origin_id": "a-shares"}]
    (package,) = found(world(firms, WELL, ties=ties), only(ties=1.0, segment_fit=1.0)).packages
    assert package.firms == ("C-PARENT", "C-DAUGHTER")


# --- what holds of all --------------------------------------------------------------------------------------------------


def score_of(graph, company, segment, region, chain, weights):
    """Oracle: the score on a list for the segment alone."""
    return shortlist(graph, diagnose(graph, region, chain), 10_000, segment, weights)[company].score


def made(graph, region, chain):
    """Oracle: what a diagnosis of a graph finds producible."""
    absent = (Presence.MISSING, Presence.UNKNOWN)
    here = {s.segment_id for s in diagnose(graph, region, chain).segments if s.presence not in absent}
    return graph.producible(chain, here)


@pytest.mark.parametrize(("region", "chain"), [("淮北", "酒类"), ("肇庆", "动力电池与锂电"), ("青岛", "氢能")])
def test_every_gain_and_opening_is_what_landing_and_ranking_anew_gives(graph, region, chain):
    ranking = found(graph, chain=chain, region=region)
    chain_id, weights = graph.find_chain(chain), Weights.load()
    assert any(p.opens for p in ranking.packages)
    for package in ranking.packages:
        assert package.opens or package.gain >= WORTH
        assert all(ranking[c].rank <= AMONG for c in package.firms)
        *before, (last, of_last) = zip(package.firms, package.segment_ids, strict=True)
        landed = graph
        for company, segment in before:
            landed = landed.with_landing(company, region, segment)
        scores = [score_of(g, last, of_last, region, chain, weights) for g in (graph, landed)]
        assert package.gain == pytest.approx(scores[1] - scores[0], abs=1e-9)
        whole = landed.with_landing(last, region, of_last)
        opened = made(whole, region, chain_id)
        for some in combinations(zip(package.firms, package.segment_ids, strict=True), len(before)):
            partly = graph
            for company, segment in some:
                partly = partly.with_landing(company, region, segment)
            opened -= made(partly, region, chain_id)
        assert set(package.opens) == opened


def test_other_weights_ask_the_graph_nothing_anew(graph, monkeypatch):
    evidence = gather(graph, diagnose(graph, "淮北", "酒类"))
    first = evidence.ranked(Weights.load(), 20)
    monkeypatch.setattr("recommend.packages.diagnose", None)
    assert evidence.ranked(Weights.load(), 20) == first
    assert evidence.ranked(Weights.load(), 20, argued=False).packages == ()
