"""Tests that share a server or a browser are run by one worker."""

import pytest


def test_the_scheduler_is_told_the_group_of_every_test_that_has_one(request, worker_id):
    grouped = {item.nodeid: mark.args[0] for item in request.session.items if (mark := item.get_closest_marker("xdist_group"))}
    if worker_id == "master" or not grouped:
        pytest.skip("one process runs all tests, or none is in a group")
    assert [name for name, group in grouped.items() if not name.endswith(f"@{group}")] == []
