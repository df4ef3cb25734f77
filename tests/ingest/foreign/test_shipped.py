"""The shipped optional chains: valid, apart from ours, 不详 everywhere, without effect on the default chains, rebuilt byte for byte."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml

from chaingraph import ChainGraph, Tables, build, diagnose
from chaingraph.errors import UnknownNameError
from chaingraph.lint import lint
from chaingraph.model import Presence, SegmentKind
from ingest import load
from ingest.foreign.shipped import build as rebuild
from recommend.scorecard import Weights, gather

PROJECT = Path(__file__).resolve().parents[3]
OPTIONAL = PROJECT / "data" / "optional"
NAMES = ("chain-atlas", "chain-maps", "openspg")


@pytest.fixture(scope="module")
def everything() -> ChainGraph:
    """The graph with all optional chains; to load it is to check it."""
    return build(load(PROJECT / "data", ["optional"]))


def losses(name: str) -> dict[str, dict[str, object]]:
    report = json.loads((OPTIONAL / name / "losses.json").read_text(encoding="utf-8"))
    return {account["what"]: account for account in report["accounts"]}


def test_optional_chains_are_beside_ours_and_share_no_id(everything, tables: Tables):
    ours, all_chains = set(tables["chains"]["chain_id"]), set(everything.chains)
    assert len(ours) == 50
    assert len(all_chains) == 50 + 28 + 5 + 1
    assert ours < all_chains
    for name in set(tables["chains"]["name_zh"]) & {str(everything.chains[c]) for c in all_chains - ours}:
        with pytest.raises(UnknownNameError, match=f"no single chain '{name}'.*Give the id"):
            everything.find_chain(name)
    rows = everything.tables
    for name in ("segments", "supply_links", "activities", "chains"):
        theirs = rows[name][rows[name]["origin_id"].isin(NAMES)]
        assert len(theirs) + len(tables[name]) == len(rows[name])


def test_nothing_of_an_optional_chain_is_ever_called_missing(everything):
    for region in ("深圳", "台州", "北京", "青岛"):
        for chain in ("maps-ruan-jian-yu-xin-xi-fu-wu", "atlas-semiconductor", "maps-gong-ye-mu-ji"):
            found = diagnose(everything, region, chain)
            assert {s.presence for s in found.segments} == {Presence.UNKNOWN}
            assert not any(s.findings for s in found.segments)
            assert found.completeness == (0.0, 1.0)


def test_the_widest_chain_has_a_roadmap_with_every_step(everything):
    found = diagnose(everything, "台州", "openspg-supply-chain")
    assert len(found.segments) == len(found.roadmap) == 357
    assert found.roadmap[-1].completeness == 1.0
    assert not gather(everything, found).ranked(Weights.load(), 30).targets


def test_firms_of_an_optional_chain_are_proposed_as_to_be_verified(everything):
    found = diagnose(everything, "深圳", "atlas-semiconductor")
    ranking = gather(everything, found).ranked(Weights.load(), 30)
    assert len(ranking.targets) == 30
    fit = [r.text for t in ranking.targets for r in t.reasons if r.signal == "business_fit"]
    assert all("待核" in text for text in fit)


def test_the_default_chains_come_out_the_same_with_optional_chains(everything, graph: ChainGraph):
    without, also = (diagnose(g, "台州", "pump-motor") for g in (graph, everything))
    assert without.to_pandas().equals(also.to_pandas())
    assert without.roadmap == also.roadmap
    scores = [
        [(t.company_id, t.segment_id, t.score) for t in gather(g, d).ranked(Weights.load(), 30).targets]
        for g, d in ((graph, without), (everything, also))
    ]
    assert scores[0] == scores[1]


def test_lint_tells_what_is_thin_about_them(everything):
    found = Counter(f.rule for f in lint(everything) if f.where.startswith(("maps-", "atlas-", "openspg-")))
    linked = {s for k in everything.links for s in (k.supplier_id, k.customer_id)}
    lone = [s for s in everything.segments if s.startswith(("maps-", "atlas-", "openspg-")) and s not in linked]
    assert found["orphan"] == len(lone) > 1000
    assert found["direction-conflict"] == 1
    assert found["loop"] == 0
    empty = {s.id for s in everything.segments.values() if s.kind is not SegmentKind.MARKET and s.chain_id.startswith("openspg")}
    assert found["empty-segment"] >= len(empty)


@pytest.mark.parametrize("name", NAMES)
def test_every_account_of_a_shipped_loss_report_is_even(name):
    for what, account in losses(name).items():
        lost = list(account["lost"])
        assert all(sum(entry["names"].values()) == entry["count"] for entry in lost), what
        assert account["total"] == account["kept"] + account["as_words"] + sum(entry["count"] for entry in lost), what


# -- against the sources -----------------------------------------------------------------------------------------


@pytest.mark.raw
def test_the_accounts_hold_as_much_as_the_sources_by_another_count(raw):
    with (raw / "data/chain-maps-28/chain_segments_companies.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    maps = losses("chain-maps")
    assert maps["rows"]["total"] == maps["firms"]["total"] == len(rows)
    for column in ("chain", "stage", "l1", "l2", "l3", "l4"):
        assert maps[f"cells of {column}"]["total"] == sum(bool(row[column]) for row in rows)

    found: Counter[str] = Counter()
    for path in (raw / "data/chain-atlas-semiconductor").glob("*.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        segments, supplies = content["segments"], content["supply_relationships"]
        found["segments"] += len(segments)
        found["supply relationships"] += len(supplies)
        found["supply relationships: notes"] += sum(bool(r["notes"]) for r in supplies)
        for s in segments:
            found["firms"] += len(s["key_companies"])
            found["firms: role"] += sum(bool(c["role"]) for c in s["key_companies"])
            found["data points"] += len(s["data_points"])
            found["data points: source_url"] += sum(bool(p.get("source_url")) for p in s["data_points"])
            found["new capacity"] += len(s.get("new_capacity", []))
    atlas = losses("chain-atlas")
    assert {what: atlas[what]["total"] for what in found} == dict(found)

    with (raw / "data/openspg-supplychain/Product.csv").open(encoding="utf-8", newline="") as file:
        products = list(csv.DictReader(file))
    named = [(row["id"], c) for row in products for c in row["hasSupplyChain"].split(",") if c]
    supply = losses("openspg")["Product.csv: hasSupplyChain"]
    assert (supply["total"], supply["kept"]) == (len(named), len(set(named)))


@pytest.mark.raw
def test_the_optional_chains_are_rebuilt_byte_for_byte(raw, tmp_path, monkeypatch, tables):
    monkeypatch.setattr("ingest.foreign.shipped.load", lambda _: tables)
    shutil.copytree(PROJECT / "data" / "decisions", tmp_path / "decisions")
    rebuild(raw, tmp_path)
    made = {p.relative_to(tmp_path / "optional"): p.read_bytes() for p in (tmp_path / "optional").rglob("*") if p.is_file()}
    assert made == {p.relative_to(OPTIONAL): p.read_bytes() for p in OPTIONAL.rglob("*") if p.is_file()}
