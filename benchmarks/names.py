"""Which company a name means: ours beside single string scorers and two matching libraries, and how it grows.

    python benchmarks/names.py [--raw RAW] [--sizes SIZE …]

RAW is the folder with the raw sources: its truth (evaluation/names) gives precision and recall, with 95 % intervals, on the half of
the firms nothing was fitted on, and its registrations the growth. Without it both come from firms made up here, which says nothing
of real names' difficulty. string_grouper (0.8) and splink (5.0) are measured where they are installed; splink reads the parts our
parser found. A cut of a peer is the one with the best F1 on the fitting half. Seconds are of the clock and of the processor.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import random
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from ingest.matching import match
from ingest.name_index import core_of
from ingest.name_trial import Share, Truth
from ingest.names import normalise, parse

SIZES = (10_000, 100_000, 660_000)

Guess = tuple[list[str], list[float]]
"""The nearest full name of each alias, and how like it is."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Precision, recall and speed of matching names.")
    parser.add_argument("--raw", type=Path, help="folder with the raw sources; without it the firms are made up")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of companies that the growth is measured at")
    given = parser.parse_args()
    growth(given.raw, given.sizes)
    quality(given.raw)


def quality(raw: Path | None) -> None:
    """Print how right ours and the peers are."""
    truth = Truth.read(raw) if raw else made_up()
    where = "" if raw else ", made up: no folder of raw sources"
    print(f"\n{len(truth.aliases):,} names, {len(truth.companies):,} companies{where}")
    print(f"{'':<27}{'precision':<21}{'recall':<21}{'clock':>7}{'CPU':>7}")
    with measured() as cost:
        found = match(truth.aliases, truth.companies)
    row("chaingraph", truth, np.where(found["verdict"] == "accept", found["full_name"], ""), cost)
    for name, peer in peers().items():
        if peer is None:
            print(f"{name:<27}not installed")
            continue
        with measured() as cost:
            names, likeness = peer(truth)
        row(name, truth, at_best_cut(truth, names, likeness), cost)


@dataclass
class Cost:
    """Seconds by the clock and of the processor."""

    clock: float = 0.0
    cpu: float = 0.0

    def __str__(self) -> str:
        """Return both as columns."""
        return f"{self.clock:>7.1f}{self.cpu:>7.1f}"


@contextmanager
def measured() -> Iterator[Cost]:
    """Fill in what the block costs."""
    cost, clock, cpu = Cost(), time.perf_counter(), time.process_time()
    yield cost
    cost.clock, cost.cpu = time.perf_counter() - clock, time.process_time() - cpu


def row(name: str, truth: Truth, given: Sequence[str], cost: Cost) -> None:
    """Print one line."""
    shares = [Share.of_all(holds) for holds in judged(truth, given)]
    said = [f"{share.value:.3f} ({share.low:.3f}–{share.high:.3f})" for share in shares]
    print(f"{name:<27}{said[0]:<21}{said[1]:<21}{cost}", flush=True)


def judged(truth: Truth, given: Sequence[str], held: bool = True) -> tuple[list[bool], list[bool]]:
    """Whether what is given is right and whether what could be given is, on one half: their shares are precision and recall."""
    rows = [(g, m) for g, m, h in zip(given, truth.meant, truth.held(), strict=True) if h == held]
    return [g == m for g, m in rows if g], [g == m for g, m in rows if m]


def at_best_cut(truth: Truth, names: Sequence[str], likeness: Sequence[float]) -> list[str]:
    """The names that are like enough: by the cut that has the best F1 on the fitting half."""

    def at(cut: float) -> list[str]:
        return [n if s >= cut else "" for n, s in zip(names, likeness, strict=True)]

    def f1(cut: float) -> float:
        given, wanted = judged(truth, at(cut), held=False)
        return 2 * sum(wanted) / max(len(given) + len(wanted), 1)

    return at(max(sorted({round(s, 2) for s in likeness}), key=f1))


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
    """The best match by string_grouper: cosine of TF-IDF over pairs of characters of the normal form."""
    from string_grouper import match_strings

    full = truth.companies["name_zh"].tolist()
    written = pd.Series([normalise(name) for name in truth.aliases])
    # Made ASCII, as it does unless told otherwise, a Chinese name is empty.
    found = match_strings(
        pd.Series([normalise(name) for name in full]),
        written,
        ngram_size=2,
        normalize_to_ascii=False,
        min_similarity=0.1,
        max_n_matches=5,
    )
    return best_of(found["right_index"], found["left_index"], found["similarity"], full, len(written))


def linked(truth: Truth) -> Guess:
    """The best match by splink, fitted without labels: pairs of characters in common, likeness of the trade name, the place.

    Blocked by any pair of characters in common; a common trade name or place says less (term frequencies).
    """
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    def table(names: Sequence[str]) -> pd.DataFrame:
        cores, parts = [core_of(name) for name in names], [parse(name) for name in names]
        return pd.DataFrame(
            {
                "unique_id": range(len(names)),
                "trade_name": [part.trade_name or core for part, core in zip(parts, cores, strict=True)],
                "place": [part.place or None for part in parts],
                "pairs": [sorted({core[at : at + 2] for at in range(len(core) - 1)}) or [core] for core in cores],
            }
        )

    full = truth.companies["name_zh"].tolist()
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.ArrayIntersectAtSizes("pairs", [5, 4, 3, 2, 1]),
            cl.JaroWinklerAtThresholds("trade_name", [0.92, 0.8, 0.7]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("place").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[block_on("pairs", arrays_to_explode=["pairs"])],
    )
    api = DuckDBAPI()
    linker = Linker([api.register(table(truth.aliases)), api.register(table(full))], settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match([block_on("trade_name")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("trade_name"))
    found = linker.inference.predict().as_pandas_dataframe()
    return best_of(found["unique_id_l"], found["unique_id_r"], found["match_weight"], full, len(truth.aliases))


def best_of(alias: pd.Series, company: pd.Series, likeness: pd.Series, full: Sequence[str], count: int) -> Guess:
    """The likeliest company of each of `count` aliases, from pairs of rows; "" and the least likeness where there is none."""
    pairs = pd.DataFrame({"alias": alias, "company": company, "likeness": likeness})
    pairs = pairs.sort_values(["likeness", "company"], ascending=[False, True]).drop_duplicates("alias").set_index("alias")
    none = float(pairs["likeness"].min()) if len(pairs) else 0.0
    return [full[int(pairs["company"][at])] if at in pairs.index else "" for at in range(count)], [
        float(pairs["likeness"][at]) if at in pairs.index else none for at in range(count)
    ]


# -- growth ------------------------------------------------------------------------------------------------------


def growth(raw: Path | None, sizes: Sequence[int]) -> None:
    """Print how long 5,000 names take against more and more companies, the index included, and the most the process has held so far."""
    every = registered(raw) if raw else [full for full, _ in firms(100_000)]
    print(f"5,000 names (half registered, half abbreviated) against companies, {'registrations' if raw else 'made up'}")
    print(f"{'companies':<27}{'clock':>7}{'CPU':>7}{'MB':>7}")
    for count in sizes:
        if count > len(every):
            print(f"{count:<27,}only {len(every):,} companies are there")
            continue
        full = every[:count]
        chance = random.Random(1)  # noqa: S311 (nothing is protected by it)
        names = [as_written(name, chance) for name in chance.sample(full, 5000)]
        companies = pd.DataFrame({"company_id": [f"{n:06}" for n in range(count)], "name_zh": full})
        with measured() as cost:
            match(names, companies)
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(f"{count:<27,}{cost}{held:>7.0f}", flush=True)


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
