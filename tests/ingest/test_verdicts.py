"""Verdicts on the command line: written, at work at once, listed, replaced and taken back; two at once lose none."""

import json
import re
import threading
from datetime import date

import command_line
import pytest

import chaingraph as cg
from ingest import decisions, verdicts

TODAY = date.today().isoformat()
RESIN = "plastics/resin"


@pytest.fixture
def world(folder):
    """The folder as if written some years ago."""
    for path in [*folder.root.rglob("*.toml"), *folder.root.rglob("*.csv")]:
        path.write_text(re.sub("20(?:29|30)", "2019", path.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


@pytest.fixture
def run(world, tmp_path):
    known = {"CHAINGRAPH_DATA": str(world.root), "CHAINGRAPH_STORE": str(tmp_path / "store")}
    return lambda *words: command_line.run("decide", *words, **known)


def activity(world, company="A-600309"):
    rows = cg.open(world.root).tables["activities"].set_index(["company_id", "segment_id"])
    return rows.loc[(company, RESIN)]


def ledger(world):
    return decisions.read(world.root / "decisions")


def test_a_verdict_holds_for_the_next_command_and_is_taken_back(run, world, tmp_path):
    before, rows = activity(world), ledger(world)
    assert (before["verdict"], before["basis"]) == ("confirmed", "main_business")
    done = run("activity", "600309", RESIN, "rejected", "--reason", "已停产，另有“说明”", "--by", "王五")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    path = world.root / "decisions" / "activities.csv"
    assert done.stderr.startswith(f"{path}: 万华化学 · {RESIN} · rejected · 已停产")
    assert done.stderr.endswith(" · 树脂: rejected, by decision\n")
    now = activity(world)
    assert (now["verdict"], now["basis"], now["confidence"]) == ("rejected", "decision", 0)
    assert cg.open(tmp_path / "store").version == cg.open(world.root).version, "the store is of the new data"
    assert path.read_text(encoding="utf-8") == (
        "company,segment_id,verdict,reason,decided_on,decided_by\n"
        f"台州塑料有限公司,{RESIN},rejected,只做再生料,,\n"
        f"万华化学,{RESIN},rejected,已停产，另有“说明”,{TODAY},王五\n"
    )

    again = run("activity", "万华化学", RESIN, "to_review", "--reason", "再看")
    assert f"; it was 万华化学 · {RESIN} · rejected" in again.stderr
    assert len(ledger(world).activities) == len(rows.activities) + 1

    undone = run("undo", "activity", "A-600309", RESIN)
    assert undone.stderr.endswith("confirmed, by main_business\n")
    assert activity(world).equals(before)
    assert ledger(world) == rows


def test_a_pair_that_no_rule_found_comes_and_goes(run, world):
    assert run("activity", "宁波树脂", RESIN, "confirmed", "--reason", "看过").returncode == 0
    assert activity(world, "A-000001")["confidence"] == 1
    assert "no rule links them" in run("undo", "activity", "000001", RESIN).stderr


def test_a_verdict_written_into_the_table_itself_is_told_apart(run, world):
    world.edit(
        "companies/activities.csv", "0.9,main_business,聚乙烯树脂,True,listed,exchange", "1,decision,,True,listed,decisions"
    )
    run("activity", "万华化学", RESIN, "rejected", "--reason", "x")
    assert "that verdict stands in companies/activities.csv itself" in run("undo", "activity", "万华化学", RESIN).stderr


def test_names_and_seats_are_decided_by_what_people_call_them(run, world):
    before = ledger(world)
    assert run("name", "万华树脂厂", "万华化学", "--reason", "旧称").returncode == 0
    assert run("name", "另一个万华", "--separate", "--reason", "同名").returncode == 0
    assert run("seat", "宁波树脂", "台州", "--reason", "迁址").returncode == 0
    now = ledger(world)
    assert (now.names["万华树脂厂"], now.names["另一个万华"]) == ("600309", "separate")
    assert now.seats["宁波树脂股份有限公司"] == ("CN", "331000")
    assert cg.open(world.root).company("A-000001")["region_code"] == "331000"
    for words in (("name", "万华树脂厂"), ("name", "另一个万华"), ("seat", "000001")):
        assert run("undo", *words).returncode == 0
    assert ledger(world) == before


def test_the_ledger_is_listed(run, world):
    listed = run("list")
    assert listed.stdout.splitlines()[0] == "name\t万华\t600309\t简称\t\t"
    rows = json.loads(run("list", "--json").stdout)
    assert [row["on"] for row in rows] == ["name", "activity", "seat", "seat"]
    assert rows[3] == {
        "on": "seat", "company": "BASF", "country": "DE", "region_code": "", "reason": "公开常识", "decided_on": "", "decided_by": "",
    }  # fmt: skip


WRONG = {
    "a company nobody knows": (("activity", "万华化工", RESIN, "rejected", "--reason", "x"), "or '万华化学'?"),
    "a segment nobody knows": (
        ("activity", "万华化学", "plastics/resins", "rejected", "--reason", "x"),
        "Did you mean 'plastics/resin'",
    ),
    "a verdict of another word": (("activity", "万华化学", RESIN, "reject", "--reason", "x"), "Did you mean 'rejected'"),
    "a market": (
        ("activity", "万华化学", "plastics/packaging", "confirmed", "--reason", "x"),
        "is a market, which no company is in",
    ),
    "no reason": (("activity", "万华化学", RESIN, "rejected", "--reason", " "), "a verdict needs a reason"),
    "two lines": (("activity", "万华化学", RESIN, "rejected", "--reason", "a\nb"), "reason must be one line of text"),
    "a name without a meaning": (("name", "万华", "--reason", "x"), "or --separate where it is none"),
    "a name with two meanings": (("name", "万华", "万华化学", "--separate", "--reason", "x"), "or --separate where it is none"),
    "a seat nowhere": (("seat", "万华化学", "--reason", "x"), "give the region of a seat in China"),
    "a seat in no country": (("seat", "万华化学", "--country", "Germany", "--reason", "x"), "expected two capital letters"),
    "nothing to undo": (("undo", "name", "没有的"), "no verdict on 没有的: `chaingraph decide list` has those"),
}


def test_what_cannot_be_decided_is_said_and_nothing_is_written(run, world):
    before = {p: p.read_bytes() for p in (world.root / "decisions").glob("*.csv")}
    for words, message in WRONG.values():
        done = run(*words)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert message in done.stderr
        assert {p: p.read_bytes() for p in (world.root / "decisions").glob("*.csv")} == before


def test_a_ledger_with_a_fault_is_mended_first(tmp_path):
    text = "company,segment_id,verdict,reason\n甲,a/b,perhaps,x\n"
    (tmp_path / "activities.csv").write_text(text, encoding="utf-8")
    with pytest.raises(cg.ChaingraphError, match="'perhaps', expected one of"):
        verdicts.decide(tmp_path, "name", {"name": "乙", "means": "丙", "reason": "x"}, lambda _: False, date.today())
    assert not (tmp_path / "names.csv").exists()


def test_two_who_decide_at_once_lose_no_verdict(tmp_path):
    def decide(n):
        for i in range(8):
            row = {"name": f"企业{n}-{i}", "means": "separate", "reason": '有逗号，"引号"'}
            verdicts.decide(tmp_path, "name", row, lambda r, row=row: r["name"] == row["name"], date.today(), "甲")

    people = [threading.Thread(target=decide, args=(n,)) for n in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(decisions.read(tmp_path).names) == 32
    assert (tmp_path / "origin.toml").is_file()
    assert not list(tmp_path.glob(".*.part"))
