"""The real connector against the practice venue, over real sockets: what a person would see of each case."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.domain.order import Order, OrderStatus
from app.practice.alphapoint.day import READER
from app.practice.core.orders import TRADER
from app.venues.alphapoint.rulebook import AlphaPointRules
from tests.venues.alphapoint.desk_at_practice import DeskAtPractice

D = Decimal
BUY, PARTLY, ICEBERG, STOP, QUOTE, POST_ONLY, REPLACED = "6507", "6511", "6514", "6518", "6523", "6526", "6534"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settle and probe faster than a real venue would like; what is told stays the same."""
    tenth = SECOND // 10
    probes = tuple(step * tenth for step in (1, 3, 6, 10, 16, 20))
    policy = replace(
        AlphaPointRules.evidence,
        settle_after=15 * tenth,
        probe_after=probes,
        probe_every=5 * tenth,
        answer_within=SECOND,
    )
    monkeypatch.setattr(AlphaPointRules, "evidence", policy)
    monkeypatch.setattr("app.venues.alphapoint.legs.SETTLE", 15 * tenth)


def stages(amendment: Amendment) -> list[AmendmentStage]:
    return [rung.stage for rung in amendment.rungs]


def by_client(world: DeskAtPractice, client_id: str) -> Order:
    """Our order of that client id, as the desk knows it."""
    rows = [row for row in world.state.lineages.values() if row.order.client_id == client_id]
    assert len(rows) == 1, rows
    return rows[0].order


async def received(world: DeskAtPractice, **values: str) -> str:
    """Send an amendment of the order and wait for its receipt; the effect is still out."""
    world.server.switches.set("effect_delay_ms", 300)
    amendment_id = world.send(BUY, **values)
    await world.until(lambda desk: desk.amendments[amendment_id].stage is AmendmentStage.ACKNOWLEDGED, "the receipt")
    return amendment_id


# -- staying in sync -------------------------------------------------------------------------------------------------


async def test_the_whole_account_comes_up() -> None:
    """Every order, balance and market of the venue, and quotes of the markets with orders."""
    async with DeskAtPractice() as world:
        await world.up()
        theirs = {order.order_id: order for order in world.server.exchange.open_orders(TRADER)}
        ours = {row.order.order_id: row.order for row in world.state.lineages.values()}
        assert ours.keys() == theirs.keys()
        for order_id, order in ours.items():
            truth = theirs[order_id]
            assert (order.price, order.quantity, order.filled) == (truth.price, truth.quantity, truth.filled)
        account = world.state.accounts["desk"]
        assert account.instruments[("BTCUSD", "")].tick == D("0.01")
        truth_usd = world.server.exchange.ledger.balance(TRADER, "USD")
        usd = account.balances["USD"]
        assert (usd.total, usd.available) == (truth_usd.total, truth_usd.total - usd.locked)
        await world.until(lambda desk: len(desk.accounts["desk"].quotes) == 3, "quotes of three markets")
        quote = account.quotes[("BTCUSD", "")]
        assert quote.bid is not None
        assert quote.ask is not None
        assert quote.bid < quote.ask
        assert not [notice.text for notice in world.state.notices]


async def test_every_kind_of_order_has_its_form() -> None:
    """Limit orders may change; an iceberg, a stop and a quote are locked with a reason and its rule."""
    async with DeskAtPractice() as world:
        await world.up()
        for order_id in (BUY, PARTLY, POST_ONLY, REPLACED):
            form = world.desk.form(world.row(order_id).key)
            assert {field.name.value for field in form.fields if field.editable} == {"price", "quantity"}
        for order_id, word in ((ICEBERG, "iceberg"), (STOP, "StopLimit"), (QUOTE, "quote")):
            form = world.desk.form(world.row(order_id).key)
            assert word in form.locked
            assert form.rule is not None
            assert not form.editable
        assert world.row(STOP).order.status is OrderStatus.UNTRIGGERED
        assert world.row(PARTLY).order.status is OrderStatus.PARTIALLY_FILLED


