"""The draft: what is typed, what the venue changes meanwhile, and that neither overwrites the other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.form import Choice, Field, FieldName, Form, IdAfter, QueuePlace, Route
from app.domain.order import Order
from app.ui.amend.draft_keeper import DraftKeeper
from tests.helpers.toy_venue import order

D = Decimal
PRICE, QUANTITY, VALUE = FieldName.PRICE, FieldName.QUANTITY, FieldName.VALUE


def form(of: Order) -> Form:
    value = of.price * of.quantity if of.price is not None else None
    fields = ((PRICE, of.price), (QUANTITY, of.quantity), (VALUE, value))
    return Form(of, tuple(Field(name, name.value, name.value, True, current) for name, current in fields), ())


REPRICED = FieldName.WHEN_REPRICED


def repriced_form() -> Form:
    """A form with a choice, and a route that is off until it is chosen."""
    plain = form(order())
    choices = (Choice("keep_quantity", "keep quantity"), Choice("keep_spend", "keep spend"))
    field = Field(REPRICED, "When repriced", "", True, "keep_quantity", choices=choices)
    routes = tuple(
        Route(name, name, name, True, QueuePlace.KEPT, IdAfter.SAME, opt_in=name == "replace")
        for name in ("reduce", "replace")
    )
    return replace(plain, fields=(*plain.fields, field), routes=routes)


@pytest.fixture
def keeper() -> DraftKeeper:
    return DraftKeeper(form(order()))


def test_nothing_typed_is_no_draft(keeper: DraftKeeper) -> None:
    assert not keeper.dirty
    assert keeper.draft.values == ()
    keeper.type(PRICE, D("100.00"))
    assert not keeper.dirty, "the same number is no change"


def test_typed_values_come_in_the_forms_order(keeper: DraftKeeper) -> None:
    keeper.type(QUANTITY, D(3))
    keeper.type(PRICE, D(101))
    assert keeper.draft.values == ((PRICE, D(101)), (QUANTITY, D(3)))
    assert keeper.draft.base == order()


def test_a_text_that_is_no_number_blocks_and_is_forgotten_when_mended(keeper: DraftKeeper) -> None:
    keeper.type(PRICE, None, "“1e5” is not a number.")
    assert keeper.dirty
    assert keeper.broken == {PRICE: "“1e5” is not a number."}
    keeper.type(PRICE, D(5))
    assert keeper.broken == {}


def test_size_is_given_one_way_or_the_other(keeper: DraftKeeper) -> None:
    keeper.type(QUANTITY, D(3))
    keeper.type(VALUE, D(400))
    assert keeper.draft.values == ((VALUE, D(400)),)
    keeper.type(QUANTITY, D(4))
    assert keeper.draft.values == ((QUANTITY, D(4)),)


def test_a_fill_leaves_the_draft_alone_and_moves_its_base(keeper: DraftKeeper) -> None:
    keeper.type(PRICE, D(101))
    filled = order(filled=D(1))
    keeper.observe(form(filled))
    assert keeper.draft.values == ((PRICE, D(101)),)
    assert keeper.draft.base == filled
    assert not keeper.conflict
    assert keeper.moved(PRICE) is None


def test_another_term_that_moved_is_told_and_stood_on(keeper: DraftKeeper) -> None:
    keeper.type(QUANTITY, D(3))
    moved = order(price=D(99))
    keeper.observe(form(moved))
    found = keeper.moved(PRICE)
    assert found is not None
    assert (found.was, found.now, found.conflict) == (D(100), D(99), False)
    assert keeper.draft.base == moved
    assert not keeper.conflict


def test_the_edited_term_that_moved_is_a_conflict_until_the_person_decides(keeper: DraftKeeper) -> None:
    keeper.type(PRICE, D(101))
    keeper.observe(form(order(price=D(99))))
    assert keeper.conflict
    assert keeper.draft.base == order(), "it does not stand on what the person has not read"
    keeper.observe(form(order(price=D(98))))
    found = keeper.moved(PRICE)
    assert found is not None
    assert (found.was, found.now) == (D(100), D(98))
    keeper.keep_mine()
    assert not keeper.conflict
    assert keeper.draft.base == order(price=D(98))
    assert keeper.draft.values == ((PRICE, D(101)),)


def test_the_venues_value_can_be_taken(keeper: DraftKeeper) -> None:
    keeper.type(PRICE, D(101))
    keeper.type(QUANTITY, D(3))
    keeper.observe(form(order(price=D(99))))
    keeper.take_venues(PRICE)
    assert not keeper.conflict
    assert keeper.draft.values == ((QUANTITY, D(3)),)
    assert keeper.draft.base == order(price=D(99))


def test_the_venue_moving_to_what_is_typed_or_back_is_no_conflict(keeper: DraftKeeper) -> None:
    keeper.type(PRICE, D(101))
    keeper.observe(form(order(price=D(99))))
    keeper.observe(form(order()))
    assert not keeper.conflict
    keeper.observe(form(order(price=D(101))))
    assert not keeper.conflict
    assert keeper.draft.base.price == D(101)


def test_what_was_sent_comes_back_after_a_refusal_unless_something_else_is_typed(keeper: DraftKeeper) -> None:
    keeper.type(PRICE, D(101))
    keeper.choose_route("replace")
    keeper.sent()
    assert not keeper.dirty
    assert keeper.route is None
    assert keeper.give_back()
    assert keeper.draft.values == ((PRICE, D(101)),)
    assert keeper.route == "replace"
    keeper.sent()
    keeper.type(QUANTITY, D(9))
    assert not keeper.give_back()
    assert keeper.draft.values == ((QUANTITY, D(9)),)


def test_revert_forgets_everything(keeper: DraftKeeper) -> None:
    keeper.type(PRICE, D(101))
    keeper.choose_route("replace")
    keeper.observe(form(replace(order(), price=D(99))))
    keeper.revert()
    assert not keeper.dirty
    assert not keeper.conflict
    assert keeper.route is None
    assert keeper.draft.base.price == D(99)


def test_what_an_order_was_sent_with_goes_along_and_is_no_draft() -> None:
    form = repriced_form()
    keeper = DraftKeeper(form)
    keeper.use({REPRICED: "keep_spend"}, "replace")
    assert not keeper.dirty
    assert not keeper.route_chosen
    assert keeper.route == "replace"
    assert keeper.draft.values == ()
    keeper.type(FieldName.PRICE, D(101))
    assert keeper.draft.choice(REPRICED) == "keep_spend"
    keeper.type(REPRICED, "keep_quantity")
    assert keeper.draft.choice(REPRICED) == "keep_quantity", "the order's own choice is one, too"
    keeper.type(REPRICED, "keep_spend")
    assert REPRICED not in keeper._typed
    keeper.type(FieldName.QUANTITY, D(7))
    assert keeper.draft.choice(REPRICED) is None, "it is about a price that is changed alone"
    assert keeper.shown_choices == {REPRICED: None}
    keeper.type(REPRICED, "keep_spend")
    assert keeper.draft.choice(REPRICED) == "keep_spend", "said out loud, it is judged and not left out"
    keeper.revert()
    assert keeper.route == "replace"


def test_a_usual_route_or_choice_that_is_not_offered_now_does_not_go_along() -> None:
    form = repriced_form()
    locked = replace(form, fields=tuple(replace(each, editable=each.name is not REPRICED) for each in form.fields))
    closed = replace(locked, routes=tuple(replace(each, offered=not each.opt_in) for each in form.routes))
    keeper = DraftKeeper(closed)
    keeper.use({REPRICED: "keep_spend"}, "replace")
    keeper.type(FieldName.PRICE, D(101))
    assert keeper.route is None
    assert keeper.draft.choice(REPRICED) is None
