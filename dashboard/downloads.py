"""Files to take along: the picture, the report, the workbook of what is on screen. Each is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from chaingraph.drawing.raster import to_png
from chaingraph.report import report_docx
from dashboard import results
from dashboard.header import chain_name, region_name
from dashboard.state import language, say

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REPORTED = 50
"""Targets of which a report knows; it shows the first of them."""


def picture_buttons(draw: Callable[[], str], name: str, key: str = "picture") -> None:
    """Offer a picture as SVG and as PNG."""
    with st.container(horizontal=True, key=f"{key}-buttons"):
        st.download_button("SVG", lambda: draw().encode(), f"{name}.svg", "image/svg+xml", key=f"{key}-svg", on_click="ignore")
        st.download_button("PNG", lambda: to_png(draw()), f"{name}.png", "image/png", key=f"{key}-png", on_click="ignore")


def report_button(region: str, chain: str) -> None:
    """Offer the document for the meeting."""
    graph, lang = results.graph(), language()
    city, name = region_name(graph, region), chain_name(graph, chain)

    # What a button makes is made outside the page's run: everything that belongs to the run is looked up here.
    found, d = results.ranking(region, chain, top=REPORTED, argued=True), results.diagnosis(region, chain)

    def made() -> bytes:
        weights, origins = found.weights.to_pandas(), graph.tables["origins"]
        return report_docx(graph, d, found.targets, found.excluded, weights, origins, today=date.today(), lang=lang)

    st.download_button(
        say("研判报告（Word）", "Report (Word)"),
        made,
        say(f"{city}-{name}-招商研判报告.docx", f"{city}-{name}-report.docx"),
        DOCX,
        key="report",
        on_click="ignore",
        help=say(
            "带到会上的文件：图谱、现状、制约、路线图、目标企业、数据与局限。",
            "The document for the meeting: picture, status, constraints, roadmap, targets, data and limits.",
        ),
    )
