"""Balances and books: read beside the orders, asked for again when they could not be read, told once."""

from __future__ import annotations

import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.venues.bitso.link import aside, connector
from tests.venues.bitso.stand_in import BOOK, FakeBitso, at_fake, failure, row

pytestmark = pytest.mark.usefixtures("quick")


async def test_books_that_could_not_be_read_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "BOOKS_AGAIN", 0.2)
    fake = FakeBitso(row())
    fake.reply = lambda request: failure(500, "0101") if "available_books" in request.url.path else None
    async with at_fake(fake) as world:
        assert world.state.accounts["desk"].instruments == {}
        await world.until(lambda: fake.count("available_books") > 2, "asking again")
        texts = [notice.text for notice in world.state.notices if "limits of Bitso's books" in notice.text]
        assert len(texts) == 1, "said once while the link lasts"
        fake.reply = lambda request: None
        await world.until(lambda: ("btc_usd", "") in world.state.accounts["desk"].instruments, "the books")
        amendment_id = world.send(price="101000")
        fake.rows = [row(price="101000", original_value="101000")]
        await world.until(lambda: world.state.amendments[amendment_id].stage is AmendmentStage.CONFIRMED, "a change")


async def test_an_order_in_an_unknown_book_has_the_books_read_again_and_not_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aside, "NEW_BOOK_EVERY", 0.3)
    fake = FakeBitso(row())
    async with at_fake(fake) as world:
        assert fake.count("available_books") == 1
        fake.books.append(BOOK | {"book": "new_usd"})
        fake.rows.append(row("b2", book="new_usd"))
        await world.until(lambda: ("new_usd", "") in world.state.accounts["desk"].instruments, "the new book")
        read = fake.count("available_books")
        await world.lists(4)
        assert fake.count("available_books") == read


async def test_one_book_that_cannot_be_read_is_named_and_the_others_are_there() -> None:
    fake = FakeBitso(row())
    fake.books.insert(0, BOOK | {"book": "odd_usd", "tick_size": "0"})
    async with at_fake(fake) as world:
        assert set(world.state.accounts["desk"].instruments) == {("btc_usd", "")}
        assert world.says("odd_usd has a tick size that is not above zero")


async def test_balances_that_fail_are_told_once_and_their_return_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector, "BALANCE_EVERY", 0.1)
    fake = FakeBitso(row())
    fake.reply = lambda request: failure(401, "0202") if "balance" in request.url.path else None
    async with at_fake(fake) as world:
        await world.lists(4)
        assert fake.count("balance") > 1
        assert len([notice for notice in world.state.notices if "balances cannot be read" in notice.text]) == 1
        assert world.link is LinkState.UP
        fake.reply = lambda request: None
        await world.until(lambda: bool(world.events(ev.BalancesSeen)), "balances")
        assert world.says("The balances are read again.")
