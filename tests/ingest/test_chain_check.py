"""One chain file while it is written: every problem at its line, help with codes, rows it would leave behind, hints."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from chaingraph.errors import ChaingraphError, DataError
from ingest.chain_check import ChainCheck, check_chain

FILE, TODAY = "plastics.toml", date(2030, 6, 30)


@pytest.fixture
def check(folder, tmp_path):
    """Check the small chain with some of its text replaced."""

    def run(*changes: tuple[str, str], name: str = FILE) -> ChainCheck:
        text = (folder.root / "chains" / FILE).read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return check_chain(tmp_path / name, folder.root, TODAY)

    return run


def told(found: ChainCheck) -> list[str]:
    return [str(problem) for problem in found.problems]


def test_a_sound_file_has_no_problem(check):
    assert told(check()) == []


PLANTED = {
    "a word that is not known": (
        ('stage = "midstream"', 'stage = "midstraem"'),
        "plastics.toml · line 21, segments.resin.stage: found 'midstraem', expected one of upstream, midstream, downstream. "
        "Did you mean 'midstream'?",
    ),
    "a key that is not known": (
        ("location_bound", "locationbound"),
        "plastics.toml · line 12, segments.coal.locationbound: found the key locationbound, expected a key of the format. "
        "Did you mean 'location_bound'?",
    ),
    "a supplier that is not there": (
        ('supplier = "coal"', 'supplier = "coals"'),
        "plastics.toml · line 47, links.coals → resin.supplier: found 'plastics/coals', expected a known segment_id (table segments). "
        "Did you mean 'plastics/coal'?",
    ),
    "an empty name": (
        ('name_zh = "煤炭"', 'name_zh = ""'),
        "plastics.toml · line 8, segments.coal.name_zh: found nothing, expected text. Fill it in: Chinese name.",
    ),
    "an essential link into a market": (
        ('customer = "packaging"\nessential = false', 'customer = "packaging"\nessential = true'),
        "plastics.toml · line 52, links resin → packaging: found essential = true, expected false for a link into a market. "
        "Set essential = false, or the segment's kind to making.",
    ),
    "an id twice": (
        ('id = "recycler"', 'id = "coal"'),
        "plastics.toml · line 30, segments.coal: found plastics/coal again (first at plastics.toml segments.coal), "
        "expected each key once. Remove one, or give it its own id.",
    ),
    "an id that is not the file's name": (
        ('id = "plastics"', 'id = "plastic"'),
        "plastics.toml · line 1, id: found 'plastic', expected 'plastics', the file's name. Rename the file or mend the id.",
    ),
    "a name of the chain left empty": (
        ('name_en = "Plastics"', 'name_en = ""'),
        "plastics.toml · line 3, name_en: found nothing, expected text. Fill it in: English name.",
    ),
    "no TOML at all": (
        ('id = "resin"', 'id = "resin'),
        "plastics.toml · line 18, column 12: found Illegal character '\\n', expected TOML. "
        "Texts and codes stand in quotes. See https://toml.io for the format.",
    ),
}


@pytest.mark.parametrize(("change", "message"), PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_told_at_its_line(check, change, message):
    assert message in told(check(change))


def test_a_code_that_is_not_known_is_proposed_by_the_names_of_the_segment(check):
    (sector,) = told(check(('io_sector = "007"', 'io_sector = "777"')))
    assert sector == (
        "plastics.toml · line 15, segments.coal.io_sector: found '777', expected a known io_sector (table io_sectors). "
        "By its name: '007' (煤炭); reference/io_sectors.csv lists all."
    )
    (code,) = told(check(('"0610"', '"0611"')))
    assert "By its name: '06' (煤炭开采和洗选业), '0610' (烟煤和无烟煤开采洗选);" in code
    (missing,) = told(check(('io_sector = "007"', 'io_sector = ""')))
    assert "found nothing, expected three digits. By its name: '007' (煤炭)" in missing


def test_problems_stand_in_the_order_of_their_lines(check):
    found = told(
        check(
            ('name_en = "Plastics"', 'name_en = ""'),
            ('customer = "resin"\nessential = true', 'customer = "resins"\nessential = true'),
        )
    )
    assert [p.split(",")[0] for p in found] == ["plastics.toml · line 3", "plastics.toml · line 48"]


def test_rows_of_a_segment_that_went_are_named_with_what_it_may_be_called_now(check):
    lost = ('id = "resin"', 'id = "resins"')
    messages = told(check(lost, ('customer = "resin"\nessential = true', 'customer = "resins"\nessential = true')))
    assert (
        "plastics.toml · segments: found no segment 'plastics/resin', expected one, for 1 row in companies/activities.csv and 1 row "
        "in presence/presence.parquet. Did you mean 'plastics/resins'?"
    ) in messages


def test_a_new_chain_leaves_nothing_behind(check):
    assert told(check(('id = "plastics"', 'id = "plastics-two"'), name="plastics-two.toml")) == []


def hinted(found: ChainCheck) -> list[tuple[str, str]]:
    return [(hint.rule, hint.where) for hint in found.hints]


def test_hints_say_where_and_are_no_problems(check):
    assert hinted(check()) == [
        ("no-source", "file"),
        ("no-leading-firm", "line 6, segments.coal"),
        ("no-terms", "line 6, segments.coal"),
        ("no-products", "line 17, segments.resin"),
        ("no-industry-code", "line 30, segments.recycler"),
        ("no-leading-firm", "line 30, segments.recycler"),
        ("no-products", "line 30, segments.recycler"),
        ("no-terms", "line 30, segments.recycler"),
    ]


HINTS = {
    "no-essential-input": (
        ('customer = "resin"\nessential = true', 'customer = "resin"\nessential = false'),
        "line 17, segments.resin",
    ),
    "shared-term": (
        (
            'io_sector = "046"\n\n[[segments]]\nid = "packaging"',
            'io_sector = "046"\nlexicon = {specific = ["聚乙烯树脂"]}\n\n[[segments]]\nid = "packaging"',
        ),
        "line 30, segments.recycler",
    ),
    "missing-stage": (('stage = "upstream"', 'stage = "midstream"'), "file"),
    "direction-conflict": (
        ('stage = "upstream"', 'stage = "downstream"'),
        "line 46, links coal → resin",
    ),
    "doubled-product": (('["无烟煤"]', '["树脂"]'), "line 17, segments.resin"),
}


@pytest.mark.parametrize(("change", "where"), HINTS.values(), ids=HINTS)
def test_a_planted_gap_is_hinted_at_its_line(check, change, where):
    rule = next(name for name, (planted, _) in HINTS.items() if planted == change)
    assert (rule, where) not in hinted(check())
    assert (rule, where) in hinted(check(change))


def test_while_an_entry_cannot_be_read_nothing_is_missed(check):
    assert hinted(check(('stage = "upstream"', 'stage = "upstraem"'))) == []


def test_a_broken_context_says_its_own_problems(folder, tmp_path):
    shutil.copy(folder.root / "chains" / FILE, tmp_path / FILE)
    (folder.root / "reference/io_sectors.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"reference/io_sectors\.csv"):
        check_chain(tmp_path / FILE, folder.root, TODAY)
    with pytest.raises(ChaingraphError, match="no folder"):
        check_chain(tmp_path / FILE, tmp_path / "nowhere", TODAY)
    with pytest.raises(ChaingraphError, match=r"ends in \.toml"):
        check_chain(folder.root / "reference/regions.csv", folder.root, TODAY)


@pytest.mark.parametrize("chain", ["pump-motor", "power-battery"])
def test_a_shipped_chain_is_sound_and_its_hints_are_few(chain):
    data = Path(__file__).resolve().parents[2] / "data"
    found = check_chain(data / "chains" / f"{chain}.toml", data)
    assert found.problems == ()
    assert len(found.hints) < len(found.chain.segments)
