import dataclasses
import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_picture import HERE, SVG, parsed, parts, small_world, words
from planted_world import World

from chaingraph import diagnose
from chaingraph.drawing.lettering import breadth
from chaingraph.drawing.marks import escaped
from chaingraph.drawing.picture import chain_picture, roadmap_picture
from chaingraph.errors import UnknownNameError
from chaingraph.model import Constraint, Presence
from chaingraph.palette import PALETTES


@pytest.fixture(scope="module")
def small():
    return small_world().graph()


@pytest.fixture(scope="module")
def there(small):
    return diagnose(small, HERE, "c")


def frame(group):
    """The rectangle of a segment: (left, top, width, height)."""
    found = next(r for r in group.iter(f"{SVG}rect") if r.get("class") == "cg-frame")
    return tuple(float(found.get(a)) for a in ("x", "y", "width", "height"))


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_every_segment_and_link_can_be_reached_and_says_what_it_is(small, there):
    svg = chain_picture(small, "c", there)
    root = parsed(svg)
    assert root.get("role") == "group"
    assert root.get("aria-label") == "甲市 · c链：产业链现状图"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-Hans"
    assert root.get("width") == "100%"
    assert root.get("height") is None
    segments, links = parts(svg, "segment"), parts(svg, "link")
    assert list(segments) == ["c/ore", "c/steel", "c/motor", "c/pump", "c/user"]
    assert set(links) == {"c/ore>c/steel", "c/steel>c/motor", "c/motor>c/pump", "c/pump>c/user", "c/user>c/steel"}
    for group in (*segments.values(), *links.values()):
        assert group.get("tabindex") == "0"
        assert group.get("role") == "button"
        assert group.get("aria-label")
        assert len(group.get("data-tip").split("\n")) >= 2
    assert segments["c/ore"].get("data-tip").split("\n")[0] == "ore件"
    hit = next(p for p in links["c/ore>c/steel"] if p.get("class") == "cg-hit")
    assert (hit.get("stroke-width"), hit.get("stroke-opacity"), hit.get("pointer-events")) == ("12", "0", "stroke")


def test_the_status_map_says_grade_firms_and_quotient(small, there):
    segments = parts(chain_picture(small, "c", there), "segment")
    ore = there["c/ore"]
    assert ore.presence is Presence.STRONG
    assert words(segments["c/ore"])[:2] == ["ore件", f"60 家 · 区位熵 {ore.lq:.1f}"]
    assert words(segments["c/steel"])[:2] == ["steel件", "未见企业"]
    assert words(segments["c/pump"])[:2] == ["pump件", "不详"]
    assert words(segments["c/user"])[:2] == ["user件", "市场"]
    assert [w for w in words(segments["c/steel"]) if w in ("断", "补链")] == ["断", "补链"]
    english = parts(chain_picture(small, "c", there, lang="en"), "segment")
    assert words(english["c/ore"])[:2] == ["ore", f"60 firms · LQ {ore.lq:.1f}"]
    assert "B" in words(english["c/steel"])


def test_missing_and_unknown_are_drawn_differently_and_a_market_as_a_pill(small, there):
    segments = parts(chain_picture(small, "c", there), "segment")
    boxes = {
        s: [r for r in g.iter(f"{SVG}rect") if (r.get("class") or "") in ("cg-frame", "cg-hatch")] for s, g in segments.items()
    }
    assert there["c/steel"].presence is Presence.MISSING
    assert there["c/pump"].presence is Presence.UNKNOWN
    assert [r.get("class") for r in boxes["c/steel"]] == ["cg-frame"]
    assert boxes["c/steel"][0].get("stroke-dasharray")
    assert [r.get("class") for r in boxes["c/pump"]] == ["cg-frame", "cg-hatch"]
    assert boxes["c/pump"][0].get("stroke-dasharray") is None
    assert boxes["c/pump"][0].get("fill") != boxes["c/steel"][0].get("fill")
    pill = boxes["c/user"][0]
    assert float(pill.get("rx")) == pytest.approx(float(pill.get("height")) / 2, abs=0.1)


def test_every_constraint_has_its_ring_and_every_action_its_tag(small, there):
    segments = parts(chain_picture(small, "c", there), "segment")
    for s in there.segments:
        rings = {r.get("stroke") for r in segments[s.segment_id].iter(f"{SVG}rect")} & set(PALETTES["light"].constraints.values())
        assert rings == ({PALETTES["light"].constraints[s.constraint]} if s.constraint else set())
    assert there["c/steel"].constraint is Constraint.BREAK
    assert there["c/pump"].is_provisional
    tag = next(r for r in segments["c/pump"].iter(f"{SVG}rect") if r.get("stroke-dasharray") == "3 2")
    assert tag.get("stroke") == PALETTES["light"].accent
    assert words(segments["c/pump"])[-1].endswith("链？")


