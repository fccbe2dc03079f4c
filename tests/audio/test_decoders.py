"""Decoders that are missing, and files that would make a decoder open something else."""

import socket
import struct
import threading

import pytest

from livewatch.audio.decode_ffmpeg import FfmpegDecoder
from livewatch.audio.decoder import UnknownFormatError
from livewatch.audio.file import open_recording
from livewatch.errors import AudioError
from tests.audio.recordings import (
    needs_av,
    needs_ffmpeg,
    wav_bytes,
    with_ffmpeg,
    write_tone,
)


@pytest.mark.usefixtures("no_decoders")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("memo.m4a", struct.pack(">I4s4sI", 16, b"ftyp", b"M4A ", 0) + struct.pack(">I4s", 8, b"moov")),
        ("memo.amr", b"#!AMR\n" + b"\x04" * 13),
        ("memo.webm", b"\x1a\x45\xdf\xa3" + b"\x80" * 30),
        ("memo.wma", b"\x30\x26\xb2\x75" + b"\x80" * 30),
        ("memo.aac", b"\xff\xf1" + b"\x80" * 30),
        ("g726.wav", wav_bytes(codec=0x45)),
    ],
)
def test_without_a_decoder_the_extra_to_install_is_named(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(AudioError) as caught:
        open_recording(path)
    assert caught.value.code == "decoder_missing"
    assert 'pip install "livewatch[formats]"' in caught.value.hint


@pytest.mark.usefixtures("no_decoders")
def test_a_damaged_flac_is_not_blamed_on_a_missing_decoder(tmp_path):
    path = tmp_path / "broken.flac"
    path.write_bytes(b"fLaC" + b"\xff" * 200)
    with pytest.raises(AudioError, match="is damaged"):
        open_recording(path)


@needs_ffmpeg
@pytest.mark.usefixtures("either_decoder")
def test_a_video_without_sound_is_said_to_have_none(tmp_path):
    silent = ["-map", "1:v", "-c:v", "mpeg4"]
    source = write_tone(tmp_path / "a.wav")
    path = with_ffmpeg(source, tmp_path / "v.mp4", "-f", "lavfi", "-i", "testsrc=duration=1:size=64x64:rate=5", *silent)
    with pytest.raises(AudioError, match="holds no sound track"):
        open_recording(path)


@pytest.fixture
def listening():
    """A server on loopback; the list fills with who connects."""
    callers = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept():
            while True:
                try:
                    connection, peer = server.accept()
                except OSError:
                    return
                callers.append(peer)
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1], callers
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def playlists(port, inner):
    return {
        "list.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n",
        "local.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:{inner}\n#EXT-X-ENDLIST\n",
        "list.ffconcat": f"ffconcat version 1.0\nfile 'http://127.0.0.1:{port}/a.wav'\n",
        "call.sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n",
    }


@needs_av
@needs_ffmpeg
def test_a_playlist_opens_nothing_neither_on_the_network_nor_on_the_disk(tmp_path, listening):
    """The header check already refuses text; the decoders must refuse on their own as well."""
    from livewatch.audio.decode_av import AvDecoder

    port, callers = listening
    inner = write_tone(tmp_path / "inner.wav")
    for name, text in playlists(port, inner).items():
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(AudioError, match="is a text file"):
            open_recording(path)
        with pytest.raises(UnknownFormatError):
            AvDecoder(path, name)
        with pytest.raises(UnknownFormatError):
            FfmpegDecoder(path, name, "ffmpeg")
    assert callers == []


@needs_ffmpeg
@needs_av
@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}/x.wav", "tcp://127.0.0.1:{port}"])
def test_an_address_given_as_a_path_is_a_missing_file(tmp_path, monkeypatch, listening, address):
    monkeypatch.chdir(tmp_path)
    port, callers = listening
    with pytest.raises(AudioError, match="There is no file"):
        open_recording(type(tmp_path)(address.format(port=port)))
    assert callers == []
