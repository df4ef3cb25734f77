"""Signals as arrays are those that `gather` finds one by one."""

import math

import numpy as np
import pytest

from chaingraph import diagnose
from recommend import gather
from recommend.learning.values import ASKED, Values
from recommend.signals import SIGNALS

SAMPLED = [
    ("台州", "泵与电机"),
    ("青岛", "橡胶轮胎"),
    ("肇庆", "新能源汽车"),
    ("上海", "集成电路"),
    ("拉萨", "新能源汽车"),
    ("合肥", "新型显示"),
]


@pytest.fixture(scope="module")
def values(graph):
    return Values.of(graph, tuple(sorted(graph.tables["companies"]["company_id"])))


@pytest.mark.parametrize(("region", "chain"), SAMPLED)
def test_values_are_those_of_gather(graph, values, region, chain):
    diagnosis = diagnose(graph, region, chain)
    evidence = gather(graph, diagnosis)
    city = evidence.setting.city
    found = values.at([city])[0]
    columns = [list(SIGNALS).index(name) for name in ASKED]
    row = {
        (values.companies[f], graph.segment_ids[s]): i for i, (f, s) in enumerate(zip(values.firm, values.segment, strict=True))
    }
    compared = 0
    for segment in evidence.segments:
        for candidate, one_by_one in zip(segment.candidates, segment.values, strict=True):
            mine = found[row[(candidate.company_id, candidate.segment_id)]]
            assert mine == pytest.approx(one_by_one[columns], nan_ok=True, abs=1e-12), candidate.company_id
            compared += 1
    assert compared > 20


def test_coverage_is_that_of_the_diagnosis(graph, values):
    row = {c: i for i, c in enumerate(graph.places.cities)}
    for region in ("台州", "肇庆", "北京", "拉萨"):
        diagnosis = diagnose(graph, region, "泵与电机")
        assert values.coverage[row[diagnosis.region.code]] == pytest.approx(diagnosis.coverage)


def test_every_value_is_between_0_and_1_or_not_known_and_rows_of_a_firm_stand_together(graph, values):
    found = values.at(graph.places.cities[::40])
    known = found[~np.isnan(found)]
    assert ((known >= 0) & (known <= 1)).all()
    assert (np.diff(values.firm) >= 0).all()
    firms, starts = values.firms
    assert values.firm[starts].tolist() == firms.tolist()
    assert not any(math.isnan(v) for v in found[..., ASKED.index("segment_fit")].ravel())
