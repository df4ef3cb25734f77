import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.matching import RESULT_COLUMNS, match
from ingest.names import normalise, uscc_fault

FULL_NAMES = [
    "深圳世纪星源股份有限公司",
    "深圳市振业（集团）股份有限公司",
    "深圳市全新好股份有限公司",
    "浙江阳光照明电器集团股份有限公司",
    "比亚迪股份有限公司",
    "万科企业股份有限公司",
    "珠海格力电器股份有限公司",
    "贵州茅台酒股份有限公司",
    "中国石油天然气股份有限公司",
    "中国石油化工股份有限公司",
    "宁德时代新能源科技股份有限公司",
    "宝山钢铁股份有限公司",
    "上海汽车集团股份有限公司",
    "重庆长安汽车股份有限公司",
    "长城汽车股份有限公司",
    "安徽海螺水泥股份有限公司",
    "芜湖海螺型材科技股份有限公司",
    "江苏恒瑞医药股份有限公司",
    "内蒙古伊利实业集团股份有限公司",
    "山东黄金矿业股份有限公司",
    "中国建材股份有限公司",
    "大众交通（集团）股份有限公司",
    "京东方科技集团股份有限公司",
    "TCL科技集团股份有限公司",
    "华为技术有限公司",
    "沃尔玛（WALMART)",
    "三一重工股份有限公司",
    "乐鑫信息科技（上海）股份有限公司",
]


def frame(full_names=FULL_NAMES, **columns):
    return pd.DataFrame({"company_id": [f"c{i:02}" for i in range(len(full_names))], "name_zh": full_names, **columns})


def one(name, companies=None, **options):
    return match([name], frame() if companies is None else companies, **options).iloc[0]


@pytest.mark.parametrize(
    ("alias", "full_name"),
    [
        ("ST星源", "深圳世纪星源股份有限公司"),
        ("深振业A", "深圳市振业（集团）股份有限公司"),
        ("*ST全新", "深圳市全新好股份有限公司"),
        ("阳光照明", "浙江阳光照明电器集团股份有限公司"),
        ("格力电器", "珠海格力电器股份有限公司"),
        ("贵州茅台", "贵州茅台酒股份有限公司"),
        ("宁德时代", "宁德时代新能源科技股份有限公司"),
        ("上汽集团", "上海汽车集团股份有限公司"),
        ("海螺型材", "芜湖海螺型材科技股份有限公司"),
        ("中国石化", "中国石油化工股份有限公司"),
        ("京东方A", "京东方科技集团股份有限公司"),
        ("ＴＣＬ科技", "TCL科技集团股份有限公司"),
    ],
)
def test_listed_short_names(alias, full_name):
    row = one(alias)
    assert (row.verdict, row.full_name) == ("accept", full_name), row.why


@pytest.mark.parametrize(
    ("alias", "full_name"),
    [
        ("深圳市振業（集團）股份有限公司", "深圳市振业（集团）股份有限公司"),
        ("深圳市振业(集团)股份有限公司", "深圳市振业（集团）股份有限公司"),
        ("比亞迪股份有限公司", "比亚迪股份有限公司"),
        ("華為技術有限公司", "华为技术有限公司"),
        ("ＴＣＬ科技集团股份有限公司", "TCL科技集团股份有限公司"),
        (" 比亚迪 股份有限公司。", "比亚迪股份有限公司"),
        ("比亚迪有限公司", "比亚迪股份有限公司"),
        ("浙江省阳光照明电器集团股份有限公司", "浙江阳光照明电器集团股份有限公司"),
        ("贵州省茅台酒股份有限公司", "贵州茅台酒股份有限公司"),
        ("WALMART", "沃尔玛（WALMART)"),
        ("Walmart Inc.", "沃尔玛（WALMART)"),
        ("沃尔玛", "沃尔玛（WALMART)"),
        ("沃爾瑪(Walmart)", "沃尔玛（WALMART)"),
    ],
)
def test_ways_of_writing_one_name(alias, full_name):
    row = one(alias)
    assert (row.verdict, row.full_name) == ("accept", full_name), row.why


