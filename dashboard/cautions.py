"""The list 稳链: which of the region's own leading firms other cities draw most; a caution, not a prediction about a firm."""

from __future__ import annotations

from html import escape

import streamlit as st

from chaingraph import ChainGraph, Diagnosis
from chaingraph.phrases import said
from dashboard import blocks, results
from dashboard.figure import figure
from dashboard.header import region_name
from dashboard.state import language, say, scheme
from recommend.retention import CAUTION, MATTERS, RetentionRisk

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


def _row(graph: ChainGraph, r: RetentionRisk, lang: str) -> str:
    draws = [d for d in r.draws if d.points >= MATTERS and d.text]
    drawn = "".join(f"<p>＋{d.points:.1f} {escape(said(d.text, lang))}</p>" for d in draws)
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
