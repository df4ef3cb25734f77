"""A file just brought, until it is kept: what was recognised in it, what became of its rows, and what a reader says otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chaingraph import ChainGraph
from chaingraph.errors import ChaingraphError, DataError
from chaingraph.own_firms import Coverage
from chaingraph.phrases import Phrase, said
from dashboard import blocks, problems
from dashboard.basis import number
from dashboard.figure import figure
from dashboard.header import region_options
from dashboard.login import workspace
from dashboard.sentences import literal
from dashboard.state import again, keep, kept, language, say, scheme
from ingest.imports import (
    FIELDS,
    REASONS,
    UPLOAD,
    FirmList,
    ImportEntry,
    Imports,
    RecognisedColumn,
    read_firm_list,
    reviewed_list,
)
from ingest.imports.layout import UNITS
from ingest.uploads import file_name

ACROSS = 4
"""Columns of a file shown side by side."""

MOST_UNUSED = 40
"""Unused columns that are offered."""

LONGEST = 60
"""Signs of a list's name."""


@dataclass
class Draft:
    """A file in this session: its bytes, what the reader says of its columns, and how it was read last."""

    file: str
    content: bytes
    given: dict[str, str] = field(default_factory=dict)
    read_as: tuple[object, ...] = ()
    found: FirmList | None = None


def coverage_words() -> dict[Coverage, str]:
    """Return what a list may claim to hold."""
    return {Coverage.COMPLETE: say("完整", "whole"), Coverage.PARTIAL: say("部分", "partial")}


def show(graph: ChainGraph, user: str) -> None:
    """Take a file, or show the one that was taken until it is kept or put away."""
    draft: Draft | None = st.session_state.get("draft")
    if draft is None:
        _take(graph, user)
    else:
        with st.container(border=True, key="draft-box"):
            _drafted(graph, user, draft)


def _take(graph: ChainGraph, user: str) -> None:
    brought = st.file_uploader(
        say("企业名单，或填好的待核表", "A list of firms, or a review sheet filled in"),
        ["csv", "tsv", "txt", "xlsx", "xlsm"],
        # A new key empties the field: what it held was taken.
        key=f"import-{st.session_state.get('taken', 0)}",
        max_upload_size=UPLOAD.bytes // 2**20,
        help=say(
            f"至多 {UPLOAD.bytes // 2**20} MB、{UPLOAD.rows:,} 行。宏、公式和链接都不执行。更大的文件请用命令 chaingraph import。",
            f"At most {UPLOAD.bytes // 2**20} MB and {UPLOAD.rows:,} rows. No macro, formula or link is followed. Larger files: `chaingraph import`.",
        ),
    )
    if brought is None:
        return
    content = brought.getvalue()
    if reviewed_list(content) is None:
        st.session_state["draft"] = Draft(file_name(brought.name), content)
        _taken()
        again()
    try:
        take_answers(graph, user, content)
    except ChaingraphError as error:
        problems.show(error, "review-problems")
    else:
        again()


def _taken() -> None:
    st.session_state["taken"] = st.session_state.get("taken", 0) + 1


def take_answers(graph: ChainGraph, user: str, content: bytes) -> None:
    """Take the answers of a review sheet into the reader's list that it is of, and open that. ChaingraphError: there is none."""
    mark = reviewed_list(content)
    if mark is None:
        raise ChaingraphError(
            Phrase("这不是待核表：请上传从本页下载的文件。", "this is no review sheet: bring the file downloaded here.")
        )
    lists, (region, name) = Imports(workspace()), mark
    entry = next((e for e in lists.list(user, region) if (e.owner, e.name) == (user, name)), None)
    if entry is None:
        zh = f"这份待核表属于名单“{name}”，你没有这份名单：请先导入它。"
        raise ChaingraphError(Phrase(zh, f"this sheet reviews '{name}', which you do not have: bring the list first."))
    with st.spinner(say("正在读入判定…", "Reading the answers …")):
        before = lists.load(user, entry)
        after = before.answered(content, graph)
        lists.save(user, after)
    n = sum(before.answers.get(k) != v for k, v in after.answers.items())
    st.session_state["done"] = say(f"读入 {n} 个判定。", f"{n} answers taken.")
    _taken()
    _open(entry)


def _open(entry: ImportEntry) -> None:
    if entry.region_code != kept("region"):
        keep(region=entry.region_code, chain="")
    keep(list=number(entry))


