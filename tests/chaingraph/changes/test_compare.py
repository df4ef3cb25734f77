"""What changed between two versions: planted changes give exactly their sentences, equal versions none, reversed the reverse."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_world import World, even_world

from chaingraph.changes import DataVersion, chains_to_look_at, chains_touched, compare
from chaingraph.changes.rows import row_changes
from chaingraph.tables import SPECS, Tables, conform


def version(world: World, **words: dict[str, tuple[str, ...]]) -> DataVersion:
    return DataVersion("a side", world.tables(), {f"c/{s}": w for s, w in words.items()})


def base() -> World:
    return even_world("ore", "steel", "pump").firm(1, "330100", "steel").firm(2, "330200", "pump")


def told(old: DataVersion, new: DataVersion, lang: str = "zh") -> list[str]:
    return [c.text.en if lang == "en" else str(c.text) for c in compare(old, new)]


def change_row(rows: list[dict[str, object]], key: str, value: str, **cells: object) -> None:
    """Change cells of the first row with a value."""
    next(r for r in rows if r[key] == value).update(cells)


def added_segment(world: World) -> None:
    world.segment("seal", stage="upstream")


def renamed(world: World) -> None:
    change_row(world.segments, "segment_id", "c/steel", name_zh="特种钢")


def moved(world: World) -> None:
    change_row(world.segments, "segment_id", "c/steel", stage="upstream")


def imported(world: World) -> None:
    change_row(world.segments, "segment_id", "c/steel", is_import_dependent=True, domestic_share=0.5)


def remarked(world: World) -> None:
    change_row(world.segments, "segment_id", "c/steel", note="a remark")


def linked(world: World) -> None:
    world.link("ore", "pump", essential=False)


def not_essential(world: World) -> None:
    change_row(world.links, "supplier_id", "c/ore", is_essential=False)


def grouped(world: World) -> None:
    change_row(world.links, "supplier_id", "c/ore", substitute_group="metal")


def founded(world: World) -> None:
    world.firm(3, "330300", "steel")


def relocated(world: World) -> None:
    change_row(world.companies, "company_id", "C-0002", region_code="330300")


def registered(world: World) -> None:
    world.register("330100", "steel", [5.0], period="2016-19")


def second_chain(world: World) -> None:
    world.segment("cat", "d", stage="midstream")


PLANTED = {
    added_segment: (["新增环节 seal件（c链，上游，制造）"], "New: the segment seal (Chain c, upstream, manufacturing)"),
    renamed: (["环节改名：steel件 → 特种钢"], "Renamed segment: “steel件” → “特种钢”"),
    moved: (["环节 steel件从中游移到上游"], "The segment steel moved from midstream to upstream"),
    imported: (
        ["环节 steel件：依赖进口 否 → 是", "环节 steel件：国内供给占比 不详 → 0.5"],
        "The segment steel: import-dependent no → yes",
    ),
    remarked: (["环节 steel件：备注改写"], "The segment steel: note rewritten"),
    linked: (["新增供需 ore件 → pump件（非必需）"], "New: the link ore → pump (not essential)"),
    not_essential: (["供需 ore件 → steel件改为非必需"], "The link ore → steel is not essential now"),
    grouped: (["供需 ore件 → steel件：替代组 不详 → metal"], "The link ore → steel: substitute group unknown → metal"),
    founded: (
        ["企业：新增 1（简0003）", "企业—环节关系：新增 1（简0003 · steel件）"],
        "companies: 1 new (简0003)",
    ),
    relocated: (
        ["企业：改动 1（简0002 行政区划代码 330200 → 330300）"],
        "companies: 1 changed (简0002 region code 330200 → 330300)",
    ),
    registered: (
        ["登记数：改动 1（甲市 · steel件 · 2016-19 企业数 10 → 11，注册资本合计（元） 10 → 15，注册资本平方和 10 → 35）"],
        "registrations by region, segment and period: 1 changed (甲市 · steel件 · 2016-19 companies 10 → 11, registered capital of all (yuan) "
        "10 → 15, sum of squares of registered capital 10 → 35)",
    ),
    second_chain: (
        ["新增产业链 d链", "新增环节 cat件（d链，中游，制造）", "投入产出部门：新增 1（003）"],
        "New: the chain Chain d",
    ),
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_change_gives_exactly_its_sentence(plant):
    sentences, english = PLANTED[plant]
    changed = base()
    plant(changed)
    found = told(version(base()), version(changed))
    if plant is added_segment:
        # A new segment of a planted world brings a sector of its own.
        sentences = [*sentences, "投入产出部门：新增 1（003）"]
    assert found == sentences
    assert told(version(base()), version(changed), "en")[0] == english


def swapped(kind: str) -> str:
    return kind.replace("added", "?").replace("removed", "added").replace("?", "removed")


@settings(max_examples=8)
@given(st.sets(st.sampled_from(sorted(PLANTED, key=lambda p: p.__name__))))
def test_reversed_what_came_is_gone_and_equals_do_not_differ(plants):
    changed = base()
    for plant in sorted(plants, key=lambda p: p.__name__):
        plant(changed)
    old, new = version(base()), version(changed)
    there, back = compare(old, new), compare(new, old)
    assert sorted((c.kind, c.where) for c in there) == sorted((swapped(c.kind), c.where) for c in back)
    assert bool(there) == bool(plants)
    assert compare(new, version(changed)) == []
    for name in SPECS:
        found = row_changes(name, old.tables, new.tables)
        assert len(new.tables[name]) - len(old.tables[name]) == len(found.added) - len(found.removed)


rows = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["x", "y", None]), max_size=6)


@settings(max_examples=15)
@given(rows, rows)
def test_rows_are_told_apart_by_their_key_as_dictionaries_are(was, now):
    def made(names: dict[str, str | None]) -> Tables:
        frame = pd.DataFrame(
            [{"list_id": k, "name_zh": v, "year": 2020} for k, v in names.items()], columns=["list_id", "name_zh", "year"]
        )
        return Tables.of({"firm_lists": conform("firm_lists", frame)})

    found = row_changes("firm_lists", made(was), made(now))
    assert set(found.added["list_id"]) == now.keys() - was.keys()
    assert set(found.removed["list_id"]) == was.keys() - now.keys()
    differ = {k for k in was.keys() & now.keys() if was[k] != now[k]}
    assert set(found.after["list_id"]) == differ
    assert [(a["list_id"], columns) for a, _, columns in found.cells()] == [(k, ["name_zh"]) for k in found.after["list_id"]]


def test_terms_that_link_nobody_yet_are_said_to_wait_for_the_build():
    old = version(base(), steel={"specific": ("钢板",), "leading_firms": ()})
    new = version(base(), steel={"specific": ("钢带", "钢板"), "leading_firms": ("宝钢 (listed)",)})
    assert told(old, new) == [
        "环节 steel件的专指词：+钢带",
        "环节 steel件的代表企业：+宝钢 (listed)",
        "词库或代表企业改了，企业—环节关系没有变（steel件）：要到下一次 chaingraph data build 才起作用",
    ]
    assert told(new, old)[:2] == ["环节 steel件的专指词：−钢带", "环节 steel件的代表企业：−宝钢 (listed)"]
    linked_anew = DataVersion("built", base().firm(3, "330300", "steel").tables(), new.words)
    assert not any("data build" in text for text in told(old, linked_anew))


def test_where_one_side_keeps_no_lexicon_that_is_said():
    old = version(base(), steel={"specific": ("钢板",)})
    (change,) = compare(old, version(base()))
    assert change.kind == "terms-unseen"


def test_more_than_three_rows_are_counted_and_the_first_three_named():
    changed = base()
    for number in range(3, 8):
        changed.firm(number, "330300")
    assert told(version(base()), version(changed)) == ["企业：新增 5（简0003；简0004；简0005 等）"]


def touched(plant) -> list[str]:
    old, new = base(), base()
    for world in (old, new):
        world.segment("dog", "d")
    plant(new)
    return chains_touched(old.tables(), new.tables())


def test_a_change_reaches_its_own_chain_and_what_all_share_reaches_all():
    assert touched(not_essential) == ["c"]
    assert touched(registered) == ["c"]
    assert touched(relocated) == ["c", "d"]
    assert touched(lambda world: None) == []


def test_of_many_chains_those_of_the_regions_programme_are_looked_at():
    programme = {
        "programme_id": "p",
        "name_zh": "计划",
        "region_code": "330100",
        "confidence_level": "judgement",
        "origin_id": "planted",
    }
    cluster = {"programme_id": "p", "position": 1, "chain_id": "c3", "confidence_level": "judgement", "origin_id": "planted"}
    tables = (
        base()
        .tables()
        .replace(
            programmes=conform("programmes", pd.DataFrame([programme])),
            programme_chains=conform("programme_chains", pd.DataFrame([cluster])),
        )
    )
    many = [f"c{n}" for n in range(9)]
    assert chains_to_look_at(many, "330100", tables) == ["c3"]
    assert chains_to_look_at(many[:5], "330100", tables) == many[:5]
    assert chains_to_look_at(many, "330200", tables) == many
