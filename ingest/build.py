"""`chaingraph data build`: raw sources → the shipped data folder, byte for byte the same each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from chaingraph.errors import DataError
from chaingraph.model import Verdict
from chaingraph.tables import conform
from ingest import decisions as ledger
from ingest.activities import activities
from ingest.chains import Chains, read_chains
from ingest.companies import Assembled, assemble, company_id
from ingest.corrections import corrected
from ingest.linking import Lexicons
from ingest.load import DATA, LAYOUT
from ingest.names import parse
from ingest.report import Report
from ingest.sources import adding, boundaries, facts, out_of_bounds, reference, regions, registrations

Progress = Callable[[str], None]


def build(raw: Path, folder: Path = DATA, progress: Progress = lambda _: None, *, whole: bool = True) -> Report:
    """Rebuild every table and map of `folder` that comes from raw sources; chains, programmes and decisions in it are read.

    Every file is written anew beside the old one and replaces it whole at the end. Raises `DataError` for a source whose
    form is not known, or that gives fewer or more rows than it declares; an excerpt of the sources is not `whole` and may.
    The sources are read with the corrections of the ledger; one that no longer fits is among the problems.
    """
    with corrected(raw, folder / "decisions") as sources:
        return _build(sources, folder, progress, whole)


def _build(raw: Path, folder: Path, progress: Progress, whole: bool) -> Report:
    report = Report()
    chains = read_chains(folder)
    if chains.problems:
        raise DataError(chains.problems)
    decided = ledger.read(folder / "decisions")
    progress("regions, industries, input–output table")
    tables: dict[str, pd.DataFrame] = {"regions": regions.read(raw, report)}
    tables["industries"] = reference.read_industries(raw, report)
    tables["io_sectors"], tables["io_coefficients"] = reference.read_io_table(raw, report)
    progress("companies of all lists")
    found = assemble(raw, tables["regions"], decided, report)
    tables["establishments"] = establishments(chains, found, decided)
    found = replace(found, companies=found.registry.companies)
    tables |= {
        "companies": found.registry.companies,
        "company_names": pd.DataFrame(found.registry.names),
        "firm_lists": found.lists,
        "memberships": found.memberships,
        "ties": found.ties,
    }
    tables["company_names"] = tables["company_names"].drop_duplicates(["company_id", "alias", "alias_kind"])
    progress("companies → segments")
    tables["activities"] = activities(chains, found, report)
    held = ledger.applied(conform("activities", tables["activities"]), tables["companies"], decided)
    tables["ties"] = pd.concat([tables["ties"], local_parents(chains, tables | {"activities": held})], ignore_index=True)
    progress("registrations → segments")
    placed = registrations.read(raw, tables["regions"], regions.old_codes(raw, tables["regions"]), report)
    tables["presence"], tables["coverage"] = registrations.presence(placed, Lexicons.of(chains.segments()), report)
    progress("boundaries")
    maps = boundaries.read(raw, tables["regions"], report)
    for module in adding():
        for name, rows in module.rows(raw, tables, report).items():
            tables[name] = pd.concat([tables[name], rows], ignore_index=True)
    strange = out_of_bounds(report) if whole else []
    if strange:
        raise DataError(strange)
    progress("writing")
    report.facts["rows"] = {name: len(frame) for name, frame in tables.items()}
    report.facts["review"] = pd.DataFrame(found.registry.review).to_dict("records")
    report.facts["decisions not used"] = _unused(decided, found)
    _write(tables, maps, folder)
    return report


def establishments(chains: Chains, found: Assembled, decided: ledger.Decisions) -> pd.DataFrame:
    """Return the firms that the programmes' sources place in their region, unknown ones as new companies."""
    listed = [
        {
            "name": name,
            "region_code": programme.region_code,
            "chain_id": entry.chain,
            "confidence_level": entry.confidence,
            "source_url": entry.source_url,
            "note": entry.note,
        }
        for programme in chains.programmes.values()
        for entry in programme.local_firms
        for name in entry.firms_zh
    ]
    frame = pd.DataFrame(listed, columns=["name", "region_code", "chain_id", "confidence_level", "source_url", "note"])
    names = list(frame["name"].unique())
    ids = found.registry.resolve(names, decided, "programmes")
    later = found.registry.later(names, decided, ids)
    fresh = []
    for name, region in frame[["name", "region_code"]].drop_duplicates("name").itertuples(index=False):
        if ids[name] is None and name not in later:
            ids[name] = company_id(f"{name}@{region}", "CN")
            fresh.append(
                {"company_id": ids[name], "name_zh": name, "country": "CN", "region_code": region, "origin_id": facts.ORIGIN}
            )
    ids |= {name: ids[means] for name, means in later.items()}
    if fresh:
        found.registry.add(pd.DataFrame(fresh))
    out = frame.assign(company_id=frame["name"].map(ids), origin_id=facts.ORIGIN)
    return out.drop(columns="name").drop_duplicates(["company_id", "region_code", "chain_id"])


