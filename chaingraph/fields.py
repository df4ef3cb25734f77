"""Every column once: name, type, unit, meaning. A column with one name means one thing in every table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chaingraph.model import (
    PERIODS,
    Confidence,
    LintRule,
    Ownership,
    RegionLevel,
    SegmentKind,
    Siting,
    Stage,
    Verdict,
)


class Type(StrEnum):
    """Type of a column; the pandas dtype of each is in `DTYPES`."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"


DTYPES: dict[Type, str] = {
    Type.TEXT: "str",
    Type.CODE: "str",
    Type.INTEGER: "Int64",
    Type.NUMBER: "float64",
    Type.FLAG: "boolean",
    Type.DATE: "datetime64[s]",
}


@dataclass(frozen=True)
class Field:
    """A column: what it is called, what it holds, in which unit, within which bounds.

    `pattern` is a regular expression that a CODE must match whole; `low` and `high` are inclusive bounds;
    `values` are the only words allowed. Whether a value may be missing is said by the table that uses the field.
    """

    name: str
    type: Type
    meaning: str
    unit: str = ""
    pattern: str | None = None
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()
    not_future: bool = False


def _words(enum: type[StrEnum]) -> tuple[str, ...]:
    return tuple(member.value for member in enum)


SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
SEGMENT = rf"{SLUG}/{SLUG}"
COMPANY = r"[ACF]-[0-9a-z]{4,12}"
FORMS: dict[str, str] = {
    SLUG: "small letters, digits and hyphens",
    SEGMENT: "chain/segment in small letters, digits and hyphens",
    COMPANY: "A-, C- or F- and 4 to 12 small letters or digits",
    r"\d{3}": "three digits",
    r"\d{6}": "six digits",
    r"[A-T]|\d{2,4}": "a letter from A to T, or two to four digits",
    r"[A-Z]{2}": "two capital letters",
    r"[0-9A-HJ-NP-RT-UW-Y]{18}": "18 digits and capital letters, without I, O, S, V, Z",
}
"""Each pattern of a code in words, for messages and the data dictionary."""

