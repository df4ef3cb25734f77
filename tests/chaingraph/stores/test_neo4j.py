"""A graph at a real Neo4j server: only what differs is written, graphs stand side by side, what is not ours is left alone."""

import threading
from dataclasses import replace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from chaingraph import ChaingraphError, Tables
from chaingraph.stores import connection, difference
from chaingraph.stores.neo4j import Dropped, Written, current, drop, read, write
from chaingraph.stores.shape import GRADES, NODES, RELATIONSHIPS, ROW_OF, TARGETS
from chaingraph.tables import SPECS

pytestmark = pytest.mark.xdist_group("neo4j")


@pytest.fixture(scope="module")
def facts():
    """Two origins, three regions, three segments, four companies: every reference holds."""
    return Tables.of(
        {
            "origins": pd.DataFrame({"origin_id": ["one", "two"], "publisher": ["甲", "乙"]}),
            "regions": pd.DataFrame(
                {"region_code": ["330000", "331000", "331081"], "parent_code": [None, "330000", "331000"], "origin_id": "one"}
            ),
            "chains": pd.DataFrame({"chain_id": ["pump"], "name_zh": ["泵"], "origin_id": "one"}),
            "segments": pd.DataFrame(
                {
                    "segment_id": ["pump/a", "pump/b", "pump/c"],
                    "chain_id": "pump",
                    "name_zh": ["铸件", "电机", "水泵"],
                    "stage": ["upstream", "midstream", "downstream"],
                    "origin_id": "one",
                }
            ),
            "companies": pd.DataFrame(
                {
                    "company_id": ["C-0001", "C-0002", "C-0003", "C-0004"],
                    "name_zh": ["甲", "乙", "丙", "'}) DETACH DELETE (n) //"],
                    "region_code": ["331081", "331000", None, "999999"],
                    "employees": pd.array([0, None, 5, 2**63 - 1], dtype="Int64"),
                    "origin_id": ["one", "two", "one", "one"],
                }
            ),
            "activities": pd.DataFrame(
                {
                    "company_id": ["C-0001", "C-0001", "C-0002", "C-9999"],
                    "segment_id": ["pump/a", "pump/b", "pump/b", "pump/c"],
                    "confidence": [1.0, 0.5, None, 0.0],
                    "origin_id": "one",
                }
            ),
            "supply_links": pd.DataFrame(
                {
                    "supplier_id": ["pump/a", "pump/b"],
                    "customer_id": ["pump/c", "pump/c"],
                    "is_essential": True,
                    "origin_id": "two",
                }
            ),
        }
    )


def assert_same(found, expected):
    assert found.version == expected.version
    for name in expected:
        assert_frame_equal(found[name], expected[name], check_exact=True, obj=name)


def test_every_table_is_nodes_or_relationships_and_every_end_is_a_node():
    assert set(NODES) | set(ROW_OF) == set(SPECS)
    assert not set(NODES) & set(ROW_OF)
    assert len({r.type for r in RELATIONSHIPS}) == len(RELATIONSHIPS)
    for r in RELATIONSHIPS:
        assert {r.target(r.start), r.target(r.end)} <= set(NODES)
        assert set(r.properties) <= set(r.spec.columns)
        assert "origin_id" in r.properties or r.spec in (GRADES, TARGETS)
        if r.is_row:
            assert {*r.start, *r.end, *r.properties} == set(r.spec.columns)


def test_the_graph_reads_as_a_person_would_draw_it(where, facts, cypher):
    grades = pd.DataFrame(
        [("331000", "pump/a", "weak", 3, 0.5, 0.0), ("331000", "pump/c", "unknown", 0, float("nan"), 0.25)],
        columns=GRADES.columns,
    )
    write(facts, where, grades)
    g = where.graph
    assert cypher(
        "MATCH (c:Company {graph: $g})-[a:ACTIVE_IN]->(s:Segment)<-[:HAS_SEGMENT]-(h:Chain) "
        "RETURN c.name_zh, s.name_zh, a.confidence, h.name_zh, a.origin_id ORDER BY c.company_id, s.segment_id",
        g=g,
    ) == [("甲", "铸件", 1.0, "泵", "one"), ("甲", "电机", 0.5, "泵", "one"), ("乙", "电机", None, "泵", "one")]
    assert cypher(
        "MATCH (:Company {graph: $g, company_id: 'C-0001'})-[:BASED_IN]->()-[:PART_OF*]->(r) RETURN r.region_code", g=g
    ) == [
        ("331000",),
        ("330000",),
    ]
    assert cypher(
        "MATCH (r:Region {graph: $g})-[h:HAS]->(s) RETURN s.segment_id, h.grade, h.companies, h.lq ORDER BY 1", g=g
    ) == [
        ("pump/a", "weak", 3, 0.5),
        ("pump/c", "unknown", 0, None),
    ]
    assert cypher("MATCH (c:Company {graph: $g}) WHERE NOT (c)-[:BASED_IN]->() RETURN c.company_id ORDER BY 1", g=g) == [
        ("C-0003",),
        ("C-0004",),
    ]
    assert cypher("MATCH (n:LooseRow {graph: $g}) RETURN n.table, n.company_id, n.segment_id", g=g) == [
        ("activities", "C-9999", "pump/c")
    ]
    assert_same(read(where), facts)
    write(facts, where)
    assert cypher("MATCH (:Region {graph: $g})-[h:HAS]->() RETURN count(h)", g=g) == [(0,)]


