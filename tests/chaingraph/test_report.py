import dataclasses
import io
import itertools
import re
import struct
import zipfile
from collections import Counter
from datetime import date, datetime

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from chaingraph.constraints import Finding
from chaingraph.diagnosis import diagnose
from chaingraph.errors import ChaingraphError
from chaingraph.labels import LANGUAGES, SIGNALS, label
from chaingraph.model import Action, Area, Constraint, Exclusion, Presence, Reason, SegmentKind
from chaingraph.phrases import Phrase, said
from chaingraph.raster import to_png
from chaingraph.report import figures, report_docx, styles
from chaingraph.report.blocks import Box, Heading, Paragraph
from chaingraph.report.firms import QUESTIONS
from chaingraph.report.word import clean
from recommend.scorecard import shortlist

DAY = date(2026, 11, 26)
TEXT = Cm(21) - 2 * Cm(2.2)
CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def told(element):
    """Return all text in an element, that of its fields too."""
    return "".join(t.text or "" for t in element.iter(qn("w:t")))


class Read:
    """A report as python-docx reads it, with what it should say."""

    def __init__(self, graph, diagnosis, ranking, lang="zh", **changed):
        self.graph, self.diagnosis, self.lang = graph, diagnosis, lang
        self.targets = changed.get("targets", ranking.targets)
        self.excluded = changed.get("excluded", ranking.excluded)
        self.weights = ranking.weights.to_pandas()
        self.content = report_docx(
            graph, diagnosis, self.targets, self.excluded, self.weights, graph.tables["origins"], today=DAY, lang=lang
        )
        self.document = docx.Document(io.BytesIO(self.content))

    def table(self, *titles):
        """Return the only table with these columns, as rows of texts without the head."""
        found = [t for t in self.document.tables if [c.text.split("\n")[0] for c in t.rows[0].cells] == list(titles)]
        assert len(found) == 1, [[c.text for c in t.rows[0].cells] for t in self.document.tables]
        return [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in found[0].rows[1:]]

    @property
    def segments(self):
        return self.table("位置", "环节", "现状", "企业数", "区位熵", "断堵卡点", "对策")

    @property
    def order(self):
        return self.table("次序", "对策", "环节", "现状", "理由", "首选企业", "得分")

    @property
    def named(self):
        return self.table("排名", "企业", "总部", "环节", "得分", "覆盖度", "榜单")

    @property
    def summary(self):
        return [p.text for p in self.document.tables[0].rows[0].cells[0].paragraphs]

    @property
    def cards(self):
        """Head and labelled rows of every card."""
        cards = [t for t in self.document.tables[1:] if len(t.columns) == 2]
        return [
            (t.rows[0].cells[0].text, {r.cells[0].text: r.cells[1].text.replace("\u00a0", " ") for r in t.rows[1:]})
            for t in cards
        ]

    @property
    def headings(self):
        return [(p.style.name, p.text) for p in self.document.paragraphs if p.style.name.startswith(("Title", "Heading"))]

    @property
    def text(self):
        return "\n".join(t.text or "" for t in self.document.element.body.iter(qn("w:t")))

    def xml(self, part="word/document.xml"):
        return zipfile.ZipFile(io.BytesIO(self.content)).read(part).decode()


@pytest.fixture(scope="module")
def zhaoqing(graph):
    """A chain with unknown segments, constraints and a roadmap, and its targets."""
    diagnosis = diagnose(graph, "肇庆", "new-energy-vehicle")
    return diagnosis, shortlist(graph, diagnosis, 50)


@pytest.fixture(scope="module")
def report(graph, zhaoqing):
    return Read(graph, *zhaoqing)


@pytest.fixture(scope="module")
def english(graph, zhaoqing):
    return Read(graph, *zhaoqing, lang="en")


def with_segment(diagnosis, position, **changed):
    """Return a diagnosis with one segment changed."""
    segments = list(diagnosis.segments)
    segments[position] = dataclasses.replace(segments[position], **changed)
    return dataclasses.replace(diagnosis, segments=tuple(segments))


