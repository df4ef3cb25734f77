"""Serving the dashboard: at which address, and under which conditions."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from pathlib import Path

from chaingraph.accounts import Accounts
from chaingraph.errors import ChaingraphError
from chaingraph.stores import Address

APP = Path(__file__).resolve().parents[2] / "dashboard" / "server.py"
FIRST_PORT, PORTS = 8501, 20


def serve(
    host: str, port: int | None, *, show: bool, lang: str, store: Path | Address, workspace: Path, weights: str | None = None
) -> None:
    """Serve the dashboard until it is stopped. Other machines are served only when there is an account to log in with.

    ChaingraphError: no account for a host that others reach, a port in use, or no dashboard beside the package.
    """
    if not APP.is_file():
        raise ChaingraphError(f"no dashboard at '{APP}': run it from a checkout of the project")
    if not is_loopback(host) and not Accounts(workspace).has_users():
        raise ChaingraphError(f"serving at {host} lets others in: make an account first, with `chaingraph user add NAME`")
    chosen = free_port(host, port)
    settings = {
        "server.address": host,
        "server.port": str(chosen),
        "server.headless": str(not (show and has_display())).lower(),
        "server.showEmailPrompt": "false",
        "browser.serverAddress": host,
        "browser.gatherUsageStats": "false",
        # It warns that results are kept in memory when they are made before the first visitor comes.
        "logger.level": "error",
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    own = {
        "CHAINGRAPH_STORE": str(store.resolve() if isinstance(store, Path) else store),
        "CHAINGRAPH_WORKSPACE": str(workspace.resolve()),
        "CHAINGRAPH_LANG": lang,
        # A name of a shipped profile stays one; the server runs in another folder than the file was named in.
        "CHAINGRAPH_WEIGHTS": str(Path(weights).resolve()) if weights and Path(weights).is_file() else weights or "",
    }
    print(f"http://{host}:{chosen}", flush=True)
    print("Ctrl-C ends it", file=sys.stderr, flush=True)
    # In the place of this process: what checked the data need not stay in memory while the server runs.
    os.chdir(APP.parents[1])
    os.execve(sys.executable, [sys.executable, "-m", "streamlit", "run", str(APP), *options], {**os.environ, **own})  # noqa: S606


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError as error:
        raise ChaingraphError(f"'{host}' is no address: give one such as 127.0.0.1, or 0.0.0.0 for all") from error


def free_port(host: str, wanted: int | None, first: int | None = None) -> int:
    """Return the port wanted, or the first free one from `first` (`FIRST_PORT` without); a port in use is refused by name."""
    first = first or FIRST_PORT
    for port in [wanted] if wanted else range(first, first + PORTS):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if wanted:
                    raise ChaingraphError(
                        f"port {wanted} at {host} cannot be used: {error.strerror}. Choose another with --port."
                    ) from error
            else:
                return port
    raise ChaingraphError(f"no free port from {first} to {first + PORTS - 1} at {host}: give one with --port")


def has_display() -> bool:
    """Tell whether there is a screen on which a browser could open."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
