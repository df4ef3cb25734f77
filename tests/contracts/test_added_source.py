"""The source of docs/extending.md: one module and a passport, and its rows are in the tables."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from planted_recipes import recipes

from chaingraph.errors import DataError
from ingest import check_folder, sources
from ingest.build import build
from ingest.report import Report

DATA = Path(__file__).resolve().parents[2] / "data"
PLANTS = "data/city-yearbook/plants.csv"


@pytest.fixture
def yearbook(tmp_path, monkeypatch):
    """The module of the page among the sources; it is gone after the test."""
    own = tmp_path / "sources"
    own.mkdir()
    (own / "yearbook.py").write_text(recipes()["ingest/sources/yearbook.py"], encoding="utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(own)])
    monkeypatch.delitem(sys.modules, "ingest.sources.yearbook", raising=False)
    yield next(module for module in sources.modules() if module.__name__.endswith("yearbook"))
    sys.modules.pop("ingest.sources.yearbook")
    vars(sources).pop("yearbook")


@pytest.fixture
def raw(make_raw_whole, tmp_path):
    """Tiny raw sources with plants of a firm that is known and of one that is not."""
    folder = make_raw_whole(tmp_path / "shared")
    folder.write_rows(PLANTS, [["stock_code", "region_code", "page"], ["990001", "370200", "12"], ["999999", "331000", "13"]])
    return folder


def test_its_rows_are_in_the_tables_with_their_origin_and_what_is_left_out_is_counted(yearbook, raw, tmp_path):
    root = tmp_path / "data"
    for part in ("chains", "programmes", "decisions"):
        # Corrections are of rows of the real sources, which are not here.
        shutil.copytree(DATA / part, root / part, ignore=shutil.ignore_patterns("corrections.csv"))
    for passport in DATA.glob("*/origin.toml"):
        (root / passport.parent.name).mkdir(exist_ok=True)
        shutil.copy(passport, root / passport.parent.name)
    (root / "yearbook").mkdir()
    (root / "yearbook" / "origin.toml").write_text(recipes()["data/yearbook/origin.toml"], encoding="utf-8")
    report = build(raw.root, root, whole=False)
    counts = next(source for source in report.sources if source.source == "city-yearbook")
    assert (counts.read, counts.kept, dict(counts.rejected)) == (2, 1, {"no listed firm of that code": 1})
    tables, problems = check_folder(root)
    assert [str(p) for p in problems] == []
    found = tables["establishments"].query("origin_id == 'city-yearbook'")
    assert found[["company_id", "region_code", "confidence_level"]].values.tolist() == [["A-990001", "370200", "single-source"]]


def test_it_is_held_to_its_columns_and_bounds_like_any_other(yearbook, raw):
    known = {"companies": pd.DataFrame({"stock_code": ["990001"], "company_id": ["A-990001"]})}
    report = Report()
    yearbook.rows(raw.root, known, report)
    assert yearbook.__name__ in {module.__name__ for module in sources.adding()}
    assert "city-yearbook" not in {problem.file for problem in sources.out_of_bounds(report)}
    report.sources[-1].kept = 201
    assert "city-yearbook" in {problem.file for problem in sources.out_of_bounds(report)}
    raw.with_column(PLANTS, "telephone")
    with pytest.raises(DataError, match=r"plants\.csv · column telephone: found 'telephone', expected a column that is taken"):
        yearbook.rows(raw.root, known, Report())
