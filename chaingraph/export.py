"""Results as files: the diagnosis and the target firms as XLSX with live formulas, CSV, JSON and Markdown."""

from __future__ import annotations

import io
import json
import math
import os
import secrets
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range, xl_range_abs

from chaingraph.diagnosis import Diagnosis
from chaingraph.errors import ChaingraphError
from chaingraph.labels import label
from chaingraph.model import Action, Constraint, Exclusion, Presence, Recommendation, SegmentKind

SUFFIXES = (".xlsx", ".csv", ".json", ".md")
MARKS = {Presence.STRONG: "●", Presence.ADEQUATE: "◕", Presence.WEAK: "◔", Presence.MISSING: "✕", Presence.UNKNOWN: "？"}
"""A sign beside each grade, so that it can be told without its colour."""


@dataclass(frozen=True)
class _Formula:
    """A live cell: the formula, and the value it has when the file is written."""

    text: str
    value: _Cell


@dataclass(frozen=True)
class _Column:
    """A column shown to people: title, greatest width in half-width characters, kind of cell (a key of `_KINDS`)."""

    title: str
    widest: int = 12
    kind: str = "text"


@dataclass(frozen=True)
class _Weight:
    """A row of the weights: what a signal counts, and the value it is taken for when it is not known."""

    signal: str
    weight: float
    when_unknown: float
    reason: str


_Cell = str | float | date | _Formula | None
_Table = tuple[list[_Column], list[list[_Cell]]]
_Section = tuple[str, list[tuple[str, str]]]

_KINDS: dict[str, tuple[str, str]] = {
    "text": ("General", ""),
    "count": ("0", ".0f"),
    "score": ("0.0", ".1f"),
    "value": ("0.00", ".2f"),
    "input": ("0.00##", ".4g"),
    "share": ("0%", ".0%"),
    "moved": ('"↑"0;"↓"0;"–"', "+.0f"),
    "date": ("yyyy-mm-dd", "%Y-%m-%d"),
}
"""Kind of cell → (number format in a workbook, format in Markdown)."""

_SCORE = 5
"""Column of the score on the sheet of targets, from 0; the coverage is in the next."""
_WEIGHT = 3
"""First row of weights on their sheet, from 1."""
_COVER_WIDTH = 116
_HATCH = {"pattern": 14, "fg_color": "#A6A6A6", "bg_color": "#FFFFFF"}
"""What is not known is hatched, so that it is not taken for zero."""


def write_targets(
    path: Path,
    diagnosis: Diagnosis,
    targets: Sequence[Recommendation],
    excluded: Sequence[Exclusion],
    weights: pd.DataFrame,
    origins: pd.DataFrame,
    *,
    today: date | None = None,
) -> None:
    """Write target firms to `path` as its suffix says; an existing file is replaced whole or not at all.

    `weights`: signal, weight, when_unknown, reason. `origins`: the table of that name. `today` is printed when given. XLSX
    and Markdown are for reading, in Chinese; CSV and JSON keep the identifiers. ChaingraphError: another suffix, a file that
    cannot be written, or weights other than the targets were scored with.
    """
    suffix = _suffix(path)
    if suffix == ".json":
        _replace(path, targets_json(targets).encode())
    elif suffix == ".csv":
        _replace(path, _csv(targets_frame(targets)))
    elif suffix == ".md":
        _replace(path, targets_markdown(diagnosis, targets, excluded, weights, origins, today=today).encode())
    else:
        _replace(path, _targets_workbook(diagnosis, targets, excluded, weights, origins, today))


def write_diagnosis(path: Path, diagnosis: Diagnosis, *, today: date | None = None) -> None:
    """Write a diagnosis to `path` as its suffix says; files, languages and errors as in `write_targets`."""
    suffix = _suffix(path)
    if suffix == ".json":
        _replace(path, _json(diagnosis.as_dict()).encode())
    elif suffix == ".csv":
        _replace(path, _csv(diagnosis.to_pandas()))
    elif suffix == ".md":
        _replace(path, diagnosis_markdown(diagnosis, today=today).encode())
    else:
        book = _Book(f"{_place(diagnosis)} 诊断", today)
        book.cover(_preface(diagnosis, today) + _closing(diagnosis))
        _diagnosis_sheet(book, diagnosis)
        _replace(path, book.content())


