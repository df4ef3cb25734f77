"""What became of a diagnosis: each planted change of a world gives exactly the change that its two diagnoses show."""

from __future__ import annotations

from planted_world import World, even_world

from chaingraph import diagnose
from chaingraph.changes import diagnosis_changes
from chaingraph.model import Constraint, Presence


def world() -> World:
    """A chain of three whose last segment also takes a coating that nobody makes in 甲市."""
    made = even_world("ore", "steel", "pump").segment("coat", stage="upstream").link("coat", "pump")
    for period in ("to-2000", "2001-05", "2006-10", "2011-15", "2016-19"):
        made.register("340100", "coat", 10, period=period)
    return made


def kinds(old: World, new: World) -> list[tuple[str, str]]:
    return [(c.kind, c.where) for c in changes(old, new)]


def changes(old: World, new: World):
    return diagnosis_changes(*(diagnose(w.graph(), "330100", "c") for w in (old, new)))


def test_equal_worlds_change_nothing():
    assert changes(world(), world()) == []


def test_an_input_that_is_no_longer_essential_is_no_break_and_the_chain_is_whole():
    eased = world()
    eased.links[-1]["is_essential"] = False
    before = diagnose(world().graph(), "330100", "c")
    assert before["coat"].presence is Presence.MISSING
    assert before["coat"].constraint is Constraint.BREAK
    texts = [str(c.text) for c in changes(world(), eased)]
    assert texts == ["链条完整度 50% → 75%", "coat件 不再是断点"]
    assert [c.text.en for c in changes(world(), eased)] == ["completeness 50% → 75%", "coat is no longer a break"]
    back = changes(eased, world())
    assert [c.kind for c in back] == ["completeness", "constraint-gained"]
    assert str(back[1].text) == f"coat件 新增{before['coat'].findings[0].text}"


def test_firms_that_come_change_the_grade_the_constraint_and_the_action():
    settled = world()
    for period in ("to-2000", "2001-05", "2006-10", "2011-15", "2016-19"):
        settled.register("330100", "coat", 10, period=period)
    after = diagnose(settled.graph(), "330100", "c")["coat"]
    found = changes(world(), settled)
    assert [c.kind for c in found] == ["completeness", "grade", "constraint-lost", "action", "roadmap"]
    assert str(found[1].text) == f"coat件：现状 缺失 → 优势（{after.because}）"
    assert str(found[3].text) == "coat件：对策 补链 → 稳链"
    assert str(found[4].text) == "路线图第一步 coat件 → 没有要补的"


def test_segments_and_chains_of_one_side_say_how_they_stand():
    bare = even_world("ore", "steel", "pump")
    assert ("segment-added", "c/coat") in kinds(bare, world())
    assert ("segment-removed", "c/coat") in kinds(world(), bare)
    (gone,) = [c for c in changes(world(), bare) if c.kind == "segment-removed"]
    assert (str(gone.text), gone.text.en) == ("coat件：环节移除，原为缺失", "coat: segment gone, it was missing")
    whole = diagnose(bare.graph(), "330100", "c")
    (new,) = diagnosis_changes(None, whole)
    assert (new.kind, str(new.text), new.text.en) == (
        "chain-added",
        "新的链：已成链，链条完整度 100%",
        "new chain: rooted, completeness 100%",
    )
    assert diagnosis_changes(whole, None)[0].text.en == "the chain is gone; it was rooted, completeness 100%"
    assert diagnosis_changes(None, None) == []


def test_a_break_that_reaches_further_says_both_areas():
    """With a maker 96 km away the break is the city's own; with the nearest 289 km away it holds within 150 km too."""
    near, far = world(), even_world("ore", "steel", "pump").segment("coat", stage="upstream").link("coat", "pump")
    far.register("330300", "coat", 50)
    (change,) = [c for c in changes(near, far) if c.kind == "constraint-area"]
    assert (change.where, str(change.text)) == ("c/coat", "coat件 断点：断堵卡范围 本市 → 150公里内")
    assert change.text.en == "coat, break: area of the constraint this city → within 150 km"
