"""The server's parts: each jar is the known one, or one line says which is not and what to do; without Java or Maven too."""

import pytest
from neo4j_fixture import path_without

from chaingraph import ChaingraphError
from chaingraph.stores import artifacts
from chaingraph.stores.server import Server


@pytest.fixture(scope="module")
def fetched():
    """The parts of the machine's own cache, fetched if they are not there."""
    return artifacts.jars()


@pytest.fixture
def place(fetched, tmp_path, monkeypatch):
    """A cache of the test's own, with the same jars by link."""
    monkeypatch.setenv("CHAINGRAPH_CACHE", str(tmp_path / "cache"))
    folder = artifacts.cache()
    folder.mkdir(parents=True)
    for jar in fetched.glob("*.jar"):
        (folder / jar.name).symlink_to(jar)
    return folder


def one_line(error):
    text = str(error.value)
    assert "\n" not in text
    return text


def test_the_jars_that_were_fetched_are_those_of_the_list(place):
    assert artifacts.jars() == place
    assert len(list(place.glob("*.jar"))) == len(artifacts.SUMS.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("changed", "neo4j-5.26.25.jar has another SHA-256"),
        ("missing", "neo4j-5.26.25.jar is missing"),
        ("unknown", "neo4j-plus.jar is not in neo4j-5.26.25.sha256"),
    ],
)
def test_a_jar_that_is_not_the_known_one_is_named_with_the_remedy(place, damage, said):
    jar = place / f"neo4j-{artifacts.VERSION}.jar"
    if damage == "unknown":
        (place / "neo4j-plus.jar").write_bytes(b"PK")
    else:
        content = jar.read_bytes()
        jar.unlink()
        if damage == "changed":
            jar.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ChaingraphError, match="Remove that folder, and it is fetched anew") as error:
        artifacts.jars()
    assert said in one_line(error)


def test_a_jar_for_another_kind_of_machine_may_be_absent_or_more(place):
    native = next(jar for jar in place.glob("*.jar") if any(kind in jar.name for kind in artifacts.NATIVE))
    native.rename(native.with_name(native.name.replace("-linux-", "-osx-")))
    assert artifacts.jars() == place


@pytest.mark.parametrize(("program", "what"), [("mvn", "Maven"), ("java", "Java 17")])
def test_without_java_or_maven_the_remedy_is_to_install_it_or_docker(tmp_path, monkeypatch, program, what):
    monkeypatch.setenv("CHAINGRAPH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", path_without(tmp_path / "bin", program))
    with pytest.raises(
        ChaingraphError, match=f"needs {what}, and there is no `{program}`: install it, or run `docker run"
    ) as error:
        Server(tmp_path / "home").start(1) if program == "java" else artifacts.jars()
    one_line(error)
    assert not list(tmp_path.glob("cache/neo4j-*"))


def test_maven_that_cannot_fetch_leaves_nothing_and_is_quoted_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINGRAPH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", path_without(tmp_path / "bin", "mvn"))
    maven = tmp_path / "bin" / "mvn"
    maven.write_text("#!/bin/sh\necho '[ERROR] Could not transfer artifact: no route'\necho '[ERROR] more'\nexit 1\n")
    maven.chmod(0o755)
    with pytest.raises(
        ChaingraphError, match="with Maven: Could not transfer artifact: no route Try again online, or run `docker"
    ) as error:
        artifacts.jars()
    one_line(error)
    assert [p.name for p in (tmp_path / "cache").iterdir() if not p.name.startswith(".")] == []


def test_a_cache_that_cannot_be_kept_says_where_else(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("CHAINGRAPH_CACHE", str(tmp_path / "file"))
    with pytest.raises(ChaingraphError, match="Name another folder in CHAINGRAPH_CACHE") as error:
        artifacts.jars()
    one_line(error)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
