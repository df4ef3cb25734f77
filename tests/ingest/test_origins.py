"""Passports: every folder with data has one, every entry is complete, and a missing one is one problem, not a thousand."""

from __future__ import annotations

import pytest

from ingest.origins import read_origins

COMPANIES = "companies/origin.toml"
REMEDY = "Write [[origins]] with publisher, licence, date; origins = [] where other folders' passports cover the rows."


def test_every_passport_below_the_folder_is_read(folder):
    origins, problems = read_origins(folder.root)
    assert problems == []
    assert sorted(origins["origin_id"]) == [
        "chain-facts",
        "chain-judgement",
        "decisions",
        "exchange",
        "registrations",
        "standards",
    ]
    assert set(origins["retrieved_on"]) == {"2030-01-01"}


@pytest.mark.parametrize("place", ["reference", "companies", "presence", "programmes", "decisions", "chains"])
def test_a_folder_without_a_passport_is_one_problem(folder, place):
    (folder.root / place / "origin.toml").unlink()
    assert folder.messages() == [
        f"{place}/origin.toml · file: found no such file, expected a passport in every data folder. "
        "Write one: [[origins]] with publisher, licence, date."
    ]


def test_a_new_folder_with_data_needs_a_passport(folder):
    (folder.root / "extra").mkdir()
    folder.write("extra/own.csv", b"a\n1\n")
    assert [(p.file, p.kind) for p in folder.check()[1]] == [("extra/origin.toml", "missing-origin")]


def test_a_folder_without_data_needs_none(folder):
    (folder.root / "maps").mkdir()
    folder.write("maps/readme.md", b"x")
    assert folder.messages() == []


def test_an_unknown_origin_is_found_beside_a_missing_passport(folder):
    (folder.root / "presence/origin.toml").unlink()
    folder.edit("companies/company_names.csv", "former,exchange", "former,exchanges")
    folder.edit("companies/memberships.csv", "万华化学,exchange", "万华化学,")
    assert [(p.file, p.kind) for p in folder.check()[1]] == [
        ("companies/company_names.csv", "broken-reference"),
        ("companies/memberships.csv", "missing-origin"),
        ("presence/origin.toml", "missing-origin"),
    ]


FAULTS = {
    "a key that is not known": (
        'title = "A table"',
        'title = "A table"\nlicense = "MIT"',
        "origins 1 (exchange), license: found the key license, expected a key of the format. Did you mean 'licence'?",
    ),
    "a value left out": (
        'licence = "MIT"\n',
        "",
        "origins 1 (exchange), licence: found nothing, expected text. "
        "Fill it in: licence of the source, or what is known of its terms.",
    ),
    "a day in the future": (
        "2030-01-01",
        "2030-07-01",
        "origins 1 (exchange), retrieved_on: found 2030-07-01, expected not after 2030-06-30. Is the year mistyped?",
    ),
    "a word where a day belongs": (
        "2030-01-01",
        '"January"',
        "origins 1 (exchange), retrieved_on: found 'January' (no date), expected a day such as 2024-05-31. Write it as YYYY-MM-DD.",
    ),
    "an unknown word": (
        '"single-source"',
        '"one-source"',
        "origins 1 (exchange), confidence_level: found 'one-source' (an unknown word), expected one of verified, single-source, "
        "mixed, general-knowledge, judgement, computed, not-found. Did you mean 'single-source'?",
    ),
    "a list where a text belongs": (
        'licence = "MIT"',
        'licence = ["MIT"]',
        "origins 1 (exchange), licence: found ['MIT'] (several values where one belongs), expected text. "
        "Meaning: licence of the source, or what is known of its terms.",
    ),
    "one table in place of a list of tables": (
        "[[origins]]",
        "[origins]",
        f"origins: found something else, expected [[origins]] entries. {REMEDY}",
    ),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_in_a_passport_is_named_by_entry_and_key(folder, fault):
    old, new, message = FAULTS[fault]
    folder.edit(COMPANIES, old, new)
    assert folder.messages() == [f"{COMPANIES} · {message}"]


def test_a_passport_under_another_heading_says_what_is_missing(folder):
    folder.edit(COMPANIES, "[[origins]]", "[[origin]]")
    assert folder.messages() == [
        f"{COMPANIES} · origin: found the key origin, expected a key of the format. Did you mean 'origins'?",
        f"{COMPANIES} · origins: found nothing, expected [[origins]] entries. {REMEDY}",
    ]


@pytest.mark.parametrize("origins", ['["exchange"]', "[1]", "[[]]", '"exchange"', "{}", "true"])
def test_origins_that_are_no_tables_are_a_problem_and_no_crash(folder, origins):
    folder.write(COMPANIES, f"origins = {origins}\n".encode())
    assert folder.messages() == [f"{COMPANIES} · origins: found something else, expected [[origins]] entries. {REMEDY}"]


def test_an_empty_list_of_origins_is_enough_where_others_cover_the_rows(folder):
    assert (folder.root / "programmes/origin.toml").read_text(encoding="utf-8") == "origins = []\n"
    assert folder.messages() == []


def test_one_origin_described_twice_is_a_duplicate(folder):
    folder.edit("reference/origin.toml", '"standards"', '"exchange"')
    twice = [str(p) for p in folder.check()[1] if p.kind == "duplicate-key"]
    assert twice == [
        "reference/origin.toml · origins 1 (exchange): found exchange again (first at companies/origin.toml origins 1 (exchange)), "
        "expected each key once. Remove one, or give it its own id."
    ]
