"""The logic of every page: what it answers, what it keeps, what it shows when there is nothing."""

from __future__ import annotations

import re

import pytest

import recommend
from chaingraph import ChainGraph, diagnose

PAGES = ("overview", "chain_map", "diagnosis", "targets", "region_map", "imports", "backtest", "data")
PUMPS = {"region": "331000", "chain": "pump-motor"}
CARS = {"region": "441200", "chain": "new-energy-vehicle"}
CJK = re.compile(r"[\u4e00-\u9fff]")


def words(at):
    """Everything the page says outside figures."""
    return "\n".join(e.value for kind in ("title", "markdown", "caption", "subheader", "info") for e in getattr(at, kind))


def chosen(at):
    """The parameters of the address."""
    return {k: v if isinstance(v, str) else v[0] for k, v in at.query_params.items()}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_is_titled_in_the_readers_language(opened, page, lang):
    at = opened(page, **CARS, lang=lang)
    assert len(at.title) == 1
    assert bool(CJK.search(at.title[0].value)) is (lang == "zh")


@pytest.mark.parametrize("page", PAGES)
def test_in_english_no_word_of_the_page_is_chinese_but_names_of_firms_and_documents(opened, page):
    at = opened(page, **CARS, lang="en")
    labels = [w.label for kind in ("selectbox", "multiselect", "button", "slider") for w in getattr(at, kind)]
    assert not [x for x in labels if CJK.search(x)]


def test_without_a_region_the_start_asks_for_one_and_other_pages_say_so(opened):
    assert "先选一座城市" in words(opened())
    assert "先在上方选一座城市" in words(opened("diagnosis"))


def test_the_choice_is_in_the_address_and_survives_another_page(opened):
    at = opened("diagnosis", **CARS)
    assert chosen(at)["region"] == "441200"
    at.switch_page("dashboard/pages/targets.py")
    at.run()
    assert chosen(at)["region"] == "441200"
    assert chosen(at)["chain"] == "new-energy-vehicle"
    assert "新能源汽车" in at.title[0].value


def test_another_region_begins_with_the_first_chain_of_its_programme(opened):
    at = opened("diagnosis", **CARS, segment="new-energy-vehicle/drive-motor")
    at.selectbox(key="_region").set_value("340600").run()
    assert chosen(at)["region"] == "340600"
    assert chosen(at)["chain"] == "aluminium-materials"
    assert "segment" not in at.query_params


@pytest.mark.parametrize(
    "strange",
    [
        {"region": "999999"},
        {"region": "330000"},
        {**PUMPS, "chain": "no-such"},
        {**PUMPS, "segment": "a/b"},
        {**PUMPS, "firm": "C-0"},
        {**PUMPS, "landing": "<script>"},
    ],
)
def test_what_the_data_do_not_have_is_left_out_of_the_address_and_told(opened, strange):
    at = opened("diagnosis", **strange)
    assert at.warning
    assert not set(strange.items()) <= set(chosen(at).items())


def test_the_diagnosis_on_the_page_is_the_diagnosis(opened, graph: ChainGraph):
    d = diagnose(graph, "441200", "new-energy-vehicle")
    said = words(opened("diagnosis", **CARS))
    assert f"{d.completeness[0]:.0%}–{d.completeness[1]:.0%}" in said
    assert str(d.coverage_text) in said
    assert d.roadmap[0].name_zh in said


def test_the_targets_on_the_page_are_the_ranking(opened, graph: ChainGraph):
    targets = recommend.rank(graph, diagnose(graph, "441200", "new-energy-vehicle"), 200)
    at = opened("targets", **CARS)
    assert f"{len(targets)} 家可考虑，第一位是{targets[0].name}" in words(at)
    assert f"**{targets[0].score:.1f}** 分" in words(at)


def test_a_list_filter_shows_only_firms_of_the_list(opened, graph: ChainGraph):
    targets = recommend.rank(graph, diagnose(graph, "441200", "new-energy-vehicle"), 200)
    wanted = [t for t in targets if "global-500" in t.list_ids]
    at = opened("targets", **CARS)
    at.multiselect(key="_lists").set_value(["global-500"]).run()
    assert f"**{len(wanted)}** / {len(targets)} 家" in words(at)
    assert chosen(at)["lists"] == "global-500"


def test_filters_that_no_firm_meets_leave_a_way_back(opened):
    at = opened("targets", **PUMPS, near="150", known="0.8", lists="global-500")
    assert any("没有企业符合" in i.value for i in at.info)
    next(b for b in at.button if b.label == "清除筛选").click().run()
    assert "lists" not in at.query_params
    assert not any("没有企业符合" in i.value for i in at.info)


def test_a_weight_moves_the_ranks_and_goes_back(opened, graph: ChainGraph):
    at = opened("targets", **CARS)
    at.slider(key="weight-distance").set_value(40).run()
    assert chosen(at)["weights"] == "distance:40"
    weights = recommend.Weights.load().changed({"distance": 40.0})
    first = recommend.rank(graph, diagnose(graph, "441200", "new-energy-vehicle"), 200, weights=weights)[0]
    assert f"第一位是{first.name}" in words(at)
    assert f"{first.score:.1f} 分" in words(at)
    next(b for b in at.button if b.label == "恢复出厂权重").click().run()
    assert "weights" not in at.query_params


def test_a_choice_made_before_the_browser_knew_the_address_of_the_last_one_holds(opened):
    at = opened("targets", **CARS)
    at.slider(key="weight-distance").set_value(18).run()
    late = dict(at.query_params)
    at.slider(key="weight-distance").set_value(22).run()
    at.slider(key="weight-distance").set_value(27)
    at.query_params.clear()
    at.query_params.update(late)
    at.run()
    assert chosen(at)["weights"] == "distance:27"
    assert at.slider(key="weight-distance").value == 27
    at.query_params.clear()
    at.query_params.update(late)
    assert chosen(at.run())["weights"] == "distance:18"


@pytest.mark.parametrize("weights", ["distance:-3", "x:4", "distance", "distance:1e9,scale:nan", ";;", "distance:0"])
def test_weights_of_an_address_that_make_no_sense_do_no_harm(opened, weights):
    assert "家可考虑" in words(opened("targets", **CARS, weights=weights))


def test_weights_that_are_all_nothing_are_the_shipped_ones(opened):
    nothing = ",".join(f"{n}:0" for n in recommend.Weights.load().of)
    assert words(opened("targets", **CARS, weights=nothing)) == words(opened("targets", **CARS)).replace("权重 · 已调整", "权重")


def test_what_if_says_what_changes(opened, graph: ChainGraph):
    first = recommend.rank(graph, diagnose(graph, "441200", "new-energy-vehicle"), 1)[0]
    at = opened("chain_map", **CARS, landing=first.company_id)
    assert any(i.value.startswith(f"假如{first.name}落地") for i in at.info)


def test_a_guest_keeps_nothing(opened):
    at = opened("targets", **CARS)
    add = next(b for b in at.button if b.label == "加入清单")
    assert add.disabled
    assert any("登录" in i.value for i in opened("targets", **CARS, show="register").info)


def test_a_city_outside_the_programmes_has_all_chains(opened, graph: ChainGraph):
    at = opened(region="330300")
    assert f"全部 {len(graph.chains)} 条链" in words(at)


def test_a_county_works_like_a_city(opened):
    for page in PAGES:
        assert opened(page, region="340881", chain="green-packaging").title
