"""The look of the document: page, fonts, paragraph styles, numbering of chapters, the style of tables."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from chaingraph.drawing.lettering import breadth
from chaingraph.palette import PALETTES
from chaingraph.report.blocks import Box, Heading, Inline, Paragraph

PAGE_CM = (21.0, 29.7)
MARGIN_CM = 2.2
TEXT_CM = PAGE_CM[0] - 2 * MARGIN_CM
"""Width of the text, in centimetres."""
PICTURE_CM = 20.0
"""Greatest height of a picture with its caption on the same page."""
BOX_CM = (0.21, 0.35)
"""Room inside a box: above and below, at the sides."""
GAP_CM = 0.25
"""Room after a table or box."""

COLOURS = PALETTES["light"]
FONTS = {"zh": "Microsoft YaHei", "en": "Arial"}
"""Latin letters in each language; Chinese characters are always set in Microsoft YaHei."""
CHINESE = "Microsoft YaHei"
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en-US"}
TABLE = "Report Table"


@dataclass(frozen=True)
class Setting:
    """How a style is set: size, height of a line, room before and after, all in points.

    Lines have exact heights, so that the page breaks do not depend on which font a machine has.
    """

    size: float
    line: float
    before: float = 0.0
    after: float = 0.0
    bold: bool = False
    colour: str = COLOURS.ink
    keep_with_next: bool = False

    def of(self, lang: str) -> Setting:
        """Return how it is set in a language: Latin letters half a point smaller, and a point closer."""
        return replace(self, size=self.size - 0.5, line=self.line - 1) if lang == "en" else self


SETTINGS = {
    "Title": Setting(20, 27, 0, 2, bold=True, keep_with_next=True),
    "Subtitle": Setting(9, 14, 0, 8, colour=COLOURS.muted, keep_with_next=True),
    "Heading 1": Setting(14, 20, 16, 6, bold=True, colour=COLOURS.accent, keep_with_next=True),
    "Heading 2": Setting(11, 16, 10, 4, bold=True, keep_with_next=True),
    "Body Text": Setting(10, 16, 0, 5),
    "List Bullet": Setting(10, 16, 0, 3),
    "Caption": Setting(9, 13, 6, 4, bold=True),
    "Note": Setting(8.5, 13, 0, 6, colour=COLOURS.muted),
    "Box Text": Setting(10, 16, 0, 3),
    "Table Head": Setting(8.5, 12.5, bold=True, colour=COLOURS.muted),
    "Table Text": Setting(9, 13),
    "Card Head": Setting(10, 15, keep_with_next=True),
    "Header": Setting(8, 11, colour=COLOURS.muted),
    "Footer": Setting(8, 11, colour=COLOURS.muted),
}
"""The styles of paragraphs that a report uses."""


_TABLE_STYLE = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ReportTable">
  <w:name w:val="{TABLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>
  <w:tblPr>
    <w:tblBorders>
      <w:top w:val="single" w:sz="8" w:space="0" w:color="{COLOURS.ink[1:]}"/>
      <w:bottom w:val="single" w:sz="8" w:space="0" w:color="{COLOURS.ink[1:]}"/>
      <w:insideH w:val="single" w:sz="4" w:space="0" w:color="{COLOURS.rule[1:]}"/>
    </w:tblBorders>
    <w:tblCellMar>
      <w:top w:w="45" w:type="dxa"/><w:left w:w="80" w:type="dxa"/><w:bottom w:w="45" w:type="dxa"/><w:right w:w="80" w:type="dxa"/>
    </w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow">
    <w:tcPr>
      <w:tcBorders><w:bottom w:val="single" w:sz="6" w:space="0" w:color="{COLOURS.ink[1:]}"/></w:tcBorders>
      <w:shd w:val="clear" w:color="auto" w:fill="{COLOURS.raised[1:]}"/>
    </w:tcPr>
  </w:tblStylePr>
</w:style>"""

_CHAPTERS = """
<w:abstractNum {namespace} w:abstractNumId="{number}">
  <w:multiLevelType w:val="singleLevel"/>
  <w:lvl w:ilvl="0">
    <w:start w:val="1"/><w:numFmt w:val="{form}"/><w:pStyle w:val="Heading1"/><w:suff w:val="{after}"/><w:lvlText w:val="{text}"/>
    <w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr>
  </w:lvl>
</w:abstractNum>"""


