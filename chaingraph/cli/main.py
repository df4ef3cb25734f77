"""The command line: `chaingraph VERB …`. Results go to stdout, talk to stderr; a fault is one line with its remedy and exit 2."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.cli import terminal
from chaingraph.cli.backtest import backtest
from chaingraph.cli.check import check
from chaingraph.cli.dashboard import dashboard
from chaingraph.cli.data import data_app
from chaingraph.cli.decide import decide_app
from chaingraph.cli.diff import diff
from chaingraph.cli.evaluate import evaluate_app
from chaingraph.cli.exchange import ExportCommand, export
from chaingraph.cli.extensions import list_extensions
from chaingraph.cli.fit import fit
from chaingraph.cli.foreign import foreign
from chaingraph.cli.imports import import_command
from chaingraph.cli.lexicons import lexicons
from chaingraph.cli.link import link
from chaingraph.cli.match import match
from chaingraph.cli.neo4j import neo4j_app
from chaingraph.cli.new import new_app
from chaingraph.cli.options import (
    DATA,
    OWNER,
    STORE,
    WORKSPACE,
    ChainOpt,
    DataOpt,
    JsonOpt,
    LangOpt,
    OutOpt,
    OwnerOpt,
    OwnOpt,
    RegionArg,
    StoreOpt,
    WeightsOpt,
    WithOpt,
    WorkspaceOpt,
    busy,
    command,
    open_graph,
    own_firms,
    ranked,
    show_findings,
    talk,
)
from chaingraph.cli.predict import predict_app
from chaingraph.cli.retain import retain
from chaingraph.cli.user import user_app
from chaingraph.errors import ChaingraphError, DataError
from chaingraph.model import Mover
from chaingraph.phrases import Phrase, said

if TYPE_CHECKING:
    from chaingraph.diagnosis import Diagnosis
    from chaingraph.graph import ChainGraph
    from chaingraph.own_firms import OwnFirms
    from chaingraph.recommendation import Recommendation
    from recommend.scorecard import Ranking

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Industrial chains: what a region lacks, and which firms could fill it.",
)
app.add_typer(data_app, name="data")
app.add_typer(decide_app, name="decide")
app.add_typer(user_app, name="user")
app.add_typer(new_app, name="new")
app.add_typer(evaluate_app, name="evaluate")
app.command("fit", epilog="Example: chaingraph fit --raw ../shared -o learned.toml")(fit)
app.command("foreign", epilog="Example: chaingraph foreign atlas/ -o my-chains/")(foreign)
app.command(epilog="Example: chaingraph lexicons --chain 泵与电机")(lexicons)
app.command(epilog="Example: chaingraph match names.xlsx --against companies.csv -o matched.xlsx")(match)
app.add_typer(neo4j_app, name="neo4j")
app.add_typer(predict_app, name="predict")
app.command(epilog="Example: chaingraph backtest signings.xlsx --region 台州 --chain 泵与电机")(backtest)


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


app.command(epilog="Example: chaingraph check data/")(check)
app.command(epilog="Example: chaingraph diff data/ data/chains/pump-motor.toml --region 台州")(diff)


@app.command(epilog="Example: chaingraph diagnose 台州 --chain 泵与电机")
def diagnose(
    region: RegionArg,
    chain: ChainOpt,
    metric: Annotated[
        list[str] | None, typer.Option("--metric", help="A further number of every segment; `chaingraph extensions` lists them.")
    ] = None,
    own: OwnOpt = None,
    out: OutOpt = None,
    as_json: JsonOpt = False,
    owner: OwnerOpt = OWNER,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    workspace: WorkspaceOpt = WORKSPACE,
    also: WithOpt = None,
) -> None:
    """Say of every segment of a chain what a region has of it, what hinders it, and what to do."""
    from chaingraph import export, measures  # noqa: PLC0415
    from chaingraph.diagnosis import diagnose as run_diagnosis  # noqa: PLC0415

    graph = open_graph(data, store, also)
    listed = own_firms(graph, region, own, owner, workspace, data)
    found = measures.measured(graph, run_diagnosis(graph, region, chain, own=listed), metric or ())
    if out:
        export.write_diagnosis(out, found, today=date.today())
        talk(f"wrote {out}")
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
    kind: Annotated[
        Mover | None, typer.Option("--kind", help="Only firms known to build elsewhere, or only those not seen to have done so.")
    ] = None,
    out: OutOpt = None,
    as_json: JsonOpt = False,
    weights: WeightsOpt = None,
    own: OwnOpt = None,
    owner: OwnerOpt = OWNER,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    workspace: WorkspaceOpt = WORKSPACE,
    also: WithOpt = None,
) -> None:
    """Rank the firms that could fill the gaps of a chain in a region, each with its reasons and what is not known."""
    from chaingraph import export  # noqa: PLC0415

    graph = open_graph(data, store, also)
    listed = own_firms(graph, region, own, owner, workspace, data)
    found, ranking = ranked(graph, region, chain, top, segment, weights, kind, listed)
    if out:
        _write(out, graph, found, ranking)
        talk(f"wrote {out}")
    elif as_json:
        print(export.targets_json(ranking.targets))
    else:
        terminal.show_targets(found, ranking, lang)


def _write(path: Path, graph: ChainGraph, found: Diagnosis, ranking: Ranking) -> None:
    """Write a list of targets as the suffix of the path says."""
    from chaingraph import export  # noqa: PLC0415

    origins = graph.tables["origins"]
    weights = ranking.weights.to_pandas()
    export.write_targets(path, found, ranking.targets, ranking.excluded, weights, origins, today=date.today(), odds=ranking.odds)


@app.command(epilog="Example: chaingraph explain 台州 pump-motor/pump-metal 甬金股份")
def explain(
    region: RegionArg,
    segment: Annotated[str, typer.Argument(help="Segment: chain/segment, such as pump-motor/pump-metal.")],
    company: Annotated[str, typer.Argument(help="Company: name, stock code or credit code.")],
    as_json: JsonOpt = False,
    weights: WeightsOpt = None,
    own: OwnOpt = None,
    owner: OwnerOpt = OWNER,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    workspace: WorkspaceOpt = WORKSPACE,
    also: WithOpt = None,
) -> None:
    """Show how one firm's score for one segment and region comes about, or why the firm was left out."""
    graph = open_graph(data, store, also)
    segment_id, company_id = graph.find_segment(segment), graph.find_company(company)
    chain = segment_id.split("/")[0]
    listed = own_firms(graph, region, own, owner, workspace, data)
    _, ranking = ranked(graph, region, chain, 10_000, segment_id, weights, own=listed)
    for target in ranking.targets:
        if target.company_id == company_id:
            whole = replace(target, package=_package_of(graph, region, target, weights, listed))
            if as_json:
                print(json.dumps(whole.as_dict(), ensure_ascii=False, indent=1))
            else:
                terminal.show_target(whole, lang)
            return
    left = [e for e in ranking.excluded if e.company_id == company_id]
    name = str(graph.company(company_id)["name_zh"])
    if left:
        if as_json:
            print(json.dumps(asdict(left[0]), ensure_ascii=False, indent=1))
        else:
            where = graph.segments[segment_id].name
            print(
                said(
                    Phrase(
                        f"{name} · {where}：未入选，{left[0].text}", f"{name} · {where.en}: left out, {said(left[0].text, 'en')}"
                    ),
                    lang,
                )
            )
        return
    others = graph.tables["activities"].query("company_id == @company_id")["segment_id"].tolist()
    known = "、".join(f"{s} {graph.segments[s].name_zh}" for s in others[:8]) or "没有"
    raise ChaingraphError(f"{name} 没有 {segment_id} 的业务证据；已知环节：{known}")


