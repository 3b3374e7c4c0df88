"""Languages of documents whose content is words for people, and of markup, under every name that editors have for them (data)."""

_NAMES = """
plaintext text txt plain nofile markdown md mdx markdown.mdx pandoc markdown.pandoc quarto qmd rmd rmarkdown
vimwiki telekasten markdown_inline ghmarkdown gfm mkd livebook restructuredtext rst rest asciidoc asciidoctor
adoc org orgmode org-mode norg neorg tex latex plaintex plain-tex latex-mode context doctex latex-expl3
rsweave rnoweb typst typ help vimhelp vimdoc checkhealth man manpage nroff troff roff groff git-commit
gitcommit git-commit-message commit commit-message git_commit jj-commit jjdescription hgcommit svn mail email
eml mutt fountain textile mediawiki wikitext wiki dokuwiki creole tiddlywiki zim zimwiki rdoc pod perl-pod
pod6 t2t txt2tags djot bbcode gemtext gemini srt subrip vtt webvtt todotxt rtf texinfo info screenplay
"""
_ENDINGS = "txt text md markdown mdx qmd rmd rst rest adoc asciidoc org norg tex typ eml fountain textile mediawiki wiki pod"
_EMACS = "gfm markdown-ts rst tex latex text adoc message mail git-commit org typst-ts"
MARKUP = "html xml xhtml vue svelte astro handlebars htmldjango django-html jinja jinja-html twig erb eruby blade heex mjml svg"
_MARKUP = frozenset(MARKUP.split())
_IDS = frozenset(_NAMES.split())
_SUFFIXES = frozenset(_ENDINGS.split())
_MODES = frozenset(_EMACS.split())


def is_prose(language: str, path: str = "") -> bool:
    """Whether the document's content is words: by the editor's languageId, or by the file's suffix where that says nothing."""
    name = language.lower().strip()
    if name in _IDS or name.removesuffix("-mode") in _MODES or name.partition(".")[0] in _IDS:
        return True
    return not name and path.rpartition(".")[2].lower() in _SUFFIXES


def is_markup(language: str) -> bool:
    """Whether tags are the language's syntax, and text for people is between them."""
    return language in _MARKUP
