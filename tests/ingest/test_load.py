"""Each fault that can stand in a data folder, with the message that a person reads. The folder is that of conftest.py."""

from __future__ import annotations

import pytest

from chaingraph.errors import ChaingraphError, DataError
from chaingraph.tables import SPECS
from ingest import check_folder, load
from ingest.load import folder_version

REGIONS, INDUSTRIES = "reference/regions.csv", "reference/industries.csv"
SECTORS, COEFFICIENTS = "reference/io_sectors.csv", "reference/io_coefficients.csv"
COMPANIES, NAMES, ACTIVITIES = "companies/companies.csv", "companies/company_names.csv", "companies/activities.csv"
MEMBERSHIPS, TIES, LISTS = "companies/memberships.csv", "companies/ties.csv", "companies/firm_lists.csv"
LEADING_ZERO = "A leading zero was lost, as when a spreadsheet reads a code as a number: write it as text, "


def test_the_folder_without_fault_becomes_tables_with_rows_in_each(folder):
    tables, problems = folder.check()
    assert problems == []
    assert tables is not None
    assert {name for name, count in tables.counts().items() if count == 0} == set()
    assert set(tables) == set(SPECS)


def test_codes_stay_text_and_what_is_not_known_stays_missing(folder):
    tables, _ = folder.check()
    companies = tables["companies"].set_index("company_id")
    assert companies.loc["A-000001", "stock_code"] == "000001"
    assert tables["segments"].set_index("segment_id").loc["plastics/coal", "industry_codes"] == "0610"
    assert companies["revenue_cny"].isna().tolist() == [True, False, True]


def test_a_link_takes_its_strength_from_the_file_and_otherwise_from_the_sectors(folder):
    tables, _ = folder.check()
    links = tables["supply_links"].set_index(["supplier_id", "customer_id"])["strength"]
    assert links["plastics/coal", "plastics/resin"] == 0.1
    assert links["plastics/recycler", "plastics/resin"] == 0.2


