"""The command `chaingraph check`: what is wrong with a data folder, or with one chain's file while it is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.cli.options import DATA, DataOpt, JsonOpt, WithOpt, busy, talk
from chaingraph.errors import ChaingraphError
from chaingraph.phrases import counted

if TYPE_CHECKING:
    from chaingraph.lint import LintFinding


def check(
    path: Annotated[Path, typer.Argument(help="Data folder to read, or one chain's file (.toml).")] = DATA,
    as_json: JsonOpt = False,
    data: DataOpt = DATA,
    also: WithOpt = None,
) -> None:
    """Read every file of a data folder and report all problems of all files at once. Exit 2 when there is one.

    Of one chain's file it says with each problem its line, and what would help; the file is read as if it stood in the data folder.
    """
    if path.suffix == ".toml":
        _check_chain(path, data, as_json=as_json)
    else:
        _check_folder(path, also or (), as_json=as_json)


def _check_folder(path: Path, also: Sequence[str], *, as_json: bool) -> None:
    from ingest.load import check_folder  # noqa: PLC0415

    with busy(f"checking {path}"):
        tables, problems = check_folder(path, also=also)
    if as_json:
        print(json.dumps([p.as_dict() for p in problems], ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            print(problem)
    if problems or tables is None:
        talk(f"{len(problems)} problem(s) in {path}")
        raise typer.Exit(2)
    talk(f"{path}: {sum(tables.counts().values()):,} rows in {len(tables.counts())} tables, no problem")


def _check_chain(path: Path, data: Path, *, as_json: bool) -> None:
    from ingest.chain_check import check_chain  # noqa: PLC0415

    if not path.is_file():
        raise ChaingraphError(f"no file '{path}': `chaingraph new chain` writes one to begin with")
    found = check_chain(path, _around(path) or data)
    if as_json:
        both = {"problems": [p.as_dict() for p in found.problems], "hints": [h.as_dict() for h in found.hints]}
        print(json.dumps(both, ensure_ascii=False, indent=1))
    else:
        for problem in found.problems:
            print(problem)
        _show_hints(found.hints)
    if found.problems:
        talk(f"{counted(len(found.problems), 'problem')} and {counted(len(found.hints), 'hint')} in {path}")
        raise typer.Exit(2)
    size = f"{counted(len(found.chain.segments), 'segment')}, {counted(len(found.chain.links), 'link')}" if found.chain else ""
    talk(f"{path}: {size}, no problem, {counted(len(found.hints), 'hint')}")


def _around(path: Path) -> Path | None:
    """Return the data folder in whose chains/ a file stands, None where it stands elsewhere."""
    folder = path.resolve().parent
    return folder.parent if folder.name == "chains" and (folder.parent / "reference").is_dir() else None


def _show_hints(hints: Iterable[LintFinding]) -> None:
    """Print hints by what to do, each with its places: what helps one segment often helps several."""
    by_remedy: dict[str, list[LintFinding]] = {}
    for hint in hints:
        by_remedy.setdefault(hint.remedy, []).append(hint)
    for remedy, of in by_remedy.items():
        print(f"hint · {remedy}")
        for hint in of:
            print(f"    {hint.where}: {hint.text}")
