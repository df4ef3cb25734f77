"""Results as a workbook: live formulas over evidence and weights; text stays text."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range, xl_range_abs

from chaingraph.diagnosis import Diagnosis
from chaingraph.labels import label
from chaingraph.model import Constraint, Presence
from chaingraph.palette import MARKS
from chaingraph.recommendation import Exclusion, Recommendation
from chaingraph.sections import (
    KINDS,
    Cell,
    Column,
    Formula,
    Section,
    Table,
    Weight,
    closing,
    diagnosis_table,
    excluded_table,
    in_order,
    origin_cell,
    origins_table,
    places_by_score,
    preface,
    read_weights,
    shown,
    target_columns,
    targets_table,
    weighed,
    weights_table,
)

_SCORE = 5
"""Column of the score on the sheet of targets, from 0; the coverage is in the next."""
_BY_SCORE = "rank name segment_name seat score coverage probability strongest against rival_region phone_call not_known".split()
"""Columns of the sheet that is in the order of the score."""
_WEIGHT = 3
"""First row of weights on their sheet, from 1."""
_COVER_WIDTH = 116
_HATCH = {"pattern": 14, "fg_color": "#A6A6A6", "bg_color": "#FFFFFF"}
"""What is not known is hatched, so that it is not taken for zero."""


class _Book:
    """A workbook in memory, the same bytes for the same content. Text stays text, whatever it begins with."""

    def __init__(self, title: str, day: date | None) -> None:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
        self.title, self.buffer = title, io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, options)
        created = datetime.combine(day or date(1980, 1, 1), datetime.min.time())
        self.book.set_properties({"title": title, "created": created})
        self.styles: dict[str, xlsxwriter.format.Format] = {}

    def content(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()

    def style(self, kind: str, **more: object) -> xlsxwriter.format.Format:
        key = f"{kind} {sorted(more.items())}"
        if key not in self.styles:
            look = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
            look |= {"num_format": KINDS[kind][0], "bottom": 4, "bottom_color": "#BFBFBF"}
            look |= {"text_wrap": True, "align": "left", "indent": 1} if kind == "text" else {"align": "right"}
            look |= {"align": "center"} if kind in {"input", "moved"} else {}
            look |= {"bg_color": "#FFF2CC", "font_color": "#1F3FBF", "border": 1} if kind == "input" else {}
            self.styles[key] = self.book.add_format(look | more)
        return self.styles[key]

    def put(self, sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell, kind: str, **more: object) -> None:
        style = self.style(kind, **more)
        if isinstance(cell, Formula):
            sheet.write_formula(row, column, cell.text, style, cell.value)
        elif isinstance(cell, str) and cell:
            # A text cell that begins like a formula would become one when somebody edits it, but for the quote prefix.
            sheet.write_string(row, column, cell[:32767], self.style(kind, **more, quote_prefix=cell[0] in "=+-@"))
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, datetime.combine(cell, datetime.min.time()), style)
        elif cell is None or isinstance(cell, str) or math.isnan(cell):
            sheet.write_blank(row, column, None, style)
        else:
            sheet.write_number(row, column, cell, style)

    def sheet(self, name: str, header: int, *, paper: int = 9) -> xlsxwriter.worksheet.Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.set_margins(0.4, 0.4, 0.6, 0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, header)
        sheet.set_footer(f"&L{self.title.replace('&', '&&')} · &A&R&P / &N")
        return sheet

    def table(
        self, name: str, table: Table, *, top: int = 0, fixed: int = 1, paper: int = 9, even: bool = False
    ) -> xlsxwriter.worksheet.Worksheet:
        """Add a sheet with a table: titles in row `top`, `fixed` columns kept in view; `even` rows are all of one height."""
        columns, rows = table
        sheet = self.sheet(name, top, paper=paper)
        lines = [1] * len(rows)
        for j, column in enumerate(columns):
            texts = [shown(row[j], column.kind) for row in rows]
            width = max(min(max(map(_width, texts), default=0) + 3, column.widest), min(_width(column.title) + 4, 14))
            sheet.set_column(j, j, width)
            self.put(sheet, top, j, column.title, "text", bold=True, bg_color="#1F3864", font_color="#FFFFFF", valign="vcenter")
            for i, (row, text) in enumerate(zip(rows, texts, strict=True)):
                self.put(sheet, top + 1 + i, j, row[j], column.kind)
                lines[i] = max(lines[i], _lines(text, width))
        sheet.set_row(top, 24)
        for i, count in enumerate(lines, top + 1):
            sheet.set_row(i, _height(max(lines) if even else count))
        if not rows:
            self.put(sheet, top + 1, 0, "（没有）", "text")
        sheet.autofilter(top, 0, top + max(len(rows), 1), len(columns) - 1)
        sheet.freeze_panes(top + 1, fixed)
        return sheet

    def cover(self, sections: Iterable[Section]) -> None:
        sheet = self.sheet("封面", 0)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, _COVER_WIDTH)
        sheet.fit_to_pages(1, 1)
        sheet.set_row(0, 34)
        sheet.write_string(
            0, 0, self.title, self.book.add_format({"font_name": "Microsoft YaHei", "font_size": 18, "bold": True})
        )
        row = 1
        for head, lines in sections:
            row += 1
            for column, text in enumerate((head, "")):
                self.put(sheet, row, column, text, "text", bold=True, font_size=12, text_wrap=False, bottom=2)
            sheet.set_row(row, 22)
            for name, text in lines:
                row += 1
                self.put(sheet, row, 0, name, "text", bold=True)
                self.put(sheet, row, 1, text, "text")
                sheet.set_row(row, _height(_lines(text, _COVER_WIDTH)))
            row += 1


def _width(text: str) -> int:
    """Return the width of the longest line in half-width characters."""
    return max((sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line) for line in text.split("\n")), default=0)


def _lines(text: str, width: float) -> int:
    """Return the lines that a text takes in a column: programs differ in whether they fit a row's height to its text."""
    return sum(max(1, math.ceil(0.95 * _width(line) / (width - 2.5))) for line in text.split("\n"))