# --- what it says ----------------------------------------------------------------------------------------------------


def test_the_headings_are_the_chapters_in_their_order(report):
    assert report.headings[0] == ("Title", "肇庆市新能源汽车产业链招商研判报告")
    chapters = [text for style, text in report.headings if style == "Heading 1"]
    assert chapters == ["产业链图谱", "本地现状", "断点 堵点 卡点", "招商路线图", "目标企业", "数据与局限"]
    assert [text for style, text in report.headings if style == "Heading 2"] == [
        "我们有什么", "还缺什么、弱什么", "前 6 家：为什么来，为什么不来", "还不知道什么", "得分怎样来", "数据来源",
    ]  # fmt: skip
    subtitle = next(p.text for p in report.document.paragraphs if p.style.name == "Subtitle")
    assert "2026 年 11 月 26 日" in subtitle
    assert report.diagnosis.version in subtitle


def test_the_summary_says_status_gaps_constraints_and_the_first_two_steps_with_for_and_against(report):
    status, gaps, hindered, *steps = report.summary
    low, high = report.diagnosis.completeness
    assert f"{low:.0%}–{high:.0%}" in status
    counts = Counter(s.presence for s in report.diagnosis.segments)
    assert all(f"{label(p)} {n}" in status for p, n in counts.items())
    assert all(s.name_zh in gaps for s in report.diagnosis.segments if s.presence is Presence.WEAK)
    assert "不等于没有" in gaps
    assert f"卡点 {sum(s.constraint is Constraint.CHOKEPOINT for s in report.diagnosis.segments)}" in hindered
    assert len(steps) == 2
    for line, step in zip(steps, report.diagnosis.roadmap, strict=False):
        best = max((t for t in report.targets if t.segment_id == step.segment_id), key=lambda t: t.score)
        for part in (
            step.name_zh,
            f"{step.completeness:.0%}",
            best.name,
            f"{best.score:.1f}",
            best.strongest[0].text,
            best.against,
        ):
            assert part in line


def test_the_table_of_segments_is_the_diagnosis(report):
    rows = report.segments
    assert len(rows) == len(report.diagnosis.segments)
    for row, s in zip(rows, report.diagnosis.segments, strict=True):
        assert row[0] == label(s.stage)
        assert row[1] == s.name_zh
        assert row[2].endswith(label(s.presence))
        assert row[3] == ("不详" if s.presence is Presence.UNKNOWN else str(s.company_count))
        assert [float(x) for x in re.findall(r"[\d.]+", row[4])] == [round(x, 1) for x in (s.lq, s.lq_low, s.lq_high)]
        assert row[5] == ("\n".join(f"{label(f.constraint)} · {label(f.area)}" for f in s.findings) or "—")
        assert row[6] == label(s.action) + ("（待核）" if s.is_provisional else "")


