import dataclasses

import pytest
from planted_picture import HERE, SVG, parsed, parts, small_world, words

from chaingraph import diagnose
from chaingraph.drawing.picture import roadmap_picture


@pytest.fixture(scope="module")
def there():
    return diagnose(small_world().graph(), HERE, "c")


def test_the_roadmap_shows_its_steps_in_order_with_what_they_bring(there):
    svg = roadmap_picture(there)
    steps = parts(svg, "segment")
    assert list(steps) == [r.segment_id for r in there.roadmap]
    assert there.roadmap[0].segment_id == "c/steel"
    first = words(steps["c/steel"])
    assert first[:3] == [f"{there.roadmap[0].completeness:.0%}", "1", "补链"]
    assert first[3] == "steel件"
    gain = there.roadmap[0].completeness - there.completeness[0]
    assert f"完整度 +{gain:.0%}" in first
    assert "打通：motor件" in first
    assert f"{there.completeness[0]:.0%}" in words(parsed(svg))
    assert steps["c/steel"].get("tabindex") == "0"
    assert steps["c/steel"].get("data-tip").startswith("第 1 步：steel件\n")


def test_stations_run_to_the_right_and_wrap_into_rows(graph):
    d = diagnose(graph, "441200", "new-energy-vehicle")
    step = d.roadmap[0]
    many = dataclasses.replace(d, roadmap=tuple(dataclasses.replace(step, order=i + 1) for i in range(19)))
    root = parsed(roadmap_picture(many))
    _, _, wide, high = map(float, root.get("viewBox").split())
    rings = [
        next(c for c in g.iter(f"{SVG}circle") if c.get("class") is None)
        for g in root.iter(f"{SVG}g")
        if g.get("class") == "segment"
    ]
    at = [(float(c.get("cy")), float(c.get("cx"))) for c in rings]
    assert at == sorted(at)
    assert len({y for y, _ in at}) > 1
    assert all(0 < x < wide and 0 < y < high for y, x in at)


def test_unknown_is_not_shown_as_missing_in_the_rings(graph):
    d = diagnose(graph, "441200", "new-energy-vehicle")
    thin = roadmap_picture(d)
    for step, group in zip(d.roadmap, parts(thin, "segment").values(), strict=True):
        dotted = [p for p in group.iter(f"{SVG}path") if p.get("stroke-dasharray") == "1.6 3.2"]
        assert bool(dotted) is (step.completeness < d.completeness[1])
    assert "不详" in words(parsed(thin))
    assert "缺失或缺投入" not in words(parsed(thin))


def test_a_selected_station_is_outlined(there):
    steps = parts(roadmap_picture(there, selected="c/steel"), "segment")
    assert [s for s, g in steps.items() if g.get("aria-pressed") == "true"] == ["c/steel"]


def test_an_empty_roadmap_says_so_in_both_languages(graph):
    d = diagnose(graph, "331000", "pump-motor")
    assert d.roadmap == ()
    assert "没有要补的环节" in words(parsed(roadmap_picture(d)))
    assert "There is nothing to fill" in words(parsed(roadmap_picture(d, lang="en")))
    assert parts(roadmap_picture(d), "segment") == {}
