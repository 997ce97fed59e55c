"""Several accounts of one login: told, chosen by a switch, and each listed as an account of its own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.desk.desk import Desk as RealDesk
from app.desk.ids import Ids
from app.domain import events as ev
from app.domain.market import LinkState
from app.runtime.clock import SystemClock
from app.venues.alphapoint import VENUE
from app.venues.alphapoint.profile import PROFILE
from tests.venues.alphapoint.samples import raw_order
from tests.venues.alphapoint.stand_in import Desk, Gateway, account, connector, failure, running, serving, up

pytestmark = pytest.mark.filterwarnings("error")


def two_accounts() -> Gateway:
    """Accounts 9 and 12, an order in each."""
    gateway = Gateway()

    def orders(payload: dict[str, Any]) -> list[dict[str, Any]]:
        number = payload["AccountId"]
        return [raw_order(Account=number, OrderId=15067 if number == 9 else 20001)]

    gateway.answers |= {"GetUserAccounts": [9, 12], "GetOpenOrders": orders}
    return gateway


async def test_other_accounts_of_a_login_are_told_with_what_to_write() -> None:
    """Whose orders are in one of them would see an empty list and not know why."""
    async with serving(two_accounts()) as gateway:
        desk = Desk()
        async with running(connector(account(gateway.url), desk)):
            told = (await desk.until(ev.Noticed, lambda event: "the login has account" in event.text)).text
        assert "account 9 is listed here" in told
        assert 'account_id = "9, 12"' in told
        assert [each.order_id for each in desk.of(ev.OpenOrdersListed)[0].orders] == ["15067"]


@pytest.mark.parametrize("first", [9, 12, None, ""])
async def test_the_switch_names_the_account_whatever_the_login_names(first: object) -> None:
    """Every call is about it, and nothing is told of the others."""
    gateway = two_accounts()
    gateway.answers["AuthenticateUser"]["User"]["AccountId"] = first
    async with serving(gateway):
        desk = Desk()
        async with running(connector(account(gateway.url, switches={"account_id": "12"}), desk)):
            await up(desk)
        assert [each.order_id for each in desk.of(ev.OpenOrdersListed)[0].orders] == ["20001"]
        asked = {payload["AccountId"] for _, payload in gateway.asked if "AccountId" in payload}
        assert asked == {12}
        assert desk.of(ev.Noticed) == []


async def test_a_number_that_is_none_of_the_logins_is_refused() -> None:
    """With those there are; nothing is listed, and nothing tried again."""
    async with serving(two_accounts()) as gateway:
        desk = Desk()
        async with running(connector(account(gateway.url, switches={"account_id": "77"}), desk)):
            refused = await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.REFUSED)
        assert "has no account 77" in refused.text
        assert "9, 12" in refused.text
        assert gateway.sent("GetOpenOrders") == []


@pytest.mark.parametrize(
    "answer", [failure(100, "Endpoint not found"), failure(20, "Not Authorized"), [9], [], {"a": 1}, ["x"]]
)
async def test_a_venue_that_does_not_tell_has_one_account(answer: object) -> None:
    """No word, and no harm."""
    gateway = Gateway()
    gateway.answers["GetUserAccounts"] = answer
    async with serving(gateway):
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            session = made._socket.session
            assert session is not None
            await made._sync.other_accounts(session)
        assert desk.of(ev.Noticed) == []


async def test_every_account_of_a_login_is_an_account_of_the_desk() -> None:
    """One entry of the configuration with two numbers: two accounts, each with its orders and its own calls."""
    async with serving(two_accounts()) as gateway:
        configured = account(gateway.url, switches={"account_id": "9, 12"})
        desk = RealDesk([configured], {"alphapoint": VENUE}, SystemClock(), Ids())
        task = asyncio.create_task(desk.run())
        try:
            assert await desk.wait(lambda state: len(state.lineages) == 2, 10.0)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        rows = {row.order.account: row.order.order_id for row in desk.state.lineages.values()}
        assert rows == {"ap-9": "15067", "ap-12": "20001"}
        assert [each.text for each in desk.state.notices] == []
        nonces = [payload["Nonce"] for payload in gateway.sent("AuthenticateUser")]
        assert len(set(nonces)) == 2, "one key, and no nonce twice"


@pytest.mark.parametrize("text", ["x", "0", "-1", "1.5"])
def test_what_is_no_number_of_an_account_is_named(text: str) -> None:
    """Before anything is opened."""
    with pytest.raises(ValueError, match="account_id"):
        VENUE.connect(account("ws://127.0.0.1:1", switches={"account_id": text}), lambda event: None, SystemClock())
    assert PROFILE.account_switch == "account_id"
