import re
from datetime import date
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
from planted_world import World, even_world

from chaingraph import build
from chaingraph.lint import RULES, lint
from chaingraph.model import LintRule
from chaingraph.phrases import said

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "lint.md").read_text(encoding="utf-8")
TODAY = date(2026, 6, 30)


def rules(world: World) -> list[tuple[str, str]]:
    return [(f.rule, f.where) for f in lint(world.graph(), TODAY)]


def clean() -> World:
    return even_world("ore", "part", "pump")


def test_a_clean_world_has_no_finding():
    assert rules(clean()) == []


def test_a_link_against_the_stages_is_found_unless_waste_returns_by_it():
    world = clean().link("pump", "ore", recycling=True)
    assert rules(world) == []
    world = clean().segment("paint", stage="downstream").link("paint", "part", essential=False)
    world.register("330100", "paint", 1)
    (found,) = lint(world.graph(), TODAY)
    assert (found.rule, found.where) == ("direction-conflict", "c/paint → c/part")
    assert found.text == "downstream paint件 supplies midstream part件"
    assert "recycling" in found.remedy


def test_a_loop_is_found_even_where_another_loop_of_the_same_segments_is_recycling():
    closed = clean().segment("valve").link("part", "valve").link("valve", "part").register("330100", "valve", 1)
    assert ("loop", "c/part") in rules(closed)
    assert ("loop", "c/part") in rules(closed.link("pump", "ore", recycling=True))


def test_a_segment_that_supplies_itself_is_a_loop():
    assert rules(clean().link("part", "part", essential=False)) == [("loop", "c/part")]


def test_a_segment_without_any_link_is_an_orphan():
    assert rules(clean().segment("alone").register("330100", "alone", 1)) == [("orphan", "c/alone")]


def test_a_segment_in_the_middle_that_supplies_nobody_is_a_dead_end():
    world = clean().segment("plug").link("ore", "plug").register("330100", "plug", 1)
    assert rules(world) == [("dead-end", "c/plug")]
    world.segments[-1]["stage"] = "downstream"
    assert rules(world) == []


def test_one_product_in_two_segments_of_a_chain_is_found_and_in_two_chains_is_not():
    world = clean().segment("cast", stage="downstream", products="pump品；罩").link("part", "cast").register("330100", "cast", 1)
    (found,) = lint(world.graph(), TODAY)
    assert (found.rule, {found.where, found.text.split()[-1]}) == ("doubled-product", {"c/cast", "c/pump"})
    other = (
        clean().chain("ore", "pump", chain="d").register("330100", "ore", 1, chain="d").register("330100", "pump", 1, chain="d")
    )
    assert rules(other) == []


def test_a_segment_in_which_nobody_is_seen_is_empty_unless_it_is_a_market():
    world = clean().segment("gear", stage="downstream").link("part", "gear")
    assert rules(world) == [("empty-segment", "c/gear")]
    assert rules(world.firm(1, None, "gear", verdict="to_review")) == []
    assert rules(clean().segment("users", stage="downstream", kind="market").link("pump", "users", essential=False)) == []


@pytest.mark.parametrize(("published", "stale"), [("2022-12-31", True), ("2023-01-01", False)])
def test_a_source_is_stale_after_more_than_three_calendar_years(published, stale):
    world = clean()
    world.origins.append({**world.frames()["origins"].iloc[0].to_dict(), "origin_id": "old", "published_on": published})
    assert rules(world) == ([("stale-source", "old")] if stale else [])


@pytest.mark.parametrize(("year", "stale"), [(2022, True), (2023, False)])
def test_a_list_is_stale_after_more_than_three_calendar_years(year, stale):
    graph = clean().graph()
    lists = pd.DataFrame(
        [
            {
                "list_id": "top",
                "name_zh": "榜",
                "name_en": "top",
                "year": year,
                "publisher": "x",
                "definition": "y",
                "origin_id": "planted",
            }
        ]
    )
    found = lint(build(graph.tables.replace(firm_lists=lists)), TODAY)
    assert [(f.rule, f.where) for f in found] == ([("stale-list", "top")] if stale else [])


def test_a_source_without_a_day_of_publication_is_not_called_stale():
    world = clean()
    world.origins.append({**world.frames()["origins"].iloc[0].to_dict(), "origin_id": "undated", "published_on": None})
    assert rules(world) == []


