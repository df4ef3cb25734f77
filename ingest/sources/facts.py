"""The facts compiled for this project: 1,047 firms named as leading in the segments, with stock codes where listed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml

from chaingraph.errors import DataError, Problem, did_you_mean, nearest
from ingest.report import Report
from ingest.sources import File, Source

ORIGIN = "chain-facts"
# Products come from a graph without a licence; the evidence per segment stands in the chain files.
FIRMS = File(
    "facts/firms.yaml",
    ("name_zh", "full_name_zh", "code", "in"),
    ("sw_industry", "main_products_2021", "page", "evidence"),
)
NEEDED = ("name_zh", "in")
SOURCES = (Source("facts-firms", (ORIGIN,), (FIRMS,), (1_000, 1_200)),)


def read_firms(raw: Path, report: Report) -> pd.DataFrame:
    """Return listed_name, name_zh, stock_code, segments of each firm. Every YAML scalar is read as text: 0610 stays 0610."""
    counts, path = SOURCES[0].start(report), FIRMS.at(raw)
    entries = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["firms"]  # noqa: S506
    problems = _problems(path.name, entries)
    if problems:
        raise DataError(problems)
    counts.read = counts.kept = len(entries)
    return pd.DataFrame(
        [
            {
                "listed_name": e["name_zh"],
                "name_zh": e.get("full_name_zh") or e["name_zh"],
                "stock_code": e["code"][:6] if e.get("code") else None,
                "segments": tuple(e["in"]),
            }
            for e in entries
        ]
    )


def _problems(file: str, entries: list[dict[str, object]]) -> list[Problem]:
    """Return the fields that are neither taken nor ignored, and the needed ones that a firm lacks."""
    problems = []
    for number, entry in enumerate(entries, start=1):
        where = f"firms {number} ({entry.get('name_zh', '?')})"
        problems += [
            Problem(
                file,
                where,
                "unknown-key",
                repr(key),
                "a field that is taken or ignored by name",
                did_you_mean(nearest(key, FIRMS.taken)) or "Say in the source's module what becomes of it.",
            )
            for key in entry
            if key not in (*FIRMS.taken, *FIRMS.ignored)
        ]
        problems += [
            Problem(file, where, "missing-value", "nothing", f"a value for {key}", "Has the source changed its form?")
            for key in NEEDED
            if not entry.get(key)
        ]
    return problems
