"""Bitget in the window: the panel's amendments against the practice venue over real sockets, by keys alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from app.domain.amendment import AmendmentStage
from app.domain.form import FieldName
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.orders.row import Column
from tests.helpers.ticket_at_practice import GROUP, Key, Panel, at_practice

D = Decimal
PRICE, QUANTITY, ON_FAILURE = FieldName.PRICE, FieldName.QUANTITY, FieldName.ON_FAILURE
CONFIRMED = AmendmentStage.CONFIRMED
SPOT, PARTLY = "1312345680000471882", "1312345650000471913"
REDUCE_ONLY, COIN, COIN_CM = "1312345620000471790", "1312345630000471811", "1312345610000471733"


def body(panel: Panel) -> dict[str, str]:
    """The JSON of the request as shown."""
    return dict(json.loads(panel.request.splitlines()[-1]))


async def test_the_receipt_is_not_the_result_and_what_failed_can_be_sent_again(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget", quick=True) as at:
        at.server("bitget").faults.add("silent_failure", "amend")
        theirs = at.theirs("bitget", order_id=SPOT)
        row = at.lineage(SPOT)
        panel = await at.open(row)
        panel.type(PRICE, "59850.00")
        shown = body(panel)
        assert (D(shown["price"]), D(shown["qty"])) == (D(59850), D("0.5")), "both are always sent"
        assert shown["orderId"] == SPOT
        panel.send()

        await at.stage(row, AmendmentStage.ACKNOWLEDGED)
        assert at.cell(row, Column.AMENDMENT) == "? Received, not confirmed"
        assert at.asked(row, Column.PRICE) == [D(59840), D(59850)]
        assert "not yet applied" in panel.words
        assert panel.locked(PRICE)
        assert "Bitget takes one at a time" in panel.words
        panel.send()

        await at.stage(row, AmendmentStage.NOT_APPLIED)
        assert re.search(r"did not apply the change within \d+ s; the order still works at 59840 for 0\.5", panel.words)
        assert theirs.price == D(59840)
        await at.until(lambda: panel.can_send, "the typed values, given back")
        assert D(panel.text(PRICE)) == D(59850)
        assert at.cell(row, Column.AMENDMENT) == "✕ Not applied", "a draft that came back does not hide why"
        assert len(at.sent("bitget")) == 1, "nothing is ever sent again by itself"

        panel.send()
        await at.stage(row, CONFIRMED)
        assert "Confirmed" in at.cell(row, Column.AMENDMENT)
        assert at.asked(row, Column.PRICE) == [D(59850)]
        assert (theirs.price, theirs.quantity, theirs.order_id) == (D(59850), D("0.5"), SPOT)
        assert len(at.sent("bitget")) == 2


async def test_the_quantity_is_a_total_above_what_is_filled_and_cancel_on_failure_asks(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        theirs = at.theirs("bitget", order_id=PARTLY)
        row = at.lineage(PARTLY)
        panel = await at.open(row)
        for text in ("1.2", "0.5"):
            panel.type(QUANTITY, text)
            assert "must lie above the 1.3 filled already" in panel.problems
            assert not panel.can_send
            panel.send()
        panel.type(QUANTITY, "4")
        panel.choose(ON_FAILURE, "cancel it")
        assert "goes with a change of price or quantity" in panel.problems
        panel.send()
        assert at.sent("bitget") == []

        panel.type(QUANTITY, "3")
        shown = body(panel)
        assert (D(shown["price"]), D(shown["qty"]), shown["autoCancel"]) == (D("3412.1"), D(3), "yes")
        assert panel.numbers("Remaining")[::2] == [D("2.7"), D("1.7")]
        assert "it will cancel the order" in panel.words
        assert not panel.can_send
        panel.consent()
        panel.send()
        await at.stage(row, CONFIRMED)
        assert (theirs.quantity, theirs.filled, theirs.price) == (D(3), D("1.3"), D("3412.10"))
        assert len(at.sent("bitget")) == 1


async def test_what_cannot_be_applied_cancels_the_order_only_where_it_was_chosen(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget", quick=True) as at:
        at.server("bitget").faults.add("silent_failure", "amend")
        theirs = at.theirs("bitget", order_id=SPOT)
        row = at.lineage(SPOT)
        panel = await at.open(row)
        panel.type(PRICE, "59850.00")
        panel.choose(ON_FAILURE, "cancel it")
        panel.consent()
        panel.send()
        await at.stage(row, AmendmentStage.OVERTAKEN)
        assert not theirs.is_open
        assert "cancelled the order, as you chose" in panel.words
        assert "Cancelled" in at.cell(row, Column.ORDER)


LOCKED = {
    COIN_CM: ("new coin-margined line (_CM)", "Cancel the order and place a new one"),
}


async def test_a_coin_margined_order_is_amended_with_a_word_on_its_unit(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget", quick=True) as at:
        panel = await at.open(at.lineage(COIN))
        panel.type(PRICE, "58499.0")
        assert "In which unit Bitget takes the quantity" in panel.words
        assert not panel.can_send
        panel.consent()
        panel.send()
        await at.stage(at.lineage(COIN), CONFIRMED)


async def test_a_reduce_only_order_is_amended_by_consent(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitget", quick=True) as at:
        at.server("bitget").switches.set("reduce_only_single", "allow")
        row = at.lineage(REDUCE_ONLY)
        panel = await at.open(row)
        panel.type(PRICE, "61900.0")
        assert "whether it amends one is not documented" in panel.words
        assert not panel.can_send
        panel.consent()
        panel.send()
        await at.stage(row, CONFIRMED)


async def test_what_bitget_does_not_amend_is_locked_with_its_reason_and_rule(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        for order_id, (why, card) in LOCKED.items():
            panel = await at.open(at.lineage(order_id))
            assert why in panel.words
            assert all(panel.locked(name) for name in panel.widget.fields.lines)
            panel.go(PRICE)
            at.write("1")
            panel.send()
            assert why in panel.problems
            at.press(Key.Key_F1)
            assert card in at.rule_card()
            at.press(Key.Key_Escape)
            assert not at.rule_card()
        assert at.sent("bitget") == []


def allowing(most: int) -> Callable[[str], str]:
    """The account's switch for so many amendments of one order at a time."""
    switch = f'[account.switches]\nqueued_amendments = "{most}"\n[account.addresses]'
    return lambda text: text.replace("[account.addresses]", switch)


