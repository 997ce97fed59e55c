"""Words that records give: every id, the price, and nothing of what cannot be read."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from app.desk.finding.words import Kind, Shown, Sighting, number_of, sightings
from app.desk.journal import codec
from app.desk.journal.replay import Checkpoint, Folded
from app.desk.state import DeskState, Lineage
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.order import Fill, OrderStatus, Side
from tests.helpers.toy_venue import T0, amendment, order

D = Decimal


def found(record: Any, account: str = "toy") -> list[Sighting]:
    body = json.loads(codec.dumps(record), parse_float=str, parse_int=str)
    return list(sightings(type(record).__name__, account, body))


def test_an_order_that_is_shown_gives_its_ids_its_price_and_its_terms() -> None:
    shown = order("o2", client_id="mine", price=D("1.005E+5"), quantity=D("1.50"), filled=D("0.5"))
    (sighting,) = found(ev.OrderSeen("toy", T0, shown, Source.PUSH, replaces="o1"))
    assert sighting.by == (Kind.ORDER, "o2")
    assert sighting.words == ((Kind.ORDER, "o1"), (Kind.CLIENT, "mine"), (Kind.PRICE, "100500"))
    assert sighting.shown == Shown(shown.symbol, shown.market, "buy", "working", "100500", "1", is_over=False)


def test_an_order_that_has_ended_is_over() -> None:
    (sighting,) = found(ev.OrderSeen("toy", T0, order(status=OrderStatus.CANCELLED), Source.PUSH))
    assert sighting.shown is not None
    assert sighting.shown.is_over


def test_a_list_names_each_of_its_orders() -> None:
    listed = found(ev.OpenOrdersListed("toy", T0, T0, (order("o1"), order("o2"))))
    assert [each.by[1] for each in listed] == ["o1", "o2"]


def test_an_execution_leads_to_its_order() -> None:
    fill = Fill("toy", "f9", "o1", "ABC", Side.BUY, D("10.50"), D(1), T0)
    (sighting,) = found(ev.FillSeen("toy", T0, fill, Source.PUSH))
    assert (sighting.by, sighting.words) == ((Kind.ORDER, "o1"), ((Kind.FILL, "f9"), (Kind.PRICE, "10.5")))


def test_an_intent_gives_its_numbers_and_shows_nothing_as_done() -> None:
    asked = amendment(order())
    (sighting,) = found(ev.AmendmentRequested("toy", T0, asked))
    command = asked.command
    assert sighting.by == (Kind.ORDER, command.order.order_id)
    assert (Kind.AMENDMENT, command.amendment_id) in sighting.words
    assert (Kind.REQUEST, str(command.request_id)) in sighting.words
    assert command.target.price is not None
    assert (Kind.PRICE, number_of(str(command.target.price))) in sighting.words
    assert sighting.shown is None


def test_an_answer_ties_the_new_id_to_the_amendment() -> None:
    (sighting,) = found(ev.AmendmentAcknowledged("toy", T0, "A1", "o2"))
    assert (sighting.by, sighting.words) == ((Kind.AMENDMENT, "A1"), ((Kind.ORDER, "o2"),))
    assert found(ev.AmendmentAcknowledged("toy", T0, "A1")) == []


@pytest.mark.parametrize(
    "record, by",
    [
        (ev.AmendmentWritten("toy", T0, "A1", 3), (Kind.AMENDMENT, "A1")),
        (ev.OrderMissing("toy", T0, T0, "o1"), (Kind.ORDER, "o1")),
        (ev.LookUpFailed("toy", T0, "o1", "no answer"), (Kind.ORDER, "o1")),
        (ev.CancelAnswered("toy", T0, "o1", taken=True), (Kind.ORDER, "o1")),
        (ev.CancelRequested("toy", T0, "toy/o1"), (Kind.ORDER, "o1")),
        (ev.OrderUnreadable("toy", T0, "o1", "no price", "{}", Source.PUSH), (Kind.ORDER, "o1")),
    ],
)
def test_what_is_said_of_an_order_names_it(record: Any, by: tuple[Kind, str]) -> None:
    assert [each.by for each in found(record)] == [by]


def test_ids_that_are_forgotten_together_belong_together() -> None:
    row = ev.ForgottenRow("toy/o1", ("o1", "o2"), ())
    (sighting,) = found(ev.OrdersForgotten("toy", T0, (row,)))
    assert (sighting.by, sighting.words) == ((Kind.ORDER, "o1"), ((Kind.ORDER, "o2"),))


def test_a_checkpoint_names_the_orders_whose_records_may_be_gone() -> None:
    state = DeskState()
    state.lineages["toy/o1"] = Lineage("toy/o1", "toy", order("o2"), ["o1", "o2"], T0, Source.PUSH)
    checkpoint = Checkpoint(T0, None, "", Folded(state=state))
    tied, shown = found(checkpoint, "")
    assert (tied.account, tied.by, tied.words) == ("toy", (Kind.ORDER, "o1"), ((Kind.ORDER, "o2"),))
    assert (shown.by, shown.shown is not None) == ((Kind.ORDER, "o2"), True)


@pytest.mark.parametrize(
    "body", [{}, {"order": 3}, {"order": {}}, {"order": {"order_id": ""}}, {"orders": [None, 3, {}]}, {"rows": [[]]}]
)
@pytest.mark.parametrize("kind", ["OrderSeen", "OpenOrdersListed", "OrdersForgotten", "Checkpoint", "FillSeen", "None"])
def test_what_cannot_be_read_is_no_word_and_no_error(kind: str, body: dict[str, Any]) -> None:
    assert list(sightings(kind, "toy", body)) == []


@pytest.mark.parametrize(
    "text, number",
    [
        ("100500", "100500"),
        ("100500.00", "100500"),
        ("1.005E+5", "100500"),
        ("0E-8", "0"),
        ("0.010", "0.01"),
        ("-3", "-3"),
        ("", ""),
        ("x", ""),
        ("NaN", ""),
        ("Infinity", ""),
        ("1E+999999", ""),
        (None, ""),
        (3, ""),
    ],
)
def test_one_number_is_one_word(text: object, number: str) -> None:
    assert number_of(text) == number
