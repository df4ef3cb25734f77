"""What several commands share: options, opening the graph, ranking, talking to the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from chaingraph import opening, stores
from chaingraph.errors import UnknownNameError
from chaingraph.labels import LANGUAGES
from chaingraph.phrases import said

if TYPE_CHECKING:
    from chaingraph.diagnosis import Diagnosis
    from chaingraph.graph import ChainGraph
    from chaingraph.lint import LintFinding
    from chaingraph.own_firms import OwnFirms
    from recommend.scorecard import Ranking, Weights

DATA, STORE, WORKSPACE = opening.DATA, str(opening.STORE), opening.ROOT / "workspace"
OWNER = "local"
"""Whose the lists are that nobody with an account brought."""

RegionArg = Annotated[str, typer.Argument(help="Region: name or GB/T 2260 code, such as 台州 or 331000.")]
ChainOpt = Annotated[str, typer.Option("--chain", "-c", help="Chain: name or id, such as 泵与电机 or pump-motor.")]
OutOpt = Annotated[Path | None, typer.Option("-o", "--out", help="Write to this file: .xlsx, .csv, .json or .md.")]
JsonOpt = Annotated[bool, typer.Option("--json", help="JSON on stdout instead of a table.")]
DataOpt = Annotated[Path, typer.Option("--data", help="Data folder.", envvar="CHAINGRAPH_DATA")]
StoreOpt = Annotated[
    str,
    typer.Option(
        "--store",
        help="Store folder, made from the data folder when it is not there; or bolt://HOST:PORT#GRAPH, a graph in Neo4j.",
        envvar="CHAINGRAPH_STORE",
    ),
]

WithOpt = Annotated[
    list[str] | None,
    typer.Option(
        "--with", help="Add optional chains: a collection's name or folder, or `optional` for all.", envvar="CHAINGRAPH_WITH"
    ),
]


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise typer.BadParameter(f"no labels in '{value}', only in {' and '.join(LANGUAGES)}")
    return value


LangOpt = Annotated[
    str, typer.Option("--lang", help="zh or en: language of the labels.", envvar="CHAINGRAPH_LANG", callback=_language)
]
WeightsOpt = Annotated[
    str | None,
    typer.Option(
        "--weights",
        help="learned or hand-set, the shipped profiles; or a TOML file with your own weights: recommend/weights.toml shows the form.",
    ),
]
WorkspaceOpt = Annotated[
    Path, typer.Option("--workspace", help="Folder with accounts and kept lists.", envvar="CHAINGRAPH_WORKSPACE")
]
OwnOpt = Annotated[
    str | None,
    typer.Option(
        "--own", help="Use this imported list of the region's firms in place of its registrations.", envvar="CHAINGRAPH_OWN"
    ),
]
OwnerOpt = Annotated[
    str, typer.Option("--owner", help="Whose lists: the account's name on the dashboard.", envvar="CHAINGRAPH_OWNER")
]


def open_graph(data: Path, store: str | Path, also: Sequence[str] | None = None) -> ChainGraph:
    """Open the store; check the data folder and make the store first when the data are other than those in it."""
    from chaingraph.graph import build  # noqa: PLC0415

    where = fresh_store(data, store, also)
    with busy(f"reading {where}") if isinstance(where, stores.Address) else nullcontext():
        return build(stores.read(where))


def fresh_store(data: Path, store: str | Path, also: Sequence[str] | None = None) -> Path | stores.Address:
    """Check the data folder and make the store when the data are other than those in it; return where it is.

    With optional chains (`also`) it is a folder of its own inside the store, so that neither replaces the other. A graph at a
    server is read as it is.
    """
    where = opening.kept_at(store, also or ())
    if isinstance(where, Path) and opening.is_stale(data, where, also or ()):
        with busy("checking the data and building the store"):
            opening.refresh(data, where, also or ())
    return where


def ranked(
    graph: ChainGraph,
    region: str,
    chain: str,
    top: int,
    segment: str | None,
    weights: str | None,
    kind: str | None = None,
    own: OwnFirms | None = None,
) -> tuple[Diagnosis, Ranking]:
    """Diagnose and rank, by the profile or with the weights of the file that is named; only firms of a kind where one is named.

    `own`: the region's own list, in place of its registrations; its firms are here already.
    """
    from chaingraph.diagnosis import diagnose as run_diagnosis  # noqa: PLC0415
    from recommend.scorecard import gather  # noqa: PLC0415

    used, found = own_weights(weights), run_diagnosis(graph, region, chain, own=own)
    evidence = gather(graph, found, segment, used.of)
    return found, (evidence.of_kind(kind) if kind else evidence).ranked(used, top)


def own_firms(graph: ChainGraph, region: str, name: str | None, owner: str, workspace: Path, data: Path) -> OwnFirms | None:
    """Return the imported list of a region by its name, None where none is asked for."""
    from ingest.imports import Imports  # noqa: PLC0415
    from ingest.imports.linked import lexicons_of  # noqa: PLC0415

    if not name:
        return None
    kept, place = Imports(workspace), graph.find_region(region)
    entry = kept.find(owner, place.code, name)
    if entry is None:
        hint = f"`{command()} import --list` shows what is kept; `{command()} import FILE --region {place.name_zh}` brings one."
        raise UnknownNameError(f"list of {place.name_zh}", name, [e.name for e in kept.list(owner, place.code)], hint)
    with busy(f"reading the list {name}"):
        stale = entry.version != graph.version
        return kept.own_firms(owner, entry, graph, lexicons_of(data) if stale else None)


def own_weights(profile: str | None) -> Weights:
    """Read a shipped profile by its name or the weights of a file, the default profile without."""
    from recommend.weights import Weights  # noqa: PLC0415

    return Weights.load(profile)


def command() -> str:
    """How this command was called, so that what is proposed can be typed as it stands."""
    called = Path(sys.argv[0])
    inside = called.is_absolute() and called.is_relative_to(Path.cwd())
    return str(called.relative_to(Path.cwd()) if inside else called) if called.name == "chaingraph" else "python -m chaingraph"


def show_findings(found: Sequence[LintFinding], *, everything: bool, as_json: bool, lang: str) -> None:
    """Print the findings that nothing explains, or every one, and say how many there are of either."""
    open_ = [f for f in found if not f.is_explained]
    shown = found if everything else open_
    if as_json:
        print(json.dumps([f.as_dict() for f in shown], ensure_ascii=False, indent=1))
        return
    for f in shown:
        print("\t".join(filter(None, (f.rule, f.where, f.text, f.remedy, said(f.because, lang)))))
    talk(f"{len(open_)} finding(s), {len(found) - len(open_)} explained{'' if everything else ': --all shows them'}")


def talk(text: str) -> None:
    """Say something to the person, not to a file or pipe."""
    print(text, file=sys.stderr)


@contextmanager
def busy(text: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal that something goes on; say nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(text) as status:
        yield lambda step: status.update(f"{text}: {step}")
