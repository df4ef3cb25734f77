"""The check of frames: types, keys, references, loops, twins — against hand-made frames and networkx."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph.cells import FILE, WHERE, parse
from chaingraph.checks import MAX_SAME, broken_references, check, duplicated_keys, segment_twins, unexplained_loops
from chaingraph.tables import SPECS, conform, empty

TODAY = date(2030, 6, 30)
ORIGINS = pd.DataFrame(
    [
        {"origin_id": "a", "publisher": "p", "title": "t", "licence": "MIT", "retrieved_on": "2030-01-01"}
        | {"confidence_level": "verified"}
    ]
)
SEGMENT = {"chain_id": "c", "name_en": "x", "stage": "upstream", "segment_kind": "making", "origin_id": "a"}


def sectors(**columns: object) -> pd.DataFrame:
    """Two rows of `io_sectors`, all cells text as a CSV file gives them."""
    rows = {"io_sector": ["001", "002"], "name_zh": ["农", "林"], "name_en": ["A", "B"], "domestic_share": ["0.5", "1"]}
    return pd.DataFrame({**rows, "origin_id": ["a", "a"], **columns})


def links(pairs: list[tuple[str, str]], recycling: frozenset[tuple[str, str]] = frozenset()) -> pd.DataFrame:
    """Supply links between segments of one chain."""
    rows = [{"supplier_id": s, "customer_id": c, "is_essential": False, "is_recycling": (s, c) in recycling} for s, c in pairs]
    return conform("supply_links", pd.DataFrame(rows)) if rows else empty("supply_links")


def found(table: str, frame: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Where, kind and what was found of every problem of one table with its origin."""
    _, problems = check({"origins": ORIGINS, table: frame}, TODAY)
    return [(p.where, p.kind, p.found) for p in problems]


def test_frames_without_fault_become_tables():
    tables, problems = check({"origins": ORIGINS, "io_sectors": sectors()}, TODAY)
    assert problems == []
    assert {name: len(tables[name]) for name in tables if len(tables[name])} == {"origins": 1, "io_sectors": 2}
    assert set(tables) == set(SPECS)
    assert tables["io_sectors"]["io_sector"].tolist() == ["001", "002"]
    assert tables["io_sectors"]["name_zh"].tolist() == ["农", "林"]
    assert tables["io_sectors"]["domestic_share"].tolist() == [0.5, 1.0]
    assert tables["origins"]["retrieved_on"].tolist() == [pd.Timestamp("2030-01-01")]


def test_one_fault_and_there_are_no_tables():
    tables, problems = check({"origins": ORIGINS, "io_sectors": sectors(domestic_share=["0.5", "2"])}, TODAY)
    assert tables is None
    assert [(p.file, p.where, p.kind, p.found) for p in problems] == [
        ("io_sectors", "002, domestic_share", "impossible-value", "2")
    ]


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        ("1.0000001", "impossible-value", "1.0000001"),
        ("-0.1", "impossible-value", "-0.1"),
        ("nan", "wrong-type", "'nan' (no number)"),
        ("inf", "wrong-type", "'inf' (no number)"),
        ("1e999", "wrong-type", "'1e999' (no number)"),
        ("93%", "wrong-type", "'93%' (no number)"),
        ("0,5", "wrong-type", "'0,5' (no number)"),
        (True, "wrong-type", "True (no number)"),
        ([0.5], "wrong-type", "[0.5] (several values where one belongs)"),
        ({"share": 1}, "wrong-type", "{'share': 1} (several values where one belongs)"),
        ("x" * 5000, "wrong-type", f"'{'x' * 79}… (no number)"),
    ],
)
def test_a_share_that_is_none_is_a_problem(value, kind, said):
    frame = sectors(domestic_share=pd.Series([value, "1"], dtype="object"))
    assert found("io_sectors", frame) == [("001, domestic_share", kind, said)]