async def test_fills_and_other_people_s_changes_are_followed() -> None:
    """By pushes, without any list."""
    async with DeskAtPractice() as world:
        await world.up()
        order = world.server.exchange.order(BUY)
        world.server.market.fill(order, D("0.25"))
        row = await world.row_when(BUY, lambda row: row.order.filled == D("0.25"), "a fill")
        await world.row_when(BUY, lambda row: len(row.fills) == 1, "its execution")
        assert (row.order.quantity, row.order.remaining) == (D(1), D("0.75"))
        world.server.foreign_amend(order, None, D("0.75"))
        await world.row_when(BUY, lambda row: row.order.remaining == D("0.5"), "the colleague's reduction")
        world.server.foreign_cancel(order)
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert (row.order.status, row.order.reason) == (OrderStatus.CANCELLED, "UserModified")


async def test_a_colleague_s_replacement_moves_the_row() -> None:
    """Another user of the account replaces our order: the same row goes on under the new id."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.foreign_amend(world.server.exchange.order(BUY), D(95100), None)
        await world.until(
            lambda desk: any(row.order.price == D(95100) and row.order.is_open for row in desk.lineages.values()),
            "the new order",
        )
        row = world.row(BUY)
        assert row.order.price == D(95100)
        assert row.ids[0] == BUY
        assert len(row.ids) == 2


# -- reduce ----------------------------------------------------------------------------------------------------------


async def test_the_worked_reduction() -> None:
    """1 → 0.6: receipt, then confirmed by evidence; same id, same place in the queue, less locked."""
    async with DeskAtPractice() as world:
        await world.up()
        truth = world.server.exchange.order(BUY)
        ahead = world.server.truth(truth)["orders_ahead"]
        locked = world.state.accounts["desk"].balances["USD"].locked
        prepared = world.prepare(BUY, quantity="0.6")
        assert prepared.preview is not None
        assert '\\"PreviousOrderRevision\\":0,\\"Quantity\\":0.6,\\"AccountId\\":9' in prepared.preview.body
        found = await world.amend(BUY, quantity="0.6")
        assert found.stage is AmendmentStage.CONFIRMED
        assert AmendmentStage.ACKNOWLEDGED in stages(found)
        row = world.row(BUY)
        assert (row.ids, row.order.remaining, row.order.quantity) == ([BUY], D("0.6"), D("0.6"))
        assert (truth.remaining, world.server.truth(truth)["orders_ahead"]) == (D("0.6"), ahead)
        await world.until(
            lambda desk: desk.accounts["desk"].balances["USD"].locked == locked - D("38000"), "38,000 unlocked"
        )


async def test_the_receipt_is_never_the_result() -> None:
    """While the effect is out, the stage says received and the row shows what was last proven."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("effect_delay_ms", 700)
        amendment_id = world.send(BUY, quantity="0.6")
        await world.until(
            lambda desk: desk.amendments[amendment_id].stage is AmendmentStage.ACKNOWLEDGED, "the receipt"
        )
        assert world.row(BUY).order.remaining == D(1)
        assert "not yet confirmed" in world.state.amendments[amendment_id].outcome
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.CONFIRMED


async def test_a_partly_filled_order() -> None:
    """The number is the new remaining amount; executed and total are kept apart."""
    async with DeskAtPractice() as world:
        await world.up()
        found = await world.amend(PARTLY, quantity="0.6")
        assert found.stage is AmendmentStage.CONFIRMED
        order = world.row(PARTLY).order
        assert (order.remaining, order.filled, order.quantity) == (D("0.6"), D("0.2"), D("0.8"))


async def test_a_venue_that_means_the_total_is_found_out() -> None:
    """Reduced by more than asked: never confirmed, and both numbers are named."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("quantity_means", "total")
        found = await world.amend(PARTLY, quantity="0.6")
        assert found.stage is AmendmentStage.NOT_APPLIED
        assert "Remaining is 0.4, less than the 0.6 requested" in found.outcome
        assert [(each.asked, each.found) for each in found.differences] == [(D("0.6"), D("0.4"))]


async def test_a_reduction_the_engine_drops_is_not_applied() -> None:
    """A receipt and then nothing, without a word: only look-ups past the settling time tell."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("effect_delay_ms", -1)
        found = await world.amend(BUY, quantity="0.6")
        assert found.stage is AmendmentStage.NOT_APPLIED
        assert AmendmentStage.ACKNOWLEDGED in stages(found)
        assert world.row(BUY).order.remaining == D(1)


