"""The command `chaingraph link`: which segments firms are in, by what they say they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.cli.options import DATA, DataOpt, busy, talk
from chaingraph.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from ingest.chains import Chains, ForeignSegment

COLUMNS = ["id", "chain_id", "segment_id", "verdict", "confidence", "terms", "because"]


def link(
    firms: Annotated[Path, typer.Argument(help="Firms: a table with their business scopes (.csv, .tsv, .xlsx or .parquet).")],
    chain: Annotated[list[str] | None, typer.Option("--chain", "-c", help="Only segments of this chain: name or id.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write to this file: .csv, .xlsx or .parquet.")] = None,
    name_column: Annotated[str | None, typer.Option("--name-column", help="Title of the column with the names.")] = None,
    scope_column: Annotated[str | None, typer.Option("--scope-column", help="Title of the column with the scopes.")] = None,
    id_column: Annotated[
        str | None, typer.Option("--id-column", help="Title of the column with ids; row numbers without.")
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook; the first that is filled without.")] = None,
    data: DataOpt = DATA,
) -> None:
    """Say of every firm of a table which segments it is in: a line for each, with confidence, the terms found and the reason.

    `confirmed` stands by itself, `to_review` is for a person to read; a firm without a line has nothing that speaks for a segment.
    """
    from ingest import table_files  # noqa: PLC0415
    from ingest.chains import read_chains  # noqa: PLC0415
    from ingest.linking import Lexicons  # noqa: PLC0415
    from ingest.linking import link as run_link  # noqa: PLC0415

    table_files.check_out(out)
    table = table_files.read_table(firms, sheet)
    scope = table_files.need_column(table, table_files.SCOPES, scope_column)
    name = table_files.find_column(table, replace(table_files.NAMES, option="--name-column"), name_column)
    key = table_files.find_column(table, table_files.IDS, id_column)
    chains = read_chains(data)
    if chains.problems:
        raise DataError(chains.problems)
    segments = _segments(chains, chain or ())
    frame = _frame(table.frame, key, None if name == scope else name, scope)
    with busy(f"linking {frame.height:,} firms"):
        found = run_link(frame, Lexicons.of(segments))
    table_files.write_table(_spread(found), out)
    talk(_counts(frame, found) + (f"; wrote {out}" if out else ""))


def _segments(chains: Chains, wanted: Sequence[str]) -> list[tuple[str, ForeignSegment]]:
    """Return the segments of the chains that are named, of all without."""
    ids = {chains.find(name) for name in wanted}
    return [(s, e) for s, e in chains.segments() if not ids or s.split("/")[0] in ids]


def _frame(table: pl.DataFrame, key: str | None, name: str | None, scope: str) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415

    ids = pl.int_range(1, pl.len() + 1).cast(pl.String) if key is None else pl.col(key)
    names = pl.lit("") if name is None else pl.col(name)
    return table.select(ids.alias("id"), names.alias("name"), pl.col(scope).alias("text"))


def _spread(found: pl.DataFrame) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415

    parts = pl.col("segment_id").str.split_exact("/", 1).struct
    return found.with_columns(parts.field("field_0").alias("chain_id"), parts.field("field_1").alias("segment_id")).select(
        COLUMNS
    )


def _counts(frame: pl.DataFrame, found: pl.DataFrame) -> str:
    import polars as pl  # noqa: PLC0415

    sure = found.filter(pl.col("verdict") == "confirmed")["id"].n_unique()
    linked = found["id"].n_unique()
    return f"{frame.height:,} firms: {sure:,} in a segment, {linked - sure:,} for review only, {frame.height - linked:,} in none"