def _height(lines: int) -> float:
    """Return the height of a row in points; 409 is the greatest there is."""
    return min(15.0 * lines + 3, 409)


def diagnosis_workbook(diagnosis: Diagnosis, today: date | None) -> bytes:
    """Return the workbook of a diagnosis."""
    book = _Book(f"{diagnosis.heading} 诊断", today)
    book.cover(preface(diagnosis, today) + closing(diagnosis))
    _diagnosis_sheet(book, diagnosis)
    return book.content()


def targets_workbook(
    diagnosis: Diagnosis,
    targets: Sequence[Recommendation],
    excluded: Sequence[Exclusion],
    frame: pd.DataFrame,
    origins: pd.DataFrame,
    today: date | None,
    odds: tuple[float, float] | None = None,
) -> bytes:
    """Return the workbook of a list of targets; parameters as in `export.write_targets`."""
    weights = read_weights(frame)
    ordered = in_order(targets, weights)
    latest = pd.to_datetime(origins["retrieved_on"]).max()
    book = _Book(f"{diagnosis.heading} 目标企业清单", today or (None if pd.isna(latest) else latest.date()))
    book.cover(preface(diagnosis, today, ordered, excluded, weights, live=True) + closing(diagnosis))
    _targets_sheet(book, ordered, weights, odds)
    _ordered_sheet(book, ordered, len(weights))
    _weights_sheet(book, weights)
    _diagnosis_sheet(book, diagnosis)
    _evidence_sheet(book, ordered, weights, origins)
    book.table("未入选", excluded_table(excluded))
    book.table("数据来源", origins_table(ordered, origins), paper=8)
    return book.content()


def table_workbook(title: str, tables: Mapping[str, Table], today: date | None) -> bytes:
    """Return a workbook of plain tables, each on the sheet of its name."""
    book = _Book(title, today)
    for name, table in tables.items():
        book.table(name, table, fixed=1, paper=8)
    return book.content()


