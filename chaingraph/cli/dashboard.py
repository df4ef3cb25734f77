"""The command `chaingraph dashboard`."""

from __future__ import annotations

from typing import Annotated

import typer

from chaingraph.cli.options import (
    DATA,
    STORE,
    WORKSPACE,
    DataOpt,
    LangOpt,
    StoreOpt,
    WeightsOpt,
    WithOpt,
    WorkspaceOpt,
    fresh_store,
    own_weights,
)


def dashboard(
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Port; the first free one from 8501 without.")
    ] = None,
    host: Annotated[
        str, typer.Option("--host", help="Address to serve at; another than this machine's own needs an account.")
    ] = "127.0.0.1",
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser, where there is a display.")] = True,
    weights: WeightsOpt = None,
    lang: LangOpt = "zh",
    data: DataOpt = DATA,
    store: StoreOpt = STORE,
    workspace: WorkspaceOpt = WORKSPACE,
    also: WithOpt = None,
) -> None:
    """Serve the dashboard on this machine until Ctrl-C: the pages a chain team works with."""
    from chaingraph.cli.serve import serve  # noqa: PLC0415

    own_weights(weights)  # a fault in the file shows here, not on a page
    kept = fresh_store(data, store, also)
    serve(host, port, show=show, lang=lang, store=kept, workspace=workspace, weights=weights)
