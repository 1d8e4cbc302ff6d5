"""Figures for Prometheus at /metrics. No label ever holds anything a person wrote."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

TURNS = Counter("ua_turns_total", "Turns answered, by who answered", ["route"])
TURN_SECONDS = Histogram(
    "ua_turn_seconds",
    "Time from starting a turn to its committed answer",
    ["route"],
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 8, 10, 20),
)
REQUEST_SECONDS = Histogram("ua_request_seconds", "Time of an HTTP request", ["method", "route", "status"])
STREAMS = Gauge("ua_streams", "Open streams to browsers")
RASA_READY = Gauge("ua_rasa_ready", "1 while Rasa answers, else 0")
WECOM_SENT = Counter(
    "ua_wecom_messages_total", "Messages sent to WeChat Work, by what came of it", ["provider", "outcome"]
)
WECOM_RECEIVED = Counter("ua_wecom_received_total", "What came from WeChat Work", ["provider", "kind"])
WECOM_CONNECTED = Gauge("ua_wecom_connected", "1 while the AI bot's long connection is up, else 0")
