"""A data folder, a store, a snapshot, a graph at a server or one chain's file → a version of the data that can be compared with another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from chaingraph import stores
from chaingraph.changes import DataVersion
from chaingraph.changes.version import Words
from chaingraph.errors import ChaingraphError, DataError
from chaingraph.phrases import Phrase, counted, joined
from chaingraph.tables import Tables
from ingest import optional
from ingest.chain_check import read_chain
from ingest.chains import ForeignChain, ForeignSegment, read_chain_files, read_chains
from ingest.load import folder_version, load

Place = Path | stores.Address


def read_versions(
    old: str | Path, new: str | Path, data: Path, store: Place, also: Sequence[str] = ()
) -> tuple[DataVersion, DataVersion]:
    """Read both sides of a comparison, each a data folder, a store, a snapshot, a server's address or one chain's file.

    A chain's file is put in the place of the chain of its id in the other side, or, of two files, in the data folder `data`.
    A data folder has the optional chains `also`; one that `store` holds is read from there.
    """
    sides = [stores.place(side) for side in (old, new)]
    for side in sides:
        if isinstance(side, Path) and not side.exists():
            raise ChaingraphError(
                f"no '{side}': give a data folder, a store, a snapshot, a server's address (bolt://…) or one chain's file (.toml)"
            )
    whole = {side: _whole(side, store, also) for side in dict.fromkeys(sides) if not is_chain_file(side)}
    base = next(iter(whole.values()), None) or _whole(data, store, also)
    codes = next((side for side in whole if _is_data(side)), data)
    first, second = (whole[side] if side in whole else _with_chain(Path(str(side)), base, Path(str(codes))) for side in sides)
    return first, second


def is_chain_file(side: Place) -> bool:
    """Whether a side is one chain's file."""
    return isinstance(side, Path) and side.suffix == ".toml"


def _is_data(side: Place) -> bool:
    return isinstance(side, Path) and (side / "reference").is_dir()


def _whole(path: Place, store: Place, also: Sequence[str]) -> DataVersion:
    """Read a data folder, a store, a snapshot or a graph at a server."""
    if isinstance(path, stores.Address):
        return DataVersion(str(path), stores.read(path))
    if _is_data(path):
        made_of_it = isinstance(store, Path) and folder_version(path, also) == stores.folder.current(store)
        tables = stores.read(store) if made_of_it else load(path, also)
        return DataVersion(str(path), tables, _words_of(path, also))
    if (path / stores.folder.CURRENT).is_file():
        return DataVersion(str(path), stores.read(path))
    if (path / "segments.parquet").is_file():
        return DataVersion(str(path), stores.folder.read_snapshot(path))
    raise ChaingraphError(
        f"'{path}' is neither a data folder (with reference/) nor a store (with {stores.folder.CURRENT}) nor a snapshot: give one"
    )


def _words_of(root: Path, also: Sequence[str]) -> dict[str, Words]:
    """The words of every segment of a data folder and of the optional chains added to it."""
    own = {s: _words(entry) for s, entry in read_chains(root).segments()}
    for collection in optional.find(root, also):
        chains, _ = read_chain_files(collection, collection.parent, ForeignChain)
        own |= {f"{chain.id}/{s.id}": _words(s) for chain in chains.values() for s in chain.segments}
    return own


def _words(entry: ForeignSegment) -> Words:
    levels = {level: tuple(getattr(entry.lexicon, level)) for level in type(entry.lexicon).model_fields}
    return {**levels, "leading_firms": tuple(f"{name} ({evidence})" for name, evidence in entry.leading_firms.items())}


def _with_chain(path: Path, base: DataVersion, codes: Path) -> DataVersion:
    """Return a version with a chain's file in the place of the chain of its id; rows of segments that went, go with them."""
    chain, own, problems = read_chain(path, codes)
    if chain is None or own is None:
        raise DataError(problems)
    tables = base.tables
    there = set(own["segments"]["segment_id"])
    was = tables["segments"]["segment_id"][tables["segments"]["chain_id"] == chain.id]
    gone = sorted(set(was) - there)
    frames = {name: _without(tables[name], chain.id, name) for name in ("chains", "segments", "supply_links")}
    frames = {name: pd.concat([frame, own[name]], ignore_index=True) for name, frame in frames.items()}
    lost = {name: tables[name]["segment_id"].isin(gone) for name in ("activities", "presence")} if gone else {}
    frames |= {name: tables[name][~mask] for name, mask in lost.items()}
    words = {s: w for s, w in base.words.items() if not s.startswith(f"{chain.id}/")}
    words |= {f"{chain.id}/{s.id}": _words(s) for s in chain.segments}
    return DataVersion(str(path), tables.replace(**frames), words, tuple(_notes(gone, there - set(was), lost, tables, own)))


def _without(frame: pd.DataFrame, chain_id: str, name: str) -> pd.DataFrame:
    if name == "supply_links":
        return frame[~frame["customer_id"].str.startswith(f"{chain_id}/")]
    return frame[frame["chain_id"] != chain_id]


def _notes(gone: list[str], come: set[str], lost: Mapping[str, pd.Series], tables: Tables, own: Tables) -> list[Phrase]:
    """Say what a chain's file alone cannot bring, and which rows would have to go with it."""
    notes = []
    rows = {name: int(mask.sum()) for name, mask in lost.items()}
    if any(rows.values()):
        known = tables["segments"].set_index("segment_id")
        names = joined(Phrase(known["name_zh"][s], known["name_en"][s]) for s in gone)
        notes.append(
            Phrase(
                f"{names}已不在文件里：比较时略去它的 {rows['activities']:,} 条企业—环节关系和 {rows['presence']:,} 行登记数；"
                "把文件放进数据文件夹之前，companies/activities.csv 里的这些行也要改",
                f"{names.en} is no longer in the file: the comparison leaves out {counted(rows['activities'], 'company', 'companies')} "
                f"linked to it and {counted(rows['presence'], 'row')} of registrations; before the file goes into a data folder, "
                "these rows of companies/activities.csv must change too",
            )
        )
    fresh = own["segments"][own["segments"]["segment_id"].isin(come) & (own["segments"]["segment_kind"] != "market")]
    if len(fresh):
        names = joined(Phrase(zh, en) for zh, en in zip(fresh["name_zh"], fresh["name_en"], strict=True))
        notes.append(
            Phrase(
                f"新环节（{names}）还没有企业和登记数，一律不详：companies/activities.csv 里写上企业，或运行 chaingraph data build",
                f"New segments ({names.en}) have no firms and no registrations yet and are unknown everywhere: write firms into "
                "companies/activities.csv, or run chaingraph data build",
            )
        )
    return notes
