"""The figures of accuracy that ship: one file, made by the trials, from which the page, the pictures and every quotation are told."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from chaingraph.errors import ChaingraphError
from chaingraph.phrases import Phrase, said

Figures = dict[str, Any]
"""Plain numbers, words, lists and dictionaries, as JSON has them; None is not known."""

FILE = Path(__file__).with_name("accuracy.json")
_QUOTED = re.compile(r"(<!-- figure:([\w-]+) -->).*?(<!-- /figure -->)", re.DOTALL)


def shipped() -> Figures:
    """Return the figures that ship: of every trial, with its protocol and the data version they were measured on."""
    found: Figures = json.loads(files("chaingraph").joinpath(FILE.name).read_text(encoding="utf-8"))
    return found


def as_json(figures: Figures) -> str:
    """Return figures as the text of their file: numbers to six digits, NaN and infinity as null."""
    return json.dumps(_plain(figures), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value


def known(value: object) -> object:
    """Return plain figures with None for every number that is not known."""
    if isinstance(value, dict):
        return {k: known(v) for k, v in value.items()}
    if isinstance(value, list):
        return [known(v) for v in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def of(rows: Iterable[Figures], **wanted: object) -> Figures:
    """Return the row whose cells are these. ChaingraphError: there is none, or more than one."""
    found = [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]
    if len(found) != 1:
        raise ChaingraphError(f"the figures have {len(found)} rows with {wanted}, expected one: run `make evaluate`")
    return found[0]


def one_in(share: float) -> Phrase:
    """Return a share as people say it: one in so many, or how many of a hundred where it is more than a third.

    >>> str(one_in(0.197)), one_in(0.7).en
    ('每 5 家有 1 家', '70 in 100')
    """
    if share > 1 / 3:
        return Phrase(f"每 100 家有 {share * 100:.0f} 家", f"{share * 100:.0f} in 100")
    many = f"{round(1 / share):,}" if share > 0 else ""
    return Phrase(f"每 {many} 家有 1 家", f"1 in {many}") if many else Phrase("没有一家", "none")


def interval(cell: Mapping[str, float], digits: int = 3) -> str:
    """Return a share with its interval.

    >>> interval({"value": 0.953, "low": 0.91, "high": 0.989})
    '0.953 (0.910–0.989)'
    """
    return f"{cell['value']:.{digits}f} ({cell['low']:.{digits}f}–{cell['high']:.{digits}f})"


def quotations(figures: Figures) -> dict[str, Phrase]:
    """Return what pages quote of the figures, by name: numbers inside a sentence that the page tells."""
    linked = of(figures["links"]["labelled"], set="fourteen other chains", method="as it ships")
    model, lists = figures["arrivals"], figures["profile"]
    best, by_profile = of(model["ranked_by"], group="learned"), of(lists["ranked_by"], group="learned")
    expander, newcomer = (of(model["by_kind"], group=kind) for kind in ("expander", "newcomer"))
    found = {row["share"]: row for row in figures["names"]}

    def each(row: Figures, *measures: str) -> Phrase:
        zh = "，".join(f"{m} {interval(row[m])}" for m in measures)
        return Phrase(zh, zh.replace("，", ", "))

    return {
        "version": Phrase(f"`{figures['data_version']}`", f"`{figures['data_version']}`"),
        "links": Phrase(
            f"在没有用来学习的十四条链、{linked['firms']} 家企业上测得精确率 {interval(linked['precision'])}，召回率 {interval(linked['recall'])}",
            f"measured on {linked['firms']} firms of fourteen chains that nothing was learnt from: precision "
            f"{interval(linked['precision'])}, recall {interval(linked['recall'])}",
        ),
        "names": Phrase(
            f"精确率 {interval(found['Precision'])}，召回率 {interval(found['Recall'])}",
            f"precision {interval(found['Precision'])}, recall {interval(found['Recall'])}",
        ),
        "arrivals": Phrase(
            f"{model['cut']} 年以来的 {model['arrivals']} 次真实落户，只用此前的资料排名：{each(best, 'hit@10', 'MRR', 'hit@50', 'industry hit@3')}",
            f"the {model['arrivals']} real arrivals since {model['cut']}, ranked by what was known before: "
            f"{each(best, 'hit@10', 'MRR', 'hit@50', 'industry hit@3').en}",
        ),
        "kinds": Phrase(
            f"此前已在外地设厂的（扩张型）hit@50 {interval(expander['hit@50'])}，首次外迁的 {interval(newcomer['hit@50'])}",
            f"of firms that had moved before (expanders) hit@50 {interval(expander['hit@50'])}, of newcomers {interval(newcomer['hit@50'])}",
        ),
        "hits": Phrase(
            f"真实落户的企业里，{one_in(best['hit@10']['value'])}在排名的前 10，{one_in(best['hit@50']['value'])}在前 50。",
            f"Of the firms that came, {one_in(best['hit@10']['value']).en} stood among the first 10, {one_in(best['hit@50']['value']).en} "
            "among the first 50.",
        ),
        "profile": Phrase(
            f"名单所用的学习权重：{each(by_profile, 'hit@10', 'hit@50')}",
            f"the learned weights of the lists: {each(by_profile, 'hit@10', 'hit@50').en}",
        ),
        "calibration": _calibration(lists),
    }


def expected(rows: Iterable[Figures]) -> float:
    """Return how many arrivals a table of reliability foresees: Σ pairs · foreseen."""
    return float(sum(r["pairs"] * r["foreseen"] for r in rows))


def _calibration(lists: Figures) -> Phrase:
    rows, years, brier = lists["reliability"], lists["within_years"], lists["brier"]["skill"]
    foreseen, came = expected(rows), sum(r["arrivals"] for r in rows)
    error, base = lists["calibration_error"], lists["sharpness"]["base_rate"]
    return Phrase(
        f"此后 {years} 年内合计预计 {foreseen:.0f} 次落户，实际 {came} 次；期望校准误差 {error:.5f}，基准率 {base:.5f}，Brier 技巧分 {brier:.3f}",
        f"in the {years} years after, {foreseen:.0f} arrivals were foreseen and {came} came; expected calibration error {error:.5f} at a base rate of "
        f"{base:.5f}, Brier skill {brier:.3f}",
    )


def quoted(page: str, figures: Figures, lang: str = "en") -> str:
    """Return a page whose marked places (``<!-- figure:NAME -->…<!-- /figure -->``) say what the figures say now.

    ChaingraphError: a mark names no quotation.
    """
    known = quotations(figures)

    def fill(mark: re.Match[str]) -> str:
        if mark[2] not in known:
            raise ChaingraphError(f"no figure '{mark[2]}' to quote, only {', '.join(known)}: mend the mark")
        return f"{mark[1]}{said(known[mark[2]], lang)}{mark[3]}"

    return _QUOTED.sub(fill, page)


def table(heads: Sequence[str], columns: str, rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown; `columns` has a letter a column, ``l`` or ``r``.

    >>> print(table(["A", "B"], "lr", [("x", 1)]))
    | A | B |
    | --- | ---: |
    | x | 1 |
    """
    rules = {"l": "---", "r": "---:"}
    lines = [" | ".join(heads), " | ".join(rules[s] for s in columns), *(" | ".join(map(str, row)) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)
