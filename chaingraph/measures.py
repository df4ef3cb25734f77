"""Further numbers of every segment of a diagnosis, for whoever asks for them: shipped ones, and those of other packages."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from chaingraph.diagnosis import Diagnosis, Measured
from chaingraph.extensions import Kind, find
from chaingraph.graph import ChainGraph
from chaingraph.metrics import Array
from chaingraph.model import SegmentKind
from chaingraph.phrases import Phrase

MetricFunction = Callable[[ChainGraph, Diagnosis], Mapping[str, float]]


@dataclass(frozen=True)
class Metric:
    """A number of every segment of a diagnosis: a function, and what readers need to know of it.

    `function` maps segment ids of the diagnosed chain to numbers from `low` to `high`; a segment that it leaves out, or gives
    NaN, is not known. `label` is what people read, `meaning` says what is counted, `unit` in what.
    """

    function: MetricFunction
    label: Phrase
    meaning: Phrase
    unit: Phrase
    low: float = -math.inf
    high: float = math.inf


def relatedness(graph: ChainGraph, diagnosis: Diagnosis) -> dict[str, float]:
    """Relatedness density of the segment in the region's city (methods §8); not known for a province."""
    return _of_city(graph, diagnosis, graph.places.density)


def firms_in_reach(graph: ChainGraph, diagnosis: Diagnosis) -> dict[str, float]:
    """Firms of the segment within the diagnosis' radius of the region's city, its own included; not known for a province."""
    return _of_city(graph, diagnosis, graph.places.reach(diagnosis.thresholds.radius_km))


def _of_city(graph: ChainGraph, diagnosis: Diagnosis, values: Array) -> dict[str, float]:
    city = graph.places.city_of(diagnosis.region.code)
    if city not in graph.places.cities:
        return {}
    row, column = graph.places.cities.index(city), {s: i for i, s in enumerate(graph.segment_ids)}
    producing = (s.segment_id for s in diagnosis.segments if s.kind is not SegmentKind.MARKET)
    return {s: float(values[row, column[s]]) for s in producing}


METRICS: dict[str, Metric] = {
    "relatedness": Metric(
        relatedness,
        Phrase("关联密度", "relatedness"),
        Phrase("该环节与本市已有专长的关联密度", "relatedness density of the segment to what the city is specialised in"),
        Phrase("占比", "share"),
        0,
        1,
    ),
    "firms_in_reach": Metric(
        firms_in_reach,
        Phrase("半径内企业", "firms in reach"),
        Phrase(
            "以本市为中心、诊断半径内该环节的企业数，含本市",
            "firms of the segment within the diagnosis' radius, the city's own included",
        ),
        Phrase("家", "firms"),
        0,
    ),
}
"""The shipped metrics by name."""


def measured(graph: ChainGraph, diagnosis: Diagnosis, wanted: Iterable[str]) -> Diagnosis:
    """Return the diagnosis with the metrics of these names beside it.

    ChaingraphError: a metric that nobody brings, that cannot be loaded, or that gives a number out of its range.
    """
    return replace(diagnosis, metrics=tuple(_measure(graph, diagnosis, name) for name in dict.fromkeys(wanted)))


def find_metric(name: str) -> Metric:
    """Return the metric of a name; one of another package is loaded, and its label can be read everywhere from then on."""
    if name in METRICS:
        return METRICS[name]
    extension = find(Kind.METRIC, name, METRICS)
    metric = extension.load(Metric)
    extension.teach(metric.label)
    return replace(metric, function=extension.guarded(_in_range(metric)))


def _measure(graph: ChainGraph, diagnosis: Diagnosis, name: str) -> Measured:
    metric = find_metric(name)
    values = metric.function(graph, diagnosis)
    return Measured(
        name, metric.label, metric.unit, {s.segment_id: values.get(s.segment_id, math.nan) for s in diagnosis.segments}
    )


def _in_range(metric: Metric) -> MetricFunction:
    """Hold what a metric gives against what it declares."""

    def ask(graph: ChainGraph, diagnosis: Diagnosis) -> dict[str, float]:
        found = {s: float(value) for s, value in metric.function(graph, diagnosis).items()}
        for segment_id, value in found.items():
            if not (math.isnan(value) or metric.low <= value <= metric.high):
                raise ValueError(f"gave {value:g} for {segment_id}, declared from {metric.low:g} to {metric.high:g}")
        return found

    return ask
