"""The same back-test as a frame, as JSON and as a workbook."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import openpyxl
import pandas as pd
import pytest

from chaingraph import ChainGraph
from chaingraph.signings import Likeness, Signing
from recommend.backtest import Backtest, backtest
from recommend.backtest.report import as_dict, frame, rate_text, workbook
from recommend.weights import Weights


@pytest.fixture(scope="module")
def found(planted: ChainGraph, nearness: Weights, today: date, signed: Callable[..., Signing]) -> Backtest:
    formula = replace(signed("N1", row=4), name="=1+1", project="@here")
    listed = [signed("N0"), signed("", likeness=Likeness.NOBODY, row=3), formula, signed("LOCAL", row=5)]
    return backtest(planted, listed, "330100", "p", nearness, today=today)


def test_one_row_per_signing_in_the_order_of_the_list(found: Backtest, planted: ChainGraph) -> None:
    rows = frame(found, planted)
    assert rows["row"].tolist() == [2, 3, 4, 5]
    assert rows["fate"].tolist() == ["placed", "unmatched_name", "placed", "already_here"]
    assert rows.loc[0, ["place", "among", "segment_name", "place_largest_revenue"]].tolist() == [3.5, 60, "p/part", 60]
    assert rows.loc[1, ["place", "among", "percentile", "probability", "place_nearest_seat"]].isna().all()
    assert rows["because"].map(bool).tolist() == [False, True, False, True]


def test_json_says_the_same_and_what_is_not_known_is_null(found: Backtest, planted: ChainGraph) -> None:
    said = json.loads(json.dumps(as_dict(found, planted), allow_nan=False))
    assert said["fates"] == {"placed": 2, "already_here": 1, "unmatched_name": 1}
    assert said["signings"][1]["place"] is None
    assert said["signings"][0]["probability"] is None
    assert said["signings"][0]["place"] == 3.5
    assert {(r["way"], r["low"] is None) for r in said["rates"]} >= {("random", True), ("ours", False)}
    assert said["sentences"][0].keys() == {"zh", "en"}
    assert any("already" in limit["en"] or "today's" in limit["en"] for limit in said["limits"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_tells_first_what_it_means_and_text_stays_text(found: Backtest, planted: ChainGraph, lang: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(found, planted, lang, date(2026, 11, 27))))
    assert book.sheetnames == (
        ["结论与局限", "命中率", "签约"] if lang == "zh" else ["Findings and limits", "Hit rates", "Signings"]
    )
    first, rates, signings = book.worksheets
    assert first["B2"].value == (str(found.headline) if lang == "zh" else found.headline.en)
    assert rates.max_row == 6
    cells = [cell for row in signings.iter_rows() for cell in row]
    assert not [c.coordinate for c in cells if c.data_type == "f"]
    assert "=1+1" in [c.value for c in cells]
    assert 3.5 in [c.value for c in cells]
    if lang == "en":
        heads = [c.value for c in signings[1]]
        assert not [h for h in heads if any("\u4e00" <= sign <= "\u9fff" for sign in str(h))]


def test_a_rate_carries_its_interval_and_random_has_none(found: Backtest) -> None:
    texts = {(r.way, r.measure): rate_text(r) for r in found.rates}
    assert texts["ours", "hit@10"] == "100% (16–100%)"
    assert texts["random", "hit@20"] == "33%"
    assert pd.isna(next(r.low for r in found.rates if r.way == "random"))


def test_limits_say_what_flatters(found: Backtest, planted: ChainGraph, nearness: Weights) -> None:
    assert not any("no chain was given" in limit.en.lower() for limit in found.limits)
    every = backtest(planted, [], "330100", None, nearness)
    assert any("no chain was given" in limit.en.lower() for limit in every.limits)
    learned = replace(found, is_fitted=True)
    assert any("learned from arrivals" in limit.en for limit in learned.limits)
