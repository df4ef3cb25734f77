"""The head of every page: region, chain, evidence, language, account."""

from __future__ import annotations

import streamlit as st

from chaingraph import ChainGraph
from chaingraph.errors import UnknownNameError
from chaingraph.model import RegionLevel
from chaingraph.phrases import said
from chaingraph.places import Region
from chaingraph.search import search_regions
from dashboard import account, basis, results
from dashboard.state import bound, default_language, keep, kept, language, say

FIRST_CHAIN = "pump-motor"


def head(graph: ChainGraph) -> None:
    """Show what is chosen, to be chosen otherwise; settle on a region and a chain that there are."""
    _settle(graph)
    with st.container(horizontal=True, vertical_alignment="bottom", key="head", gap="small"):
        _region(graph)
        if kept("region"):
            _chain(graph)
            basis.choice()
        bound(
            st.segmented_control,
            "lang",
            say("语言", "Language"),
            {"zh": "中文", "en": "EN"},
            default=default_language(),
            label_visibility="collapsed",
            required=True,
        )
        account.menu()
    if st.session_state.pop("replaced", False):
        st.toast(say("数据已更新，结果已按新版本重算。", "The data have been replaced; results are of the new version."))


def _settle(graph: ChainGraph) -> None:
    """Take back a region, chain, segment or firm of the address that the data do not have, and say so once."""
    strange = []
    for name, known in (("region", graph.regions), ("chain", graph.chains), ("segment", graph.segments)):
        if kept(name) and kept(name) not in known:
            strange.append(kept(name))
            keep(**{name: ""})
    for name in ("firm", "landing"):
        if kept(name) and kept(name) not in results.companies():
            strange.append(kept(name))
            keep(**{name: ""})
    if kept("region") and graph.places.city_of(kept("region")) not in graph.places.cities:
        strange.append(graph.regions[kept("region")].name_zh)
        keep(region="")
    if strange:
        st.warning(
            say("地址中有数据里没有的内容，已略去：", "The address names what the data do not have; left out: ")
            + "、".join(strange)
        )
    if not basis.settle():
        st.warning(
            say(
                "地址中的自有名单已删除，或没有共享给你（共享的名单登录后可见）；以下按登记数据。",
                "The own list that the address names is removed or not shared with you (shared ones are seen when logged in); this rests on registrations.",
            )
        )
    if kept("region") and not kept("chain"):
        keep(chain=next(iter(programme_chains(graph, kept("region"))), FIRST_CHAIN))
    chain = kept("chain")
    if kept("segment") and graph.segments[kept("segment")].chain_id != chain:
        keep(segment="")


def programme_chains(graph: ChainGraph, region: str) -> dict[str, str]:
    """Return the chains of a region's programme, each with the name of its cluster there; none without a programme."""
    programmes, named = graph.tables["programmes"], graph.tables["programme_chains"].dropna(subset=["chain_id"])
    mine = programmes.loc[programmes["region_code"] == region, "programme_id"]
    rows = named[named["programme_id"].isin(mine)]
    found: dict[str, str] = {}
    for chain, cluster in zip(rows["chain_id"], rows["cluster_zh"].fillna(""), strict=True):
        found.setdefault(str(chain), str(cluster))
    return found


def region_words(region: Region, graph: ChainGraph) -> str:
    """Return a region as it stands in a list: name, for a county with its city, and pinyin to find it by."""
    zh, en = str(region.name_zh), said(region.name_en, "en")
    above = graph.regions[region.parent_code] if region.level is RegionLevel.COUNTY else None
    if language() == "en":
        return f"{en}, {said(above.name_en, 'en')} · {zh}" if above else f"{en} · {zh}"
    return f"{above.name_zh}{zh} · {en}" if above else f"{zh} · {en}"


@st.cache_resource(max_entries=4, show_spinner=False)
def _region_options(version: str, lang: str) -> dict[str, str]:
    graph = results.graph()
    own = list(dict.fromkeys(graph.tables["programmes"]["region_code"]))
    rest = [c for c in graph.places.cities if c not in own]
    return {c: region_words(graph.regions[c], graph) for c in [*own, *rest]}


def region_options(graph: ChainGraph) -> dict[str, str]:
    """Return the regions to choose from, those with a programme first, and the one chosen: code → words."""
    options, current = _region_options(graph.version, language()), kept("region")
    return options if not current or current in options else {**options, current: region_words(graph.regions[current], graph)}


def _region(graph: ChainGraph) -> None:
    current, words = kept("region"), region_options(graph)
    key = "_region"
    if st.session_state.get(key) != (current or None):
        st.session_state[key] = current or None
    st.selectbox(
        say("地区", "Region"),
        list(words),
        key=key,
        index=None,
        format_func=lambda c: words.get(c, c),
        placeholder=say("哪座城市？名称、代码或拼音", "Which city? Name, code or pinyin"),
        accept_new_options=True,
        on_change=_choose_region,
        label_visibility="collapsed",
        width=270,
    )


def _choose_region() -> None:
    """Take the region picked; a text that is none is searched for."""
    text, graph = st.session_state["_region"] or "", results.graph()
    if text and text not in graph.regions:
        found = search_regions(graph, text, limit=1)
        if not found:
            try:
                graph.find_region(text)
            except UnknownNameError as error:
                st.session_state["trouble"] = str(error)
            return
        text = found[0].code
    keep(region=text, chain="")


def _chain(graph: ChainGraph) -> None:
    own = programme_chains(graph, kept("region"))
    names = _chain_names(graph)
    outside = say("（计划外）", " (outside the programme)") if own else ""
    options = {c: names[c] for c in own} | {c: n + outside for c, n in names.items() if c not in own}
    bound(
        st.selectbox,
        "chain",
        say("产业链", "Chain"),
        options,
        default=next(iter(options)),
        label_visibility="collapsed",
        width=270,
    )


def _chain_names(graph: ChainGraph) -> dict[str, str]:
    frame = graph.tables["chains"]
    column = "name_en" if language() == "en" else "name_zh"
    return dict(zip(frame["chain_id"], frame[column], strict=True))


def chain_name(graph: ChainGraph, chain: str) -> str:
    """Return the name of a chain in the reader's language."""
    return _chain_names(graph)[chain]


def region_name(graph: ChainGraph, code: str) -> str:
    """Return the name of a region in the reader's language."""
    region = graph.regions[code]
    return said(region.name_en, "en") if language() == "en" else str(region.name_zh)
