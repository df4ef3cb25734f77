"""The commands `chaingraph decide …`: a person's word on a name, an activity or a seat, written to the ledger and taken out again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.cli.options import DATA, STORE, DataOpt, JsonOpt, StoreOpt, fresh_store, open_graph, talk
from chaingraph.errors import ChaingraphError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chaingraph.graph import ChainGraph

decide_app = typer.Typer(no_args_is_help=True, help="Say what holds of a name, an activity or a seat; it wins over every rule.")
undo_app = typer.Typer(no_args_is_help=True, help="Take a verdict back: what the rules say holds again.")
decide_app.add_typer(undo_app, name="undo")

LEDGER = "decisions"
CompanyArg = Annotated[str, typer.Argument(help="Company: name, stock code, credit code or id.")]
SegmentArg = Annotated[str, typer.Argument(help="Segment: chain/segment, such as pump-motor/pump-metal.")]
NameArg = Annotated[str, typer.Argument(help="The name as a list has it.")]
ReasonOpt = Annotated[str, typer.Option("--reason", help="Why, for whoever reads it later.")]
ByOpt = Annotated[str, typer.Option("--by", help="Who decided.", envvar="CHAINGRAPH_BY")]


@decide_app.command(
    "activity", epilog="Example: chaingraph decide activity 日月股份 pump-motor/pump-metal rejected --reason 只做风电铸件"
)
def activity(
    company: CompanyArg,
    segment: SegmentArg,
    verdict: Annotated[str, typer.Argument(help="confirmed, rejected or to_review.")],
    reason: ReasonOpt,
    by: ByOpt = "",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Say that a company is in a segment, that it is not, or that somebody has to look. Holds at once."""
    from chaingraph.model import SegmentKind, Verdict  # noqa: PLC0415

    if verdict not in [v.value for v in Verdict]:
        raise UnknownNameError("verdict", verdict, [v.value for v in Verdict], f"Give {', '.join(v.value for v in Verdict)}.")
    graph = _graph(data, store)
    company_id, segment_id = graph.find_company(company), graph.find_segment(segment)
    if graph.segments[segment_id].kind is SegmentKind.MARKET:
        raise ChaingraphError(f"'{segment_id}' is a market, which no company is in: give a segment that makes or serves")
    row = {"company": _called(graph, company_id), "segment_id": segment_id, "verdict": verdict, "reason": reason}
    _write(data, "activity", row, _on_activity(graph, company_id, segment_id), by)
    _tell(data, store, company_id, segment_id)


