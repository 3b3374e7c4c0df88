"""``GET /v1/policy``: what the organisation allows, signed, for language servers that joined the team."""

from coderoute_ls.gateway.endpoints.endpoint import Endpoint
from coderoute_ls.gateway.faces.face import Json
from coderoute_ls.gateway.http.http_exchange import Headers, Receive


class PolicyEndpoint(Endpoint):
    """Only a gateway of a team, with a signing key, has one. Another says so itself: that an address is not there (404), anybody
    on the way may say, and it must not mean that nothing is forbidden."""

    async def answer(self, headers: Headers, receive: Receive) -> Json:
        del headers, receive
        return {"policy": None} if self.gateway.policy is None else dict(self.gateway.policy())
