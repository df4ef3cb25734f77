"""The tables of the graph, how they refer to one another, and the check that reports every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from chaingraph.fields import DTYPES, FIELDS, Field

if TYPE_CHECKING:
    from typing import Self

Derived = TypeVar("Derived")


@dataclass(frozen=True)
class TableSpec:
    """A table: its columns (each defined in fields.py), its key, and which columns point at which table.

    `optional` columns may be missing in a row (NaN: not known). `references` maps a column to ``table.column``;
    a reference column that is also optional may be empty.
    """

    name: str
    meaning: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    references: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the columns, in order."""
        return tuple(FIELDS[c] for c in self.columns)


def _spec(
    name: str, meaning: str, columns: str, key: str, optional: str = "", references: Mapping[str, str] | None = None
) -> TableSpec:
    refs = {"origin_id": "origins.origin_id"} if "origin_id" in columns.split() and name != "origins" else {}
    return TableSpec(
        name,
        meaning,
        tuple(columns.split()),
        tuple(key.split()),
        frozenset(optional.split()),
        MappingProxyType({**refs, **(references or {})}),
    )


_SPECS = (
    _spec(
        "origins",
        "where rows came from",
        "origin_id publisher title url licence retrieved_on published_on confidence_level definition note",
        "origin_id",
        "url published_on definition note",
    ),
    _spec(
        "regions",
        "provinces, prefectures and counties",
        "region_code name_zh region_level parent_code longitude_deg latitude_deg origin_id",
        "region_code",
        "parent_code longitude_deg latitude_deg",
        {"parent_code": "regions.region_code"},
    ),
    _spec("industries", "the classes of GB/T 4754-2017", "industry_code name_zh origin_id", "industry_code"),
    _spec(
        "io_sectors",
        "the sectors of the national input–output table 2020",
        "io_sector name_zh name_en domestic_share origin_id",
        "io_sector",
        "domestic_share",
    ),
    _spec(
        "io_coefficients",
        "direct-input coefficients between sectors",
        "supplier_sector customer_sector coefficient origin_id",
        "supplier_sector customer_sector",
        "",
        {"supplier_sector": "io_sectors.io_sector", "customer_sector": "io_sectors.io_sector"},
    ),
    _spec(
        "programmes",
        "cities' programmes of chains",
        "programme_id name_zh region_code year composition confidence_level source_url note origin_id",
        "programme_id",
        "composition note source_url year",
        {"region_code": "regions.region_code"},
    ),
    _spec(
        "chains",
        "industrial chains",
        "chain_id name_zh name_en confidence_level origin_id",
        "chain_id",
    ),
    _spec(
        "programme_chains",
        "which clusters a programme names and which chains they are",
        "programme_id programme_phase position cluster_zh cluster_group chain_id confidence_level source_url note origin_id",
        "programme_id programme_phase position chain_id",
        "cluster_zh cluster_group chain_id source_url note programme_phase",
        {"programme_id": "programmes.programme_id", "chain_id": "chains.chain_id"},
    ),
    _spec(
        "segments",
        "segments of the chains",
        "segment_id chain_id name_zh name_en stage segment_kind is_location_bound siting is_import_dependent products_zh industry_codes io_sector"
        " source_url source_supports domestic_share note origin_id",
        "segment_id",
        "note source_url domestic_share industry_codes io_sector siting",
        {"chain_id": "chains.chain_id", "io_sector": "io_sectors.io_sector"},
    ),
    _spec(
        "supply_links",
        "input–output links between segments, always supplier → customer",
        "supplier_id customer_id is_essential substitute_group is_recycling strength confidence_level note origin_id",
        "supplier_id customer_id",
        "is_essential substitute_group strength note",
        {"supplier_id": "segments.segment_id", "customer_id": "segments.segment_id"},
    ),
    _spec(
        "companies",
        "one row per real company",
        "company_id name_zh short_name name_en uscc stock_code country region_code industry_label ownership controller"
        " founded_on listed_on registered_capital_cny revenue_cny revenue_year employees company_status"
        " founded_elsewhere founded_elsewhere_last origin_id",
        "company_id",
        "short_name name_en uscc stock_code country region_code industry_label ownership controller founded_on listed_on"
        " registered_capital_cny revenue_cny revenue_year employees company_status founded_elsewhere founded_elsewhere_last",
        {"region_code": "regions.region_code"},
    ),
    _spec(
        "company_names",
        "other names of companies",
        "company_id alias alias_kind origin_id",
        "company_id alias alias_kind",
        "",
        {"company_id": "companies.company_id"},
    ),
    _spec(
        "activities",
        "companies in segments, with the evidence",
        "company_id segment_id verdict confidence basis matched_terms is_leading leading_evidence origin_id",
        "company_id segment_id",
        "matched_terms leading_evidence",
        {"company_id": "companies.company_id", "segment_id": "segments.segment_id"},
    ),
    _spec(
        "establishments",
        "companies known to be in a region other than by their seat",
        "company_id region_code chain_id confidence_level source_url note origin_id",
        "company_id region_code chain_id",
        "chain_id source_url note",
        {"company_id": "companies.company_id", "region_code": "regions.region_code", "chain_id": "chains.chain_id"},
    ),
    _spec("firm_lists", "lists of firms", "list_id name_zh name_en year publisher definition origin_id", "list_id"),
    _spec(
        "memberships",
        "which company is on which list, in which year, with which rank",
        "list_id company_id year rank industry_label listed_name origin_id",
        "list_id company_id year",
        "rank industry_label",
        {"list_id": "firm_lists.list_id", "company_id": "companies.company_id"},
    ),
    _spec(
        "ties",
        "ties between companies",
        "company_id other_id tie_kind tie_text origin_id",
        "company_id other_id tie_kind",
        "tie_text",
        {"company_id": "companies.company_id", "other_id": "companies.company_id"},
    ),
    _spec(
        "presence",
        "registrations by region, segment and period",
        "region_code segment_id period company_count capital_cny capital_sq_cny2 origin_id",
        "region_code segment_id period",
        "",
        {"region_code": "regions.region_code", "segment_id": "segments.segment_id"},
    ),
    _spec(
        "coverage",
        "how many manufacturing registrations the source has at all, by region and year",
        "region_code year registration_count origin_id",
        "region_code year",
        "",
        {"region_code": "regions.region_code"},
    ),
    _spec(
        "accepted_findings",
        "findings of the lint that are explained and may stand",
        "lint_rule found_at because_zh because_en origin_id",
        "lint_rule found_at",
    ),
)

