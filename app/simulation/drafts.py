"""Drafts a person might type: values on the grid of an order's form, and mistakes that must never leave."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from app.domain.form import Field, FieldName, Form
from app.domain.money import ZERO
from app.domain.order import Side
from app.domain.plan import Draft
from app.domain.twins import means_total
from app.simulation.modelled.behaviour import VenueModel

_HUNDRED = Decimal(100)


def sensible(form: Form, model: VenueModel, dice: Random) -> Draft | None:
    """A change of one or two fields to values near the order's own; None where nothing may change."""
    routes = [route for route in form.routes if route.offered]
    if not routes:
        return None
    route = dice.choice(routes)
    fields = [field for field in form.editable if route.name in field.routes]
    if not fields:
        return None
    chosen = dice.sample(fields, min(len(fields), dice.choice((1, 1, 2))))
    values = tuple((field.name, _value(field, form, model, dice)) for field in chosen)
    named = route.opt_in or dice.random() < 0.3
    return Draft(form.order, values, route.name if named else None)


def mistake(form: Form, model: VenueModel, dice: Random) -> tuple[str, Draft]:
    """A draft that must be refused, and what is wrong with it."""
    order = form.order
    numbers = [field for field in form.editable if not field.is_choice and field.current is not None]
    locked = [field for field in form.fields if not field.editable]
    kinds = ["no value", "unknown route"]
    if numbers:
        kinds += ["off the grid", "zero", "far too large", "no change", "a word for a number"]
    if locked:
        kinds.append("a locked field")
    if order.filled > ZERO and any(map(means_total, numbers)):
        kinds.append("below what is filled")
    kind = dice.choice(kinds)
    if kind == "no value":
        return kind, Draft(order)
    if kind == "unknown route":
        return kind, Draft(order, ((FieldName.PRICE, model.mid),), "teleport")
    if kind == "a locked field":
        return kind, Draft(order, ((dice.choice(locked).name, model.mid + model.stride),))
    if kind == "below what is filled":
        field = next(each for each in numbers if means_total(each))
        return kind, Draft(order, ((field.name, order.filled / 2),))
    field = dice.choice(numbers)
    assert isinstance(field.current, Decimal)
    values: dict[str, Decimal | str] = {
        "off the grid": field.current + (field.step or Decimal(1)) / 3,
        "zero": ZERO,
        "far too large": Decimal("1e27"),
        "no change": field.current,
        "a word for a number": "much",
    }
    if kind == "zero" and field.clearable:
        # 0 takes an exit away, which is no mistake.
        return "a word for a number", Draft(order, ((field.name, "much"),))
    return kind, Draft(order, ((field.name, values[kind]),), field.routes[-1] if field.routes else None)


def _value(field: Field, form: Form, model: VenueModel, dice: Random) -> Decimal | str:
    if field.is_choice:
        return dice.choice(field.choices).value
    current = field.current if isinstance(field.current, Decimal) else ZERO
    match field.name:
        case FieldName.PRICE | FieldName.STOP:
            return current + dice.choice((-1, 1)) * dice.randint(1, 9) * model.stride
        case FieldName.TAKE_PROFIT | FieldName.STOP_LOSS:
            return _exit(field, form, model, dice)
        case _:
            step = field.step or Decimal(1)
            return current * dice.randint(30, 170) / _HUNDRED // step * step


def _exit(field: Field, form: Form, model: VenueModel, dice: Random) -> Decimal:
    """Nothing, or a price on its side of the order's."""
    if field.current and dice.random() < 0.4:
        return ZERO
    above = (field.name is FieldName.TAKE_PROFIT) == (form.order.side is Side.BUY)
    away = dice.randint(20, 60) * model.stride
    price = form.order.price or model.mid
    return price + away if above else price - away
