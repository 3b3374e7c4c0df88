"""What a gateway says can be asked through it."""

from dataclasses import replace

from coderoute_ls.domain import ProviderState
from coderoute_ls.selection.offer_list import offers_in
from tests.engine.support import CHEAP, DEAR, answer
from tests.gateway.support import Json, able, serving

SETTINGS: Json = {"models": {"deny": ["dear/*"]}}


async def test_the_list_holds_what_can_be_asked_and_each_of_its_names_is_answered() -> None:
    high = replace(able(CHEAP), id="cheap/m@high", effort="high")
    async with serving({"cheap": [answer(), answer()]}, (able(CHEAP), high, able(DEAR)), settings=SETTINGS) as served:
        read = offers_in((await served.client.get("/v1/offers")).json())
        assert [offer.wire_id for offer in read.offers] == ["cheap/m", "cheap/m@high"]
        for offer in read.offers:
            response = await served.chat(model=offer.wire_id)
            assert response.headers["x-coderoute-model"] == offer.wire_id


async def test_who_has_the_list_is_told_so_in_no_bytes_until_it_changes() -> None:
    async with serving({"cheap": [answer()]}) as served:
        first = await served.client.get("/v1/offers")
        assert first.headers["content-encoding"] == "gzip"
        mark = {"if-none-match": first.headers["etag"]}
        again = await served.client.get("/v1/offers", headers=mark)
        assert (again.status_code, again.content) == (304, b"")
        router = served.world.engine.router
        catalog = router.catalog
        router.use(lambda: catalog, {"dear": ProviderState(reachable=True)})
        changed = await served.client.get("/v1/offers", headers={**mark, "accept-encoding": "identity"})
        assert [offer.wire_id for offer in offers_in(changed.json()).offers] == ["dear/m"]


async def test_nobody_without_the_token_learns_what_there_is() -> None:
    async with serving({}) as served:
        assert (await served.client.get("/v1/offers", headers={"authorization": "Bearer no"})).status_code == 401
        assert (await served.client.post("/v1/offers")).status_code == 405
