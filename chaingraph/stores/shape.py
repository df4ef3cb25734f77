"""The graph's shape in Neo4j: which table is nodes, which is relationships, under which label or type. Never taken from data.

Every node and relationship carries the columns of its row under their own names; what is not known is absent. A node also
carries `graph`, the name of the graph it is of, by which several stand side by side in one database. `digest` is a number that
changes with the content; what has none is not ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from chaingraph import targets
from chaingraph.tables import SPECS, TableSpec

GRAPH = "chaingraph"
"""The name of a graph that is given none."""

NODES: dict[str, str] = {
    "origins": "Origin",
    "regions": "Region",
    "industries": "Industry",
    "io_sectors": "Sector",
    "programmes": "Programme",
    "chains": "Chain",
    "segments": "Segment",
    "companies": "Company",
    "company_names": "Name",
    "firm_lists": "FirmList",
    "accepted_findings": "AcceptedFinding",
}
"""Table → label: each row is a node. The columns of the table's key, with `graph`, are unique."""

LOOSE = "LooseRow"
"""Label of a row that cannot be what its table says: without its key, with another row's, or with an end that is not there."""


def loose(table: str) -> str:
    """Return the name of the loose rows of a table."""
    return f"loose {table}"


GRADES = TableSpec(
    "grades",
    "what a region has of a segment, computed: not a table of the data, and never read back",
    ("region_code", "segment_id", "grade", "companies", "lq", "keystone_gain"),
    ("region_code", "segment_id"),
    frozenset({"lq"}),
    {"region_code": "regions.region_code", "segment_id": "segments.segment_id"},
)


TARGETS = TableSpec(
    "targets",
    "whom a region should talk to for a segment, computed: not a table of the data, and read back by itself alone",
    tuple(targets.COLUMNS),
    ("region_code", "segment_id", "company_id"),
    frozenset(),
    {"company_id": "companies.company_id", "segment_id": "segments.segment_id"},
)


@dataclass(frozen=True)
class Relationship:
    """A relationship for each row of a table, from the node that the `start` columns name to that which the `end` columns name.

    Columns that are the table's own key name the row's own node, another column the node it refers to. `properties` are columns.
    `is_row`: the relationship is the row; otherwise it says what a node's row refers to, or what was computed, and makes no table.
    """

    type: str
    spec: TableSpec
    start: tuple[str, ...]
    end: tuple[str, ...]
    properties: tuple[str, ...]
    is_row: bool

    def target(self, columns: tuple[str, ...]) -> str:
        """Return the table whose nodes the columns name."""
        own = columns == self.spec.key and self.spec.name in NODES
        return self.spec.name if own else self.spec.references[columns[0]].split(".")[0]


def _row(type_: str, table: str, start: str, end: str) -> Relationship:
    """A row that is a relationship: its properties are all columns but the two that name its ends; the origin always stays."""
    spec = SPECS[table]
    kept = tuple(c for c in spec.columns if c not in {start, end} or c == "origin_id")
    return Relationship(type_, spec, (start,), (end,), kept, is_row=True)


def _reference(type_: str, table: str, start: str, end: str, properties: str = "origin_id") -> Relationship:
    return Relationship(type_, SPECS[table], tuple(start.split()), tuple(end.split()), tuple(properties.split()), is_row=False)


RELATIONSHIPS: tuple[Relationship, ...] = (
    _row("FEEDS", "io_coefficients", "supplier_sector", "customer_sector"),
    _row("NAMES", "programme_chains", "programme_id", "chain_id"),
    _row("SUPPLIES", "supply_links", "supplier_id", "customer_id"),
    _row("ACTIVE_IN", "activities", "company_id", "segment_id"),
    _row("ESTABLISHED_IN", "establishments", "company_id", "region_code"),
    _row("LISTED_ON", "memberships", "company_id", "list_id"),
    _row("TIED_TO", "ties", "company_id", "other_id"),
    _row("REGISTERED", "presence", "region_code", "segment_id"),
    _row("COVERED_BY", "coverage", "region_code", "origin_id"),
    _reference("PART_OF", "regions", "region_code", "parent_code"),
    _reference("OF", "programmes", "programme_id", "region_code"),
    _reference("HAS_SEGMENT", "segments", "chain_id", "segment_id", "stage origin_id"),
    _reference("IN_SECTOR", "segments", "segment_id", "io_sector"),
    _reference("BASED_IN", "companies", "company_id", "region_code"),
    _reference("CALLED", "company_names", "company_id", "company_id alias alias_kind"),
    Relationship("HAS", GRADES, ("region_code",), ("segment_id",), ("grade", "companies", "lq", "keystone_gain"), is_row=False),
    Relationship("TARGET_FOR", TARGETS, ("company_id",), ("segment_id",), tuple(targets.COLUMNS)[2:], is_row=False),
)
"""Each type once; the first nine are rows of the data, the others what rows of nodes refer to, HAS and TARGET_FOR what was computed."""

ROW_OF: dict[str, Relationship] = {r.spec.name: r for r in RELATIONSHIPS if r.is_row}
"""Table → the relationships that are its rows."""
