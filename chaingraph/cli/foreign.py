"""The command `chaingraph foreign`: chains in a format from elsewhere become chains in ours, and what is lost is said."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from chaingraph.cli.options import DATA, DataOpt, busy, talk
from chaingraph.errors import ChaingraphError

NOT_STATED = "not stated"


def foreign(
    source: Annotated[Path, typer.Argument(help="File or folder to read.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write: a collection for --with.")],
    format_name: Annotated[
        str | None, typer.Option("--format", help="chain-maps, chain-atlas or openspg; found by the content without.")
    ] = None,
    publisher: Annotated[str, typer.Option("--publisher", help="Who published it.")] = NOT_STATED,
    licence: Annotated[str, typer.Option("--licence", help="Its licence.")] = NOT_STATED,
    url: Annotated[str | None, typer.Option("--url", help="Its address.")] = None,
    retrieved: Annotated[
        datetime | None, typer.Option("--retrieved", formats=["%Y-%m-%d"], help="Day it was retrieved; today without.")
    ] = None,
    data: DataOpt = DATA,
) -> None:
    """Read chains in a format from elsewhere and write them as a collection; say of everything whether it was kept or lost."""
    from chaingraph.model import Confidence  # noqa: PLC0415
    from ingest import decisions, load  # noqa: PLC0415
    from ingest import foreign as formats  # noqa: PLC0415
    from ingest.foreign.readings import slug  # noqa: PLC0415

    reading = formats.read(source, format_name)
    name = slug(out.resolve().name)
    if not name:
        raise ChaingraphError(f"cannot make an id of '{out.name}': give a folder with letters or digits in its name")
    with busy("matching the firms"):
        activities = formats.place(reading, formats.Companies(load(data), decisions.read(data / "decisions").names))
    passport: dict[str, str | date] = {
        "origin_id": name,
        "publisher": publisher,
        "title": f"{reading.format}: {', '.join(reading.files)}",
        **({"url": url} if url else {}),
        "licence": licence,
        "retrieved_on": retrieved.date() if retrieved else date.today(),
        "confidence_level": Confidence.SINGLE_SOURCE.value,
    }
    formats.write(reading, activities, passport, out)
    talk(str(reading.losses))
    talk(f"wrote {out}: {len(reading.chains)} chain(s) from {reading.format}; `--with {out}` adds them")
