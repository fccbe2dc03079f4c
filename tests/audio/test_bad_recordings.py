"""What holds no sound is refused in one sentence that names it."""

import os
import struct
import sys

import pytest
import soundfile

from livewatch.audio.file import open_recording
from livewatch.errors import AudioError
from livewatch.events import SAMPLE_RATE
from tests.audio.recordings import (
    read,
    tone,
    wav_bytes,
    write_tone,
)
from tests.needs import needs

NOTHING_TO_HEAR = {
    "empty.wav": (b"", "empty", "is empty"),
    "text.wav": (b"This was never sound.\n" * 40, "not_a_recording", "is a text file"),
    "umlauts.mp3": ("Grüße über alles\n".encode() * 400, "not_a_recording", "is a text file"),
    "page.mp3": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "not_a_recording", "is a web page"),
    "calls.wav": (b"PK\x03\x04" + b"\0" * 60, "not_a_recording", "is a zip archive"),
    "cut12.wav": (wav_bytes()[:12], "cut_header", "was cut off inside its header"),
    "cut6.wav": (wav_bytes()[:6], "cut_header", "was cut off inside its header"),
    "picture.wav": (b"RIFF\x40\0\0\0WEBPVP8 " + b"\x90" * 60, "not_a_recording", "is not a recording"),
    "cut30.wav": (wav_bytes()[:30], "cut_header", "was cut off inside its header"),
    "header-only.wav": (wav_bytes()[:44], "no_sound", "holds no sound"),
    "no-sound.wav": (wav_bytes(b""), "no_sound", "holds no sound"),
    "no-sound-but-notes.wav": (wav_bytes(b"") + b"LIST\x08\0\0\0INFOabcd", "no_sound", "holds no sound"),
    "no-channels.wav": (wav_bytes(channels=0), "channels", "says it has no channels"),
    "64.wav": (wav_bytes(channels=64), "channels", "says it has 64 channels; livewatch reads up to 8"),
    "slow.wav": (wav_bytes(rate=1), "rate", "says it has 1 samples a second"),
    "fast.wav": (wav_bytes(rate=4_000_000), "rate", "says it has 4,000,000 samples a second"),
    "no-rate.wav": (wav_bytes(rate=0), "rate", "says it has 0 samples a second"),
    "unknown.wav": (wav_bytes(codec=0x7777), "codec", "holds sound in format 0x7777"),
    "noise.wav": (bytes(range(128, 256)) * 20, "not_a_recording", "is not a recording"),
    "samples.raw": (bytes(range(128, 256)) * 20, "headerless", "is raw samples without a header"),
    "broken.flac": (b"fLaC" + b"\xff" * 200, "damaged", "begins like FLAC but is damaged"),
    "stopped.m4a": (
        struct.pack(">I4s4sI", 16, b"ftyp", b"M4A ", 0) + struct.pack(">I4s", 1000, b"mdat") + b"\x01" * 992,
        "unfinished",
        "was never finished",
    ),
    "all-nan.wav": (wav_bytes(b"\0\0\xc0\x7f" * 800, codec=3, bits=32), "no_sound", "holds no sound: all its samples"),
}


@pytest.mark.parametrize("name", NOTHING_TO_HEAR)
def test_what_holds_no_sound_is_refused_in_one_sentence(tmp_path, name):
    data, code, sentence = NOTHING_TO_HEAR[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(AudioError) as caught:
        read(path)
    assert caught.value.code == code
    assert f'"{path}" {sentence}' in caught.value.message
    assert "\n" not in str(caught.value)


def test_a_header_that_cannot_be_used_is_refused_before_anything_is_read(tmp_path):
    path = tmp_path / "fast.wav"
    path.write_bytes(wav_bytes(rate=4_000_000))
    with pytest.raises(AudioError, match="4,000,000"):
        open_recording(path)


def test_a_missing_path_a_folder_and_a_device_are_named(tmp_path):
    folder = tmp_path / "folder.wav"
    folder.mkdir()
    for path, code, words in (
        (tmp_path / "nobody.wav", "missing", "There is no file"),
        (tmp_path / "nul\0.wav", "missing", r'nul\x00.wav"'),
        (folder, "not_a_file", "is a folder"),
    ):
        with pytest.raises(AudioError) as caught:
            open_recording(path)
        assert caught.value.code == code
        assert words in caught.value.message


@needs(hasattr(os, "mkfifo"), "this system has no named pipes")
def test_a_named_pipe_is_refused_without_waiting_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    for path in (tmp_path / "pipe.wav", "/dev/zero"):
        with pytest.raises(AudioError, match="is a pipe or a device"):
            open_recording(type(tmp_path)(path))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read_is_said_to_be_so(tmp_path):
    path = write_tone(tmp_path / "secret.wav")
    path.chmod(0)
    with pytest.raises(AudioError, match="cannot be read: Permission denied"):
        open_recording(path)


def test_control_characters_in_a_name_are_shown_as_escapes(tmp_path):
    path = tmp_path / "a\x1b[31m\u202ered\n.wav"
    path.write_bytes(b"")
    with pytest.raises(AudioError) as caught:
        open_recording(path)
    assert r"a\x1b[31m\u202ered\n.wav" in caught.value.message


@needs(sys.platform == "linux", "file names are not bytes here")
def test_a_name_that_is_not_utf_8_is_read_and_shown(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.gsm")
    soundfile.write(os.fsencode(path), tone(1000, 8000), 8000, format="RAW", subtype="GSM610")
    samples, source = read(path)
    assert len(samples) == 2 * SAMPLE_RATE
    assert source.name == str(path)
    path.write_bytes(b"")
    with pytest.raises(AudioError, match=r"caf\\udce9\.gsm"):
        read(path)


@pytest.mark.parametrize("name", ["-", "-i.wav", "http:x.wav", "file:x.wav", "concat:a|b.wav", "a%03d.wav", "*.wav"])
def test_a_name_is_a_name_and_never_an_option_nor_an_address(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(wav_bytes())
    samples, _ = read(type(tmp_path)(name))
    assert len(samples) == SAMPLE_RATE


def test_left_of_a_one_channel_recording_names_the_option_to_use(tmp_path):
    path = write_tone(tmp_path / "mono.wav")
    with pytest.raises(AudioError, match=r"has one channel, so there is no left one .* Use --caller mix\."):
        open_recording(path, caller="left")
