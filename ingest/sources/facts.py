"""The facts compiled for this project: 1,047 firms named as leading in the segments, with stock codes where listed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml

from ingest.report import Report

ORIGIN = "chain-facts"
TAKEN = frozenset(("name_zh", "full_name_zh", "code", "in"))
IGNORED = frozenset(("sw_industry", "main_products_2021", "page", "evidence"))
"""Products come from a graph without a licence; the evidence per segment stands in the chain files."""


def read_firms(raw: Path, report: Report) -> pd.DataFrame:
    """Return listed_name, name_zh, stock_code, segments of each firm. Every YAML scalar is read as text: 0610 stays 0610."""
    counts = report.start("facts-firms")
    entries = yaml.load((raw / "facts" / "firms.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["firms"]  # noqa: S506
    unknown = {key for entry in entries for key in entry} - TAKEN - IGNORED
    if unknown:
        raise KeyError(f"facts/firms.yaml: fields neither taken nor ignored: {sorted(unknown)}")
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
