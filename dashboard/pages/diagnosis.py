"""诊断: every segment with its grade and interval, what hinders it, what comes first, and how other cities stand."""

from __future__ import annotations

from html import escape

import streamlit as st

from chaingraph import ChainGraph, Diagnosis
from chaingraph.drawing.picture import roadmap_picture
from chaingraph.labels import label
from chaingraph.model import SegmentKind
from chaingraph.peers import peer_cities, rival_cities
from chaingraph.phrases import said
from dashboard import blocks, results
from dashboard.downloads import picture_buttons, report_button
from dashboard.figure import figure
from dashboard.header import chain_name, region_name
from dashboard.sentences import before_and_after, completeness_words, in_short, segment_name, unknown_names
from dashboard.state import address, keep, kept, language, say, scheme
from dashboard.what_if import landing_choice


def page() -> None:
    """Show the diagnosis of the region and chain chosen."""
    graph, region, chain = results.graph(), kept("region"), kept("chain")
    d = results.diagnosis(region, chain)
    city, name = region_name(graph, region), chain_name(graph, chain)
    st.title(say(f"{city} · {name}：先补哪里？", f"{city} · {name}: what to fill first?"))
    st.markdown(f"#### {in_short(d)}")
    with st.container(horizontal=True, vertical_alignment="center", key="diagnosis-row"):
        st.markdown(f"{label(d.chain_state, language())} · {completeness_words(d)}")
        report_button(region, chain)
    st.caption(said(d.coverage_text, language()))
    _segments(d)
    _roadmap(d, f"{city}-{name}")
    _cities(graph, d)
    _landing(graph, d)


def _segments(d: Diagnosis) -> None:
    st.subheader(say("各环节", "Segments"))
    head = (
        say("位置", "Stage"),
        say("环节", "Segment"),
        say("现状", "Grade"),
        say("企业数>", "Firms>"),
        say("区位熵与 90% 区间", "Location quotient, 90 % interval"),
        say("断堵卡点", "Constraint"),
        say("对策", "Action"),
        say("补上后增益>", "Gain>"),
    )
    rows = blocks.segment_rows(scheme(), language(), d, kept("segment"))
    picked = figure(blocks.root(scheme(), blocks.table(head, rows, say("各环节", "Segments"))), "segments", least=900)
    if picked:
        keep(segment=picked, link="")
        st.switch_page("dashboard/pages/chain_map.py", query_params=address())
    limits = d.thresholds
    st.caption(
        say(
            f"按区间下限评级：下限 ≥ {limits.strong_from:g} 且至少 {limits.strong_companies} 家为优势，≥ {limits.adequate_from:g} 为具备。"
            "虚线是这两个界限，横轴是对数。企业数含 1978–2019 年登记（含已注销）和已知企业。点一行看环节详情。",
            f"Graded on the lower bound: at least {limits.strong_from:g} with {limits.strong_companies} firms is strong, {limits.adequate_from:g} adequate "
            "(the dotted lines; logarithmic axis). Firms are registrations of 1978–2019, closed ones included, plus known companies. Pick a row for details.",
        )
    )
    blank = unknown_names(d)
    if blank:
        st.caption(say("不详，不等于没有：", "Unknown, which is not missing: ") + say("、", ", ").join(blank))


def _roadmap(d: Diagnosis, name: str) -> None:
    st.subheader(say("先招谁，再招谁", "Whom to win first"))
    picked = figure(roadmap_picture(d, lang=language(), scheme=scheme(), selected=kept("segment")), "roadmap", least=720)
    if picked and picked != kept("segment"):
        keep(segment=picked, link="", firm="")
        st.switch_page("dashboard/pages/targets.py", query_params=address())
    if d.roadmap:
        lang = language()
        picture_buttons(lambda: roadmap_picture(d, lang=lang), f"{name}-{say('路线图', 'roadmap')}", "roadmap")
    st.caption(
        say(
            "每一步选能多打通几个环节的缺口，其次看它让其余环节更接近可生产多少。点一站看谁能来。",
            "Each step takes the gap that makes most further segments producible, then the one that brings the rest closer. Pick a station to see who could come.",
        )
    )