def test_lines_say_need_and_strength(small, there):
    links = parts(chain_picture(small, "c", there), "link")
    line = {k: next(p for p in g if p.get("class") == "cg-line") for k, g in links.items()}
    assert line["c/steel>c/motor"].get("stroke") == PALETTES["light"].link_missing
    assert line["c/ore>c/steel"].get("stroke") == PALETTES["light"].link
    assert line["c/ore>c/steel"].get("stroke-dasharray") is None
    assert line["c/motor>c/pump"].get("stroke-dasharray")
    assert line["c/user>c/steel"].get("stroke") not in (PALETTES["light"].link, PALETTES["light"].link_missing)
    # No strength is known in a planted world: all heads are hollow but that of recycling.
    assert [p.get("class") for p in links["c/ore>c/steel"]][-1] == "cg-hollow"
    assert "投入系数不详" in links["c/ore>c/steel"].get("data-tip")


def test_a_stronger_link_is_wider_and_a_known_strength_fills_the_head(graph):
    links = {f"{k.supplier_id}>{k.customer_id}": k for k in graph.links if k.is_essential and k.strength == k.strength}
    drawn = parts(chain_picture(graph, "new-energy-vehicle"), "link")
    width = {i: float(next(p for p in drawn[i] if p.get("class") == "cg-line").get("stroke-width")) for i in drawn if i in links}
    by_strength = sorted(width, key=lambda i: links[i].strength)
    assert len(by_strength) > 5
    assert [width[i] for i in by_strength] == sorted(width.values())
    assert width[by_strength[-1]] > 2 * width[by_strength[0]]
    assert all([p.get("class") for p in drawn[i]][-1] == "cg-head" for i in by_strength)


def test_the_panorama_shows_products_and_no_grade(small):
    svg = chain_picture(small, "c")
    segments = parts(svg, "segment")
    assert words(segments["c/ore"]) == ["ore件", "ore品"]
    assert "家" not in svg.replace("企业", "")
    assert not any("cg-hatch" in (r.get("class") or "") for r in parsed(svg).iter(f"{SVG}rect"))
    english = chain_picture(small, "c", lang="en")
    assert words(parts(english, "segment")["c/pump"]) == ["pump", "Service"]
    outside = re.sub(r'data-tip="[^"]*"|aria-label="[^"]*"', "", english)
    assert not re.search("[\u4e00-\u9fff]", outside)


def test_english_is_complete(graph):
    for svg in (
        chain_picture(graph, "new-energy-vehicle", diagnose(graph, "441200", "new-energy-vehicle"), lang="en"),
        roadmap_picture(diagnose(graph, "441200", "new-energy-vehicle"), lang="en"),
        roadmap_picture(diagnose(graph, "331000", "pump-motor"), lang="en"),
    ):
        assert re.findall("[\u4e00-\u9fff]+", svg) == []


def test_the_legend_says_only_what_occurs(small, there):
    shown = words(parsed(chain_picture(small, "c", there)))
    for word in (
        "优势",
        "薄弱",
        "缺失",
        "不详",
        "市场",
        "断点：要用而没有生产者",
        "必需而供方缺失",
        "回收利用",
        "一般投入",
        "投入系数不详",
    ):
        assert word in shown
    for word in ("具备", "任一即可", "线宽＝投入系数", "推演后有变", "卡点：判断为依赖进口"):
        assert word not in shown
    assert shown[-1] == "甲市 · c链 · 数据版本 planted"


def test_inputs_of_which_one_is_enough_meet_at_a_mark():
    world = World().segment("a", stage="upstream").segment("b", stage="upstream").segment("pump")
    graph = world.link("a", "pump", group="metal").link("b", "pump", group="metal").graph()
    svg = chain_picture(graph, "c")
    assert words(parsed(svg)).count("或") == 2  # at the customer and in the legend
    assert "任一即可：a件、b件" in parts(svg, "link")["c/a>c/pump"].get("data-tip")
    assert words(parsed(chain_picture(graph, "c", lang="en"))).count("or") == 2


# --- selection and what-if -------------------------------------------------------------------------------------------


def test_a_selected_segment_is_outlined_and_other_links_are_faint(small, there):
    svg = chain_picture(small, "c", there, selected="c/ore")
    segments, links = parts(svg, "segment"), parts(svg, "link")
    assert {s for s, g in segments.items() if g.get("aria-pressed") == "true"} == {"c/ore"}
    assert [s for s, g in segments.items() if any(e.get("class") == "cg-chosen" for e in g)] == ["c/ore"]
    opacity = {k: next(p for p in g if p.get("class") == "cg-line").get("stroke-opacity") for k, g in links.items()}
    assert opacity["c/ore>c/steel"] is None
    assert float(opacity["c/steel>c/motor"]) < 0.5


