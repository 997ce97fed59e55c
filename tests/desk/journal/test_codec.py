"""Every event and the whole state go through text and come back the same, digit for digit."""

from __future__ import annotations

from collections import deque
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.desk.journal import codec as codec
from app.desk.journal.codec import EVENTS, CodecError, dumps, loads
from app.desk.journal.records import ClockRead, Session, SessionEnded, TakenOver
from app.desk.journal.replay import Checkpoint, Folded
from app.desk.state import UNKEPT, AccountState, DeskState, HistoryLine, Lineage, Notice
from app.domain import events as ev
from app.domain.amendment import Amendment, Command, Source
from app.domain.order import Fill, Order
from tests.helpers.toy_venue import T0, amendment, order

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
st.register_type_strategy(Decimal, DECIMALS)


@pytest.mark.parametrize(
    "kind", [*EVENTS.values(), Session, SessionEnded, ClockRead, TakenOver], ids=lambda kind: kind.__name__
)
def test_every_record_comes_back_the_same(kind: type[Any]) -> None:
    @settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(st.from_type(kind))
    def there_and_back(value: Any) -> None:
        again = loads(kind, dumps(value))
        assert again == value
        # Equality alone would let 1.5 pass for 1.50, and a text for an enum.
        assert shape(again) == shape(value)
        assert dumps(again) == dumps(value)

    there_and_back()


def shape(value: Any) -> Any:
    """The value with every type and every digit spelt out."""
    if is_dataclass(value):
        return type(value).__name__, [shape(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, tuple | list | deque):
        return type(value).__name__, [shape(item) for item in value]
    if isinstance(value, frozenset):
        return "frozenset", sorted(value)
    return type(value).__name__, str(value)


def test_a_decimal_keeps_its_own_digits() -> None:
    seen = ev.OrderSeen("toy", T0, order(price=Decimal("1.50"), quantity=Decimal("1E+3")), Source.PUSH)
    text = dumps(seen)
    assert '"price":"1.50"' in text
    again = loads(ev.OrderSeen, text)
    assert str(again.order.price) == "1.50"
    assert str(again.order.quantity) == "1E+3"


def test_a_number_and_a_text_in_one_field_stay_apart() -> None:
    base = amendment(order())
    fields_sent = (("price", Decimal("101")), ("note", "101"), ("size", 101), ("post", True))
    command = Command("A1", 1, base.command.order, "modify", fields_sent, base.command.target)
    again = loads(Command, dumps(command))
    assert [type(value) for _, value in again.fields] == [Decimal, str, int, bool]
    assert again == command


def test_the_state_comes_back_with_its_bounds_and_without_market_data() -> None:
    state = DeskState(accounts={"toy": AccountState("toy", "toy")})
    state.lineages["toy/o1"] = Lineage(
        "toy/o1", "toy", order(), ["o1"], T0, Source.PUSH, history=[HistoryLine(T0, Source.YOU, "x")]
    )
    state.lineages["toy/o1"].fills["f"] = Fill("toy", "f", "o1", "AB", order().side, Decimal(1), Decimal(1), T0)
    state.amendments["A1"] = amendment(order())
    state.by_id[("toy", "o1")] = "toy/o1"
    state.notices.append(Notice("toy", T0, "read this", True))
    state.wire.append(ev.WireSeen("toy", T0, "in", "http", "GET", "body"))
    state.accounts["toy"].writes.append(T0)
    checkpoint = Checkpoint(T0, None, "hash", Folded(state, last_request=7))
    again = loads(Checkpoint, dumps(checkpoint)).folded.state
    assert not again.wire
    assert again.wire.maxlen == state.wire.maxlen
    assert again.notices == state.notices
    assert again.accounts["toy"].writes.maxlen == 600
    state.wire.clear()
    assert again == state


def test_an_older_record_takes_defaults_and_a_newer_one_is_refused() -> None:
    assert loads(ev.Noticed, '{"account":"toy","at":1,"text":"t"}') == ev.Noticed("toy", 1, "t", serious=True)
    with pytest.raises(CodecError, match="Noticed has no field colour"):
        loads(ev.Noticed, '{"account":"toy","at":1,"text":"t","colour":"red"}')


def test_fields_that_were_removed_are_left_out_of_an_older_record() -> None:
    refused = ev.AmendmentRefused("toy", 1, "A1", "25204", "No.")
    seen = ev.OrderSeen("toy", 1, order(), Source.PUSH)
    for event, retired in (
        (refused, '"order_gone":true,"order_cancelled":false'),
        (seen, '"changed":true,"sequence":7'),
    ):
        assert loads(type(event), f"{dumps(event)[:-1]},{retired}}}") == event
    with pytest.raises(CodecError, match="has no field changed"):
        loads(ev.AmendmentRefused, f'{dumps(refused)[:-1]},"order_gone":true,"changed":true}}')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"account":"toy","at":1,"text":2.5}',
        '{"account":"toy","at":NaN,"text":""}',
    ],
)
def test_a_text_that_is_no_such_value_is_one_error(text: str) -> None:
    with pytest.raises(CodecError):
        loads(ev.Noticed, text)


def test_a_decimal_written_as_a_number_is_refused() -> None:
    text = dumps(order()).replace('"price":"100"', '"price":100')
    with pytest.raises(CodecError, match="written as a text"):
        loads(Order, text)


def test_half_a_surrogate_pair_survives() -> None:
    notice = ev.Noticed("toy", 1, "half \ud83d of a sign, and a whole one: 🙂")
    assert loads(ev.Noticed, dumps(notice)) == notice
    assert dumps(notice).encode("ascii")


def test_a_value_no_record_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        dumps({"x": b""})


def test_every_event_class_has_a_name_of_its_own() -> None:
    assert len(EVENTS) == len({*EVENTS.values()}) > 20
    assert EVENTS["AmendmentRequested"] is ev.AmendmentRequested
    assert not {kind.__name__ for kind in (Session, SessionEnded, ClockRead, TakenOver, Checkpoint)} & EVENTS.keys()
    assert UNKEPT == {"kept": False}
    assert isinstance(loads(Amendment, dumps(amendment(order()))), Amendment)
