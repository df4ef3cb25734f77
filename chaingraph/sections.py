"""What a result says to people, in Chinese: sections of words and tables, and their Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from chaingraph.diagnosis import Diagnosis
from chaingraph.errors import ChaingraphError
from chaingraph.labels import label
from chaingraph.model import Action, Constraint, Presence, SegmentKind
from chaingraph.palette import MARKS
from chaingraph.recommendation import Exclusion, Recommendation


@dataclass(frozen=True)
class Formula:
    """A live cell: the formula, and the value it has when the file is written."""

    text: str
    value: Cell


@dataclass(frozen=True)
class Column:
    """A column shown to people: title, greatest width in half-width characters, kind of cell (a key of `KINDS`)."""

    title: str
    widest: int = 12
    kind: str = "text"


@dataclass(frozen=True)
class Weight:
    """A row of the weights: what a signal counts, and the value it is taken for when it is not known."""

    signal: str
    weight: float
    when_unknown: float
    reason: str


Cell = str | float | date | Formula | None
Table = tuple[list[Column], list[list[Cell]]]
Section = tuple[str, list[tuple[str, str]]]

KINDS: dict[str, tuple[str, str]] = {
    "text": ("General", ""),
    "count": ("0", ".0f"),
    "score": ("0.0", ".1f"),
    "value": ("0.00", ".2f"),
    "input": ("0.00##", ".4g"),
    "share": ("0%", ".0%"),
    "chance": ("0.00%", ".2%"),
    "lead": ("+0.0;-0.0;0.0", "+.1f"),
    "moved": ('"↑"0;"↓"0;"–"', "+.0f"),
    "date": ("yyyy-mm-dd", "%Y-%m-%d"),
}
"""Kind of cell → (number format in a workbook, format in Markdown)."""


def read_weights(frame: pd.DataFrame) -> list[Weight]:
    """Return the weights of a frame with signal, weight, when_unknown, reason."""
    columns = (frame[c] for c in ("signal", "weight", "when_unknown", "reason"))
    return [Weight(str(s), float(w), float(u), str(r)) for s, w, u, r in zip(*columns, strict=True)]


def weighed(target: Recommendation, weights: Sequence[Weight]) -> tuple[float, float]:
    """Return (score, coverage) as the workbook calculates them from its cells."""
    known = {r.signal: r.value for r in target.reasons if r.value is not None}
    total = sum(w.weight for w in weights)
    if not total > 0:
        return 0.0, 0.0
    score = 100 * sum(w.weight * known.get(w.signal, w.when_unknown) for w in weights) / total
    return round(score, 10), sum(w.weight for w in weights if w.signal in known) / total


def in_order(targets: Sequence[Recommendation], weights: Sequence[Weight]) -> list[Recommendation]:
    """Return the targets as they stand on the list. Refuses weights with which the cells would contradict the targets' own scores."""
    for t in targets:
        score, coverage = weighed(t, weights)
        if not (abs(score - t.score) < 1e-6 and abs(coverage - t.coverage) < 1e-6):
            raise ChaingraphError(
                f"{t.name}: by its reasons score {t.score:.4f} and coverage {t.coverage:.4f}, by the weights given {score:.4f}"
                f" and {coverage:.4f}. Give the weights that the targets were scored with."
            )
    return sorted(targets, key=lambda t: t.rank)


def places_by_score(targets: Sequence[Recommendation]) -> list[int]:
    """Return the place of each target by score alone, from 1; of equal scores the one before comes first."""
    order = sorted(range(len(targets)), key=lambda i: -round(targets[i].score, 10))
    return [order.index(i) + 1 for i in range(len(targets))]


