"""``POST /v1/messages/count_tokens``: how many tokens a request has, as the selector estimates it. Asks nobody."""

from coderoute_ls.gateway.endpoints.endpoint import Endpoint
from coderoute_ls.gateway.faces.face import Json
from coderoute_ls.gateway.faces.messages import FACE
from coderoute_ls.gateway.http.http_exchange import Headers, Receive
from coderoute_ls.gateway.http.request_body import json_object, read_body


class CountTokens(Endpoint):
    """The count is that of the model which would answer: families of models cut text differently."""

    method = "POST"
    face = FACE

    async def answer(self, headers: Headers, receive: Receive) -> Json:
        said = json_object(await read_body(receive, headers, self.gateway.bounds))
        request = FACE.read({"max_tokens": 1, **said}, headers)
        call = self.gateway.call(request, headers)
        decision, _ = self.gateway.engine.router.decide(call)
        if decision.chosen is None:
            return {"input_tokens": round(call.prompt.chars / CHARS_PER_TOKEN)}
        return {"input_tokens": decision.chosen.cost.tokens_in}


CHARS_PER_TOKEN = 3.6
"""Of code and prose mixed, where nobody can be asked whose tokens could be counted."""
