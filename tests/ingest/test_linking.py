"""Rules of linking, each shown by sentences written for the purpose on a lexicon of twelve segments."""

from __future__ import annotations

import polars as pl
import pytest

from chaingraph.model import SegmentKind
from ingest.chains import Lexicon, SegmentEntry
from ingest.linking import CONFIRMED_FROM, PRODUCTS_CONFIRMED_FROM, PRODUCTS_REVIEW_FROM, Lexicons, link, parts, strength

CONFIRMED, TO_REVIEW = "confirmed", "to_review"


def segment(kind: str = "making", **lexicon: list[str]) -> SegmentEntry:
    return SegmentEntry(
        id="any", name_zh="任意", name_en="Any", stage="midstream", kind=kind, io_sector="001", lexicon=Lexicon(**lexicon)
    )


SEGMENTS = {
    "pump/whole": segment(
        specific=["水泵", "离心泵", "潜水泵"],
        indicative=["泵业", "排灌设备"],
        generic=["给排水设备"],
        exclude=["汽车水泵", "水泵控制器", "水泵站", "防爆潜水"],
    ),
    "pump/control": segment(specific=["水泵控制器", "变频器"]),
    "pump/users": segment("market", specific=["供水工程"], indicative=["水泵"]),
    "car/pump": segment(specific=["汽车水泵"]),
    "tool/machine": segment(specific=["加工中心", "纺织机械", "检测仪"]),
    "chem/diol": segment(specific=["1,4-丁二醇"], exclude=["电瓶、1,4-丁二醇"]),
    "test/service": segment("service", specific=["产品检测", "校准"], indicative=["检验"]),
    "broad/words": segment(generic=["出口", "汽车", "塑料", "制造", "电机"]),
    "line/board": segment(specific=["线路板"]),
    "line/whole": segment(specific=["生产线"]),
    "film/pe": segment(specific=["聚乙烯膜"], indicative=["PE膜"]),
    "film/any": segment(specific=["PE膜"], indicative=["聚乙烯膜"]),
}
LEXICONS = Lexicons.of(SEGMENTS.items())


def linked(text: str, name: str = "", *, product_list: bool = False) -> dict[str, tuple[str, float, str]]:
    frame = link(pl.DataFrame({"id": [7], "name": [name], "text": [text]}), LEXICONS, product_list=product_list)
    return {s: (v, c, t) for s, v, c, t in frame.select("segment_id", "verdict", "confidence", "terms").iter_rows()}


def verdicts(text: str, name: str = "", *, product_list: bool = False) -> dict[str, str]:
    return {s: v for s, (v, _, _) in linked(text, name, product_list=product_list).items()}


@pytest.mark.parametrize(
    "text",
    [
        "生产水泵",
        "水泵制造",
        "水泵的生产、销售",
        "水泵制造和销售",
        "研发、生产、销售：水泵",
        "加工、销售:水泵",
        "生产水泵，并销售自产产品",
        "水泵及其零件的加工、制造、批发",
        "水泵（依法须经批准的项目，经相关部门批准后方可开展经营活动）制造",
        "钢材销售；水泵生产；货物进出口",
        "一般项目:水泵制造;许可项目:货物运输",
        "铸造、组装潜水泵",
    ],
)
def test_making_a_product_is_being_in_its_segment(text):
    assert verdicts(text) == {"pump/whole": CONFIRMED}


@pytest.mark.parametrize(
    "text",
    [
        "水泵销售",
        "销售水泵",
        "水泵批发、零售",
        "销售：钢材、水泵、阀门",
        "水泵进出口",
        "水泵代理",
        "生产阀门；销售水泵",
        "水泵经销，自营和代理货物的出口业务",
        "水泵采购及配送",
    ],
)
def test_trading_a_product_is_not_making_it(text):
    assert verdicts(text) == {}


@pytest.mark.parametrize(
    "text", ["水泵维修", "水泵租赁", "水泵安装、调试", "水泵技术培训服务", "水泵检测", "水泵修理及保养", "水泵仓储、运输"]
)
def test_repairing_leasing_or_storing_a_product_is_not_making_it(text):
    assert CONFIRMED not in verdicts(text).values()


def test_repair_alone_leaves_nothing_even_to_review():
    assert verdicts("水泵维修、水泵租赁") == {}


@pytest.mark.parametrize(
    "text", ["阀门、水泵、电缆制造", "制造阀门、水泵、电缆", "生产:阀门、水泵、电缆", "阀门,水泵,电缆的生产"]
)
def test_a_verb_before_or_after_a_list_holds_for_the_whole_list(text):
    assert verdicts(text) == {"pump/whole": CONFIRMED}