CELLS = {
    # broken references
    "a region that is not there": (
        COMPANIES,
        "台州塑料有限公司,,,,,CN,331000",
        "台州塑料有限公司,,,,,CN,331001",
        "row 4, region_code: found '331001', expected a known region_code (table regions). "
        "Did you mean '331000' or '330000' or '330200'?",
    ),
    "a name where a region's code belongs": (
        COMPANIES,
        "台州塑料有限公司,,,,,CN,331000",
        "台州塑料有限公司,,,,,CN,台州市",
        "row 4, region_code: found '台州市' (a code of another form), expected six digits. That is a name; its code is '331000'.",
    ),
    "a segment that is not there": (
        ACTIVITIES,
        "plastics/resin",
        "plastics/resins",
        "row 2, segment_id: found 'plastics/resins', expected a known segment_id (table segments). "
        "Did you mean 'plastics/resin'?",
    ),
    "a company that is not there": (
        TIES,
        "A-600309",
        "A-600399",
        "row 2, other_id: found 'A-600399', expected a known company_id (table companies). Did you mean 'A-600309'?",
    ),
    # duplicated keys
    "a key twice": (
        COEFFICIENTS,
        "046,046",
        "007,046",
        f"row 3: found 007 · 046 again (first at {COEFFICIENTS} row 2), expected each key once. "
        "Remove one, or give it its own id.",
    ),
    # wrong types
    "a word where a number belongs": (
        COEFFICIENTS,
        "0.05",
        "five",
        "row 2, coefficient: found 'five' (no number), expected a number from 0 to 1 (yuan per yuan). "
        "Meaning: direct-input coefficient.",
    ),
    "a half where a whole number belongs": (
        MEMBERSHIPS,
        "2029,7,",
        "2029,7.5,",
        "row 2, rank: found '7.5' (no whole number), expected a whole number at least 1. "
        "Meaning: rank on the list, from 1; missing: the list has no order.",
    ),
    "a word where yes or no belongs": (
        ACTIVITIES,
        "True,listed",
        "ja,listed",
        "row 2, is_leading: found 'ja' (neither true nor false), expected true or false. "
        "Meaning: named as a leading firm of the segment.",
    ),
    "a day in another form": (
        COMPANIES,
        "1998-12-20",
        "20/12/1998",
        "row 2, founded_on: found '20/12/1998' (no date), expected a day such as 2024-05-31. Write it as YYYY-MM-DD.",
    ),
    "a day that no calendar has": (
        COMPANIES,
        "1998-12-20",
        "1998-02-30",
        "row 2, founded_on: found '1998-02-30' (no date), expected a day such as 2024-05-31. Write it as YYYY-MM-DD.",
    ),
    # impossible values
    "a share above 1": (
        SECTORS,
        "0.93",
        "93",
        "row 2, domestic_share: found 93, expected a number from 0 to 1 (share). Is the unit right? Meaning: "
        "domestic output staying at home ÷ all supply at home = (GO − EX) / (GO − EX + IM), of the sector, 2020.",
    ),
    "fewer than no employees": (
        COMPANIES,
        "25000",
        "-25000",
        "row 2, employees: found -25000, expected a whole number at least 0 (persons). Is the unit right? Meaning: employees.",
    ),
    "a day in the future": (
        COMPANIES,
        "1998-12-20",
        "2031-12-20",
        "row 2, founded_on: found 2031-12-20, expected not after 2030-06-30. Is the year mistyped?",
    ),
    "a year in the future": (
        LISTS,
        "2029",
        "2092",
        "row 2, year: found 2092, expected not after 2030-06-30. Is the year mistyped?",
    ),
    # unknown words and codes
    "an unknown word": (
        ACTIVITIES,
        "confirmed",
        "confirm",
        "row 2, verdict: found 'confirm' (an unknown word), expected one of confirmed, to_review, rejected. "
        "Did you mean 'confirmed'?",
    ),
    "a code of another form": (
        COMPANIES,
        "600309,CN",
        "600309,China",
        "row 2, country: found 'China' (a code of another form), expected two capital letters. "
        "Meaning: country of the seat, ISO 3166-1 alpha-2.",
    ),
    # origins
    "a row without origin": (
        NAMES,
        "former,exchange",
        "former,",
        "row 2, origin_id: found nothing, expected small letters, digits and hyphens. "
        "Name the source in origin.toml and put its id here.",
    ),
    "an unknown origin": (
        NAMES,
        "former,exchange",
        "former,exchanges",
        "row 2, origin_id: found 'exchanges', expected a known origin_id (table origins). Did you mean 'exchange'?",
    ),
    # codes that a spreadsheet read as numbers
    "a sector that lost its zeros": (
        SECTORS,
        "\n007,",
        "\n7,",
        f"row 2, io_sector: found '7' (a code of another form), expected three digits. {LEADING_ZERO}'007'.",
    ),
    "an industry that lost its zero": (
        INDUSTRIES,
        "\n06,",
        "\n6,",
        "row 2, industry_code: found '6' (a code of another form), expected a letter from A to T, or two to four digits. "
        f"{LEADING_ZERO}'06'.",
    ),
    "a stock code that lost its zeros": (
        COMPANIES,
        ",000001,CN",
        ",1,CN",
        f"row 3, stock_code: found '1' (a code of another form), expected six digits. {LEADING_ZERO}'000001'.",
    ),
    "a region that became a decimal number": (
        COMPANIES,
        "台州塑料有限公司,,,,,CN,331000",
        "台州塑料有限公司,,,,,CN,331000.0",
        "row 4, region_code: found '331000.0' (a code of another form), expected six digits. Write it as text, '331000'.",
    ),
    # what spans columns
    "a leading firm without evidence": (
        ACTIVITIES,
        "True,listed",
        "True,",
        "row 2: found is_leading without leading_evidence, expected page, listed or gk. Say how it is known that the firm leads.",
    ),
    # columns and rows
    "a column that is not known": (
        COMPANIES,
        ",employees,",
        ",employes,",
        "column employes: found 'employes', expected a column of the table. Did you mean 'employees'?",
    ),
    "a column twice": (
        REGIONS,
        "longitude_deg,latitude_deg",
        "longitude_deg,longitude_deg",
        "column longitude_deg: found 2 columns 'longitude_deg', expected each column once. Remove one.",
    ),
    "a comma outside quotes": (
        COMPANIES,
        "台州塑料有限公司",
        "台州塑料,有限公司",
        "row 4: found 22 cells, expected 21, as in the header. Put a text that holds a comma in quotes.",
    ),
    "a row cut short": (
        TIES,
        ",实际控制人,exchange",
        "",
        "row 2: found 3 cells, expected 5, as in the header. Fill in the missing cells.",
    ),
    "a quotation mark left open": (
        COMPANIES,
        "台州塑料有限公司",
        '"台州塑料有限公司',
        "line 4: found a quoted text that never ends, expected CSV. Is a quotation mark left open?",
    ),
}


