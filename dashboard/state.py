"""What a reader has chosen, kept in the session and in the address: a page can be sent to a colleague."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal, NoReturn

import streamlit as st

from chaingraph.errors import ChaingraphError
from chaingraph.labels import LANGUAGES
from chaingraph.phrases import said

KEPT = (
    *("region", "chain", "segment", "link", "view", "show", "firm", "landing", "compare", "lists", "origin", "near", "known"),
    *("mover", "profile", "weights", "order", "level", "own", "list", "measure", "lang"),
)
"""Everything that makes a page what it is, in the order of the address; of a user's own list only a number, which tells others nothing."""

LONGEST = 400
"""Characters of one value of an address; longer ones were not made here."""


def start() -> None:
    """Take the choice from the address when the session begins, and when the reader has gone back or forward in it."""
    session, address = st.session_state, _sound(st.query_params.to_dict())
    # A quick hand is ahead of the address: the second key on a slider still comes with the address of the first.
    moved = address and address != session.get("published") and not session.get("chosen")
    if "kept" not in session or moved:
        session["kept"] = address


def kept(name: str, default: str = "") -> str:
    """Return what is chosen, or the default."""
    return str(st.session_state["kept"].get(name, default))


def keep(**chosen: str) -> None:
    """Choose; an empty text takes a choice back. A new region or chain ends what was chosen within the old one."""
    st.session_state["chosen"] = True
    own: dict[str, str] = st.session_state["kept"]
    if "region" in chosen or "chain" in chosen:
        for name in ("segment", "link", "firm", "landing", "compare"):
            own.pop(name, None)
    if "region" in chosen:
        for name in ("own", "list"):
            own.pop(name, None)
    for name, value in chosen.items():
        if value:
            own[name] = value
        else:
            own.pop(name, None)


def publish() -> None:
    """Put the choice into the address when it is not there yet."""
    wanted = address()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    st.session_state["published"], st.session_state["chosen"] = wanted, False


def again() -> NoReturn:
    """Run the page anew with what is chosen now: a run begins from the address, so the choice goes there first."""
    publish()
    st.rerun()


def address(**other: str) -> dict[str, str]:
    """Return the parameters of the address, with some chosen otherwise."""
    own = {**st.session_state["kept"], **other}
    return {name: own[name] for name in KEPT if own.get(name)}


def language() -> Literal["zh", "en"]:
    """Return the reader's language."""
    return "en" if kept("lang", default_language()) == "en" else "zh"


def default_language() -> str:
    """Return the language a page has when its address names none."""
    return "en" if os.environ.get("CHAINGRAPH_LANG") == "en" else "zh"


def say(zh: str, en: str) -> str:
    """Return the words of the reader's language."""
    return en if language() == "en" else zh


def told(error: ChaingraphError) -> str:
    """Return what an error says in the reader's language."""
    return said(str(error) if not error.args else error.args[0], language())


def scheme() -> Literal["light", "dark"]:
    """Return whether the reader's browser shows light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


def bound(widget: Any, name: str, label: str, options: Mapping[str, str], *, default: str = "", **more: Any) -> str:
    """Show a widget for one of several options (id → words) whose value is kept; one that is no option counts as the default."""
    current = kept(name, default)
    if current not in options:
        current = default if default in options else next(iter(options), "")
    key = f"_{name}"
    if st.session_state.get(key) != current:
        st.session_state[key] = current
    widget(label, list(options), format_func=dict(options).__getitem__, key=key, on_change=_take, args=(name, default), **more)
    return current


def bound_many(name: str, label: str, options: Mapping[str, str], **more: Any) -> tuple[str, ...]:
    """Show a choice of any number of options (id → words) whose value is kept, joined by commas."""
    current = [v for v in kept(name).split(",") if v in options]
    key = f"_{name}"
    if st.session_state.get(key) != current:
        st.session_state[key] = current
    st.multiselect(label, list(options), format_func=dict(options).__getitem__, key=key, on_change=_take, args=(name, ""), **more)
    return tuple(current)


def _take(name: str, default: str) -> None:
    """Keep what a widget holds; the default needs no place in the address."""
    value = st.session_state[f"_{name}"]
    text = ",".join(value) if isinstance(value, list | tuple) else str(value or "")
    keep(**{name: "" if text == default else text})


def _sound(given: Mapping[str, str]) -> dict[str, str]:
    """Return the known parameters of an address, without what nobody could have chosen."""
    sound = {name: given[name] for name in KEPT if given.get(name) and len(given[name]) <= LONGEST}
    if sound.get("lang") not in LANGUAGES:
        sound.pop("lang", None)
    return sound
