"""How right links are: against labelled firms, with chains left out while weights were learnt, and beside plain terms.

    python -m ingest.linking.accuracy ../shared > ingest/linking/sign_weights.toml     learn the weights anew

The truth is a table of firms read by people: chain_id, core (segments of that chain that are a main activity) and minor (that it
also does). A confirmed link is right when it is either; recall is over core.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from chaingraph.errors import DataError, Problem
from chaingraph.model import Verdict
from ingest.chains import Chains, ForeignSegment, read_chains
from ingest.linking.confidence import CONFIRMED_FROM, SignWeights
from ingest.linking.evidence import SIGNS, gather
from ingest.linking.lexicons import Lexicons, own_words
from ingest.linking.linker import link
from ingest.origins import EVALUATION
from ingest.sources.registrations import TABLE

FOLDS = 4
"""Parts of the chains, of which each is left out once."""

DRAWS = 2_000
PENALTY = 1.0
"""Inverse strength of the ridge penalty: weak signs of few firms stay near nothing."""

LEARNT_ON, NEVER_LEARNT_ON = "eight chains", "fourteen other chains"
"""The labelled firms that the weights were learnt on, and those of chains that nothing was learnt on."""

_PLAIN = "plain terms"


@dataclass(frozen=True)
class LinkAccuracy:
    """How right one method's links are on labelled firms; intervals hold 95 % of a bootstrap over the firms."""

    method: str
    firms: int
    core: int
    found: int
    precision: tuple[float, float, float]
    """Mean, low, high."""
    recall: tuple[float, float, float]


@dataclass(frozen=True)
class Calibration:
    """Of the links with a confidence in [from, to): how many there are, their mean confidence, the share that is right."""

    confidence_from: float
    confidence_to: float
    links: int
    confidence: float
    right: float


# -- the truth ----------------------------------------------------------------------------------------------------


def labels_of(raw: Path, data: Path) -> pl.DataFrame:
    """Return every labelled firm there is: id, chain_id, name, scope, core, minor, set (`LEARNT_ON` or `NEVER_LEARNT_ON`).

    `raw/evaluation/links/labels.csv` has the texts; those of `data/evaluation/links.csv` are looked up by credit code in the
    registrations of `raw`. DataError: a file lacks a column, a firm is in no registration.
    """
    given = raw / "evaluation" / "links" / "labels.csv"
    frames = [_read(given, ("id", "chain_id", "name", "scope", "core", "minor"), LEARNT_ON)] if given.is_file() else []
    own = data / EVALUATION / "links.csv"
    if own.is_file():
        texts = pl.read_parquet(TABLE.at(raw), columns=["uscc", "name", "scope"])
        texts = texts.with_columns(pl.col("uscc").str.to_uppercase()).unique("uscc", keep="first", maintain_order=True)
        labelled = _read(own, ("uscc", "chain_id", "core", "minor"), NEVER_LEARNT_ON)
        found = labelled.join(texts, on="uscc", how="left", maintain_order="left").rename({"uscc": "id"})
        _all_known(own, found)
        frames.append(found)
    if not frames:
        raise DataError(
            [
                Problem(
                    given.name, "file", "unreadable", f"no file {given}", "labelled firms", "Name the folder that has it: --raw."
                )
            ]
        )
    return pl.concat([frame.select("id", "chain_id", "name", "scope", "core", "minor", "set") for frame in frames])


def _read(path: Path, columns: Sequence[str], name: str) -> pl.DataFrame:
    frame = pl.read_csv(path, infer_schema=False).with_columns(pl.all().fill_null(""))
    if lacking := [c for c in columns if c not in frame.columns]:
        found, expected = ", ".join(frame.columns), ", ".join(columns)
        raise DataError([Problem(path.name, "titles", "missing-column", found, expected, f"Add {', '.join(lacking)}.")])
    return frame.select(columns).with_columns(pl.lit(name).alias("set"))


def _all_known(path: Path, found: pl.DataFrame) -> None:
    lost = found.filter(pl.col("name").is_null())["id"].to_list()
    if lost:
        remedy = "Mend the credit code, or name the folder whose registrations have it: --raw."
        raise DataError([Problem(path.name, i, "broken-reference", i, "the credit code of a registration", remedy) for i in lost])