@pytest.mark.parametrize("value", ["", "  ", None, np.nan, pd.NA])
def test_an_empty_cell_of_an_optional_column_is_missing_and_no_problem(value):
    frame = sectors(domestic_share=pd.Series([value, "1"], dtype="object"))
    tables, problems = check({"origins": ORIGINS, "io_sectors": frame}, TODAY)
    assert problems == []
    missing, known = tables["io_sectors"]["domestic_share"]
    assert math.isnan(missing)
    assert known == 1.0


@pytest.mark.parametrize("value", ["", "  ", None])
def test_an_empty_cell_of_another_column_is_a_problem(value):
    frame = sectors(name_zh=pd.Series(["农", value], dtype="object"))
    assert found("io_sectors", frame) == [("002, name_zh", "missing-value", "nothing")]


@pytest.mark.parametrize(
    ("year", "kind"),
    [
        ("2005.5", "wrong-type"),
        ("1e30", "wrong-type"),
        ("99999999999999999999", "wrong-type"),
        ("9" * 5000, "wrong-type"),
        ("two", "wrong-type"),
        ("1948", "impossible-value"),
        ("2101", "future-date"),
        ("2031", "future-date"),
    ],
)
def test_a_year_that_is_none_is_a_problem(year, kind):
    rows = [{"region_code": "331000", "year": year, "registration_count": "1", "origin_id": "a"}]
    _, problems = check({"origins": ORIGINS, "coverage": pd.DataFrame(rows)}, TODAY, {"regions"})
    assert [p.kind for p in problems] == [kind]


@given(st.floats(0, 1))
def test_any_share_is_read_as_it_was_written(share):
    typed, problems = parse(SPECS["io_sectors"], sectors(domestic_share=[repr(share), "1"]), TODAY)
    assert problems == []
    assert typed["domestic_share"].tolist() == [share, 1.0]


@given(st.dates(date(1900, 1, 1), TODAY))
def test_any_day_of_the_past_is_read_as_it_was_written(day):
    typed, problems = parse(SPECS["origins"], ORIGINS.assign(retrieved_on=day.isoformat()), TODAY)
    assert problems == []
    assert typed["retrieved_on"].tolist() == [pd.Timestamp(day)]


@given(st.dates(min_value=date(2030, 7, 1)))
def test_any_day_after_today_is_a_problem(day):
    _, problems = parse(SPECS["origins"], ORIGINS.assign(retrieved_on=day.isoformat()), TODAY)
    assert [(p.kind, p.found) for p in problems] == [("future-date", day.isoformat())]


@pytest.mark.parametrize(("lost", "code"), [("1", "001"), ("02", "002"), ("2.0", "002"), (2, "002")])
def test_a_code_that_lost_its_zeros_is_one_problem_and_what_refers_to_it_is_none(lost, code):
    keys = pd.Series([lost, "003"], dtype="object")
    links = pd.DataFrame({"supplier_sector": [code], "customer_sector": ["003"], "coefficient": ["0.1"], "origin_id": ["a"]})
    _, problems = check({"origins": ORIGINS, "io_sectors": sectors(io_sector=keys), "io_coefficients": links}, TODAY)
    assert [(p.file, p.kind) for p in problems] == [("io_sectors", "wrong-code")]
    assert f"write it as text, '{code}'." in problems[0].remedy


def test_the_same_code_twice_is_found_behind_a_lost_zero():
    problems = found("io_sectors", sectors(io_sector=["001", "1"]))
    assert sorted(kind for _, kind, _ in problems) == ["duplicate-key", "wrong-code"]


def test_full_width_digits_are_no_code():
    assert found("io_sectors", sectors(io_sector=["００１", "002"])) == [
        ("００１, io_sector", "wrong-code", "'００１' (a code of another form)")
    ]


def test_a_number_that_is_endless_in_a_typed_column_is_a_problem():
    frame = sectors(domestic_share=[np.inf, 0.5])
    assert found("io_sectors", frame) == [("001, domestic_share", "impossible-value", "inf")]


