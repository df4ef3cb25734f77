"""Sentences about a result that several pages say."""

from __future__ import annotations

import re

from chaingraph.diagnosis import Diagnosis, SegmentDiagnosis
from chaingraph.labels import label
from chaingraph.model import Constraint, Presence, SegmentKind
from dashboard.blocks import counted, share
from dashboard.state import language, say

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+.!|<>~:$^=-])")


def literal(text: str) -> str:
    """Return a text that somebody typed as Markdown that shows just it: no picture, link or formula comes of it."""
    return _MARKDOWN.sub(r"\\\1", text)


def segment_name(s: SegmentDiagnosis) -> str:
    """Return the name of a segment in the reader's language."""
    return s.name_en if language() == "en" else str(s.name_zh)


def listed(names: list[str], most: int = 4) -> str:
    """Return names in a row, the rest counted."""
    shown = say("、", ", ").join(names[:most])
    return shown + (say(f"等 {len(names)} 个", f" and {len(names) - most} more") if len(names) > most else "")


def in_short(d: Diagnosis) -> str:
    """Say in a sentence or two what a region has of a chain, what hinders it and what comes first."""
    lang = language()
    producing = [s for s in d.segments if s.kind is not SegmentKind.MARKET]
    parts = [
        say(f"{len(producing)} 个可招环节：{counted(lang, producing)}", f"{len(producing)} segments: {counted(lang, producing)}")
    ]
    for c in Constraint:
        names = [segment_name(s) for s in producing if any(f.constraint is c for f in s.findings)]
        if names:
            parts.append(f"{label(c, lang)}{say('：', ': ')}{listed(names, 3)}")
    if d.roadmap:
        step = d.roadmap[0]
        first = segment_name(d[step.segment_id])
        parts.append(say(f"先{label(step.action)}：{first}", f"first {label(step.action, 'en')}: {first}"))
    return say("；", "; ").join(parts) + say("。", ".")


def completeness_words(d: Diagnosis) -> str:
    """Return the completeness with what it is."""
    low, high = d.completeness
    text = say(f"链条完整度 {share(low, high)}", f"completeness {share(low, high)}")
    return (
        text if round(low, 2) == round(high, 2) else text + say("（资料不足，只能给出区间）", " (the data are too thin to tell)")
    )


def changes_between(before: Diagnosis, after: Diagnosis) -> list[str]:
    """Say each grade, constraint and completeness that differs between two diagnoses of a chain."""
    lang = language()
    changes = []
    for old, new in zip(before.segments, after.segments, strict=True):
        if old.presence is not new.presence:
            changes.append(f"{segment_name(new)} {label(old.presence, lang)} → {label(new.presence, lang)}")
        lost = {f.constraint for f in old.findings} - {f.constraint for f in new.findings}
        changes += [
            say(f"{segment_name(new)}的{label(c)}解除", f"{label(c, 'en')} at {segment_name(new)} resolved")
            for c in Constraint
            if c in lost
        ]
    low, high = before.completeness, after.completeness
    if share(*low) != share(*high):
        changes.append(say(f"完整度 {share(*low)} → {share(*high)}", f"completeness {share(*low)} → {share(*high)}"))
    return changes


def before_and_after(before: Diagnosis, after: Diagnosis, company: str) -> str:
    """Say what changes when a company comes."""
    changes = changes_between(before, after)
    if not changes:
        held = [
            segment_name(s) for s, b in zip(after.segments, before.segments, strict=True) if s.company_count > b.company_count
        ]
        what = listed(held) if held else say("该链", "this chain")
        return say(
            f"假如{company}落地：{what}多一家企业，等级和制约不变。",
            f"If {company} came: one more firm in {what}; no grade and no constraint changes.",
        )
    return say(f"假如{company}落地：", f"If {company} came: ") + say("；", "; ").join(changes) + say("。", ".")


def gaps_of(d: Diagnosis) -> dict[str, str]:
    """Return the segments firms are looked for, most unlocking first: id → name with its grade."""
    wanted = list(d.gaps) or [s for s in d.segments if s.kind is not SegmentKind.MARKET]
    rest = [s for s in d.segments if s.kind is not SegmentKind.MARKET and s not in wanted]
    return {s.segment_id: f"{segment_name(s)} · {label(s.presence, language())}" for s in [*wanted, *rest]}


def unknown_names(d: Diagnosis) -> list[str]:
    """Return the segments of which the data cannot tell whether the region has them."""
    return [segment_name(s) for s in d.segments if s.presence is Presence.UNKNOWN and s.kind is not SegmentKind.MARKET]
