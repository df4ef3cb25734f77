"""Blocks → a Word document: real styles, fields, captions, repeated table heads, alternative texts; the same bytes for the same blocks."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import docx
from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Length
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph as WordParagraph

from chaingraph.model import Constraint, Presence
from chaingraph.report.blocks import Block, Box, Card, Cell, Figure, Grid, Heading, Inline, Paragraph, Run
from chaingraph.report.styles import BOX_CM, COLOURS, GAP_CM, LANGUAGE_TAGS, TABLE, TEXT_CM, lay_out, rgb

LABEL_CM = 2.3
"""Width of the labels of a card."""
TOGETHER = 2
"""So many rows at the beginning of a table are not parted from its caption; a table hardly longer stays whole."""
FULL = 16
"""A longer table is never kept whole: it would leave most of a page empty."""
_UNDATED = date(1980, 1, 1)
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What XML does not allow, and what would turn the direction of a line round."""
_CELL_ORDER = tuple(f"w:{name}" for name in "tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark".split())
_LOOKS = {"muted": COLOURS.muted, "positive": COLOURS.positive, "negative": COLOURS.negative}
_ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER}
_WORDS = {
    "zh": {"figure": "图", "table": "表", "page": ("第 ", " 页　共 ", " 页")},
    "en": {"figure": "Figure", "table": "Table", "page": ("Page ", " of ", "")},
}


def document(blocks: Iterable[Block], *, title: str, subject: str, day: date | None, lang: str, version: str) -> bytes:
    """Return a Word document of blocks, whose properties say title, subject, day of creation and the version of the data."""
    paper = _Paper(lang)
    for block in blocks:
        paper.put(block)
    paper.frame(title)
    paper.describe(title, subject, day or _UNDATED, version)
    return paper.content()


def clean(text: str) -> str:
    r"""Return a text that XML can hold; line breaks stay.

    >>> clean("利\x00欧"), clean("\u202e股份")
    ('利欧', '股份')
    """
    return _FORBIDDEN.sub("", text).replace("\t", " ").replace("\r", "")


