"""What each source gives: values in our columns and units, every row kept or rejected by a reason that is counted."""

from __future__ import annotations

import pandas as pd
import pytest

from ingest.report import Report
from ingest.sources import a_shares, boundaries, facts, financedatabase, firm_lists, reference, regions
from ingest.sources.financedatabase import english_key
from ingest.sources.firm_lists import split_listed_name


def read_boundaries(root, report):
    known = regions.read(root, Report())
    return tuple(pd.DataFrame(c["features"]) for c in boundaries.read(root, known, report).values())


READERS = (
    regions.read, reference.read_industries, reference.read_io_table, a_shares.read, a_shares.read_founded_elsewhere, firm_lists.read,
    facts.read_firms, financedatabase.read, read_boundaries,
)  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
def test_rows_read_are_rows_kept_and_rows_rejected_by_reason(raw_mini, reader):
    report = Report()
    reader(raw_mini.root, report)
    assert report.sources
    for source in report.sources:
        assert source.read > 0
        assert source.read == source.kept + sum(source.rejected.values()), source


@pytest.mark.parametrize("reader", READERS)
def test_reading_twice_gives_the_same(raw_mini, reader):
    first, second = reader(raw_mini.root, Report()), reader(raw_mini.root, Report())
    for one, other in zip(*(r if isinstance(r, tuple) else (r,) for r in (first, second)), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_regions_have_level_parent_and_coordinates_and_say_what_was_left_out(raw_mini):
    report = Report()
    read = regions.read(raw_mini.root, report).set_index("region_code")
    assert read.loc["331083", ["name_zh", "region_level", "parent_code"]].tolist() == ["玉环市", "county", "331000"]
    assert read.loc["331000", ["region_level", "parent_code", "longitude_deg"]].tolist() == ["prefecture", "330000", 121.42]
    assert read.loc["310115", ["region_level", "parent_code"]].tolist() == ["county", "310000"]
    assert read.loc["429004", ["region_level", "parent_code"]].tolist() == ["prefecture", "420000"]
    assert read.loc["331083", "latitude_deg"] == 28.13, "from the county's earlier code"
    assert pd.isna(read.loc["340881", "longitude_deg"])
    assert not {"310100", "429000", "330101", "340871"} & set(read.index)
    assert report.sources[0].rejected == {
        "no place of its own (市辖区, 省直辖)": 3,
        "development zone without a GB/T 2260 county code": 1,
        "listed twice": 1,
    }


def test_a_county_that_became_a_city_is_known_by_its_earlier_code(raw_mini):
    assert regions.old_codes(raw_mini.root, regions.read(raw_mini.root, Report())) == {"331021": "331083"}


def test_industry_codes_stay_text_with_their_leading_zeros(raw_mini):
    report = Report()
    read = reference.read_industries(raw_mini.root, report)
    assert read["industry_code"].tolist() == ["C", "34", "344", "3441", "0610"]
    assert report.sources[0].rejected == {"listed twice": 1}


def test_input_coefficients_are_input_by_output_and_tiny_ones_are_left_out(raw_mini):
    report = Report()
    sectors, links = reference.read_io_table(raw_mini.root, report)
    kept = links[["supplier_sector", "customer_sector", "coefficient"]].values.tolist()
    assert kept == [["001", "002", 0.25], ["005", "005", 0.012346]]
    assert report.sources[0].rejected == {"coefficient below 0.00001": 153 * 153 - 2}
    assert (len(sectors), sectors["io_sector"].iloc[0], sectors["name_zh"].iloc[0]) == (153, "001", "部门001")
    assert set(sectors["domestic_share"]) == {0.9474}, "(1000 − 100) / (1000 − 100 + 50)"


def test_listed_firms_have_our_units_and_no_persons_names(raw_mini):
    companies, texts = a_shares.read(raw_mini.root, Report())
    firms = companies.set_index("company_id")
    pump = firms.loc["A-990001"]
    assert (pump["name_zh"], pump["short_name"], pump["stock_code"]) == ("浙江甲源泵业股份有限公司", "甲源泵业", "990001")
    assert (pump["registered_capital_cny"], pump["revenue_cny"], pump["revenue_year"]) == (120_005_000, 9e8, 2020)
    assert (str(pump["founded_on"].date()), str(pump["listed_on"].date()), pump["employees"]) == ("1998-01-02", "2010-03-10", 850)
    assert firms["controller"].dropna().to_dict() == {
        "A-990002": "中国甲乙集团有限公司",
        "A-990003": "丙市人民政府国有资产监督管理委员会",
    }
    assert firms["ownership"].tolist() == ["private", "central_state", "local_state", "no_controller", "private", "foreign"]
    assert firms["company_status"].value_counts().to_dict() == {"active": 5, "special_treatment": 1}
    assert texts.set_index("company_id").loc["A-990001"].tolist() == ["水泵、潜水泵", "水泵的研发、生产和销售"]


def test_a_firm_without_an_earlier_row_has_its_short_name_and_no_revenue(raw_mini):
    report = Report()
    firm = a_shares.read(raw_mini.root, report)[0].set_index("company_id").loc["A-990004"]
    assert (firm["name_zh"], pd.isna(firm["revenue_cny"]), pd.isna(firm["revenue_year"])) == ("丁新科技", True, True)
    assert "1 listed after March 2022: full name and 2020 revenue not known" in report.sources[0].notes


def test_an_unknown_revenue_is_not_nought(raw_mini):
    firm = a_shares.read(raw_mini.root, Report())[0].set_index("company_id").loc["A-990003"]
    assert pd.isna(firm["revenue_cny"])


def test_a_code_that_changed_hands_keeps_nothing_of_the_earlier_firm_but_its_names_as_former(raw_mini):
    report = Report()
    companies, texts = a_shares.read(raw_mini.root, report)
    firm = companies.set_index("company_id").loc["A-990005"]
    assert (firm["name_zh"], pd.isna(firm["revenue_cny"])) == ("戊创铝材", True)
    assert (firm["former_short"], firm["former_full"]) == ("华某超市", "某地华某超市股份有限公司")
    assert texts.set_index("company_id").loc["A-990005"].isna().all()
    assert "1 with another name and industry than in 2022: earlier revenue and business left out" in report.sources[0].notes


def test_a_firm_that_only_changed_its_name_keeps_its_business(raw_mini):
    companies, texts = a_shares.read(raw_mini.root, Report())
    firm = companies.set_index("company_id").loc["A-990006"]
    assert (firm["former_short"], firm["revenue_cny"], firm["city_name"]) == ("庚旧名", 1e8, "杭州市")
    assert texts.set_index("company_id").loc["A-990006", "products"] == "空压机"


@pytest.mark.parametrize("file", ["stock_basic_202405.csv", "stock_company_202405.csv", "cn_corp202012.csv"])
def test_a_firm_listed_twice_in_a_file_is_one_firm(raw_mini, file):
    path = f"data/a-share-firms/{file}"
    raw_mini.append(path, *raw_mini.rows(path)[1])
    report = Report()
    companies, texts = a_shares.read(raw_mini.root, report)
    assert companies["company_id"].is_unique
    assert texts["company_id"].is_unique
    source = report.sources[0]
    assert source.rejected["listed twice"] == (file == "stock_basic_202405.csv")
    assert source.read == source.kept + sum(source.rejected.values())


def test_cities_a_firm_founded_plants_in_are_counted_once_each(raw_mini):
    read = a_shares.read_founded_elsewhere(raw_mini.root, Report()).set_index("stock_code")
    assert read.loc["990001"].tolist() == [2, 2011]
    assert read.loc["990002"].tolist() == [1, 1999]


def test_lists_have_ranks_names_countries_and_provinces(raw_mini):
    report = Report()
    read = firm_lists.read(raw_mini.root, report)
    rows = read.groupby("list_id").agg(list)
    assert rows.loc["global-500", "name_zh"] == ["沃某玛", "西某子", "某国石油", "中国甲乙集团有限公司"]
    assert rows.loc["global-500", "name_en"] == ["WALMARKET", "ALPHAMENS", "NOWHERE OIL", "CHINA JIAYI"]
    assert read.loc[read["list_id"] == "global-500", "country"].fillna("?").tolist() == ["US", "DE", "?", "CN"]
    assert rows.loc["private-500", "province_name"] == ["浙江省", "广东省"]
    assert "country not in the table: ['无此国']" in report.sources[1].notes


def test_a_list_without_an_order_has_no_ranks(raw_mini):
    read = firm_lists.read(raw_mini.root, Report())
    ranks = read.assign(ranked=read["rank"].notna()).groupby("list_id")["ranked"].agg(set).to_dict()
    assert ranks.pop("central-soe") == {False}
    assert set(map(frozenset, ranks.values())) == {frozenset({True})}


def test_every_list_has_its_definition():
    definitions = firm_lists.definitions()
    assert set(definitions["list_id"]) == {s.list_id for s in firm_lists.LISTS}
    assert definitions.notna().all(axis=None)


@pytest.mark.parametrize(
    ("listed", "parts"),
    [
        ("沃某玛（WALMARKET)", ("沃某玛", "WALMARKET")),
        ("巴某公司(BÁÑCO DO X)", ("巴某公司", "BÁÑCO DO X")),
        ("通某电气（GENERAL X (GX AEROSPACE)）", ("通某电气", "GENERAL X (GX AEROSPACE)")),
        ("中国某技术（集团）控股有限责任公司", ("中国某技术（集团）控股有限责任公司", None)),
        (" 阿某(中国)有限公司 ", ("阿某(中国)有限公司", None)),
    ],
)
def test_a_listed_name_is_a_chinese_and_perhaps_an_english_name(listed, parts):
    assert split_listed_name(listed) == parts


def test_facts_keep_codes_as_text_and_firms_without_code(raw_mini):
    read = facts.read_firms(raw_mini.root, Report())
    assert read["listed_name"].tolist() == ["甲源泵业", "癸亥磁材", "旧退市机电"]
    assert read["name_zh"].tolist() == ["浙江甲源泵业股份有限公司", "癸亥磁材", "旧退市机电股份有限公司"]
    assert read["stock_code"].fillna("").tolist() == ["990001", "", "990999"]
    assert read["segments"].iloc[0] == ("pump-motor/pump-whole",)


def test_foreign_makers_are_kept_once_and_every_other_row_is_counted_by_its_reason(raw_mini):
    report = Report()
    firms, summaries = financedatabase.read(raw_mini.root, report)
    assert firms[["key", "name_en", "country"]].values.tolist() == [
        ["ALPHAMENS", "Alphamens Aktiengesellschaft", "DE"],
        ["PUMPLINE", "Pumpline Inc.", "US"],
    ]
    assert summaries["key"].tolist() == ["ALPHAMENS", "PUMPLINE"]
    assert report.sources[0].rejected == {
        "Chinese, comes from better sources": 1,
        "not a making industry": 1,
        "country not given or not in the table": 1,
        "no name, or one cut short": 2,
        "another listing of the same firm": 1,
    }


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (
            ("Samsung Electronics Co., Ltd.", "Samsung Electronics Co Ltd Sponsored GDR Pfd", "SAMSUNG ELECTRONICS"),
            "SAMSUNG ELECTRONICS",
        ),
        (("Schneider Electric S.E.", "SCHNEIDER ELECTRIC"), "SCHNEIDER ELECTRIC"),
        (("L'Oreal S.A.", "L'ORÉAL"), "LOREAL"),
        (("KONE Oyj", "KONE Oyj Class B"), "KONE"),
        (("Henkel AG & Co. KGaA Pref", "Henkel AG & Co. KGAA"), "HENKEL"),
        (("Deere & Company", "DEERE"), "DEERE"),
        (("Procter & Gamble Co", "PROCTER & GAMBLE"), "PROCTER & GAMBLE"),
        (("GENERAL ELECTRIC (GE AEROSPACE)", "General Electric Company"), "GENERAL ELECTRIC"),
        (("Compagnie de Saint-Gobain S.A.", "SAINT-GOBAIN"), "SAINT GOBAIN"),
        (("Boeing Company (The)", "BOEING"), "BOEING"),
        (("Volkswagen AG", "VOLKSWAGEN"), "VOLKSWAGEN"),
    ],
)
def test_one_english_firm_has_one_key_however_it_is_listed(names, key):
    assert {english_key(name) for name in names} == {key}


