"""What a diagnosis rests on: the registrations, or a list of firms that the region's own office brought."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import streamlit as st

from chaingraph import ChainGraph
from chaingraph.errors import ChaingraphError
from chaingraph.own_firms import OwnFirms
from chaingraph.phrases import Phrase
from dashboard import account
from dashboard.login import workspace
from dashboard.state import bound, keep, kept, say
from ingest.imports import ImportEntry, Imports


@dataclass(frozen=True)
class Basis:
    """A kept list as it was at one moment, as one reader sees it: what was computed from it is known again by this."""

    reader: str
    owner: str
    region: str
    name: str
    saved_at: str

    def firms(self, graph: ChainGraph) -> OwnFirms:
        """Return the list as evidence. ChaingraphError: it is gone, or no longer shared with the reader."""
        lists = Imports(workspace())
        entry = next((e for e in lists.list(self.reader, self.region) if (e.owner, e.name) == (self.owner, self.name)), None)
        if entry is None:
            zh = f"名单“{self.name}”已删除，或不再共享。"
            raise ChaingraphError(Phrase(zh, f"the list '{self.name}' is removed, or no longer shared."))
        return lists.own_firms(self.reader, entry, graph)


def number(entry: ImportEntry) -> str:
    """Return the number of a list in an address: it tells nothing to who does not see the list."""
    return hashlib.sha256("\t".join((entry.owner, entry.region_code, entry.name)).encode()).hexdigest()[:12]


def of(entry: ImportEntry) -> Basis:
    """Return a list that who is logged in sees, as a basis."""
    return Basis(account.user() or "", entry.owner, entry.region_code, entry.name, entry.saved_at)


def seen(region: str | None = None) -> dict[str, ImportEntry]:
    """Return the lists that who is logged in sees, of one region or of all, by number; none for a guest."""
    name = account.user()
    return {number(e): e for e in Imports(workspace()).list(name, region)} if name else {}


def settle() -> bool:
    """Take the basis from the address for this run; return False when the address names a list that the reader does not see."""
    lists = seen(kept("region")) if kept("region") else {}
    entry = lists.get(kept("own"))
    st.session_state["basis"] = of(entry) if entry else None
    st.session_state["lists-here"] = lists
    if kept("own") and entry is None:
        keep(own="")
        return False
    return True


def chosen(region: str) -> Basis | None:
    """Return the list by which a region is diagnosed in this run, None for the registrations."""
    found: Basis | None = st.session_state.get("basis")
    return found if found and found.region == region else None


def choice() -> None:
    """Offer the lists of the region as evidence, in the head of every page; nothing where there is none."""
    lists: dict[str, ImportEntry] = st.session_state["lists-here"]
    if lists:
        words = {n: say(f"依据：自有名单“{e.name}”", f"By own list '{e.name}'") for n, e in lists.items()}
        bound(
            st.selectbox,
            "own",
            say("诊断依据", "Evidence"),
            {"": say("依据：登记数据", "By registrations"), **words},
            label_visibility="collapsed",
            width=270,
        )
