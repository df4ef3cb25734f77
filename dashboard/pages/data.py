"""数据与方法: where every number comes from and how old it is, where we are blind, how a score is made, what the words mean."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from chaingraph import ChainGraph
from chaingraph.labels import label
from chaingraph.lint import lint
from chaingraph.mapping.maps import inward_map
from chaingraph.phrases import said
from chaingraph.presence import region_coverage
from dashboard import blocks, results
from dashboard.accuracy import accuracy
from dashboard.charts import years
from dashboard.figure import figure
from dashboard.header import region_name
from dashboard.state import bound, kept, language, say, scheme

PROJECT = results.PROJECT


def page() -> None:
    """Show what stands behind the numbers."""
    graph = results.graph()
    st.title(say("这些数字从哪来，能信多少？", "Where do the numbers come from, and how far to trust them?"))
    views = {
        "origins": say("来源", "Origins"),
        "accuracy": say("有多准", "How right"),
        "coverage": say("覆盖", "Coverage"),
        "score": say("得分怎么算", "The score"),
        "lint": say("图谱检查", "Graph lint"),
        "glossary": say("术语", "Glossary"),
    }
    view = bound(
        st.segmented_control,
        "show",
        say("内容", "Contents"),
        views,
        default="origins",
        label_visibility="collapsed",
        required=True,
    )
    if view == "accuracy":
        accuracy()
        return
    {"origins": _origins, "coverage": _coverage, "score": _score, "lint": _lint, "glossary": _glossary}[view](graph)


def _origins(graph: ChainGraph) -> None:
    frame = graph.tables["origins"]
    newest = pd.to_datetime(frame["retrieved_on"]).max()
    st.markdown(
        say(
            f"#### {len(frame)} 个来源，最近一次获取 {newest:%Y-%m-%d}；每一行数据都记着自己的来源",
            f"#### {len(frame)} origins, last retrieved {newest:%Y-%m-%d}; every row of the data names its own",
        )
    )
    lang = language()
    used = {name: f for name, f in graph.tables.frames.items() if "origin_id" in f.columns and name != "origins"}
    rows = []
    for r in frame.to_dict("records"):
        counts = [
            f"{name} {int((f['origin_id'] == r['origin_id']).sum()):,}"
            for name, f in used.items()
            if (f["origin_id"] == r["origin_id"]).any()
        ]
        date = r["published_on"] if not pd.isna(r["published_on"]) else None
        rows.append(
            blocks.row(
                [
                    f'<td class="name">{escape(str(r["title"]))}<br><span class="muted">{escape(str(r["publisher"]))}</span></td>',
                    _short(f"{date:%Y-%m-%d}" if date is not None else say("未注明", "not given")),
                    _short(f"{r['retrieved_on']:%Y-%m-%d}"),
                    _short(label(str(r["confidence_level"]), lang)),
                    f'<span class="why">{escape("" if pd.isna(r["definition"]) else str(r["definition"]))}<br><span class="muted">{escape(str(r["licence"]))}</span></span>',
                    f'<span class="why muted">{escape("; ".join(counts))}</span>',
                ]
            )
        )
    head = (
        say("来源", "Origin"),
        say("发布", "Published"),
        say("获取", "Retrieved"),
        say("可信程度", "Confidence"),
        say("口径与许可", "Definition, licence"),
        say("用在哪里（行数）", "Used in (rows)"),
    )
    figure(blocks.root(scheme(), blocks.table(head, rows, say("来源", "Origins"))), "origins", least=900)


def _short(text: str) -> str:
    return f'<td class="short">{escape(text)}</td>'


def _coverage(graph: ChainGraph) -> None:
    values, thin = _coverages(graph.version)
    st.markdown(
        say(
            f"#### {len(values)} 个地级地区里，{thin} 个的登记数据很薄（覆盖度低于 40%）：那里「未见」不等于「没有」",
            f"#### Of {len(values)} prefectures, {thin} are thinly covered (below 40 %): there, none seen is not none",
        )
    )
    home = graph.places.city_of(kept("region")) if kept("region") else ""
    svg = inward_map(
        results.boundaries(),
        {c: round(100 * v) for c, v in values.items()},
        home=home,
        title=say("登记数据的覆盖度", "Coverage of the registrations"),
        unit="%",
        known=list(values),
        lang=language(),
        scheme=scheme(),
        level="nation",
        width=1000,
    )
    figure(svg, "coverage-map", least=640)
    st.caption(
        say(
            "覆盖度：五个时期各自的登记数 ÷ 同级地区中位数，不超过 1，取平均。登记只有制造业，止于 2019 年，2007 年后缺一半城市。",
            "Coverage: over five periods, registrations ÷ the median of places of its kind, at most 1, averaged. Manufacturing only, to 2019; half of the cities end in 2007.",
        )
    )
    by_year = graph.tables["coverage"]
    name = say("全国", "The nation")
    if home:
        inside = [c for c in graph.regions if graph.places.city_of(c) == home]
        by_year, name = by_year[by_year["region_code"].isin(inside)], region_name(graph, home)
    sums = by_year.groupby("year", as_index=False)["registration_count"].sum()
    st.markdown(f"**{name}{say('：各年登记数', ': registrations by year')}**")
    st.echarts_chart(
        years(sums, language(), scheme()),
        height=240,
        theme=None,
        renderer="svg",
        key="years",
        alt=say("各年登记数", "Registrations by year"),
    )


@st.cache_resource(max_entries=1, show_spinner=False)
def _coverages(version: str) -> tuple[dict[str, float], int]:
    graph = results.graph()
    values = {c: region_coverage(graph, graph.regions[c])[1] for c in graph.places.cities}
    return values, sum(v < 0.4 for v in values.values())


def _score(graph: ChainGraph) -> None:
    lang, weights = language(), results.base_weights()
    st.markdown(
        say(
            "#### 得分 = Σ 权重占比 × 证据值 × 100；覆盖度 = 已知信号的权重占比。得分不是概率；排名还看补上缺口能带动多少",
            "#### Score = Σ share of weight × evidence × 100; coverage = share of the weight that is known. A score is no probability; places also go by what a gap opens",
        )
    )
    rows = [
        blocks.row(
            [
                f"<b>{label(n, lang)}</b>",
                blocks.num(f"{w.weight:.0%}"),
                blocks.num(f"{w.when_unknown:g}"),
                f'<span class="why">{escape(said(w.reason, lang))}</span>',
            ]
        )
        for n, w in weights.of.items()
    ]
    head = (label("signal", lang), label("weight", lang) + ">", label("when_unknown", lang) + ">", say("为什么", "Why"))
    figure(blocks.root(scheme(), blocks.table(head, rows, say("权重", "Weights"))), "weights-table")
    chance = weights.chance
    st.markdown(
        say(
            "权重凡历史落户能教的由其学得，其余由人声明；能不能信，见「有多准」。"
            + ("得分换算成五年内落户的概率，只对学习权重有效，拖动滑块后不再给出。" if chance else "手定权重不给概率。")
            + "诊断按区位熵 90% 区间的下限评级；全部定义和常数见项目的 docs/methods.md。",
            "Weights are learned from past arrivals where these can teach them, the others are declared; whether to trust them is told under “How right”. "
            + (
                "A score becomes a probability of coming within five years under the learned weights only; moved sliders give none. "
                if chance
                else "Hand-set weights give no probability. "
            )
            + "Grades use the lower bound of the 90 % interval of the location quotient; every definition and constant is in docs/methods.md.",
        )
    )


def _lint(graph: ChainGraph) -> None:
    lang, found = language(), sorted(_lints(graph.version), key=lambda f: f.is_explained)
    known = sum(f.is_explained for f in found)
    st.markdown(
        say(
            f"#### 细心的读者会在图谱里绊到 {len(found)} 处：{known} 处有说明，{len(found) - known} 处待改",
            f"#### A careful reader would stumble over {len(found)} things: {known} are explained, {len(found) - known} to be mended",
        )
    )
    rows = [
        blocks.row(
            [
                escape(label(f.rule, lang)),
                escape(f.where),
                escape(f.text),
                escape(said(f.because, lang)) if f.is_explained else f'<span class="muted">{escape(f.remedy)}</span>',
            ]
        )
        for f in found[:300]
    ]
    head = (say("规则", "Rule"), say("位置", "Where"), say("发现", "Finding"), say("说明或怎么办", "Explanation or remedy"))
    figure(blocks.root(scheme(), blocks.table(head, rows, "lint")), "lint", least=760)


@st.cache_resource(max_entries=1, show_spinner=False)
def _lints(version: str) -> list:  # type: ignore[type-arg]
    return lint(results.graph())


def _glossary(graph: ChainGraph) -> None:
    text = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][2:]
    now = [cells for cells in lines if len(cells) == 4 and cells[3].strip() == "now"]
    st.markdown(say(f"#### 一个概念一个词：{len(now)} 条", f"#### One idea, one word: {len(now)} entries"))
    rows = [
        blocks.row([f"<b>{escape(zh)}</b>", escape(meaning), f'<span class="muted">{escape(word.replace("`", ""))}</span>'])
        for zh, meaning, word, _ in now
    ]
    figure(
        blocks.root(
            scheme(), blocks.table(("中文", "Meaning", say("代码里的词", "Word in code")), rows, say("术语", "Glossary"))
        ),
        "glossary",
    )


page()
