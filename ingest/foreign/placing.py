"""Firms that a source names → companies of ours: only where the name's match is accepted, everything else lost by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from chaingraph.model import Verdict
from chaingraph.tables import Tables
from ingest.foreign.readings import NAMED_LEADING, NamedFirm, Reading
from ingest.matching import match
from ingest.name_index import NameIndex

CONFIDENCE = {True: 0.7, False: 0.5}
"""Confidence of a naming, by whether the source says that the firm leads its segment; nobody of ours has looked: to review."""

COLUMNS = ["company_id", "segment_id", "verdict", "confidence", "basis", "matched_terms", "is_leading", "leading_evidence"]
AGAIN = "of a company that the segment has under another name"
NOT_KNOWN, UNSURE, ANOTHER = "not among our companies", "of a doubtful name", "whose code and name are not one company of ours"


@dataclass(frozen=True)
class Companies:
    """The companies of one data version as names are held against them; `decisions`: name → what it means, by the ledger."""

    tables: Tables
    decisions: Mapping[str, str]

    @cached_property
    def by_code(self) -> dict[str, str]:
        """Stock code → company."""
        coded = self.tables["companies"][["stock_code", "company_id"]].dropna()
        return dict(zip(coded["stock_code"], coded["company_id"], strict=True))

    def matches(self, names: list[str]) -> dict[str, tuple[str, str]]:
        """Return (company id, verdict) of each name."""
        companies, aliases = self.tables["companies"], self.tables["company_names"]
        others = aliases.groupby("company_id")["alias"].agg(lambda found: "；".join(dict.fromkeys(found)))
        frame = companies[["company_id", "name_zh", "short_name", "name_en", "country"]]
        index = NameIndex(frame.assign(former_names=frame["company_id"].map(others)))
        known = {
            n: i for c in ("name_zh", "short_name") for n, i in companies[[c, "company_id"]].dropna().itertuples(index=False)
        }
        known |= self.by_code
        decided = {name: known[means] for name, means in self.decisions.items() if means in known}
        found = match(names, index, decisions=decided)
        return {row.alias: (str(row.company_id), str(row.verdict)) for row in found.itertuples()}


def place(reading: Reading, companies: Companies) -> pd.DataFrame:
    """Return the activities of the firms that are companies of ours, and enter every firm in the account of the reading.

    A firm with a stock code must be the company of that code by its name as well. One row for a company and segment.
    """
    account = reading.losses.of("firms")
    found = companies.matches(list(dict.fromkeys(f.name for f in reading.firms))) if reading.firms else {}
    rows: dict[tuple[str, str], NamedFirm] = {}
    for firm in reading.firms:
        company_id, verdict = found[firm.name]
        why = _doubt(firm, company_id, verdict, companies)
        if not why and (company_id, firm.segment_id) in rows:
            why = AGAIN
        if not why:
            account.keep()
            rows[company_id, firm.segment_id] = firm
        elif firm.is_leading:
            account.note()
        else:
            account.lose(why, [firm.name])
    return _activities(rows)


def _doubt(firm: NamedFirm, company_id: str, verdict: str, companies: Companies) -> str:
    """Why a firm is no company of ours; empty where it is one."""
    if verdict != "accept":
        return UNSURE if verdict == "review" else NOT_KNOWN
    return ANOTHER if firm.stock_code and companies.by_code.get(firm.stock_code) != company_id else ""


def _activities(rows: Mapping[tuple[str, str], NamedFirm]) -> pd.DataFrame:
    made = [
        (
            company_id,
            segment_id,
            Verdict.TO_REVIEW.value,
            CONFIDENCE[firm.is_leading],
            "fact",
            None,
            firm.is_leading,
            NAMED_LEADING if firm.is_leading else None,
        )
        for (company_id, segment_id), firm in sorted(rows.items(), key=lambda row: row[0])
    ]
    return pd.DataFrame(made, columns=COLUMNS)
