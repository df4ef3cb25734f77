"""What became of a diagnosis: state, completeness, grades, constraints, actions, the first step of the roadmap."""

from __future__ import annotations

from collections.abc import Iterator

from chaingraph.changes.version import Change
from chaingraph.diagnosis import Diagnosis, SegmentDiagnosis
from chaingraph.labels import label
from chaingraph.model import SegmentKind
from chaingraph.phrases import Phrase


def diagnosis_changes(old: Diagnosis | None, new: Diagnosis | None) -> list[Change]:
    """Return what differs between two diagnoses of one chain in one region; None where a version does not have the chain."""
    if new is None or old is None:
        return [_alone(d, is_new=d is new) for d in (old, new) if d is not None]
    out = []
    if old.chain_state is not new.chain_state:
        out.append(Change("chain-state", new.chain_id, _from_to("chain_state", old.chain_state, new.chain_state)))
    if old.completeness != new.completeness:
        was, now = (_share(d) for d in (old, new))
        text = Phrase(f"链条完整度 {was} → {now}", f"completeness {was} → {now}")
        out.append(Change("completeness", new.chain_id, text))
    before = {s.segment_id: s for s in old.segments}
    for s in new.segments:
        out += _segment(before[s.segment_id], s) if s.segment_id in before else [_one(s, is_new=True)]
    after = {s.segment_id for s in new.segments}
    out += [_one(s, is_new=False) for s in old.segments if s.segment_id not in after]
    first = [d.roadmap[0] if d.roadmap else None for d in (old, new)]
    steps = [step.segment_id if step else "" for step in first]
    if steps[0] != steps[1]:
        was, now = (step.name_zh if step else Phrase("没有要补的", "nothing to fill") for step in first)
        out.append(
            Change(
                "roadmap", new.chain_id, Phrase(f"路线图第一步 {was} → {now}", f"first step of the roadmap {was.en} → {now.en}")
            )
        )
    return out


def _alone(diagnosis: Diagnosis, *, is_new: bool) -> Change:
    state, share = diagnosis.chain_state, _share(diagnosis)
    zh = f"{'新的链' if is_new else '链已移除'}：{'' if is_new else '原为'}{label(state)}，链条完整度 {share}"
    en = f"{'new chain' if is_new else 'the chain is gone; it was'}{': ' if is_new else ' '}{label(state, 'en')}, completeness {share}"
    return Change("chain-added" if is_new else "chain-removed", diagnosis.chain_id, Phrase(zh, en))


def _one(s: SegmentDiagnosis, *, is_new: bool) -> Change:
    """Say of a segment that only one version has how it stands, or stood."""
    kind = "segment-added" if is_new else "segment-removed"
    word = s.kind if s.kind is SegmentKind.MARKET else s.presence
    grade = Phrase(label(word), label(word, "en"))
    zh = f"{s.name}：{'新环节，' if is_new else '环节移除，原为'}{grade}"
    en = f"{s.name.en}: {'new segment, ' if is_new else 'segment gone, it was '}{grade.en}"
    if is_new and s.action:
        zh, en = f"{zh}，{label(s.action)}", f"{en}, {label(s.action, 'en')}"
    return Change(kind, s.segment_id, Phrase(zh, en))


def _segment(was: SegmentDiagnosis, now: SegmentDiagnosis) -> Iterator[Change]:
    if was.presence is not now.presence:
        text = now.name + Phrase("：", ": ") + _from_to("presence", was.presence, now.presence)
        yield Change("grade", now.segment_id, text + Phrase(f"（{now.because}）", f" ({now.because.en})"))
    held, holds = ({f.constraint: f for f in s.findings} for s in (was, now))
    for constraint, finding in holds.items():
        if constraint not in held:
            yield Change("constraint-gained", now.segment_id, now.name + Phrase(" 新增", ", new: ") + finding.text)
        elif held[constraint].area is not finding.area:
            areas = _from_to("constraint_area", held[constraint].area, finding.area)
            name = Phrase(f"{now.name} {label(constraint)}：", f"{now.name.en}, {label(constraint, 'en')}: ")
            yield Change("constraint-area", now.segment_id, name + areas)
    for constraint in held:
        if constraint not in holds:
            text = Phrase(f"{now.name} 不再是{label(constraint)}", f"{now.name.en} is no longer a {label(constraint, 'en')}")
            yield Change("constraint-lost", now.segment_id, text)
    if was.action is not now.action:
        actions = [label(s.action, lang) if s.action else "—" for lang in ("zh", "en") for s in (was, now)]
        zh, en = f"{now.name}：对策 {actions[0]} → {actions[1]}", f"{now.name.en}: action {actions[2]} → {actions[3]}"
        yield Change("action", now.segment_id, Phrase(zh, en))


def _from_to(column: str, was: str, now: str) -> Phrase:
    return Phrase(*(f"{label(column, lang)} {label(was, lang)} → {label(now, lang)}" for lang in ("zh", "en")))


def _share(diagnosis: Diagnosis) -> str:
    low, high = (f"{share:.0%}" for share in diagnosis.completeness)
    return low if low == high else f"{low}–{high}"