class _Paper:
    """A Word document under construction."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.numbers: Counter[str] = Counter()
        self.last: Block | None = None
        self.document: Document = docx.Document()
        lay_out(self.document, lang)

    def put(self, block: Block) -> None:
        """Add a block at the end; what leads up to a table or picture stays with it."""
        if isinstance(block, Grid | Figure) and isinstance(self.last, Paragraph | Figure):
            self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        self.last = block
        if isinstance(block, Heading):
            self.document.add_paragraph(clean(block.text), f"Heading {block.level}")
        elif isinstance(block, Paragraph):
            _write(self.document.add_paragraph(style=block.style), block.text)
        elif isinstance(block, Box):
            self._box(block)
        elif isinstance(block, Grid):
            self._grid(block)
        elif isinstance(block, Card):
            self._card(block)
        else:
            self._figure(block)

    def _caption(self, kind: str, text: str) -> WordParagraph:
        self.numbers[kind] += 1
        word = _WORDS[self.lang][kind]
        caption = self.document.add_paragraph(style="Caption")
        caption.add_run(f"{word} ")
        _field(caption, f"SEQ {word} \\* ARABIC", str(self.numbers[kind]))
        caption.add_run(f"　{clean(text)}" if self.lang == "zh" else f"  {clean(text)}")
        return caption

    def _figure(self, block: Figure) -> None:
        line = self.document.add_paragraph(style="Body Text")
        line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        line.paragraph_format.keep_with_next = True
        line.paragraph_format.space_after = Cm(0)
        picture = line.add_run().add_picture(io.BytesIO(block.png), width=Cm(TEXT_CM))
        tallest = Cm(block.tallest_cm)
        if picture.height > tallest:
            picture.width, picture.height = Length(picture.width * tallest // picture.height), tallest
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        described = picture._inline.docPr
        for side in ("distT", "distB", "distL", "distR"):
            picture._inline.set(side, "0")
        described.set("name", clean(block.caption))
        described.set("descr", clean(block.alt))
        self._caption("figure", block.caption)

    def _grid(self, block: Grid) -> None:
        self._caption("table", block.caption).paragraph_format.keep_with_next = True
        widths = _fitted([c.width_cm for c in block.columns])
        table = self._table(1 + len(block.rows), widths, head=True)
        for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
            _fill(cell, column.title, "Table Head", column.align)
        for row, content in zip(table.rows[1:], block.rows, strict=True):
            for cell, column, inside in zip(row.cells, block.columns, content, strict=True):
                text, grade = (inside.text, inside.grade) if isinstance(inside, Cell) else (inside, None)
                there = grade in (Presence.STRONG, Presence.ADEQUATE)
                _fill(cell, text, "Table Text", column.align, ink=COLOURS.grades[grade].line if grade and there else "")
                # What is weak, missing or not known stands out; what is there stays calm.
                if grade and not there:
                    _shade(cell, COLOURS.grades[grade].fill)
        whole = len(block.rows) <= (FULL if block.whole else TOGETHER + 1)
        _keep_together(list(table.rows)[: None if whole else TOGETHER])
        self._space()

    def _box(self, block: Box) -> None:
        table = self._table(1, [TEXT_CM])
        cell = table.rows[0].cells[0]
        _shade(cell, COLOURS.raised)
        _borders(cell, left=(24, COLOURS.accent), top=(0, ""), bottom=(0, ""))
        _margins(cell, *BOX_CM)
        for n, line in enumerate(block.lines):
            _write(cell.paragraphs[0] if n == 0 else cell.add_paragraph(), line, style="Box Text")
        self._space()

    def _card(self, block: Card) -> None:
        table = self._table(1 + len(block.rows), [LABEL_CM, TEXT_CM - LABEL_CM])
        first = table.rows[0].cells[0].merge(table.rows[0].cells[1])
        _fill(first, block.head, "Card Head")
        first.paragraphs[0].paragraph_format.tab_stops.add_tab_stop(Cm(TEXT_CM - 0.3), WD_TAB_ALIGNMENT.RIGHT)
        first.paragraphs[0].add_run(f"\t{clean(block.end)}").bold = True
        _shade(first, COLOURS.raised)
        for row, (name, lines) in zip(table.rows[1:], block.rows, strict=True):
            _fill(row.cells[0], name, "Table Head")
            for n, line in enumerate(lines):
                _write(row.cells[1].paragraphs[0] if n == 0 else row.cells[1].add_paragraph(), line, style="Table Text")
        _keep_together(list(table.rows))
        _edges(table, top=(0, ""), bottom=(4, COLOURS.rule))
        self._space()

    def _table(self, rows: int, widths: Sequence[float], *, head: bool = False) -> Table:
        """Add a table of fixed widths, whose rows are not split; with a head that is repeated on every page."""
        table: Table = self.document.add_table(rows, len(widths))
        table.style, table.alignment, table.autofit = self.document.styles[TABLE], WD_TABLE_ALIGNMENT.CENTER, False
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        for flag in ("firstRow", "firstColumn", "lastRow", "lastColumn"):
            look.set(qn(f"w:{flag}"), str(int(head and flag == "firstRow")))
        look.set(qn("w:val"), "0620" if head else "0600")
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Cm(width)
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP
        if head:
            table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        return table

    def _space(self) -> None:
        """Part two tables: Word would join them."""
        gap = self.document.add_paragraph(style="Note")
        gap.paragraph_format.space_before = gap.paragraph_format.space_after = Cm(0)
        gap.paragraph_format.line_spacing = Cm(GAP_CM)

    def frame(self, title: str) -> None:
        """Put the title over every page but the first, and the number of each page at its foot."""
        section = self.document.sections[0]
        _write(section.header.paragraphs[0], title, style="Header")
        before, between, after = _WORDS[self.lang]["page"]
        for footer in (section.footer, section.first_page_footer):
            line = footer.paragraphs[0]
            line.style, line.alignment = "Footer", WD_ALIGN_PARAGRAPH.CENTER
            line.add_run(before)
            _field(line, "PAGE", "1")
            line.add_run(between)
            _field(line, "NUMPAGES", "1")
            line.add_run(after)

    def describe(self, title: str, subject: str, day: date, version: str) -> None:
        """Set the properties of the file."""
        about, moment = self.document.core_properties, datetime(day.year, day.month, day.day)
        about.title, about.subject, about.author = (clean(t)[:255] for t in (title, subject, "chaingraph"))
        about.last_modified_by, about.comments, about.keywords = "chaingraph", "", ""
        about.created = about.modified = moment
        about.language, about.version, about.revision = LANGUAGE_TAGS[self.lang], version, 1

    def content(self) -> bytes:
        """Return the file, without what the library's template carries along, every entry at the same moment."""
        for part in (self.document.part.package, self.document.part):
            for name, link in list(part.rels.items()):
                if link.reltype.rsplit("/", 1)[-1] in {"thumbnail", "extended-properties", "customXml", "stylesWithEffects"}:
                    del part.rels[name]
        saved = io.BytesIO()
        self.document.save(saved)
        fixed = io.BytesIO()
        with zipfile.ZipFile(saved) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.infolist():
                same = zipfile.ZipInfo(entry.filename)
                same.compress_type, same.create_system = zipfile.ZIP_DEFLATED, 3
                new.writestr(same, old.read(entry))
        return fixed.getvalue()


