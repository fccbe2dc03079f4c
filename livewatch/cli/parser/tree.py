"""The argparse tree."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from livewatch.cli.parser import calls, corpus, phrases, setup, tuning

EXIT_CODES = """\
exit codes:
  0    done (replay: and no alert was raised)
  1    something failed: a recording that could not be read, a damaged model, a bad line in a phrase list…
       The other recordings were still watched. Wins over 3: not everything that was asked for is known
  2    the command line or the settings are wrong
  3    replay only: everything was watched, and an alert was raised
  130  interrupted by Ctrl-C; what was found until then has been shown and written
"""


def build_parser() -> argparse.ArgumentParser:
    """Build the whole tree; `options.run` is the function of the command."""
    parser = argparse.ArgumentParser(
        prog="livewatch",
        description="Listens beside a phone call, offline, and warns when the caller talks like a scammer.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    calls.add_demo(commands)
    calls.add_listen(commands)
    calls.add_replay(commands)
    setup.add_devices(commands)
    corpus.add_corpus(commands)
    tuning.add_evaluate(commands)
    tuning.add_tune(commands)
    tuning.add_cache(commands)
    phrases.add_explain(commands)
    phrases.add_phrases(commands)
    setup.add_models(commands)
    calls.add_history(commands)
    calls.add_report(commands)
    setup.add_doctor(commands)
    setup.add_autostart(commands)
    setup.add_setup(commands)
    setup.add_config(commands)
    _completion(commands, parser)
    return parser


def _completion(commands: argparse._SubParsersAction, parser: argparse.ArgumentParser) -> None:
    completion = commands.add_parser("completion", help="print the shell completion script")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))

    def run(options: argparse.Namespace) -> int:
        import shtab  # noqa: PLC0415 - see common.FILE

        print(shtab.complete(parser, options.shell))  # noqa: T201
        return 0

    completion.set_defaults(run=run)


class _Version(argparse.Action):
    """`--version`, without reading the package's metadata on every start (20 ms)."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - see above

        try:
            print(f"livewatch {version('livewatch')}")  # noqa: T201
        except PackageNotFoundError:
            print("livewatch (not installed, run from its source)")  # noqa: T201
        parser.exit()
