"""Problems and errors: one line a person can act on, and suggestions that are near and known."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph.errors import ChaingraphError, DataError, Problem, UnknownNameError, did_you_mean, nearest

PROBLEM = Problem("reference/regions.csv", "row 3, parent_code", "broken-reference", "'33'", "a code", "Did you mean '330000'?")


def test_a_problem_reads_as_one_line():
    line = "reference/regions.csv · row 3, parent_code: found '33', expected a code. Did you mean '330000'?"
    assert str(PROBLEM) == line


def test_a_problem_as_a_mapping_has_its_fields_in_order_and_goes_into_json():
    assert list(PROBLEM.as_dict()) == ["file", "where", "kind", "found", "expected", "remedy"]
    assert Problem(**json.loads(json.dumps(PROBLEM.as_dict()))) == PROBLEM


def test_problems_are_ordered_by_file_then_place():
    first = Problem("a.csv", "row 9", "z", "", "", "")
    second = Problem("b.csv", "row 1", "a", "", "", "")
    third = Problem("b.csv", "row 2", "a", "", "", "")
    assert sorted([third, second, first]) == [first, second, third]


def test_a_data_error_counts_and_lists_all_problems():
    other = Problem("a.csv", "file", "missing-file", "no such file", "a table", "Restore it.")
    error = DataError([PROBLEM, other])
    assert error.problems == (other, PROBLEM)
    assert str(error).splitlines() == ["2 problems", str(other), str(PROBLEM)]
    assert str(DataError([other])).startswith("1 problem\n")
    assert isinstance(error, ChaingraphError)


def test_an_unknown_name_is_answered_with_the_nearest():
    error = UnknownNameError("segment", "正极才料", ["正极材料", "负极材料", "隔膜"])
    assert error.suggestions[0] == "正极材料"
    assert str(error).startswith("no segment '正极才料'. Did you mean '正极材料'")
    assert "隔膜" not in str(error)


def test_an_unknown_name_with_nothing_near_gets_the_hint_alone():
    error = UnknownNameError("chain", "qqqq", ["泵与电机"], hint="See `chaingraph list`.")
    assert error.suggestions == []
    assert str(error) == "no chain 'qqqq'. See `chaingraph list`."


@pytest.mark.parametrize(
    ("found", "known", "expected"),
    [
        ("pump-whol", ["pump-whole", "pump-seal", "motor"], ["pump-whole"]),
        ("esential", ["supplier", "customer", "essential"], ["essential"]),
        ("331001", ["331000", "331002", "110000"], ["331000", "331002"]),
        ("", ["a", "b"], []),
        ("台州", [], []),
        ("twice", ["twice", "twice"], ["twice"]),
    ],
)
def test_the_nearest_words(found, known, expected):
    assert nearest(found, known) == expected


def test_words_far_behind_the_best_are_not_offered():
    assert nearest("location_boud", ["id", "location_bound", "kind", "note"]) == ["location_bound"]


def test_the_floor_keeps_distant_words_out():
    assert nearest("staff", ["company_status", "stock_code"], floor=70) == []


@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=12), st.integers(1, 5))
def test_suggestions_are_known_words_without_repetition_and_not_more_than_asked_for(found, known, limit):
    offered = nearest(found, known, limit=limit)
    assert set(offered) <= set(known)
    assert len(offered) == len(set(offered)) <= limit


@given(st.text(alphabet="abcdefghij泵电机材料", min_size=1, max_size=12), st.lists(st.text(max_size=12), max_size=12))
def test_a_known_word_is_its_own_nearest(word, others):
    assert nearest(word, [*others, word])[0] == word


def test_suggestions_are_put_in_a_question():
    assert did_you_mean([]) == ""
    assert did_you_mean(["正极材料"]) == "Did you mean '正极材料'?"
    assert did_you_mean(["a", "b", "c"]) == "Did you mean 'a' or 'b' or 'c'?"
