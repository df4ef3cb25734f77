"""What a report rests on, as blocks: coverage, how a score is made, what is not known, who was left out, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chaingraph.model import Presence
from chaingraph.report.blocks import Block, Cell, Column, Grid, Heading, Paragraph, Run
from chaingraph.report.brief import Brief
from chaingraph.sections import origin_cell


def limits(brief: Brief) -> list[Block]:
    """Return the chapter on data and limits."""
    say = brief.say
    blocks: list[Block] = [
        Heading(say("数据与局限", "Data and limits")),
        Paragraph(brief.said(brief.diagnosis.coverage_text) + say("。", ".")),
    ]
    blocks += _unknown(brief)
    blocks += _weights(brief)
    return blocks + _sources(brief)


def _unknown(brief: Brief) -> list[Block]:
    say, blocks = brief.say, []
    blank = [brief.segment(s.segment_id) for s in brief.graded(Presence.UNKNOWN)]
    if blank:
        blocks.append(
            _bullet(
                say("不详的环节：", "Unknown segments: "),
                say(
                    f"{len(blank)} 个，{brief.listed(blank, 8)}；对策都以核实为前提。",
                    f"{len(blank)}, {brief.listed(blank, 8)}; what to do about them is to be verified first.",
                ),
            )
        )
    holes = [(w, _known(brief, w.signal)) for w in brief.weights]
    total = len(brief.targets)
    empty = brief.row(f"{brief.word(w.signal)} {total - n}" for w, n in sorted(holes, key=lambda h: h[1]) if n < total)
    if empty:
        blocks.append(
            _bullet(
                say("未知的信号：", "Unknown signals: "),
                say(
                    f"{total} 条目标企业中，{empty} 条不知道，按未知值计分。",
                    f"of {total} targets, {empty} are not known and count their declared value.",
                ),
            )
        )
    if brief.excluded:
        reasons = Counter(e.reason for e in brief.excluded).most_common()
        counted = brief.row(f"{brief.word(r)} {n}" for r, n in reasons)
        blocks.append(
            _bullet(say(f"未入选 {len(brief.excluded)} 条：", f"{len(brief.excluded)} left out: "), counted + say("。", "."))
        )
    blocks.append(
        _bullet(
            say("本报告不含：", "Not in this report: "),
            say(
                "企业的投资意向、洽谈进展和其他未公开的信息。",
                "firms' intentions, talks under way and anything that is not public.",
            ),
        )
    )
    return [Heading(say("还不知道什么", "What is not known"), 2), *blocks]


def _bullet(name: str, text: str) -> Paragraph:
    return Paragraph((Run(name, "strong"), Run(text)), "List Bullet")


def _known(brief: Brief, signal: str) -> int:
    return sum(any(r.signal == signal and r.known for r in t.reasons) for t in brief.targets)


def _weights(brief: Brief) -> list[Block]:
    """Return how a score is made: every signal with its weight, in two halves side by side."""
    say, weights, total = brief.say, brief.weights, len(brief.targets)
    if not weights:
        return []
    whole = sum(w.weight for w in weights)
    cells = [
        (
            brief.capital(brief.word(w.signal)),
            f"{w.weight / whole:.0%}" if whole else "—",
            f"{w.when_unknown:g}",
            f"{_known(brief, w.signal)} / {total}" if total else "—",
        )
        for w in weights
    ]
    half = (len(cells) + 1) // 2
    titles = (
        Column(say("信号", "Signal"), 3.0),
        Column(say("权重", "Weight"), 1.5, "right"),
        Column(say("未知时", "If unknown"), say(1.6, 2.1), "right"),
        Column(say("已知", "Known"), 1.7, "right"),
    )
    left, right = cells[:half], [*cells[half:], *[("", "", "", "")] * (2 * half - len(cells))]
    text = say(
        f"得分 = Σ 权重 × 证据值 × 100，{len(weights)} 个信号的证据值在 0 到 1 之间；未知的按“未知时”计，并降低覆盖度。",
        f"Score = Σ weight × value × 100; the values of {len(weights)} signals lie between 0 and 1; an unknown one counts the value under"
        " “If unknown” and lowers the coverage.",
    )
    grid = Grid(
        say(f"权重，和 {total} 条目标企业中已知的条数", f"Weights, and for how many of {total} targets each is known"),
        (*titles, Column("", 0.6), *titles),
        tuple((*a, "", *b) for a, b in zip(left, right, strict=True)),
        whole=True,
    )
    return [Heading(say("得分怎样来", "How a score is made"), 2), Paragraph(text), grid]


def _sources(brief: Brief) -> list[Block]:
    """Return the origins the diagnosis rests on and those of the reasons, each with its date and licence."""
    say, known = brief.say, brief.origins.set_index("origin_id")
    uses = Counter(r.origin_id for t in brief.targets for r in t.reasons if r.origin_id)
    based = set(_based_on(brief))
    unknown = brief.capital(brief.word("unknown"))
    rows = []
    for origin in sorted(based | set(uses)):
        title, publisher, licence = (origin_cell(known, origin, c) for c in ("title", "publisher", "licence"))
        published, retrieved = (origin_cell(known, origin, c) for c in ("published_on", "retrieved_on"))
        day = say(f"{published}\u00a0发布", f"{published}\npublished") if published else ""
        got = say(f"{retrieved}\u00a0取得", f"{retrieved}\nretrieved") if retrieved else ""
        rows.append(
            (
                Cell((Run(f"{title or origin}"), Run(say("　", " · ") + f"{publisher or unknown}", "muted"))),
                day or got or unknown,
                f"{licence or unknown}",
                say("是", "yes") if origin in based else "—",
                str(uses[origin]) if origin in uses else "—",
            )
        )
    columns = (
        Column(say("资料　发布者", "Source · publisher"), 7.4),
        Column(say("日期", "Date"), 2.8),
        Column(say("许可", "Licence"), 3.4),
        Column(say("诊断", "Diagnosis"), say(1.3, 1.9)),
        Column(say("理由", "Reasons"), say(1.3, 1.7), "right"),
    )
    return [
        Heading(say("数据来源", "Sources"), 2),
        Grid(
            say(
                "用到的资料：诊断是否用到，目标企业的几条理由出自它",
                "Sources: used by the diagnosis, and in how many reasons of targets",
            ),
            columns,
            tuple(rows),
        ),
    ]


def _based_on(brief: Brief) -> Iterator[str]:
    """Yield the origins of the rows that the diagnosis reads: the chain and its sectors, registrations, the firms here."""
    tables = brief.graph.tables
    ids = {s.segment_id for s in brief.diagnosis.segments}
    firms = {c for s in brief.diagnosis.segments for c in s.companies}
    segments = tables["segments"]
    sectors = set(segments.loc[segments["segment_id"].isin(ids), "io_sector"].dropna())
    used: tuple[tuple[str, str, set[str]], ...] = (
        ("chains", "chain_id", {brief.diagnosis.chain_id}),
        ("segments", "segment_id", ids),
        ("supply_links", "customer_id", ids),
        ("io_sectors", "io_sector", sectors),
        ("presence", "segment_id", ids),
        ("companies", "company_id", firms),
        ("activities", "company_id", firms),
        ("establishments", "company_id", firms),
        ("regions", "region_code", {brief.diagnosis.region.code}),
    )
    for name, column, wanted in used:
        frame = tables[name]
        yield from frame.loc[frame[column].isin(wanted), "origin_id"].unique()
    yield from tables["coverage"]["origin_id"].unique()
