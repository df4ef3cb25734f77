"""产业链图谱: the chain drawn, what the region has of it, and what a segment or a link says when picked."""

from __future__ import annotations

from html import escape

import streamlit as st

from chaingraph import ChainGraph, Diagnosis
from chaingraph.diagnosis import SegmentDiagnosis
from chaingraph.drawing.picture import chain_picture
from chaingraph.graph import SupplyLink
from chaingraph.model import SegmentKind
from chaingraph.phrases import said
from dashboard import blocks, results
from dashboard.downloads import picture_buttons, report_button
from dashboard.figure import figure
from dashboard.header import chain_name, region_name
from dashboard.sentences import before_and_after, in_short, segment_name
from dashboard.state import address, bound, keep, kept, language, say, scheme
from dashboard.what_if import landing_choice

LEAST = 860
"""Width in pixels below which the picture scrolls: smaller, its words could not be read."""
SHOWN = 12
"""Firms named in a list before the rest is counted."""


def page() -> None:
    """Show the chain of the region chosen."""
    graph = results.graph()
    region, chain = kept("region"), kept("chain")
    plain = results.diagnosis(region, chain)
    city, name = region_name(graph, region), chain_name(graph, chain)
    st.title(say(f"{name}：{city}有什么、缺什么？", f"{name}: what {city} has and lacks"))
    st.markdown(f"#### {in_short(plain)}")
    with st.container(horizontal=True, vertical_alignment="bottom", key="map-row"):
        view = bound(
            st.segmented_control,
            "view",
            say("图", "View"),
            {"status_map": say("现状图", "Status map"), "panorama": say("全景图", "Panorama")},
            default="status_map",
            required=True,
            help=say(
                "全景图：这条链是什么。现状图：本地有它的什么。",
                "Panorama: what the chain is. Status map: what the region has of it.",
            ),
        )
        landing = landing_choice(region, chain) if view == "status_map" else ""
        report_button(region, chain)
    after = results.diagnosis(region, chain, landing) if landing else plain
    if landing:
        st.info(before_and_after(plain, after, results.companies()[landing]))
    svg = chain_picture(
        graph,
        chain,
        None if view == "panorama" else after,
        lang=language(),
        scheme=scheme(),
        selected=kept("link") or kept("segment"),
        before=plain if landing else None,
    )
    figure(svg, "chain", least=LEAST, on_pick=_pick)
    lang, drawn = language(), None if view == "panorama" else after
    before = plain if landing else None
    picture_buttons(lambda: chain_picture(graph, chain, drawn, lang=lang, before=before), f"{city}-{name}")
    link = next((k for k in graph.links if f"{k.supplier_id}>{k.customer_id}" == kept("link")), None)
    if link:
        _link(graph, after, link)
    elif kept("segment"):
        _segment(graph, after, after[kept("segment")])
    else:
        st.caption(
            say(
                "点一个环节或一条连线，看谁在做、证据、对策和谁能来。",
                "Pick a segment or a link to see who is here, the evidence, what to do and who could come.",
            )
        )


def _pick(found: str) -> None:
    keep(**({"link": found, "segment": ""} if ">" in found else {"segment": found, "link": ""}))


def _segment(graph: ChainGraph, d: Diagnosis, s: SegmentDiagnosis) -> None:
    lang = language()
    with st.container(border=True, key="detail"):
        st.subheader(segment_name(s))
        left, right = st.columns(2, gap="large")
        with left:
            figure(blocks.root(scheme(), _facts(graph, d, s)), "segment-facts")
        with right:
            _who_could_come(d, s)
    products = graph.segments[s.segment_id].products
    if lang == "zh" and products and products[0]:
        st.caption("代表产品：" + "、".join(products))


def _facts(graph: ChainGraph, d: Diagnosis, s: SegmentDiagnosis) -> str:
    lang, look, limits = language(), scheme(), d.thresholds
    market = s.kind is SegmentKind.MARKET
    spread = f"{s.lq:.2f} [{s.lq_low:.2f}, {s.lq_high:.2f}]"
    bounds = (limits.adequate_from, limits.strong_from)
    pairs = {
        say("现状", "Grade"): f"{blocks.chip(look, lang, s.presence, s.kind)} {escape(said(s.because, lang))}",
        say("区位熵", "Location quotient"): ""
        if market
        else f"{blocks.interval(look, s.lq_low, s.lq, s.lq_high, s.presence, bounds, spread)} {escape(spread)} "
        f'<span class="muted">{say("90% 区间", "90 % interval")}</span>',
        say("制约", "Constraint"): "<br>".join(
            f"{blocks.constraint_tag(lang, f.constraint)} {escape(said(f.text, lang))}" for f in s.findings
        ),
        say("对策", "Action"): blocks.action_tag(lang, s.action, provisional=s.is_provisional),
        say("补上后增益", "Gain when filled"): f"+{s.keystone_gain:.0%}" if s.keystone_gain > 0 else "",
        say("已知企业", "Known firms here"): _named(list(s.companies)),
    }
    return blocks.facts(pairs)


