"""The command line: `chaingraph VERB …`. Results go to stdout, talk to stderr; a fault is one line with its remedy and exit 2."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from chaingraph import terminal
from chaingraph.errors import ChaingraphError, DataError
from chaingraph.labels import LANGUAGES

if TYPE_CHECKING:
    from chaingraph.diagnosis import Diagnosis
    from chaingraph.graph import ChainGraph
    from recommend.scorecard import Ranking

ROOT = Path(__file__).resolve().parents[1]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Industrial chains: what a region lacks, and which firms could fill it.",
)
data_app = typer.Typer(no_args_is_help=True, help="Rebuild the data folder, or the store made from it.")
app.add_typer(data_app, name="data")

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
DATA, STORE = ROOT / "data", ROOT / "store"


def main() -> None:
    """Run the command line; every fault a person can mend is printed without a traceback and exits 2."""
    try:
        app()
    except DataError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        print(f"chaingraph: {len(error.problems)} problem(s)", file=sys.stderr)
        sys.exit(2)
    except (ChaingraphError, PermissionError, IsADirectoryError) as error:
        print(f"chaingraph: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The reader of our output has gone (| head): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


@app.command(epilog="Example: chaingraph check data/")
def check(path: Annotated[Path, typer.Argument(help="Data folder to read.")] = DATA, as_json: JsonOpt = False) -> None:
    """Read every file of a data folder and report all problems of all files at once. Exit 2 when there is one."""
    from ingest.load import check_folder  # noqa: PLC0415

    with _busy(f"checking {path}"):
        tables, problems = check_folder(path)
    if as_json:
        print(json.dumps([p.as_dict() for p in problems], ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            print(problem)
    if problems or tables is None:
        _talk(f"{len(problems)} problem(s) in {path}")
        raise typer.Exit(2)
    _talk(f"{path}: {sum(tables.counts().values()):,} rows in {len(tables.counts())} tables, no problem")


@app.command(epilog="Example: chaingraph diagnose 台州 --chain 泵与电机")
def diagnose(
    region: RegionArg,
    chain: ChainOpt,
    out: OutOpt = None,
    as_json: JsonOpt = False,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Say of every segment of a chain what a region has of it, what hinders it, and what to do."""
    from chaingraph import export  # noqa: PLC0415
    from chaingraph.diagnosis import diagnose as run_diagnosis  # noqa: PLC0415

    found = run_diagnosis(_graph(data, store), region, chain)
    if out:
        export.write_diagnosis(out, found, today=date.today())
        _talk(f"wrote {out}")
    elif as_json:
        print(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
    else:
        terminal.show_diagnosis(found, lang)


@app.command(epilog="Example: chaingraph recommend 台州 --chain 泵与电机 --top 30 -o targets.xlsx")
def recommend(
    region: RegionArg,
    chain: ChainOpt,
    segment: Annotated[str | None, typer.Option("--segment", "-s", help="Only for this segment: name or id.")] = None,
    top: Annotated[int, typer.Option("--top", min=1, max=1000, help="Length of the list.")] = 30,
    out: OutOpt = None,
    as_json: JsonOpt = False,
    weights: WeightsOpt = None,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Rank the firms that could fill the gaps of a chain in a region, each with its reasons and what is not known."""
    from chaingraph import export  # noqa: PLC0415

    graph = _graph(data, store)
    found, ranking = _rank(graph, region, chain, top, segment, weights)
    if out:
        export.write_targets(
            out,
            found,
            ranking.targets,
            ranking.excluded,
            ranking.weights.to_pandas(),
            graph.tables["origins"],
            today=date.today(),
        )
        _talk(f"wrote {out}")
    elif as_json:
        print(export.targets_json(ranking.targets))
    else:
        terminal.show_targets(found, ranking, lang)


@app.command(epilog="Example: chaingraph explain 台州 pump-motor/pump-metal 甬金股份")
def explain(
    region: RegionArg,
    segment: Annotated[str, typer.Argument(help="Segment: chain/segment, such as pump-motor/pump-metal.")],
    company: Annotated[str, typer.Argument(help="Company: name, stock code or credit code.")],
    as_json: JsonOpt = False,
    weights: WeightsOpt = None,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Show how one firm's score for one segment and region comes about, or why the firm was left out."""
    graph = _graph(data, store)
    segment_id, company_id = graph.find_segment(segment), graph.find_company(company)
    chain = segment_id.split("/")[0]
    _, ranking = _rank(graph, region, chain, 10_000, segment_id, weights)
    for target in ranking.targets:
        if target.company_id == company_id:
            if as_json:
                print(json.dumps(target.as_dict(), ensure_ascii=False, indent=1))
            else:
                terminal.show_target(target, lang)
            return
    left = [e for e in ranking.excluded if e.company_id == company_id]
    name = str(graph.company(company_id)["name_zh"])
    if left:
        if as_json:
            print(json.dumps(asdict(left[0]), ensure_ascii=False, indent=1))
        else:
            print(f"{name} · {graph.segments[segment_id].name_zh}：未入选，{left[0].text}")
        return
    others = graph.tables["activities"].query("company_id == @company_id")["segment_id"].tolist()
    known = "、".join(f"{s} {graph.segments[s].name_zh}" for s in others[:8]) or "没有"
    raise ChaingraphError(f"{name} 没有 {segment_id} 的业务证据；已知环节：{known}")


@app.command(name="chains", epilog="Example: chaingraph chains 台州")
def list_chains(
    region: Annotated[str | None, typer.Argument(help="Only the chains of this region's programme.")] = None,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """List the chains, or those that a region's programme names."""
    graph = _graph(data, store)
    wanted: dict[str, str] = dict.fromkeys(graph.chains, "")
    if region:
        code = graph.find_region(region).code
        mine = graph.tables["programmes"].query("region_code == @code")
        named = (
            graph.tables["programme_chains"]
            .merge(mine[["programme_id", "name_zh"]], on="programme_id")
            .dropna(subset=["chain_id"])
        )
        wanted = dict(zip(named["chain_id"], named["cluster_zh"].fillna(""), strict=True))
        if not wanted:
            regions = "、".join(graph.regions[c].name_zh for c in graph.tables["programmes"]["region_code"])
            raise ChaingraphError(
                f"{graph.regions[code].name_zh} 没有收录的产业链计划；有的是：{regions}。任何地区都可以用任何一条链诊断。"
            )
    for chain, cluster in wanted.items():
        print("\t".join(x for x in (chain, graph.chains[chain], cluster) if x))


@app.command(epilog="Example: chaingraph lint")
def lint(as_json: JsonOpt = False, data: DataOpt = DATA, store: StoreOpt = STORE) -> None:
    """Say what a careful reader would stumble over in the graph."""
    from chaingraph.lint import lint as run_lint  # noqa: PLC0415

    found = run_lint(_graph(data, store))
    if as_json:
        print(json.dumps([f.as_dict() for f in found], ensure_ascii=False, indent=1))
        return
    for f in found:
        print(f"{f.rule}\t{f.where}\t{f.text}\t{f.remedy}")
    _talk(f"{len(found)} finding(s)")


@app.command(epilog="Example: chaingraph export --to parquet -o graph/")
def export(
    to: Annotated[str, typer.Option("--to", help="parquet or csv (a folder of tables), graphml (one file).")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder or file to write.")],
    chain: Annotated[str | None, typer.Option("--chain", "-c", help="graphml: only this chain.")] = None,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Take the whole graph elsewhere."""
    from chaingraph.stores import files  # noqa: PLC0415

    graph = _graph(data, store)
    files.write(graph, to, out, graph.find_chain(chain) if chain else None)
    _talk(f"wrote {out}")


@app.command(epilog="Example: chaingraph run --region 青岛 --chain 橡胶轮胎")
def run(
    region: Annotated[str, typer.Option("--region", "-r")] = "台州",
    chain: ChainOpt = "泵与电机",
    top: Annotated[int, typer.Option("--top", min=1, max=1000)] = 20,
    folder: Annotated[Path, typer.Option("--folder", help="Where the workbook goes.")] = Path("out"),
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
) -> None:
    """Check the data, diagnose, rank and write the workbook: what `make run` does."""
    from chaingraph import export  # noqa: PLC0415

    graph = _graph(data, store)
    counts = graph.tables.counts()
    _talk(
        f"数据 {graph.version} 已检查：{counts['chains']} 条链、{counts['segments']} 个环节、{counts['companies']:,} 家企业、"
        f"{counts['activities']:,} 条企业—环节关系"
    )
    found, ranking = _rank(graph, region, chain, top, None, None)
    terminal.show_diagnosis(found, lang)
    terminal.show_targets(found, ranking, lang)
    short = found.region.name_zh.removesuffix("市")
    path = folder / f"{short}-{found.chain_name}.xlsx"
    _, wide = _rank(graph, region, chain, max(top, 50), None, None)
    export.write_targets(
        path, found, wide.targets, wide.excluded, wide.weights.to_pandas(), graph.tables["origins"], today=date.today()
    )
    first = ranking.targets[0] if ranking.targets else None
    _talk(f"\n已写出 {path}（{len(wide.targets)} 家目标企业，改动“权重”表即重新排名）")
    _talk("接着可以试：")
    me = _command()
    if first:
        _talk(f"  {me} explain {short} {first.segment_id} {first.name}")
    _talk(f"  {me} chains {short}        这座城市计划里的链")
    other = "REGION=桐城 CHAIN=绿色包装" if short == "青岛" else "REGION=青岛 CHAIN=橡胶轮胎"
    _talk(f"  make run {other}")


@data_app.command("build", epilog="Example: chaingraph data build --raw ../shared")
def data_build(
    raw: Annotated[Path, typer.Option("--raw", help="Folder with the raw sources.")],
    data: DataOpt = DATA,
    report: Annotated[Path | None, typer.Option("--report", help="Write the report as JSON to this file.")] = None,
) -> None:
    """Rebuild the data folder from raw sources, byte for byte the same each time, with a report."""
    from ingest.build import build, write_report  # noqa: PLC0415

    if not raw.is_dir():
        raise ChaingraphError(f"no folder '{raw}': give the folder of raw sources with --raw")
    with _busy("building") as say:
        made = build(raw, data, say)
    for source in made.sources:
        line = f"{source.source}: read {source.read:,}, kept {source.kept:,}"
        if source.repaired:
            line += "; repaired " + ", ".join(f"{n:,} {why}" for why, n in sorted(source.repaired.items()) if n)
        if any(source.rejected.values()):
            line += "; rejected " + ", ".join(f"{n:,} {why}" for why, n in sorted(source.rejected.items()) if n)
        print("; ".join([line, *source.notes]))
    for name, fact in made.facts.items():
        if name != "review":
            print(f"{name}: {json.dumps(fact, ensure_ascii=False)}")
    if report:
        write_report(made, report)


@data_app.command("store", epilog="Example: chaingraph data store")
def data_store(data: DataOpt = DATA, store: StoreOpt = STORE) -> None:
    """Check the data folder and make the store of it: the Parquet snapshot and its DuckDB index."""
    from chaingraph import stores  # noqa: PLC0415
    from ingest.load import load  # noqa: PLC0415

    with _busy("building the store"):
        tables = load(data)
        stores.write(tables, store)
    _talk(f"{store}: data version {tables.version}")


def _graph(data: Path, store: Path) -> ChainGraph:
    """Open the store; check the data folder and make the store first when the data are other than those in it."""
    from chaingraph import stores  # noqa: PLC0415
    from chaingraph.graph import build  # noqa: PLC0415
    from ingest.load import folder_version, load  # noqa: PLC0415

    if data.is_dir() and folder_version(data) != stores.folder.current(store):
        with _busy("checking the data and building the store"):
            stores.write(load(data), store)
    return build(stores.read(store))


def _rank(
    graph: ChainGraph, region: str, chain: str, top: int, segment: str | None, weights: Path | None
) -> tuple[Diagnosis, Ranking]:
    from chaingraph.diagnosis import diagnose as run_diagnosis  # noqa: PLC0415
    from recommend.scorecard import Weights, shortlist  # noqa: PLC0415

    if weights and not weights.is_file():
        raise ChaingraphError(f"no file '{weights}': give a TOML file with weights")
    found = run_diagnosis(graph, region, chain)
    return found, shortlist(graph, found, top, segment, Weights.load(weights))


def _command() -> str:
    """How this command was called, so that what is proposed can be typed as it stands."""
    called = Path(sys.argv[0])
    inside = called.is_absolute() and called.is_relative_to(Path.cwd())
    return str(called.relative_to(Path.cwd()) if inside else called) if called.name == "chaingraph" else "python -m chaingraph"


def _talk(text: str) -> None:
    print(text, file=sys.stderr)


@contextmanager
def _busy(text: str) -> Iterator[_Say]:
    """Show on a terminal that something goes on; say nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(text) as status:
        yield lambda step: status.update(f"{text}: {step}")


if TYPE_CHECKING:
    from collections.abc import Callable

    _Say = Callable[[str], None]
