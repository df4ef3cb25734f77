"""A picture or block of HTML in which things can be clicked or reached by keyboard: what was picked comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    css, js = ((HERE / f"figure.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return st.components.v2.component(
        "figure", html='<div class="cg"></div><div class="cg-tip" aria-hidden="true"></div>', css=css, js=js
    )


def figure(html: str, key: str, *, least: int = 0, on_pick: Callable[[str], None] | None = None) -> str:
    """Show SVG or HTML of our own making; return the `data-id` of what was just picked, "" when nothing was.

    `on_pick` is called with it before the page runs again. `least`: width in pixels below which the block scrolls instead of
    shrinking. Everything in `html` that comes from data must be escaped already.
    """

    def picked() -> None:
        found = st.session_state[key].picked
        if on_pick and found:
            on_pick(str(found))

    data = {"html": html, "mark": hashlib.sha1(html.encode(), usedforsecurity=False).hexdigest(), "least": f"{least}px"}
    shown = _component()(data=data, key=key, on_picked_change=picked)
    return str(shown.picked or "")
