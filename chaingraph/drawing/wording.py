"""What the parts of a chain's picture say: the small line in a box, the tips of segments and links, what changed."""

from __future__ import annotations

import math

from chaingraph.diagnosis import SegmentDiagnosis
from chaingraph.drawing.marks import Look
from chaingraph.graph import Segment, SupplyLink
from chaingraph.model import Constraint, Presence, SegmentKind
from chaingraph.phrases import counted, joined, said


def details(s: SegmentDiagnosis, look: Look) -> tuple[str, str, str]:
    """Return the small line of a box, the long form first: firms and location quotient, or that it is not known."""
    if s.kind is SegmentKind.MARKET:
        return (look.word(s.kind),) * 3
    if s.presence is Presence.UNKNOWN:
        return (look.word(s.presence),) * 3
    if s.presence is Presence.MISSING:
        return look.say("未见企业", "no firm seen"), look.say("未见企业", "none seen"), look.say("未见", "none seen")
    firms = look.say(f"{s.company_count} 家", counted(s.company_count, "firm"))
    if math.isnan(s.lq):
        return (firms,) * 3
    return (
        f"{firms} · {look.say('区位熵', 'LQ')} {s.lq:.1f}",
        f"{look.say(firms, f'{s.company_count:,}')} · LQ {s.lq:.1f}",
        firms,
    )


def standing(segment: Segment, look: Look) -> str:
    """Return what a segment is by itself, in a word; empty when there is nothing particular."""
    if segment.is_import_dependent:
        return look.say("依赖进口", "imported")
    return look.say("资源区位", "site-bound") if segment.is_location_bound else ""


def panorama_tip(segment: Segment, look: Look) -> list[str]:
    """Return what the panorama says of a segment: stage, kind, products, what it depends on."""
    lines = [said(segment.name, look.lang), f"{look.head(segment.stage)} · {look.word(segment.kind)}"]
    products = "、".join(p for p in segment.products if p and p != "nan")
    if products:
        lines.append(look.say(f"代表产品：{products}", f"Products (in Chinese): {products}"))
    if segment.is_import_dependent:
        lines.append(look.say("判断为依赖进口", "Judged to depend on imports"))
    if segment.is_location_bound:
        lines.append(look.say("受资源或区位所限", "Bound to a place by resources or location"))
    if segment.siting:
        lines.append(look.say("建厂取决于：", "Building hangs on: ") + look.word(segment.siting))
    return lines


def status_tip(s: SegmentDiagnosis, look: Look, change: str = "") -> list[str]:
    """Return what the status map says of a segment: grade, firms, interval, why, what hinders, what to do."""
    lines = [said(s.name, look.lang)]
    if s.kind is SegmentKind.MARKET:
        return [*lines, said(s.because, look.lang)]
    figures = look.head(s.presence)
    if not math.isnan(s.lq):
        firms = look.say(f"{s.company_count} 家", counted(s.company_count, "firm"))
        figures += f" · {firms} · {look.say('区位熵', 'location quotient')} {s.lq:.1f} [{s.lq_low:.1f}, {s.lq_high:.1f}]"
    lines += [figures, said(s.because, look.lang), *(said(f.text, look.lang) for f in s.findings)]
    if s.action:
        verify = look.say("（待核）", " (to verify)") if s.is_provisional else ""
        lines.append(look.say("对策：", "Action: ") + look.word(s.action) + verify)
    if change:
        lines.append(look.say("推演后：", "What if: ") + change)
    return lines


def changed(old: SegmentDiagnosis | None, new: SegmentDiagnosis, look: Look) -> str:
    """Return what changed at a segment, grades before constraints; empty when neither did."""
    if old is None:
        return ""
    if old.presence is not new.presence:
        return f"{look.word(old.presence)} → {look.word(new.presence)}"
    was, now = ({f.constraint for f in s.findings} for s in (old, new))
    parts = [look.say(f"{look.word(c)}解除", f"{look.word(c)} resolved") for c in Constraint if c in was - now]
    parts += [look.say(f"新现{look.word(c)}", f"new {look.word(c)}") for c in Constraint if c in now - was]
    return look.say("、", ", ").join(parts)


def link_tip(
    link: SupplyLink, segments: dict[str, Segment], choices: list[SupplyLink], found: SegmentDiagnosis | None, look: Look
) -> list[str]:
    """Return what a link says: from, to, how needed, how strong; `choices` are its substitutes, `found` what is of its supplier."""
    ends = joined((segments[link.supplier_id].name, segments[link.customer_id].name), " → ", " → ")
    if link.is_recycling:
        need = look.say("回收利用", "recycling")
    elif not link.is_judged:
        need = look.say("是否必需不详", "not known whether essential")
    else:
        need = (
            look.say("必需投入", "essential input") if link.is_essential else look.say("一般投入", "useful input, not essential")
        )
    if math.isnan(link.strength):
        strength = look.say("投入系数不详", "input coefficient not known")
    else:
        strength = look.say("投入系数", "input coefficient") + f" {share(link.strength)}"
    lines = [said(ends, look.lang), f"{need[:1].upper()}{need[1:]} · {strength}"]
    if len(choices) > 1:
        names = said(joined((segments[k.supplier_id].name for k in choices), en=" / "), look.lang)
        lines.append(look.say(f"任一即可：{names}", f"One of these is enough: {names}"))
    if found and found.presence in (Presence.MISSING, Presence.UNKNOWN) and found.kind is not SegmentKind.MARKET:
        lines.append(look.say(f"供方在本地{look.word(found.presence)}", f"Supplier {look.word(found.presence)} here"))
    return lines


def share(value: float) -> str:
    """Return a share as a percentage with as many digits as it needs.

    >>> share(0.31), share(0.034), share(0.00001)
    ('31%', '3.4%', '<0.1%')
    """
    if value < 0.001:
        return "<0.1%"
    return f"{value:.0%}" if value >= 0.0995 else f"{value:.1%}"
