"""The practice Bitso answers a refused modify with family 17 where it is told to."""

from __future__ import annotations

from app.practice.venues.bitso import errors as code
from app.practice.venues.bitso.errors import OF_17, BitsoError
from app.practice.venues.bitso.modify_codes import in_family_17
from tests.practice.venues.bitso.test_server import BUY, practice


async def test_each_state_has_its_code() -> None:
    async with practice() as client:
        client.server.switches.set("modify_codes", "17")
        queued = (await client.find(origin_id="q-1"))["oid"]
        post_only = (await client.find(origin_id="po_1"))["oid"]
        ended = (await client.find(origin_id="desk-0017"))["oid"]
        done = client.server.find(post_only)
        assert done is not None
        client.server.fill_now(done, done.remaining)
        await client.ok("DELETE", f"/v3/orders/{ended}")
        for oid, body, found in (
            ("nobody", {"price": "99000"}, code.ORDER_NOT_FOUND),
            (ended, {"price": "99000"}, code.ALREADY_CANCELLED),
            (post_only, {"price": "2490000"}, code.ALREADY_COMPLETED),
            (BUY, {"stop": "99000"}, code.INCORRECT_FIELDS),
            (BUY, {"price": "100000", "major": "1"}, code.SAME_VALUES),
            (BUY, {"minor": "0.00001"}, code.WOULD_BE_ZERO),
            (queued, {"price": "101000"}, code.STILL_PROCESSED),
        ):
            assert await client.refused("PATCH", f"/v4/orders/{oid}", body) == found
        assert await client.refused("PATCH", f"/v4/orders/{BUY}", {"price": "1"}) == code.PRICE_LOW
        assert (await client.order(BUY))["price"] == "100000"


async def test_without_the_switch_the_older_codes_stand() -> None:
    async with practice() as client:
        assert await client.refused("PATCH", "/v4/orders/nobody", {"price": "99000"}) == code.UNKNOWN_OID


def test_what_the_family_has_no_word_for_stays_as_it_is() -> None:
    for found in (code.NO_BALANCE, code.PRECISION, code.INVALID_OPERATION):
        error = BitsoError(found, "No.")
        assert in_family_17(error, None) is error
    assert in_family_17(BitsoError(code.UNKNOWN_ORIGIN_ID, ""), None).message == OF_17[code.ORDER_NOT_FOUND]
    assert len(OF_17) == 8
