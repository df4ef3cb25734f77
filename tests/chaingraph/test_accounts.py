import hashlib
import math
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph import accounts as module
from chaingraph.accounts import FIRST_WAIT, FREE_TRIES, LONGEST_WAIT, WINDOW, Accounts, TooManyTriesError
from chaingraph.errors import ChaingraphError
from chaingraph.phrases import said

NAME, PASSWORD = "专班甲", "correct horse 42"
PROJECT = Path(__file__).resolve().parents[2]


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self):
        self.now = 1_900_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def accounts(tmp_path, clock):
    made = Accounts(tmp_path, now=clock)
    made.add_user(NAME, PASSWORD)
    return made


@pytest.fixture
def quick(monkeypatch):
    """A cheap hash, where what is tested is not the hash."""
    monkeypatch.setattr(module, "_digest", lambda password, salt: hashlib.sha256(salt + password.encode()).digest())


def fail(accounts, name=NAME, times=1):
    for _ in range(times):
        assert accounts.verify(name, "wrong password") is False


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_a_workspace_without_accounts_is_not_made_by_asking(tmp_path):
    none = Accounts(tmp_path / "workspace")
    assert (none.users(), none.has_users(), none.session_user("token")) == ((), False, None)
    assert not (tmp_path / "workspace").exists()


def test_only_the_right_password_of_a_known_user_is_right(accounts):
    assert accounts.verify(NAME, PASSWORD)
    for name, password in [(NAME, "Correct horse 42"), (NAME, ""), ("专班乙", PASSWORD), ("", PASSWORD), ("x" * 99, PASSWORD)]:
        assert accounts.verify(name, password) is False


def test_users_are_listed_and_removed(accounts):
    accounts.add_user("b.user-1", PASSWORD)
    assert accounts.users() == ("b.user-1", NAME)
    accounts.remove_user("B.USER-1")
    assert accounts.users() == (NAME,)
    assert accounts.verify("b.user-1", PASSWORD) is False
    with pytest.raises(ChaingraphError, match=f"没有用户“专班”。是否指 {NAME}"):
        accounts.remove_user("专班")


def test_a_name_is_one_account_however_it_is_typed(accounts):
    accounts.add_user("Anna", PASSWORD)
    for same in ("anna", "ＡＮＮＡ", " Anna "):
        with pytest.raises(ChaingraphError, match="已被使用"):
            accounts.add_user(same, PASSWORD)
        assert accounts.verify(same, PASSWORD)
    assert accounts.session_user(accounts.open_session("aNNa")) == "Anna"


@pytest.mark.parametrize("name", ["", "a", "a" * 33, "a b", "-ab", ".ab", "a/b", "a\nb", "a'; DROP TABLE users; --", "=1+1", "a\ud800", "专班\u202e甲"])  # fmt: skip
def test_a_name_against_the_rules_is_refused_with_the_rule(accounts, name):
    with pytest.raises(ChaingraphError, match="2–32") as told:
        accounts.add_user(name, PASSWORD)
    assert "2 to 32" in said(told.value.args[0], "en")
    assert accounts.users() == (NAME,)


@pytest.mark.parametrize("name", ["ab", "a" * 32, "专班", "𠮷野家", "0x", "台州.泵_电机-1"])
def test_a_name_within_the_rules_is_taken(accounts, name):
    accounts.add_user(name, PASSWORD)
    assert name in accounts.users()


@pytest.mark.parametrize(
    ("password", "told"), [("seven77", "8–256"), ("x" * 257, "8–256"), ("LongName", "相同"), ("ｌｏｎｇｎａｍｅ", "相同")]
)
def test_a_weak_password_is_refused(accounts, password, told):
    with pytest.raises(ChaingraphError, match=told):
        accounts.add_user("longname", password)
    assert accounts.users() == (NAME,)


@settings(max_examples=10)
@given(password=st.text(alphabet=st.characters(exclude_categories=()), min_size=8, max_size=40))
def test_any_password_that_is_long_enough_works(tmp_path_factory, password):
    made = Accounts(tmp_path_factory.mktemp("any"))
    made.add_user("somebody", password)
    assert made.verify("somebody", password)
    assert not made.verify("somebody", password + "x")


def test_neither_passwords_nor_tokens_are_in_the_files(accounts, tmp_path):
    token = accounts.open_session(NAME)
    fail(accounts)
    kept = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert NAME.encode() in kept
    for secret in (PASSWORD, "wrong password", token):
        assert secret.encode() not in kept
        assert secret.encode("utf-16-le") not in kept


def test_the_hash_is_scrypt_of_the_declared_cost_with_a_salt_of_its_own(accounts, monkeypatch):
    asked = []
    real = hashlib.scrypt
    monkeypatch.setattr(hashlib, "scrypt", lambda text, **cost: asked.append(cost) or real(text, **cost))
    accounts.add_user("second", PASSWORD)
    accounts.add_user("third", PASSWORD)
    assert all((c["n"], c["r"], c["p"], len(c["salt"])) == (2**14, 8, 1, 16) for c in asked)
    assert len({c["salt"] for c in asked}) == 2


def test_an_unknown_user_costs_as_much_as_a_wrong_password(accounts, monkeypatch):
    asked = []
    real = hashlib.scrypt
    monkeypatch.setattr(hashlib, "scrypt", lambda text, **cost: asked.append((cost["n"], cost["dklen"])) or real(text, **cost))
    for name in (NAME, "nobody", "no name at all!"):
        asked.clear()
        assert accounts.verify(name, "wrong password") is False
        assert asked == [(2**14, 32)]


# --- tries ------------------------------------------------------------------------------------------------------------


