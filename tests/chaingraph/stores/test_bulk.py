"""Files for the import tool, imported by the real one: the graph is what a write over Bolt makes of the same tables."""

import pandas as pd
import pytest
from neo4j_fixture import free_port
from pandas.testing import assert_frame_equal
from planted_cells import awkward_tables

from chaingraph import ChaingraphError, Tables
from chaingraph.stores import bulk, neo4j
from chaingraph.stores.server import Server
from chaingraph.stores.shape import NODES, ROW_OF
from chaingraph.tables import SPECS

pytestmark = pytest.mark.xdist_group("neo4j-bulk")


def test_what_is_imported_is_read_back_in_every_column_of_every_type(tmp_path):
    shorter = {name: frame.replace("长" * 70_000, "长" * 3_000) for name, frame in awkward_tables().frames.items()}
    awkward = Tables.of(shorter)
    bulk.write(awkward, tmp_path / "files")
    server = Server(tmp_path / "home")
    server.load(tmp_path / "files")
    address = server.start(free_port())
    try:
        found = neo4j.read(address)
        assert neo4j.write(awkward, address) == neo4j.Written(0, 0)
    finally:
        server.stop()
    assert found.version == awkward.version
    for name in SPECS:
        assert_frame_equal(found[name], awkward[name], check_exact=True, obj=name)


def test_the_shipped_graph_is_imported_whole(ask, tables, shipped_grades, shipped_targets):
    labels = dict(ask("MATCH (n) UNWIND labels(n) AS label RETURN label, count(*)"))
    types = dict(ask("MATCH ()-[r]->() RETURN type(r), count(*)"))
    counts = tables.counts()
    assert {t: labels[NODES[t]] for t in NODES} == {t: counts[t] for t in NODES}
    loose = dict(ask("MATCH (n:LooseRow) RETURN n.table, count(*)"))
    assert {t: types[of.type] + loose.get(t, 0) for t, of in ROW_OF.items()} == {t: counts[t] for t in ROW_OF}
    assert (types["HAS"], labels["Chaingraph"]) == (len(shipped_grades), 1)
    assert types["TARGET_FOR"] == len(shipped_targets.rows) > 100
    seated = tables["companies"]["region_code"].dropna().isin(tables["regions"]["region_code"])
    assert types["BASED_IN"] == seated.sum()
    amounts = ask(
        "MATCH (:Region {region_code: '331000'})-[r:REGISTERED]->(s:Segment) RETURN s.segment_id, r.period, r.capital_cny"
    )
    expected = tables["presence"].query("region_code == '331000'")
    assert {(s, p): v for s, p, v in amounts} == expected.set_index(["segment_id", "period"])["capital_cny"].to_dict()


def test_every_file_says_its_columns_and_types(shipped_files):
    head = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in shipped_files.glob("*.csv")}
    named = (shipped_files / bulk.ARGUMENTS).read_text(encoding="utf-8")
    assert all(name in named for name in head)
    assert head["relationships-SUPPLIES.csv"] == (
        ":START_ID(Segment),:END_ID(Segment),is_essential:boolean,substitute_group,is_recycling:boolean,strength:double,"
        "confidence_level,note,origin_id,nth:long,digest:long"
    )
    assert head["nodes-Company.csv"].startswith(":ID(Company),graph,company_id,name_zh,")
    assert "founded_on:date" in head["nodes-Company.csv"]


def test_a_program_that_is_not_ours_reads_the_files(shipped_files, tables):
    found = pd.read_csv(shipped_files / "nodes-Company.csv", dtype={"stock_code": "str"}).set_index("company_id")
    expected = tables["companies"].set_index("company_id")
    assert found["name_zh"].to_dict() == expected["name_zh"].to_dict()
    assert found["stock_code"].dropna().to_dict() == expected["stock_code"].dropna().to_dict()


def test_what_is_no_folder_of_import_files_is_refused(tmp_path):
    with pytest.raises(ChaingraphError, match=r"nothing to import in '.*': write it with `chaingraph export --to neo4j-import`"):
        Server(tmp_path / "home").load(tmp_path)
    assert not (tmp_path / "home" / "data").exists()


def test_an_import_that_fails_says_what_the_tool_said(tmp_path):
    (tmp_path / bulk.ARGUMENTS).write_text("--nodes=Company=absent.csv\n")
    with pytest.raises(ChaingraphError, match=r"cannot be imported: .*absent\.csv.* What was said is in '.*console\.log'\."):
        Server(tmp_path / "home").load(tmp_path)
