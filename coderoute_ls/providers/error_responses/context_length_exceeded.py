"""Whether an error says that the prompt does not fit the model's window: by families of words, for every vendor has its own.

A sentence says so when it names what was sent, that it is more than it may be, and that tokens or a length are meant. Naming the
window is enough by itself. What counts something else (images, requests in a minute, the seconds it took) is left out.
"""

import re


def _family(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words))


WINDOW = _family(
    r"\bcontext[ _-]?(?:length|window|size|limit|overflow)|\bmax(?:imum)? context",
    r"(?:model|token|attention)\S{0,2} window\b",
    r"\bcontext (?:is |was )?full\b|\bout of context\b|\b(?:into|of|within|in) the (?:\S+ )?context\b",
    r"(?:larger|longer) than the context\b",
    r"\bn_ctx\b|\bmax[ _](?:model|seq)[ _]len\b|\bmax_(?:total|prompt|input)_tokens\b|\bkv size\b|position embeddings",
    r"\bmax(?:imum)? (?:prompt|input|sequence|model)s? (?:length|tokens|limit|size)|\bmax(?:imum)? input limit",
    r"\binputs?[ _]length\b.{0,8}should be",
    r"上下文(?:长度|窗口|限制)|[输輸]入[长長]度|コンテキスト(?:長|ウィンドウ)",
)
"""The window itself: it is named for no other reason."""

SENT = _family(
    r"\b(?:prompts?|inputs?|messages?|request|requested|conversation|context|content|history|text|query|sequence|tokens?|payload|body)\b",
    r"\b(?:prompt|input|total)_(?:tokens|length)\b|[输輸]入|[内內]容|[请請]求",
)
"""What was sent."""

EXCESS = _family(
    r"\b(?:exceed|surpass|overflow|overr[ua]n)\w*|\btoo[ _](?:long|large|big|many)\b|(?:\bnot|n.t) fit\b",
    r"\b(?:longer|greater|larger|bigger|higher|more) than\b|\b(?:over|above|beyond|past) (?:the|its|a)\b",
    r"\w\)? (?:>=?|≥) (?:\w+ ){0,2}\(?\d|\bat most \d",
    r"\b(?:must|should|can|may) (?:only )?(?:be|have|contain|hold) (?:at most|less|fewer|shorter|no more|under|<)",
    r"\bonly (?:accept|support|allow|handle|take|hold|ha)\w*|\bmax(?:imum)? (?:is|of|allowed:?) \d",
    r"\bwhile (?:the )?limit is|\blimit[ _](?:is[ _])?reached|\blimit\b.{0,30} is \d|\b(?:max(?:imum)?|limit):? (?:is )?\d",
    r"\d (?:maximum|(?:tokens )?(?:allowed|available))\b",
    r"超出|超[过過]|超[长長]|[过過][长長]|超限",
)
"""That it is more than it may be."""

MEASURE = _family(
    r"\btokens?\b|_tokens\b|\blength\b|\btoo[ _](?:long|large|big)\b|\blimit\b|\bmax(?:imum)?\b|\bmodel\b|\bcontext\b|\bwindow\b",
    r"\b(?:cache|body|request|context) size\b|\bcharacters\b|\d{4,}|[长長]度|限制|上限|超[长長]|[过過][长長]",
)
"""That a length is meant."""

TELLING = _family(
    r"\btoo_many_(?:prompt|input)_tokens|(?:prompt|input|context)_too_(?:long|large)|(?:request|payload)_too_large",
    r"string_(?:too_long|above_max_length)|tokens_limit_reached|max_prompt_tokens_exceeded|token_quantity_exceeded",
    r"context(?:_size|_window|_length|_limit)?_exceeded|exceed_context|context_limit|input_length_exceeded",
    r"reduce_other_history|\btokens to keep\b|model only supports up to \d+|must be at least 1, got -",
    r"(?:reduce|decrease|shorten|trim) (?:the |your )?(?:\w+ )?(?:length|prompt|messages?|input|context|conversation)\b",
    r"maxlength: \d+|string too long\. expected a string with maximum length",
    r"total message token length|max tokens of \d+ exceeded|token limit (?:is )?(?:exceeded|reached)|too many tokens",
    r"(?:prompt|input)[ _]tokens?\b[^.;]{0,20}\+ `?max_\w*tokens|`?inputs`? (?:tokens|must have less)",
)
"""Codes and phrases that say all of it."""

OTHERWISE = _family(
    r"failed to decode",  # llama.cpp: the cache that its requests share is full, whatever the length of this one
    r"tokens? per (?:minute|hour|day)|\b(?:tpm|tpd|rpm)\b|rate.?limit|too many requests|throttl|please wait|concurren|\bquota\b",
    r"\binput should be (?:less|greater) than or equal",  # what pydantic says of any field
    r"context (?:window|length) (?:is )?too small|invalid 'user'|\btook (?:too long|longer)|timed? ?out|\bseconds\b|\bqueue\b",
)
"""Words that look so, and are about something else, wherever they stand."""

OTHER_THINGS = _family(
    r"\btools?\b|\bfunctions?\b|\bimages?\b|\bfiles?\b|\bdocuments?\b|\bpages\b|\bstop\b|\bschema\b|\battachments?\b|\baudio\b",
    r"\b(?:id|name|key|role|retries|attempts|choices)\b|_(?:id|key|name)\b",
    r"\btemperature\b|\btop_[pk]\b|\bmetadata\b|\bcache_control\b|\bcontent blocks\b",
)
"""What may be too many or too large besides the prompt."""
_OF_TOKENS = _family(r"\btokens?\b|_tokens\b", WINDOW.pattern)
_SENTENCES = re.compile(r"[.\n。](?=\s|$)")
_THOUSANDS = re.compile(r"(?<=\d)[,_](?=\d{3})")


def says_too_long(words: str) -> bool:
    """Whether these words of a refusal, in lower case, are about the prompt's length."""
    words = _THOUSANDS.sub("", words)
    if OTHERWISE.search(words):
        return False
    if TELLING.search(words):
        return not _about_others(words)
    return any(_sentence(sentence) for sentence in _SENTENCES.split(words))


def _sentence(words: str) -> bool:
    if _about_others(words):
        return False
    if WINDOW.search(words):
        return True
    return all(family.search(words) for family in (SENT, EXCESS, MEASURE))


def _about_others(words: str) -> bool:
    return OTHER_THINGS.search(words) is not None and _OF_TOKENS.search(words) is None
