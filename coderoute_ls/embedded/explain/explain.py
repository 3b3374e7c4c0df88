"""Explain by structure: what the code takes, returns, calls and changes; every sentence can be checked against the text."""

import re

from coderoute_ls.domain import Answer, Span, Target
from coderoute_ls.embedded.explain.facts import Facts, Surroundings, report
from coderoute_ls.embedded.explain.python_facts import python_facts
from coderoute_ls.embedded.explain.tree_facts import tree_facts
from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.mentions import Named, surroundings

_NAMED = re.compile(r"`(?:.*\.)?([A-Za-z_$][\w$]*)`$")


def explain(target: Target, region: Span, index: Index) -> Answer | None:
    """A report in Markdown; None for languages and texts that cannot be parsed."""
    document = target.document
    if document.language == "python":
        facts = python_facts(document.text, region)
    else:
        facts = tree_facts(document.language, document.text, region)
    if facts is None:
        return None
    return Answer(report(facts, _around(facts, target, index)), True, ("explained by structure, no model asked",))


def _around(facts: Facts, target: Target, index: Index) -> Surroundings:
    match = _NAMED.search(facts.title)
    if match is None:
        return Surroundings()
    document = target.document
    return surroundings(index, Named(match.group(1), document.path, target.folder, document.text, facts.first, facts.last))