def targets_json(targets: Sequence[Recommendation]) -> str:
    """Return the targets as a JSON list of `Recommendation.as_dict()`; what is not known is null."""
    return _json([t.as_dict() for t in targets])


def targets_frame(targets: Sequence[Recommendation]) -> pd.DataFrame:
    """Return one row per target: who, where, score and coverage, words, then one column per signal (NaN: not known)."""
    fixed = ["rank", "company_id", "name", "segment_id", "segment_name", "region_code", "seat", "score", "coverage", "lists"]
    fixed += ["strongest", "against", "rival_region", "rival_text", "also_fits", "not_known"]
    signals = list(dict.fromkeys(r.signal for t in targets for r in t.reasons))
    rows = [
        {
            **t.as_dict(),
            "lists": "；".join(t.lists),
            "strongest": "；".join(r.text for r in t.strongest),
            "also_fits": "；".join(t.also_fits),
            "not_known": "；".join(t.not_known),
            **{r.signal: math.nan if r.value is None else r.value for r in t.reasons},
        }
        for t in targets
    ]
    return pd.DataFrame(rows, columns=fixed + signals)


def diagnosis_markdown(diagnosis: Diagnosis, *, today: date | None = None) -> str:
    """Return the diagnosis as Markdown in Chinese: facts, table of segments, roadmap, legend."""
    parts = [f"# {_place(diagnosis)} 诊断", *map(_bullets, _preface(diagnosis, today))]
    parts += ["## 各环节", _markdown_table(_diagnosis_table(diagnosis)), *map(_bullets, _closing(diagnosis))]
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
    rows = _weights(weights)
    ordered = _in_order(targets, rows)
    parts = [f"# {_place(diagnosis)} 目标企业清单"]
    parts += map(_bullets, _preface(diagnosis, today, ordered, excluded, rows))
    tables = {
        "目标企业": _targets_table(ordered),
        "权重": _weights_table(rows),
        "未入选": _excluded_table(excluded),
        "数据来源": _origins_table(ordered, origins),
    }
    parts += [f"## {title}\n\n{_markdown_table(table)}" for title, table in tables.items()]
    return "\n\n".join([*parts, *map(_bullets, _closing(diagnosis))]) + "\n"


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ChaingraphError(f"cannot write '{path}': its suffix must be one of {', '.join(SUFFIXES)}")
    return suffix


def _replace(path: Path, content: bytes) -> None:
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


def _csv(frame: pd.DataFrame) -> bytes:
    """Return CSV that Excel opens as UTF-8; a cell that a spreadsheet would run as a formula gets an apostrophe."""
    safe = frame.astype(object).map(
        lambda v: f"'{v}" if isinstance(v, str) and v.startswith(("=", "+", "-", "@", "\t", "\r")) else v
    )
    text: str = safe.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8-sig")


def _place(diagnosis: Diagnosis) -> str:
    return f"{diagnosis.region.name_zh} · {diagnosis.chain_name}"


def _weights(frame: pd.DataFrame) -> list[_Weight]:
    columns = (frame[c] for c in ("signal", "weight", "when_unknown", "reason"))
    return [_Weight(str(s), float(w), float(u), str(r)) for s, w, u, r in zip(*columns, strict=True)]


def _by_weights(target: Recommendation, weights: Sequence[_Weight]) -> tuple[float, float]:
    """Return (score, coverage) as the workbook calculates them from its cells."""
    known = {r.signal: r.value for r in target.reasons if r.value is not None}
    total = sum(w.weight for w in weights)
    if not total > 0:
        return 0.0, 0.0
    score = 100 * sum(w.weight * known.get(w.signal, w.when_unknown) for w in weights) / total
    return round(score, 10), sum(w.weight for w in weights if w.signal in known) / total


