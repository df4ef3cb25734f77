"""A folder → its graph: the one way in for commands, notebooks and programs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from chaingraph import stores
from chaingraph.errors import ChaingraphError
from chaingraph.graph import ChainGraph, build

ROOT = Path(__file__).resolve().parents[1]
DATA, STORE = ROOT / "data", ROOT / "store"


def open(path: str | Path | None = None, *, store: str | Path | None = None, also: Sequence[str] = ()) -> ChainGraph:
    """Return the graph of a data folder, of a store, or of a Neo4j server's address (``bolt://127.0.0.1:7687``).

    Without `path`, what the commands open: the shipped data by way of their store, or the folders that the environment names in
    ``CHAINGRAPH_DATA`` and ``CHAINGRAPH_STORE``. A data folder is read and checked whole, some seconds. With `store` that is done
    once: the folder named is made a copy for speed, which is read from then on and made anew when the data change. A store is
    read as it is, in less than a second. `also` adds optional chains to those of a data folder: the name of a collection, its
    folder, or ``optional`` for all of them.

    Raises `DataError` with every problem of every file of the data, `ChaingraphError` where `path` is neither of both.

    >>> import chaingraph as cg
    >>> graph = cg.open()
    >>> len(graph.chains), graph.chains["pump-motor"]
    (50, '泵与电机')
    """
    place = stores.place(path) if path else None
    if isinstance(place, stores.Address) or (place and not _is_data(place)):
        return build(stores.read(place))
    data = Path(path or os.environ.get("CHAINGRAPH_DATA") or DATA)
    if path and not store:
        # Not at the top: `ingest` imports this package.
        from ingest.load import load  # noqa: PLC0415

        return build(load(data, also))
    kept = kept_at(store or os.environ.get("CHAINGRAPH_STORE") or STORE, also)
    if isinstance(kept, Path) and is_stale(data, kept, also):
        refresh(data, kept, also)
    return build(stores.read(kept))


def _is_data(place: Path) -> bool:
    """Whether a folder is one of data; `ChaingraphError` where there is no folder."""
    if not place.is_dir():
        raise ChaingraphError(f"nothing to open at '{place}': found no folder, expected a data folder or a store. Mend the path.")
    return not (place / stores.folder.CURRENT).is_file()


def kept_at(store: str | Path, also: Sequence[str] = ()) -> Path | stores.Address:
    """Return where the store of some data is: with optional chains a folder of its own inside, so that neither replaces the other."""
    where = stores.place(store)
    if isinstance(where, Path) and also:
        return where / "-".join(["with", *(Path(name).resolve().name for name in sorted(set(also)))])
    return where


def is_stale(data: Path, store: Path, also: Sequence[str] = ()) -> bool:
    """Whether a data folder holds other data than a store; no folder, no other data."""
    from ingest.load import folder_version  # noqa: PLC0415

    return data.is_dir() and folder_version(data, also) != stores.folder.current(store)


def refresh(data: Path, store: Path, also: Sequence[str] = ()) -> None:
    """Check a data folder and make a store of it; readers of the old one keep what they have opened."""
    from ingest.load import load  # noqa: PLC0415

    stores.write(load(data, also), store)