def _unused(decided: ledger.Decisions, found: Assembled) -> dict[str, list[str]]:
    """Return the rows of the ledger that met no name and no company of the sources: mistyped, or no longer needed."""
    known = set(found.registry.companies[["company_id", "name_zh", "short_name", "stock_code"]].to_numpy().ravel())
    return {
        "names": sorted(set(decided.names) - found.registry.asked),
        "activities": sorted({company for company, _ in decided.activities} - known),
        "seats": sorted(set(decided.seats) - known),
    }


AMBIGUOUS = frozenset(("中国", "中电", "中建", "中科", "中核", "中化"))
"""Abbreviations that many unrelated firms begin with."""


def local_parents(chains: Chains, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return ties of local firms to the company whose trade name they carry (桐城国轩新能源 → 国轩高科).

    Only to a company that is confirmed in a chain of the same programme, and only where one such company, or one listed one, has the trade name.
    """
    companies, activity = tables["companies"], tables["activities"]
    sure = activity[activity["verdict"] == Verdict.CONFIRMED.value]
    chain_of = sure.assign(chain=sure["segment_id"].str.split("/").str[0]).groupby("company_id")["chain"].agg(set)
    owners: dict[str, set[str]] = {}
    for company, name in companies.loc[companies["company_id"].isin(chain_of.index), ["company_id", "name_zh"]].itertuples(
        index=False
    ):
        trade = parse(name).trade_name
        if len(trade) >= 2 and trade not in AMBIGUOUS:
            owners.setdefault(trade, set()).add(company)
    named = dict(companies[["company_id", "name_zh"]].itertuples(index=False))
    rows = []
    for programme in chains.programmes.values():
        mine = {c for cluster in programme.clusters for c in cluster.chains}
        local = tables["establishments"].loc[tables["establishments"]["region_code"] == programme.region_code, "company_id"]
        for company in sorted(set(local)):
            if company.startswith("A-"):
                continue
            name = parse(named[company]).trade_name or named[company]
            fitting = [t for t in owners if name.startswith(t)]
            parents = {p for p in owners[max(fitting, key=len)] if p != company and chain_of[p] & mine} if fitting else set()
            listed = {p for p in parents if p.startswith("A-")}
            parents = listed or parents
            if len(parents) == 1:
                text = f"字号相同：{max(fitting, key=len)}"
                rows.append((company, parents.pop(), "subsidiary_of", text, facts.ORIGIN))
    return pd.DataFrame(rows, columns=["company_id", "other_id", "tie_kind", "tie_text", "origin_id"])


def write_report(report: Report, path: Path) -> None:
    """Write the report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")


def _write(tables: dict[str, pd.DataFrame], maps: dict[str, boundaries.Collection], folder: Path) -> None:
    done = boundaries.write(maps, folder / "maps")
    for name, place in LAYOUT.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        frame = conform(name, tables[name])
        if path.suffix == ".parquet":
            frame.to_parquet(new, index=False, compression="zstd")
        else:
            frame.to_csv(new, index=False, date_format="%Y-%m-%d", float_format="%.10g", lineterminator="\n")
        done.append((new, path))
    for new, path in done:
        new.replace(path)
