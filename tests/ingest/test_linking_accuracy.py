"""The linker's figures: on labelled firms made for the purpose, whose right answers are known by construction."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

from chaingraph.errors import DataError
from ingest.chains import read_chains
from ingest.linking import Lexicons, shipped_weights
from ingest.linking.accuracy import (
    NEVER_LEARNT_ON,
    calibration,
    evaluate,
    labels_of,
    learnt,
    left_out,
    plain_links,
    second_reader,
    signed,
    weights_toml,
)
from ingest.linking.evidence import SIGNS

DATA = Path(__file__).resolve().parents[2] / "data"
FIRMS = [
    # id, chain, name, scope, core, minor
    ("1", "pump-motor", "甲机械厂", "漆包线、硅钢片制造", "magnet-wire", ""),
    ("2", "pump-motor", "乙机械厂", "轴承制造；漆包线销售", "pump-seal", ""),
    ("3", "pump-motor", "丙贸易公司", "漆包线、轴承、水泵销售", "", ""),
    ("4", "rubber-tyre", "丁轮胎厂", "轮胎制造", "", ""),
    ("5", "rubber-tyre", "戊工厂", "日用百货零售", "tyre-making", ""),
]


def labels(firms=FIRMS) -> pl.DataFrame:
    return pl.DataFrame(firms, schema=["id", "chain_id", "name", "scope", "core", "minor"], orient="row")


@pytest.fixture(scope="module")
def chains():
    return read_chains(DATA)


def test_a_link_is_right_when_core_or_minor_and_recall_is_over_core(chains):
    two = labels([("1", "pump-motor", "甲厂", "漆包线、轴承制造", "magnet-wire", "pump-seal"), FIRMS[4]])
    shipped = {a.method: a for a in evaluate(two, chains, leave_out=False)}["as it ships"]
    assert (shipped.firms, shipped.core, shipped.found) == (2, 2, 2)
    assert shipped.precision == (1.0, 1.0, 1.0)
    assert shipped.recall[0] == 0.5
    assert 0 <= shipped.recall[1] <= 0.5 <= shipped.recall[2] <= 1


def test_links_of_other_chains_than_the_labelled_one_do_not_count(chains):
    elsewhere = labels([("1", "liquor-beer", "甲厂", "漆包线制造", "", "")])
    shipped = {a.method: a for a in evaluate(elsewhere, chains, leave_out=False)}["as it ships"]
    assert shipped.found == 0
    assert math.isnan(shipped.precision[0])


def test_plain_terms_take_whoever_names_the_product_for_its_maker(chains):
    texts = pl.DataFrame({"id": [1, 2], "name": ["", ""], "text": ["漆包线销售", "鲜花零售"]})
    found = plain_links(texts, [(s, e) for s, e in chains.segments() if s.startswith("pump-motor/")])
    assert found.rows() == [(1, "pump-motor/magnet-wire")]


def test_weights_are_learnt_from_other_chains_than_the_one_they_score(chains):
    """Where one chain's labels are turned round, its own confidences do not notice, those of the other chains do."""
    pairs = pl.DataFrame(
        [
            {"firm": n, "segment_id": f"{chain}/x", "chain_id": chain, "right": n % 2 == 0, "stands": True}
            | dict.fromkeys(SIGNS, 0.0)
            | {"specific": float(n % 2 == 0)}
            for n, chain in enumerate(["a", "b"] * 20 + ["a", "b"][::-1] * 20)
        ]
    )
    turned = pairs.with_columns((pl.col("right") ^ (pl.col("chain_id") == "a")).alias("right"))
    one, two = (left_out(p).sort("firm") for p in (pairs, turned))
    mine = pl.col("chain_id") == "a"
    assert one.filter(mine)["confidence"].to_list() == two.filter(mine)["confidence"].to_list()
    assert one.filter(~mine)["confidence"].to_list() != two.filter(~mine)["confidence"].to_list()


def test_signs_are_between_0_and_1_and_the_shipped_weights_name_every_one_of_them(chains):
    signs = signed(labels(), Lexicons.of(chains.segments()))
    assert signs.height > 0
    assert signs.select(pl.max_horizontal(pl.col(*SIGNS).max())).item() <= 1
    assert signs.select(pl.min_horizontal(pl.col(*SIGNS).min())).item() >= 0
    assert shipped_weights().signs.keys() == SIGNS.keys()


def test_a_sign_that_goes_with_right_gets_weight_and_the_file_says_it():
    pairs = pl.DataFrame([{"right": n % 2 == 0} | dict.fromkeys(SIGNS, 0.0) | {"own": float(n % 2 == 0)} for n in range(40)])
    weights = learnt(pairs)
    assert weights.signs["own"] > 1
    assert abs(weights.signs["alone"]) < 1e-6
    assert f"[own]\nweight = {weights.signs['own']:.2f}\n" in weights_toml(weights, 40, 1)


def test_labels_by_credit_code_find_their_texts_and_a_lost_one_is_named(tmp_path):
    registrations = tmp_path / "raw" / "data" / "registrations"
    registrations.mkdir(parents=True)
    pl.DataFrame({"uscc": ["91x"], "name": ["甲厂"], "scope": ["水泵制造"]}).write_parquet(
        registrations / "registrations.parquet"
    )
    mine = tmp_path / "data" / "evaluation"
    mine.mkdir(parents=True)
    (mine / "links.csv").write_text("uscc,chain_id,core,minor\n91X,pump-motor,pump-whole,\n", encoding="utf-8")
    found = labels_of(tmp_path / "raw", tmp_path / "data")
    assert found.select("id", "scope", "set").rows() == [("91X", "水泵制造", NEVER_LEARNT_ON)]
    assert second_reader(found, tmp_path / "data") == []
    (mine / "links_second.csv").write_text("uscc,chain_id,core,minor\n91X,pump-motor,pump-whole,motor\n", encoding="utf-8")
    assert second_reader(found, tmp_path / "data")[0][1].precision[0] == 0.5
    (mine / "links.csv").write_text("uscc,chain_id,core,minor\n91Y,pump-motor,pump-whole,\n", encoding="utf-8")
    with pytest.raises(DataError, match="91Y"):
        labels_of(tmp_path / "raw", tmp_path / "data")
    with pytest.raises(DataError, match="no file"):
        labels_of(tmp_path, tmp_path)


LABELLED = DATA.parents[1] / "shared" / "evaluation" / "links" / "labels.csv"


@pytest.mark.skipif(not LABELLED.is_file(), reason="the labelled firms are not in the repository")
def test_the_goal_is_held_on_chains_left_out(chains):
    found = {a.method: a for a in evaluate(labels_of(LABELLED.parents[2], Path("nowhere")), chains)}
    assert found["chains left out"].precision[0] >= 0.9
    assert found["chains left out"].recall[0] >= 0.8
    bands = calibration(labels_of(LABELLED.parents[2], Path("nowhere")), chains)
    assert bands[-1].right > bands[0].right
