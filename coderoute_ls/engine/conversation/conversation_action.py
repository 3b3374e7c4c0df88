"""The action of a conversation that its caller keeps: another tool through the gateway, or an editor's own chat."""

from coderoute_ls.domain import Action, Brief, Prompt


def _no_prompt(brief: Brief) -> Prompt:
    raise NotImplementedError("the caller brings the prompt")


def conversation_action(name: str, title: str, doc: str, *, median_output: int, max_tokens: int) -> Action:
    """Not for ``actions/``: no editor offers it at a place in a document. ``median_output``, ``max_tokens``: of one answer."""
    return Action(
        id=name,
        title=title,
        kind="",
        surface="report",
        axis="coding",
        min_coding_score=0.70,
        median_output=median_output,
        max_tokens=max_tokens,
        max_cost_usd=0.50,
        prompt=_no_prompt,
        region=lambda target: None,
        doc=doc,
    )
