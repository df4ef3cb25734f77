"""Chain atlas: one YAML file a chain, with segments, their key companies by stock code, and supply from company to company.

Supply becomes a link between segments where both companies are key companies of one segment each: which segment a firm of
several supplies from is not said. What is market figures, prose or decoration is lost by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import networkx as nx
import yaml
from pydantic import Field

from chaingraph.errors import DataError, Problem
from chaingraph.model import Confidence, Stage
from ingest.chains import ForeignChain, ForeignLink, ForeignSegment
from ingest.entries import Entry, validated
from ingest.files import read_text
from ingest.foreign.losses import Losses
from ingest.foreign.readings import NAMED_LEADING, NamedFirm, Reading, files_of, kind_of, slug, slugs

NAME = "chain-atlas"
PREFIX = "atlas"
SUFFIXES = (".yaml", ".yml")
DOMESTIC_SHARE = "国产化率_百分比"
"""Data point that states the domestic share of the segment itself; others of the kind are of one product of several."""

DEEPEST = 20
"""Lists and mappings within one another; deeper ones are refused before they are built, which would exhaust the stack."""


class Company(Entry):
    """A key company of a segment."""

    code: str
    name: str
    role: str = ""


class DataPoint(Entry):
    """A figure on a segment, which may be a name without a value."""

    name: str
    unit: str
    type: str
    current_value: str = ""
    source_name: str = ""
    source_url: str = ""
    last_updated: str = ""


class NewCapacity(Entry):
    """A plant that is announced."""

    company: str
    scale: str
    expected_online: str
    status: str


class Segment(Entry):
    """A segment."""

    id: str
    name: str
    position: Literal[tuple(s.value for s in Stage)]  # type: ignore[valid-type]
    tier: str
    description: str
    key_companies: list[Company] = Field(default_factory=list)
    data_points: list[DataPoint] = Field(default_factory=list)
    new_capacity: list[NewCapacity] = Field(default_factory=list)
    group: str
    layer: str


class Supply(Entry):
    """A company that supplies another, or nobody by name."""

    supplier_code: str
    buyer_code: str = ""
    product: str
    relationship_type: str
    confidence: str
    notes: str = ""


class Atlas(Entry):
    """A chain's file."""

    industry: str
    icon: str = ""
    flow_description: str = ""
    segments: list[Segment]
    supply_relationships: list[Supply] = Field(default_factory=list)
    group_labels: dict[str, list[str]] = Field(default_factory=dict)
    group_order: list[str] = Field(default_factory=list)


def recognises(path: Path) -> bool:
    """Whether a YAML file, or the first of a folder, opens with an industry and has segments."""
    found = _documents(path)
    try:
        text = found[0].read_text(encoding="utf-8") if found else ""
    except (OSError, UnicodeDecodeError):
        return False
    return all(any(line.startswith(f"{key}:") for line in text.splitlines()) for key in ("industry", "segments"))


def _documents(path: Path) -> list[Path]:
    return [p for p in files_of(path) if p.suffix.lower() in SUFFIXES]


def read(path: Path) -> Reading:
    """Read a file or all of a folder; raises `DataError` with all problems of all files."""
    atlases: dict[str, Atlas] = {}
    problems: list[Problem] = []
    for file in _documents(path):
        content, found = _content(file)
        if not found:
            atlas, found = validated(content, file.name, Atlas)
            if atlas and not found:
                found = list(_faults(atlas, file.name))
                atlases[file.stem] = atlas
        problems += found
    if not atlases and not problems:
        problems.append(
            Problem(path.name, "folder", "missing-file", "no YAML file", "one for each chain", "Name another folder.")
        )
    if problems:
        raise DataError(problems)
    return _reading(atlases, tuple(p.name for p in _documents(path)))


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Every scalar stays text, so that a code keeps its zeros; a key twice in one mapping is a fault."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value} twice", key.start_mark)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else "")
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


_BROKEN = (yaml.scanner.ScannerError, yaml.parser.ParserError)


