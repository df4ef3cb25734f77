"""Which company a name means: ours beside single string scorers and two matching libraries, and how it grows.

    python benchmarks/names.py [RAW]

RAW is the folder with the raw sources: its truth (evaluation/names) gives precision and recall on the half of the firms nothing was
fitted on, and its registrations the growth. Without it both come from firms made up here, which says nothing of real names' difficulty.
splink and string_grouper are measured where they are installed. A cut of a peer is the one with the best F1 on the fitting half.
"""

from __future__ import annotations

import importlib.util
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from ingest.matching import match
from ingest.name_trial import Truth
from ingest.names import normalise

Guess = tuple[list[str], list[float]]
"""The nearest full name of each alias, and how like it is."""


def main() -> None:
    """Measure and print."""
    raw = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    truth = Truth.read(raw) if raw else made_up()
    print(
        f"{len(truth.aliases):,} names, {len(truth.companies):,} companies"
        + ("" if raw else ", made up: no folder of raw sources")
    )
    print(f"{'':<28}{'precision':>10}{'recall':>8}{'seconds':>9}{'MB':>7}")
    began = time.perf_counter()
    found = match(truth.aliases, truth.companies)
    ours = np.where(found["verdict"] == "accept", found["full_name"], "")
    row("chaingraph", *score(truth, ours), time.perf_counter() - began)
    for name, peer in peers().items():
        if peer is None:
            print(f"{name:<28}not installed")
            continue
        began = time.perf_counter()
        names, likeness = peer(truth)
        row(name, *best_cut(truth, names, likeness), time.perf_counter() - began)
    growth(raw)


