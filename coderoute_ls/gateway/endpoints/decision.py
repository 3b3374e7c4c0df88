"""``POST /v1/decision``: which model a request would go to, at what price and why. Asks no model."""

from coderoute_ls.gateway import request_fields as fields
from coderoute_ls.gateway.caller_error import invalid
from coderoute_ls.gateway.endpoints.endpoint import Endpoint
from coderoute_ls.gateway.faces import all_faces
from coderoute_ls.gateway.faces.face import Json
from coderoute_ls.gateway.http.http_exchange import Headers, Receive
from coderoute_ls.gateway.http.request_body import json_object, read_body


class DecisionEndpoint(Endpoint):
    """Takes ``{"format": …, "request": …}``, the request as that format's own address would take it; answers with the decision
    record, which ``coderoute-ls route --replay`` decides again."""

    method = "POST"

    async def answer(self, headers: Headers, receive: Receive) -> Json:
        from coderoute_ls.selection.record import record

        said = json_object(await read_body(receive, headers, self.gateway.bounds))
        faces = {face.format: face for face in all_faces()}
        name = fields.one_of(said, "format", faces)
        if name is None:
            raise invalid(f"`format` must be one of {', '.join(sorted(faces))}.", "format")
        request = faces[name].read(fields.object_at(said, "request"), headers)
        router = self.gateway.engine.router
        decision, state = router.decide(self.gateway.call(request, headers))
        return record(router.prepared.explained(decision, state), state)
