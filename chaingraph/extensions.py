"""What other packages bring: signals, metrics and exporters, found through their entry points.

A package declares in its metadata, by group and name, where the declaration stands (docs/extending.md). Nothing of it is
imported before somebody asks for it by name; then a fault is one line that names the package, the entry point and the remedy.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from typing import ParamSpec, TypeVar

from chaingraph import labels
from chaingraph.errors import ChaingraphError, UnknownNameError
from chaingraph.phrases import Phrase

Declaration = TypeVar("Declaration")
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Kind(StrEnum):
    """What a package can bring."""

    SIGNAL = "signal"
    METRIC = "metric"
    EXPORTER = "exporter"

    @property
    def group(self) -> str:
        """Group of its entry points."""
        return f"chaingraph.{self.value}s"


@dataclass(frozen=True)
class Extension:
    """An entry point of another package, not imported yet."""

    kind: Kind
    entry: EntryPoint

    @property
    def name(self) -> str:
        """Name by which it is asked for."""
        return self.entry.name

    @property
    def package(self) -> str:
        """Package that brings it."""
        return self.entry.dist.name if self.entry.dist else "?"

    @property
    def version(self) -> str:
        """Version of the package."""
        return self.entry.dist.version if self.entry.dist else ""

    def __str__(self) -> str:
        return f"package {self.package} {self.version}, {self.kind.group}: {self.name} = {self.entry.value}"

    def load(self, declaration: type[Declaration]) -> Declaration:
        """Import what the entry point names; ChaingraphError when that fails or is no `declaration`."""
        try:
            found = self.entry.load()
        except Exception as error:
            raise ChaingraphError(f"{self}: cannot be imported ({_said(error)}). Mend or uninstall the package.") from error
        if not isinstance(found, declaration):
            wanted = f"{declaration.__module__}.{declaration.__qualname__}"
            raise ChaingraphError(f"{self}: found a {type(found).__name__}, expected a {wanted}. Mend or uninstall the package.")
        return found

    def teach(self, label: Phrase) -> None:
        """Let its name be read as `label` everywhere; ChaingraphError when the name is called something else already."""
        try:
            labels.teach(self.name, label, label.en)
        except ValueError as error:
            raise ChaingraphError(f"{self}: {error}. Rename the entry point, or uninstall the package.") from error

    def guarded(
        self, function: Callable[Arguments, Result], let_through: type[Exception] = ChaingraphError
    ) -> Callable[Arguments, Result]:
        """Return a function of the package so that whatever it raises is one line that names the package.

        `let_through`: what is no fault of the package, such as a disk that is full.
        """

        @functools.wraps(function)
        def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            try:
                return function(*args, **kwargs)
            except (ChaingraphError, let_through):
                raise
            except Exception as error:
                raise ChaingraphError(f"{self}: failed ({_said(error)}). Tell its makers, or do without it.") from error

        return call


def installed(kind: Kind) -> list[Extension]:
    """Return what is installed of a kind, by name and package; nothing is imported."""
    found = [Extension(kind, entry) for entry in entry_points(group=kind.group)]
    return sorted(found, key=lambda e: (e.name, e.package))


def find(kind: Kind, name: str, shipped: Collection[str]) -> Extension:
    """Return the extension of a name.

    ChaingraphError: nobody brings it, two packages do, it has the name of a `shipped` one, which nothing may replace, or a signal
    or metric has a name that cannot be a column.
    """
    named = [e for e in installed(kind) if e.name == name]
    if not named:
        raise UnknownNameError(kind.value, name, [*shipped, *(e.name for e in installed(kind))])
    first, *others = named
    if name in shipped:
        raise ChaingraphError(f"{first}: chaingraph has a {kind} of that name. Rename the entry point, or uninstall the package.")
    if kind is not Kind.EXPORTER and not name.isidentifier():
        raise ChaingraphError(f"{first}: found the name '{name}', expected letters, digits and _. Rename the entry point.")
    if others:
        raise ChaingraphError(f"{first}: {others[0].package} brings a {kind} of that name too. Uninstall one of them.")
    return first


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
