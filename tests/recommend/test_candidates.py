"""Who is left out and why: one planted firm for each reason, and beside it one that differs in that only."""

from datetime import date

import pytest

from chaingraph import ChaingraphError, diagnose
from chaingraph.model import SegmentKind
from chaingraph.own_firms import OwnFirms
from recommend import shortlist
from recommend.candidates import Setting, candidates, wanted_segments

HOME, NEAR, FAR = "330100", "330200", "340100"
BANK, GAS = {"industry_label": "银行"}, {"industry_label": "供气供热"}
LEADS = {"is_leading": True, "leading_evidence": "page"}


@pytest.fixture
def outcome(world, a_firm):
    """The reason for which C-0001 is left out of a segment, None when it is kept."""

    def of(*others, segment="p/part", region=HOME, activity=None, landing=None, tables=None, **columns):
        graph = world([a_firm("C-0001", {segment: activity or {}}, **columns), *others], **(tables or {}))
        if landing:
            graph = graph.with_landing("C-0001", landing)
        kept, left = candidates(Setting(graph, diagnose(graph, region, segment[0])), segment)
        reasons = [e.reason for e in left if e.company_id == "C-0001"]
        assert len(reasons) + sum(c.company_id == "C-0001" for c in kept) == 1
        assert all(e.text and e.segment_id == segment and e.name for e in left)
        return reasons[0] if reasons else None

    return of


def test_an_ordinary_firm_from_elsewhere_is_kept(outcome):
    assert outcome() is None
    assert outcome(seat=None) is None
    assert outcome(seat=NEAR, company_status=None) is None


@pytest.mark.parametrize("seat", [HOME, "330101", "330102"])
def test_a_firm_whose_seat_is_in_the_city_is_already_here(outcome, seat):
    assert outcome(seat=seat) == "already_here"


def test_for_a_county_only_a_firm_of_that_county_is_already_here(outcome):
    assert outcome(seat="330101", region="330101") == "already_here"
    assert outcome(seat="330102", region="330101") is None
    assert outcome(seat=HOME, region="330101") is None


@pytest.mark.parametrize(("place", "reason"), [(HOME, "already_here"), ("330102", "already_here"), (NEAR, None)])
def test_a_firm_with_an_establishment_in_the_city_is_already_here(outcome, place, reason):
    plant = {"company_id": "C-0001", "region_code": place, "chain_id": "q"}
    assert outcome(tables={"establishments": [plant]}) == reason


@pytest.mark.parametrize(("place", "reason"), [(HOME, "already_here"), ("330101", "already_here"), (NEAR, None)])
def test_a_firm_that_has_landed_in_the_city_is_already_here(outcome, place, reason):
    assert outcome(landing=place) == reason


@pytest.mark.parametrize(("rows", "members"), [((), ("C-0001",)), ([("本市一厂", "p/raw", "C-0001")], ())])
def test_a_firm_of_the_region_s_own_list_is_already_here_whatever_segment_it_is_listed_in(world, a_firm, rows, members):
    graph = world([a_firm("C-0001"), a_firm("C-0002")])
    own = OwnFirms.of("名单", HOME, date(2026, 11, 26), 1, rows, members=members)
    setting = Setting(graph, diagnose(graph, HOME, "p", own=own))
    kept, left = candidates(setting, "p/part")
    assert [c.company_id for c in kept] == ["C-0002"]
    assert [(e.company_id, e.reason, str(e.text)) for e in left] == [("C-0001", "already_here", "已在本市（自有名单“名单”）")]
    assert "C-0001" in setting.firms_here


def test_a_parent_whose_firm_is_here_is_not_attracted_but_enlarges(outcome, a_firm):
    tie = {"other_id": "C-0001", "company_id": "C-0002", "tie_kind": "subsidiary_of", "tie_text": "子公司"}
    assert outcome(a_firm("C-0002", "q/gear", seat=HOME), tables={"ties": [tie]}) == "group_here"
    assert outcome(a_firm("C-0002", "q/gear", seat=NEAR), tables={"ties": [tie]}) is None
    assert outcome(a_firm("C-0002", "q/gear", seat=HOME), tables={"ties": [{**tie, "tie_kind": "same_group"}]}) is None


@pytest.mark.parametrize(
    ("status", "reason"), [("delisted", "not_active"), ("dissolved", "not_active"), ("special_treatment", "special_treatment")]
)
def test_a_firm_that_is_gone_or_specially_treated_is_left_out(outcome, status, reason):
    assert outcome(company_status=status) == reason


