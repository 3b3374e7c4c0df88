"""``coderoute.sent``: what the last action sent, as Markdown in which nothing is a link."""

from coderoute_ls.engine import Engine
from coderoute_ls.text.dollars import price
from coderoute_ls.text.markdown_escaping import as_block, as_text

_ROLES = {"user": "Asked", "assistant": "Answered before", "system": "Rules"}


def sent(engine: Engine) -> str:
    """The whole prompt, and to whom it went."""
    found = engine.records.sent.last()
    if found is None:
        return "No action has sent anything yet in this session.\n"
    call, prompt = found
    record = engine.records.get(call)
    said = ["# What was sent", ""]
    if record is not None and record.answered is not None:
        offer = record.answered.offer
        said += [as_text(f"{record.action}: to {offer.name or offer.id}, {price(record.cost_usd, 2)}."), ""]
    said += [f"{part.name}: {part.chars:,} characters  " for part in prompt.parts]
    said += ["", f"It is in memory alone, {prompt.chars:,} characters; what looked like a secret was taken out before.", ""]
    for title, text in (("Rules", prompt.system_words), *((_ROLES[m.role], m.words) for m in prompt.messages)):
        if text.strip():
            said += [f"## {title}", "", as_block(text), ""]
    return "\n".join(said)
