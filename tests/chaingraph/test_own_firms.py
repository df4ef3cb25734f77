from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from messy_lists import list_graph, list_world

from chaingraph.diagnosis import diagnose
from chaingraph.errors import ChaingraphError
from chaingraph.metrics import gamma_poisson_interval
from chaingraph.model import Area, Presence
from chaingraph.own_firms import Coverage, OwnFirms
from chaingraph.presence import Thresholds, evidence_of, footprint, own_footprint

GRAPH = list_graph()
PLACE = GRAPH.regions["330100"]
COLUMN = {s: i for i, s in enumerate(GRAPH.segment_ids)}
ORDER = [Presence.MISSING, Presence.UNKNOWN, Presence.WEAK, Presence.ADEQUATE, Presence.STRONG]


def listed(firms, **further):
    """A list of 330100 whose firms are sets of segments; the further names are those of `OwnFirms.of`."""
    rows = [(f"甲市{n}厂", f"c/{name}", None) for n, names in enumerate(firms) for name in names.split()]
    return OwnFirms.of("名单", "330100", date(2026, 11, 26), len(firms), rows, **further)


TWELVE = listed([*["pump"] * 8, *["pump motor"] * 2, *["motor"] * 2])


def test_the_expected_count_by_hand():
    """Twelve firms, fourteen links. Elsewhere 80 pump, 40 motor and 20 shaft registrations, in all 140.

    | segment | x | links of the other firms | odds elsewhere | expected |
    | pump    | 10 | 2  | 80/60  | 2.67 |
    | motor   | 4  | 8  | 40/100 | 3.2  |
    | shaft   | 0  | 14 | 20/120 | 2.33 |

    Known companies: one pump firm here, one motor firm elsewhere: 3 · 1 evidence in pump, 3 · 1 expected in motor.
    """
    found = own_footprint(GRAPH, PLACE, TWELVE)
    pump, motor, shaft = (COLUMN[f"c/{n}"] for n in ("pump", "motor", "shaft"))
    assert found.count[[pump, motor, shaft]].tolist() == [11.0, 4.0, 0.0]
    assert found.expected[[pump, motor, shaft]] == pytest.approx([8 / 3, 3.2, 7 / 3])
    assert found.evidence[[pump, motor, shaft]].tolist() == [13.0, 4.0, 0.0]
    assert found.expected_evidence[[pump, motor, shaft]] == pytest.approx([8 / 3, 6.2, 7 / 3])
    assert found.mean[pump] == pytest.approx(14 / (1 + 8 / 3))
    low = gamma_poisson_interval(np.array(13.0), np.array(8 / 3))[1]
    assert found.low[pump] == pytest.approx(float(low))


def test_registrations_of_the_region_play_no_part_those_elsewhere_do():
    more = list_world().register("330100", "pump", 500, period="2006-10").graph()
    assert own_footprint(more, PLACE, TWELVE).expected.tolist() == own_footprint(GRAPH, PLACE, TWELVE).expected.tolist()
    other = list_world().register("340100", "pump", 500, period="2006-10").graph()
    assert (
        own_footprint(other, PLACE, TWELVE).expected[COLUMN["c/pump"]]
        > own_footprint(GRAPH, PLACE, TWELVE).expected[COLUMN["c/pump"]]
    )


def test_a_company_both_listed_and_known_counts_once():
    own = OwnFirms.of("名单", "330100", date(2026, 11, 26), 1, [("公司0001", "c/pump", "C-0001")])
    assert own_footprint(GRAPH, PLACE, own).count[COLUMN["c/pump"]] == 1.0
    assert diagnose(GRAPH, "甲市", "c", own=own)["pump"].companies == ("C-0001",)


def test_a_complete_list_says_missing_and_a_partial_one_does_not():
    for coverage, presence in ((Coverage.COMPLETE, Presence.MISSING), (Coverage.PARTIAL, Presence.UNKNOWN)):
        found = diagnose(GRAPH, "甲市", "c", own=listed(["pump"] * 9, coverage=coverage))
        assert found["shaft"].presence is presence
    assert diagnose(GRAPH, "甲市", "c")["shaft"].presence is not Presence.MISSING


