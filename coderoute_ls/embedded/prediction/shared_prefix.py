"""When no token is likely enough, a shared prefix may be: ``get_user`` when ``get_user_name`` and ``get_user_mail`` compete.

Words are cut only between their parts, so that what is offered always ends where a reader would pause.
"""

import re
from collections.abc import Iterable

_CUT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W_])(?=_)|(?<=_)(?=[^\W_])")


def beginnings(tokens: Iterable[tuple[str, float]], typed: str) -> list[tuple[str, float]]:
    """What may be appended to ``typed``, longest first, with its probability, from tokens with theirs."""
    found: dict[str, float] = {}
    for token, probability in tokens:
        cuts = [match.start() for match in _CUT.finditer(token, len(typed)) if match.start() > len(typed)]
        for end in (*cuts, len(token)):
            piece = token[len(typed) : end]
            if piece:
                found[piece] = found.get(piece, 0.0) + probability
    return sorted(found.items(), key=lambda item: -len(item[0]))
