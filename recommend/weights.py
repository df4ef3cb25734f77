"""How much each signal counts: shares of 1, each with its reason; and, of a learned profile, how likely a score is to come true."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from chaingraph.errors import ChaingraphError, DataError, Problem, UnknownNameError, did_you_mean, nearest
from chaingraph.phrases import Phrase
from recommend import catalogue
from recommend.chance import NUMBERS, Chance
from recommend.signals import SIGNALS

PROFILES = {"hand-set": "weights.toml", "learned": "learned.toml"}
"""The shipped profiles and their files: weights set by hand, weights fitted on arrivals."""
DEFAULT = "learned"
"""The profile that is used where none is named."""
SOURCES = ("declared", "fitted")
"""Where a weight comes from: a person's judgement, or real arrivals."""
BESIDE = ("profile", "chance")
"""What a file of weights may hold beside signals: what the profile was made from, and its chance."""


@dataclass(frozen=True)
class Weight:
    """A signal's weight (share of 1), what it counts as when unknown (in [0, 1]), and the reason.

    `low`, `high`: between these lies the value of four firms in five of which it is known; an unknown value is held to lie between
    them too. `source`: ``declared`` by a person or ``fitted`` on arrivals.

    >>> recommend.Weights.load("hand-set").of["distance"].weight
    0.15
    """

    weight: float
    when_unknown: float
    reason: str
    low: float = 0.0
    high: float = 1.0
    source: str = "declared"


