"""What stands against building a plant of a segment at all: rules of the state, whatever the firm and the region."""

from __future__ import annotations

from dataclasses import dataclass

from chaingraph.model import Siting
from chaingraph.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Rule:
    """The objection, and the points by which places on a chain's list go to other segments first; 0: only to be prepared."""

    text: Phrase
    cost: float = 0.0


RULES = {
    Siting.CAPACITY_SWAP: Rule(
        Phrase(
            "产能须等量或减量置换，难以新布点：宜谈加工、配送、研发",
            "Capacity must be swapped for old: talk of processing, not of a new mill",
        ),
        10.0,
    ),
    Siting.CHEAP_POWER: Rule(
        Phrase(
            "冶炼看电价和能耗指标，多在西部：宜谈下游加工", "Smelting goes where power is cheap: talk of processing further down"
        ),
        10.0,
    ),
    Siting.STATE_APPROVAL: Rule(
        Phrase(
            "新建须列入国家规划或经核准，非企业自定：宜谈配套和研发",
            "A new plant needs the state's plan or approval: talk of suppliers and research",
        ),
        6.0,
    ),
    Siting.CHEMICAL_PARK: Rule(
        Phrase(
            "须进认定的化工园区：先核实本地园区能否承接",
            "It must go to a recognised chemical park: first check whether one here can take it",
        )
    ),
}
"""How each kind of siting speaks against a target; the rules themselves are named in docs/methods.md §6."""
