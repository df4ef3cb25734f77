"""The commands `chaingraph new …`: files of one's own to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaingraph.cli.options import DATA, DataOpt, command, talk
from chaingraph.errors import ChaingraphError

new_app = typer.Typer(no_args_is_help=True, help="Write a file of your own to begin with.")


@new_app.callback()
def new() -> None:
    """Write a file of your own to begin with."""


@new_app.command("chain", epilog="Example: chaingraph new chain pet-food --name 宠物食品")
def new_chain(
    chain_id: Annotated[
        str, typer.Argument(metavar="ID", help="Id of the chain: small letters, digits and hyphens, such as pet-food.")
    ],
    name: Annotated[str, typer.Option("--name", help="Its Chinese name.")] = "",
    model: Annotated[
        str | None, typer.Option("--from", help="Begin with a copy of this chain, by name or id; with three examples without.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="File to write, or data folder to put it in; ID.toml here without.")
    ] = None,
    data: DataOpt = DATA,
) -> None:
    """Write the file of a new chain: every key explained and three segments to be replaced, or the segments of another chain.

    What must be filled is left empty.
    """
    from chaingraph.export import replace_file  # noqa: PLC0415
    from ingest import chain_template  # noqa: PLC0415
    from ingest.chains import read_chains  # noqa: PLC0415

    inside = out is not None and out.suffix != ".toml"
    path = chain_template.place_of(out, chain_id)
    folder = out if out and inside else data
    known, name = read_chains(folder).chains, name.strip()
    if model is None:
        text = chain_template.new_chain(chain_id, name, known)
    else:
        text = chain_template.copied_chain(chain_id, name, model, folder / "chains", known)
    if path.exists():
        raise ChaingraphError(f"there is a file '{path}': remove it first, or write elsewhere with -o")
    replace_file(path, text.encode("utf-8"))
    me = command()
    talk(f"wrote {path}. Next:")
    talk(f"  {me} check {path}        what is still to fill in, line by line, and what would help; again after every change")
    if inside:
        talk(f"  {me} diagnose 台州 --chain {chain_id} --data {out} --store my-store        once the check finds no problem")
    else:
        talk(
            f"  {me} diff {_shown(data)} {path} --region 台州        what the chain would show there, once the check finds no problem"
        )
        talk(f"  cp {path} MY-DATA/chains/        into a copy of the data folder, for every other command with --data MY-DATA")


def _shown(data: Path) -> str:
    """Return a folder as it is shortest to type from here."""
    here = Path.cwd()
    return str(data.relative_to(here) if data.is_relative_to(here) else data)