def preface(
    diagnosis: Diagnosis,
    today: date | None,
    targets: Sequence[Recommendation] | None = None,
    excluded: Sequence[Exclusion] = (),
    weights: Sequence[Weight] = (),
    *,
    live: bool = False,
) -> list[Section]:
    """Return facts, how to read them and what is not known; `live` explains the sheets that recalculate."""
    low, high = (f"{share:.0%}" for share in diagnosis.completeness)
    facts = [
        ("日期", today.isoformat() if today else ""),
        ("数据版本", diagnosis.version),
        ("链条状态", label(diagnosis.chain_state)),
        ("链条完整度", low if low == high else f"{low}–{high}（下限只计看得见的环节，上限把不详的环节也计入）"),
        ("数据覆盖", diagnosis.coverage_text),
    ]
    reading = [("诊断", "按区位熵的区间下限评级，不按点估计；「待核」的对策以不详的环节为前提，先核实再行动。")]
    blank = [s.name_zh for s in diagnosis.segments if s.presence is Presence.UNKNOWN and s.kind is not SegmentKind.MARKET]
    unknown = [("不详的环节", "、".join(blank) or "没有")]
    if targets is not None:
        why = Counter(label(e.reason) for e in excluded)
        facts += [
            ("目标企业", f"{len({t.company_id for t in targets})} 家，共 {len(targets)} 条（一家企业可适合多个环节）"),
            ("未入选", f"{len(excluded)} 条" + ("：" if why else "") + "、".join(f"{k} {n}" for k, n in why.most_common())),
        ]
        reading += [
            ("排名", "得分之外还看两点：能打通更多环节的缺口优先，同一环节第二家起逐家靠后；新建受国家规则限制的环节靠后。"),
            ("得分", "0–100，等于各信号「权重占比 × 证据值」之和 × 100。"),
            ("覆盖度", "已知信号占总权重的比例。未知不是零：按「未知时取值」计分，并降低覆盖度。"),
        ]
        meant = {
            "probability": (
                "概率",
                "得分相近的企业，五年内来到一座同样规模城市的比例。改了权重，它只作参考：它是按原权重的得分校准的。",
            ),
            "stability": ("稳定度", "权重和证据重新抽取 200 次，企业仍在前 20 位的比例：低的名次，换一种看法就会变。"),
            "rank_range": ("名次范围", "未知情况全部好、全部坏时的名次；比名单多一位，就是退出名单。"),
            "mover": ("类型", "扩张型：已知在外地设过厂。首次外迁型：上市企业，资料未见其在外地设厂。空白：没有查过。"),
            "warm_path": ("引荐路径", "股权、集团关系有据；“可能的”客户和供应商只是本地相邻环节的企业，关系未核实。"),
        }
        reading += [text for name, text in meant.items() if name in target_columns(targets)]
        reading += live * [
            ("证据", "每一分的说明和出处。空白的证据格是未知。"),
            ("调整权重", "在「权重」改黄色格，得分、覆盖度、排名随即重算；「目标企业」的行不动，「按得分排序」的次序随之变动。"),
            ("补充证据", "问到了未知的情况，可在「目标企业」的空白证据格填 0–1。「证据」和理由文字是出表时的记录，不随之改变。"),
        ]
        holes = [(w, sum(not any(r.signal == w.signal and r.known for r in t.reasons) for t in targets)) for w in weights]
        text = "；".join(f"{label(w.signal)} {n} 条（按 {w.when_unknown:g} 计）" for w, n in holes if n)
        unknown += [
            ("未知的信号", text or "没有"),
            (
                "本表不含",
                "企业的投资意向、洽谈进展和其他未公开的信息；上市公司的规模、榜单和经营状况是 2020 年的，此后是否被 ST、重整，先查。",
            ),
        ]
    return [("概况", [f for f in facts if f[1]]), ("怎样读", reading), ("还不知道什么", unknown)]


def closing(diagnosis: Diagnosis) -> list[Section]:
    """Return the roadmap and the legend."""
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
        Presence.ADEQUATE: f"至少 {limits.few_companies} 家且区位熵下限不低于 {limits.adequate_from:g}，或下限不低于 {limits.strong_from:g}，或有代表企业",
        Presence.WEAK: "有企业，够不上具备",
        Presence.MISSING: f"未见企业，区位熵上限低于 {limits.missing_below:g}",
        Presence.UNKNOWN: "数据不足以断定有无，不等于没有",
    }
    words = {
        Constraint.BREAK: "本地环节离不开，而所示范围内没有生产者",
        Constraint.BOTTLENECK: "有，但生产者太少或过于集中",
        Constraint.CHOKEPOINT: "离不开、无可替代，判断为依赖进口",
        Action.ESTABLISH: "整条链尚未成形，从头建起",
        Action.FILL: "本地环节要用而缺的",
        Action.STRENGTHEN: "有而不强的",
        Action.EXTEND: "从已有环节继续延伸",
        Action.STABILIZE: "已有的稳住；受资源区位所限的在外地落实供应",
    }
    legend = [(f"{MARKS[p]} {label(p)}", text) for p, text in grades.items()] + [(label(w), text) for w, text in words.items()]
    return [("路线图：先招谁、再招谁", steps or [("", "没有要补的环节；其他对策见「诊断」。")]), ("图例", legend)]