_ALL = (
    Field("origin_id", Type.CODE, "where the row came from; key of origins", pattern=SLUG),
    Field("publisher", Type.TEXT, "who published the source"),
    Field("title", Type.TEXT, "title of the source"),
    Field("url", Type.TEXT, "address of the source"),
    Field("licence", Type.TEXT, "licence of the source, or what is known of its terms"),
    Field("retrieved_on", Type.DATE, "day the source was retrieved", not_future=True),
    Field("published_on", Type.DATE, "day the source was published or the state it describes", not_future=True),
    Field("definition", Type.TEXT, "口径: what exactly a figure counts"),
    Field("note", Type.TEXT, "a remark for readers"),
    Field("confidence_level", Type.TEXT, "how well the fact is supported by what was published", values=_words(Confidence)),
    # programmes and chains
    Field("programme_id", Type.CODE, "a city's programme of chains", pattern=SLUG),
    Field("programme_phase", Type.TEXT, "phase of a programme whose list of chains changed over time"),
    Field("position", Type.INTEGER, "position in the published or compiled order, from 1", low=1),
    Field("cluster_zh", Type.TEXT, "the programme's own name of a cluster or chain; missing: not published"),
    Field("cluster_group", Type.TEXT, "the programme's group of the cluster (the 4, the 5, the 6 …); missing: not published"),
    Field("composition", Type.TEXT, "what the numbers in the programme's name stand for, as far as published"),
    Field("year", Type.INTEGER, "calendar year", unit="year", low=1949, high=2100, not_future=True),
    Field("chain_id", Type.CODE, "an industrial chain (产业链)", pattern=SLUG),
    Field("segment_id", Type.CODE, "a segment (环节): chain/segment", pattern=SEGMENT),
    Field("name_zh", Type.TEXT, "Chinese name"),
    Field("name_en", Type.TEXT, "English name"),
    Field("stage", Type.TEXT, "position of the segment in its chain", values=_words(Stage)),
    Field("segment_kind", Type.TEXT, "making, service or market (demand, never a gap for a factory)", values=_words(SegmentKind)),
    Field("is_location_bound", Type.FLAG, "must sit on an ore, a port, farmland: secured elsewhere, not filled"),
    Field(
        "siting",
        Type.TEXT,
        "what building a plant hangs on by rules of the state; missing: nothing that is known",
        values=_words(Siting),
    ),
    Field("is_import_dependent", Type.FLAG, "judged: the country cannot do without imports of it, or of what makes it"),
    Field("products_zh", Type.TEXT, "representative products, separated by ；"),
    Field("industry_codes", Type.TEXT, "GB/T 4754-2017 classes or groups, separated by ;"),
    Field("io_sector", Type.CODE, "sector of the 2020 national input–output table", pattern=r"\d{3}"),
    Field("source_url", Type.TEXT, "page the fact was read on, or general-knowledge"),
    Field("source_supports", Type.TEXT, "what the page states", values=("segment", "firm-or-cluster-only", "none")),
    Field("supplier_id", Type.CODE, "segment that supplies", pattern=SEGMENT),
    Field("customer_id", Type.CODE, "segment that is supplied", pattern=SEGMENT),
    Field("is_essential", Type.FLAG, "the customer's product cannot be made without this kind of input"),
    Field(
        "substitute_group", Type.CODE, "essential inputs of one customer with the same group replace one another", pattern=SLUG
    ),
    Field("is_recycling", Type.FLAG, "waste returning as raw material: the only links that may close a loop"),
    Field(
        "strength",
        Type.NUMBER,
        "direct-input coefficient of the customer's sector from the supplier's sector (national table 2020)",
        unit="yuan of input per yuan of output",
        low=0,
        high=1,
    ),
    # reference
    Field("region_code", Type.CODE, "GB/T 2260 code of a region", pattern=r"\d{6}"),
    Field("parent_code", Type.CODE, "GB/T 2260 code of the region above", pattern=r"\d{6}"),
    Field("region_level", Type.TEXT, "level of the region", values=_words(RegionLevel)),
    Field("longitude_deg", Type.NUMBER, "longitude of the seat of government", unit="degrees east", low=73, high=136),
    Field("latitude_deg", Type.NUMBER, "latitude of the seat of government", unit="degrees north", low=3, high=54),
    Field("industry_code", Type.CODE, "GB/T 4754-2017 code (a string: 0610 stays 0610)", pattern=r"[A-T]|\d{2,4}"),
    Field(
        "domestic_share",
        Type.NUMBER,
        "domestic output staying at home ÷ all supply at home = (GO − EX) / (GO − EX + IM), of the sector, 2020",
        unit="share",
        low=0,
        high=1,
    ),
    Field("supplier_sector", Type.CODE, "input–output sector that supplies", pattern=r"\d{3}"),
    Field("customer_sector", Type.CODE, "input–output sector that buys", pattern=r"\d{3}"),
    # companies
    Field(
        "company_id",
        Type.CODE,
        "a company: A-<stock code>, C-<hash of name> or F-<hash of name>",
        pattern=COMPANY,
    ),
    Field("other_id", Type.CODE, "the company at the other end of a tie", pattern=COMPANY),
    Field("short_name", Type.TEXT, "name on the exchange or in common use"),
    Field("uscc", Type.CODE, "unified social credit code (GB 32100)", pattern=r"[0-9A-HJ-NP-RT-UW-Y]{18}"),
    Field("stock_code", Type.CODE, "A-share code (a string)", pattern=r"\d{6}"),
    Field("country", Type.CODE, "country of the seat, ISO 3166-1 alpha-2", pattern=r"[A-Z]{2}"),
    Field("industry_label", Type.TEXT, "industry in the source's own classification"),
    Field("ownership", Type.TEXT, "who controls the company", values=_words(Ownership)),
    Field("controller", Type.TEXT, "actual controller as disclosed, when it is an organisation"),
    Field("founded_on", Type.DATE, "day of foundation", not_future=True),
    Field("listed_on", Type.DATE, "day of listing", not_future=True),
    Field("registered_capital_cny", Type.NUMBER, "registered capital", unit="yuan", low=0),
    Field("revenue_cny", Type.NUMBER, "revenue of revenue_year", unit="yuan"),
    Field("revenue_year", Type.INTEGER, "year of the revenue", unit="year", low=1990, high=2100, not_future=True),
    Field("employees", Type.INTEGER, "employees", unit="persons", low=0),
    Field(
        "company_status",
        Type.TEXT,
        "whether the company still is what the sources say",
        values=("active", "special_treatment", "delisted", "dissolved"),
    ),
    Field(
        "founded_elsewhere",
        Type.INTEGER,
        "cities other than its seat in which a subsidiary bearing its name was registered to 2019",
        unit="cities",
        low=0,
    ),
    Field(
        "founded_elsewhere_last", Type.INTEGER, "year of the latest of them", unit="year", low=1949, high=2100, not_future=True
    ),
    Field("alias", Type.TEXT, "another name of the company"),
    Field("alias_kind", Type.TEXT, "what kind of name it is", values=("full", "short", "former", "english", "list")),
    Field("verdict", Type.TEXT, "what became of the possible activity", values=_words(Verdict)),
    Field("confidence", Type.NUMBER, "strength of the evidence", unit="share", low=0, high=1),
    Field("matched_terms", Type.TEXT, "terms of the lexicon found, separated by ；"),
    Field("basis", Type.TEXT, "what the activity was read from", values=("fact", "main_business", "name", "summary", "decision")),
    Field("is_leading", Type.FLAG, "named as a leading firm of the segment"),
    Field(
        "leading_evidence",
        Type.TEXT,
        "how: named on the retrieved page, listed with such products, or general knowledge",
        values=("page", "listed", "gk"),
    ),
    Field("list_id", Type.CODE, "a published or computed list of firms", pattern=SLUG),
    Field("rank", Type.INTEGER, "rank on the list, from 1; missing: the list has no order", low=1),
    Field("listed_name", Type.TEXT, "the name as the list prints it"),
    Field(
        "tie_kind",
        Type.TEXT,
        "kind of tie, read from company to other",
        values=("controlled_by", "same_controller", "subsidiary_of", "same_group"),
    ),
    Field("tie_text", Type.TEXT, "what the source says of the tie"),
    # presence
    Field("period", Type.TEXT, "period of registration", values=tuple(p[0] for p in PERIODS)),
    Field("company_count", Type.INTEGER, "manufacturing registrations linked to the segment", unit="companies", low=0),
    Field("registration_count", Type.INTEGER, "manufacturing registrations the source has there at all", unit="companies", low=0),
    Field(
        "capital_cny",
        Type.NUMBER,
        "their registered capital, where known (foreign currency at a declared rate)",
        unit="yuan",
        low=0,
    ),
    Field("capital_sq_cny2", Type.NUMBER, "sum of squares of their registered capital, for the HHI", unit="yuan²", low=0),
    # what is accepted of the lint's findings
    Field(
        "lint_rule",
        Type.TEXT,
        "rule of the lint whose finding is explained (docs/lint.md)",
        values=tuple(rule.value for rule in LintRule if rule is not LintRule.STALE_ACCEPTANCE),
    ),
    Field("found_at", Type.TEXT, "where the rule finds it: a segment, a link, a list or a source"),
    Field("because_zh", Type.TEXT, "why the finding may stand, in Chinese"),
    Field("because_en", Type.TEXT, "why the finding may stand, in English"),
    Field("coefficient", Type.NUMBER, "direct-input coefficient", unit="yuan per yuan", low=0, high=1),
)

FIELDS: dict[str, Field] = {f.name: f for f in _ALL}