def _in_order(targets: Sequence[Recommendation], weights: Sequence[_Weight]) -> list[Recommendation]:
    """Return the targets, best first. Refuses weights with which the cells would contradict the targets' own scores."""
    for t in targets:
        score, coverage = _by_weights(t, weights)
        if not (abs(score - t.score) < 1e-6 and abs(coverage - t.coverage) < 1e-6):
            raise ChaingraphError(
                f"{t.name}: by its reasons score {t.score:.4f} and coverage {t.coverage:.4f}, by the weights given {score:.4f}"
                f" and {coverage:.4f}. Give the weights that the targets were scored with."
            )
    return sorted(targets, key=lambda t: -round(t.score, 10))


def _preface(
    diagnosis: Diagnosis,
    today: date | None,
    targets: Sequence[Recommendation] | None = None,
    excluded: Sequence[Exclusion] = (),
    weights: Sequence[_Weight] = (),
) -> list[_Section]:
    low, high = diagnosis.completeness
    facts = [
        ("日期", today.isoformat() if today else ""),
        ("数据版本", diagnosis.version),
        ("链条状态", label(diagnosis.chain_state)),
        ("链条完整度", f"{low:.0%}–{high:.0%}（下限只计看得见的环节，上限把不详的环节也计入）"),
        ("数据覆盖", diagnosis.coverage_text),
    ]
    reading = [("诊断", "按区位熵的区间下限评级，不按点估计；「暂定」的对策以不详的环节为前提，先核实再行动。")]
    blank = [s.name_zh for s in diagnosis.segments if s.presence is Presence.UNKNOWN and s.kind is not SegmentKind.MARKET]
    unknown = [("不详的环节", "、".join(blank) or "没有")]
    if targets is not None:
        why = Counter(label(e.reason) for e in excluded)
        facts += [
            ("目标企业", f"{len({t.company_id for t in targets})} 家，共 {len(targets)} 条（一家企业可适合多个环节）"),
            ("未入选", f"{len(excluded)} 条" + ("：" if why else "") + "、".join(f"{k} {n}" for k, n in why.most_common())),
        ]
        reading += [
            ("得分", "0–100，等于各信号「权重占比 × 证据值」之和 × 100；每一分的说明和出处在「证据」。"),
            ("覆盖度", "已知信号占总权重的比例。空白的证据格是未知，不是零：按「未知时取值」计分，并降低覆盖度。"),
            ("调整权重", "在「权重」改黄色格，得分、覆盖度、排名随即重算；「目标企业」的行不动，「按得分排序」的次序随之变动。"),
            ("补充证据", "问到了未知的情况，可在「目标企业」的空白证据格填 0–1。「证据」和理由文字是出表时的记录，不随之改变。"),
        ]
        holes = [(w, sum(not any(r.signal == w.signal and r.known for r in t.reasons) for t in targets)) for w in weights]
        text = "；".join(f"{label(w.signal)} {n} 条（按 {w.when_unknown:g} 计）" for w, n in holes if n)
        unknown += [("未知的信号", text or "没有"), ("本表不含", "企业的投资意向、洽谈进展和其他未公开的信息。")]
    return [("概况", [f for f in facts if f[1]]), ("怎样读", reading), ("还不知道什么", unknown)]


def _closing(diagnosis: Diagnosis) -> list[_Section]:
    limits = diagnosis.thresholds
    steps = []
    for step in diagnosis.roadmap:
        also = "、".join(name for name in step.unlocked if name != step.name_zh)
        text = f"{label(step.action)} · {step.name_zh}，之后链条完整度 {step.completeness:.0%}" + (
            f"，带动：{also}" if also else ""
        )
        steps.append((f"第 {step.order} 步", text))
    grades = {
        Presence.STRONG: f"至少 {limits.strong_companies} 家，区位熵下限不低于 {limits.strong_from:g}",
        Presence.ADEQUATE: f"至少 {limits.few_companies} 家，区位熵下限不低于 {limits.adequate_from:g}",
        Presence.WEAK: "有企业，够不上具备",
        Presence.MISSING: f"未见企业，区位熵上限低于 {limits.missing_below:g}",
        Presence.UNKNOWN: "数据不足以断定有无，不等于没有",
    }
    words = {
        Constraint.BREAK: "本地环节离不开，而所示范围内没有生产者",
        Constraint.BOTTLENECK: "有，但生产者太少或过于集中",
        Constraint.CHOKEPOINT: "离不开、无可替代，而国内供给占比偏低",
        Action.ESTABLISH: "整条链尚未成形，从头建起",
        Action.FILL: "本地环节要用而缺的",
        Action.STRENGTHEN: "有而不强的",
        Action.EXTEND: "从已有环节继续延伸",
        Action.STABILIZE: "已有的稳住；受资源区位所限的在外地落实供应",
    }
    legend = [(f"{MARKS[p]} {label(p)}", text) for p, text in grades.items()] + [(label(w), text) for w, text in words.items()]
    return [("路线图：先招谁、再招谁", steps or [("", "没有要招的环节。")]), ("图例", legend)]