def test_a_row_is_named_by_its_file_and_place_where_these_are_known():
    frame = sectors(domestic_share=["0.5", "2"]).assign(**{FILE: ["x.csv", "y.csv"], WHERE: ["row 2", "row 3"]})
    _, problems = check({"origins": ORIGINS, "io_sectors": frame}, TODAY)
    assert [(p.file, p.where) for p in problems] == [("y.csv", "row 3, domestic_share")]


def test_a_missing_number_column_is_a_problem_and_no_crash():
    rows = pd.DataFrame({"supplier_sector": ["001"], "customer_sector": ["002"], "origin_id": ["a"]})
    _, problems = check({"origins": ORIGINS, "io_sectors": sectors(), "io_coefficients": rows}, TODAY)
    assert [(p.where, p.kind) for p in problems] == [("column coefficient", "missing-column")]


def test_many_problems_of_one_kind_and_column_are_listed_up_to_a_limit_and_then_counted():
    rows = [{"io_sector": f"{i:03}", "name_zh": "农", "name_en": "A", "domestic_share": "2", "origin_id": "a"} for i in range(50)]
    frame = pd.DataFrame(rows).assign(name_en="")
    _, problems = check({"origins": ORIGINS, "io_sectors": frame}, TODAY)
    shares = [p for p in problems if p.where.endswith("domestic_share")]
    names = [p for p in problems if p.where.endswith("name_en")]
    assert len(problems) == len(shares) + len(names)
    assert len(shares) == len(names) == MAX_SAME + 1
    assert {p.found for p in problems if p.where.startswith("… and more")} == {"30 more of the same kind"}


def test_the_first_of_many_are_those_that_stand_first():
    rows = [{"io_sector": f"{i:03}", "name_zh": "农", "name_en": "A", "domestic_share": "2", "origin_id": "a"} for i in range(50)]
    places = [p[0] for p in found("io_sectors", pd.DataFrame(rows)) if not p[0].startswith("… and more")]
    assert places == [f"{i:03}, domestic_share" for i in range(MAX_SAME)]


def test_a_key_with_a_missing_part_is_no_duplicate_of_one_without():
    rows = pd.DataFrame({"programme_id": ["p", "p", "p"], "position": [1, 1, 1], "chain_id": ["c", None, None]})
    frame = conform("programme_chains", rows)
    problems = list(duplicated_keys(SPECS["programme_chains"], frame))
    assert [p.kind for p in problems] == ["duplicate-key"]


def test_references_to_what_could_not_be_read_are_not_called_broken():
    frame = conform("presence", pd.DataFrame({"region_code": ["1", "2"], "segment_id": ["c/x", "d/y"], "origin_id": ["a", "b"]}))
    frames = {"origins": conform("origins", ORIGINS)}

    def lost(*unread: str) -> list[str]:
        return sorted(p.found for p in broken_references(SPECS["presence"], frame, frames, unread))

    assert lost() == ["'1'", "'2'", "'b'", "'c/x'", "'d/y'"]
    assert lost("regions") == ["'b'", "'c/x'", "'d/y'"]
    assert lost("regions", "c") == ["'b'", "'d/y'"]
    assert lost("segments", "1") == ["'2'", "'b'"]


def test_a_name_in_place_of_a_code_is_answered_with_the_code():
    regions = pd.DataFrame(
        {"region_code": ["110000", "331000"], "name_zh": ["北京市", "台州市"], "region_level": "province", "origin_id": "a"}
    )
    coverage = pd.DataFrame({"region_code": ["台州市"], "year": ["2001"], "registration_count": ["1"], "origin_id": ["a"]})
    _, problems = check({"origins": ORIGINS, "regions": regions, "coverage": coverage}, TODAY)
    assert [p.remedy for p in problems] == ["That is a name; its code is '331000'."]


