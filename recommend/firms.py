"""What the tables say of every company, looked up once for a data version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from chaingraph.model import SegmentKind, Verdict
from chaingraph.phrases import Phrase, verbatim
from chaingraph.tables import Tables

TIES = {
    "controlled_by": Phrase("控制关系", "control"),
    "same_controller": Phrase("同一控制人", "one controller"),
    "subsidiary_of": Phrase("母子公司", "parent and subsidiary"),
    "same_group": Phrase("同一集团", "one group"),
}
"""What a tie is called when its source says no more."""

ENOUGH_REVENUES = 5
"""So many firms of an industry must have a known revenue for its middle one to say what is small."""

Row = Mapping[str, Any]
"""A row of a table by column; what is not known is None."""


@dataclass(frozen=True)
class Firms:
    """All companies of one data version, without landings: ask for it with `tables.derived(Firms.of)`.

    `companies`: rows by id. `activities`: rows by segment, in the order of the company. `lists`: company → (list id, list name,
    rank or None, industry) of its memberships. `ties`: company → (other company, kind, sentence), read from both ends.
    `places`: company → codes of the regions it is known to be in, by seat and establishments; `at`: the same from the region.
    `breadth`: company → number of producing segments of any chain it is confirmed in. `middle_revenue`: industry → median of the
    revenues known in it, in CNY, where `ENOUGH_REVENUES` are.
    """

    companies: Mapping[str, Row]
    activities: Mapping[str, tuple[Row, ...]]
    lists: Mapping[str, list[tuple[str, Phrase, int | None, str]]]
    ties: Mapping[str, list[tuple[str, str, Phrase]]]
    places: Mapping[str, frozenset[str]]
    at: Mapping[str, frozenset[str]]
    breadth: Mapping[str, int]
    middle_revenue: Mapping[str, float]

    @classmethod
    def of(cls, tables: Tables) -> Firms:
        """Look up the companies of some tables."""
        stands = _stands(tables)
        return cls(
            {row["company_id"]: row for row in _rows(tables["companies"])},
            _activities(tables),
            _lists(tables),
            _ties(tables),
            _grouped(stands),
            _grouped((code, company) for company, code in stands),
            _breadth(tables),
            _middle_revenue(tables),
        )


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")  # type: ignore[no-any-return]


def _activities(tables: Tables) -> dict[str, tuple[Row, ...]]:
    out: dict[str, list[Row]] = {}
    for row in _rows(tables["activities"]):
        out.setdefault(row["segment_id"], []).append(row)
    return {segment: tuple(rows) for segment, rows in out.items()}


def _lists(tables: Tables) -> dict[str, list[tuple[str, Phrase, int | None, str]]]:
    named = tables["firm_lists"][["list_id", "name_zh", "name_en"]].itertuples(index=False)
    names = {i: Phrase(zh, en) if isinstance(en, str) else verbatim(zh) for i, zh, en in named}
    out: dict[str, list[tuple[str, Phrase, int | None, str]]] = {}
    for r in tables["memberships"].to_dict("records"):
        place = None if pd.isna(r["rank"]) else int(r["rank"])
        label = r["industry_label"] if isinstance(r["industry_label"], str) else ""
        out.setdefault(r["company_id"], []).append((r["list_id"], names[r["list_id"]], place, label))
    return out


def _ties(tables: Tables) -> dict[str, list[tuple[str, str, Phrase]]]:
    out: dict[str, list[tuple[str, str, Phrase]]] = {}
    for r in tables["ties"].to_dict("records"):
        text, said = TIES[r["tie_kind"]], r["tie_text"]
        if isinstance(said, str):
            text = Phrase(said, f"{text.en}: {verbatim(said).en}")
        out.setdefault(r["company_id"], []).append((r["other_id"], r["tie_kind"], text))
        back = "parent_of" if r["tie_kind"] == "subsidiary_of" else r["tie_kind"]
        out.setdefault(r["other_id"], []).append((r["company_id"], back, text))
    return out


def _stands(tables: Tables) -> list[tuple[str, str]]:
    """(company, region) of every seat and every establishment."""
    columns = ["company_id", "region_code"]
    frames = (tables["companies"][columns].dropna(), tables["establishments"][columns])
    return [(company, code) for frame in frames for company, code in frame.itertuples(index=False)]


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    out: dict[str, set[str]] = {}
    for key, value in pairs:
        out.setdefault(key, set()).add(value)
    return {key: frozenset(values) for key, values in out.items()}


def _breadth(tables: Tables) -> dict[str, int]:
    segments, activity = tables["segments"], tables["activities"]
    making = segments.loc[segments["segment_kind"] != SegmentKind.MARKET.value, "segment_id"]
    sure = activity[(activity["verdict"] == Verdict.CONFIRMED.value) & activity["segment_id"].isin(making)]
    return {str(k): int(v) for k, v in sure.groupby("company_id").size().items()}


def _middle_revenue(tables: Tables) -> dict[str, float]:
    known = tables["companies"][["industry_label", "revenue_cny"]].dropna().astype({"revenue_cny": float})
    of_industry = known[known["revenue_cny"] > 0].groupby("industry_label")["revenue_cny"]
    middle = of_industry.median()[of_industry.size() >= ENOUGH_REVENUES]
    return {str(industry): float(revenue) for industry, revenue in middle.items()}
