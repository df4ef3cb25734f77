"""The list 稳链: which of the region's own leading firms other cities draw most; a caution, not a prediction about a firm."""

from __future__ import annotations

from html import escape

import streamlit as st

from chaingraph import ChainGraph, Diagnosis
from chaingraph.labels import label
from chaingraph.phrases import said
from dashboard import blocks, results
from dashboard.figure import figure
from dashboard.header import region_name
from dashboard.state import language, say, scheme
from recommend.retention import CAUTION, MATTERS, Draw, RetentionRisk

TOP = 20


def cautions(graph: ChainGraph, d: Diagnosis) -> None:
    """Show whom to look after, what draws each away, and what would keep it."""
    lang, risks = language(), results.cautions(d.region.code, d.chain_id, TOP)
    if not risks:
        st.info(
            say(
                "数据里没有总部在本地、可称龙头的企业：先在数据导入里带上本地企业名单。",
                "The data know no leading firm of this chain that sits here: bring your own list on the page Import.",
            )
        )
        return
    first = risks[0]
    st.markdown(
        say(
            f"#### {len(risks)} 家本地龙头，最该先走访的是{first.name}（{first.segment_name}）",
            f"#### {len(risks)} leading firms of one's own; the first to visit is {said(first.name, lang)} ({said(first.segment_name, lang)})",
        )
    )
    st.warning(said(CAUTION, lang))
    st.caption(
        say(
            "分值 = 它自己外扩的习惯 + 对手城市比这里多给的分；负数是这里更强。只用来排走访的先后。",
            "Points = its own habit of building elsewhere + what the rival city offers more than here; below zero, here is better. "
            "They only order the visits.",
        )
    )
    head = (
        say("#>", "#>"),
        say("企业", "Firm"),
        say("分值>", "Points>"),
        say("什么在吸引它", "What draws it"),
        say("对手城市", "Rival city"),
        say("怎样留住", "What would keep it"),
    )
    rows = (_row(graph, r, lang) for r in risks)
    figure(blocks.root(scheme(), blocks.table(head, rows, say("稳链提示", "Own firms at risk"))), "cautions", least=760)


def _plain(d: Draw, lang: str) -> str:
    """Say what draws a firm without the name of the signal, which stands before it."""
    text, named = said(d.text, lang), (f"{label(d.signal, lang)}：", "Plants elsewhere: ")
    return next((text.removeprefix(n) for n in named if text.startswith(n)), text)


def _row(graph: ChainGraph, r: RetentionRisk, lang: str) -> str:
    draws = [d for d in r.draws if d.points >= MATTERS and d.text]
    drawn = "<br>".join(f"＋{d.points:.1f} {label(d.signal, lang)}{say('：', ': ')}{escape(_plain(d, lang))}" for d in draws)
    drawn = drawn or f'<span class="muted">{say("未见", "none seen")}</span>'
    rival = f"<b>{escape(region_name(graph, r.rival_region))}</b><br>" if r.rival_region else ""
    return blocks.row(
        [
            blocks.num(str(r.rank)),
            f'<td class="name">{escape(said(r.name, lang))}<br><span class="muted">{escape(said(r.segment_name, lang))}</span></td>',
            blocks.num(f"{r.points:.1f}"),
            f'<span class="why">{drawn}</span>',
            f'<span class="why">{rival}{escape(said(r.text, lang))}</span>',
            f'<span class="why">{escape(said(r.keep, lang))}</span>',
        ]
    )