@pytest.mark.parametrize(
    ("one", "other"), [("Merck & Co., Inc.", "MERCK Kommanditgesellschaft auf Aktien"), ("Siemens AG", "Siemens Energy AG")]
)
def test_different_english_firms_have_different_keys(one, other):
    assert english_key(one) != english_key(other)


def shapes(raw_mini, name, report=None):
    """Region code → feature of a file of boundaries."""
    known = regions.read(raw_mini.root, Report())
    features = boundaries.read(raw_mini.root, known, report or Report())[name]["features"]
    return {f["properties"]["region_code"]: f for f in features}


def test_boundaries_are_unpacked_to_degrees_and_stand_under_our_names(raw_mini):
    hangzhou = shapes(raw_mini, "prefectures")["330100"]
    assert hangzhou["properties"] == {
        "region_code": "330100",
        "name_zh": "杭州市",
        "seat": [120.5, 30.5],
        "origin_id": "boundaries",
    }
    ((ring,),) = hangzhou["geometry"]["coordinates"]
    assert {tuple(point) for point in ring} == {(120, 30), (121, 30), (121, 31), (120, 31)}


def test_islands_that_the_source_has_as_holes_are_polygons_of_their_own(raw_mini):
    taizhou = shapes(raw_mini, "prefectures")["331000"]["geometry"]["coordinates"]
    assert [len(polygon) for polygon in taizhou] == [1, 1]
    assert taizhou[0][0] != taizhou[1][0]


