"""The tables of one chain: its rows, and the rows they refer to, so that every reference still leads somewhere."""

from __future__ import annotations

import pandas as pd

from chaingraph.tables import SPECS, Tables


def excerpt(tables: Tables, chain: str) -> Tables:
    """Return the tables of a chain (id): what it is, who is active in it and where, and what the sources say of those firms.

    Links to other chains are left out; of the regions, sectors, lists, programmes and origins those that are referred to.
    The data version stays that of the whole.
    """
    kept = dict(tables.frames)

    def keep(name: str, *conditions: pd.Series) -> None:
        for condition in conditions:
            kept[name] = kept[name][condition.reindex(kept[name].index)]

    def of(name: str, column: str, among: str, key: str = "") -> pd.Series:
        """Whether a column of a table is found among the rows kept of another."""
        return tables[name][column].isin(kept[among][key or column].dropna())

    keep("chains", tables["chains"]["chain_id"] == chain)
    for name in ("segments", "programme_chains"):
        keep(name, of(name, "chain_id", "chains"))
    keep("supply_links", *(of("supply_links", end, "segments", "segment_id") for end in ("supplier_id", "customer_id")))
    for name in ("activities", "presence"):
        keep(name, of(name, "segment_id", "segments"))
    active = of("establishments", "company_id", "activities") & tables["establishments"]["chain_id"].isna()
    keep("establishments", active | of("establishments", "chain_id", "chains"))
    keep("companies", of("companies", "company_id", "activities") | of("companies", "company_id", "establishments"))
    for name in ("company_names", "memberships"):
        keep(name, of(name, "company_id", "companies"))
    keep("ties", *(of("ties", end, "companies", "company_id") for end in ("company_id", "other_id")))
    keep("firm_lists", of("firm_lists", "list_id", "memberships"))
    keep("programmes", of("programmes", "programme_id", "programme_chains"))
    keep("io_sectors", of("io_sectors", "io_sector", "segments"))
    keep(
        "io_coefficients",
        *(of("io_coefficients", f"{end}_sector", "io_sectors", "io_sector") for end in ("supplier", "customer")),
    )
    keep("industries", tables["industries"]["industry_code"].isin(_codes(kept["segments"]["industry_codes"])))
    keep("regions", tables["regions"]["region_code"].isin(_with_parents(tables["regions"], _referred(kept, "regions"))))
    keep("coverage", of("coverage", "region_code", "regions"))
    keep("origins", tables["origins"]["origin_id"].isin(_referred(kept, "origins")))
    return Tables.of(kept, tables.version)


def _codes(lists: pd.Series) -> set[str]:
    return {code for codes in lists.dropna() for code in str(codes).split(";")}


def _referred(frames: dict[str, pd.DataFrame], table: str) -> set[str]:
    """The keys of a table that other tables refer to."""
    return {
        key
        for name, spec in SPECS.items()
        for column, target in spec.references.items()
        if target.split(".")[0] == table and name not in (table, "coverage")
        for key in frames[name][column].dropna().unique()
    }


def _with_parents(regions: pd.DataFrame, codes: set[str]) -> set[str]:
    """Regions with those they lie in."""
    parent = dict(regions[["region_code", "parent_code"]].dropna().itertuples(index=False))
    found = set(codes)
    while above := {parent[c] for c in found if c in parent} - found:
        found |= above
    return found
