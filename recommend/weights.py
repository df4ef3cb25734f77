"""How much each signal counts: shares of 1, each with its reason."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from chaingraph.errors import ChaingraphError, DataError, Problem, UnknownNameError, did_you_mean, nearest
from chaingraph.phrases import Phrase
from recommend import catalogue
from recommend.signals import SIGNALS


@dataclass(frozen=True)
class Weight:
    """A signal's weight (share of 1), what it counts as when unknown (in [0, 1]), and the reason.

    >>> recommend.Weights.load().of["distance"].weight
    0.15
    """

    weight: float
    when_unknown: float
    reason: str


@dataclass(frozen=True)
class Weights:
    """The weights of all shipped signals, and of those of other packages that a file names; they add up to 1.

    docs/methods.md §6 gives each with its reason.

    >>> weights = recommend.Weights.load()
    >>> round(sum(w.weight for w in weights.of.values()), 9)
    1.0
    >>> nearness = weights.changed({"distance": 40})
    >>> nearness.of["distance"].weight > weights.of["distance"].weight
    True
    """

    of: dict[str, Weight]

    @classmethod
    def load(cls, path: Path | None = None) -> Weights:
        """Read weights from a TOML file, the shipped ones without; raises `DataError` with every fault.

        A signal that another package brings takes part when the file names it; what the file leaves out of it is as declared.
        ChaingraphError: such a signal that cannot be loaded.
        """
        shown = path.name if path else "weights.toml"
        try:
            content = tomllib.loads((path or files("recommend") / "weights.toml").read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            remedy = "Save it as UTF-8; recommend/weights.toml shows the form."
            raise DataError(
                [Problem(shown, str(error), "unreadable", "a file that is not TOML", "TOML in UTF-8", remedy)]
            ) from error
        problems = []
        known = catalogue.names() if content.keys() - SIGNALS.keys() else list(SIGNALS)
        for name in [n for n in known if n in content and n not in SIGNALS]:
            content[name] = _with_declared(content, name)
        for name, entry in content.items():
            if name not in known:
                problems.append(
                    Problem(
                        shown,
                        name,
                        "unknown-key",
                        f"the signal {name}",
                        "a signal",
                        did_you_mean(nearest(name, known)) or f"One of {', '.join(known)}.",
                    )
                )
                continue
            for key, low, high in (("weight", 0.0, float("inf")), ("when_unknown", 0.0, 1.0)):
                value = entry.get(key) if isinstance(entry, dict) else None
                if (
                    not isinstance(value, int | float)
                    or isinstance(value, bool)
                    or not low <= value <= high
                    or not math.isfinite(value)
                ):
                    problems.append(
                        Problem(
                            shown,
                            f"{name}.{key}",
                            "impossible-value",
                            repr(value),
                            f"a number from {low} to {high}",
                            "Mend the value.",
                        )
                    )
        problems += [
            Problem(shown, name, "missing-value", "nothing", "a weight for every signal", "Give weight = 0 to leave it out.")
            for name in SIGNALS
            if name not in content
        ]
        used = [name for name in known if name in content]
        total = 0.0 if problems else sum(float(content[n]["weight"]) for n in used)
        if not problems and total <= 0:
            problems.append(Problem(shown, "weight", "impossible-value", "all weights 0", "at least one above 0", "Raise one."))
        if problems:
            raise DataError(problems)
        return cls(
            {n: Weight(float(content[n]["weight"]) / total, float(content[n]["when_unknown"]), _reason(content[n])) for n in used}
        )

    def changed(self, points: Mapping[str, float]) -> Weights:
        """Return weights in which some signals have other points, and all add up to 1 again.

        `points` are on the scale on which the present weights add up to 100, as sliders show them. An unknown signal, a number
        below 0 or not finite, and weights that would all be 0 raise `ChaingraphError`.
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
        return Weights({name: replace(w, weight=raw[name] / total) for name, w in self.of.items()})

    def to_pandas(self) -> pd.DataFrame:
        """Return signal, weight, when_unknown, reason."""
        return pd.DataFrame(
            [{"signal": n, "weight": w.weight, "when_unknown": w.when_unknown, "reason": w.reason} for n, w in self.of.items()]
        )


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
