import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph.errors import ChaingraphError
from chaingraph.workspace import WorkspaceFile, owner_name, plain_text

SCHEMA = "CREATE TABLE words (word TEXT PRIMARY KEY);"
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path):
    return WorkspaceFile(tmp_path / "new" / "words.sqlite", SCHEMA)


def words(file):
    with file.reading() as connection:
        return [word for (word,) in connection.execute("SELECT word FROM words ORDER BY word")]


def write(file, word):
    with file.writing() as connection:
        connection.execute("INSERT INTO words VALUES (?)", (word,))


def test_a_file_that_is_not_there_reads_as_empty_and_is_not_made(file):
    assert words(file) == []
    assert not file.path.parent.exists()


def test_what_is_written_is_read_and_seen_by_nobody_else(file):
    write(file, "词")
    assert words(file) == ["词"]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert [p.name for p in file.path.parent.iterdir()] == ["words.sqlite"]
    with sqlite3.connect(file.path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_the_log_beside_the_file_is_as_private_as_the_file(file):
    write(file, "a")
    with file.writing() as connection:
        connection.execute("INSERT INTO words VALUES ('b')")
        beside = {p.name: stat.S_IMODE(p.stat().st_mode) for p in file.path.parent.iterdir()}
    assert set(beside) > {"words.sqlite-wal"}
    assert set(beside.values()) == {0o600}


def test_a_file_that_others_may_read_is_closed_to_them(file):
    write(file, "a")
    file.path.chmod(0o644)
    assert words(file) == ["a"]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_an_exception_undoes_the_whole_transaction(file):
    write(file, "a")
    with pytest.raises(sqlite3.IntegrityError), file.writing() as connection:
        connection.executemany("INSERT INTO words VALUES (?)", [("b",), ("a",)])
    assert words(file) == ["a"]


def test_a_reader_is_not_disturbed_by_a_writer(file):
    write(file, "a")
    with file.reading() as connection:
        before = connection.execute("SELECT count(*) FROM words").fetchone()
        write(file, "b")
        assert connection.execute("SELECT count(*) FROM words").fetchone() == before
    assert words(file) == ["a", "b"]


def test_makers_at_the_same_time_make_one_file(file):
    start = threading.Barrier(8)

    def make(word):
        start.wait()
        write(file, word)

    threads = [threading.Thread(target=make, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert words(file) == [f"w{n}" for n in range(8)]
    assert [p.name for p in file.path.parent.iterdir()] == ["words.sqlite"]


WRITER = """
import sys
from pathlib import Path
from chaingraph.workspace import WorkspaceFile
file = WorkspaceFile(Path(sys.argv[1]), "CREATE TABLE words (word TEXT PRIMARY KEY);")
for n in range(60):
    with file.writing() as connection:
        connection.execute("INSERT INTO words VALUES (?)", (sys.argv[2] + str(n),))
"""


def test_writers_of_two_processes_lose_nothing_from_the_first_write_on(file):
    runs = [subprocess.Popen([sys.executable, "-c", WRITER, str(file.path), name], cwd=PROJECT) for name in "ab"]
    assert [run.wait() for run in runs] == [0, 0]
    assert words(file) == sorted(f"{name}{n}" for name in "ab" for n in range(60))


def test_a_damaged_file_is_told_with_what_to_do(file):
    file.path.parent.mkdir()
    file.path.write_bytes(b"no database at all" * 100)
    for act in (lambda: words(file), lambda: write(file, "a")):
        with pytest.raises(ChaingraphError, match=r"words\.sqlite”无法使用：文件已损坏") as told:
            act()
        assert "restore it" in told.value.args[0].en


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ChaingraphError, match="请检查该文件夹"):
        write(WorkspaceFile(tmp_path / "taken" / "words.sqlite", SCHEMA), "a")


def test_a_fault_of_the_program_is_not_dressed_up(file):
    with pytest.raises(sqlite3.OperationalError, match="no such table"), file.writing() as connection:
        connection.execute("INSERT INTO other VALUES (1)")
    write(file, "a")
    with pytest.raises(sqlite3.IntegrityError):
        write(file, "a")


def test_an_owner_is_taken_as_given_and_nobody_is_refused():
    assert owner_name(" 专班 ") == " 专班 "
    for nobody in ("", "\ud800"):
        with pytest.raises(ChaingraphError, match="请先登录"):
            owner_name(nobody)


def test_plain_text_keeps_words_and_lines_only():
    assert plain_text("备注\x00\x1b[31m\ud800") == "备注[31m"
    assert plain_text(" 一\n二\t三 ") == "一\n二\t三"
    assert plain_text("𠮷\ue000\U0002ebf0") == "𠮷\ue000\U0002ebf0"
    assert plain_text("\u202e=1+1\ufeff") == "=1+1"


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_plain_text_can_be_written_anywhere_and_does_not_change_again(text):
    plain = plain_text(text)
    assert plain.encode().decode() == plain
    assert plain_text(plain) == plain
    assert not set(plain) & {"\0", "\x1b", "\ufffe", "\r"}
