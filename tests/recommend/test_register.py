import io
import math
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph import diagnose
from chaingraph.errors import ChaingraphError
from chaingraph.labels import label
from chaingraph.model import TargetStatus
from chaingraph.recommendation import Reason, Recommendation
from recommend import rank
from recommend.register import LONGEST_NOTE, Entry, TargetRegister, register_csv, register_frame, register_workbook, stale

PROJECT = Path(__file__).resolve().parents[2]
OWNER, OTHER = "专班甲", "专班乙"
HOSTILE = [
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\t=1+1",
    "'; DROP TABLE entries; --",
    "<script>alert(1)</script>",
    "𠮷\x00\x1b\ud800业",
]


class Calendar:
    """A day that is turned by hand."""

    def __init__(self):
        self.day = date(2030, 6, 1)

    def __call__(self):
        return self.day


def target(company="A-1", segment="p/part", region="330100", *, value=0.5, name="某公司", weights=(0.6, 0.4)):
    """A target whose score is 100 · value · first weight, the second signal not being known."""
    first, second = weights
    reasons = (
        Reason("distance", value, first, 100 * first * value, "近", "o"),
        Reason("ties", None, second, 0.0, "未知", ""),
    )
    return Recommendation(1, company, name, segment, segment, region, reasons, "", "", "")


@pytest.fixture
def calendar():
    return Calendar()


@pytest.fixture
def register(tmp_path, calendar):
    return TargetRegister(tmp_path, OWNER, today=calendar)


# --- the list ---------------------------------------------------------------------------------------------------------


def test_a_new_target_is_a_candidate_with_the_score_it_had(register):
    (entry,) = register.add(target(), data_version="v1")
    expected = Entry(
        OWNER, "330100", "p", "p/part", "A-1", "某公司", TargetStatus.CANDIDATE, "", 30.0, 0.6, "v1",
        (("distance", 0.6), ("ties", 0.4)), date(2030, 6, 1), date(2030, 6, 1),
    )  # fmt: skip
    assert entry == expected
    assert register.entries() == (expected,)


def test_adding_again_renews_the_score_and_keeps_note_and_status(register, calendar):
    (first,) = register.add(target(), data_version="v1")
    register.change(first.key, status=TargetStatus.LEAD, note="张总，周四回电")
    calendar.day += timedelta(days=9)
    (again,) = register.add(target(value=1.0, weights=(0.3, 0.7), name="某公司（新名）"), data_version="v2")
    assert register.entries() == (again,)
    assert (again.status, again.note, again.added_on) == (TargetStatus.LEAD, "张总，周四回电", date(2030, 6, 1))
    assert (again.score, again.coverage, again.data_version) == (pytest.approx(30.0), pytest.approx(0.3), "v2")
    assert (again.name, dict(again.weights)["ties"], again.changed_on) == ("某公司（新名）", 0.7, date(2030, 6, 10))


def test_adding_the_same_again_changes_nothing(register, calendar):
    (first,) = register.add(target(), data_version="v1")
    calendar.day += timedelta(days=1)
    assert register.add(target(), data_version="v1") == (first,)
    assert register.change(first.key, status=TargetStatus.CANDIDATE, note="") == first


def test_one_firm_may_be_kept_for_several_segments_and_regions(register):
    keys = [("330100", "p/part"), ("330100", "q/seat"), ("340100", "p/part")]
    register.add(*(target(segment=s, region=r) for r, s in keys), data_version="v1")
    assert [(e.region_code, e.segment_id) for e in register.entries()] == keys
    assert [e.segment_id for e in register.entries(region="330100")] == ["p/part", "q/seat"]
    assert [e.region_code for e in register.entries(chain="p")] == ["330100", "340100"]
    assert [e.key for e in register.entries(region="330100", chain="q")] == [("330100", "q/seat", "A-1")]
    assert register.entries(region="nowhere") == ()


def test_the_highest_score_comes_first(register):
    register.add(*(target(f"A-{n}", value=v) for n, v in enumerate([0.2, 0.9, 0.5])), data_version="v1")
    assert [e.company_id for e in register.entries()] == ["A-1", "A-2", "A-0"]