@pytest.mark.parametrize(
    "alias",
    [
        "阳光照明(江西)有限公司",
        "江西阳光照明电器有限公司",
        "浙江阳光照明电器销售有限公司",
        "浙江阳光照明电器集团股份有限公司北京分公司",
        "华为技术有限公司东莞松山湖分公司",
        "比亚迪股份有限公司第二分厂",
        "比亚迪汽车有限公司",
        "上海比亚迪有限公司",
        "乐鑫信息科技(北京)股份有限公司",
        "中国建材集团有限公司",
        "上海大众汽车有限公司",
        "三一重工（昆山）有限公司",
        "深圳市振业实业有限公司",
        "格力地产",
        "大众",
    ],
)
def test_subsidiaries_branches_and_relatives_are_never_accepted(alias):
    row = one(alias)
    assert row.verdict != "accept", (row.full_name, row.why)


def test_a_firm_is_not_its_own_branch():
    companies = frame(["镇江银河灯具电器有限公司灯泡分厂", "河北某某油品有限公司衡水第五十四加油站"])
    assert one("镇江银河灯具电器有限责任公司", companies).verdict != "accept"
    assert one("河北某某油品有限公司衡水第十四加油站", companies).verdict != "accept"


def test_a_branch_points_to_its_firm_for_review():
    row = one("华为技术有限公司东莞分公司")
    assert (row.verdict, row.full_name) == ("review", "华为技术有限公司")
    assert (row.relation, row.related_to) == ("branch_of", "华为技术有限公司")


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("阳光照明(江西)有限公司", "浙江阳光照明电器集团股份有限公司"),
        ("江西阳光照明电器有限公司", "浙江阳光照明电器集团股份有限公司"),
        ("三一重工（昆山）有限公司", "三一重工股份有限公司"),
        ("比亚迪汽车有限公司", "比亚迪股份有限公司"),
        ("比亞迪汽車有限公司", "比亚迪股份有限公司"),
    ],
)
def test_a_subsidiary_is_no_company_of_the_list_but_points_to_one(name, parent):
    row = one(name)
    assert (row.verdict, row.company_id) == ("reject", "")
    assert (row.relation, row.related_to) == ("subsidiary_of", parent)


@pytest.mark.parametrize(
    "name", ["上海大众汽车有限公司", "中国建材集团有限公司", "长城机械有限公司", "比亚迪股份有限公司", "比亚迪"]
)
def test_a_namesake_or_the_firm_itself_is_no_subsidiary(name):
    assert one(name).relation == ""


def test_of_two_likely_parents_none_is_named():
    companies = frame(["海角风能装备股份有限公司", "海角风能科技股份有限公司"])
    assert one("海角风能(甘肃)有限公司", companies).relation == ""


def test_a_company_has_one_abbreviation_in_a_list():
    companies = frame(["百川能源股份有限公司", "江苏百川高科新材料股份有限公司", *FULL_NAMES])
    found = match(["百川能源", "百川股份"], companies).set_index("alias")
    assert found.loc["百川能源", "full_name"] == "百川能源股份有限公司"
    alone, listed = one("百川股份", companies), found.loc["百川股份"]
    assert alone.full_name == "百川能源股份有限公司"
    assert listed.full_name == "江苏百川高科新材料股份有限公司"
    assert listed.score > 1 - alone.score


def test_the_weaker_of_two_abbreviations_of_a_company_goes_to_review():
    found = match(["格力电器", "珠格电"], frame()).set_index("alias")
    assert found.loc["格力电器", "verdict"] == "accept"
    assert found.loc["珠格电", "verdict"] != "accept"


def test_marks_of_the_exchange_make_no_rival():
    assert list(match(["ST星源", "星源", "*ST星源"], frame())["full_name"]) == ["深圳世纪星源股份有限公司"] * 3


def test_initials_that_are_a_common_trade_name_are_asked_about():
    row = one("宝钢股份")
    assert (row.verdict, row.full_name) == ("review", "宝山钢铁股份有限公司")
    assert one("宝钢股份", frame(short_name=["宝钢股份" if "宝山" in name else "" for name in FULL_NAMES])).verdict == "accept"