def _diagnosis_table(diagnosis: Diagnosis) -> _Table:
    kinds = {"location_quotient": "value", "lq_low": "value", "lq_high": "value", "company_count": "count", "unlocks": "count"}
    widest = {"segment_name": 26, "because": 46, "constraint_text": 54}
    names = "segment_name stage segment_kind presence location_quotient lq_low lq_high company_count constraint constraint_area"
    columns = [
        _Column(label(n), widest.get(n, 14), "share" if n == "keystone_gain" else kinds.get(n, "text"))
        for n in f"{names} action keystone_gain unlocks because constraint_text".split()
    ]
    rows: list[list[_Cell]] = [
        [
            *(s.name_zh, label(s.stage), label(s.kind)),
            # A market is demand: it has no grade, and its unknown is not a hole in the data.
            "–" if s.kind is SegmentKind.MARKET else f"{MARKS[s.presence]} {label(s.presence)}",
            *(s.lq, s.lq_low, s.lq_high, s.company_count),
            *((label(s.findings[0].constraint), label(s.findings[0].area)) if s.findings else ("", "")),
            (label(s.action) + ("（暂定）" if s.is_provisional else "")) if s.action else "",
            *(s.keystone_gain, s.unlocks, s.because, "\n".join(f.text for f in s.findings)),
        ]
        for s in diagnosis.segments
    ]
    return columns, rows


def _targets_table(ordered: Sequence[Recommendation]) -> _Table:
    widest = {"name": 32, "seat": 16, "segment_name": 18, "lists": 24, "strongest": 66, "against": 36, "rival_region": 30}
    names = "rank name company_id seat segment_name score coverage lists strongest against rival_region also_fits not_known"
    kinds = {"rank": "count", "score": "score", "coverage": "share"}
    columns = [_Column(label(n), widest.get(n, 20), kinds.get(n, "text")) for n in names.split()]
    rows: list[list[_Cell]] = [
        [
            *(rank, t.name, t.company_id, t.seat, t.segment_name, t.score, t.coverage, "、".join(t.lists)),
            *("\n".join(f"+{r.points:.1f} {r.text}" for r in t.strongest), t.against, t.rival_text or t.rival_region),
            *("、".join(t.also_fits), "、".join(t.not_known)),
        ]
        for rank, t in enumerate(ordered, 1)
    ]
    return columns, rows


def _weights_table(weights: Sequence[_Weight]) -> _Table:
    total = sum(w.weight for w in weights)
    columns = [_Column(label("signal"), 18), _Column("名称", 14), _Column(label("weight"), 10, "input")]
    columns += [_Column(label("when_unknown"), 14, "input"), _Column("为什么", 90), _Column(label("weight_share"), 12, "share")]
    return columns, [
        [w.signal, label(w.signal), w.weight, w.when_unknown, w.reason, w.weight / total if total > 0 else 0.0] for w in weights
    ]


def _excluded_table(excluded: Sequence[Exclusion]) -> _Table:
    columns = [_Column(label("name"), 34), _Column(label("company_id"), 16), _Column(label("segment_id"), 30)]
    return [*columns, _Column(label("reason"), 20), _Column(label("text"), 80)], [
        [e.name, e.company_id, e.segment_id, label(e.reason), e.text] for e in excluded
    ]


