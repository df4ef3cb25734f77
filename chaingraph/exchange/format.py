"""What a format is: its name, what it is for, and the function that writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chaingraph.graph import ChainGraph
from chaingraph.phrases import Phrase


@dataclass(frozen=True)
class Scope:
    """What of a graph is written: the chain of an id or all of them; with the code of a region, what it has of every segment.

    `lang`, ``zh`` or ``en``: language of what is drawn. Tables and attributes have the words of both, or the identifiers.
    """

    chain: str | None = None
    region: str | None = None
    lang: str = "zh"


@dataclass(frozen=True)
class Format:
    """A form in which the graph is written for elsewhere.

    `write` writes to a path that is not there yet, or into an empty folder where `is_folder`; it need not mind what stood
    there before. `of_one_chain`: holds one chain, so that one has to be named. `shows_region`: says what a region has.
    """

    name: str
    meaning: Phrase
    suffix: str
    write: Callable[[ChainGraph, Path, Scope], None]
    is_folder: bool = False
    of_one_chain: bool = False
    shows_region: bool = False
