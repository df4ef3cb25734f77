"""A list that is kept: how it was read, what is still doubtful in it, what it changes in the diagnosis, who may see it."""

from __future__ import annotations

from html import escape

import streamlit as st

from chaingraph import ChainGraph
from chaingraph.errors import ChaingraphError
from chaingraph.model import SegmentKind
from chaingraph.phrases import said
from dashboard import basis, blocks, list_draft, problems, results
from dashboard.basis import Basis
from dashboard.downloads import XLSX
from dashboard.figure import figure
from dashboard.header import chain_name
from dashboard.list_questions import questions
from dashboard.login import workspace
from dashboard.sentences import changes_between, literal, segment_name
from dashboard.state import again, keep, kept, language, say, scheme
from ingest.imports import FirmList, ImportEntry, Imports, OwnFirms

MOST_CHAINS = 12
"""Chains that are listed, those with most firms of the list first."""


def opened(graph: ChainGraph, user: str, entry: ImportEntry) -> None:
    """Show a list that its reader has opened; only its owner may change it."""
    own, is_mine = basis.of(entry), entry.owner == user
    with st.spinner(say("正在读取名单…", "Reading the list …")):
        firms = results.own_firms(own)
        found = Imports(workspace()).load(user, entry)
    st.subheader(literal(entry.name))
    if done := st.session_state.pop("done", ""):
        st.success(literal(done))
    st.caption(literal(said(firms.text, language())))
    _switches(user, entry, is_mine=is_mine)
    list_draft.rows_read(found)
    list_draft.notices(found)
    _columns(found)
    if is_mine:
        _doubts(graph, user, found)
    _effect(graph, own, firms)


def _switches(user: str, entry: ImportEntry, *, is_mine: bool) -> None:
    mark, lists = basis.number(entry), Imports(workspace())
    with st.container(horizontal=True, vertical_alignment="center", key="import-switches"):
        key = "use-list"
        st.session_state[key] = kept("own") == mark
        st.toggle(
            say("以此清单诊断", "Diagnose by this list"),
            key=key,
            on_change=lambda: keep(own=mark if st.session_state[key] else ""),
            help=say(
                "诊断、图谱、目标企业和招商地图都改用这份名单，页面上方可随时换回登记数据。",
                "Diagnosis, chain map, targets and map rest on this list; go back to the registrations in the head of any page.",
            ),
        )
        if not is_mine:
            st.caption(
                literal(say(f"由 {entry.owner} 共享，只能查看和使用。", f"Shared by {entry.owner}: to be seen and used only."))
            )
            return
        shown = "share-list"
        st.session_state[shown] = entry.is_shared
        st.toggle(
            say("共享给本看板所有用户", "Share with all users of this dashboard"),
            key=shown,
            on_change=lambda: lists.share(user, entry.region_code, entry.name, shared=bool(st.session_state[shown])),
        )
        with st.popover(say("删除", "Remove")):
            st.caption(say("名单和已有的判定都会删除，无法恢复。", "The list and all answers go for good."))
            if st.button(say("确认删除", "Remove it"), type="primary", key="remove-import"):
                lists.remove(user, entry.region_code, entry.name)
                keep(list="", **({"own": ""} if kept("own") == mark else {}))
                again()


def _columns(found: FirmList) -> None:
    with st.expander(say(f"识别的列 {len(found.columns)} 个", f"{len(found.columns)} columns recognised")):
        st.markdown("\n".join(f"- {line}" for line in dict.fromkeys(literal(said(c.text, language())) for c in found.columns)))
        if found.unused:
            st.caption(literal(say("没有用到：", "Not used: ") + say("、", ", ").join(found.unused)))