@pytest.mark.parametrize("text", ["阀门、水泵、电缆销售", "销售阀门、水泵、电缆", "批发:阀门、水泵、电缆"])
def test_a_trading_verb_before_or_after_a_list_holds_for_the_whole_list(text):
    assert verdicts(text) == {}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("生产：水泵、阀门；销售：变频器、电缆", {"pump/whole"}),
        ("销售：变频器、电缆；生产：水泵、阀门", {"pump/whole"}),
        ("生产：变频器。销售：水泵", {"pump/control"}),
        ("制造:变频器,水泵", {"pump/control", "pump/whole"}),
    ],
)
def test_a_colon_list_is_done_what_stands_before_its_colon_and_ends_with_its_clause(text, made):
    assert verdicts(text) == dict.fromkeys(made, CONFIRMED)


def test_a_clause_without_any_verb_goes_on_with_what_opened_the_clause_before():
    assert verdicts("批发:阀门;水泵") == {}
    assert verdicts("生产:阀门;水泵") == {"pump/whole": CONFIRMED}


@pytest.mark.parametrize(
    "text", ["阀门制造（不含水泵）", "五金加工(不含水泵、潜水泵)", "阀门生产（除水泵）", "阀门生产（水泵除外）"]
)
def test_what_a_bracket_leaves_out_is_not_made(text):
    assert verdicts(text) == {}


def test_a_bracket_that_lists_products_counts():
    assert verdicts("泵类产品（离心泵、潜水泵）制造") == {"pump/whole": CONFIRMED}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("汽车水泵制造", {"car/pump"}),
        ("水泵控制器生产", {"pump/control"}),
        ("水泵站设备制造", set()),
        ("汽车水泵、水泵制造", {"car/pump", "pump/whole"}),
    ],
)
def test_a_phrase_that_contains_a_term_and_means_something_else_excludes_it(text, made):
    assert verdicts(text) == dict.fromkeys(made, CONFIRMED)


def test_a_phrase_that_runs_into_a_term_excludes_it():
    assert verdicts("防爆潜水泵制造") == {}
    assert verdicts("潜水泵制造") == {"pump/whole": CONFIRMED}


def test_an_exclusion_of_one_segment_does_not_take_the_term_from_another():
    other = Lexicons.of([*SEGMENTS.items(), ("pump/station", segment(specific=["水泵"]))])
    found = link(pl.DataFrame({"id": [1], "name": [""], "text": ["水泵站设备制造"]}), other)
    assert found["segment_id"].to_list() == ["pump/station"]


def test_an_exclusion_may_hold_a_separator():
    assert verdicts("生产1,4-丁二醇") == {"chem/diol": CONFIRMED}
    assert verdicts("生产电瓶、1,4-丁二醇") == {}


def test_the_longest_term_at_a_place_is_the_one_that_is_read():
    (verdict, confidence, terms) = linked("水泵控制器制造")["pump/control"]
    assert (verdict, terms) == (CONFIRMED, "水泵控制器")
    assert confidence > CONFIRMED_FROM
    assert "pump/whole" not in linked("水泵控制器制造")


def test_a_longer_term_also_says_what_the_terms_within_it_say():
    inner = Lexicons.of([("a/long", segment(specific=["高压离心泵"])), ("a/short", segment(specific=["离心泵"]))])
    found = link(pl.DataFrame({"id": [1], "name": [""], "text": ["高压离心泵制造"]}), inner)
    assert found.select("segment_id", "terms").rows() == [("a/long", "高压离心泵"), ("a/short", "离心泵")]


@pytest.mark.parametrize("text", ["汽车、塑料、电机的制造和出口", "出口", "汽车制造", "塑料制造；电机制造；汽车制造；出口"])
def test_generic_words_link_nothing_alone(text):
    assert verdicts(text, name="塑料电机汽车制造有限公司") == {}


def test_in_a_list_of_products_generic_words_strengthen_a_specific_one():
    alone, both = (linked(text, product_list=True)["pump/whole"][1] for text in ("水泵", "水泵、给排水设备"))
    assert alone == 0.8
    assert both == round(1 - 0.2 * (1 - 0.12 * 0.94), 3)


def test_a_generic_word_that_is_the_segments_own_name_is_for_review_when_it_is_made():
    own = segment(generic=["电机"]).model_copy(update={"name_zh": "电机与泵"})
    lexicons = Lexicons.of([("a/motor", own), ("a/other", segment(generic=["电机"]))])
    texts = pl.DataFrame({"id": [1, 2, 3], "name": [""] * 3, "text": ["电机制造", "电机销售", "电机维修"]})
    assert link(texts, lexicons).select("id", "segment_id", "verdict").rows() == [(1, "a/motor", "to_review")]


