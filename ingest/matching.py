"""Which company a name means: match(names, companies), with a verdict and its reason for every name.

Human decisions first, then exact forms, then the key, then abbreviations among the nearest names. A full registered name
is never accepted by likeness: 阳光照明(江西)有限公司 is nearly its parent's name and is another firm.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import pandas as pd
from rapidfuzz import fuzz, process

from ingest.abbreviations import ACCEPT_AT, REVIEW_AT, Candidate, Choice, Short, choose, weigh
from ingest.kinship import parent_of
from ingest.name_index import COUNTRY_CODE, NameIndex, core_of, forms_of, united
from ingest.names import CompanyName, key_of, normalise, parse, plain_code, short_key, uscc_fault

LIKE_AT = 0.80
"""Least likeness (rapidfuzz ratio of the keys) at which a registered or Latin name is put to a person; 0..1."""

KEY_SCORE = 0.99
"""Score of a match by key; exact names and human decisions score 1."""

RESULT_COLUMNS = ["alias", "company_id", "full_name", "verdict", "score", "why", "relation", "related_to"]

_REGISTERED = re.compile(r"有限公司|有限责任|(?:公司|厂|合作社|事务所|株式会社|\((?:有限|普通|特殊普通)合伙\))$")


@dataclass(frozen=True)
class _Answer:
    row: int | None
    verdict: str
    score: float
    why: str
    relation: str = ""
    related: int | None = None


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
        row = next(iter(rows))
        return _Answer(row, "review", 0.5, "是该企业的分支机构，不是企业本身", "branch_of", row)
    return _Answer(None, "reject", 0.0, "分支机构，名单中没有其总公司")


def _by_likeness(alias: CompanyName, near: Iterable[tuple[int, float]], index: NameIndex) -> _Answer:
    """A registered or Latin name no form of which is known: the same parts, or a question to a person."""
    rows = [row for row, _ in near]
    registered = bool(alias.legal_form) and not alias.normal.isascii()
    if registered and alias.trade_name:
        parts, kin = _parts(alias), [row for row in rows if alias.trade_name in index.normal[row]]
        same = [row for row in kin if _same_form(alias, other := index.reading(row).parts) and parts == _parts(other)]
        if len(same) == 1:
            return _Answer(same[0], "accept", KEY_SCORE, "地名写法不同，其余一致")
    found = process.extractOne(key_of(alias.normal), [index.key(row) for row in rows], scorer=fuzz.ratio)
    is_like = found is not None and found[1] >= 100 * LIKE_AT
    if registered and (parent := parent_of(alias, rows, index)) is not None:
        name = index.full[parent]
        return _Answer(None, "reject", 0.0, f"按名称像是{name}的子公司，不是该企业", "subsidiary_of", parent)
    if found is None or not is_like:
        return _NOBODY
    score = min(found[1] / 100, ACCEPT_AT) / 2
    return _Answer(rows[found[2]], "review", score, f"全称相近（{found[1]:.0f}%）而不同，可能是另一家")


def _parts(name: CompanyName) -> tuple[str | bool, ...]:
    return name.place, name.trade_name, name.industry, name.branch_place, name.is_branch, "(" in name.normal


def _by_abbreviation(alias: CompanyName, choice: Choice | None, index: NameIndex) -> _Answer:
    if choice is None or max(choice.probability, choice.alone) < REVIEW_AT:
        return _NOBODY
    row, score = choice.candidate.row, round(choice.probability, 4)
    why = f"简称：{'字序全合' if choice.candidate.is_whole else '字序不全'}"
    if choice.second:
        why += f"；其次{index.full[choice.second[0]]}（{choice.second[1]:.2f}）"
    doubts = [
        (f"名单中的“{choice.rival}”更像是该企业", bool(choice.rival)),
        ("把握不足", score < ACCEPT_AT),
        ("地名不符", choice.candidate.is_elsewhere),
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
    names: Sequence[str],
    companies: pd.DataFrame | NameIndex,
    *,
    codes: Sequence[str] | None = None,
    decisions: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Which company each name means.

    `companies`: company_id (unique), name_zh; optional short_name, name_en, former_names (separated by ；), country
    (ISO code of two letters or Chinese name), uscc; or an index made of such a frame, which many calls can share.
    `codes`: the credit code beside each name, "" where none is known. `decisions`: name → company_id as people decided, "" for
    none of them. Columns of the result, one row per name in the order given: alias, company_id, full_name (both "" when rejected),
    verdict (accept, review, reject), score (0..1; 1 = certain), why (a sentence), relation (branch_of, subsidiary_of or "") and
    related_to, the full name of the company it points to. The names are read as one list: a company has one abbreviation in it.
    Raises ValueError for missing columns, doubled ids, decisions on unknown ids and another number of codes than of names.
    """
    index = companies if isinstance(companies, NameIndex) else NameIndex(companies)
    decided = {normalise(alias): company_id for alias, company_id in (decisions or {}).items()}
    if unknown := sorted({company_id for company_id in decided.values() if company_id and company_id not in index.row}):
        hints = [f"{name} (did you mean {', '.join(get_close_matches(name, index.ids, 1)) or 'none'}?)" for name in unknown]
        raise ValueError(f"decisions: company_id not among the companies: {'; '.join(hints)}")
    answers: dict[str, _Answer] = {}
    open_names: list[CompanyName] = []
    taken: dict[int, str] = {}
    for raw in dict.fromkeys(names):
        alias = parse(raw)
        answer = _decided(alias.normal, decided, index) or _by_form(alias, index)
        if answer := answer or (_branch(alias, index) if alias.is_branch else None):
            answers[raw] = answer
            if answer.verdict == "accept" and answer.row is not None and not alias.legal_form:
                taken[answer.row] = core_of(raw)
        elif core_of(raw):
            open_names.append(alias)
        else:
            answers[raw] = _NOBODY
    answers |= _by_nearness(open_names, taken, index)
    found = [answers[raw] for raw in names]
    if codes is not None:
        found = [_with_code(answer, plain_code(code), index) for answer, code in zip(found, codes, strict=True)]
    return pd.DataFrame([_row(*entry, index) for entry in zip(names, found, strict=True)], columns=RESULT_COLUMNS)


