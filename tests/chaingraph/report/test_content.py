import dataclasses
import io
import math
import re
from collections import Counter

import docx
import pandas as pd

from chaingraph.diagnosis import diagnose
from chaingraph.labels import SIGNALS, label
from chaingraph.model import Action, Constraint, Presence, SegmentKind
from chaingraph.recommendation import Reason
from chaingraph.report import report_docx
from chaingraph.report.firms import QUESTIONS
from recommend.scorecard import shortlist

CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def with_segment(diagnosis, position, **changed):
    """Return a diagnosis with one segment changed."""
    segments = list(diagnosis.segments)
    segments[position] = dataclasses.replace(segments[position], **changed)
    return dataclasses.replace(diagnosis, segments=tuple(segments))


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


def test_unknown_is_never_zero_and_missing_is(read, graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    place = next(n for n, s in enumerate(diagnosis.segments) if s.presence is Presence.UNKNOWN)
    assert read(graph, *zhaoqing).segments[place][2:4] == ["？ 不详", "不详"]
    gone = with_segment(diagnosis, place, presence=Presence.MISSING, lq_high=0.3)
    assert read(graph, gone, ranking).segments[place][2:4] == ["✕ 缺失", "0"]


def test_a_market_has_no_grade_no_count_and_no_quotient(read, graph):
    diagnosis = diagnose(graph, "台州", "pump-motor")
    rows = read(graph, diagnosis, shortlist(graph, diagnosis, 5)).segments
    markets = [row for row, s in zip(rows, diagnosis.segments, strict=True) if s.kind is SegmentKind.MARKET]
    assert markets
    assert all(row[2:] == ["市场", "—", "—", "—", "—"] for row in markets)


def test_what_is_here_is_named_largest_first_and_at_most_five(read, graph):
    diagnosis = diagnose(graph, "台州", "pump-motor")
    made = read(graph, diagnosis, shortlist(graph, diagnosis, 5))
    rows = {row[0]: row for row in made.table("环节", "现状", "依据", "已知企业")}
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
        (label(f.constraint) for _, f in found), key=["卡点", "断点", "堵点"].index
    )
    for s, f in found:
        row = next(r for r in rows if r[1] == s.name_zh)
        assert f"{label(f.constraint)}：{row[2]}" == f.text
        here = {x.segment_id for x in report.diagnosis.segments if x.company_count}
        for k in report.graph.customers(s.segment_id):
            if k.is_essential and k.customer_id in here:
                assert report.diagnosis[k.customer_id].name_zh in row[3].split("间接")[0]


def test_no_finding_is_said_with_what_cannot_be_judged(read, graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    free = dataclasses.replace(diagnosis, segments=tuple(dataclasses.replace(s, findings=()) for s in diagnosis.segments))
    made = read(graph, free, ranking)
    assert made.summary[2].endswith("没有查到断点、堵点、卡点。")
    text = next(p.text for p in made.document.paragraphs if "没有查到" in p.text)
    unknown = [s for s in free.segments if s.presence is Presence.UNKNOWN]
    judged = sum(s.kind is not SegmentKind.MARKET for s in free.segments) - len(unknown)
    assert unknown
    assert f"{judged} 个环节" in text
    assert all(s.name_zh in text.split("；")[1] for s in unknown)


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
        assert row[6] == f"{t.stability:.0%}"
        assert row[7] == f"{t.probability:.2%}"
        assert row[-1].split("等 ")[0] == ("、".join(t.lists[:2]) or "—")


def test_a_card_has_for_against_rival_way_in_unknown_the_call_that_moves_it_most_and_how_firm_it_is(report):
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
        question = QUESTIONS[t.phone_call_signal][1].format(segment=t.segment_name, region="肇庆市")
        assert question in rows["一个电话"]
        assert t.phone_call in rows["一个电话"]
        assert rows["把握"] == t.standing
        assert rows.get("引荐路径", "") == "\n".join(t.warm_path)
        assert rows.get("组合招商", "") == "\n".join(t.package)


def test_without_the_argument_the_call_is_about_the_heaviest_unknown(graph, zhaoqing):
    diagnosis, ranking = zhaoqing
    plain = {
        "stability": math.nan,
        "phone_call": "",
        "phone_call_signal": "",
        "rank_low": 0,
        "rank_high": 0,
        "mover": "",
        "warm_path": (),
        "probability": math.nan,
        "chance_text": "",
    }
    first = dataclasses.replace(ranking.targets[1], package=(), **plain)
    content = report_docx(graph, diagnosis, [first], [], ranking.weights.to_pandas(), graph.tables["origins"], lang="zh")
    cells = [c.text for t in docx.Document(io.BytesIO(content)).tables for r in t.rows for c in r.cells]
    asked = max((r for r in first.reasons if not r.known), key=lambda r: r.weight)
    assert any(
        f"至多加 {100 * asked.weight - asked.points:.1f} 分".replace(" ", "\u00a0") in text.replace(" ", "\u00a0")
        for text in cells
    )
    assert not {"把握", "引荐路径", "稳定度"} & set(cells)


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
        graph,
        diagnosis,
        [dataclasses.replace(first, reasons=reasons, phone_call="", phone_call_signal="")],
        [],
        weights,
        graph.tables["origins"],
        lang="zh",
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
