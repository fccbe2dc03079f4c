"""Tests that need something which is not everywhere."""

import os

import pytest


def needs(condition: bool, reason: str) -> pytest.MarkDecorator:
    """Skip the test with its reason where `condition` is false; with CI=true let it run, and so fail, instead."""
    return pytest.mark.skipif(not condition and os.environ.get("CI") != "true", reason=reason)