def test_status_and_note_change_apart_from_each_other(register, calendar):
    (entry,) = register.add(target(), data_version="v1")
    calendar.day += timedelta(days=1)
    for status in TargetStatus:
        assert register.change(entry.key, status=status).status is status
    changed = register.change(entry.key, note=" 第一行\r\n第二行 ")
    assert (changed.status, changed.note) == (TargetStatus.DROPPED, "第一行\n第二行")
    assert (changed.added_on, changed.changed_on) == (date(2030, 6, 1), date(2030, 6, 2))
    assert register.change(entry.key, note="").note == ""


def test_a_removed_target_is_gone_and_begins_anew_when_added(register):
    (entry,) = register.add(target(), data_version="v1")
    register.change(entry.key, status=TargetStatus.VISITED)
    assert register.remove(entry.key) is True
    assert register.remove(entry.key) is False
    assert register.entries() == ()
    with pytest.raises(ChaingraphError, match="请刷新页面") as told:
        register.change(entry.key, note="x")
    assert "reload" in told.value.args[0].en
    assert register.add(target(), data_version="v1")[0].status is TargetStatus.CANDIDATE


def test_a_score_that_is_not_known_stays_so(register):
    register.add(target(value=math.nan), target("A-2"), data_version="v1")
    known, unknown = register.entries()
    assert known.company_id == "A-2"
    assert math.isnan(unknown.score)
    assert math.isnan(register.to_pandas().loc[1, "score"])


def test_a_note_has_an_end(register):
    (entry,) = register.add(target(), data_version="v1")
    register.change(entry.key, note="字" * LONGEST_NOTE)
    with pytest.raises(ChaingraphError, match=f"最多 {LONGEST_NOTE} 个"):
        register.change(entry.key, note="字" * (LONGEST_NOTE + 1))
    assert register.entries()[0].note == "字" * LONGEST_NOTE


def test_nobody_has_no_list(tmp_path):
    with pytest.raises(ChaingraphError, match="请先登录"):
        TargetRegister(tmp_path, "")


def test_all_of_several_targets_are_kept_or_none(register):
    broken = target("A-2", region=None)
    with pytest.raises(sqlite3.IntegrityError):
        register.add(target("A-1"), broken, data_version="v1")
    assert register.entries() == ()


def test_real_targets_are_kept_as_they_were_ranked(tmp_path, graph):
    targets = rank(graph, diagnose(graph, "331000", "pump-motor"), top=5)
    register = TargetRegister(tmp_path, OWNER)
    register.add(*targets, data_version=graph.version)
    entries = register.entries("331000", "pump-motor")
    assert [(e.company_id, e.name, e.score) for e in entries] == [(t.company_id, t.name, t.score) for t in targets]
    assert all(sum(w for _, w in e.weights) == pytest.approx(1.0) for e in entries)
    assert stale(entries, graph) == ()


# --- owners -----------------------------------------------------------------------------------------------------------

NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
KEYS = st.tuples(st.sampled_from(["330100", "340100"]), st.sampled_from(["p/part", "q/seat"]), st.sampled_from(["A-1", "A-2"]))
ACTS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["add", "note", "status", "remove"]), KEYS, st.text(max_size=5)), max_size=12)  # fmt: skip


@settings(max_examples=40)
@given(owners=st.lists(NAMES, min_size=2, max_size=2, unique=True), acts=ACTS)
def test_two_owners_never_see_nor_change_each_others_list(tmp_path_factory, owners, acts):
    folder = tmp_path_factory.mktemp("owners")
    registers = [TargetRegister(folder, owner) for owner in owners]
    expected = ({}, {})
    for who, act, key, text in acts:
        mine, register = expected[who], registers[who]
        region, segment, company = key
        if act == "add":
            register.add(target(company, segment, region), data_version="v1")
            mine.setdefault(key, (TargetStatus.CANDIDATE, ""))
        elif act == "remove":
            assert register.remove(key) is (mine.pop(key, None) is not None)
        elif key not in mine:
            with pytest.raises(ChaingraphError):
                register.change(key, note=text)
        elif act == "status":
            register.change(key, status=TargetStatus.LEAD)
            mine[key] = (TargetStatus.LEAD, mine[key][1])
        else:
            mine[key] = (mine[key][0], register.change(key, note=text).note)
        for owner, one, theirs in zip(owners, registers, expected, strict=True):
            entries = one.entries()
            assert {e.owner for e in entries} <= {owner}
            assert {e.key: (e.status, e.note) for e in entries} == theirs


