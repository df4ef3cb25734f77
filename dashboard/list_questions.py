"""What is doubtful in a list, asked a few at a time: which company a name means, whether a firm is in a segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from chaingraph import ChainGraph
from chaingraph.phrases import said
from dashboard import blocks
from dashboard.figure import figure
from dashboard.header import chain_name
from dashboard.login import workspace
from dashboard.sentences import literal
from dashboard.state import again, kept, language, say, scheme
from ingest.imports import FirmList, Imports, Question
from ingest.imports.review import NO, NONE_OF_THEM, YES

AT_ONCE = 8
"""Questions on the page; the next come when these are answered."""


def questions(graph: ChainGraph, user: str, found: FirmList) -> None:
    """Ask the first questions of a list, of the chosen chain or of all; answers are kept with the list."""
    chain = kept("chain")
    here = [q for q in found.questions if not q.segment_id or graph.segments[q.segment_id].chain_id == chain]
    words = {
        "chain": say(f"{chain_name(graph, chain)} {len(here):,}", f"{chain_name(graph, chain)} {len(here):,}"),
        "all": say(f"全部 {len(found.questions):,}", f"all {len(found.questions):,}"),
    }
    which = st.segmented_control(
        say("哪些问题", "Which questions"),
        list(words),
        format_func=words.__getitem__,
        default="chain" if here else "all",
        required=True,
        key="which-questions",
        label_visibility="collapsed",
    )
    asked = (here if which == "chain" else list(found.questions))[:AT_ONCE]
    if not asked:
        st.caption(say("这条链没有存疑的了。", "Nothing of this chain is doubtful any more."))
        return
    with st.form("questions", border=True):
        given = {q.key: _ask(graph, q) for q in asked}
        saved = st.form_submit_button(say("保存判定", "Keep the answers"), type="primary")
    if saved:
        _keep(graph, user, found, {key: answer for key, answer in given.items() if answer})


def _ask(graph: ChainGraph, q: Question) -> str:
    """Show a question; return the answer, "" while there is none."""
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        figure(blocks.root(scheme(), _told(graph, q)), f"about-{q.number}")
    options = _options(graph, q)
    with right:
        if q.kind == "segment":
            answer = st.segmented_control(
                literal(say(f"{q.name}在不在这个环节", f"Is {q.name} in it?")),
                list(options),
                format_func=options.__getitem__,
                key=f"answer-{q.number}",
                label_visibility="collapsed",
            )
        else:
            answer = st.selectbox(
                literal(say(f"{q.name}是哪家企业", f"Which company is {q.name}?")),
                list(options),
                index=None,
                format_func=options.__getitem__,
                key=f"answer-{q.number}",
                placeholder=say("是哪家企业？不确定就留空", "Which company? Leave open if unsure"),
                label_visibility="collapsed",
            )
    return str(answer or "")


def _told(graph: ChainGraph, q: Question) -> str:
    if q.kind == "company":
        what = say("名称与已知企业相近", "resembles companies known here")
        return f'<b>{escape(q.name)}</b> <span class="tag">{what}</span><br><span class="muted why">{escape(q.evidence)}</span>'
    segment = graph.segments[q.segment_id]
    lang = language()
    where = f"{chain_name(graph, segment.chain_id)} · {segment.name_en if lang == 'en' else segment.name_zh}"
    return (
        f'<b>{escape(q.name)}</b> <span class="tag">{escape(where)}</span><br>'
        f'<span class="why">{escape(said(q.text, lang)[:160])}</span><br><span class="muted why">{escape(q.evidence)}</span>'
    )


def _options(graph: ChainGraph, q: Question) -> Mapping[str, str]:
    if q.kind == "segment":
        return {YES: say("是，在做", "yes"), NO: say("不是", "no")}
    named = {c: str(graph.company(c)["name_zh"]) for c in _known(graph, q.choices)}
    return {**named, NONE_OF_THEM: say("都不是", "none of them")}


def _known(graph: ChainGraph, companies: Sequence[str]) -> list[str]:
    known = set(graph.tables["companies"]["company_id"])
    return [c for c in companies if c in known]


def _keep(graph: ChainGraph, user: str, found: FirmList, given: Mapping[str, str]) -> None:
    if not given:
        st.warning(say("还没有选任何判定。", "No answer is chosen yet."))
        return
    with st.spinner(say("正在按判定重新挂链…", "Linking by your answers …")):
        after = replace(found, answers={**found.answers, **given}).matched(graph).linked(graph)
        Imports(workspace()).save(user, after)
    st.session_state["done"] = say(f"保存了 {len(given)} 个判定。", f"{len(given)} answers kept.")
    again()
