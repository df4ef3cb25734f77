"""A list of targets: had by place, id or name, and as a frame from which its scores can be computed again."""

from __future__ import annotations

import math
import re

import pytest

from chaingraph import UnknownNameError, diagnose
from recommend import Ranking, shortlist
from recommend.signals import SIGNALS


@pytest.fixture(scope="module")
def ranking(graph) -> Ranking:
    return shortlist(graph, diagnose(graph, "441200", "new-energy-vehicle"), top=40)


def test_a_target_is_had_by_place_id_or_name(ranking):
    for t in ranking:
        assert ranking[t.rank] is ranking[t.company_id] is ranking[str(t.name)] is t
        assert ranking.place_of(t.company_id) == t.rank
    assert len(ranking) == len(ranking.targets) == 40
    for absent in (0, 41, "没有这家公司"):
        with pytest.raises(UnknownNameError, match="no target"):
            ranking[absent]


def test_the_frame_gives_the_scores_again(ranking):
    """Oracle: score = 100 × Σ weight × value over the columns of the signals; what is not known counts as its weight says."""
    frame, weights = ranking.to_pandas(), ranking.weights.to_pandas().set_index("signal")
    assert frame["rank"].tolist() == list(range(1, 41))
    values = frame[list(SIGNALS)].astype(float)
    assert values.isna().any(axis=None)
    assert values.stack().dropna().between(0, 1).all()
    filled = values.fillna(weights["when_unknown"])
    assert (100 * filled @ weights["weight"]).tolist() == pytest.approx(frame["score"].tolist())
    assert (values.notna() @ weights["weight"]).tolist() == pytest.approx(frame["coverage"].tolist())
    unknown = [set(filter(None, text.split("；"))) for text in frame["not_known"]]
    assert unknown == [set(values.columns[row.isna()]) for _, row in values.iterrows()]


def columns_told(docstring: str) -> list[str]:
    """The columns that the table of a docstring names."""
    firsts = re.findall(r"^\s*\| (`.*?) \|", docstring, re.MULTILINE)
    return [name for first in firsts for name in re.findall(r"`(\w+)`", first)]


def test_every_column_of_a_frame_is_told(graph, ranking):
    frame = ranking.to_pandas()
    assert columns_told(Ranking.to_pandas.__doc__) == [c for c in frame if c not in SIGNALS]
    diagnosis = diagnose(graph, "441200", "new-energy-vehicle")
    told = columns_told(type(diagnosis).to_pandas.__doc__)
    assert told == list(diagnosis.to_pandas())


def test_an_empty_list_is_shown_and_has_its_columns(graph):
    empty = Ranking((), (), shortlist(graph, diagnose(graph, "441200", "new-energy-vehicle"), top=1).weights, 0)
    assert len(empty) == 0
    assert {"rank", "score", "coverage"} <= set(empty.to_pandas())
    assert "0 candidates" in empty.to_html("en")
    assert not math.isnan(empty.considered)
