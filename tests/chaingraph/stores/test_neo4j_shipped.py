"""The shipped graph by the commands: out to a server, used from there, back to a folder; and nothing differs from DuckDB's."""

import json
from dataclasses import replace

import pytest
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

from chaingraph import build, diagnose, stores
from chaingraph.cli.main import app
from chaingraph.grades import grades
from chaingraph.stores import neo4j
from chaingraph.stores.address import Address
from chaingraph.targets import target_rows
from recommend.region_targets import LONGEST
from recommend.scorecard import shortlist

pytestmark = pytest.mark.xdist_group("neo4j")
GRAPH = "shipped by command"


@pytest.fixture(scope="module")
def run(neo4j_address):
    """A command as somebody types it who has set the address and the password; what it says, each stream apart."""
    known = {
        "NEO4J_URI": neo4j_address.uri,
        "NEO4J_PASSWORD": neo4j_address.password,
        "NEO4J_USERNAME": neo4j_address.user,
        "CHAINGRAPH_DATA": "no folder",
    }

    def run(*words):
        done = CliRunner().invoke(app, words, env=known, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        assert neo4j_address.password not in done.output
        return done

    return run


@pytest.fixture(scope="module")
def exported(run, shipped_store):
    return run("export", "--to", "neo4j", "--graph", GRAPH, "--store", str(shipped_store))


@pytest.fixture(scope="module")
def where(exported, neo4j_address):
    return replace(neo4j_address, graph=GRAPH)


@pytest.fixture(scope="module")
def back(run, where, tmp_path_factory):
    """The graph as a command brings it back into a folder."""
    place = tmp_path_factory.mktemp("back") / "store"
    run("import", "--from", "neo4j", "--graph", GRAPH, "-o", str(place))
    return place


@pytest.fixture(scope="module")
def found(back):
    return stores.folder.read(back)


def test_what_is_read_is_what_ships(found, tables, exported):
    assert found.version == tables.version
    for name in tables:
        assert_frame_equal(found[name], tables[name], check_exact=True, obj=name)
    assert f"data version {tables.version}" in exported.stderr
    assert exported.stdout == ""


def test_diagnosis_and_targets_are_those_of_duckdb(found, shipped_store):
    graphs = [build(found), build(stores.duckdb.read(shipped_store / stores.INDEX))]
    diagnoses = [diagnose(g, "台州", "泵与电机") for g in graphs]
    # As JSON: a quotient that is not known is not equal to itself.
    assert json.dumps(diagnoses[0].as_dict()) == json.dumps(diagnoses[1].as_dict())
    lists = [shortlist(g, d, 30, None) for g, d in zip(graphs, diagnoses, strict=True)]
    assert lists[0].targets
    assert [t.as_dict() for t in lists[0].targets] == [t.as_dict() for t in lists[1].targets]


def test_a_command_reads_from_the_address_and_asks_no_folder(run, neo4j_address, graph, where):
    address = f"{neo4j_address.uri}#{GRAPH}"
    said = json.loads(run("diagnose", "台州", "--chain", "泵与电机", "--json", "--store", address).stdout)
    assert said == json.loads(json.dumps(diagnose(graph, "台州", "泵与电机").as_dict(), ensure_ascii=False))


def test_the_dashboard_reads_from_the_address(where, tables, monkeypatch):
    from dashboard import results

    for name, value in {
        "NEO4J_USERNAME": where.user,
        "NEO4J_PASSWORD": where.password,
        "CHAINGRAPH_STORE": f"{where.uri}#{GRAPH}",
    }.items():
        monkeypatch.setenv(name, value)
    assert isinstance(results.store(), Address)
    assert results.store() == where
    assert results._current_at_server.__wrapped__() == tables.version


def test_presence_is_written_as_the_diagnosis_says_it(where, graph):
    wanted = grades(graph).set_index(["region_code", "segment_id"])
    with neo4j.connected(where) as server:
        listed = server.ask(
            "MATCH (r:Region {graph: $graph})-[h:HAS]->(s:Segment) RETURN r.region_code, s.segment_id, h.grade, h.companies, h.lq"
        )
    assert len(listed) == len(wanted)
    for region, segment, grade, companies, lq in listed:
        row = wanted.loc[region, segment]
        assert (grade, companies) == (row["grade"], row["companies"])
        assert lq == row["lq"] or (lq is None and row["lq"] != row["lq"])


def test_the_targets_of_a_region_are_written_as_they_are_ranked(run, shipped_store, where, graph):
    words = ("--graph", GRAPH, "--store", str(shipped_store), "--region", "台州", "--chain", "泵与电机")
    done, ranked = run("export", "--to", "neo4j", *words), shortlist(graph, diagnose(graph, "台州", "泵与电机"), LONGEST)
    assert f"{len(ranked)} targets of 台州市 in 1 chain" in done.stderr
    assert f"{len(ranked)} nodes and relationships written, 0 removed" in done.stderr
    assert_frame_equal(neo4j.read_targets(where), target_rows(ranked, graph.version), check_exact=True)


def test_a_second_export_writes_nothing_and_leaves_the_targets(run, shipped_store, exported):
    done = run("export", "--to", "neo4j", "--graph", GRAPH, "--store", str(shipped_store))
    assert "0 nodes and relationships written, 0 removed" in done.stderr


def test_an_imported_graph_is_a_store_of_the_same_version_with_its_index(back, tables):
    assert stores.current(back) == stores.duckdb.version(back / stores.INDEX) == tables.version
    indexed = stores.duckdb.read(back / stores.INDEX)
    assert all(indexed[name].equals(tables[name]) for name in tables)
