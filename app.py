"""The dashboard's pages and their navigation: `chaingraph dashboard`, or `streamlit run app.py`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from chaingraph.errors import ChaingraphError
from chaingraph.palette import PALETTES
from dashboard import results, state
from dashboard.header import head
from dashboard.state import say

PAGES = Path(__file__).parent / "dashboard" / "pages"
ICON = Path(__file__).parent / "dashboard" / "icon.svg"

st.set_page_config(page_title="chaingraph", page_icon=str(ICON), layout="wide")
state.start()
titles = {
    "overview": say("总览", "Overview"),
    "chain_map": say("产业链图谱", "Chain map"),
    "diagnosis": say("诊断", "Diagnosis"),
    "targets": say("目标企业", "Targets"),
    "region_map": say("招商地图", "Map"),
    "imports": say("数据导入", "Import"),
    "backtest": say("签约回测", "Back-test"),
    "data": say("数据与方法", "Data and methods"),
}
pages = [
    st.Page(PAGES / f"{name}.py", title=title, url_path=name.replace("_", "-"), default=name == "overview")
    for name, title in titles.items()
]
chosen = st.navigation(pages, position="top")
st.html(Path(__file__).parent / "dashboard" / "page.css")
st.html(f"<style>:root {{ --cg-muted: {PALETTES[state.scheme()].muted} }}</style>")
try:
    head(results.graph())
    if state.kept("region") or chosen.url_path in ("", "imports", "data"):
        chosen.run()
    else:
        st.title(chosen.title)
        st.info(say("先在上方选一座城市。", "First choose a city above."))
except ChaingraphError as error:
    st.error(state.told(error))
finally:
    state.publish()
