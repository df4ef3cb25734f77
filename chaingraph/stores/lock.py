"""One writer at a time in a folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LOCK = ".lock"


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
