"""One TOML file is one chain, or one programme: its segments, links and lexicons, with what was judged marked as judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, TypeVar

import pandas as pd
from pydantic import Field

from chaingraph.cells import FILE, WHERE
from chaingraph.errors import Problem, UnknownNameError, did_you_mean, nearest
from chaingraph.fields import FIELDS
from chaingraph.model import Confidence, SegmentKind, Siting, Stage
from chaingraph.phrases import verbatim
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


class ForeignSegment(Entry):
    """A segment as the file of a chain from elsewhere states it: what its source does not say is absent."""

    id: str
    name_zh: str
    name_en: str | None = None
    stage: Literal[tuple(s.value for s in Stage)]  # type: ignore[valid-type]
    kind: Literal[tuple(k.value for k in SegmentKind)]  # type: ignore[valid-type]
    location_bound: bool = False
    siting: Literal[tuple(s.value for s in Siting)] | None = None  # type: ignore[valid-type]
    import_dependent: bool = False
    products_zh: list[str] = Field(default_factory=list)
    industry_codes: list[str] = Field(default_factory=list)
    io_sector: str | None = None
    domestic_share: float | None = Field(default=None, ge=0, le=1)
    leading_firms: dict[str, Literal["page", "listed", "gk"]] = Field(default_factory=dict)
    source_url: str | None = None
    source_supports: Literal["segment", "firm-or-cluster-only", "none"] = "none"
    note: str | None = None
    lexicon: Lexicon = Field(default_factory=Lexicon)


class SegmentEntry(ForeignSegment):
    """A segment as the chain's file states it."""

    name_en: str
    io_sector: str


class ForeignLink(Entry):
    """A supply link as the file of a chain from elsewhere states it: whether it is essential may not be known."""

    supplier: str
    customer: str
    essential: bool | None = None
    substitute_group: str | None = None
    recycling: bool = False
    strength: float | None = Field(default=None, ge=0, le=1)
    confidence: Literal[tuple(c.value for c in Confidence)] = Confidence.JUDGEMENT.value  # type: ignore[valid-type]
    note: str | None = None


class LinkEntry(ForeignLink):
    """A supply link as the chain's file states it; `strength` only where a source gives a better one than the table."""

    essential: bool


class ForeignChain(Entry):
    """The file of a chain from elsewhere."""

    id: str
    name_zh: str
    name_en: str | None = None
    confidence: Literal[tuple(c.value for c in Confidence)]  # type: ignore[valid-type]
    sources: list[str] = Field(default_factory=list)
    segments: Sequence[ForeignSegment]
    links: Sequence[ForeignLink] = Field(default_factory=list)


class ChainFile(ForeignChain):
    """A chain's file."""

    name_en: str
    segments: list[SegmentEntry]
    links: list[LinkEntry] = Field(default_factory=list)


AnyChain = TypeVar("AnyChain", bound=ForeignChain)


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
    """All chain and programme files of a data folder as far as they could be read, and the problems of the rest.

    `folder` is how the chains' folder is named to people, `origin` and `link_origin` the passports of what the files say.
    """

    chains: Mapping[str, ForeignChain]
    programmes: Mapping[str, ProgrammeFile]
    problems: tuple[Problem, ...]
    folder: str = "chains"
    origin: str = CHAIN_ORIGIN
    link_origin: str = LINK_ORIGIN

    def find(self, chain: str) -> str:
        """Return the id of the chain with this id or Chinese name; `UnknownNameError` with the nearest ones."""
        ids = {name: c.id for c in self.chains.values() for name in (c.id, c.name_zh)}
        if chain not in ids:
            raise UnknownNameError("chain", chain, ids, "`chaingraph chains` lists them.")
        return ids[chain]

    def segments(self) -> Iterator[tuple[str, ForeignSegment]]:
        """Yield (segment_id, entry) of every segment, chain by chain."""
        for chain in self.chains.values():
            for segment in chain.segments:
                yield f"{chain.id}/{segment.id}", segment


