import io

import openpyxl
import polars as pl
import pytest
import xlsxwriter

from chaingraph.errors import ChaingraphError, DataError
from ingest.table_files import CODES, IDS, NAMES, SCOPES, find_column, need_column, plain_title, read_table, write_table

CSV = '编号,企业名称,经营范围\n001,长城泵业有限公司,水泵制造\n\n002,“海角”电机厂,"电机,风机"\n'
ROWS = [("001", "长城泵业有限公司", "水泵制造"), ("002", "“海角”电机厂", "电机,风机")]


def kept(folder, name, content):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def book(*sheets, hidden=()):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        sheets_made = [made.add_worksheet(f"表{number}") for number, _ in enumerate(sheets, 1)]
        for number, rows in enumerate(sheets, 1):
            sheet = sheets_made[number - 1]
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            if number in hidden:
                sheet.hide()
                sheets_made[1].activate()
                sheets_made[1].set_first_sheet()
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_csv_file_reads_the_same_in_every_encoding(tmp_path, encoding, ends):
    table = read_table(kept(tmp_path, "firms.csv", CSV.replace("\n", ends).encode(encoding)))
    assert table.frame.columns == ["编号", "企业名称", "经营范围"]
    assert table.frame.rows() == ROWS
    assert [table.where(n) for n in range(2)] == ["row 2", "row 4"]


def test_empty_lines_above_the_titles_are_counted(tmp_path):
    table = read_table(kept(tmp_path, "firms.csv", "\n\n" + CSV))
    assert (table.frame.rows(), table.where(1)) == (ROWS, "row 6")


@pytest.mark.parametrize(("name", "sign"), [("a.csv", ";"), ("a.csv", "|"), ("a.csv", "\t"), ("a.tsv", "\t"), ("a.txt", "\t")])
def test_cells_are_cut_where_the_titles_are(tmp_path, name, sign):
    table = read_table(kept(tmp_path, name, f"编号{sign}企业名称\n01{sign}甲,乙厂\n"))
    assert table.frame.rows() == [("01", "甲,乙厂")]


def test_a_list_of_names_needs_no_title(tmp_path):
    table = read_table(kept(tmp_path, "names.txt", "长城泵业\n甲,乙厂\n"))
    assert table.texts(need_column(table, NAMES)) == ["长城泵业", "甲,乙厂"]
    assert table.where(0) == "row 1"
    titled = read_table(kept(tmp_path, "titled.txt", "企业名称\n长城泵业\n"))
    assert titled.texts(need_column(titled, NAMES)) == ["长城泵业"]


def test_a_workbook_is_read_from_its_first_sheet_that_is_shown_and_holds_something(tmp_path):
    path = kept(
        tmp_path,
        "firms.xlsx",
        book([["说明"]], [], [["企业名称", "编号"], ["长城", 7], ["", ""], ["海角", 7.5]], [["x"]], hidden=(1,)),
    )
    table = read_table(path)
    assert (table.sheet, table.unread) == ("表3", ("表4",))
    assert table.frame.rows() == [("长城", "7"), ("海角", "7.5")]
    assert table.where(1) == "sheet '表3', row 4"
    assert read_table(path, "表1").frame.columns == ["说明"]
    with pytest.raises(DataError, match=r"no sheet '表9'.*表3"):
        read_table(path, "表9")


def test_a_parquet_file_gives_text_too(tmp_path):
    pl.DataFrame({"name": ["长城", None], "id": [1, 2]}).write_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").frame.rows() == [("长城", "1"), ("", "2")]


def test_titles_are_told_apart_and_columns_without_any_are_kept_where_they_hold_something(tmp_path):
    table = read_table(kept(tmp_path, "a.csv", "名称,名称,,\n1,2,3,\n"))
    assert table.frame.columns == ["名称", "名称 (2)", "column 3"]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.csv", "", "an empty file"),
        ("a.csv", "a,b\n1,2,3\n1,2\n1,2,3,4\n", r"row 2: found 3 cells.*\n.*row 4: found 4 cells, expected at most 2"),
        ("a.csv", 'a,b\n1,2\n3,"4\n5,6\n', "quotation mark"),
        ("a.csv", b"a,b\n\xff\xff\xff\n", "neither UTF-8 nor GBK"),
        ("a.csv", "\n , \n", "a table without content"),
        ("a.xls", "x", "a '.xls' file"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0 old", "old Excel file"),
        ("a.xlsx", b"PK\x03\x04 broken", "a workbook that cannot be read"),
        ("a.xlsx", "no book", "a workbook that cannot be read"),
        ("a.xlsx", book([]), "whose sheets are empty"),
        ("a.parquet", "no table", "no Parquet file"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, name, content, found):
    with pytest.raises(DataError, match=rf"(?s){found}"):
        read_table(kept(tmp_path, name, content))


def test_a_mistyped_path_is_mended(tmp_path):
    kept(tmp_path, "firms.csv", CSV)
    with pytest.raises(DataError, match=r"no file.*Did you mean 'firms.csv'"):
        read_table(tmp_path / "firm.csv")


@pytest.mark.parametrize(
    ("title", "plain"), [("企业名称（必填）*", "企业名称"), ("Company_Name", "companyname"), ("ＩＤ", "id"), ("(1)", "")]
)
def test_titles_are_compared_without_marks(title, plain):
    assert plain_title(title) == plain


def test_columns_are_found_by_title_by_cells_and_by_name(tmp_path):
    table = read_table(
        kept(tmp_path, "a.csv", "编号,统一社会信用代码,谁,经营范围(原文)\n1,91331000MA2XABCD1X,长城泵业有限公司,水泵\n")
    )
    found = [find_column(table, wanted) for wanted in (IDS, CODES, NAMES, SCOPES)]
    assert found == ["编号", "统一社会信用代码", "谁", "经营范围(原文)"]
    assert find_column(table, NAMES, "编号") == "编号"
    with pytest.raises(DataError, match=r"no column '编码'.*Did you mean .*'编号'"):
        find_column(table, NAMES, "编码")
    with pytest.raises(DataError, match=r"found none among a, b, expected a column of company names. Name it: --column TITLE"):
        need_column(read_table(kept(tmp_path, "b.csv", "a,b\nx,y\n")), NAMES)


RESULT = pl.DataFrame({"alias": ["=1+1", "-甲", "@乙", "丙"], "score": [0.5, 1.0, None, 0.25]})


def test_results_come_back_as_they_were_and_formulas_stay_text(tmp_path, capsys):
    for suffix in (".csv", ".xlsx", ".parquet"):
        write_table(RESULT, tmp_path / f"out{suffix}")
    assert (tmp_path / "out.csv").read_text("utf-8-sig") == "alias,score\n'=1+1,0.5\n'-甲,1.0\n'@乙,\n丙,0.25\n"
    assert pl.read_parquet(tmp_path / "out.parquet").equals(RESULT)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert list(sheet.iter_rows(min_row=2, values_only=True)) == RESULT.rows()
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert [cell.quotePrefix for cell in sheet["A"]] == [False, True, True, True, False]
    write_table(RESULT, None)
    assert capsys.readouterr().out.splitlines()[1] == "'=1+1,0.5"
    with pytest.raises(ChaingraphError, match=r"suffix must be one of"):
        write_table(RESULT, tmp_path / "out.doc")
