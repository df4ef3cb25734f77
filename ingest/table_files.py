"""A clean table that somebody has → columns of text, each row with its place in the file; and results → a table of their own.

CSV, TSV or TXT (UTF-8, UTF-16 or GBK), XLSX and Parquet, with titles in the first row. Columns may be called anything: the one a
command needs is found by its title, else by its cells, unless it is named.
"""

from __future__ import annotations

import csv
import io
import math
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from chaingraph.errors import ChaingraphError, DataError, Problem, did_you_mean, nearest
from ingest.encodings import encoding_of
from ingest.names import parse, plain_code, uscc_fault

READ_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet")
WRITE_SUFFIXES = (".csv", ".xlsx", ".parquet")

LOOKED_AT = 200
"""First filled cells of a column by which it is judged where no title says what it holds."""

MOST_PROBLEMS = 20
"""Faulty rows of a file that are named one by one."""

LAST_ROW = 2**20
"""Rows that a spreadsheet can have."""

_BOOKS, _OLE = (".xlsx", ".xlsm"), b"\xd0\xcf\x11\xe0"
_FORMULA = r"^[=+\-@\t\r]"
_SAVE_ANEW = "Save it as .xlsx without a password, or as 'CSV UTF-8'."


@dataclass(frozen=True)
class Table:
    """A table as it stands in a file: `frame` has columns of text (an empty cell is ""), no row of it is empty.

    `places` are the numbers of its rows as a spreadsheet counts (titles: 1). `sheet` is the one read of a workbook, `unread` are
    those that also hold something. Without titles (a TXT file of names) the only column is called "".
    """

    file: str
    frame: pl.DataFrame
    places: Sequence[int]
    sheet: str = ""
    unread: tuple[str, ...] = ()

    def where(self, row: int) -> str:
        """Say where a row of `frame` is in the file."""
        return f"sheet '{self.sheet}', row {self.places[row]}" if self.sheet else f"row {self.places[row]}"

    def texts(self, column: str | None) -> list[str]:
        """Return the cells of a column; as many empty ones where there is no such column."""
        return [""] * self.frame.height if column is None else self.frame[column].to_list()


@dataclass(frozen=True)
class Wanted:
    """A column that a command needs: what it holds, the option that names it, its titles (the surest first), how a cell looks.

    Titles stand here without brackets, blanks and marks, in small letters.
    """

    what: str
    option: str
    titles: tuple[str, ...]
    holds: Callable[[str], bool] | None = None


def _is_registered(cell: str) -> bool:
    return bool(parse(cell).legal_form)


def _is_code(cell: str) -> bool:
    # A code with a mistyped digit still shows what the column holds.
    return bool(code := plain_code(cell)) and uscc_fault(code) in ("", "check digit")


NAMES = Wanted(
    "company names",
    "--column",
    tuple(
        "企业名称 公司名称 单位名称 企业全称 公司全称 单位全称 市场主体名称 经营主体名称 法人名称 纳税人名称 会员名称 机构名称 namezh fullname "
        "companyname enterprisename firmname 全称 名称 企业 公司 单位 会员单位 申报单位 申报企业 入选企业 company enterprise firm name "
        "alias 别名 简称 企业简称 公司简称 证券简称 股票简称 shortname organisation organization".split()
    ),
    _is_registered,
)
AGAINST = replace(NAMES, what="full names of companies", option="--against-column")
SHORT_NAMES = Wanted("short names", "", ("简称", "企业简称", "公司简称", "证券简称", "股票简称", "shortname"))
ENGLISH_NAMES = Wanted("English names", "", ("英文名", "英文名称", "nameen", "englishname"))
FORMER_NAMES = Wanted("former names, separated by ；", "", ("曾用名", "曾用名称", "formernames", "formername"))
COUNTRIES = Wanted("countries", "", ("国家", "国别", "country"))
IDS = Wanted(
    "ids", "--id-column", ("companyid", "id", "企业id", "企业编号", "编号", "股票代码", "证券代码", "stockcode", "code", "代码")
)
CODES = Wanted(
    "credit codes", "--code-column", ("统一社会信用代码", "社会信用代码", "信用代码", "creditcode", "uscc", "creditno"), _is_code
)
SCOPES = Wanted(
    "business scopes",
    "--scope-column",
    ("经营范围", "经营业务范围", "业务范围", "主营业务", "主营产品", "scope", "businessscope"),
)


