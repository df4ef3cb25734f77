"""`chaingraph` as a program that answers at once: one process has loaded it, and every call is a fork of that process.

What a page tells its reader to run is run as told, by a shell, with its own folder, environment and streams; only the two seconds in which
each call would load pandas and polars anew are saved. Where processes cannot be forked safely (other than Linux) a call loads all by itself.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import signal
import socket
import struct
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

LOADED = ("chaingraph", "ingest", "recommend")
DOOR = "door"
CALLER = """#!/bin/sh
'''exec' "{python}" -I -S "$0" "$@"
' '''
import json, os, socket, struct, sys
with socket.socket(socket.AF_UNIX) as door:
    door.connect({door!r})
    said = json.dumps([sys.argv, os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(door, [struct.pack("!I", len(said))], [0, 1, 2])
    door.sendall(said)
    answer = door.recv(1)
sys.exit(answer[0] if answer else 1)
"""
PLAIN = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
from chaingraph.cli import main
main()
"""


@contextlib.contextmanager
def program(path: Path) -> Iterator[None]:
    """Put a program `chaingraph` at a path, for as long as the context lasts; read by sh it calls Python, read by Python it is Python."""
    path.parent.mkdir(parents=True, exist_ok=True)
    forks = sys.platform == "linux"
    door = path.parent / DOOR
    path.write_text((CALLER if forks else PLAIN).format(python=sys.executable, door=str(door)), encoding="utf-8")
    path.chmod(0o755)
    if not forks:
        yield
        return
    own = {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([sys.executable, __file__, str(door)], stdout=subprocess.PIPE, env=own) as loaded:
        assert loaded.stdout is not None
        try:
            assert loaded.stdout.readline() == b"ready\n"
            yield
        finally:
            loaded.kill()


def answer(place: str) -> None:
    """Load everything, then answer calls at a place until killed."""
    for name in LOADED:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(place)
        door.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            caller, _ = door.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _run(caller)
            caller.close()


def _run(caller: socket.socket) -> NoReturn:
    """Do one call in this process, with the caller's words, folder, environment and streams, and tell its exit code."""
    head, streams, *_ = socket.recv_fds(caller, 4, 3)
    (length,) = struct.unpack("!I", head)
    said = b""
    while len(said) < length:
        said += caller.recv(length - len(said))
    words, folder, env = json.loads(said)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = words
    from chaingraph.cli import main

    code = 0
    try:
        main()
    except SystemExit as stopped:
        code = stopped.code if isinstance(stopped.code, int) else int(stopped.code is not None)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    caller.send(bytes([code & 255]))
    os._exit(0)


if __name__ == "__main__":
    answer(sys.argv[1])
