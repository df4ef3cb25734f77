"""The command line: `chaingraph VERB …`."""

from chaingraph.cli.main import app, main

__all__ = ["app", "main"]
