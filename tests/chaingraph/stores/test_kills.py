"""Killed at any moment, replaced while it is read: a store is whole, as the old or as the new version."""

import json
import os
import random
import signal
import subprocess
import time

import duckdb
import pandas as pd
import pytest

from chaingraph import ChaingraphError, stores

KILLS = 16


def test_a_writer_killed_at_random_moments_leaves_a_whole_store_and_the_next_write_cleans_up(tmp_path, worker, command):
    store = tmp_path / "store"
    versions = {worker.tables(n).version for n in range(3)}
    chance = random.Random(20)  # noqa: S311
    half_written, seen = 0, set()
    for number in range(2):
        began = time.monotonic()
        stores.write(worker.tables(number), tmp_path / "another")
        takes = time.monotonic() - began
    with subprocess.Popen(command("loops", store, KILLS), stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as writers:
        for _ in range(KILLS):
            writers.stdin.write("another\n")
            writers.stdin.flush()
            writer = int(writers.stdout.readline())
            time.sleep(chance.uniform(0, 3 * takes))
            os.kill(writer, signal.SIGKILL)
            assert int(writers.stdout.readline()) == -signal.SIGKILL
            try:
                found = stores.read(store)
            except ChaingraphError:
                assert not seen, "there was a store already"
                continue
            assert worker.is_whole(found)
            assert worker.is_whole(stores.folder.read(store))
            if (store / stores.INDEX).exists():
                assert worker.is_whole(stores.duckdb.read(store / stores.INDEX))
            seen.add(found.version)
            half_written += bool(worker.leftovers(store))
    assert writers.returncode == 0
    assert seen <= versions
    assert len(seen) > 1
    assert half_written > 0, "no kill met a writer at work"
    stores.write(worker.tables(9), store)
    assert worker.leftovers(store) == []
    assert stores.read(store).version == worker.tables(9).version


def test_a_writer_killed_before_each_change_of_the_disk_in_turn_leaves_the_old_or_the_new_version(tmp_path, worker, command):
    done = subprocess.run(command("steps", tmp_path / "store"), capture_output=True, check=True, text=True)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    old, new, after = (worker.tables(n).version for n in (1, 2, 3))
    assert [s["step"] for s in said] == list(range(1, len(said) + 1))
    assert len(said) >= 10
    order = [s["version"] for s in said]
    turn = order.index(new)
    assert order == [old] * turn + [new] * (len(order) - turn)
    assert turn > 1
    assert all(s["whole"] for s in said)
    assert any(s["left"] for s in said)
    assert all(s["left_after_next"] == [] and s["snapshots_after_next"] == 2 and s["next"] == after for s in said)


def test_two_processes_read_without_fault_while_a_third_rebuilds_ten_times(tmp_path, worker, command):
    store, stop = tmp_path / "store", tmp_path / "stop"
    stores.write(worker.tables(0), store)
    with (
        subprocess.Popen(command("read", store, stop), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as one,
        subprocess.Popen(command("read", store, stop), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as two,
    ):
        readers = (one, two)
        try:
            for reader in readers:
                assert reader.stdout.readline() == "ready\n", reader.stderr.read()
            subprocess.run(command("rebuild", store, 10), check=True)
        finally:
            stop.touch()
        said = [reader.communicate() for reader in readers]
    for reader, (out, err) in zip(readers, said, strict=True):
        assert (reader.returncode, err) == (0, "")
        seen = json.loads(out)["versions"]
        numbers = [next(n for n in range(11) if worker.tables(n).version == v) for v in seen]
        assert numbers == sorted(numbers)
        assert (numbers[0], numbers[-1]) == (0, 10)
        assert len(numbers) > 2, "the readers met no version on the way"


def test_a_reader_whose_snapshot_is_replaced_twice_under_it_reads_the_newest(tmp_path, worker, monkeypatch):
    stores.folder.write(worker.tables(0), tmp_path)
    read_parquet, waiting = pd.read_parquet, [worker.tables(1), worker.tables(2)]

    def overtaken(path):
        while waiting and path.name == "companies.parquet":
            stores.folder.write(waiting.pop(0), tmp_path)
        return read_parquet(path)

    monkeypatch.setattr(pd, "read_parquet", overtaken)
    found = stores.folder.read(tmp_path)
    assert found.version == worker.tables(2).version
    assert worker.is_whole(found)


@pytest.mark.parametrize("opening", [1, 2, 3])
def test_an_index_replaced_before_any_opening_of_it_is_read_whole_under_its_own_name(tmp_path, worker, monkeypatch, opening):
    stores.write(worker.tables(0), tmp_path)
    connect, openings = duckdb.connect, iter(range(1, 100))

    def overtaken(path, **how):
        if how.get("read_only") and next(openings) == opening:
            stores.write(worker.tables(1), tmp_path)
        return connect(path, **how)

    monkeypatch.setattr(duckdb, "connect", overtaken)
    found = stores.read(tmp_path)
    assert worker.is_whole(found)
    assert found.version in {worker.tables(n).version for n in range(2)}
