"""A file of any size → its sheets, row by row: what a spreadsheet shows, and what it hides, merges or leaves to be computed.

A workbook is looked through once before it is read: every part is unpacked within limits and holds what it claims, none
declares entities. What is small is read by the reader that trusts nothing; what is large, by the one that is quick.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from xml.etree import ElementTree as ET

from chaingraph.errors import DataError
from chaingraph.phrases import Phrase
from ingest.encodings import CHUNK, opened
from ingest.uploads import (
    LAST_ROW,
    MOST_COLUMNS,
    OLE,
    SAVE_ANEW,
    SPLIT,
    TEXT_SUFFIXES,
    WANTED,
    ZIP,
    delimiter,
    fault,
    file_name,
    known_encoding,
)

Row = tuple[int, Sequence[object]]


@dataclass(frozen=True)
class Limits:
    """How large a file may be: its bytes, those of a workbook's parts when unpacked, its rows."""

    bytes: int
    unpacked: int
    rows: int


UPLOAD = Limits(5 * 2**20, 80 * 2**20, 100_000)
"""Of what comes through a browser."""

COMMAND = Limits(400 * 2**20, 8 * 2**30, 5_000_000)
"""Of what the owner of the machine names."""

QUICK_FROM = 5 * 2**20
"""Bytes from which a workbook is read by the quick reader, which holds a sheet as a whole."""

MOST_CELLS = 200_000_000
"""Cells of the rectangle of a sheet that the quick reader may lay out."""

WIDEST = 2**14
"""Columns that a spreadsheet can have."""