def _write(line: WordParagraph, text: Inline, *, style: str = "", ink: str = "") -> None:
    """Put runs into a paragraph, each in its look."""
    if style:
        line.style = style
    for run in (Run(text),) if isinstance(text, str) else text:
        written = line.add_run(clean(run.text))
        colour = COLOURS.constraints[run.look] if isinstance(run.look, Constraint) else _LOOKS.get(run.look, ink)
        written.bold = True if run.look == "strong" or isinstance(run.look, Constraint) else None
        if colour:
            written.font.color.rgb = rgb(colour)


def _fill(cell: _Cell, text: Inline, style: str, align: str = "left", ink: str = "") -> None:
    _write(cell.paragraphs[0], text, style=style, ink=ink)
    cell.paragraphs[0].alignment = _ALIGN[align]


def _field(line: WordParagraph, code: str, shown: str) -> None:
    """Add a field with what it shows until Word counts again."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" {code} ")
    field.append(line.add_run(shown)._r)
    line._p.append(field)


def _fitted(widths: Sequence[float]) -> list[float]:
    """Return widths stretched or shrunk to the width of the text."""
    return [w * TEXT_CM / sum(widths) for w in widths]


def _keep_together(rows: Sequence[_Row]) -> None:
    """Keep rows on one page: every paragraph but those of the last row stays with the next."""
    for row in rows[:-1]:
        for cell in row.cells:
            for line in cell.paragraphs:
                line.paragraph_format.keep_with_next = True


def _shade(cell: _Cell, colour: str) -> None:
    _put(cell, parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{colour[1:]}"/>'))


def _borders(cell: _Cell, **sides: tuple[int, str]) -> None:
    """Set borders of a cell: side → (width in eighths of a point, colour); 0 is none."""
    _put(cell, parse_xml(f"<w:tcBorders {nsdecls('w')}>{_lines(sides)}</w:tcBorders>"))


def _margins(cell: _Cell, vertical_cm: float, horizontal_cm: float) -> None:
    sides = {"top": vertical_cm, "left": horizontal_cm, "bottom": vertical_cm, "right": horizontal_cm}
    inside = "".join(f'<w:{side} w:w="{Cm(width).twips}" w:type="dxa"/>' for side, width in sides.items())
    _put(cell, parse_xml(f"<w:tcMar {nsdecls('w')}>{inside}</w:tcMar>"))


def _put(cell: _Cell, element: BaseOxmlElement) -> None:
    """Put a property of a cell where the schema wants it: Word refuses others."""
    name = f"w:{element.tag.rsplit('}', 1)[-1]}"
    cell._tc.get_or_add_tcPr().insert_element_before(element, *_CELL_ORDER[_CELL_ORDER.index(name) + 1 :])


def _edges(table: Table, **sides: tuple[int, str]) -> None:
    """Set borders of a table over those of its style, as `_borders` does for a cell."""
    borders = parse_xml(f"<w:tblBorders {nsdecls('w')}>{_lines(sides)}</w:tblBorders>")
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def _lines(sides: dict[str, tuple[int, str]]) -> str:
    ordered = ((side, *sides[side]) for side in ("top", "left", "bottom", "right") if side in sides)
    return "".join(
        f'<w:{side} w:val="{"single" if size else "nil"}" w:sz="{size}" w:space="0" w:color="{colour[1:] or "auto"}"/>'
        for side, size, colour in ordered
    )
