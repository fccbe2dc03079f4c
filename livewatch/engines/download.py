"""Fetch one pinned file. The only module of livewatch that opens a socket, and only when the user asks for a model."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO

from livewatch.errors import ModelError

Progress = Callable[[int, int], None]
"""Called with (bytes there, bytes in all), at most once per block"""

_BLOCK = 256 * 1024
_ATTEMPTS = 4
_DIGITS = 20
_NO_CONTENT_LEFT = 416
_AGAIN = "Type the same command again: it goes on where it stopped."
_BY_HAND = "Or fetch {url} in a browser and type: livewatch models add {name}"


@dataclass(frozen=True, slots=True)
class _Job:
    url: str
    part: Path
    size: int  # bytes of the whole file
    progress: Progress
    timeout_s: float


class _StartOverError(Exception):
    """What is there does not go with what the server has: begin from nothing."""


class _BrokenError(Exception):
    """The connection broke; what has arrived is good."""


class _OnlyHttp(urllib.request.HTTPRedirectHandler):
    def redirect_request(  # noqa: PLR0917 - urllib's own signature
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        require_http(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(url: str, part: Path, size: int, sha256: str, progress: Progress, *, timeout_s: float = 30) -> None:
    """Bring `part` to hold the file at `url`, `size` bytes with checksum `sha256`, going on with what it holds already.

    A broken connection is taken up again up to three times, and by the next call after that. A file that is wrong after
    it was put together from pieces is fetched once more from the start; one that is wrong in one piece is deleted.
    Raises `ModelError` with what to do next.
    """
    require_http(url)
    job = _Job(url, part, size, progress, timeout_s)
    try:
        pieced = _complete(job)
        if pieced and _sha256(part) != sha256:
            part.unlink()
            _complete(job)
        wrong = _sha256(part) != sha256
    except _BrokenError as error:
        raise ModelError("download-broken", f"The connection to {_host(url)} broke ({error}).", _AGAIN) from error
    except urllib.error.HTTPError as error:
        raise ModelError(
            "download-refused", f"{_host(url)} answered {error.code} {error.reason} for {url}.", _by_hand(url)
        ) from error
    except (urllib.error.URLError, TimeoutError, http.client.HTTPException, ConnectionError) as error:
        reason = getattr(error, "reason", None) or error
        raise ModelError("download-offline", f"{_host(url)} cannot be reached ({reason}).", _by_hand(url)) from error
    except OSError as error:
        raise ModelError(
            "disk", f"{part} cannot be written: {error.strerror}.", f"Make room, then: {_AGAIN}"
        ) from error
    if wrong:
        part.unlink()
        raise ModelError(
            "model-checksum", f"What {url} sent is not the pinned model (its checksum differs).", _by_hand(url)
        )


def require_http(url: str) -> None:
    """Refuse every address that is not http or https: urllib would open local files too."""
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise ModelError("download-address", f"{url} is not a web address.", "It has to begin with https://.")


def _complete(job: _Job) -> bool:
    """Fill the part up to its full size; returns whether it was put together from more than one answer."""
    broken: _BrokenError | None = None
    pieced = False
    for _ in range(_ATTEMPTS):
        have = job.part.stat().st_size if job.part.exists() else 0
        if have > job.size:
            job.part.unlink()
            have = 0
        pieced = have > 0
        job.progress(have, job.size)
        if have == job.size:
            return pieced
        try:
            _request(job, have)
        except _StartOverError:
            job.part.unlink()
        except _BrokenError as error:
            broken = error
        else:
            return pieced
    raise broken or _BrokenError("the server changes its mind about the file")


def _request(job: _Job, have: int) -> None:
    headers = {"User-Agent": "livewatch", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(job.url, headers=headers)  # noqa: S310 - the scheme has been looked at
    try:
        response = urllib.request.build_opener(_OnlyHttp).open(request, timeout=job.timeout_s)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == _NO_CONTENT_LEFT and have:
                raise _StartOverError from error
            raise
    with response:
        resumed = response.status == http.client.PARTIAL_CONTENT
        start, total = _range(response.headers) if resumed else (0, _length(response.headers))
        if resumed and start != have:
            raise _StartOverError
        if total is not None and total != job.size:
            raise ModelError(
                "model-changed",
                f"{job.url} has {total:,} bytes where the pinned model has {job.size:,}.",
                _by_hand(job.url),
            )
        with job.part.open("ab" if resumed else "wb") as file:
            _receive(job, response, file, have if resumed else 0)


def _receive(job: _Job, response: HTTPResponse, file: IO[bytes], have: int) -> None:
    while have < job.size:
        try:
            # read1 hands over what has come; read would hold a whole block back and lose it when the connection breaks
            block = response.read1(min(_BLOCK, job.size - have))
        except (OSError, http.client.HTTPException) as error:
            raise _BrokenError(f"{error} after {have:,} of {job.size:,} bytes") from error
        if not block:
            raise _BrokenError(f"after {have:,} of {job.size:,} bytes")
        file.write(block)
        have += len(block)
        job.progress(have, job.size)


def _length(headers: HTTPMessage) -> int | None:
    value = headers.get("Content-Length", "")
    return int(value) if value.isdecimal() and len(value) < _DIGITS else None


def _range(headers: HTTPMessage) -> tuple[int, int | None]:
    """First byte and total of `Content-Range: bytes 10-99/100`; (-1, None) when it is not such a line."""
    unit, _, rest = headers.get("Content-Range", "").partition(" ")
    span, _, total = rest.partition("/")
    first = span.partition("-")[0]
    if unit != "bytes" or not first.isdecimal() or len(rest) > 3 * _DIGITS:
        return -1, None
    return int(first), int(total) if total.isdecimal() else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).hostname or url


def _by_hand(url: str) -> str:
    return _BY_HAND.format(url=url, name=url.rsplit("/", 1)[-1])
