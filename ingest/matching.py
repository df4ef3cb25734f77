"""Which company a name means: match(names, companies), with a verdict and its reason for every name.

Human decisions first, then exact forms, then the key, then abbreviations among the nearest names. A full registered name
is never accepted by likeness: 阳光照明(江西)有限公司 is nearly its parent's name and is another firm.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

import pandas as pd
from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

from ingest.name_index import COUNTRY_CODE, NameIndex, Reading, core_of, forms_of, united
from ingest.names import CompanyName, normalise, parse, short_key

ACCEPT_AT = 0.62
"""Least probability of an accepted abbreviation; 0..1."""

REVIEW_AT = 0.1
"""Least probability of an abbreviation a person is asked about; below it the name is rejected."""

LIKE_AT = 0.80
"""Least likeness (rapidfuzz ratio of the keys) at which a registered or Latin name is put to a person; 0..1."""

KEY_SCORE = 0.99
"""Score of a match by key; exact names and human decisions score 1."""

WEIGHTS: Mapping[str, float] = {
    "base": -5.3,
    "near": 4.6,
    "whole": 6.2,
    "rare": 2.8,
    "trade_share": 0.6,
    "trade_broken": -1.5,
    "trade_missed": -2.0,
    "inside_word": -1.3,
    "word_starts": 1.0,
    "body_same": 0.8,
    "unlike": -3.0,
    "already_short": -0.6,
    "two_signs": -0.5,
    "place_conflict": -0.7,
}
"""Log-odds each feature of `features` adds: a multinomial choice among the candidates and none of them, fitted on half
of 2,505 exchange short names and foreign names, their own firm left out of the list for a part."""

RESULT_COLUMNS = ["alias", "company_id", "full_name", "verdict", "score", "why"]

_REGISTERED = re.compile(r"有限公司|有限责任|(?:公司|厂|合作社|事务所|株式会社|\((?:有限|普通|特殊普通)合伙\))$")


def align(core: str, reading: Reading, rarity: Mapping[str, float]) -> dict[int, int]:
    """Position in `core` → position in `reading.text`: their heaviest common subsequence.

    A character weighs its rarity, 1.15 times where it begins a word, and half as much again where it continues a run.
    """
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


def features(core: str, place: str, reading: Reading, near: float, rarity: Mapping[str, float]) -> dict[str, float]:
    """What speaks for and against `core` being short for a full name; every value lies in 0..1.

    near: TF-IDF cosine · whole: every character found in order (粤 for 广东 counts) · rare: mean rarity of the found ·
    trade_share: part of the 字号 found · trade_broken, trade_missed: a 字号 of 2–3 characters found
    in part, not at all · inside_word: begins inside a word · word_starts: jumps that land on a word ·
    body_same: equals the name without place · unlike: 1 - LCS similarity to it · already_short: that name itself has
    four characters, and the core two · two_signs: the core has only two · place_conflict: names another place.
    """
    found = align(core, reading, rarity)
    signed = core[0] in reading.place_signs and 0 not in found
    spots = list(found.values())
    first = spots[0] if spots else 0
    hits = sum(spot in reading.trade for spot in spots)
    real_trade = len(reading.trade) <= 3 and reading.parts.trade_name not in reading.parts.place
    jumps = [after for before, after in pairwise(spots) if after - before > 1]
    return {
        "base": 1.0,
        "near": near,
        "whole": float(len(found) + signed == len(core)),
        "rare": sum(rarity.get(core[at], 1.0) for at in found) / len(core),
        "trade_share": hits / max(len(reading.trade), 1),
        "trade_broken": float(real_trade and 0 < hits < len(reading.trade)),
        "trade_missed": float(real_trade and hits == 0),
        "inside_word": float(first not in reading.starts),
        "word_starts": sum(spot in reading.starts for spot in jumps) / max(len(spots) - 1, 1),
        "body_same": float(core == reading.body),
        "unlike": 1.0 - LCSseq.normalized_similarity(core, reading.body),
        "already_short": float(len(core) <= 2 and len(reading.body) <= 4 and core != reading.body),
        "two_signs": float(len(core) <= 2),
        "place_conflict": float(_places_differ(place, reading)),
    }


def _places_differ(place: str, reading: Reading) -> bool:
    return bool(place and reading.parts.place) and place not in reading.parts.place and place not in reading.text


@dataclass(frozen=True)
class _Answer:
    row: int | None
    verdict: str
    score: float
    why: str


_NOBODY = _Answer(None, "reject", 0.0, "名单中没有相近的名称")


def _same_form(alias: CompanyName, company: CompanyName) -> bool:
    """Whether the legal forms can be one firm's: a group is not its joint-stock firm, a works not a company."""
    if not alias.legal_form:
        return True
    works = ("厂", "合作社")
    pair = (alias.legal_form, company.legal_form)
    return len({"集团" in form for form in pair}) == 1 == len({form.endswith(works) for form in pair})


