"""The way to a dask scheduler that somebody has started: address, first contact, and whether all there is as here.

Besides `models get` the only part of livewatch that opens a connection, and only to the address the user has typed.
"""

from __future__ import annotations

import logging
import re
import socket
import struct
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from livewatch.errors import ClusterError, UsageError
from livewatch.tuning.work.on_worker import describe, differences

if TYPE_CHECKING:
    from distributed import Client

CONNECT_S = 10.0
"""Seconds for the scheduler to answer, and for a first worker to come"""
PORT = 8786
"""Where dask's scheduler listens unless it is told otherwise"""
_SCHEMES = {"dask": "tcp", "dask+tls": "tls"}
_LONGEST_GREETING = 1 << 16
"""Bytes. A dask scheduler speaks first: eight bytes with the length of its greeting (about 100), then the greeting"""


def connect(address: str) -> Client:
    """Connect to the scheduler at `address` (`dask://HOST:PORT`). Raises `UsageError` and `ClusterError`."""
    url = _url(address)
    try:
        from dask import config  # noqa: PLC0415 - an extra, and only here is it needed
        from distributed import Client  # noqa: PLC0415
    except ImportError as error:
        raise ClusterError(
            "cluster-extra",
            f"--cluster needs a package that is not there ({error}).",
            "pip install 'livewatch[cluster]'",
        ) from None
    for name in ("distributed", "distributed.client", "distributed.core"):  # what they say, `ClusterError` says
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    wanted = [f"distributed.comm.tls.{name}" for name in ("ca-file", "client.cert", "client.key")]
    if url.startswith("tls:") and not all(config.get(name, None) for name in wanted):
        raise ClusterError(
            "cluster-tls",
            f"{address} needs certificates, and dask has not been told of all three.",
            "Set DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__CLIENT__CERT and …__CLIENT__KEY; see docs/scale.md.",
        )
    _greet(address, url)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions: see `check_workers`
            return Client(url, timeout=CONNECT_S, set_as_default=False, name="livewatch")
    except Exception as error:  # whatever it is that answers there
        raise _nobody(address, str(error)) from None


def check_workers(client: Client, address: str, files: Sequence[str]) -> None:
    """Wait for a first worker and see that all of them, and the scheduler, are like this computer.

    `files`: phrase lists that must be the same there. Raises `ClusterError` naming a worker and what is different.
    """
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError:
        raise no_workers(address, "has no workers") from None
    here = describe(files)
    versions: Any = client.get_versions()
    there = versions["scheduler"]["packages"]["distributed"]
    if there != here["distributed"]:
        message = f"The scheduler at {address} runs distributed {there}, here it is {here['distributed']}."
        raise ClusterError("cluster-differs", message, f"Type: pip install distributed=={there}")
    wrong: list[str] = []
    answers: Any = client.run(describe, [*files], on_error="return")
    for worker, said in answers.items():
        if isinstance(said, ImportError):
            wrong.append(f"The worker {worker} has no livewatch, or an older one ({said})")
        elif isinstance(said, Exception):
            wrong.append(f"The worker {worker} does not answer ({type(said).__name__}: {said})")
        elif different := differences(here, said):
            wrong.append(f"The worker {worker} is not like this computer: {'; '.join(different)}")
    if wrong:
        more = f" So it is with {len(wrong) - 1:,} more." if wrong[1:] else ""
        raise ClusterError(
            "cluster-differs",
            f"{wrong[0]}.{more}",
            "Install the same versions of livewatch[cluster] everywhere, see that workers find the phrase lists under "
            "the same path, and start the workers again.",
        )


def no_workers(address: str, what: str, kind: type[ClusterError] = ClusterError) -> ClusterError:
    """Return the error of a scheduler without workers; `what` has happened to them."""
    hint = f"On every machine that shall work: dask worker {_url(address)} --nworkers auto --nthreads 1"
    return kind("cluster-empty", f"The scheduler at {address} {what}.", hint)


def _url(address: str) -> str:
    """`dask://HOST:PORT` as dask writes it."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, PORT if parts.port is None else parts.port
    except ValueError:
        host, port, parts = None, 0, None
    if not host or not port or parts is None or parts.scheme not in _SCHEMES or not re.fullmatch(r"/?", parts.path):
        raise UsageError(
            "bad-cluster",
            f"--cluster {address!r} is not the address of a cluster.",
            f"It looks like dask://HOST:{PORT}, or dask+tls://HOST:{PORT}.",
        )
    return f"{_SCHEMES[parts.scheme]}://{f'[{host}]' if ':' in host else host}:{port}"


def _greet(address: str, url: str) -> None:
    """See that a dask scheduler answers: its client would wait for ever for the greeting of something else."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port or PORT), timeout=CONNECT_S) as line:
            if parts.scheme == "tls":
                return
            head = b""
            while len(head) < 8 and (more := line.recv(8 - len(head))):
                head += more
    except OSError as error:
        cause = (
            "no answer (one with certificates is dask+tls://)"
            if isinstance(error, TimeoutError)
            else error.strerror or str(error)
        )
        raise _nobody(address, cause) from None
    if len(head) < 8 or struct.unpack("<Q", head)[0] > _LONGEST_GREETING:
        raise _nobody(address, "something else answers there")


def _nobody(address: str, cause: str) -> ClusterError:
    hint = (
        f"Is it running, and is the address right? To start one: dask scheduler --port {urlsplit(_url(address)).port}"
    )
    return ClusterError("cluster-unreachable", f"No dask scheduler answers at {address}: {cause.rstrip('.')}.", hint)
