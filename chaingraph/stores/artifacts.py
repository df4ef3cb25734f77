"""The parts of a Neo4j server: which Maven artifacts, fetched once into a folder of the user's cache and compared with their known hashes.

Neo4j Community 5.26 LTS is a program of its own (GPLv3): it is fetched and run beside this one, never shipped with it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from chaingraph.errors import ChaingraphError
from chaingraph.stores.lock import alone

VERSION = "5.26.25"
ARTIFACTS = ("org.neo4j.app:neo4j-server", "org.neo4j:neo4j", "org.neo4j:neo4j-bolt")
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
SUMS = Path(__file__).with_name(f"neo4j-{VERSION}.sha256")
DOCKER = "docker run -p 127.0.0.1:7687:7687 -e NEO4J_AUTH=neo4j/YOUR-PASSWORD neo4j:5.26"
"""How to have a server without Java and Maven."""

DRAFT = ".fetching-"
NATIVE = ("-linux-", "-osx-", "-windows-")
"""In the names of jars with code for one kind of machine: another kind may go without them, or bring its own."""


def cache() -> Path:
    """Return the folder in which the parts are kept: below `CHAINGRAPH_CACHE`, or ~/.cache/chaingraph."""
    return Path(os.environ.get("CHAINGRAPH_CACHE") or Path.home() / ".cache" / "chaingraph").absolute() / f"neo4j-{VERSION}"


def jars() -> Path:
    """Return the folder of the server's jars, fetched the first time; every jar is the one it is known to be.

    Takes 10 to 40 seconds and 118 MB the first time. ChaingraphError: no Maven, no network, or a jar other than the known one.
    """
    place = cache()
    try:
        with alone(place.parent):
            for stale in place.parent.glob(f"{DRAFT}*"):
                shutil.rmtree(stale)
            if not place.is_dir():
                _fetch(place)
            elif found := unlike(place):
                raise ChaingraphError(f"damaged Neo4j in '{place}': {found}. Remove that folder, and it is fetched anew.")
    except OSError as error:
        remedy = "Name another folder in CHAINGRAPH_CACHE."
        raise ChaingraphError(f"cannot keep Neo4j in '{place}': {error.strerror or error}. {remedy}") from error
    return place


def java() -> str:
    """Return the path of Java; ChaingraphError without one."""
    return _program("java", "Java 17")


def archive(java: str) -> Path:
    """Return where the server's classes are kept as this Java has loaded them, 120 MB by which a start takes half the time.

    The first server that is stopped leaves them (JEP 350); until then there is no such file.
    """
    said = subprocess.run([java, "-version"], capture_output=True, check=False).stderr  # noqa: S603 (a path of our own)
    return cache() / f"classes-{hashlib.sha256(said).hexdigest()[:12]}.jsa"


def unlike(place: Path) -> str:
    """Say in what a folder of jars is not as it must be, empty when it is: the first jar that is missing, changed or unknown."""
    known = {name: digest for digest, name in (line.split() for line in SUMS.read_text(encoding="utf-8").splitlines())}
    there = {path.name: path for path in place.glob("*.jar")}
    for name in sorted(known.keys() | there.keys()):
        if name in known and name in there:
            with there[name].open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != known[name]:
                    return f"{name} has another SHA-256 than {SUMS.name} says"
        elif not any(kind in name for kind in NATIVE):
            return f"{name} is missing" if name in known else f"{name} is not in {SUMS.name}"
    return ""


def _fetch(place: Path) -> None:
    maven = _program("mvn", "Maven")
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=place.parent))
    pom, lib = draft / "pom.xml", draft / "lib"
    pom.write_text(_pom(), encoding="utf-8")
    command = [maven, "-q", "-B", "-f", str(pom), COPY, f"-DoutputDirectory={lib}", "-DincludeScope=runtime"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 (our own words)
    if done.returncode:
        said = next((line for line in done.stdout.splitlines() if line.startswith("[ERROR]")), "no word of why")
        why = said.removeprefix("[ERROR]").strip()
        raise ChaingraphError(f"cannot fetch Neo4j {VERSION} with Maven: {why} Try again online, or run `{DOCKER}`.")
    if found := unlike(lib):
        raise ChaingraphError(f"Neo4j {VERSION} as fetched is not the known one: {found}. Ask who runs your Maven mirror.")
    lib.rename(place)
    shutil.rmtree(draft)


def _pom() -> str:
    needs = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{VERSION}</version></dependency>"
        for group, name in (artifact.split(":") for artifact in ARTIFACTS)
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>chaingraph</groupId>'
        f"<artifactId>neo4j</artifactId><version>{VERSION}</version><packaging>pom</packaging>"
        f"<dependencies>{needs}</dependencies></project>"
    )


def _program(name: str, what: str) -> str:
    found = shutil.which(name)
    if not found:
        raise ChaingraphError(
            f"a Neo4j server of one's own needs {what}, and there is no `{name}`: install it, or run `{DOCKER}`."
        )
    return found
