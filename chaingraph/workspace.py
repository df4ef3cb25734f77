"""The workspace: a folder of SQLite files with what a team keeps. Private to its owner, safe to write from several processes."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from chaingraph.errors import ChaingraphError
from chaingraph.phrases import Phrase

PATIENCE = 30.0
"""Seconds for which a write waits for other writers."""

_FAULTS: dict[str, tuple[str, str]] = {
    "SQLITE_BUSY": ("正被其他程序占用，请稍后再试", "another program has it open: try again later"),
    "SQLITE_NOTADB": ("文件已损坏，请从备份恢复，或移走后重新开始", "it is damaged: restore it, or move it away and begin anew"),
    "SQLITE_CORRUPT": ("文件已损坏，请从备份恢复，或移走后重新开始", "it is damaged: restore it, or move it away and begin anew"),
    "SQLITE_READONLY": ("没有写入权限，请检查该文件夹的权限", "it cannot be written: look at the rights of its folder"),
    "SQLITE_CANTOPEN": ("无法打开，请检查该文件夹的权限", "it cannot be opened: look at the rights of its folder"),
    "SQLITE_PERM": ("无法打开，请检查该文件夹的权限", "it cannot be opened: look at the rights of its folder"),
    "SQLITE_FULL": ("磁盘已满，请清理后再试", "the disk is full: make room and try again"),
    "SQLITE_IOERR": ("磁盘读写出错，请检查磁盘", "the disk fails: look at it"),
}
"""SQLite's primary result codes that a person can do something about, with what to do."""


@dataclass(frozen=True)
class WorkspaceFile:
    """One SQLite file of the workspace: write-ahead log, mode 0600, every change a transaction that is kept whole or not at all.

    `schema` makes the tables of a new file. A file that is not there yet reads as an empty one and is made by the first write.
    """

    path: Path
    schema: str

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open a view of one moment; writers do not disturb it. ChaingraphError: a file that cannot be used."""
        with self._told():
            if self.path.exists():
                with closing(self._opened()) as connection:
                    connection.execute("BEGIN")
                    yield connection
            else:
                with closing(sqlite3.connect(":memory:")) as connection:
                    connection.executescript(self.schema)
                    yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction, one at a time among all processes; committed at the end, undone by any exception."""
        with self._told():
            if not self.path.exists():
                self._create()
            with closing(self._opened()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()

    def _opened(self) -> sqlite3.Connection:
        if os.name == "posix" and self.path.stat().st_mode & 0o077:
            self.path.chmod(0o600)
        # Mode rw: a file that has vanished meanwhile must not come back empty and readable by others.
        connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=rw", uri=True, timeout=PATIENCE, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _create(self) -> None:
        """Make the file beside its place and link it there complete, so that of two makers the second finds the first's."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        os.close(handle)
        draft = Path(name)
        try:
            with closing(sqlite3.connect(draft)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(self.schema)
            with suppress(FileExistsError):
                self.path.hardlink_to(draft)
        finally:
            draft.unlink(missing_ok=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what a person can mend in words; a fault of the program stays as it is."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)
            name = next((n for n in _FAULTS if code is not None and code & 0xFF == getattr(sqlite3, n)), None)
            if name is None:
                raise
            zh, en = _FAULTS[name]
            raise ChaingraphError(Phrase(f"“{self.path}”无法使用：{zh}。", f"'{self.path}' cannot be used: {en}.")) from error
        except OSError as error:
            why = error.strerror or str(error)
            zh, en = (
                f"“{self.path}”无法使用：{why}。请检查该文件夹。",
                f"'{self.path}' cannot be used: {why}. Look at its folder.",
            )
            raise ChaingraphError(Phrase(zh, en)) from error


def owner_name(owner: str) -> str:
    """Return whose a kept thing is, exactly as given: no two names may become one. Nobody, or no text, raises."""
    try:
        owner.encode()
    except UnicodeEncodeError:
        owner = ""
    if not owner:
        raise ChaingraphError(Phrase("没有登录用户：请先登录，再保存。", "nobody is logged in: log in first, then save."))
    return owner


def plain_text(text: str) -> str:
    r"""Return a text that every file format can hold: without control, format and half characters, but for line breaks and tabs.

    >>> plain_text("备注\x00\x1b[31m\ud800")
    '备注[31m'
    """
    if text.isprintable():
        return text.strip()
    lost = ("Cc", "Cf", "Cs")
    return "".join(c for c in text if c in "\n\t" or not (unicodedata.category(c) in lost or c in "\ufffe\uffff")).strip()