def test_an_indicative_term_says_more_alone_in_its_item_than_within_one_and_never_stands_by_itself():
    alone, within = (linked(text)["pump/whole"] for text in ("排灌设备制造", "农用排灌设备机架制造"))
    assert alone[0] == "to_review"
    assert alone[1] > within[1]
    assert linked("排灌设备、水泵制造")["pump/whole"][0] == CONFIRMED


def test_a_term_that_only_modifies_a_product_of_the_same_chain_says_less():
    both = Lexicons.of([("b/cell", segment(specific=["锂电池"])), ("b/foil", segment(specific=["铜箔"]))])
    found = link(pl.DataFrame({"id": [1], "name": [""], "text": ["锂电池铜箔制造"]}), both)
    confidence = dict(found.select("segment_id", "confidence").rows())
    assert confidence["b/foil"] > 0.9
    assert dict(found.select("segment_id", "verdict").rows()).get("b/cell", "to_review") == "to_review"
    assert confidence.get("b/cell", 0) < confidence["b/foil"]


def test_a_term_of_many_chains_says_less_of_each():
    one = Lexicons.of([("a/x", segment(indicative=["控制柜"]))])
    four = Lexicons.of([(f"{chain}/x", segment(indicative=["控制柜"])) for chain in "abcd"])
    text = pl.DataFrame({"id": [1], "name": [""], "text": ["控制柜制造"]})
    assert link(text, four)["confidence"][0] < link(text, one)["confidence"][0]


@pytest.mark.parametrize("text", ["供水工程施工", "承建供水工程", "生产水泵；供水工程"])
def test_markets_are_never_linked(text):
    assert "pump/users" not in verdicts(text, name="供水工程水泵有限公司")


@pytest.mark.parametrize("text", ["产品检测", "产品检测服务", "提供产品检测", "校准服务"])
def test_a_service_is_performed_by_whoever_offers_it(text):
    assert verdicts(text) == {"test/service": CONFIRMED}


def test_selling_what_a_service_is_called_is_not_performing_it():
    assert verdicts("销售校准块").get("test/service") != CONFIRMED


def test_a_product_list_is_made_without_saying_so_and_a_scope_is_not():
    assert linked("阀门用水泵座")["pump/whole"][1] < linked("生产阀门用水泵座")["pump/whole"][1]
    assert verdicts("水泵、阀门", product_list=True) == {"pump/whole": CONFIRMED}
    assert verdicts("水泵贸易", product_list=True) == {}


def test_later_products_of_a_list_count_less():
    confidences = [linked("、".join(["阀门"] * before + ["水泵"]), product_list=True)["pump/whole"][1] for before in range(9)]
    assert confidences == sorted(confidences, reverse=True)
    assert confidences[0] > PRODUCTS_CONFIRMED_FROM > confidences[-1] >= PRODUCTS_REVIEW_FROM


def test_a_product_in_the_name_alone_is_for_review():
    frame = link(pl.DataFrame({"id": [1], "name": ["浙江甲水泵离心泵潜水泵有限公司"], "text": [""]}), LEXICONS)
    assert frame.select("segment_id", "verdict", "basis").rows() == [("pump/whole", TO_REVIEW, "name")]
    assert frame["because"][0] == "仅企业名称含“水泵、潜水泵、离心泵”，经营范围未见制造"


def test_a_product_in_the_name_counts_when_the_scope_makes_something_and_not_when_it_sells_the_product():
    assert verdicts("机械零件制造", name="甲水泵有限公司") == {"pump/whole": CONFIRMED}
    assert CONFIRMED not in verdicts("机械零件制造；水泵销售", name="甲水泵有限公司").values()


def test_name_and_text_support_each_other():
    alone, both = (linked("水泵零件研发", name=name)["pump/whole"][1] for name in ("", "甲水泵有限公司"))
    assert alone < both


def test_the_reason_says_which_item_what_is_done_and_what_the_name_adds():
    found = link(pl.DataFrame({"id": [1], "name": ["甲水泵厂"], "text": ["销售电缆；水泵的生产、销售"]}), LEXICONS)
    assert found["because"].to_list() == ["经营范围第2项“水泵的生产销售”：制造“水泵”；企业名称含“水泵”"]


def test_confidence_of_products_is_the_noisy_or_of_the_terms_each_counted_once():
    assert linked("水泵、离心泵", product_list=True)["pump/whole"] == (
        CONFIRMED,
        round(1 - 0.2 * (1 - 0.8 * 0.94), 3),
        "水泵；离心泵",
    )
    assert linked("水泵、水泵、水泵", product_list=True)["pump/whole"] == (CONFIRMED, 0.8, "水泵")