async def test_a_late_effect_is_believed_late() -> None:
    """After the verdict that it was not applied, the venue's word still counts."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("effect_delay_ms", 2500)
        found = await world.amend(BUY, quantity="0.6")
        assert found.stage is AmendmentStage.NOT_APPLIED
        await world.until(
            lambda desk: desk.amendments[found.amendment_id].stage is AmendmentStage.CONFIRMED, "the late effect"
        )


@pytest.mark.parametrize("quantity", ["0.1", "0.3"])
async def test_fills_in_flight_do_not_confuse(quantity: str) -> None:
    """Between the receipt and the effect some of the order fills."""
    async with DeskAtPractice() as world:
        await world.up()
        amendment_id = await received(world, quantity="0.6")
        world.server.market.fill(world.server.exchange.order(BUY), D(quantity))
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.CONFIRMED
        order = await world.row_when(BUY, lambda row: row.order.filled == D(quantity), "the fill")
        assert (order.order.remaining, order.order.quantity) == (D("0.6"), D("0.6") + D(quantity))


async def test_an_order_that_fills_up_first_is_overtaken() -> None:
    """The reduction came too late; what was executed is told."""
    async with DeskAtPractice() as world:
        await world.up()
        amendment_id = await received(world, quantity="0.6")
        world.server.market.fill(world.server.exchange.order(BUY), D(1))
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.OVERTAKEN
        assert "filled (1)" in found.outcome
        assert world.row(BUY).order.status is OrderStatus.FILLED


async def test_an_order_that_somebody_cancels_is_overtaken() -> None:
    """UserModified is on it, and it is no confirmation."""
    async with DeskAtPractice() as world:
        await world.up()
        amendment_id = await received(world, quantity="0.6")
        world.server.foreign_cancel(world.server.exchange.order(BUY))
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.OVERTAKEN
        assert world.row(BUY).order.status is OrderStatus.CANCELLED


@pytest.mark.parametrize("code", [20, 100, 101, 104, 106])
async def test_a_certain_no_is_a_refusal(code: int) -> None:
    """Code and words of the venue; the order is read again before anything is said of it."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("refuse", "amend", code=code, message="No")
        found = await world.amend(BUY, quantity="0.6")
        assert (found.stage, found.code) == (AmendmentStage.REFUSED, str(code))
        assert world.row(BUY).order.remaining == D(1)
        assert len(world.events(ev.AmendmentWritten)) == 1


@pytest.mark.parametrize("code", [102, 107])
async def test_codes_that_prove_nothing_are_looked_into(code: int) -> None:
    """Server error after the change was made, or still in process: unknown until seen, never refused."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("refuse", "amend", point="before_reply", code=code, message="Server Error")
        found = await world.amend(BUY, quantity="0.6")
        assert found.stage is AmendmentStage.CONFIRMED
        assert not world.events(ev.AmendmentRefused)


@pytest.mark.parametrize(
    "action,point,stage",
    [
        ("drop", "before_reply", AmendmentStage.CONFIRMED),
        ("drop", "request_received", AmendmentStage.NOT_APPLIED),
        ("disconnect", "before_reply", AmendmentStage.CONFIRMED),
        ("disconnect", "request_received", AmendmentStage.NOT_APPLIED),
        ("half_open", "before_reply", AmendmentStage.CONFIRMED),
    ],
)
async def test_no_answer_is_settled_by_evidence(action: str, point: str, stage: AmendmentStage) -> None:
    """Whatever happens to the reply or the connection: nothing is sent again, and the truth is found."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add(action, "amend", point=point)
        found = await world.amend(BUY, quantity="0.6")
        assert found.stage is stage
        assert len(world.events(ev.AmendmentWritten)) == 1
        await world.link(LinkState.UP)


