"""What is wrong with something a reader brought, as a page shows it: all at once, each with what to do about it."""

from __future__ import annotations

from html import escape

import streamlit as st

from chaingraph.errors import ChaingraphError, DataError
from chaingraph.phrases import said
from dashboard import blocks
from dashboard.figure import figure
from dashboard.sentences import literal
from dashboard.state import language, say, scheme, told

MOST = 50
"""Problems that are shown."""


def show(error: ChaingraphError, key: str) -> None:
    """Show an error; the problems of a file as a table."""
    if not isinstance(error, DataError):
        st.error(literal(told(error)))
        return
    lang, found = language(), error.problems
    if len(found) == 1:
        p = found[0]
        file, where, what, wanted, remedy = (literal(said(x, lang)) for x in (p.file, p.where, p.found, p.expected, p.remedy))
        st.error(
            say(f"{file} · {where}：{what}，应为{wanted}。{remedy}", f"{file} · {where}: {what}, expected {wanted}. {remedy}")
        )
        return
    more = say(f"，先列 {MOST} 个", f", the first {MOST} of them") if len(found) > MOST else ""
    st.error(say(f"有 {len(found)} 个问题，没有导入{more}：", f"{len(found)} problems, nothing was taken{more}:"))
    rows = [blocks.row([escape(said(x, lang)) for x in (p.where, p.found, p.expected, p.remedy)]) for p in found[:MOST]]
    head = (say("位置", "Where"), say("发现", "Found"), say("应为", "Expected"), say("怎么办", "What to do"))
    figure(blocks.root(scheme(), blocks.table(head, rows, say("问题", "Problems"))), key, least=640)
