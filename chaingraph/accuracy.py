"""How right what is said is: every trial as plain figures, all of them as one file that ships (`chaingraph.figures` tells them)."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaingraph.figures import Figures

if TYPE_CHECKING:
    from chaingraph.graph import ChainGraph


def names(raw: Path) -> list[Figures]:
    """Return how often a name is given to the right company: precision, recall, and names whose firm is not listed."""
    from ingest.name_trial import Truth, measure  # noqa: PLC0415

    found = measure(Truth.read(raw), alone=False)
    rows = {
        "Precision": found.precision,
        "Recall": found.recall,
        "Accepted though the firm is not listed": found.left_out,
        "Foreign firms accepted, none listed": found.foreign,
    }
    return [{"share": name, "value": s.value, "low": s.low, "high": s.high, "of": s.of} for name, s in rows.items()]


def links(raw: Path, data: Path) -> Figures:
    """Return how right confirmed links of firms and segments are on labelled firms, plain terms and a second reader beside them.

    `labelled`: a row per set of firms and method. `read`: links of a city that readers judged. `calibration`: by confidence.
    """
    from ingest.chains import read_chains  # noqa: PLC0415
    from ingest.linking.accuracy import LEARNT_ON, calibration, evaluate, labels_of, second_reader  # noqa: PLC0415

    chains, labels = read_chains(data), labels_of(raw, data)
    sets = {str(part["set"][0]): part for part in labels.partition_by("set", maintain_order=True)}
    rows = [(name, a) for name, part in sets.items() for a in evaluate(part, chains, leave_out=name == LEARNT_ON)]
    rows += [(name, a) for name, a in second_reader(labels, data)]
    labelled = [
        {"set": name, "method": a.method, "firms": a.firms, "core": a.core, "links": a.found}
        | {"precision": _interval(a.precision), "recall": _interval(a.recall)}
        for name, a in rows
    ]
    bands = calibration(sets[LEARNT_ON], chains) if LEARNT_ON in sets else []
    by_confidence = [
        {"from": b.confidence_from, "to": b.confidence_to, "links": b.links, "confidence": b.confidence, "right": b.right}
        for b in bands
    ]
    return {"labelled": labelled, "read": _read_links(data), "calibration": by_confidence}


def presence(graph: ChainGraph, rounds: int = 5) -> list[Figures]:
    """Return how often the 90 % interval of the location quotient holds what all the data say, when cities are made thin.

    A row per trial and band of expected firms; `to` is None where the band has no end.
    """
    from chaingraph.calibration import presence_calibration  # noqa: PLC0415

    found = presence_calibration(graph, rounds)
    words = {"thin": "20 % kept", "thin-and-holes": "20 %, with holes"}
    return [
        {"trial": words[r.trial], "from": r.expected_from, "to": None if math.isinf(r.expected_to) else r.expected_to}
        | {"cells": int(r.cells), "held": r.held, "too_high": r.too_high, "too_low": r.too_low}
        for r in found[found["cells"] > 0].itertuples()
    ]


def arrivals(graph: ChainGraph, raw: Path, since: int = 2008) -> Figures:
    """Return where firms stood in the ranking for a city that they came to since a year, learned from what was known before.

    As `recommend.arrivals.evaluation.Trial.figures`, with the `model` as its TOML.
    """
    from recommend.arrivals.evaluation import trial_of  # noqa: PLC0415
    from recommend.arrivals.seats import Seats  # noqa: PLC0415

    trial = trial_of(raw, since, Seats(graph.tables["regions"]))
    return trial.figures() | {"model": trial.model.write()}


def profile(graph: ChainGraph, raw: Path, since: int = 2008) -> Figures:
    """Return how the weights of lists of targets rank and foresee: as `recommend.learning.trial.ProfileTrial.figures`."""
    from recommend.learning.trial import trial  # noqa: PLC0415

    return trial(raw, graph, since).figures()


def exports(raw: Path) -> list[Figures]:
    """Return how well relatedness methods find products that countries export, on the published export matrix: a row a method.

    `better`: the share of resamplings in which the last method is ahead of it, None of itself.
    """
    from recommend.exports import published  # noqa: PLC0415

    return [
        {"method": r.method, "chosen_on": r.chosen_on, "ndcg": _interval((r.ndcg, r.low, r.high))}
        | {"better": None if math.isnan(r.better) else r.better}
        for r in published(raw).itertuples()
    ]


def feasibility(graph: ChainGraph) -> list[Figures]:
    """Return how well the same methods foresee which segments a city takes up, by period and method."""
    from recommend.specialising import trial  # noqa: PLC0415

    return [
        {"period": r.period, "method": r.method, "cities": int(r.cities), "ndcg": _interval((r.ndcg, r.low, r.high))}
        | {"ndcg_of_segment": r.ndcg_of_segment, "auc": r.auc}
        for r in trial(graph).itertuples()
    ]


PROTOCOLS = {
    "names": "Half of the firms, never used to choose weights or cuts, matched as one list; 95 % intervals by bootstrap over names.",
    "links": "Firms read by people; each chain scored by weights learnt on others; 95 % intervals by bootstrap over firms.",
    "presence": "Well-covered cities made thin; how often the 90 % interval holds what all their registrations say.",
    "arrivals": "Known is what lies before the cut; cities in the test never in the fit; 95 % intervals by bootstrap over arrivals.",
    "exports": "Products a country exports, a part held back; methods chosen on inner splits, the validation part looked at twice.",
    "feasibility": "Registrations before a period known; which segments a city takes up in it; the later periods were seen while one term was added.",
    "profile": "As arrivals, with the weights of the product's own lists, and the chance learned before the cut.",
}
"""By trial, what its figures are measured on, in a line; the page tells it whole."""


def measured(graph: ChainGraph, raw: Path, data: Path) -> Figures:
    """Return the figures of every trial, with what each is measured on and the data version."""
    return {
        "data_version": graph.version,
        "protocols": PROTOCOLS,
        "names": names(raw),
        "links": links(raw, data),
        "presence": presence(graph),
        "arrivals": arrivals(graph, raw),
        "exports": exports(raw),
        "feasibility": feasibility(graph),
        "profile": profile(graph, raw),
    }


def _read_links(data: Path) -> Figures:
    """Return what readers said of confirmed links drawn at random from a city's registrations, by city."""
    from ingest.origins import EVALUATION  # noqa: PLC0415

    rows = list(csv.DictReader((data / EVALUATION / "links_read.csv").read_text(encoding="utf-8").splitlines()))
    cities: list[dict[str, Any]] = [
        {"region": row["region_code"]} | {verdict: int(row[verdict]) for verdict in ("core", "minor", "wrong")} for row in rows
    ]
    return {"data_versions": list(dict.fromkeys(row["data_version"] for row in rows)), "cities": cities}


def _interval(share: tuple[float, float, float]) -> Figures:
    return dict(zip(("value", "low", "high"), share, strict=True))