@pytest.mark.parametrize("fault", list(CELLS))
def test_a_fault_in_a_csv_file_is_reported_once_and_in_words(folder, fault):
    file, old, new, message = CELLS[fault]
    folder.edit(file, old, new)
    tables, problems = folder.check()
    assert [str(problem) for problem in problems] == [f"{file} · {message}"]
    assert tables is None


def test_0610_that_became_610_in_the_table_of_industries_is_said_where_it_is_used(folder):
    folder.edit(INDUSTRIES, "0610", "610")
    assert folder.messages() == [
        "chains/plastics.toml · segments.coal, industry_codes: found '0610', expected a class of GB/T 4754-2017. "
        "The table of industries has '610': a leading zero was lost there."
    ]


def test_a_table_that_a_spreadsheet_read_as_numbers_throughout_says_so_row_by_row(folder):
    folder.edit(COEFFICIENTS, "007,046", "7,46")
    folder.edit(COEFFICIENTS, "046,046", "46,46")
    assert folder.messages() == [
        f"{COEFFICIENTS} · {row}, {column}: found '{lost}' (a code of another form), expected three digits. {LEADING_ZERO}'{code}'."
        for row, column, lost, code in [
            ("row 2", "customer_sector", "46", "046"),
            ("row 2", "supplier_sector", "7", "007"),
            ("row 3", "customer_sector", "46", "046"),
            ("row 3", "supplier_sector", "46", "046"),
        ]
    ]


def test_a_missing_column_is_named_with_its_meaning(folder):
    folder.edit(COMPANIES, "company_id,name_zh", "id,name_zh")
    assert folder.messages() == [
        f"{COMPANIES} · column company_id: found no such column, expected a column. "
        "Add it: a company: A-<stock code>, C-<hash of name> or F-<hash of name>.",
        f"{COMPANIES} · column id: found 'id', expected a column of the table. Did you mean 'company_id'?",
    ]


@pytest.mark.parametrize("column", ["supplier_sector", "customer_sector", "coefficient"])
def test_any_column_of_the_coefficients_may_be_missing_without_a_crash(folder, column):
    folder.edit(COEFFICIENTS, column, f"{column}_x")
    wheres = {problem.where for problem in folder.check()[1]}
    assert {f"column {column}", f"column {column}_x"} <= wheres


def test_a_coefficient_above_1_is_reported_once_and_not_at_the_links_that_take_it(folder):
    folder.edit(COEFFICIENTS, "046,046,0.2", "046,046,2")
    assert [(p.file, p.where, p.found) for p in folder.check()[1]] == [(COEFFICIENTS, "row 3, coefficient", "2")]


