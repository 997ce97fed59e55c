"""Replies that prove nothing, or cannot be: what they are taken for, through a desk on a stand-in of the venue."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.venues.bitso.link import background, connector, pages
from tests.helpers.logfail import AnnouncedLogs
from tests.venues.bitso.samples import draft
from tests.venues.bitso.stand_in import BOOK, FakeBitso, at_fake, failure, raw, row, success

D = Decimal


@pytest.fixture(autouse=True)
def quicker(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """List ten times a second: nothing here waits for a real venue."""
    monkeypatch.setattr(connector, "LIST_EVERY", 0.1)


def listed(request: httpx.Request) -> bool:
    return request.url.path.endswith("/open_orders")


# -- states nobody knows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["rejected", "modify_failed", "frozen", "", None, "Open", "OPEN", " open", 5])
async def test_asked_terms_under_a_state_nobody_knows_prove_nothing(state: Any) -> None:
    fake = FakeBitso(row())
    async with at_fake(fake) as world:
        # The venue takes the change and shows the order with its terms, in a state of its own.
        def reply(request: httpx.Request) -> httpx.Response | None:
            if request.method == "PATCH":
                fake.rows = [row(price="101000", original_value="101000", status=state)]
            return None

        fake.reply = reply
        amendment_id = world.send(price="101000", when_repriced="keep_quantity")
        await world.until(lambda: world.row().order.status is OrderStatus.UNRECOGNISED, "the state")
        await world.lists(8)
        assert world.state.amendments[amendment_id].stage not in (AmendmentStage.CONFIRMED, AmendmentStage.REFUSED)
        assert world.row().order.raw_status == ("" if state is None else str(state))
        assert world.desk.form(world.row().key).locked
        assert fake.count("GET /api/v3/orders/a1") > 0, "it was not looked up"
        fake.rows = [row(price="101000", original_value="101000")]
        await world.until(
            lambda: world.state.amendments[amendment_id].stage is AmendmentStage.CONFIRMED, "the proof, once it is one"
        )


# -- values that cannot be ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"unfilled_amount": "2"}, "filled quantity is below zero (-1)"),
        ({"unfilled_amount": "-1"}, "2 of 1 are said to be filled"),
        ({"price": "-5"}, "price is below zero"),
        ({"price": "0"}, "price is 0"),
        ({"original_amount": "0", "unfilled_amount": "0"}, "quantity is 0"),
        ({"original_value": "-1"}, "value is below zero"),
        ({"price": "1e9999"}, ""),
        ({"original_amount": "1e25"}, "far too small or too large"),
        ({"side": "both"}, "side is neither buy nor sell"),
        ({"book": ""}, "book"),
        ({"unfilled_amount": "²"}, ""),
        ({"unfilled_amount": "1" * 5000}, ""),
    ],
)
async def test_an_impossible_row_is_named_and_locked_and_the_others_stay_usable(
    changes: dict[str, str], words: str
) -> None:
    fake = FakeBitso(row(), row("b2"))
    async with at_fake(fake) as world:
        fake.rows[0] |= changes
        await world.until(lambda: world.row().doubt is not None, "the doubt")
        doubt = world.row().doubt
        assert doubt is not None
        assert words in doubt.text
        assert world.desk.form(world.row().key).locked
        assert (world.row().order.price, world.row().order.filled) == (D(100000), D(0))
        await world.lists(2)
        assert world.row("a1").order.is_open
        assert world.link is LinkState.UP
        amendment_id = world.send("b2", price="101000")
        fake.rows[1] |= {"price": "101000", "original_value": "101000"}
        await world.until(lambda: world.state.amendments[amendment_id].stage is AmendmentStage.CONFIRMED, "the other")
        fake.rows[0] = row()
        await world.until(lambda: world.row().doubt is None and not world.row().stale, "a readable row again")


@pytest.mark.parametrize("changes", [{"side": "sell"}, {"book": "btc_mxn"}])
@pytest.mark.parametrize("way", ["list", "look-up", "twice"])
async def test_one_id_under_another_side_or_book_is_another_order(changes: dict[str, str], way: str) -> None:
    fake = FakeBitso(row())
    fake.books.append(BOOK | {"book": "btc_mxn"})
    async with at_fake(fake) as world:
        other = row(price="101000") | changes
        if way == "list":
            fake.rows = [other]
        elif way == "twice":
            fake.rows = [row(), other]
        else:
            fake.reply = lambda request: success([other]) if request.url.path.endswith("orders/a1") else None
            await world.connector.look_up(world.row().order)
        await world.until(
            lambda: any(line.text.startswith("not believed") for line in world.row().history), "the doubt"
        )
        order = world.row().order
        assert (order.side.value, order.symbol, order.price) == ("buy", "btc_usd", D(100000))


async def test_terms_of_another_side_under_our_id_confirm_nothing_and_stop_a_change() -> None:
    fake = FakeBitso(row())
    async with at_fake(fake) as world:
        fake.reply = lambda request: success([row(side="sell")]) if request.url.path.endswith("orders/a1") else None
        amendment_id = world.send(price="101000")
        await world.until(lambda: world.state.amendments[amendment_id].stage.is_settled, "the end")
        found = world.state.amendments[amendment_id]
        assert found.stage is AmendmentStage.NOT_APPLIED
        assert "another order under this id" in found.outcome
        assert fake.bodies == []


@pytest.mark.parametrize("oid", [r"\ud800a1", "a1,b2", "all", "a 1", "é"])
async def test_an_id_that_could_leave_as_another_one_is_locked_and_never_sent(oid: str) -> None:
    fake = FakeBitso(row())
    text = json.dumps({"success": True, "payload": [row(), row("SENT-AS-IS")]}, ensure_ascii=True)
    body = text.replace("SENT-AS-IS", oid)
    fake.reply = lambda request: raw(body) if listed(request) else None
    async with at_fake(fake) as world:
        assert set(world.state.accounts["desk"].unreadable) == {oid}
        assert world.says("nothing of it is believed".capitalize())
        order = world.row().order
        odd = replace(order, order_id=oid)
        before = len(fake.heads)
        await world.connector.look_up(odd)
        await world.connector.cancel(odd)
        assert [head for head in fake.heads[before:] if "orders/" in head] == []
        assert "is no id that can be sent" in world.events(ev.CancelAnswered)[-1].text
        assert "is no id that can be sent" in world.events(ev.LookUpFailed)[-1].text
        json.dumps([str(event) for event in world.seen]).encode()


async def test_an_unreadable_look_up_is_shown_and_is_not_the_end_of_the_order() -> None:
    fake = FakeBitso(row())
    async with at_fake(fake) as world:
        bad = success([row(unfilled_amount="9")])
        fake.reply = lambda request: bad if request.url.path.endswith("orders/a1") else None
        await world.connector.look_up(world.row().order)
        assert world.events(ev.OrderMissing) == []
        assert world.row().order.is_open
        assert "cannot be read" in world.events(ev.LookUpFailed)[-1].text


@pytest.mark.parametrize(
    "trade",
    [
        {"major": "-1"},
        {"major": "0"},
        {"price": "-5"},
        {"side": "sell", "major": "-1", "minor": "100000"},
        {"book": "btc_mxn"},
        {"oid": "other"},
        {"tid": {"a": 1}},
        {"major": "²"},
    ],
)
async def test_an_impossible_trade_is_named_and_ends_no_order(trade: dict[str, Any]) -> None:
    fake = FakeBitso(row())
    good = {
        "book": "btc_usd", "oid": "a1", "tid": 7, "side": "buy", "major": "0.25", "minor": "-25000",
        "price": "100000", "created_at": "2026-04-08T17:52:31+00:00", "maker_side": "buy",
    }  # fmt: skip
    async with at_fake(fake) as world:
        fake.trades["a1"] = [good, good | {"tid": 8, "major": "0.75"} | trade]
        fake.rows = []
        await world.until(lambda: not world.row().order.is_open, "the end")
        assert (world.row().order.status, world.row().order.filled) == (OrderStatus.ENDED, D("0.25"))
        assert world.says("a trade of order a1 that cannot be read")
        fake.trades["a1"] = [good, good | {"tid": 8, "major": "0.75"}]
        await world.until(lambda: world.row().order.status is OrderStatus.FILLED, "the fill")


async def test_balances_that_cannot_be_are_left_out() -> None:
    fake = FakeBitso(row())
    fake.balances.append({"currency": "btc", "total": "-1", "available": "0", "locked": "0"})
    async with at_fake(fake) as world:
        await world.until(lambda: "usd" in world.state.accounts["desk"].balances, "balances")
        assert world.says("the total btc is below zero")
        assert "btc" not in world.state.accounts["desk"].balances


# -- lists to their end ------------------------------------------------------------------------------------------------


async def test_more_than_a_page_is_read_book_by_book(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeBitso(*(row(f"a{number}") for number in range(400)))
    fake.rows += [row(f"b{number}", book="btc_mxn") for number in range(400)]
    fake.rows += [row("c0", book="eth_mxn")]
    fake.books += [BOOK | {"book": name} for name in ("btc_mxn", "eth_mxn", "ltc_mxn")]
    async with at_fake(fake) as world:
        assert len(world.state.lineages) == 801
        assert world.state.accounts["desk"].list_complete
        # A book that was empty a moment ago is not asked about in each round.
        await world.lists(2)
        assert fake.count("book=ltc_mxn") == 1
        assert fake.count("open_orders?book=eth_mxn") >= 2


async def test_a_book_longer_than_a_page_is_incomplete_and_its_rows_are_looked_up() -> None:
    fake = FakeBitso(*(row(f"a{number}") for number in range(501)))
    fake.rows.insert(0, row("z"))
    async with at_fake(fake) as world:
        assert not world.state.accounts["desk"].list_complete
        assert world.says("500 open orders of a book at most")
        fake.rows = [*fake.rows[1:], fake.rows[0]]
        await world.until(lambda: fake.count("GET /api/v3/orders/z") > 0, "the look-up of what is not listed")
        fake.rows = fake.rows[:-1]
        fake.trades["z"] = []
        await world.until(lambda: not world.row("z").order.is_open, "the end of an order beyond the list")


@pytest.mark.parametrize("ignores", ["book", "pages"])
async def test_a_repeated_page_is_no_end(ignores: str) -> None:
    fake = FakeBitso(*(row(f"a{number}") for number in range(600)))
    fake.books.append(BOOK | {"book": "btc_mxn"})
    fake.reply = lambda request: success(fake.rows[:500]) if listed(request) else None
    async with at_fake(fake) as world:
        assert not world.state.accounts["desk"].list_complete
        assert len(world.state.lineages) == 500


async def test_a_list_cut_without_a_word_is_found_out_and_read_by_book(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeBitso(*(row(f"a{number}") for number in range(8)))
    async with at_fake(fake) as world:
        # From now on the venue gives five rows a list, whatever is asked for.
        fake.limit = 5
        await world.until(lambda: fake.count("open_orders?book=btc_usd") > 0, "the list of the book")
        await world.until(lambda: world.says("leaves out orders that are open"), "a word about it")
        await world.until(lambda: not world.state.accounts["desk"].list_complete, "an incomplete list")
        await world.lists(3)
        assert all(lineage.order.is_open for lineage in world.state.lineages.values())


async def test_without_the_books_a_full_list_is_not_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LIST_LIMIT", 2)
    fake = FakeBitso(row(), row("b2"))
    fake.reply = lambda request: failure(500, "0101") if "available_books" in request.url.path else None
    async with at_fake(fake) as world:
        assert not world.state.accounts["desk"].list_complete
        assert world.says("books are not known yet")


@pytest.mark.parametrize("bad", ["text", 5, None, {}, {"oid": None}, {"oid": ["x"]}, {"oid": True}])
async def test_a_row_without_a_readable_id_makes_the_list_incomplete(bad: Any) -> None:
    fake = FakeBitso(row(), bad)
    async with at_fake(fake) as world:
        assert world.link is LinkState.UP
        assert not world.state.accounts["desk"].list_complete
        assert world.row().order.is_open
        fake.rows = [bad]
        fake.trades["a1"] = []
        await world.until(lambda: world.row().stale or not world.row().order.is_open, "a row that is not seen")


# -- stop prices -------------------------------------------------------------------------------------------------------


async def test_a_state_nobody_knows_is_none_that_waits_for_its_trigger() -> None:
    fake = FakeBitso(row(stop="90000", status="frozen"))
    async with at_fake(fake) as world:
        assert (world.row().order.status, world.row().order.raw_status) == (OrderStatus.UNRECOGNISED, "frozen")


async def test_an_unreadable_stop_locks_its_order_and_stays_so() -> None:
    fake = FakeBitso(row(), row("b2"))

    def reply(request: httpx.Request) -> httpx.Response | None:
        rows = [row(stop="90000", triggered_at="99999-01-01T00:00:00Z"), row("b2")]
        return success(rows) if "oids=" in request.url.query.decode() else None

    fake.reply = reply
    async with at_fake(fake) as world:
        await world.lists(2)
        assert "triggered_at" in world.state.accounts["desk"].unreadable["a1"].text
        assert world.state.accounts["desk"].list_complete
        assert world.row("b2").order.is_open


async def test_stop_prices_that_cannot_be_read_cost_no_other_row() -> None:
    fake = FakeBitso(row(stop="90000"), row("b2"))
    async with at_fake(fake) as world:
        fake.reply = lambda request: failure(500, "0101") if "oids=" in request.url.query.decode() else None
        fake.rows[1] = row("b2", price="101000", original_value="101000")
        await world.until(lambda: world.row("b2").order.price == D(101000), "the other row")
        assert world.link is LinkState.UP
        assert world.row().order.stop == D(90000)
        assert world.says("Stop prices cannot be read")


# -- one fault is one thing's fault ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["balance", "ticker", "available_books"])
@pytest.mark.parametrize("body", ["<html>", "{}", '{"success":true,"payload":"x"}', '{"success":true,"payload":[5]}'])
async def test_what_is_read_beside_the_orders_takes_nothing_down(path: str, body: str) -> None:
    fake = FakeBitso(row())
    async with at_fake(fake, up=False) as world:
        fake.reply = lambda request: raw(body) if path in request.url.path else None
        await world.until(lambda: world.link is LinkState.UP, "the link")
        await world.lists(2)
        assert world.link is LinkState.UP
        if path != "available_books":
            amendment_id = world.send(price="101000")
            fake.rows = [row(price="101000", original_value="101000")]
            stage = AmendmentStage.CONFIRMED
            await world.until(lambda: world.state.amendments[amendment_id].stage is stage, "the change")
        fake.reply = lambda request: None
        if path == "balance":
            assert world.says("balances cannot be read")
            await world.until(lambda: "usd" in world.state.accounts["desk"].balances, "balances again")
            assert world.says("The balances are read again.")


async def test_an_unforeseen_error_of_a_round_ends_that_round_alone(
    monkeypatch: pytest.MonkeyPatch, announced_logs: AnnouncedLogs
) -> None:
    announced_logs.expect("a list of desk could not be taken in", logging.ERROR)
    fake = FakeBitso(row())
    async with at_fake(fake) as world:
        report = world.connector._listener.report
        broken = iter([True])

        def once(listing: Any) -> bool:
            if next(broken, False):
                raise ZeroDivisionError("nobody thought of this")
            return report(listing)

        monkeypatch.setattr(world.connector._listener, "report", once)
        await world.until(lambda: world.link is LinkState.STALE, "a link that is not taken for live")
        assert "ZeroDivisionError: nobody thought of this" in world.state.accounts["desk"].link_text
        assert world.row().stale
        await world.until(lambda: world.link is LinkState.UP and not world.row().stale, "the next round")


async def test_work_beside_the_orders_begins_anew_after_an_unforeseen_error(
    monkeypatch: pytest.MonkeyPatch, announced_logs: AnnouncedLogs
) -> None:
    monkeypatch.setattr(background, "FIRST_WAIT", 0.05)
    announced_logs.expect("asking for prices of desk failed", logging.ERROR)
    fake = FakeBitso(row())
    async with at_fake(fake) as world:
        await world.until(lambda: ("btc_usd", "") in world.state.accounts["desk"].quotes, "a quote")
        before = fake.count("ticker")
        ask = world.connector._market._ask
        broken = iter([True])

        async def once(book: str) -> None:
            if next(broken, False):
                raise ZeroDivisionError("nobody thought of this")
            await ask(book)

        monkeypatch.setattr(world.connector._market, "_ask", once)
        await world.until(lambda: world.says("An unforeseen fault broke off asking for prices"), "a word")
        await world.until(lambda: fake.count("ticker") > before, "prices again")
        assert world.link is LinkState.UP


# -- changes made elsewhere --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("switch", ["yes", "no"])
async def test_an_amount_changed_elsewhere_is_not_put_back_by_a_new_price(switch: str) -> None:
    fake = FakeBitso(row())
    async with at_fake(fake, reread_before_send=switch) as world:
        prepared = world.desk.prepare(world.row().key, draft(world.row().order, price="101000"))
        assert prepared.plan.consequence is not None
        amount = next(each for each in prepared.plan.consequence.lines if each.label == "Amount")
        assert "goes along as it is, and undoes a change of it made elsewhere" in amount.note
        # Somebody else halves it, and no list has shown that yet.
        halved = row(original_amount="0.5", unfilled_amount="0.5", original_value="50000")
        fake.reply = lambda request: success([halved]) if request.url.path.endswith("orders/a1") else None
        amendment_id = world.desk.send(prepared, confirmed=True)
        await world.until(lambda: world.state.amendments[amendment_id].stage.is_settled, "the end")
        assert fake.bodies == []
        assert "changed at Bitso since you looked" in world.state.amendments[amendment_id].outcome


async def test_what_went_along_is_told_with_the_receipt_and_what_did_not_is_not() -> None:
    fake = FakeBitso(row())
    async with at_fake(fake) as world:
        world.send(price="101000")
        await world.until(lambda: bool(world.events(ev.AmendmentAcknowledged)), "the receipt")
        assert "the amount 1 goes along as it is" in world.events(ev.AmendmentAcknowledged)[0].note
        assert fake.bodies == [{"price": "101000", "major": "1"}]
        fake.rows = [row(price="101000", original_value="101000")]
        await world.until(lambda: not world.state.unsettled("desk"), "the outcome")
        world.send(price="102000", when_repriced="keep_spend")
        await world.until(lambda: len(world.events(ev.AmendmentAcknowledged)) == 2, "the second receipt")
        assert world.events(ev.AmendmentAcknowledged)[1].note == "accepted"
        assert fake.bodies[1] == {"price": "102000"}


async def test_a_receipt_with_the_id_of_another_order_of_ours_joins_no_rows() -> None:
    fake = FakeBitso(row(), row("b2", price="99000", original_value="99000"))
    fake.reply = lambda request: success({"oid": "b2"}) if request.method == "PATCH" else None
    async with at_fake(fake) as world:
        world.send(price="101000")
        await world.until(lambda: bool(world.events(ev.AmendmentUnanswered)), "the answer")
        assert "the id of another order, b2" in world.events(ev.AmendmentUnanswered)[0].text
        await world.lists(2)
        assert {lineage.order.order_id for lineage in world.state.lineages.values()} == {"a1", "b2"}


async def test_a_receipt_with_an_id_of_another_book_joins_no_rows() -> None:
    fake = FakeBitso(row())
    fake.books.append(BOOK | {"book": "btc_mxn"})
    fake.reply = lambda request: success({"oid": "n1"}) if request.method == "PATCH" else None
    async with at_fake(fake) as world:
        fake.rows.append(row("n1", book="btc_mxn"))
        world.send(price="101000")
        await world.until(lambda: world.says("and it is another order"), "a word")
        assert len(world.state.lineages) == 2 or not world.events(ev.OrderSeen)[-1].replaces
        assert world.row("a1").order.symbol == "btc_usd"
