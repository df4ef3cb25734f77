"""What several commands share: options, opening the graph, ranking, talking to the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from chaingraph.errors import ChaingraphError
from chaingraph.labels import LANGUAGES

if TYPE_CHECKING:
    from chaingraph.diagnosis import Diagnosis
    from chaingraph.graph import ChainGraph
    from recommend.scorecard import Ranking

ROOT = Path(__file__).resolve().parents[2]
DATA, STORE, WORKSPACE = ROOT / "data", ROOT / "store", ROOT / "workspace"

RegionArg = Annotated[str, typer.Argument(help="Region: name or GB/T 2260 code, such as 台州 or 331000.")]
ChainOpt = Annotated[str, typer.Option("--chain", "-c", help="Chain: name or id, such as 泵与电机 or pump-motor.")]
OutOpt = Annotated[Path | None, typer.Option("-o", "--out", help="Write to this file: .xlsx, .csv, .json or .md.")]
JsonOpt = Annotated[bool, typer.Option("--json", help="JSON on stdout instead of a table.")]
DataOpt = Annotated[Path, typer.Option("--data", help="Data folder.", envvar="CHAINGRAPH_DATA")]
StoreOpt = Annotated[
    Path, typer.Option("--store", help="Store folder; made from the data folder when it is not there.", envvar="CHAINGRAPH_STORE")
]


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise typer.BadParameter(f"no labels in '{value}', only in {' and '.join(LANGUAGES)}")
    return value


LangOpt = Annotated[
    str, typer.Option("--lang", help="zh or en: language of the labels.", envvar="CHAINGRAPH_LANG", callback=_language)
]
WeightsOpt = Annotated[
    Path | None, typer.Option("--weights", help="TOML file with your own weights; recommend/weights.toml shows the form.")
]
WorkspaceOpt = Annotated[
    Path, typer.Option("--workspace", help="Folder with accounts and kept lists.", envvar="CHAINGRAPH_WORKSPACE")
]


def open_graph(data: Path, store: Path) -> ChainGraph:
    """Open the store; check the data folder and make the store first when the data are other than those in it."""
    from chaingraph import stores  # noqa: PLC0415
    from chaingraph.graph import build  # noqa: PLC0415

    fresh_store(data, store)
    return build(stores.read(store))


def fresh_store(data: Path, store: Path) -> None:
    """Check the data folder and make the store when the data are other than those in it."""
    from chaingraph import stores  # noqa: PLC0415
    from ingest.load import folder_version, load  # noqa: PLC0415

    if data.is_dir() and folder_version(data) != stores.folder.current(store):
        with busy("checking the data and building the store"):
            stores.write(load(data), store)


def ranked(
    graph: ChainGraph, region: str, chain: str, top: int, segment: str | None, weights: Path | None
) -> tuple[Diagnosis, Ranking]:
    """Diagnose and rank, with weights of one's own where a file is named."""
    from chaingraph.diagnosis import diagnose as run_diagnosis  # noqa: PLC0415
    from recommend.scorecard import Weights, shortlist  # noqa: PLC0415

    if weights and not weights.is_file():
        raise ChaingraphError(f"no file '{weights}': give a TOML file with weights")
    found = run_diagnosis(graph, region, chain)
    return found, shortlist(graph, found, top, segment, Weights.load(weights))


def command() -> str:
    """How this command was called, so that what is proposed can be typed as it stands."""
    called = Path(sys.argv[0])
    inside = called.is_absolute() and called.is_relative_to(Path.cwd())
    return str(called.relative_to(Path.cwd()) if inside else called) if called.name == "chaingraph" else "python -m chaingraph"


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
