"""The last look at a finished request, whatever built it: what looks like a credential is not sent."""

from collections.abc import Iterator

from coderoute_ls.domain import Prompt
from coderoute_ls.errors import SecretFound
from coderoute_ls.ignore import secrets_in


def check(prompt: Prompt) -> None:
    """Raises `SecretFound` when any text of the prompt holds a secret. The rooms above redact what they add; what is still
    here stands in the user's own selection, where replacing it would destroy it.
    """
    kinds = sorted({kind for text in _texts(prompt) for kind in secrets_in(text)})
    if kinds:
        raise SecretFound(
            f"Nothing was sent: the text holds what looks like a secret ({', '.join(kinds)}). "
            "Move it out of the selection, or into a file that is not sent."
        )


def _texts(prompt: Prompt) -> Iterator[str]:
    yield prompt.system
    for message in prompt.messages:
        yield message.text
    if prompt.fim is not None:
        yield prompt.fim.prefix
        yield prompt.fim.suffix
        for snippet in prompt.fim.snippets:
            yield snippet.text