_XML = (".xml", ".rels")
_TAIL = 4096
_USUAL, _FAR = 182, re.compile(rb'<c r="(?:[A-Z]{3}|[G-Z][A-Z])\d')  # beyond column FZ
# Bounded, and never past another tag: a hostile sheet must not make them slow.
_ROW = re.compile(rb'<row [^<>]{0,300}?\br="(\d{1,7})"[^<>]{0,300}>')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_UNCOMPUTED = re.compile(
    rb'<c [^<>]{0,100}?\br="([A-Z]{1,3}\d{1,7})"[^<>]{0,100}><f[^<>]{0,200}?(?:/>|>[^<]{0,9000}</f>)(?:<v/>|<v></v>)?</c>'
)
_MERGED = re.compile(rb'<mergeCell [^<>]{0,100}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Merge:
    """Cells joined to one: rows as a spreadsheet counts them, columns from 0, both ends within."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Facts:
    """What a sheet's text says beside its cells: joined cells, hidden rows, formulas that were never computed, how far it reaches."""

    merged: tuple[Merge, ...] = ()
    hidden_rows: int = 0
    uncomputed: tuple[str, ...] = ()
    last_row: int = 0
    is_wide: bool = False


@dataclass(frozen=True)
class SheetRows:
    """A sheet to be read once, from its first row to the last with content; rows between may be empty. A text has no name."""

    name: str
    rows: Iterator[Row]
    is_hidden: bool = False
    facts: Facts = Facts()


def open_sheets(source: bytes | Path, filename: str, limits: Limits) -> Iterator[SheetRows]:
    """Yield the sheets of a CSV, TSV or TXT file (UTF-8, GBK, UTF-16) or of an XLSX workbook, hidden ones too, each to be read in turn.

    DataError: too large, empty, locked with a password, another kind of file than its name says, broken or hostile.
    """
    file = file_name(filename)
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > limits.bytes:
        found = Phrase(f"{size / 2**20:.1f} MB 的文件", f"a file of {size / 2**20:.1f} MB")
        limit = f"{limits.bytes // 2**20} MB"
        raise fault(file, "too-large", found, Phrase(f"至多 {limit}", f"at most {limit}"), SPLIT)
    with opened(source) as stream:
        start = stream.read(4096)
    if not start.strip():
        raise fault(file, "unreadable", Phrase("空文件", "an empty file"), WANTED, SAVE_ANEW)
    if start.startswith(OLE):
        raise fault(file, "unreadable", _ole(source), WANTED, SAVE_ANEW)
    if start.startswith(ZIP):
        yield from _of_workbook(source, file, limits)
        return
    suffix = PurePosixPath(file).suffix.lower()
    if suffix not in TEXT_SUFFIXES:
        found = Phrase(f"“{suffix or file}”文件，内容却不是工作簿", f"a file '{suffix or file}' that is no workbook")
        raise fault(file, "unreadable", found, WANTED, SAVE_ANEW)
    yield SheetRows("", _limited(_of_text(source, suffix, file), limits, file))


def _ole(source: bytes | Path) -> Phrase:
    """What a file of the old container is: a workbook locked with a password, or one of Excel 97."""
    with opened(source) as stream:
        locked = "EncryptedPackage".encode("utf-16-le") in stream.read(16 * 2**20)
    if locked:
        return Phrase("设有密码的工作簿", "a workbook with a password")
    return Phrase("旧版 Excel（.xls）文件", "an old Excel file (.xls)")


def _limited(rows: Iterable[Row], limits: Limits, file: str) -> Iterator[Row]:
    """Rows up to the last with content; more than the limit is a fault."""
    count = 0
    waiting: list[Row] = []
    for number, cells in rows:
        cut = cells[:MOST_COLUMNS]
        if not any(cell not in (None, "") for cell in cut):
            # What comes after the last row with content is no row of the list.
            if len(waiting) < limits.rows:
                waiting.append((number, ()))
            continue
        yield from waiting
        count += 1 + len(waiting)
        waiting.clear()
        if count > limits.rows:
            found = Phrase(f"超过 {limits.rows:,} 行", f"more than {limits.rows:,} rows")
            expected = Phrase(f"至多 {limits.rows:,} 行", f"at most {limits.rows:,} rows")
            raise fault(file, "too-large", found, expected, SPLIT)
        yield number, cut


# -- text ----------------------------------------------------------------------------------------------------------


def _of_text(source: bytes | Path, suffix: str, file: str) -> Iterator[Row]:
    encoding = known_encoding(source, file)
    with opened(source) as raw, io.TextIOWrapper(raw, encoding, newline="") as lines:
        head = lines.read(64 * 1024)
    with opened(source) as raw, io.TextIOWrapper(raw, encoding, newline="") as lines:
        reader = csv.reader(lines, delimiter=delimiter(head, suffix), strict=True)
        try:
            yield from enumerate(reader, 1)
        except csv.Error as error:
            where = Phrase(f"第 {reader.line_num} 行", f"line {reader.line_num}")
            remedy = Phrase("请检查是否有未配对的引号。", "Is a quotation mark left open?")
            raise fault(
                file, "unreadable", Phrase("引号不完整的文本", str(error)), Phrase("CSV", "CSV"), remedy, where
            ) from error


# -- workbooks -----------------------------------------------------------------------------------------------------


def _of_workbook(source: bytes | Path, file: str, limits: Limits) -> Iterator[SheetRows]:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    try:
        facts = _looked_through(source, file, limits)
        reader = _quick if size > QUICK_FROM else _careful
        for sheet in reader(source, facts, file):
            yield SheetRows(sheet.name, _limited(_told(sheet.rows, file), limits, file), sheet.is_hidden, sheet.facts)
    except DataError:
        raise
    except Exception as error:
        raise _broken(file, error) from error


def _told(rows: Iterator[Row], file: str) -> Iterator[Row]:
    """Rows; a broken or hostile workbook makes its reader stumble in any way there is."""
    try:
        yield from rows
    except DataError:
        raise
    except Exception as error:
        raise _broken(file, error) from error


def _broken(file: str, error: Exception) -> DataError:
    found = Phrase("无法读取的工作簿", f"a workbook that cannot be read ({type(error).__name__})")
    return fault(file, "unreadable", found, WANTED, SAVE_ANEW)


def _looked_through(source: bytes | Path, file: str, limits: Limits) -> dict[str, Facts]:
    """Unpack every part of a workbook once, within limits, and return the facts of its sheets by their name."""
    with opened(source) as stream, zipfile.ZipFile(stream) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > limits.unpacked:
            size, limit = f"{unpacked / 2**20:,.0f} MB", f"{limits.unpacked // 2**20} MB"
            found = Phrase(f"解压后 {size} 的工作簿", f"a workbook of {size} when unpacked")
            raise fault(file, "too-large", found, Phrase(f"至多 {limit}", f"at most {limit}"), SPLIT)
        # To the end of each part: its reader stops at the size it claims and holds that against its checksum.
        found_in = {
            part.filename: _facts(parts.open(part), file, is_xml=part.filename.endswith(_XML)) for part in parts.infolist()
        }
        names = _sheet_parts(parts)
    return {name: found_in.get(part, Facts()) for name, part in names.items()}


def _facts(part: IO[bytes], file: str, *, is_xml: bool) -> Facts:
    merged: list[Merge] = []
    uncomputed: list[str] = []
    hidden = last = 0
    wide = False
    tail = b""
    with part:
        while chunk := part.read(CHUNK):
            text = tail + chunk
            if is_xml and _DECLARES.search(text):
                found = Phrase("含有实体声明（XML 炸弹的写法）的工作簿", "a workbook that declares entities, as an XML bomb does")
                raise fault(file, "unreadable", found, WANTED, SAVE_ANEW)
            # A tag may be cut by the end of the chunk: what stands after the last whole one is looked at with the next.
            end = text.rfind(b"</row>") + 6 if b"</row>" in text else max(len(text) - _TAIL, 0)
            whole, tail = text[:end], text[end:][-8 * CHUNK :]
            for row in _ROW.finditer(whole):
                last = int(row[1])
                hidden += bool(_HIDDEN.search(row[0]))
            wide = wide or bool(_FAR.search(whole))
            uncomputed += [found[1].decode() for found in _UNCOMPUTED.finditer(whole)]
            merged += _merges(whole)
        merged += _merges(tail)
    return Facts(tuple(merged), hidden, tuple(uncomputed), last, wide)


def _merges(text: bytes) -> list[Merge]:
    found = (m.groups() for m in _MERGED.finditer(text))
    return [Merge(int(top), _column(left), int(bottom), _column(right)) for left, top, right, bottom in found]


def _column(letters: bytes) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + letter - 64
    return at - 1


def _sheet_parts(parts: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet by the sheet's name."""
    book = ET.fromstring(parts.read("xl/workbook.xml"))  # noqa: S314 no part declares entities
    rels = ET.fromstring(parts.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = {rel.get("Id"): str(rel.get("Target", "")) for rel in rels}
    out = {}
    for sheet in book.iter(f"{_NS}sheet"):
        path = target.get(sheet.get(_REL), "")
        out[str(sheet.get("name"))] = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    return out


def _careful(source: bytes | Path, facts: dict[str, Facts], file: str) -> Iterator[SheetRows]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415

    with warnings.catch_warnings(), opened(source) as stream:
        # What openpyxl leaves out (styles, validations, extensions) is not read here anyway.
        warnings.simplefilter("ignore")
        with closing(load_workbook(stream, read_only=True, data_only=True, keep_links=False)) as book:
            for sheet in book.worksheets:
                # The size a sheet claims may be wrong, so it is not believed.
                sheet.reset_dimensions()
                rows = enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1)
                yield SheetRows(sheet.title, _within(rows), sheet.sheet_state != "visible", facts.get(sheet.title, Facts()))


def _quick(source: bytes | Path, facts: dict[str, Facts], file: str) -> Iterator[SheetRows]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum  # noqa: PLC0415

    with opened(source) as stream, CalamineWorkbook.from_filelike(stream) as book:
        for meta in book.sheets_metadata:
            known = facts.get(meta.name, Facts())
            if known.last_row * (WIDEST if known.is_wide else _USUAL) > MOST_CELLS:
                found = Phrase(f"工作表“{meta.name}”右侧很远处还有内容", f"sheet '{meta.name}' with content far to the right")
                raise fault(file, "too-large", found, Phrase("至多 182 列", "at most 182 columns"), SPLIT)
            sheet = book.get_sheet_by_name(meta.name)
            # Empty rows above the first cell are given, empty columns left of it are not.
            left = [""] * (sheet.start or (0, 0))[1]
            rows = enumerate((left + row for row in sheet.iter_rows()), 1)
            yield SheetRows(meta.name, _within(rows), meta.visible != SheetVisibleEnum.Visible, known)


def _within(rows: Iterable[Row]) -> Iterator[Row]:
    for number, cells in rows:
        if number > LAST_ROW:
            raise ValueError(f"a row beyond {LAST_ROW}")
        yield number, cells
