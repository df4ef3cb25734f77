"""Files that cannot be read, or only in part: encodings, damage, emptiness — one problem each, never a crash."""

from __future__ import annotations

import csv
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from chaingraph.checks import check
from ingest.files import read_csv, read_parquet, read_toml, shown

FILES = [
    "reference/regions.csv",
    "companies/companies.csv",
    "decisions/seats.csv",
    "companies/origin.toml",
    "chains/plastics.toml",
    "programmes/ningbo.toml",
]
PRESENCE = "presence/presence.parquet"
RESTORE = "Restore it, or rebuild with `chaingraph data build`."
UTF8 = 'Save it again as UTF-8; in Excel choose "CSV UTF-8".'


def first_line_in(text: str) -> int:
    """The number of the first line that is not plain ASCII."""
    return next(number for number, line in enumerate(text.splitlines(), start=1) if not line.isascii())


@pytest.mark.parametrize("file", FILES)
def test_a_file_in_gbk_is_one_problem_that_says_so(folder, file):
    text = (folder.root / file).read_text(encoding="utf-8")
    folder.write(file, text.encode("gbk"))
    assert folder.messages() == [f"{file} · line {first_line_in(text)}: found text in GBK, expected text in UTF-8. {UTF8}"]


@pytest.mark.parametrize("file", FILES)
def test_a_file_in_utf_16_is_one_problem_that_says_so(folder, file):
    folder.write(file, (folder.root / file).read_text(encoding="utf-8").encode("utf-16"))
    assert folder.messages() == [f"{file} · line 1: found text in UTF-16, expected text in UTF-8. {UTF8}"]


@pytest.mark.parametrize("file", FILES)
def test_binary_garbage_is_one_problem(folder, file):
    folder.write(file, b"\x00\x01\x02" + bytes(range(128, 256)) * 9)
    assert folder.messages() == [
        f"{file} · line 1: found bytes that are not UTF-8, expected text in UTF-8. Is it a text file at all? Save it as UTF-8."
    ]


@pytest.mark.parametrize("file", FILES)
def test_zero_bytes_are_one_problem(folder, file):
    path = folder.root / file
    folder.write(file, path.read_bytes() + b"\n\x00\x00")
    line = path.read_text(encoding="utf-8").count("\n") + 1
    assert folder.messages() == [
        f"{file} · line {line}: found a zero byte, expected text in UTF-8. It is no text file: restore it."
    ]


@pytest.mark.parametrize("file", FILES)
def test_a_byte_order_mark_is_no_fault(folder, file):
    folder.write(file, b"\xef\xbb\xbf" + (folder.root / file).read_bytes())
    assert folder.messages() == []


@pytest.mark.parametrize("file", FILES)
def test_line_ends_of_windows_are_no_fault(folder, file):
    folder.write(file, (folder.root / file).read_bytes().replace(b"\n", b"\r\n"))
    assert folder.messages() == []


@pytest.mark.parametrize("file", [name for name in FILES if name.endswith(".csv")])
def test_an_empty_csv_file_is_one_problem(folder, file):
    folder.write(file, b"")
    assert folder.messages() == [f"{file} · file: found an empty file, expected a header and rows. Restore it."]


def test_an_empty_chain_file_names_what_it_needs(folder):
    folder.write("chains/plastics.toml", b"")
    needed = {(p.where, p.kind) for p in folder.check()[1]}
    assert needed == {(key, "missing-value") for key in ("id", "name_zh", "name_en", "confidence", "segments")}


def test_a_csv_file_with_a_header_alone_is_an_empty_table(folder):
    header = (folder.root / "companies/ties.csv").read_text(encoding="utf-8").splitlines()[0]
    folder.write("companies/ties.csv", f"{header}\n".encode())
    tables, problems = folder.check()
    assert problems == []
    assert tables.counts()["ties"] == 0


def test_a_column_missing_from_a_table_without_rows_is_named_by_its_file(folder):
    folder.write("companies/ties.csv", b"company_id,other_id,tie_text,origin_id\n")
    assert [(p.file, p.where, p.kind) for p in folder.check()[1]] == [("companies/ties.csv", "column tie_kind", "missing-column")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = [", "end of document: found Invalid value, expected TOML."),
        ("a = 1\na = 2\n", "line 2, column 6: found Cannot overwrite a value, expected TOML."),
        ("name = 泵", "line 1, column 8: found Invalid value, expected TOML."),
        ("a = '", 'end of document: found Expected "\'", expected TOML.'),
        ("a = " + "9" * 5000, "file: found Exceeds the limit (4300 digits) for integer string conversion"),
        ("a = " + "[" * 5000, "file: found brackets nested too deep, expected TOML."),
        ('a = "0610"\nb = 0610', "line 2, column 6: found 0610 (a number where a code is a string), expected text in quotes."),
    ],
)
def test_broken_toml_is_one_problem_at_its_line(tmp_path, text, message):
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    content, problems = read_toml(path, "x.toml")
    assert content == {}
    (problem,) = problems
    assert str(problem).startswith(f"x.toml · {message}")