def diagnosis_table(diagnosis: Diagnosis) -> Table:
    """Return one row per segment."""
    kinds = {"location_quotient": "value", "lq_low": "value", "lq_high": "value", "company_count": "count", "unlocks": "count"}
    widest = {"segment_name": 26, "because": 46, "constraint_text": 54}
    names = "segment_name stage segment_kind presence location_quotient lq_low lq_high company_count constraint constraint_area"
    columns = [
        Column(label(n), widest.get(n, 14), "share" if n == "keystone_gain" else kinds.get(n, "text"))
        for n in f"{names} action keystone_gain unlocks because constraint_text".split()
    ] + [Column(f"{m.label}（{m.unit}）", 16, "value") for m in diagnosis.metrics]
    rows: list[list[Cell]] = [
        [
            *(s.name_zh, label(s.stage), label(s.kind)),
            # A market is demand: it has no grade, and its unknown is not a hole in the data.
            "–" if s.kind is SegmentKind.MARKET else f"{MARKS[s.presence]} {label(s.presence)}",
            *(s.lq, s.lq_low, s.lq_high, s.company_count),
            *((label(s.findings[0].constraint), label(s.findings[0].area)) if s.findings else ("", "")),
            (label(s.action) + ("（待核）" if s.is_provisional else "")) if s.action else "",
            *(s.keystone_gain, s.unlocks, s.because, "\n".join(f.text for f in s.findings)),
            *(m.values[s.segment_id] for m in diagnosis.metrics),
        ]
        for s in diagnosis.segments
    ]
    return columns, rows


TARGET_COLUMNS = {
    "rank": ("count", 20),
    "name": ("text", 32),
    "company_id": ("text", 20),
    "seat": ("text", 16),
    "segment_name": ("text", 18),
    "score": ("score", 20),
    "coverage": ("share", 20),
    "probability": ("chance", 12),
    "stability": ("share", 10),
    "rank_range": ("text", 10),
    "mover": ("text", 12),
    "lists": ("text", 24),
    "strongest": ("text", 66),
    "against": ("text", 36),
    "rival_region": ("text", 30),
    "rival_lead": ("lead", 10),
    "phone_call": ("text", 40),
    "warm_path": ("text", 48),
    "package": ("text", 40),
    "alternatives": ("text", 30),
    "also_fits": ("text", 20),
    "not_known": ("text", 20),
}
"""Column of a list of targets → kind of cell, greatest width."""

_ARGUED = frozenset("probability stability rank_range mover rival_lead phone_call warm_path package alternatives".split())
"""Columns that are left out where nothing is in them."""


def target_columns(targets: Sequence[Recommendation]) -> list[str]:
    """Return the names of the columns of a list of targets: all that say something of at least one."""
    cells = [_target_cells(0, t) for t in targets]
    return [name for name in TARGET_COLUMNS if name not in _ARGUED or any(_says(row[name]) for row in cells)]


def targets_table(ordered: Sequence[Recommendation]) -> Table:
    """Return one row per target, numbered in the order given; columns are `target_columns`."""
    names = target_columns(ordered)
    columns = [Column(label(n), TARGET_COLUMNS[n][1], TARGET_COLUMNS[n][0]) for n in names]
    cells = (_target_cells(rank, t) for rank, t in enumerate(ordered, 1))
    return columns, [[row[n] for n in names] for row in cells]


