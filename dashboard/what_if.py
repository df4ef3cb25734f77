"""落地推演: which firm is taken to have come."""

from __future__ import annotations

import streamlit as st

from chaingraph.phrases import said
from dashboard import results
from dashboard.state import bound, kept, language, say

OFFERED = 40
"""Targets offered for the what-if, the first of the list."""


def landing_choice(region: str, chain: str) -> str:
    """Offer the first targets of a chain, and whoever is chosen already; return the company chosen, "" for none."""
    names = results.companies()
    words = {"": say("（不推演）", "(none)")}
    for t in results.ranking(region, chain).targets[:OFFERED]:
        words[t.company_id] = f"{names[t.company_id]} → {said(t.segment_name, language())}"
    chosen = kept("landing")
    if chosen:
        words.setdefault(chosen, names[chosen])
    return bound(st.selectbox, "landing", say("落地推演：假如这家企业来了", "What if this firm came"), words, width=340)
