"""Identity of companies: which names are one company, where it sits, who controls it, which group it belongs to."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph.errors import DataError
from chaingraph.tables import SPECS
from ingest.companies import Registry, _owners, _seats, company_id, find_ties, industry_top, top_definition
from ingest.decisions import SEPARATE, Decisions

NOBODY = Decisions({}, {}, {})
COLUMNS = [*SPECS["companies"].columns, "province_name", "city_name"]


def companies(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def listed(code: str, name: str, short: str, **more: object) -> dict[str, object]:
    return {"company_id": f"A-{code}", "name_zh": name, "short_name": short, "stock_code": code, "country": "CN", **more}


def unlisted(name: str, country: str = "CN", **more: object) -> dict[str, object]:
    return {"company_id": company_id(name, country), "name_zh": name, "country": country, **more}


@pytest.fixture
def registry() -> Registry:
    made = Registry(
        companies(
            listed("990001", "浙江甲源泵业股份有限公司", "甲源泵业"),
            listed("990002", "青岛乙轮橡胶股份有限公司", "乙轮股份"),
            unlisted("浙江辛酉控股集团有限公司"),
        )
    )
    made.alias("A-990002", "丙轮老牌", "former", "a-shares")
    return made


def test_full_short_and_former_names_mean_the_same_company(registry):
    found = registry.resolve(["浙江甲源泵业股份有限公司", "甲源泵业", "丙轮老牌", "浙江甲源泵业有限公司"], NOBODY, "lists")
    assert found["浙江甲源泵业股份有限公司"] == found["甲源泵业"] == "A-990001"
    assert found["丙轮老牌"] == "A-990002"
    assert found["浙江甲源泵业有限公司"] in (None, "A-990001")


def test_a_name_of_nobody_means_nobody(registry):
    assert registry.resolve(["内蒙古完全无关牧业有限公司"], NOBODY, "lists") == {"内蒙古完全无关牧业有限公司": None}
    assert registry.review == []


def test_an_uncertain_name_is_put_to_a_person_and_not_taken(registry):
    found = registry.resolve(["浙江甲源泵页股份有限公司"], NOBODY, "lists")
    assert found == {"浙江甲源泵页股份有限公司": None}
    (question,) = registry.review
    assert (question["source"], question["alias"], question["company_id"]) == (
        "lists",
        "浙江甲源泵页股份有限公司",
        "A-990001",
    )


@pytest.mark.parametrize("means", ["990001", "甲源泵业", "浙江甲源泵业股份有限公司"])
def test_a_person_can_say_which_company_a_name_means_by_code_or_name(registry, means):
    assert registry.resolve(["任意一个叫法"], Decisions({"任意一个叫法": means}, {}, {}), "lists") == {"任意一个叫法": "A-990001"}


def test_a_person_can_say_that_a_name_is_a_company_of_its_own(registry):
    decided = Decisions({"甲源泵业": SEPARATE}, {}, {})
    assert registry.resolve(["甲源泵业"], decided, "facts") == {"甲源泵业": None}


def test_a_company_of_its_own_is_one_company_in_every_source(registry):
    decided = Decisions({"甲源泵业": SEPARATE}, {}, {})
    own = unlisted("甲源泵业")
    registry.add(companies(own))
    assert registry.resolve(["甲源泵业"], decided, "programmes") == {"甲源泵业": own["company_id"]}


def test_a_decided_name_is_never_asked_again(registry):
    name = "浙江甲源泵页股份有限公司"
    registry.resolve([name], Decisions({name: SEPARATE}, {}, {}), "lists")
    assert registry.review == []


def test_a_name_decided_to_mean_nobody_known_is_an_error_with_a_suggestion(registry):
    with pytest.raises(DataError, match=r"decisions/names.csv · 某某: found '甲源泵叶'.*Did you mean '甲源泵业'"):
        registry.resolve(["某某"], Decisions({"某某": "甲源泵叶"}, {}, {}), "lists")


def test_a_name_may_mean_another_name_of_the_same_source(registry):
    decided = Decisions({"壬戌": "壬戌集团有限公司", "甲源": "990001"}, {}, {})
    names = ["壬戌", "壬戌集团有限公司", "甲源"]
    found = registry.resolve(names, decided, "lists")
    assert found == {"壬戌": None, "壬戌集团有限公司": None, "甲源": "A-990001"}
    assert registry.later(names, decided, found) == {"壬戌": "壬戌集团有限公司"}


def test_adding_a_known_company_again_changes_nothing(registry):
    before = registry.companies.copy()
    registry.add(companies(listed("990001", "改了名", "改了名"), unlisted("浙江辛酉控股集团有限公司")))
    pd.testing.assert_frame_equal(registry.companies, before)


@given(name=st.text(min_size=1, max_size=20))
def test_the_id_of_an_unlisted_company_depends_on_its_normal_name_and_being_chinese_alone(name):
    assert company_id(f" {name} ", "CN") == company_id(name, "CN")
    assert company_id(name, "CN")[2:] == company_id(name, None)[2:] == company_id(name, "DE")[2:]
    assert (company_id(name, "CN")[0], company_id(name, None)[0], company_id(name, "DE")[0]) == ("C", "F", "F")


def test_ids_are_the_same_on_every_machine_and_however_the_name_is_written():
    """`printf BASF | sha1sum` begins with e4064607."""
    assert company_id("BASF", "DE") == "F-e4064607"
    assert company_id("浙江辛酉控股集團有限公司 ", "CN") == company_id("浙江辛酉控股集团有限公司", "CN")


REGIONS = pd.DataFrame(
    [
        ("330000", "浙江省", "province"),
        ("331000", "台州市", "prefecture"),
        ("331081", "温岭市", "county"),
        ("340000", "安徽省", "province"),
        ("340800", "安庆市", "prefecture"),
        ("310000", "上海市", "province"),
        ("310115", "浦东新区", "county"),
    ],
    columns=["region_code", "name_zh", "region_level"],
)


@pytest.mark.parametrize(
    ("cells", "seat"),
    [
        ({"province_name": "浙江", "city_name": "台州市"}, "331000"),
        ({"province_name": "浙江省", "city_name": "温岭市"}, "331081"),
        ({"province_name": "安徽", "city_name": "台州市"}, "340000"),
        ({"province_name": "浙江"}, "330000"),
        ({"province_name": "上海", "city_name": "上海市"}, "310000"),
        ({"province_name": "上海", "city_name": "浦东新区"}, "310115"),
        ({"name_zh": "台州某泵业有限公司"}, "331000"),
        ({"name_zh": "台州某泵业有限公司", "province_name": "浙江省"}, "331000"),
        ({"name_zh": "台州某泵业有限公司", "province_name": "安徽省"}, "340000"),
        ({"name_zh": "某泵业有限公司"}, None),
        ({"name_zh": "台州某泵业有限公司", "country": "US"}, None),
        ({"name_zh": "定座公司"}, "340800"),
        ({"name_zh": "定座公司", "province_name": "浙江", "city_name": "台州市"}, "331000"),
    ],
)
def test_the_seat_is_the_city_else_what_a_person_said_else_the_city_in_the_name_else_the_province(cells, seat):
    decided = Decisions({}, {}, {"定座公司": ("CN", "340800")})
    row = {"company_id": "C-1", "name_zh": "某某", "country": "CN"} | cells
    assert _seats(companies(row), REGIONS, decided)["region_code"].fillna("").tolist() == [seat or ""]


def test_a_person_can_say_the_country_of_a_company():
    decided = Decisions({}, {}, {"某国石油": ("NO", "")})
    out = _seats(companies({"company_id": "F-1", "name_zh": "某国石油"}), REGIONS, decided)
    assert out[["country", "region_code"]].fillna("").values.tolist() == [["NO", ""]]


def test_lists_tell_who_controls_a_company_where_nothing_else_does():
    rows = companies(
        unlisted("央企甲"),
        unlisted("民企乙"),
        unlisted("外企丙", "DE"),
        listed("990001", "上市丁", "丁", ownership="local_state"),
        unlisted("戊"),
    )
    on = pd.DataFrame(
        [("central-soe", rows.at[0, "company_id"]), ("private-500", rows.at[1, "company_id"]), ("private-500", "A-990001")],
        columns=["list_id", "company_id"],
    )
    assert _owners(rows, on)["ownership"].fillna("").tolist() == ["central_state", "private", "foreign", "local_state", ""]


def tied(*rows: dict[str, object]) -> set[tuple[str, str, str]]:
    frame = companies(*rows)
    name = frame.set_index("company_id")["name_zh"]
    return {(name[r.company_id], r.tie_kind, name[r.other_id]) for r in find_ties(frame).itertuples()}


def test_a_controller_that_is_a_known_company_is_a_tie_and_others_are_not():
    rows = [
        unlisted("中国甲乙集团有限公司"),
        listed("990001", "丙股份有限公司", "丙", controller="中国甲乙集团有限公司"),
        listed("990002", "丁股份有限公司", "丁", controller="某市人民政府国有资产监督管理委员会"),
        listed("990003", "戊股份有限公司", "戊", controller="戊股份有限公司"),
    ]
    assert tied(*rows) == {("丙股份有限公司", "controlled_by", "中国甲乙集团有限公司")}


@pytest.mark.parametrize(
    ("firm", "group"),
    [
        ("中国甲乙股份有限公司", "中国甲乙集团有限公司"),
        ("中国甲乙动力股份有限公司", "中国甲乙集团有限公司"),
        ("中国甲乙（集团）股份有限公司", "中国甲乙控股有限公司"),
        ("浙江丙丁集团股份有限公司", "浙江丙丁控股有限公司"),
        ("哈城电气集团佳木电机股份有限公司", "哈城电气集团有限公司"),
    ],
)
def test_a_listed_firm_that_carries_a_groups_name_is_of_the_group(firm, group):
    assert tied(unlisted(group), listed("990001", firm, "简称")) == {(firm, "same_group", group)}


@pytest.mark.parametrize(
    ("firm", "group"),
    [
        ("中国东方红卫星股份有限公司", "中国东方集团控股有限公司"),
        ("甲乙股份有限公司", "甲乙集团有限公司"),
        ("中国甲丙股份有限公司", "中国甲乙集团有限公司"),
        ("中国甲乙动力股份有限公司", "中国甲乙动力电池集团有限公司"),
        ("浙江丙丁股份有限公司", "浙江丙丁有限公司"),
    ],
)
def test_a_likeness_of_names_is_no_group(firm, group):
    assert tied(unlisted(group), listed("990001", firm, "简称")) == set()


def test_the_nearest_group_counts():
    rows = [
        unlisted("中国东方集团控股有限公司"),
        unlisted("中国东方航空集团有限公司"),
        listed("990001", "中国东方航空股份有限公司", "东航"),
    ]
    assert tied(*rows) == {("中国东方航空股份有限公司", "same_group", "中国东方航空集团有限公司")}


def test_the_controller_is_told_rather_than_the_group():
    rows = [unlisted("中国甲乙集团有限公司"), listed("990001", "中国甲乙股份有限公司", "甲乙", controller="中国甲乙集团有限公司")]
    assert tied(*rows) == {("中国甲乙股份有限公司", "controlled_by", "中国甲乙集团有限公司")}


def test_the_thirty_largest_of_an_industry_are_ranked_by_revenue():
    rows = [listed(f"99{i:04d}", f"第{i}公司", f"{i}", industry_label="泵", revenue_cny=float(i)) for i in range(1, 36)]
    rows += [
        listed("980001", "阀甲公司", "阀甲", industry_label="阀", revenue_cny=5.0),
        listed("980002", "阀乙公司", "阀乙", industry_label="阀", revenue_cny=None),
        {"company_id": "C-1", "name_zh": "未上市", "industry_label": "阀", "revenue_cny": 9.0},
    ]
    top = industry_top(companies(*rows)).sort_values(["industry_label", "rank"])
    pumps = top[top["industry_label"] == "泵"]
    assert pumps["company_id"].tolist() == [f"A-99{i:04d}" for i in range(35, 5, -1)]
    assert pumps["rank"].tolist() == list(range(1, 31))
    assert top.loc[top["industry_label"] == "阀", ["company_id", "rank"]].values.tolist() == [["A-980001", 1]]


def test_the_definition_of_the_thirty_says_what_it_cannot_see():
    rows = companies(
        listed("990001", "甲", "甲", industry_label="泵", revenue_cny=1.0),
        listed("990002", "乙", "乙", industry_label="泵", revenue_cny=None),
        listed("990003", "丙", "丙", industry_label="阀", revenue_cny=2.0),
    )
    text = top_definition(rows)["definition"][0]
    assert "2 个行业" in text
    assert "1 家公司收入未知" in text
