"""The read-only documents that this server provides, by address."""

from collections import OrderedDict

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

SCHEME = "coderoute"
"""Of their addresses."""
KEPT = 20


class ReportTexts:
    """The last ones; an older one has to be asked for again."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, str] = OrderedDict()

    def content(self, params: lsp.TextDocumentContentParams) -> lsp.TextDocumentContentResult:
        """Answers ``workspace/textDocumentContent``."""
        if params.uri not in self._texts:
            raise JsonRpcInvalidParams(f"Invalid Params: {params.uri} is not here any more; ask for the explanation again")
        return lsp.TextDocumentContentResult(self._texts[params.uri])

    def put(self, uri: str, text: str) -> None:
        self._texts[uri] = text
        while len(self._texts) > KEPT:
            self._texts.popitem(last=False)
