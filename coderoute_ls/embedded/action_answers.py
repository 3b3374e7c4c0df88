"""The actions that the built-in engine can answer: explain by structure, refactor by safe rewrites, name what a commit changes.
It refuses all others."""

from coderoute_ls.domain import Answer, Span, Target
from coderoute_ls.embedded.explain.commit_subject import commit_message
from coderoute_ls.embedded.explain.explain import explain
from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.refactor.refactor import refactor


def answer(action: str, target: Target, region: Span, index: Index) -> Answer | None:
    if action == "explain":
        return explain(target, region, index)
    if action == "commit_message":
        return commit_message(target.document)
    if action == "refactor":
        return refactor(target.document, region)
    return None