def test_a_term_counts_by_its_best_mention():
    assert linked("销售水泵；生产水泵") == linked("生产水泵")


@pytest.mark.parametrize("text", ["销售加工中心", "批发纺织机械、检测仪", "加工中心、检测仪的销售", "检测仪批发、纺织机械零售"])
def test_a_verb_within_the_name_of_a_product_is_no_verb(text):
    assert verdicts(text) == {}


@pytest.mark.parametrize("text", ["生产线路板", "生产：线路板", "生产线路板、电缆"])
def test_a_verb_before_a_product_is_a_verb_although_both_together_begin_another_product(text):
    assert verdicts(text) == {"line/board": CONFIRMED}


def test_the_other_product_is_still_found():
    assert verdicts("生产线制造") == {"line/whole": CONFIRMED}
    assert verdicts("生产线销售") == {}


@pytest.mark.parametrize("text", ["加工中心制造", "纺织机械", "检测仪"])
def test_a_product_with_a_verb_in_its_name_can_be_made(text):
    assert verdicts(text, product_list=True) == {"tool/machine": CONFIRMED}


@pytest.mark.parametrize("text", ["生产pe膜", "生产ＰＥ膜", "生产PE膜"])
def test_letters_are_read_in_either_case_and_width(text):
    found = linked(text)
    assert {s: terms for s, (_, _, terms) in found.items()} == {"film/any": "PE膜", "film/pe": "PE膜"}
    assert found["film/any"][1] > found["film/pe"][1]


@pytest.mark.parametrize("text", ["", "；；", "、", "许可项目：无", "（）", "水"])
def test_a_text_that_says_nothing_links_nothing(text):
    assert verdicts(text) == {}


def test_missing_texts_and_names_link_nothing():
    frame = link(pl.DataFrame({"id": [1], "name": [None], "text": [None]}, schema_overrides={"name": str, "text": str}), LEXICONS)
    assert frame.rows() == []


def test_no_texts_give_no_rows_in_the_same_columns():
    some = link(pl.DataFrame({"id": [1], "name": [""], "text": ["生产水泵"]}), LEXICONS)
    none = link(pl.DataFrame({"id": [1], "name": [""], "text": ["生产水泵"]}).clear(), LEXICONS)
    assert none.schema == some.schema
    assert none.height == 0


def mentions(text: str) -> list[tuple[int, str, int]]:
    found, items = parts(pl.DataFrame({"id": [3], "text": [text]}), product_list=False)
    return found.join(items, on="number").sort("position").select("position", "item", "done").rows()


def test_items_are_cut_and_carry_what_is_done_with_them():
    made, weak, trade, service = 1, 2, 4, 8
    assert mentions("阀门、水泵(不含汽车零件)生产和销售；技术研发，设备维修") == [
        (0, "阀门", made | trade),
        (1, "水泵生产销售", made | trade),
        (2, "技术研发", weak),
        (3, "设备维修", service),
    ]


def test_a_list_that_ends_in_trade_is_traded_although_its_last_item_begins_with_a_verb():
    assert mentions("油墨、纸张、印刷辅料批发")[:2] == [(0, "油墨", 4), (1, "纸张", 4)]


@pytest.mark.parametrize("text", ["销售隶属公司生产的水泵", "销售总公司所生产的水泵"])
def test_what_a_parent_makes_is_only_sold(text):
    assert verdicts(text) == {}


def test_what_one_makes_oneself_and_sells_is_made():
    assert verdicts("销售本公司生产的水泵") == {"pump/whole": CONFIRMED}


@pytest.mark.parametrize(
    ("done", "made", "served"),
    [
        (0, 0.6, 0.8), (1, 1.0, 1.0), (2, 0.8, 1.0), (3, 1.0, 1.0), (4, 0.0, 0.1), (5, 1.0, 1.0), (6, 0.6, 1.0), (7, 1.0, 1.0),
        (8, 0.0, 1.0), (9, 1.0, 1.0), (10, 0.4, 1.0), (11, 1.0, 1.0), (12, 0.0, 1.0), (13, 1.0, 1.0), (14, 0.4, 1.0), (15, 1.0, 1.0),
    ],
)  # fmt: skip
def test_what_is_done_says_how_far_a_term_counts(done, made, served):
    frame = pl.DataFrame({"kind": [SegmentKind.MAKING.value, SegmentKind.SERVICE.value], "done": [done, done]})
    values = frame.select(strength(pl.col("kind"), pl.col("done").cast(pl.UInt8)).alias("v"))["v"].to_list()
    assert values == [made, served]
