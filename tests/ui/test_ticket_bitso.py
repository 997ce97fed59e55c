"""Bitso in the window: the panel's amendments against the practice venue over real sockets, by keys alone."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.amendment import AmendmentStage
from app.domain.form import FieldName
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.orders.row import Column
from tests.helpers.ticket_at_practice import Panel, at_practice

D = Decimal
PRICE, QUANTITY, VALUE, STOP = FieldName.PRICE, FieldName.QUANTITY, FieldName.VALUE, FieldName.STOP
REPRICED, ON_FAILURE = FieldName.WHEN_REPRICED, FieldName.ON_FAILURE
CONFIRMED = AmendmentStage.CONFIRMED
BUY = "qlbga6b600n3xta7"
NATIVE = '\n[account.switches]\nnative_minor = "yes"\n'


def body(panel: Panel) -> dict[str, str]:
    """The JSON of the request as shown."""
    return dict(json.loads(panel.request.splitlines()[-1]))


async def test_the_worked_buy_is_shown_to_the_digit_and_comes_true(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitso") as at:
        row = at.lineage(BUY)
        theirs = at.theirs("bitso", order_id=BUY)
        usd = at.server("bitso").exchange.ledger
        panel = await at.open(row)

        panel.type(PRICE, "120000")
        panel.choose(REPRICED, "keep spend")
        assert body(panel) == {"price": "120000"}
        assert panel.line("Amount")[2] == "0.83333333 (−0.16666667)"
        assert panel.numbers("Value")[::2] == [D(100000)] * 2
        assert panel.numbers("Locked USD") == [D(100000)] * 3
        assert panel.bars.startswith("usd locked now 100000")
        assert "after 100000" in panel.bars
        panel.send()
        await at.stage(row, CONFIRMED)
        assert (theirs.price, theirs.quantity, theirs.value) == (D(120000), D("0.83333333"), D(100000))
        assert usd.lock_of(theirs.owner, "usd", theirs.uid) == D(100000)
        assert "Confirmed" in at.cell(row, Column.AMENDMENT)
        assert "price 100000 → 120000, when repriced keep quantity → keep spend" in panel.words
        assert at.asked(row, Column.PRICE) == [D(120000)]
        assert at.asked(row, Column.QUANTITY) == [D("0.83333333")]

        panel.type(PRICE, "130000")
        panel.type(QUANTITY, "1")
        assert body(panel) == {"price": "130000", "major": "1"}
        assert panel.numbers("Locked USD") == [D(100000), D(130000), D(130000)]
        assert panel.line("Locked USD")[2] == "130000.00 (+30000.00)"
        assert panel.numbers("Available USD") == [D(42400), D(12400), D(12400)]
        assert panel.numbers("Value")[2] == D(130000)
        panel.send()
        await at.stage(row, CONFIRMED)
        assert (theirs.price, theirs.quantity, theirs.value) == (D(130000), D(1), D(130000))
        assert usd.lock_of(theirs.owner, "usd", theirs.uid) == D(130000)
        assert len(at.sent("bitso")) == 2


@pytest.mark.parametrize("native", [False, True], ids=["as-amount", "as-value"])
async def test_the_worked_sell_is_shown_to_the_digit_and_comes_true(
    native: bool, qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitso", edit=lambda text: text + (NATIVE if native else "")) as at:
        theirs = at.theirs("bitso", symbol="btc_usdt", price=100000)
        row = at.lineage(theirs.order_id)
        panel = await at.open(row)
        assert panel.locked(REPRICED), "a sell keeps its quantity whatever is chosen"

        panel.type(PRICE, "120000")
        assert body(panel) == {"price": "120000"}
        assert panel.numbers("Amount") == [D(1)] * 3
        assert panel.numbers("Locked BTC") == [D(1)] * 3
        assert panel.numbers("Value")[2] == D(120000)
        panel.send()
        await at.stage(row, CONFIRMED)
        assert (theirs.quantity, theirs.value) == (D(1), D(120000))

        panel.type(PRICE, "130000")
        panel.type(VALUE, "100000")
        sent = {"minor": "100000"} if native else {"major": "0.76923077"}
        assert body(panel) == {"price": "130000", **sent}
        assert panel.line("Amount")[2] == "0.76923077 (−0.23076923)"
        assert panel.line("Locked BTC")[2] == "0.76923077 (−0.23076923)"
        assert "after 0.76923077" in panel.bars
        panel.send()
        await at.stage(row, CONFIRMED)
        assert (theirs.price, theirs.quantity) == (D(130000), D("0.76923077"))
        lock = at.server("bitso").exchange.ledger.lock_of(theirs.owner, "btc", theirs.uid)
        assert lock == D("0.76923077")


async def test_keep_quantity_or_keep_spend_and_an_amount_or_a_value(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitso") as at:
        panel = await at.open(at.lineage(BUY))
        panel.type(PRICE, "110000")
        assert body(panel) == {"price": "110000", "major": "1"}, "a buy keeps its quantity unless told"
        assert "(+10000.00)" in panel.line("Locked USD")[2]
        panel.choose(REPRICED, "keep spend")
        assert body(panel) == {"price": "110000"}
        assert panel.line("Amount")[2].startswith("0.90909091")
        panel.choose(REPRICED, "keep quantity")
        assert body(panel) == {"price": "110000", "major": "1"}

        panel.type(QUANTITY, "0.5")
        assert body(panel) == {"price": "110000", "major": "0.5"}
        panel.type(VALUE, "66000")
        assert body(panel) == {"price": "110000", "major": "0.6"}, "the size typed last counts, and it alone"
        assert D(panel.text(QUANTITY)) == D("0.6"), "the other one is derived from it"
        panel.choose(REPRICED, "keep spend")
        assert not panel.can_send
        assert "contradict" in panel.words
        assert at.sent("bitso") == []


async def test_only_an_untriggered_stop_can_be_changed(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitso") as at:
        triggered = at.theirs("bitso", symbol="eth_mxn", side="buy")
        panel = await at.open(at.lineage(triggered.order_id))
        assert panel.locked(STOP)
        assert "The stop has been triggered" in panel.words
        assert not panel.locked(PRICE)

        panel = await at.open(at.lineage(BUY))
        assert panel.locked(STOP)
        assert "Only an untriggered stop order" in panel.words

        theirs = at.theirs("bitso", symbol="eth_mxn", side="sell")
        row = at.lineage(theirs.order_id)
        panel = await at.open(row)
        panel.type(STOP, "61750.00")
        assert body(panel) == {"stop": "61750"}
        panel.send()
        await at.stage(row, CONFIRMED)
        assert theirs.stop == D(61750)
        assert D(panel.text(STOP)) == D(61750)


async def test_cancel_if_it_fails_never_goes_alone_and_asks(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitso") as at:
        row = at.lineage(BUY)
        panel = await at.open(row)
        panel.choose(ON_FAILURE, "cancel it")
        assert "never alone" in panel.words
        assert not panel.can_send
        panel.send()
        assert at.sent("bitso") == []

        panel.type(PRICE, "101000")
        assert body(panel) == {"price": "101000", "major": "1", "cancel": "1"}
        assert not panel.can_send, "it may end the order, so it asks first"
        panel.consent()
        panel.send()
        await at.stage(row, CONFIRMED)
        assert len(at.sent("bitso")) == 1
        assert at.theirs("bitso", order_id=BUY).price == D(101000)
