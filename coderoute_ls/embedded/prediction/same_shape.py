"""Places of the same shape: the same tokens but for the names. The names are put in from the cursor's surroundings.

Where ``self.width = width`` is in this file and the cursor behind ``self.height =``, what follows there is the name before
the equals sign, so here it is ``height``.
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from coderoute_ls.embedded.index.index import Index
from coderoute_ls.embedded.index.segment import DEPTH, Matches, scan
from coderoute_ls.embedded.index.token_table import WORD
from coderoute_ls.embedded.index.vocabulary import Ids
from coderoute_ls.embedded.prediction.token_position import TokenPosition

SHORTEST = 3
"""Tokens of shape that must agree."""
SAMPLE = 64
"""Places that are looked at."""
WINDOW = 10_000
"""Tokens on each side of the cursor where shapes are looked for."""
NAME = -2
"""Stands for any name in a shape."""


def alike(index: Index, place: TokenPosition, spot: tuple[int, int]) -> Matches:
    """What follows at such places of this file, names replaced; ``spot`` is what does not count of its tokens."""
    begin, end = max(0, spot[0] - WINDOW), spot[1] + WINDOW
    tokens, keys = place.buffer.tokens[begin:end], place.buffer.keys[begin:end]
    context = np.array(place.context, np.int32)
    names, named = _names(index, keys), _names(index, context)
    shapes, shape = np.where(names, np.int32(NAME), keys), cast("list[int]", np.where(named, NAME, context).tolist())
    numbers = np.arange(len(keys), dtype=np.int32)
    found = scan(numbers, shapes, shape, (spot[0] - begin, spot[1] - begin), SAMPLE)
    long = found.lengths >= SHORTEST
    places, lengths = found.following[long], found.lengths[long]
    following = tokens[places]
    before = places[:, None] - np.arange(1, DEPTH + 1)
    same = (keys[np.maximum(before, 0)] == keys[places][:, None]) & (before >= 0)
    for row in np.flatnonzero(names[places]).tolist():
        away = int(same[row].argmax())
        stands = same[row, away] and away < len(context) and named[away]
        following[row] = _renamed(index, int(following[row]), int(context[away])) if stands else -1
    good = following >= 0
    return Matches(following[good], lengths[good])


def _names(index: Index, keys: Ids) -> NDArray[np.bool_]:
    """Which keys are names: words that are not the language's own. A key that was never seen (−1) is one."""
    known = np.maximum(keys, 0)
    return (keys < 0) | ((index.tables().kinds[known] == WORD) & ~index.common(known))


def _renamed(index: Index, token: int, key: int) -> int:
    """The token with another name and the same blank before it, −1 for a name that was never seen."""
    if key < 0:
        return -1
    tokens = index.vocabulary.tokens
    return int(index.vocabulary.add([" " + tokens[key] if tokens[token][0] == " " else tokens[key]])[0])