NODES = [f"c/{letter}" for letter in "abcdef"]
PAIRS = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), unique=True, max_size=15)


@given(PAIRS)
@settings(max_examples=40)
def test_a_loop_is_reported_exactly_where_networkx_sees_one(pairs):
    loops = list(unexplained_loops({"supply_links": links(pairs)}))
    assert bool(loops) == (not nx.is_directed_acyclic_graph(nx.DiGraph(pairs)))


@given(PAIRS)
@settings(max_examples=40)
def test_what_is_reported_is_a_loop_of_the_links_and_stands_at_its_last_link(pairs):
    for problem in unexplained_loops({"supply_links": links(pairs)}):
        path = problem.found.split(" → ")
        assert path[0] == path[-1]
        assert set(pairwise(path)) <= set(pairs)
        assert problem.where == f"{path[-2]} {path[0]}"


@given(PAIRS)
@settings(max_examples=40)
def test_links_against_the_order_are_no_fault_when_they_recycle(pairs):
    back = frozenset(pair for pair in pairs if pair[0] >= pair[1])
    assert list(unexplained_loops({"supply_links": links(pairs, back)})) == []


@pytest.mark.parametrize("last", range(3))
def test_a_loop_is_named_by_the_link_that_leads_back_upstream(last):
    nodes = ["c/x", "c/y", "c/z"]
    ring = [nodes[(last + 1 + i) % 3] for i in range(3)]
    rows = [
        {**SEGMENT, "segment_id": s, "stage": stage}
        for s, stage in zip(ring, ("upstream", "midstream", "downstream"), strict=True)
    ]
    frames = {"supply_links": links(list(pairwise([*nodes, nodes[0]]))), "segments": conform("segments", pd.DataFrame(rows))}
    (problem,) = unexplained_loops(frames)
    assert problem.where == f"{ring[-1]} {ring[0]}"
    assert problem.found == " → ".join([*ring, ring[0]])


@pytest.mark.parametrize(
    ("name", "twin"),
    [("正极材料", "正极材料"), ("正极材料", "正极 材料"), ("PCB板", "ＰＣＢ板"), ("PCB板", "pcb板"), ("泵", "泵 ")],
)
def test_one_segment_under_two_ids_is_found_in_any_spelling(name, twin):
    rows = [{**SEGMENT, "segment_id": "c/x", "name_zh": name}, {**SEGMENT, "segment_id": "c/y", "name_zh": twin}]
    problems = list(segment_twins({"segments": conform("segments", pd.DataFrame(rows))}))
    assert [(p.kind, p.expected) for p in problems] == [("segment-twin", "one id for each segment of c")]
    assert problems[0].found.endswith(" as c/x and c/y")


def test_one_name_in_two_chains_or_with_a_faulty_id_is_no_twin():
    rows = [
        {**SEGMENT, "segment_id": "c/x", "name_zh": "电池"},
        {**SEGMENT, "segment_id": "d/x", "chain_id": "d", "name_zh": "电池"},
        {**SEGMENT, "segment_id": None, "name_zh": "电池"},
    ]
    assert list(segment_twins({"segments": conform("segments", pd.DataFrame(rows))})) == []


CELL = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.sampled_from(["", "nan", "1e400", "2024-02-30", "0610", "３３", "c/x", "true"]),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)


@given(st.sampled_from(list(SPECS)), st.data())
@settings(max_examples=40, deadline=None)
def test_no_cell_makes_the_check_raise(table, data):
    columns = SPECS[table].columns
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(columns), max_size=len(columns)), max_size=3))
    frame = pd.DataFrame({c: pd.Series([row[i] for row in rows], dtype="object") for i, c in enumerate(columns)})
    tables, problems = check({table: frame}, TODAY)
    assert (tables is None) == bool(problems)
    assert all(isinstance(text, str) for problem in problems for text in problem.as_dict().values())
