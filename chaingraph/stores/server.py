"""A Neo4j server of one's own, on this machine only: started, stopped, asked how it is."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import neo4j
from neo4j.exceptions import AuthError, ClientError

from chaingraph.errors import ChaingraphError
from chaingraph.stores import artifacts
from chaingraph.stores.address import LOOPBACK, PORT, Address
from chaingraph.stores.bulk import ARGUMENTS
from chaingraph.stores.connection import connected
from chaingraph.stores.lock import alone
from chaingraph.stores.neo4j import MARKER

USER = "neo4j"
UNCHANGED = "neo4j"
"""The password of a server that nobody has logged in to; all it may be used for is to change it."""

PATIENCE = 120.0
"""Seconds in which a server must have started, or stopped."""

TOOL = "org.neo4j.cli.AdminTool"
ENTRY = "org.neo4j.server.CommunityEntryPoint"
FOLDERS = ("conf", "data", "import", "logs", "plugins", "run")
JVM = (
    "-Xms256m",
    "-Xmx1g",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dfile.encoding=UTF-8",
    "-Dlog4j2.disable.jmx=true",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)
"""What bin/neo4j of the distribution would give to Java, but for the first four: a small machine and graph start in half the time
with one compiler and one collector, and load as fast."""


@dataclass(frozen=True)
class Status:
    """How a server is: `version` is that of Neo4j, empty when it does not answer to the password known here.

    `graphs`: name, data version and state (whole, or writing: being written or stopped in the middle) of each it holds.
    """

    home: Path
    pid: int
    uri: str
    version: str = ""
    graphs: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Server:
    """The server whose database, log and settings are below `home`; one at a time runs there, with authentication, at 127.0.0.1."""

    home: Path

    def start(self, port: int) -> Address:
        """Start at a port and return when it answers: some 5 seconds on two cores; longer the first time (`artifacts.jars`), and
        until the first server has been stopped (`artifacts.archive`).

        ChaingraphError: it is running already, the port is in use, there is no Java, or what its log says last.
        """
        java, jars = artifacts.java(), artifacts.jars()
        try:
            with alone(self._home):
                self.must_not_run()
                _must_be_free(port)
                password = self._password()
                self._settle(port)
                words = ["-cp", f"{jars}/*", ENTRY, *self._folders(), "--console-mode"]
                pid = self._spawn([java, *JVM, *self._classes(java), *words])
                self._state.write_text(json.dumps({"pid": pid, "port": port}), encoding="utf-8")
                address = Address(self.uri, USER, password)
                try:
                    self._wait(pid, address)
                except BaseException:
                    self._end(pid)
                    raise
                return address
        except OSError as error:
            why = error.strerror or error
            raise ChaingraphError(f"cannot keep a server in '{self.home}': {why}. Choose another folder with --home.") from error

    def stop(self) -> bool:
        """End the server and return True when it has ended; False when none is running. What is not ours is left alone."""
        pid = self.pid
        if pid:
            self._end(pid)
            self._keep_classes()
        self._state.unlink(missing_ok=True)
        return bool(pid)

    def load(self, folder: Path) -> None:
        """Make the database anew from the files of `bulk.write`; what it held is gone. The server must not run meanwhile.

        ChaingraphError: it runs, there is no Java, or what the import tool says.
        """
        java, jars = artifacts.java(), artifacts.jars()
        if not (folder / ARGUMENTS).is_file():
            raise ChaingraphError(f"nothing to import in '{folder}': write it with `chaingraph export --to neo4j-import`")
        with alone(self._home):
            self.must_not_run()
            self._settle(PORT)
            words = [
                "database",
                "import",
                "full",
                f"--report-file={self._home / 'logs' / 'import.report'}",
                "neo4j",
                f"@{ARGUMENTS}",
            ]
            done = subprocess.run(  # noqa: S603 (our own words)
                [java, *JVM, "-cp", f"{jars}/*", TOOL, *words],
                cwd=folder,
                env={**os.environ, "NEO4J_HOME": str(self._home), "NEO4J_CONF": str(self._home / "conf")},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            self.log.write_bytes(done.stdout)
        if done.returncode:
            raise ChaingraphError(f"'{folder}' cannot be imported: {self._last_word()}. What was said is in '{self.log}'.")

    def status(self) -> Status | None:
        """Return how the server is, None when it is not running."""
        if not (pid := self.pid):
            return None
        found = Status(self.home, pid, self.uri)
        with suppress(ChaingraphError), connected(self.address) as server:
            ((version,),) = server.ask("CALL dbms.components() YIELD versions RETURN versions[0]")
            graphs = server.ask(f"MATCH (m:{MARKER}) RETURN m.graph, coalesce(m.version, ''), m.state ORDER BY m.graph")
            return replace(found, version=version, graphs=tuple(map(tuple, graphs)))
        return found

    def must_not_run(self) -> None:
        """ChaingraphError when the server runs."""
        if pid := self.pid:
            remedy = "`chaingraph neo4j stop` stops it."
            raise ChaingraphError(f"the server of '{self.home}' is already running: {self.uri}, process {pid}. {remedy}")

    @property
    def pid(self) -> int:
        """Process of the running server, 0 when none runs: one that a killed server has left behind is not believed."""
        pid = self._named().get("pid", 0)
        return pid if pid and self._is_ours(pid) else 0

    @property
    def uri(self) -> str:
        """Where the server is, or was last."""
        return f"bolt://{LOOPBACK}:{self._named().get('port', 0)}"

    @property
    def address(self) -> Address:
        """Where the server is, and with which password."""
        return Address(self.uri, USER, self._password())

    @property
    def password_file(self) -> Path:
        """The file that holds the password, for its owner alone; there is none when NEO4J_PASSWORD was set at the first start."""
        return self._home / "password"

    @property
    def log(self) -> Path:
        """What the server has said since its last start."""
        return self._home / "logs" / "console.log"

    # -- its folder ----------------------------------------------------------------------------------------------

    @property
    def _home(self) -> Path:
        return self.home.absolute()

    @property
    def _state(self) -> Path:
        return self._home / "run" / "chaingraph.json"

    @property
    def _draft(self) -> Path:
        return self._home / "run" / "classes.jsa"

    def _classes(self, java: str) -> list[str]:
        """The words that give Java its classes as it has loaded them before, or let it note at its end what it has loaded."""
        self._draft.unlink(missing_ok=True)
        kept = artifacts.archive(java)
        # Java passes over a damaged one when it is told to look, and need not say of each class why it is not kept.
        use = [f"-XX:SharedArchiveFile={kept}", "-XX:+VerifySharedSpaces"]
        make = [f"-XX:ArchiveClassesAtExit={self._draft}", "-Xlog:cds=error"]
        return use if kept.exists() else make

    def _keep_classes(self) -> None:
        """Keep what Java has noted, for all servers that start from now on."""
        # Without it they start later, and that is all.
        with suppress(OSError, ChaingraphError):
            if self._draft.is_file():
                kept = artifacts.archive(artifacts.java())
                moved = shutil.move(self._draft, kept.with_name(f".{secrets.token_hex(8)}"))
                Path(moved).replace(kept)

    def _named(self) -> dict[str, int]:
        """Process and port as the state file names them; nothing when it does not."""
        with suppress(OSError, ValueError):
            named = json.loads(self._state.read_text(encoding="utf-8"))
            if isinstance(named, dict):
                return {k: v for k, v in named.items() if isinstance(v, int)}
        return {}

    def _settle(self, port: int) -> None:
        """Make the folders and the settings."""
        for name in FOLDERS:
            (self._home / name).mkdir(exist_ok=True)
        here = f"{LOOPBACK}:{port}"
        settings = {
            "server.default_listen_address": LOOPBACK,
            "server.bolt.listen_address": here,
            "server.bolt.advertised_address": here,
            "server.http.enabled": "false",
            "server.https.enabled": "false",
            "server.memory.pagecache.size": "512m",
            "dbms.security.auth_enabled": "true",
            "dbms.usage_report.enabled": "false",
            # Without it a stop takes ten seconds more, after everything is closed.
            "internal.server.bolt.thread_pool_shutdown_wait_time": "100ms",
        }
        conf = "".join(f"{name}={value}\n" for name, value in settings.items())
        (self._home / "conf" / "neo4j.conf").write_text(conf, encoding="utf-8")

    def _password(self) -> str:
        """Return the password: what the home folder keeps, else NEO4J_PASSWORD, else a new one, which is kept."""
        with suppress(FileNotFoundError):
            return self.password_file.read_text(encoding="utf-8").strip()
        if given := os.environ.get("NEO4J_PASSWORD"):
            return given
        if (self._home / "data" / "dbms").is_dir():
            return ""
        made = secrets.token_urlsafe(18)
        with os.fdopen(os.open(self.password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{made}\n")
        return made

    # -- its process ---------------------------------------------------------------------------------------------

    def _folders(self) -> list[str]:
        """The words by which the server is told its folders, and by which its process is known."""
        return [f"--home-dir={self._home}", f"--config-dir={self._home / 'conf'}"]

    def _spawn(self, command: list[str]) -> int:
        """Start a process that outlives this one and is not ended by a Ctrl-C meant for this one; return its id."""
        if not hasattr(os, "posix_spawn"):
            raise ChaingraphError(f"a Neo4j server of one's own runs on Linux and macOS: elsewhere run `{artifacts.DOCKER}`.")
        with self.log.open("wb") as log:
            talk = [(os.POSIX_SPAWN_DUP2, log.fileno(), 1), (os.POSIX_SPAWN_DUP2, log.fileno(), 2)]
            return os.posix_spawn(command[0], command, os.environ, file_actions=talk, setsid=True)

    def _is_ours(self, pid: int) -> bool:
        """Whether a process is the server of this home, not one that has got the number of a dead one."""
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        return " ".join(self._folders()) in _command(pid)

    def _wait(self, pid: int, address: Address) -> None:
        """Wait until the server answers, and give it its password at the first start."""
        until = time.monotonic() + PATIENCE
        while not _listens(address):
            if os.waitpid(pid, os.WNOHANG)[0]:
                raise ChaingraphError(f"the server of '{self.home}' did not start: {self._last_word()}. Its log is '{self.log}'.")
            if time.monotonic() > until:
                raise ChaingraphError(f"the server of '{self.home}' does not answer after {PATIENCE:.0f} s: see '{self.log}'.")
            time.sleep(0.05)
        _log_in(address, self.home)
        while not _is_online(address):
            if time.monotonic() > until:
                raise ChaingraphError(f"the database of '{self.home}' is not there after {PATIENCE:.0f} s: see '{self.log}'.")
            time.sleep(0.05)

    def _end(self, pid: int) -> None:
        until = time.monotonic() + PATIENCE
        if self._is_ours(pid):
            os.kill(pid, signal.SIGTERM)
        while self._is_ours(pid):
            if time.monotonic() > until:
                raise ChaingraphError(f"process {pid}, the server of '{self.home}', does not end after {PATIENCE:.0f} s.")
            time.sleep(0.05)

    def _last_word(self) -> str:
        """Return the innermost cause in the log, or its last line that is none of a Java stack."""
        said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        lines = [line.strip() for line in said if line.strip() and not line.startswith("\t")]
        causes = [line for line in lines if line.startswith("Caused by: ")]
        last = (causes or lines or ["it said nothing"])[-1]
        return re.sub(r"^(Caused by: )?([\w.$]+(Exception|Error): )?", "", last).removesuffix(".")


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            why = error.strerror or error
            raise ChaingraphError(f"port {port} at {LOOPBACK} cannot be used: {why}. Choose another with --port.") from error


def _command(pid: int) -> str:
    """Return the line a process was started with, empty when it has ended."""
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").replace("\0", " ")
        return ""
    done = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return done.stdout


def _listens(address: Address) -> bool:
    host, port = address.uri.removeprefix("bolt://").split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1):
            return True
    except OSError:
        return False


def _log_in(address: Address, home: Path) -> None:
    """See that the password is taken; at the first start, make it the server's."""
    # A refusal means the first start, or another password: which of both, the next attempt tells.
    with suppress(AuthError), neo4j.GraphDatabase.driver(address.uri, auth=address.auth) as driver:
        driver.verify_connectivity()
        return
    try:
        with neo4j.GraphDatabase.driver(address.uri, auth=(USER, UNCHANGED)) as driver:
            change = "ALTER CURRENT USER SET PASSWORD FROM $old TO $new"
            driver.execute_query(change, old=UNCHANGED, new=address.password, database_="system")
    except AuthError as error:
        remedy = "Set NEO4J_PASSWORD to the one it had at its first start, or choose another folder with --home."
        raise ChaingraphError(f"the server of '{home}' has another password. {remedy}") from error
    except ClientError as error:
        raise ChaingraphError(f"the password is refused: {error.message} Set another in NEO4J_PASSWORD.") from error


def _is_online(address: Address) -> bool:
    """Whether the database can be used; a killed server mends it first, while it answers already."""
    with neo4j.GraphDatabase.driver(address.uri, auth=address.auth) as driver:
        found = driver.execute_query("SHOW DATABASE neo4j YIELD currentStatus", database_="system")
        return [r["currentStatus"] for r in found.records] == ["online"]
