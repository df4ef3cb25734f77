"""The dashboard as a web application: Streamlit's own, with logging in and a start page that asks its own server only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread

import streamlit as st
from starlette.middleware import Middleware

from dashboard import results
from dashboard.login import ROUTES
from dashboard.start_page import StartPage


@asynccontextmanager
async def prepared(app: st.App) -> AsyncIterator[None]:
    """Begin to warm up as soon as the server runs; nobody waits for it."""
    Thread(target=results.warm_up, name="warm-up", daemon=True).start()
    yield


app = st.App(Path(__file__).resolve().parents[1] / "app.py", lifespan=prepared, routes=ROUTES, middleware=[Middleware(StartPage)])
