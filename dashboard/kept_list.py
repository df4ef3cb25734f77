"""我的清单: what a team keeps of the targets, how far it is with each, and the lists of firms it brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from chaingraph import ChainGraph, Diagnosis
from chaingraph.errors import ChaingraphError
from chaingraph.labels import label
from chaingraph.model import TargetStatus
from dashboard import account, blocks, problems, results
from dashboard.downloads import XLSX
from dashboard.figure import figure
from dashboard.header import region_name
from dashboard.login import workspace
from dashboard.state import again, keep, kept, language, say, scheme
from ingest.own_lists import OwnList, OwnLists, read_own_list
from recommend.register import LONGEST_NOTE, Entry, TargetRegister, register_workbook, stale

LARGEST_MB = 5


def own_lists() -> dict[str, OwnList]:
    """Return the lists of firms that who is logged in has brought, by id; none for a guest."""
    name = account.user()
    return {o.list_id: o for o in OwnLists(workspace()).lists(name)} if name else {}


def kept_list(graph: ChainGraph, d: Diagnosis) -> None:
    """Show the kept list of who is logged in, and let it be changed."""
    own = account.register()
    if own is None:
        st.info(
            say(
                "登录后，这里是你自己的目标企业清单：从「推荐」里把企业加入，记下进展，别人看不到。",
                "Log in, and here is your own list of targets: add firms from the recommendations and note how far you are. Nobody else sees it.",
            )
        )
        return
    whole = st.toggle(say("所有地区和产业链", "All regions and chains"), key="whole-register")
    entries = own.entries() if whole else own.entries(d.region.code, d.chain_id)
    if entries:
        _entries(graph, own, entries, whole)
    else:
        st.info(
            say(
                "清单还是空的。在「推荐」里点开一家企业，点「加入清单」。",
                "The list is empty. Open a firm among the recommendations and add it.",
            )
        )
    _brought(graph)


def _entries(graph: ChainGraph, own: TargetRegister, entries: Sequence[Entry], whole: bool) -> None:
    lang, gone = language(), {e.key for e in stale(entries, graph)}
    counts = {s: sum(e.status is s for e in entries) for s in TargetStatus}
    told = say("、", ", ").join(f"{label(s, lang)} {n}" for s, n in counts.items() if n)
    st.markdown(say(f"#### 清单上 {len(entries)} 家：{told}", f"#### {len(entries)} on the list: {told}"))
    st.download_button(
        say("下载清单（Excel）", "Download the list (Excel)"),
        lambda: register_workbook(entries, graph, today=date.today()),
        say("目标企业清单.xlsx", "target-list.xlsx"),
        XLSX,
        key="register-xlsx",
        on_click="ignore",
    )
    rows = [
        blocks.row(
            [
                f'<td class="name">{escape(e.name)}{_where(graph, e) if whole else ""}</td>',
                escape(_segment(graph, e.segment_id)),
                f'<span class="tag">{label(e.status, lang)}</span>',
                blocks.num(f"{e.score:.1f}"),
                f'<span class="why">{escape(e.note)}{_gone(e.key in gone)}</span>',
                f'<td class="short muted">{e.added_on:%Y-%m-%d}</td>',
            ],
            e.company_id,
            on=e.company_id == kept("firm"),
            named=e.name,
        )
        for e in entries
    ]
    head = (
        say("企业", "Firm"),
        say("环节", "Segment"),
        say("进展", "Status"),
        say("加入时得分>", "Score when added>"),
        say("备注", "Note"),
        say("加入", "Added"),
    )
    figure(
        blocks.root(scheme(), blocks.table(head, rows, say("我的清单", "My list"))),
        "register",
        least=640,
        on_pick=lambda firm: keep(firm=firm),
    )
    chosen = next((e for e in entries if e.company_id == kept("firm")), None)
    if chosen:
        _change(own, chosen)


def _where(graph: ChainGraph, e: Entry) -> str:
    known = e.region_code in graph.regions and e.chain_id in graph.chains
    return (
        f'<br><span class="muted">{escape(region_name(graph, e.region_code))} · {escape(graph.chains[e.chain_id])}</span>'
        if known
        else ""
    )


def _segment(graph: ChainGraph, segment: str) -> str:
    if segment not in graph.segments:
        return segment
    found = graph.segments[segment]
    return found.name_en if language() == "en" else str(found.name_zh)


def _gone(is_gone: bool) -> str:
    return f' <span class="tag">{say("当前数据里已没有", "no longer in the data")}</span>' if is_gone else ""


def _change(own: TargetRegister, e: Entry) -> None:
    lang = language()
    mark = "-".join(e.key)
    with st.form(f"change-{mark}", border=True):
        st.markdown(f"**{e.name}**")
        options = list(TargetStatus)
        status = st.selectbox(
            say("进展", "Status"), options, options.index(e.status), format_func=lambda s: label(s, lang), key=f"status-{mark}"
        )
        note = st.text_area(say("备注", "Note"), e.note, max_chars=LONGEST_NOTE, key=f"note-{mark}")
        with st.container(horizontal=True):
            save = st.form_submit_button(say("保存", "Save"), type="primary")
            drop = st.form_submit_button(say("移出清单", "Take off the list"))
    if drop:
        own.remove(e.key)
        keep(firm="")
        again()
    if save:
        own.change(e.key, status=status, note=note)
        again()


def _brought(graph: ChainGraph) -> None:
    """Let a list of firms be brought, such as 专精特新, to filter the targets by."""
    name = account.user() or ""
    store = OwnLists(workspace())
    with st.expander(
        say("自带名单（专精特新、小巨人、协会会员…）", "Lists of your own (specialised firms, members of an association …)")
    ):
        st.caption(
            say(
                "CSV、Excel 或每行一个名称的文本；名称与数据里的企业对上后，可在「推荐」里按名单筛选。只有自己看得到。",
                "CSV, Excel or a text with one name a line; names are matched to the companies here, and the list becomes a filter. Only you see it.",
            )
        )
        brought = st.file_uploader(say("名单文件", "File"), ["csv", "xlsx", "txt"], key="own-list", max_upload_size=LARGEST_MB)
        if brought is not None and st.session_state.get("own-list-read") != brought.file_id:
            st.session_state["own-list-read"] = brought.file_id
            try:
                read = read_own_list(brought.getvalue(), brought.name, graph)
                store.save(name, read)
                st.toast(say(f"{read.name}：对上 {len(read.matched)} 家", f"{read.name}: {len(read.matched)} matched"))
            except ChaingraphError as error:
                problems.show(error, "own-list-problems")
        for found in store.lists(name):
            _shown(store, name, found)


def _shown(store: OwnLists, name: str, found: OwnList) -> None:
    names = results.companies()
    with st.container(horizontal=True, vertical_alignment="center", key=f"own-{found.list_id}"):
        st.markdown(
            say(
                f"**{found.name}**：{found.rows} 行，对上 {len(found.matched)} 家，{len(found.to_review)} 个待核，{len(found.unmatched)} 个不在数据里",
                f"**{found.name}**: {found.rows} rows, {len(found.matched)} matched, {len(found.to_review)} to review, {len(found.unmatched)} not in the data",
            )
        )
        if st.button(say("删除", "Remove"), key=f"remove-{found.list_id}"):
            store.remove(name, found.list_id)
            again()
    if found.to_review:
        st.caption(
            say("待核：", "To review: ")
            + say("；", "; ").join(
                f"{text} → {say('、', ', ').join(names.get(c, c) for c in ids)}" for text, ids in found.to_review[:20]
            )
        )
