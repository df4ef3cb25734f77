"""Results as files: the diagnosis and the target firms as XLSX with live formulas, CSV, JSON and Markdown."""

from __future__ import annotations

import json
import math
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from chaingraph.diagnosis import Diagnosis
from chaingraph.errors import ChaingraphError
from chaingraph.recommendation import Exclusion, Recommendation
from chaingraph.sections import (
    bullets,
    closing,
    diagnosis_table,
    excluded_table,
    in_order,
    markdown_table,
    origins_table,
    preface,
    read_weights,
    targets_table,
    weights_table,
)
from chaingraph.workbook import diagnosis_workbook, targets_workbook

SUFFIXES = (".xlsx", ".csv", ".json", ".md")


def write_targets(
    path: Path,
    diagnosis: Diagnosis,
    targets: Sequence[Recommendation],
    excluded: Sequence[Exclusion],
    weights: pd.DataFrame,
    origins: pd.DataFrame,
    *,
    today: date | None = None,
    odds: tuple[float, float] | None = None,
) -> None:
    """Write target firms to `path` as its suffix says; an existing file is replaced whole or not at all.

    `weights`: signal, weight, when_unknown, reason. `origins`: the table of that name. `today` is printed when given. `odds`: log-odds
    of coming at a score of 0 and what a point adds, with which the workbook calculates probabilities from its scores. XLSX
    and Markdown are for reading, in Chinese; CSV and JSON keep the identifiers. ChaingraphError: another suffix, a file that
    cannot be written, or weights other than the targets were scored with.
    """
    suffix = _suffix(path)
    if suffix == ".json":
        replace_file(path, targets_json(targets).encode())
    elif suffix == ".csv":
        replace_file(path, csv_bytes(targets_frame(targets)))
    elif suffix == ".md":
        replace_file(path, targets_markdown(diagnosis, targets, excluded, weights, origins, today=today).encode())
    else:
        replace_file(path, targets_workbook(diagnosis, targets, excluded, weights, origins, today, odds))


def write_diagnosis(path: Path, diagnosis: Diagnosis, *, today: date | None = None) -> None:
    """Write a diagnosis to `path` as its suffix says; files, languages and errors as in `write_targets`."""
    suffix = _suffix(path)
    if suffix == ".json":
        replace_file(path, _json(diagnosis.as_dict()).encode())
    elif suffix == ".csv":
        replace_file(path, csv_bytes(diagnosis.to_pandas()))
    elif suffix == ".md":
        replace_file(path, diagnosis_markdown(diagnosis, today=today).encode())
    else:
        replace_file(path, diagnosis_workbook(diagnosis, today))


def targets_json(targets: Sequence[Recommendation]) -> str:
    """Return the targets as a JSON list of `Recommendation.as_dict()`; what is not known is null."""
    return _json([t.as_dict() for t in targets])


def targets_frame(targets: Sequence[Recommendation]) -> pd.DataFrame:
    """Return one row per target: who, where, score and coverage, words, chance and firmness, then one column per signal (NaN: not known)."""
    fixed = ["rank", "company_id", "name", "segment_id", "segment_name", "region_code", "seat", "score", "coverage", "lists"]
    fixed += ["strongest", "against", "rival_region", "rival_text", "rival_lead", "also_fits", "not_known"]
    fixed += ["probability", "probability_low", "probability_high", "chance_text", "mover", "stability", "rank_low", "rank_high"]
    fixed += ["phone_call", "phone_call_signal", "warm_path", "alternatives", "package"]
    signals = list(dict.fromkeys(r.signal for t in targets for r in t.reasons))
    rows = [
        {
            **t.as_dict(),
            "lists": "；".join(t.lists),
            "strongest": "；".join(r.text for r in t.strongest),
            **{name: "；".join(getattr(t, name)) for name in ("also_fits", "not_known", "warm_path", "alternatives", "package")},
            **{r.signal: math.nan if r.value is None else r.value for r in t.reasons},
        }
        for t in targets
    ]
    return pd.DataFrame(rows, columns=fixed + signals)


def diagnosis_markdown(diagnosis: Diagnosis, *, today: date | None = None) -> str:
    """Return the diagnosis as Markdown in Chinese: facts, table of segments, roadmap, legend."""
    parts = [f"# {diagnosis.heading} 诊断", *map(bullets, preface(diagnosis, today))]
    parts += ["## 各环节", markdown_table(diagnosis_table(diagnosis)), *map(bullets, closing(diagnosis))]
    return "\n\n".join(parts) + "\n"


def targets_markdown(
    diagnosis: Diagnosis,
    targets: Sequence[Recommendation],
    excluded: Sequence[Exclusion],
    weights: pd.DataFrame,
    origins: pd.DataFrame,
    *,
    today: date | None = None,
) -> str:
    """Return the target firms as Markdown in Chinese; parameters as in `write_targets`."""
    rows = read_weights(weights)
    ordered = in_order(targets, rows)
    parts = [f"# {diagnosis.heading} 目标企业清单"]
    parts += map(bullets, preface(diagnosis, today, ordered, excluded, rows))
    tables = {
        "目标企业": targets_table(ordered),
        "权重": weights_table(rows),
        "未入选": excluded_table(excluded),
        "数据来源": origins_table(ordered, origins),
    }
    parts += [f"## {title}\n\n{markdown_table(table)}" for title, table in tables.items()]
    return "\n\n".join([*parts, *map(bullets, closing(diagnosis))]) + "\n"


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ChaingraphError(f"cannot write '{path}': its suffix must be one of {', '.join(SUFFIXES)}")
    return suffix


def replace_file(path: Path, content: bytes) -> None:
    """Put a whole new file in the place of the old one, so that no reader ever meets half a file."""
    target = path.resolve()
    part = target.with_name(f".{secrets.token_hex(6)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        remedy = "Close it if another program has it open, or choose another place."
        raise ChaingraphError(f"cannot write '{path}': {error.strerror or error}. {remedy}") from error


def _json(value: object) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "item"):
        return _plain(value.item())
    return None if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)) else value


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return CSV that Excel opens as UTF-8; a cell that a spreadsheet would run as a formula gets an apostrophe."""
    safe = frame.astype(object).map(
        lambda v: f"'{v}" if isinstance(v, str) and v.startswith(("=", "+", "-", "@", "\t", "\r")) else v
    )
    text: str = safe.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8-sig")