app.command(epilog="Example: chaingraph retain 台州 --chain 泵与电机")(retain)


def _package_of(
    graph: ChainGraph, region: str, target: Recommendation, weights: str | None, own: OwnFirms | None
) -> tuple[str, ...]:
    """With whom a target is worth more: told by the chain's list, for a segment's own has nobody else to come with it."""
    _, of_chain = ranked(graph, region, target.segment_id.split("/")[0], 20, None, weights, own=own)
    return next((t.package for t in of_chain if (t.company_id, t.segment_id) == (target.company_id, target.segment_id)), ())


@app.command(name="chains", epilog="Example: chaingraph chains 台州")
def list_chains(
    region: Annotated[str | None, typer.Argument(help="Only the chains of this region's programme.")] = None,
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    also: WithOpt = None,
) -> None:
    """List the chains, or those that a region's programme names."""
    graph = open_graph(data, store, also)
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


@app.command(epilog="Example: chaingraph lint --all")
def lint(
    everything: Annotated[
        bool, typer.Option("--all", help="Also the findings that the data explain, with the reason at the end of the line.")
    ] = False,
    as_json: JsonOpt = False,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    also: WithOpt = None,
) -> None:
    """Say what a careful reader would stumble over in the graph and nothing explains; docs/lint.md has every rule."""
    from chaingraph.lint import lint as run_lint  # noqa: PLC0415

    show_findings(run_lint(open_graph(data, store, also)), everything=everything, as_json=as_json, lang=lang)


