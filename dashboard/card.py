"""The card 「他为什么会来」: the sum of points, for and against, the rival city, what is not known; and two or three firms side by side."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from chaingraph import ChainGraph, Diagnosis
from chaingraph.labels import label
from chaingraph.phrases import said
from chaingraph.recommendation import Recommendation
from dashboard import blocks
from dashboard.charts import ROW, comparison, waterfall
from dashboard.figure import figure
from dashboard.state import keep, language, say, scheme


def opened(graph: ChainGraph, d: Diagnosis, t: Recommendation) -> None:
    """Show why a firm would come, and why not."""
    lang = language()
    with st.container(border=True, key="card"):
        st.subheader(said(t.name, lang))
        company = graph.company(t.company_id)
        about = [said(t.seat, lang), label(company["ownership"], lang) if isinstance(company["ownership"], str) else ""]
        lists = say("、", ", ").join(said(x, lang) for x in t.lists)
        st.caption(" · ".join(x for x in (*about, lists) if x))
        st.markdown(
            say(
                f"**{said(t.segment_name, lang)}** · **{t.score:.1f}** 分 · 已知权重 {t.coverage:.0%}",
                f"**{said(t.segment_name, lang)}** · **{t.score:.1f}** points · {t.coverage:.0%} of the weight known",
            )
        )
        if t.standing:
            standing = said(t.standing, lang)
            st.markdown(standing[0].upper() + standing[1:])
        figure(blocks.root(scheme(), _sides(t)), "sides")
        st.markdown(f"**{say('这些分怎么来的', 'How the points add up')}**")
        st.echarts_chart(
            waterfall(t, lang, scheme()),
            height=ROW * (len(t.reasons) + 1) + 30,
            theme=None,
            renderer="svg",
            key="waterfall",
            alt=say(f"{t.name}得分瀑布图", f"How the score of {said(t.name, 'en')} adds up"),
        )
        st.caption(
            say(
                "带 ? 的信号未知，按声明的默认值计入（斜纹）。",
                "Signals with ? are not known and count their declared value (hatched).",
            )
        )
        with st.expander(say("每一分的说明和出处", "Every point with its explanation and source")):
            figure(blocks.root(scheme(), _reasons(graph, t)), "reasons")
        if t.alternatives:
            st.caption(
                say("同一缺口的其他选择：", "Others for the same gap: ")
                + say("、", ", ").join(said(x, lang) for x in t.alternatives)
            )
        if t.also_fits:
            st.caption(say("也适合：", "Also fits: ") + say("、", ", ").join(said(x, lang) for x in t.also_fits))
        if st.button(say("推演：假如它落地", "What if it came"), key="try-landing"):
            keep(landing=t.company_id)
            st.switch_page("dashboard/pages/chain_map.py")


def _sides(t: Recommendation) -> str:
    """For and against, the rival, how to reach it, what to ask, whom it is worth more with, what is not known: what there is of these."""
    lang = language()
    unknown = say("、", ", ").join(label(n, lang) for n in t.not_known)
    sides = (
        ("for", say("他为什么会来", "Why it would come"), [f"＋{r.points:.1f} {said(r.text, lang)}" for r in t.strongest]),
        ("against", say("为什么不来", "Why it would not"), [said(t.against, lang)]),
        ("rival", say("对手城市", "Rival city"), [said(t.rival_text, lang)] if t.rival_text != t.against else []),
        ("call", say("先弄清什么", "What to settle first"), [said(t.phone_call, lang)]),
        ("warm", say("以商引商：可先问谁", "Whom to ask here first"), [said(x, lang) for x in t.warm_path]),
        ("pack", say("一起招更值", "Worth more together"), [said(x, lang) for x in t.package]),
        ("open", say("还不知道", "Not known"), [unknown]),
    )
    return f'<div class="sides">{"".join(_side(*side) for side in sides)}</div>'


def _side(kind: str, title: str, lines: Sequence[str]) -> str:
    told = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f'<div class="side {kind}"><h4>{title}</h4>{told}</div>' if told else ""


def _reasons(graph: ChainGraph, t: Recommendation) -> str:
    lang = language()
    origins = graph.tables["origins"].set_index("origin_id")["title"].to_dict()
    rows = [
        blocks.row(
            [
                label(r.signal, lang),
                blocks.num("?" if r.value is None else f"{r.value:.2f}"),
                blocks.num(f"{r.weight:.0%}"),
                blocks.num(f"{r.points:.1f}"),
                f'<span class="why">{escape(said(r.text, lang))}<br><span class="muted">{escape(str(origins.get(r.origin_id, "")))}</span></span>',
            ]
        )
        for r in t.reasons
    ]
    head = (
        label("signal", lang),
        label("value", lang) + ">",
        label("weight", lang) + ">",
        label("points", lang) + ">",
        label("text", lang),
    )
    return blocks.table(head, rows, say("每一分", "Every point"))


def compared(targets: Sequence[Recommendation]) -> None:
    """Show two or three firms side by side."""
    lang = language()
    with st.container(border=True, key="compared-card"):
        st.subheader(say("对比", "Compared"))
        rows = {
            say("环节", "Segment"): [escape(said(t.segment_name, lang)) for t in targets],
            say("得分", "Score"): [f"<b>{t.score:.1f}</b>" for t in targets],
            say("覆盖度", "Coverage"): [f"{t.coverage:.0%}" for t in targets],
            say("总部", "Seat"): [escape(said(t.seat, lang)) for t in targets],
            say("榜单", "Lists"): [escape(say("、", ", ").join(said(x, lang) for x in t.lists)) for t in targets],
            say("最强理由", "For"): [escape(said(t.strongest[0].text, lang)) if t.strongest else "" for t in targets],
            say("反对理由", "Against"): [escape(said(t.against, lang)) for t in targets],
            say("对手城市", "Rival"): [escape(said(t.rival_text, lang)) for t in targets],
            say("把握", "Standing"): [escape(said(t.standing, lang)) for t in targets],
            say("先弄清", "To settle"): [escape(said(t.phone_call, lang)) for t in targets],
            say("引荐", "Warm path"): [escape(say("；", "; ").join(said(x, lang) for x in t.warm_path)) for t in targets],
            say("未知", "Not known"): [escape(say("、", ", ").join(label(n, lang) for n in t.not_known)) for t in targets],
        }
        head = ("", *(said(t.name, lang) for t in targets))
        body = (blocks.row([f'<span class="muted">{k}</span>', *v]) for k, v in rows.items())
        figure(blocks.root(scheme(), blocks.table(head, body, say("对比", "Compared"))), "compared-table")
        signals = len(targets[0].reasons)
        st.echarts_chart(
            comparison(targets, lang, scheme()),
            height=(10 * len(targets) + 14) * signals + 60,
            theme=None,
            renderer="svg",
            key="comparison",
            alt=say("各信号得分对比", "Points of each signal compared"),
        )
