"""A trial of the model as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from recommend.arrivals.evaluation import MEASURES, Trial
from recommend.arrivals.outcomes import calibration_error

LIMITS = (
    "Candidates are firms listed by 2020, with their revenue and staff of 2020; arrivals are those whose name shows the parent; "
    "registrations cover cities and years unevenly."
)


def trial_text(trial: Trial) -> str:
    """Return what came of a trial: against baselines, by kind, distance, size and industry, the probabilities, the coverage."""
    ours = trial.ranks["ours"]
    rows = [("learned", trial.table()), *((name, trial.table(name)) for name in trial.ranks if name != "ours")]
    together = pd.concat([t.assign(group=name) for name, t in rows], ignore_index=True)
    parts = [
        f"Arrivals since {trial.cut}: {len(ours)} in {len(ours[['province', 'city']].drop_duplicates())} cities. {LIMITS}",
        _measures("Ranked by", together),
        _measures("Learned, less", pd.concat([trial.lead(n) for n in trial.ranks if n not in ("ours", "random")]), sign="+"),
        _measures("Known before", trial.table(by="kind")),
        _measures("Distance from the seat", trial.table(by="distance")),
        _measures("Revenue", trial.table(by="revenue")),
        _measures("Industry", trial.table(by="industry").sort_values(["arrivals", "group"], ascending=[False, True]).head(10)),
        _reliability(trial.reliability),
        _sharpness(trial.outcomes.sharpness()),
        _lift(trial.outcomes.lift()),
        _table(["Years", "Cities", "Registrations", "Arrivals"], (tuple(r) for r in trial.coverage.itertuples(index=False))),
        "```toml\n" + trial.model.write() + "```",
    ]
    return "\n\n".join(parts)


def _measures(first: str, table: pd.DataFrame, sign: str = "-") -> str:
    def cell(row: pd.Series, m: str) -> str:
        return f"{row[m]:{sign}.3f} ({row[f'{m} low']:{sign}.2f} to {row[f'{m} high']:{sign}.2f})"

    body = [(row["group"], int(row["arrivals"]), *(cell(row, m) for m in MEASURES)) for _, row in table.iterrows()]
    return _table([first, "Arrivals", *MEASURES], body)


def _reliability(table: pd.DataFrame) -> str:
    body = [
        (f"{r['from']:.2%}–{r['to']:.2%}", f"{r['pairs']:,.0f}", f"{r['foreseen']:.3%}", f"{r['came']:.3%}", int(r["arrivals"]))
        for _, r in table.iterrows()
    ]
    head = ["Probability within five years", "Pairs", "Foreseen", "Came", "Arrivals"]
    return _table(head, body) + f"\n\nExpected calibration error {calibration_error(table):.5f}."


def _sharpness(found: Mapping[str, float]) -> str:
    return (
        f"Of all pairs {found['base_rate']:.3%} came. Above {found['times']:g} times that rate are {found['pairs']:.1%} of the pairs and "
        f"{found['arrivals']:.0%} of the arrivals."
    )


def _lift(table: pd.DataFrame) -> str:
    ways = [name for name in table if name != "pairs"]
    body = [(f"{row['pairs']:.1%}", *(f"{row[w]:.0%}" for w in ways)) for row in table.iloc[1:-1].to_dict("records")]
    return _table(["First of the pairs, by", *map(str, ways)], body)


def _table(head: list[str], body: Iterable[tuple[object, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    lines += ["| " + " | ".join(f"{v:,}" if isinstance(v, int) else str(v) for v in row) + " |" for row in body]
    return "\n".join(lines)
