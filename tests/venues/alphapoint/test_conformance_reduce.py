"""Reductions by the real connector at the practice venue: receipt, evidence, and every way they fail."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.practice.venues.alphapoint.day import READER
from tests.venues.alphapoint.desk_at_practice import DeskAtPractice, received, stages

pytestmark = pytest.mark.usefixtures("_quick")

D = Decimal
BUY, PARTLY, ICEBERG, STOP, QUOTE, POST_ONLY, REPLACED = "6507", "6511", "6514", "6518", "6523", "6526", "6534"


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
        assert found.stage is AmendmentStage.DIFFERENT
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
        amendment_id = await received(world, BUY, quantity="0.6")
        world.server.market.fill(world.server.exchange.order(BUY), D(quantity))
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.CONFIRMED
        order = await world.row_when(BUY, lambda row: row.order.filled == D(quantity), "the fill")
        assert (order.order.remaining, order.order.quantity) == (D("0.6"), D("0.6") + D(quantity))


async def test_an_order_that_fills_up_first_is_overtaken() -> None:
    """The reduction came too late; what was executed is told."""
    async with DeskAtPractice() as world:
        await world.up()
        amendment_id = await received(world, BUY, quantity="0.6")
        world.server.market.fill(world.server.exchange.order(BUY), D(1))
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.OVERTAKEN
        assert "filled (1)" in found.outcome
        assert world.row(BUY).order.status is OrderStatus.FILLED


async def test_an_order_that_somebody_cancels_is_overtaken() -> None:
    """UserModified is on it, and it is no confirmation."""
    async with DeskAtPractice() as world:
        await world.up()
        amendment_id = await received(world, BUY, quantity="0.6")
        world.server.foreign_cancel(world.server.exchange.order(BUY))
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.OVERTAKEN
        assert "no change was made" in found.outcome
        assert not found.missing
        assert world.row(BUY).order.status is OrderStatus.CANCELLED


async def reduced_and_ended_unseen(world: DeskAtPractice) -> Amendment:
    """The reply and every push are lost; the reduction takes effect, and then somebody cancels the order."""
    world.server.faults.add("drop", "push_order", point="before_push", count=0)
    world.server.faults.add("disconnect", "amend", point="before_reply")
    truth = world.server.exchange.order(BUY)
    amendment_id = world.send(BUY, quantity="0.6")
    remaining = truth.remaining
    while remaining != D("0.6"):
        await asyncio.sleep(0.002)
        remaining = truth.remaining
    world.server.foreign_cancel(truth)
    return await world.settled(amendment_id)


async def test_a_reduction_that_applied_before_somebody_cancelled() -> None:
    """The order's own history has it."""
    async with DeskAtPractice() as world:
        await world.up()
        found = await reduced_and_ended_unseen(world)
        assert found.stage is AmendmentStage.CONFIRMED
        assert world.row(BUY).order.status is OrderStatus.CANCELLED


async def test_a_reduction_of_which_no_history_tells() -> None:
    """The ended order does not show what remained of it, so nobody knows, and that is said."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("refuse", "history", point="before_reply", count=0, code=100, message="Invalid Request")
        found = await reduced_and_ended_unseen(world)
        assert found.stage is AmendmentStage.OVERTAKEN
        assert "no change was made" not in found.outcome
        assert found.missing


@pytest.mark.parametrize("how", ["cancel", "expire"])
async def test_an_order_that_ends_by_push_before_the_reduction(how: str) -> None:
    """The push alone would not tell; the order is looked up first, and then it can be said."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("late_effect", "amend", ms=60000)
        amendment_id = world.send(BUY, quantity="0.6")
        await world.until(
            lambda desk: desk.amendments[amendment_id].stage is AmendmentStage.ACKNOWLEDGED, "the receipt"
        )
        if how == "cancel":
            world.desk.cancel(world.row(BUY).key)
        else:
            world.server.exchange.expire(world.server.exchange.order(BUY), "session closed")
        found = await world.settled(amendment_id)
        assert found.stage is AmendmentStage.OVERTAKEN
        assert "no change was made" in found.outcome
        assert not found.missing


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
    monkeypatch.setattr("app.venues.alphapoint.link.amend.FRESH", -1.0)
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


async def test_a_paused_market_is_told_and_the_venue_decides() -> None:
    """MarketStateUpdate reaches the draft; that an order cannot change then is in no document."""

    def paused() -> bool:
        return any("Paused" in each.text for each in world.prepare(BUY, quantity="0.6").plan.verdict.cautions)

    async with DeskAtPractice() as world:
        await world.up()
        world.server.set_session("BTCUSD", False)
        await world.until(lambda _: paused(), "the word")
        found = await world.amend(BUY, quantity="0.6")
        assert found.stage in (AmendmentStage.REFUSED, AmendmentStage.NOT_APPLIED)
        assert world.row(BUY).order.remaining == 1
        world.server.set_session("BTCUSD", True)
        await world.until(lambda _: not paused(), "the end of it")
        assert (await world.amend(BUY, quantity="0.6")).stage is AmendmentStage.CONFIRMED


async def test_an_iceberg_is_reduced_by_consent() -> None:
    """The result is checked as for any order."""
    async with DeskAtPractice() as world:
        await world.up()
        before = world.row(ICEBERG).order.remaining
        found = await world.amend(ICEBERG, quantity=str(before / 2))
        assert found.stage is AmendmentStage.CONFIRMED
        assert world.row(ICEBERG).order.remaining == before / 2


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
