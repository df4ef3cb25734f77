"""What a region has of a chain, as blocks: picture, status, constraints, roadmap."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from chaingraph.diagnosis import SegmentDiagnosis
from chaingraph.drawing.picture import chain_picture, roadmap_picture
from chaingraph.model import Action, Presence, Stage
from chaingraph.phrases import counted
from chaingraph.report.blocks import Block, Cell, Column, Grid, Heading, Inline, Paragraph, Run
from chaingraph.report.brief import GRAVEST, MOST_ROWS, Brief, Priority
from chaingraph.report.figures import figure, room_under
from chaingraph.report.summary import head

NAMED = 5
"""So many firms of a segment are named."""


def picture(brief: Brief) -> list[Block]:
    """Return the chain's picture with the count of what it shows."""
    d, say = brief.diagnosis, brief.say
    links = [k for s in d.segments for k in brief.graph.inputs(s.segment_id)]
    stages = brief.row(f"{brief.capital(brief.word(g))} {sum(s.stage is g for s in d.segments)}" for g in Stage)
    essential = sum(k.is_essential for k in links)
    counts = say(
        f"全链 {len(d.segments)} 个环节（{stages}），{len(links)} 条供需联系，其中 {essential} 条是必需投入",
        f"{len(d.segments)} segments ({stages.lower()}) and {len(links)} supply links, {essential} of them essential inputs",
    )
    markets = len(d.segments) - len(brief.producing)
    if markets:
        counts += say(
            f"；{len(brief.producing)} 个可招、{markets} 个市场",
            f"; {len(brief.producing)} to find firms for, {markets} markets",
        )
    top: list[Heading | Paragraph] = [Heading(say("产业链图谱", "The chain")), Paragraph(counts + say("。", "."))]
    caption = say(f"{brief.region}{brief.chain}产业链现状", f"{brief.chain} in {brief.region}: what there is")
    alt = say(f"{caption}：{brief.counted}", f"{caption}: {brief.counted}")

    def drawn(width: float) -> str:
        return chain_picture(brief.graph, d.chain_id, d, lang=brief.lang, scheme="light", width=width)

    return [*top, figure(caption, alt, drawn, room_under([*head(brief), *top], brief.lang))]


def status(brief: Brief) -> list[Block]:
    """Return the table of segments, the firms that are here, and why the rest is weak, missing or not known."""
    d, say = brief.diagnosis, brief.say
    limits = d.thresholds
    columns = (
        Column(say("位置", "Stage"), say(1.2, 2.2)),
        Column(say("环节", "Segment"), say(4.0, 3.8)),
        Column(say("现状", "Grade"), say(1.7, 2.1)),
        Column(say("企业数", "Firms"), say(1.3, 1.7), "right"),
        Column(say("区位熵\n[90% 区间]", "LQ\n[90 % interval]"), 2.7, "right"),
        Column(say("断堵卡点", "Constraint"), say(3.4, 2.6)),
        Column(say("对策", "Action"), say(2.3, 2.2)),
    )
    rows = [
        (
            brief.capital(brief.word(s.stage)),
            brief.segment(s.segment_id),
            Cell(brief.grade(s), s.presence if s in brief.producing else None),
            _firms(brief, s),
            quotient(s) if s in brief.producing else "—",
            Cell(_constraint(brief, s)),
            brief.action(s),
        )
        for s in d.segments
    ]
    reading = say(
        f"区位熵 1 为全国平均；评级看区间下限：不低于 {limits.strong_from:g} 且至少 {limits.strong_companies} 家为优势，不低于 {limits.adequate_from:g}"
        f" 且至少 {limits.few_companies} 家为具备，其余有企业为薄弱。不详不等于没有。",
        f"A location quotient (LQ) of 1 is the national average. Grades go by the lower bound: from {limits.strong_from:g} with at least"
        f" {limits.strong_companies} firms strong, from {limits.adequate_from:g} with at least {limits.few_companies} adequate, otherwise"
        " weak. Unknown does not mean absent.",
    )
    blocks: list[Block] = [
        Heading(say("本地现状", "What there is")),
        Grid(
            say(f"{brief.region}{brief.chain}各环节", f"Segments of {brief.chain} in {brief.region}"),
            columns,
            tuple(rows),
            whole=True,
        ),
        Paragraph(reading, "Note"),
    ]
    return blocks + _have(brief) + _lack(brief)


