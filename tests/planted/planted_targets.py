"""Five invented targets for one diagnosis, with names that a spreadsheet would take for formulas."""

import pandas as pd

from chaingraph.labels import label
from chaingraph.model import (
    Reason,
    Recommendation,
)

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
