"""数据导入: an office's own list of firms, read, confirmed, answered, and what it changes in the diagnosis."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from chaingraph import ChainGraph
from chaingraph.errors import ChaingraphError
from dashboard import account, basis, blocks, list_draft, problems, results
from dashboard.figure import figure
from dashboard.header import region_name
from dashboard.kept_import import opened
from dashboard.state import again, keep, kept, say, scheme
from ingest.imports import ImportEntry


def page() -> None:
    """Show what may be brought, what was brought, and the list that is open."""
    graph, region = results.graph(), kept("region")
    city = region_name(graph, region) if region else say("本地", "your region")
    st.title(say(f"{city}：按自己的企业名单诊断", f"{city}: diagnosed by your own list of firms"))
    user = account.user()
    if user is None:
        _guest()
        return
    st.caption(
        say(
            "导入规上企业、链上企业等名单：列自动识别，名称与已知企业对上，挂到环节，存疑的由你判定；然后可代替登记数据用于诊断。共享之前只有自己看得到。",
            "Bring a list of firms: its columns are recognised, names matched, firms linked to segments, doubts left to you; "
            "then it can stand in place of the registrations. Until you share it, only you see it.",
        )
    )
    list_draft.show(graph, user)
    lists = basis.seen()
    _lists(graph, user, lists)
    entry = lists.get(kept("list"))
    if entry is not None and entry.region_code == region:
        try:
            opened(graph, user, entry)
        except ChaingraphError as error:
            problems.show(error, "opened-problems")


def _guest() -> None:
    st.info(
        say(
            "这里导入本地区自己的企业名单（办公室手里的 Excel、CSV 都可以），用它代替旧的登记数据来诊断。请先点上方「登录」；没有账户，请管理员用 chaingraph user add 添加。",
            "Here a region's own list of firms is brought (Excel or CSV as an office has it), to stand in place of the old registrations. "
            "Log in first, at the top; an administrator adds accounts with `chaingraph user add`.",
        )
    )
    st.markdown(
        say(
            "1. **上传**：标题行、合计行、合并单元格、万元亿元都认得，每一行的去向都有数。\n"
            "2. **核对**：识别出的列可以改；存疑的名称和环节由你判定，也可下载待核表分头填。\n"
            "3. **使用**：看它让哪些环节的评级改变，一键切换诊断依据，随时换回登记数据。",
            "1. **Upload**: title rows, totals, joined cells and units are understood, and every row is accounted for.\n"
            "2. **Check**: columns can be changed; doubtful names and segments are yours to decide, here or on a sheet.\n"
            "3. **Use**: see which grades it changes, diagnose by it with one switch, and go back at any time.",
        )
    )


def _lists(graph: ChainGraph, user: str, lists: Mapping[str, ImportEntry]) -> None:
    st.subheader(say("已导入的名单", "Lists brought"))
    if not lists:
        st.info(say("还没有名单。在上面选一个文件开始。", "No list yet. Choose a file above to begin."))
        return
    used = basis.chosen(kept("region")) if kept("region") else None
    rows = [
        blocks.row(
            [
                f'<td class="name">{escape(e.name)}<br><span class="muted">{escape(e.file)}</span></td>',
                escape(region_name(graph, e.region_code)) if e.region_code in graph.regions else escape(e.region_code),
                blocks.num(f"{e.firm_count:,}"),
                blocks.num(f"{e.rows:,}"),
                escape(list_draft.coverage_words()[e.coverage]),
                f'<td class="short">{escape(e.read_on)}</td>',
                f'<span class="muted">{escape(e.version)}</span>',
                _standing(user, e, is_used=used == basis.of(e)),
            ],
            n,
            on=n == kept("list"),
            named=e.name,
        )
        for n, e in lists.items()
    ]
    head = (
        say("名单", "List"),
        say("地区", "Region"),
        say("企业>", "Firms>"),
        say("行数>", "Rows>"),
        say("覆盖", "Coverage"),
        say("导入日期", "Brought"),
        say("数据版本", "Data"),
        say("状态", "Standing"),
    )
    picked = figure(blocks.root(scheme(), blocks.table(head, rows, say("已导入的名单", "Lists brought"))), "lists", least=720)
    if picked in lists and picked != kept("list"):
        if lists[picked].region_code != kept("region"):
            keep(region=lists[picked].region_code, chain="")
        keep(list=picked)
        again()
    if kept("list") not in lists:
        st.caption(say("点一行打开名单。", "Pick a row to open a list."))


def _standing(user: str, e: ImportEntry, *, is_used: bool) -> str:
    words = []
    if e.owner != user:
        words.append(say(f"{e.owner}共享", f"shared by {e.owner}"))
    else:
        words.append(say("已共享", "shared") if e.is_shared else say("只有自己可见", "private"))
    if is_used:
        words.append(say("正用于诊断", "in use"))
    return " ".join(f'<span class="tag">{escape(w)}</span>' for w in words)


page()
