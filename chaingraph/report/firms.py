"""Who could come, as blocks: the table of target firms, and a card for each of the first."""

from __future__ import annotations

import math
from collections import Counter

from chaingraph.phrases import counted
from chaingraph.recommendation import Reason, Recommendation
from chaingraph.report.blocks import Block, Card, Cell, Column, Grid, Heading, Inline, Paragraph, Run
from chaingraph.report.brief import Brief

LISTED, CARDS = 12, 6
"""How many firms the table names, and how many get a card."""

FIRM = ("企业", "the firm")
QUESTIONS: dict[str, tuple[tuple[str, str], str, str]] = {
    "segment_fit": (FIRM, "{segment}占贵公司收入的几成，有没有在建产能？", "What share of your revenue is {segment}, and is capacity being built?"),
    "expansion": (FIRM, "近五年在总部以外哪些城市建过厂，今后三年有没有新选址？", "In which other cities have you built plants in the last five years, and is a new site planned in the next three?"),
    "distance": (FIRM, "生产基地和投资决策部门各在哪座城市？", "In which cities are your plants, and where are investments decided?"),
    "leadership": (FIRM, "{segment}的市场份额和行业排名是多少，出自哪份公开资料？", "What are your market share and rank in {segment}, by which publication?"),
    "specialisation": (FIRM, "收入分布在哪几类产品，{segment}排第几？", "How is revenue split by product, and where does {segment} stand?"),
    "inputs_here": (FIRM, "最大的五项外购投入是什么，哪些必须在 150 公里内供货？", "What are your five largest purchased inputs, and which must come from within 150 km?"),
    "customers_here": (FIRM, "前五大客户在哪些城市，要求多少公里内供货？", "In which cities are your five largest customers, and how near must you be?"),
    "scale": (FIRM, "上一年度的营业收入和员工人数是多少？", "What were revenue and headcount last year?"),
    "ties": (FIRM, "与{region}哪家企业有股权、供货或合作关系，谁能引荐？", "With which firm in {region} do you have ownership, supply or other ties, and who could introduce us?"),
    "gap_need": (("本市工信部门", "the local industry office"), "本地用户去年外购{segment}多少亿元，从哪里买？", "How much {segment} did local users buy elsewhere last year, and where?"),
    "mobility": (FIRM, "实际控制人是谁，到外地投资由谁批准？", "Who controls the firm, and who approves investments elsewhere?"),
    "regional_fit": (("本市统计部门", "the local statistics office"), "2019 年以后新登记的制造业企业有多少家，分行业名单可否提供？", "How many manufacturing firms have registered since 2019, and is a list by industry to be had?"),
}  # fmt: skip
"""Signal → whom to call and the one question that would settle it, in both languages."""
OTHER = (FIRM, "贵公司的{signal}如何，有什么公开资料可证？", "What about your {signal}, and which publication shows it?")
"""The question about a signal that somebody added."""


def firms(brief: Brief) -> list[Block]:
    """Return the table of targets and the cards; without any target, who was considered and why each was left out."""
    say, targets = brief.say, brief.targets
    blocks: list[Block] = [Heading(say("目标企业", "Target firms"))]
    if not targets:
        return blocks + _nobody(brief)
    spread = Counter(t.segment_id for t in targets)
    by_segment = brief.listed([f"{brief.segment(s)} {n}" for s, n in spread.most_common()], 6)
    shown = targets[:LISTED]
    text = say(
        f"入选 {len({t.company_id for t in targets})} 家（{by_segment}），未入选 {len(brief.excluded)} 条；下表为前 {len(shown)} 家。"
        "得分是各信号分值之和（0–100），不等于到来的概率；排名还让打通更多环节的缺口优先，同一环节第二家起靠后；覆盖度是已知信号占的权重。",
        f"{counted(len({t.company_id for t in targets}), 'firm')} ({by_segment}); {len(brief.excluded)} left out; the first {len(shown)} are listed. A score"
        " is the sum of its signals' points (0–100), no probability; places also go first to gaps that open more, and a segment's next firms stand back; coverage is the share of the weight that is known.",
    )
    chance = any(not math.isnan(t.probability) for t in shown)
    firm = any(not math.isnan(t.stability) for t in shown)
    columns = (
        Column(say("排名", "Rank"), 1.1, "right"),
        Column(say("企业", "Firm"), 2.9),
        Column(say("总部", "Seat"), 2.3),
        Column(say("环节", "Segment"), 2.9),
        Column(say("得分", "Score"), 1.2, "right"),
        Column(say("覆盖度", "Coverage"), say(1.3, 1.8), "right"),
        *((Column(say("稳定度", "Stability"), say(1.3, 1.7), "right"),) * firm),
        *((Column(say("概率", "Chance"), 1.3, "right"),) * chance),
        Column(say("榜单", "Lists"), 4.9 - say(1.3, 1.7) * firm - 1.3 * chance),
    )
    rows: tuple[tuple[Cell | str, ...], ...] = tuple(
        (
            str(t.rank),
            Cell((Run(brief.named(t.name), "strong"),)),
            brief.named(t.seat) or brief.capital(brief.word("unknown")),
            brief.segment(t.segment_id),
            f"{t.score:.1f}",
            f"{t.coverage:.0%}",
            *(("—" if math.isnan(t.stability) else f"{t.stability:.0%}",) * firm),
            *(("—" if math.isnan(t.probability) else f"{t.probability:.2%}",) * chance),
            brief.listed([brief.named(x) for x in t.lists], 3 - firm) or "—",
        )
        for t in shown
    )
    cards = targets[:CARDS]
    return [
        *blocks,
        Paragraph(text + _meaning(brief, firm=firm, chance=chance)),
        Grid(say(f"目标企业前 {len(shown)} 家", f"Target firms, the first {len(shown)}"), columns, rows),
        Heading(say(f"前 {len(cards)} 家：为什么来，为什么不来", f"Why they would come, and why not: the first {len(cards)}"), 2),
        *(card(brief, t) for t in cards),
    ]


