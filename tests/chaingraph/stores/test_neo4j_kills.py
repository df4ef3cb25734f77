"""A server killed in the middle of writes: what is left is the old graph, the new one, or one that says it is neither."""

import random
import threading
import time

import pandas as pd
import pytest
from neo4j_fixture import kill

from chaingraph import ChaingraphError, Tables
from chaingraph.stores import difference
from chaingraph.stores.neo4j import read, write
from chaingraph.stores.server import Server

# A worker of its own: most of the time passes with waiting for the server to start again.
pytestmark = pytest.mark.xdist_group("neo4j-kills")
KILLS = 20
ROWS = 400


class ReadOnly(Server):
    """A server that lets nobody write."""

    def _settle(self, port):
        super()._settle(port)
        with (self.home / "conf" / "neo4j.conf").open("a") as conf:
            conf.write("server.databases.default_to_read_only=true\n")


@pytest.fixture(scope="module")
def server(private_server):
    return private_server()


def version(number):
    """Tables in which every row says of which version it is; company n is active in segment n."""
    rows = range(ROWS)
    return Tables.of(
        {
            "segments": pd.DataFrame({"segment_id": [f"x/{i}" for i in rows], "name_zh": f"第{number}版"}),
            "companies": pd.DataFrame({"company_id": [f"C-{i:04d}" for i in rows], "name_zh": f"第{number}版"}),
            "activities": pd.DataFrame(
                {"company_id": [f"C-{i:04d}" for i in rows], "segment_id": [f"x/{i}" for i in rows], "confidence": 0.01 * number}
            ),
        }
    )


def attempt(where):
    """What is read, or why nothing is."""
    try:
        return read(where), ""
    except ChaingraphError as error:
        return None, str(error)


def assert_same(found, expected):
    assert found.version == expected.version
    assert all(found[name].equals(expected[name]) for name in expected)


def test_a_server_killed_twenty_times_leaves_a_graph_that_is_whole_or_says_it_is_not(server, monkeypatch):
    monkeypatch.setattr(difference, "BATCH", 40)
    versions = [version(n) for n in range(3)]
    where = server.address
    write(versions[0], where)
    began = time.monotonic()
    write(versions[1], where)
    takes, chance = time.monotonic() - began, random.Random(20)  # noqa: S311
    whole, torn, said = versions[1], 0, []

    def until_killed(tables):
        try:
            while True:
                write(tables, where)
                write(whole, where)
        except ChaingraphError as error:
            said.append(str(error))

    for number in range(KILLS):
        # What stands may be any of the three by now: a write that came through before a kill is what the next kill may find.
        after = next(v for v in versions[number % 3 :] + versions if v is not whole)
        writer = threading.Thread(target=until_killed, args=[after])
        writer.start()
        time.sleep(chance.uniform(0.1, takes))
        port = kill(server)
        writer.join()
        server.start(port)
        found, complaint = attempt(where)
        if complaint:
            assert "stopped in the middle: write it again" in complaint
            torn += 1
            if torn % 4 == 1:
                write(after, where)
                assert_same(read(where), after)
                whole = after
        else:
            whole = whole if found.version == whole.version else after
            assert_same(found, whole)
    write(whole, where)
    assert read(where).version == whole.version
    assert torn > KILLS // 4, "the kills met no writer at work"
    assert len(said) == KILLS
    assert {len(text.splitlines()) for text in said} == {1}
    assert all("chaingraph neo4j start" in text for text in said)


def test_a_database_that_is_read_only_is_read_and_says_how_it_becomes_writable(server):
    write(version(1), server.address)
    port = int(server.uri.rsplit(":", 1)[1])
    server.stop()
    closed = ReadOnly(server.home)
    closed.start(port)
    assert read(closed.address).version == version(1).version
    with pytest.raises(ChaingraphError, match=r"read-only: make it writable \(server.databases.read_only\)"):
        write(version(2), closed.address)