def row(name: str, precision: float, recall: float, seconds: float) -> None:
    """Print one line; MB is the most the process has held so far."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{name:<28}{precision:>10.3f}{recall:>8.3f}{seconds:>9.1f}{held:>7.0f}", flush=True)


def score(truth: Truth, given: Sequence[str], held: bool = True) -> tuple[float, float]:
    """Precision of what is given and recall of what could be, on one half."""
    rows = [(g, m) for g, m, h in zip(given, truth.meant, truth.held(), strict=True) if h == held]
    right = sum(g == m for g, m in rows if g)
    return right / max(sum(bool(g) for g, _ in rows), 1), right / max(sum(bool(m) for _, m in rows), 1)


def best_cut(truth: Truth, names: Sequence[str], likeness: Sequence[float]) -> tuple[float, float]:
    """Precision and recall of the held half with the cut that has the best F1 on the other."""

    def at(cut: float, held: bool) -> tuple[float, float]:
        return score(truth, [n if s >= cut else "" for n, s in zip(names, likeness, strict=True)], held)

    def f1(cut: float) -> float:
        precision, recall = at(cut, held=False)
        return 2 * precision * recall / max(precision + recall, 1e-9)

    return at(max(sorted({round(s, 2) for s in likeness}), key=f1), held=True)


def peers() -> dict[str, Callable[[Truth], Guess] | None]:
    """What ours is compared with; None where a library is not installed."""
    return {
        "rapidfuzz WRatio": lambda truth: nearest(truth, fuzz.WRatio),
        "rapidfuzz ratio": lambda truth: nearest(truth, fuzz.ratio),
        "rapidfuzz token_set_ratio": lambda truth: nearest(truth, fuzz.token_set_ratio),
        "rapidfuzz partial_ratio": lambda truth: nearest(truth, fuzz.partial_ratio),
        "string_grouper (TF-IDF)": grouped if importlib.util.find_spec("string_grouper") else None,
        "splink": linked if importlib.util.find_spec("splink") else None,
    }


def nearest(truth: Truth, scorer: Any) -> Guess:
    """The best match by one scorer, on normal forms."""
    full = truth.companies["name_zh"].tolist()
    normal = [normalise(name) for name in full]
    scores = process.cdist([normalise(a) for a in truth.aliases], normal, scorer=scorer, workers=2, dtype=np.float32)
    best = scores.argmax(axis=1)
    return [full[at] for at in best], scores[np.arange(len(best)), best].tolist()


def grouped(truth: Truth) -> Guess:
    """The best match by string_grouper: cosine of TF-IDF over pairs of characters."""
    from string_grouper import match_strings

    full = truth.companies["name_zh"]
    found = match_strings(
        full, pd.Series(truth.aliases), ngram_size=2, normalize_to_ascii=False, min_similarity=0.1, max_n_matches=5
    )
    best = found.sort_values("similarity", ascending=False).drop_duplicates("right_index").set_index("right_index")
    at = best.index
    named, likeness = best["left_name_zh"], best["similarity"]
    return [named[i] if i in at else "" for i in range(len(truth.aliases))], [
        float(likeness[i]) if i in at else 0.0 for i in range(len(truth.aliases))
    ]


def linked(truth: Truth) -> Guess:
    """The best match by splink: Jaro-Winkler levels of the normal form, blocked by any of its first four characters, fitted without labels."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator

    def table(names: Sequence[str]) -> pd.DataFrame:
        normal = [normalise(name) for name in names]
        signs = {f"sign_{n}": [name[n : n + 2] for name in normal] for n in range(4)}
        return pd.DataFrame({"unique_id": range(len(normal)), "name": normal, **signs})

    full = truth.companies["name_zh"].tolist()
    rules = [f"l.sign_{a} = r.sign_{b} and l.sign_{a} <> ''" for a in range(4) for b in range(4)]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.8, 0.7])],
        blocking_rules_to_generate_predictions=rules,
    )
    api = DuckDBAPI()
    linker = Linker([api.register(table(truth.aliases)), api.register(table(full))], settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    found = linker.inference.predict().as_pandas_dataframe().sort_values("match_weight", ascending=False)
    best = found.drop_duplicates("unique_id_l").set_index("unique_id_l")
    places = [int(best["unique_id_r"][i]) if i in best.index else -1 for i in range(len(truth.aliases))]
    return [full[at] if at >= 0 else "" for at in places], [
        float(best["match_weight"][i]) if i in best.index else -99.0 for i in range(len(places))
    ]


# -- growth ------------------------------------------------------------------------------------------------------


def growth(raw: Path | None) -> None:
    """Print how long 5,000 names take against more and more companies, the index included."""
    every = registered(raw) if raw else [full for full, _ in firms(100_000)]
    print(f"\n5,000 names (half registered, half abbreviated) against companies, {'registrations' if raw else 'made up'}")
    for count in (10_000, 100_000, 660_000):
        if count > len(every):
            break
        full = every[:count]
        chance = random.Random(1)  # noqa: S311 (nothing is protected by it)
        names = [as_written(name, chance) for name in chance.sample(full, 5000)]
        companies = pd.DataFrame({"company_id": [f"{n:06}" for n in range(count)], "name_zh": full})
        began = time.perf_counter()
        match(names, companies)
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(f"{count:>10,}{time.perf_counter() - began:>8.1f} s{held:>8.0f} MB", flush=True)


def registered(raw: Path) -> list[str]:
    """Names of registered manufacturers, each once, in a random order."""
    path = raw / "data" / "registrations" / "registrations.parquet"
    names = pd.read_parquet(path, columns=["name"])["name"].dropna().drop_duplicates()
    return names.sample(frac=1, random_state=0).tolist()


def as_written(full: str, chance: random.Random) -> str:
    """A full name as somebody writes it: with other brackets, or shortened to what stands before the legal form, without the place."""
    if chance.random() < 0.5:
        return full.replace("(", "（").replace(")", "）")
    stem = full.removesuffix("有限公司").removesuffix("有限责任公司").removesuffix("股份")
    at = next((stem.find(sign) + 1 for sign in "省市县区" if 0 < stem.find(sign) < 6), 2)
    return stem[at : at + 4] or full


PLACES = "台州市 宁波市 青岛市 肇庆市 苏州市 桐城市 无锡市 长沙市 成都市 佛山市".split()
TRADES = "科技 机械 电子 化工 新材料 汽车部件 泵业 电器 包装 食品".split()


def firms(count: int) -> list[tuple[str, str]]:
    """Made-up firms: full name and short name."""
    chance = random.Random(0)  # noqa: S311 (nothing is protected by it)
    signs = "宏达鑫源盛华兴泰安康博远海天立信德瑞嘉和永昌恒丰利通正大光明金龙飞凯"
    made = {}
    while len(made) < count:
        trade_name = "".join(chance.choices(signs, k=chance.choice((2, 2, 3))))
        trade = chance.choice(TRADES)
        made[f"{chance.choice(PLACES)}{trade_name}{trade}股份有限公司"] = trade_name + chance.choice((trade[:2], "股份"))
    return list(made.items())


def made_up() -> Truth:
    """Two thousand short names among four thousand made-up firms, and two hundred of firms that are not among them."""
    every = firms(4200)
    listed, absent = every[:4000], every[4000:]
    known = {short: full for full, short in reversed(listed[:2000])} | {short: "" for _, short in absent}
    taken = {short for _, short in listed}
    known = {short: full for short, full in known.items() if full or short not in taken}
    companies = pd.DataFrame({"company_id": [f"{n:06}" for n in range(len(listed))], "name_zh": [full for full, _ in listed]})
    return Truth(tuple(known), tuple(known.values()), companies)


if __name__ == "__main__":
    main()
