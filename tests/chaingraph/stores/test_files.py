"""The whole graph as files for elsewhere: other programs read back what the tables hold."""

import math
import xml.etree.ElementTree as ET

import networkx as nx
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from chaingraph import ChaingraphError, Tables, build
from chaingraph.fields import Type
from chaingraph.stores import files
from chaingraph.tables import SPECS, conform


@pytest.fixture
def small():
    """Two chains with three links, one of unknown strength, and firms whose names a spreadsheet would run."""
    flags = {f.name: False for f in SPECS["segments"].fields if f.type is Type.FLAG}
    segment = {"stage": "upstream", "segment_kind": "making", "products_zh": "甲；乙", **flags}
    names = ["=1+1", "@SUM(A1)", "+8613", "-1", "\t制表", "普通", "负-号"]
    return build(
        Tables.of(
            {
                "chains": pd.DataFrame({"chain_id": ["p", "q"], "name_zh": ["泵", "阀"], "name_en": ["pump", "valve"]}),
                "segments": pd.DataFrame(
                    [
                        {"segment_id": s, "chain_id": s[0], "name_zh": f'{s} <&> "“”', "name_en": s, **segment}
                        for s in ("p/iron", "p/part", "p/whole", "q/seat")
                    ]
                ),
                "supply_links": pd.DataFrame(
                    [("p/iron", "p/part", True, 0.25), ("p/part", "p/whole", True, math.nan), ("q/seat", "p/whole", False, 0.0)],
                    columns=["supplier_id", "customer_id", "is_essential", "strength"],
                ).assign(is_recycling=False),
                "companies": pd.DataFrame(
                    {
                        "company_id": [f"C-{i:04d}" for i in range(len(names))],
                        "name_zh": names,
                        "uscc": ["91330000000000000A"] * 6 + [None],
                        "stock_code": ["000001", "0610", None, "1e5", "", "600000", "NULL"],
                        "founded_on": pd.to_datetime(["1999-01-02"] * 3 + [None] * 4),
                        "revenue_cny": [0.0, math.nan, 0.1 + 0.2, 1e16, -5.5, 123456789012.34, 1.0],
                        "employees": pd.Series([0, None, 2**53 + 1, 1, 2, 3, 4], dtype="Int64"),
                    }
                ),
            }
        )
    )


def test_parquet_gives_every_table_back_as_it_is(small, tmp_path):
    files.write(small, "parquet", tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {f"{name}.parquet" for name in SPECS}
    for name in SPECS:
        found = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        # Parquet counts a day's moment in milliseconds: the same day, another unit.
        assert_frame_equal(conform(name, found), small.tables[name], check_exact=True)
        assert list(found.columns) == list(SPECS[name].columns)


def test_csv_gives_numbers_days_and_codes_back_and_nothing_that_a_spreadsheet_would_run(small, tmp_path):
    files.write(small, "csv", tmp_path)
    text = (tmp_path / "companies.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    found = pd.read_csv(tmp_path / "companies.csv", dtype="str", keep_default_na=False, encoding="utf-8-sig")
    assert found["name_zh"].tolist() == ["'=1+1", "'@SUM(A1)", "'+8613", "'-1", "'\t制表", "普通", "负-号"]
    assert found["stock_code"].tolist() == ["000001", "0610", "", "1e5", "", "600000", "NULL"]
    assert found["founded_on"].tolist() == ["1999-01-02"] * 3 + [""] * 4
    numbers = [float(v) if v else math.nan for v in found["revenue_cny"]]
    assert numbers == pytest.approx(small.tables["companies"]["revenue_cny"].tolist(), rel=0, abs=0, nan_ok=True)
    assert found["employees"].tolist() == ["0", "", str(2**53 + 1), "1", "2", "3", "4"]


def test_graphml_gives_the_graph_back_and_leaves_out_a_strength_that_is_not_known(small, tmp_path):
    files.write(small, "graphml", tmp_path / "g.graphml")
    found = nx.read_graphml(tmp_path / "g.graphml")
    assert set(found.nodes) == set(small.segments)
    assert all(found.nodes[s]["name"] == small.segments[s].name_zh for s in found.nodes)
    assert found.edges["p/iron", "p/part"]["strength"] == 0.25
    assert found.edges["q/seat", "p/whole"]["strength"] == 0.0
    assert found.edges["p/iron", "p/part"]["essential"] is True
    assert found.edges["q/seat", "p/whole"]["essential"] is False
    assert "strength" not in found.edges["p/part", "p/whole"]
    assert "nan" not in (tmp_path / "g.graphml").read_text()


def test_graphml_of_one_chain_has_its_segments_only(small, tmp_path):
    files.write(small, "graphml", tmp_path / "g.graphml", "p")
    nodes = ET.parse(tmp_path / "g.graphml").iter("{http://graphml.graphdrawing.org/xmlns}node")
    assert {n.get("id") for n in nodes} == {"p/iron", "p/part", "p/whole"}


def test_a_file_that_is_there_is_replaced_and_nothing_is_left_beside_it(small, tmp_path):
    (tmp_path / "companies.csv").write_text("old")
    (tmp_path / "mine.txt").write_text("not ours")
    files.write(small, "csv", tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {f"{name}.csv" for name in SPECS} | {"mine.txt"}
    assert "old" not in (tmp_path / "companies.csv").read_text()


def test_another_format_raises_with_the_formats_there_are(small, tmp_path):
    with pytest.raises(ChaingraphError, match="no format 'xml': one of parquet, csv, graphml"):
        files.write(small, "xml", tmp_path / "x")


@pytest.mark.parametrize("to", files.FORMATS)
def test_a_place_that_cannot_be_written_is_named_with_the_remedy(small, tmp_path, to):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ChaingraphError, match=r"cannot write .*file/x.*Choose another place"):
        files.write(small, to, tmp_path / "file" / "x")
