"""What holds for all tests."""

import os

import pytest

os.environ.setdefault("LIVEWATCH_CACHE_ENABLED", "false")  # what one test has heard must not answer for another

IN_REAL_TIME = ("tests/live/", "tests/sinks/test_window_", "tests/test_recogniser.py", "tests/test_runner.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try those that wait for a sound server, a display or a clock twice more: a busy machine is not their subject."""
    for item in items:
        if any(part in item.nodeid for part in IN_REAL_TIME):
            item.add_marker(pytest.mark.flaky(reruns=2))
