"""gptel (Emacs)."""

from coderoute_ls.gateway.clients import Client

_TEXT = """
(setq gptel-model 'coderoute
      gptel-backend (gptel-make-openai "CodeRoute"
                      :protocol "http" :host "@host@" :stream t
                      :key (lambda () (string-trim (shell-command-to-string "coderoute-ls gateway --token")))
                      :models '(coderoute)))
"""

CLIENT = Client(
    name="gptel",
    title="gptel (Emacs)",
    path="~/.emacs.d/init.el",
    text=_TEXT,
    tested="Written by its documentation; not run",
    comment=";",
    needs_variable=False,
)
