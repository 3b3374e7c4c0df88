"""Whether a text is code or words for a person: checked before any answer of a model is shown or written.

No phrase of any human language is recognised. A grammar that rejects plain words decides; without one, a line is words when the
user's file has none of them and nothing that code is made of is between them.
"""

from collections.abc import Iterator
from functools import lru_cache
from textwrap import dedent

from coderoute_ls.syntax.comment_and_string_marks import line_comment
from coderoute_ls.syntax.grammars import grammar_of
from coderoute_ls.syntax.prose_and_markup import is_prose
from coderoute_ls.syntax.syntax_tree import Tree, parses, tree
from coderoute_ls.text import CLOSERS, indentation, unclosed, unopened, words
from coderoute_ls.text.lazy_regex import LatePattern

_QUOTED = LatePattern(r"`[^`]*`|\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)")
_QUOTES = LatePattern(r"[`\"']|\*\*|__")
"""What may be cut out of a line before it is read."""
_MARKUP = LatePattern(r"^(?:[#>*+-]+|\d+[.)])\s+|\*\*|__")
_WORD = LatePattern(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SIGNS = LatePattern(r"[={}\[\]<>|\\$@;&%^~+/_]|\w\(|::|->")
_PLAIN_SIGNS = LatePattern(r"[={}\[\]|\\$@;&%^~]|\w\(|::|->")
"""Those of the signs that do not mark up words."""
_ENDS = (".", "!", "?", "…", "。", "！", "？", "：", "।", "؟")
_UNSPACED = LatePattern(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts that write sentences without blanks, or nearly."""
_TELLING = 12
"""From so many names on, a line that has none of them is hardly code of the same file."""


@lru_cache(maxsize=64)
def knows_words(language: str) -> bool:
    """Whether there is a grammar, and one that takes plain words for an error; a shell takes them for a command."""
    said = ("These are only words and nothing else", "words and more words", "Unchanged here")
    return grammar_of(language) is not None and not any(parses(language, text) for text in said)


def is_code(language: str, text: str, near: str = "") -> bool:
    """False when the text, or one line of it, is words for a person. ``near`` is what is around it in the user's file: its
    lines are content, and its words are names. Documents that are prose hold nothing else: there every text is content.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or is_prose(language):
        return True
    near_lines = near.splitlines()
    as_they_are = frozenset(near_lines)
    new = [line for line in lines if line not in as_they_are]
    grammar = knows_words(language)
    mark = line_comment(language)
    wordy = [line for line in new if not _is_plain_code(line) and not line.lstrip().startswith(mark)]
    if not wordy and not grammar:
        return True
    known = frozenset(map(str.strip, near_lines))
    if not new or all(line.strip() in known for line in new):
        return True
    if grammar and (read := reads_as_code(language, text)) is not None:
        return read
    names = frozenset(words(near)) if wordy else frozenset[str]()
    return not any(is_sentence(line, names) for line in wordy if line.strip() not in known)


def reads_as_code(language: str, text: str) -> bool | None:
    """What a grammar that knows words from code makes of a text, or of what it begins: code, or a bare word. None where it does
    not parse, and where there is no such grammar."""
    if knows_words(language):
        for whole in _completed(dedent(text)):
            parsed = tree(language, whole)
            if parsed is not None and not parsed.has_error:
                return has_signs(parsed)
    return None


def _completed(text: str) -> Iterator[str]:
    """The text, and what it may be the beginning of."""
    yield text
    if (stem := text.rstrip()).endswith(":"):
        body = f"{stem}\n{indentation(stem.splitlines()[-1])}    pass\n"
        yield from (body, f"if x:\n    pass\n{body}", f"try:\n    pass\n{body}")
    openers = "".join(CLOSERS[closer] for closer in reversed(unopened(text)))
    if closers := "".join(unclosed(text)) or openers:
        yield f"{openers}{text}{closers}"


def has_signs(parsed: Tree) -> bool:
    """Whether a parsed text has any keyword, operator, bracket or string, or is all comment: to many grammars a bare word is a
    name."""
    comments = True
    for node in parsed.root.walk():
        if node.kind in parsed.grammar.strings:
            return True
        if not node.children:
            if not node.named:
                return True
            comments = comments and node.kind in parsed.grammar.comments
    return comments


def _is_plain_code(line: str) -> bool:
    """Whether a line is certainly no sentence: quick, and right where it says so."""
    text = line.rstrip()
    if not text.isascii() or text.endswith(_ENDS):
        return False
    return _PLAIN_SIGNS.compiled.search(text) is not None and _QUOTES.compiled.search(text) is None


def is_sentence(line: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether a line is words that none of ``names`` is, with nothing between them that code is made of."""
    bare = _MARKUP.compiled.sub("", _QUOTED.compiled.sub("", line.strip())).strip()
    ends = bare.endswith(_ENDS)
    if not ends and bare.isascii() and _SIGNS.search(bare):
        return False
    found = [word for word in _WORD.compiled.findall(bare) if len(word) > 1 or not word.isascii()]
    unknown = [word for word in found if word not in names]
    if not unknown:
        return False
    if len(_UNSPACED.compiled.findall("".join(unknown))) >= 4 and not _SIGNS.search(bare):
        return True
    if ends and _longest_run(bare, names) >= 3:
        return True
    if _SIGNS.search(bare):
        return False
    if len(found) <= 2:
        return ends and len(unknown) == len(found)
    few = ends or not bare.isascii() or len(names) >= _TELLING
    return len(unknown) >= 0.75 * len(found) and found[0] in unknown and len(found) >= (3 if few else 4)


def _longest_run(text: str, names: frozenset[str]) -> int:
    """The most unknown words in a row with nothing but a blank or a comma between them."""
    best = run = 0
    end = -1
    for word in _WORD.finditer(text):
        joined = end >= 0 and text[end : word.start()].strip(" ,") == ""
        run = (run + 1 if joined else 1) if word.group() not in names else 0
        end, best = word.end(), max(best, run)
    return best
