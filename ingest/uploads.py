"""A file that somebody brings → its sheets of cells as text, or everything that keeps it from being read.

Nothing in it is trusted: it is read from memory within limits, no formula, macro or link of it is ever followed.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from chaingraph.errors import DataError, Problem
from chaingraph.phrases import Phrase
from chaingraph.workspace import plain_text
from ingest.encodings import encoding_of

LARGEST_BYTES = 5 * 2**20
"""Size of a file."""

LARGEST_UNPACKED_BYTES = 40 * 2**20
"""Size of a workbook's parts together, as they are unpacked."""

MOST_ROWS = 20_000
"""Rows of a file that are not empty."""

MOST_COLUMNS = 100
"""Columns that are looked at."""

LAST_ROW = 2**20
"""Rows that a spreadsheet can have."""

TEXT_SUFFIXES, BOOK_SUFFIXES = (".csv", ".tsv", ".txt"), (".xlsx", ".xlsm")

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
WANTED = Phrase("CSV、TXT 或 XLSX 文件", "a CSV, TXT or XLSX file")
SAVE_ANEW = Phrase(
    "请在 Excel 或 WPS 中另存为 .xlsx（不设密码）后再上传。", "Save it as .xlsx, without a password, and bring it again."
)

Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Sheet:
    """A sheet: its rows that are not empty, each with its number as a spreadsheet counts; no row ends with an empty cell.

    A text file is one sheet without a name.
    """

    name: str
    rows: tuple[Row, ...]

    def where(self, number: int) -> Phrase:
        """Say where a row is."""
        zh, en = f"第 {number} 行", f"row {number}"
        return Phrase(f"工作表“{self.name}”{zh}", f"sheet '{self.name}', {en}") if self.name else Phrase(zh, en)


def file_name(filename: str) -> str:
    """Return the name of a file as it is shown: without folders, control characters and excess length."""
    name = PurePosixPath(plain_text(filename).replace("\\", "/")).name
    name = name or "名单"
    return name if len(name) <= 100 else f"{name[:80]}…{PurePosixPath(name).suffix[:10]}"


def read_sheets(content: bytes, filename: str) -> tuple[Sheet, ...]:
    """Return the sheets of a CSV or TXT file (UTF-8, GBK, UTF-16) or of an XLSX workbook, the hidden ones left out.

    DataError: larger than `LARGEST_BYTES`, more than `MOST_ROWS` rows, another kind of file, or one that is broken.
    """
    file = file_name(filename)
    suffix = PurePosixPath(file).suffix.lower()
    if len(content) > LARGEST_BYTES:
        found = Phrase(f"{len(content) / 2**20:.1f} MB 的文件", f"a file of {len(content) / 2**20:.1f} MB")
        limit = f"{LARGEST_BYTES // 2**20} MB"
        raise fault(file, "too-large", found, Phrase(f"至多 {limit}", f"at most {limit}"), SPLIT)
    if not content.strip():
        raise fault(file, "unreadable", Phrase("空文件", "an empty file"), WANTED, SAVE_ANEW)
    if content.startswith(OLE):
        found = Phrase("旧版 Excel（.xls）或加密的文件", "an old Excel file (.xls) or one with a password")
        raise fault(file, "unreadable", found, WANTED, SAVE_ANEW)
    if content.startswith(ZIP):
        sheets = _of_workbook(content, file)
    elif suffix in TEXT_SUFFIXES:
        sheets = (Sheet("", tuple(_counted(_text_rows(content.decode(known_encoding(content, file)), suffix, file), file))),)
    else:
        what = "不是工作簿" if suffix in BOOK_SUFFIXES else "不是表格"
        english = "no workbook" if suffix in BOOK_SUFFIXES else "no table"
        found = Phrase(f"“{suffix or file}”文件，{what}", f"a file '{suffix or file}' that is {english}")
        raise fault(file, "unreadable", found, WANTED, SAVE_ANEW)
    return tuple(sheet for sheet in sheets if sheet.rows)


SPLIT = Phrase("请只保留企业名单所在的列，或分成几个文件。", "Keep only the columns of the list, or split the file.")


def fault(file: str, kind: str, found: str, expected: str, remedy: str, where: str = "") -> DataError:
    """Return the error of one problem; `where` is the whole file without."""
    return DataError([Problem(file, where or Phrase("文件", "file"), kind, found, expected, remedy)])


