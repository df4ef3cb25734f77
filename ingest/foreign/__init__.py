"""Chains in formats from elsewhere → chains in ours, with a report of what was lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chaingraph.errors import ChaingraphError, UnknownNameError
from ingest.foreign import chain_atlas, chain_maps, openspg
from ingest.foreign.placing import Companies, place
from ingest.foreign.readings import Reading
from ingest.foreign.writing import write


@dataclass(frozen=True)
class Format:
    """A format: its name, what it looks like, how a file or folder is known to be in it, and its reader."""

    name: str
    looks: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path], Reading]


FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format(chain_maps.NAME, "a CSV with chain, stage, l1 … l4 and company", chain_maps.recognises, chain_maps.read),
        Format(chain_atlas.NAME, "YAML files with an industry and its segments", chain_atlas.recognises, chain_atlas.read),
        Format(openspg.NAME, "a folder with Product.csv", openspg.recognises, openspg.read),
    )
}


def read(path: Path, format_name: str | None = None) -> Reading:
    """Read a file or folder in the format named, or in the one it is found to be in by its content.

    ChaingraphError: no such file, or no format recognised. UnknownNameError: no such format. DataError: all faults at once.
    """
    if not path.exists():
        raise ChaingraphError(f"no file or folder '{path}': give the source to read")
    if format_name is not None and format_name not in FORMATS:
        raise UnknownNameError("format", format_name, FORMATS, f"There are {', '.join(FORMATS)}.")
    if format_name is not None:
        return FORMATS[format_name].read(path)
    found = [f for f in FORMATS.values() if f.recognises(path)]
    if len(found) != 1:
        seen = "; ".join(f"{f.name}: {f.looks}" for f in FORMATS.values())
        raise ChaingraphError(f"cannot tell the format of '{path}': name it with --format ({seen})")
    return found[0].read(path)


__all__ = ["FORMATS", "Companies", "Format", "Reading", "place", "read", "write"]
