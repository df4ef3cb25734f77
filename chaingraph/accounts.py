"""Accounts of the dashboard: who may write, and who is logged in. Of a password only a salted scrypt hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import secrets
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

from chaingraph.errors import ChaingraphError, did_you_mean, nearest
from chaingraph.phrases import Phrase
from chaingraph.workspace import WorkspaceFile

SHORTEST, LONGEST = 8, 256
"""Characters of a password."""

FREE_TRIES = 5
"""Failures within `WINDOW` after which a name has to wait."""

WINDOW = 600.0
"""Seconds after the first failure, or after the end of a wait, for which failures are remembered."""

FIRST_WAIT, LONGEST_WAIT = 30.0, 3600.0
"""Seconds of the first wait, which doubles with every further failure, and of the longest."""

_CJK = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_NAME = re.compile(rf"[A-Za-z0-9{_CJK}][A-Za-z0-9._\-{_CJK}]{{1,31}}")

_SCHEMA = """
CREATE TABLE users (name TEXT PRIMARY KEY COLLATE NOCASE, salt BLOB NOT NULL, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE sessions (token_digest BLOB PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, ends_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE tries (name TEXT PRIMARY KEY COLLATE NOCASE, failures INTEGER NOT NULL, blocked_until REAL NOT NULL,
                    forgotten_at REAL NOT NULL) WITHOUT ROWID;
"""


class TooManyTriesError(ChaingraphError):
    """A name whose password was given wrong too often; `wait_s` are the seconds until the next try is heard."""

    def __init__(self, name: str, wait_s: float) -> None:
        self.wait_s = wait_s
        zh, en = _duration(wait_s)
        super().__init__(
            Phrase(f"“{name}”的密码错误次数过多，请在{zh}后再试。", f"too many wrong passwords for '{name}': try again in {en}.")
        )


class Accounts:
    """The accounts of one workspace, in its `accounts.sqlite`. Names differ by more than the case of their letters.

    `now` tells the time in seconds since 1970.
    """

    def __init__(self, folder: Path, *, now: Callable[[], float] = time.time) -> None:
        self._file = WorkspaceFile(folder / "accounts.sqlite", _SCHEMA)
        self._now = now

    # -- accounts ------------------------------------------------------------------------------------------------

    def add_user(self, name: str, password: str) -> None:
        """Make an account. ChaingraphError: a name or password against the rules, or a name that is taken."""
        name = _normal(name)
        if not _NAME.fullmatch(name):
            zh = f"用户名“{name[:40]}”不合要求：请用 2–32 个汉字、字母、数字或 . _ -，并以汉字、字母或数字开头。"
            en = f"'{name[:40]}' is no user name: take 2 to 32 Chinese characters, letters, digits or . _ -, the first no sign."
            raise ChaingraphError(Phrase(zh, en))
        if fault := _weakness(name, password):
            raise ChaingraphError(fault)
        salt = secrets.token_bytes(16)
        row = (name, salt, _digest(password, salt))
        with self._file.writing() as connection:
            if not connection.execute("INSERT INTO users VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row).rowcount:
                zh = f"用户名“{name}”已被使用：请换一个，或先用 chaingraph user remove 删除。"
                en = f"the user name '{name}' is taken: choose another, or remove it first with `chaingraph user remove`."
                raise ChaingraphError(Phrase(zh, en))

    def remove_user(self, name: str) -> None:
        """Remove an account and end its sessions; what it keeps elsewhere stays. ChaingraphError: no such account."""
        name = _normal(name)
        with self._file.writing() as connection:
            if not connection.execute("DELETE FROM users WHERE name = ?", (name,)).rowcount:
                raise _unknown(name, self.users())
            connection.execute("DELETE FROM sessions WHERE name = ?", (name,))
            connection.execute("DELETE FROM tries WHERE name = ?", (name,))

    def users(self) -> tuple[str, ...]:
        """Return the names of all accounts in order."""
        with self._file.reading() as connection:
            return tuple(sorted(name for (name,) in connection.execute("SELECT name FROM users")))

    def has_users(self) -> bool:
        """Return whether there is any account."""
        return bool(self.users())

    def verify(self, name: str, password: str) -> bool:
        """Return whether the password is this account's; an unknown name takes as long as a wrong password.

        TooManyTriesError: after `FREE_TRIES` failures a name, known or not, is not heard for `FIRST_WAIT` seconds, doubled by each
        further failure up to `LONGEST_WAIT`. A right password clears what was remembered.
        """
        name = _normal(name)
        user = self._try(name) if _NAME.fullmatch(name) else None
        salt, kept = user or (bytes(16), bytes(32))
        is_right = hmac.compare_digest(_digest(password, salt), kept) and user is not None
        if is_right:
            with self._file.writing() as connection:
                connection.execute("DELETE FROM tries WHERE name = ?", (name,))
        return is_right

    def _try(self, name: str) -> tuple[bytes, bytes] | None:
        """Count a try as failed before it is judged, so that many at once are many; return salt and digest of a known name."""
        now = self._now()
        with self._file.writing() as connection:
            connection.execute("DELETE FROM tries WHERE forgotten_at <= ?", (now,))
            seen = connection.execute(
                "SELECT failures, blocked_until, forgotten_at FROM tries WHERE name = ?", (name,)
            ).fetchone()
            failures, blocked_until, forgotten_at = seen or (0, 0.0, now + WINDOW)
            if blocked_until > now:
                raise TooManyTriesError(name, blocked_until - now)
            failures += 1
            if failures >= FREE_TRIES:
                blocked_until = now + min(FIRST_WAIT * 2.0 ** min(failures - FREE_TRIES, 64), LONGEST_WAIT)
                forgotten_at = blocked_until + WINDOW
            row = (name, failures, blocked_until, forgotten_at)
            connection.execute("INSERT OR REPLACE INTO tries VALUES (?, ?, ?, ?)", row)
            found: tuple[bytes, bytes] | None = connection.execute(
                "SELECT salt, digest FROM users WHERE name = ?", (name,)
            ).fetchone()
            return found

    # -- sessions ------------------------------------------------------------------------------------------------

    def open_session(self, name: str, hours: float = 12.0) -> str:
        """Log an account in for some hours and return its token, of which only the SHA-256 is kept.

        Sessions that have run out are removed. ChaingraphError: no such account, or hours that are none.
        """
        name, now = _normal(name), self._now()
        if not (math.isfinite(hours) and hours > 0):
            zh, en = f"登录时长须为正的小时数，不能是 {hours}。", f"a session lasts a positive number of hours, not {hours}."
            raise ChaingraphError(Phrase(zh, en))
        token = secrets.token_urlsafe(32)
        with self._file.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE ends_at <= ?", (now,))
            row = (_token_digest(token), now + 3600 * hours, name)
            known = "INSERT INTO sessions (token_digest, ends_at, name) SELECT ?, ?, name FROM users WHERE name = ?"
            if not connection.execute(known, row).rowcount:
                raise _unknown(name, self.users())
        return token

    def session_user(self, token: str) -> str | None:
        """Return who is logged in with a token, or None when it is unknown or has run out."""
        query = "SELECT name FROM sessions WHERE token_digest = ? AND ends_at > ?"
        with self._file.reading() as connection:
            found = connection.execute(query, (_token_digest(token), self._now())).fetchone()
        return str(found[0]) if found else None

    def close_session(self, token: str) -> None:
        """Log a token out; one that is unknown is logged out already."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE token_digest = ?", (_token_digest(token),))


def _normal(name: str) -> str:
    """A name as it is kept: 全角 letters that an input method gives are the plain ones."""
    return unicodedata.normalize("NFKC", name).strip()


def _digest(password: str, salt: bytes) -> bytes:
    text = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=2**14, r=8, p=1, dklen=32)


