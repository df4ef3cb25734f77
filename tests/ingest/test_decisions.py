"""The ledger of human verdicts: what it says, and what is wrong with it, all at once."""

from __future__ import annotations

import pytest

from chaingraph.errors import DataError
from ingest import decisions
from ingest.decisions import Decisions

NAMES, ACTIVITIES, SEATS = "decisions/names.csv", "decisions/activities.csv", "decisions/seats.csv"


def test_the_ledger_is_read(folder):
    assert decisions.read(folder.root / "decisions") == Decisions(
        names={"万华": "600309"},
        activities={("台州塑料有限公司", "plastics/resin"): "rejected"},
        seats={"台州塑料有限公司": ("CN", "331000"), "BASF": ("DE", "")},
    )


def test_no_ledger_is_an_empty_ledger(tmp_path):
    assert decisions.read(tmp_path / "decisions") == Decisions({}, {}, {})


def test_a_folder_without_a_ledger_has_no_problem(folder):
    for file in (NAMES, ACTIVITIES, SEATS):
        (folder.root / file).unlink()
    assert folder.messages() == []


def activities(folder):
    tables, problems = folder.check()
    assert problems == []
    return tables["activities"].set_index(["company_id", "segment_id"])


OF_PLASTICS = ("C-0a1b2c3d", "plastics/recycler")


def test_a_verdict_holds_as_soon_as_it_stands_in_the_ledger_and_not_longer(folder):
    plain = activities(folder)
    assert plain.loc[OF_PLASTICS, ["verdict", "basis"]].tolist() == ["to_review", "name"]
    rows = "台州塑料有限公司,plastics/recycler,confirmed,看过\n000001,plastics/resin,to_review,待查\n"
    folder.append(ACTIVITIES, rows)
    decided = activities(folder)
    assert decided.loc[OF_PLASTICS].drop("leading_evidence").tolist() == [
        "confirmed",
        1.0,
        "decision",
        "塑料",
        False,
        "decisions",
    ]
    assert decided.loc[("A-000001", "plastics/resin"), ["verdict", "confidence", "is_leading"]].tolist() == [
        "to_review",
        0.0,
        False,
    ]
    assert len(decided) == len(plain) + 1
    folder.edit(ACTIVITIES, rows, "")
    assert activities(folder).equals(plain)


def test_putting_a_ledger_on_top_twice_changes_nothing(folder):
    folder.append(ACTIVITIES, "万华化学,plastics/resin,rejected,停产\n")
    ledger = decisions.read(folder.root / "decisions")
    tables, _ = folder.check()
    once, companies = tables["activities"], tables["companies"]
    assert once.query("segment_id == 'plastics/resin' and company_id == 'A-600309'")["verdict"].tolist() == ["rejected"]
    assert decisions.applied(once, companies, ledger).equals(once)
    assert decisions.seated(companies, ledger).equals(companies)


def test_a_verdict_on_a_company_that_is_not_there_does_nothing(folder):
    before = activities(folder)
    folder.append(ACTIVITIES, "无此企业,plastics/resin,confirmed,试\n")
    assert activities(folder).equals(before)


def test_a_seat_holds_as_soon_as_it_stands_in_the_ledger(folder):
    folder.append(SEATS, "宁波树脂股份有限公司,CN,330200,迁址\n万华化学集团股份有限公司,DE,,试\n")
    tables, _ = folder.check()
    seats = tables["companies"].set_index("company_id")[["country", "region_code"]]
    before = {"A-600309": "DE", "A-000001": "CN"}
    assert seats["country"].to_dict() | before == seats["country"].to_dict()
    assert seats.loc["A-000001", "region_code"] == "330200"


def test_verdicts_without_the_passport_of_their_rows_are_a_problem(folder):
    folder.edit("decisions/origin.toml", 'origin_id = "decisions"', 'origin_id = "mine"')
    assert any(m.startswith("decisions/origin.toml · origins: found no origin 'decisions'") for m in folder.messages())


FAULTS = {
    "an unknown verdict": (
        ACTIVITIES,
        "rejected",
        "reject",
        "row 2, verdict: found 'reject', expected one of confirmed, to_review, rejected. Did you mean 'rejected'?",
    ),
    "no verdict": (ACTIVITIES, "rejected", "", "row 2, verdict: found nothing, expected text. Fill in verdict."),
    "a segment that is not there": (
        ACTIVITIES,
        "plastics/resin",
        "plastics/resins",
        "row 2, segment_id: found 'plastics/resins', expected a known segment_id (table segments). "
        "Did you mean 'plastics/resin'?",
    ),
    "a region that is not there": (
        SEATS,
        "331000",
        "339900",
        "row 2, region_code: found '339900', expected a known region_code (table regions). Did you mean '330000' or '330200' or '331000'?",
    ),
    "a name twice": (
        NAMES,
        "万华,600309,简称",
        "万华,600309,简称\n万华,separate,另一家",
        "row 3: found 万华, expected one verdict. Keep the verdict that holds.",
    ),
    "a missing column": (
        SEATS,
        "country",
        "land",
        "column country: found no such column, expected a column. The columns are company, country, region_code, reason.",
    ),
    "a comma outside quotes": (
        NAMES,
        "简称",
        "简称,常用",
        "row 2: found 4 cells, expected 3, as in the header. Put a text that holds a comma in quotes.",
    ),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_in_the_ledger_is_reported_by_the_check_of_the_folder(folder, fault):
    file, old, new, message = FAULTS[fault]
    folder.edit(file, old, new)
    assert folder.messages() == [f"{file} · {message}"]


def test_reading_a_faulty_ledger_raises_all_its_problems(folder):
    folder.edit(ACTIVITIES, "rejected", "reject")
    folder.edit(NAMES, "简称", "简称,常用")
    folder.edit(SEATS, "BASF", "")
    with pytest.raises(DataError) as raised:
        decisions.read(folder.root / "decisions")
    assert [(p.file, p.kind) for p in raised.value.problems] == [
        (ACTIVITIES, "unknown-word"),
        (NAMES, "wrong-width"),
        (SEATS, "missing-value"),
    ]


def test_ids_are_not_looked_up_where_none_are_known(folder):
    folder.edit(ACTIVITIES, "plastics/resin", "rubber/tyre")
    _, problems = decisions.check(folder.root / "decisions")
    assert problems == []


def test_a_ledger_is_not_called_broken_when_a_chain_could_not_be_read(folder):
    folder.write("chains/plastics.toml", b"[")
    assert [(p.file, p.kind) for p in folder.check()[1]] == [("chains/plastics.toml", "unreadable")]


def test_a_ledger_in_gbk_is_one_problem(folder):
    path = folder.root / NAMES
    folder.write(NAMES, path.read_text(encoding="utf-8").encode("gbk"))
    assert folder.messages() == [
        f'{NAMES} · line 2: found text in GBK, expected text in UTF-8. Save it again as UTF-8; in Excel choose "CSV UTF-8".'
    ]