@pytest.mark.parametrize(
    ("own", "why"),
    [
        (listed(["pump"], waiting=frozenset({"c/shaft"})), "有企业待核"),
        (listed(["pump"], readable_share=0.2), "多数企业没有业务文字"),
        (listed(["pump"], coverage=Coverage.PARTIAL), "名单不完整"),
    ],
)
def test_what_keeps_a_list_from_showing_an_absence_is_said(own, why):
    found = diagnose(GRAPH, "甲市", "c", own=own)["shaft"]
    assert found.presence is Presence.UNKNOWN
    assert why in found.because


def test_a_service_is_missing_only_from_a_list_that_names_services():
    world = list_world().segment("check", kind="service").graph()
    assert diagnose(world, "甲市", "c", own=listed(["pump"]))["check"].presence is Presence.UNKNOWN
    assert diagnose(world, "甲市", "c", own=listed(["pump", "test"]))["check"].presence is Presence.MISSING


def test_the_wider_areas_hold_the_list_in_place_of_the_registrations():
    limits = Thresholds()
    before, after = evidence_of(GRAPH, PLACE, limits), evidence_of(GRAPH, PLACE, limits, TWELVE)
    pump, shaft = COLUMN["c/pump"], COLUMN["c/shaft"]
    for area in (Area.RADIUS, Area.PROVINCE, Area.NATION):
        # Of pumps 40 registrations and a known company are 11 firms; of shafts 10 registrations are none.
        assert before.areas[area].count[pump] - after.areas[area].count[pump] == 30
        assert before.areas[area].count[shaft] - after.areas[area].count[shaft] == 10
    partial = evidence_of(GRAPH, PLACE, limits, listed(["pump"], coverage=Coverage.PARTIAL))
    assert partial.areas[Area.PROVINCE].count[pump] == before.areas[Area.PROVINCE].count[pump]


def test_a_diagnosis_names_the_list_it_rests_on():
    found = diagnose(GRAPH, "甲市", "c", own=TWELVE)
    assert found.coverage_text == "自有名单“名单”12 家（2026-11-26，12 家挂到环节，按完整名单计）；甲市的登记数据不再使用"
    assert found.coverage_text.en.endswith("taken as complete); the registrations of Jiashi are not used")
    assert found.as_dict()["own_list"] == {
        "name": "名单", "region_code": "330100", "on": "2026-11-26", "firms": 12, "linked": 12, "coverage": "complete",
    }  # fmt: skip
    assert "own_list" not in diagnose(GRAPH, "甲市", "c").as_dict()
    assert found["motor"].because == "4 家（自有名单和已知企业），按全国构成应有 3.2 家"


def test_a_list_of_another_region_is_refused_with_what_to_do():
    with pytest.raises(ChaingraphError, match="导入乙市的名单"):
        diagnose(GRAPH, "乙市", "c", own=TWELVE)


FIRM = st.lists(st.sampled_from(["pump", "motor", "shaft", "test"]), max_size=4, unique=True).map(" ".join)


@given(st.lists(FIRM, max_size=15), FIRM.filter(bool), st.sampled_from(list(Coverage)))
def test_one_more_firm_never_lowers_the_grade_of_its_segments(firms, one, coverage):
    before, after = (diagnose(GRAPH, "甲市", "c", own=listed(each, coverage=coverage)) for each in (firms, [*firms, one]))
    for name in one.split():
        assert ORDER.index(after[name].presence) >= ORDER.index(before[name].presence)
        assert after[name].lq_low >= before[name].lq_low - 1e-12


def test_without_a_list_nothing_changes():
    assert footprint(GRAPH, PLACE).count.tolist() == evidence_of(GRAPH, PLACE, Thresholds()).here.count.tolist()