def _meaning(brief: Brief, *, firm: bool, chance: bool) -> str:
    """Say what stability and chance are, where they are given."""
    text = brief.say(
        "稳定度是权重和证据重新抽取 200 次、企业仍在前 20 位的比例。",
        " Stability is the share of 200 lists, with weights and evidence drawn again, that have the firm among the first 20.",
    )
    share = brief.say(
        "概率是得分相近的企业五年内到来的比例。", " The chance is the share of firms scored alike that came within five years."
    )
    return text * firm + share * chance


def card(brief: Brief, t: Recommendation) -> Card:
    """Return a firm's card: reasons for and against, rival city, the way in, what is not known, one phone call, how firm its place is."""
    say = brief.say
    rows: list[tuple[str, tuple[Inline, ...]]] = [
        (say("为什么来", "For"), tuple((Run(f"+{r.points:.1f}  ", "positive"), Run(brief.said(r.text))) for r in t.strongest))
    ]
    rows.append((say("为什么不来", "Against"), ((Run("−  ", "negative"), Run(brief.said(t.against))),)))
    if t.rival_text and t.rival_text != t.against:
        rows.append((say("对手城市", "Rival city"), (brief.said(t.rival_text),)))
    if t.warm_path:
        rows.append((say("引荐路径", "Way in"), tuple(brief.said(text) for text in t.warm_path)))
    if t.package:
        rows.append((say("组合招商", "Together"), tuple(brief.said(text) for text in t.package)))
    unknown = sorted((r for r in t.reasons if not r.known), key=lambda r: -r.weight)
    if unknown:
        names = brief.capital(brief.row(f"{brief.word(r.signal)} {r.weight:.0%}" for r in unknown))
        rows.append(
            (
                say("还不知道", "Not known"),
                (say(f"{names}（共占权重 {1 - t.coverage:.0%}）", f"{names} ({1 - t.coverage:.0%} of the weight)"),),
            )
        )
    if t.phone_call or unknown:
        signal = t.phone_call_signal or unknown[0].signal
        rows.append((say("一个电话", "One call"), (_call(brief, t, next(r for r in t.reasons if r.signal == signal)),)))
    if t.standing:
        rows.append((say("把握", "How firm"), (brief.said(t.standing),)))
    seat = brief.named(t.seat) or say("总部不详", "seat unknown")
    head = (Run(f"{t.rank}  {brief.named(t.name)}", "strong"), Run(f"  →  {brief.segment(t.segment_id)}  ·  {seat}", "muted"))
    return Card(head, say(f"{t.score:.1f} 分 · 已知 {t.coverage:.0%}", f"{t.score:.1f} · {t.coverage:.0%} known"), tuple(rows))


def _call(brief: Brief, t: Recommendation, reason: Reason) -> Inline:
    """Return the question about a signal, and where its answers would put the firm; without that, the points the best would add."""
    (whom_zh, whom_en), zh, en = QUESTIONS.get(reason.signal, OTHER)
    names = {"segment": brief.segment(t.segment_id), "region": brief.region, "signal": brief.word(reason.signal)}
    gain = 100 * reason.weight - reason.points
    moves = brief.said(t.phone_call) or brief.say(f"至多加\u00a0{gain:.1f}\u00a0分", f"adds at most {gain:.1f}\u00a0points")
    return (
        Run(brief.say(f"问{whom_zh}：", f"Ask {whom_en}: "), "strong"),
        Run(brief.say(f"“{zh.format(**names)}”", f"“{en.format(**names)}”")),
        Run(brief.say(f"（{moves}）", f" ({moves})"), "muted"),
    )


def _nobody(brief: Brief) -> list[Block]:
    say, left = brief.say, brief.excluded
    sought = [brief.segment(p.segment.segment_id) for p in brief.priorities]
    if not sought:
        return [Paragraph(say("没有要招的环节，因此没有目标企业。", "Nothing is sought, so there is no target firm."))]
    if not left:
        text = say(
            f"{brief.listed(sought)}：{len(sought)} 个环节在数据里都没有可考虑的企业。",
            f"{brief.listed(sought)}: the data have no firm to consider for any of these ({len(sought)}).",
        )
        return [Paragraph(text)]
    shown = left[:LISTED]
    text = say(
        f"考虑过 {len(left)} 条，全部未入选；下表为前 {len(shown)} 条。",
        f"{len(left)} considered, all left out; the first {len(shown)}:",
    )
    columns = (
        Column(say("企业", "Firm"), 4.0),
        Column(say("环节", "Segment"), 3.4),
        Column(say("原因", "Reason"), 3.0),
        Column(say("说明", "Explanation"), 6.2),
    )
    rows = tuple((brief.named(e.name), brief.segment(e.segment_id), brief.word(e.reason), brief.said(e.text)) for e in shown)
    return [Paragraph(text), Grid(say("考虑过而未入选的企业", "Firms considered and left out"), columns, rows)]