def _targets_sheet(
    book: _Book, ordered: Sequence[Recommendation], weights: Sequence[Weight], odds: tuple[float, float] | None
) -> None:
    """One row per target from row 4 on: words, then its evidence, under the weights (row 1) and values when unknown (row 2)."""
    columns, rows = targets_table(ordered)
    names = target_columns(ordered)
    chance = names.index("probability") if odds and "probability" in names else None
    signals = [w.signal for w in weights]
    first, last, end = len(columns), len(columns) + len(signals) - 1, len(rows) + 2
    heavy, otherwise = xl_range_abs(0, first, 0, last), xl_range_abs(1, first, 1, last)
    scores = xl_range_abs(3, _SCORE, end, _SCORE)
    places = places_by_score(ordered)
    for i, (row, target) in enumerate(zip(rows, ordered, strict=True), 3):
        evidence, score = xl_range(i, first, i, last), f"{xl_col_to_name(_SCORE)}{i + 1}"
        known = {r.signal: r.value for r in target.reasons}
        # SUMPRODUCT alone, because IF inside it would need Ctrl-Shift-Enter; rounded, so that RANK and COUNTIF see the same ties.
        sums = f"SUMPRODUCT({heavy},{evidence})+SUMPRODUCT({heavy},{otherwise},1-ISNUMBER({evidence}))"
        by_weights = weighed(target, weights)
        place = places[i - 3]
        ranked = Formula(f"=RANK({score},{scores})+COUNTIF({xl_range_abs(3, _SCORE, 3, _SCORE)}:{score},{score})-1", place)
        row[_SCORE] = Formula(f"=IF(SUM({heavy})>0,ROUND(100*({sums})/SUM({heavy}),10),0)", by_weights[0])
        row[_SCORE + 1] = Formula(f"=IF(SUM({heavy})>0,SUMPRODUCT({heavy},1*ISNUMBER({evidence}))/SUM({heavy}),0)", by_weights[1])
        if odds and chance is not None:
            row[chance] = Formula(f"=1/(1+EXP(-({odds[0]!r}+{odds[1]!r}*{score})))", target.probability)
        row += [*map(known.get, signals), place, ranked]
    columns += [*(Column(label(s), 12, "value") for s in signals)]
    columns += [Column(label("base_score_rank"), 12, "count"), Column(label("score_rank"), 12, "count")]
    sheet = book.table("目标企业", (columns, rows), top=2, fixed=2, paper=8)
    book.put(
        sheet,
        0,
        0,
        "排名兼顾得分、补链带动和环节分散；改「权重」表后看「按得分排序」；空白的证据格是未知",
        "text",
        text_wrap=False,
        italic=True,
        bottom=0,
    )
    for above, (name, letter) in enumerate((("weight", "C"), ("when_unknown", "D"))):
        book.put(sheet, above, first - 1, f"{label(name)} →", "text", align="right")
        for j, w in enumerate(weights):
            linked = Formula(f"='权重'!${letter}${_WEIGHT + j}", w.when_unknown if above else w.weight)
            book.put(sheet, above, first + j, linked, "value", bg_color="#F2F2F2")
    # On paper only the words; the evidence has its own sheet.
    sheet.print_area(2, 0, max(end, 3), first - 1)
    sheet.repeat_rows(2)
    if rows:
        blank = {"type": "blanks", "format": book.book.add_format(_HATCH), "stop_if_true": True}
        sheet.conditional_format(3, first, end, last, blank)
        scale = {"type": "2_color_scale", "min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1}
        sheet.conditional_format(3, first, end, last, {**scale, "min_color": "#FFFFFF", "max_color": "#9DC3E6"})
        sheet.data_validation(3, first, end, last, _between(0, 1))


def _ordered_sheet(book: _Book, ordered: Sequence[Recommendation], signals: int) -> None:
    """The targets by score: row n looks up the target whose score is the nth, so that the order itself follows the weights."""
    columns, rows = targets_table(ordered)
    names = target_columns(ordered)
    shown = [names.index(n) for n in _BY_SCORE if n in names]
    base, end = len(columns) + signals, len(rows) + 3
    live = xl_col_to_name(base + 1)

    def found(rank: int, column: int) -> str:
        letter = xl_col_to_name(column)
        return f"INDEX('目标企业'!${letter}$4:${letter}${end},MATCH($A{rank + 1},'目标企业'!${live}$4:${live}${end},0))"

    def cell(rank: int, column: int, value: Cell) -> Cell:
        # INDEX gives 0 for an empty cell; joined to an empty text it stays empty.
        return Formula(f"={found(rank, column)}" + '&""' * isinstance(value, str), value)

    head = [Column(label("score_rank"), 10, "count"), Column(label("moved"), 10, "moved"), *(columns[j] for j in shown)]
    moved = [Formula(f"={found(rank, base)}-$A{rank + 1}", 0) for rank in range(1, len(rows) + 1)]
    by_score = sorted(zip(places_by_score(ordered), rows, strict=True))
    table = [[n, moved[n - 1], *(cell(n, j, row[j]) for j in shown)] for n, row in by_score]
    book.table("按得分排序", (head, table), fixed=3, paper=8, even=True)


def _weights_sheet(book: _Book, weights: Sequence[Weight]) -> None:
    columns, rows = weights_table(weights)
    end = len(rows) + _WEIGHT - 1
    total = sum(w.weight for w in weights)
    for n, row in enumerate(rows, _WEIGHT):
        row[5] = Formula(f"=IF(SUM($C${_WEIGHT}:$C${end})>0,C{n}/SUM($C${_WEIGHT}:$C${end}),0)", row[5])
    sheet = book.table("权重", (columns, rows), top=1, fixed=2)
    hint = "改黄色格：得分、覆盖度、得分排名和「按得分排序」随即重算。权重不必凑成 1，按占比计。"
    book.put(sheet, 0, 0, hint, "text", text_wrap=False, bottom=0)
    for j, value, kind in ((0, 0.0, "text"), (2, total, "value"), (5, 1.0 if total > 0 else 0.0, "share")):
        letter = xl_col_to_name(j)
        cell = Formula(f"=SUM({letter}{_WEIGHT}:{letter}{end})", value) if j else "合计"
        book.put(sheet, end, j, cell, kind, bold=True, bottom=0)
    sheet.data_validation(_WEIGHT - 1, 2, end - 1, 2, _between(0, 1000))
    sheet.data_validation(_WEIGHT - 1, 3, end - 1, 3, _between(0, 1))


def _between(low: float, high: float) -> dict[str, object]:
    message = {"error_title": "取值", "error_message": f"请填 {low:g} 到 {high:g} 之间的数；不知道就留空。"}
    return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high, **message}


