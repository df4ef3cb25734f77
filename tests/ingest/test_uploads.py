import io
import time
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_books import saved, workbook

from chaingraph.errors import DataError
from chaingraph.phrases import said
from ingest import uploads
from ingest.uploads import LARGEST_BYTES, LARGEST_UNPACKED_BYTES, MOST_COLUMNS, MOST_ROWS, Sheet, file_name, read_sheets


def cells(content, filename="list.csv"):
    """The cells of a file of one sheet."""
    (sheet,) = read_sheets(content, filename)
    return [list(row) for _, row in sheet.rows]


def fault(content, filename):
    """The one problem of a file that cannot be read."""
    with pytest.raises(DataError) as told:
        read_sheets(content, filename)
    (problem,) = told.value.problems
    assert problem.file == file_name(filename)
    for part in (problem.found, problem.expected, problem.remedy, problem.where):
        assert said(part, "en").isascii() or "企业" in said(part, "en")
        assert str(part)
    return problem


def outcome(content, filename):
    """The sheets of a file and the number of its problems; any other exception fails."""
    try:
        return read_sheets(content, filename), 0
    except DataError as error:
        return (), len(error.problems)


def replaced(content, part, change):
    """A workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


# --- text -------------------------------------------------------------------------------------------------------------

ROWS = [["企业名称", "备注"], ["利欧集团股份有限公司", "泵"], ["甲,乙公司"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_text_is_read_in_the_encodings_offices_write(encoding, end):
    text = end.join(["企业名称,备注", "利欧集团股份有限公司,泵", '"甲,乙公司",', ""])
    assert cells(text.encode(encoding)) == ROWS


@pytest.mark.parametrize("sign", list(";\t|,"))
def test_cells_are_cut_where_most_lines_are_cut_alike(sign):
    text = "\n".join(sign.join(f'"{cell}"' for cell in row) for row in ROWS)
    assert cells(text.encode()) == ROWS


def test_a_semicolon_file_may_have_commas_in_its_names():
    assert cells(b"company;code\nFoo Co., Ltd;1\nBar, Inc;2\n") == [
        ["company", "code"],
        ["Foo Co., Ltd", "1"],
        ["Bar, Inc", "2"],
    ]


def test_a_txt_has_one_name_a_line_whatever_signs_are_in_it():
    assert cells("甲公司\nFoo Co., Ltd\n\n  乙公司 \n".encode(), "names.txt") == [["甲公司"], ["Foo Co., Ltd"], ["乙公司"]]
    assert cells("甲公司\t1\n乙公司\t2\n".encode(), "names.txt") == [["甲公司", "1"], ["乙公司", "2"]]


def test_rows_are_numbered_as_a_spreadsheet_does():
    (sheet,) = read_sheets('名称,备注\n\n"甲\n公司",一\n,\n乙,\n'.encode(), "a.csv")
    assert sheet.rows == ((1, ("名称", "备注")), (3, ("甲 公司", "一")), (5, ("乙",)))
    assert said(sheet.where(3), "en") == "row 3"


def test_a_quotation_mark_left_open_is_told_with_its_line():
    problem = fault('名称,备注\n甲,"乙\n'.encode(), "a.csv")
    assert (problem.kind, problem.where) == ("unreadable", "第 2 行")
    assert "引号" in problem.remedy


@pytest.mark.parametrize(
    "content", [bytes(range(256)), b"\x81\x00", b"name\0", b"\xff\xfe\x00", "名".encode("utf-16-be") + b"\xff"]
)
def test_bytes_that_are_no_text_are_refused(content):
    assert "UTF-8" in fault(content, "a.csv").expected


# --- workbooks --------------------------------------------------------------------------------------------------------


def test_cells_of_a_workbook_are_text():
    day = datetime(2024, 5, 1, 12)
    content = workbook(("名单", [["企业名称", 12, 12.5, True, day, None, "尾"], [], ["利欧", 3.0, "0610"]]))
    (sheet,) = read_sheets(content, "a.xlsx")
    assert sheet == Sheet("名单", ((1, ("企业名称", "12", "12.5", "True", "2024-05-01", "", "尾")), (3, ("利欧", "3", "0610"))))
    assert said(sheet.where(3), "en") == "sheet '名单', row 3"


def test_hidden_and_empty_sheets_are_left_out():
    book = openpyxl.load_workbook(io.BytesIO(workbook(("一", [["甲"]]), ("二", [["乙"]]), ("三", []))))
    book["一"].sheet_state = "hidden"
    assert [s.name for s in read_sheets(saved(book), "a.xlsx")] == ["二"]


def test_a_workbook_is_known_by_its_content():
    assert cells(workbook(("名单", [["甲"]])), "list.csv") == [["甲"]]
    assert cells(workbook(("名单", [["甲"]])), "list.xlsm") == [["甲"]]


def test_a_formula_is_read_as_the_value_it_had_and_never_run():
    book = openpyxl.Workbook()
    book.active.append(["=1+1", "=cmd|'/c calc'!A1", "甲"])
    text = openpyxl.Workbook()
    text.active["A1"].value, text.active["A1"].data_type = "=cmd|'/c calc'!A1", "s"
    assert cells(saved(book), "a.xlsx") == [["", "", "甲"]]
    assert cells(saved(text), "a.xlsx") == [["=cmd|'/c calc'!A1"]]


def test_the_size_a_sheet_claims_is_not_believed():
    content = workbook(("名单", [["甲"], ["乙"], ["丙"]]))
    short = replaced(content, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'ref="A1:A3"', b'ref="A1:A1"'))
    assert short != content
    assert cells(short, "a.xlsx") == [["甲"], ["乙"], ["丙"]]


def test_only_so_many_columns_are_looked_at():
    assert cells(workbook(("名单", [[f"c{n}" for n in range(300)]])), "a.xlsx") == [[f"c{n}" for n in range(MOST_COLUMNS)]]
    assert len(cells(",".join(["甲"] * 300).encode())[0]) == MOST_COLUMNS


def sheet_xml(rows):
    return lambda xml: xml[: xml.index(b"<sheetData")] + b"<sheetData>" + rows + b"</sheetData></worksheet>"


def test_rows_far_away_end_the_reading():
    cell = b'<c t="inlineStr"><is><t>x</t></is></c>'
    content = workbook(("名单", [["甲"]]))
    near = replaced(content, "xl/worksheets/sheet1.xml", sheet_xml(b'<row r="1048576">' + cell + b"</row>"))
    assert [row[0] for row in read_sheets(near, "a.xlsx")[0].rows] == [1_048_576]
    far = replaced(content, "xl/worksheets/sheet1.xml", sheet_xml(b'<row r="99999999999999">' + cell + b"</row>"))
    assert "无法读取" in fault(far, "a.xlsx").found


def test_a_bomb_of_zeros_is_refused_before_it_is_unpacked():
    content = replaced(workbook(("名单", [["甲"]])), "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * LARGEST_UNPACKED_BYTES)
    assert len(content) < 100_000
    started = time.process_time()
    problem = fault(content, "a.xlsx")
    assert time.process_time() - started < 1
    assert (problem.kind, said(problem.found, "en")) == ("too-large", "a workbook of 40 MB when unpacked")


def test_a_part_that_lies_about_its_size_gives_no_more_than_it_claims():
    content = bytearray(
        replaced(workbook(("名单", [["甲"]])), "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * LARGEST_UNPACKED_BYTES)
    )
    for header, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.rindex(header, 0, content.index(b"xl/worksheets/sheet1.xml", content.index(header)))
        content[place + at : place + at + 4] = (100).to_bytes(4, "little")
    assert "无法读取" in fault(bytes(content), "a.xlsx").found


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(12)
) + b"]>"  # fmt: skip


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_entities_that_multiply_are_not_followed(part):
    def laugh(xml):
        body = xml.removeprefix(b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>").lstrip()
        at = body.index(b">") + 1
        return LAUGHS.replace(b"DOCTYPE x", b"DOCTYPE " + body[1:].split()[0].split(b">")[0]) + body[:at] + b"&m;" + body[at:]

    content = replaced(workbook(("名单", [["甲"]])), part, laugh)
    started = time.process_time()
    try:
        read = cells(content, "a.xlsx")
    except DataError as error:
        read = [[problem.kind] for problem in error.problems]
    assert time.process_time() - started < 5
    assert read in ([["unreadable"]], [["甲"]])


def test_no_file_of_this_machine_is_read_through_an_entity(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("geheim", encoding="utf-8")
    doctype = f'<!DOCTYPE sst [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
    content = workbook(("名单", [["甲公司"]]))
    changed = replaced(
        content, "xl/sharedStrings.xml", lambda xml: doctype + xml.split(b"?>")[-1].replace("甲公司".encode(), b"&e;")
    )
    assert changed != content
    try:
        read = str(read_sheets(changed, "a.xlsx"))
    except DataError as error:
        read = str(error)
    assert "geheim" not in read


# --- limits and other files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "filename", "kind", "told"),
    [
        (b"", "a.csv", "unreadable", "空文件"),
        (b" \r\n ", "a.txt", "unreadable", "空文件"),
        (b"x" * (LARGEST_BYTES + 1), "a.csv", "too-large", "5.0 MB 的文件"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xls", "unreadable", "旧版 Excel"),
        (b"%PDF-1.7", "a.pdf", "unreadable", "“.pdf”文件，不是表格"),
        (b"x", "noending", "unreadable", "“noending”文件，不是表格"),
        (b"name\nx", "a.xlsx", "unreadable", "“.xlsx”文件，不是工作簿"),
        (b"PK\x03\x04 and no more", "a.xlsx", "unreadable", "无法读取的工作簿"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_kind(content, filename, kind, told):
    problem = fault(content, filename)
    assert problem.kind == kind
    assert told in problem.found


def test_an_archive_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "无法读取" in fault(out.getvalue(), "a.docx").found


def test_rows_have_a_limit_of_those_that_are_not_empty():
    rows = "\n\n".join(["甲"] * MOST_ROWS).encode()
    assert len(cells(rows)) == MOST_ROWS
    assert fault(rows + "\n乙".encode(), "a.csv").kind == "too-large"


def test_the_rows_of_all_sheets_count_together(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_ROWS", 5)
    three, two = [["甲"]] * 3, [["乙"]] * 2
    assert len(read_sheets(workbook(("一", three), ("二", two)), "a.xlsx")) == 2
    assert fault(workbook(("一", three), ("二", three)), "a.xlsx").kind == "too-large"


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("C:\\Users\\x\\名单.csv", "名单.csv"),
        ("../../etc/名单.csv", "名单.csv"),
        ("a\x00\u202e.csv", "a.csv"),
        ("", "名单"),
        ("/", "名单"),
    ],
)
def test_a_file_is_named_without_its_place(given_name, shown):
    assert file_name(given_name) == shown


def test_a_long_file_name_is_cut_and_keeps_its_ending():
    assert file_name("名" * 500 + ".csv") == "名" * 80 + "….csv"


# --- anything ---------------------------------------------------------------------------------------------------------


@given(content=st.binary(max_size=300), filename=st.sampled_from(["a.csv", "a.txt", "a.xlsx", "a.tsv"]))
def test_any_bytes_give_cells_or_a_problem(content, filename):
    sheets, faults = outcome(content, filename)
    assert faults in (0, 1)
    assert all(row[-1] for sheet in sheets for _, row in sheet.rows)


@settings(max_examples=150)
@given(data=st.data())
def test_a_workbook_with_changed_bytes_gives_cells_or_a_problem(data):
    content = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    sheets, faults = outcome(bytes(content), "a.xlsx")
    assert faults == 1 or all(row[-1] for sheet in sheets for _, row in sheet.rows)


@settings(max_examples=150)
@given(data=st.data())
def test_a_sheet_with_changed_text_gives_cells_or_a_problem(data):
    part = data.draw(st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"]))

    def change(xml):
        text = bytearray(xml)
        for _ in range(data.draw(st.integers(1, 4))):
            text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.sampled_from(b'0123456789<>/"&AZaz= '))
        return bytes(text)

    sheets, faults = outcome(replaced(SMALL, part, change), "a.xlsx")
    assert faults == 1 or all(row[-1] for sheet in sheets for _, row in sheet.rows)


SMALL = workbook(("名单", [["企业名称", "代码", "日期"], ["利欧集团股份有限公司", 12, date(2024, 5, 1)], ["甲", None, 1.5]]))