def _content(file: Path) -> tuple[dict[str, object], list[Problem]]:
    text, problems = read_text(file, file.name)
    if problems:
        return {}, problems
    where, fault = "file", ""
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent):
                fault = f"an alias *{event.anchor}"
            elif depth > DEEPEST:
                fault = "brackets nested too deep"
            if fault:
                where = _line(event.start_mark)
                break
        content = None if fault else yaml.load(text, Loader=_Loader)  # noqa: S506 (a loader that makes nothing but text, lists and dicts)
        if isinstance(content, dict) and not fault:
            return content, []
        fault = fault or f"a {type(content).__name__} at the top"
    except yaml.MarkedYAMLError as error:
        where = _line(error.problem_mark)
        fault = f"broken YAML, {error.problem}" if isinstance(error, _BROKEN) else str(error.problem)
    except (yaml.YAMLError, ValueError, TypeError) as error:
        fault = str(error).splitlines()[0]
    return {}, [Problem(file.name, where, "unreadable", fault, "YAML of plain keys and values", "Restore it, or write it out.")]


def _line(mark: object) -> str:
    line = getattr(mark, "line", None)
    return "file" if line is None else f"line {line + 1}"


def _faults(atlas: Atlas, file: str) -> Iterator[Problem]:
    """Ids and names twice, and percentages that are none."""
    for what, values in (("id", [slug(s.id) for s in atlas.segments]), ("name", [s.name for s in atlas.segments])):
        for value in sorted({v for v in values if values.count(v) > 1}):
            yield Problem(file, f"segments, {what}", "duplicate-key", f"{value} again", f"each {what} once", "Rename one.")
    for s in atlas.segments:
        if not slug(s.id):
            yield Problem(file, f"segments.{s.id}.id", "wrong-code", repr(s.id), "letters or digits", "Give it an id.")
        if _share(s) is None and any(p.name == DOMESTIC_SHARE and p.current_value for p in s.data_points):
            where = f"segments.{s.id}.data_points.{DOMESTIC_SHARE}"
            yield Problem(file, where, "impossible-value", "no percentage", "one number from 0 to 100", "Mend the value.")
    if not atlas.segments:
        yield Problem(file, "segments", "missing-value", "no segment", "the segments of the chain", "Restore them.")


def _share(segment: Segment) -> float | None:
    """The domestic share that a segment's one data point states, in [0, 1]; None where there is none, or no number."""
    stated = [p.current_value for p in segment.data_points if p.name == DOMESTIC_SHARE and p.unit == "%" and p.current_value]
    try:
        share = float(stated[0]) / 100 if len(stated) == 1 else None
    except ValueError:
        return None
    return share if share is not None and 0 <= share <= 1 else None


def _reading(atlases: Mapping[str, Atlas], files: tuple[str, ...]) -> Reading:
    losses = Losses()
    chain_ids = slugs(atlases, PREFIX, "chain")
    chains = tuple(_chain(atlas, chain_id, losses) for chain_id, atlas in zip(chain_ids, atlases.values(), strict=True))
    firms = tuple(
        NamedFirm(f"{chain_id}/{slug(s.id)}", c.name, c.code, is_leading=True)
        for chain_id, atlas in zip(chain_ids, atlases.values(), strict=True)
        for s in atlas.segments
        for c in s.key_companies
    )
    losses.of("firms", len(firms))
    return Reading(NAME, files, chains, firms, losses)


def _chain(atlas: Atlas, chain_id: str, losses: Losses) -> ForeignChain:
    labels = {group: label[0] if label else group for group, label in atlas.group_labels.items()}
    links = _links(atlas, losses)
    _account(atlas, losses)
    return ForeignChain(
        id=chain_id,
        name_zh=atlas.industry,
        confidence=Confidence.SINGLE_SOURCE.value,
        segments=[_segment(s, labels.get(s.group, s.group)) for s in atlas.segments],
        links=links,
    )


def _segment(s: Segment, group: str) -> ForeignSegment:
    stage = Stage(s.position)
    words = "".join(c for c in group if c.isalnum() or c in " /()、与").strip()
    return ForeignSegment(
        id=slug(s.id),
        name_zh=s.name,
        stage=stage.value,
        kind=kind_of(stage, (words, s.name)).value,
        domestic_share=_share(s),
        leading_firms=dict.fromkeys((c.name for c in s.key_companies), NAMED_LEADING),
        note=words,
    )