def test_a_fault_in_a_parquet_file_is_named_by_file_and_key(folder):
    folder.parquet("coverage", [{"region_code": "331999", "year": 2005, "registration_count": -1, "origin_id": "registrations"}])
    assert folder.messages() == [
        "presence/coverage.parquet · 331999 2005, region_code: found '331999', expected a known region_code (table regions). "
        "Did you mean '331000'?",
        "presence/coverage.parquet · 331999 2005, registration_count: found -1, expected a whole number at least 0 (companies). "
        "Is the unit right? Meaning: manufacturing registrations the source has there at all.",
    ]


def test_row_numbers_are_those_of_a_spreadsheet_behind_empty_and_many_line_rows(folder):
    folder.edit(SECTORS, "\n007,煤炭,Coal,", '\n\n007,"煤\n炭",Coal,')
    folder.edit(SECTORS, "046,合成材料,Synthetic materials,0.8", "046,合成材料,Synthetic materials,8")
    assert [(p.file, p.where) for p in folder.check()[1]] == [(SECTORS, "row 4, domestic_share")]


@pytest.mark.parametrize("file", [COMPANIES, REGIONS, "presence/presence.parquet"])
def test_a_missing_file_is_one_problem(folder, file):
    (folder.root / file).unlink()
    (problem,) = folder.check()[1]
    assert (problem.file, problem.kind, problem.found) == (file, "missing-file", "no such file")
    assert problem.remedy == "Restore it, or rebuild with `chaingraph data build`."


def test_a_folder_without_chains_says_that_they_are_missing(folder):
    (folder.root / "chains/plastics.toml").unlink()
    assert folder.messages() == [
        "chains/*.toml · file: found no such file, expected one file for each chain. Write or restore one."
    ]


def test_a_chain_removed_leaves_what_refers_to_it_broken(folder):
    text = (folder.root / "chains/plastics.toml").read_text(encoding="utf-8")
    folder.write("chains/rubber.toml", text.replace('id = "plastics"', 'id = "rubber"').encode())
    (folder.root / "chains/plastics.toml").unlink()
    found = {(p.file, p.where.rpartition(", ")[2], p.found) for p in folder.check()[1]}
    assert ("companies/activities.csv", "segment_id", "'plastics/resin'") in found
    assert ("programmes/ningbo.toml", "chain_id", "'plastics'") in found
    assert ("programmes/ningbo.toml", "chain", "'plastics'") in found
    assert ("presence/presence.parquet", "segment_id", "'plastics/resin'") in found
    assert ("decisions/activities.csv", "segment_id", "'plastics/resin'") in found


def test_load_raises_all_problems_at_once(folder):
    folder.edit(SECTORS, "0.93", "93")
    folder.edit(ACTIVITIES, "confirmed", "confirm")
    with pytest.raises(DataError) as raised:
        load(folder.root)
    assert [p.kind for p in raised.value.problems if p.kind != "future-date"] == ["unknown-word", "impossible-value"]


def test_a_folder_that_is_not_there_is_an_error_with_a_remedy(tmp_path):
    with pytest.raises(ChaingraphError, match=r"no folder '.*nowhere': give the data folder, such as data/"):
        check_folder(tmp_path / "nowhere")


def test_the_version_follows_the_bytes_of_the_files(folder):
    first = folder_version(folder.root)
    assert folder_version(folder.root) == first
    (folder.root / "notes.txt").write_text("no data", encoding="utf-8")
    assert folder_version(folder.root) == first
    folder.edit(SECTORS, "Coal", "coal")
    second = folder_version(folder.root)
    (folder.root / SECTORS).rename(folder.root / "reference/sectors.csv")
    assert len({first, second, folder_version(folder.root)}) == 3


def test_the_shipped_data_have_no_problem(tables):
    counts = tables.counts()
    assert counts["chains"] == 50
    assert counts["segments"] == 442
    assert counts["programmes"] == 5
    assert min(counts.values()) > 0