SPECS: dict[str, TableSpec] = {spec.name: spec for spec in _SPECS}


def empty(name: str) -> pd.DataFrame:
    """Return the table `name` without rows, every column in its type."""
    return pd.DataFrame({f.name: pd.Series(dtype=DTYPES[f.type]) for f in SPECS[name].fields})


def absent(of: Field, index: pd.Index) -> pd.Series:
    """Return a column in which every value is missing, in the type of its field."""
    return pd.Series(index=index, dtype=DTYPES[of.type])


def conform(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with the columns of table `name` in order and type, rows in the order of the key.

    Columns that the table does not have are dropped; columns that it lacks are filled with missing values.
    """
    spec = SPECS[name]
    out = pd.DataFrame(
        {f.name: frame[f.name].astype(DTYPES[f.type]) if f.name in frame.columns else absent(f, frame.index) for f in spec.fields}
    )
    return out.sort_values(list(spec.key), kind="stable", na_position="last", ignore_index=True)


@dataclass(frozen=True)
class Tables:
    """All tables of one data version: pandas frames by name, each with the columns of its `TableSpec`.

    Frames are shared, not copied: treat them as read-only. `version` is a short hash of the content. The data dictionary says
    what every column is.

    >>> graph.tables["companies"].set_index("company_id").loc["A-002131", "name_zh"]
    '利欧集团股份有限公司'
    >>> graph.tables.counts()["chains"]
    50
    """

    frames: Mapping[str, pd.DataFrame]
    version: str
    _derived: dict[Callable[[Any], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, frames: Mapping[str, pd.DataFrame], version: str | None = None) -> Self:
        """Make tables from frames: missing tables are empty, columns put in order and type."""
        complete = {name: conform(name, frames[name]) if name in frames else empty(name) for name in SPECS}
        return cls(MappingProxyType(complete), version or content_version(complete))

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.frames)

    def __repr__(self) -> str:
        return f"<Tables {self.version}: {sum(self.counts().values()):,} rows in {len(self.frames)} tables>"

    def derived(self, make: Callable[[Tables], Derived]) -> Derived:
        """Return what `make` makes of these tables: made once, shared by all who ask, and gone with the tables.

        For what depends on the tables alone. Never give a lambda or a closure: each would be kept as another.
        """
        if make not in self._derived:
            self._derived.setdefault(make, make(self))
        found: Derived = self._derived[make]
        return found

    def replace(self, **frames: pd.DataFrame) -> Tables:
        """Return tables with some frames replaced (and another version)."""
        return Tables.of({**self.frames, **frames})

    def counts(self) -> dict[str, int]:
        """Return the number of rows by table."""
        return {name: len(frame) for name, frame in self.frames.items()}


def content_version(frames: Mapping[str, pd.DataFrame]) -> str:
    """Return twelve hexadecimal digits that change when any cell changes."""
    digest = hashlib.sha256()
    for name in sorted(frames):
        digest.update(name.encode())
        digest.update(pd.util.hash_pandas_object(frames[name], index=False).to_numpy().tobytes())
    return digest.hexdigest()[:12]
