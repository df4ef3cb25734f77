"""One writer at a time in a folder, and what killed writers left beside a target."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LOCK = ".lock"
PART = ".part"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Make the folder and hold its write lock; whoever else wants to write waits, readers never do.

    The system frees the lock of a killed writer, so whatever draft a holder of the lock finds is an orphan.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def draft(target: Path) -> Iterator[Path]:
    """Make an empty folder beside a target, to be written in and gone at the end; those that killed writers of it left go as well.

    A writer holds its folder: whatever nobody holds is an orphan.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{glob.escape(target.name)}.*{PART}"):
        with suppress(OSError), _held(left, wait=False):
            shutil.rmtree(left)
    folder = target.with_name(f".{target.name}.{secrets.token_hex(6)}{PART}")
    folder.mkdir()
    try:
        with _held(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a folder; OSError where another does and one will not wait, or where folders cannot be held."""
    if sys.platform == "win32":
        if not wait:
            raise OSError
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)
