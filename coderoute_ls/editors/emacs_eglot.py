"""Emacs with eglot."""

from coderoute_ls.editors import Editor, File

_INIT = """
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '((python-mode python-ts-mode) . ("@command@" "serve"))))
"""

EDITOR = Editor(
    name="emacs-eglot",
    title="Emacs with eglot",
    files=(File("~/.emacs.d/init.el, then M-x eglot", _INIT, ";;"),),
    works=(
        "code actions (M-x eglot-code-actions), the next edit among them, applied as one edit",
        "completions by completion-at-point",
    ),
    limits=(
        "one server per buffer: eglot takes this one instead of the language's own",
        "no ghost text, and no progress before eglot 1.10",
    ),
    tested="Tested with Emacs 28.2 with eglot 1.9",
    aliases=("emacs", "eglot"),
)
