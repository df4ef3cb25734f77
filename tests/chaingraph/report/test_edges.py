import dataclasses
import itertools
import re

import pytest
from planted_world import even_world

from chaingraph.constraints import Finding
from chaingraph.diagnosis import diagnose
from chaingraph.errors import ChaingraphError
from chaingraph.labels import label
from chaingraph.model import Action, Area, Constraint, Presence, SegmentKind
from chaingraph.phrases import Phrase, said
from chaingraph.recommendation import Exclusion
from chaingraph.report import report_docx
from chaingraph.report.word import clean
from recommend.scorecard import shortlist

CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

# --- when there is little to say -------------------------------------------------------------------------------------


def test_without_targets_the_report_says_who_was_considered(read, graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    made = read(graph, diagnosis, ranking, targets=())
    rows = made.table("企业", "环节", "原因", "说明")
    assert rows == [[e.name, diagnosis[e.segment_id].name_zh, label(e.reason), e.text] for e in ranking.excluded[:12]]
    assert all("名单上的 0 家都不做这个环节" in line for line in made.summary[3:])
    assert made.cards == []
    assert all(r[5:] == ["—", "—"] for r in made.order)
    assert all(row[3] == "—" for row in made.table("信号", "权重", "未知时", "已知", "", "信号", "权重", "未知时", "已知"))


def test_a_long_chain_is_shown_whole_once_and_in_part_elsewhere(read):
    names = [f"环{n}" for n in range(40)]
    graph = even_world(*names).graph()
    diagnosis = diagnose(graph, "330100", "c")
    segments = [
        dataclasses.replace(s, presence=Presence.WEAK, action=Action.STRENGTHEN) if n % 2 else s
        for n, s in enumerate(diagnosis.segments)
    ]
    long = dataclasses.replace(diagnosis, segments=tuple(segments))
    made = read(graph, long, shortlist(graph, diagnosis, 5))
    assert len(made.segments) == 40
    assert len(made.order) == len(made.table("环节", "现状", "依据", "已知企业")) == 15
    assert len([p for p in made.document.paragraphs if p.style.name == "List Bullet" and "（薄弱）" in p.text]) == 15
    notes = [p.text for p in made.document.paragraphs if p.style.name == "Note"]
    assert [n for n in notes if n.startswith("只列")] == [f"只列前 15 个；另外 {n} 个见表 1。" for n in (5, 5, 25)]


def test_without_any_candidate_the_report_says_so(read, graph, zhaoqing):
    made = read(graph, *zhaoqing, targets=(), excluded=())
    assert any("没有可考虑的企业" in p.text for p in made.document.paragraphs)


def test_where_nothing_is_sought_no_target_is_missed(read, graph):
    diagnosis = diagnose(graph, "台州", "pump-motor")
    ranking = shortlist(graph, diagnosis, 5)
    kept = tuple(
        s if s.kind is SegmentKind.MARKET else dataclasses.replace(s, presence=Presence.STRONG, action=Action.STABILIZE)
        for s in diagnosis.segments
    )
    made = read(graph, dataclasses.replace(diagnosis, segments=kept), ranking, targets=(), excluded=())
    text = "\n".join(p.text for p in made.document.paragraphs)
    assert len(made.summary) == 3
    assert "没有要招的" in text
    assert "没有要招的环节，因此没有目标企业" in text


def test_without_a_roadmap_there_is_no_picture_of_one(read, graph):
    diagnosis = diagnose(graph, "台州", "pump-motor")
    assert not diagnosis.roadmap
    made = read(graph, diagnosis, shortlist(graph, diagnosis, 5))
    assert len(made.document.inline_shapes) == 1
    assert len(made.order) == len(diagnosis.gaps) > 0
    assert {row[1] for row in made.order} == {"强链"}


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


# --- hostile text ----------------------------------------------------------------------------------------------------

HOSTILE = ["</w:t><w:br/>&amp;\"'<script>", "利\x00欧\x0b\ud800\ufffe", "𠮷\u202e野家", "=HYPERLINK(1)", "长" * 4000, "a\tb\r\nc"]


def test_hostile_names_stay_text_and_fill_no_page(read, graph, zhaoqing):
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
        made = read(graph, hostile, ranking, targets=shown, excluded=excluded)
        assert "<script>" in made.text
        assert "𠮷野家" in made.text
        assert "=HYPERLINK(1)" in made.text
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\u202e]", made.xml())
        assert max(len(p.text) for t in made.document.tables for r in t.rows for c in r.cells for p in c.paragraphs) < 1500


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
