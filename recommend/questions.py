"""What one may ask about a firm, and what a good and a bad answer would count as."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chaingraph.labels import label
from chaingraph.model import Ownership
from chaingraph.phrases import Phrase
from recommend.candidates import Candidate, Setting
from recommend.signals import DISTANCE_SCALE_KM, MOBILITY, OF_SEGMENT


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the words that follow ``if``, and what the signal counts as then, in [0, 1]."""

    text: Phrase
    value: float


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a signal, as it follows ``ask``, with a good and a bad answer; whether a firm's filings answer it already."""

    text: Phrase
    good: Answer
    bad: Answer
    is_published: bool = False


QUESTIONS: dict[str, Question] = {
    "expansion": Question(
        Phrase("是否在外地设过厂", "whether it has built plants in other cities"),
        Answer(Phrase("在两个外地城市设过", "in two"), 1 - math.exp(-1)),
        Answer(Phrase("没有", "in none"), 0.0),
        is_published=True,
    ),
    "distance": Question(
        Phrase("总部设在哪座城市", "in which city its seat is"),
        Answer(Phrase("在 150 公里以内", "within 150 km"), math.exp(-150 / DISTANCE_SCALE_KM)),
        Answer(Phrase("在 1500 公里以外", "beyond 1,500 km"), math.exp(-1500 / DISTANCE_SCALE_KM)),
        is_published=True,
    ),
    "leadership": Question(
        Phrase("收入在行业内排第几", "what its rank by revenue in its industry is"),
        Answer(Phrase("在前十", "among the first ten"), 0.8 - 0.5 * 9 / 29),
        Answer(Phrase("在前三十以外", "behind the first thirty"), 0.1),
        is_published=True,
    ),
    "specialisation": Question(
        Phrase("业务涉及几个环节", "in how many segments it is active"),
        Answer(Phrase("只做这一个", "in this one only"), 1.0),
        Answer(Phrase("有十个", "in ten"), 1 / (1 + math.log(10))),
        is_published=True,
    ),
    "scale": Question(
        Phrase("年营业收入有多少", "what its yearly revenue is"),
        Answer(Phrase("有 100 亿元", "CNY 10 bn"), 2 / 3.5),
        Answer(Phrase("只有 1 亿元", "only CNY 100 mn"), 0.0),
        is_published=True,
    ),
    "ties": Question(
        Phrase("与本地企业有无股权或集团关系", "whether it has ties of ownership or group to a firm here"),
        Answer(Phrase("同属一个集团", "one group"), 0.7),
        Answer(Phrase("没有", "none"), 0.0),
        is_published=True,
    ),
    "mobility": Question(
        Phrase("由谁实际控制", "who controls it"),
        Answer(Phrase("是民营", "a private owner"), MOBILITY[Ownership.PRIVATE.value][0]),
        Answer(Phrase("是外省地方国资", "a local state owner of another province"), MOBILITY[Ownership.LOCAL_STATE.value][0]),
        is_published=True,
    ),
}
"""Signal that a firm can answer for → the question. Of a signal of the segment the region knows, and no call to a firm settles it."""


def asks(name: str) -> Question | None:
    """Return the question about a signal; None for one of the segment. Of a signal of another package best and worst are asked for."""
    if name in OF_SEGMENT or name == "segment_fit":
        return None
    zh, en = label(name), label(name, "en")
    best, worst = Answer(Phrase("极好", "at its best"), 1.0), Answer(Phrase("极差", "at its worst"), 0.0)
    return QUESTIONS.get(name) or Question(Phrase(f"{zh}如何", f"how it is with {en}"), best, worst)


def asks_what_it_makes(setting: Setting, candidate: Candidate) -> Question:
    """Return the question whether a firm is in the segment at all, where that is to be verified: a bad answer takes it off the list."""
    segment = setting.graph.segments[candidate.segment_id].name
    confidence = float(candidate.activity["confidence"])
    return Question(
        Phrase(f"是否确实做{segment}", f"whether it really is in this business: {segment.en}"),
        Answer(Phrase("属实", "so"), confidence),
        Answer(Phrase("不做", "not"), -math.inf),
    )
