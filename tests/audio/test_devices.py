"""Devices are found by any part of their name, and never guessed."""

from __future__ import annotations

import pytest

from livewatch.audio.devices import Device, find
from livewatch.errors import UsageError

DEVICES = [
    Device("alsa_input.usb-webcam", "Webcam C920", "input", "PulseAudio", 2, 48_000),
    Device("alsa_input.pci.analog", "Built-in Audio", "input", "PulseAudio", 2, 48_000, default=True),
    Device(
        "alsa_output.pci.analog.monitor", "Monitor of Built-in Audio", "loopback", "PulseAudio", 2, 48_000, audible=True
    ),
    Device("alsa_output.hdmi.monitor", "Monitor of HDMI", "loopback", "PulseAudio", 2, 48_000),
]


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("webcam", "input", "alsa_input.usb-webcam"),
        ("WEBCAM c920", "input", "alsa_input.usb-webcam"),
        ("default", "input", "alsa_input.pci.analog"),
        ("default", "loopback", "alsa_output.pci.analog.monitor"),
        ("built-in audio", "input", "alsa_input.pci.analog"),  # a whole label counts more than a part of another
        ("hdmi", "input", "alsa_output.hdmi.monitor"),  # the only one that fits
        ("analog", "loopback", "alsa_output.pci.analog.monitor"),
        ("analog", "input", "alsa_input.pci.analog"),
    ],
)
def test_a_part_of_a_name_is_enough(name, kind, found):
    assert find(name, DEVICES, kind).name == found


def test_a_name_that_fits_several_is_answered_with_them():
    with pytest.raises(UsageError) as refused:
        find("monitor", DEVICES, "loopback")
    assert "alsa_output.hdmi.monitor" in refused.value.message
    assert "webcam" not in refused.value.message.lower()
    assert refused.value.exit_code == 2


def test_a_name_that_fits_none_is_answered_with_all():
    with pytest.raises(UsageError) as refused:
        find("\x1b[2Jheadset", DEVICES, "input")
    assert "Webcam C920" in refused.value.message
    assert "\x1b" not in refused.value.message


def test_the_only_virtual_cable_is_the_default_loopback_and_of_two_none_is_guessed():
    cable = Device("CABLE Output (VB-Audio)", "CABLE Output (VB-Audio)", "loopback", "Windows WASAPI", 2, 44_100)
    assert find("default", [cable], "loopback") is cable
    with pytest.raises(UsageError, match="no loopback"):
        find("default", [cable, DEVICES[3]], "loopback")


def test_a_computer_without_any_input_is_told_so():
    with pytest.raises(UsageError, match="no default input"):
        find("default", [], "input")