def _named(ids: list[str]) -> str:
    names = results.companies()
    shown = ("、" if language() == "zh" else ", ").join(names[i] for i in ids[:SHOWN])
    more = say(f" 等 {len(ids)} 家", f" … {len(ids)} in all") if len(ids) > SHOWN else ""
    return (
        escape(shown + more)
        or f'<span class="muted">{say("没有一家知道名字；登记只有数目", "none by name; registrations are counts only")}</span>'
    )


def _who_could_come(d: Diagnosis, s: SegmentDiagnosis) -> None:
    lang = language()
    st.markdown(f"**{say('谁能来', 'Who could come')}**")
    if s.kind is SegmentKind.MARKET:
        st.caption(say("市场是需求，不招企业。", "A market is demand: no firms are looked for."))
        return
    found = results.ranking(d.region.code, d.chain_id, s.segment_id)
    if not found.targets:
        st.caption(say("数据里没有可以考虑的企业。", "The data know no firm to consider."))
        return
    rows = [
        blocks.row(
            [
                f'<td class="name">{escape(said(t.name, lang))}<br><span class="muted">{escape(said(t.seat, lang))}</span></td>',
                blocks.num(f"{t.score:.1f}"),
                f'<span class="why">{escape(blocks.pull(t, lang))}</span>',
            ],
            t.company_id,
            named=said(t.name, lang),
        )
        for t in found.targets[:6]
    ]
    head = (say("企业", "Firm"), say("得分>", "Score>"), say("最强理由", "Strongest reason"))
    picked = figure(blocks.root(scheme(), blocks.table(head, rows)), "segment-targets")
    st.caption(
        say(
            f"共 {len(found.targets)} 家可考虑，{len(found.excluded)} 家未入选。点一家看它为什么会来。",
            f"{len(found.targets)} firms considered, {len(found.excluded)} left out. Pick one to see why it would come.",
        )
    )
    if picked:
        keep(firm=picked)
        st.switch_page("dashboard/pages/targets.py", query_params=address())


def _link(graph: ChainGraph, d: Diagnosis, k: SupplyLink) -> None:
    lang, look = language(), scheme()
    supplier, customer = d[k.supplier_id], d[k.customer_id]
    with st.container(border=True, key="detail"):
        st.subheader(f"{segment_name(supplier)} → {segment_name(customer)}")
        need = (
            say("必需投入：没有它做不成", "essential: cannot be made without it")
            if k.is_essential
            else say("有用而非必需", "useful, not essential")
        )
        if not k.is_judged:
            need = say("是否必需不详", "not known whether essential")
        if k.is_recycling:
            need = say("回收利用", "recycling")
        group = [
            graph.segments[o.supplier_id]
            for o in graph.inputs(k.customer_id)
            if k.substitute_group and o.substitute_group == k.substitute_group and o is not k
        ]
        known = k.strength == k.strength
        strength = f"{k.strength:.3f} 元 / 元" if lang == "zh" else f"{k.strength:.3f} yuan per yuan"
        pairs = {
            say("关系", "Relation"): escape(need),
            say("可替代", "Substitutes"): escape("、".join(g.name_en if lang == "en" else g.name_zh for g in group)),
            say("投入强度", "Input strength"): escape(strength if known else say("不详", "unknown"))
            + f' <span class="muted">{say("所属大类之间的直接消耗系数（2020 年投入产出表），不是本产品的", "direct-input coefficient between their sectors (input–output table 2020), not of the product itself")}</span>',
            say(
                "供方", "Supplier"
            ): f"{blocks.chip(look, lang, supplier.presence, supplier.kind)} {escape(said(supplier.because, lang))}",
            say("供方企业", "Suppliers here"): _named(list(supplier.companies)),
            say(
                "需方", "Customer"
            ): f"{blocks.chip(look, lang, customer.presence, customer.kind)} {escape(said(customer.because, lang))}",
            say("需方企业", "Customers here"): _named(list(customer.companies)),
            say("制约", "Constraint"): "<br>".join(escape(said(f.text, lang)) for f in supplier.findings),
        }
        left, right = st.columns([3, 2], gap="large")
        with left:
            figure(blocks.root(look, blocks.facts(pairs)), "link-facts")
        with right:
            if supplier.is_gap:
                _who_could_come(d, supplier)
            else:
                st.caption(say("供方在本地不是缺口。", "The supplier is no gap here."))


page()
