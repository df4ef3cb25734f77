"""A signal: a firm that listed lately has money to invest."""

from chaingraph.phrases import NOTHING, Phrase
from recommend.candidates import Candidate, Setting
from recommend.catalogue import DeclaredSignal
from recommend.signals import Signal

HALF_LIFE_YEARS = 5.0


def newly_listed(setting: Setting, candidate: Candidate) -> Signal | None:
    """Halved every five years since listing, to the day the source describes; not known of a firm that is not listed."""
    listed, origin = candidate.company["listed_on"], candidate.company["origin_id"]
    if listed is None:
        return None
    described = setting.graph.tables["origins"].set_index("origin_id")["published_on"][origin]
    years = max(0.0, (described - listed).days / 365.25)
    text = Phrase(f"上市 {years:.0f} 年", f"Listed for {years:.0f} years")
    return Signal(0.5 ** (years / HALF_LIFE_YEARS), text, NOTHING, origin)


NEWLY_LISTED = DeclaredSignal(
    newly_listed,
    label=Phrase("新近上市", "newly listed"),
    meaning=Phrase(
        "上市越近，募得的投资资金越可能还在", "the sooner after listing, the likelier is money raised still to be invested"
    ),
    weight=5,
    when_unknown=0.3,
    reason=Phrase("刚募得资金的企业更可能扩建", "a firm that has just raised money is likelier to build"),
)
