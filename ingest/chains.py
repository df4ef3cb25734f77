"""One TOML file is one chain, or one programme: its segments, links and lexicons, with what was judged marked as judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import pandas as pd
from pydantic import Field

from chaingraph.cells import FILE, WHERE
from chaingraph.errors import Problem, did_you_mean, nearest
from chaingraph.model import Confidence, SegmentKind, Stage
from ingest.entries import Entry, read_entry
from ingest.files import shown
from ingest.origins import PASSPORT

CHAIN_ORIGIN, LINK_ORIGIN = "chain-facts", "chain-judgement"


class Lexicon(Entry):
    """The words that put a firm into a segment.

    `specific`: one such product, made by the firm, is enough. `indicative`: needs a second sign. `generic`: a weak
    hint that links nothing alone. `exclude`: longer phrases that contain or touch a term and mean something else.
    """

    specific: list[str] = Field(default_factory=list)
    indicative: list[str] = Field(default_factory=list)
    generic: list[str] = Field(default_factory=list)
    exclude: list[str] = Field(default_factory=list)
    english: list[str] = Field(default_factory=list)


class SegmentEntry(Entry):
    """A segment as the chain's file states it."""

    id: str
    name_zh: str
    name_en: str
    stage: Literal[tuple(s.value for s in Stage)]  # type: ignore[valid-type]
    kind: Literal[tuple(k.value for k in SegmentKind)]  # type: ignore[valid-type]
    location_bound: bool = False
    import_dependent: bool = False
    products_zh: list[str] = Field(default_factory=list)
    industry_codes: list[str] = Field(default_factory=list)
    io_sector: str
    domestic_share: float | None = Field(default=None, ge=0, le=1)
    leading_firms: dict[str, Literal["page", "listed", "gk"]] = Field(default_factory=dict)
    source_url: str | None = None
    source_supports: Literal["segment", "firm-or-cluster-only", "none"] = "none"
    note: str | None = None
    lexicon: Lexicon = Field(default_factory=Lexicon)


class LinkEntry(Entry):
    """A supply link as the chain's file states it; `strength` only where a source gives a better one than the table."""

    supplier: str
    customer: str
    essential: bool
    substitute_group: str | None = None
    recycling: bool = False
    strength: float | None = Field(default=None, ge=0, le=1)
    confidence: Literal[tuple(c.value for c in Confidence)] = Confidence.JUDGEMENT.value  # type: ignore[valid-type]
    note: str | None = None


class ChainFile(Entry):
    """A chain's file."""

    id: str
    name_zh: str
    name_en: str
    confidence: Literal[tuple(c.value for c in Confidence)]  # type: ignore[valid-type]
    sources: list[str] = Field(default_factory=list)
    segments: list[SegmentEntry]
    links: list[LinkEntry] = Field(default_factory=list)


class ClusterEntry(Entry):
    """A cluster or chain that a programme names; a missing name or group is not published."""

    name_zh: str | None = None
    group: str | None = None
    phase: str | None = None
    chains: list[str] = Field(default_factory=list)
    confidence: Literal[tuple(c.value for c in Confidence)]  # type: ignore[valid-type]
    source_url: str | None = None
    note: str | None = None


class LocalFirmsEntry(Entry):
    """Firms that a source says are in the region."""

    chain: str | None = None
    firms_zh: list[str]
    confidence: Literal[tuple(c.value for c in Confidence)]  # type: ignore[valid-type]
    source_url: str | None = None
    note: str | None = None


class ProgrammeFile(Entry):
    """A programme's file."""

    id: str
    name_zh: str
    region_code: str
    year: int | None = None
    composition: str | None = None
    confidence: Literal[tuple(c.value for c in Confidence)]  # type: ignore[valid-type]
    source_url: str | None = None
    note: str | None = None
    clusters: list[ClusterEntry] = Field(default_factory=list)
    local_firms: list[LocalFirmsEntry] = Field(default_factory=list)


@dataclass(frozen=True)
class Chains:
    """All chain and programme files of a data folder as far as they could be read, and the problems of the rest."""

    chains: dict[str, ChainFile]
    programmes: dict[str, ProgrammeFile]
    problems: tuple[Problem, ...]

    def segments(self) -> Iterator[tuple[str, SegmentEntry]]:
        """Yield (segment_id, entry) of every segment, chain by chain."""
        for chain in self.chains.values():
            for segment in chain.segments:
                yield f"{chain.id}/{segment.id}", segment


def read_chains(root: Path) -> Chains:
    """Read `root/chains/*.toml` and `root/programmes/*.toml`; of a faulty file what is sound."""
    chains: dict[str, ChainFile] = {}
    programmes: dict[str, ProgrammeFile] = {}
    problems: list[Problem] = []
    files = {shown(path, root): path for path in _files(root / "chains")}
    stems = [PurePosixPath(file).stem for file in files]
    for stem, (file, path) in zip(stems, files.items(), strict=True):
        chain, found = read_entry(path, root, ChainFile)
        problems += found
        if chain is not None:
            chains[stem] = chain
            problems += _misnamed(file, chain.id)
    for path in _files(root / "programmes"):
        programme, found = read_entry(path, root, ProgrammeFile)
        problems += found
        if programme is not None:
            file = shown(path, root)
            programmes[PurePosixPath(file).stem] = programme
            problems += _misnamed(file, programme.id)
            problems += _unknown_chains(programme, file, stems)
    return Chains(chains, programmes, tuple(problems))


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*.toml") if p.name != PASSPORT)


