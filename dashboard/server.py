"""The dashboard as a web application: Streamlit's own, with logging in and a start page that asks its own server only."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.login import ROUTES
from dashboard.start_page import StartPage

app = st.App(Path(__file__).resolve().parents[1] / "app.py", routes=ROUTES, middleware=[Middleware(StartPage)])
