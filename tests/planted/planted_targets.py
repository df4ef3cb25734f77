"""Five invented targets for one diagnosis, with names that a spreadsheet would take for formulas."""

import dataclasses
import math

import pandas as pd

from chaingraph.labels import label
from chaingraph.recommendation import Reason, Recommendation

WEIGHTS = pd.DataFrame(
    [
        ("segment_fit", 0.4, 0.0, "先看做不做这个环节"),
        ("expansion", 0.3, 0.2, "出过来过的更可能再出来"),
        ("distance", 0.2, 0.5, "近的更可能来"),
        ("mobility", 0.1, 0.5, "=民营决策快"),
    ],
    columns=["signal", "weight", "when_unknown", "reason"],
)
ORIGINS = pd.DataFrame(
    {
        "origin_id": ["chains", "registrations", "unused"],
        "publisher": ["本项目", "@工商登记", "无人"],
        "title": ["产业链", "登记", "没有用到"],
        "url": ["https://example.org/chains", None, None],
        "licence": ["CC BY 4.0", "事实", "?"],
        "retrieved_on": pd.to_datetime(["2025-03-01", "2025-04-02", None]).astype("datetime64[s]"),
        "definition": [None, "制造业登记", None],
    }
)
VALUES = {
    "利欧集团": (1.0, 0.8, 0.9, None),
    '=HYPERLINK("http://x","点我")': (0.7, 0.9, None, 1.0),
    "@SUM": (0.7, 0.9, None, 1.0),
    "+1": (0.2, None, None, None),
    "-1": (0.9, 0.1, 0.1, 0.0),
}
NAN = float("nan")


def a_target(rank: int, name: str, values: tuple[float | None, ...]) -> Recommendation:
    reasons = tuple(
        Reason(w.signal, v, w.weight, 100 * w.weight * (w.when_unknown if v is None else v), f"{label(w.signal)}：说明", "chains")
        for w, v in zip(WEIGHTS.itertuples(), values, strict=True)
    )
    hollow = tuple(r.signal for r in reasons if not r.known)
    return Recommendation(
        rank, f"A-00000{rank}", name, "pump-motor/casting", "铸件", "331000", reasons, "离得远", "320200", "无锡更近",
        "宁波市", ("民企500强",), ("整泵",), hollow,
    )  # fmt: skip


ODDS = (-7.5, 0.06)
"""Log-odds of coming at a score of 0, and what a point adds."""


def argued(target: Recommendation) -> Recommendation:
    """The target with all that is said beside its reasons."""
    return dataclasses.replace(
        target,
        probability=1 / (1 + math.exp(-(ODDS[0] + ODDS[1] * target.score))),
        chance_text="得分相近的企业，1000 家里约 9 家在五年内来了",
        mover="expander" if target.rank % 2 else "",
        stability=0.875,
        rank_low=1,
        rank_high=target.rank + 1,
        phone_call="问清由谁实际控制（现第 2 位）：若是民营，升至第 1 位；若是外省地方国资，位次不变",
        phone_call_signal="mobility",
        warm_path=("=甲公司已在本地（同一集团）", "可能的本地客户（关系未核实）：乙公司（整泵）"),
        rival_lead=-3.25,
        alternatives=("丙公司（40.0）",),
        package=("先有丁公司，得分升 2.0 分（下游市场）",),
    )
