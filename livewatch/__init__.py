"""Listens beside a phone call, offline, and warns when the caller talks like a scammer."""

import os

# onnxruntime from 1.29 on reports every session to Microsoft and keeps a number of the device in ~/.cache, unless told
# not to before its library is loaded (onnxruntime#27379). Here, so that nothing of livewatch can load it before.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
