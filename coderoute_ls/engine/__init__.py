"""Joins choosing, asking and counting: from a finished prompt to a stream of events. Knows neither LSP nor HTTP."""

from coderoute_ls.engine.call_log import Records
from coderoute_ls.engine.clock import Clock, SystemClock
from coderoute_ls.engine.engine import Engine
from coderoute_ls.engine.router import Chooser
from coderoute_ls.engine.types import Asked, Call, Choice, Done, Event, Hop, Record

__all__ = ["Asked", "Call", "Choice", "Chooser", "Clock", "Done", "Engine", "Event", "Hop", "Record", "Records", "SystemClock"]