def test_a_folder_in_place_of_a_file_is_one_problem(folder):
    (folder.root / "chains/rubber.toml").mkdir()
    assert folder.messages() == ["chains/rubber.toml · file: found Is a directory, expected a file. Restore it."]


def test_a_name_that_is_not_utf_8_can_be_shown(tmp_path):
    assert shown(tmp_path / "chains" / "\udcb1\udcc3.toml", tmp_path) == r"chains/\udcb1\udcc3.toml"


def test_a_cell_longer_than_a_csv_reader_takes_is_a_problem(tmp_path):
    # Libraries that other tests use raise the limit for the whole process.
    csv.field_size_limit(131_072)
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" + "x" * 200_000 + ",1\n", encoding="utf-8")
    frame, problems = read_csv(path, "x.csv")
    assert frame is None
    assert [(p.where, p.kind) for p in problems] == [("line 2", "unreadable")]


def test_csv_cells_stay_the_text_they_are(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('a,b\n0610,NA\n"1,5",nan\n,"x\ny"\n\n,\n', encoding="utf-8")
    frame, problems = read_csv(path, "x.csv")
    assert problems == []
    assert frame["a"].tolist()[:2] == ["0610", "1,5"]
    assert frame["a"].isna().tolist() == [False, False, True]
    assert frame["b"].tolist() == ["NA", "nan", "x\ny"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "Parquet file size is 0 bytes"),
        (b"region_code,year\n331000,2005\n", "Parquet magic bytes not found in footer"),
        (b"PAR1", "Parquet file size is 4 bytes, smaller than the minimum file footer (8 bytes)"),
    ],
)
def test_a_parquet_file_that_is_none_is_one_problem(folder, content, found):
    folder.write(PRESENCE, content)
    assert folder.messages() == [f"{PRESENCE} · file: found {found}, expected a Parquet table. {RESTORE}"]


ROW = {"region_code": "331000", "segment_id": "plastics/resin", "period": "2001-05", "company_count": 4}
ROW |= {"capital_cny": 2e7, "capital_sq_cny2": 1.5e14, "origin_id": "registrations"}


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("region_code", 331000, "331000 (a number where a code is a string), expected six digits. Write it as text, '331000'."),
        ("region_code", ["331000"], "array(['331000'], dtype=object) (several values where one belongs), expected six digits."),
        ("company_count", 4.5, "4.5 (no whole number), expected a whole number at least 0 (companies)."),
        ("company_count", True, "True (no number), expected a whole number at least 0 (companies)."),
        ("capital_cny", float("inf"), "inf, expected a number at least 0 (yuan)."),
        ("capital_cny", None, "nothing, expected a number at least 0 (yuan)."),
    ],
)
def test_a_parquet_column_of_another_type_is_a_problem(folder, column, value, said):
    parquet.write_table(
        pa.table({name: [value if name == column else cell] for name, cell in ROW.items()}), folder.root / PRESENCE
    )
    (message,) = folder.messages()
    assert message.startswith(f"{PRESENCE} · ")
    assert f", {column}: found {said}" in message


def test_a_parquet_column_that_means_the_same_in_another_type_is_taken(folder):
    row = {**ROW, "company_count": "4", "capital_cny": Decimal("1.5")}
    parquet.write_table(pa.table({name: [cell] for name, cell in row.items()}), folder.root / PRESENCE)
    tables, problems = folder.check()
    assert problems == []
    assert tables["presence"].loc[0, ["company_count", "capital_cny"]].tolist() == [4, 1.5]


SINK = pa.BufferOutputStream()
parquet.write_table(pa.table({name: [cell] for name, cell in ROW.items()}), SINK)
PARQUET = SINK.getvalue().to_pybytes()


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_parquet_file_never_makes_the_check_raise(folder, data):
    sound = bytearray(PARQUET)
    for place in data.draw(st.lists(st.integers(0, len(sound) - 1), min_size=1, max_size=6)):
        sound[place] = data.draw(st.integers(0, 255))
    folder.write(PRESENCE, bytes(sound))
    frame, problems = read_parquet(folder.root / PRESENCE, PRESENCE)
    assert (frame is None) == bool(problems)
    if frame is not None:
        tables, found = check({"presence": frame})
        assert tables is None
        assert found, "without regions and segments the references of the row are broken at least"
