"""The tables as files for elsewhere: other programs read what they hold, and they come back as they were."""

import json
import math
import warnings
from datetime import date

import frictionless
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from chaingraph import ChaingraphError, Tables, build, exchange
from chaingraph.checks import check
from chaingraph.exchange import datapackage
from chaingraph.exchange.excerpt import excerpt
from chaingraph.tables import SPECS, conform


def test_parquet_gives_every_table_back_as_it_is(small, tmp_path):
    exchange.write(small, "parquet", tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {f"{name}.parquet" for name in SPECS}
    for name in SPECS:
        found = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        # Parquet counts a day's moment in milliseconds: the same day, another unit.
        assert_frame_equal(conform(name, found), small.tables[name], check_exact=True)
        assert list(found.columns) == list(SPECS[name].columns)


def test_csv_gives_numbers_days_and_codes_back_and_nothing_that_a_spreadsheet_would_run(small, tmp_path):
    exchange.write(small, "csv", tmp_path)
    text = (tmp_path / "companies.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    found = pd.read_csv(tmp_path / "companies.csv", dtype="str", keep_default_na=False, encoding="utf-8-sig")
    safe = ["'=1+1", "'@SUM(A1)", "'+8613", "'-1", "'\t制表", "普通", "负-号", "''=已有", "'''+两个", "'撇号"]
    assert found["name_zh"].tolist() == safe
    assert found["stock_code"].tolist() == ["000001", "0610", "", "1e5", "", "600000", "NULL", "NA", "nan", ""]
    assert found["founded_on"].tolist() == ["1999-01-02"] * 3 + [""] * 7
    numbers = [float(v) if v else math.nan for v in found["revenue_cny"]]
    assert numbers == pytest.approx(small.tables["companies"]["revenue_cny"].tolist(), rel=0, abs=0, nan_ok=True)
    assert found["employees"].tolist() == ["0", "", str(2**53 + 1), "1", "2", "3", "4", str(-(2**63)), str(2**63 - 1), "5"]


def test_a_data_package_comes_back_as_the_tables_it_was_written_from(small, awkward, tmp_path):
    for n, graph in enumerate((small, awkward)):
        exchange.write(graph, "csv", tmp_path / str(n))
        found = datapackage.read(tmp_path / str(n))
        assert found.version == graph.version
        for name in SPECS:
            assert_frame_equal(found[name], graph.tables[name], check_exact=True)
    assert math.copysign(1, datapackage.read(tmp_path / "0")["companies"]["revenue_cny"][7]) == -1


def test_the_shipped_tables_come_back_from_a_data_package(graph, tmp_path):
    exchange.write(graph, "csv", tmp_path)
    found = datapackage.read(tmp_path)
    for name in SPECS:
        assert found[name].equals(graph.tables[name]), name


@settings(max_examples=10)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=40))
def test_any_text_comes_back_from_a_data_package_and_none_begins_a_formula(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("names")
    companies = pd.DataFrame({"company_id": [f"C-{i:04d}" for i in range(len(names))], "name_zh": names})
    tables = Tables.of({"companies": companies})
    exchange.write(build(tables), "csv", folder)
    assert datapackage.read(folder)["companies"]["name_zh"].tolist() == names
    raw = pd.read_csv(folder / "companies.csv", dtype="str", keep_default_na=False, encoding="utf-8-sig")["name_zh"]
    assert not raw.str.startswith(("=", "+", "-", "@", "\t", "\r")).any()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot read .*Give the folder of a whole package"),
        ("{}", "no data package"),
        ("[]", "no data package"),
        ("{", "no data"),
    ],
)
def test_a_folder_that_is_no_data_package_is_named_with_the_remedy(tmp_path, content, words):
    if content is not None:
        (tmp_path / "datapackage.json").write_text(content)
    with pytest.raises(ChaingraphError, match=words):
        datapackage.read(tmp_path)


