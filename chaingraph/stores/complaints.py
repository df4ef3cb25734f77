"""What a Neo4j server or its driver complains of, as one line with the remedy. Nothing here ever says a password."""

from __future__ import annotations

import re

from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    UnsupportedServerProduct,
)

from chaingraph.errors import ChaingraphError
from chaingraph.stores.address import Address

OLDEST = 5
_READ_ONLY = ("ForbiddenOnReadOnlyDatabase", "WriteOnReadOnlyAccessDatabase", "ReadOnly")
START = "start one with `chaingraph neo4j start`"
ANOTHER = "or name another with --uri or NEO4J_URI"


def complaint(error: DriverError | Neo4jError, where: Address) -> ChaingraphError:
    """Return what a person can do about an error of the driver."""
    return ChaingraphError(_text(error, where))


def _text(error: DriverError | Neo4jError, where: Address) -> str:
    code = (error.code or "") if isinstance(error, Neo4jError) else ""
    uri, who = where.uri, f"user '{where.user}'"
    if code.endswith("AuthenticationRateLimit"):
        return f"{uri} refuses {who} after several wrong passwords: wait a few seconds, then set NEO4J_PASSWORD to the right one"
    if code.endswith("CredentialsExpired"):
        return f"{uri} wants the first password of {who} changed before anything else: change it, then set NEO4J_PASSWORD"
    if isinstance(error, AuthError) and not code.endswith("Forbidden"):
        said = "does not know this password of" if where.password else "wants a password of"
        return f"{uri} {said} {who}: set NEO4J_PASSWORD, and NEO4J_USERNAME for another user"
    if code.endswith(_READ_ONLY):
        return f"the database at {uri} is read-only: make it writable (server.databases.read_only), {ANOTHER}"
    if code.endswith("Forbidden"):
        return f"{who} may not do this at {uri}: set NEO4J_USERNAME to a user who may, {ANOTHER}"
    if isinstance(error, ServiceUnavailable | SessionExpired):
        return f"no Neo4j server answers at {uri}: {START}, {ANOTHER}"
    if isinstance(error, UnsupportedServerProduct):
        # A server that shares no version of the protocol with the driver says nothing more of itself.
        return f"the server at {uri} is too old for this driver, expected Neo4j {OLDEST} or later: {START}, {ANOTHER}"
    if isinstance(error, ConfigurationError):
        return f"the driver cannot use {uri}: {_line(error)}"
    return f"Neo4j at {uri} refuses: {_line(error)}"


def _line(error: Exception) -> str:
    """The first line of what was said, without the codes around it."""
    message = error.message if isinstance(error, Neo4jError) else str(error)
    return (message or type(error).__name__).splitlines()[0]


def check_version(agent: str, uri: str) -> None:
    """Raise when a server is older than the language it is spoken to in; `agent` is what it calls itself, Neo4j/5.26.25."""
    found = re.search(r"/v?(\d+)\.", agent)
    if found is None or int(found[1]) < OLDEST:
        raise ChaingraphError(f"the server at {uri} is {agent}, expected Neo4j {OLDEST} or later: {START}, {ANOTHER}")
