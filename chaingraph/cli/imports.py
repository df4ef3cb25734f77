"""The command `chaingraph import`: a region's own list of firms, or a graph from a server."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.cli.exchange import NEO4J, GraphOpt, UriOpt, from_server
from chaingraph.cli.options import (
    DATA,
    OWNER,
    STORE,
    WORKSPACE,
    DataOpt,
    JsonOpt,
    LangOpt,
    OwnerOpt,
    StoreOpt,
    WithOpt,
    WorkspaceOpt,
    busy,
    command,
    open_graph,
    talk,
)
from chaingraph.errors import ChaingraphError, UnknownNameError
from chaingraph.phrases import Phrase, said

if TYPE_CHECKING:
    from chaingraph.graph import ChainGraph
    from ingest.imports import FirmList, Imports

MOST_SHOWN = 12
"""Segments and unused headings that are listed."""


def import_command(
    file: Annotated[
        Path | None, typer.Argument(help="The office's list (.xlsx, .csv, .tsv, .txt), or a review sheet that was filled in.")
    ] = None,
    region: Annotated[str | None, typer.Option("--region", "-r", help="Region whose firms the list has: name or code.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="What the list is called; as the file without.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="FIELD=HEADING, where a column was not recognised or is not meant, such as name=企业名称."),
    ] = None,
    unit: Annotated[str, typer.Option("--unit", help="Unit of amounts for which the file names none: 元, 万元 or 亿元.")] = "",
    coverage: Annotated[
        str, typer.Option("--coverage", help="complete: a segment without a firm of the list is missing; partial: it is unknown.")
    ] = "complete",
    shared: Annotated[
        bool | None,
        typer.Option("--shared/--private", help="Whether others of this workspace may use the list; as it was, without."),
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="List what is kept, and stop.")] = False,
    remove: Annotated[str | None, typer.Option("--remove", help="Remove the list of this name and region, and stop.")] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="neo4j: take a graph back from a server into a store folder.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="Review sheet to write, out/REGION-NAME-待核表.xlsx without; with --from, the store folder."
        ),
    ] = None,
    uri: UriOpt = None,
    graph_name: GraphOpt = None,
    as_json: JsonOpt = False,
    owner: OwnerOpt = OWNER,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    workspace: WorkspaceOpt = WORKSPACE,
    also: WithOpt = None,
) -> None:
    """Bring a region's own list of firms, which `--own` then uses in place of the registrations; or a graph from a server.

    Columns are recognised and named, amounts become 万元, every row is counted by what became of it. What is doubtful goes to a
    review sheet; fill it in and import it like the list.
    """
    from ingest.imports import Imports  # noqa: PLC0415

    if source is not None:
        if source != NEO4J or file:
            raise ChaingraphError(
                f"nothing is imported from '{source}' with a file: give a FILE and --region, or --from {NEO4J} -o STORE"
            )
        if out is None:
            raise ChaingraphError("the store folder needs a place to be written to: give it with -o")
        from_server(out, uri, graph_name)
        return
    kept = Imports(workspace)
    if show:
        _show(kept, owner, as_json=as_json)
        return
    graph = open_graph(data, store, also)
    if remove is not None:
        code = graph.find_region(_needed(region)).code
        if not kept.remove(owner, code, remove):
            raise UnknownNameError("list", remove, [e.name for e in kept.list(owner, code) if e.owner == owner])
        talk(f"removed '{remove}' of {graph.regions[code].name_zh}")
        return
    if file is None:
        raise ChaingraphError(f"nothing to import: give a FILE and --region, or --from {NEO4J} -o STORE")
    if not file.is_file():
        raise ChaingraphError(f"no file '{file}': give a list of firms, or a review sheet that was filled in")
    answered = _answered(file, kept, owner, graph, data)
    found = answered or _listed(file, region, name, column, unit, coverage, graph, data)
    kept.save(owner, found, shared=shared)
    path = out or Path("out") / f"{graph.regions[found.region_code].name_zh}-{found.name}-待核表.xlsx"
    if found.questions:
        from chaingraph.export import replace_file  # noqa: PLC0415

        replace_file(path, found.review_sheet(graph))
    if as_json:
        print(json.dumps(_as_dict(found, graph), ensure_ascii=False, indent=1))
    else:
        _tell(found, graph, lang)
    doubt = found.coverage.doubt(found.firms.height)
    if doubt and not answered:
        remedy = Phrase(
            "若并不完整，请用 --coverage partial 重新导入。", " If it is not whole, import it again with --coverage partial."
        )
        talk(f"! {said(doubt + remedy, lang)}")
    me, where = command(), graph.regions[found.region_code].name_zh
    if found.questions:
        talk(f"wrote {path}: {len(found.questions):,} questions; fill in 判定, then: {me} import {path}")
    talk(f"next: {me} diagnose {where} --chain CHAIN --own {found.name}")


def _needed(region: str | None) -> str:
    if region is None:
        raise ChaingraphError("whose firms are they? Give the region with --region")
    return region


def _answered(file: Path, kept: Imports, owner: str, graph: ChainGraph, data: Path) -> FirmList | None:
    """The kept list with the answers of a review sheet; None where the file is none."""
    from ingest.imports import UPLOAD, reviewed_list  # noqa: PLC0415
    from ingest.imports.linked import lexicons_of  # noqa: PLC0415

    content = file.read_bytes() if file.stat().st_size <= UPLOAD.bytes else b""
    mark = reviewed_list(content)
    if mark is None:
        return None
    entry = next((e for e in kept.list(owner, mark[0]) if e.owner == owner and e.name == mark[1]), None)
    if entry is None:
        where = graph.regions[mark[0]].name_zh if mark[0] in graph.regions else mark[0]
        raise ChaingraphError(f"'{file}' reviews the list '{mark[1]}' of {where}, which is not kept here: import the list first")
    with busy("reading the answers"):
        return kept.load(owner, entry).answered(content, graph, lexicons_of(data))


def _listed(
    file: Path, region: str | None, name: str | None, column: list[str] | None, unit: str, coverage: str, graph: ChainGraph, data: Path
) -> FirmList:  # fmt: skip
    from ingest.imports import COMMAND, Coverage, read_firm_list  # noqa: PLC0415
    from ingest.imports.linked import lexicons_of  # noqa: PLC0415

    given = dict(_pair(text) for text in column or ())
    if coverage not in list(Coverage):
        raise UnknownNameError("coverage", coverage, list(Coverage), f"There are {', '.join(Coverage)}.")
    with busy(f"reading {file}") as say:
        found = read_firm_list(
            file,
            file.name,
            graph,
            _needed(region),
            name=name or "",
            columns=given,
            unit=unit,
            coverage=Coverage(coverage),
            limits=COMMAND,
            say=say,
        )
        say("matching names")
        matched = found.matched(graph)
        say("linking to segments")
        return matched.linked(graph, lexicons_of(data))


def _pair(text: str) -> tuple[str, str]:
    field, sign, heading = text.partition("=")
    if not sign or not heading:
        raise ChaingraphError(f"'{text}' is no column: write FIELD=HEADING, such as name=企业名称")
    return field.strip(), heading.strip()


def _as_dict(found: FirmList, graph: ChainGraph) -> dict[str, object]:
    own = found.own_firms(graph)
    return {
        **own.as_dict(),
        "file": found.file,
        "sha256": found.sha256,
        "rows": found.rows,
        "counts": dict(found.counts),
        "columns": [
            {"sheet": c.sheet, "field": c.column.field, "heading": c.column.heading, "how": c.column.how, "unit": c.column.unit}
            for c in found.columns
        ],
        "unused": list(found.unused),
        "notices": [str(n) for n in found.notices],
        "segments": dict(sorted(own.counts.items(), key=lambda item: (-item[1], item[0]))),
        "questions": len(found.questions),
        "data_version": found.version,
    }


def _tell(found: FirmList, graph: ChainGraph, lang: str) -> None:
    own = found.own_firms(graph)
    print(said(own.text, lang))
    print(said(found.counts_text, lang))
    for line in dict.fromkeys(said(c.text, lang) for c in found.columns):
        print(f"  {line}")
    if found.unused:
        print(f"  {'未用' if lang == 'zh' else 'not used'}: {'、'.join(found.unused[:MOST_SHOWN])}")
    for notice in found.notices:
        print(f"! {said(notice, lang)}")
    for segment, n in Counter(own.counts).most_common(MOST_SHOWN):
        chain = graph.chains[graph.segments[segment].chain_id]
        print(f"{n:>7,}  {said(chain, lang)} · {said(graph.segments[segment].name, lang)}")


def _show(kept: Imports, owner: str, *, as_json: bool) -> None:
    entries = kept.list(owner)
    if as_json:
        rows = [
            {
                "owner": e.owner,
                "region_code": e.region_code,
                "name": e.name,
                "shared": e.is_shared,
                "file": e.file,
                "sha256": e.sha256,
                "read_on": e.read_on,
                "coverage": e.coverage.value,
                "firms": e.firm_count,
                "rows": e.rows,
                "data_version": e.version,
            }
            for e in entries
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for e in entries:
        cells = (e.region_code, e.name, f"{e.firm_count:,}", e.coverage.value, e.read_on, e.file, e.sha256[:12], e.version)
        print("\t".join((*cells, e.owner, "shared" if e.is_shared else "private")))
    talk(f"{len(entries)} list(s) seen by {owner}")
