from itertools import chain as joined
from itertools import combinations, product

import pytest
from planted_world import CITIES, World, even_world

from chaingraph import Thresholds, diagnose
from chaingraph.constraints import choose_action
from chaingraph.model import Action, Area, ChainState, Constraint, Presence, SegmentKind

ABSENT = (Presence.UNKNOWN, Presence.MISSING)
CONSTRAINTS = [c for n in range(4) for c in combinations(Constraint, n)]


def found(world: World, region: str, segment: str, thresholds: Thresholds | None = None):
    return [(f.constraint, f.area) for f in diagnose(world.graph(), region, "c", thresholds)[segment].findings]


def text(world: World, region: str, segment: str) -> str:
    return "\n".join(f.text for f in diagnose(world.graph(), region, "c")[segment].findings)


def gap_world(*names: str, only: tuple[str, ...] = CITIES, gap: str = "ore") -> World:
    """An even world in which only some cities have the segment `gap`; the others are sure to miss it."""
    world = even_world(*names)
    world.presence = {k: v for k, v in world.presence.items() if k[1] != f"c/{gap}" or k[0] in only}
    return world


# --- what to do ------------------------------------------------------------------------------------------------------

MISSED = {
    # (nothing of the chain is here, something here needs it): what to do about a segment that is not here
    (True, True): Action.ESTABLISH,
    (True, False): Action.ESTABLISH,
    (False, True): Action.FILL,
    (False, False): Action.EXTEND,
}
HELD = {Presence.WEAK: Action.STRENGTHEN, Presence.ADEQUATE: Action.STRENGTHEN, Presence.STRONG: Action.STABILIZE}


def test_the_whole_table_of_actions():
    seen = 0
    for kind, presence, constraints, bound, needed, state in product(
        SegmentKind, Presence, CONSTRAINTS, (True, False), (True, False), ChainState
    ):
        if kind is SegmentKind.MARKET:
            expected = None
        elif bound:
            expected = Action.STABILIZE if presence in ABSENT or constraints else None
        elif presence in ABSENT:
            expected = MISSED[state is ChainState.ABSENT, needed or Constraint.BREAK in constraints]
        else:
            expected = HELD[presence]
        said = choose_action(kind, presence, constraints, is_location_bound=bound, is_needed_here=needed, chain_state=state)
        assert said is expected, (kind, presence, constraints, bound, needed, state)
        seen += 1
    assert seen == 3 * 5 * 8 * 2 * 2 * 3


def test_the_order_of_the_constraints_does_not_matter():
    for constraints in ((Constraint.BREAK, Constraint.CHOKEPOINT), (Constraint.CHOKEPOINT, Constraint.BREAK)):
        said = choose_action(
            SegmentKind.MAKING,
            Presence.MISSING,
            constraints,
            is_location_bound=False,
            is_needed_here=False,
            chain_state=ChainState.PARTIAL,
        )
        assert said is Action.FILL


def test_every_action_is_some_answer_and_a_market_never_gets_one():
    answers = {
        choose_action(k, p, c, is_location_bound=b, is_needed_here=n, chain_state=s)
        for k, p, c, b, n, s in product(SegmentKind, Presence, CONSTRAINTS, (True, False), (True, False), ChainState)
    }
    assert answers == {None, *Action}


# --- breaks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("only", "area"),
    [
        (("330200",), Area.CITY),  # 乙市 is 96 km away
        (("330300",), Area.RADIUS),  # 丙市 is 289 km away, in the province
        (("310000",), Area.PROVINCE),  # 海市 is 193 km away, in no province of ours
        (("340100",), Area.CITY),  # 戊市 is 96 km away across the border: the province lacks it, the radius does not
    ],
)
def test_a_break_holds_as_far_as_nobody_makes_the_input(only, area):
    world = gap_world("ore", "part", "pump", only=only)
    assert found(world, "330100", "ore", Thresholds(missing_below=0.9)) == [(Constraint.BREAK, area)]


def test_of_what_nobody_makes_anywhere_nothing_is_to_be_expected_and_nothing_is_said():
    assert found(gap_world("ore", "part", only=()), "330100", "ore") == []


def test_the_sentence_of_a_break_says_who_needs_it_and_where_the_nearest_producer_is():
    world = gap_world("ore", "part", "pump", only=("330200", "330300", "330400", "310000"))
    assert text(world, "330100", "ore") == (
        "断点：part件要用，本地没有生产者；150 公里内 50 家，全省 150 家，全国 200 家；最近在乙市（96 公里）"
    )


