"""The figures of accuracy as text: each trial as tables in Markdown, all of them as one page (docs/accuracy.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType

from chaingraph.drawing.curves import lift_picture, reliability_picture
from chaingraph.figures import Figures, interval, table

ARRIVALS_LIMITS = (
    "Candidates are firms listed by 2020, with their revenue and staff of 2020; arrivals are those whose name shows the parent; "
    "registrations cover cities and years unevenly."
)


def names_text(found: Sequence[Figures]) -> str:
    """Return the trial of names."""
    return table(["Names", "Share (95 %)", "Of"], "llr", [(r["share"], interval(r), f"{r['of']:,}") for r in found])


def links_text(found: Figures) -> str:
    """Return the trial of links: labelled firms, links that readers judged, and confidence against what was right."""
    heads = ["Labelled firms", "Method", "Firms", "Core", "Links", "Precision (95 %)", "Recall (95 %)"]
    rows = [
        (r["set"], r["method"], r["firms"], r["core"], r["links"], interval(r["precision"]), interval(r["recall"]))
        for r in found["labelled"]
    ]
    parts = [table(heads, "llrrrll", rows), _read_links(found["read"])]
    if found["calibration"]:
        bands = [
            (f"{b['from']:g}–{b['to']:g}", b["links"], f"{b['confidence']:.2f}", f"{b['right']:.2f}")
            for b in found["calibration"]
        ]
        parts.append(table(["Confidence, chains left out", "Links", "Mean confidence", "Right"], "lrrr", bands))
    return "\n\n".join(parts)


def _read_links(read: Figures) -> str:
    kinds = ("core", "minor", "wrong")
    every = {"region": "all", **{kind: sum(r[kind] for r in read["cities"]) for kind in kinds}}
    rows = []
    for r in [*read["cities"], every]:
        core, minor, wrong = (r[kind] for kind in kinds)
        rows.append((r["region"], core, minor, wrong, f"{(core + minor) / (core + minor + wrong):.3f}"))
    versions = "、".join(read["data_versions"])
    return table(["Links of", "Core", "Minor", "Wrong", "Right"], "lrrrr", rows) + f"\n\nRead of data version `{versions}`."


def presence_text(found: Sequence[Figures]) -> str:
    """Return the trial of intervals."""
    rows = []
    for r in found:
        band = f"{r['from']:g} or more" if r["to"] is None else f"{r['from']:g}–{r['to']:g}"
        band = "all" if (r["from"], r["to"]) == (0, None) else band
        rows.append((r["trial"], band, f"{r['cells']:,}", f"{r['held']:.1%}", f"{r['too_high']:.1%}", f"{r['too_low']:.1%}"))
    return table(["Trial", "Expected firms seen", "Cells", "Held", "Interval too high", "Too low"], "llrrrr", rows)


def arrivals_text(found: Figures) -> str:
    """Return the trial of who comes: against baselines, by kind, distance, size and industry, the probabilities, the coverage."""
    measures = found["measures"]
    by_number = sorted(found["by_industry"], key=lambda r: (-r["arrivals"], r["group"]))[:10]
    parts = [
        f"Arrivals since {found['cut']}: {found['arrivals']} in {found['cities']} cities. {ARRIVALS_LIMITS}",
        _measures("Ranked by", found["ranked_by"], measures),
        _ahead("Learned, less", found),
        _measures("Known before", found["by_kind"], measures),
        _measures("Distance from the seat", found["by_distance"], measures),
        _measures("Revenue", found["by_revenue"], measures),
        _measures("Industry", by_number, measures),
        *_probabilities(found, "arrivals"),
        table(
            ["Years", "Cities", "Registrations", "Arrivals"],
            "lrrr",
            [(r["years"], f"{r['cities']:,}", f"{r['registrations']:,}", r["arrivals"]) for r in found["coverage"]],
        ),
        "```toml\n" + found["model"] + "```",
    ]
    return "\n\n".join(parts)


def exports_text(found: Sequence[Figures]) -> str:
    """Return the trial of relatedness methods on exports."""
    rows = [
        (r["method"], f"{r['chosen_on']:.3f}", interval(r["ndcg"]), "" if r["better"] is None else f"{r['better']:.1%}")
        for r in found
    ]
    return table(["Method", "Inner splits, NDCG@20", "Validation, NDCG@20 (95 %)", "The last ahead of it"], "lrlr", rows)


def feasibility_text(found: Sequence[Figures]) -> str:
    """Return the trial of the same methods on what cities take up."""
    rows = [
        (r["period"], r["method"], r["cities"], interval(r["ndcg"]), f"{r['ndcg_of_segment']:.3f}", f"{r['auc']:.3f}")
        for r in found
    ]
    heads = ["New in", "Method", "Cities", "Segments of a city, NDCG@20 (95 %)", "Cities of a segment, NDCG@20", "AUC"]
    return table(heads, "llrlrr", rows)


def profile_text(found: Figures) -> str:
    """Return the trial of the weights of lists: both profiles against baselines, by kind, the probabilities."""
    measures = found["measures"]
    kinds = [row | {"group": f"{row['group']}, {row['kind']}s"} for row in found["by_kind"]]
    fitted, brier = found["foreseen_by"], found["brier"]
    signals = list(dict.fromkeys(name for weights in found["weights"].values() for name in weights))
    parts = [
        f"Arrivals since {found['cut']}: {found['arrivals']}; {found['without_segment']} of them are of firms in no segment of any "
        "chain, or of cities the product lacks: no list can name them, and they count as missed.",
        _measures("Ranked by", found["ranked_by"], measures),
        _ahead("Learned, less", found),
        _measures("Profile and kind", kinds, measures),
        f"The probabilities are of a profile whose weights were learned from arrivals to {fitted['weights_until']}, and whose chance "
        f"from those of {fitted['chance_from']}–{fitted['chance_until']}.",
        *_probabilities(found, "profile"),
        f"Brier score {brier['score']:.6f}, of the base rate for all {brier['of_base_rate']:.6f}: skill {brier['skill']:.4f}.",
        table(
            ["Signal", *found["weights"]],
            "l" + "r" * len(found["weights"]),
            [(f"`{s}`", *(f"{w[s]:.0%}" if s in w else "" for w in found["weights"].values())) for s in signals],
        ),
    ]
    return "\n\n".join(parts)


def _ahead(first: str, found: Figures) -> str:
    return _measures(first, [r for r in found["ahead_of"] if r["group"] != "random"], found["measures"], sign="+")


def _measures(first: str, rows: Sequence[Figures], measures: Sequence[str], sign: str = "-") -> str:
    def cell(c: Mapping[str, float]) -> str:
        return f"{c['value']:{sign}.3f} ({c['low']:{sign}.2f} to {c['high']:{sign}.2f})"

    body = [(r["group"], f"{r['arrivals']:,}", *(cell(r[m]) for m in measures)) for r in rows]
    return table([first, "Arrivals", *measures], "l" + "r" * (1 + len(measures)), body)


def _probabilities(found: Figures, name: str) -> list[str]:
    rows = [
        (
            f"{r['from']:.2%}–{r['to']:.2%}",
            f"{r['pairs']:,}",
            f"{r['foreseen']:.3%}",
            f"{r['came']:.3%}",
            f"{r['foreseen'] / r['came']:.2f}" if r["came"] else "–",
            r["arrivals"],
        )
        for r in found["reliability"]
    ]
    years, sharp, lift = found["within_years"], found["sharpness"], found["lift"]
    ways = [name for name in lift if name != "pairs"]
    share = [(f"{at:.1%}", *(f"{lift[w][i]:.0%}" for w in ways)) for i, at in enumerate(lift["pairs"]) if 0 < at < 1]
    return [
        f"![Foreseen against came, within {years} years](pictures/{name}-reliability.svg)",
        table([f"Probability within {years} years", "Pairs", "Foreseen", "Came", "Foreseen ÷ came", "Arrivals"], "lrrrrr", rows),
        f"Expected calibration error {found['calibration_error']:.5f}. Of all pairs {sharp['base_rate']:.3%} came. Above "
        f"{sharp['times']:g} times that rate are {sharp['pairs']:.1%} of the pairs and {sharp['arrivals']:.0%} of the arrivals.",
        f"![Share of the arrivals among the first of all pairs](pictures/{name}-lift.svg)",
        table(["First of the pairs, by", *ways], "l" + "r" * len(ways), share),
    ]


SECTIONS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "names": names_text,
        "links": links_text,
        "presence": presence_text,
        "arrivals": arrivals_text,
        "exports": exports_text,
        "feasibility": feasibility_text,
        "profile": profile_text,
    }
)
"""By trial, how its figures are told."""


def page(figures: Figures) -> str:
    """Return the page with every trial: protocol, figures, limits."""
    text = files("chaingraph").joinpath("accuracy.md").read_text(encoding="utf-8")
    text = text.replace("{version}", figures["data_version"])
    for name, told in SECTIONS.items():
        text = text.replace(f"{{{name}}}", told(figures[name]))
    return text


def pictures(figures: Figures) -> dict[str, str]:
    """Return the pictures of the page, file name → SVG."""
    out = {}
    for name in ("arrivals", "profile"):
        found = figures[name]
        out[f"{name}-reliability.svg"] = reliability_picture(found["reliability"], found["within_years"])
        out[f"{name}-lift.svg"] = lift_picture(found["lift"])
    return out