def test_a_verdict_of_the_ledger_wins_over_any_evidence(outcome):
    assert outcome(activity={"verdict": "rejected", "confidence": 1.0, "basis": "decision", **LEADS}) == "rejected"
    assert outcome(activity={"verdict": "confirmed", "confidence": 0.1, "basis": "decision"}) is None


@pytest.mark.parametrize(("confidence", "reason"), [(0.0, "no_evidence"), (0.49, "no_evidence"), (0.5, None), (0.9, None)])
def test_an_unconfirmed_activity_needs_evidence_of_one_half(outcome, confidence, reason):
    assert outcome(activity={"verdict": "to_review", "confidence": confidence}) == reason


def test_one_word_of_an_english_summary_is_no_evidence_of_a_firm(outcome):
    thin = {"basis": "summary", "matched_terms": "pump"}
    assert outcome(activity=thin, country="US", seat=None) == "thin_profile"
    assert outcome(activity={**thin, "matched_terms": "pump；valve"}, country="US", seat=None) is None
    assert outcome(activity={**thin, **LEADS}, country="US", seat=None) is None


def test_a_trader_makes_nothing_unless_it_is_named_as_leading_and_a_bank_never_does(outcome):
    assert outcome(industry_label="批发业") == "not_a_maker"
    assert outcome(industry_label="批发业", activity=LEADS) is None
    assert outcome(industry_label="批发业", segment="p/care") is None
    assert outcome(**BANK) == "not_a_maker"
    assert outcome(**BANK, activity=LEADS) == "not_a_maker"
    assert outcome(industry_label="通用设备") is None


@pytest.mark.parametrize(("country", "reason"), [("US", "foreign_service"), ("CN", None), (None, None)])
def test_a_foreign_service_firm_is_left_out_unless_it_is_named_as_leading(outcome, country, reason):
    assert outcome(segment="p/care", country=country) == reason
    assert outcome(segment="p/care", country=country, activity=LEADS) is None
    assert outcome(segment="p/part", country=country) is None


@pytest.mark.parametrize(("owner", "reason"), [("local_state", "tied_to_place"), ("central_state", "tied_to_place"), ("private", None), (None, None)])  # fmt: skip
def test_a_state_utility_is_tied_to_its_place(outcome, owner, reason):
    assert outcome(**GAS, ownership=owner) == reason
    assert outcome(industry_label="通用设备", ownership=owner) is None


def test_nobody_is_recommended_for_a_market(world, a_firm):
    graph = world([a_firm("C-0001", ["p/farm", "p/part"])])
    found = diagnose(graph, HOME, "p")
    assert "p/farm" not in {s.segment_id for s in wanted_segments(found)}
    asked = shortlist(graph, found, segment="p/farm")
    assert (asked.targets, [e.reason for e in asked.excluded]) == ((), ["market"])


def test_firms_are_looked_for_where_there_is_a_gap(world, a_firm):
    graph = world([a_firm("C-0001", ["p/part", "p/raw", "p/whole", "p/alloy", "p/care"])])
    found = diagnose(graph, HOME, "p")
    assert {s.segment_id for s in wanted_segments(found)} == {"p/part", "p/alloy", "p/care"} == {s.segment_id for s in found.gaps}


def test_of_a_chain_without_gaps_all_segments_that_produce_are_looked_at(world, a_firm):
    full = {HOME: dict.fromkeys(("p/raw", "p/alloy", "p/part", "p/whole", "p/care"), 2000), FAR: {"p/raw": 1, "q/seat": 9000}}
    graph = world([a_firm("C-0001")], full)
    found = diagnose(graph, HOME, "p")
    assert found.gaps == ()
    kinds = {graph.segments[s.segment_id].kind for s in wanted_segments(found)}
    assert len(wanted_segments(found)) == 5
    assert SegmentKind.MARKET not in kinds


def test_a_province_is_refused_with_its_cities(world, a_firm):
    graph = world([a_firm("C-0001")])
    with pytest.raises(ChaingraphError, match=r"甲省 .*本市、近市、中市") as caught:
        shortlist(graph, diagnose(graph, "330000", "p"))
    assert "\n" not in str(caught.value)


def test_a_segment_of_another_chain_is_refused(world, a_firm):
    graph = world([a_firm("C-0001", ["p/part", "q/gear"])])
    with pytest.raises(ChaingraphError, match="no segment 'q/gear'"):
        shortlist(graph, diagnose(graph, HOME, "p"), segment="q/gear")
