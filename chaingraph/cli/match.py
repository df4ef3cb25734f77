"""The command `chaingraph match`: which company each name of a table means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.cli.options import DATA, STORE, DataOpt, StoreOpt, WithOpt, busy, open_graph, talk

if TYPE_CHECKING:
    import pandas as pd

    from ingest.table_files import Table


def match(
    names: Annotated[Path, typer.Argument(help="Table with names: CSV, TSV, TXT (UTF-8 or GBK), XLSX or Parquet.")],
    against: Annotated[
        Path | None, typer.Option("--against", help="Table with the companies; those of the graph without.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="File to write: .csv, .xlsx or .parquet; stdout without.")
    ] = None,
    column: Annotated[str | None, typer.Option("--column", help="Title of the column of names; found without.")] = None,
    code_column: Annotated[
        str | None, typer.Option("--code-column", help="Title of the column of credit codes in NAMES; found without.")
    ] = None,
    against_column: Annotated[
        str | None, typer.Option("--against-column", help="Title of the column of full names in COMPANIES; found without.")
    ] = None,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    also: WithOpt = None,
) -> None:
    """Say which company each name means: accept, review or reject, with score and reason; credit codes decide where both have one."""
    import polars as pl  # noqa: PLC0415

    from ingest.matching import match as run_match  # noqa: PLC0415
    from ingest.table_files import CODES, NAMES, check_out, find_column, need_column, read_table, write_table  # noqa: PLC0415

    check_out(out)
    table = read_table(names)
    aliases = table.texts(need_column(table, NAMES, column))
    coded = find_column(table, CODES, code_column)
    companies, has_ids = _listed(read_table(against), against_column) if against else (_known(data, store, also), True)
    with busy("matching the names"):
        found = run_match(aliases, companies, codes=table.texts(coded) if coded else None)
    kept = found if has_ids else found.drop(columns="company_id")
    write_table(pl.from_pandas(kept), out)
    _tell(table, found, out)


def _listed(table: Table, column: str | None) -> tuple[pd.DataFrame, bool]:
    """The companies of a table as `match` takes them, and whether they have ids of their own; a row without a name is passed over."""
    import pandas as pd  # noqa: PLC0415

    from chaingraph.errors import DataError, Problem  # noqa: PLC0415
    from ingest.table_files import (  # noqa: PLC0415
        AGAINST,
        CODES,
        COUNTRIES,
        ENGLISH_NAMES,
        FORMER_NAMES,
        IDS,
        SHORT_NAMES,
        find_column,
        need_column,
    )

    full = table.texts(need_column(table, AGAINST, column))
    id_column = find_column(table, IDS)
    ids = table.texts(id_column) if id_column else [str(row) for row in range(len(full))]
    wanted = {
        "short_name": SHORT_NAMES,
        "name_en": ENGLISH_NAMES,
        "former_names": FORMER_NAMES,
        "country": COUNTRIES,
        "uscc": CODES,
    }
    others = {name: table.texts(found) for name, what in wanted.items() if (found := find_column(table, what))}
    frame = pd.DataFrame({"company_id": ids, "name_zh": full, **others})
    frame = frame[frame["name_zh"] != ""]
    # One company under one id may stand in several rows, word for word; two companies under one id are a fault.
    frame = frame.drop_duplicates(["company_id", "name_zh"])
    doubled = frame[frame["company_id"].duplicated() | (frame["company_id"] == "")]
    if len(doubled):
        remedy = "Give every company one id of its own, or remove the column."
        raise DataError(
            [
                Problem(table.file, table.where(int(row)), "duplicate-key", f"the id '{key}'", "an id of its own", remedy)
                for row, key in doubled["company_id"].head(20).items()
            ]
        )
    return frame, id_column is not None


def _known(data: Path, store: str, also: list[str] | None) -> pd.DataFrame:
    """The companies of the graph with all of their names."""
    graph = open_graph(data, store, also)
    companies, aliases = graph.tables["companies"], graph.tables["company_names"]
    former = aliases.groupby("company_id")["alias"].agg(lambda names: "；".join(dict.fromkeys(names)))
    frame = companies[["company_id", "name_zh", "short_name", "name_en", "country", "uscc"]]
    return frame.assign(former_names=frame["company_id"].map(former))


def _tell(table: Table, found: pd.DataFrame, out: Path | None) -> None:
    if table.unread:
        talk(f"read sheet '{table.sheet}', not {', '.join(table.unread)}")
    counts = found["verdict"].value_counts()
    said = ", ".join(f"{counts.get(verdict, 0):,} {verdict}" for verdict in ("accept", "review", "reject"))
    talk(f"{len(found):,} name(s): {said}" + (f"; wrote {out}" if out else ""))
