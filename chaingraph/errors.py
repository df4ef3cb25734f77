"""Problems with their remedies: what is wrong, where, what was expected and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from rapidfuzz import fuzz, process


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in the data: file, row or key, what was found, what was expected, what to do.

    `kind` is a stable identifier of the sort of fault (``broken-reference``, ``duplicate-key``, …) for programs to filter on.

    >>> print(cg.Problem("companies/ties.csv", "row 4", "missing-value", "nothing", "a company_id", "Fill it in."))
    companies/ties.csv · row 4: found nothing, expected a company_id. Fill it in.
    """

    file: str
    where: str
    kind: str
    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file} · {self.where}: found {self.found}, expected {self.expected}. {self.remedy}"

    def as_dict(self) -> dict[str, str]:
        """Return the problem as a plain mapping, in the order of its fields."""
        return asdict(self)


class ChaingraphError(Exception):
    """Base of every error a person can mend; the command line prints it without a traceback and exits 2.

    >>> cg.open("no-such-folder")
    Traceback (most recent call last):
    chaingraph.errors.ChaingraphError: nothing to open at 'no-such-folder': found no folder, expected a data folder or a store. Mend the path.
    """


class DataError(ChaingraphError):
    """All problems of all files that were read, at once: `problems`, in the order of files.

    >>> cg.DataError([cg.Problem("a.csv", "row 2", "missing-value", "nothing", "a name", "Fill it in.")]).problems[0].where
    'row 2'
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        head = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}"
        super().__init__("\n".join([head, *map(str, self.problems)]))


class UnknownNameError(ChaingraphError):
    """A region, chain, segment or company that the graph does not have, with the nearest names that it has.

    >>> graph.find_company("大元泵叶")
    Traceback (most recent call last):
    chaingraph.errors.UnknownNameError: no company '大元泵叶'. Did you mean '大元泵业' or '浙江大元泵业股份有限公司'?
    """

    def __init__(self, what: str, found: str, known: Iterable[str], hint: str = "") -> None:
        self.what, self.found = what, found
        self.suggestions = nearest(found, known)
        tail = f" {did_you_mean(self.suggestions)}" if self.suggestions else ""
        super().__init__(f"no {what} '{found}'.{tail}{' ' + hint if hint else ''}")


def nearest(found: str, known: Iterable[str], limit: int = 3, floor: float = 50.0) -> list[str]:
    """Return up to `limit` known words most like `found`: rapidfuzz weighted ratio, 0–100, at least `floor`.

    Words that fall 20 points behind the best are left out: beside a near miss they only distract.
    """
    hits = process.extract(found, list(dict.fromkeys(known)), scorer=fuzz.WRatio, limit=limit, score_cutoff=floor)
    return [word for word, score, _ in hits if score > hits[0][1] - 20]


def did_you_mean(suggestions: Sequence[str]) -> str:
    """Return the sentence that offers suggestions, or the empty string.

    >>> did_you_mean(["正极材料", "负极材料"])
    "Did you mean '正极材料' or '负极材料'?"
    """
    return f"Did you mean {' or '.join(repr(s) for s in suggestions)}?" if suggestions else ""
