"""The labels that linking is measured by: sound, of known segments, and without the texts they were read from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ingest.chains import read_chains
from ingest.load import folder_version
from ingest.names import uscc_is_valid
from ingest.origins import EVALUATION, PASSPORT, read_passport

DATA = Path(__file__).resolve().parents[2] / "data"
LABELS, SECOND = "links.csv", "links_second.csv"


def labels(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / EVALUATION / name, dtype="str", keep_default_na=False)


@pytest.mark.parametrize("name", [LABELS, SECOND])
def test_every_label_names_a_firm_by_its_code_alone_and_known_segments(name):
    found, known = labels(name), {segment_id for segment_id, _ in read_chains(DATA).segments()}
    assert list(found.columns) == ["uscc", "chain_id", "core", "minor"]
    assert found["uscc"].map(uscc_is_valid).all()
    assert not found.duplicated(["uscc", "chain_id"]).any()
    for row in found.itertuples():
        core, minor = row.core.split(), row.minor.split()
        assert {f"{row.chain_id}/{s}" for s in (*core, *minor)} <= known
        assert len({*core, *minor}) == len(core) + len(minor)


def test_there_are_enough_firms_and_chains_and_the_second_reader_read_some_of_the_same():
    first, second = labels(LABELS), labels(SECOND)
    assert len(first) >= 300
    assert first["chain_id"].nunique() >= 8
    both = first.merge(second, on=["uscc", "chain_id"])
    assert len(both) == len(second) >= 60


def test_labels_have_an_origin_and_are_no_part_of_the_version(tmp_path):
    rows, problems = read_passport(DATA / EVALUATION / PASSPORT, DATA)
    assert [row["origin_id"] for row in rows] == ["evaluation-labels"]
    assert not problems
    (tmp_path / EVALUATION).mkdir()
    before = folder_version(tmp_path)
    (tmp_path / EVALUATION / LABELS).write_text("uscc\n", encoding="utf-8")
    assert folder_version(tmp_path) == before