@dataclass(frozen=True)
class Weights:
    """The weights of all shipped signals, and of those of other packages that a file names; they add up to 1.

    `name`: of a shipped profile, or of the file. `chance`: how likely a score is to come true, None where nothing says so.
    docs/methods.md §6 gives each weight with its reason.

    >>> weights = recommend.Weights.load()
    >>> round(sum(w.weight for w in weights.of.values()), 9)
    1.0
    >>> nearness = weights.changed({"distance": 40})
    >>> nearness.of["distance"].weight > weights.of["distance"].weight
    True
    """

    of: dict[str, Weight]
    name: str = "own"
    chance: Chance | None = None

    @classmethod
    def load(cls, profile: str | Path | None = None) -> Weights:
        """Read a shipped profile by its name (`PROFILES`), or the weights of a TOML file; the shipped default without either.

        A signal that another package brings takes part when the file names it; what the file leaves out of it is as declared.
        `DataError` with every fault of the file; ChaingraphError: a signal that cannot be loaded, a text that names neither profile
        nor file.
        """
        name = DEFAULT if profile is None else str(profile)
        if name in PROFILES and not isinstance(profile, Path):
            shown, text = PROFILES[name], (files("recommend") / PROFILES[name]).read_bytes()
        else:
            path = Path(name)
            if not path.is_file():
                hint = did_you_mean(nearest(name, PROFILES)) or f"Give {', '.join(PROFILES)}, or a TOML file with weights."
                raise ChaingraphError(f"no profile and no file '{name}'. {hint}")
            shown, name, text = path.name, path.stem, path.read_bytes()
        return cls._read(text, shown, name)

    @classmethod
    def _read(cls, text: bytes, shown: str, name: str) -> Weights:
        try:
            content = tomllib.loads(text.decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            remedy = "Save it as UTF-8; recommend/weights.toml shows the form."
            raise DataError(
                [Problem(shown, str(error), "unreadable", "a file that is not TOML", "TOML in UTF-8", remedy)]
            ) from error
        beside = {key: content.pop(key) for key in BESIDE if key in content}
        known = catalogue.names() if content.keys() - SIGNALS.keys() else list(SIGNALS)
        for signal in [n for n in known if n in content and n not in SIGNALS]:
            content[signal] = _with_declared(content, signal)
        problems = [*_faults(content, known, shown), *_faults_beside(beside, shown)]
        used = [n for n in known if n in content]
        total = 0.0 if problems else sum(float(content[n]["weight"]) for n in used)
        if not problems and total <= 0:
            problems.append(Problem(shown, "weight", "impossible-value", "all weights 0", "at least one above 0", "Raise one."))
        if problems:
            raise DataError(problems)
        chance = Chance.of(beside["chance"], beside.get("profile", {})) if "chance" in beside else None
        return cls({n: _weight(content[n], total) for n in used}, name, chance)

    def changed(self, points: Mapping[str, float]) -> Weights:
        """Return weights in which some signals have other points, and all add up to 1 again.

        `points` are on the scale on which the present weights add up to 100, as sliders show them. Weights that have become others
        have no chance any more: it was fitted on the scores of these. An unknown signal, a number below 0 or not finite, and weights
        that would all be 0 raise `ChaingraphError`.
        """
        for name, value in points.items():
            if name not in self.of:
                raise UnknownNameError("signal", name, self.of)
            if not (math.isfinite(value) and value >= 0):
                raise ChaingraphError(f"weight of {name}: found {value}, expected a number from 0. Mend the value.")
        if not points:
            return self
        raw = {name: float(points.get(name, 100 * w.weight)) for name, w in self.of.items()}
        total = sum(raw.values())
        if total <= 0:
            raise ChaingraphError("all weights are 0: nothing would tell one firm from another. Raise at least one above 0.")
        of = {name: replace(w, weight=raw[name] / total) for name, w in self.of.items()}
        same = all(math.isclose(w.weight, self.of[n].weight, abs_tol=1e-9) for n, w in of.items())
        return Weights(of, self.name if same else "own", self.chance if same else None)

    def to_pandas(self) -> pd.DataFrame:
        """Return signal, weight, when_unknown, reason."""
        return pd.DataFrame(
            [{"signal": n, "weight": w.weight, "when_unknown": w.when_unknown, "reason": w.reason} for n, w in self.of.items()]
        )


def _weight(entry: Mapping[str, Any], total: float) -> Weight:
    low, high = float(entry.get("low", 0.0)), float(entry.get("high", 1.0))
    share = float(entry["weight"]) / total
    return Weight(share, float(entry["when_unknown"]), _reason(entry), low, high, str(entry.get("source", SOURCES[0])))


def _faults(content: Mapping[str, Any], known: Sequence[str], shown: str) -> list[Problem]:
    """Return every fault of the entries of signals, and every signal without one."""
    problems = []
    for name, entry in content.items():
        if name not in known:
            remedy = did_you_mean(nearest(name, known)) or f"One of {', '.join(known)}."
            problems.append(Problem(shown, name, "unknown-key", f"the signal {name}", "a signal", remedy))
            continue
        problems += _faults_of_signal(name, entry if isinstance(entry, dict) else {}, shown)
    problems += [
        Problem(shown, name, "missing-value", "nothing", "a weight for every signal", "Give weight = 0 to leave it out.")
        for name in SIGNALS
        if name not in content
    ]
    return problems


def _faults_of_signal(name: str, entry: Mapping[str, Any], shown: str) -> Iterator[Problem]:
    for key, low, high in (("weight", 0.0, math.inf), ("when_unknown", 0.0, 1.0), ("low", 0.0, 1.0), ("high", 0.0, 1.0)):
        value = entry.get(key, {"low": 0.0, "high": 1.0}.get(key))
        if not _is_number(value) or not low <= float(value or 0.0) <= high:
            expected = f"a number from {low} to {high}"
            yield Problem(shown, f"{name}.{key}", "impossible-value", repr(value), expected, "Mend the value.")
    if "source" in entry and entry["source"] not in SOURCES:
        expected = " or ".join(SOURCES)
        yield Problem(shown, f"{name}.source", "impossible-value", repr(entry["source"]), expected, "Mend the value.")


def _faults_beside(beside: Mapping[str, Any], shown: str) -> Iterator[Problem]:
    if "chance" not in beside:
        return
    chance = beside["chance"] if isinstance(beside["chance"], dict) else {}
    for key in NUMBERS:
        value = chance.get(key)
        if not _is_number(value) or (key == "slope" and float(value or 0.0) < 0):
            expected = "a number from 0" if key == "slope" else "a number"
            yield Problem(shown, f"chance.{key}", "impossible-value", repr(value), expected, "Mend the value.")
    rows = chance.get("covariance", [[0.0] * 3] * 3)
    square = isinstance(rows, list) and [len(row) for row in rows if isinstance(row, list)] == [3] * 3
    if not square or not all(_is_number(value) for row in rows for value in row):
        expected = "3 × 3 numbers"
        yield Problem(shown, "chance.covariance", "impossible-value", repr(rows), expected, "Mend the value, or leave it out.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _with_declared(content: Mapping[str, Any], name: str) -> object:
    """Return what a file says of a signal of another package, completed from its declaration: its weight on the file's own scale."""
    entry, declared = content[name], catalogue.declared(name)
    if not isinstance(entry, dict):
        return entry
    shipped = [content[n].get("weight") for n in SIGNALS if isinstance(content.get(n), dict)]
    scale = sum(w for w in shipped if isinstance(w, int | float) and math.isfinite(w)) / 100 or 1.0
    own = {"weight": declared.weight * scale, "when_unknown": declared.when_unknown}
    return own | {"reason": str(declared.reason), "reason_en": declared.reason.en} | entry


def _reason(entry: Mapping[str, object]) -> Phrase:
    """Return why a signal counts as it does; where only one language is given, it serves for both."""
    zh, en = (str(entry.get(key, "")) for key in ("reason", "reason_en"))
    return Phrase(zh or en, en or zh)
