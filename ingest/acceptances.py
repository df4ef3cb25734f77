"""The ledger of findings that may stand: a person's word on what the lint finds, each with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field

from chaingraph.cells import FILE, WHERE
from chaingraph.errors import Problem
from chaingraph.fields import FIELDS
from ingest.entries import Entry, read_entry
from ingest.files import shown

FILE_NAME, ORIGIN = "decisions/lint.toml", "decisions"


class AcceptedEntry(Entry):
    """A finding, by its rule and where it is, and why it may stand, in both languages."""

    rule: Literal[FIELDS["lint_rule"].values]  # type: ignore[valid-type]
    where: str
    because: str = Field(min_length=1)
    because_en: str = Field(min_length=1)


class AcceptedFile(Entry):
    """The ledger's file."""

    accepted: list[AcceptedEntry] = Field(default_factory=list)


def read(root: Path) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Return the raw frame of `accepted_findings`, None without a file; a word that is no rule is a problem that names it."""
    path = root / FILE_NAME
    if not path.is_file():
        return None, []
    content, problems = read_entry(path, root, AcceptedFile)
    rows = [
        {
            "lint_rule": entry.rule,
            "found_at": entry.where,
            "because_zh": entry.because,
            "because_en": entry.because_en,
            "origin_id": ORIGIN,
            FILE: shown(path, root),
            WHERE: f"accepted {number} ({entry.where})",
        }
        for number, entry in enumerate(content.accepted if content else [], start=1)
    ]
    return (pd.DataFrame(rows) if rows else None), problems