app.command(epilog="Example: chaingraph link firms.xlsx --chain 泵与电机 -o links.csv")(link)
app.command(cls=ExportCommand, epilog="Example: chaingraph export --to parquet -o graph/")(export)
app.command("import", epilog="Example: chaingraph import 企业名单.xlsx --region 台州 | chaingraph import --from neo4j -o store/")(
    import_command
)


app.command(name="extensions", epilog="Example: chaingraph extensions --json")(list_extensions)


@app.command(epilog="Example: chaingraph report 台州 --chain 泵与电机 -o 台州-泵与电机.docx")
def report(
    region: RegionArg,
    chain: ChainOpt,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Word file to write; out/REGION-CHAIN.docx without.")] = None,
    weights: WeightsOpt = None,
    own: OwnOpt = None,
    owner: OwnerOpt = OWNER,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    workspace: WorkspaceOpt = WORKSPACE,
    also: WithOpt = None,
) -> None:
    """Write the document for the meeting: picture, status, constraints, roadmap, targets with for and against, data and limits."""
    from chaingraph.export import replace_file  # noqa: PLC0415
    from chaingraph.report import report_docx  # noqa: PLC0415

    if out and out.suffix.lower() != ".docx":
        raise ChaingraphError(f"cannot write '{out}': its suffix must be .docx")
    graph = open_graph(data, store, also)
    listed = own_firms(graph, region, own, owner, workspace, data)
    found, ranking = ranked(graph, region, chain, 50, None, weights, own=listed)
    path = out or Path("out") / f"{found.region.name_zh.removesuffix('市')}-{found.chain_name}.docx"
    with busy("writing the report"):
        content = report_docx(
            graph,
            found,
            ranking.targets,
            ranking.excluded,
            ranking.weights.to_pandas(),
            graph.tables["origins"],
            today=date.today(),
            lang=lang,
        )
    replace_file(path, content)
    talk(f"wrote {path}")


app.command(epilog="Example: chaingraph dashboard --port 8600")(dashboard)


@app.command(epilog="Example: chaingraph run --region 青岛 --chain 橡胶轮胎")
def run(
    region: Annotated[str, typer.Option("--region", "-r")] = "台州",
    chain: ChainOpt = "泵与电机",
    top: Annotated[int, typer.Option("--top", min=1, max=1000)] = 20,
    folder: Annotated[Path, typer.Option("--folder", help="Where the workbook goes.")] = Path("out"),
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    also: WithOpt = None,
) -> None:
    """Check the data, diagnose, rank and write the workbook: what `make run` does."""
    from chaingraph.diagnosis import diagnose as run_diagnosis  # noqa: PLC0415
    from recommend.scorecard import Weights, gather  # noqa: PLC0415

    graph = open_graph(data, store, also)
    counts = graph.tables.counts()
    talk(
        f"数据 {graph.version} 已检查：{counts['chains']} 条链、{counts['segments']} 个环节、{counts['companies']:,} 家企业、"
        f"{counts['activities']:,} 条企业—环节关系"
    )
    found = run_diagnosis(graph, region, chain)
    evidence, weights = gather(graph, found), Weights.load()
    ranking, wide = evidence.ranked(weights, top), evidence.ranked(weights, max(top, 50))
    terminal.show_diagnosis(found, lang)
    terminal.show_targets(found, ranking, lang)
    short = found.region.name_zh.removesuffix("市")
    path = folder / f"{short}-{found.chain_name}.xlsx"
    _write(path, graph, found, wide)
    first = ranking.targets[0] if ranking.targets else None
    talk(f"\n已写出 {path}（{len(wide.targets)} 家目标企业，改动“权重”表即重新排名）")
    talk("接着可以试：")
    me = command()
    if first:
        talk(f"  {me} explain {short} {first.segment_id} {first.name}")
    talk(f"  {me} chains {short}        这座城市计划里的链")
    other = "REGION=桐城 CHAIN=绿色包装" if short == "青岛" else "REGION=青岛 CHAIN=橡胶轮胎"
    talk(f"  make run {other}")
