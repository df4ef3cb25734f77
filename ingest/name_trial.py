"""How well names are matched: precision and recall on names nothing was fitted on, and what happens to names whose firm is not listed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from chaingraph.errors import ChaingraphError
from ingest.matching import match
from ingest.name_index import NameIndex

FOLDS = 10
"""Parts of the firms that are taken out of the list in turn."""

DRAWS = 2000
"""Bootstrap samples behind an interval."""


@dataclass(frozen=True)
class Share:
    """A share with its 95 % bootstrap interval, and of how many; NaN of none."""

    value: float
    low: float
    high: float
    of: int

    @classmethod
    def of_all(cls, holds: Sequence[bool]) -> Share:
        """The share of those that hold."""
        if not len(holds):
            return cls(np.nan, np.nan, np.nan, 0)
        values = np.asarray(holds, dtype=float)
        means = np.random.default_rng(0).choice(values, (DRAWS, len(values))).mean(axis=1)
        low, high = np.percentile(means, [2.5, 97.5])
        return cls(float(values.mean()), float(low), float(high), len(values))


@dataclass(frozen=True)
class NameFigures:
    """Precision of the accepted, recall over names whose firm is listed, and the share accepted of names whose firm is not.

    `left_out`: names whose own firm was taken out of the list; `foreign`: names of firms that never were in it.
    """

    precision: Share
    recall: Share
    left_out: Share
    foreign: Share

    def as_dict(self) -> dict[str, dict[str, float]]:
        """Return the figures as plain mappings."""
        return asdict(self)


@dataclass(frozen=True)
class Truth:
    """Names and the full name each means ("" where its firm is not listed), and the firms: company_id, name_zh."""

    aliases: tuple[str, ...]
    meant: tuple[str, ...]
    companies: pd.DataFrame

    @classmethod
    def read(cls, raw: Path) -> Truth:
        """Read the truth in a folder of raw sources; ChaingraphError where it is not there."""
        folder = raw / "evaluation" / "names"
        if not (folder / "truth.csv").is_file():
            raise ChaingraphError(f"no truth in '{folder}': name the folder with the raw sources by --raw")
        truth, firms = (pd.read_csv(folder / name, dtype=str, keep_default_na=False) for name in ("truth.csv", "companies.csv"))
        companies = pd.DataFrame({"company_id": firms["stock_code"], "name_zh": firms["full_name"]})
        return cls(tuple(truth["alias"]), tuple(truth["full_name"]), companies)

    def held(self) -> list[bool]:
        """Whether a name is kept from fitting: half of the firms, with all of their names, by a hash."""
        return [part_of(full or alias, 2) == 1 for alias, full in zip(self.aliases, self.meant, strict=True)]


def part_of(text: str, parts: int) -> int:
    """The part a text belongs to, 0 to parts - 1, the same on every machine."""
    return int(hashlib.sha1(text.encode()).hexdigest(), 16) % parts  # noqa: S324 (nothing is protected by it)


def measure(truth: Truth, *, alone: bool = False, held: bool = True) -> NameFigures:
    """Match all names as one list, or each `alone`, and count those held back from fitting (for fitting, the others)."""
    counted = [h == held for h in truth.held()]
    rows = list(_answers(truth, truth.companies, counted, alone))
    left_out: list[bool] = []
    for fold in range(FOLDS):
        out = [bool(full) and part_of(f"fold {full}", FOLDS) == fold for full in truth.meant]
        rest = truth.companies[~truth.companies["name_zh"].isin({m for m, o in zip(truth.meant, out, strict=True) if o})]
        both = [c and o for c, o in zip(counted, out, strict=True)]
        left_out += [verdict == "accept" for _, _, verdict in _answers(truth, rest, both, alone)]
    return NameFigures(
        Share.of_all([full == meant for meant, full, verdict in rows if verdict == "accept"]),
        Share.of_all([full == meant and verdict == "accept" for meant, full, verdict in rows if meant]),
        Share.of_all(left_out),
        Share.of_all([verdict == "accept" for meant, _, verdict in rows if not meant]),
    )


def _answers(truth: Truth, companies: pd.DataFrame, counted: Sequence[bool], alone: bool) -> Iterator[tuple[str, str, str]]:
    """What is meant, what was found and the verdict, of the names that count."""
    index = NameIndex(companies)
    listed = match([] if alone else truth.aliases, index)
    for at, (alias, meant, counts) in enumerate(zip(truth.aliases, truth.meant, counted, strict=True)):
        if counts:
            found = match([alias], index).iloc[0] if alone else listed.iloc[at]
            yield meant, found["full_name"], found["verdict"]
