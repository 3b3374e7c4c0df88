"""Joins choosing, asking and counting: from a finished prompt to a stream of events. Knows neither LSP nor HTTP."""

from coderoute_ls.engine.choice import Chooser
from coderoute_ls.engine.clock import Clock, SystemClock
from coderoute_ls.engine.records import Records
from coderoute_ls.engine.run import Engine
from coderoute_ls.engine.values import Asked, Call, Choice, Done, Event, Hop, Record

__all__ = ["Asked", "Call", "Choice", "Chooser", "Clock", "Done", "Engine", "Event", "Hop", "Record", "Records", "SystemClock"]
