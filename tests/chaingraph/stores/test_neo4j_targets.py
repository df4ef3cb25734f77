"""Targets at a real Neo4j server: written by difference, each region and chain for itself, read back equal, gone with the graph."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from neo4j_fixture import free_port
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

from chaingraph import ChaingraphError, Tables, diagnose
from chaingraph.cli.main import app
from chaingraph.recommendation import Reason, Recommendation
from chaingraph.stores import bulk
from chaingraph.stores.neo4j import Dropped, drop, read, read_targets, write
from chaingraph.stores.server import Server
from chaingraph.targets import COLUMNS, RegionTargets, target_rows
from recommend import shortlist
from recommend.region_targets import LONGEST, region_targets

pytestmark = pytest.mark.xdist_group("neo4j")

HERE, THERE = "331000", "370200"


def facts(companies=("C-1", "C-2", "C-3")):
    segments = {"segment_id": ["pump/a", "pump/b", "tyre/a"], "chain_id": ["pump", "pump", "tyre"]}
    return Tables.of(
        {
            "chains": pd.DataFrame({"chain_id": ["pump", "tyre"], "name_zh": ["泵", "轮胎"]}),
            "segments": pd.DataFrame({**segments, "name_zh": ["铸件", "电机", "帘线"]}),
            "companies": pd.DataFrame({"company_id": list(companies), "name_zh": ["甲"] * len(companies)}),
        }
    )


def target(rank, company, segment, **more):
    reason = Reason("distance", 0.5, 1.0, 60.0 - rank, "距离近", "regions")
    return Recommendation(rank, company, "甲", segment, "铸件", HERE, (reason,), "路远", "", "", **more)


def placed(region, chain, *rows):
    """The targets of a chain in a region, of rows (company, segment)."""
    found = target_rows([target(n, c, s) for n, (c, s) in enumerate(rows, start=1)], "v1")
    return RegionTargets(region, frozenset((chain,)), found.assign(region_code=region).astype(COLUMNS))


def test_a_target_is_a_relationship_with_all_that_is_known_of_it_and_nothing_else(where, cypher):
    said = {"mover": "expander", "phone_call": "问是否在外地设过厂", "stability": 0.75, "probability": 0.003}
    rows = target_rows(
        [
            target(1, "C-1", "pump/a", **said, package=("与乙一起", "与丙一起")),
            target(2, "C-2", "pump/b"),
        ],
        "v1",
    )
    write(facts(), where, targets=RegionTargets(HERE, frozenset(("pump",)), rows))
    (first, second) = cypher(
        "MATCH (:Company {graph: $g})-[t:TARGET_FOR]->(s:Segment) RETURN s.segment_id, properties(t) ORDER BY t.rank",
        g=where.graph,
    )
    assert first[0] == "pump/a"
    assert {k: v for k, v in first[1].items() if k != "digest"} == {
        **said,
        "region_code": HERE,
        "chain_id": "pump",
        "rank": 1,
        "score": 59.0,
        "coverage": 1.0,
        "strongest": "距离近",
        "against": "路远",
        "package": "与乙一起；与丙一起",
        "data_version": "v1",
    }
    assert not {"probability", "stability", "mover", "phone_call", "rival_region"} & set(second[1])
    found = read_targets(where)
    assert_frame_equal(found, rows, check_exact=True)
    assert found.dtypes.astype(str).to_dict() == COLUMNS
    assert math.isnan(found["probability"][1])
    for name, frame in read(where).frames.items():
        assert frame.equals(facts()[name])


def test_only_what_differs_is_written_and_each_region_and_chain_is_for_itself(where):
    pumps = placed(HERE, "pump", ("C-1", "pump/a"), ("C-2", "pump/b"))
    write(facts(), where)
    assert write(facts(), where, targets=pumps).written == 2
    assert write(facts(), where, targets=pumps) == write(facts(), where)
    tyres, others = placed(HERE, "tyre", ("C-1", "tyre/a")), placed(THERE, "pump", ("C-3", "pump/a"))
    assert [write(facts(), where, targets=t).written for t in (tyres, others)] == [1, 1]
    assert len(read_targets(where)) == 4
    # A new list of one chain takes the place of the old one; the other chain and the other region stay.
    done = write(facts(), where, targets=placed(HERE, "pump", ("C-1", "pump/a"), ("C-3", "pump/b")))
    assert (done.written, done.removed) == (1, 1)
    left = read_targets(where)
    assert list(zip(left["region_code"], left["chain_id"], left["company_id"], strict=True)) == [
        (HERE, "pump", "C-1"),
        (HERE, "pump", "C-3"),
        (HERE, "tyre", "C-1"),
        (THERE, "pump", "C-3"),
    ]
    assert write(facts(), where, targets=placed(HERE, "pump")).removed == 2
    assert set(read_targets(where)["chain_id"] + read_targets(where)["region_code"]) == {f"tyre{HERE}", f"pump{THERE}"}


def test_a_firm_that_goes_takes_its_places_with_it_and_no_target_names_one_that_is_not_there(where):
    write(facts(), where, targets=placed(HERE, "pump", ("C-1", "pump/a"), ("C-2", "pump/b"), ("C-9", "pump/b")))
    assert read_targets(where)["company_id"].tolist() == ["C-1", "C-2"]
    write(facts(("C-2", "C-3")), where)
    assert read_targets(where)["company_id"].tolist() == ["C-2"]


def test_a_graph_is_dropped_with_its_targets_and_the_one_beside_it_keeps_its_own(where):
    beside = replace(where, graph=f"{where.graph} beside")
    for graph in (where, beside):
        write(facts(), graph, targets=placed(HERE, "pump", ("C-1", "pump/a")))
    # Two chains have three segments, and one company is a target.
    assert drop(where) == Dropped(8, 4)
    with pytest.raises(ChaingraphError, match="no graph"):
        read_targets(where)
    assert len(read_targets(beside)) == 1


@pytest.mark.xdist_group("neo4j-bulk")
def test_what_is_imported_with_targets_is_what_a_write_makes(tmp_path):
    pumps = placed(HERE, "pump", ("C-1", "pump/a"), ("C-2", "pump/b"))
    bulk.write(facts(), tmp_path / "files", targets=pumps.rows)
    server = Server(tmp_path / "home")
    server.load(tmp_path / "files")
    address = server.start(free_port())
    try:
        assert_frame_equal(read_targets(address), pumps.rows, check_exact=True)
        assert (write(facts(), address, targets=pumps).written, write(facts(), address).removed) == (0, 0)
    finally:
        server.stop()


# --- the lists that are written ---------------------------------------------------------------------------------------------


def test_the_rows_are_those_of_the_lists(graph):
    found = region_targets(graph, "台州", ["泵与电机", "mould-plastics"])
    assert (found.region_code, found.chains) == (HERE, {"pump-motor", "mould-plastics"})
    ranked = shortlist(graph, diagnose(graph, HERE, "pump-motor"), LONGEST)
    pumps = found.rows[found.rows["chain_id"] == "pump-motor"]
    assert pumps["company_id"].tolist() == [t.company_id for t in ranked]
    assert pumps["score"].tolist() == [t.score for t in ranked]
    assert set(pumps["data_version"]) == {graph.version}
    assert found.rows.dtypes.astype(str).to_dict() == COLUMNS


def test_without_chains_those_of_the_programme_are_meant(graph, monkeypatch):
    monkeypatch.setattr("recommend.region_targets.gather", lambda *_: pytest.fail("ranked"))
    asked = []
    for region in ("桐城", "上海"):
        with pytest.raises(pytest.fail.Exception):
            region_targets(graph, region, say=asked.append)
    programme = graph.tables["programmes"].set_index("region_code")["programme_id"]["340881"]
    chains = graph.tables["programme_chains"]
    named = chains.loc[chains["programme_id"] == programme, "chain_id"].dropna()
    assert asked == [graph.chains[named.iloc[0]], next(iter(graph.chains.values()))]


def test_a_chain_without_a_region_is_refused_before_anything_is_read():
    done = CliRunner().invoke(app, ["export", "--to", "neo4j", "--chain", "泵与电机", "--data", "nowhere"])
    assert isinstance(done.exception, ChaingraphError)
    assert "wants --region too" in str(done.exception)
