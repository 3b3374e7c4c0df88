"""What is asked and done about a finished edit beside the edit itself."""

from contextlib import suppress

from lsprotocol import types as lsp

from coderoute_ls.errors import Unsupported
from coderoute_ls.server.features.edit.edit_outcome import Choice
from coderoute_ls.server.features.job_services import JobServices
from coderoute_ls.server.rpc.coderoute_messages import ChoiceOffered


async def pressed_button(services: JobServices, said: str, choices: list[ChoiceOffered]) -> Choice | None:
    """The choices as buttons of a message, where the editor has no better place for them; None when none is pressed."""
    if not services.client.can.show_message_request:
        services.client.show(said)
        return None
    buttons: dict[str, Choice] = {offered.title: offered.choice for offered in choices}
    try:
        pressed = await services.client.ask_choice(said, tuple(buttons))
    except Unsupported:
        return None  # nobody has answered for a long time
    return None if pressed is None else buttons.get(pressed)


async def delete_created(services: JobServices, uri: str) -> None:
    """Delete a file that was created for an answer, unless somebody has written in it."""
    client, document = services.client, services.documents.get(uri)
    if not client.can.delete_files or (document is not None and document.text.strip()):
        return
    delete = lsp.DeleteFile(uri=uri, options=lsp.DeleteFileOptions(ignore_if_not_exists=True))
    with suppress(Unsupported):
        await client.apply(lsp.WorkspaceEdit(document_changes=[delete]))
