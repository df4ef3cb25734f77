"""Which company an abbreviation stands for: what speaks for each candidate, and what the other names of the list claim."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import LCSseq

from ingest.name_index import NameIndex, Reading
from ingest.names import CompanyName, parse
from ingest.trade_names import commonness

ACCEPT_AT = 0.55
"""Least probability of an accepted abbreviation; 0..1."""

REVIEW_AT = 0.1
"""Least probability of an abbreviation a person is asked about; below it the name is rejected."""

BROKEN = 3
"""Candidates looked at that lack characters of the abbreviation; those that have all are looked at first."""

YIELD = 0.995
"""Most of a candidate's odds that a surer name of the same list takes away; 0..1."""

WEIGHTS: Mapping[str, float] = {
    "base": -2.96,
    "near": 2.31,
    "whole": 4.78,
    "rare": 2.38,
    "trade_broken": -1.37,
    "trade_missed": -1.85,
    "place_only": -0.92,
    "inside_word": -1.79,
    "word_starts": 1.75,
    "body_same": 1.12,
    "unlike": -2.01,
    "already_short": -0.41,
    "two_signs": -1.12,
    "place_conflict": -0.59,
    "breaks": -1.83,
    "stretch": -0.62,
    "together": 0.76,
    "common": -1.61,
    "common_two": -1.09,
    "common_apart": -0.52,
}
"""Log-odds each feature of `features` adds: a multinomial choice among the candidates and none of them, fitted by
`benchmarks/fit_names.py` on half of the firms of a list of exchange short names, each name once with its firm and once without."""


def align(core: str, reading: Reading, rarity: Mapping[str, float]) -> dict[int, int]:
    """Position in `core` → position in `reading.text`: their heaviest common subsequence.

    A character weighs its rarity, 1.15 times where it begins a word, and half as much again where it continues a run.
    """
    if reading.text.count(core) == 1:
        # A run outweighs whatever word beginnings another way could gain.
        return dict(enumerate(range(at := reading.text.find(core), at + len(core))))
    paths: list[tuple[float, tuple[int, ...], tuple[int, ...]]] = []
    for at, sign in enumerate(core):
        weight, row = rarity.get(sign, 1.0), []
        spot = reading.text.find(sign)
        while spot >= 0:
            own = weight * (1.15 if spot in reading.starts else 1.0)
            top: tuple[float, tuple[int, ...], tuple[int, ...]] = (own, (at,), (spot,))
            for total, left, right in paths:
                if right[-1] < spot:
                    run = 0.5 * weight if (right[-1] + 1, left[-1] + 1) == (spot, at) else 0.0
                    if total + own + run > top[0]:
                        top = (total + own + run, (*left, at), (*right, spot))
            row.append(top)
            spot = reading.text.find(sign, spot + 1)
        paths.extend(row)
    if not paths:
        return {}
    _, left, right = max(paths, key=lambda path: path[0])
    return dict(zip(left, right, strict=True))


@dataclass(frozen=True)
class Short:
    """An abbreviation: what it says beyond its marks, the place it names, how common its trade name is (0..1)."""

    core: str
    place: str
    common: float

    @classmethod
    def of(cls, alias: CompanyName, core: str) -> "Short":
        """Read an abbreviation."""
        own = parse(core)
        return cls(core, alias.place, 0.0 if own.trade_name in own.place else commonness(own.trade_name))


def features(short: Short, reading: Reading, near: float, rarity: Mapping[str, float]) -> dict[str, float]:
    """What speaks for and against an abbreviation being short for a full name; every value lies in 0..1.

    near: TF-IDF cosine · whole: every character found in order (粤 for 广东 counts) · rare: mean rarity of the found ·
    trade_broken, trade_missed: a 字号 of 2–3 characters found in part, not at all · place_only: missed, and a place is named · inside_word: begins inside a word ·
    word_starts: jumps that land on a word · body_same: equals the name without place · unlike: 1 - LCS similarity to it · already_short: that name itself has four characters, and the core two ·
    two_signs: the core has only two · place_conflict: names another place · breaks: jumps among its steps · stretch: share of what lies between its first and last
    character that it leaves out · together: its first two
    characters stand together · common: how common its trade name is; common_two, common_apart: the same where the core has only
    two characters, and where they do not stand together.
    """
    core = short.core
    found = align(core, reading, rarity)
    signed = core[0] in reading.place_signs and 0 not in found
    spots = list(found.values())
    first = spots[0] if spots else 0
    hits = sum(spot in reading.trade for spot in spots)
    real_trade = len(reading.trade) <= 3 and reading.parts.trade_name not in reading.parts.place
    jumps = [after for before, after in pairwise(spots) if after - before > 1]
    landed = sum(spot in reading.starts for spot in jumps)
    whole = float(len(found) + signed == len(core))
    steps = [found.get(at, -9) for at in range(len(core))]
    together = float(len(core) > 1 and steps[0] >= 0 and steps[1] == steps[0] + 1)
    two = float(len(core) <= 2)
    return {
        "base": 1.0,
        "near": near,
        "whole": whole,
        "rare": sum(rarity.get(core[at], 1.0) for at in found) / len(core),
        "trade_broken": float(real_trade and 0 < hits < len(reading.trade)),
        "trade_missed": float(real_trade and hits == 0),
        "place_only": float(bool(real_trade and hits == 0 and short.place)),
        "inside_word": float(first not in reading.starts),
        "word_starts": landed / max(len(spots) - 1, 1),
        "body_same": float(core == reading.body),
        "unlike": 1.0 - LCSseq.normalized_similarity(core, reading.body),
        "already_short": float(two and len(reading.body) <= 4 and core != reading.body),
        "two_signs": two,
        "place_conflict": float(_places_differ(short.place, reading)),
        "breaks": sum(after != before + 1 for before, after in pairwise(steps)) / max(len(core) - 1, 1),
        "stretch": 1.0 - len(spots) / (spots[-1] - spots[0] + 1) if spots else 0.0,
        "together": together,
        "common": short.common,
        "common_two": short.common * two,
        "common_apart": short.common * (1.0 - together),
    }


