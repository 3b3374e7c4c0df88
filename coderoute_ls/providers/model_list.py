"""The names of the models that a vendor lists."""

import orjson

from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.errors import ProviderUnavailable
from coderoute_ls.providers.connections.transport import Transport, read_at_most
from coderoute_ls.providers.credentials import key_header
from coderoute_ls.providers.dialect import dialect
from coderoute_ls.providers.error_responses.error_classification import failure_from_response, failure_in_stream
from coderoute_ls.providers.json_access import as_object, as_text, is_list

MAX_LIST = 1 << 20
"""Most bytes of the list."""


async def list_models(vendor: Vendor, transport: Transport, key: str | None, wait_s: float = 10.0) -> tuple[str, ...]:
    """Names of the models that the vendor lists. Raises `ProviderError`: ModelNotFound where it has no such list,
    ProviderUnavailable where what answers is no model server, although it may say that all is well.
    """
    how = dialect(vendor.dialect)
    headers = {"accept": "application/json", **vendor.headers, **(key_header(vendor, how.auth, key) if key else {})}
    async with transport.send(vendor, vendor.request_url(how.name, how.models_path), headers, wait_s=wait_s) as answer:
        body = await read_at_most(answer, MAX_LIST)
        if answer.status != 200:
            raise failure_from_response(vendor, answer.status, answer.headers, body)
    try:
        listed: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        listed = None
    # Together lists without an object around the list
    bare = is_list(listed) and any(as_object(row).get("id") for row in listed)
    rows = listed if bare else as_object(listed).get("data", as_object(listed).get("models"))
    if not is_list(rows):
        if as_object(listed).get("error"):
            raise failure_in_stream(vendor, listed)
        raise ProviderUnavailable(
            f"{vendor.name} answered with something that is not a list of models: is its base URL right?", provider=vendor.id
        )
    names = (as_text(row.get("id")) or as_text(row.get("name")) for row in map(as_object, rows))
    return tuple(name.removeprefix("models/") for name in names if name)