def _drafted(graph: ChainGraph, user: str, draft: Draft) -> None:
    st.subheader(literal(draft.file))
    options = region_options(graph)
    here = list(options)
    left, middle, right, last = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
    region = left.selectbox(
        say("名单所属地区", "Region of the list"),
        here,
        here.index(kept("region")) if kept("region") in here else None,
        format_func=options.__getitem__,
        placeholder=say("哪座城市？", "Which city?"),
        key="draft-region",
    )
    name = middle.text_input(
        say("名单名称", "Name of the list"), draft.file.rsplit(".", 1)[0][:LONGEST], max_chars=LONGEST, key="draft-name"
    )
    units = {"": say("按未知", "not known"), **{u: u for u in UNITS}}
    unit = right.selectbox(
        say("文件没写单位的金额", "Amounts without a unit"),
        list(units),
        format_func=units.__getitem__,
        key="draft-unit",
    )
    words = coverage_words()
    coverage = last.segmented_control(
        say("名单是否完整", "Is the list whole?"),
        list(words),
        format_func=words.__getitem__,
        default=Coverage.COMPLETE,
        required=True,
        key="draft-coverage",
        help=say(
            "完整：该地区（某一规模以上）的企业都在，名单里没有的环节就是缺失。部分：没有不等于缺失。",
            "Whole: every firm of the region above some size is there, so a segment without any is missing. Partial: it is not known.",
        ),
    )
    found = _read(graph, draft, region, unit) if region else None
    if found is not None:
        _recognised(draft, found)
        rows_read(found)
        notices(found)
        if doubt := Coverage(coverage).doubt(found.firms.height):
            remedy = say("若并不完整，请选“部分”。", " If it is not whole, choose partial.")
            st.warning(said(doubt, language()) + remedy)
    with st.container(horizontal=True, vertical_alignment="center", key="draft-buttons"):
        keep_it = st.button(
            say("保存名单", "Keep the list"), type="primary", disabled=found is None or not name.strip(), key="draft-keep"
        )
        away = st.button(say("放弃", "Put away"), key="draft-away")
        mine = {(e.region_code, e.name) for e in Imports(workspace()).list(user) if e.owner == user}
        if (region, name.strip()) in mine:
            st.caption(say("将替换同名名单，已有的判定保留。", "Replaces your list of that name; answers given before are kept."))
    if away:
        st.session_state.pop("draft")
        again()
    if keep_it and found is not None:
        _keep(graph, user, replace(found, name=name.strip(), coverage=Coverage(coverage)))


def _read(graph: ChainGraph, draft: Draft, region: str, unit: str) -> FirmList | None:
    """Read the file as the reader says now, once; what keeps it from being read is shown."""
    wanted = (graph.version, region, unit, tuple(draft.given.items()))
    if draft.read_as == wanted:
        return draft.found
    try:
        with st.spinner(say("正在读取文件…", "Reading the file …")):
            draft.found = read_firm_list(draft.content, draft.file, graph, region, columns=draft.given, unit=unit)
        draft.read_as = wanted
    except ChaingraphError as error:
        problems.show(error, "draft-problems")
        if isinstance(error, DataError) and any(p.kind == "missing-column" for p in error.problems):
            _name_column(draft)
        return None
    return draft.found


def _name_column(draft: Draft) -> None:
    """Ask which heading the names stand under."""
    heading = st.text_input(say("企业名称列的表头（照抄）", "Heading of the column of names, as it stands"), key="draft-heading")
    with st.container(horizontal=True):
        if st.button(say("按此读取", "Read by it"), disabled=not heading.strip(), key="draft-by-heading"):
            draft.given["name"] = heading.strip()
            again()
        if draft.given and st.button(say("恢复自动识别", "Recognise anew"), key="draft-anew"):
            draft.given.clear()
            again()


def _recognised(draft: Draft, found: FirmList) -> None:
    """Show a choice of meaning per column; another choice reads the file again."""
    st.markdown(
        say(f"**识别的列**（{len(found.columns)} 列，可改）", f"**Columns recognised** ({len(found.columns)}; yours to change)")
    )
    columns = {c.column.heading: c for c in reversed(found.columns) if c.column.heading}
    shown = [c for c in found.columns if columns.get(c.column.heading) is c]
    _selects(draft, [(c.column.heading, c.column.field, _how(c, found)) for c in shown])
    for c in found.columns:
        if not c.column.heading:
            st.caption(literal(said(c.text, language())))
    unused = [h for h in dict.fromkeys(found.unused) if h not in columns][:MOST_UNUSED]
    if unused:
        with st.expander(say(f"没有用到的列 {len(unused)} 个", f"{len(unused)} columns not used")):
            _selects(draft, [(h, "", "") for h in unused])
    if draft.given and st.button(say("恢复自动识别", "Recognise anew"), key="draft-anew"):
        draft.given.clear()
        again()