def test_a_selected_link_glows(small, there):
    links = parts(chain_picture(small, "c", there, selected="c/ore>c/steel"), "link")
    assert [k for k, g in links.items() if g.get("aria-pressed") == "true"] == ["c/ore>c/steel"]
    assert [k for k, g in links.items() if any(p.get("stroke") == PALETTES["light"].accent for p in g)] == ["c/ore>c/steel"]


def test_a_selection_that_is_not_there_changes_nothing(small, there):
    assert chain_picture(small, "c", there, selected="c/nothing") == chain_picture(small, "c", there)


def test_what_if_shows_old_and_new_grade_where_something_changed():
    world = small_world().firm(7, "330200", "steel")
    graph = world.graph()
    before = diagnose(graph, HERE, "c")
    after = diagnose(graph.with_landing("C-0007", HERE, "c/steel"), HERE, "c")
    assert (before["c/steel"].presence, after["c/steel"].presence) == (Presence.MISSING, Presence.WEAK)
    svg = chain_picture(graph, "c", after, before=before)
    segments = parts(svg, "segment")
    assert "缺失 → 薄弱" in words(segments["c/steel"])
    assert "推演后：缺失 → 薄弱" in segments["c/steel"].get("data-tip")
    assert not any("→" in w for s, g in segments.items() if s != "c/steel" for w in words(g))
    haloed = {s for s, g in segments.items() for r in g.iter(f"{SVG}rect") if r.get("stroke-width") == "8"}
    assert haloed == {"c/steel"}
    assert "推演后有变" in words(parsed(svg))
    assert chain_picture(graph, "c", after, before=after) == chain_picture(graph, "c", after)


def test_what_if_shows_a_constraint_that_goes_or_comes(small, there):
    steel = there["c/steel"]
    freed = dataclasses.replace(
        there,
        segments=tuple(dataclasses.replace(s, findings=()) if s is steel else s for s in there.segments),
    )
    assert "断点解除" in words(parts(chain_picture(small, "c", freed, before=there), "segment")["c/steel"])
    assert "new break" in words(parts(chain_picture(small, "c", there, before=freed, lang="en"), "segment")["c/steel"])


# --- it can be trusted -----------------------------------------------------------------------------------------------


HOSTILE = [
    "<script>alert(1)</script>",
    "\"'&amp;]]>",
    "=cmd|' /C calc'!A0",
    "𠮷野🔋家",
    "a\x00b\x1fc\uffff",
    "\n\t",
    "\u202ereversed",
    "</style>",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name):
    world = small_world()
    for s in world.segments:
        s["name_zh"] = s["name_en"] = s["products_zh"] = name
    graph = world.graph()
    there = diagnose(graph, HERE, "c")
    for svg in (chain_picture(graph, "c"), chain_picture(graph, "c", there, lang="en"), roadmap_picture(there)):
        root = parsed(svg)
        assert svg.encode()
        assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
            *("svg", "style", "defs", "pattern", "path", "rect", "circle", "g", "text"),
        }
        assert {a for e in root.iter() for a in e.attrib if a.startswith("on") or "href" in a} == set()
    clean = re.sub("[\x00\x1f\uffff]", "\ufffd", name)
    assert parts(chain_picture(graph, "c"), "segment")["c/ore"].get("data-tip").startswith(f"{clean}\n")


def test_what_xml_cannot_carry_is_replaced():
    assert escaped("a\x00\ud800\ufffe🔋") == "a\ufffd\ufffd\ufffd🔋"


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1, max_size=40)


