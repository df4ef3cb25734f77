"""What firms' texts do with the lexicons: which terms stand in them, which put firms where, and alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from chaingraph.errors import ChaingraphError, DataError, Problem, did_you_mean, nearest
from chaingraph.model import Verdict
from ingest.chains import ForeignSegment
from ingest.files import read_csv, read_parquet
from ingest.linking import Lexicons, link

COLUMNS = ("name", "scope")
_READERS = {".csv": read_csv, ".parquet": read_parquet}


@dataclass(frozen=True)
class Usage:
    """`firms`: how many were read. `heard`: the terms, in upper case, that stand in a name or scope, whatever is done with them.

    `linked`: segment_id → firms confirmed. `alone`: (segment_id, term, firms that this term alone confirms), most first.
    """

    firms: int
    heard: frozenset[str]
    linked: Mapping[str, int]
    alone: tuple[tuple[str, str, int], ...]


def read_firms(path: Path) -> pl.DataFrame:
    """Read the columns `name` and `scope` of a CSV or Parquet file; raises with every fault of the file."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ChaingraphError(f"cannot read '{path}': give a .csv or .parquet file with the columns name and scope")
    frame, problems = reader(path, path.name)
    if frame is None:
        raise DataError(problems)
    problems += [
        Problem(
            path.name,
            f"column {column}",
            "missing-column",
            "no such column",
            "a column",
            did_you_mean(nearest(column, [str(c) for c in frame.columns])) or "The columns are name and scope.",
        )
        for column in COLUMNS
        if column not in frame
    ]
    if problems:
        raise DataError(problems)
    return pl.DataFrame({c: frame[c].astype("string").to_numpy(dtype=object, na_value=None) for c in COLUMNS}).cast(pl.String)


def usage(firms: pl.DataFrame, segments: Mapping[str, ForeignSegment]) -> Usage:
    """Link firms (columns name, scope) to the segments and count by segment and term."""
    lexicons = Lexicons.of(segments.items())
    texts = firms.select(pl.col("name"), pl.col("scope").alias("text")).with_row_index("id")
    sure = link(texts, lexicons).filter(pl.col("verdict") == Verdict.CONFIRMED.value)
    linked = sure.group_by("segment_id").len()
    alone = (
        sure.filter(~pl.col("terms").str.contains("；", literal=True))
        .group_by("segment_id", "terms")
        .len("firms")
        .sort("firms", "segment_id", "terms", descending=[True, False, False])
    )
    whole = pl.concat_str("name", pl.lit("\n"), "scope", ignore_nulls=True).str.normalize("NFKC").str.to_uppercase()
    terms = lexicons.meaning["term"].unique().to_list()
    heard = firms.lazy().select(whole.str.extract_many(terms, overlapping=True).explode().drop_nulls().unique()).collect()
    return Usage(firms.height, frozenset(heard.to_series().to_list()), dict(linked.iter_rows()), tuple(alone.iter_rows()))