def _origins_table(targets: Sequence[Recommendation], origins: pd.DataFrame) -> _Table:
    """Origins of the reasons, and in how many reasons each is used."""
    uses = Counter(r.origin_id for t in targets for r in t.reasons if r.origin_id)
    widest = {"origin_id": 26, "publisher": 26, "title": 40, "url": 44, "licence": 30, "definition": 40}
    columns = [_Column(label(n), w) for n, w in widest.items()] + [_Column(label("retrieved_on"), 14, "date")]
    known = origins.set_index("origin_id")
    rows = [[o, *(_cell(known, o, n) for n in [*list(widest)[1:], "retrieved_on"]), n] for o, n in sorted(uses.items())]
    return [*columns, _Column("引用次数", 12, "count")], rows


def _cell(frame: pd.DataFrame, key: str, column: str) -> _Cell:
    value = frame[column].get(key) if column in frame else None
    if value is None or pd.isna(value):
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else str(value)


def _shown(cell: _Cell, kind: str) -> str:
    if isinstance(cell, _Formula):
        return _shown(cell.value, kind)
    if cell is None or isinstance(cell, str):
        return cell or ""
    return "" if cell != cell else format(cell, _KINDS[kind][1])  # noqa: PLR0124 - NaN


def _markdown_table(table: _Table) -> str:
    columns, rows = table
    texts = [[c.title for c in columns], ["---"] * len(columns)]
    texts += [[_shown(cell, c.kind) for cell, c in zip(row, columns, strict=True)] for row in rows]
    return "\n".join(f"| {' | '.join(map(_escaped, row))} |" for row in texts) if rows else "（没有）"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\r", "").replace("\n", "<br>")


def _bullets(section: _Section) -> str:
    lines = [f"- **{_escaped(head)}**：{_escaped(text)}" if head else f"- {_escaped(text)}" for head, text in section[1]]
    return f"## {section[0]}\n\n" + "\n".join(lines)


class _Book:
    """A workbook in memory, the same bytes for the same content. Text stays text, whatever it begins with."""

    def __init__(self, title: str, day: date | None) -> None:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
        self.title, self.buffer = title, io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, options)
        created = datetime.combine(day or date(1980, 1, 1), datetime.min.time())
        self.book.set_properties({"title": title, "created": created})
        self.styles: dict[str, xlsxwriter.format.Format] = {}

    def content(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()

    def style(self, kind: str, **more: object) -> xlsxwriter.format.Format:
        key = f"{kind} {sorted(more.items())}"
        if key not in self.styles:
            look = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
            look |= {"num_format": _KINDS[kind][0], "bottom": 4, "bottom_color": "#BFBFBF"}
            look |= {"text_wrap": True, "align": "left", "indent": 1} if kind == "text" else {"align": "right"}
            look |= {"align": "center"} if kind in {"input", "moved"} else {}
            look |= {"bg_color": "#FFF2CC", "font_color": "#1F3FBF", "border": 1} if kind == "input" else {}
            self.styles[key] = self.book.add_format(look | more)
        return self.styles[key]

    def put(self, sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: _Cell, kind: str, **more: object) -> None:
        style = self.style(kind, **more)
        if isinstance(cell, _Formula):
            sheet.write_formula(row, column, cell.text, style, cell.value)
        elif isinstance(cell, str) and cell:
            # A text cell that begins like a formula would become one when somebody edits it, but for the quote prefix.
            sheet.write_string(row, column, cell[:32767], self.style(kind, **more, quote_prefix=cell[0] in "=+-@"))
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, datetime.combine(cell, datetime.min.time()), style)
        elif cell is None or isinstance(cell, str) or math.isnan(cell):
            sheet.write_blank(row, column, None, style)
        else:
            sheet.write_number(row, column, cell, style)

    def sheet(self, name: str, header: int, *, paper: int = 9) -> xlsxwriter.worksheet.Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.set_margins(0.4, 0.4, 0.6, 0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, header)
        sheet.set_footer(f"&L{self.title.replace('&', '&&')} · &A&R&P / &N")
        return sheet

    def table(
        self, name: str, table: _Table, *, top: int = 0, fixed: int = 1, paper: int = 9, even: bool = False
    ) -> xlsxwriter.worksheet.Worksheet:
        """Add a sheet with a table: titles in row `top`, `fixed` columns kept in view; `even` rows are all of one height."""
        columns, rows = table
        sheet = self.sheet(name, top, paper=paper)
        lines = [1] * len(rows)
        for j, column in enumerate(columns):
            texts = [_shown(row[j], column.kind) for row in rows]
            width = max(min(max(map(_width, texts), default=0) + 3, column.widest), min(_width(column.title) + 4, 14))
            sheet.set_column(j, j, width)
            self.put(sheet, top, j, column.title, "text", bold=True, bg_color="#1F3864", font_color="#FFFFFF", valign="vcenter")
            for i, (row, text) in enumerate(zip(rows, texts, strict=True)):
                self.put(sheet, top + 1 + i, j, row[j], column.kind)
                lines[i] = max(lines[i], _lines(text, width))
        sheet.set_row(top, 24)
        for i, count in enumerate(lines, top + 1):
            sheet.set_row(i, _height(max(lines) if even else count))
        if not rows:
            self.put(sheet, top + 1, 0, "（没有）", "text")
        sheet.autofilter(top, 0, top + max(len(rows), 1), len(columns) - 1)
        sheet.freeze_panes(top + 1, fixed)
        return sheet

    def cover(self, sections: Iterable[_Section]) -> None:
        sheet = self.sheet("封面", 0)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, _COVER_WIDTH)
        sheet.fit_to_pages(1, 1)
        sheet.set_row(0, 34)
        sheet.write_string(
            0, 0, self.title, self.book.add_format({"font_name": "Microsoft YaHei", "font_size": 18, "bold": True})
        )
        row = 1
        for head, lines in sections:
            row += 1
            for column, text in enumerate((head, "")):
                self.put(sheet, row, column, text, "text", bold=True, font_size=12, text_wrap=False, bottom=2)
            sheet.set_row(row, 22)
            for name, text in lines:
                row += 1
                self.put(sheet, row, 0, name, "text", bold=True)
                self.put(sheet, row, 1, text, "text")
                sheet.set_row(row, _height(_lines(text, _COVER_WIDTH)))
            row += 1


