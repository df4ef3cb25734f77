"""The command `chaingraph extensions`: the signals, metrics and exporters there are, and who brings them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from chaingraph.cli.options import JsonOpt, LangOpt, talk
from chaingraph.errors import ChaingraphError
from chaingraph.phrases import said

if TYPE_CHECKING:
    from chaingraph.extensions import Kind

SHIPPED, READY = "shipped", "ready"


@dataclass(frozen=True)
class Listed:
    """A line of the list; `status` is shipped, ready, or what is wrong with it."""

    kind: str
    name: str
    package: str
    version: str
    status: str
    meaning: str


def list_extensions(as_json: JsonOpt = False, lang: LangOpt = "en") -> None:
    """List the signals, metrics and exporters, shipped or brought by other packages, and what is wrong with any of them."""
    found = list(listed(lang))
    if as_json:
        print(json.dumps([asdict(line) for line in found], ensure_ascii=False, indent=1))
    else:
        for line in found:
            print("\t".join(asdict(line).values()))
    broken = sum(line.status not in (SHIPPED, READY) for line in found)
    talk(f"{sum(line.status == READY for line in found)} of other packages ready, {broken} cannot be used")


def listed(lang: str) -> Iterator[Listed]:
    """Yield what ships and what is installed; each of the latter is loaded to see whether it can be used."""
    from chaingraph import exchange, measures  # noqa: PLC0415
    from chaingraph.extensions import Kind  # noqa: PLC0415
    from recommend import catalogue  # noqa: PLC0415
    from recommend.signals import SIGNALS  # noqa: PLC0415

    signals = {name: (function.__doc__ or "").partition("\n")[0] for name, function in SIGNALS.items()}
    yield from _of(Kind.SIGNAL, signals, lambda name: said(catalogue.declared(name).meaning, lang))
    metrics = {name: said(metric.meaning, lang) for name, metric in measures.METRICS.items()}
    yield from _of(Kind.METRIC, metrics, lambda name: said(measures.find_metric(name).meaning, lang))
    formats = {name: said(form.meaning, lang) for name, form in exchange.FORMATS.items()}
    yield from _of(Kind.EXPORTER, formats, lambda name: said(exchange.find_format(name).meaning, lang))


def _of(kind: Kind, shipped: dict[str, str], meaning: Callable[[str], str]) -> Iterator[Listed]:
    from chaingraph.extensions import find, installed  # noqa: PLC0415

    for name, text in shipped.items():
        yield Listed(kind.value, name, "chaingraph", "", SHIPPED, text)
    for extension in installed(kind):
        try:
            find(kind, extension.name, shipped)
            told, status = meaning(extension.name), READY
        except ChaingraphError as error:
            told, status = "", str(error)
        yield Listed(kind.value, extension.name, extension.package, extension.version, status, told)
