"""Workbooks as bytes, as a person would upload them."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    """An XLSX of (title, rows) sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