def _width(text: str) -> int:
    """Return the width of the longest line in half-width characters."""
    return max((sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line) for line in text.split("\n")), default=0)


def _lines(text: str, width: float) -> int:
    """Return the lines that a text takes in a column: programs differ in whether they fit a row's height to its text."""
    return sum(max(1, math.ceil(0.95 * _width(line) / (width - 2.5))) for line in text.split("\n"))


def _height(lines: int) -> float:
    """Return the height of a row in points; 409 is the greatest there is."""
    return min(15.0 * lines + 3, 409)


def _targets_workbook(
    diagnosis: Diagnosis,
    targets: Sequence[Recommendation],
    excluded: Sequence[Exclusion],
    frame: pd.DataFrame,
    origins: pd.DataFrame,
    today: date | None,
) -> bytes:
    weights = _weights(frame)
    ordered = _in_order(targets, weights)
    latest = pd.to_datetime(origins["retrieved_on"]).max()
    book = _Book(f"{_place(diagnosis)} 目标企业清单", today or (None if pd.isna(latest) else latest.date()))
    book.cover(_preface(diagnosis, today, ordered, excluded, weights) + _closing(diagnosis))
    _targets_sheet(book, ordered, weights)
    _ordered_sheet(book, ordered, len(weights))
    _weights_sheet(book, weights)
    _diagnosis_sheet(book, diagnosis)
    _evidence_sheet(book, ordered, weights, origins)
    book.table("未入选", _excluded_table(excluded))
    book.table("数据来源", _origins_table(ordered, origins), paper=8)
    return book.content()


