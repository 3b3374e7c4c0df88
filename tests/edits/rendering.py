"""What of a Markdown text is alive in renderers: with HTML and the search for links on, the most that an editor does."""

from markdown_it import MarkdownIt
from markdown_it.token import Token

RENDERERS = (
    MarkdownIt("commonmark", {"html": True}),
    MarkdownIt("js-default", {"html": True, "linkify": True, "typographer": True}),
    MarkdownIt("gfm-like", {"html": True, "linkify": True}),
)
for _renderer in RENDERERS:
    _renderer.validateLink = lambda url: True  # an editor's renderer lets more addresses pass than the library's


def alive(text: str) -> list[str]:
    """Images, tags and links that any renderer finds, each once, in order: ``a command:x``, ``img x.png``, ``html <b>``."""
    found: dict[str, None] = {}
    for renderer in RENDERERS:
        for token in _tokens(renderer, text):
            match token.type:
                case "link_open":
                    found[f"a {token.attrGet('href')}"] = None
                case "image":
                    found[f"img {token.attrGet('src')}"] = None
                case "html_inline" | "html_block":
                    found[f"html {token.content.strip()}"] = None
                case _:
                    pass
    return list(found)


def shown(text: str) -> str:
    """What a reader sees of it."""
    parts = [
        token.content for token in _tokens(RENDERERS[1], text) if token.type in ("text", "code_inline", "text_special", "fence")
    ]
    return "".join(parts)


def _tokens(renderer: MarkdownIt, text: str) -> list[Token]:
    return [token for block in renderer.parse(text) for token in (block, *(block.children or ()))]
