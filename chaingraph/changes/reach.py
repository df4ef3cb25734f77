"""Which chains a change reaches, and in which of them a region is to be looked at."""

from __future__ import annotations

from chaingraph.changes.rows import row_changes
from chaingraph.tables import Tables

OF_SEGMENTS = {"segments": "segment_id", "supply_links": "customer_id", "activities": "segment_id", "presence": "segment_id"}
"""Tables whose rows are of one chain, and the column that says which."""

SHARED = ("regions", "coverage", "companies", "establishments", "firm_lists", "memberships", "ties", "io_sectors")
"""Tables that every diagnosis and every list of targets reads."""

FEW = 5
"""Up to so many chains are looked at in every region; of more, those of the region's own programme."""


def chains_touched(old: Tables, new: Tables) -> list[str]:
    """Return the chains whose diagnosis or targets the changes may reach: their own rows differ, or rows that all share."""
    everywhere = sorted({*old["chains"]["chain_id"], *new["chains"]["chain_id"]})
    if any(row_changes(name, old, new) for name in SHARED):
        return everywhere
    touched = {s.split("/")[0] for name, column in OF_SEGMENTS.items() for s in row_changes(name, old, new).values(column)}
    touched |= row_changes("chains", old, new).values("chain_id")
    return [c for c in everywhere if c in touched]


def chains_to_look_at(touched: list[str], region_code: str, tables: Tables) -> list[str]:
    """Return those of the touched chains that matter in a region: all where they are few, else those of its programme."""
    programmes, named_in = tables["programmes"], tables["programme_chains"]
    own = programmes.loc[programmes["region_code"] == region_code, "programme_id"]
    named = set(named_in.loc[named_in["programme_id"].isin(own), "chain_id"].dropna())
    return touched if len(touched) <= FEW or not named else [c for c in touched if c in named]