def _targets_sheet(book: _Book, ordered: Sequence[Recommendation], weights: Sequence[_Weight]) -> None:
    """One row per target from row 4 on: words, then its evidence, under the weights (row 1) and values when unknown (row 2)."""
    columns, rows = _targets_table(ordered)
    signals = [w.signal for w in weights]
    first, last, end = len(columns), len(columns) + len(signals) - 1, len(rows) + 2
    heavy, otherwise = xl_range_abs(0, first, 0, last), xl_range_abs(1, first, 1, last)
    scores = xl_range_abs(3, _SCORE, end, _SCORE)
    for i, (row, target) in enumerate(zip(rows, ordered, strict=True), 3):
        evidence, score = xl_range(i, first, i, last), f"{xl_col_to_name(_SCORE)}{i + 1}"
        known = {r.signal: r.value for r in target.reasons}
        # SUMPRODUCT alone, because IF inside it would need Ctrl-Shift-Enter; rounded, so that RANK and COUNTIF see the same ties.
        sums = f"SUMPRODUCT({heavy},{evidence})+SUMPRODUCT({heavy},{otherwise},1-ISNUMBER({evidence}))"
        by_weights = _by_weights(target, weights)
        row[0] = _Formula(f"=RANK({score},{scores})+COUNTIF({xl_range_abs(3, _SCORE, 3, _SCORE)}:{score},{score})-1", i - 2)
        row[_SCORE] = _Formula(f"=IF(SUM({heavy})>0,ROUND(100*({sums})/SUM({heavy}),10),0)", by_weights[0])
        row[_SCORE + 1] = _Formula(
            f"=IF(SUM({heavy})>0,SUMPRODUCT({heavy},1*ISNUMBER({evidence}))/SUM({heavy}),0)", by_weights[1]
        )
        row += [*map(known.get, signals), i - 2]
    columns += [*(_Column(label(s), 12, "value") for s in signals), _Column(label("base_rank"), 12, "count")]
    sheet = book.table("目标企业", (columns, rows), top=2, fixed=2, paper=8)
    book.put(sheet, 0, 0, "权重在「权重」表修改；空白的证据格是未知", "text", text_wrap=False, italic=True, bottom=0)
    for above, (name, letter) in enumerate((("weight", "C"), ("when_unknown", "D"))):
        book.put(sheet, above, first - 1, f"{label(name)} →", "text", align="right")
        for j, w in enumerate(weights):
            linked = _Formula(f"='权重'!${letter}${_WEIGHT + j}", w.when_unknown if above else w.weight)
            book.put(sheet, above, first + j, linked, "value", bg_color="#F2F2F2")
    # On paper only the words; the evidence has its own sheet.
    sheet.print_area(2, 0, max(end, 3), first - 1)
    sheet.repeat_rows(2)
    if rows:
        blank = {"type": "blanks", "format": book.book.add_format(_HATCH), "stop_if_true": True}
        sheet.conditional_format(3, first, end, last, blank)
        scale = {"type": "2_color_scale", "min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1}
        sheet.conditional_format(3, first, end, last, {**scale, "min_color": "#FFFFFF", "max_color": "#9DC3E6"})
        sheet.data_validation(3, first, end, last, _between(0, 1))


def _ordered_sheet(book: _Book, ordered: Sequence[Recommendation], signals: int) -> None:
    """The targets by rank: row n looks up the target whose rank is n, so that the order itself follows the weights."""
    columns, rows = _targets_table(ordered)
    shown, base, end = [1, 4, 3, _SCORE, _SCORE + 1, 8, 9, 10, 12], len(columns) + signals, len(rows) + 3

    def found(rank: int, column: int) -> str:
        letter = xl_col_to_name(column)
        return f"INDEX('目标企业'!${letter}$4:${letter}${end},MATCH($A{rank + 1},'目标企业'!$A$4:$A${end},0))"

    def cell(rank: int, column: int, value: _Cell) -> _Cell:
        # INDEX gives 0 for an empty cell; joined to an empty text it stays empty.
        return _Formula(f"={found(rank, column)}" + '&""' * isinstance(value, str), value)

    head = [columns[0], _Column(label("moved"), 10, "moved"), *(columns[j] for j in shown)]
    moved = [_Formula(f"={found(rank, base)}-$A{rank + 1}", 0) for rank in range(1, len(rows) + 1)]
    table = [[n, moved[n - 1], *(cell(n, j, row[j]) for j in shown)] for n, row in enumerate(rows, 1)]
    book.table("按得分排序", (head, table), fixed=3, paper=8, even=True)


def _weights_sheet(book: _Book, weights: Sequence[_Weight]) -> None:
    columns, rows = _weights_table(weights)
    end = len(rows) + _WEIGHT - 1
    total = sum(w.weight for w in weights)
    for n, row in enumerate(rows, _WEIGHT):
        row[5] = _Formula(f"=IF(SUM($C${_WEIGHT}:$C${end})>0,C{n}/SUM($C${_WEIGHT}:$C${end}),0)", row[5])
    sheet = book.table("权重", (columns, rows), top=1, fixed=2)
    hint = "改黄色格：得分、覆盖度、排名和「按得分排序」随即重算。权重不必凑成 1，按占比计。"
    book.put(sheet, 0, 0, hint, "text", text_wrap=False, bottom=0)
    for j, value, kind in ((0, 0.0, "text"), (2, total, "value"), (5, 1.0 if total > 0 else 0.0, "share")):
        letter = xl_col_to_name(j)
        cell = _Formula(f"=SUM({letter}{_WEIGHT}:{letter}{end})", value) if j else "合计"
        book.put(sheet, end, j, cell, kind, bold=True, bottom=0)
    sheet.data_validation(_WEIGHT - 1, 2, end - 1, 2, _between(0, 1000))
    sheet.data_validation(_WEIGHT - 1, 3, end - 1, 3, _between(0, 1))


def _between(low: float, high: float) -> dict[str, object]:
    message = {"error_title": "取值", "error_message": f"请填 {low:g} 到 {high:g} 之间的数；不知道就留空。"}
    return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high, **message}


