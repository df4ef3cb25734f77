"""A region's own list of firms as evidence: how many of them are in each segment, and what the list claims to hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chaingraph.phrases import NOTHING, Phrase, counted

FEW_FIRMS = 100
"""Firms below which a list that is called complete is doubted: few regions have so few."""

READABLE_FROM = 0.5
"""Share of the firms with a text to be linked by, from which a list can show that a segment has none."""


class Coverage(StrEnum):
    """What a list claims: to hold every firm of its region (above some size), or only some of them."""

    COMPLETE = "complete"
    PARTIAL = "partial"

    def doubt(self, firms: int) -> Phrase:
        """Say why a list of so many firms hardly holds every one of its region; empty where it may, or does not claim to.

        >>> Coverage.COMPLETE.doubt(12).en
        'Only 12 firms, taken as the whole list: every segment without one will be called missing.'
        >>> str(Coverage.COMPLETE.doubt(2_000)), str(Coverage.PARTIAL.doubt(12))
        ('', '')
        """
        if self is not Coverage.COMPLETE or firms >= FEW_FIRMS:
            return NOTHING
        return Phrase(
            f"只有 {firms} 家企业，却按完整名单计：名单里没有的环节都会判为缺失。",
            f"Only {counted(firms, 'firm')}, taken as the whole list: every segment without one will be called missing.",
        )


@dataclass(frozen=True)
class OwnFirms:
    """The firms of a region by its own list (自有名单), as `diagnose` takes them in place of the registrations.

    `total`: firms of the list, `linked`: those in any segment. `counts`: firms by segment; `companies`: those of them that are
    companies of the graph; `other_links`: by segment, links to other segments that the firms outside it have (`links` in all, where a
    segment has no firm). `waiting`: segments in which a firm may be, until a person says so. `readable_share`: share of the
    firms with a text by which they could be linked, in [0, 1]. `members`: companies of the graph that the list names, in a segment
    or in none: they are in the region already.
    """

    name: str
    region_code: str
    on: date
    total: int
    linked: int
    links: int
    counts: Mapping[str, int]
    companies: Mapping[str, frozenset[str]]
    other_links: Mapping[str, int]
    waiting: frozenset[str] = frozenset()
    coverage: Coverage = Coverage.COMPLETE
    readable_share: float = 1.0
    members: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        name: str,
        region_code: str,
        on: date,
        total: int,
        rows: Iterable[tuple[str, str, str | None]],
        *,
        waiting: frozenset[str] = frozenset(),
        coverage: Coverage = Coverage.COMPLETE,
        readable_share: float = 1.0,
        members: Iterable[str] = (),
    ) -> OwnFirms:
        """Count the rows (firm, segment_id, company_id or None) of a list; a firm counts once in a segment.

        `members`: companies beside those of the rows.

        >>> own = OwnFirms.of("规上企业", "331000", date(2026, 11, 26), 3, [("甲", "c/a", None), ("乙", "c/a", None), ("乙", "c/b", None)])
        >>> own.counts, own.linked, own.other_links["c/a"], own.other_links["c/b"]
        ({'c/a': 2, 'c/b': 1}, 2, 0, 1)
        """
        segments: dict[str, set[str]] = defaultdict(set)
        companies: dict[str, set[str]] = defaultdict(set)
        for firm, segment, company in rows:
            segments[firm].add(segment)
            if company:
                companies[segment].add(company)
        counts = Counter(s for each in segments.values() for s in each)
        links = sum(counts.values())
        of_members: Counter[str] = Counter()
        for each in segments.values():
            for s in each:
                of_members[s] += len(each)
        return cls(
            name,
            region_code,
            on,
            total,
            len(segments),
            links,
            dict(counts),
            {s: frozenset(of) for s, of in companies.items()},
            {s: links - n for s, n in of_members.items()},
            waiting,
            coverage,
            readable_share,
            frozenset(members).union(*companies.values()),
        )

    @property
    def shows_absence(self) -> bool:
        """Whether a segment without a firm of the list is missing: the list is complete, and enough of it can be read."""
        return self.coverage is Coverage.COMPLETE and self.readable_share >= READABLE_FROM

    @property
    def text(self) -> Phrase:
        """Name the list: 自有名单“规上企业”2,134 家（2026-11-26）."""
        claim = (
            Phrase("按完整名单计", "taken as complete")
            if self.coverage is Coverage.COMPLETE
            else Phrase("不完整", "not complete")
        )
        zh = f"自有名单“{self.name}”{self.total:,} 家（{self.on.isoformat()}，{self.linked:,} 家挂到环节，{claim}）"
        en = f"own list '{self.name}', {counted(self.total, 'firm')} ({self.on.isoformat()}, {self.linked:,} linked to segments, {claim.en})"
        found = Phrase(zh, en)
        if self.coverage is Coverage.COMPLETE and not self.shows_absence:
            found += Phrase(
                f"；只有 {self.readable_share:.0%} 的企业有业务文字，未见企业不等于缺失",
                f"; only {self.readable_share:.0%} of the firms say what they do, so that no firm seen is not missing",
            )
        return found

    def as_dict(self) -> dict[str, object]:
        """Return what the list is as plain values, without its firms."""
        return {
            "name": self.name,
            "region_code": self.region_code,
            "on": self.on.isoformat(),
            "firms": self.total,
            "linked": self.linked,
            "coverage": self.coverage.value,
        }