async def test_an_error_text_instead_of_an_answer() -> None:
    """Plain text in an error frame."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("venue", "amend", point="before_reply", name="error_text", text="TOO MANY REQUESTS")
        found = await world.amend(BUY, quantity="0.6")
        assert found.stage is AmendmentStage.CONFIRMED
        assert "too many requests" in world.events(ev.AmendmentUnanswered)[0].text


async def test_replies_in_camel_case() -> None:
    """Some documents print keys so, and case does not matter."""
    world = DeskAtPractice()
    world.server.faults.add("venue", "*", point="before_reply", count=0, name="camel_case")
    async with world:
        await world.up()
        assert (await world.amend(BUY, quantity="0.6")).stage is AmendmentStage.CONFIRMED
        assert (await world.amend(REPLACED, "replace", price="98950")).stage is AmendmentStage.CONFIRMED


async def test_a_key_that_may_only_look() -> None:
    """Lists and quotes come; an amendment is refused with what to do."""
    keys = {"api_key": READER.api_key, "secret": READER.secret, "user_id": str(READER.user_id)}
    async with DeskAtPractice(credentials=keys) as world:
        await world.up()
        found = await world.amend(BUY, quantity="0.6")
        assert (found.stage, found.code) == (AmendmentStage.REFUSED, "20")
        assert "may trade" in found.outcome


async def test_an_order_that_changed_unseen_is_not_amended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its push was lost: the read right before sending finds out, the row shows the new truth, nothing leaves."""
    monkeypatch.setattr("app.venues.alphapoint.amender.FRESH", -1.0)
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("drop", "push_order", point="before_push", count=0)
        world.server.faults.add("drop", "push_fill", point="before_push", count=0)
        await world.until(lambda desk: len(desk.accounts["desk"].quotes) == 3, "quotes")
        world.server.market.fill(world.server.exchange.order(BUY), D("0.25"))
        amendment_id = world.send(BUY, quantity="0.6")
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.NOT_APPLIED
        assert "changed at the venue just before sending" in found.outcome
        assert not world.events(ev.AmendmentWritten)
        assert world.row(BUY).order.filled == D("0.25")


async def test_a_paused_market_locks_and_opens_again() -> None:
    """MarketStateUpdate reaches the form."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.set_session("BTCUSD", False)
        await world.until(lambda _: bool(world.desk.form(world.row(BUY).key).locked), "the lock")
        assert not world.prepare(BUY, quantity="0.6").plan.verdict.ok
        world.server.set_session("BTCUSD", True)
        await world.until(lambda _: not world.desk.form(world.row(BUY).key).locked, "the end of it")


@pytest.mark.parametrize(
    "switch,value",
    [
        ("decimals", "plain"),
        ("state_words", "spaced"),
        ("null_strings", True),
        ("status_shape", "array"),
        ("event_shape", "short"),
        ("orig_quantity", "rewritten"),
        ("account_id", "optional"),
        ("effect_delay_ms", 0),
        ("nonce_rule", "increasing"),
        ("nonce_window_ms", 5000),
    ],
)
async def test_what_the_documents_leave_open(switch: str, value: object) -> None:
    """The same reduction under every reading of the documents."""
    world = DeskAtPractice()
    world.server.switches.set(switch, value)
    async with world:
        await world.up()
        found = await world.amend(PARTLY, quantity="0.6")
        assert found.stage is AmendmentStage.CONFIRMED
        assert world.row(PARTLY).order.remaining == D("0.6")


async def test_the_revision_may_be_left_out() -> None:
    """By the account's switch."""
    world = DeskAtPractice()
    world.switches["revision_mode"] = "omit"
    async with world:
        await world.up()
        prepared = world.prepare(BUY, quantity="0.6")
        assert prepared.preview is not None
        assert "PreviousOrderRevision" not in prepared.preview.body
        assert (await world.amend(BUY, quantity="0.6")).stage is AmendmentStage.CONFIRMED


# -- replace ---------------------------------------------------------------------------------------------------------


async def test_a_new_price_is_never_sent_by_reduce() -> None:
    """The problem names the reason and the other route."""
    async with DeskAtPractice() as world:
        await world.up()
        for values in ({"price": "95100"}, {"quantity": "1.5"}):
            prepared = world.prepare(BUY, **values)
            assert prepared.command is None
            assert any("replace" in problem.text for problem in prepared.plan.verdict.problems)


