"""A team's past signings held against the list it would have had: places, hit rates, what they tell, and what they cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from chaingraph.diagnosis import diagnose
from chaingraph.graph import ChainGraph
from chaingraph.labels import label
from chaingraph.phrases import Phrase
from chaingraph.signings import Likeness, Signing
from recommend.backtest.lists import BASELINES, ORDERINGS
from recommend.backtest.placing import PLACED, Placed, place_all
from recommend.backtest.rates import HEADLINE, MEASURES, HitRate, Lead, lead, rate, sentence
from recommend.candidates import Setting
from recommend.weights import Weights

NOT_PLACED = Phrase(
    "没有一个签约能排出名次，无从检验：去向见各签约。", "No signing has a place: nothing can be tested; each says why."
)
SURVIVORS = Phrase(
    "表里只有签成的：没来的、没请的都不在，命中率不是拜访的成功率。",
    "The list holds only those who signed: who was asked and did not come is not on it; a hit rate is no rate of success.",
)
LIMITS = (
    Phrase(
        "地区当时有什么，只看签约年份之前已经完整的时期（五年一期，到 2019 年）里的登记。",
        "What the region had then is seen from registrations of whole periods (of five years, to 2019) that ended before the year.",
    ),
    Phrase(
        "企业的收入、榜单、主营、环节和关联用今天的数据：后来壮大的企业因此占便宜，对“收入最大”也一样。",
        "Revenue, lists, business, segments and ties of firms are today's: firms that grew since gain by it, by largest revenue too.",
    ),
    Phrase(
        "已知基地没有日期：表中企业在本地的基地都当作还没有，其他企业的照今天算；当年以后成立的企业不算。",
        "Known plants have no date: those here of the listed firms are taken out, those of others stay; firms founded since are left out.",
    ),
    Phrase(
        "异地设厂数是合计：最近一次不早于签约年份的当作未知，来了的企业大多如此。这对本排序不利，与“异地设厂最多”也只能比其余的。",
        "Plants elsewhere are a total, not known where the latest is not earlier than the year, as of most firms that came: that "
        "weighs against this list, and leaves only the others to compare with most plants elsewhere by.",
    ),
    SURVIVORS,
)
"""What a back-test cannot know, said beside every result."""


@dataclass(frozen=True)
class Backtest:
    """What became of every signing, and how well the list would have foreseen those that can be placed.

    `signings`: one `Placed` per row of the list, in its order. `chain_id` is empty where each firm was sought on the lists of all
    chains it is in. `profile`: name of the weights; `is_fitted`: they were learned from arrivals, perhaps some of these.

    >>> from recommend.backtest import backtest
    >>> found = backtest(graph, [], "台州")
    >>> found.fates, found.headline.en
    ({}, 'No signing has a place: nothing can be tested; each says why.')
    """

    region_code: str
    region_name: Phrase
    chain_id: str
    chain_name: Phrase
    profile: str
    is_fitted: bool
    version: str
    signings: tuple[Placed, ...]

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """The signings that have a place."""
        return tuple(p for p in self.signings if p.fate == PLACED)

    @property
    def fates(self) -> dict[str, int]:
        """How many signings became what, the placed first; the numbers add up to the signings."""
        counts = Counter(p.fate for p in self.signings)
        return dict(sorted(counts.items(), key=lambda item: (item[0] != PLACED, -item[1], item[0])))

    @property
    def fates_text(self) -> Phrase:
        """Say what became of all signings: the numbers add up."""
        parts = [(label(fate), label(fate, "en"), n) for fate, n in self.fates.items()]
        zh, en = (" + ".join(f"{words[i]} {words[2]}" for words in parts) for i in (0, 1))
        guessed = sum(p.signing.likeness is Likeness.SUBSIDIARY for p in self.placed)
        text = Phrase(f"{len(self.signings)} 个签约 = {zh or 0}", f"{len(self.signings)} signings = {en or 0}")
        if not guessed:
            return text
        return text + Phrase(
            f"；其中 {guessed} 个按名称像是子公司，算到母公司",
            f"; {guessed} of those placed by the parent, as the name reads like a subsidiary's",
        )

    @cached_property
    def rates(self) -> tuple[HitRate, ...]:
        """The hit rates of every way of ordering."""
        return tuple(rate(self.placed, way, measure) for way in ORDERINGS for measure in MEASURES)

    @cached_property
    def leads(self) -> tuple[Lead, ...]:
        """By how much ours is ahead of every baseline, by every measure."""
        return tuple(lead(self.placed, over, measure) for over in BASELINES for measure in MEASURES)

    @property
    def sentences(self) -> tuple[Phrase, ...]:
        """What the signings tell by the measure that is judged: against every baseline, the strongest first."""
        if not self.placed:
            return (NOT_PLACED,)
        judged = [found for found in self.leads if found.measure == HEADLINE]
        judged.sort(key=lambda found: -found.theirs if found.signings else 1.0)
        return tuple(sentence(found, Phrase(label(found.over), label(found.over, "en"))) for found in judged)

    @property
    def headline(self) -> Phrase:
        """What the signings tell against the strongest baseline."""
        return self.sentences[0]

    @property
    def limits(self) -> tuple[Phrase, ...]:
        """What this back-test cannot know."""
        fitted = Phrase(
            "这套权重是从各地真实迁入学来的，其中可能就有本地这几个签约：结果会偏好。",
            "These weights were learned from arrivals, perhaps from some of these signings: the result may flatter them.",
        )
        best = Phrase(
            "没有指定产业链：每家企业取它所在各链里最好的名次，各种排法都一样，所以名次偏前。",
            "No chain was given: a firm has its best place over the chains it is in, by every way of ordering, so places are favourable.",
        )
        return (*LIMITS, *((fitted,) if self.is_fitted else ()), *(() if self.chain_id else (best,)))


def backtest(
    graph: ChainGraph,
    signings: Sequence[Signing],
    region: str,
    chain: str | None = None,
    weights: Weights | None = None,
    *,
    today: date | None = None,
    say: Callable[[str], object] = lambda _: None,
) -> Backtest:
    """Place every signing on the list its region would have had before that year, and hold the places against the baselines.

    The list: all candidates of the chain's segments, gaps or not, every firm once where it scores best, by score; without a
    chain, the best place over the lists of the chains the firm is in. `weights`: the shipped ones without. A signing dated after `today`
    is not placed. `say` hears of progress, year by year. ChaingraphError: a province, or a name that is not known.

    >>> from chaingraph.signings import Likeness, Signing
    >>> from recommend.backtest import backtest
    >>> signed = Signing("", 2, "大元泵业", "", "2018-03", "A-603757", Likeness.SAME, "")
    >>> found = backtest(graph, [signed], "温州", "泵与电机")
    >>> found.fates, found.placed[0].among > 100
    ({'placed': 1}, True)
    """
    place, used = graph.find_region(region), weights or Weights.load()
    asked = graph.find_chain(chain) if chain else None
    if graph.places.city_of(place.code) not in graph.places.cities:
        # Says why a province has no list, and which cities have.
        Setting(graph, diagnose(graph, place.code, asked or next(iter(graph.chains))))
    found = place_all(graph, signings, place.code, asked, used, today or date.today(), say)
    return Backtest(
        place.code,
        place.name,
        asked or "",
        graph.chains[asked] if asked else Phrase("全部产业链", "all chains"),
        used.name,
        any(w.source == "fitted" for w in used.of.values()),
        graph.version,
        tuple(found),
    )