def _cities(graph: ChainGraph, d: Diagnosis) -> None:
    st.subheader(say("对手和同类城市", "Rival and peer cities"))
    rivals = rival_cities(graph, d.region.code, d.chain_id)
    peers = [c for c in peer_cities(graph, d.region.code, 4) if c not in rivals][:2]
    chosen = [c for c in kept("compare").split(",") if c in graph.places.cities]
    names = {c: region_name(graph, c) for c in graph.places.cities if c != graph.places.city_of(d.region.code)}
    key = "_cities"
    if st.session_state.get(key) != (chosen or [*rivals, *peers]):
        st.session_state[key] = chosen or [*rivals, *peers]
    st.multiselect(
        say("和哪些城市比", "Compare with"),
        list(names),
        format_func=names.__getitem__,
        key=key,
        max_selections=6,
        on_change=lambda: keep(compare=",".join(st.session_state[key])),
        help=say(
            "对手：这条链上企业达 5 家且区位熵不低于 1 的环节最多的城市。同类：600 公里内制造业规模最接近的城市。",
            "Rivals: cities with most segments of at least five firms and a location quotient of 1. Peers: nearest in size of industry within 600 km.",
        ),
    )
    shown = chosen or [*rivals, *peers]
    if not shown:
        return
    lang, look = language(), scheme()
    others = [results.diagnosis(c, d.chain_id) for c in shown]
    kind = {**dict.fromkeys(rivals, say("对手", "rival")), **dict.fromkeys(peers, say("同类", "peer"))}
    titles = [f"{names[c]}{say('（', ' (')}{kind[c]}{say('）', ')')}" if c in kind else names[c] for c in shown]
    rows = [
        blocks.row(
            [f"<b>{say('完整度', 'Completeness')}</b>", *(f"<b>{blocks.share(*o.completeness)}</b>" for o in (d, *others))]
        ),
        blocks.row([say("来源覆盖度", "Coverage of the source"), *(f"{o.coverage:.0%}" for o in (d, *others))]),
    ]
    for s in d.segments:
        if s.kind is SegmentKind.MARKET:
            continue
        cells = [
            f'{blocks.chip(look, lang, o[s.segment_id].presence)} <span class="muted">{o[s.segment_id].company_count}</span>'
            for o in (d, *others)
        ]
        rows.append(blocks.row([escape(segment_name(s)), *cells]))
    head = (say("环节（企业数）", "Segment (firms)"), region_name(graph, d.region.code), *titles)
    figure(
        blocks.root(look, blocks.table(head, rows, say("城市对比", "Cities compared"))), "cities", least=180 + 120 * len(shown)
    )


def _landing(graph: ChainGraph, d: Diagnosis) -> None:
    st.subheader(say("假如这家企业来了", "What if this firm came"))
    company = landing_choice(d.region.code, d.chain_id)
    names = results.companies()
    if not company:
        return
    after = results.diagnosis(d.region.code, d.chain_id, company)
    st.info(before_and_after(d, after, names[company]))
    changed = [
        (b, a)
        for b, a in zip(d.segments, after.segments, strict=True)
        if b.company_count != a.company_count or b.presence is not a.presence
    ]
    lang, look = language(), scheme()
    rows = [
        blocks.row(
            [
                escape(segment_name(a)),
                f"{blocks.chip(look, lang, b.presence)} → {blocks.chip(look, lang, a.presence)}",
                blocks.num(f"{b.company_count} → {a.company_count}"),
                blocks.num(f"{b.lq:.2f} → {a.lq:.2f}"),
            ]
        )
        for b, a in changed
    ]
    head = (say("环节", "Segment"), say("现状", "Grade"), say("企业数>", "Firms>"), say("区位熵>", "Location quotient>"))
    figure(blocks.root(look, blocks.table(head, rows, say("变化", "Changes"))), "landing-changes")


page()
