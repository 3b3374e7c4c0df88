"""Emacs with lsp-mode."""

from coderoute_ls.editors import Editor, File

_INIT = """
(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection '("@command@" "serve"))
                    :activation-fn (lambda (&rest _) (derived-mode-p 'prog-mode))
                    :add-on? t
                    :server-id 'coderoute)))
"""

EDITOR = Editor(
    name="emacs-lsp-mode",
    title="Emacs with lsp-mode",
    files=(File("~/.emacs.d/init.el, then M-x lsp", _INIT, ";;"),),
    works=(
        "beside the language's own server",
        "code actions (s-l a a), the next edit among them, applied as one edit",
        "completions in the list",
    ),
    limits=("no ghost text before lsp-mode 9.1",),
    tested="Tested with Emacs 28.2 with lsp-mode 8.0.0",
    aliases=("lsp-mode",),
)