def _links(atlas: Atlas, losses: Losses) -> list[ForeignLink]:
    """Turn supply from company to company into links between segments, each once, with the products in its note."""
    at: dict[str, list[str]] = {}
    for s in atlas.segments:
        for code in dict.fromkeys(c.code for c in s.key_companies):
            at.setdefault(code, []).append(slug(s.id))
    account = losses.of("supply relationships", len(atlas.supply_relationships))
    products: dict[tuple[str, str], list[str]] = {}
    forward: nx.DiGraph[str] = nx.DiGraph()
    forward.add_nodes_from(slug(s.id) for s in atlas.segments)
    for r in atlas.supply_relationships:
        name = f"{r.supplier_code} → {r.buyer_code or '?'}: {r.product}"
        suppliers, buyers = at.get(r.supplier_code, []), at.get(r.buyer_code, [])
        why = _unclear(r, suppliers, buyers)
        if not why and nx.has_path(forward, buyers[0], suppliers[0]):
            why = "would close a loop"
        if why:
            account.lose(why, [name])
            continue
        account.keep()
        forward.add_edge(suppliers[0], buyers[0])
        products.setdefault((suppliers[0], buyers[0]), []).append(r.product)
    return [
        ForeignLink(
            supplier=supplier,
            customer=customer,
            confidence=Confidence.SINGLE_SOURCE.value,
            note="；".join(dict.fromkeys(names)),
        )
        for (supplier, customer), names in products.items()
    ]


def _unclear(r: Supply, suppliers: list[str], buyers: list[str]) -> str:
    """Why a supply relationship is no link between two segments; empty where it is one."""
    if not r.buyer_code:
        return "name no buyer"
    if not suppliers or not buyers:
        return "between companies of which one is in no segment of the file"
    if len(suppliers) > 1 or len(buyers) > 1:
        return "of a company in several segments: from or to which is not said"
    return "within one segment" if suppliers == buyers else ""


def _account(atlas: Atlas, losses: Losses) -> None:
    """Count every other field: what each holds, by the name of the thing it stands at."""
    segments, supplies = atlas.segments, atlas.supply_relationships
    companies = [(s, c) for s in segments for c in s.key_companies]
    points = [(s, p) for s in segments for p in s.data_points]
    losses.of("chains", 1).keep()
    losses.of("segments", len(segments)).keep(len(segments))
    losses.of("segments: group", len(segments)).note(len(segments))
    used = {s.group for s in segments} & atlas.group_labels.keys()
    losses.of("group labels", len(used)).note(len(used))

    def lost(what: str, reason: str, names: Iterable[str]) -> None:
        every = list(names)
        if every:
            losses.of(what, len(every)).lose(reason, every)

    def values(what: str, reason: str, field: str, things: Iterable[tuple[str, object]]) -> None:
        lost(f"{what}: {field}", reason, (name for name, thing in things if getattr(thing, field)))

    by_id: list[tuple[str, object]] = [(s.id, s) for s in segments]
    order, prose, figures = (
        "the order is that of the links",
        "prose is not taken over",
        "no table for figures on markets and plants",
    )
    lost("icon", "decoration", [atlas.industry] if atlas.icon else [])
    lost("flow_description", "decoration", [atlas.industry] if atlas.flow_description else [])
    lost("group colours", "decoration", (f"{atlas.industry}: {g}" for g, label in atlas.group_labels.items() for _ in label[1:]))
    lost("group labels", "of no segment", (f"{atlas.industry}: {g}" for g in atlas.group_labels if g not in used))
    lost("group_order", order, (f"{atlas.industry}: {g}" for g in atlas.group_order))
    values("segments", order, "tier", by_id)
    values("segments", order, "layer", by_id)
    values("segments", prose, "description", by_id)
    values("firms", prose, "role", [(f"{s.id}: {c.name}", c) for s, c in companies])
    shares = [(s, p) for s, p in points if p.name == DOMESTIC_SHARE and p.current_value and _share(s) is not None]
    losses.of("data points", len(points)).keep(len(shares))
    rest = [f"{s.id}: {p.name}" for s, p in points if (s, p) not in shares]
    if rest:
        losses.of("data points").lose(figures, rest)
    for field in ("unit", "type", "source_name", "source_url", "last_updated"):
        values("data points", figures, field, [(f"{s.id}: {p.name}", p) for s, p in points])
    lost("new capacity", figures, (f"{s.id}: {n.company} {n.scale}" for s in segments for n in s.new_capacity))
    at = [(f"{r.supplier_code} → {r.buyer_code or '?'}: {r.product}", r) for r in supplies]
    values("supply relationships", "no place for the strength of a single contract", "relationship_type", at)
    values("supply relationships", "a scale of the source's own", "confidence", at)
    values("supply relationships", prose, "notes", at)
