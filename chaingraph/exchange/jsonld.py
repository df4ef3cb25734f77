"""The graph as linked data: JSON-LD with its context inside, so that no program has to fetch anything to read it.

One rule for every table, that of the W3C's Direct Mapping of Relational Data to RDF: a row is a thing, a column a property, a
reference leads to the thing it refers to, what is not known is not stated, and a key of one column is the thing's `identifier`. Terms are schema.org's where they mean the same.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from chaingraph.exchange.described import grades
from chaingraph.exchange.excerpt import excerpt
from chaingraph.exchange.format import Format, Scope
from chaingraph.fields import FIELDS, Type
from chaingraph.graph import ChainGraph
from chaingraph.phrases import Phrase
from chaingraph.tables import SPECS, TableSpec

WORDS, THINGS = "urn:chaingraph:term:", "urn:chaingraph:"
CLASSES = {
    "origins": "Origin",
    "regions": "Region",
    "industries": "Industry",
    "io_sectors": "Sector",
    "programmes": "Programme",
    "chains": "Chain",
    "programme_chains": "ProgrammeChain",
    "segments": "Segment",
    "supply_links": "SupplyLink",
    "companies": "Company",
    "company_names": "CompanyName",
    "activities": "Activity",
    "establishments": "Establishment",
    "firm_lists": "FirmList",
    "memberships": "Membership",
    "ties": "Tie",
}
"""The tables whose rows are things. Figures by region, sector and year (`presence`, `coverage`, `io_coefficients`) stay tables."""
SCHEMA = {
    "Origin": "Dataset",
    "Region": "AdministrativeArea",
    "Company": "Organization",
    "identifier": "identifier",
    "name_zh": "name",
    "name_en": "name",
    "short_name": "alternateName",
    "alias": "alternateName",
    "founded_on": "foundingDate",
    "uscc": "taxID",
    "title": "name",
    "url": "url",
    "licence": "license",
    "publisher": "publisher",
    "published_on": "datePublished",
}
"""Our word → schema.org's, where there is one that means the same."""
_XSD = {Type.NUMBER: "double", Type.INTEGER: "integer", Type.FLAG: "boolean", Type.DATE: "date"}
_LANGUAGES = {"name_zh": "zh", "short_name": "zh", "products_zh": "zh", "cluster_zh": "zh", "name_en": "en"}


def write(graph: ChainGraph, path: Path, scope: Scope) -> None:
    """Write a document of one `@context` and one `@graph`; with a region, its grades as things of class `Presence`."""
    tables = excerpt(graph.tables, scope.chain) if scope.chain else graph.tables
    things: list[dict[str, object]] = [
        {"@id": f"{THINGS}version:{graph.version}", "@type": "Version", "identifier": graph.version}
    ]
    things += [thing for name in CLASSES for thing in _things(SPECS[name], tables[name])]
    things += [
        {
            "@id": _iri("presence", [scope.region, segment]),
            "@type": "Presence",
            "region_code": _iri("regions", [scope.region]),
            "segment_id": _iri("segments", [segment]),
            "grade": grade.value,
        }
        for segment, grade in grades(graph, scope).items()
    ]
    document = {"@context": context(), "@graph": things}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def context() -> dict[str, object]:
    """Return what every term of the document means: its name as an IRI, its type, its language."""
    columns = dict.fromkeys(c for name in CLASSES for c in SPECS[name].columns)
    references = {c for name in CLASSES for c in SPECS[name].references}
    plain = {word: _term(word) for word in (*CLASSES.values(), "Version", "Presence", "identifier", "grade")}
    typed = {c: {"@id": _term(c), **_kind(c, references)} for c in columns}
    return {"@version": 1.1, "schema": "https://schema.org/", "xsd": "http://www.w3.org/2001/XMLSchema#", **plain, **typed}


def _kind(column: str, references: set[str]) -> dict[str, str]:
    field = FIELDS[column]
    if column in references:
        return {"@type": "@id"}
    if field.type in _XSD:
        return {"@type": f"xsd:{_XSD[field.type]}"}
    return {"@language": _LANGUAGES[column]} if column in _LANGUAGES else {}


def _term(word: str) -> str:
    return f"schema:{SCHEMA[word]}" if word in SCHEMA else f"{WORDS}{word}"


def _things(spec: TableSpec, frame: pd.DataFrame) -> Iterator[dict[str, object]]:
    targets = {c: target.split(".")[0] for c, target in spec.references.items()}
    identifier = spec.key[0] if len(spec.key) == 1 else ""
    for row in frame.to_dict("records"):
        thing: dict[str, object] = {"@id": _iri(spec.name, [row[k] for k in spec.key]), "@type": CLASSES[spec.name]}
        for column, value in row.items():
            if pd.notna(value):
                word = "identifier" if column == identifier else str(column)
                thing[word] = _iri(targets[word], [value]) if word in targets else _plain(value)
        yield thing


def _iri(table: str, key: list[object]) -> str:
    """The name of a thing: its table and its key; a part of the key that is not known is empty."""
    return f"{THINGS}{table}:{':'.join('' if pd.isna(k) else quote(str(k), safe='/') for k in key)}"


def _plain(value: object) -> object:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and math.isinf(value):
        return "INF" if value > 0 else "-INF"
    return value


FORMAT = Format(
    "jsonld",
    Phrase("关联数据：产业链、环节、企业、地区及其来源", "linked data: chains, segments, firms, regions and their origins"),
    ".jsonld",
    write,
    shows_region=True,
)
