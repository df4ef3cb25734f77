"""The data dictionary: complete, in words, and the file in docs is what the code says today."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from chaingraph.dictionary import allowed, to_markdown
from chaingraph.fields import FIELDS, Field, Type
from chaingraph.tables import SPECS

PROJECT = Path(__file__).resolve().parents[2]


def section(table: str) -> str:
    """The text of one table."""
    return to_markdown().split(f"### {table}\n")[1].split("\n##")[0]


def test_the_file_in_docs_is_current():
    written = (PROJECT / "docs" / "data_dictionary.md").read_text(encoding="utf-8")
    assert written == to_markdown(), "run: python -m chaingraph.dictionary > docs/data_dictionary.md"


def test_the_module_prints_the_dictionary():
    done = subprocess.run(
        [sys.executable, "-m", "chaingraph.dictionary"], cwd=PROJECT, capture_output=True, check=True, encoding="utf-8"
    )
    assert done.stdout == to_markdown()
    assert done.stderr == ""


def test_a_table_is_shown_with_meaning_key_references_and_columns():
    assert (
        section("coverage")
        == """
How many manufacturing registrations the source has at all, by region and year.

Key: `region_code`, `year`.

References:

- `origin_id` → [origins](#origins).`origin_id`
- `region_code` → [regions](#regions).`region_code`

| Column | Type | Unit | Allowed | Meaning | May be missing |
| --- | --- | --- | --- | --- | --- |
| `region_code` | code (text) |  | six digits | GB/T 2260 code of a region | no |
| `year` | whole number | year | 1949 to 2100; not in the future | calendar year | no |
| `registration_count` | whole number | companies | 0 or more | manufacturing registrations the source has there at all | no |
| `origin_id` | code (text) |  | small letters, digits and hyphens | where the row came from; key of origins | no |
"""
    )


def test_a_column_that_may_be_missing_says_so():
    assert re.search(r"\| `revenue_cny` \| number \| yuan \|  \| revenue of revenue_year \| yes \|", section("companies"))
    assert re.search(r"\| `name_zh` \| text \|  \|  \| Chinese name \| no \|", section("companies"))


def test_the_words_of_a_column_are_listed():
    assert "| `stage` | text |  | `upstream`, `midstream`, `downstream` |" in section("segments")


def test_a_key_column_that_may_be_missing_is_named_beside_the_key():
    assert "(`programme_phase`, `chain_id` may be missing; missing counts as a value)" in section("programme_chains")


def test_every_table_has_a_row_for_every_column_and_no_other():
    for name, spec in SPECS.items():
        rows = [line for line in section(name).splitlines() if line.startswith("| `")]
        assert [row.split("`")[1] for row in rows] == list(spec.columns), name


def test_every_row_has_six_cells():
    rows = [line for name in SPECS for line in section(name).splitlines() if line.startswith("|")]
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {8}


def test_a_column_reads_the_same_in_every_table_but_for_being_optional():
    said: dict[str, set[str]] = {}
    for name in SPECS:
        for row in (line for line in section(name).splitlines() if line.startswith("| `")):
            said.setdefault(row.split("`")[1], set()).add(row.rsplit("|", 2)[0])
    assert {column: texts for column, texts in said.items() if len(texts) > 1} == {}


def test_the_index_names_every_column_once_with_its_tables():
    rows = [line for line in to_markdown().split("## Columns\n")[1].splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == sorted(FIELDS)
    assert (
        "| `year` | [programmes](#programmes), [firm_lists](#firm_lists), [memberships](#memberships), [coverage](#coverage) |"
        in rows
    )


def test_bounds_are_put_in_words():
    field = Field("share", Type.NUMBER, "a share")
    assert allowed(field) == ""
    assert allowed(replace(field, low=0, high=1)) == "0 to 1"
    assert allowed(replace(field, low=0.5)) == "0.5 or more"
    assert allowed(replace(field, high=10)) == "10 or less"
    assert allowed(replace(field, low=1, not_future=True)) == "1 or more; not in the future"