def _true(labels: pl.DataFrame, column: str) -> pl.DataFrame:
    """The pairs of a column: firm (row of `labels`), segment_id (whole)."""
    listed = labels.with_row_index("firm").select("firm", "chain_id", pl.col(column).str.split(" ").alias("segment"))
    pairs = listed.explode("segment").filter(pl.col("segment") != "")
    return pairs.select("firm", pl.concat_str("chain_id", pl.lit("/"), "segment").alias("segment_id"))


def texts_of(labels: pl.DataFrame) -> pl.DataFrame:
    """Return the labelled firms as texts to link: id (row of `labels`), name, text."""
    return labels.with_row_index("firm").select(pl.col("firm").alias("id"), "name", pl.col("scope").alias("text"))


# -- learning -----------------------------------------------------------------------------------------------------


def signed(labels: pl.DataFrame, lexicons: Lexicons) -> pl.DataFrame:
    """Return firm, segment_id, chain_id, the signs, right: every segment of its labelled chain that a firm has a term of."""
    texts = texts_of(labels).rename({"id": "row"})
    signs = (
        gather(texts, lexicons, product_list=False).signs().join(lexicons.segments.select("segment", "segment_id"), on="segment")
    )
    firms = labels.with_row_index("firm").select("firm", "chain_id")
    found = signs.rename({"row": "firm"}).join(firms, on="firm").filter(_chain() == pl.col("chain_id"))
    true = pl.concat([_true(labels, "core"), _true(labels, "minor")]).unique().with_columns(pl.lit(value=True).alias("right"))
    found = found.join(true, on=["firm", "segment_id"], how="left").with_columns(pl.col("right").fill_null(value=False))
    return found.sort("firm", "segment_id").select("firm", "segment_id", "chain_id", *SIGNS, "stands", "right")


def _chain() -> pl.Expr:
    return pl.col("segment_id").str.replace(r"/[^/]*$", "")


def learnt(pairs: pl.DataFrame) -> SignWeights:
    """Return the weights that make the pairs' `right` likeliest, with a ridge penalty (logistic regression)."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 (slow to import)

    model = LogisticRegression(C=PENALTY, max_iter=2_000).fit(pairs.select(list(SIGNS)).to_numpy(), pairs["right"].to_numpy())
    return SignWeights(float(model.intercept_[0]), dict(zip(SIGNS, map(float, model.coef_[0]), strict=True)))


def left_out(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return `pairs` with confidence, each chain's by weights learnt on chains of the other folds."""
    chains = pairs["chain_id"].unique().sort().to_list()
    parts = []
    for fold in range(min(FOLDS, len(chains))):
        mine = pl.col("chain_id").is_in(chains[fold::FOLDS])
        parts.append(pairs.filter(mine).with_columns(learnt(pairs.filter(~mine)).confidence().alias("confidence")))
    return pl.concat(parts)


# -- figures ------------------------------------------------------------------------------------------------------


def evaluate(labels: pl.DataFrame, chains: Chains, *, leave_out: bool = True) -> list[LinkAccuracy]:
    """Return the figures of plain terms, of the linker as it ships and (`leave_out`) of weights learnt on other chains."""
    segments = list(chains.segments())
    lexicons = Lexicons.of(segments)
    shipped = link(texts_of(labels), lexicons).filter(pl.col("verdict") == Verdict.CONFIRMED.value)
    out = [
        accuracy_of(_PLAIN, labels, plain_links(texts_of(labels), segments)),
        accuracy_of("as it ships", labels, shipped.select(pl.col("id").alias("firm"), "segment_id")),
    ]
    if leave_out:
        apart = left_out(signed(labels, lexicons))
        apart = apart.filter((pl.col("confidence") >= CONFIRMED_FROM) & pl.col("stands"))
        out.append(accuracy_of("chains left out", labels, apart.select("firm", "segment_id")))
    return out


def second_reader(labels: pl.DataFrame, data: Path) -> list[tuple[str, LinkAccuracy]]:
    """Return how right another person is who read a part of the firms without seeing the labels: what can be reached."""
    path = data / EVALUATION / "links_second.csv"
    if not path.is_file():
        return []
    key = ["id", "chain_id"]
    other = _read(path, ("uscc", "chain_id", "core", "minor"), NEVER_LEARNT_ON).rename({"uscc": "id"})
    mine = labels.join(other, on=key, how="semi", maintain_order="left")
    theirs = mine.select(key).join(other, on=key, how="left", maintain_order="left")
    read = pl.concat([_true(theirs, "core"), _true(theirs, "minor")]).unique()
    return [(NEVER_LEARNT_ON, accuracy_of("a second reader, of a part", mine, read))]


