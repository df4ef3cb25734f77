"""Companies in segments: each kind of evidence, how they add up, and a person's word above them."""

from __future__ import annotations

import pandas as pd
import pytest

from chaingraph.tables import conform
from ingest.activities import COLUMNS, ENGLISH_MAKES, FACT_CONFIDENCE, activities
from ingest.chains import ChainFile, Chains, Lexicon, SegmentEntry
from ingest.companies import Assembled, Registry
from ingest.decisions import Decisions, applied
from ingest.report import Report

NOBODY = Decisions({}, {}, {})


def segment(id: str, kind: str = "making", firms: dict[str, str] | None = None, **lexicon: list[str]) -> SegmentEntry:
    return SegmentEntry(
        id=id,
        name_zh=id,
        name_en=id,
        stage="midstream",
        kind=kind,
        io_sector="001",
        leading_firms=firms or {},
        lexicon=Lexicon(**lexicon),
    )


SEGMENTS = [
    segment("whole", firms={"甲泵": "page", "丁": "gk", "不在名单": "listed"}, specific=["水泵"], indicative=["泵业"], english=["water pump", "centrifugal pump"]),
    segment("motor", specific=["电动机"], english=["electric motor"]),
    segment("fan", specific=["风机"], english=[" fan "]),
    segment("users", "market", specific=["供水工程"], english=["water utilities"]),
]  # fmt: skip
CHAINS = Chains({"pump": ChainFile(id="pump", name_zh="泵", name_en="Pump", confidence="judgement", segments=SEGMENTS)}, {}, ())

COMPANIES = pd.DataFrame(
    [
        ("A-990001", "浙江甲水泵股份有限公司", "甲泵", "990001"),
        ("A-990002", "乙电股份有限公司", "乙电", "990002"),
        ("A-990003", "丙风股份有限公司", "丙风", "990003"),
        ("C-0000000d", "丁有限公司", None, None),
        ("C-0000000e", "台州戊水泵风机有限公司", None, None),
        ("F-0000000f", "Pumpline Inc.", None, None),
        ("F-00000010", "Utility plc", None, None),
    ],
    columns=["company_id", "name_zh", "short_name", "stock_code"],
).assign(origin_id="somewhere")
TEXTS = pd.DataFrame(
    [
        ("A-990001", "水泵、风机", "水泵的研发、生产和销售"),
        ("A-990002", None, "电动机生产；水泵销售"),
        ("A-990003", "电机贸易", "风机技术研发"),
    ],
    columns=["company_id", "products", "business"],
)
SUMMARIES = pd.DataFrame(
    [
        ("F-0000000f", "Pumpline manufactures centrifugal pumps and water pumps, fans and infant products for water utilities."),
        ("F-00000010", "Utility plc buys electric motors."),
    ],
    columns=["company_id", "summary"],
)


def linked(decisions: Decisions = NOBODY, report: Report | None = None) -> pd.DataFrame:
    nothing = pd.DataFrame()
    facts = {"甲泵": "A-990001", "丁": "C-0000000d"}
    assembled = Assembled(
        COMPANIES, nothing, nothing, nothing, nothing, TEXTS, SUMMARIES, facts, nothing, Registry(COMPANIES)
    )  # fmt: skip
    found = conform("activities", activities(CHAINS, assembled, report or Report()))
    return applied(found, COMPANIES, decisions).set_index(["company_id", "segment_id"])


def test_each_company_and_segment_is_one_row_and_nothing_else_is_found():
    out = linked()
    assert [*out.index.names, *out.columns] == COLUMNS
    assert out["basis"].to_dict() == {
        ("A-990001", "pump/whole"): "fact",
        ("A-990001", "pump/fan"): "main_business",
        ("A-990002", "pump/motor"): "main_business",
        ("A-990003", "pump/fan"): "main_business",
        ("C-0000000d", "pump/whole"): "fact",
        ("C-0000000e", "pump/fan"): "name",
        ("C-0000000e", "pump/whole"): "name",
        ("F-0000000f", "pump/whole"): "summary",
        ("F-00000010", "pump/motor"): "summary",
    }


