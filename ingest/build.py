"""`chaingraph data build`: raw sources → the shipped data folder, byte for byte the same each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from chaingraph.errors import DataError
from chaingraph.tables import conform
from ingest import decisions as ledger
from ingest.activities import activities
from ingest.chains import Chains, read_chains
from ingest.companies import Assembled, assemble, company_id
from ingest.linking import Lexicons
from ingest.load import DATA, LAYOUT
from ingest.report import Report
from ingest.sources import facts, reference, regions, registrations

Progress = Callable[[str], None]


def build(raw: Path, folder: Path = DATA, progress: Progress = lambda _: None) -> Report:
    """Rebuild every table of `folder` that comes from raw sources; chains, programmes and decisions in it are read.

    Every file is written anew beside the old one and replaces it whole at the end. Raises `DataError` for a source whose
    form is not known.
    """
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
    tables |= {
        "companies": found.registry.companies,
        "company_names": pd.DataFrame(found.registry.names),
        "firm_lists": found.lists,
        "memberships": found.memberships,
        "ties": found.ties,
    }
    tables["company_names"] = tables["company_names"].drop_duplicates(["company_id", "alias", "alias_kind"])
    progress("companies → segments")
    tables["activities"] = activities(chains, found, decided, report)
    progress("registrations → segments")
    placed = registrations.read(raw, tables["regions"], regions.old_codes(raw, tables["regions"]), report)
    tables["presence"], tables["coverage"] = registrations.presence(placed, Lexicons.of(chains.segments()), report)
    progress("writing")
    report.facts["rows"] = {name: len(frame) for name, frame in tables.items()}
    report.facts["review"] = pd.DataFrame(found.registry.review).to_dict("records")
    _write(tables, folder)
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
    frame = pd.DataFrame(listed)
    ids = found.registry.resolve(list(frame["name"].unique()), decided, "programmes")
    fresh = []
    for name, region in frame[["name", "region_code"]].drop_duplicates("name").itertuples(index=False):
        if ids[name] is None:
            ids[name] = company_id(f"{name}@{region}", "CN")
            fresh.append(
                {"company_id": ids[name], "name_zh": name, "country": "CN", "region_code": region, "origin_id": facts.ORIGIN}
            )
    if fresh:
        found.registry.add(pd.DataFrame(fresh))
    out = frame.assign(company_id=frame["name"].map(ids), origin_id=facts.ORIGIN)
    return out.drop(columns="name").drop_duplicates(["company_id", "region_code", "chain_id"])


def write_report(report: Report, path: Path) -> None:
    """Write the report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")


def _write(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    done: list[tuple[Path, Path]] = []
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
