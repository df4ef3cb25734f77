"""The ledger of findings that may stand: read and checked like all data."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest import acceptances
from ingest.origins import read_origins

DATA = Path(__file__).resolve().parents[2] / "data"
ENTRY = """[[accepted]]
rule = "stale-source"
where = "old"
because = "只是底图"
because_en = "a ground only"
"""


@pytest.fixture
def ledger(tmp_path):
    """Content of the ledger → what is read of it."""

    def read(content):
        (tmp_path / "decisions").mkdir(exist_ok=True)
        (tmp_path / acceptances.FILE_NAME).write_text(content, encoding="utf-8")
        return acceptances.read(tmp_path)

    return read


def test_entries_become_rows_with_an_origin_and_their_place(ledger):
    frame, problems = ledger(ENTRY)
    assert problems == []
    (row,) = frame.to_dict("records")
    assert (row["lint_rule"], row["found_at"], row["because_zh"], row["because_en"]) == (
        "stale-source",
        "old",
        "只是底图",
        "a ground only",
    )
    assert row["origin_id"] == "decisions"


def test_a_folder_without_the_ledger_and_one_with_an_empty_ledger_explain_nothing(ledger, tmp_path):
    assert acceptances.read(tmp_path / "nowhere") == (None, [])
    assert ledger("# nothing yet\n") == (None, [])


@pytest.mark.parametrize(
    ("old", "new", "where", "kind", "remedy"),
    [
        ('"stale-source"', '"stale-sources"', "accepted.1.rule", "unknown-word", "Did you mean 'stale-source'?"),
        ('"stale-source"', '"stale-acceptance"', "accepted.1.rule", "unknown-word", ""),
        ('because_en = "a ground only"\n', "", "accepted.1.because_en", "missing-value", "Fill it in."),
        ('"只是底图"', '""', "accepted.1.because", "wrong-type", ""),
        ("where", "wher", "accepted.1.wher", "unknown-key", "Did you mean 'where'?"),
        ("[[accepted]]", "[[acepted]]", "acepted", "unknown-key", "Did you mean 'accepted'?"),
    ],
)
def test_a_fault_of_an_entry_is_a_problem_that_names_it(ledger, old, new, where, kind, remedy):
    _, problems = ledger(ENTRY.replace(old, new))
    found = {(p.file, p.where, p.kind): p.remedy for p in problems}
    assert remedy in found[("decisions/lint.toml", where, kind)]


def test_the_ledger_stands_in_a_folder_whose_passport_has_its_origin(tmp_path):
    shutil.copytree(DATA / "decisions", tmp_path / "decisions")
    origins, problems = read_origins(tmp_path)
    assert problems == []
    assert acceptances.ORIGIN in set(origins["origin_id"])