def test_a_second_write_does_nothing_and_a_change_costs_what_it_changes(where, facts, cypher):
    assert write(facts, where).written > 20
    last = "SHOW DATABASE neo4j YIELD lastCommittedTxn"
    before = cypher(last)
    assert write(facts, where) == Written(0, 0)
    assert cypher(last) == before
    companies = facts["companies"].assign(name_zh=["甲", "乙", "丁", None])
    done = write(facts.replace(companies=companies), where)
    assert (done.written, done.removed) == (2, 0)
    assert_same(read(where), facts.replace(companies=companies))
    assert cypher("MATCH (c:Company {graph: $g}) WHERE c.name_zh IS NULL RETURN c.company_id", g=where.graph) == [("C-0004",)]


def test_a_company_that_goes_takes_its_ties_along_and_what_named_it_is_kept_as_a_row(where, facts, cypher):
    write(facts, where)
    fewer = facts.replace(companies=facts["companies"].iloc[1:])
    write(fewer, where)
    assert_same(read(where), fewer)
    assert cypher("MATCH (n:LooseRow {graph: $g, company_id: 'C-0001'}) RETURN count(n)", g=where.graph) == [(2,)]
    write(facts, where)
    assert cypher("MATCH (:Company {graph: $g, company_id: 'C-0001'})-[a:ACTIVE_IN]->() RETURN count(a)", g=where.graph) == [(2,)]
    assert_same(read(where), facts)


def test_null_and_the_words_for_it_zero_and_minus_zero_are_changes(where, facts):
    for name, share in [(None, 0.0), ("nan", 0.0), ("", 0.0), ("", -0.0), ("None", -0.0), (None, -0.0), (None, None)]:
        frame = pd.DataFrame({"io_sector": ["001"], "name_en": pd.Series([name], dtype="str"), "domestic_share": [share]})
        tables = facts.replace(io_sectors=frame.astype({"domestic_share": "float64"}))
        write(tables, where)
        found = read(where)["io_sectors"]
        assert str(found["domestic_share"].tolist()) == str(tables["io_sectors"]["domestic_share"].tolist())
        assert found["name_en"].equals(tables["io_sectors"]["name_en"])


def test_graphs_stand_side_by_side_and_each_is_read_by_its_name(where, facts):
    other = replace(where, graph=f"{where.graph} 2024")
    changed = facts.replace(companies=facts["companies"].iloc[:2])
    write(facts, where)
    write(changed, other)
    assert_same(read(where), facts)
    write(Tables.of({}), where)
    assert read(where).counts()["companies"] == 0
    assert_same(read(other), changed)
    assert (current(where), current(other)) == (Tables.of({}).version, changed.version)


def test_what_is_not_ours_in_the_same_database_stays_as_it_is(where, facts, cypher):
    g = f"mine {where.graph}"
    cypher(
        "CREATE (a:Company {mark: $g, company_id: 'C-0001', name_zh: '别家'}), (b:Segment {mark: $g, segment_id: 'pump/a'}),"
        " (a)-[:ACTIVE_IN {confidence: 0.1}]->(b), (:LooseRow {mark: $g}), (:Company {mark: $g, company_id: 'C-0001'})",
        g=g,
    )
    mine = "MATCH (n {mark: $g}) OPTIONAL MATCH (n)-[r]->() RETURN labels(n), properties(n), type(r), properties(r) ORDER BY elementId(n)"
    before = cypher(mine, g=g)
    assert len(before) == 4
    write(facts, where)
    assert_same(read(where), facts)
    write(facts.replace(activities=facts["activities"].iloc[:1], companies=facts["companies"].iloc[:1]), where)
    write(Tables.of({}), where)
    assert cypher(mine, g=g) == before


