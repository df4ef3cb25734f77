"""Registrations: each row placed, repaired or rejected, and counted by reason; capital in yuan; counts by region and segment."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph.model import PERIODS
from ingest.chains import Lexicon, SegmentEntry
from ingest.linking import Lexicons
from ingest.report import Report
from ingest.sources import regions, registrations
from ingest.sources.registrations import CNY_PER_UNIT, MAX_CAPITAL_CNY, _capital


def read(raw, report=None) -> pl.DataFrame:
    known = regions.read(raw.root, Report())
    return registrations.read(raw.root, known, regions.old_codes(raw.root, known), report or Report()).rows


def one(raw, registrations_of, **cells) -> pl.DataFrame:
    """The rows that are kept of a single registration."""
    row = {"name": "某厂", "uscc": None, "registered_on": date(2005, 1, 1), "capital": "1(万元)", "scope": "水泵制造"}
    raw.write_registrations(registrations_of([tuple((row | {"province": "浙江", "city": "台州"} | cells).values())]))
    return read(raw)


def test_every_row_is_placed_repaired_or_rejected_and_counted(raw_mini):
    report = Report()
    rows = read(raw_mini, report)
    source = report.sources[0]
    assert dict(zip(rows["name"], rows["region_code"], strict=True)) == {
        "椒江甲水泵厂": "331002",
        "椒江乙水泵厂": "331002",
        "椒江丙水泵厂": "331002",
        "台州丁五金厂": "331000",
        "温岭戊电机厂": "331081",
        "玉环己阀门厂": "331083",
        "玉环庚铸造厂": "331083",
        "杭州辛轴承厂": "330100",
        "浦东壬风机厂": "310115",
        "上海癸叶轮厂": "310000",
        "仙桃子橡胶厂": "429004",
    }
    assert source.repaired == {
        "city from the credit code (N/A)": 1,
        "shifted row, city from the credit code": 1,
        "county from the credit code": 5,
    }
    assert source.rejected == {"no prefecture: city unknown and no credit code that tells it": 2, "same firm listed twice": 1}
    assert (source.read, source.kept) == (14, 11)
    assert source.read == source.kept + sum(source.rejected.values())
    assert source.notes == ["registered capital known for 10 of 11"]


@pytest.mark.parametrize(
    ("cells", "region"),
    [
        ({"city": "台州", "uscc": None}, "331000"),
        ({"city": "台州", "uscc": "91331081MA00000001"}, "331081"),
        ({"city": "台州", "uscc": "91331021MA00000001"}, "331083"),
        ({"city": "台州", "uscc": "91331099MA00000001"}, "331000"),
        ({"city": "台州", "uscc": "91370202MA00000001"}, "331000"),
        ({"city": "N/A", "uscc": "91331081MA00000001"}, "331081"),
        ({"city": "N/A", "uscc": "91331099MA00000001"}, "331000"),
        ({"city": "N/A", "uscc": "91370200MA00000001"}, "370200"),
        ({"city": "温岭", "uscc": None}, "331081"),
        ({"city": "某开发区", "uscc": "91331002MA00000001"}, "331002"),
        ({"province": "上海", "city": "浦东", "uscc": None}, "310115"),
        ({"province": "上海", "city": "某新区", "uscc": None}, "310000"),
        ({"province": "湖北", "city": "仙桃", "uscc": "91429004MA00000001"}, "429004"),
        ({"city": "300(万元)", "capital": "王某", "uscc": "91331083MA00000001"}, "331083"),
    ],
)
def test_the_city_by_name_and_the_county_by_credit_code_place_a_row(raw_mini, registrations_of, cells, region):
    assert one(raw_mini, registrations_of, **cells)["region_code"].to_list() == [region]


@pytest.mark.parametrize(
    "cells",
    [
        {"city": "N/A"},
        {"city": "不存在"},
        {"city": "不存在", "uscc": "91999900MA00000001"},
        {"province": "上海", "city": "N/A"},
        {"city": "300(万元)", "capital": "王某"},
        {"province": "不存在", "city": "不存在"},
    ],
)
def test_a_row_whose_place_nothing_tells_is_rejected(raw_mini, registrations_of, cells):
    assert one(raw_mini, registrations_of, **cells).height == 0


def test_a_shifted_row_gives_back_its_capital_too(raw_mini):
    capital = dict(zip(*read(raw_mini)["name", "capital_cny"], strict=True))
    assert capital["玉环己阀门厂"] == 2e6 * CNY_PER_UNIT["美"]


def test_the_same_firm_listed_twice_counts_once_and_another_of_its_name_counts(raw_mini, registrations_of):
    twin = ("甲厂", "91331002MA00000001", date(2005, 1, 1), "1万元", "水泵制造", "浙江", "台州")
    other = ("甲厂", "91331081MA00000002", date(2009, 1, 1), "1万元", "水泵制造", "浙江", "台州")
    raw_mini.write_registrations(registrations_of([twin, twin, other, (*twin[:3], "9万元", *twin[4:])]))
    report = Report()
    assert read(raw_mini, report).height == 2
    assert report.sources[0].rejected["same firm listed twice"] == 2


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("200(万元人民币)", 2e6), ("2,000(万元人民币)", 2e7), ("24.6万人民币", 246_000), ("304(万人民币元)", 3.04e6), ("100(万)", 1e6),
        ("13,597.6000(万元)", 135_976_000), ("150（万元）", 1.5e6), ("3,700(万元(人民币))", 3.7e7), ("300(万元（人民币）)", 3e6),
        ("508(万人民币 )", 5.08e6), ("350000元人民币", 350_000), ("33000元", 33_000), ("30人民币元", 30), ("1，000万", 1e7),
        ("10(万美元)", 690_000), ("10(万元美元)", 690_000), ("10(万元(美元))", 690_000), ("200((万美元))", 1.38e7), ("300万美元", 2.07e7),
        ("100(万港币)", 880_000), ("100(万香港元)", 880_000), ("100(万元(港币))", 880_000), ("100万港元", 880_000),
        ("100(万日元)", 63_000), ("100(万元(日元))", 63_000), ("100(万欧元)", 7.7e6), ("100(万英镑)", 8.7e6), ("100(万澳大利亚元)", 4.7e6),
        ("100(万加拿大元)", 5.2e6), ("100(万新加坡元)", 5e6), ("100(万德国马克)", 3.9e6), ("100(万瑞士法郎)", 6.9e6), ("100(万法国法郎)", 1.17e6),
    ],
)  # fmt: skip
def test_registered_capital_is_read_in_yuan(text, yuan):
    assert capital(text) == pytest.approx(yuan)


@pytest.mark.parametrize(
    "text",
    [
        "N/A",
        None,
        "",
        "-",
        "104()",
        "Jean",
        "谭某某",
        "万人民币",
        "0(万元)",
        "3,350(万丹麦克郎)",
        "100(万新台币)",
        "1E-06万人民币",
        "12345",
        f"{MAX_CAPITAL_CNY / 1e4 + 1:.0f}万元",
    ],
)
def test_capital_that_is_no_amount_in_a_known_currency_is_not_known(text):
    assert capital(text) is None


def capital(text: str | None, city: str = "台州") -> float | None:
    frame = pl.DataFrame({"capital": [text], "city": [city]}, schema={"capital": pl.String, "city": pl.String})
    return frame.select(_capital().alias("v"))["v"][0]


@given(amount=st.integers(1, 20_000_000), unit=st.sampled_from(["(万元人民币)", "万元", "(万)", "（万元）", "万人民币"]))
def test_thousands_separators_do_not_change_an_amount(amount, unit):
    assert capital(f"{amount:,}{unit}") == capital(f"{amount}{unit}") == amount * 1e4


@pytest.mark.parametrize(
    ("year", "period"),
    [
        (1978, "to-2000"),
        (2000, "to-2000"),
        (2001, "2001-05"),
        (2005, "2001-05"),
        (2006, "2006-10"),
        (2015, "2011-15"),
        (2019, "2016-19"),
    ],
)
def test_a_year_lies_in_one_period(raw_mini, registrations_of, year, period):
    rows = one(raw_mini, registrations_of, registered_on=date(year, 12, 31))
    assert rows.select("year", "period").rows() == [(year, period)]
    assert sum(first <= year <= last for _, first, last in PERIODS) == 1


LEXICONS = Lexicons.of(
    (
        f"pump/{id}",
        SegmentEntry(
            id=id, name_zh=id, name_en=id, stage="midstream", kind="making", io_sector="001", lexicon=Lexicon(specific=[term])
        ),
    )
    for id, term in (("whole", "水泵"), ("motor", "电动机"), ("fan", "风机"))
)


def test_presence_counts_confirmed_firms_and_sums_their_known_capital(raw_mini):
    report = Report()
    known = regions.read(raw_mini.root, Report())
    placed = registrations.read(raw_mini.root, known, regions.old_codes(raw_mini.root, known), Report())
    presence, coverage = registrations.presence(placed, LEXICONS, report)
    cells = presence.set_index(["region_code", "segment_id", "period"])
    assert cells.loc[("331002", "pump/whole", "2001-05"), ["company_count", "capital_cny", "capital_sq_cny2"]].tolist() == [
        3,
        3e6,
        2e6**2 + 1e6**2,
    ]
    assert cells["company_count"].to_dict() == {
        ("310115", "pump/fan", "2006-10"): 1,
        ("331002", "pump/whole", "2001-05"): 3,
        ("331081", "pump/motor", "2011-15"): 1,
    }
    assert coverage["registration_count"].sum() == placed.rows.height == 11
    assert coverage.set_index(["region_code", "year"]).loc[("331002", 2005), "registration_count"] == 2
    source = report.sources[0]
    assert (source.read, source.kept, source.rejected) == (11, 5, Counter({"no confirmed segment": 6}))


def test_no_name_no_credit_code_and_no_scope_leaves_the_module(raw_mini):
    known = regions.read(raw_mini.root, Report())
    placed = registrations.read(raw_mini.root, known, regions.old_codes(raw_mini.root, known), Report())
    presence, coverage = registrations.presence(placed, LEXICONS, Report())
    assert set(presence.columns) == {
        "region_code",
        "segment_id",
        "period",
        "company_count",
        "capital_cny",
        "capital_sq_cny2",
        "origin_id",
    }
    assert set(coverage.columns) == {"region_code", "year", "registration_count", "origin_id"}
