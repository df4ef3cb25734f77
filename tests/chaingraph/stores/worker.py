"""Run as a process of its own by the tests beside it: writes a store in a loop, reads it, or is killed at a chosen step."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from chaingraph import stores
from chaingraph.fields import DTYPES, Type
from chaingraph.tables import SPECS, Tables, content_version

ROWS = 300
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree", "open"}
"""What Python says before it touches the disk; a kill at each of them is a kill between any two steps of a write."""


def tables(number: int, count: int = ROWS) -> Tables:
    """Tables in which every row of every table says of which version it is."""
    rows = np.arange(count)
    values = {
        Type.TEXT: [f"第{number}版 {i}" for i in rows],
        Type.CODE: [f"v{number}-{i:05d}" for i in rows],
        Type.INTEGER: number * 1_000_000 + rows,
        Type.NUMBER: number + rows / 1000,
        Type.FLAG: [(i + number) % 2 == 0 for i in rows],
        Type.DATE: [np.datetime64("2000-01-01", "s") + np.timedelta64(1000 * number + int(i), "D") for i in rows],
    }
    return Tables.of(
        {
            name: pd.DataFrame({f.name: pd.Series(values[f.type]).astype(DTYPES[f.type]) for f in spec.fields})
            for name, spec in SPECS.items()
        }
    )


def is_whole(found: Tables) -> bool:
    """Whether the content is that of the version it says: the version of these tables is the hash of their content."""
    return content_version(found.frames) == found.version


def leftovers(store: Path) -> list[str]:
    """Everything in a store but its snapshots, its index, its pointer and its lock."""
    known = {"current.json", stores.INDEX, ".lock"}
    return sorted(p.name for p in store.iterdir() if p.name not in known and not p.name.startswith("snapshot-"))


def write_in_loops(store: Path, times: int) -> None:
    """For each line that is heard, let a process write until it is killed: say its number when it begins, and what it died of.

    Each is forked from this one, which has loaded everything and touched no table, so that no thread is lost on the way.
    """
    for _ in range(times):
        sys.stdin.readline()
        if (writer := os.fork()) == 0:
            write_in_a_loop(store)
        print(os.waitstatus_to_exitcode(os.waitpid(writer, 0)[1]), flush=True)


def write_in_a_loop(store: Path) -> None:
    versions = [tables(n) for n in range(3)]
    print(os.getpid(), flush=True)
    while True:
        for version in versions:
            stores.write(version, store)


def rebuild(store: Path, times: int) -> None:
    for number in range(1, times + 1):
        stores.write(tables(number), store)


def read_until(store: Path, stop: Path) -> None:
    seen: list[str] = []
    last = False
    while not last:
        last = stop.exists()
        found = stores.read(store)
        if not is_whole(found):
            sys.exit(f"a mixture under the name {found.version}")
        if not seen:
            print("ready", flush=True)
        seen.append(found.version)
    print(json.dumps({"reads": len(seen), "versions": list(dict.fromkeys(seen))}))


def die_at_every_step(store: Path) -> None:
    """Write over a store again and again, killed at the first change of the disk, at the second, …; say what is left.

    Each write is forked from a process that has not yet touched a table, so that no thread is lost on the way.
    """
    if not os.fork():
        for number in range(2):
            stores.write(tables(number), store)
        os._exit(0)
    os.wait()
    for step in range(1, 200):
        copy = store.with_name(f"step-{step}")
        shutil.copytree(store, copy)
        if not os.fork():
            die_at(step)
            stores.write(tables(2), copy)
            os._exit(0)
        _, status = os.wait()
        if not os.fork():
            report(step, copy)
            os._exit(0)
        if os.wait()[1] or status == 0:
            return
        shutil.rmtree(copy)


def die_at(step: int) -> None:
    """Kill this process before its `step`-th change of the disk; a run of one kind of change is one step."""
    seen, before = 0, ""

    def kill_when_it_is_time(event: str, _: tuple[object, ...]) -> None:
        nonlocal seen, before
        if event in CHANGES:
            seen += event != before
            before = event
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill_when_it_is_time)


def report(step: int, store: Path) -> None:
    found, snapshot = stores.read(store), stores.folder.read(store)
    index = stores.duckdb.read(store / stores.INDEX)
    left = leftovers(store)
    stores.write(tables(3), store)
    said = {
        "step": step,
        "version": found.version,
        "whole": is_whole(found) and is_whole(snapshot) and is_whole(index),
        "left": left,
        "left_after_next": leftovers(store),
        "snapshots_after_next": len(list(store.glob("snapshot-*"))),
        "next": stores.read(store).version,
    }
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    verb, where, *more = sys.argv[1:]
    if verb == "loops":
        write_in_loops(Path(where), int(more[0]))
    elif verb == "rebuild":
        rebuild(Path(where), int(more[0]))
    elif verb == "read":
        read_until(Path(where), Path(more[0]))
    elif verb == "steps":
        die_at_every_step(Path(where))