def plain_links(texts: pl.DataFrame, segments: Iterable[tuple[str, ForeignSegment]]) -> pl.DataFrame:
    """Return what a naive term list links: every segment whose name or product stands anywhere in a firm's name or text."""
    words = [(word, s) for s, e in segments for word in own_words(e)]
    table = pl.DataFrame(words, schema=["word", "segment_id"], orient="row")
    text = pl.concat_str(pl.col("name").fill_null(""), pl.lit(" "), pl.col("text").fill_null(""))
    found = texts.select(
        pl.col("id").alias("firm"), text.str.extract_many(table["word"].unique().to_list(), overlapping=True).alias("word")
    )
    return found.explode("word").drop_nulls().join(table, on="word").select("firm", "segment_id").unique()


def accuracy_of(method: str, labels: pl.DataFrame, links: pl.DataFrame) -> LinkAccuracy:
    """Return how right a method's links (firm, the row of `labels`; segment_id) are, each firm's within its labelled chain."""
    firms = labels.with_row_index("firm").select("firm", "chain_id")
    mine = links.join(firms, on="firm").filter(_chain() == pl.col("chain_id")).select("firm", "segment_id")
    core = _true(labels, "core")
    true = pl.concat([core, _true(labels, "minor")]).unique()
    on = ["firm", "segment_id"]
    counts = [
        _by_firm(pairs, labels.height)
        for pairs in (mine, mine.join(true, on=on, how="semi"), core, core.join(mine, on=on, how="semi"))
    ]
    found, right, wanted, hit = counts
    return LinkAccuracy(
        method, labels.height, int(wanted.sum()), int(found.sum()), _interval(right, found), _interval(hit, wanted)
    )


def _by_firm(pairs: pl.DataFrame, firms: int) -> npt.NDArray[np.int64]:
    return np.bincount(pairs["firm"].to_numpy(), minlength=firms)


def _interval(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> tuple[float, float, float]:
    """Mean share and its 95 % interval, firms drawn anew; NaN where there is nothing to share."""
    if not whole.sum():
        return (float("nan"),) * 3
    drawn = np.random.default_rng(0).multinomial(len(whole), np.full(len(whole), 1 / len(whole)), size=DRAWS)
    totals = drawn @ whole
    shares = (drawn @ part)[totals > 0] / totals[totals > 0]
    low, high = np.percentile(shares, [2.5, 97.5])
    return float(part.sum() / whole.sum()), float(low), float(high)


def calibration(
    labels: pl.DataFrame, chains: Chains, borders: Sequence[float] = (0.0, 0.4, CONFIRMED_FROM, 0.8, 0.95, 1.0)
) -> list[Calibration]:
    """Return how confidences of chains left out agree with the share of links that are right."""
    pairs = left_out(signed(labels, Lexicons.of(chains.segments())))
    out = []
    for low, high in pairwise(borders):
        band = pairs.filter(pl.col("confidence").is_between(low, high, closed="left"))
        if band.height:
            out.append(
                Calibration(low, high, band.height, *(float(np.mean(band[c].to_numpy())) for c in ("confidence", "right")))
            )
    return out


def weights_toml(weights: SignWeights, firms: int, chains: int) -> str:
    """Return the file of the weights, each with what it stands for."""
    lines = [
        f"# Log-odds that each sign adds to a link's confidence, learnt by ridge logistic regression on {firms} firms of {chains} chains",
        "# that people labelled by reading. Made by `python -m ingest.linking.accuracy`.",
        "",
        "[base]",
        f"weight = {weights.base:.2f}",
        'reason = "a term was found, and no sign"',
    ]
    for sign, reason in SIGNS.items():
        lines += ["", f"[{sign}]", f"weight = {weights.signs[sign]:.2f}", f'reason = "{reason}"']
    return "\n".join(lines) + "\n"


def main(raw: Path) -> None:
    """Learn the weights from the labelled firms and print their file."""
    chains = read_chains(Path(__file__).resolve().parents[2] / "data")
    labels = labels_of(raw, Path("nowhere"))
    pairs = signed(labels, Lexicons.of(chains.segments()))
    sys.stdout.write(weights_toml(learnt(pairs), labels.height, labels["chain_id"].n_unique()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