def constraints(brief: Brief) -> list[Block]:
    """Return every finding with its sentence and who depends on it."""
    d, say = brief.diagnosis, brief.say
    blocks: list[Block] = [Heading(say("断点 堵点 卡点", "Breaks, bottlenecks, chokepoints"))]
    here = {s.segment_id for s in brief.graded(Presence.STRONG, Presence.ADEQUATE, Presence.WEAK)}
    found = sorted(((s, f) for s in d.segments for f in s.findings), key=lambda x: GRAVEST.index(x[1].constraint))
    if not found:
        return [*blocks, Paragraph(_unhindered(brief, here))]
    rows: list[tuple[Cell | str, ...]] = []
    for s, f in found[:MOST_ROWS]:
        direct = {k.customer_id for k in brief.graph.customers(s.segment_id) if k.is_essential and not k.is_recycling} & here
        after = (brief.graph.downstream(s.segment_id) & here) - direct
        # The column before says which constraint it is.
        text = (
            brief.said(f.text)
            .removeprefix(f"{brief.word(f.constraint)}：")
            .removeprefix(f"{brief.capital(brief.word(f.constraint))}: ")
        )
        rows.append(
            (
                Cell(
                    (
                        Run(brief.capital(brief.word(f.constraint)), f.constraint),
                        Run(f"\n{brief.capital(brief.word(f.area))}", "muted"),
                    )
                ),
                brief.segment(s.segment_id),
                brief.capital(text),
                Cell(_dependents(brief, direct, after)),
            )
        )
    columns = (
        Column(say("制约", "Kind"), 2.3),
        Column(say("环节", "Segment"), 2.9),
        Column(say("判断", "Finding"), 5.9),
        Column(say("受制的本地环节", "Segments here that depend on it"), 5.5),
    )
    caption = say("各项制约和受制的本地环节", "Constraints, and the segments here that depend on them")
    return [*blocks, Grid(caption, columns, tuple(rows)), *_rest(brief, len(found))]


def roadmap(brief: Brief) -> list[Block]:
    """Return the order in which to find firms: the roadmap's picture and table, then what to strengthen."""
    d, say = brief.diagnosis, brief.say
    blocks: list[Block] = [Heading(say("招商路线图", "Roadmap"))]
    if not brief.priorities:
        return [*blocks, Paragraph(_nothing_to_seek(brief))]
    steps, rest = [p for p in brief.priorities if p.step], [p for p in brief.priorities if not p.step]
    if steps:
        blocks += [Paragraph(_course(brief, steps))]
        caption = say("先招谁、再招谁", "Whom first, whom next")
        names = brief.row(f"{p.step.order} {brief.segment(p.segment.segment_id)} {p.after:.0%}" for p in steps if p.step)
        alt = say(f"{caption}：{names}", f"{caption}: {names}")
        blocks.append(figure(caption, alt, lambda width: roadmap_picture(d, lang=brief.lang, scheme="light", width=width)))
    else:
        first = brief.listed([brief.segment(p.segment.segment_id) for p in rest])
        text = say(
            f"没有缺失的环节要补；有而不强的 {len(rest)} 个先强：{first}。",
            f"No missing segment to fill; {len(rest)} to strengthen: {first}.",
        )
        blocks.append(Paragraph(text))
    columns = (
        Column(say("次序", "Order"), 1.2, "right"),
        Column(say("对策", "Action"), 2.3),
        Column(say("环节", "Segment"), 3.0),
        Column(say("现状", "Grade"), say(1.7, 2.1)),
        Column(say("理由", "Why"), say(4.9, 4.6)),
        Column(say("首选企业", "Best target"), 2.5),
        Column(say("得分", "Score"), 1.2, "right"),
    )
    rows = tuple(_priority_row(brief, n, p) for n, p in enumerate(brief.priorities[:MOST_ROWS], 1))
    blocks += [Grid(say("招商次序", "Order of work"), columns, rows), *_rest(brief, len(brief.priorities))]
    if rest:
        order = say(
            "强链的次序：先有制约的，再薄弱的，再区位熵下限低的。",
            "Order of what to strengthen: first what is constrained, then what is weak, then the lowest bound of the location quotient.",
        )
        blocks.append(Paragraph(order, "Note"))
    return blocks


