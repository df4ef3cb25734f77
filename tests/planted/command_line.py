"""The command line under test: within this process, which is quick, or as a process of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from chaingraph.cli import main

Done = subprocess.CompletedProcess[str]


def surroundings(env: dict[str, str]) -> dict[str, str]:
    """The environment of a command: wide output, and what the test sets."""
    return {**os.environ, "PYTHONUTF8": "1", "COLUMNS": "200", **env}


def run(*words: object, cwd: Path | None = None, **env: str) -> Done:
    """Run a command within this process, with its own folder, environment and streams."""
    called = ["chaingraph", *map(str, words)]
    out, talk, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.object(sys, "argv", called),
        mock.patch.dict(os.environ, surroundings(env), clear=True),
        contextlib.chdir(cwd or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(talk),
    ):
        try:
            main()
        except SystemExit as stopped:
            code = stopped.code if isinstance(stopped.code, int) else int(stopped.code is not None)
    return subprocess.CompletedProcess(called, code, out.getvalue(), talk.getvalue())


def run_process(*words: object, cwd: Path | None = None, **env: str) -> Done:
    """Run a command as a person does: a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "chaingraph", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=surroundings(env),
    )
