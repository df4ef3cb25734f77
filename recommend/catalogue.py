"""The signals there are: the shipped ones, and those that other packages declare, for whoever names them in their weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chaingraph import extensions
from chaingraph.errors import ChaingraphError
from chaingraph.extensions import Kind
from chaingraph.phrases import Phrase
from recommend.candidates import Candidate, Setting
from recommend.signals import SIGNALS, Signal, SignalFunction


@dataclass(frozen=True)
class DeclaredSignal:
    """A signal that another package brings: a function, and what readers and the score need to know of it.

    `function` returns a value in [0, 1] with its sentences and origin, or None when it is not known. `label` is what people
    read, `meaning` says how the value comes about. `weight` is on the scale on which the shipped weights add up to 100;
    `when_unknown` in [0, 1] is what it counts as when not known; `reason` says why it counts so much. A file of weights that
    names the signal may say otherwise in all three. ChaingraphError: a number out of range.
    """

    function: SignalFunction
    label: Phrase
    meaning: Phrase
    weight: float
    when_unknown: float
    reason: Phrase

    def __post_init__(self) -> None:
        """Refuse numbers that could not stand in a file of weights."""
        if not (0 <= self.weight < math.inf and 0 <= self.when_unknown <= 1):
            found = f"weight {self.weight}, when_unknown {self.when_unknown}"
            raise ChaingraphError(f"signal {self.label}: found {found}, expected a weight from 0 and when_unknown from 0 to 1.")


def names() -> list[str]:
    """Return the names of all signals: the shipped ones, then those that other packages bring."""
    return [*SIGNALS, *(e.name for e in extensions.installed(Kind.SIGNAL) if e.name not in SIGNALS)]


def declared(name: str) -> DeclaredSignal:
    """Return the declaration of a signal that another package brings, and let its label be read everywhere."""
    extension = extensions.find(Kind.SIGNAL, name, SIGNALS)
    found = extension.load(DeclaredSignal)
    extension.teach(found.label)
    return found


def function(name: str) -> SignalFunction:
    """Return the function of a signal; one of another package that fails or gives no number is a ChaingraphError that names it."""
    if name in SIGNALS:
        return SIGNALS[name]
    extension, ask = extensions.find(Kind.SIGNAL, name, SIGNALS), declared(name).function

    def checked(setting: Setting, candidate: Candidate) -> Signal | None:
        found = ask(setting, candidate)
        if found is not None and not (isinstance(found, Signal) and math.isfinite(found.value)):
            raise TypeError(f"gave {found!r} for {candidate.company_id}, expected a Signal with a number, or None")
        return found

    return extension.guarded(checked)
