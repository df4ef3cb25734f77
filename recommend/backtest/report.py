"""A back-test as tables: one row per signing, one per way of ordering; as JSON, CSV and a workbook."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pandas as pd

from chaingraph.graph import ChainGraph
from chaingraph.labels import label
from chaingraph.phrases import Phrase, said
from chaingraph.sections import Cell, Column, Table
from chaingraph.workbook import table_workbook
from recommend.backtest.lists import BASELINES, ORDERINGS, RANDOM
from recommend.backtest.placing import Placed
from recommend.backtest.rates import MEASURES, HitRate
from recommend.backtest.trial import Backtest

ORDERED = tuple(way for way in BASELINES if way != RANDOM)
"""Baselines under which a firm has a place."""
COUNTS = ("sheet", "row", "place", "among", "segment_place", "segment_among", *(f"place_{way}" for way in ORDERED))


def frame(found: Backtest, graph: ChainGraph) -> pd.DataFrame:
    """Return one row per signing, in the order of the list; NaN where it has no place.

    Columns: `sheet`, `row`, `signed_on`, `written_name`, `project`; `company_id`, `name`, `likeness`, `why`; `fate`, `because`;
    `chain_id`, `segment_id`, `segment_name`; `place`, `among`, `segment_place`, `segment_among`, `percentile`, `score`,
    `probability`; `place_` and a baseline: its place.
    """
    columns = [
        *("sheet row signed_on written_name project company_id name likeness why fate because chain_id segment_id".split()),
        *("segment_name place among segment_place segment_among percentile score probability".split()),
        *(f"place_{way}" for way in ORDERED),
    ]
    return pd.DataFrame([_row(p, graph) for p in found.signings], columns=columns)


def _row(p: Placed, graph: ChainGraph) -> dict[str, Any]:
    s, known = p.signing, bool(p.among)
    return {
        "sheet": s.sheet,
        "row": s.row,
        "signed_on": s.day,
        "written_name": s.name,
        "project": s.project,
        "company_id": s.company_id,
        "name": firm_name(s.company_id, graph),
        "likeness": s.likeness.value,
        "why": s.why,
        "fate": p.fate,
        "because": str(p.because),
        "chain_id": p.chain_id,
        "segment_id": p.segment_id,
        "segment_name": graph.segments[p.segment_id].name_zh if known else "",
        "place": p.place,
        "among": p.among if known else math.nan,
        "segment_place": p.segment_place,
        "segment_among": p.segment_among if known else math.nan,
        "percentile": p.percentile,
        "score": p.score,
        "probability": p.probability,
        **{f"place_{way}": p.places.get(way, math.nan) for way in ORDERED},
    }


def firm_name(company_id: str, graph: ChainGraph) -> str:
    """Return the name in common use of the firm a signing means, empty for nobody."""
    if not company_id:
        return ""
    row = graph.company(company_id)
    return str(row["short_name"] if isinstance(row["short_name"], str) else row["name_zh"])


def as_dict(found: Backtest, graph: ChainGraph) -> dict[str, Any]:
    """Return the whole back-test as plain values, fit for JSON; what is not known is None."""
    rows = frame(found, graph).astype(object)
    return {
        "region_code": found.region_code,
        "chain_id": found.chain_id or None,
        "weights": found.profile,
        "data_version": found.version,
        "signings": rows.where(rows.notna(), None).to_dict("records"),
        "fates": found.fates,
        "rates": [{k: _known(v) for k, v in vars(r).items()} for r in found.rates],
        "leads": [
            {
                **{k: _known(v) for k, v in vars(lead).items()},
                "difference": _known(lead.difference),
                "is_told": lead.is_told,
            }
            for lead in found.leads
        ],
        "sentences": [{"zh": str(text), "en": text.en} for text in found.sentences],
        "limits": [{"zh": str(text), "en": text.en} for text in found.limits],
    }


def _known(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value


def rate_text(rate: HitRate) -> str:
    """Return a rate as people read it: 25% (5–57%); random has no interval."""
    if math.isnan(rate.value):
        return "–"
    return f"{rate.value:.0%}" if math.isnan(rate.low) else f"{rate.value:.0%} ({100 * rate.low:.0f}–{100 * rate.high:.0f}%)"


def by_way(found: Backtest) -> dict[str, list[HitRate]]:
    """Return the rates of every way of ordering, in the order of the measures."""
    return {way: [r for r in found.rates if r.way == way] for way in ORDERINGS}


def workbook(found: Backtest, graph: ChainGraph, lang: str = "zh", today: date | None = None) -> bytes:
    """Return the back-test as XLSX: what it tells and its limits, hit rates, and every signing; `lang` is ``zh`` or ``en``."""
    title = Phrase(
        f"{found.region_name} · {found.chain_name} · 以往签约回测", f"{found.region_name.en} · {found.chain_name.en} · back-test"
    )
    names = [Phrase("结论与局限", "Findings and limits"), Phrase("命中率", "Hit rates"), Phrase("签约", "Signings")]
    tables = (_findings(found, lang), _rates(found, lang), _signings(found, graph, lang))
    return table_workbook(said(title, lang), {said(n, lang): t for n, t in zip(names, tables, strict=True)}, today)


def _findings(found: Backtest, lang: str) -> Table:
    words = {
        Phrase("说明什么", "what it tells"): found.sentences,
        Phrase("去向", "what became of them"): (found.fates_text,),
        Phrase("局限", "limits"): found.limits,
        Phrase("依据", "made from"): (
            Phrase(f"权重 {found.profile}，数据版本 {found.version}", f"weights {found.profile}, data version {found.version}"),
        ),
    }
    rows: list[list[Cell]] = [[said(head, lang), said(text, lang)] for head, texts in words.items() for text in texts]
    return [Column(said(Phrase("内容", "what"), lang), 22), Column(said(Phrase("说明", "text"), lang), 110)], rows


def _rates(found: Backtest, lang: str) -> Table:
    columns = [Column(label("way", lang), 24), *(Column(label(m, lang), 24) for m in MEASURES)]
    rows: list[list[Cell]] = [[label(way, lang), *map(rate_text, rates)] for way, rates in by_way(found).items()]
    return columns, rows


def _signings(found: Backtest, graph: ChainGraph, lang: str) -> Table:
    kinds = {"percentile": "share", "probability": "value", "score": "score", **dict.fromkeys(COUNTS[1:], "score")}
    kinds |= dict.fromkeys(("row", "among", "segment_among"), "count")
    rows = frame(found, graph)
    head = [Column(column_name(c, lang), 40 if c in ("because", "why", "project") else 24, kinds.get(c, "text")) for c in rows]
    texts = {p.because: said(p.because, lang) for p in found.signings}
    cells: list[list[Cell]] = []
    for row in rows.to_dict("records"):
        row |= {
            "fate": label(row["fate"], lang),
            "likeness": label(row["likeness"], lang),
            "because": texts.get(row["because"], ""),
        }
        row["segment_name"] = said(graph.segments[row["segment_id"]].name, lang) if row["segment_id"] else ""
        cells.append(list(row.values()))
    return head, cells


def column_name(column: str, lang: str) -> str:
    """Return what people read above a column of `frame`."""
    if column.startswith("place_"):
        way = column.removeprefix("place_")
        return f"{label('place', lang)} · {label(way, lang)}"
    return label(column, lang)


__all__ = ["as_dict", "by_way", "column_name", "firm_name", "frame", "rate_text", "workbook"]