def test_a_common_trade_name_is_trusted_less_than_a_rare_one():
    common = one("宏达股份", frame(["四川宏达机械股份有限公司"]))
    rare = one("珥萸股份", frame(["四川珥萸机械股份有限公司"]))
    assert common.score < rare.score


def with_check_digit(stem):
    return next(stem + sign for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY" if not uscc_fault(stem + sign))


OWN, OTHER, THIRD = (with_check_digit(f"91331000MA2XABCD{n}") for n in "123")
MISTYPED = OWN[:17] + ("0" if OWN[17] != "0" else "1")


def coded(*codes):
    return frame(["长城泵业有限公司", "海角电机有限公司"], uscc=list(codes))


def test_the_codes_of_this_test_are_right_and_wrong():
    assert (uscc_fault(OWN), uscc_fault(OTHER), uscc_fault(MISTYPED)) == ("", "", "check digit")


@pytest.mark.parametrize(
    ("name", "code", "verdict", "full_name", "why"),
    [
        ("长城（台州）泵业", "OWN", "accept", "长城泵业有限公司", "信用代码一致"),
        ("长城泵业有限公司", "own", "accept", "长城泵业有限公司", "信用代码一致"),
        ("长城泵业有限公司", "THIRD", "review", "长城泵业有限公司", "信用代码与该企业不同"),
        ("长城泵业有限公司", "OTHER", "review", "海角电机有限公司", "名称却像是长城泵业有限公司"),
        ("长城泵业有限公司", "MISTYPED", "accept", "长城泵业有限公司", "校验位不对，未用"),
        ("长城泵业有限公司", "1234", "accept", "长城泵业有限公司", "位数不对，未用"),
        ("长城泵业有限公司", "", "accept", "长城泵业有限公司", "与全称一致"),
    ],
)
def test_credit_codes_decide_where_both_sides_have_a_right_one(name, code, verdict, full_name, why):
    given = {"OWN": OWN, "own": f"'{OWN.lower()} ", "OTHER": OTHER, "THIRD": THIRD, "MISTYPED": MISTYPED}.get(code, code)
    row = match([name], coded(OWN, OTHER), codes=[given]).iloc[0]
    assert (row.verdict, row.full_name) == (verdict, full_name)
    assert why in row.why


def test_a_mistyped_code_in_the_list_is_not_used():
    row = match(["长城泵业"], coded(MISTYPED, OTHER), codes=[MISTYPED]).iloc[0]
    assert (row.verdict, row.full_name) == ("accept", "长城泵业有限公司")
    assert "信用代码一致" not in row.why


@pytest.mark.parametrize(
    "alias",
    [
        "丰田汽车公司",
        "联合健康集团",
        "高通",
        "SAP公司",
        "巴斯夫公司",
        "Meta Platforms公司",
        "西门子能源",
        "Siemens AG",
        "三井物产株式会社",
    ],
)
def test_foreign_firms_not_in_the_list_are_rejected(alias):
    row = one(alias)
    assert (row.verdict, row.company_id, row.full_name) == ("reject", "", ""), row.why


def test_english_short_and_former_names():
    companies = frame(
        ["罗伯特·博世有限公司", "天地科技股份有限公司", "藏格矿业股份有限公司"],
        name_en=["Robert Bosch GmbH", None, ""],
        short_name=["", "天地科技", "藏格矿业"],
        former_names=["", "", "金谷源控股股份有限公司；藏格控股股份有限公司"],
        country=["DE", "CN", None],
    )
    found = match(["ROBERT BOSCH", "天地科技", "藏格控股股份有限公司", "金谷源控股股份有限公司"], companies)
    assert list(found["company_id"]) == ["c00", "c01", "c02", "c02"]
    assert set(found["verdict"]) == {"accept"}
    assert "曾用名" in found["why"].iloc[2]


def test_a_firm_whose_short_name_is_known_is_not_abbreviated_otherwise():
    full_names = ["银冠电气股份有限公司", *FULL_NAMES]
    assert one("银冠股份", frame(full_names, short_name=["银冠电气", *[""] * len(FULL_NAMES)])).verdict == "review"


def test_a_registered_name_is_not_read_as_a_short_name():
    companies = frame(["浙江阳光照明电器集团股份有限公司"], short_name=["阳光照明"])
    assert one("阳光照明", companies).verdict == "accept"
    assert one("阳光照明有限公司", companies).verdict == "review"


def test_the_present_holder_of_a_name_comes_before_a_former_one():
    companies = frame(["东方明珠股份有限公司", "新东方股份有限公司"], former_names=["新东方股份有限公司", ""])
    row = one("新东方股份有限公司", companies)
    assert (row.verdict, row.company_id) == ("accept", "c01")


def test_two_halves_of_two_firms_go_to_review():
    assert one("格力(TCL)", frame(["格力", "TCL"])).verdict == "review"


def test_two_firms_of_one_name_go_to_review():
    row = one("鑫源机械有限公司", frame(["鑫源机械有限公司", "鑫源机械有限公司"]))
    assert row.verdict == "review"
    assert one("长城科技", frame(["江西长城科技股份有限公司", "浙江长城科技股份有限公司"])).verdict == "review"


def test_the_country_a_name_begins_with_excludes_others():
    companies = frame(["电信控股公司集团"], country=["美国"])
    assert one("日本电信控股集团", companies).verdict == "reject"


def test_human_decisions_win():
    assert one("比亚迪股份有限公司", decisions={"比亚迪股份有限公司": ""}).verdict == "reject"
    row = one("东海车厂牌", decisions={"东海车厂牌": "c12"})
    assert (row.verdict, row.company_id, row.score) == ("accept", "c12", 1.0)
    assert one("东海 车厂牌", decisions={"东海车厂牌": "c12"}).company_id == "c12"
    with pytest.raises(ValueError, match=r"c99 \(did you mean"):
        one("东海车厂牌", decisions={"东海车厂牌": "c99"})


def test_faulty_tables_are_refused():
    with pytest.raises(ValueError, match="name_zh"):
        match(["比亚迪"], frame().drop(columns="name_zh"))
    with pytest.raises(ValueError, match="c00"):
        match(["比亚迪"], pd.concat([frame(), frame()]))


def test_empty_inputs():
    assert list(match([], frame()).columns) == RESULT_COLUMNS
    assert list(match(["比亚迪", "", "。"], frame([]))["verdict"]) == ["reject"] * 3
    assert list(match(["", "（）"], frame())["verdict"]) == ["reject"] * 2


def test_one_row_per_name_in_the_order_given():
    names = ["宝钢股份", "沃尔玛", "宝钢股份", "高通"]
    found = match(names, frame())
    assert list(found["alias"]) == names
    assert found.iloc[0].equals(found.iloc[2])
    assert found["score"].between(0, 1).all()


@given(st.sampled_from(FULL_NAMES))
def test_a_full_name_is_its_own_company(name):
    row = one(name)
    assert (row.verdict, row.full_name) == ("accept", name)


NAMES = [
    "ST星源",
    "中国石化",
    "比亚迪",
    "阳光照明(江西)有限公司",
    "高通",
    "大众公司",
    "长城科技",
    "WALMART",
    "海螺股份",
    "上汽集团",
]


@settings(max_examples=25, deadline=None)
@given(st.permutations(NAMES), st.permutations(range(len(FULL_NAMES))))
def test_the_order_of_names_and_companies_does_not_matter(names, order):
    expected = match(NAMES, frame()).set_index("alias").loc[names].reset_index()
    pd.testing.assert_frame_equal(match(names, frame().iloc[list(order)]), expected)


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet="深圳浙江阳光照明电器集团股份有限公司比亚迪长城汽车（）ABCst*", max_size=14))
def test_any_text_gets_a_row_and_registered_names_are_not_guessed(text):
    row = one(text)
    assert row.verdict in {"accept", "review", "reject"}
    assert (row.company_id == "") == (row.verdict == "reject")
    if normalise(text) == "":
        assert row.verdict == "reject"
