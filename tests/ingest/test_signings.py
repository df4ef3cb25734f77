"""A team's list of signings, as messy as offices keep it: rows counted, dates and firms read, nothing guessed."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest

from chaingraph import ChainGraph, build
from chaingraph.errors import DataError, UnknownNameError
from chaingraph.signings import Likeness
from ingest.signings import SigningList, read_signings

CODE = "91331000704676274Q"


def messy() -> bytes:
    """A title, a note, joined months, serial numbers of days, a hidden sheet, another sheet, a total."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "2018"
    sheet.append(["某市签约项目一览表（2018年）"])
    sheet.append(["序号", "签约时间", "项目名称", "投资方", "企业名称", "总投资（万元）"])
    sheet.append([1, datetime(2018, 3, 5), "水泵", "利欧股份", "某市利欧泵业有限公司", 2000])
    sheet.append([2, None, "电机", "大元泵业", "", 2001])
    sheet.append([3, 43200, "车", "比亚迪汽车工业有限公司", "", 2002])
    sheet.append([4, "2018年下半年", "=1+1", "新界泵业", "", 2003])
    sheet.append([5, "2018.11", "", "", "某新公司", 1])
    sheet.append([])
    sheet.append([None, "合计", 5])
    sheet.append(["备注：以协议为准。"])
    sheet.merge_cells("B3:B4")
    hidden = book.create_sheet("旧")
    hidden.append(["签约时间", "投资方"])
    hidden.append(["2017", "利欧股份"])
    hidden.sheet_state = "hidden"
    book.create_sheet("说明").append(["填表说明"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def read(graph: ChainGraph) -> SigningList:
    return read_signings(messy(), "签约.xlsx", graph)


def test_every_row_is_counted(read: SigningList) -> None:
    counts = {reason: n for reason, n in read.counts.items() if n}
    wanted = {
        "signings": 4,
        "totals": 1,
        "notes": 1,
        "titles": 2,
        "empty": 1,
        "unnamed": 1,
        "hidden_sheets": 2,
        "other_sheets": 1,
    }
    assert counts == wanted
    assert read.rows == sum(wanted.values())
    assert read.counts_text.en.startswith("13 rows read = signings 4 + ")


def test_dates_are_as_exact_as_they_were_written_and_none_is_guessed(read: SigningList) -> None:
    assert [s.day for s in read.signings] == ["2018-03-05", "2018-03-05", "2018-04-10", ""]
    assert [s.year for s in read.signings] == [2018, 2018, 2018, None]


def test_the_investor_is_the_firm_and_a_subsidiary_counts_as_its_parents(read: SigningList, graph: ChainGraph) -> None:
    assert [(s.row, s.name, s.project) for s in read.signings[:2]] == [(3, "利欧股份", "水泵"), (4, "大元泵业", "电机")]
    byd = read.signings[2]
    assert (byd.company_id, byd.likeness) == (graph.find_company("比亚迪"), Likeness.SUBSIDIARY)
    assert "子公司" in byd.why
    assert all(s.is_known for s in read.signings[:3])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_text_in_the_encodings_of_offices(graph: ChainGraph, encoding: str) -> None:
    found = read_signings("企业名称,签约日期\n利欧股份,2018/3/5\n".encode(encoding), "a.csv", graph)
    assert [(s.company_id, s.day) for s in found.signings] == [("A-002131", "2018-03-05")]


def test_a_credit_code_decides_and_one_that_contradicts_the_name_is_doubtful(graph: ChainGraph) -> None:
    companies = graph.tables["companies"].copy()
    companies.loc[companies["company_id"] == "A-002131", "uscc"] = CODE
    coded = build(graph.tables.replace(companies=companies))
    text = f"企业名称,信用代码,签约日期\n某某,{CODE},2018\n大元泵业,{CODE},2018\n利欧股份,,2018\n"
    found = read_signings(text.encode(), "a.csv", coded).signings
    assert {s.company_id for s in found} == {"A-002131"}
    assert [s.likeness for s in found] == [Likeness.SAME, Likeness.DOUBTFUL, Likeness.SAME]


def test_dates_without_a_known_heading_are_found_by_their_cells_and_amounts_are_not_taken_for_years(graph: ChainGraph) -> None:
    found = read_signings("企业名称,金额,何时\n利欧股份,2018,2016-03-05\n大元泵业,2019,2016-05-06\n".encode(), "a.csv", graph)
    assert [s.day for s in found.signings] == ["2016-03-05", "2016-05-06"]
    with pytest.raises(DataError) as error:
        read_signings("企业名称,金额\n利欧股份,2018\n大元泵业,2019\n".encode(), "a.csv", graph)
    (problem,) = error.value.problems
    assert "--column date=" in str(problem)


def test_founding_dates_are_no_signing_dates(graph: ChainGraph) -> None:
    with pytest.raises(DataError):
        read_signings("企业名称,成立日期\n利欧股份,2001-05-21\n".encode(), "a.csv", graph)


def test_a_column_can_be_named(graph: ChainGraph) -> None:
    text = "甲方,乙方名称,何年\n某市政府,利欧股份,2018\n".encode()
    found = read_signings(text, "a.csv", graph, columns={"name": "乙方名称", "date": "何年"})
    assert [(s.name, s.day) for s in found.signings] == [("利欧股份", "2018")]
    with pytest.raises(DataError, match="没有“丙方”"):
        read_signings(text, "a.csv", graph, columns={"name": "乙方名称", "date": "丙方"})
    with pytest.raises(UnknownNameError, match="date"):
        read_signings(text, "a.csv", graph, columns={"dates": "何年"})


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("抬头,数\n春江,1\n秋水,2\n".encode(), "a.csv"),
        ("企业名称,签约日期\n".encode(), "a.csv"),
        (b"<html>", "a.xlsx"),
        (b"", "a.csv"),
    ],
)
def test_what_is_no_list_of_signings_is_refused_with_what_to_do(graph: ChainGraph, content: bytes, name: str) -> None:
    with pytest.raises(DataError) as error:
        read_signings(content, name, graph)
    assert all(p.remedy for p in error.value.problems)


def test_a_day_in_a_cell_is_a_day(graph: ChainGraph) -> None:
    book = openpyxl.Workbook()
    book.active.append(["日期", "单位名称"])
    book.active.append([date(2019, 12, 31), "利欧股份"])
    out = io.BytesIO()
    book.save(out)
    assert read_signings(out.getvalue(), "a.xlsx", graph).signings[0].day == "2019-12-31"