@settings(max_examples=15)
@given(st.integers(1, 70), st.data())
def test_boxes_and_their_words_stay_where_they_belong(n, data):
    names = data.draw(st.lists(NAMES | st.text("硅钢漆包线与、电机", min_size=1, max_size=16), min_size=n, max_size=n))
    stages = sorted(data.draw(st.lists(st.sampled_from((0, 1, 2)), min_size=n, max_size=n)))
    world = World()
    for i in range(n):
        stage, kind = ("upstream", "midstream", "downstream")[stages[i]], "market" if i % 9 == 8 else "making"
        world.segment(f"s{i}", stage=stage, kind=kind, imported=i % 5 == 0)
        world.segments[-1]["name_zh"] = world.segments[-1]["name_en"] = names[i]
    for a, b in data.draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), min_size=1, max_size=2 * n)):
        world.link(f"s{min(a, b)}", f"s{max(a, b)}", essential=(a + b) % 3 > 0)
    world.links = [k for k in world.links if k["supplier_id"] != k["customer_id"]] or world.segment("z").link("z", "s0").links
    world.cover(HERE, 900)
    for i in range(0, n, 2):
        world.register(HERE, f"s{i}", i + 1)
    graph = world.graph()
    width = data.draw(st.sampled_from((600.0, 1180.0, 1600.0)))
    for svg in (
        chain_picture(graph, "c", width=width),
        chain_picture(graph, "c", diagnose(graph, HERE, "c"), lang=data.draw(st.sampled_from(("zh", "en"))), width=width),
    ):
        _, _, wide, high = map(float, parsed(svg).get("viewBox").split())
        assert wide == width
        segments = parts(svg, "segment")
        frames = {s: frame(g) for s, g in segments.items()}
        for s, (x, y, w, h) in frames.items():
            assert 0 <= x <= x + w <= wide
            assert 0 <= y <= y + h <= high
            for t in segments[s].iter(f"{SVG}text"):
                at, size, anchor = float(t.get("x")), float(t.get("font-size")), t.get("text-anchor")
                long = breadth("".join(t.itertext()), size)
                left = at - long / 2 if anchor == "middle" else at
                assert size >= 11
                assert x - 20 <= left
                assert left + long <= x + w + 20
                if t.get("class") == "cg-strong" and anchor is None:
                    assert left + long <= x + w
                    # a tag reaches 8 pixels into the box
                    assert float(t.get("y")) - 0.8 * size >= y + 7
                    assert float(t.get("y")) + 0.2 * size <= y + h - 7
        for a, b in itertools.combinations(frames.values(), 2):
            assert a[0] + a[2] < b[0] or b[0] + b[2] < a[0] or a[1] + a[3] < b[1] or b[1] + b[3] < a[1]


def test_the_same_input_gives_the_same_bytes_and_another_picture_other_ids(small, there):
    first = chain_picture(small, "c", there)
    assert first == chain_picture(small_world().graph(), "c", diagnose(small_world().graph(), HERE, "c"))
    others = [chain_picture(small, "c"), chain_picture(small, "c", there, scheme="dark"), roadmap_picture(there), first]
    ids = [{e.get("id") for e in parsed(svg).iter() if e.get("id")} for svg in others]
    assert all(len(i) == 2 for i in ids)
    assert len(set().union(*ids)) == 8
    for svg, own in zip(others, ids, strict=True):
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= own
        style = next(parsed(svg).iter(f"{SVG}style")).text
        assert all(
            f"#{rule.split(' ')[0].lstrip('#')}" in {f"#{i}" for i in own} for rule in re.findall(r"[^{},]+(?=[,{])", style)
        )


def test_nothing_is_asked_for_from_outside(small, there):
    for svg in (chain_picture(small, "c", there), roadmap_picture(there)):
        assert set(re.findall(r"https?://[^\"' ]+", svg)) == {"http://www.w3.org/2000/svg"}
        assert "<script" not in svg
        assert "@import" not in svg


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_those_of_the_palette(small, there, scheme):
    p = PALETTES[scheme]
    known = {p.surface, p.raised, p.ink, p.muted, p.rule, p.accent, p.positive, p.link, p.link_missing, *p.constraints.values()}
    known |= {c for g in (*p.grades.values(), p.market) for c in (g.fill, g.line, g.ink)}
    svg = chain_picture(small, "c", there, scheme=scheme) + roadmap_picture(there, scheme=scheme)
    recycling = next(
        p for p in parts(chain_picture(small, "c", there, scheme=scheme), "link")["c/user>c/steel"] if p.get("class") == "cg-line"
    )
    assert set(re.findall('#[0-9A-Fa-f]{6}(?=")', svg)) - known == {recycling.get("stroke")}


@pytest.mark.parametrize("words", [{"lang": "fr"}, {"scheme": "sepia"}])
def test_what_is_not_known_is_refused(small, there, words):
    with pytest.raises(ValueError, match=r"fr|sepia"):
        chain_picture(small, "c", **words)
    with pytest.raises(ValueError, match=r"fr|sepia"):
        roadmap_picture(there, **words)
    with pytest.raises(UnknownNameError, match="no chain 'd'"):
        chain_picture(small, "d")


def test_all_shipped_chains_keep_their_names_whole_and_within_a_screen(graph):
    for chain in graph.chains:
        svg = chain_picture(graph, chain, diagnose(graph, "370200", chain))
        segments = parts(svg, "segment")
        for s in graph.chain_segments(chain):
            assert "".join(words(segments[s.id])).replace(" ", "").startswith(s.name_zh.replace(" ", ""))
        assert float(parsed(svg).get("viewBox").split()[3]) < 900
