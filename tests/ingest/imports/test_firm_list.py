import time
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messy_lists import BAD, CODE, CODE_2, LEXICONS, MESSY, list_graph, with_part
from planted_books import saved, workbook

from chaingraph.errors import ChaingraphError, DataError, UnknownNameError
from chaingraph.own_firms import Coverage
from chaingraph.phrases import said
from ingest.imports import sheets
from ingest.imports.firm_list import read_firm_list
from ingest.imports.rows import Inside
from ingest.imports.sheets import COMMAND, UPLOAD, Limits

TODAY = date(2026, 11, 26)
GRAPH = list_graph()
PUMPS, MOTORS = "甲市春江泵业有限公司", "甲市秋水电机有限公司"


@pytest.fixture(scope="module")
def world():
    return GRAPH


def read(world, content, filename="名单.csv", **further):
    return read_firm_list(content, filename, world, "330100", today=TODAY, **further)


def messy(world, trouble, **further):
    make, filename = MESSY[trouble]
    return read(world, make(), filename, **further)


def column(found, field):
    return found.firms[field].to_list()


def counts(found):
    return {reason: n for reason, n in found.counts.items() if n}


# --- eight troubles -------------------------------------------------------------------------------------------------


def test_titles_a_unit_in_the_corner_totals_and_notes(world):
    found = messy(world, "titled")
    assert counts(found) == {"firms": 2, "titles": 3, "empty": 2, "totals": 1, "notes": 2}
    assert column(found, "name") == [PUMPS, MOTORS]
    assert column(found, "uscc") == [CODE, CODE_2]
    assert column(found, "registered_capital_wan") == [5000.0, 3000.0]
    assert column(found, "output_wan") == [12000.0, 10_000_000.0]
    assert {c.column.field: c.column.unit for c in found.columns if c.column.unit} == {
        "registered_capital_wan": "亿元",
        "output_wan": "亿元",
    }


def test_two_rows_of_headings_and_joined_cells(world):
    found = messy(world, "two headings")
    assert counts(found) == {"firms": 3, "titles": 2}
    assert column(found, "region") == ["甲县", "甲县", "乙县"]
    assert column(found, "established_on") == ["2001-05-06", "2001-05-01", "2003-04"]
    assert column(found, "employees") == [1250.0, 80.0, None]
    # Of two years the later; its unit stands above both.
    assert column(found, "revenue_wan") == [1000.0, 60.0, None]
    assert any("2023年" in heading for heading in found.unused)


def test_headings_that_come_again_on_every_page(world):
    found = messy(world, "pages")
    assert counts(found) == {"firms": 9, "titles": 3, "totals": 3}
    assert column(found, "established_on")[:2] == ["2010-01-01", "2010-02-02"]


def test_a_sheet_per_town_hidden_sheets_and_rows(world):
    found = messy(world, "towns")
    assert counts(found) == {"firms": 4, "titles": 4, "hidden_sheets": 2, "other_sheets": 1}
    assert column(found, "memberships") == ["高新技术企业", None, "高新技术企业", None]
    told = "\n".join(found.notices)
    assert "工作表“甲县”：1 个隐藏行也读入了" in told
    assert "工作表“旧”未使用" in told
    assert "工作表“填表说明”未使用" in told


def test_twins_closed_firms_and_firms_from_elsewhere(world):
    found = messy(world, "twins")
    assert counts(found) == {"firms": 2, "duplicates": 2, "outside": 1, "closed": 1, "titles": 1, "unnamed": 1}
    assert column(found, "also_named") == ["甲市春江水泵厂", None]
    # The later row fills what the first leaves open.
    assert column(found, "address") == ["东省甲市甲县一号", "甲市二号"]
    assert any("几个名称" in notice for notice in found.notices)


def test_what_a_spreadsheet_spoilt_is_said_and_not_made_up(world):
    found = messy(world, "spoilt")
    assert column(found, "uscc") == [None] * 3
    assert column(found, "registered_capital_wan") == [None, 20_000.0, None]
    assert column(found, "established_on") == [None] * 3
    told = "\n".join(found.notices)
    for words in (
        "2 个信用代码已被 Excel 变成数字",
        "1 个信用代码位数或校验位不对",
        "1 个外币金额",
        "1 个读不出数值",
        "2 个读不出日期",
    ):
        assert words in told
    assert "表 第 2 行“300万美元”" in told