@decide_app.command("name", epilog="Example: chaingraph decide name 浙江新界泵业 002532 --reason 天山铝业的曾用名")
def name(
    listed: NameArg,
    means: Annotated[str, typer.Argument(help="The company it means: name or stock code; nothing with --separate.")] = "",
    reason: ReasonOpt = "",
    separate: Annotated[bool, typer.Option("--separate", help="It is a company of its own, none of those it resembles.")] = False,
    by: ByOpt = "",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Say which company a name means. Lists are matched by it from now on, the shipped companies at the next `data build`."""
    from ingest.decisions import SEPARATE  # noqa: PLC0415

    separate = separate or means == SEPARATE
    if separate == bool(means and means != SEPARATE):
        raise ChaingraphError("give the company that the name means, or --separate where it is none of those that are known")
    graph = _graph(data, store)
    row = {"name": listed, "means": SEPARATE if separate else _coded(graph, graph.find_company(means)), "reason": reason}
    _write(data, "name", row, lambda r: r["name"] == listed, by)


@decide_app.command("seat", epilog="Example: chaingraph decide seat 三花控股集团有限公司 绍兴 --reason 总部所在地")
def seat(
    company: CompanyArg,
    region: Annotated[str, typer.Argument(help="Region of its seat: name or code; nothing with --country alone.")] = "",
    reason: ReasonOpt = "",
    country: Annotated[str, typer.Option("--country", help="Its country, two letters (ISO 3166-1).")] = "CN",
    by: ByOpt = "",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Say where a company has its seat. Holds at once; taken back, the table keeps it until the next `data build`."""
    if (country == "CN") != bool(region):
        raise ChaingraphError("give the region of a seat in China, or --country of one elsewhere")
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise ChaingraphError(f"no country '{country}': expected two capital letters, such as DE")
    graph = _graph(data, store)
    full = str(graph.company(graph.find_company(company))["name_zh"])
    code = graph.find_region(region).code if region else ""
    row = {"company": full, "country": country, "region_code": code, "reason": reason}
    _write(data, "seat", row, lambda r: r["company"] == full, by)
    fresh_store(data, store)


@decide_app.command("list", epilog="Example: chaingraph decide list")
def list_verdicts(as_json: JsonOpt = False, data: DataOpt = DATA) -> None:
    """List the ledger: what was decided, why, when and by whom."""
    from ingest import decisions, verdicts  # noqa: PLC0415

    decisions.read(data / LEDGER)
    rows = [{"on": kind, **row} for kind in verdicts.FILES for row in verdicts.read(data / LEDGER, kind)]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            print("\t".join(row.values()))


@undo_app.command("activity", epilog="Example: chaingraph decide undo activity 日月股份 pump-motor/pump-metal")
def undo_activity(company: CompanyArg, segment: SegmentArg, data: DataOpt = DATA, store: StoreOpt = STORE) -> None:
    """Take back the verdict on a company in a segment. Holds at once."""
    graph = _graph(data, store)
    company_id, segment_id = graph.find_company(company), graph.find_segment(segment)
    _undo(data, "activity", _on_activity(graph, company_id, segment_id), f"{company} · {segment_id}")
    _tell(data, store, company_id, segment_id)


@undo_app.command("name", epilog="Example: chaingraph decide undo name 浙江新界泵业")
def undo_name(listed: NameArg, data: DataOpt = DATA) -> None:
    """Take back the verdict on a name; the shipped companies follow at the next `data build`."""
    _undo(data, "name", lambda r: r["name"] == listed, listed)


@undo_app.command("seat", epilog="Example: chaingraph decide undo seat 三花控股集团有限公司")
def undo_seat(company: CompanyArg, data: DataOpt = DATA, store: StoreOpt = STORE) -> None:
    """Take back the verdict on a seat; the shipped companies follow at the next `data build`."""
    graph = _graph(data, store)
    full = str(graph.company(graph.find_company(company))["name_zh"])
    _undo(data, "seat", lambda r: r["company"] == full, full)
    fresh_store(data, store)


def _graph(data: Path, store: str) -> ChainGraph:
    """Open the graph of a data folder: that is where the ledger lies."""
    if not data.is_dir():
        raise ChaingraphError(f"no data folder '{data}' to decide in: name one with --data; verdicts stand in its {LEDGER}/")
    return open_graph(data, store)


def _write(data: Path, kind: str, row: dict[str, str], same: Callable[[dict[str, str]], bool], by: str) -> None:
    from ingest import verdicts  # noqa: PLC0415

    before = verdicts.decide(data / LEDGER, kind, row, same, date.today(), by)
    place = data / LEDGER / verdicts.FILES[kind]
    talk(f"{place}: {_said(row)}" + (f"; it was {_said(before)}" if before else ""))


def _undo(data: Path, kind: str, same: Callable[[dict[str, str]], bool], what: str) -> None:
    from ingest import verdicts  # noqa: PLC0415

    gone = verdicts.undo(data / LEDGER, kind, same)
    if not gone:
        raise ChaingraphError(f"no verdict on {what}: `chaingraph decide list` has those that there are")
    for row in gone:
        talk(f"{data / LEDGER / verdicts.FILES[kind]}: taken out: {_said(row)}")


def _said(row: dict[str, str]) -> str:
    return " · ".join(filter(None, row.values()))


def _on_activity(graph: ChainGraph, company_id: str, segment_id: str) -> Callable[[dict[str, str]], bool]:
    """Whether a row of the ledger is on a company in a segment, whichever of its names the row has."""
    from ingest.decisions import company_ids  # noqa: PLC0415

    ids = company_ids(graph.tables["companies"])
    return lambda row: row["segment_id"] == segment_id and ids.get(row["company"]) == company_id


def _called(graph: ChainGraph, company_id: str) -> str:
    """What a company is called in the ledger: as people call it, where that means no other."""
    from ingest.decisions import company_ids  # noqa: PLC0415

    ids, row = company_ids(graph.tables["companies"]), graph.company(company_id)
    names = [str(row[column]) for column in ("short_name", "name_zh") if isinstance(row[column], str)]
    return next((n for n in names if ids[n] == company_id), company_id)


def _coded(graph: ChainGraph, company_id: str) -> str:
    """The company of a name in the ledger: by its stock code, or its full name where it is not listed."""
    row = graph.company(company_id)
    return str(row["stock_code"] if isinstance(row["stock_code"], str) else row["name_zh"])


def _tell(data: Path, store: str, company_id: str, segment_id: str) -> None:
    """Say what now holds of a company in a segment."""
    from ingest.decisions import BASIS  # noqa: PLC0415
    from ingest.verdicts import read  # noqa: PLC0415

    graph = open_graph(data, store)
    rows = graph.tables["activities"].query("company_id == @company_id and segment_id == @segment_id")
    where = f"{graph.company(company_id)['name_zh']} · {graph.segments[segment_id].name_zh}"
    if rows.empty:
        talk(f"{where}: no rule links them")
        return
    row = rows.iloc[0]
    talk(f"{where}: {row['verdict']}, by {row['basis']}")
    if row["basis"] == BASIS and not any(map(_on_activity(graph, company_id, segment_id), read(data / LEDGER, "activity"))):
        talk(
            "that verdict stands in companies/activities.csv itself, not in the ledger: change it there, or run `chaingraph data build`"
        )