# -- reading ------------------------------------------------------------------------------------------------------


def read_table(path: Path, sheet: str | None = None) -> Table:
    """Return the table in a file; of a workbook the sheet named, else the first that is shown and holds something.

    DataError: no such file, an empty one, another kind of file than its suffix says, text in no known encoding, rows with more
    cells than there are titles (all of them), a sheet that is not there.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        others = nearest(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else []
        raise _fault(path, "no file", "a table", f"Mend the path. {did_you_mean(others)}".rstrip())
    if suffix not in READ_SUFFIXES:
        raise _fault(path, f"a '{suffix or path.name}' file", f"one of {', '.join(READ_SUFFIXES)}", _SAVE_ANEW)
    if suffix == ".parquet":
        return _of_parquet(path)
    content = path.read_bytes()
    if not content.strip():
        raise _fault(path, "an empty file", "a table", "Write its titles into the first row.")
    if content.startswith(_OLE):
        raise _fault(path, "an old Excel file (.xls) or one with a password", "an .xlsx workbook", _SAVE_ANEW)
    if suffix in _BOOKS or content.startswith(b"PK\x03\x04"):
        return _of_book(path, content, sheet)
    return _of_text(path, content, suffix)


def _fault(path: Path, found: str, expected: str, remedy: str, where: str = "file", kind: str = "unreadable") -> DataError:
    return DataError([Problem(path.name, where, kind, found, expected, remedy)])


def _of_parquet(path: Path) -> Table:
    try:
        frame = pl.read_parquet(path)
        frame = frame.select(pl.all().cast(pl.String).fill_null("").str.strip_chars())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _fault(path, "no Parquet file, or one with nested columns", "a Parquet file", "Write it anew.") from error
    return Table(path.name, frame, range(1, frame.height + 1))


def _of_text(path: Path, content: bytes, suffix: str) -> Table:
    text = _utf8(path, content)
    # Empty lines above the titles would hide how many there are.
    above = text[: len(text) - len(text.lstrip(b" \r\n"))]
    text = text[len(above) :]
    separator = "\t" if suffix in (".tsv", ".txt") else _separator(text)
    try:
        rows = pl.read_csv(text, has_header=False, infer_schema=False, separator=separator)
    except pl.exceptions.PolarsError as error:
        raise DataError(_uneven(path, text, separator, above.count(b"\n"))) from error
    return _headed(path, rows, above=above.count(b"\n"), is_list=suffix == ".txt")


def _utf8(path: Path, content: bytes) -> bytes:
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
    encoding = encoding_of(content)
    if encoding:
        return content if encoding == "utf-8-sig" else content.decode(encoding).encode()
    raise _fault(path, "bytes that are neither UTF-8 nor GBK text", "text in UTF-8 or GBK", _SAVE_ANEW)


def _separator(text: bytes) -> str:
    """The sign that cuts the titles into most cells."""
    titles = text.split(b"\n", 1)[0].decode()
    cells = {sign: len(next(csv.reader([titles], delimiter=sign))) for sign in ",;\t|"}
    return max(cells, key=lambda sign: cells[sign])


def _uneven(path: Path, text: bytes, separator: str, above: int) -> list[Problem]:
    """Say which rows have more cells than there are titles, or that a quotation mark is left open."""
    reader = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=separator, strict=True)
    problems: list[Problem] = []
    titles = 0
    try:
        for number, cells in enumerate(reader, above + 1):
            titles = titles or len(cells)
            if len(cells) > titles and len(problems) < MOST_PROBLEMS:
                found = f"{len(cells)} cells"
                remedy = f"Put a cell that holds a '{separator}' in quotation marks."
                problems.append(Problem(path.name, f"row {number}", "unreadable", found, f"at most {titles}, as titles", remedy))
    except csv.Error as error:
        problems.append(_open_quote(path, f"line {above + reader.line_num}", str(error)))
    return problems or [_open_quote(path, "file", "quotation marks that do not pair")]


def _open_quote(path: Path, where: str, found: str) -> Problem:
    return Problem(path.name, where, "unreadable", found, "a cell in two quotation marks or none", "Close the quotation mark.")


def _of_book(path: Path, content: bytes, wanted: str | None) -> Table:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum  # noqa: PLC0415 (slow to import)

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [s.name for s in book.sheets_metadata if s.visible is SheetVisibleEnum.Visible]
        if wanted and wanted not in book.sheet_names:
            remedy = f"Name one of {', '.join(book.sheet_names)}."
            raise _fault(path, f"no sheet '{wanted}'", "a sheet of the workbook", remedy)
        sheets = {name: book.get_sheet_by_name(name) for name in ([wanted] if wanted else shown)}
        cells = {name: _cells(found.to_python(skip_empty_area=False)) for name, found in sheets.items()}
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise _fault(path, "a workbook that cannot be read", "an .xlsx workbook", _SAVE_ANEW) from error
    filled = {name: rows for name, rows in cells.items() if rows is not None}
    if not filled:
        raise _fault(path, "a workbook whose sheets are empty", "a table", "Write its titles into the first row.")
    name, *unread = filled
    return _headed(path, filled[name], sheet=name, unread=tuple(unread))


def _cells(rows: Sequence[Sequence[object]]) -> pl.DataFrame | None:
    if not any(any(cell != "" for cell in row) for row in rows):
        return None
    columns = zip(*([_text(cell) for cell in row] for row in rows), strict=True)
    return pl.DataFrame({f"column_{n}": pl.Series(cells, dtype=pl.String) for n, cells in enumerate(columns, 1)})


def _text(cell: object) -> str:
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)


def _headed(
    path: Path, rows: pl.DataFrame, *, sheet: str = "", unread: tuple[str, ...] = (), above: int = 0, is_list: bool = False
) -> Table:
    """A table of rows whose first one that is not empty has the titles."""
    rows = rows.select(pl.all().fill_null("").str.strip_chars()).with_row_index("place", offset=above + 1)
    rows = rows.filter(pl.any_horizontal(pl.exclude("place") != ""))
    if not rows.height:
        raise _fault(path, "a table without content", "titles in the first row", "Write its titles into the first row.")
    titles = [str(cell) for cell in rows.row(0)[1:]]
    if is_list and len(titles) == 1 and plain_title(titles[0]) not in NAMES.titles:
        titles = [""]
    else:
        rows = rows[1:]
    frame = rows.drop("place")
    frame.columns = list(_told_apart(titles))
    keep = [title for n, title in enumerate(frame.columns) if titles[n] or len(titles) == 1 or (frame[title] != "").any()]
    return Table(path.name, frame.select(keep), rows["place"].to_list(), sheet, unread)


def _told_apart(titles: Sequence[str]) -> Iterator[str]:
    """Titles of which no two are the same: the second 名称 becomes 名称 (2), one that is empty the number of its column."""
    used: set[str] = set()
    for number, title in enumerate(titles, 1):
        own = stem = title or (f"column {number}" if len(titles) > 1 else "")
        again = 1
        while own in used:
            again += 1
            own = f"{stem} ({again})"
        used.add(own)
        yield own


# -- finding columns ---------------------------------------------------------------------------------------------


def plain_title(title: str) -> str:
    """Return a title as titles are compared: small letters without brackets and what is in them, blanks and marks.

    >>> plain_title("企业名称（必填）*"), plain_title("Company_Name")
    ('企业名称', 'companyname')
    """
    text = unicodedata.normalize("NFKC", title).casefold()
    outside = text.split("(")[0] + text.rpartition(")")[2] if "(" in text and ")" in text else text
    return "".join(sign for sign in outside if sign.isalnum())


def find_column(table: Table, wanted: Wanted, named: str | None = None) -> str | None:
    """Return the title of the column that holds what is wanted: the one named, else by titles, else by cells; None where there is none.

    DataError: a column is named that the table does not have.
    """
    titles = table.frame.columns
    if named is not None:
        same = [title for title in titles if title == named] or [t for t in titles if plain_title(t) == plain_title(named)]
        if not same:
            remedy = did_you_mean(nearest(named, titles)) or f"Its columns are {', '.join(titles)}."
            what = f"no column '{named}'"
            raise DataError([Problem(table.file, "titles", "missing-column", what, f"a column for {wanted.option}", remedy)])
        return same[0]
    plain = {plain_title(title): title for title in reversed(titles)}
    if fitting := [plain[known] for known in wanted.titles if known in plain]:
        return fitting[0]
    if table.frame.width == 1 and wanted is NAMES:
        return titles[0]
    shares = {title: _share(table.frame[title], wanted.holds) for title in titles} if wanted.holds else {}
    best = max(shares, key=lambda title: shares[title], default=None)
    return best if best is not None and shares[best] >= 0.5 else None


def need_column(table: Table, wanted: Wanted, named: str | None = None) -> str:
    """Return the title of a column as `find_column` does; DataError where there is none."""
    found = find_column(table, wanted, named)
    if found is None:
        seen = f"none among {', '.join(table.frame.columns)}"[:200]
        remedy = f"Name it: {wanted.option} TITLE."
        raise DataError([Problem(table.file, "titles", "missing-column", seen, f"a column of {wanted.what}", remedy)])
    return found


def _share(cells: pl.Series, holds: Callable[[str], bool]) -> float:
    filled = cells.filter(cells != "").head(LOOKED_AT).to_list()
    return sum(map(holds, filled)) / len(filled) if filled else 0.0


# -- writing -----------------------------------------------------------------------------------------------------


def write_table(frame: pl.DataFrame, out: Path | None) -> None:
    """Write a result as its suffix says, the old file replaced whole or not at all; CSV to stdout without a path.

    A cell that a spreadsheet would run as a formula stays text: with an apostrophe in CSV, quoted in XLSX. ChaingraphError:
    another suffix, a file that cannot be written, more rows than a spreadsheet has.
    """
    if out is None:
        sys.stdout.write(_csv(frame).decode())
        return
    from chaingraph.export import replace_file  # noqa: PLC0415 (slow to import)

    check_out(out)
    suffix = out.suffix.lower()
    if suffix == ".parquet":
        parquet = io.BytesIO()
        frame.write_parquet(parquet)
        replace_file(out, parquet.getvalue())
    else:
        replace_file(out, b"\xef\xbb\xbf" + _csv(frame) if suffix == ".csv" else _book(frame, out))


def check_out(out: Path | None) -> None:
    """Refuse a path that `write_table` could not write to, before the work is done."""
    if out and out.suffix.lower() not in WRITE_SUFFIXES:
        raise ChaingraphError(f"cannot write '{out}': its suffix must be one of {', '.join(WRITE_SUFFIXES)}")


def _csv(frame: pl.DataFrame) -> bytes:
    text = pl.col(pl.String)
    content = io.BytesIO()
    frame.with_columns(pl.when(text.str.contains(_FORMULA)).then("'" + text).otherwise(text).name.keep()).write_csv(content)
    return content.getvalue()


def _book(frame: pl.DataFrame, out: Path) -> bytes:
    import xlsxwriter  # noqa: PLC0415 (slow to import)

    if frame.height >= LAST_ROW:
        raise ChaingraphError(f"cannot write '{out}': {frame.height:,} rows do not fit in a spreadsheet. Write .csv or .parquet.")
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        quoted, bold = book.add_format({"quote_prefix": True}), book.add_format({"bold": True})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(frame.columns):
            sheet.write_string(0, column, title, bold)
            for row, cell in enumerate(frame[title].to_list(), 1):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell[:32767], quoted if cell[:1] in {*"=+-@\t\r"} else None)
                elif cell is not None and not (isinstance(cell, float) and math.isnan(cell)):
                    sheet.write(row, column, cell)
    return content.getvalue()