def _diagnosis_sheet(book: _Book, diagnosis: Diagnosis) -> None:
    table = diagnosis_table(diagnosis)
    sheet = book.table("诊断", table, paper=8)
    colours = {Presence.STRONG: "#9DC3E6", Presence.ADEQUATE: "#DDEBF7", Presence.WEAK: "#FFE699", Presence.MISSING: "#F4B183"}
    end = max(len(table[1]), 1)
    for presence, colour in {**colours, Presence.UNKNOWN: "#D9D9D9"}.items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{MARKS[presence]} {label(presence)}"'}
        sheet.conditional_format(1, 3, end, 3, {**rule, "format": book.book.add_format({"bg_color": colour})})
    for constraint in Constraint:
        rule = {"type": "cell", "criteria": "==", "value": f'"{label(constraint)}"'}
        sheet.conditional_format(1, 8, end, 8, {**rule, "format": book.book.add_format({"bold": True, "font_color": "#9C0006"})})


def _evidence_sheet(book: _Book, ordered: Sequence[Recommendation], weights: Sequence[Weight], origins: pd.DataFrame) -> None:
    """One row per target and signal: what was found when the file was written, and what it counts under the present weights."""
    names = "rank name segment_name signal value weight_share points text origin_id publisher url licence retrieved_on"
    kinds = {"rank": "count", "value": "value", "weight_share": "share", "points": "score", "retrieved_on": "date"}
    widest = {"name": 32, "segment_name": 18, "text": 60, "origin_id": 22, "publisher": 40, "url": 36, "licence": 36}
    columns = [Column(label(n), widest.get(n, 14), kinds.get(n, "text")) for n in names.split()]
    known, rows = origins.set_index("origin_id"), list[list[Cell]]()
    total, line = sum(w.weight for w in weights), {w.signal: n for n, w in enumerate(weights, _WEIGHT)}
    for rank, t in enumerate(ordered, 1):
        for r in t.reasons:
            n = len(rows) + 2
            share: Cell = r.weight / total if total > 0 else 0.0
            points: Cell = r.points
            if r.signal in line:
                share = Formula(f"='权重'!$F${line[r.signal]}", share)
                points = Formula(f"=100*F{n}*IF(ISNUMBER(E{n}),E{n},'权重'!$D${line[r.signal]})", points)
            where = [origin_cell(known, r.origin_id, c) for c in ("publisher", "url", "licence", "retrieved_on")]
            rows.append([rank, t.name, t.segment_name, label(r.signal), r.value, share, points, r.text, r.origin_id, *where])
    sheet = book.table("证据", (columns, rows), fixed=4, paper=8)
    sheet.conditional_format(1, 4, max(len(rows), 1), 4, {"type": "blanks", "format": book.book.add_format(_HATCH)})
