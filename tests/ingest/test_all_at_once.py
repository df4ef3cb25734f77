"""Twelve different faults in a copy of the shipped data, all reported at once; `chaingraph check` on the command line."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def chaingraph_check(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would."""
    command = [sys.executable, "-m", "chaingraph", "check", *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, check=False, encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped data."""
    return shutil.copytree(PROJECT / "data", tmp_path / "data")


def change(path: Path, column: str, value: str, chosen: Callable[[dict[str, str]], bool] = lambda row: True) -> str:
    """Put a value into the first row that is chosen; return its place as the check names it."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *cells = list(csv.reader(file))
    at = next(i for i, row in enumerate(cells) if chosen(dict(zip(header, row, strict=True))))
    cells[at][header.index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *cells])
    return f"row {at + 2}, {column}"


def replace_once(path: Path, old: str, new: str) -> int:
    """Replace the first place of a text; return its line."""
    before, found, after = path.read_text(encoding="utf-8").partition(old)
    assert found, f"{path.name} has no {old!r}"
    path.write_text(f"{before}{new}{after}", encoding="utf-8")
    return before.count("\n") + 1


def put_twelve_faults_into(data: Path) -> set[tuple[str, str, str]]:
    """Return file, place and kind of the faults."""
    reference, companies, chains = data / "reference", data / "companies", data / "chains"
    expected = set()

    where = change(reference / "regions.csv", "parent_code", "330001", lambda row: row["region_code"] == "331000")
    expected.add(("reference/regions.csv", where, "broken-reference"))

    with (reference / "industries.csv").open("a", encoding="utf-8") as file:
        file.write("0610,烟煤,gbt4754-2017\n")
    last = len((reference / "industries.csv").read_text(encoding="utf-8").splitlines())
    expected.add(("reference/industries.csv", f"row {last}", "duplicate-key"))

    where = change(reference / "io_coefficients.csv", "coefficient", "five percent")
    expected.add(("reference/io_coefficients.csv", where, "wrong-type"))

    where = change(reference / "io_sectors.csv", "domestic_share", "93.33")
    expected.add(("reference/io_sectors.csv", where, "impossible-value"))

    where = change(companies / "companies.csv", "founded_on", "2199-12-22", lambda row: row["company_id"] == "A-000001")
    expected.add(("companies/companies.csv", where, "future-date"))

    where = change(companies / "activities.csv", "verdict", "confirm")
    expected.add(("companies/activities.csv", where, "unknown-word"))

    where = change(companies / "ties.csv", "origin_id", "")
    expected.add(("companies/ties.csv", where, "missing-origin"))

    (data / "presence" / "origin.toml").unlink()
    expected.add(("presence/origin.toml", "file", "missing-origin"))

    replace_once(chains / "power-battery.toml", "recycling = true\n", "")
    expected.add(("chains/power-battery.toml", "links battery-recycle → cathode", "supply-loop"))

    with (chains / "pump-motor.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[segments]]\nid = "engine"\nname_zh = "电机"\nname_en = "Motors again"\nstage = "midstream"\n')
        file.write('kind = "making"\nio_sector = "086"\n')
    expected.add(("chains/pump-motor.toml", "segments.engine", "segment-twin"))

    line = replace_once(chains / "coal-chemical.toml", '["0610", ', "[0610, ")
    expected.add(("chains/coal-chemical.toml", f"line {line}, column 20", "wrong-code"))

    lists = companies / "firm_lists.csv"
    lists.write_bytes(lists.read_text(encoding="utf-8").encode("gbk"))
    expected.add(("companies/firm_lists.csv", "line 2", "unreadable"))
    return expected


def test_twelve_different_faults_are_all_reported_at_once_and_nothing_else(copy):
    expected = put_twelve_faults_into(copy)
    assert len(expected) == 12

    done = chaingraph_check(str(copy), "--json")
    problems = json.loads(done.stdout)
    assert {(p["file"], p["where"], p["kind"]) for p in problems} == expected
    assert len(problems) == 12
    assert all(p["found"] and p["expected"] and p["remedy"] for p in problems)
    assert done.returncode == 2
    assert "12 problem(s)" in done.stderr

    read = chaingraph_check(str(copy))
    assert read.returncode == 2
    lines = read.stdout.splitlines()
    assert lines == [f"{p['file']} · {p['where']}: found {p['found']}, expected {p['expected']}. {p['remedy']}" for p in problems]
    assert "Traceback" not in read.stdout + read.stderr


def test_the_shipped_data_pass_on_the_command_line(copy):
    done = chaingraph_check(str(copy))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.rstrip().endswith("no problem")


def test_the_shipped_data_pass_as_json(copy):
    done = chaingraph_check(str(copy), "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_a_folder_that_is_not_there_exits_2_without_a_traceback(tmp_path):
    done = chaingraph_check(str(tmp_path / "nowhere"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip().endswith(f"no folder '{tmp_path / 'nowhere'}': give the data folder, such as data/")
    assert "Traceback" not in done.stderr


def test_an_empty_folder_exits_2_and_names_every_missing_file(tmp_path):
    done = chaingraph_check(str(tmp_path), "--json")
    problems = json.loads(done.stdout)
    assert done.returncode == 2
    assert {p["kind"] for p in problems} == {"missing-file"}
    assert {"companies/companies.csv", "presence/presence.parquet", "chains/*.toml"} <= {p["file"] for p in problems}
