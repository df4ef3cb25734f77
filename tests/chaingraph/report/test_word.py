import io
import itertools
import re
import struct
import zipfile
from datetime import datetime

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from chaingraph.drawing.raster import to_png
from chaingraph.labels import LANGUAGES
from chaingraph.model import Presence
from chaingraph.report import figures, report_docx, styles
from chaingraph.report.blocks import Box, Heading, Paragraph

TEXT = Cm(21) - 2 * Cm(2.2)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DAY = datetime(2026, 11, 26)


def told(element):
    """Return all text in an element, that of its fields too."""
    return "".join(t.text or "" for t in element.iter(qn("w:t")))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_captions_are_numbered_by_real_fields(report, english, lang):
    read = report if lang == "zh" else english
    numbers: dict[str, list[int]] = {}
    for caption in (p for p in read.document.paragraphs if p.style.name == "Caption"):
        (field,) = caption._p.findall(qn("w:fldSimple"))
        word, instruction = re.fullmatch(r" SEQ (\w+) (.*) ", field.get(qn("w:instr"))).groups()
        assert instruction == r"\* ARABIC"
        assert told(caption._p).startswith(f"{word} ")
        numbers.setdefault(word, []).append(int(told(field)))
    tables, figures = (numbers[w] for w in (("表", "图") if lang == "zh" else ("Table", "Figure")))
    assert figures == [1, 2]
    assert tables == list(range(1, 8))


def test_pictures_are_whole_within_the_text_and_told_in_words(report):
    shapes = report.document.inline_shapes
    assert len(shapes) == 2
    for shape in shapes:
        image = report.document.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
        width, height = struct.unpack(">II", image.blob[16:24])
        assert shape.width <= TEXT
        assert shape.height <= Cm(20)
        assert shape.width / shape.height == pytest.approx(width / height, rel=0.01)
        assert not shape._inline.graphic.graphicData.pic.blipFill.findall(qn("a:srcRect"))
        described = shape._inline.docPr.get("descr")
        assert len(described) > 20
    alts = [shape._inline.docPr.get("descr") for shape in shapes]
    unknown = sum(s.presence is Presence.UNKNOWN for s in report.diagnosis.segments)
    assert unknown
    assert f"不详 {unknown}" in alts[0]
    assert all(f"{s.name_zh} {s.completeness:.0%}" in alts[1] for s in report.diagnosis.roadmap)


def test_a_picture_is_drawn_as_narrow_as_it_is_good(monkeypatch):
    monkeypatch.setattr(figures, "to_png", lambda svg, scale: svg.encode())

    def drawn(picture, tallest_cm=10.0):
        return figures.figure("", "", picture, tallest_cm).png.decode()

    assert drawn(lambda width: f'<svg viewBox="0 0 {width} 100">') == '<svg viewBox="0 0 760.0 100">'
    # 600 pixels are more than 10 cm of 16.6 in all but the widest two, and names are cut short in all but the widest.
    assert drawn(lambda width: f'<svg viewBox="0 0 {width} 600">') == '<svg viewBox="0 0 1060.0 600">'
    cut = drawn(lambda width: f'<svg viewBox="0 0 {width} 600">{"…" * (width < 1180)}')
    assert cut == '<svg viewBox="0 0 1180.0 600">'
    assert drawn(lambda width: f'<svg viewBox="0 0 {width} 5000">') == '<svg viewBox="0 0 1180.0 5000">'
    with pytest.raises(ValueError, match="viewBox"):
        drawn(lambda width: f"<svg width='{width}'>")


def test_the_first_picture_fits_under_the_summary(read, graph, zhaoqing, monkeypatch):
    """What the title page needs by the exact heights of its lines leaves room for the picture; a high one is scaled, not cut."""
    high = to_png('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 400" width="100" height="400"></svg>')
    monkeypatch.setattr(figures, "to_png", lambda svg, scale: high)
    first, second = read(graph, *zhaoqing).document.inline_shapes
    assert Cm(8) <= first.height < Cm(15)
    assert second.height == Cm(20)
    for shape in (first, second):
        assert shape.width == pytest.approx(shape.height / 4, rel=0.01)


def test_the_height_of_a_block_is_that_of_its_lines():
    assert styles.height_cm(Paragraph("电" * 47), "zh") == pytest.approx(Pt(16 + 5).cm)
    assert styles.height_cm(Paragraph("电" * 48), "zh") == pytest.approx(Pt(2 * 16 + 5).cm)
    assert styles.height_cm(Heading("电机"), "zh") == pytest.approx(Pt(16 + 20 + 6).cm)
    assert styles.height_cm(Heading("motors"), "en") == pytest.approx(Pt(16 + 19 + 6).cm)
    one, two = (styles.height_cm(Box(("电",) * n), "zh") for n in (1, 2))
    assert two - one == pytest.approx(Pt(16 + 3).cm)
    assert one == pytest.approx(Pt(16 + 3).cm + 2 * 0.21 + 0.25)
    little = [Paragraph("电" * 47 * 30)]
    assert figures.room_under([], "zh") == pytest.approx(29.7 - 4.4 - Pt(13 + 6 + 4).cm - 0.6)
    assert figures.room_under(little, "zh") == 20.0


def test_tables_repeat_their_heads_split_no_row_and_fill_the_text(report):
    grids = [t for t in report.document.tables if len(t.columns) > 2]
    assert len(grids) == 7
    for table in report.document.tables:
        head = table.rows[0]._tr.trPr.findall(qn("w:tblHeader"))
        assert len(head) == (table in grids or any(table._tbl is g._tbl for g in grids))
        assert all(row._tr.trPr.findall(qn("w:cantSplit")) for row in table.rows)
        assert sum(c.width for c in table.columns) == pytest.approx(TEXT, rel=0.002)
        assert table._tbl.tblPr.find(qn("w:tblLayout")).get(qn("w:type")) == "fixed"
        for row in table.rows:
            assert sum(cell.width for cell in dict.fromkeys(row.cells)) == pytest.approx(TEXT, rel=0.002)


