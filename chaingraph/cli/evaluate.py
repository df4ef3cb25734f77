"""The commands `chaingraph evaluate …`: how well what we say holds up against what is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaingraph.cli.options import DATA, STORE, DataOpt, StoreOpt, busy, open_graph

evaluate_app = typer.Typer(no_args_is_help=True, help="How well what is said holds up against what is known.")


@evaluate_app.command("presence", epilog="Example: chaingraph evaluate presence")
def presence(
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=100, help="How often each city is made thin.")] = 5,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Make well-covered cities thin, and say how often the 90 % interval of the location quotient holds what all their data say."""
    from chaingraph.calibration import presence_calibration  # noqa: PLC0415

    graph = open_graph(data, store)
    with busy("making cities thin"):
        found = presence_calibration(graph, rounds)
    print("| Trial | Expected firms seen | Cells | Held | Interval too high | Too low |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for r in found[found["cells"] > 0].itertuples():
        band = "all" if (r.expected_from, r.expected_to) == (0.0, float("inf")) else f"{r.expected_from:g}–{r.expected_to:g}"
        words = {"thin": "20 % kept", "thin-and-holes": "20 %, with holes"}[r.trial]
        print(
            f"| {words} | {band.replace('–inf', ' or more')} | {r.cells:,} | {r.held:.1%} | {r.too_high:.1%} | {r.too_low:.1%} |"
        )


@evaluate_app.command("arrivals", epilog="Example: chaingraph evaluate arrivals --raw ../shared")
def arrivals(
    raw: Annotated[Path, typer.Option("--raw", help="Folder with the raw sources.")] = Path("../shared"),
    since: Annotated[int, typer.Option("--since", min=1990, max=2019, help="Year from which arrivals are foreseen.")] = 2008,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Learn from what was known before a year, rank who would come to each city, and say where those stood who came since."""
    from recommend.arrivals.evaluation import trial_of  # noqa: PLC0415
    from recommend.arrivals.report import trial_text  # noqa: PLC0415
    from recommend.arrivals.seats import Seats  # noqa: PLC0415

    seats = Seats(open_graph(data, store).tables["regions"])
    with busy("learning, and holding it against who came"):
        found = trial_of(raw, since, seats)
    print(trial_text(found))