def _dependents(brief: Brief, direct: Collection[str], after: Collection[str]) -> tuple[Run, ...]:
    """Return the segments that need another one, directly and through others."""
    kinds = ((brief.say("直接　", "Directly  "), direct), (brief.say("间接　", "Through them  "), after))
    order = [s.segment_id for s in brief.diagnosis.segments]
    lines = [(name, brief.listed([brief.segment(s) for s in order if s in ids])) for name, ids in kinds if ids]
    runs = [run for name, text in lines for run in (Run("\n"), Run(name, "muted"), Run(text))]
    return tuple(runs[1:]) or (Run("—"),)


def _unhindered(brief: Brief, here: set[str]) -> str:
    """Say that no constraint was found, and how many essential inputs the data cannot judge."""
    text = brief.say(
        f"本地 {len(here)} 个环节的必需投入没有查到断点、堵点、卡点",
        f"No break, bottleneck or chokepoint was found at the essential inputs of what is here ({counted(len(here), 'segment')})",
    )
    needed = {k.supplier_id for s in here for k in brief.graph.inputs(s) if k.is_essential and not k.is_recycling}
    blank = [brief.segment(s.segment_id) for s in brief.graded(Presence.UNKNOWN) if s.segment_id in needed]
    if blank:
        text += brief.say(
            f"；{brief.listed(blank)}不详，无从判断", f"; {brief.listed(blank)}: unknown, so that nothing can be said"
        )
    return text + brief.say("。", ".")


def quotient(s: SegmentDiagnosis) -> str:
    """Return a location quotient with its interval."""
    return f"{s.lq:.1f}\u00a0[{s.lq_low:.1f},\u00a0{s.lq_high:.1f}]"


def _firms(brief: Brief, s: SegmentDiagnosis) -> str:
    """Return the number of firms; where the data cannot tell, that; a market is not counted."""
    if s not in brief.producing:
        return "—"
    return brief.capital(brief.word(s.presence)) if s.presence is Presence.UNKNOWN else str(s.company_count)


def _constraint(brief: Brief, s: SegmentDiagnosis) -> Inline:
    if not s.findings:
        return "—"
    texts = (f"{brief.capital(brief.word(f.constraint))} · {brief.word(f.area)}" for f in s.findings)
    return tuple(
        Run(t + "\n" * (n < len(s.findings)), f.constraint) for n, (t, f) in enumerate(zip(texts, s.findings, strict=True), 1)
    )


def _have(brief: Brief) -> list[Block]:
    """Return the segments that are adequate or strong, with the firms that are known by name: the largest first."""
    say, here = brief.say, brief.graded(Presence.STRONG, Presence.ADEQUATE)
    if not here:
        return []
    columns = (
        Column(say("环节", "Segment"), 4.0),
        Column(say("现状", "Grade"), say(1.9, 2.1)),
        Column(say("依据", "Because"), 4.9),
        Column(say("已知企业", "Firms known by name"), 5.8),
    )
    rows = [
        (brief.segment(s.segment_id), Cell(brief.grade(s), s.presence), brief.capital(brief.said(s.because)), _named(brief, s))
        for s in here[:MOST_ROWS]
    ]
    caption = say(f"优势与具备的 {len(here)} 个环节", f"Segments that are strong or adequate: {len(here)}")
    return [Heading(say("我们有什么", "What we have"), 2), Grid(caption, columns, tuple(rows)), *_rest(brief, len(here))]


def _rest(brief: Brief, number: int) -> list[Paragraph]:
    """Say how many rows are not shown, where there are any."""
    more = number - MOST_ROWS
    note = brief.say(
        f"只列前 {MOST_ROWS} 个；另外 {more} 个见表 1。", f"The first {MOST_ROWS} only; for {more} more see Table 1."
    )
    return [Paragraph(note, "Note")] if more > 0 else []


