"""Whatever stands in a cell, behind a key or in a file: the check reports it and never raises."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaingraph.errors import Problem
from chaingraph.tables import Tables

CSV = [
    "reference/regions.csv",
    "reference/industries.csv",
    "reference/io_sectors.csv",
    "reference/io_coefficients.csv",
    "companies/companies.csv",
    "companies/company_names.csv",
    "companies/activities.csv",
    "companies/establishments.csv",
    "companies/firm_lists.csv",
    "companies/memberships.csv",
    "companies/ties.csv",
    "decisions/names.csv",
    "decisions/activities.csv",
    "decisions/seats.csv",
]
TOML = ["chains/plastics.toml", "programmes/ningbo.toml", "companies/origin.toml", "chains/origin.toml", "programmes/origin.toml"]
NUMBERS = ["nan", "NaN", "inf", "-inf", "1e400", "1e30", "-1", "007", "1.0", "0x10", "9" * 400, "-9223372036854775809"]
DAYS = ["2024-02-30", "0000-00-00", "9999-12-31", "2024-01-01T00:00:00"]
CODES = ["0610", "610", "３３１０００", "台州市", "331000", "plastics/resin", "A-600309", "a/b/c", "__file__", "__where__"]
SIGNS = ["", " ", "TRUE", "None", "<NA>", "/", ";", "；", "=1+1", "\u200b", "\ufeff", "\u2028", "'"]
TEXT = st.one_of(
    st.sampled_from(NUMBERS), st.sampled_from(DAYS), st.sampled_from(CODES), st.sampled_from(SIGNS), st.text(max_size=12)
)
SINGLE = ["1", "-1", "0610", "610", "1.5", "nan", "inf", "1e400", "true", "2024-01-01", "2024-01-01T00:00:00Z", "07:32:00"]
NESTED = ["[]", "[[]]", "[1]", '["a", 1]', '[""]', '["26;51"]', "{}", "{a = 1}", "[{a = 1}]", '[{id = "coal"}]', "[{id = 1}]"]
BROKEN = ['[{supplier = "coal"}]', "[{supplier = [1], customer = {}}]", "'a\nb'", "9" * 5000, "[" * 2000, "", "=", '"']
LITERALS = st.one_of(
    TEXT.map(lambda text: json.dumps(text, ensure_ascii=True)),
    st.sampled_from(SINGLE),
    st.sampled_from(NESTED),
    st.sampled_from(BROKEN),
)
EVERYTHING = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sound(answer: tuple[Tables | None, list[Problem]]) -> None:
    """Either tables or problems, and problems that can be printed, sorted and sent as JSON."""
    tables, problems = answer
    assert (tables is None) == bool(problems)
    assert problems == sorted(set(problems))
    for problem in problems:
        assert all(isinstance(text, str) for text in problem.as_dict().values())
        assert str(problem).encode()
        assert len(problem.found) < 1000


@given(st.sampled_from(CSV), st.integers(0, 9), st.integers(0, 30), TEXT, st.booleans())
@EVERYTHING
def test_no_cell_of_a_csv_file_makes_the_check_raise(folder, file, row, column, text, twice):
    path = folder.root / file
    original = path.read_bytes()
    rows = list(csv.reader(io.StringIO(original.decode(), newline="")))
    rows[row % len(rows)][column % len(rows[0])] = text
    rows += [rows[row % len(rows)]] * twice
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    try:
        path.write_bytes(out.getvalue().encode())
        sound(folder.check())
    finally:
        path.write_bytes(original)


@given(st.sampled_from(TOML), st.integers(0, 99), LITERALS)
@EVERYTHING
def test_no_value_of_a_toml_file_makes_the_check_raise(folder, file, line, literal):
    path = folder.root / file
    original = path.read_bytes()
    lines = original.decode().splitlines()
    keyed = [number for number, text in enumerate(lines) if " = " in text]
    at = keyed[line % len(keyed)]
    lines[at] = f"{lines[at].partition(' = ')[0]} = {literal}"
    try:
        path.write_bytes("\n".join(lines).encode())
        sound(folder.check())
    finally:
        path.write_bytes(original)


@given(st.sampled_from(TOML), st.integers(0, 99), TEXT)
@EVERYTHING
def test_no_key_or_heading_of_a_toml_file_makes_the_check_raise(folder, file, line, text):
    path = folder.root / file
    original = path.read_bytes()
    lines = original.decode().splitlines()
    at = line % len(lines)
    key = json.dumps(text, ensure_ascii=True)
    lines[at] = f"{key} = {lines[at].partition(' = ')[2]}" if " = " in lines[at] else f"[{key}]"
    try:
        path.write_bytes("\n".join(lines).encode())
        sound(folder.check())
    finally:
        path.write_bytes(original)


@given(
    st.sampled_from(CSV + TOML),
    st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=4), st.integers(0, 30)), min_size=1, max_size=4),
)
@EVERYTHING
def test_no_damage_to_the_bytes_of_a_file_makes_the_check_raise(folder, file, damages):
    path = folder.root / file
    original = path.read_bytes()
    data = bytearray(original)
    for place, put, cut in damages:
        start = place % (len(data) + 1)
        data[start : start + cut] = put
    try:
        path.write_bytes(bytes(data))
        sound(folder.check())
    finally:
        path.write_bytes(original)


@pytest.mark.parametrize("file", CSV + TOML)
def test_any_file_may_be_missing(folder, file):
    (folder.root / file).unlink()
    sound(folder.check())