async def test_a_replacement_is_followed_to_its_new_id() -> None:
    """Both legs seen; the row, its history and the next amendment go on under the new id."""
    async with DeskAtPractice() as world:
        await world.up()
        found = await world.amend(BUY, "replace", price="95100", quantity="1.2")
        assert found.stage is AmendmentStage.CONFIRMED
        row = world.row(BUY)
        assert len(row.ids) == 2
        assert found.new_order_id == row.ids[1] == row.order.order_id
        assert (row.order.price, row.order.remaining, row.order.is_open) == (D(95100), D("1.2"), True)
        assert not world.server.exchange.order(BUY).is_open
        assert row.order.client_id == str(found.command.request_id)
        again = await world.amend(row.order.order_id, quantity="0.7")
        assert again.stage is AmendmentStage.CONFIRMED
        assert world.row(BUY).order.remaining == D("0.7")


async def test_a_replacement_in_two_steps() -> None:
    """The old order ends a while before the new one shows."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("replace_mode", "cancel_first")
        world.server.switches.set("replace_gap_ms", 400)
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.CONFIRMED
        assert world.row(BUY).order.price == D(95100)


async def test_short_events_of_a_replacement() -> None:
    """Older events name neither the old order nor the time of the change."""
    world = DeskAtPractice()
    world.server.switches.set("event_shape", "short")
    async with world:
        await world.up()
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.CONFIRMED
        await world.row_when(BUY, lambda row: not row.order.attribute("short"), "the whole order")


async def test_the_new_half_is_refused_and_the_old_one_is_gone() -> None:
    """The worst case is told: no working order is left."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("replace_mode", "new_rejected")
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.REFUSED
        assert "no working order" in found.outcome
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert row.order.status is OrderStatus.CANCELLED


async def test_the_old_order_is_kept() -> None:
    """Refused after the receipt; the old order works on."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("replace_mode", "old_kept")
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.REFUSED
        assert world.row(BUY).order.price == D(95000)
        assert world.row(BUY).order.is_open


async def test_both_orders_are_kept() -> None:
    """Two rows and a word; neither hides the other."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("replace_mode", "both_kept")
        found = await world.amend(REPLACED, "replace", price="98950")
        assert found.stage is AmendmentStage.REFUSED
        await world.until(lambda desk: any("Two working orders" in each.text for each in desk.notices), "the word")
        assert world.row(REPLACED).order.is_open
        assert world.row(REPLACED).ids == [REPLACED]
        new = by_client(world, str(found.command.request_id))
        assert (new.price, new.is_open) == (D(98950), True)


@pytest.mark.parametrize("action", ["drop", "disconnect"])
async def test_a_lost_reply_of_a_replacement(action: str) -> None:
    """The new order is found by its client id or by the order it replaced; nothing is sent again."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add(action, "replace", point="before_reply")
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.CONFIRMED
        assert len(world.events(ev.AmendmentWritten)) == 1
        assert world.row(BUY).order.price == D(95100)


async def test_lost_pushes_of_a_replacement() -> None:
    """Look-ups and lists alone settle it."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("drop", "push_order", point="before_push", count=0)
        found = await world.amend(BUY, "replace", price="95100")
        assert found.stage is AmendmentStage.CONFIRMED
        row = world.row(BUY)
        assert (row.order.price, row.order.is_open) == (D(95100), True)


async def test_a_replacement_without_funds() -> None:
    """What the form cannot know the venue refuses; here the form knows."""
    async with DeskAtPractice() as world:
        await world.up()
        prepared = world.prepare(BUY, "replace", quantity="9")
        assert any("is free" in problem.text for problem in prepared.plan.verdict.problems)
        world.server.faults.add("refuse", "replace", code=101, message="Not_Enough_Funds")
        found = await world.amend(BUY, "replace", price="95100")
        assert (found.stage, found.code) == (AmendmentStage.REFUSED, "101")
        assert "Not_Enough_Funds" in found.outcome