def lay_out(document: Document, lang: str) -> None:
    """Give an empty document its page, fonts, styles and language."""
    _page(document)
    _defaults(document, lang)
    styles = document.styles.element
    for style in list(styles.iterchildren(qn("w:style"))):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) != "TableNormal":
            styles.remove(style)
    styles.append(parse_xml(_TABLE_STYLE))
    for name, setting in SETTINGS.items():
        style, how = _bare_style(document, name), setting.of(lang)
        style.font.size, style.font.bold, style.font.italic = Pt(how.size), how.bold, False
        style.font.color.rgb = rgb(how.colour)
        set_fonts(style.element.get_or_add_rPr(), lang)
        text = style.paragraph_format
        text.line_spacing_rule, text.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(how.line)
        text.space_before, text.space_after = Pt(how.before), Pt(how.after)
        text.keep_with_next, text.alignment = how.keep_with_next, WD_ALIGN_PARAGRAPH.LEFT
        text.widow_control = True
    _paragraph_style(document, "List Bullet").paragraph_format.left_indent = Cm(0.55)
    _paragraph_style(document, "List Bullet").paragraph_format.first_line_indent = Cm(-0.55)
    _number_chapters(document, lang)


def height_cm(block: Heading | Paragraph | Box, lang: str) -> float:
    """Return about how high a block is set, in centimetres."""
    if isinstance(block, Heading):
        return _set_height(block.text, f"Heading {block.level}", TEXT_CM, lang)
    if isinstance(block, Paragraph):
        return _set_height(block.text, block.style, TEXT_CM, lang)
    inside = TEXT_CM - 2 * BOX_CM[1]
    return sum(_set_height(line, "Box Text", inside, lang) for line in block.lines) + 2 * BOX_CM[0] + GAP_CM


def _set_height(text: Inline, style: str, width_cm: float, lang: str) -> float:
    how = SETTINGS[style].of(lang)
    plain = text if isinstance(text, str) else "".join(run.text for run in text)
    lines = math.ceil(breadth(plain, how.size) * Pt(1).cm / width_cm)
    height: float = Pt(how.before + max(1, lines) * how.line + how.after).cm
    return height


def rgb(colour: str) -> RGBColor:
    """Return a colour such as ``#00598C`` as Word wants it."""
    return RGBColor.from_string(colour[1:])


def set_fonts(properties: BaseOxmlElement, lang: str) -> None:
    """Set the fonts of all scripts, over whatever a theme would put there."""
    for old in properties.xpath("w:rFonts"):
        properties.remove(old)
    latin = FONTS[lang]
    properties.insert(
        0,
        parse_xml(f'<w:rFonts {nsdecls("w")} w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{CHINESE}" w:cs="{latin}"/>'),
    )


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(side) for side in PAGE_CM)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN_CM)
    section.header_distance = section.footer_distance = Cm(1.1)
    section.different_first_page_header_footer = True


def _defaults(document: Document, lang: str) -> None:
    """Set fonts and language of everything, and the file as one of a Word of today, not in compatibility mode."""
    defaults = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")[0]
    set_fonts(defaults, lang)
    # Latin letters are English in either language, or they would be broken like Chinese anywhere in a word.
    spoken = parse_xml(f'<w:lang {nsdecls("w")} w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>')
    for old in defaults.xpath("w:lang"):
        defaults.replace(old, spoken)
    settings = document.settings.element
    for theme in settings.xpath("w:themeFontLang"):
        theme.set(qn("w:val"), "en-US")
        theme.set(qn("w:eastAsia"), "zh-CN")
    for mode in settings.xpath('w:compat/w:compatSetting[@w:name="compatibilityMode"]'):
        mode.set(qn("w:val"), "15")


def _paragraph_style(document: Document, name: str) -> ParagraphStyle:
    styles = document.styles
    found = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if not isinstance(found, ParagraphStyle):
        raise TypeError(f"'{name}' is no style of paragraphs")
    return found


def _bare_style(document: Document, name: str) -> ParagraphStyle:
    """Return a style of paragraphs, without what the library's template puts in it but the level of a heading and a bullet."""
    style = _paragraph_style(document, name)
    kept = "self::w:outlineLvl" + " or self::w:numPr" * (name == "List Bullet")
    for old in style.element.xpath(f"w:rPr | w:pPr/*[not({kept})]"):
        old.getparent().remove(old)
    return style


def _number_chapters(document: Document, lang: str) -> None:
    """Number headings of level 1 as each language does: 一、 or 1."""
    numbering = document.part.numbering_part.element
    known = numbering.xpath("w:abstractNum")
    number = 1 + max(int(a.get(qn("w:abstractNumId"))) for a in known)
    form, text, after = ("chineseCountingThousand", "%1、", "nothing") if lang == "zh" else ("decimal", "%1", "space")
    known[-1].addnext(parse_xml(_CHAPTERS.format(namespace=nsdecls("w"), number=number, form=form, text=text, after=after)))
    used = numbering.add_num(number).numId
    properties = _paragraph_style(document, "Heading 1").element.get_or_add_pPr()
    properties.get_or_add_numPr().get_or_add_numId().val = used
