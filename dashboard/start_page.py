"""The start page, changed on its way out: where its server is, in which language it is, and who may frame it."""

from __future__ import annotations

import os

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEAD = b"""<head><script>window.__streamlit = { BACKEND_BASE_URL: window.location.origin + "/" }</script>"""
"""Streamlit looks for its server under the page's own path first, which is not there: say where it is."""


class StartPage:
    """Puts into the start page where its server is and in which language it is, and lets no other site frame it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; a page of HTML is changed on its way out."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        plain = [(k, v) for k, v in scope["headers"] if k not in (b"accept-encoding", b"if-none-match", b"if-modified-since")]
        held: list[Message] = []
        body = bytearray()

        async def changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                held.append(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    await _sent(held[0], bytes(body), send)

        await self.app({**scope, "headers": plain}, receive, changed)


async def _sent(start: Message, body: bytes, send: Send) -> None:
    headers = MutableHeaders(raw=start["headers"])
    if headers.get("content-type", "").startswith("text/html"):
        language = b"en" if os.environ.get("CHAINGRAPH_LANG") == "en" else b"zh-CN"
        body = body.replace(b"<head>", HEAD, 1).replace(b'<html lang="en">', b'<html lang="' + language + b'">', 1)
        body = body.replace(b"<title>Streamlit</title>", b"<title>chaingraph</title>", 1)
        headers["content-length"] = str(len(body))
        headers["x-frame-options"] = "SAMEORIGIN"
        headers["referrer-policy"] = "same-origin"
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