def test_names_without_headings_are_known_by_their_cells(world):
    found = messy(world, "bare")
    assert counts(found) == {"firms": 2}
    assert column(found, "uscc") == [CODE, CODE_2]
    assert {c.column.how for c in found.columns} == {"content"}


def test_segments_that_the_office_typed_stand(world):
    found = messy(world, "typed").linked(world, LEXICONS)
    rows = {(i, s): (v, b) for i, s, v, b in found.links.select("identity", "segment_id", "verdict", "basis").rows()}
    assert rows[PUMPS, "c/pump"] == rows[PUMPS, "c/motor"] == ("confirmed", "given")
    assert rows["公司0001", "c/pump"] == ("confirmed", "known")
    assert any("名单中的环节在图谱里没有：电机件" in notice for notice in found.notices)


# --- columns that a person names, units, formulas -----------------------------------------------------------------


def test_a_column_may_be_named_by_hand(world):
    content = "推荐企业,企业名称,做什么\n甲市春江泵业有限公司,某局,水泵\n".encode()
    found = read(world, content, columns={"name": "推荐企业", "products": "做什么"})
    assert column(found, "name") == [PUMPS]
    assert column(found, "products") == ["水泵"]
    assert {c.column.how for c in found.columns} == {"given"}


def test_a_heading_or_field_that_is_not_there_is_told_with_those_that_are(world):
    content = f"企业名称,产品\n{PUMPS},水泵\n".encode()
    with pytest.raises(DataError, match="没有“产值”"):
        read(world, content, columns={"output_wan": "产值"})
    with pytest.raises(UnknownNameError, match="Did you mean"):
        read(world, content, columns={"nam": "企业名称"})
    with pytest.raises(UnknownNameError, match="万元"):
        read(world, content, unit="万")


def test_amounts_without_any_unit_are_not_known_until_somebody_says_it(world):
    content = f"企业名称,产值\n{PUMPS},12\n".encode()
    assert column(read(world, content), "output_wan") == [None]
    assert any("没有写单位" in n for n in read(world, content).notices)
    assert column(read(world, content, unit="亿元"), "output_wan") == [120_000.0]


def test_formulas_count_with_the_value_they_were_left_with_and_are_named_without_one(world):
    book = openpyxl.Workbook()
    book.active.append(["企业名称", "产值（万元）"])
    book.active.append([PUMPS, "=1+1"])
    found = read(world, saved(book), "公式.xlsx")
    assert column(found, "output_wan") == [None]
    assert any("1 个公式没有算出的值（B2）" in n for n in found.notices)


def test_a_cell_that_looks_like_a_formula_stays_text(world):
    found = read(world, f'企业名称,产品\n{PUMPS},=HYPERLINK("http://x")\n'.encode().replace(b'"', b""))
    assert column(found, "products") == ["=HYPERLINK(http://x)"]


# --- files that are no list ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_gets_one_clear_problem(world, what):
    make, filename, words = BAD[what]
    with pytest.raises(DataError) as told:
        read(world, make(), filename)
    (problem,) = told.value.problems
    assert words in f"{problem.found} {problem.expected}"
    assert problem.file == filename
    for part in (problem.where, problem.found, problem.expected, problem.remedy):
        assert said(part, "en")


@pytest.mark.parametrize("tag", [b"<c ", b"<row ", b'<c r="A1"><f>', b"<mergeCell "])
def test_a_sheet_of_nothing_but_open_tags_is_looked_through_in_time(world, tag):
    book = with_part(workbook(("表", [["企业名称"], [PUMPS]])), "xl/worksheets/sheet1.xml", lambda old: old + tag * 1_000_000)
    start = time.process_time()
    with pytest.raises(DataError):
        read(world, book, "慢.xlsx")
    assert time.process_time() - start < 10


