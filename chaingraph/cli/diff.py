"""The command `chaingraph diff`: what changed between two versions of the data, and what that does in a region."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.cli.options import DATA, STORE, DataOpt, JsonOpt, LangOpt, StoreOpt, WeightsOpt, WithOpt, busy, fresh_store
from chaingraph.cli.terminal import console
from chaingraph.opening import kept_at
from chaingraph.phrases import Phrase, joined, said
from chaingraph.stores import place

if TYPE_CHECKING:
    from chaingraph.changes import Change, DataVersion
    from chaingraph.graph import ChainGraph
    from recommend.weights import Weights

Side = Annotated[
    str,
    typer.Argument(
        help="Data folder, store, snapshot, graph in Neo4j (bolt://HOST:PORT#GRAPH), or one chain's file (.toml).",
        show_default=False,
    ),
]


@dataclass(frozen=True)
class Effect:
    """What became of a chain in a region."""

    region: Phrase
    chain: Phrase
    chain_id: str
    diagnosis: tuple[Change, ...]
    targets: tuple[Change, ...]


def diff(
    old: Side,
    new: Side,
    region: Annotated[
        list[str] | None, typer.Option("--region", "-r", help="Region to look at, once or more; those with a programme without.")
    ] = None,
    chain: Annotated[
        list[str] | None, typer.Option("--chain", "-c", help="Only these chains; those that the changes reach without.")
    ] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 when there is a difference.")] = False,
    as_json: JsonOpt = False,
    weights: WeightsOpt = None,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    also: WithOpt = None,
) -> None:
    """Say what changed from OLD to NEW, and what it does to the diagnosis and to the first 20 targets.

    One chain's file is compared as if it stood in the other side, or, of two files, in the data folder. Optional chains are added
    to data folders; what is already a store has those it was made with.
    """
    from chaingraph.changes import compare  # noqa: PLC0415
    from ingest.versions import is_chain_file, read_versions  # noqa: PLC0415
    from recommend.weights import Weights  # noqa: PLC0415

    wanted = Weights.load(weights)
    sides = [place(side) for side in (old, new)]
    if all(map(is_chain_file, sides)) or any(isinstance(side, Path) and side.resolve() == data.resolve() for side in sides):
        fresh_store(data, store, also)
    with busy("reading both versions") as say:
        before, after = read_versions(old, new, data, kept_at(store, also or ()), also or ())
        say("comparing the tables")
        changes = compare(before, after)
        say("diagnosing and ranking")
        effects = _effects(before, after, region or [], chain or [], wanted) if changes else []
    if as_json:
        print(json.dumps(_plain(before, after, changes, effects), ensure_ascii=False, indent=1))
    else:
        _show(before, after, changes, effects, lang)
    if exit_code and changes:
        raise typer.Exit(1)


def _effects(
    before: DataVersion, after: DataVersion, regions: Sequence[str], chains: Sequence[str], weights: Weights
) -> list[Effect]:
    """Diagnose and rank with both versions, in every region and chain that was asked for or that the changes reach."""
    from chaingraph.changes import chains_to_look_at, chains_touched  # noqa: PLC0415
    from chaingraph.graph import build  # noqa: PLC0415

    old, new = build(before.tables), build(after.tables)
    codes = [new.find_region(r).code for r in regions] or after.tables["programmes"]["region_code"].tolist()
    touched = [_chain_id(c, old, new) for c in chains] or chains_touched(before.tables, after.tables)
    return [
        _effect(old, new, code, chain, weights)
        for code in dict.fromkeys(codes)
        for chain in (touched if chains else chains_to_look_at(touched, code, after.tables))
    ]


def _chain_id(name: str, old: ChainGraph, new: ChainGraph) -> str:
    return name if name in old.chains else new.find_chain(name)


def _effect(old: ChainGraph, new: ChainGraph, code: str, chain: str, weights: Weights) -> Effect:
    from chaingraph.changes import diagnosis_changes  # noqa: PLC0415
    from chaingraph.diagnosis import diagnose  # noqa: PLC0415
    from recommend.changes import target_changes  # noqa: PLC0415
    from recommend.scorecard import gather  # noqa: PLC0415

    sides = [
        (graph, diagnose(graph, code, chain)) if chain in graph.chains and code in graph.regions else None for graph in (old, new)
    ]
    first, second = (side and side[1] for side in sides)
    lists = [gather(*side) if side and side[0].places.city_of(code) in side[0].places.cities else None for side in sides]
    name = new.chains.get(chain) or old.chains[chain]
    changes = tuple(diagnosis_changes(first, second))
    return Effect(new.regions[code].name, name, chain, changes, tuple(target_changes(lists[0], lists[1], weights)))


def _plain(before: DataVersion, after: DataVersion, changes: Sequence[Change], effects: Sequence[Effect]) -> dict[str, object]:
    return {
        **{key: {"name": v.name, "data_version": v.tables.version} for key, v in (("old", before), ("new", after))},
        "changes": [c.as_dict() for c in changes],
        "notes": [str(note) for note in (*before.notes, *after.notes)],
        "regions": [
            {
                "region": str(e.region),
                "chain_id": e.chain_id,
                "diagnosis": [c.as_dict() for c in e.diagnosis],
                "targets": [c.as_dict() for c in e.targets],
            }
            for e in effects
        ],
    }


def _show(before: DataVersion, after: DataVersion, changes: Sequence[Change], effects: Sequence[Effect], lang: str) -> None:
    """Print the changes, then region by region what they do; regions in which nothing changed share a line."""
    out = console()

    def line(text: str) -> None:
        out.print(said(text, lang), soft_wrap=True, markup=False, highlight=False)

    if not changes:
        line(Phrase(f"{before.name} 与 {after.name} 没有差别", f"{before.name} and {after.name} do not differ"))
        return
    line(Phrase(f"{before.name} → {after.name}：{len(changes)} 处改动", f"{before.name} → {after.name}: {_counted(changes)}"))
    for change in changes:
        line(Phrase("  ", "  ") + change.text)
    for note in (*before.notes, *after.notes):
        line(Phrase("  注意：", "  note: ") + note)
    for e in (e for e in effects if e.diagnosis or e.targets):
        line("")
        line(joined((e.region, e.chain), " · ", " · "))
        for word, found in ((Phrase("诊断", "diagnosis"), e.diagnosis), (Phrase("目标企业", "targets"), e.targets)):
            if not found:
                line(Phrase(f"  {word}没有变化", f"  {word.en} as before"))
            for change in found:
                line(Phrase("  ", "  ") + change.text)
    same = [joined((e.region, e.chain), " · ", " · ") for e in effects if not e.diagnosis and not e.targets]
    if same:
        line("")
        line(Phrase("诊断和目标企业没有变化：", "Diagnosis and targets as before: ") + joined(same))


def _counted(changes: Sequence[Change]) -> str:
    return f"{len(changes)} change{'s' if len(changes) != 1 else ''}"