def test_unknown_is_never_zero_and_missing_is(graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    place = next(n for n, s in enumerate(diagnosis.segments) if s.presence is Presence.UNKNOWN)
    assert Read(graph, *zhaoqing).segments[place][2:4] == ["？ 不详", "不详"]
    gone = with_segment(diagnosis, place, presence=Presence.MISSING, lq_high=0.3)
    assert Read(graph, gone, ranking).segments[place][2:4] == ["✕ 缺失", "0"]


def test_a_market_has_no_grade_no_count_and_no_quotient(graph):
    diagnosis = diagnose(graph, "台州", "pump-motor")
    rows = Read(graph, diagnosis, shortlist(graph, diagnosis, 5)).segments
    markets = [row for row, s in zip(rows, diagnosis.segments, strict=True) if s.kind is SegmentKind.MARKET]
    assert markets
    assert all(row[2:] == ["市场", "—", "—", "—", "—"] for row in markets)


def test_what_is_here_is_named_largest_first_and_at_most_five(graph):
    diagnosis = diagnose(graph, "台州", "pump-motor")
    read = Read(graph, diagnosis, shortlist(graph, diagnosis, 5))
    rows = {row[0]: row for row in read.table("环节", "现状", "依据", "已知企业")}
    held = [s for s in diagnosis.segments if s.presence in (Presence.STRONG, Presence.ADEQUATE)]
    assert set(rows) == {s.name_zh for s in held}
    for s in held:
        names = {str(graph.company(c)["short_name"]): graph.company(c)["revenue_cny"] for c in s.companies}
        assert rows[s.name_zh][2] == s.because
        shown = rows[s.name_zh][3]
        if not s.companies:
            assert shown == "资料没有点名"
            continue
        first = shown.split("等 ")[0].split("、")
        assert len(first) == min(5, len(s.companies))
        known = [names[n] for n in first if not pd.isna(names[n])]
        assert known == sorted(known, reverse=True)
        assert (f"等 {len(s.companies)} 个" in shown) is (len(s.companies) > 5)


def test_what_is_lacking_says_why(report):
    bullets = [p.text for p in report.document.paragraphs if p.style.name == "List Bullet"]
    lacking = [s for s in report.diagnosis.segments if s.presence in (Presence.WEAK, Presence.MISSING, Presence.UNKNOWN)]
    assert lacking
    for s in lacking:
        assert f"{s.name_zh}（{label(s.presence)}）：{s.because}。" in bullets


def test_every_finding_stands_with_its_sentence_and_who_depends_on_it_gravest_first(report):
    rows = report.table("制约", "环节", "判断", "受制的本地环节")
    found = [(s, f) for s in report.diagnosis.segments for f in s.findings]
    assert len(rows) == len(found)
    assert [row[0].split("\n")[0] for row in rows] == sorted(
        (label(f.constraint) for _, f in found), key=["卡点", "堵点", "断点"].index
    )
    for s, f in found:
        row = next(r for r in rows if r[1] == s.name_zh)
        assert f"{label(f.constraint)}：{row[2]}" == f.text
        here = {x.segment_id for x in report.diagnosis.segments if x.company_count}
        for k in report.graph.customers(s.segment_id):
            if k.is_essential and k.customer_id in here:
                assert report.diagnosis[k.customer_id].name_zh in row[3].split("间接")[0]


def test_no_finding_is_said_with_what_cannot_be_judged(graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    free = dataclasses.replace(diagnosis, segments=tuple(dataclasses.replace(s, findings=()) for s in diagnosis.segments))
    read = Read(graph, free, ranking)
    assert read.summary[2].endswith("没有查到断点、堵点、卡点。")
    text = next(p.text for p in read.document.paragraphs if "没有查到" in p.text)
    assert "7 个环节" in text
    assert "车规功率半导体" in text.split("；")[1]


def test_the_order_of_work_is_the_roadmap_then_what_is_to_be_strengthened(report):
    rows, steps = report.order, report.diagnosis.roadmap
    reached = report.diagnosis.completeness[0]
    for row, step in zip(rows, steps, strict=False):
        assert row[0] == str(step.order)
        assert row[2] == step.name_zh
        assert row[4].startswith(f"完整度 {reached:.0%} → {step.completeness:.0%}")
        assert all(name in row[4] for name in step.unlocked if name != step.name_zh)
        reached = step.completeness
    rest = rows[len(steps) :]
    assert {r[2] for r in rest} == {s.name_zh for s in report.diagnosis.segments if s.action is Action.STRENGTHEN}
    hindered = [bool(next(s for s in report.diagnosis.segments if s.name_zh == r[2]).findings) for r in rest]
    assert hindered == sorted(hindered, reverse=True)
    best = {}
    for t in report.targets:
        best.setdefault(t.segment_name, t)
    assert [r[5:] for r in rows] == [[best[r[2]].name, f"{best[r[2]].score:.1f}"] if r[2] in best else ["—", "—"] for r in rows]


def test_the_table_of_targets_is_the_first_twelve_targets(report):
    rows = report.named
    assert len(rows) == 12
    for row, t in zip(rows, report.targets, strict=False):
        assert row[:6] == [str(t.rank), t.name, t.seat or "不详", t.segment_name, f"{t.score:.1f}", f"{t.coverage:.0%}"]
        assert row[6].split("等 ")[0] == ("、".join(t.lists[:3]) or "—")


def test_a_card_has_for_against_rival_unknown_and_the_call_about_the_heaviest_unknown(report):
    cards = report.cards
    assert len(cards) == 6
    for (head, rows), t in zip(cards, report.targets, strict=False):
        assert head.startswith(f"{t.rank}  {t.name}  →  {t.segment_name}")
        assert f"{t.score:.1f} 分 · 已知 {t.coverage:.0%}" in head
        assert rows["为什么来"].split("\n") == [f"+{r.points:.1f}  {r.text}" for r in t.strongest]
        assert t.against in rows["为什么不来"]
        assert rows.get("对手城市", t.against) == (t.rival_text or t.against)
        unknown = [r for r in t.reasons if not r.known]
        assert [word.split(" ")[0] for word in rows["还不知道"].split("（")[0].split("、")] == [
            label(r.signal) for r in sorted(unknown, key=lambda r: -r.weight)
        ]
        asked = max(unknown, key=lambda r: r.weight)
        question = QUESTIONS[asked.signal][1].format(segment=t.segment_name, region="肇庆市")
        assert question in rows["一个电话"]
        assert f"至多加 {100 * asked.weight - asked.points:.1f} 分" in rows["一个电话"]


def test_there_is_a_question_for_every_signal_in_both_languages():
    assert set(QUESTIONS) == set(SIGNALS)
    for whom, zh, en in QUESTIONS.values():
        assert zh.endswith("？")
        assert en.endswith("?")
        assert not any(CHINESE.search(text) for text in (whom[1], en))


def test_a_signal_that_somebody_added_is_asked_about_too(graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    first = ranking.targets[0]
    reasons = (*first.reasons, Reason("patents", None, 0.0, 0.0, "未知", ""))
    reasons = tuple(r if r.known or r.signal == "patents" else dataclasses.replace(r, value=0.0, points=0.0) for r in reasons)
    weights = pd.concat(
        [ranking.weights.to_pandas(), pd.DataFrame([{"signal": "patents", "weight": 0.0, "when_unknown": 0.0, "reason": ""}])]
    )
    content = report_docx(
        graph, diagnosis, [dataclasses.replace(first, reasons=reasons)], [], weights, graph.tables["origins"], lang="zh"
    )
    cells = [c.text for t in docx.Document(io.BytesIO(content)).tables for r in t.rows for c in r.cells]
    assert any("贵公司的patents如何" in text for text in cells)


def test_weights_and_how_many_targets_know_each(report):
    half = report.table("信号", "权重", "未知时", "已知", "", "信号", "权重", "未知时", "已知")
    rows = {r[0]: r[1:4] for r in half} | {r[5]: r[6:] for r in half}
    for w in report.weights.itertuples():
        known = sum(r.known for t in report.targets for r in t.reasons if r.signal == w.signal)
        assert rows[label(w.signal)] == [f"{w.weight:.0%}", f"{w.when_unknown:g}", f"{known} / {len(report.targets)}"]


def test_sources_have_their_dates_and_licences_and_none_is_left_out(report):
    rows = report.table("资料　发布者", "日期", "许可", "诊断", "理由")
    origins = report.graph.tables["origins"].set_index("origin_id")
    uses = Counter(r.origin_id for t in report.targets for r in t.reasons if r.origin_id)
    by_title = {row[0].split("　")[0]: row for row in rows}
    for origin, number in uses.items():
        row = by_title[origins["title"][origin]]
        assert row[4] == str(number)
        day = origins["published_on"][origin]
        assert row[1].startswith(str((origins["retrieved_on"][origin] if pd.isna(day) else day).date()))
        assert row[2] == origins["licence"][origin]
    chains = report.graph.tables["chains"].set_index("chain_id")
    for origin in ("registrations", "io-table-2020", chains["origin_id"][report.diagnosis.chain_id]):
        assert by_title[origins["title"][origin]][3] == "是"


def test_who_was_left_out_is_counted_by_reason(report):
    line = next(p.text for p in report.document.paragraphs if p.text.startswith("未入选"))
    for reason, number in Counter(e.reason for e in report.excluded).items():
        assert f"{label(reason)} {number}" in line


# --- when there is little to say -------------------------------------------------------------------------------------


def test_without_targets_the_report_says_who_was_considered(graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    read = Read(graph, diagnosis, ranking, targets=())
    rows = read.table("企业", "环节", "原因", "说明")
    assert rows == [[e.name, diagnosis[e.segment_id].name_zh, label(e.reason), e.text] for e in ranking.excluded[:12]]
    assert all("名单上的 0 家都不做这个环节" in line for line in read.summary[3:])
    assert read.cards == []
    assert all(r[5:] == ["—", "—"] for r in read.order)
    assert all(row[3] == "—" for row in read.table("信号", "权重", "未知时", "已知", "", "信号", "权重", "未知时", "已知"))


def test_without_any_candidate_the_report_says_so(graph, zhaoqing):
    read = Read(graph, *zhaoqing, targets=(), excluded=())
    assert any("没有可考虑的企业" in p.text for p in read.document.paragraphs)


def test_where_nothing_is_sought_no_target_is_missed(graph):
    diagnosis = diagnose(graph, "台州", "pump-motor")
    ranking = shortlist(graph, diagnosis, 5)
    kept = tuple(
        s if s.kind is SegmentKind.MARKET else dataclasses.replace(s, presence=Presence.STRONG, action=Action.STABILIZE)
        for s in diagnosis.segments
    )
    read = Read(graph, dataclasses.replace(diagnosis, segments=kept), ranking, targets=(), excluded=())
    text = "\n".join(p.text for p in read.document.paragraphs)
    assert len(read.summary) == 3
    assert "没有要招的" in text
    assert "没有要招的环节，因此没有目标企业" in text


def test_without_a_roadmap_there_is_no_picture_of_one(graph):
    diagnosis = diagnose(graph, "台州", "pump-motor")
    assert not diagnosis.roadmap
    read = Read(graph, diagnosis, shortlist(graph, diagnosis, 5))
    assert len(read.document.inline_shapes) == 1
    assert [row[1] for row in read.order] == ["强链", "强链"]


def test_weights_other_than_the_scores_are_refused(graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    weights = ranking.weights.to_pandas()
    weights.loc[0, "weight"] = 5.0
    with pytest.raises(ChaingraphError, match="Give the weights that the targets were scored with"):
        report_docx(graph, diagnosis, ranking.targets, (), weights, graph.tables["origins"])


def test_another_language_is_refused(graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    with pytest.raises(ValueError, match="no report in 'fr'"):
        report_docx(graph, diagnosis, (), (), ranking.weights.to_pandas(), graph.tables["origins"], lang="fr")


# --- word craft ------------------------------------------------------------------------------------------------------


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
    assert "不详 5" in alts[0]
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


def test_the_first_picture_fits_under_the_summary(graph, zhaoqing, monkeypatch):
    """What the title page needs by the exact heights of its lines leaves room for the picture; a high one is scaled, not cut."""
    high = to_png('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 400" width="100" height="400"></svg>')
    monkeypatch.setattr(figures, "to_png", lambda svg, scale: high)
    first, second = Read(graph, *zhaoqing).document.inline_shapes
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
    assert about.created.replace(tzinfo=None) == datetime(DAY.year, DAY.month, DAY.day)
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


def test_the_same_input_gives_the_same_bytes(graph, report, zhaoqing):
    assert Read(graph, *zhaoqing).content == report.content
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(report.content)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_without_a_day_none_is_printed(graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    content = report_docx(graph, diagnosis, (), (), ranking.weights.to_pandas(), graph.tables["origins"])
    document = docx.Document(io.BytesIO(content))
    assert next(p.text for p in document.paragraphs if p.style.name == "Subtitle").startswith("数据版本")
    assert document.core_properties.created.year == 1980


# --- hostile text ----------------------------------------------------------------------------------------------------

HOSTILE = ["</w:t><w:br/>&amp;\"'<script>", "利\x00欧\x0b\ud800\ufffe", "𠮷\u202e野家", "=HYPERLINK(1)", "长" * 4000, "a\tb\r\nc"]


def test_hostile_names_stay_text_and_fill_no_page(graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    names = itertools.cycle(HOSTILE)
    segments = tuple(
        dataclasses.replace(s, name_zh=(name := next(names)), because=Phrase(name, name), findings=(Finding(Constraint.BREAK, Area.CITY, Phrase(name, name)),))
        for s in diagnosis.segments
    )  # fmt: skip
    targets = [
        dataclasses.replace(
            t,
            name=(name := next(names)),
            against=name,
            rival_text=name * 2,
            seat=name,
            lists=(name, name),
            reasons=tuple(dataclasses.replace(r, text=name) for r in t.reasons),
        )
        for t in ranking.targets
    ]
    excluded = [Exclusion("A-000001", name, diagnosis.segments[0].segment_id, name, name) for name in HOSTILE]
    hostile = dataclasses.replace(diagnosis, segments=segments, chain_name=Phrase(HOSTILE[0], HOSTILE[0]))
    for shown in (targets, []):
        read = Read(graph, hostile, ranking, targets=shown, excluded=excluded)
        assert "<script>" in read.text
        assert "𠮷野家" in read.text
        assert "=HYPERLINK(1)" in read.text
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\u202e]", read.xml())
        assert max(len(p.text) for t in read.document.tables for r in t.rows for c in r.cells for p in c.paragraphs) < 1500


def test_clean_keeps_what_xml_can_hold():
    assert clean("a<b>&𠮷\n二") == "a<b>&𠮷\n二"
    assert clean("a\x00\x1f\x7fb\ud83d\uffff\u2066c\td\r") == "a\x7fbc d"


# --- English ---------------------------------------------------------------------------------------------------------


def test_english_is_complete(english):
    """No Chinese but names of firms and of sources, and words quoted from them."""
    names = {said(t.name, "en") for t in english.targets} | {said(e.name, "en") for e in english.excluded}
    for s in english.diagnosis.segments:
        for c in s.companies:
            names |= {str(n) for n in english.graph.company(c)[["name_zh", "short_name", "name_en"]].dropna()}
    origins = english.graph.tables["origins"]
    names |= {str(x) for column in ("title", "publisher", "licence") for x in origins[column].dropna()}
    text = re.sub("“[^”]*”", "", english.text)
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    assert [line for line in text.split("\n") if CHINESE.search(line)] == []


def test_english_has_the_same_numbers(report, english):
    assert english.headings[0][1] == "New energy vehicles in Zhaoqing: what to fill, whom to invite"
    assert len(english.headings) == len(report.headings)
    assert len(english.document.tables) == len(report.document.tables)
    for zh, en in zip(report.document.tables, english.document.tables, strict=True):
        assert len(zh.rows) == len(en.rows)
    rows = english.table("Stage", "Segment", "Grade", "Firms", "LQ", "Constraint", "Action")
    assert [row[4] for row in rows] == [row[4] for row in report.segments]
    assert [row[3] for row in rows] == [row[3].replace("不详", "Unknown") for row in report.segments]