def test_a_county_finds_the_producer_in_its_own_city():
    world = gap_world("ore", "part").cover("330181", 2000).register("330181", "part", 9)
    assert "最近在甲市（同市）" in text(world, "330181", "ore")
    assert found(world, "330181", "ore") == [(Constraint.BREAK, Area.CITY)]


def test_a_province_is_looked_at_whole_and_has_no_nearest_city():
    world = gap_world("ore", "part", "pump", only=("310000",))
    said = text(world, "330000", "ore")
    assert found(world, "330000", "ore") == [(Constraint.BREAK, Area.PROVINCE)]
    assert "公里" not in said
    assert "全省 0 家，全国 50 家" in said


def test_a_city_without_coordinates_knows_no_nearest_producer():
    world = gap_world("ore", "part", only=("330200", "340100"))
    assert text(world, "330400", "ore").endswith("150 公里内 0 家，全省 50 家，全国 100 家")


def test_what_nobody_present_needs_is_no_break():
    world = gap_world("ore", "part", "pump", only=("310000", "330200", "330300", "330400", "340100"))
    world.presence = {k: v for k, v in world.presence.items() if k[0] != "330100"}
    assert found(world, "330100", "ore") == []


def test_an_input_that_is_not_essential_is_no_break():
    world = gap_world("ore", "part", only=CITIES[2:])
    world.links[0]["is_essential"] = False
    assert found(world, "330100", "ore") == []


def test_an_input_that_returns_as_waste_is_no_break():
    world = gap_world("ore", "part", only=CITIES[2:])
    world.links[0]["is_recycling"] = True
    assert found(world, "330100", "ore") == []


def test_a_hole_in_the_data_is_no_break():
    world = gap_world("ore", "part", only=tuple(c for c in CITIES if c != "330100"))
    world.coverage = {k: 5 if k[0] == "330100" else v for k, v in world.coverage.items()}
    world.presence = {k: v if k[0] != "330100" else [1, 1.0, 1.0] for k, v in world.presence.items()}
    assert diagnose(world.graph(), "330100", "c")["ore"].presence is Presence.UNKNOWN
    assert found(world, "330100", "ore") == []


def substitutes(only_ore: tuple[str, ...], only_scrap: tuple[str, ...]) -> World:
    world = gap_world("ore", "part", only=only_ore).segment("scrap", stage="upstream").link("scrap", "part", group="metal")
    world.links[0]["substitute_group"] = "metal"
    for city in only_scrap:
        for period in ("2001-05", "2006-10"):
            world.register(city, "scrap", 10, period=period)
    return world


def test_of_substitutes_one_is_enough_to_make_no_break():
    far = tuple(c for c in CITIES if c != "330100")
    assert found(substitutes(far, ("330100",)), "330100", "ore") == []
    assert found(substitutes(far, ()), "330100", "ore") == [(Constraint.BREAK, Area.CITY)]


def test_a_substitute_for_one_customer_does_not_mend_the_break_of_another():
    world = substitutes(tuple(c for c in CITIES if c != "330100"), ("330100",)).segment("wire").link("ore", "wire")
    for city in CITIES:
        world.register(city, "wire", 50)
    assert found(world, "330100", "ore") == [(Constraint.BREAK, Area.CITY)]


def test_a_break_ends_where_a_substitute_is_made():
    # ore only in 海市 (193 km): without a substitute the break holds in the whole province; scrap is made in 乙市 (96 km)
    limits = Thresholds(missing_below=0.9)
    assert found(substitutes(("310000",), ()), "330100", "ore", limits) == [(Constraint.BREAK, Area.PROVINCE)]
    assert found(substitutes(("310000",), ("330200",)), "330100", "ore", limits) == [(Constraint.BREAK, Area.CITY)]


# --- bottlenecks -----------------------------------------------------------------------------------------------------


def near(number_here: int, capitals: list[float], number_near: int = 0) -> World:
    """甲市 makes pumps of an ore that few make here, and `number_near` in 乙市, 96 km away."""
    world = World().chain("ore", "pump")
    for city in CITIES:
        world.cover(city, 1000).register(city, "pump", 50)
    world.register("310000", "ore", 400)
    if number_here:
        world.register("330100", "ore", capitals or number_here)
    if number_near:
        world.register("330200", "ore", number_near)
    return world


def test_fewer_than_three_producers_within_reach_are_a_bottleneck():
    assert found(near(2, []), "330100", "ore") == [(Constraint.BOTTLENECK, Area.RADIUS)]
    assert "150 公里内只有 2 家" in text(near(2, []), "330100", "ore")
    assert found(near(1, [], 2), "330100", "ore", Thresholds(concentrated_hhi=0.4)) == []
    assert found(near(1, [], 1), "330100", "ore") == [(Constraint.BOTTLENECK, Area.RADIUS)]


