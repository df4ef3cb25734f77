"""Signals that other packages bring: they count for whoever names them, as declared, and change nothing for others."""

from __future__ import annotations

import sys

import openpyxl
import pytest
from planted_packages import plant

from chaingraph import ChaingraphError, DataError, diagnose, labels
from chaingraph.cli.terminal import show_target
from chaingraph.export import write_targets
from chaingraph.phrases import said
from chaingraph.sections import read_weights, weights_table
from dashboard.charts import waterfall
from recommend import Weights, gather, shortlist
from recommend.signals import SIGNALS

HOME = "330100"
MODULE = """
from chaingraph.phrases import NOTHING, Phrase
from recommend.catalogue import DeclaredSignal
from recommend.signals import Signal

def staff(setting, candidate):
    number = candidate.company["employees"]
    return None if number is None else Signal(number / 1000, Phrase("员工", "staff"), Phrase("人少", "few"), "o-companies")

def fails(setting, candidate):
    raise ZeroDivisionError("by nought")

def declared(function):
    return DeclaredSignal(
        function, Phrase("员工人数", "staff"), Phrase("多", "many"), 25, 0.2, Phrase("人多好办事", "many hands")
    )

STAFF, FAILS, WRONG = declared(staff), declared(fails), declared(lambda *_: 0.5)
NOT_A_NUMBER = declared(lambda *_: Signal(float("nan"), NOTHING, NOTHING, ""))
"""


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """Install a package that brings the signal `staff`; nothing of it is left after the test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(labels, "_BARE", dict(labels._BARE))

    def install(attribute="STAFF"):
        plant(tmp_path, "planted_signals", MODULE, ("signals", "staff", attribute))
        monkeypatch.delitem(sys.modules, "planted_signals", raising=False)

    return install


@pytest.fixture
def weights(tmp_path):
    """Lines for `staff` → weights in which every shipped signal counts `each`."""

    def load(more="[staff]", each=1.0):
        shipped = "\n".join(f"[{n}]\nweight = {each}\nwhen_unknown = 0.5" for n in SIGNALS)
        (tmp_path / "mine.toml").write_text(f"{shipped}\n{more}\n", encoding="utf-8")
        return Weights.load(tmp_path / "mine.toml")

    return load


@pytest.fixture
def staffed(world, a_firm):
    return world([a_firm("C-0001", employees=900), a_firm("C-0002", employees=100), a_firm("C-0003")])


def test_a_signal_that_is_installed_changes_nothing_for_who_does_not_name_it(bring, staffed, weights):
    before = shortlist(staffed, diagnose(staffed, HOME, "p"))
    bring("FAILS")
    assert list(Weights.load().of) == list(SIGNALS)
    assert list(weights("").of) == list(SIGNALS)
    assert shortlist(staffed, diagnose(staffed, HOME, "p")) == before


@pytest.mark.parametrize("each", [1.0, 100.0])
def test_a_signal_that_is_named_counts_as_declared_on_the_scale_of_the_file(bring, weights, each):
    bring()
    own = weights(each=each)
    assert list(own.of) == [*SIGNALS, "staff"]
    # Declared is 25 beside shipped weights of 100: a fifth of all, whatever the file's own scale.
    assert own.of["staff"].weight == pytest.approx(0.2)
    assert sum(w.weight for w in own.of.values()) == pytest.approx(1)
    assert (own.of["staff"].when_unknown, said(own.of["staff"].reason, "en")) == (0.2, "many hands")


def test_a_file_may_say_otherwise_of_it(bring, weights):
    bring()
    own = weights('[staff]\nweight = 12\nwhen_unknown = 0.9\nreason = "试"').of["staff"]
    assert (own.weight, own.when_unknown, own.reason) == (0.5, 0.9, "试")


def test_it_is_a_reason_like_any_other(bring, staffed, weights):
    bring()
    own, found = weights(), diagnose(staffed, HOME, "p")
    ranking = shortlist(staffed, found, 10, "p/part", own)
    reasons = {t.company_id: next(r for r in t.reasons if r.signal == "staff") for t in ranking.targets}
    assert {c: (r.value, round(r.points, 9), r.text) for c, r in reasons.items()} == {
        "C-0001": (0.9, 18.0, "员工"),
        "C-0002": (0.1, 2.0, "员工"),
        "C-0003": (None, 4.0, "未知"),
    }
    for target in ranking.targets:
        assert target.score == pytest.approx(sum(r.points for r in target.reasons))
    last = next(t for t in ranking.targets if t.company_id == "C-0003")
    assert "staff" in last.not_known
    assert next(t for t in ranking.targets if t.company_id == "C-0001").rank == 1
    few = next(t for t in ranking.targets if t.company_id == "C-0002")
    assert few.against == "人少"


def test_its_label_stands_in_the_sheet_of_weights_the_workbook_and_the_waterfall(bring, staffed, weights, tmp_path, capsys):
    bring()
    own, found = weights(), diagnose(staffed, HOME, "p")
    ranking = shortlist(staffed, found, 10, "p/part", own)
    frame = own.to_pandas()
    assert ["staff", "员工人数", 0.2] in [[*row[:2], round(row[2], 9)] for row in weights_table(read_weights(frame))[1]]
    chart = waterfall(ranking.targets[0], "en", "light")
    assert "staff" in str(chart)
    show_target(ranking.targets[0], "zh")
    assert "员工人数" in capsys.readouterr().out
    write_targets(tmp_path / "t.xlsx", found, ranking.targets, ranking.excluded, frame, staffed.tables["origins"])
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert "员工人数" in {cell.value for row in book["目标企业"].iter_rows(max_row=3) for cell in row}
    assert "员工人数" in {row[3] for row in book["证据"].iter_rows(values_only=True)}


def test_sliders_move_it(bring, staffed, weights):
    bring()
    own, found = weights(), diagnose(staffed, HOME, "p")
    evidence = gather(staffed, found, "p/part", own.of)
    changed = evidence.ranked(own.changed({"staff": 0}))
    assert changed == shortlist(staffed, found, 30, "p/part", own.changed({"staff": 0}))
    assert all(r.points == 0 for t in changed.targets for r in t.reasons if r.signal == "staff")
    with pytest.raises(ChaingraphError, match="differ in the signals staff"):
        evidence.ranked(Weights.load())


@pytest.mark.parametrize(
    ("attribute", "told"),
    [
        ("FAILS", "failed (ZeroDivisionError: by nought)"),
        ("WRONG", "failed (TypeError: gave 0.5 for C-0001, expected a Signal with a number, or None)"),
        ("NOT_A_NUMBER", "expected a Signal with a number, or None)"),
        ("staff", "found a function, expected a recommend.catalogue.DeclaredSignal"),
        ("NOT_THERE", "cannot be imported (AttributeError"),
    ],
)
def test_a_broken_one_is_a_line_that_names_its_package(bring, staffed, weights, attribute, told):
    bring(attribute)
    with pytest.raises(ChaingraphError) as caught:
        shortlist(staffed, diagnose(staffed, HOME, "p"), 10, "p/part", weights())
    text = str(caught.value)
    assert text.startswith(f"package planted_signals 1.0, chaingraph.signals: staff = planted_signals:{attribute}: ")
    assert told in text
    assert "\n" not in text


def test_a_misspelt_one_and_a_wrong_number_are_faults_of_the_file(bring, weights):
    bring()
    with pytest.raises(DataError) as caught:
        weights("[staf]\nweight = 1\nwhen_unknown = 0.5")
    (problem,) = caught.value.problems
    assert (problem.where, problem.kind, problem.remedy) == ("staf", "unknown-key", "Did you mean 'staff'?")
    with pytest.raises(DataError) as caught:
        weights("[staff]\nwhen_unknown = 2")
    assert [p.where for p in caught.value.problems] == ["staff.when_unknown"]


@pytest.mark.parametrize(("weight", "unknown"), [(-1, 0.5), (float("nan"), 0.5), (float("inf"), 0.5), (1, 1.5), (1, -0.1)])
def test_a_declaration_with_impossible_numbers_is_refused(weight, unknown):
    from chaingraph.phrases import Phrase
    from recommend.catalogue import DeclaredSignal

    words = Phrase("词", "word")
    with pytest.raises(ChaingraphError, match="expected a weight from 0 and when_unknown from 0 to 1"):
        DeclaredSignal(lambda *_: None, words, words, weight, unknown, words)