def test_limits_of_size_and_rows_are_told(world):
    content = "\n".join(["企业名称", *(f"甲市{n}厂" for n in range(30))]).encode()
    with pytest.raises(DataError, match="至多 20 行"):
        read(world, content, limits=Limits(10**6, 10**6, 20))
    with pytest.raises(DataError, match="MB 的文件"):
        read(world, content, limits=Limits(10, 10**6, 20))
    assert UPLOAD.bytes == 5 * 2**20 < COMMAND.bytes


@pytest.mark.parametrize("trouble", [t for t, (_, name) in MESSY.items() if name.endswith(".xlsx")])
def test_the_quick_reader_of_large_workbooks_reads_as_the_careful_one(world, trouble, monkeypatch, tmp_path):
    path = tmp_path / MESSY[trouble][1]
    path.write_bytes(MESSY[trouble][0]())
    slow = read(world, path, path.name)
    monkeypatch.setattr(sheets, "QUICK_FROM", 0)
    quick = read_firm_list(path, path.name, world, "330100", today=TODAY, limits=COMMAND)
    assert quick.firms.equals(slow.firms)
    assert replace(quick, firms=slow.firms, matches=slow.matches, links=slow.links) == slow


# --- every row is counted --------------------------------------------------------------------------------------------

CELL = st.sampled_from(
    ["", " ", "合计", "备注：无", "企业名称", PUMPS, MOTORS, "甲市冬雪转轴厂", "乙市远方电机有限公司", "123", "一、水泵"]
)
PLACE = st.sampled_from(["", "甲县", "乙市", "东省乙市", "甲市"])
STATE = st.sampled_from(["", "存续", "注销"])


@settings(max_examples=40)
@given(st.lists(st.tuples(CELL, PLACE, STATE), max_size=12))
def test_the_counts_add_up_to_the_rows_whatever_stands_in_them(rows):
    lines = [("企业名称", "所在区县", "登记状态"), (PUMPS, "", ""), *rows, ("甲市最后一家厂", "", "")]
    found = read(GRAPH, "\n".join(map(",".join, lines)).encode())
    assert found.rows == len(lines)
    assert found.counts["firms"] == found.firms.height
    kept = found.matched(GRAPH)
    assert kept.rows == len(lines)
    assert kept.counts["firms"] == kept.firms.height


def test_a_firm_listed_by_name_and_by_former_name_is_one(world):
    found = read(world, "企业名称\n公司0001\n简0001\n甲市别家厂\n".encode()).matched(world)
    assert counts(found) == {"firms": 2, "duplicates": 1, "titles": 1}
    assert column(found, "also_named") == ["简0001", None]


# --- where a firm is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "inside"), [("甲县", True), ("东省甲市甲县一号", True), ("东省乙市", False), ("西省", False), ("某工业园", True), ("东省", True), ("海区", True)]
)  # fmt: skip
def test_only_a_place_that_is_surely_elsewhere_is_outside(world, place, inside):
    assert Inside(world, world.regions["330100"])(place) is inside


def test_in_a_county_the_other_counties_are_outside(world):
    county = Inside(world, world.regions["330181"])
    assert (county("甲县"), county("乙县"), county("甲市甲县"), county("甲市")) == (True, False, True, True)


# --- as evidence -----------------------------------------------------------------------------------------------------


def test_a_list_counts_its_firms_by_segment_and_says_what_it_rests_on(world):
    own = messy(world, "titled").linked(world, LEXICONS).own_firms(world)
    assert own.counts == {"c/pump": 1, "c/motor": 1}
    assert own.text == "自有名单“台账”2 家（2026-11-26，2 家挂到环节，按完整名单计）"
    assert own.shows_absence
    assert not replace(own, coverage=Coverage.PARTIAL).shows_absence


def test_a_list_of_bare_names_shows_no_absence(world):
    own = messy(world, "bare").linked(world, LEXICONS).own_firms(world)
    assert not own.shows_absence
    assert "未见企业不等于缺失" in own.text


def test_a_list_that_is_not_linked_with_this_version_is_no_evidence(world):
    with pytest.raises(ChaingraphError, match="link it again"):
        messy(world, "titled").own_firms(world)
