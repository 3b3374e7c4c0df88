"""Joins choosing, asking and counting: from a finished prompt to a stream of events. Knows neither LSP nor HTTP."""

from coderoute_ls.engine.call_log import CallLog
from coderoute_ls.engine.engine import Engine
from coderoute_ls.engine.router import Router
from coderoute_ls.engine.system_clock import SystemClock
from coderoute_ls.engine.types import Asked, CallRecord, Done, EngineCall, Event, Hop, RoutedCall

__all__ = [
    "Asked",
    "CallLog",
    "CallRecord",
    "Done",
    "Engine",
    "EngineCall",
    "Event",
    "Hop",
    "RoutedCall",
    "Router",
    "SystemClock",
]