# --- processes --------------------------------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_register import target
from recommend.register import TargetRegister
folder, owner, name, count = Path(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])
register = TargetRegister(folder, owner)
print("ready", flush=True)
sys.stdin.readline()
for n in range(count):
    register.add(target(f"{name}-{n}"), data_version="v1")
    print(n, flush=True)
"""


def writer(folder, owner, name, count):
    """A process that adds targets, each told when it is kept, once it has been told to begin."""
    words = [sys.executable, "-c", WRITER, str(Path(__file__).parent), str(folder), owner, name, str(count)]
    process = subprocess.Popen(words, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def test_two_processes_that_write_at_once_lose_nothing(tmp_path):
    folder = tmp_path / "workspace"
    runs = [writer(folder, OWNER, name, 60) for name in ("a", "b")] + [writer(folder, OTHER, "c", 60)]
    for run in runs:
        run.stdin.write("\n")
        run.stdin.flush()
    for run in runs:
        run.communicate(timeout=120)
        assert run.returncode == 0
    kept = {e.company_id for e in TargetRegister(folder, OWNER).entries()}
    assert kept == {f"{name}-{n}" for name in "ab" for n in range(60)}
    assert len(TargetRegister(folder, OTHER).entries()) == 60


@pytest.mark.parametrize("after", [1, 7, 30])
def test_a_writer_that_is_killed_leaves_all_it_had_told_of(tmp_path, after):
    run = writer(tmp_path, OWNER, "a", 100_000)
    with run:
        run.stdin.write("\n")
        run.stdin.flush()
        told = [int(run.stdout.readline()) for _ in range(after)]
        # At no particular moment of a write.
        time.sleep(0.0013 * after)
        os.kill(run.pid, signal.SIGKILL)
        told += [int(line) for line in run.stdout.read().split("\n")[:-1]]
    kept = [int(e.company_id.removeprefix("a-")) for e in TargetRegister(tmp_path, OWNER).entries()]
    assert sorted(kept) in (told, [*told, len(told)])
    with closing(sqlite3.connect(tmp_path / "register.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    TargetRegister(tmp_path, OWNER).add(target("another"), data_version="v1")
    assert len(TargetRegister(tmp_path, OWNER).entries()) == len(kept) + 1


# --- what the data no longer have -------------------------------------------------------------------------------------


def test_stale_entries_are_those_whose_company_segment_or_region_has_gone(register, world, a_firm):
    graph = world([a_firm("A-1")])
    rows = [("A-1", "p/part", "330100"), ("A-9", "p/part", "330100"), ("A-1", "p/gone", "330100"), ("A-1", "p/part", "999999")]
    entries = register.add(*(target(*row) for row in rows), data_version="v1")
    assert stale(entries, graph) == entries[1:]


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def hostile(register):
    """Entries whose names and notes look like formulas, SQL, HTML and bytes that no file holds."""
    entries = register.add(*(target(f"A-{n}", name=text) for n, text in enumerate(HOSTILE)), data_version="v1")
    return tuple(register.change(e.key, note=text) for e, text in zip(entries, HOSTILE, strict=True))


def test_hostile_text_comes_back_as_text(register, hostile):
    assert {e.company_id: e.name for e in register.entries()} == {e.company_id: e.name for e in hostile}
    assert [e.name for e in hostile[:4]] == HOSTILE[:4]
    assert hostile[5].note == "'; DROP TABLE entries; --"
    assert hostile[7].name == "𠮷业"


def test_a_workbook_has_chinese_titles_and_only_text_in_its_text_cells(hostile):
    book = openpyxl.load_workbook(io.BytesIO(register_workbook(hostile, today=date(2030, 6, 1))))
    sheet = book["目标企业库"]
    titles = [cell.value for cell in sheet[1]]
    assert titles[:10] == ["企业", "地区", "产业链", "环节", "跟进状态", "备注", "得分", "覆盖度", "加入日期", "变动日期"]
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in rows] == [e.name for e in hostile]
    for row, entry in zip(rows, hostile, strict=True):
        assert {row[0].data_type, row[5].data_type} == {"s"}
        assert row[5].value == entry.note
        assert bool(row[5].quotePrefix) is entry.note.startswith(("=", "+", "-", "@"))
        assert row[6].value == pytest.approx(entry.score)
        assert row[8].value.date() == entry.added_on
        assert row[4].value == "备选"


def test_a_csv_begins_no_cell_like_a_formula(hostile):
    content = register_csv(hostile)
    assert content.startswith(b"\xef\xbb\xbf")
    frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert list(frame["企业"]) == [f"'{e.name}" if e.name.startswith(("=", "+", "-", "@")) else e.name for e in hostile]
    assert not [cell for column in ("企业", "备注") for cell in frame[column] if cell.startswith(("=", "+", "-", "@"))]
    assert set(frame["行政区划代码"]) == {"330100"}


def test_a_graph_gives_names_and_marks_what_is_gone(register, world, a_firm):
    graph = world([a_firm("A-1")])
    entries = register.add(target(value=0.6), target("A-9", value=0.5), data_version="v1")
    plain = pd.read_csv(io.BytesIO(register_csv(entries)), dtype=str, keep_default_na=False)
    named = pd.read_csv(io.BytesIO(register_csv(entries, graph)), dtype=str, keep_default_na=False)
    assert list(plain["地区"]) == ["330100", "330100"]
    assert list(named["地区"]) == ["本市", "本市"]
    assert list(named["产业链"]) == ["p链", "p链"]
    assert list(named[label("is_stale")]) == ["", "是"]
    assert list(named["所用权重"]) == ["距离 60.0%、关系渊源 40.0%"] * 2


def test_a_workbook_has_each_set_of_weights_once(register):
    sets = [(0.6, 0.4), (0.5, 0.5), (0.6, 0.4)]
    entries = register.add(*(target(f"A-{n}", weights=w) for n, w in enumerate(sets)), data_version="v1")
    book = openpyxl.load_workbook(io.BytesIO(register_workbook(entries)))
    column = [cell.value for cell in book["目标企业库"][1]].index("所用权重")
    assert [row[column].value for row in book["目标企业库"].iter_rows(min_row=2)] == ["1", "2", "1"]
    shown = [[cell.value for cell in row] for row in book["所用权重"].iter_rows()]
    assert shown == [["信号", "1", "2"], ["距离", 0.6, 0.5], ["关系渊源", 0.4, 0.5]]


def test_what_is_not_known_is_an_empty_cell_in_files(register):
    entries = register.add(target(value=math.nan), data_version="v1")
    frame = pd.read_csv(io.BytesIO(register_csv(entries)), dtype=str, keep_default_na=False)
    assert list(frame["得分"]) == [""]
    sheet = openpyxl.load_workbook(io.BytesIO(register_workbook(entries)))["目标企业库"]
    assert sheet["G2"].value is None


def test_an_empty_list_makes_files_too(register):
    assert len(pd.read_csv(io.BytesIO(register_csv(register.entries())))) == 0
    sheet = openpyxl.load_workbook(io.BytesIO(register_workbook(())))["目标企业库"]
    assert sheet["A2"].value == "（没有）"


def test_a_frame_has_the_fields_of_an_entry_also_when_empty(register):
    empty = register.to_pandas()
    register.add(target(), target("A-2", "q/seat"), data_version="v1")
    frame = register.to_pandas()
    assert list(empty.columns) == list(frame.columns) == list(Entry.__dataclass_fields__)
    assert dict(empty.dtypes.astype(str))["score"] == dict(frame.dtypes.astype(str))["score"] == "float64"
    assert list(register.to_pandas(chain="q")["company_id"]) == ["A-2"]
    pd.testing.assert_frame_equal(register_frame(register.entries()), frame)
    assert frame.loc[0, "weights"] == '{"distance": 0.6, "ties": 0.4}'
    assert frame.loc[0, "added_on"] == pd.Timestamp(2030, 6, 1)
