"""签约回测: a team's own past signings, placed on the list of before they came; what that tells, and what it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from html import escape

import streamlit as st

from chaingraph import ChainGraph
from chaingraph.errors import ChaingraphError, DataError
from chaingraph.labels import label
from chaingraph.phrases import Phrase, said
from dashboard import account, blocks, charts, problems, results
from dashboard.downloads import XLSX
from dashboard.figure import figure
from dashboard.header import chain_name, region_name
from dashboard.sentences import literal
from dashboard.state import again, kept, language, say, scheme
from ingest.imports import UPLOAD
from ingest.signings import SigningList, read_signings
from ingest.uploads import file_name
from recommend.backtest import Backtest, Placed, backtest
from recommend.backtest.rates import MEASURES
from recommend.backtest.report import ORDERED, by_way, firm_name, rate_text, workbook

MOST_SIGNINGS = 2000
"""Signings of a file that the page takes."""

MOST_SHOWN = 200
"""Signings listed on the page; the workbook has all."""


@dataclass
class Brought:
    """A file in this session and whose it is: its bytes, what the reader says of its columns, and what was last made of it."""

    user: str
    file: str
    content: bytes
    columns: dict[str, str] = field(default_factory=dict)
    made_for: tuple[object, ...] = ()
    listed: SigningList | None = None
    found: Backtest | None = None


def page() -> None:
    """Take a list of signings, and show where its firms would have stood."""
    graph, region = results.graph(), kept("region")
    city = region_name(graph, region)
    st.title(say(f"{city}：以往签约回测", f"{city}: past signings back-tested"))
    user = account.user()
    brought: Brought | None = st.session_state.get("signings")
    if brought is not None and brought.user != user:
        # Who logs out or in as another leaves nothing behind.
        st.session_state.pop("signings")
        brought = None
    if user is None:
        _guest()
        return
    st.caption(
        say(
            "上传本地以往的签约（企业、日期、项目）：看每家企业签约之前会排在名单第几，比按收入、远近来排好不好。文件只在本次会话里使用，不保存，别人看不到。",
            "Bring your past signings (firm, date, project): see where each firm would have stood before it signed, and whether that beats ordering "
            "by revenue or distance. The file is used in this session only: it is not kept, and nobody else sees it.",
        )
    )
    if brought is None:
        _take(user)
    else:
        _shown(graph, region, brought)


def _guest() -> None:
    st.info(
        say(
            "这里用本地自己的签约来检验推荐名单。请先点上方「登录」；没有账户，请管理员用 chaingraph user add 添加。",
            "Here the list of targets is tested on your own signings. Log in first, at the top; an administrator adds accounts with `chaingraph user add`.",
        )
    )
    st.markdown(
        say(
            "1. **上传**：一列签约企业、一列签约日期；标题行、合计行、合并单元格都认得，每一行的去向都有数。\n"
            "2. **对照**：每家企业放回签约年份之前的名单里，看排第几；同一批候选再按收入、远近、异地设厂数和随机来排。\n"
            "3. **结论**：签约太少、说明不了时照实说，并给出需要多少个。",
            "1. **Upload**: a column of firms and one of dates; title rows, totals and joined cells are understood, and every row is accounted for.\n"
            "2. **Compare**: each firm is put back on the list of before the year it signed; the same candidates are ordered by revenue, distance, plants "
            "elsewhere, and at random.\n"
            "3. **Conclude**: when the signings are too few to tell, that is said, with the number that would do.",
        )
    )


def _take(user: str) -> None:
    size = UPLOAD.bytes // 2**20
    taken = st.file_uploader(
        say("签约表", "List of signings"),
        ["csv", "tsv", "txt", "xlsx", "xlsm"],
        # A new key empties the field: what it held was taken.
        key=f"signings-{st.session_state.get('signings_taken', 0)}",
        max_upload_size=size,
        help=say(
            f"至多 {size} MB、{MOST_SIGNINGS:,} 个签约。宏、公式和链接都不执行。更大的文件请用命令 chaingraph backtest。",
            f"At most {size} MB and {MOST_SIGNINGS:,} signings. No macro, formula or link is followed. Larger files: `chaingraph backtest`.",
        ),
    )
    if taken is not None:
        st.session_state["signings"] = Brought(user, file_name(taken.name), taken.getvalue())
        st.session_state["signings_taken"] = st.session_state.get("signings_taken", 0) + 1
        again()


def _shown(graph: ChainGraph, region: str, brought: Brought) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="signings-head"):
        st.subheader(literal(brought.file), width="content")
        chains = {"": say("全部产业链", "all chains"), kept("chain"): chain_name(graph, kept("chain"))}
        chain = st.segmented_control(
            say("放回哪份名单", "On which list"), list(chains), format_func=chains.__getitem__, default="", required=True, key="signings-chain",
            help=say("全部产业链：每家企业取它所在各链里最好的名次。", "All chains: a firm has its best place over the chains it is in."),
        )  # fmt: skip
        if st.button(say("换一份文件", "Another file"), key="signings-away"):
            st.session_state.pop("signings")
            again()
    try:
        found = _made(graph, region, str(chain or ""), brought)
    except ChaingraphError as error:
        problems.show(error, "signings-problems")
        if isinstance(error, DataError) and any(p.kind == "missing-column" for p in error.problems):
            _name_columns(brought)
        return
    if brought.listed is not None:
        lang = language()
        st.caption(literal(said(brought.listed.counts_text, lang)))
        st.caption(literal(say("；", "; ").join(said(c, lang) for c in brought.listed.columns)))
    _told(graph, found)


def _made(graph: ChainGraph, region: str, chain: str, brought: Brought) -> Backtest:
    """Read and place the signings, once for what is chosen. DataError: the file is no list of signings, or too long."""
    wanted = (graph.version, region, chain, tuple(brought.columns.items()))
    if brought.found is not None and brought.made_for == wanted:
        return brought.found
    place = st.empty()
    with st.spinner(say("正在读取文件、放回当年的名单…", "Reading the file, placing the firms on the lists of then …")):
        listed = read_signings(brought.content, brought.file, graph, columns=brought.columns)
        if len(listed.signings) > MOST_SIGNINGS:
            number = len(listed.signings)
            raise ChaingraphError(
                Phrase(
                    f"有 {number:,} 个签约，本页至多 {MOST_SIGNINGS:,} 个：请拆分，或用命令 chaingraph backtest。",
                    f"{number:,} signings, this page takes at most {MOST_SIGNINGS:,}: split the file, or use `chaingraph backtest`.",
                )
            )
        found = backtest(
            graph, listed.signings, region, chain or None, results.base_weights(), say=lambda step: place.caption(literal(step))
        )
    place.empty()
    brought.listed, brought.found, brought.made_for = listed, found, wanted
    return found


def _name_columns(brought: Brought) -> None:
    """Ask which headings the firms and the dates stand under."""
    left, right, last = st.columns([3, 3, 2], vertical_alignment="bottom")
    name = left.text_input(say("签约企业列的表头（照抄）", "Heading of the firms, as it stands"), key="signings-name")
    day = right.text_input(say("签约日期列的表头（照抄）", "Heading of the dates, as it stands"), key="signings-date")
    given = {field: text.strip() for field, text in (("name", name), ("date", day)) if text.strip()}
    if last.button(say("按此读取", "Read by them"), disabled=not given, key="signings-by-heading"):
        brought.columns = given
        again()


def _told(graph: ChainGraph, found: Backtest) -> None:
    lang = language()
    st.markdown(literal(said(found.fates_text, lang)))
    st.info(literal(said(found.headline, lang)))
    for text in found.sentences[1:]:
        st.markdown(f"- {literal(said(text, lang))}")
    if found.placed:
        st.subheader(say("命中率", "Hit rates"))
        st.echarts_chart(
            charts.hit_rates(found.rates, lang, scheme()),
            height=340,
            theme=None,
            renderer="svg",
            key="hit-rates",
            alt=say("各种排法的命中率", "Hit rates by way of ordering"),
        )
        figure(blocks.root(scheme(), _rates(found, lang)), "rates", least=760)
    st.subheader(say("每个签约", "Every signing"))
    figure(blocks.root(scheme(), _signings(graph, found, lang)), "signings-table", least=900)
    if len(found.signings) > MOST_SHOWN:
        st.caption(say(f"先列 {MOST_SHOWN} 个，全部在 Excel 里。", f"The first {MOST_SHOWN}; the workbook has all."))
    st.download_button(
        say("下载 Excel", "Download Excel"),
        lambda: workbook(found, graph, lang, date.today()),
        say(f"{found.region_name}-以往签约回测.xlsx", f"{found.region_name.en}-back-test.xlsx"),
        XLSX,
        key="signings-xlsx",
        on_click="ignore",
    )
    with st.expander(say("局限", "Limits"), expanded=True):
        st.markdown("\n".join(f"- {literal(said(text, lang))}" for text in found.limits))


def _rates(found: Backtest, lang: str) -> str:
    rows = [
        blocks.row([f'<td class="name">{escape(label(way, lang))}</td>', *(blocks.num(rate_text(r)) for r in rates)])
        for way, rates in by_way(found).items()
    ]
    head = (label("way", lang), *(f"{label(m, lang)}>" for m in MEASURES))
    return blocks.table(head, rows, say("命中率", "Hit rates"))


def _signings(graph: ChainGraph, found: Backtest, lang: str) -> str:
    columns = ("signed_on", "written_name", "name", "segment_name")
    numbers = ("place", "segment_place", *ORDERED)
    head = (*(label(c, lang) for c in columns), *(f"{label(c, lang)}>" for c in numbers), label("fate", lang))
    rows = (_signing(graph, p, lang) for p in found.signings[:MOST_SHOWN])
    return blocks.table(head, rows, say("每个签约", "Every signing"))


def _signing(graph: ChainGraph, p: Placed, lang: str) -> str:
    s = p.signing
    firm = firm_name(s.company_id, graph) if s.is_known else ""
    segment = said(graph.segments[p.segment_id].name, lang) if p.among else ""
    places = [f"{p.place:g} / {p.among}", f"{p.segment_place:g} / {p.segment_among}"] if p.among else ["", ""]
    places += ["" if not at >= 1 else f"{at:g}" for at in (p.places.get(way, float("nan")) for way in ORDERED)]
    fate = escape(label(p.fate, lang))
    why = "" if p.among else f'<br><span class="muted">{escape(said(p.because, lang))}</span>'
    words = (
        f'<td class="short">{escape(s.day)}</td>',
        f'<td class="name">{escape(s.name)}<br><span class="muted">{escape(s.project)}</span></td>',
    )
    return blocks.row([*words, f'<td class="short">{escape(firm)}</td>', escape(segment), *map(blocks.num, places), fate + why])


page()