async def test_amendments_in_line_are_told_as_asked_and_one_more_than_allowed_is_locked(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget", edit=allowing(2), engine_delay_ms=2000) as at:
        row = at.lineage(SPOT)
        panel = await at.open(row)
        panel.type(PRICE, "59850.00")
        assert "batch-modify" not in panel.request
        panel.send()
        await at.stage(row, AmendmentStage.ACKNOWLEDGED)

        await at.until(lambda: not panel.locked(PRICE), "the fields, free again")
        assert D(panel.text(PRICE)) == D(59850), "the form stands on what was asked for"
        assert "As asked, not yet shown by Bitget." in panel.words
        assert "1 without an outcome, carried out in turn: price 59840 → 59850" in panel.words
        assert at.asked(row, Column.PRICE) == [D(59840), D(59850)], "the row keeps what is proven beside the wish"
        panel.type(PRICE, "59860.00")
        assert "1 amendment of this order waits at Bitget (0.5 at 59850), as asked, not yet shown" in panel.words
        assert "skipped if an earlier one fails (25573)" in panel.words
        assert "up to five wait in line; the page of the single call takes one at a time" in panel.words
        assert "/api/v3/trade/batch-modify-order" in panel.request
        assert json.loads(panel.request.splitlines()[-1])[0]["price"] == "59860"
        assert panel.line("Price")[0].replace(GROUP, "").startswith("59840"), "what is now is what is shown"
        panel.send()

        await at.stage(row, AmendmentStage.ACKNOWLEDGED)
        await at.until(lambda: "queued_amendments allows 2" in panel.words, "the lock")
        assert panel.locked(PRICE)
        assert "Carried out in turn: price 59840 → 59850; price 59850 → 59860. None of that is shown yet" in panel.words
        assert panel.words.count("without an outcome") == 1, "how many there are stands in the lock"
        assert at.asked(row, Column.PRICE) == [D(59840), D(59860)]
        panel.send()
        assert len(at.sent("bitget")) == 2

        await at.stage(row, CONFIRMED)
        first, second = (at.desk.state.amendments[each] for each in row.amendments)
        assert (first.stage, second.stage) == (CONFIRMED, CONFIRMED)
        assert at.asked(row, Column.PRICE) == [D(59860)]
        assert "carried out in turn" not in panel.words.lower()
        assert not panel.locked(PRICE)


async def test_every_figure_of_three_in_line_is_what_is_shown_what_may_be_or_what_was_asked(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    """Buy 0.5 at 59840.00: a tick up, two ticks behind that, half the size behind both, and one more typed."""
    async with at_practice(theme, tmp_path, "bitget", edit=allowing(3), engine_delay_ms=2500) as at:
        row = at.lineage(SPOT)
        panel, foot = await at.open(row), at.view.foot.exposure
        panel.type(PRICE, "+1t")
        panel.send()
        await at.until(lambda: "1 without an outcome" in panel.words, "the first, accepted")
        panel.type(PRICE, "+2t")
        panel.send()
        await at.until(lambda: "2 without an outcome" in panel.words, "the second, accepted")
        assert panel.line("Price (USDT)") == ("59840.00", "any of 3", "59840.03"), "nothing is shown yet"
        assert "now 29920.00000000, peak 29920.01500000, after 29920.01500000" in panel.bars
        assert "It is carried out after price → 59840.01." in panel.words

        panel.type(QUANTITY, "half")
        assert panel.numbers("Value") == [D("29920.0000"), D("29920.0150"), D("14960.0075")]
        assert panel.numbers("Value") == panel.numbers("Locked USDT"), "the same states count for both"
        assert "worth 29920.015 USDT" in panel.words
        panel.send()
        await at.until(lambda: "queued_amendments allows 3" in panel.words, "the full line")
        assert foot.text().replace(GROUP, "") == "If all in flight land: buy 14960.0075 USDT"
        assert "At worst" in foot.toolTip()
        assert "buy 29920.015 USDT" in foot.toolTip().replace(GROUP, "")
        assert panel.line("Price (USDT)") == ("59840.00", "any of 3", "59840.03"), "it is sent with the quantity"
        assert panel.line("Quantity (BTC)") == ("0.50", "either", "0.25")
        assert "now 29920.00000000, peak 29920.01500000, after 14960.00750000" in panel.bars
        assert "AMEND · POST /api/v3/trade/batch-modify-order" in panel.words
        assert "batch-modify-order" in panel.request
        assert (D(panel.text(PRICE)), D(panel.text(QUANTITY))) == (D("59840.03"), D("0.25")), "no jump back"
        assert panel.words.count("As asked, not yet shown by Bitget.") == 3, "price, quantity and what remains"
        assert "It is carried out after price → 59840.01 and → 59840.03." in panel.words
        assert not any(each in panel.words for each in row.amendments), "no ids that stand nowhere else"

        panel.send()
        assert panel.words.count("queued_amendments allows 3") == 1, "once is enough"
        assert "the order is locked; the reason stands above its fields" in panel.problems
        assert len(at.sent("bitget")) == 3
        await at.until(lambda: row.order.price == D("59840.01"), "the first, shown")
        await at.until(lambda: not panel.locked(PRICE), "room for one more")
        assert panel.line("Price (USDT)") == ("59840.01", "either", "59840.03")
        assert "now 29920.00500000" in panel.bars
        assert "the order is locked" not in panel.words, "what was said of the attempt is over"


async def test_now_is_what_is_shown_also_while_the_answer_to_the_second_is_missing(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget", edit=allowing(3), engine_delay_ms=3000) as at:
        at.server("bitget").faults.add("drop", "batch_amend")
        row = at.lineage(SPOT)
        panel = await at.open(row)
        panel.type(PRICE, "+1t")
        panel.send()
        await at.until(lambda: "1 without an outcome" in panel.words, "the first, accepted")
        panel.type(QUANTITY, "half")
        panel.send()
        await at.until(lambda: "not known to be accepted" in panel.words, "the second, without an answer")
        assert panel.line("Price (USDT)") == ("59840.00", "either", "59840.01")
        assert panel.line("Quantity (BTC)") == ("0.50", "either", "0.25")
        assert "now 29920.00000000, peak 29920.00500000, after 14960.00250000" in panel.bars
