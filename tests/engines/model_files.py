"""Folders and zips that look like Vosk models, pins for them, and a web server that misbehaves on demand."""

import hashlib
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

from livewatch.engines.models import ModelStore

NAME = "vosk-model-small-en-us-9.99"


def model_folder(folder: Path, size: int = 200_000) -> Path:
    """The files `check_folder` asks for, of random bytes: whole to the eye, nothing to libvosk."""
    random = Random(folder.name)
    files = {
        "am/final.mdl": random.randbytes(size),
        "conf/model.conf": b"--min-active=200\n",
        "conf/mfcc.conf": b"--sample-frequency=16000\n",
        "graph/HCLr.fst": random.randbytes(size // 4),
        "graph/Gr.fst": random.randbytes(size // 4),
        "graph/disambig_tid.int": b"1\n2\n",
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zip_of(folder: Path, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in sorted(folder.rglob("*")):
            opened.write(path, f"{folder.name}/{path.relative_to(folder)}")
    return archive


def model_zip(tmp_path: Path, name: str = NAME) -> bytes:
    return zip_of(model_folder(tmp_path / "made" / name), tmp_path / f"{name}.zip").read_bytes()


def pin_file(tmp_path: Path, content: bytes, url: str, **changes: object) -> Path:
    fields: dict[str, object] = {
        "name": NAME,
        "engine": "vosk",
        "language": "en-us",
        "licence": "Apache-2.0",
        "good_for": "tests",
        "url": url,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "folder": NAME,
    }
    lines = [f"{key} = {value!r}" for key, value in {**fields, **changes}.items()]
    path = tmp_path / "models.toml"
    path.write_text("[[model]]\n" + "\n".join(lines) + "\n")
    return path


def accepting(_engine: str, _folder: Path) -> None:
    """A trial that takes every model: the real one needs real weights."""


def store(tmp_path: Path, pins: Path | None = None) -> ModelStore:
    return ModelStore(tmp_path / "models", pins=pins, trial=accepting)


@dataclass
class Site:
    """What the server has and how it behaves."""

    content: bytes
    url: str = ""
    ranges: bool = True
    """Whether it answers requests for a part with a part"""
    cuts: list[int] = field(default_factory=list)
    """Bytes to send before the connection breaks, for the next requests"""
    status: int = 200
    redirect: str = ""
    """Where /moved.zip leads"""
    pause_s: float = 0
    """Wait between blocks of 10,000 bytes"""
    asked: list[str | None] = field(default_factory=list)
    """The Range header of every request"""


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what some tests are about."""


@contextmanager
def serving(content: bytes) -> Iterator[Site]:
    site = Site(content)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            site.asked.append(wanted)
            if self.path.startswith("/moved"):
                self.send_response(302)
                self.send_header("Location", site.redirect)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            first = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and site.ranges else 0
            if site.status != 200:
                self.send_error(site.status)
                return
            if first >= len(site.content):
                self.send_error(416)
                return
            body = site.content[first:]
            self.send_response(206 if first else 200)
            if first:
                self.send_header("Content-Range", f"bytes {first}-{len(site.content) - 1}/{len(site.content)}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if site.cuts:
                body = body[: site.cuts.pop(0)]
                self.close_connection = True
            for start in range(0, len(body), 10_000):
                self.wfile.write(body[start : start + 10_000])
                time.sleep(site.pause_s)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = QuietServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    site.url = f"http://127.0.0.1:{server.server_port}/{NAME}.zip"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