def test_what_other_hands_took_away_is_put_back_and_what_they_changed_is_another_version(where, facts, cypher):
    write(facts, where)
    cypher("MATCH (:Company {graph: $g})-[a:ACTIVE_IN]->(:Segment {segment_id: 'pump/a'}) DELETE a", g=where.graph)
    assert read(where).version != facts.version
    assert write(facts, where).written == 1
    assert_same(read(where), facts)
    cypher("MATCH (c:Company {graph: $g, company_id: 'C-0001'}) SET c.name_zh = '改', c.colour = 'red'", g=where.graph)
    assert read(where)["companies"]["name_zh"][0] == "改"
    assert read(where).version != facts.version
    write(facts.replace(companies=facts["companies"].assign(employees=1)), where)
    assert cypher("MATCH (c:Company {graph: $g, company_id: 'C-0001'}) RETURN c.colour, c.name_zh", g=where.graph) == [
        ("red", "甲")
    ]


def test_a_write_stopped_in_the_middle_says_so_and_writing_again_finishes(where, facts, monkeypatch):
    write(facts, where)
    changed = facts.replace(
        companies=facts["companies"].assign(name_zh=list("春夏秋冬")), activities=facts["activities"].iloc[:1]
    )
    monkeypatch.setattr(difference, "BATCH", 1)
    whole, begun = connection.Connection.write, []

    def stops_after_three(server, steps):
        begun.append(steps)
        if len(begun) > 3:
            raise KeyboardInterrupt
        whole(server, steps)

    with monkeypatch.context() as stopping:
        stopping.setattr(connection.Connection, "write", stops_after_three)
        with pytest.raises(KeyboardInterrupt):
            write(changed, where)
    with pytest.raises(
        ChaingraphError, match=f"write of version {changed.version} .* stopped in the middle: write it again"
    ) as found:
        read(where)
    assert len(str(found.value).splitlines()) == 1
    assert current(where) == facts.version
    write(changed, where)
    assert_same(read(where), changed)


def test_a_second_writer_waits_until_the_first_is_done(where, facts, monkeypatch):
    changed = facts.replace(companies=facts["companies"].iloc[:2])
    write(facts, where)
    monkeypatch.setattr(connection, "PROBE_S", 0.2)
    waiting, heard = threading.Event(), []

    def say(text):
        heard.append(text)
        waiting.set()

    second = threading.Thread(target=lambda: write(changed, where, say=say))
    with connection.connected(where) as server, server.alone(lambda _: None):
        second.start()
        assert waiting.wait(20)
        assert heard[0] == "waiting for another write"
        assert second.is_alive()
        monkeypatch.setattr(connection, "PATIENCE_S", 0)
        with pytest.raises(ChaingraphError, match=r"another write of graph .* is under way"):
            write(facts, where)
        monkeypatch.setattr(connection, "PATIENCE_S", 600)
        assert read(where).version == facts.version
    second.join(60)
    assert_same(read(where), changed)


def test_a_time_of_day_is_refused_by_its_column(where):
    frame = pd.DataFrame({"company_id": ["C-0001"], "founded_on": pd.Series(["2020-01-01T12:00"], dtype="datetime64[s]")})
    with pytest.raises(ChaingraphError, match=r"founded_on: found 2020-01-01 12:00:00, expected a day"):
        write(Tables.of({"companies": frame}), where)


def test_a_graph_that_is_dropped_is_gone_and_all_else_stays(facts, where, cypher, monkeypatch):
    other = replace(where, graph=f"{where.graph}-other")
    write(facts, other)
    written = write(facts, where).written
    cypher(
        "MATCH (c:Company {graph: $graph, company_id: 'C-0001'}) CREATE (c)<-[:WATCHES]-(:Person {of: $graph})", graph=where.graph
    )
    monkeypatch.setattr(difference, "BATCH", 3)
    steps = []
    gone = drop(where, steps.append)
    assert gone.nodes + gone.relationships == written
    assert gone.relationships > 0
    assert len(steps) > 3, "in batches"
    assert cypher("MATCH (n) WHERE n.graph = $graph RETURN count(n)", graph=where.graph)[0][0] == 0
    assert cypher("MATCH (n:Person {of: $graph}) RETURN count(n)", graph=where.graph)[0][0] == 1
    assert current(where) is None
    assert_frame_equal(read(other)["companies"], facts["companies"])
    with pytest.raises(ChaingraphError, match=f"no graph '{where.graph}' at .*{other.graph}"):
        drop(where)


def test_a_removal_that_is_stopped_says_so_and_is_finished_by_another(facts, where, monkeypatch):
    write(facts, where)
    monkeypatch.setattr(difference, "BATCH", 3)

    def stop(done):
        if done.startswith("6"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drop(where, stop)
    with pytest.raises(ChaingraphError, match=r"stopped in the middle: .* or remove it with `chaingraph neo4j drop`"):
        read(where)
    assert drop(where).nodes > 0
    assert current(where) is None


def test_a_graph_of_nothing_is_dropped(where):
    write(Tables.of({}), where)
    assert drop(where) == Dropped(0, 0)