def _by_form(alias: CompanyName, index: NameIndex) -> _Answer | None:
    """Exact name, then key; None where the name is nobody's."""
    forms = forms_of(alias.raw)
    if rows := index.exact.get(alias.normal) or united(index.exact, forms):
        holders = [row for row, kind in rows.items() if kind == "全称"]
        row = holders[0] if holders else min(rows)
        if len(rows) == 1 or len(holders) == 1:
            return _Answer(row, "accept", 1.0, f"与{rows[row]}一致")
        return _Answer(row, "review", 0.5, f"{len(rows)}家企业同用此名：{index.some(rows)}")
    if alias.is_branch or not (rows := united(index.keys, [short_key(form) for form in forms])):
        return None
    row, kind = min(rows.items())
    if len(rows) > 1:
        return _Answer(row, "review", 0.5, f"{len(rows)}家企业关键字相同：{index.some(rows)}")
    # 阳光照明有限公司 is a registered name of its own, whoever is called 阳光照明 at the exchange.
    if (kind == "简称" and alias.legal_form) or (kind != "英文名" and not _same_form(alias, index.reading(row).parts)):
        return _Answer(row, "review", 0.5, f"与{kind}只差组织形式，可能是两家")
    return _Answer(row, "accept", KEY_SCORE, f"去掉组织形式后与{kind}一致")


def _branch(alias: CompanyName, index: NameIndex) -> _Answer:
    head = alias.normal[: alias.normal.find("公司") + 2]
    if rows := index.exact.get(head):
        return _Answer(next(iter(rows)), "review", 0.5, "是该企业的分支机构，不是企业本身")
    return _Answer(None, "reject", 0.0, "分支机构，名单中没有其总公司")


def _by_likeness(alias: CompanyName, near: Iterable[tuple[int, float]], index: NameIndex) -> _Answer:
    """A registered or Latin name no form of which is known: the same parts, or a question to a person."""
    rows = [row for row, _ in near]
    if alias.legal_form and not alias.normal.isascii():
        parts = _parts(alias)
        same = [row for row in rows if _same_form(alias, other := index.reading(row).parts) and parts == _parts(other)]
        if len(same) == 1 and alias.trade_name:
            return _Answer(same[0], "accept", KEY_SCORE, "地名写法不同，其余一致")
    found = process.extractOne(short_key(alias.raw), [short_key(index.full[row]) for row in rows], scorer=fuzz.ratio)
    if found is None or found[1] < 100 * LIKE_AT:
        return _NOBODY
    score = min(found[1] / 100, ACCEPT_AT) / 2
    return _Answer(rows[found[2]], "review", score, f"全称相近（{found[1]:.0f}%）而不同，可能是子公司或另一家")


def _parts(name: CompanyName) -> tuple[str | bool, ...]:
    return name.place, name.trade_name, name.industry, name.branch_place, name.is_branch, "(" in name.normal


