"""What became of a list of targets, and why: which signal's points changed, who was not considered before, who no longer is."""

from __future__ import annotations

from collections.abc import Mapping

from chaingraph.changes.version import Change
from chaingraph.labels import label
from chaingraph.phrases import Phrase, joined, said
from chaingraph.recommendation import Recommendation
from recommend.scorecard import Evidence
from recommend.weights import Weights

TOP = 20
"""The lists that are compared are so long."""

LEAST = 0.05
"""Points below which a change does not show in the one decimal that is printed."""


def target_changes(old: Evidence | None, new: Evidence | None, weights: Weights, top: int = TOP) -> list[Change]:
    """Return who entered, left or moved on the list of a chain in a region; None where a version does not have the chain."""
    before, after = (_Listed.of(evidence, weights, top) for evidence in (old, new))
    out, shifted = [], 0
    for company, target in after.top.items():
        was = before.top.get(company)
        if was is None:
            out.append(_entered(target, before))
        elif abs(target.score - was.score) >= LEAST or target.segment_id != was.segment_id:
            out.append(_moved(was, target))
        elif target.rank != was.rank:
            shifted += 1
    out += [_left(target, after) for company, target in before.top.items() if company not in after.top]
    if shifted:
        zh, en = (
            f"另有 {shifted} 家分值未变，名次随之变动",
            f"{shifted} more changed place with the others, their scores as before",
        )
        out.append(Change("target-shifted", "", Phrase(zh, en)))
    return out


class _Listed:
    """A list of targets, all who were scored for it, and why others were not."""

    def __init__(
        self, top: Mapping[str, Recommendation], everyone: Mapping[str, Recommendation], left_out: Mapping[str, str]
    ) -> None:
        self.top, self.everyone, self.left_out = top, everyone, left_out

    @classmethod
    def of(cls, evidence: Evidence | None, weights: Weights, top: int) -> _Listed:
        if evidence is None:
            return cls({}, {}, {})
        number = sum(len(s.candidates) for s in evidence.segments)
        lists = [
            {t.company_id: t for t in evidence.ranked(weights, length, argued=False).targets}
            for length in (top, max(number, top))
        ]
        return cls(lists[0], lists[1], {e.company_id: e.text for e in evidence.excluded})


def _entered(target: Recommendation, before: _Listed) -> Change:
    was = before.everyone.get(target.company_id)
    if was:
        why = _why(was, target)
    elif target.company_id in before.left_out:
        text = before.left_out[target.company_id]
        why = Phrase(f"此前未入选：{text}", f"left out before: {said(text, 'en')}")
    else:
        why = Phrase(
            "此前不在候选之中：该环节当时不招，或没有它的业务证据",
            "not considered before: the segment was no gap, or no evidence put it there",
        )
    text = Phrase(f"新进第 {target.rank} {_called(target)}：{why}", f"new at {target.rank}: {_called(target).en}: {why.en}")
    return Change("target-entered", target.company_id, text)


def _left(target: Recommendation, after: _Listed) -> Change:
    now = after.everyone.get(target.company_id)
    if now:
        why = _why(target, now)
    elif target.company_id in after.left_out:
        text = after.left_out[target.company_id]
        why = Phrase(f"未入选：{text}", f"left out: {said(text, 'en')}")
    else:
        why = Phrase(
            "不再是候选：该环节不再招，或已没有它的业务证据",
            "no longer considered: the segment is no gap any more, or no evidence puts it there",
        )
    text = Phrase(
        f"退出（原第 {target.rank}）{_called(target)}：{why}", f"left (was {target.rank}): {_called(target).en}: {why.en}"
    )
    return Change("target-left", target.company_id, text)


def _moved(was: Recommendation, now: Recommendation) -> Change:
    place = f"{was.rank} → {now.rank}" if was.rank != now.rank else f"{now.rank}"
    points = f"{was.score:.1f} → {now.score:.1f}"
    why = _why(was, now)
    zh = f"第 {place} {now.name}（{now.segment_name}，{points} 分）：{why}"
    en = f"{place} {said(now.name, 'en')} ({said(now.segment_name, 'en')}, {points} points): {why.en}"
    return Change("target-moved", now.company_id, Phrase(zh, en))


def _why(was: Recommendation, now: Recommendation) -> Phrase:
    """Say which signals' points changed, the largest first, and whether the firm is wanted for another segment."""
    parts: list[str] = []
    if was.segment_id != now.segment_id:
        ends = [(str(t.segment_name), said(t.segment_name, "en")) for t in (was, now)]
        parts.append(Phrase(f"改荐环节 {ends[0][0]} → {ends[1][0]}", f"now for another segment, {ends[0][1]} → {ends[1][1]}"))
    points = {r.signal: r.points for r in was.reasons}
    moved = sorted(((r.points - points.get(r.signal, 0.0), r.signal) for r in now.reasons), key=lambda m: (-abs(m[0]), m[1]))
    for change, signal in moved:
        if abs(change) >= LEAST:
            parts.append(Phrase(f"{label(signal)} {change:+.1f}", f"{label(signal, 'en')} {change:+.1f}"))
    return joined(parts, "，", ", ") if parts else Phrase("分值未变，因别家进退", "its score is as before, others came or went")


def _called(target: Recommendation) -> Phrase:
    return Phrase(
        f"{target.name}（{target.segment_name}，{target.score:.1f} 分）",
        f"{said(target.name, 'en')} ({said(target.segment_name, 'en')}, {target.score:.1f} points)",
    )
