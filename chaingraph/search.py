"""Finding a region from what a person types: a code, a name or part of one, pinyin, initials."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from chaingraph.graph import ChainGraph, build
from chaingraph.model import RegionLevel
from chaingraph.places import MUNICIPALITIES, Region
from chaingraph.region_names import plain, short_region_name, spellings
from chaingraph.tables import Tables


@dataclass(frozen=True)
class _Entry:
    """A region and what it is found by, each name between two line ends so that one look at the text is enough.

    A text may stand anywhere in `names`, and only at the beginning of one of `starts`.
    """

    region: Region
    names: str
    starts: str

    def distance(self, text: str) -> int | None:
        """How far a text is from the region: 0 it is one of its names, 1 begins one, 2 stands within one; None not at all."""
        head = f"\n{text}"
        if text not in self.names and head not in self.starts:
            return None
        both = self.names + self.starts
        return 0 if f"{head}\n" in both else 1 if head in both else 2


def search_regions(graph: ChainGraph, text: str, limit: int = 20) -> list[Region]:
    """Return the regions that a text may mean, likeliest first, at most `limit`; none for a text without letters or digits.

    Found by code, full or short name, English name, pinyin (taizhou) and initials (tz); codes and initials count from their
    beginning only. Exact before prefix before part; among equals cities, then provinces, then counties, by code.
    """
    wanted = plain(text)
    if not wanted:
        return []
    index = graph.tables.derived(_index)
    found = [(far, n) for n, entry in enumerate(index) if (far := entry.distance(wanted)) is not None]
    return [index[n].region for _, n in islice(sorted(found), max(0, limit))]


def _index(tables: Tables) -> tuple[_Entry, ...]:
    """Entries of all regions, in the order in which they are offered among equals."""

    def order(region: Region) -> tuple[int, str]:
        city = region.level is RegionLevel.PREFECTURE or region.code in MUNICIPALITIES
        return (0 if city else 1 + list(RegionLevel).index(region.level)), region.code

    return tuple(map(_entry, sorted(build(tables).regions.values(), key=order)))


def _entry(region: Region) -> _Entry:
    spelt, initials = spellings(region.name_zh)
    short = plain(short_region_name(region.name_zh))
    # Nobody calls 青县 青: who begins to type so looks for 青岛.
    names = {plain(region.name_zh), *({short} if len(short) > 1 else ()), *spelt}
    return _Entry(region, _lines(names), _lines({region.code, *initials}))


def _lines(names: set[str]) -> str:
    return "".join(f"\n{n}" for n in sorted(names)) + "\n"
