"""How right it is, in words first: who came and where it stood on the list, whether probabilities hold, and where we are blind."""

from __future__ import annotations

from html import escape

import streamlit as st

from chaingraph import figures
from chaingraph.figures import Figures, interval, one_in
from chaingraph.labels import label
from chaingraph.phrases import said
from dashboard import blocks, curves
from dashboard.charts import ROW
from dashboard.figure import figure
from dashboard.state import bound, language, say, scheme

MEASURES = {
    "hit@10": ("前 10 名", "first 10"),
    "hit@50": ("前 50 名", "first 50"),
    "industry hit@3": ("同行业前 3", "first 3 of its industry"),
    "industry hit@10": ("同行业前 10", "first 10 of its industry"),
}
"""Measures that are shares of the arrivals, in words."""


@st.cache_data(max_entries=1, show_spinner=False)
def _shipped() -> Figures:
    return figures.shipped()


def accuracy() -> None:
    """Show what the trials found of rankings, probabilities, links and names."""
    found = _shipped()
    lists, came = found["profile"], found["arrivals"]
    ours = figures.of(lists["ranked_by"], group="learned")
    ten, fifty = (one_in(ours[m]["value"]) for m in ("hit@10", "hit@50"))
    st.markdown(
        say(
            f"#### 真实落户的企业里，{ten}在我们名单的前 10，{fifty}在前 50",
            f"#### Of the firms that came, {ten.en} stood among the first 10 of our list, {fifty.en} among the first 50",
        )
    )
    st.caption(
        say(
            f"只用 {lists['cut']} 年以前的资料排名，对照此后 {lists['arrivals']} 次真实落户；被测城市从不参加学习。横线是 95% 区间；谁真的更好，看 docs/accuracy.md 里逐次落户的差。",
            f"Ranked by what was known before {lists['cut']}, against the {lists['arrivals']} arrivals since; a city of the test was never learned from. "
            "Lines are 95 % intervals; which way is really better, the differences arrival by arrival in docs/accuracy.md tell.",
        )
    )
    _ways(lists, came)
    _kinds(lists)
    _probabilities(lists)
    _others(found)
    _limits()


def _ways(lists: Figures, came: Figures) -> None:
    lang = language()
    measure = bound(
        st.segmented_control,
        "measure",
        say("量什么", "Measure"),
        {m: words[lang == "en"] for m, words in MEASURES.items()},
        default="hit@10",
        label_visibility="collapsed",
        required=True,
    )
    model = figures.of(came["ranked_by"], group="learned") | {"group": say("落户模型", "model of arrivals")}
    first, *rest = lists["ranked_by"]
    rows = [first, model, *rest]
    st.echarts_chart(
        curves.ranked(rows, measure, lang, scheme()),
        height=ROW * len(rows) + 40,
        theme=None,
        renderer="svg",
        key="ways",
        alt=say("各种排法找到的真实落户", "Arrivals found by each way of ranking"),
    )
    st.caption(
        say(
            f"「落户模型」只问谁会来这座城市，不问补哪个环节，用于 predict arrivals。名单里有 {lists['without_segment']} 次落户的企业不属于任何链的环节，谁也列不出来，一律算没找到。",
            f"The model of arrivals asks who comes to a city, whatever the segment; `predict arrivals` uses it. {lists['without_segment']} arrivals are of firms in "
            "no segment of any chain: no list can name them, and they count as missed.",
        )
    )


def _kinds(lists: Figures) -> None:
    lang = language()
    rows = [r for r in lists["by_kind"] if r["group"] == "learned"]
    by = {r["kind"]: r for r in rows}
    old, new = (one_in(by[kind]["hit@50"]["value"]) for kind in ("expander", "newcomer"))
    st.markdown(
        say(
            f"**两类企业差得很远**：扩张型（此前已在外地设厂）{old}在前 50；首次外迁型{new}。后一类公开资料几乎预见不了，要靠走访去问。",
            f"**Two kinds of firms, far apart**: of expanders (with a plant elsewhere before) {old.en} stood among the first 50; of newcomers {new.en}. "
            "What is public hardly foresees these: ask them.",
        )
    )
    head = ("", say("落户>", "Arrivals>"), *(words[lang == "en"] + ">" for words in MEASURES.values()))
    body = [
        blocks.row(
            [f"<b>{label(r['kind'], lang)}</b>", blocks.num(str(r["arrivals"])), *(blocks.num(_share(r[m])) for m in MEASURES)]
        )
        for r in rows
    ]
    figure(blocks.root(scheme(), blocks.table(head, body, say("两类企业", "Two kinds of firms"))), "kinds", least=560)


