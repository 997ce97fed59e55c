"""Undo: the draft that asks for the terms before an amendment, what does not come back, and when there is none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.amendment import Amendment, AmendmentStage, Command
from app.domain.form import Choice, Field, FieldName, Form, IdAfter, QueuePlace, Route, locked
from app.domain.order import Order
from app.domain.plan import Terms
from app.domain.undo import UndoError, inverse_of, last_to_undo
from tests.helpers.toy_venue import order

D = Decimal
PRICE, QUANTITY, VALUE, STOP_LOSS = FieldName.PRICE, FieldName.QUANTITY, FieldName.VALUE, FieldName.STOP_LOSS
BEFORE = replace(order(), price=D(100), quantity=D(10), filled=D(2))
KEPT, LOST, UNKNOWN = QueuePlace.KEPT, QueuePlace.LOST, QueuePlace.UNKNOWN


def form(of: Order, meaning: str = "total, fills included", queue: QueuePlace = UNKNOWN, *more: Field) -> Form:
    size = of.remaining if "remaining" in meaning else of.quantity
    fields = (
        Field(PRICE, "Price", "p", True, of.price, meaning="limit price"),
        Field(QUANTITY, "Size", "q", True, size, meaning=meaning),
        Field(VALUE, "Value", "v", True, None),
        Field(STOP_LOSS, "Stop loss", "s", True, of.stop_loss, clearable=True),
        *more,
    )
    routes = (
        Route("modify", "Modify", "M", True, queue, IdAfter.SAME),
        Route("replace", "Replace", "R", True, LOST, IdAfter.NEW, opt_in=True),
    )
    return Form(of, fields, routes if queue is not UNKNOWN else routes[:1])


def amended(target: Terms, *asked: tuple[FieldName, object, object], **more: object) -> Amendment:
    command = Command("A1", 1, BEFORE, "modify", (), target)
    stage = AmendmentStage.CONFIRMED
    base = Amendment(command, "row", asked or ((PRICE, D(100), D(101)),), stage)  # type: ignore[arg-type]
    return replace(base, **more)  # type: ignore[arg-type]


def test_a_price_goes_back_and_nothing_else_is_asked_for() -> None:
    now = replace(BEFORE, price=D(101))
    inverse = inverse_of(amended(Terms(price=D(101), quantity=D(10), value=D(1010))), form(now), unchanged=True)
    assert inverse.values == ((PRICE, D(100)),)
    assert inverse.texts[0].startswith("Undo of price 100 → 101.")
    assert "Nothing is sent" in inverse.texts[0]
    assert "not documented" in inverse.texts[1], "the place in the queue"


@pytest.mark.parametrize("meaning, value", [("total, fills included", "10"), ("new remaining", "7.5")])
def test_a_size_goes_back_less_what_filled_since(meaning: str, value: str) -> None:
    now = replace(BEFORE, quantity=D(6), filled=D("2.5"))
    amendment = amended(Terms(quantity=D(6), remaining=D(4) if "remaining" in meaning else None))
    inverse = inverse_of(amendment, form(now, meaning), unchanged=True)
    assert inverse.values == ((QUANTITY, D(value)),)
    assert "What filled since stays filled: 0.5." in inverse.texts


def test_what_filled_under_either_id_is_not_asked_for_again() -> None:
    command = replace(amended(Terms(quantity=D(4), remaining=D(4))).command, id_after=IdAfter.NEW, route="replace")
    amendment = replace(amended(Terms()), command=command)
    now = replace(order(), order_id="new", price=D(100), quantity=D(4), filled=D(1))
    inverse = inverse_of(amendment, form(now, "new remaining", KEPT), unchanged=True, old_fills=D("0.5"))
    assert inverse.values == ((QUANTITY, D("6.5")),), "8 remained; 1 and 0.5 filled since"
    assert inverse.route == "replace"
    told = " ".join(inverse.texts)
    assert "place in the queue was given up" in told
    assert f"The order id {BEFORE.order_id} does not come back." in told
    assert "stays filled: 1.5" in told


def test_a_size_that_has_filled_by_now_cannot_go_back() -> None:
    now = replace(BEFORE, quantity=D(20), filled=D(11))
    with pytest.raises(UndoError, match="9 filled since, of the 8 that remained"):
        inverse_of(amended(Terms(quantity=D(20))), form(now), unchanged=True)


def test_an_exit_that_was_not_there_is_removed_and_choices_that_name_the_order_go_along() -> None:
    choices = (Choice("no", "no"), Choice("yes", "yes"))
    flag = Field(FieldName.REDUCE_ONLY, "Reduce-only", "r", True, "no", choices=choices)
    spend = Field(FieldName.WHEN_REPRICED, "When repriced", "w", True, "a", choices=(Choice("a", "a"),))
    now = replace(BEFORE, stop_loss=D(90))
    asked = ((STOP_LOSS, None, D(90)), (FieldName.REDUCE_ONLY, "no", "yes"), (FieldName.WHEN_REPRICED, "a", "b"))
    inverse = inverse_of(amended(Terms(stop_loss=D(90)), *asked), form(now, "total", KEPT, flag, spend), unchanged=True)
    assert inverse.values == ((STOP_LOSS, D(0)), (FieldName.REDUCE_ONLY, "yes"))
    assert "another one can, and loses the place" in " ".join(inverse.texts)


def test_what_changed_since_is_named_and_nothing_is_drafted() -> None:
    now = replace(BEFORE, price=D(105))
    with pytest.raises(UndoError, match="price 105, not the 101 that was asked for"):
        inverse_of(amended(Terms(price=D(101))), form(now), unchanged=False)


def test_a_lock_of_the_order_or_of_the_field_says_why_not() -> None:
    now, amendment = replace(BEFORE, price=D(101)), amended(Terms(price=D(101)))
    with pytest.raises(UndoError, match="has ended"):
        inverse_of(amendment, locked(form(now), "The order has ended."), unchanged=True)
    shut = form(now)
    shut = replace(shut, fields=(replace(shut.fields[0], editable=False, reason="No price here."), *shut.fields[1:]))
    with pytest.raises(UndoError, match="No price here"):
        inverse_of(amendment, shut, unchanged=True)
    with pytest.raises(UndoError, match="already"):
        inverse_of(amendment, form(BEFORE), unchanged=True)


def test_the_last_amendment_with_an_effect_is_the_one() -> None:
    stages = AmendmentStage
    first, refused = amended(Terms()), amended(Terms(), stage=stages.REFUSED)
    assert last_to_undo([amended(Terms(price=D(1))), first, refused, refused]) is first
    for amendments, words in (
        ([], "No amendment of this order was sent"),
        ([refused], "was confirmed"),
        ([first, amended(Terms(), stage=stages.UNKNOWN)], "still under way"),
        ([first, amended(Terms(), stage=stages.DIFFERENT)], "did not come out as asked"),
        ([first, amended(Terms(), stage=stages.OVERTAKEN), refused], "did not come out as asked"),
    ):
        with pytest.raises(UndoError, match=words):
            last_to_undo(amendments)