def test_a_firm_that_the_facts_name_is_leading_with_their_evidence():
    out = linked()
    row = out.loc[("C-0000000d", "pump/whole")]
    assert (row["verdict"], row["confidence"], row["is_leading"], row["leading_evidence"]) == (
        "confirmed",
        FACT_CONFIDENCE["gk"],
        True,
        "gk",
    )
    assert not out.loc[("A-990002", "pump/motor"), "is_leading"]


def test_a_fact_and_a_business_that_say_the_same_are_surer_than_either():
    """Facts 0.95; products 0.8 and name 0.56 → 0.912, business 0.8 → 0.982 together; 1 − 0.05 × 0.018."""
    row = linked().loc[("A-990001", "pump/whole")]
    assert row["confidence"] == pytest.approx(0.999)
    assert (row["basis"], row["matched_terms"]) == ("fact", "水泵")


def test_what_is_traded_or_only_researched_is_not_confirmed():
    out = linked()
    assert ("A-990002", "pump/whole") not in out.index
    assert ("A-990003", "pump/motor") not in out.index
    assert out.loc[("A-990003", "pump/fan"), "verdict"] == "to_review"


def test_a_name_alone_is_for_review():
    out = linked()
    assert out.loc[("C-0000000e", "pump/whole"), ["verdict", "matched_terms", "origin_id"]].tolist() == [
        "to_review",
        "水泵",
        "somewhere",
    ]


def test_a_foreign_maker_is_read_from_its_english_profile():
    """Two phrases of a maker: 1 − 0.22 × 0.7; a phrase without making: for review; fans are not infants, markets not linked."""
    out = linked()
    maker = out.loc[("F-0000000f", "pump/whole")]
    assert (maker["verdict"], maker["matched_terms"]) == ("confirmed", "centrifugal pump；water pump")
    assert maker["confidence"] == pytest.approx(round(1 - (1 - ENGLISH_MAKES) * 0.7, 3))
    assert out.loc[("F-00000010", "pump/motor"), "verdict"] == "to_review"
    assert not {("F-0000000f", "pump/users"), ("F-00000010", "pump/users")} & set(out.index)


@pytest.mark.parametrize("company", ["浙江甲水泵股份有限公司", "甲泵", "990001", "A-990001"])
def test_a_person_rejects_by_any_name_of_the_company(company):
    out = linked(Decisions({}, {(company, "pump/whole"): "rejected"}, {}))
    row = out.loc[("A-990001", "pump/whole")]
    assert (row["verdict"], row["confidence"], row["basis"], row["origin_id"]) == ("rejected", 0, "decision", "decisions")
    assert row["matched_terms"] == "水泵"
    assert (row["is_leading"], row["leading_evidence"]) == (True, "page")


def test_a_person_adds_what_no_rule_found_and_nothing_else_changes():
    out = linked(Decisions({}, {("乙电", "pump/fan"): "confirmed", ("无此企业", "pump/fan"): "confirmed"}, {}))
    added = out.loc[("A-990002", "pump/fan")]
    assert (added["verdict"], added["confidence"], added["is_leading"]) == ("confirmed", 1, False)
    pd.testing.assert_frame_equal(out.drop(index=("A-990002", "pump/fan")).sort_index(), linked().sort_index(), check_dtype=False)


def test_the_report_counts_verdicts_and_names_segments_without_a_company():
    report = Report()
    out = linked(report=report)
    told = report.facts["activities"]
    assert told["by verdict"] == out["verdict"].value_counts().to_dict()
    assert sum(told["by basis"].values()) == len(out)
    assert told["segments without a company"] == []
    assert told["companies with a confirmed activity"] == 4