def _probabilities(lists: Figures) -> None:
    lang, sharp, years = language(), lists["sharpness"], lists["within_years"]
    rows = lists["reliability"]
    foreseen, came = figures.expected(rows), sum(r["arrivals"] for r in rows)
    top = max(rows, key=lambda r: r["foreseen"])
    st.markdown(
        say(
            f"**概率信得过几分**：能来的「城市—企业」每 {1 / sharp['base_rate']:,.0f} 对只有 1 对在 {years} 年内成真。合计预计 {foreseen:.0f} 次，实际 {came} 次；"
            f"概率最高的 {top['pairs']} 对预计 {top['foreseen']:.1%}，实际 {top['came']:.1%}。但高于平均两倍的 {sharp['pairs']:.0%} 对里有 {sharp['arrivals']:.0%} 的落户："
            "用它比谁高谁低，不要当准数。",
            f"**How far to trust a probability**: of the pairs of city and firm that could meet, 1 in {1 / sharp['base_rate']:,.0f} came true within {years} years. "
            f"{foreseen:.0f} arrivals were foreseen, {came} came; of the {top['pairs']} highest pairs {top['foreseen']:.1%} were foreseen and {top['came']:.1%} came. "
            f"Yet the {sharp['pairs']:.0%} of pairs above twice the mean hold {sharp['arrivals']:.0%} of the arrivals: use it to compare firms, not as an exact number.",
        )
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**{say('预计与实际', 'Foreseen and came')}**")
        st.echarts_chart(
            curves.reliability(lists["reliability"], lang, scheme()),
            height=340,
            theme=None,
            renderer="svg",
            key="reliability",
            alt=say("预计的概率与实际来的比例", "Probability foreseen against the share that came"),
        )
    with right:
        st.markdown(f"**{say('越靠前越容易命中', 'How soon the list finds them')}**")
        st.echarts_chart(
            curves.lift(lists["lift"], lang, scheme()),
            height=340,
            theme=None,
            renderer="svg",
            key="lift",
            alt=say("名单最前面含有多少真实落户", "Share of the arrivals among the first of the list"),
        )


def _others(found: Figures) -> None:
    lang, names = language(), {r["share"]: r for r in found["names"]}
    linked = figures.of(found["links"]["labelled"], set="fourteen other chains", method="as it ships")
    held = figures.of(found["presence"], trial="20 % kept", **{"from": 0, "to": None})
    rows = {
        say("企业挂到环节", "Firms linked to segments"): say(
            f"挂上的{one_out(linked['precision']['value'])}是错的，主营该环节的找到 {linked['recall']['value']:.0%}",
            f"{one_out(linked['precision']['value'])} of the links is wrong; {linked['recall']['value']:.0%} of the firms whose main activity it is are found",
        ),
        say("认出是哪家企业", "Names matched to firms"): say(
            f"认定的{one_out(names['Precision']['value'])}认错，{names['Recall']['value']:.0%} 认得出",
            f"{one_out(names['Precision']['value'])} of the accepted is wrong, {names['Recall']['value']:.0%} are found",
        ),
        say("环节有多少的区间", "Interval of a segment's weight"): say(
            f"说是 90% 的区间，数据变薄后 {held['held']:.0%} 仍包住真值",
            f"intervals said to hold 90 % hold {held['held']:.0%} when the data are made thin",
        ),
    }
    exact = (
        f"{interval(linked['precision'])} / {interval(linked['recall'])}",
        f"{interval(names['Precision'])} / {interval(names['Recall'])}",
        f"{held['held']:.3f}",
    )
    body = [
        blocks.row([f"<b>{escape(k)}</b>", escape(v), f'<span class="muted">{x}</span>'])
        for (k, v), x in zip(rows.items(), exact, strict=True)
    ]
    head = (say("名单的依据", "What lists stand on"), say("有多准", "How right"), say("精确率 / 召回率", "Precision / recall"))
    figure(blocks.root(scheme(), blocks.table(head, body, said(head[0], lang))), "others", least=640)


def one_out(right: float) -> str:
    """Return how often something is wrong, in words: one of so many."""
    return (
        say(f"每 {1 / (1 - right):.0f} 个约 1 个", f"about 1 in {1 / (1 - right):.0f}") if right < 1 else say("没有一个", "none")
    )


def _limits() -> None:
    st.markdown(
        say(
            "**看不见的**  \n"
            "· 只有 2020 年仍上市的企业参加测试，早已退市、倒闭的和多数未上市企业不在内。  \n"
            "· 落户靠名称里带母公司字号认出；换个名字设厂，就当作没来。  \n"
            "· 登记止于 2019 年，2007 年后缺一半城市；投资意向、谈判进展不在公开数据里。  \n"
            "· 用的是 2020 年的营收和人数，对早年偏高。  \n"
            "· 排名只说先找谁谈，不能用来决定任何一家企业的待遇。测法、全部数字和模型说明见项目的 docs/accuracy.md 与 docs/model_card.md。",
            "**What we do not see**  \n"
            "· Only firms still listed in 2020 take part: those that left or failed before, and most unlisted ones, are not there.  \n"
            "· An arrival is known by a name that shows the parent; a plant under another name counts as nobody having come.  \n"
            "· Registrations end in 2019 and miss half of the cities after 2007; intentions and talks are not in public data.  \n"
            "· Revenue and staff are those of 2020, too large for earlier years.  \n"
            "· The ranking says whom to talk to first and decides nothing about a firm. Protocols, all figures and the model card are in docs/accuracy.md and docs/model_card.md.",
        )
    )


def _share(cell: Figures) -> str:
    return f"{cell['value']:.0%} [{cell['low']:.0%}, {cell['high']:.0%}]"
