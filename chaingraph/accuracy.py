"""How right what is said is: each trial as a table in Markdown, and all of them as one page (docs/accuracy.md)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from importlib.resources import files
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaingraph.graph import ChainGraph


def names(raw: Path) -> str:
    """Return how often a name is given to the right company: precision, recall, and names whose firm is not listed."""
    from ingest.name_trial import Truth, measure  # noqa: PLC0415

    found = measure(Truth.read(raw), alone=False)
    rows = [
        ("Precision", found.precision),
        ("Recall", found.recall),
        ("Accepted though the firm is not listed", found.left_out),
        ("Foreign firms accepted, none listed", found.foreign),
    ]
    return _table(
        ["Names", "Share (95 %)", "Of"], "llr", [(what, _interval((s.value, s.low, s.high)), f"{s.of:,}") for what, s in rows]
    )


def links(raw: Path, data: Path) -> str:
    """Return how right confirmed links of firms and segments are on labelled firms, plain terms and a second reader beside them."""
    from ingest.chains import read_chains  # noqa: PLC0415
    from ingest.linking.accuracy import LEARNT_ON, calibration, evaluate, labels_of, second_reader  # noqa: PLC0415

    chains, labels = read_chains(data), labels_of(raw, data)
    sets = {str(part["set"][0]): part for part in labels.partition_by("set", maintain_order=True)}
    rows = [(name, a) for name, part in sets.items() for a in evaluate(part, chains, leave_out=name == LEARNT_ON)]
    rows += [(name, a) for name, a in second_reader(labels, data)]
    figures = _table(
        ["Labelled firms", "Method", "Firms", "Core", "Links", "Precision (95 %)", "Recall (95 %)"],
        "llrrrll",
        [(name, a.method, a.firms, a.core, a.found, _interval(a.precision), _interval(a.recall)) for name, a in rows],
    )
    figures += f"\n\n{_read_links(data)}"
    if LEARNT_ON not in sets:
        return figures
    bands = [
        (f"{b.confidence_from:g}–{b.confidence_to:g}", b.links, f"{b.confidence:.2f}", f"{b.right:.2f}")
        for b in calibration(sets[LEARNT_ON], chains)
    ]
    return f"{figures}\n\n" + _table(["Confidence, chains left out", "Links", "Mean confidence", "Right"], "lrrr", bands)


def presence(graph: ChainGraph, rounds: int = 5) -> str:
    """Return how often the 90 % interval of the location quotient holds what all the data say, when cities are made thin."""
    from chaingraph.calibration import presence_calibration  # noqa: PLC0415

    found = presence_calibration(graph, rounds)
    words = {"thin": "20 % kept", "thin-and-holes": "20 %, with holes"}
    rows = []
    for r in found[found["cells"] > 0].itertuples():
        band = "all" if (r.expected_from, r.expected_to) == (0.0, float("inf")) else f"{r.expected_from:g}–{r.expected_to:g}"
        band = band.replace("–inf", " or more")
        rows.append((words[r.trial], band, f"{r.cells:,}", f"{r.held:.1%}", f"{r.too_high:.1%}", f"{r.too_low:.1%}"))
    return _table(["Trial", "Expected firms seen", "Cells", "Held", "Interval too high", "Too low"], "llrrrr", rows)


def arrivals(graph: ChainGraph, raw: Path, since: int = 2008) -> str:
    """Return where firms stood in the ranking for a city that they came to since a year, learned from what was known before."""
    from recommend.arrivals.evaluation import trial_of  # noqa: PLC0415
    from recommend.arrivals.report import trial_text  # noqa: PLC0415
    from recommend.arrivals.seats import Seats  # noqa: PLC0415

    return trial_text(trial_of(raw, since, Seats(graph.tables["regions"])))


def exports(raw: Path) -> str:
    """Return how well relatedness methods find products that countries export, on the published export matrix."""
    from recommend.exports import published  # noqa: PLC0415

    rows = [
        (r.method, f"{r.chosen_on:.3f}", _interval((r.ndcg, r.low, r.high)), "" if isnan(r.better) else f"{r.better:.1%}")
        for r in published(raw).itertuples()
    ]
    heads = ["Method", "Inner splits, NDCG@20", "Validation, NDCG@20 (95 %)", "The last ahead of it"]
    return _table(heads, "lrlr", rows)


def feasibility(graph: ChainGraph) -> str:
    """Return how well the same methods foresee which segments a city takes up, from the registrations before a period."""
    from recommend.specialising import trial  # noqa: PLC0415

    rows = [
        (r.period, r.method, r.cities, _interval((r.ndcg, r.low, r.high)), f"{r.ndcg_of_segment:.3f}", f"{r.auc:.3f}")
        for r in trial(graph).itertuples()
    ]
    heads = ["New in", "Method", "Cities", "Segments of a city, NDCG@20 (95 %)", "Cities of a segment, NDCG@20", "AUC"]
    return _table(heads, "llrlrr", rows)


def page(graph: ChainGraph, raw: Path, data: Path) -> str:
    """Return the page with every trial: protocol, figures, limits."""
    text = files("chaingraph").joinpath("accuracy.md").read_text(encoding="utf-8")
    parts = {
        "version": graph.version,
        "names": names(raw),
        "links": links(raw, data),
        "presence": presence(graph),
        "arrivals": arrivals(graph, raw),
        "exports": exports(raw),
        "feasibility": feasibility(graph),
    }
    for part, found in parts.items():
        text = text.replace(f"{{{part}}}", found)
    return text


def _read_links(data: Path) -> str:
    """Return what readers said of confirmed links drawn at random from a city's registrations, by city."""
    from ingest.origins import EVALUATION  # noqa: PLC0415

    rows = list(csv.DictReader((data / EVALUATION / "links_read.csv").read_text(encoding="utf-8").splitlines()))
    judged = [[int(row[verdict]) for verdict in ("core", "minor", "wrong")] for row in rows]
    places, versions = [row["region_code"] for row in rows], [row["data_version"] for row in rows]
    every = zip([*places, "all"], [*judged, [sum(n) for n in zip(*judged, strict=True)]], strict=True)
    read = "、".join(dict.fromkeys(versions))
    shares = [
        (place, core, minor, wrong, f"{(core + minor) / (core + minor + wrong):.3f}") for place, (core, minor, wrong) in every
    ]
    return _table(["Links of", "Core", "Minor", "Wrong", "Right"], "lrrrr", shares) + f"\n\nRead of data version `{read}`."


def _interval(share: tuple[float, float, float]) -> str:
    value, low, high = share
    return f"{value:.3f} ({low:.3f}–{high:.3f})"


def _table(heads: list[str], columns: str, rows: Sequence[tuple[object, ...]]) -> str:
    rules = {"l": "---", "r": "---:"}
    lines = [" | ".join(heads), " | ".join(rules[s] for s in columns), *(" | ".join(map(str, row)) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)
