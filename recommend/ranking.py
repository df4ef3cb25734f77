"""A list of targets: who is on it and why, who was left out, by which weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from chaingraph.errors import UnknownNameError
from chaingraph.export import targets_frame
from chaingraph.labels import label
from chaingraph.notebook import Html, block, listed, quiet, table, two_lines
from chaingraph.phrases import Phrase, counted, joined, said
from chaingraph.recommendation import Exclusion, Recommendation
from recommend.packages import Package
from recommend.weights import Weights


@dataclass(frozen=True)
class Ranking:
    """The targets of a region and chain, who was left out, and the weights that were used.

    `considered` counts the candidates that were scored; `packages` are firms of the list worth more together, those that open
    most first. A target is had by its place from 1, its company id or its name.

    >>> ranking = recommend.shortlist(graph, cg.diagnose(graph, "台州", "泵与电机"), top=3)
    >>> len(ranking), ranking[1] is ranking.targets[0]
    (3, True)
    """

    targets: tuple[Recommendation, ...]
    excluded: tuple[Exclusion, ...]
    weights: Weights
    considered: int
    packages: tuple[Package, ...] = ()

    def __len__(self) -> int:
        return len(self.targets)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.targets)

    def __getitem__(self, target: int | str) -> Recommendation:
        for t in self.targets:
            if target in (t.rank, t.company_id, str(t.name)):
                return t
        raise UnknownNameError("target", str(target), [str(t.name) for t in self.targets])

    def place_of(self, company_id: str) -> int | None:
        """Return the place of a company on the list, from 1; None when it is not on it."""
        return self._places.get(company_id)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {t.company_id: t.rank for t in self.targets}

    @property
    def odds(self) -> tuple[float, float] | None:
        """Log-odds of coming to this city at a score of 0, and what a point adds; None under weights without a chance."""
        chance, first = self.weights.chance, next(iter(self.targets), None)
        if chance is None or first is None:
            return None
        return math.log(first.probability / (1 - first.probability)) - chance.slope * first.score, chance.slope

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per target, best first: the frame that files have too.

        | Column | What it is |
        | --- | --- |
        | `rank` | place on the list, from 1 |
        | `company_id`, `name` | the firm |
        | `segment_id`, `segment_name` | what it is wanted for |
        | `region_code` | where it is wanted |
        | `seat` | where it sits, in Chinese |
        | `score` | sum of its reasons' points, in [0, 100] |
        | `coverage` | share of the weight whose signal is known, in [0, 1] |
        | `lists` | lists it is on, parted by ； |
        | `strongest`, `against` | the strongest reasons for and against it, in Chinese |
        | `rival_region`, `rival_text` | code of the city that would beat the region, and why; empty without one |
        | `rival_lead` | points by which that city is ahead, negative when it is behind, NaN without one |
        | `also_fits`, `not_known` | other segments it fits, signals not known; parted by ； |
        | `probability`, `probability_low`, `probability_high`, `chance_text` | that it comes within five years, with its 95 % interval and in words; NaN under weights without a chance |
        | `mover` | `expander`, `newcomer`, or empty where none of its plants is known and none was looked for |
        | `stability` | share of 200 lists drawn again that have it among the first 20, in [0, 1] |
        | `rank_low`, `rank_high` | best and worst place as what is not known of it turns out |
        | `phone_call`, `phone_call_signal` | the question whose answer moves its place most, and of which signal |
        | `warm_path`, `alternatives`, `package` | firms here that lead to it, next firms for the gap, firms it is worth more with; parted by ； |
        | a column per signal | its value in [0, 1], NaN where it is not known |
        """
        return targets_frame(self.targets)

    def to_html(self, lang: str = "zh") -> Html:
        """Return the list as a notebook shows it: for and against every target; `lang` is ``zh`` or ``en``."""
        heads = ["#", *(label(c, lang) for c in ("name", "segment_name", "score", "coverage", "reasons", "against"))]
        rows = [
            (
                str(t.rank),
                two_lines(said(t.name, lang), said(t.seat, lang)),
                said(t.segment_name, lang),
                f"{t.score:.1f}",
                f"{t.coverage:.0%}",
                "\n".join(f"+{r.points:.1f} {said(r.text, lang)}" for r in t.strongest),
                said(t.against, lang),
            )
            for t in self.targets
        ]
        why = Counter(e.reason for e in self.excluded).most_common()
        left = joined(Phrase(f"{label(reason)} {n}", f"{n} {label(reason, 'en')}") for reason, n in why)
        head = Phrase(
            f"目标企业：{self.considered} 个候选中的 {len(self)} 家",
            f"Targets: {counted(len(self), 'firm')} of {counted(self.considered, 'candidate')}",
        )
        out = Phrase(f"未入选 {len(self.excluded)}：", f"{len(self.excluded)} left out: ") + left if why else ""
        return block(
            said(head, lang),
            table(heads, rows, numbers=(heads[0], *heads[3:5])),
            listed(said(package.text, lang) for package in self.packages),
            quiet(said(out, lang)) if out else "",
        )

    def _repr_html_(self) -> str:
        return str(self.to_html())

    def __repr__(self) -> str:
        return f"<Ranking of {len(self)} targets: {self.considered} candidates scored, {len(self.excluded)} left out>"
