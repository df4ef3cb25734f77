"""Which company a registered name belongs to, as far as names can say: 阳光照明(江西)有限公司 is not 浙江阳光照明电器集团股份有限公司, but of it."""

from collections.abc import Sequence

from ingest.name_index import NameIndex
from ingest.names import CompanyName
from ingest.trade_names import commonness

LEAST_SHARED = 4
"""Characters that two names must begin with alike, without their places, to be of one house; three when they are a rare trade name."""


def parent_of(alias: CompanyName, rows: Sequence[int], index: NameIndex) -> int | None:
    """The one company among `rows` that a registered name seems to be a subsidiary of; None where none or several are.

    A company on its shares (股份) or a group whose name without the place begins as this one does, in at least `LEAST_SHARED`
    characters or in its whole trade name of three that few bear, and that names another place or says more.
    """
    stem = _stem(alias)
    found = []
    for row in rows:
        if stem[:2] not in index.normal[row]:
            continue
        other = index.reading(row).parts
        if other.is_branch or not ("股份" in other.legal_form or "集团" in other.normal):
            continue
        shared = _shared(stem, _stem(other))
        by_name = shared >= LEAST_SHARED or (shared == 3 == len(other.trade_name) and commonness(other.trade_name) == 0)
        if by_name and (_places(alias) != _places(other) or len(stem) > shared):
            found.append(row)
    return found[0] if len(found) == 1 else None


def _stem(name: CompanyName) -> str:
    trade, industry = name.trade_name, name.industry
    return industry if trade in name.place else trade + industry


def _places(name: CompanyName) -> tuple[str, str]:
    return name.place, name.branch_place


def _shared(one: str, other: str) -> int:
    """Characters that both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