def _counted(rows: Iterable[tuple[int, Sequence[object]]], file: str, before: int = 0) -> Iterator[Row]:
    """Rows that are not empty, their cells as text; one too many is a fault."""
    count = before
    for number, cells in rows:
        # Most rows of a wide workbook may be empty: they are passed over before any cell is read.
        texts = [_text(cell) for cell in cells[:MOST_COLUMNS]] if any(cells) else []
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            count += 1
            if count > MOST_ROWS:
                found = Phrase(f"超过 {MOST_ROWS:,} 行", f"more than {MOST_ROWS:,} rows")
                raise fault(file, "too-large", found, Phrase(f"至多 {MOST_ROWS:,} 行", f"at most {MOST_ROWS:,} rows"), SPLIT)
            yield number, tuple(texts)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        cell = cell.date()
    return " ".join(plain_text(str(cell)).split())


# -- text files --------------------------------------------------------------------------------------------------


def known_encoding(source: bytes | Path, file: str) -> str:
    """Return the encoding of a text file. DataError where it is text in none that offices write."""
    if encoding := encoding_of(source):
        return encoding
    found = Phrase("不是 UTF-8 或 GBK 文本", "bytes that are neither UTF-8 nor GBK text")
    remedy = Phrase("请另存为“CSV UTF-8”或 .xlsx。", "Save it as 'CSV UTF-8' or as .xlsx.")
    raise fault(file, "unreadable", found, Phrase("UTF-8 或 GBK 文本", "text in UTF-8 or GBK"), remedy)


def _text_rows(text: str, suffix: str, file: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text, suffix), strict=True)
    try:
        yield from enumerate(reader, 1)
    except csv.Error as error:
        where = Phrase(f"第 {reader.line_num} 行", f"line {reader.line_num}")
        remedy = Phrase("请检查是否有未配对的引号。", "Is a quotation mark left open?")
        raise fault(file, "unreadable", Phrase("引号不完整的文本", str(error)), Phrase("CSV", "CSV"), remedy, where) from error


def delimiter(text: str, suffix: str) -> str:
    """Return the sign that cuts most of the first lines into the same number of cells; names in a TXT file may hold commas."""
    lines = [line for line in text.splitlines()[:50] if line.strip()]

    def even(sign: str) -> int:
        widths = Counter(1 + line.count(sign) for line in lines)
        return max((count for width, count in widths.items() if width > 1), default=0)

    signs = "\t" if suffix == ".txt" else "\t;,|"
    best = max(signs, key=even)
    return best if 2 * even(best) >= len(lines) else "\t"


# -- workbooks ---------------------------------------------------------------------------------------------------


def _of_workbook(content: bytes, file: str) -> tuple[Sheet, ...]:
    try:
        unpacked = _unpacked_bytes(content)
        sheets = _visible_sheets(content, file) if unpacked <= LARGEST_UNPACKED_BYTES else ()
    except DataError:
        raise
    except Exception as error:
        # A broken or hostile workbook makes its reader stumble in any way there is.
        found = Phrase("无法读取的工作簿", f"a workbook that cannot be read ({type(error).__name__})")
        raise fault(file, "unreadable", found, WANTED, SAVE_ANEW) from error
    if unpacked > LARGEST_UNPACKED_BYTES:
        size, limit = f"{unpacked / 2**20:,.0f} MB", f"{LARGEST_UNPACKED_BYTES // 2**20} MB"
        found = Phrase(f"解压后 {size} 的工作簿", f"a workbook of {size} when unpacked")
        raise fault(file, "too-large", found, Phrase(f"至多 {limit}", f"at most {limit}"), SPLIT)
    return sheets


def _unpacked_bytes(content: bytes) -> int:
    """The size the parts claim: their reader stops there, whatever they hold."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return sum(part.file_size for part in parts.infolist())


def _visible_sheets(content: bytes, file: str) -> tuple[Sheet, ...]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415

    sheets: list[Sheet] = []
    with warnings.catch_warnings():
        # What openpyxl leaves out (styles, validations, extensions) is not read here anyway.
        warnings.simplefilter("ignore")
        with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)) as book:
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    # The size a sheet claims may be wrong, so it is not believed.
                    sheet.reset_dimensions()
                    rows = _within(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True))
                    before = sum(len(s.rows) for s in sheets)
                    sheets.append(Sheet(_text(sheet.title), tuple(_counted(rows, file, before))))
    return tuple(sheets)


def _within(rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[int, tuple[object, ...]]]:
    for number, cells in enumerate(rows, 1):
        if number > LAST_ROW:
            raise ValueError(f"a row beyond {LAST_ROW}")
        yield number, cells