def test_after_five_failures_the_waits_grow_and_end(accounts, clock, quick):
    fail(accounts, times=FREE_TRIES)
    for n in range(12):
        wait = min(FIRST_WAIT * 2**n, LONGEST_WAIT)
        with pytest.raises(TooManyTriesError) as told:
            accounts.verify(NAME, PASSWORD)
        assert told.value.wait_s == wait
        clock.now += wait - 0.5
        with pytest.raises(TooManyTriesError, match="1 秒"):
            accounts.verify(NAME, PASSWORD)
        clock.now += 0.5
        fail(accounts)
    assert wait == LONGEST_WAIT


def test_the_wait_is_told_in_both_languages(accounts, clock, quick):
    fail(accounts, times=FREE_TRIES)
    with pytest.raises(TooManyTriesError, match=f"“{NAME}”.*请在 30 秒后再试") as told:
        accounts.verify(NAME, PASSWORD)
    assert said(told.value.args[0], "en").endswith("try again in 30 seconds.")
    clock.now += 30
    fail(accounts)
    clock.now += 60
    fail(accounts)
    with pytest.raises(TooManyTriesError, match="请在 2 分钟后再试"):
        accounts.verify(NAME, PASSWORD)


def test_the_right_password_clears_the_failures(tmp_path, clock, quick):
    accounts = Accounts(tmp_path, now=clock)
    accounts.add_user(NAME, PASSWORD)
    for _ in range(3):
        fail(accounts, times=FREE_TRIES - 1)
        assert accounts.verify(NAME, PASSWORD)
    fail(accounts, times=FREE_TRIES)
    clock.now += FIRST_WAIT
    assert accounts.verify(NAME, PASSWORD)
    fail(accounts, times=FREE_TRIES)


def test_failures_are_forgotten_after_the_window(accounts, clock, quick):
    for _ in range(3):
        fail(accounts, times=FREE_TRIES - 1)
        clock.now += WINDOW
    fail(accounts, times=FREE_TRIES)
    clock.now += FIRST_WAIT + WINDOW
    fail(accounts, times=FREE_TRIES)


def test_the_failures_of_one_name_do_not_hinder_another(tmp_path, clock, quick):
    accounts = Accounts(tmp_path, now=clock)
    accounts.add_user(NAME, PASSWORD)
    fail(accounts, "nobody", FREE_TRIES)
    with pytest.raises(TooManyTriesError):
        accounts.verify("NOBODY", PASSWORD)
    assert accounts.verify(NAME, PASSWORD)


def test_tries_at_the_same_time_are_counted_each(accounts):
    start, heard, refused = threading.Barrier(20), [], []

    def attempt():
        start.wait()
        try:
            heard.append(accounts.verify(NAME, "wrong password"))
        except TooManyTriesError as error:
            refused.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [False] * FREE_TRIES
    assert len(refused) == 20 - FREE_TRIES


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_a_session_lasts_its_hours(accounts, clock):
    token, short = accounts.open_session(NAME), accounts.open_session(NAME, hours=0.5)
    assert token != short
    assert accounts.session_user(token) == accounts.session_user(short) == NAME
    clock.now += 1800
    assert (accounts.session_user(short), accounts.session_user(token)) == (None, NAME)
    clock.now += 12 * 3600
    assert accounts.session_user(token) is None


def test_sessions_that_have_run_out_are_removed(accounts, clock, tmp_path):
    for _ in range(5):
        accounts.open_session(NAME, hours=1)
    clock.now += 3600
    accounts.open_session(NAME)
    with accounts._file.reading() as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (1,)


def test_a_closed_session_is_over_and_others_go_on(accounts):
    token, other = accounts.open_session(NAME), accounts.open_session(NAME)
    accounts.close_session(token)
    accounts.close_session(token)
    assert (accounts.session_user(token), accounts.session_user(other)) == (None, NAME)


def test_a_removed_user_is_logged_out_and_stays_so_when_the_name_is_made_anew(accounts):
    token = accounts.open_session(NAME)
    accounts.remove_user(NAME)
    assert accounts.session_user(token) is None
    accounts.add_user(NAME, "another password")
    assert accounts.session_user(token) is None


def test_no_session_for_nobody_nor_for_no_time(accounts):
    with pytest.raises(ChaingraphError, match="没有用户“专班乙”"):
        accounts.open_session("专班乙")
    for hours in (0, -1, math.nan, math.inf):
        with pytest.raises(ChaingraphError, match="正的小时数"):
            accounts.open_session(NAME, hours)


@pytest.mark.parametrize("token", ["", "\0", "\ud800", "' OR 1=1 --", "x" * 100_000])
def test_no_made_up_token_is_somebody(accounts, token):
    accounts.open_session(NAME)
    assert accounts.session_user(token) is None
    accounts.close_session(token)


# --- several processes ------------------------------------------------------------------------------------------------

ADDER = """
import sys
from pathlib import Path
from chaingraph.accounts import Accounts
accounts = Accounts(Path(sys.argv[1]))
for n in range(8):
    accounts.add_user(f"{sys.argv[2]}-{n}", "correct horse 42")
    accounts.open_session(f"{sys.argv[2]}-{n}")
"""


def test_two_processes_that_add_users_lose_none(tmp_path):
    folder = tmp_path / "workspace"
    runs = [subprocess.Popen([sys.executable, "-c", ADDER, str(folder), name], cwd=PROJECT) for name in ("one", "two")]
    assert [run.wait() for run in runs] == [0, 0]
    assert Accounts(folder).users() == tuple(f"{name}-{n}" for name in ("one", "two") for n in range(8))
