"""What is read of a source in another format: chains in our words, the firms that it names, and its loss report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pypinyin import lazy_pinyin

from chaingraph.model import SegmentKind, Stage
from ingest.chains import ForeignChain
from ingest.foreign.losses import Losses

NAMED_LEADING: Literal["gk"] = "gk"
"""Evidence of a leading firm that a source from elsewhere names: no page and no disclosure of the firm's own was read."""

_SERVICE = re.compile("服务|贸易|金融|保险|物流|运输|咨询|培训|教育|研究|设计|平台|软件|运营|维护|检测|认证|渠道|零售|销售|营销")
_MARKET = re.compile("应用|市场|用户|终端消费")
_PLAIN = re.compile("[a-z0-9]+")


@dataclass(frozen=True)
class NamedFirm:
    """A firm that a source names in a segment; `stock_code` is empty and `is_leading` false where it does not say so."""

    segment_id: str
    name: str
    stock_code: str = ""
    is_leading: bool = False


@dataclass(frozen=True)
class Reading:
    """The chains and firms of a source, and what was lost of it; firms are placed among known companies later."""

    format: str
    files: tuple[str, ...]
    chains: tuple[ForeignChain, ...]
    firms: tuple[NamedFirm, ...] = ()
    losses: Losses = field(default_factory=Losses)


def files_of(path: Path) -> list[Path]:
    """Return a file itself, or the files of a folder by name."""
    return [path] if path.is_file() else sorted(p for p in path.iterdir() if p.is_file())


def slug(name: str, prefix: str = "") -> str:
    """Return an identifier of small letters, digits and hyphens: Latin as it is, Chinese as pinyin; empty without either.

    >>> slug("射频芯片 (RF)"), slug("semi_silicon_wafer")
    ('she-pin-xin-pian-rf', 'semi-silicon-wafer')
    """
    return "-".join([*([prefix] if prefix else []), *_PLAIN.findall(" ".join(lazy_pinyin(name, errors=_apart)).lower())])


def _apart(text: str) -> str:
    """Keep what is not Chinese as it stands."""
    return text


def slugs(names: Iterable[str], prefix: str = "", otherwise: str = "segment") -> list[str]:
    """Return one identifier for each name, in order, all different: the second of one spelling ends in -2, and so on."""
    seen: Counter[str] = Counter()
    out: list[str] = []
    for name in names:
        base = slug(name, prefix) or otherwise
        seen[base] += 1
        own = base if seen[base] == 1 else f"{base}-{seen[base]}"
        while own in out:
            seen[base] += 1
            own = f"{base}-{seen[base]}"
        out.append(own)
    return out


def kind_of(stage: Stage, titles: Sequence[str]) -> SegmentKind:
    """Return the kind of a segment by the words of its titles, its own last: no source of these formats states it.

    Downstream under a title that speaks of applications or a market: a market. Where its own or its group's title names a
    service, research, trade or software: a service. Anything else is made.
    """
    if stage is Stage.DOWNSTREAM and any(_MARKET.search(title) for title in titles):
        return SegmentKind.MARKET
    return SegmentKind.SERVICE if any(_SERVICE.search(title) for title in titles[-2:]) else SegmentKind.MAKING
