"""The optional chains that are shipped: published collections under MIT and Apache-2.0, rebuilt in our format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chaingraph.errors import ChaingraphError
from chaingraph.model import Confidence
from ingest import decisions, foreign
from ingest.foreign.readings import Reading
from ingest.foreign.writing import Passport
from ingest.load import load
from ingest.origins import OPTIONAL

RETRIEVED = date(2026, 11, 1)
JUDGED = "Judged here: the kind of each segment, by the words of its titles"
NOT_SAID = "not said: which inputs are essential, sectors, industry codes, lexicons, English names. Firms are to review."


@dataclass(frozen=True)
class Collection:
    """A shipped collection: its passport, and where its source lies below the folder of raw sources."""

    place: str
    passport: Passport


COLLECTIONS = (
    Collection(
        "data/chain-maps-28",
        {
            "origin_id": "chain-maps",
            "publisher": "liusai0820",
            "title": "industrychainvisualization: maps of 28 chains, commit a3c7610",
            "url": "https://github.com/liusai0820/industrychainvisualization",
            "licence": "MIT",
            "retrieved_on": RETRIEVED,
            "confidence_level": Confidence.GENERAL_KNOWLEDGE.value,
            "definition": f"Chains, stages, segments and firms as drafted there by a language model. {JUDGED}; {NOT_SAID}",
        },
    ),
    Collection(
        "data/chain-atlas-semiconductor",
        {
            "origin_id": "chain-atlas",
            "publisher": "JiMoxiao",
            "title": "industry-chain-atlas: five chains around semiconductors, commit 0666165",
            "url": "https://github.com/JiMoxiao/industry-chain-atlas",
            "licence": "MIT",
            "retrieved_on": RETRIEVED,
            "confidence_level": Confidence.SINGLE_SOURCE.value,
            "definition": "Segments, key companies and domestic shares as stated there; links are supply between companies that are each in "
            f"one segment. {JUDGED}; {NOT_SAID}",
        },
    ),
    Collection(
        "data/openspg-supplychain",
        {
            "origin_id": "openspg",
            "publisher": "OpenSPG",
            "title": "KAG: example supplychain, table of products, commit e1012d3",
            "url": "https://github.com/OpenSPG/KAG",
            "licence": "Apache-2.0",
            "retrieved_on": RETRIEVED,
            "confidence_level": Confidence.SINGLE_SOURCE.value,
            "definition": "Products and what they go into as stated there; firms are masked there and left out. Judged here: kinds, by the "
            f"words of the path, and stages, by the links; {NOT_SAID}",
        },
    ),
)


def build(raw: Path, data: Path, progress: Callable[[str], None] = lambda _: None) -> dict[str, Reading]:
    """Rebuild the optional chains of a data folder from raw sources, byte for byte the same each time; return what was read.

    Firms are matched with the companies of the folder. ChaingraphError: a source is not there.
    """
    for collection in COLLECTIONS:
        if not (raw / collection.place).is_dir():
            raise ChaingraphError(f"no folder '{raw / collection.place}': give the folder of raw sources with --raw")
    companies = foreign.Companies(load(data), decisions.read(data / "decisions").names)
    out = {}
    for collection in COLLECTIONS:
        name = str(collection.passport["origin_id"])
        progress(name)
        reading = foreign.read(raw / collection.place)
        foreign.write(reading, foreign.place(reading, companies), collection.passport, data / OPTIONAL / name)
        out[name] = reading
    return out