def _target_cells(rank: int, t: Recommendation) -> dict[str, Cell]:
    return {
        "rank": rank,
        "name": t.name,
        "company_id": t.company_id,
        "seat": t.seat,
        "segment_name": t.segment_name,
        "score": t.score,
        "coverage": t.coverage,
        "probability": t.probability,
        "stability": t.stability,
        "rank_range": f"{t.rank_low}–{t.rank_high}" if t.rank_low else "",
        "mover": label(t.mover),
        "lists": "、".join(t.lists),
        "strongest": "\n".join(f"+{r.points:.1f} {r.text}" for r in t.strongest),
        "against": t.against,
        "rival_region": t.rival_text or t.rival_region,
        "rival_lead": t.rival_lead,
        "phone_call": t.phone_call,
        "warm_path": "\n".join(t.warm_path),
        "package": "\n".join(t.package),
        "alternatives": "、".join(t.alternatives),
        "also_fits": "、".join(t.also_fits),
        "not_known": "、".join(map(label, t.not_known)),
    }


def _says(cell: Cell) -> bool:
    return bool(cell) and cell == cell  # noqa: PLR0124 - NaN


def weights_table(weights: Sequence[Weight]) -> Table:
    """Return one row per signal, with its share of the weight."""
    total = sum(w.weight for w in weights)
    columns = [Column(label("signal"), 18), Column("名称", 14), Column(label("weight"), 10, "input")]
    columns += [Column(label("when_unknown"), 14, "input"), Column("为什么", 90), Column(label("weight_share"), 12, "share")]
    return columns, [
        [w.signal, label(w.signal), w.weight, w.when_unknown, w.reason, w.weight / total if total > 0 else 0.0] for w in weights
    ]


def excluded_table(excluded: Sequence[Exclusion]) -> Table:
    """Return one row per firm left out, with the reason."""
    columns = [Column(label("name"), 34), Column(label("company_id"), 16), Column(label("segment_id"), 30)]
    return [*columns, Column(label("reason"), 20), Column(label("text"), 80)], [
        [e.name, e.company_id, e.segment_id, label(e.reason), e.text] for e in excluded
    ]


def origins_table(targets: Sequence[Recommendation], origins: pd.DataFrame) -> Table:
    """Origins of the reasons, and in how many reasons each is used."""
    uses = Counter(r.origin_id for t in targets for r in t.reasons if r.origin_id)
    widest = {"origin_id": 30, "publisher": 34, "title": 44, "url": 44, "licence": 34, "definition": 70}
    columns = [Column(label(n), w) for n, w in widest.items()] + [Column(label("retrieved_on"), 14, "date")]
    known = origins.set_index("origin_id")
    rows = [[o, *(origin_cell(known, o, n) for n in [*list(widest)[1:], "retrieved_on"]), n] for o, n in sorted(uses.items())]
    return [*columns, Column("引用次数", 12, "count")], rows


def origin_cell(frame: pd.DataFrame, key: str, column: str) -> Cell:
    """Return what an origin (index of `frame`) says in a column; None when not known."""
    value = frame[column].get(key) if column in frame else None
    if value is None or pd.isna(value):
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else str(value)


def shown(cell: Cell, kind: str) -> str:
    """Return a cell as text, in the format of its kind."""
    if isinstance(cell, Formula):
        return shown(cell.value, kind)
    if cell is None or isinstance(cell, str):
        return cell or ""
    return "" if cell != cell else format(cell, KINDS[kind][1])  # noqa: PLR0124 - NaN


def markdown_table(table: Table) -> str:
    """Return a table as Markdown; no cell breaks it."""
    columns, rows = table
    texts = [[c.title for c in columns], ["---"] * len(columns)]
    texts += [[shown(cell, c.kind) for cell, c in zip(row, columns, strict=True)] for row in rows]
    return "\n".join(f"| {' | '.join(map(_escaped, row))} |" for row in texts) if rows else "（没有）"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\r", "").replace("\n", "<br>")


def bullets(section: Section) -> str:
    """Return a section as a Markdown list."""
    lines = [f"- **{_escaped(head)}**：{_escaped(text)}" if head else f"- {_escaped(text)}" for head, text in section[1]]
    return f"## {section[0]}\n\n" + "\n".join(lines)
