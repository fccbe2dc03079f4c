"""The command line: one parser, one function per command, one place where errors become a line and an exit code."""

from livewatch.cli.main import main

__all__ = ["main"]
