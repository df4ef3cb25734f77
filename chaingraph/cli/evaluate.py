"""The commands `chaingraph evaluate …`: how well what we say holds up against what is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaingraph.cli.options import DATA, STORE, DataOpt, StoreOpt, busy, open_graph, talk

evaluate_app = typer.Typer(no_args_is_help=True, help="How well what is said holds up against what is known.")
RAW = Path("../shared")
RawOpt = Annotated[Path, typer.Option("--raw", help="Folder with the raw sources and the truths.")]


@evaluate_app.command("names", epilog="Example: chaingraph evaluate names --raw ../shared")
def names(raw: RawOpt = RAW) -> None:
    """Match names with a known company; say precision, recall, and how often a name whose firm is not listed is accepted."""
    from chaingraph import accuracy  # noqa: PLC0415

    with busy("matching names"):
        found = accuracy.names(raw)
    _told("names", found)


@evaluate_app.command("links", epilog="Example: chaingraph evaluate links --raw ../shared")
def links(raw: RawOpt = RAW, data: DataOpt = DATA) -> None:
    """Say how right confirmed links are on labelled firms: precision, recall, with plain terms and a second reader beside them.

    The firms that the weights were learnt on are also scored with their chains left out; other sets were never learnt on.
    """
    from chaingraph import accuracy  # noqa: PLC0415

    with busy("linking labelled firms"):
        found = accuracy.links(raw, data)
    _told("links", found)


@evaluate_app.command("presence", epilog="Example: chaingraph evaluate presence")
def presence(
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=100, help="How often each city is made thin.")] = 5,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Make well-covered cities thin, and say how often the 90 % interval of the location quotient holds what all their data say."""
    from chaingraph import accuracy  # noqa: PLC0415

    graph = open_graph(data, store)
    with busy("making cities thin"):
        found = accuracy.presence(graph, rounds)
    _told("presence", found)


@evaluate_app.command("arrivals", epilog="Example: chaingraph evaluate arrivals --raw ../shared")
def arrivals(
    raw: RawOpt = RAW,
    since: Annotated[int, typer.Option("--since", min=1990, max=2019, help="Year from which arrivals are foreseen.")] = 2008,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Learn from what was known before a year, rank who would come to each city, and say where those stood who came since."""
    from chaingraph import accuracy  # noqa: PLC0415

    graph = open_graph(data, store)
    with busy("learning, and holding it against who came"):
        found = accuracy.arrivals(graph, raw, since)
    _told("arrivals", found)


@evaluate_app.command("exports", epilog="Example: chaingraph evaluate exports --raw ../shared")
def exports(raw: RawOpt = RAW) -> None:
    """Hold back products that countries export, rank what each lacks by every relatedness method, and say where those stood."""
    from chaingraph import accuracy  # noqa: PLC0415

    with busy("ranking products by every method"):
        found = accuracy.exports(raw)
    _told("exports", found)


@evaluate_app.command("feasibility", epilog="Example: chaingraph evaluate feasibility")
def feasibility(data: DataOpt = DATA, store: StoreOpt = STORE) -> None:
    """Know a city's registrations up to a period, and say how well each method foresees which segments come next."""
    from chaingraph import accuracy  # noqa: PLC0415

    graph = open_graph(data, store)
    with busy("foreseeing what cities take up"):
        found = accuracy.feasibility(graph)
    _told("feasibility", found)


@evaluate_app.command("all", epilog="Example: chaingraph evaluate all --raw ../shared -o chaingraph/accuracy.json")
def everything(
    out: Annotated[Path, typer.Option("-o", "--out", help="JSON file to write: every figure with interval and protocol.")],
    raw: RawOpt = RAW,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Run every trial and write their figures as one file; `evaluate page` tells them."""
    from chaingraph import accuracy, figures  # noqa: PLC0415
    from chaingraph.export import replace_file  # noqa: PLC0415

    graph = open_graph(data, store)
    with busy("running every trial"):
        text = figures.as_json(accuracy.measured(graph, raw, data))
    replace_file(out, text.encode("utf-8"))
    talk(f"wrote {out}")


@evaluate_app.command("page", epilog="Example: chaingraph evaluate page -o docs/accuracy.md --quote README.md")
def page(
    out: Annotated[Path, typer.Option("-o", "--out", help="Markdown file to write; its pictures go to `pictures` beside it.")],
    quote: Annotated[list[Path] | None, typer.Option("--quote", help="A page whose quotations to renew; again for more.")] = None,
) -> None:
    """Write the page that tells the shipped figures, with protocols and limits, and renew what other pages quote of them."""
    from chaingraph import figures, figures_page  # noqa: PLC0415
    from chaingraph.export import replace_file  # noqa: PLC0415

    found = figures.shipped()
    (out.parent / "pictures").mkdir(parents=True, exist_ok=True)
    for name, svg in figures_page.pictures(found).items():
        replace_file(out.parent / "pictures" / name, svg.encode("utf-8"))
    replace_file(out, figures_page.page(found).encode("utf-8"))
    for path in quote or ():
        text = figures.quoted(path.read_text(encoding="utf-8"), found, "zh" if path.stem.endswith(".zh") else "en")
        replace_file(path, text.encode("utf-8"))
    talk(f"wrote {', '.join(map(str, (out, *(quote or ()))))}")


def _told(trial: str, found: object) -> None:
    from chaingraph.figures_page import SECTIONS  # noqa: PLC0415

    print(SECTIONS[trial](found))