def _doubts(graph: ChainGraph, user: str, found: FirmList) -> None:
    n = len(found.questions)
    st.markdown(say(f"#### 待你判定：{n:,} 个问题", f"#### Yours to decide: {n:,} questions"))
    if not n:
        done = len(found.answers)
        st.caption(say(f"没有存疑的名称和环节（已判定 {done} 个）。", f"No name and no segment is doubtful ({done} answered)."))
        return
    questions(graph, user, found)
    with st.container(horizontal=True, vertical_alignment="center", key="review-files"):
        st.download_button(
            say("下载待核表（Excel）", "Review sheet (Excel)"),
            lambda: found.review_sheet(graph),
            f"{found.name}-{say('待核表', 'review')}.xlsx",
            XLSX,
            key="review-xlsx",
            on_click="ignore",
            help=say(
                "问题多时分头填：在「判定」一列下拉选择。", "For many questions: choose from the drop-downs in the last column."
            ),
        )
        with st.popover(say("上传填好的待核表", "Bring it back filled in")):
            brought = st.file_uploader(
                say("填好的待核表", "Review sheet"), ["xlsx"], key=f"review-{st.session_state.get('taken', 0)}", max_upload_size=5
            )
            if brought is not None:
                try:
                    list_draft.take_answers(graph, user, brought.getvalue())
                except ChaingraphError as error:
                    problems.show(error, "sheet-problems")
                else:
                    again()


def _effect(graph: ChainGraph, own: Basis, firms: OwnFirms) -> None:
    """Show the chains the list reaches, and the chosen one before and after."""
    chain, lang, look = kept("chain"), language(), scheme()
    before, after = results.diagnosis_by(None, own.region, chain), results.diagnosis_by(own, own.region, chain)
    name = chain_name(graph, chain)
    st.markdown(say(f"#### 对诊断的影响：{name}", f"#### What it changes: {name}"))
    changes = changes_between(before, after)
    st.markdown(
        say("；".join(changes) + "。", "; ".join(changes) + ".")
        if changes
        else say("评级、制约和完整度都不变。", "No grade, constraint or completeness changes.")
    )
    rows = []
    for b, a in zip(before.segments, after.segments, strict=True):
        if a.kind is SegmentKind.MARKET:
            continue
        grade = blocks.chip(look, lang, a.presence)
        rows.append(
            blocks.row(
                [
                    f'<td class="name">{escape(segment_name(a))}</td>',
                    f'<td class="short">{grade if b.presence is a.presence else f"{blocks.chip(look, lang, b.presence)} → {grade}"}</td>',
                    blocks.num(f"{b.company_count:,} → {a.company_count:,}"),
                    blocks.num(f"{firms.counts.get(a.segment_id, 0):,}"),
                    f'<span class="why muted">{escape(said(a.because, lang))}</span>',
                ],
                on=b.presence is not a.presence,
            )
        )
    head = (
        say("环节", "Segment"),
        say("登记数据 → 自有名单", "Registrations → own list"),
        say("企业数>", "Firms>"),
        say("名单内>", "Of the list>"),
        say("依据", "Because"),
    )
    figure(blocks.root(look, blocks.table(head, rows, say("前后对比", "Before and after"))), "effect", least=720)
    _chains(graph, firms)


def _chains(graph: ChainGraph, firms: OwnFirms) -> None:
    links: dict[str, int] = {}
    for segment, n in firms.counts.items():
        if segment in graph.segments:
            links[graph.segments[segment].chain_id] = links.get(graph.segments[segment].chain_id, 0) + n
    best = sorted(links, key=lambda c: (-links[c], c))[:MOST_CHAINS]
    if not best:
        st.caption(say("名单里的企业还没有挂到任何环节。", "No firm of the list is linked to a segment yet."))
        return
    st.markdown(say("**名单覆盖的产业链**，选一条看影响", "**Chains the list reaches**; choose one to see what it changes"))
    words = {c: f"{chain_name(graph, c)} · {links[c]:,}" for c in best}
    key = "effect-chain"
    st.session_state[key] = kept("chain") if kept("chain") in words else None
    st.pills(
        say("产业链", "Chains"),
        list(words),
        format_func=words.__getitem__,
        key=key,
        label_visibility="collapsed",
        on_change=lambda: keep(chain=str(st.session_state[key] or kept("chain"))),
    )
