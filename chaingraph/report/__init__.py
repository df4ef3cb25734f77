"""招商研判报告: the document a chain chief takes to the meeting, as Word (.docx)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from chaingraph.diagnosis import Diagnosis
from chaingraph.graph import ChainGraph
from chaingraph.labels import LANGUAGES
from chaingraph.recommendation import Exclusion, Recommendation
from chaingraph.report.brief import Brief
from chaingraph.report.chapters import constraints, picture, roadmap, status
from chaingraph.report.firms import firms
from chaingraph.report.limits import limits
from chaingraph.report.summary import head
from chaingraph.report.word import document
from chaingraph.sections import in_order, read_weights


def report_docx(
    graph: ChainGraph,
    diagnosis: Diagnosis,
    targets: Sequence[Recommendation],
    excluded: Sequence[Exclusion],
    weights: pd.DataFrame,
    origins: pd.DataFrame,
    *,
    today: date | None = None,
    lang: str = "zh",
) -> bytes:
    """Return the report of a chain in a region as a Word document, four to eight A4 pages; the same input gives the same bytes.

    `weights`: signal, weight, when_unknown, reason. `origins`: the table of that name. `today` is printed when given. `lang` is
    ``zh`` or ``en``; another raises ValueError. ChaingraphError: weights other than the targets were scored with.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no report in '{lang}', only in {' and '.join(LANGUAGES)}")
    rows = read_weights(weights)
    brief = Brief(graph, diagnosis, tuple(in_order(targets, rows)), tuple(excluded), tuple(rows), origins, today, lang)
    chapters = (head, picture, status, constraints, roadmap, firms, limits)
    blocks = [block for chapter in chapters for block in chapter(brief)]
    return document(
        blocks, title=brief.title, subject=f"{brief.region} · {brief.chain}", day=today, lang=lang, version=diagnosis.version
    )


__all__ = ["report_docx"]