def _by_abbreviation(alias: CompanyName, near: Iterable[tuple[int, float]], index: NameIndex) -> _Answer:
    """The candidate a short name most probably stands for: P_i = exp(z_i) / (1 + Σ exp(z_j)), 1 standing for nobody."""
    core = core_of(alias.raw)
    ranked = []
    for row, cosine in near:
        values = features(core, alias.place, index.reading(row), cosine, index.rarity)
        ranked.append((sum(WEIGHTS[name] * value for name, value in values.items()), row, values))
    if not ranked:
        return _NOBODY
    ranked.sort(key=lambda entry: (-entry[0], entry[1]))
    total = 1.0 + sum(math.exp(z) for z, _, _ in ranked)
    z, row, values = ranked[0]
    score = round(math.exp(z) / total, 4)
    if score < REVIEW_AT:
        return _NOBODY
    why = f"简称：{'字序全合' if values['whole'] else '字序不全'}，字号合{values['trade_share']:.0%}"
    if len(ranked) > 1:
        why += f"；其次{index.full[ranked[1][1]]}（{math.exp(ranked[1][0]) / total:.2f}）"
    doubts = [
        ("把握不足", score < ACCEPT_AT),
        ("地名不符", bool(values["place_conflict"])),
        (f"该企业另有简称{index.short[row]}", bool(index.short[row])),
        ("两字名称太泛", len(alias.normal) <= 2),
    ]
    raised = [doubt for doubt, holds in doubts if holds]
    return _Answer(row, "review" if raised else "accept", score, "；".join([why, *raised]))


def _of_country(alias: CompanyName, near: Iterable[tuple[int, float]], index: NameIndex) -> list[tuple[int, float]]:
    """The candidates without those of another country than the one the name begins with."""
    code = next((code for name, code in COUNTRY_CODE.items() if alias.normal.startswith(name)), "")
    return [(row, cosine) for row, cosine in near if not code or index.country[row] in ("", code)]


def _decided(alias: str, decisions: Mapping[str, str], index: NameIndex) -> _Answer | None:
    if (company_id := decisions.get(alias)) is None:
        return None
    row = index.row[company_id] if company_id else None
    return _Answer(None, "reject", 1.0, "人工否定") if row is None else _Answer(row, "accept", 1.0, "人工认定")


def match(
    names: Sequence[str], companies: pd.DataFrame | NameIndex, *, decisions: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Which company each name means.

    `companies`: company_id (unique), name_zh; optional short_name, name_en, former_names (separated by ；), country
    (ISO code of two letters or Chinese name); or an index made of such a frame, which many calls can share.
    `decisions`: name → company_id as people decided, "" for none of them.
    Columns of the result, one row per name in the order given: alias, company_id, full_name (both "" when rejected),
    verdict (accept, review, reject), score (0..1; 1 = certain), why (a sentence). A name's row depends on no other name.
    Raises ValueError for missing columns, doubled ids and decisions on unknown ids.
    """
    index = companies if isinstance(companies, NameIndex) else NameIndex(companies)
    decided = {normalise(alias): company_id for alias, company_id in (decisions or {}).items()}
    if unknown := sorted({company_id for company_id in decided.values() if company_id and company_id not in index.row}):
        hints = [f"{name} (did you mean {', '.join(get_close_matches(name, index.ids, 1)) or 'none'}?)" for name in unknown]
        raise ValueError(f"decisions: company_id not among the companies: {'; '.join(hints)}")
    answers: dict[str, _Answer] = {}
    open_names: list[CompanyName] = []
    for raw in dict.fromkeys(names):
        alias = parse(raw)
        answer = _decided(alias.normal, decided, index) or _by_form(alias, index)
        if answer := answer or (_branch(alias, index) if alias.is_branch else None):
            answers[raw] = answer
        elif core_of(raw):
            open_names.append(alias)
        else:
            answers[raw] = _NOBODY
    for alias, near in zip(open_names, index.nearest([core_of(alias.raw) for alias in open_names]), strict=True):
        home = _of_country(alias, near, index)
        full = alias.normal.isascii() or _REGISTERED.search(alias.normal)
        answers[alias.raw] = (_by_likeness if full else _by_abbreviation)(alias, home, index)
    return pd.DataFrame([_row(raw, answers[raw], index) for raw in names], columns=RESULT_COLUMNS)


def _row(alias: str, answer: _Answer, index: NameIndex) -> tuple[str, str, str, str, float, str]:
    company = ("", "") if answer.row is None else (index.ids[answer.row], index.full[answer.row])
    return alias, *company, answer.verdict, answer.score, answer.why