def test_a_province_is_its_prefectures_put_together(raw_mini):
    zhejiang = shapes(raw_mini, "provinces")["330000"]["geometry"]["coordinates"]
    assert sorted(min(lon for lon, _ in polygon[0]) for polygon in zhejiang) == [120, 121, 122.5]


def test_counties_of_earlier_years_have_todays_codes_and_share_their_border(raw_mini):
    report = Report()
    counties = shapes(raw_mini, "counties", report)
    assert {code: f["properties"]["name_zh"] for code, f in counties.items()} == {
        "331002": "椒江区",
        "331083": "玉环市",
        "340881": "桐城市",
    }
    sides = [{tuple(p) for p in counties[code]["geometry"]["coordinates"][0][0]} for code in ("331002", "331083")]
    assert sides[0] & sides[1] == {(121.5, 28), (121.5, 28.5)}
    source = report.sources[-1]
    assert (source.read, source.kept) == (4, 3)
    assert source.rejected == {"county drawn twice": 1}
    assert source.repaired == {"code of an earlier year": 1}


def test_areas_that_are_no_region_of_ours_are_counted_and_named(raw_mini):
    report = Report()
    shapes(raw_mini, "prefectures", report)
    source = report.sources[0]
    assert source.rejected["no region of that code or name"] == 2
    assert [n for n in source.notes if n.startswith("no region")] == ["no region: 710000 台湾", "no region: 371200 莱芜"]


def test_a_city_that_has_become_part_of_another_is_joined_to_it(raw_mini):
    places = [("330100", "杭州市"), ("331000", "台州市"), ("370100", "济南市"), ("370200", "青岛市")]
    raw_mini.write_places("city", places)
    report = Report()
    jinan = shapes(raw_mini, "prefectures", report)["370100"]
    ((ring,),) = jinan["geometry"]["coordinates"]
    assert (117, 36) in {tuple(point) for point in ring}
    assert report.sources[0].repaired["joined to the city it has become part of"] == 1


def test_a_region_without_a_shape_is_there_and_says_why(raw_mini):
    raw_mini.write_places("city", [("331000", "台州市"), ("460300", "三沙市"), ("659008", "可克达拉市"), ("330200", "宁波市")])
    report = Report()
    found = shapes(raw_mini, "prefectures", report)
    notes = {code: f["properties"]["note"] for code, f in found.items() if f["geometry"] is None and code[2:] != "0000"}
    assert notes == {
        "330200": "not in the source",
        "460300": "islands; drawn as points from south-china-sea.geojson",
        "659008": "founded 2015, not in the source",
    }
    assert "no shape: 330200 (not in the source)" in report.sources[0].notes