def _token_digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _weakness(name: str, password: str) -> Phrase | None:
    if not SHORTEST <= len(password) <= LONGEST:
        zh = f"密码须为 {SHORTEST}–{LONGEST} 个字符，现为 {len(password)} 个。"
        return Phrase(zh, f"a password has {SHORTEST} to {LONGEST} characters, this one {len(password)}.")
    if _normal(password).casefold() == name.casefold():
        return Phrase("密码不能与用户名相同：请另选。", "the password is the user name: choose another.")
    return None


def _unknown(name: str, users: tuple[str, ...]) -> ChaingraphError:
    near = nearest(name, users)
    zh = f"没有用户“{name[:40]}”。" + (f"是否指 {'、'.join(near)}？" if near else "请用 chaingraph user list 查看。")
    return ChaingraphError(Phrase(zh, f"no user '{name[:40]}'. {did_you_mean(near) or '`chaingraph user list` shows all.'}"))


def _duration(seconds: float) -> tuple[str, str]:
    """A wait in both languages, rounded up: the next try must not come too early."""
    if seconds <= 60:
        count = max(1, math.ceil(seconds))
        return f" {count} 秒", f"{count} second{'s' if count > 1 else ''}"
    count = math.ceil(seconds / 60)
    return f" {count} 分钟", f"{count} minutes"