def _diagnosis_sheet(book: _Book, diagnosis: Diagnosis) -> None:
    table = _diagnosis_table(diagnosis)
    sheet = book.table("诊断", table, paper=8)
    colours = {Presence.STRONG: "#9DC3E6", Presence.ADEQUATE: "#DDEBF7", Presence.WEAK: "#FFE699", Presence.MISSING: "#F4B183"}
    end = max(len(table[1]), 1)
    for presence, colour in {**colours, Presence.UNKNOWN: "#D9D9D9"}.items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{MARKS[presence]} {label(presence)}"'}
        sheet.conditional_format(1, 3, end, 3, {**rule, "format": book.book.add_format({"bg_color": colour})})
    for constraint in Constraint:
        rule = {"type": "cell", "criteria": "==", "value": f'"{label(constraint)}"'}
        sheet.conditional_format(1, 8, end, 8, {**rule, "format": book.book.add_format({"bold": True, "font_color": "#9C0006"})})


def _evidence_sheet(book: _Book, ordered: Sequence[Recommendation], weights: Sequence[_Weight], origins: pd.DataFrame) -> None:
    """One row per target and signal: what was found when the file was written, and what it counts under the present weights."""
    names = "base_rank name segment_name signal value weight_share points text origin_id publisher url licence retrieved_on"
    kinds = {"base_rank": "count", "value": "value", "weight_share": "share", "points": "score", "retrieved_on": "date"}
    widest = {"name": 32, "segment_name": 18, "text": 60, "origin_id": 22, "publisher": 22, "url": 36, "licence": 24}
    columns = [_Column(label(n), widest.get(n, 14), kinds.get(n, "text")) for n in names.split()]
    known, rows = origins.set_index("origin_id"), list[list[_Cell]]()
    total, line = sum(w.weight for w in weights), {w.signal: n for n, w in enumerate(weights, _WEIGHT)}
    for rank, t in enumerate(ordered, 1):
        for r in t.reasons:
            n = len(rows) + 2
            share: _Cell = r.weight / total if total > 0 else 0.0
            points: _Cell = r.points
            if r.signal in line:
                share = _Formula(f"='权重'!$F${line[r.signal]}", share)
                points = _Formula(f"=100*F{n}*IF(ISNUMBER(E{n}),E{n},'权重'!$D${line[r.signal]})", points)
            where = [_cell(known, r.origin_id, c) for c in ("publisher", "url", "licence", "retrieved_on")]
            rows.append([rank, t.name, t.segment_name, label(r.signal), r.value, share, points, r.text, r.origin_id, *where])
    sheet = book.table("证据", (columns, rows), fixed=4, paper=8)
    sheet.conditional_format(1, 4, max(len(rows), 1), 4, {"type": "blanks", "format": book.book.add_format(_HATCH)})
