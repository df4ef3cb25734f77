"""OpenSPG supply chain: a folder with Product.csv, in which every product names those that it goes into; companies are masked.

All products are one chain. A product is named by its path, `group-…-product`: the segment bears the last name, the path stays as
words in its note. A product that nothing goes into is upstream, one that goes into nothing downstream, any other midstream.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import networkx as nx
import pandas as pd

from chaingraph.cells import FILE, WHERE
from chaingraph.errors import DataError, Problem, did_you_mean, nearest
from chaingraph.model import Confidence, Stage
from ingest.chains import ForeignChain, ForeignLink, ForeignSegment
from ingest.files import read_csv
from ingest.foreign.readings import Reading, files_of, kind_of, slugs

NAME = "openspg"
PRODUCTS, INDUSTRIES, COMPANIES, TRANSFERS = "Product.csv", "Industry.csv", "Company.csv", "Company_fundTrans_Company.csv"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    PRODUCTS: ("id", "belongToIndustry", "hasSupplyChain"),
    INDUSTRIES: ("id",),
    COMPANIES: ("id", "name", "product"),
    TRANSFERS: ("srcId", "dstId", "transDate", "transAmt"),
}
"""Columns of every file; only Product.csv must be there."""

MASKED = "of companies whose names are masked"


def recognises(path: Path) -> bool:
    """Whether a folder has the file of products."""
    return path.is_dir() and (path / PRODUCTS).is_file()


def read(path: Path) -> Reading:
    """Read the folder; raises `DataError` with all problems of all files."""
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    if not recognises(path):
        problems.append(Problem(path.name, PRODUCTS, "missing-file", "no such file", "a folder with the products", "Name it."))
    for file in (p for p in files_of(path) if p.name in COLUMNS):
        frame, found = read_csv(file, file.name)
        problems += found
        if frame is not None:
            problems += _faults(frame, file.name)
            frames[file.name] = frame
    if not problems:
        problems += _loops(frames[PRODUCTS])
    if problems:
        raise DataError(problems)
    return _reading(frames, {p.name for p in files_of(path)})


def _faults(frame: pd.DataFrame, file: str) -> Iterator[Problem]:
    known, own = COLUMNS[file], [c for c in frame.columns if c not in (FILE, WHERE)]
    for column in known:
        if column not in own:
            remedy = did_you_mean(nearest(column, own, floor=70)) or "Add it."
            yield Problem(file, f"column {column}", "missing-column", "no such column", "a column of the format", remedy)
    for column in own:
        if column not in known:
            remedy = did_you_mean(nearest(column, [c for c in known if c not in own], floor=70)) or "Remove it."
            yield Problem(file, f"column {column}", "unknown-column", repr(column), "a column of the format", remedy)
    if "id" in own:
        for where in frame.loc[frame["id"].isna(), WHERE]:
            yield Problem(file, f"{where}, id", "missing-value", "nothing", "a value for id", "Fill it in.")
    if file == PRODUCTS and frame.empty:
        yield Problem(file, "file", "missing-value", "no rows", "a row for each product", "Restore it.")


def _pairs(products: pd.DataFrame) -> list[tuple[str, str]]:
    """All (product, what it goes into) of all rows, those that are there twice as well."""
    cells = products.dropna(subset=["hasSupplyChain"])[["id", "hasSupplyChain"]]
    return [(p, c.strip()) for p, named in cells.itertuples(index=False) for c in named.split(",") if c.strip()]


def _loops(products: pd.DataFrame) -> Iterator[Problem]:
    """Products that in the end go into themselves: the source does not say by which step waste returns."""
    graph: nx.DiGraph[str] = nx.DiGraph(_pairs(products))
    for part in nx.strongly_connected_components(graph):
        if len(part) > 1 or graph.has_edge(*(list(part) * 2)[:2]):
            loop = " → ".join(edge[0] for edge in nx.find_cycle(graph.subgraph(part)))
            remedy = "Take one of them out of hasSupplyChain."
            yield Problem(PRODUCTS, "hasSupplyChain", "supply-loop", loop, "upstream to downstream without returning", remedy)


def _reading(frames: Mapping[str, pd.DataFrame], files: set[str]) -> Reading:
    products = frames[PRODUCTS]
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(products["id"])
    pairs = _pairs(products)
    graph.add_edges_from(pairs)
    paths = list(graph)
    last = Counter(p.rpartition("-")[2] for p in paths)
    names = {p: tail if last[tail := p.rpartition("-")[2]] == 1 else p for p in paths}
    ids = dict(zip(paths, slugs(tail.rpartition("-")[2] for tail in paths), strict=True))
    industry = dict(products[["id", "belongToIndustry"]].dropna().itertuples(index=False))
    chain = ForeignChain(
        id="openspg-supply-chain",
        name_zh="产品供应链",
        confidence=Confidence.SINGLE_SOURCE.value,
        segments=[_segment(p, ids[p], names[p], industry.get(p, ""), graph) for p in paths],
        links=[ForeignLink(supplier=ids[p], customer=ids[c], confidence=Confidence.SINGLE_SOURCE.value) for p, c in graph.edges],
    )
    reading = Reading(NAME, tuple(sorted(frames)), (chain,))
    _account(reading, frames, pairs, files)
    return reading


def _segment(path: str, segment_id: str, name: str, industry: str, graph: nx.DiGraph[str]) -> ForeignSegment:
    stage = Stage.MIDSTREAM
    if not graph.in_degree(path):
        stage = Stage.UPSTREAM
    elif not graph.out_degree(path):
        stage = Stage.DOWNSTREAM
    note = f"{path}（{industry}）" if industry else path
    kind = kind_of(Stage.MIDSTREAM, (path,))
    return ForeignSegment(id=segment_id, name_zh=name, stage=stage.value, kind=kind.value, note=note)


def _account(reading: Reading, frames: Mapping[str, pd.DataFrame], pairs: list[tuple[str, str]], files: set[str]) -> None:
    """Count the rows and cells of all files, and the files that are none of the format."""
    losses, products = reading.losses, frames[PRODUCTS]
    again = products.loc[products["id"].duplicated(), "id"].tolist()
    rows = losses.of(f"{PRODUCTS}: rows", len(products))
    rows.keep(len(products) - len(again))
    rows.lose("the same product again", again)
    industries = losses.of(f"{PRODUCTS}: belongToIndustry", int(products["belongToIndustry"].notna().sum()))
    noted = products.drop_duplicates("id", keep="last")["belongToIndustry"].notna().sum()
    industries.note(int(noted))
    industries.lose("the same product again", products.loc[products["id"].duplicated(keep="last"), "belongToIndustry"].dropna())
    twice = [f"{p} → {c}" for (p, c), n in Counter(pairs).items() for _ in range(n - 1)]
    supply = losses.of(f"{PRODUCTS}: hasSupplyChain", len(pairs))
    supply.keep(len(pairs) - len(twice))
    supply.lose("the same supply again", twice)
    if INDUSTRIES in frames:
        named = set(products["belongToIndustry"])
        table = losses.of(f"{INDUSTRIES}: rows", len(frames[INDUSTRIES]))
        used = frames[INDUSTRIES]["id"].isin(named)
        table.note(int(used.sum()))
        table.lose("no product belongs to it", frames[INDUSTRIES].loc[~used, "id"])
    if COMPANIES in frames:
        companies = frames[COMPANIES]
        losses.of("firms", len(companies)).lose(MASKED, companies["id"])
        made = companies.dropna(subset=["product"])[["id", "product"]].itertuples(index=False)
        cells = [f"{i}: {p.strip()}" for i, each in made for p in each.split(",") if p.strip()]
        losses.of(f"{COMPANIES}: product", len(cells)).lose(MASKED, cells)
    if TRANSFERS in frames:
        moved = [f"{a} → {b} {day}" for a, b, day in frames[TRANSFERS][["srcId", "dstId", "transDate"]].itertuples(index=False)]
        losses.of(f"{TRANSFERS}: rows", len(moved)).lose(MASKED, moved)
    other = sorted(files - set(COLUMNS))
    if other:
        losses.of("other files", len(other)).lose("no file of the format", other)
