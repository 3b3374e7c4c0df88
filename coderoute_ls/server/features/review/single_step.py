"""Edits of one document, sent so that one undo takes them back."""

from collections.abc import Sequence
from typing import cast

from lsprotocol import types as lsp

from coderoute_ls.domain import Document, TextEdit
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.messages.coderoute_messages import GroupedEdit, Json
from coderoute_ls.server.rpc.positions import PositionConverter


async def apply_as_one_step(
    client: Client, positions: PositionConverter, document: Document, edits: Sequence[TextEdit], step: str
) -> bool:
    """Whether the editor has applied them; ``step`` is a name that no other step has. Raises `Unsupported` when it refuses or
    stays silent."""
    sent = positions.edits_out(document.lines, edits)
    if not client.can.document_changes:
        return await client.apply(lsp.WorkspaceEdit(changes={document.uri: sent}))
    identifier = lsp.OptionalVersionedTextDocumentIdentifier(uri=document.uri, version=document.version)
    edit = lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(identifier, [*sent])])
    if not client.can.ours.grouped_edits:
        return await client.apply(edit)
    told = cast("Json", converter().unstructure(edit))
    return await client.apply_grouped(GroupedEdit(job=step, first=True, last=True, edit=told))
