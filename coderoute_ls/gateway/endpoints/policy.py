"""``GET /v1/policy``: what the organisation allows, signed, for language servers that joined the team."""

from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.endpoints.endpoint import Endpoint
from coderoute_ls.gateway.faces.face import Json
from coderoute_ls.gateway.http.http_exchange import Headers, Receive


class PolicyEndpoint(Endpoint):
    """Only a gateway of a team, with a signing key, has one."""

    async def answer(self, headers: Headers, receive: Receive) -> Json:
        del headers, receive
        if self.gateway.policy is None:
            raise CallerError(
                404, "not_found", "This gateway signs no policy: it is of no team, or CODEROUTE_POLICY_KEY is not set."
            )
        return dict(self.gateway.policy())
