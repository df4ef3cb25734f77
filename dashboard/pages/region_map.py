"""招商地图: what the region has, county by county, and where the targets are, grouped by city for a trip."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from chaingraph import ChainGraph
from chaingraph.mapping.maps import Spot, inward_map, outward_map
from chaingraph.model import RegionLevel
from chaingraph.phrases import said
from chaingraph.recommendation import Recommendation
from dashboard import blocks, results
from dashboard.downloads import picture_buttons, report_button
from dashboard.figure import figure
from dashboard.header import chain_name, region_name
from dashboard.sentences import gaps_of, listed
from dashboard.state import address, bound, keep, kept, language, say, scheme

TOP = 100
TRIPS = 12


def page() -> None:
    """Show the map of the region and chain chosen."""
    graph, region, chain = results.graph(), kept("region"), kept("chain")
    city, name = region_name(graph, region), chain_name(graph, chain)
    view = kept("level", "outward")
    title = {
        "outward": say(f"{city} · {name}：目标企业在哪里？", f"{city} · {name}: where are the targets?"),
        "inward": say(f"{city} · {name}：我们有什么，在哪里？", f"{city} · {name}: what do we have, and where?"),
    }
    st.title(title.get(view, title["outward"]))
    with st.container(horizontal=True, vertical_alignment="bottom", key="map-controls"):
        view = bound(
            st.segmented_control,
            "level",
            say("看", "View"),
            {
                "outward": say("向外：目标在哪", "Outward: the targets"),
                "inward": say("向内：本地有什么", "Inward: what is here"),
            },
            default="outward",
            required=True,
        )
        segment = _segment(graph, region, chain)
        report_button(region, chain)
    if view == "inward":
        _inward(graph, region, chain, segment)
    else:
        _outward(graph, region, chain, segment)


def _segment(graph: ChainGraph, region: str, chain: str) -> str:
    gaps = gaps_of(results.diagnosis(region, chain))
    return bound(
        st.selectbox,
        "segment",
        say("环节", "Segment"),
        {"": say("整条链", "the whole chain"), **gaps},
        width=320,
    )


def _outward(graph: ChainGraph, region: str, chain: str, segment: str) -> None:
    targets = results.ranking(region, chain, segment, kept("weights"), TOP).targets
    by_city: dict[str, list[Recommendation]] = {}
    elsewhere: list[Recommendation] = []
    for t in targets:
        code = graph.places.city_of(t.seat_code) if t.seat_code else ""
        if code in graph.places.cities:
            by_city.setdefault(code, []).append(t)
        else:
            elsewhere.append(t)
    ordered = sorted(by_city.items(), key=lambda item: (-len(item[1]), item[0]))
    if not targets:
        st.info(say("没有目标企业可画。换一个环节或一条链。", "There are no targets to draw. Choose another segment or chain."))
        return
    top = listed([f"{region_name(graph, c)} {len(ts)}" for c, ts in ordered], 3)
    st.markdown(
        say(
            f"#### 前 {len(targets)} 家目标分布在 {len(by_city)} 个城市：{top}",
            f"#### The first {len(targets)} targets are in {len(by_city)} cities: {top}",
        )
    )
    spots = [Spot(c, region_name(graph, c), len(ts), _names(region_name(graph, c), ts)) for c, ts in ordered]
    home = graph.places.city_of(region)
    chosen = st.session_state.get("trip", "")

    bounds, lang = results.boundaries(), language()

    def drawn(look: str, selected: str = "") -> str:
        return outward_map(bounds, home, spots, lang=lang, scheme=look, selected=selected)

    figure(
        drawn(scheme(), chosen if chosen in by_city else ""),
        "outward",
        least=720,
        on_pick=lambda code: st.session_state.update(trip=code),
    )
    picture_buttons(lambda: drawn("light"), f"{region_name(graph, region)}-{say('招商地图', 'map')}", "map")
    _trips(graph, region, ordered, chosen)
    if elsewhere:
        names = listed([f"{said(t.name, language())}（{said(t.seat, language())}）" for t in elsewhere], 12)
        st.caption(
            say(
                f"不在图上的 {len(elsewhere)} 家（境外，或总部只知道省份或不详）：",
                f"{len(elsewhere)} not on the map (abroad, or seat not known to the city): ",
            )
            + names
        )


def _names(city: str, targets: Sequence[Recommendation]) -> str:
    lang = language()
    first = "\n".join(f"{said(t.name, lang)} · {said(t.segment_name, lang)} · {t.score:.1f}" for t in targets[:6])
    return f"{city} · {len(targets)}\n{first}" + ("\n…" if len(targets) > 6 else "")


def _trips(graph: ChainGraph, region: str, ordered: Sequence[tuple[str, list[Recommendation]]], chosen: str) -> None:
    """List the cities as trips: most targets first, the one picked on the map on top."""
    lang = language()
    st.subheader(say("按城市成行", "By city, for a trip"))
    first = [item for item in ordered if item[0] == chosen]
    rows = []
    home = graph.places.cities.index(graph.places.city_of(region))
    for code, targets in [*first, *(item for item in ordered if item[0] != chosen)][:TRIPS]:
        away = graph.places.distances[home, graph.places.cities.index(code)]
        rows += [
            blocks.row(
                [
                    f'<td class="name">{escape(region_name(graph, code))}<br><span class="muted">{away:.0f} km · {len(targets)} {say("家", "firms")}</span></td>'
                    if n == 0
                    else "",
                    f"<b>{escape(said(t.name, lang))}</b>",
                    escape(said(t.segment_name, lang)),
                    blocks.num(f"{t.score:.1f}"),
                    f'<span class="why">{escape(blocks.pull(t, lang))}</span>',
                ],
                t.company_id,
                on=code == chosen,
                named=said(t.name, lang),
            )
            for n, t in enumerate(targets[:5])
        ]
    head = (
        say("城市", "City"),
        say("企业", "Firm"),
        say("环节", "Segment"),
        say("得分>", "Score>"),
        say("最强理由", "Strongest reason"),
    )
    picked = figure(blocks.root(scheme(), blocks.table(head, rows, say("按城市", "By city"))), "trips", least=640)
    if picked:
        keep(firm=picked)
        st.switch_page("dashboard/pages/targets.py", query_params=address())


def _inward(graph: ChainGraph, region: str, chain: str, segment: str) -> None:
    home = graph.places.city_of(region)
    d = results.diagnosis(region, chain)
    wanted = [segment] if segment else [s.id for s in graph.chain_segments(chain, producing=True)]
    counties = [r.code for r in graph.regions.values() if r.level is RegionLevel.COUNTY and r.parent_code == home]
    frame = graph.tables["presence"]
    inside = frame[frame["segment_id"].isin(wanted)]
    sums = inside.groupby("region_code")["company_count"].sum()
    seen = set(graph.tables["coverage"]["region_code"])
    values = {c: float(sums.get(c, 0.0)) for c in counties if c in seen}
    rest, total = float(sums.get(home, 0.0)), sum(values.values())
    what = chain_name(graph, chain) if not segment else gaps_of(d)[segment].split(" · ")[0]
    st.markdown(
        say(
            f"#### {what}：{len(values)} 个区县有登记数据，共 {total:.0f} 家次",
            f"#### {what}: {len(values)} counties have registrations, {total:.0f} links in all",
        )
    )
    unit = say("登记企业—环节", "registrations × segments") if not segment else say("登记企业（家）", "registered firms")
    title = say(f"{region_name(graph, home)}各区县", f"Counties of {region_name(graph, home)}")
    bounds, lang = results.boundaries(), language()

    def drawn(look: str) -> str:
        return inward_map(
            bounds, values, home=home, title=title, unit=unit, known=list(values), lang=lang, scheme=look, level="county"
        )

    left, right = st.columns([3, 2], gap="large")
    with left:
        figure(drawn(scheme()), "inward", least=520)
        picture_buttons(lambda: drawn("light"), f"{region_name(graph, region)}-{say('本地分布', 'status')}", "inward-map")
    with right:
        rows = [
            blocks.row([escape(region_name(graph, c)), blocks.num(f"{v:.0f}")])
            for c, v in sorted(values.items(), key=lambda item: -item[1])
        ]
        figure(blocks.root(scheme(), blocks.table((say("区县", "County"), f"{unit}>"), rows, title)), "counties")
        st.caption(
            say(
                f"区县由信用代码前六位的登记机关判定，是下限；另有 {rest:.0f} 家次只知道在{region_name(graph, home)}。登记止于 2019 年，不含之后的企业。",
                f"The county is that of the registering office in the credit code, a lower bound; {rest:.0f} more are known to the city only. Registrations end in 2019.",
            )
        )
        firms = [results.companies()[c] for s in d.segments if s.segment_id in wanted for c in s.companies]
        if firms:
            st.markdown(f"**{say('已知企业', 'Known firms')}**{say('：', ': ')}{listed(list(dict.fromkeys(firms)), 20)}")


page()
