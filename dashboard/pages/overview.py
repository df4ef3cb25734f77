"""总览: the programme at a glance, and which chain needs the chief's attention."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from chaingraph import ChainGraph
from chaingraph.diagnosis import Diagnosis
from chaingraph.labels import label
from chaingraph.overview import ChainGlance, by_attention
from chaingraph.phrases import said
from dashboard import blocks, results
from dashboard.figure import figure
from dashboard.header import chain_name, programme_chains, region_name
from dashboard.state import address, bound, keep, kept, language, say, scheme

BEST = 2
"""Best targets named on a card."""


def page() -> None:
    """Show the start, or the overview of the region chosen."""
    graph = results.graph()
    if kept("region"):
        _programme(graph, kept("region"))
    else:
        _start(graph)


def _start(graph: ChainGraph) -> None:
    st.title(say("先选一座城市", "Choose a city"))
    st.markdown(
        say(
            "看它的产业链有什么、缺什么，谁能来补，为什么会来。收录了五个城市的产业链计划，其他城市在上方搜索名称、代码或拼音。",
            "See what its industrial chains have and lack, who could fill the gaps and why they would come. Five programmes are here; "
            "find any other city above by name, code or pinyin.",
        )
    )
    cards = "".join(_programme_card(graph, row) for row in graph.tables["programmes"].to_dict("records"))
    figure(blocks.root(scheme(), f'<div class="grid">{cards}</div>'), "programmes", on_pick=lambda code: keep(region=code))
    counts = graph.tables.counts()
    st.caption(
        say(
            f"{counts['chains']} 条产业链、{counts['segments']} 个环节、{counts['companies']:,} 家企业、"
            f"{int(graph.tables['coverage']['registration_count'].sum()):,} 条制造业登记 · 数据版本 {graph.version}",
            f"{counts['chains']} chains, {counts['segments']} segments, {counts['companies']:,} companies, "
            f"{int(graph.tables['coverage']['registration_count'].sum()):,} manufacturing registrations · data {graph.version}",
        )
    )


def _programme_card(graph: ChainGraph, programme: dict[str, str]) -> str:
    lang, code = language(), programme["region_code"]
    chains = programme_chains(graph, code)
    names = [chain_name(graph, c) for c in chains]
    city = region_name(graph, code)
    shown = ("、" if lang == "zh" else ", ").join(names[:4])
    number = say(f"{len(chains)} 条产业链", f"{len(chains)} chains")
    return (
        f'<div class="card" data-id="{escape(code)}" tabindex="0" role="button" aria-label="{escape(city)}"><h3>{escape(city)}</h3>'
        f'<div class="line">{escape(programme["name_zh"])}</div>'
        f'<div class="line muted">{number}{say("：", ": ")}{escape(shown)}{"…" if len(names) > 4 else ""}</div></div>'
    )


def _programme(graph: ChainGraph, region: str) -> None:
    own = programme_chains(graph, region)
    chains = tuple(own or graph.chains)
    glances = _counted(region, chains)
    city = region_name(graph, region)
    st.title(say(f"{city}：哪条链最要紧？", f"{city}: which chain comes first?"))
    first = by_attention(glances)[0]
    st.markdown(f"#### {chain_name(graph, first.chain_id)}{say('：', ': ')}{said(first.why, language())}")
    st.caption(_programme_words(graph, region, len(chains), bool(own)))
    with st.container(horizontal=True, key="order-row"):
        order = bound(
            st.segmented_control,
            "order",
            say("排列", "Order"),
            {
                "attention": say("最要紧的在前", "most urgent first"),
                "programme": say("按计划次序", "as in the programme"),
                "completeness": say("完整度低的在前", "least complete first"),
            },
            default="attention",
            label_visibility="collapsed",
            required=True,
        )
    ordered = _ordered(glances, order)
    cards = "".join(_card(graph, region, g, own.get(g.chain_id, ""), first=g is first) for g in ordered)
    picked = figure(blocks.root(scheme(), f'<div class="grid">{cards}</div>'), "chains")
    if picked:
        keep(chain=picked)
        st.switch_page("dashboard/pages/chain_map.py", query_params=address())


def _counted(region: str, chains: Sequence[str]) -> list[ChainGlance]:
    """Diagnose the chains and rank their targets, with progress when nothing of it is known yet."""
    place = st.empty()
    bar = None
    for n, chain in enumerate(chains):
        if results.pending(region, chain):
            words = say(f"正在诊断 {n + 1} / {len(chains)} 条链", f"diagnosing chain {n + 1} of {len(chains)}")
            bar = bar or place.progress(0.0)
            bar.progress(n / len(chains), words)
        results.best(region, chain, BEST)
    place.empty()
    return results.glances(region, tuple(chains))


def _ordered(glances: Sequence[ChainGlance], order: str) -> list[ChainGlance]:
    if order == "attention":
        return by_attention(glances)
    if order == "completeness":
        return sorted(glances, key=lambda g: g.completeness)
    return list(glances)


def _programme_words(graph: ChainGraph, region: str, number: int, own: bool) -> str:
    if not own:
        return say(
            f"没有收录该地区的产业链计划；以下是全部 {number} 条链。",
            f"No programme of this region is known here; these are all {number} chains.",
        )
    rows = graph.tables["programmes"]
    mine = rows[rows["region_code"] == region].iloc[0]
    return say(
        f"{mine['name_zh']}（{int(mine['year'])} 年），{number} 条链。卡片上的色块从上游到下游，一格一个环节。",
        f"{mine['name_zh']} ({int(mine['year'])}), {number} chains. The fields on a card run upstream to downstream, one per segment.",
    )


def _card(graph: ChainGraph, region: str, g: ChainGlance, cluster: str, *, first: bool) -> str:
    lang, look = language(), scheme()
    d: Diagnosis = results.diagnosis(region, g.chain_id)
    low, high = d.completeness
    name = chain_name(graph, g.chain_id)
    other = f'<span class="muted line">{escape(cluster)}</span>' if cluster and cluster != name and lang == "zh" else ""
    tags = " ".join(blocks.constraint_tag(lang, c, str(n)) for c, n in g.constraints.items() if n)
    targets = results.best(region, g.chain_id, BEST)
    who = ("、" if lang == "zh" else ", ").join(
        f"{said(t.name, lang)}（{said(t.segment_name, lang)}）"
        if lang == "zh"
        else f"{said(t.name, lang)} ({said(t.segment_name, lang)})"
        for t in targets
    )
    gaps = say(f"{g.gaps} 个环节可招", f"{g.gaps} segments to work on")
    tip = say(
        "链条完整度：能在本地生产的环节占比。斜纹部分不详。",
        "Completeness: share of segments producible here. The hatched part is not known.",
    )
    return (
        f'<div class="card{" first" if first else ""}" data-id="{escape(g.chain_id)}" tabindex="0" role="button" aria-label="{escape(name)}">'
        f'<div class="row spread"><h3>{escape(name)}</h3><span class="tag">{label(d.chain_state, lang)}</span></div>{other}'
        f"{blocks.strip(look, lang, d.segments)}"
        f'<div class="row spread line"><span>{say("完整度", "complete")} <b>{blocks.share(low, high)}</b></span><span>{gaps}</span></div>'
        f"{blocks.completeness_bar(low, high, tip)}"
        f'<div class="row">{tags}</div>'
        f'<div class="line">{escape(said(g.why, lang))}</div>'
        + (f'<div class="line muted">{say("可招：", "Could come: ")}{escape(who)}</div>' if who else "")
        + "</div>"
    )


page()
