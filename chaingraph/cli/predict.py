"""The commands `chaingraph predict …`: what we would have said, or say now, in a form that a scorer can read."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.cli.options import DATA, STORE, DataOpt, StoreOpt, busy, open_graph, talk
from chaingraph.errors import ChaingraphError

if TYPE_CHECKING:
    import pandas as pd

RAW = Path("../shared")

predict_app = typer.Typer(no_args_is_help=True, help="What is foreseen, as a table that a scorer can read.")

RawOpt = Annotated[Path, typer.Option("--raw", help="Folder with the raw sources.")]


@predict_app.command(
    "arrivals", epilog="Example: chaingraph predict arrivals --cities cities.csv --until 2007-12-31 -o arrivals.parquet"
)
def arrivals(
    cities: Annotated[Path, typer.Option("--cities", help="CSV with the columns province, city.")],
    until: Annotated[str, typer.Option("--until", help="Last day of which anything may be known: 2007-12-31.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Write to this file: .parquet or .csv.")],
    raw: RawOpt = RAW,
    model: Annotated[Path | None, typer.Option("--model", help="Use this model instead of learning one (.toml).")] = None,
    save_model: Annotated[Path | None, typer.Option("--save-model", help="Also write the learned model (.toml).")] = None,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Say of every candidate how likely it is to come to each city, from nothing later than a day."""
    from chaingraph.export import replace_file  # noqa: PLC0415
    from recommend.arrivals import Model, learn, predict, read_cities, read_past  # noqa: PLC0415
    from recommend.arrivals.seats import Seats  # noqa: PLC0415

    last = _day(until)
    _check_ending(out)
    seats = Seats(open_graph(data, store).tables["regions"])
    places = read_cities(cities, seats)
    given = Model.read(model) if model else None
    if given and given.learned_until > until:
        raise ChaingraphError(
            f"{model} learned until {given.learned_until}, later than {until}. Give an earlier model or a later day."
        )
    with busy("reading what was known"):
        past = read_past(raw, until, seats)
    with busy("learning from earlier arrivals"):
        used = given or learn(past, last.year + 1)
    found = predict(used, past, places)
    if save_model:
        replace_file(save_model, used.write().encode())
    _write(found, out)
    named = [p for p in places if not seats.has(*p)]
    if named:
        talk(
            f"not among the regions, placed by likeness of name or at the seat of the province: {'、'.join(c for _, c in named)}"
        )
    talk(
        f"{out}: {len(past.firms):,} candidates × {len({c for _, c in places})} cities, learned from {used.learned_from} arrivals"
    )


@predict_app.command("exports", epilog="Example: chaingraph predict exports --known train.txt validation.txt -o exports.csv")
def exports(
    known: Annotated[list[Path], typer.Option("--known", help="Exports known so far: a country a line, its products after it.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Write to this file: .parquet or .csv.")],
    more: Annotated[list[Path] | None, typer.Argument(help="Further files of known exports.")] = None,
) -> None:
    """Score every product that a country does not export yet: what it will export next, best first."""
    from recommend.exports import predict, read  # noqa: PLC0415

    _check_ending(out)
    with busy("scoring what is not exported yet"):
        exported = read(*known, *(more or ()))
        found = predict(exported)
    _write(found, out)
    silent = [str(c) for c, products in exported.items() if not products]
    if silent:
        talk(f"no known export, so nothing is foreseen: {', '.join(silent)}")
    talk(f"{out}: {found['country'].nunique()} countries, {len(found):,} scores")


def _check_ending(out: Path) -> None:
    if out.suffix not in (".parquet", ".csv"):
        raise ChaingraphError(f"cannot write '{out.name}': found {out.suffix or 'no ending'}, expected .parquet or .csv.")


def _write(found: pd.DataFrame, out: Path) -> None:
    from chaingraph.export import replace_file  # noqa: PLC0415

    content = io.BytesIO()
    if out.suffix == ".parquet":
        found.to_parquet(content, index=False)
    else:
        found.to_csv(content, index=False, lineterminator="\n")
    replace_file(out, content.getvalue())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ChaingraphError(f"--until: found '{text}', expected a day as in 2007-12-31.") from error