def _places_differ(place: str, reading: Reading) -> bool:
    return bool(place and reading.parts.place) and place not in reading.parts.place and place not in reading.text


@dataclass(frozen=True)
class Candidate:
    """A company that an abbreviation may stand for: its row in the index, its log-odds, and what is said of it."""

    row: int
    log_odds: float
    is_whole: bool
    is_elsewhere: bool


def weigh(short: Short, near: Sequence[tuple[int, float]], index: NameIndex) -> list[Candidate]:
    """The candidates of an abbreviation among the companies near it, likeliest first."""
    found = []
    for row, cosine in worth_reading(short.core, near, index):
        values = features(short, index.reading(row), cosine, index.rarity)
        log_odds = sum(weight * values[name] for name, weight in WEIGHTS.items())
        found.append(Candidate(row, log_odds, bool(values["whole"]), bool(values["place_conflict"])))
    return sorted(found, key=lambda candidate: (-candidate.log_odds, candidate.row))


def worth_reading(core: str, near: Sequence[tuple[int, float]], index: NameIndex) -> list[tuple[int, float]]:
    """Of the companies near a core those with all of its characters (the first may stand for a place), and a few more."""
    full: list[tuple[int, float]] = []
    broken: list[tuple[int, float]] = []
    for row, cosine in near:
        name = index.normal[row]
        lacking = [at for at, sign in enumerate(core) if sign not in name]
        (full if not lacking or lacking == [0] else broken).append((row, cosine))
    return full + broken[:BROKEN]


@dataclass(frozen=True)
class Choice:
    """What an abbreviation most probably stands for: the candidate, its probability, and the candidates' own ones.

    `probability` takes the other names of the list into account, `alone` does not. `rival` is the core of the surer name.
    """

    candidate: Candidate
    probability: float
    alone: float
    second: tuple[int, float] | None
    rival: str


def choose(shorts: Sequence[str], weighed: Sequence[Sequence[Candidate]], taken: Mapping[int, str]) -> list[Choice | None]:
    """The candidate each abbreviation of a list stands for; None where there are no candidates.

    Alone: P_i = exp(z_i) / (1 + Σ exp(z_j)), where 1 stands for nobody. A company has one abbreviation at a time: where another
    core claims a company with a higher probability q, its odds here are multiplied by 1 - min(q, `YIELD`). `taken` are the
    companies (row → core) that short names mean for sure.
    """
    alone = [_probabilities([math.exp(c.log_odds) for c in candidates]) for candidates in weighed]
    claims: dict[int, dict[str, float]] = {row: {core: 1.0} for row, core in taken.items()}
    for core, candidates, own in zip(shorts, weighed, alone, strict=True):
        for candidate, p in zip(candidates, own, strict=True):
            claim = claims.setdefault(candidate.row, {})
            claim[core] = max(claim.get(core, 0.0), p)
    # The two strongest claims on a company are all that is asked for.
    strongest = {row: sorted(((p, core) for core, p in claim.items()), reverse=True)[:2] for row, claim in claims.items()}
    return [_chosen(*entry, strongest) for entry in zip(shorts, weighed, alone, strict=True)]


def _chosen(
    core: str, candidates: Sequence[Candidate], alone: Sequence[float], strongest: Mapping[int, list[tuple[float, str]]]
) -> Choice | None:
    if not candidates:
        return None
    rivals = [next((c for c in strongest[candidate.row] if c[1] != core), (0.0, "")) for candidate in candidates]
    rivals = [rival if rival[0] > own else (0.0, "") for rival, own in zip(rivals, alone, strict=True)]
    odds = [math.exp(c.log_odds) * (1.0 - min(q, YIELD)) for c, (q, _) in zip(candidates, rivals, strict=True)]
    joint = _probabilities(odds)
    order = sorted(range(len(candidates)), key=lambda at: (-joint[at], candidates[at].row))
    best = order[0]
    if joint[best] < REVIEW_AT:
        best = max(range(len(candidates)), key=lambda at: alone[at])
    second = next(((candidates[at].row, joint[at]) for at in order if at != best), None)
    return Choice(candidates[best], joint[best], alone[best], second, rivals[best][1])


def _probabilities(odds: Sequence[float]) -> list[float]:
    total = 1.0 + sum(odds)
    return [own / total for own in odds]