def _how(c: RecognisedColumn, found: FirmList) -> str:
    """How a column was recognised, in which unit, and what stands in it."""
    how = {
        "heading": say("按表头", "by its heading"),
        "content": say("按内容", "by its cells"),
        "given": say("按指定", "as you said"),
    }[c.column.how]
    unit = say(f" · 单位 {c.column.unit}", f" · unit {c.column.unit}") if c.column.unit else ""
    cells = found.firms[c.column.field].drop_nulls().head(1).to_list() if c.column.field in found.firms.columns else []
    example = f"{cells[0]:g}" if cells and isinstance(cells[0], float) else str(cells[0])[:24] if cells else ""
    return how + unit + (say(f" · 如 {literal(example)}", f" · such as {literal(example)}") if example else "")


def _selects(draft: Draft, columns: Iterable[tuple[str, str, str]]) -> None:
    words = {"": say("（不使用）", "(not used)"), **{f: said(text, language()) for f, text in FIELDS.items()}}
    places: Sequence[DeltaGenerator] = ()
    for n, (heading, meaning, how) in enumerate(columns):
        places = places if n % ACROSS else st.columns(ACROSS)
        key = f"column-{hashlib.sha1(heading.encode(), usedforsecurity=False).hexdigest()[:8]}"
        if st.session_state.get(key) != meaning:
            st.session_state[key] = meaning
        with places[n % ACROSS]:
            st.selectbox(
                literal(heading),
                list(words),
                format_func=words.__getitem__,
                key=key,
                on_change=_mean,
                args=(draft, heading, meaning, key),
            )
            if how:
                st.caption(how)


def _mean(draft: Draft, heading: str, before: str, key: str) -> None:
    """Take what a reader says a column means. A column he had named himself goes back to what is recognised."""
    meaning = str(st.session_state[key])
    was_given = draft.given.get(before) == heading
    for f in [f for f, h in draft.given.items() if h == heading]:
        del draft.given[f]
    if meaning:
        draft.given[meaning] = heading
    elif not was_given:
        draft.given[before] = ""


def rows_read(found: FirmList) -> None:
    """Show what became of every row: the numbers add up."""
    lang = language()
    parts = [(n, said(REASONS[reason], lang)) for reason, n in found.counts.items() if n or reason == "firms"]
    inside = "<i>+</i>".join(
        f'<span class="{"of" if k else "of first"}"><b>{n:,}</b>{escape(w)}</span>' for k, (n, w) in enumerate(parts)
    )
    total = say("读入的行", "rows read")
    html = f'<div class="sum" role="img" aria-label="{escape(said(found.counts_text, lang))}"><span class="of"><b>{found.rows:,}</b>{total}</span><i>=</i>{inside}</div>'
    figure(blocks.root(scheme(), html), f"rows-{found.sha256[:8]}")


def notices(found: FirmList) -> None:
    """Show what a reader should know of a list, each with the row it stands at."""
    if found.notices:
        st.warning(say("请留意：", "To note:") + "\n" + "\n".join(f"- {literal(said(n, language()))}" for n in found.notices))


def _keep(graph: ChainGraph, user: str, found: FirmList) -> None:
    lists = Imports(workspace())
    earlier = next((e for e in lists.list(user, found.region_code) if (e.owner, e.name) == (user, found.name)), None)
    with st.spinner(say("正在对名称、挂环节…", "Matching names, linking to segments …")):
        answers: Mapping[str, str] = lists.load(user, earlier).answers if earlier else {}
        linked = replace(found, answers=answers).matched(graph).linked(graph)
        lists.save(user, linked)
    st.session_state.pop("draft")
    st.session_state["done"] = say(f"“{found.name}”已保存。", f"'{found.name}' is kept.")
    entry = next(e for e in lists.list(user, found.region_code) if (e.owner, e.name) == (user, found.name))
    _open(entry)
    again()
