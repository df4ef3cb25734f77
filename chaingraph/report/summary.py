"""The head of the report: title, date, and in five lines what a chief must know."""

from __future__ import annotations

from chaingraph.model import Presence
from chaingraph.report.blocks import Box, Inline, Paragraph, Run
from chaingraph.report.brief import GRAVEST, Brief, Priority


def head(brief: Brief) -> list[Paragraph | Box]:
    """Return title, date and version, and the summary in a box: five lines at most."""
    d, say = brief.diagnosis, brief.say
    day = brief.today
    about = [say(f"{day.year} 年 {day.month} 月 {day.day} 日", day.isoformat())] if day else []
    about += [say(f"数据版本 {d.version}", f"data version {d.version}"), brief.word(d.chain_state)]
    lines = [_line(say("现状", "Status"), _status(brief)), _line(say("短板", "Gaps"), _short(brief))]
    lines.append(_line(say("制约", "Constraints"), _hindered(brief)))
    order = (say("先招", "First"), say("再招", "Next"))
    lines += [_line(name, _first(brief, p)) for name, p in zip(order, brief.priorities, strict=False)]
    return [Paragraph(brief.title, "Title"), Paragraph("　·　".join(about), "Subtitle"), Box(tuple(lines))]


def _line(name: str, text: Inline) -> Inline:
    return (Run(f"{name}　", "strong"), *((Run(text),) if isinstance(text, str) else text))


def _status(brief: Brief) -> str:
    low, high = brief.diagnosis.completeness
    text = brief.say(
        f"链条完整度 {brief.completeness}；{len(brief.producing)} 个可招环节：{brief.counted}。",
        f"Completeness {brief.completeness}; {len(brief.producing)} segments: {brief.counted}.",
    )
    if low != high:
        text += brief.say(
            "下限只计看得见的环节，上限把不详的也计入。", " The lower bound counts what is seen, the upper what is unknown too."
        )
    return text


def _short(brief: Brief) -> str:
    parts = []
    for grade in (Presence.MISSING, Presence.WEAK, Presence.UNKNOWN):
        names = [brief.segment(s.segment_id) for s in brief.graded(grade)]
        if names:
            parts.append(f"{brief.capital(brief.word(grade))}{brief.say('：', ': ')}{brief.listed(names)}")
    if not parts:
        return brief.say(
            f"{len(brief.producing)} 个环节都已具备。", f"None: all {len(brief.producing)} segments are adequate or strong."
        )
    end = (
        brief.say("（数据看不到，不等于没有）", " (not seen in the data, which does not mean absent)")
        if brief.graded(Presence.UNKNOWN)
        else ""
    )
    return brief.say("；", "; ").join(parts) + end + brief.say("。", ".")


def _hindered(brief: Brief) -> str:
    parts = []
    for constraint in GRAVEST:
        names = [brief.segment(s.segment_id) for s in brief.producing if any(f.constraint is constraint for f in s.findings)]
        if names:
            parts.append(f"{brief.capital(brief.word(constraint))} {len(names)}{brief.say('：', ': ')}{brief.listed(names)}")
    if not parts:
        return brief.say("没有查到断点、堵点、卡点。", "No break, bottleneck or chokepoint found.")
    return brief.say("；", "; ").join(parts) + brief.say("。", ".")


def _first(brief: Brief, p: Priority) -> tuple[Run, ...]:
    """Say what to do, for what, with whom, and what speaks for and against."""
    say, target = brief.say, brief.best(p.segment.segment_id)
    gain = say(f"，完整度 {p.before:.0%} → {p.after:.0%}", f", completeness {p.before:.0%} → {p.after:.0%}") if p.step else ""
    verify = brief.word("to_verify") if p.segment.is_provisional else ""
    what = brief.capital(brief.word(p.action)) + verify + say("：", ": ") + brief.segment(p.segment.segment_id) + gain
    if target is None:
        nobody = say(
            f"。名单上的 {len(brief.targets)} 家都不做这个环节。", f". None of the {len(brief.targets)} targets is in it."
        )
        return (Run(what + nobody),)
    best = say(
        f"。首选{brief.named(target.name)}（{target.score:.1f} 分）",
        f". Best target: {brief.named(target.name)} ({target.score:.1f})",
    )
    runs = [Run(what + best)]
    if target.strongest:
        runs += [Run(say("，来：", "; for: ")), Run(brief.said(target.strongest[0].text), "positive")]
    return (*runs, Run(say("；不来：", "; against: ")), Run(brief.said(target.against), "negative"), Run(say("。", ".")))