def test_what_leads_up_to_a_table_or_picture_stays_with_it(report):
    body = list(report.document.element.body)
    lines = {p._p: p for p in report.document.paragraphs}
    for before, after in itertools.pairwise(body):
        if before in lines and (after.tag == qn("w:tbl") or after.findall(f".//{qn('w:drawing')}")):
            line = lines[before]
            kept = line.paragraph_format.keep_with_next or line.style.paragraph_format.keep_with_next
            assert kept or not line.text, line.text
    for name in ("Heading 1", "Heading 2"):
        assert report.document.styles[name].paragraph_format.keep_with_next
        assert report.document.styles[name].element.pPr.find(qn("w:outlineLvl")) is not None
    pictures = [p for p in report.document.paragraphs if p._p.findall(f".//{qn('w:drawing')}")]
    assert all(p.paragraph_format.keep_with_next for p in pictures)


def test_page_header_and_footer(report):
    (section,) = report.document.sections
    assert (section.page_width, section.page_height) == pytest.approx((Cm(21), Cm(29.7)), abs=700)
    margins = (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)
    assert margins == pytest.approx([Cm(2.2)] * 4, abs=700)
    assert section.header.paragraphs[0].text == "肇庆市新能源汽车产业链招商研判报告"
    assert section.different_first_page_header_footer
    assert section.first_page_header.paragraphs[0].text == ""
    for footer in (section.footer, section.first_page_footer):
        line = footer.paragraphs[0]
        assert [f.get(qn("w:instr")) for f in line._p.findall(qn("w:fldSimple"))] == [" PAGE ", " NUMPAGES "]
        assert told(line._p) == "第 1 页　共 1 页"


def test_properties_fonts_and_language(report, english):
    about = report.document.core_properties
    assert (about.title, about.subject) == ("肇庆市新能源汽车产业链招商研判报告", "肇庆市 · 新能源汽车")
    assert about.created == about.modified
    assert about.created.replace(tzinfo=None) == DAY
    assert about.version == report.diagnosis.version
    assert (about.language, english.document.core_properties.language) == ("zh-CN", "en-US")
    for read, latin in ((report, "Microsoft YaHei"), (english, "Arial")):
        styles = read.document.styles
        used = {p.style.name for p in read.document.paragraphs}
        used |= {p.style.name for t in read.document.tables for r in t.rows for c in r.cells for p in c.paragraphs}
        for name in used:
            fonts = styles[name].element.rPr.find(qn("w:rFonts"))
            assert (fonts.get(qn("w:ascii")), fonts.get(qn("w:eastAsia"))) == (latin, "Microsoft YaHei")
            assert not [key for key in fonts.attrib if "Theme" in key]
        language = styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang")[0]
        assert language.get(qn("w:eastAsia")) == "zh-CN"


def test_chapters_are_numbered_as_each_language_does(report, english):
    for read, form in ((report, "chineseCountingThousand"), (english, "decimal")):
        number = read.document.styles["Heading 1"].element.pPr.numPr.numId.val
        numbering = read.document.part.numbering_part.element
        (abstract,) = numbering.xpath(f'w:num[@w:numId="{number}"]/w:abstractNumId')
        (level,) = numbering.xpath(f'w:abstractNum[@w:abstractNumId="{abstract.val}"]/w:lvl')
        assert level.find(qn("w:numFmt")).get(qn("w:val")) == form
        assert level.find(qn("w:pStyle")).get(qn("w:val")) == "Heading1"


CELL = "tcW gridSpan vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark".split()
TABLE = "tblStyle tblpPr bidiVisual tblW jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook".split()


def test_properties_stand_in_the_order_of_the_schema(report):
    for tag, order in (("tcPr", CELL), ("tblPr", TABLE)):
        found = list(report.document.element.body.iter(f"{{{WORD}}}{tag}"))
        assert found
        for properties in found:
            names = [child.tag.rpartition("}")[2] for child in properties]
            assert names == sorted(names, key=order.index)


def test_the_file_has_nothing_of_a_template_and_every_part_is_there(report):
    archive = zipfile.ZipFile(io.BytesIO(report.content))
    names = archive.namelist()
    assert not [n for n in names if "thumbnail" in n or "customXml" in n or "stylesWithEffects" in n or n.endswith("app.xml")]
    assert archive.testzip() is None
    for name in names:
        if name.endswith(".rels"):
            base = name.replace("_rels/", "").rpartition("/")[0]
            for target in re.findall(r'Target="([^"]+)"', archive.read(name).decode()):
                path = target.lstrip("/") if target.startswith("/") or not base else f"{base}/{target}"
                assert path in names, (name, target)


def test_the_same_input_gives_the_same_bytes(read, graph, report, zhaoqing, monkeypatch):
    monkeypatch.setattr(figures, "to_png", to_png)
    assert read(graph, *zhaoqing).content == report.content
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(report.content)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_without_a_day_none_is_printed(graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    content = report_docx(graph, diagnosis, (), (), ranking.weights.to_pandas(), graph.tables["origins"])
    document = docx.Document(io.BytesIO(content))
    assert next(p.text for p in document.paragraphs if p.style.name == "Subtitle").startswith("数据版本")
    assert document.core_properties.created.year == 1980
