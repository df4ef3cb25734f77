import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph.errors import UnknownNameError
from chaingraph.graph import build
from chaingraph.model import RegionLevel
from chaingraph.places import MUNICIPALITIES
from chaingraph.region_names import plain, short_region_name, spellings
from chaingraph.search import search_regions


def codes(graph, text, limit=20):
    return [r.code for r in search_regions(graph, text, limit)]


@pytest.mark.parametrize("text", ["331000", "台州市", "台州", "taizhou", "Tai zhou", "táizhōu", "tz", "TAIZHOUSHI"])
def test_taizhou_is_found_by_code_name_pinyin_and_initials(graph, text):
    assert "331000" in codes(graph, text, 3)


def test_the_other_taizhou_is_offered_beside_it(graph):
    assert codes(graph, "taizhou") == ["321200", "331000"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Harbin", "哈尔滨市"),
        ("haerbin", "哈尔滨市"),
        ("qing", "青岛市"),
        ("qd", "青岛市"),
        ("桐", "桐庐县"),
        ("tongcheng", "桐城市"),
        ("jilin", "吉林市"),
        ("bj", "北京市"),
        ("lvliang", "吕梁市"),
        ("luliang", "吕梁市"),
        ("Pudong New Area", "浦东新区"),
        ("州", "沧州市"),
    ],
)
def test_the_likeliest_comes_first(graph, text, first):
    assert search_regions(graph, text)[0].name_zh == first


def test_exact_comes_before_prefix_before_part(graph):
    names = [r.name_zh for r in search_regions(graph, "江门", 100)] + [r.name_zh for r in search_regions(graph, "jiang", 500)]
    assert names[0] == "江门市"
    starts = [any(n.startswith("jiang") for n in spellings(name)[0]) for name in names[1:]]
    assert starts == sorted(starts, reverse=True)
    assert set(starts) == {True, False}


def test_among_equals_cities_come_first_then_provinces_then_counties(graph):
    found = search_regions(graph, "shan", 1000)
    begins = [r for r in found if any(n.startswith("shan") for n in spellings(r.name_zh)[0])]
    kinds = [
        0 if r.level is RegionLevel.PREFECTURE or r.code in MUNICIPALITIES else 1 if r.level is RegionLevel.PROVINCE else 2
        for r in begins
    ]
    assert found[: len(begins)] == begins
    assert kinds == sorted(kinds)
    assert set(kinds) == {0, 1, 2}


@pytest.mark.parametrize("text", ["", "   ", "'-·", "zzzz", "999999", "%", "\n"])
def test_what_means_no_region_finds_none(graph, text):
    assert search_regions(graph, text) == []


def test_codes_and_initials_count_from_their_beginning_only(graph):
    assert {c[:3] for c in codes(graph, "331", 100)} == {"331"}
    assert codes(graph, "31000") == ["310000"]
    assert "zs" not in "".join(spellings("台州市")[0])
    assert "331000" not in codes(graph, "zs", 4000)


def test_every_region_is_found_by_each_of_its_names(graph):
    lost = [
        (text, region.code)
        for region in list(graph.regions.values())[::29]
        for text in (region.code, region.name_zh, region.name_en)
        if region.code not in codes(graph, text, 40)
    ]
    assert lost == []


@given(text=st.text(max_size=6) | st.text(alphabet="taizhouqn331台州市 '", max_size=6), limit=st.integers(-1, 30))
def test_any_text_finds_at_most_so_many_and_each_has_it(graph, text, limit):
    found = search_regions(graph, text, limit)
    assert len(found) == len(set(found)) <= max(limit, 0)
    for r in found:
        names, initials = spellings(r.name_zh)
        assert any(plain(text) in n for n in (r.code, plain(r.name_zh), plain(short_region_name(r.name_zh)), *names, *initials))


def test_what_if_graphs_find_the_same_and_another_data_version_its_own(graph):
    landed = graph.with_landing(graph.tables["activities"]["company_id"].iloc[0], "331000")
    assert search_regions(landed, "tz") == search_regions(graph, "tz")
    regions = graph.tables["regions"]
    without = build(graph.tables.replace(regions=regions[regions["region_code"] != "331000"]))
    assert codes(without, "taizhou") == ["321200"]
    assert codes(graph, "taizhou") == ["321200", "331000"]


@pytest.mark.parametrize(
    ("spelt", "code"),
    [("qingdao", "370200"), ("Zhaoqing", "441200"), ("Lu'an", "341500"), ("Inner Mongolia", "150000"), ("jilin", "220000")],
)
def test_a_region_is_known_by_its_spelling_where_that_is_one_region(graph, spelt, code):
    assert graph.find_region(spelt).code == code


@pytest.mark.parametrize(("spelt", "both"), [("taizhou", ("321200", "331000")), ("shanxi", ("140000", "610000"))])
def test_a_spelling_of_several_regions_is_refused_with_their_codes(graph, spelt, both):
    with pytest.raises(UnknownNameError, match=rf"{both[0]} .*{both[1]} .*Give the code"):
        graph.find_region(spelt)


def test_a_misspelt_region_gets_the_spelling_that_was_meant(graph):
    with pytest.raises(UnknownNameError) as caught:
        graph.find_region("Zhaoqin")
    assert "Zhaoqing" in caught.value.suggestions