def validated(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own
        return frictionless.validate(str(folder / "datapackage.json"))


@pytest.fixture(scope="module")
def package(graph, tmp_path_factory):
    """The data package of one chain of the shipped data."""
    folder = tmp_path_factory.mktemp("package") / "pumps"
    exchange.write(graph, "csv", folder, "泵与电机")
    return folder


def test_an_independent_library_finds_the_package_valid_with_every_row_and_reference(package, graph):
    report = validated(package)
    assert report.valid, report.flatten(["type", "message"])
    rows = {task.name: task.stats["rows"] or 0 for task in report.tasks if "rows" in task.stats}
    written = datapackage.read(package).counts()
    assert {name: n for name, n in written.items() if n} == {name: n for name, n in rows.items() if n}
    assert rows["segments"] == len(graph.chain_segments("pump-motor"))


@pytest.mark.parametrize(
    ("table", "old", "new", "fault"),
    [
        ("activities", "pump-motor/pump-metal", "pump-motor/nowhere", "foreign-key"),
        ("segments", "upstream", "uphill", "constraint-error"),
        ("companies", "A-002122,", "A-002101,", "primary-key"),
        ("supply_links", "True", "perhaps", "type-error"),
    ],
)
def test_the_library_finds_what_we_break_in_the_package(package, tmp_path, table, old, new, fault):
    described = json.loads((package / "datapackage.json").read_text())
    kept = {
        table,
        *(k["reference"]["resource"] for r in described["resources"] if r["name"] == table for k in r["schema"]["foreignKeys"]),
    }
    described["resources"] = [r for r in described["resources"] if r["name"] in kept]
    for r in described["resources"]:
        if r["name"] != table:
            r["schema"]["foreignKeys"] = []
        text = (package / r["path"]).read_text(encoding="utf-8-sig")
        (tmp_path / r["path"]).write_text(text.replace(old, new) if r["name"] == table else text, encoding="utf-8-sig")
        assert r["name"] != table or old in text
    (tmp_path / "datapackage.json").write_text(json.dumps(described))
    assert {e for (e,) in validated(tmp_path).flatten(["type"])} == {fault}


def test_the_description_says_type_unit_key_reference_and_terms(package):
    described = json.loads((package / "datapackage.json").read_text())
    resources = {r["name"]: r for r in described["resources"]}
    assert list(resources) == list(SPECS)
    fields = {f["name"]: f for f in resources["presence"]["schema"]["fields"]}
    assert (fields["capital_cny"]["type"], fields["capital_cny"]["unit"]) == ("number", "yuan")
    assert resources["supply_links"]["schema"]["primaryKey"] == ["supplier_id", "customer_id"]
    assert {"fields": "supplier_id", "reference": {"resource": "segments", "fields": "segment_id"}} in resources["supply_links"][
        "schema"
    ]["foreignKeys"]
    assert [s["origin_id"] for s in resources["presence"]["sources"]] == ["registrations"]
    assert {"name": "Apache-2.0", "title": "Apache-2.0"} in resources["segments"]["licenses"]


def test_an_excerpt_has_all_of_its_chain_and_every_reference_leads_somewhere(graph):
    found = excerpt(graph.tables, "pump-motor")
    checked, problems = check(found.frames, date(2030, 1, 1))
    assert not problems
    assert checked
    assert found.version == graph.version
    whole = graph.tables
    for name in ("segments", "programme_chains"):
        assert_frame_equal(found[name], whole[name].query("chain_id == 'pump-motor'").reset_index(drop=True))
    for name in ("activities", "presence"):
        mine = whole[name]["segment_id"].str.startswith("pump-motor/")
        assert_frame_equal(found[name], whole[name][mine].reset_index(drop=True))
    assert set(found["companies"]["company_id"]) >= set(found["activities"]["company_id"])
    assert len(found["companies"]) < len(whole["companies"])


def test_a_file_that_is_there_is_replaced_and_nothing_is_left_beside_it(small, tmp_path):
    (tmp_path / "companies.csv").write_text("old")
    (tmp_path / "mine.txt").write_text("not ours")
    exchange.write(small, "csv", tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {f"{name}.csv" for name in SPECS} | {"mine.txt", "datapackage.json"}
    assert "old" not in (tmp_path / "companies.csv").read_text()