async def test_a_post_only_order_that_would_match() -> None:
    """The flag is read back, resent, and a crossing price is stopped here already."""
    async with DeskAtPractice() as world:
        await world.up()
        await world.until(lambda desk: ("ETHBTC", "") in desk.accounts["desk"].quotes, "a quote")
        ask = world.state.accounts["desk"].quotes[("ETHBTC", "")].ask
        assert ask is not None
        prepared = world.prepare(POST_ONLY, "replace", price=str(ask))
        assert any("post-only" in problem.text for problem in prepared.plan.verdict.problems)
        found = await world.amend(POST_ONLY, "replace", price="0.034700")
        assert found.stage is AmendmentStage.CONFIRMED
        assert world.row(POST_ONLY).order.post_only is True


# -- cancel, look-ups, the link --------------------------------------------------------------------------------------


async def test_cancel() -> None:
    """A receipt, then the end."""
    async with DeskAtPractice() as world:
        await world.up()
        world.desk.cancel(world.row(BUY).key)
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert (row.order.status, row.cancelling) == (OrderStatus.CANCELLED, False)


async def test_an_order_that_vanished_is_looked_up() -> None:
    """It ended while the link was down: the list lacks it and the look-up tells how it ended."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("drop", "push_order", point="before_push", count=0)
        order = world.server.exchange.order(BUY)
        world.server.market.fill(order, order.remaining)
        world.desk.refresh("desk")
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert (row.order.status, row.order.filled) == (OrderStatus.FILLED, D(1))


async def test_an_unknown_order_is_said_to_be_missing() -> None:
    """Neither open nor in any history."""
    async with DeskAtPractice() as world:
        await world.up()
        ghost = replace(world.row(BUY).order, order_id="999999")
        await world.desk._connectors["desk"].look_up(ghost)
        assert [event.order_id for event in world.events(ev.OrderMissing)] == ["999999"]


async def test_the_link_comes_back_and_everything_is_read_anew() -> None:
    """What happened in between is found; amendments work again."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("disconnect", "ping", point="before_reply")
        await world.link(LinkState.DOWN)
        world.server.market.fill(world.server.exchange.order(BUY), D("0.25"))
        await world.link(LinkState.UP)
        await world.row_when(BUY, lambda row: row.order.filled == D("0.25"), "the fill")
        await world.row_when(BUY, lambda row: len(row.fills) == 1, "its execution")
        assert (await world.amend(BUY, quantity="0.6")).stage is AmendmentStage.CONFIRMED


async def test_http_looks_up_while_the_socket_is_down() -> None:
    """The fall-back has a session of its own."""
    async with DeskAtPractice(addresses={"ws": "ws://127.0.0.1:9/WSGateway/"}) as world:
        await world.until(lambda desk: "ws://127.0.0.1:9" in desk.accounts["desk"].link_text, "the address")
        world.desk.refresh("desk")
        await world.until(lambda desk: len(desk.lineages) > 0, "the orders")
        order = world.row(BUY).order
        await world.desk._connectors["desk"].look_up(order)
        looked = [event for event in world.events(ev.OrderSeen) if event.source is Source.LOOKUP]
        assert [event.order.order_id for event in looked] == [BUY]
        await world.desk._connectors["desk"].cancel(order)
        assert [event.taken for event in world.events(ev.CancelAnswered)] == [True]
        assert not world.events(ev.AmendmentWritten)


@pytest.mark.parametrize(
    "credentials", [{"api_key": "0" * 32}, {"secret": "wrong"}, {"user_id": "98"}], ids=["key", "secret", "user"]
)
async def test_a_refused_login_is_told_once(credentials: dict[str, str]) -> None:
    """One attempt, one sentence with what to correct."""
    async with DeskAtPractice(credentials=credentials) as world:
        await world.link(LinkState.REFUSED)
        text = world.state.accounts["desk"].link_text
        assert "Invalid username or password" in text
        assert "api_key" in text
        attempts = [event for event in world.events(ev.WireSeen) if event.head == "AuthenticateUser"]
        assert len([event for event in attempts if event.direction == "out"]) == 1


async def test_secrets_never_show() -> None:
    """In no event at all."""
    async with DeskAtPractice() as world:
        await world.up()
        await world.amend(BUY, quantity="0.6")
        shown = " ".join(str(event) for event in world.seen)
        for name, secret in world.server.credentials().items():
            assert name == "user_id" or secret not in shown
        assert "Signature" in shown
        assert "•••" in shown
