"""The graph as files for elsewhere: one module per format, all of them in `FORMATS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from chaingraph.errors import ChaingraphError, did_you_mean, nearest
from chaingraph.exchange import datapackage, dot, gexf, graphml, jsonld, mermaid, neo4j_import, parquet
from chaingraph.exchange.format import Format, Scope
from chaingraph.extensions import Kind, find, installed
from chaingraph.graph import ChainGraph
from chaingraph.stores.lock import draft

FORMATS: Mapping[str, Format] = MappingProxyType(
    {m.FORMAT.name: m.FORMAT for m in (parquet, datapackage, graphml, gexf, jsonld, neo4j_import, mermaid, dot)}
)
"""The formats by name, in the order in which they are listed."""


def write(graph: ChainGraph, to: str, out: Path, chain: str | None = None, region: str | None = None, lang: str = "zh") -> None:
    """Write the graph, or one chain of it, in one of `FORMATS`; nobody ever meets half a file.

    `chain` and `region` are names or ids; with a region, formats that draw or describe say what it has of every segment.
    `lang`, ``zh`` or ``en``, is the language of what is drawn.
    A format that there is not, or that cannot do what is asked, raises with what there is.
    """
    form = find_format(to)
    if form.of_one_chain and chain is None:
        raise ChaingraphError(f"'{to}' holds one chain: name it with --chain. `chaingraph chains` lists them.")
    if region and not form.shows_region:
        able = ", ".join(f.name for f in FORMATS.values() if f.shows_region)
        raise ChaingraphError(f"'{to}' cannot show a region: leave --region out, or take one of {able}")
    scope = Scope(graph.find_chain(chain) if chain else None, graph.find_region(region).code if region else None, lang)
    try:
        _write(form, graph, out, scope)
    except OSError as error:
        raise ChaingraphError(f"cannot write '{out}': {error.strerror or error}. Choose another place with -o.") from error


def find_format(name: str) -> Format:
    """Return the format of a name, of another package too; another name raises with the nearest and with all there are."""
    if name in FORMATS:
        return FORMATS[name]
    others = [e.name for e in installed(Kind.EXPORTER)]
    if name not in others:
        known = [*FORMATS, *others]
        hint = did_you_mean(nearest(name, known))
        raise ChaingraphError(f"no format '{name}': one of {', '.join(known)}.{' ' + hint if hint else ''}")
    extension = find(Kind.EXPORTER, name, FORMATS)
    form = extension.load(Format)
    return replace(form, name=name, write=extension.guarded(form.write, OSError))


def _write(form: Format, graph: ChainGraph, out: Path, scope: Scope) -> None:
    """Write beside the target, then put every file in its place: a format that fails leaves what was there."""
    target = out.resolve()
    with draft(target) as folder:
        new = folder / target.name
        if form.is_folder:
            new.mkdir()
        form.write(graph, new, scope)
        if form.is_folder and target.is_dir():
            for path in sorted(new.iterdir()):
                path.replace(target / path.name)
        else:
            new.replace(target)


__all__ = ["FORMATS", "Format", "Scope", "find_format", "write"]
