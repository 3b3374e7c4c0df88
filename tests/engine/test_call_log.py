"""Which call is told about when somebody asks why."""

from dataclasses import replace

from coderoute_ls.domain import Decision, Floor, Request, State
from coderoute_ls.engine import CallLog, CallRecord

DECISION = Decision(Request("refactor", "coding", Floor(0.7), chars=10, language="python"), "sha256:0", 0.0, None)
FIRST = CallRecord("1", "refactor", 0.0, DECISION, State(now=0.0), None, uri="file:///a.py")
SECOND = replace(FIRST, id="2", action="fix", uri="file:///b.py")


def test_the_newest_call_about_the_document_is_told_and_else_the_newest_of_all() -> None:
    log = CallLog()
    for record in (FIRST, SECOND):
        log.add(record)
    assert log.last() == SECOND
    assert log.last(uri="file:///a.py") == FIRST
    assert log.last(uri="file:///c.py") == SECOND
    assert log.last("refactor", "file:///b.py") == FIRST
    assert log.last("document") is None