def _misnamed(file: str, found: str) -> Iterator[Problem]:
    stem = PurePosixPath(file).stem
    if found != stem:
        yield Problem(file, "id", "wrong-code", repr(found), f"'{stem}', the file's name", "Rename the file or mend the id.")


def _unknown_chains(programme: ProgrammeFile, file: str, known: Iterable[str]) -> Iterator[Problem]:
    """Local firms of a chain that has no file; the clusters' chains are checked as references of `programme_chains`."""
    stems = list(known)
    if not stems:
        return
    for number, entry in enumerate(programme.local_firms, start=1):
        if entry.chain is not None and entry.chain not in stems:
            remedy = did_you_mean(nearest(entry.chain, stems)) or "Add its file to chains first."
            where = f"local_firms {number}, chain"
            yield Problem(file, where, "broken-reference", repr(entry.chain), "a known chain_id (table chains)", remedy)


def frames(read: Chains, coefficients: dict[tuple[str, str], float]) -> dict[str, pd.DataFrame]:
    """Return the raw frames of programmes, chains, segments and links, each row with its file and key.

    `coefficients` maps (supplier sector, customer sector) to the direct-input coefficient that becomes the strength.
    """
    rows: dict[str, list[dict[str, object]]] = {
        n: [] for n in ("programmes", "programme_chains", "chains", "segments", "supply_links")
    }
    for stem, chain in read.chains.items():
        file = f"chains/{stem}.toml"
        rows["chains"].append(
            {
                "chain_id": chain.id,
                "name_zh": chain.name_zh,
                "name_en": chain.name_en,
                "confidence_level": chain.confidence,
                "origin_id": CHAIN_ORIGIN,
                FILE: file,
                WHERE: chain.id,
            }
        )
        sector = {s.id: s.io_sector for s in chain.segments}
        rows["segments"] += [_segment_row(chain.id, s, file) for s in chain.segments]
        rows["supply_links"] += [_link_row(chain.id, link, sector, coefficients, file) for link in chain.links]
    for stem, programme in read.programmes.items():
        file = f"programmes/{stem}.toml"
        rows["programmes"].append(
            {
                "programme_id": programme.id,
                "name_zh": programme.name_zh,
                "region_code": programme.region_code,
                "year": programme.year,
                "composition": programme.composition,
                "confidence_level": programme.confidence,
                "source_url": programme.source_url,
                "note": programme.note,
                "origin_id": CHAIN_ORIGIN,
                FILE: file,
                WHERE: programme.id,
            }
        )
        rows["programme_chains"] += list(_cluster_rows(programme, file))
    return {name: pd.DataFrame(content) for name, content in rows.items() if content}


def _segment_row(chain_id: str, s: SegmentEntry, file: str) -> dict[str, object]:
    return {
        "segment_id": f"{chain_id}/{s.id}",
        "chain_id": chain_id,
        "name_zh": s.name_zh,
        "name_en": s.name_en,
        "stage": s.stage,
        "segment_kind": s.kind,
        "is_location_bound": s.location_bound,
        "is_import_dependent": s.import_dependent,
        "products_zh": "；".join(s.products_zh) or s.name_zh,
        "industry_codes": ";".join(s.industry_codes) or None,
        "io_sector": s.io_sector,
        "source_url": s.source_url,
        "source_supports": s.source_supports,
        "domestic_share": s.domestic_share,
        "note": s.note,
        "origin_id": CHAIN_ORIGIN,
        FILE: file,
        WHERE: f"segments.{s.id}",
    }


def _link_row(
    chain_id: str, link: LinkEntry, sector: dict[str, str], coefficients: dict[tuple[str, str], float], file: str
) -> dict[str, object]:
    looked_up = coefficients.get((sector.get(link.supplier, ""), sector.get(link.customer, "")))
    return {
        "supplier_id": f"{chain_id}/{link.supplier}",
        "customer_id": f"{chain_id}/{link.customer}",
        "is_essential": link.essential,
        "substitute_group": link.substitute_group,
        "is_recycling": link.recycling,
        "strength": looked_up if link.strength is None else link.strength,
        "confidence_level": link.confidence,
        "note": link.note,
        "origin_id": LINK_ORIGIN,
        FILE: file,
        WHERE: f"links {link.supplier} → {link.customer}",
    }


def _cluster_rows(programme: ProgrammeFile, file: str) -> Iterator[dict[str, object]]:
    for position, cluster in enumerate(programme.clusters, start=1):
        known: Iterable[str | None] = cluster.chains or [None]
        for chain_id in known:
            yield {
                "programme_id": programme.id,
                "programme_phase": cluster.phase,
                "position": position,
                "cluster_zh": cluster.name_zh,
                "cluster_group": cluster.group,
                "chain_id": chain_id,
                "confidence_level": cluster.confidence,
                "source_url": cluster.source_url,
                "note": cluster.note,
                "origin_id": CHAIN_ORIGIN,
                FILE: file,
                WHERE: f"clusters {position} ({cluster.name_zh or 'not published'})",
            }
