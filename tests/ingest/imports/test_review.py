import io

import openpyxl
import pytest
from messy_lists import LEXICONS, list_graph
from planted_books import saved

from chaingraph.errors import DataError
from ingest.imports.firm_list import read_firm_list
from ingest.imports.review import HEADINGS, MARK, NONE_OF_THEM, reviewed_list

CONTENT = "企业名称,主要产品,经营范围\n公司0001股份,水泵,\n公司0002集团有限公司,,水泵\n甲市秋水转轴贸易行,,销售转轴\n转轴科技厂,,\n电机科技厂,,\n=1+1泵业有限公司,电机,\n"
FIRST = 6


@pytest.fixture(scope="module")
def world():
    return list_graph()


@pytest.fixture(scope="module")
def found(world):
    return read_firm_list(CONTENT.encode(), "待核的.csv", world, "330100").linked(world, LEXICONS)


def sheet_of(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return book, book[MARK]


def filled(content, answers):
    """The sheet with its 判定 filled in: place among the questions → answer."""
    book, sheet = sheet_of(content)
    for n, answer in answers.items():
        sheet.cell(FIRST + n, len(HEADINGS), answer)
    return saved(book)


def places(found, kind):
    return [n for n, question in enumerate(found.questions) if question.kind == kind]


def test_the_sheet_is_readable_and_has_its_answers_to_choose_from(world, found):
    book, sheet = sheet_of(found.review_sheet(world))
    assert places(found, "company")
    assert places(found, "segment")
    assert [cell.value for cell in sheet[FIRST - 1]] == list(HEADINGS)
    assert sheet.freeze_panes == f"D{FIRST}"
    assert book["选项"].sheet_state == "hidden"
    assert len(sheet.data_validations.dataValidation) == len(found.questions)
    assert sheet.max_row == FIRST - 1 + len(found.questions)
    assert all(sheet.cell(FIRST + n, len(HEADINGS)).value is None for n in range(len(found.questions)))
    # A name that begins like a formula is text.
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_review_sheet_is_known_by_its_mark(world, found):
    assert reviewed_list(found.review_sheet(world)) == ("330100", "待核的")
    assert reviewed_list(CONTENT.encode()) is None
    assert reviewed_list(b"PK\x03\x04 broken") is None


def test_answers_decide_and_what_is_left_open_is_asked_again(world, found):
    company, segment = places(found, "company")[0], places(found, "segment")[0]
    asked = found.questions[segment]
    after = found.answered(filled(found.review_sheet(world), {company: NONE_OF_THEM, segment: "是"}), world, LEXICONS)
    assert len(after.questions) == len(found.questions) - 2
    verdicts = {(i, s): (v, b) for i, s, v, b in after.links.select("identity", "segment_id", "verdict", "basis").rows()}
    assert verdicts[asked.identity, asked.segment_id] == ("confirmed", "decision")
    assert found.questions[company].identity not in [
        i for i, v in after.matches.select("identity", "verdict").rows() if v == "accept"
    ]
    # The same sheet once more, with the rest: earlier answers stay.
    rest = places(found, "segment")[1]
    again = after.answered(filled(found.review_sheet(world), {company: NONE_OF_THEM, rest: "否"}), world, LEXICONS)
    assert len(again.questions) == len(found.questions) - 3
    assert (found.questions[rest].identity, found.questions[rest].segment_id) not in again.links.select(
        "identity", "segment_id"
    ).rows()
    assert again.rows == found.rows


def test_the_company_chosen_is_the_firm(world, found):
    company = places(found, "company")[0]
    choice = found.questions[company].choices[0]
    answer = f"{choice} {world.company(choice)['name_zh']}"
    after = found.answered(filled(found.review_sheet(world), {company: answer}), world, LEXICONS)
    matched = dict(after.matches.filter(after.matches["verdict"] == "accept").select("identity", "company_id").rows())
    assert matched[found.questions[company].identity] == choice


def test_wrong_answers_are_told_row_by_row(world, found):
    company, segment = places(found, "company")[0], places(found, "segment")[0]
    book, sheet = sheet_of(filled(found.review_sheet(world), {company: "某某公司", segment: "大概是"}))
    sheet.append(["0000000000", "", "", "", "", "", "是"])
    with pytest.raises(DataError) as told:
        found.answered(saved(book), world, LEXICONS)
    assert sorted(p.where for p in told.value.problems) == sorted(
        [f"第 {FIRST + company} 行", f"第 {FIRST + segment} 行", f"第 {FIRST + len(found.questions)} 行"]
    )