def _by_nearness(names: Sequence[CompanyName], taken: Mapping[int, str], index: NameIndex) -> dict[str, _Answer]:
    """Names no form of which is known: registered ones each by itself, abbreviations together."""
    answers: dict[str, _Answer] = {}
    shorts: list[tuple[CompanyName, str, list[Candidate]]] = []
    cores = [core_of(alias.raw) for alias in names]
    for alias, core, near in zip(names, cores, index.nearest(cores), strict=True):
        home = _of_country(alias, near, index)
        if alias.normal.isascii() or _REGISTERED.search(alias.normal):
            answers[alias.raw] = _by_likeness(alias, home, index)
        else:
            shorts.append((alias, core, weigh(Short.of(alias, core), home, index)))
    choices = choose([core for _, core, _ in shorts], [weighed for _, _, weighed in shorts], taken)
    for (alias, _, _), choice in zip(shorts, choices, strict=True):
        answers[alias.raw] = _by_abbreviation(alias, choice, index)
    return answers


def _with_code(answer: _Answer, code: str, index: NameIndex) -> _Answer:
    """The answer after the credit code beside the name was looked at: where both sides have one, it decides."""
    if not code:
        return answer
    if fault := uscc_fault(code):
        said = {"length": "位数不对", "signs": "含有不会出现的字符", "check digit": "校验位不对"}[fault]
        return replace(answer, why=f"{answer.why}；信用代码{said}，未用")
    holder = index.by_code.get(code)
    if holder is None:
        if answer.verdict == "accept" and answer.row is not None and index.code[answer.row]:
            return replace(answer, verdict="review", score=0.5, why=f"{answer.why}；但信用代码与该企业不同")
        return answer
    if answer.verdict == "accept" and answer.row not in (None, holder):
        return _Answer(holder, "review", 0.5, f"信用代码是该企业的，名称却像是{index.full[answer.row or 0]}")
    return _Answer(holder, "accept", 1.0, "信用代码一致")


def _row(alias: str, answer: _Answer, index: NameIndex) -> tuple[str, str, str, str, float, str, str, str]:
    company = ("", "") if answer.row is None else (index.ids[answer.row], index.full[answer.row])
    related = "" if answer.related is None else index.full[answer.related]
    return alias, *company, answer.verdict, answer.score, answer.why, answer.relation, related
