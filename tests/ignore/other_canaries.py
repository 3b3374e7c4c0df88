"""More canaries, as people who had not read the rules wrote them: kinds from a text file, their values drawn at each seed."""

import base64
import json
import random
import re
import string
import uuid
from pathlib import Path

from tests.ignore.canaries import ALNUM, HEX, LOWER, UPPER, Canary

_KINDS = Path(__file__).with_suffix(".txt")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_WORDS = [
    word
    for row in (
        "maple river copper violet dragon sunset falcon harbour winter cactus pepper lemon rocket banana silver garden",
        "orchid walnut thunder marble sailor meadow biscuit glacier penguin saffron tractor velvet willow comet pirate",
        "mango plasma bonsai turtle lantern pebble quartz magnet squirrel pancake volcano feather mustard compass",
        "trumpet blanket spinach dolphin hammock parsley",
    )
    for word in row.split()
]
_SEED_WORDS = [
    word
    for row in (
        "abandon ability able about above absent absorb abstract absurd abuse access accident account accuse achieve",
        "acid acoustic acquire across action actor actress actual adapt address adjust admit adult advance advice",
        "aerobic affair afford afraid again",
    )
    for word in row.split()
]
_DRAWN = re.compile("«([A-Z]+)([0-9]*)»|‹([A-Z]+)([0-9]*)›")
_ALPHABETS = {"A": ALNUM, "H": HEX, "HU": HEX.upper(), "U": UPPER, "L": LOWER, "N": "123456789", "S": string.ascii_letters}


def other_canaries(seed: int = 7) -> list[Canary]:
    """All kinds of the file, each with other values at another seed."""
    drawing = random.Random(seed)
    made: list[Canary] = []
    for row in _KINDS.read_text("utf-8").splitlines()[1:]:
        kind, _, template = row.partition("\t")
        secrets: list[str] = []

        def fill(found: re.Match[str], secrets: list[str] = secrets) -> str:
            value = _value(drawing, found[1] or found[3], int(found[2] or found[4] or 0))
            secrets.extend(value.split("\n") if found[1] else ())
            return value

        text = _DRAWN.sub(fill, str(json.loads(template)))
        made.append(Canary(kind, "a.txt", text, tuple(secrets)))
    return made


def _value(drawing: random.Random, form: str, count: int) -> str:
    """``P`` a drawn password, ``W`` two words, ``D`` a word and digits, ``C`` a word, a sign and digits, ``Y`` a word, a year
    and a sign, ``F`` four words, ``B`` base64, ``M`` a wallet's phrase; else so many characters of an alphabet."""
    if form in _ALPHABETS:
        return "".join(drawing.choice(_ALPHABETS[form]) for _ in range(count))
    if form == "Y":
        return drawing.choice(_WORDS).title() + drawing.choice(["2019", "2021", "2023", "2024"]) + drawing.choice("!#?*")
    if form == "F":
        return drawing.choice("-_.").join(drawing.sample(_WORDS, 4))
    word = drawing.choice(_WORDS)
    digits = "".join(drawing.choice(string.digits) for _ in range(4))
    signed = word.title() + drawing.choice("!@#") + digits
    user = drawing.choice(["svc", "admin", "deploy"]) + ":" + _value(drawing, "A", 14)
    forms = {
        "P": drawing.choice(["Xk9", "q7R", "Zt4", "m2W"]) + _value(drawing, "A", 9),
        "W": "".join(drawing.sample(_WORDS, 2)),
        "D": word + digits[:2],
        "C": signed,
        "B": base64.b64encode(drawing.randbytes(count)).decode(),
        "BU": base64.urlsafe_b64encode(drawing.randbytes(count)).decode().rstrip("="),
        "BP": base64.b64encode(user.encode()).decode(),
        "BW": base64.b64encode(signed.encode()).decode(),
        "UUID": str(uuid.UUID(bytes=drawing.randbytes(16), version=4)),
        "M": " ".join(drawing.sample(_SEED_WORDS, 12)),
        "WIF": drawing.choice("5KL") + "".join(drawing.choice(_BASE58) for _ in range(50)),
        "LINES": "\n".join("".join(drawing.choice(ALNUM + "+/") for _ in range(64)) for _ in range(4)),
    }
    return forms[form]
