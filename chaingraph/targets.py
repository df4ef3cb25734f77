"""The targets of a region as rows that a graph elsewhere holds: computed from the tables, not one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from chaingraph.recommendation import Recommendation

COLUMNS = {
    "company_id": "str",
    "segment_id": "str",
    "region_code": "str",
    "chain_id": "str",
    "rank": "Int64",
    "score": "float64",
    "coverage": "float64",
    "probability": "float64",
    "probability_low": "float64",
    "probability_high": "float64",
    "stability": "float64",
    "rank_low": "Int64",
    "rank_high": "Int64",
    "mover": "str",
    "strongest": "str",
    "against": "str",
    "rival_region": "str",
    "rival_lead": "float64",
    "phone_call": "str",
    "warm_path": "str",
    "package": "str",
    "data_version": "str",
}
"""Columns of a target's row and their types; texts are Chinese, several parted by ；, what is not known or not there is missing."""


@dataclass(frozen=True)
class RegionTargets:
    """The lists of some chains in one region; each takes the place of what was said of that chain there before.

    `rows` has the columns of `COLUMNS`; a chain without targets is named in `chains` all the same.
    """

    region_code: str
    chains: frozenset[str]
    rows: pd.DataFrame

    def beside(self, others: pd.DataFrame) -> pd.DataFrame:
        """Return these rows with those of others that speak of another region or chain."""
        mine = (others["region_code"] == self.region_code) & others["chain_id"].isin(self.chains)
        return pd.concat([others[~mine], self.rows], ignore_index=True).astype(COLUMNS)


def target_rows(targets: Iterable[Recommendation], version: str) -> pd.DataFrame:
    """Return one row per target; `version` is that of the data it was ranked on."""
    found = [
        {
            **t.as_dict(),
            "chain_id": t.segment_id.split("/")[0],
            "strongest": "；".join(r.text for r in t.strongest),
            "warm_path": "；".join(t.warm_path),
            "package": "；".join(t.package),
            "data_version": version,
        }
        for t in targets
    ]
    said = [{name: None if row[name] == "" else row[name] for name in COLUMNS} for row in found]
    return pd.DataFrame(said, columns=list(COLUMNS)).astype(COLUMNS)