def _named(brief: Brief, s: SegmentDiagnosis) -> str:
    if not s.companies:
        return brief.say("资料没有点名", "none named in the sources")
    revenue = brief.graph.tables["companies"].set_index("company_id")["revenue_cny"]
    size = {c: float("-inf") if pd.isna(revenue[c]) else float(revenue[c]) for c in s.companies}
    largest = sorted(s.companies, key=lambda c: (-size[c], c))
    return brief.listed([brief.company(c) for c in largest], NAMED)


def _lack(brief: Brief) -> list[Block]:
    """Return the segments that are weak, missing or not known, each with why."""
    lacking = brief.graded(Presence.MISSING, Presence.WEAK, Presence.UNKNOWN)
    blocks: list[Block] = []
    for s in lacking[:MOST_ROWS]:
        text = f"{brief.capital(brief.said(s.because))}{brief.say('。', '.')}"
        name = f"{brief.segment(s.segment_id)}{brief.say('（', ' (')}{brief.word(s.presence)}{brief.say('）：', '): ')}"
        blocks.append(Paragraph((Run(name, "strong"), Run(text)), "List Bullet"))
    return [Heading(brief.say("还缺什么、弱什么", "What we lack"), 2), *blocks, *_rest(brief, len(lacking))] if blocks else []


def _nothing_to_seek(brief: Brief) -> str:
    keep = brief.listed([brief.segment(s.segment_id) for s in brief.producing if s.action is Action.STABILIZE])
    return brief.say(
        f"{len(brief.producing)} 个环节没有要招的；要稳的：{keep}。",
        f"Nothing to seek among {len(brief.producing)} segments; to stabilise: {keep}.",
    )


def _course(brief: Brief, steps: list[Priority]) -> str:
    """Say from where to where the roadmap leads, what it leaves open, and which steps are first to be verified."""
    say = brief.say
    text = say(
        f"{len(steps)} 步把链条完整度的下限从 {steps[0].before:.0%} 带到 {steps[-1].after:.0%}，每步先招带动最多的环节。",
        f"The lower bound of completeness goes from {steps[0].before:.0%} to {steps[-1].after:.0%} in {counted(len(steps), 'step')}; each step"
        " takes the segment that makes most possible.",
    )
    bound = [s for s in brief.graded(Presence.MISSING, Presence.UNKNOWN) if s.action is Action.STABILIZE]
    if bound:
        names = brief.listed([brief.segment(s.segment_id) for s in bound])
        text += say(
            f"{names}受资源所限，在外地落实供应（稳链）。", f" {names}: bound to a place, to be secured elsewhere (stabilise)."
        )
    doubtful = [p for p in steps if p.segment.is_provisional]
    if doubtful:
        which = brief.row(str(p.step.order) for p in doubtful if p.step)
        text += say(
            f"第 {which} 步的环节在数据里不详（待核）：先向本地统计、工信部门核实，已有企业的跳过。",
            f" Steps to verify first with the local statistics and industry offices, since the data cannot tell whether the segments are"
            f" here: {which}; skip what is there.",
        )
    return text


def _priority_row(brief: Brief, number: int, p: Priority) -> tuple[Cell | str, ...]:
    say, target, s = brief.say, brief.best(p.segment.segment_id), p.segment
    if p.step:
        also = [brief.named(name) for name in p.step.unlocked if name != s.name_zh]
        why = say(f"完整度 {p.before:.0%} → {p.after:.0%}", f"Completeness {p.before:.0%} → {p.after:.0%}")
        why += say(f"，带动{brief.listed(also)}", f", makes possible {brief.listed(also)}") if also else ""
    else:
        why = say("；", "; ").join([brief.capital(brief.said(s.because)), *(brief.word(f.constraint) for f in s.findings)])
    return (
        str(number),
        brief.capital(brief.word(p.action)) + (brief.word("to_verify") if s.is_provisional else ""),
        brief.segment(s.segment_id),
        Cell(brief.grade(s), s.presence),
        why,
        brief.named(target.name) if target else "—",
        f"{target.score:.1f}" if target else "—",
    )
