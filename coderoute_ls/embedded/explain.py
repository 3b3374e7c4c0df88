"""Explain by structure: what the code takes, gives, calls, changes; every sentence can be checked against the text."""

from coderoute_ls.domain import Answer, Span, Target
from coderoute_ls.embedded.explain_python import python_facts
from coderoute_ls.embedded.facts import Surroundings, report
from coderoute_ls.embedded.index import Index


def explain(target: Target, region: Span, index: Index) -> Answer | None:
    document = target.document
    facts = python_facts(document.text, region) if document.language == "python" else None
    if facts is None:
        return None
    return Answer(report(facts, Surroundings(), document.path), True, ("explained by structure",))
