"""What goes wrong at a server is one line with the remedy, and never says a password."""

import socket
import threading
from dataclasses import replace

import neo4j
import pytest
from neo4j_fixture import free_port

from chaingraph import ChaingraphError, Tables
from chaingraph.stores.address import Address, address, place
from chaingraph.stores.complaints import check_version, complaint
from chaingraph.stores.neo4j import current, read, write

pytestmark = pytest.mark.xdist_group("neo4j")
SECRET = "not-the-password-0815"


def complains(do, *of):
    with pytest.raises(ChaingraphError) as met:
        do(*of)
    text = str(met.value)
    assert len(text.splitlines()) == 1
    assert SECRET not in text
    return text


def test_a_wrong_password_names_the_user_and_where_it_is_set(neo4j_address):
    wrong = replace(neo4j_address, password=SECRET)
    for do in (read, current, lambda where: write(Tables.of({}), where)):
        assert "does not know this password of user 'neo4j': set NEO4J_PASSWORD" in complains(do, wrong)
        # The server locks who is wrong three times in a row out for a while.
        current(neo4j_address)
    assert SECRET not in f"{wrong} {wrong!r}"


def test_no_password_is_another_thing_than_a_wrong_one(neo4j_address):
    assert "wants a password of user 'neo4j': set NEO4J_PASSWORD" in complains(read, replace(neo4j_address, password=""))


def test_where_no_server_is_the_command_that_starts_one_is_named():
    nowhere = Address(f"bolt://127.0.0.1:{free_port()}", password=SECRET)
    assert "no Neo4j server answers" in complains(read, nowhere)
    assert "`chaingraph neo4j start`" in complains(read, nowhere)


def test_a_graph_that_is_not_there_is_told_from_those_that_are(neo4j_address, tmp_path):
    there = replace(neo4j_address, graph=str(tmp_path))
    write(Tables.of({}), there)
    text = complains(read, replace(neo4j_address, graph="nobody's"))
    assert "no graph 'nobody's'" in text
    assert f"'{there.graph}'" in text
    assert "chaingraph export --to neo4j" in text
    assert current(replace(neo4j_address, graph="nobody's")) is None


def test_an_empty_database_and_one_with_other_things_hold_no_graph_of_ours(empty_neo4j):
    assert "no graph of ours is there" in complains(read, empty_neo4j)
    assert current(empty_neo4j) is None
    with neo4j.GraphDatabase.driver(empty_neo4j.uri, auth=empty_neo4j.auth) as driver:
        driver.execute_query("CREATE (:Company {name: '别家'})")
    assert "no graph of ours is there" in complains(read, empty_neo4j)


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:7687", "bolt://", "bolt://127.0.0.1:99999", "127.0.0.1:7687", "", "bolt://a/b", "bolt://[::1"]
)
def test_an_address_that_is_none_is_shown_beside_one_that_is(text):
    assert "expected one such as bolt://127.0.0.1:7687" in complains(Address.of, text)


def test_an_address_with_a_password_in_it_is_refused_without_repeating_it():
    assert "Set NEO4J_USERNAME and NEO4J_PASSWORD" in complains(Address.of, f"bolt://neo4j:{SECRET}@127.0.0.1:7687")


def test_user_and_password_come_from_the_environment_and_the_graph_from_the_address(monkeypatch):
    monkeypatch.setenv("NEO4J_URI", "neo4j+s://example.org#2024")
    monkeypatch.setenv("NEO4J_USERNAME", "reader")
    monkeypatch.setenv("NEO4J_PASSWORD", SECRET)
    assert address() == Address("neo4j+s://example.org", "reader", SECRET, "2024")
    assert address("bolt://127.0.0.1:1", "b").graph == "b"
    assert str(address()) == "neo4j+s://example.org#2024"
    assert place("bolt://127.0.0.1:1") == Address("bolt://127.0.0.1:1", "reader", SECRET)


@pytest.mark.parametrize("agent", ["Neo4j/4.4.12", "Neo4j/3.5.0", "something else"])
def test_a_server_that_is_too_old_is_named_with_what_is_expected(agent):
    assert f"is {agent}, expected Neo4j 5 or later" in complains(check_version, agent, "bolt://x")


@pytest.mark.parametrize("agent", ["Neo4j/5.26.25", "Neo4j/2025.08.0", "Neo4j/v5.11.0 compatible"])
def test_a_server_that_is_new_enough_is_taken(agent):
    check_version(agent, "bolt://x")


# Community edition has no roles, so these are what the other edition says, as the driver makes errors of it.
REFUSED = {
    "a user who may only read": (
        "Neo.ClientError.Security.Forbidden",
        "Create node with labels 'Chaingraph' is not allowed for user 'reader' with roles [PUBLIC, reader].",
        "user 'reader' may not do this at bolt://x: set NEO4J_USERNAME to a user who may",
    ),
    "a user without any access": (
        "Neo.ClientError.Security.Forbidden",
        "Database access is not allowed for user 'reader' with roles [PUBLIC].",
        "user 'reader' may not do this at bolt://x: set NEO4J_USERNAME to a user who may",
    ),
    "a database that is read-only": (
        "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase",
        "No write operations are allowed on this database. The database is in read-only mode on this Neo4j instance.",
        "the database at bolt://x is read-only: make it writable (server.databases.read_only)",
    ),
    "a first password": (
        "Neo.ClientError.Security.CredentialsExpired",
        "The credentials you provided were valid, but must be changed before you can use this instance.",
        "bolt://x wants the first password of user 'reader' changed",
    ),
    "too many attempts": (
        "Neo.ClientError.Security.AuthenticationRateLimit",
        "The client has provided incorrect authentication details too many times in a row.",
        "bolt://x refuses user 'reader' after several wrong passwords: wait a few seconds",
    ),
}


@pytest.mark.parametrize(("code", "message", "said"), REFUSED.values(), ids=REFUSED)
def test_what_a_server_refuses_is_said_with_the_remedy(code, message, said):
    error = neo4j.exceptions.Neo4jError._hydrate_neo4j(code=code, message=message)
    text = str(complaint(error, Address("bolt://x", "reader", SECRET)))
    assert text.startswith(said)
    assert len(text.splitlines()) == 1


def test_a_server_that_shares_no_protocol_with_the_driver_is_too_old():
    """Servers before 4.4 answer the handshake so: none of the versions offered."""

    def answer():
        while True:
            try:
                caller, _ = listening.accept()
            except OSError:
                return
            with caller:
                caller.recv(20)
                caller.sendall(bytes(4))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer, daemon=True).start()
        where = Address(f"bolt://127.0.0.1:{listening.getsockname()[1]}", password=SECRET)
        assert "is too old for this driver, expected Neo4j 5 or later: start one with `chaingraph neo4j start`" in complains(
            read, where
        )
        listening.shutdown(socket.SHUT_RDWR)
