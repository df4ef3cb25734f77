"""What became of a list: planted firms and evidence; the points told are those of the two lists."""

from __future__ import annotations

import pytest

from chaingraph import diagnose
from recommend import Weights, gather
from recommend.changes import target_changes

HOME, NEAR, FAR = "330100", "330200", "340100"


@pytest.fixture
def changes(world):
    """Compare the lists of two sets of firms, each so long."""

    def run(old, new, top=20):
        sides = [world(firms) for firms in (old, new)]
        evidence = [gather(graph, diagnose(graph, HOME, "p")) for graph in sides]
        return target_changes(*evidence, Weights.load(), top)

    return run


def test_equal_lists_change_nothing(changes, a_firm):
    assert changes([a_firm("C-0001")], [a_firm("C-0001")]) == []


def test_a_firm_that_was_not_known_enters_and_reversed_it_leaves(changes, a_firm):
    one, both = [a_firm("C-0001")], [a_firm("C-0001"), a_firm("C-0002", seat=NEAR)]
    entered, *_ = [c for c in changes(one, both) if c.kind == "target-entered"]
    assert entered.where == "C-0002"
    assert str(entered.text).startswith("新进第 1 C-0002公司（p/part，")
    assert str(entered.text).endswith("：此前不在候选之中：该环节当时不招，或没有它的业务证据")
    left, *_ = [c for c in changes(both, one) if c.kind == "target-left"]
    assert (left.where, left.text.en.startswith("left (was 1): C-0002公司 (p/part, ")) == ("C-0002", True)


def test_a_firm_that_was_left_out_says_why(changes, a_firm):
    gone = a_firm("C-0002", company_status="delisted")
    (entered,) = [
        c for c in changes([a_firm("C-0001"), gone], [a_firm("C-0001"), a_firm("C-0002")]) if c.kind == "target-entered"
    ]
    assert "：此前未入选：" in entered.text
    assert "退市" in entered.text


def test_stronger_evidence_moves_a_firm_by_the_points_of_its_signal(world, changes, a_firm):
    """The evidence's weight times its rise, and nothing else, is the reason."""
    others = [a_firm("C-0001", {"p/part": {"confidence": 0.8}})]
    weak, strong = ([*others, a_firm("C-0002", {"p/part": {"confidence": c}})] for c in (0.7, 0.95))
    (moved,) = [c for c in changes(weak, strong) if c.kind == "target-moved"]
    rise = 100 * Weights.load().of["segment_fit"].weight * 0.25
    assert moved.where == "C-0002"
    assert str(moved.text).startswith("第 2 → 1 C-0002公司（p/part，")
    assert str(moved.text).endswith(f"环节契合 +{rise:.1f}")
    assert moved.text.en.endswith(f"segment fit +{rise:.1f}")
    (shifted,) = [c for c in changes(weak, strong) if c.kind == "target-shifted"]
    assert shifted.text.startswith("另有 1 家分值未变")


def test_who_falls_off_the_end_of_the_list_keeps_its_score(changes, a_firm):
    old = [a_firm("C-0001", {"p/part": {"confidence": 0.8}})]
    new = [*old, a_firm("C-0002", {"p/part": {"confidence": 0.95}})]
    (left,) = [c for c in changes(old, new, top=1) if c.kind == "target-left"]
    assert str(left.text).endswith("：分值未变，因别家进退")


def test_a_firm_wanted_for_another_segment_says_both(changes, a_firm):
    sides = [
        [a_firm("C-0001", {"p/part": {"confidence": a}, "p/alloy": {"confidence": b}})] for a, b in ((0.95, 0.1), (0.1, 0.95))
    ]
    (moved,) = changes(*sides)
    assert (moved.kind, moved.where) == ("target-moved", "C-0001")
    assert "改荐环节 p/part → p/alloy" in moved.text


def test_a_chain_of_one_side_enters_or_leaves_whole(world, a_firm):
    graph = world([a_firm("C-0001")])
    evidence = gather(graph, diagnose(graph, HOME, "p"))
    assert [c.kind for c in target_changes(None, evidence, Weights.load())] == ["target-entered"]
    assert [c.kind for c in target_changes(evidence, None, Weights.load())] == ["target-left"]
    assert target_changes(None, None, Weights.load()) == []
