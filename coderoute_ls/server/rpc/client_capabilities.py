"""What this editor can do, resolved once from its announcement into named booleans."""

from dataclasses import dataclass, field
from typing import Any, cast

from lsprotocol import types as lsp

from coderoute_ls.domain import Surface
from coderoute_ls.server.rpc.messages.coderoute_messages import Announced


@dataclass(frozen=True, slots=True)
class ClientCapabilities:
    """The editor's announcement, in our words."""

    editor: str = ""
    apply_edit: bool = False
    document_changes: bool = False
    """Takes versioned ``documentChanges``."""
    create_files: bool = False
    delete_files: bool = False
    pull_configuration: bool = False
    watch_configuration: bool = False
    watch_files: bool = False
    progress: bool = False
    inline_completion: bool = False
    """Knows inline completion itself (3.18): plain completion stays silent."""
    code_action_literals: bool = False
    show_document: bool = False
    show_message_request: bool = False
    text_document_content: bool = False
    """Shows read-only documents that we provide (``workspace/textDocumentContent``)."""
    waits_itself: bool = False
    """Debounces typing before it asks for inline completions (Neovim)."""
    ours: Announced = field(default_factory=Announced)

    def takes(self, surface: Surface) -> bool:
        """Whether an answer for this surface could reach the user."""
        if surface == "new_file":
            return self.apply_edit and self.document_changes and self.create_files and self.show_document
        return surface == "report" or self.apply_edit


def _at(capabilities: object, path: str) -> Any:
    value: object = capabilities
    for name in path.split("."):
        value = getattr(value, name, None)
    return value


def read(params: lsp.InitializeParams) -> ClientCapabilities:
    """Never fails: what is missing or odd is simply not there."""
    given = params.capabilities
    editor = params.client_info.name if params.client_info else ""
    operations: list[object] = list(_at(given, "workspace.workspace_edit.resource_operations") or ())
    return ClientCapabilities(
        editor=editor,
        apply_edit=bool(_at(given, "workspace.apply_edit")),
        document_changes=bool(_at(given, "workspace.workspace_edit.document_changes")),
        create_files=lsp.ResourceOperationKind.Create in operations,
        delete_files=lsp.ResourceOperationKind.Delete in operations,
        pull_configuration=bool(_at(given, "workspace.configuration")),
        watch_configuration=bool(_at(given, "workspace.did_change_configuration.dynamic_registration")),
        watch_files=bool(_at(given, "workspace.did_change_watched_files.dynamic_registration")),
        progress=bool(_at(given, "window.work_done_progress")),
        inline_completion=_at(given, "text_document.inline_completion") is not None,
        code_action_literals=_at(given, "text_document.code_action.code_action_literal_support") is not None,
        show_document=bool(_at(given, "window.show_document.support")),
        show_message_request=_at(given, "window.show_message") is not None,
        text_document_content=_at(given, "workspace.text_document_content") is not None,
        waits_itself=editor.lower().startswith("neovim"),
        ours=_announced(given.experimental),
    )


def _announced(experimental: object) -> Announced:
    if not isinstance(experimental, dict):
        return Announced()
    try:
        return Announced.read(cast("dict[str, object]", experimental).get("coderoute", {}))
    except ValueError:
        return Announced()