def test_findings_are_sorted_and_plain():
    world = clean().segment("zinc").segment("alone").register("330100", "zinc", 1).register("330100", "alone", 1)
    found = lint(world.graph(), TODAY)
    assert [f.where for f in found] == ["c/alone", "c/zinc"]
    assert set(found[0].as_dict()) == {"rule", "where", "text", "remedy", "because"}
    assert {type(value) for value in found[0].as_dict().values()} == {str}
    assert all(f.remedy.endswith(".") or f.remedy.endswith("?") for f in found)


# --- findings that may stand ------------------------------------------------------------------------------------------


def explained(world: World, *accepted: tuple[str, str]):
    """The findings of a world whose data explain some of them."""
    row = {"because_zh": "只是示例", "because_en": "an example only", "origin_id": "planted"}
    frame = pd.DataFrame([{"lint_rule": rule, "found_at": where, **row} for rule, where in accepted])
    return lint(build(world.graph().tables.replace(accepted_findings=frame)), TODAY)


def test_a_finding_that_the_data_explain_says_why_in_both_languages_and_another_at_the_same_place_does_not():
    world = clean().segment("gear", stage="midstream").link("part", "gear")
    found = {f.rule: f for f in explained(world, ("empty-segment", "c/gear"))}
    assert set(found) == {"empty-segment", "dead-end"}
    assert found["empty-segment"].is_explained
    assert (found["empty-segment"].because, said(found["empty-segment"].because, "en")) == ("只是示例", "an example only")
    assert found["empty-segment"].as_dict()["because"] == "只是示例"
    assert not found["dead-end"].is_explained


def test_an_explanation_of_what_is_no_longer_found_is_a_finding_that_cannot_be_explained_away():
    world = clean()
    (found,) = explained(world, ("orphan", "c/pump"))
    assert (found.rule, found.where, found.is_explained) == (LintRule.STALE_ACCEPTANCE, "c/pump", False)
    assert "orphan" in found.text
    assert explained(world.segment("alone").register("330100", "alone", 1), ("orphan", "c/alone"))[0].is_explained


# --- the shipped graph and the page of the rules -----------------------------------------------------------------------


def test_the_shipped_graph_has_no_finding_that_nothing_explains(graph):
    found = lint(graph, date(2026, 11, 26))
    assert [f for f in found if not f.is_explained] == []
    assert {f.rule for f in found} <= {LintRule.STALE_LIST, LintRule.STALE_SOURCE}, "only age may be explained away"
    assert {"registrations", "io-table-2020"} <= {f.where for f in found}
    assert nx.is_directed_acyclic_graph(nx.DiGraph((k.supplier_id, k.customer_id) for k in graph.links if not k.is_recycling))


def planted() -> list[World]:
    """A world for each rule that the links and segments of a chain can break."""
    paint = clean().segment("paint", stage="downstream").link("paint", "part", essential=False).register("330100", "paint", 1)
    cast = clean().segment("cast", stage="downstream", products="pump品；罩").link("part", "cast").register("330100", "cast", 1)
    old = clean()
    old.origins.append({**old.frames()["origins"].iloc[0].to_dict(), "origin_id": "old", "published_on": "2022-12-31"})
    return [
        paint,
        clean().segment("valve").link("part", "valve").link("valve", "part").register("330100", "valve", 1),
        clean().segment("alone").register("330100", "alone", 1),
        clean().segment("plug").link("ore", "plug").register("330100", "plug", 1),
        cast,
        clean().segment("gear", stage="downstream").link("part", "gear"),
        old,
    ]


def test_the_page_has_every_rule_with_the_remedy_and_an_example_that_the_rule_gives():
    lists = pd.DataFrame([{"list_id": "top", "name_zh": "榜", "name_en": "top", "year": 2022, "origin_id": "planted"}])
    found = [f for world in planted() for f in lint(world.graph(), TODAY)]
    found += lint(build(clean().graph().tables.replace(firm_lists=lists)), TODAY) + explained(clean(), ("orphan", "c/pump"))
    told = {
        rule: f"{where}: {text}\n{remedy}"
        for rule, where, text, remedy in re.findall(
            r"^## ([a-z-]+)\n.*?^Example: `(.+?)`: (.+?)$\n\nRemedy: (.+?)$", PAGE, re.DOTALL | re.MULTILINE
        )
    }
    assert told == {f.rule: f"{f.where}: {f.text}\n{f.remedy}" for f in found}
    assert set(told) == set(LintRule)


def test_every_rule_is_run():
    assert {name.replace("_", "-") for name in RULES} == set(LintRule) - {LintRule.STALE_ACCEPTANCE}