def read_chains(root: Path) -> Chains:
    """Read `root/chains/*.toml` and `root/programmes/*.toml`; of a faulty file what is sound."""
    chains, problems = read_chain_files(root / "chains", root, ChainFile)
    stems = [PurePosixPath(shown(path, root)).stem for path in _files(root / "chains")]
    programmes: dict[str, ProgrammeFile] = {}
    for path in _files(root / "programmes"):
        programme, found = read_entry(path, root, ProgrammeFile)
        problems += found
        if programme is not None:
            file = shown(path, root)
            programmes[PurePosixPath(file).stem] = programme
            problems += misnamed(file, programme.id)
            problems += _unknown_chains(programme, file, stems)
    return Chains(chains, programmes, tuple(problems))


def read_chain_files(folder: Path, root: Path, model: type[AnyChain]) -> tuple[dict[str, AnyChain], list[Problem]]:
    """Read the chains of a folder by the stem of their file, named to people as below `root`; of a faulty file what is sound."""
    chains: dict[str, AnyChain] = {}
    problems: list[Problem] = []
    for path in _files(folder):
        file = shown(path, root)
        chain, found = read_entry(path, root, model)
        problems += found
        if chain is not None:
            chains[PurePosixPath(file).stem] = chain
            problems += [*misnamed(file, chain.id), *without_sector(file, chain)]
    return chains, problems


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*.toml") if p.name != PASSPORT)


def misnamed(file: str, found: str) -> Iterator[Problem]:
    """A file that is not called as its id: links and programmes name the id."""
    stem = PurePosixPath(file).stem
    if found != stem:
        yield Problem(file, "id", "wrong-code", repr(found), f"'{stem}', the file's name", "Rename the file or mend the id.")


def without_sector(file: str, chain: ForeignChain) -> Iterator[Problem]:
    """A segment of ours whose sector is left empty: only a source from elsewhere may not say it."""
    meaning = FIELDS["io_sector"].meaning
    for s in chain.segments:
        if s.io_sector is not None and not s.io_sector.strip():
            where = f"segments.{s.id}, io_sector"
            yield Problem(file, where, "missing-value", "nothing", "three digits", f"Fill it in: {meaning}.")


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
        file = f"{read.folder}/{stem}.toml"
        rows["chains"].append(
            {
                "chain_id": chain.id,
                "name_zh": chain.name_zh,
                "name_en": verbatim(chain.name_zh).en if chain.name_en is None else chain.name_en,
                "confidence_level": chain.confidence,
                "origin_id": read.origin,
                FILE: file,
                WHERE: chain.id,
            }
        )
        sector = {s.id: s.io_sector for s in chain.segments}
        rows["segments"] += [_segment_row(chain.id, s, file, read.origin) for s in chain.segments]
        rows["supply_links"] += [_link_row(chain.id, link, sector, coefficients, file, read.link_origin) for link in chain.links]
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


def _segment_row(chain_id: str, s: ForeignSegment, file: str, origin: str) -> dict[str, object]:
    return {
        "segment_id": f"{chain_id}/{s.id}",
        "chain_id": chain_id,
        "name_zh": s.name_zh,
        "name_en": verbatim(s.name_zh).en if s.name_en is None else s.name_en,
        "stage": s.stage,
        "segment_kind": s.kind,
        "is_location_bound": s.location_bound,
        "siting": s.siting,
        "is_import_dependent": s.import_dependent,
        "products_zh": "；".join(s.products_zh) or s.name_zh,
        "industry_codes": ";".join(s.industry_codes) or None,
        "io_sector": s.io_sector,
        "source_url": s.source_url,
        "source_supports": s.source_supports,
        "domestic_share": s.domestic_share,
        "note": s.note,
        "origin_id": origin,
        FILE: file,
        WHERE: f"segments.{s.id}",
    }


def _link_row(
    chain_id: str,
    link: ForeignLink,
    sector: Mapping[str, str | None],
    coefficients: dict[tuple[str, str], float],
    file: str,
    origin: str,
) -> dict[str, object]:
    looked_up = coefficients.get((sector.get(link.supplier) or "", sector.get(link.customer) or ""))
    return {
        "supplier_id": f"{chain_id}/{link.supplier}",
        "customer_id": f"{chain_id}/{link.customer}",
        "is_essential": link.essential,
        "substitute_group": link.substitute_group,
        "is_recycling": link.recycling,
        "strength": looked_up if link.strength is None else link.strength,
        "confidence_level": link.confidence,
        "note": link.note,
        "origin_id": origin,
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
