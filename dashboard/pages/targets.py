"""目标企业: who could come and why, to be filtered, weighed, compared, kept and taken along."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from itertools import pairwise

import streamlit as st

from chaingraph import ChainGraph, Diagnosis
from chaingraph.labels import label
from chaingraph.model import Mover
from chaingraph.phrases import said
from chaingraph.recommendation import Recommendation
from chaingraph.workbook import targets_workbook
from dashboard import account, blocks, results
from dashboard.card import compared, opened
from dashboard.cautions import cautions
from dashboard.downloads import XLSX, report_button
from dashboard.figure import figure
from dashboard.filters import ABROAD, NOWHERE, Filters, moved, origins
from dashboard.header import chain_name, region_name
from dashboard.kept_list import kept_list, own_lists
from dashboard.sentences import gaps_of
from dashboard.state import bound, bound_many, keep, kept, language, say, scheme
from recommend.scorecard import Ranking

TOP = 200
FIRST = 30
"""Rows shown before the reader asks for more."""
NEAR = ("", "150", "300", "600", "1000")
KNOWN = ("", "0.5", "0.6", "0.7", "0.8")
COMPARED = 3


def page() -> None:
    """Show the targets of the region and chain chosen."""
    graph, region, chain = results.graph(), kept("region"), kept("chain")
    d = results.diagnosis(region, chain)
    city, name = region_name(graph, region), chain_name(graph, chain)
    st.title(say(f"{city} · {name}：谁能来，为什么？", f"{city} · {name}: who could come, and why?"))
    shown_view = bound(
        st.segmented_control,
        "show",
        say("显示", "Show"),
        {
            "targets": say("推荐", "Recommended"),
            "register": say("我的清单", "My list"),
            "retention": say("稳链提示", "Own firms at risk"),
        },
        default="targets",
        label_visibility="collapsed",
        required=True,
    )
    if shown_view == "register":
        kept_list(graph, d)
        return
    if shown_view == "retention":
        cautions(graph, d)
        return
    segment = _segment(d)
    ranking, plain = (
        results.ranking(region, chain, segment, kept("weights"), TOP, argued=True),
        results.ranking(region, chain, segment, "", TOP),
    )
    st.markdown(f"#### {_answer(ranking, d, segment)}")
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        filters = _filters(graph, ranking.targets)
        _weights(ranking)
    shown = [t for t in ranking.targets if filters.takes(t)]
    _files(graph, d, ranking, shown, f"{city}-{name}")
    if not shown:
        _nothing(ranking)
        return
    left, right = st.columns([3, 2], gap="large")
    with left, st.container(key="targets-side"):
        _order(shown)
        _table(shown, moved(ranking.targets, plain.targets) if kept("weights") else {})
    with right, st.container(key="card-side"):
        _card(graph, d, ranking, shown)
    _packages(ranking)
    _left_out(ranking)


def _segment(d: Diagnosis) -> str:
    gaps = gaps_of(d)
    return bound(
        st.selectbox,
        "segment",
        say("环节", "Segment"),
        {"": say("整条链的缺口和弱项", "all gaps and weak segments of the chain"), **gaps},
        width=420,
    )


def _answer(ranking: Ranking, d: Diagnosis, segment: str) -> str:
    number = len(ranking.targets)
    if not number:
        return say("数据里没有可以考虑的企业。", "The data know no firm to consider.")
    first = ranking.targets[0]
    reason = blocks.pull(first, language())
    return say(
        f"{number} 家可考虑，第一位是{first.name}（{first.segment_name}，{first.score:.1f} 分）：{reason}",
        f"{number} firms to consider; first {said(first.name, 'en')} ({said(first.segment_name, 'en')}, {first.score:.1f} points): {reason}",
    )


def _filters(graph: ChainGraph, targets: Sequence[Recommendation]) -> Filters:
    """Show the filters; each option says how many of the targets it takes."""
    lang = language()
    frame = graph.tables["firm_lists"]
    named = dict(
        zip(frame["list_id"], frame["name_en"] if lang == "en" and "name_en" in frame else frame["name_zh"], strict=True)
    )
    own = own_lists()
    numbers = {i: sum(i in t.list_ids for t in targets) for i in named}
    lists = {i: f"{n} · {numbers[i]}" for i, n in named.items()}
    lists |= {i: f"{o.name} · {sum(t.company_id in o.matched for t in targets)}" for i, o in own.items()}
    words = {ABROAD: say("境外", "abroad"), NOWHERE: say("不详", "unknown")}
    places = {c: f"{words.get(c) or region_name(graph, c)} · {n}" for c, n in origins(targets).items()}
    chosen = bound_many("lists", say("榜单", "Lists"), lists, placeholder=say("任何榜单", "any list"), width=250)
    seats = bound_many("origin", say("总部", "Seat"), places, placeholder=say("任何省份", "any province"), width=210)
    near = bound(
        st.selectbox,
        "near",
        say("距离", "Distance"),
        {v: say(f"{v} 公里内", f"within {v} km") if v else say("不限", "any") for v in NEAR},
        width=140,
        help=say("总部所在城市到本市的大圆距离", "Great-circle distance between the seat's city and this one"),
    )
    many = {m: sum(t.mover == m for t in targets) for m in Mover}
    mover = bound(
        st.selectbox,
        "mover",
        say("类型", "Kind"),
        {"": say("不限", "any"), **{m.value: f"{label(m, lang)} · {n}" for m, n in many.items() if n}},
        width=150,
        help=say(
            "扩张型：资料里见过它在外地设厂，历史落户最好预测。首次外迁型：没见过，公开资料很难预测，要靠问。",
            "Expanders have plants elsewhere that we have seen: past arrivals of theirs are foreseen best. "
            "Of newcomers none was seen: what is public hardly tells, so ask.",
        ),
    )
    known = bound(
        st.selectbox,
        "known",
        say("覆盖度", "Coverage"),
        {v: f"≥ {float(v):.0%}" if v else say("不限", "any") for v in KNOWN},
        width=120,
        help=say("已知信号占总权重的比例；未知不是零", "Share of the weight whose signal is known; unknown is not zero"),
    )
    return Filters(
        chosen,
        seats,
        float(near) if near else math.inf,
        float(known) if known else 0.0,
        {i: o.matched for i, o in own.items()},
        mover,
    )


def _weights(ranking: Ranking) -> None:
    """Show the weights as sliders; the ranks follow at once and can be put back."""
    lang, base = language(), results.base_weights()
    changed = kept("weights")
    title = say("权重", "Weights") + (say(" · 已调整", " · adjusted") if changed else "")
    with st.popover(title):
        names = {n: label(n, lang) for n in results.profiles()}
        bound(
            st.segmented_control,
            "profile",
            say("权重方案", "Profile"),
            names,
            default=next(iter(names)),
            required=True,
            help=say(
                "学习权重由真实落户拟合，附五年内落户的概率；手定权重由人声明。",
                "The learned weights were fitted on real arrivals and say how likely a firm is to come within five years; "
                "the hand-set ones were declared.",
            ),
        )
        st.caption(
            say(
                "得分 = Σ 权重占比 × 证据值。排名还让打通更多环节的缺口优先，同一环节第二家起靠后。拖动后立即重算，箭头是相对原权重的升降。",
                "Score = Σ share of weight × evidence. Places also go first to gaps that open more, and a segment's next firms stand back. "
                "All follows at once; arrows show the move against the weights as they were.",
            )
        )
        st.button(say("恢复出厂权重", "Reset"), disabled=not changed, on_click=lambda: keep(weights=""))
        most = max(40, *(round(100 * w.weight) for w in base.of.values()))
        for name, weight in base.of.items():
            now = (
                round(100 * ranking.weights.of[name].weight)
                if not changed
                else _points(changed).get(name, round(100 * weight.weight))
            )
            key = f"weight-{name}"
            if st.session_state.get(key) != now:
                st.session_state[key] = now
            st.slider(label(name, lang), 0, most, key=key, help=said(weight.reason, lang), on_change=_reweigh, args=(name,))


def _points(text: str) -> dict[str, int]:
    return {n: int(float(v)) for n, _, v in (part.partition(":") for part in text.split(",")) if v.replace(".", "", 1).isdigit()}


def _reweigh(name: str) -> None:
    shipped = {n: round(100 * w.weight) for n, w in results.base_weights().of.items()}
    points = {**shipped, **_points(kept("weights")), name: int(st.session_state[f"weight-{name}"])}
    keep(weights=",".join(f"{n}:{v}" for n, v in points.items() if v != shipped[n]))


def _files(graph: ChainGraph, d: Diagnosis, ranking: Ranking, shown: Sequence[Recommendation], name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="files"):
        st.markdown(say(f"**{len(shown)}** / {len(ranking.targets)} 家", f"**{len(shown)}** of {len(ranking.targets)} firms"))
        st.download_button(
            say("下载 Excel（屏幕上这些）", "Excel (what is on screen)"),
            lambda: targets_workbook(
                d, shown, ranking.excluded, ranking.weights.to_pandas(), graph.tables["origins"], date.today(), ranking.odds
            ),
            f"{name}-{say('目标企业', 'targets')}.xlsx",
            XLSX,
            key="xlsx",
            on_click="ignore",
            disabled=not shown,
            help=say("得分是活公式：改权重即重算", "Scores are live formulas: change a weight and they follow"),
        )
        report_button(d.region.code, d.chain_id)


def _order(shown: Sequence[Recommendation]) -> None:
    """Say why places do not follow the score, where they do not."""
    if any(later.score > t.score for t, later in pairwise(shown)):
        st.caption(
            say(
                "名次不全按得分：能打通更多环节的缺口在前，同一环节的第二家起靠后。",
                "Places go by more than the score: gaps that open more come first, a segment's next firms stand back.",
            )
        )


def _table(shown: Sequence[Recommendation], moves: Mapping[str, int]) -> None:
    lang = language()
    whole = st.session_state.get("more", False)
    rows = []
    for n, t in enumerate(shown[: None if whole else FIRST], 1):
        move = moves.get(t.company_id, 0)
        arrow = f'<br><span class="{"up" if move > 0 else "down"}">{"↑" if move > 0 else "↓"}{abs(move)}</span>' if move else ""
        lists = say("、", ", ").join(said(x, lang) for x in t.lists[:2])
        rows.append(
            blocks.row(
                [
                    f'<td class="num">{n}{arrow}</td>',
                    f'<td class="name">{escape(said(t.name, lang))}<br><span class="muted">{escape(_about(t))}</span></td>',
                    f'{escape(said(t.segment_name, lang))}<br><span class="muted why">{escape(lists)}</span>',
                    f'<td class="num">{blocks.meter(t.score / 100, f"{t.score:.1f}")}<br><span class="muted why">{_sureness(t)}</span></td>',
                    f'<span class="why">＋ {escape(blocks.pull(t, lang))}<br><span class="muted">－ {escape(said(t.against, lang))}</span></span>',
                ],
                t.company_id,
                on=t.company_id == kept("firm"),
                named=said(t.name, lang),
            )
        )
    head = (
        say("#>", "#>"),
        say("企业 · 总部", "Firm · seat"),
        say("环节 · 榜单", "Segment · lists"),
        say("得分>", "Score>"),
        say("最强理由 · 最强反对理由", "Strongest for · against"),
    )
    figure(
        blocks.root(scheme(), blocks.table(head, rows, say("目标企业", "Targets"))),
        "targets",
        least=640,
        on_pick=lambda firm: keep(firm=firm),
    )
    if len(shown) > FIRST and not whole:
        st.button(say(f"显示全部 {len(shown)} 家", f"Show all {len(shown)}"), on_click=lambda: st.session_state.update(more=True))


def _about(t: Recommendation) -> str:
    """Say where a firm sits and which of the two kinds it is."""
    lang = language()
    return " · ".join(x for x in (said(t.seat, lang), label(t.mover, lang) if t.mover else "") if x)


def _sureness(t: Recommendation) -> str:
    """Say how much is known of a target and how firm its place is."""
    known = f"{say('已知', 'known')} {t.coverage:.0%}"
    return known if math.isnan(t.stability) else f"{known}<br>{say('稳定', 'stable')} {t.stability:.0%}"


def _packages(ranking: Ranking) -> None:
    """Show which firms are worth more together."""
    if ranking.packages:
        with st.expander(say(f"一起招更值：{len(ranking.packages)} 组", f"Worth more together: {len(ranking.packages)}")):
            for package in ranking.packages:
                st.markdown(f"- {said(package.text, language())}")


def _card(graph: ChainGraph, d: Diagnosis, ranking: Ranking, shown: Sequence[Recommendation]) -> None:
    by_id = {t.company_id: t for t in ranking.targets}
    names = {t.company_id: said(t.name, language()) for t in shown}
    picked = st.multiselect(
        say("对比两三家", "Compare two or three"),
        list(names),
        format_func=names.__getitem__,
        max_selections=COMPARED,
        key="compared",
        placeholder=say("选两三家企业", "choose two or three firms"),
    )
    if len(picked) >= 2:
        compared([by_id[c] for c in picked])
        return
    target = by_id.get(kept("firm")) or shown[0]
    opened(graph, d, target)
    account.add_button(d, target)


def _nothing(ranking: Ranking) -> None:
    st.info(
        say(
            "没有企业符合这些条件。放宽榜单、总部、距离或覆盖度。",
            "No firm meets these filters. Widen the lists, seats, distance or coverage.",
        )
        if ranking.targets
        else say(
            "这个环节没有可考虑的企业：换一个环节，或看下面未入选的原因。",
            "This segment has no firm to consider: choose another, or see below why firms were left out.",
        )
    )
    if ranking.targets:
        st.button(say("清除筛选", "Clear the filters"), on_click=lambda: keep(lists="", origin="", near="", known="", mover=""))
    _left_out(ranking)


def _left_out(ranking: Ranking) -> None:
    lang = language()
    with st.expander(say(f"未入选 {len(ranking.excluded)} 条，为什么", f"{len(ranking.excluded)} left out, and why")):
        rows = [
            blocks.row(
                [escape(said(e.name, lang)), label(e.reason, lang), f'<span class="why">{escape(said(e.text, lang))}</span>']
            )
            for e in ranking.excluded[:300]
        ]
        head = (say("企业", "Firm"), say("原因", "Reason"), say("说明", "Explanation"))
        figure(blocks.root(scheme(), blocks.table(head, rows, say("未入选", "Left out"))), "excluded")


page()
