"""Places on many lists at once are those of one list after the other."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommend.listing import Listing
from recommend.portfolio import spread


def candidate(company, segment, verdict="confirmed"):
    return SimpleNamespace(company_id=company, segment_id=segment, activity={"verdict": verdict})


who = st.tuples(st.sampled_from("ABCDEFGH"), st.sampled_from("xyz"))
rows = st.dictionaries(who, st.sampled_from(["confirmed", "confirmed", "to_review"]), min_size=1, max_size=14)
scores_of = st.integers(0, 12).map(float)


@settings(max_examples=150, deadline=None)
@given(
    rows=rows,
    data=st.data(),
    top=st.integers(1, 16),
    gains=st.dictionaries(st.sampled_from("xyz"), st.sampled_from([0.0, 0.05, 0.4])),
    costs=st.dictionaries(st.sampled_from("xyz"), st.sampled_from([0.0, 6.0])),
)
def test_places_are_those_of_the_list_that_is_picked_one_by_one(rows, data, top, gains, costs):
    everyone = [candidate(company, segment, verdict) for (company, segment), verdict in rows.items()]
    lists = data.draw(st.lists(st.lists(scores_of, min_size=len(rows), max_size=len(rows)), min_size=1, max_size=3))
    found = Listing.of(everyone, gains, costs).places(np.array(lists), top)
    for scores, places in zip(lists, found.tolist(), strict=True):
        picked = spread([SimpleNamespace(candidate=c, score=s) for c, s in zip(everyone, scores, strict=True)], top, gains, costs)
        expected = {id(s.candidate): n for n, s in enumerate(picked, 1)}
        assert places == [expected.get(id(c), 0) for c in everyone]


def test_who_is_taken_off_leaves_the_place_to_the_next_and_who_is_confirmed_comes_before_all_others():
    everyone = [candidate("A", "x"), candidate("B", "x", "to_review"), candidate("C", "x")]
    listing = Listing.of(everyone, {})
    scores = np.array([[50.0, 60.0, 40.0], [-np.inf, 60.0, 40.0], [50.0, 60.0, 40.0]])
    sure = np.array([[True, False, True], [True, False, True], [True, True, True]])
    # Of a list of two, B is on it only where one of the others is gone, behind who is confirmed, or where it is confirmed itself.
    assert listing.places(scores, 2, sure).tolist() == [[1, 0, 2], [0, 2, 1], [2, 1, 0]]


def test_a_firm_stands_where_it_scores_best():
    listing = Listing.of([candidate("A", "x"), candidate("A", "y"), candidate("B", "y")], {})
    assert listing.places(np.array([[50.0, 40.0, 45.0], [30.0, 40.0, 45.0]]), 5).tolist() == [[1, 0, 2], [0, 2, 1]]


@pytest.mark.parametrize("top", [1, 30])
def test_a_list_of_nobody_is_empty(top):
    assert Listing.of([], {}).places(np.zeros((1, 0)), top).shape == (1, 0)