def test_few_unequal_producers_are_a_bottleneck_and_equal_ones_are_not():
    # 5 equal firms: HHI 0.2; shares 0.6 0.1 0.1 0.1 0.1: HHI 0.36 + 4 · 0.01 = 0.40
    assert found(near(5, [1.0] * 5), "330100", "ore") == []
    unequal = near(5, [6.0, 1.0, 1.0, 1.0, 1.0])
    assert found(unequal, "330100", "ore") == [(Constraint.BOTTLENECK, Area.RADIUS)]
    assert "HHI 0.40" in text(unequal, "330100", "ore")


def test_many_producers_are_no_bottleneck_however_unequal():
    # 9 firms, one of 91 in 99: HHI ≈ 0.85; with a tenth they are a crowd
    assert found(near(9, [91.0] + [1.0] * 8), "330100", "ore") == [(Constraint.BOTTLENECK, Area.RADIUS)]
    assert found(near(10, [91.0] + [1.0] * 9), "330100", "ore") == []


def test_what_is_strong_here_or_not_here_at_all_is_no_bottleneck():
    strong = World().chain("ore", "pump").register("330100", "ore", [100.0, 1, 1, 1, 1]).register("330100", "pump", 5)
    strong.cover("330100", 10, "to-2000").cover("330200", 1000, "to-2000").register("330200", "pump", 5).register(
        "330200", "ore", 1
    )
    row = diagnose(strong.graph(), "330100", "c")["ore"]
    assert (row.presence, row.findings) == (Presence.STRONG, ())
    assert found(near(0, [], 2), "330100", "ore", Thresholds(missing_below=0.0)) == []


def test_of_services_few_are_seen_so_that_few_is_not_said():
    world = near(2, [])
    world.segments[0]["segment_kind"] = "service"
    row = diagnose(world.graph(), "330100", "c")["ore"]
    assert (row.presence, row.findings) == (Presence.WEAK, ())


def test_a_bottleneck_of_a_province_is_counted_in_the_province():
    assert found(near(2, []), "330000", "ore") == [(Constraint.BOTTLENECK, Area.PROVINCE)]
    assert "全省只有 2 家" in text(near(2, []), "330000", "ore")
    assert found(near(2, [], 3), "330000", "ore") == []


# --- chokepoints -----------------------------------------------------------------------------------------------------


def imported(**link: object) -> World:
    world = (
        World().segment("chip", stage="upstream", imported=True, sector_share=0.55).segment("phone").link("chip", "phone", **link)
    )
    for city in CITIES:
        world.cover(city, 1000).register(city, "phone", 50).register(city, "chip", 50)
    return world


def test_an_essential_input_that_must_be_imported_is_a_chokepoint_however_much_of_it_is_here():
    assert found(imported(), "330100", "chip") == [(Constraint.CHOKEPOINT, Area.NATION)]
    assert "国内自给率 55%" in text(imported(), "330100", "chip")


def test_with_a_substitute_or_when_not_essential_or_at_home_it_is_none():
    assert found(imported(group="any"), "330100", "chip") == []
    assert found(imported(essential=False), "330100", "chip") == []
    world = imported()
    world.segments[0]["is_import_dependent"] = False
    assert found(world, "330100", "chip") == []


def test_a_share_that_is_not_known_is_not_printed():
    world = imported()
    world.segments[0]["sector_share"] = float("nan")
    assert text(world, "330100", "chip") == "卡点：phone件必需且无替代，判断为依赖进口"


def test_the_gravest_constraint_comes_first():
    world = imported()
    world.presence = {k: v for k, v in world.presence.items() if k[:2] != ("330100", "c/chip")}
    row = diagnose(world.graph(), "330100", "c")["chip"]
    assert [f.constraint for f in row.findings] == [Constraint.CHOKEPOINT, Constraint.BREAK]
    assert row.constraint is Constraint.CHOKEPOINT


def test_every_finding_on_a_planted_map_names_an_area_that_was_looked_at():
    world = gap_world("ore", "part", "pump", only=("310000",))
    for region in joined(CITIES, ("330000", "330181", "310115")):
        for row in diagnose(world.graph(), region, "c").segments:
            for f in row.findings:
                assert f.area in ((Area.CITY, Area.PROVINCE, Area.NATION) if region == "330000" else tuple(Area))
