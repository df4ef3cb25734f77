"""The commands `chaingraph data …`: rebuild the data folder, or the store made from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from chaingraph.cli.options import DATA, STORE, DataOpt, StoreOpt, busy, talk
from chaingraph.errors import ChaingraphError

data_app = typer.Typer(no_args_is_help=True, help="Rebuild the data folder, or the store made from it.")


@data_app.command("build", epilog="Example: chaingraph data build --raw ../shared")
def data_build(
    raw: Annotated[Path, typer.Option("--raw", help="Folder with the raw sources.")],
    data: DataOpt = DATA,
    report: Annotated[Path | None, typer.Option("--report", help="Write the report as JSON to this file.")] = None,
) -> None:
    """Rebuild the data folder from raw sources, byte for byte the same each time, with a report."""
    from ingest.build import build, write_report  # noqa: PLC0415

    if not raw.is_dir():
        raise ChaingraphError(f"no folder '{raw}': give the folder of raw sources with --raw")
    with busy("building") as say:
        made = build(raw, data, say)
    for source in made.sources:
        line = f"{source.source}: read {source.read:,}, kept {source.kept:,}"
        if source.repaired:
            line += "; repaired " + ", ".join(f"{n:,} {why}" for why, n in sorted(source.repaired.items()) if n)
        if any(source.rejected.values()):
            line += "; rejected " + ", ".join(f"{n:,} {why}" for why, n in sorted(source.rejected.items()) if n)
        print("; ".join([line, *source.notes]))
    for name, fact in made.facts.items():
        if name != "review":
            print(f"{name}: {json.dumps(fact, ensure_ascii=False)}")
    if report:
        write_report(made, report)


@data_app.command("store", epilog="Example: chaingraph data store")
def data_store(data: DataOpt = DATA, store: StoreOpt = STORE) -> None:
    """Check the data folder and make the store of it: the Parquet snapshot and its DuckDB index."""
    from chaingraph import stores  # noqa: PLC0415
    from ingest.load import load  # noqa: PLC0415

    with busy("building the store"):
        tables = load(data)
        stores.write(tables, stores.place(store))
    talk(f"{store}: data version {tables.version}")


@data_app.command("optional", epilog="Example: chaingraph data optional --raw ../shared")
def data_optional(
    raw: Annotated[Path, typer.Option("--raw", help="Folder with the raw sources.")],
    data: DataOpt = DATA,
) -> None:
    """Rebuild the optional chains from raw sources, byte for byte the same each time, and say what was lost of each source."""
    from ingest.foreign.shipped import build  # noqa: PLC0415

    with busy("building optional chains") as say:
        made = build(raw, data, say)
    for name, reading in made.items():
        print(f"{name}: {len(reading.chains)} chain(s), {sum(len(c.segments) for c in reading.chains):,} segments")
        print(reading.losses)
