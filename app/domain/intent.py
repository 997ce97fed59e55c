"""Numbers typed as what is meant: `+2t`, `b+1`, `join`, `mid`, `-0.5%`, `half`, `=n1000`. Pure.

The words are those of desks: *join* is the best price on the order's own side, *improve* one tick better than it,
*shave* one tick behind it, *split* (or *mid*) half-way between bid and offer (TradeStation help, "Auto Price" and
"SetShaveImprove", read 2026-11-30). A number that falls between two steps takes the one on the order's own side, which
cannot cross, and says so: what was typed is never rounded in silence. The window's quick buttons are such wishes too.
Whatever is meant becomes a number as soon as it is read; a market that moves afterwards does not change it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from app.domain.form import Field, FieldName, InputError, read_value
from app.domain.market import Quote
from app.domain.money import ZERO, exact, is_multiple, places, tidy
from app.domain.order import Order, Side
from app.domain.plausible import LARGEST, SMALLEST
from app.domain.twins import means_total

_HUNDRED = Decimal(100)

#: A number as it may stand in an intent: short enough that no arithmetic with it grows.
_NUMBER = r"\d{1,24}(?:\.\d{0,24})?|\.\d{1,24}"

_TICKS = re.compile(r"([+-])\s*(\d{1,9})\s*(?:t|ticks?|steps?)", re.ASCII)
_PERCENT = re.compile(rf"([+-])\s*({_NUMBER})\s*%", re.ASCII)
_TOUCH = re.compile(r"(b|bid|a|ask|o|offer)(?:\s*([+-])\s*(\d{1,9})\s*(?:t|ticks?)?)?", re.ASCII)
_SPENT = re.compile(rf"=\s*n\s*({_NUMBER})", re.ASCII)
_SIGNED = re.compile(rf"([+-])\s*({_NUMBER})", re.ASCII)

#: Ticks from the best price on the order's own side, towards the other side.
_WORDS = {"join": 0, "improve": 1, "shave": -1}

_MIDDLE, _HALF = ("mid", "split"), "half"
_PRICE_WISHES = frozenset({*_WORDS, *_MIDDLE})

#: Beginnings of wishes that are not whole, or go on with something else, and one of their kind that is.
_LIKE = (
    (re.compile(rf"[+-]\s*(?:{_NUMBER})\s*(?:t|tick|step|%).", re.ASCII), "+2t or -0.5%"),
    (re.compile(r"[+-]\s*(?:$|t|tick|step|%)", re.ASCII), "+2t or -0.5%"),
    (re.compile(rf"(?:{'|'.join(sorted(_PRICE_WISHES))})\b", re.ASCII), "join or mid"),
    (re.compile(r"(?:b|bid|a|ask|o|offer)\s*[+-]", re.ASCII), "b+1 or a-2"),
    (re.compile(r"=\s*n", re.ASCII), "=n1000"),
)

_PRICES = frozenset({FieldName.PRICE, FieldName.STOP, FieldName.TAKE_PROFIT, FieldName.STOP_LOSS})

#: What can be typed instead of a number, for prices and for quantities.
_PRICE_WORDS = "+2t, -0.5%, b+1, a-2, join, improve, shave or mid"
_SIZE_WORDS = "half, +2t, -10% or =n1000"


class IntentError(ValueError):
    """A wish that comes to no number here; the message is one sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A wish as the number it comes to.

    Attributes:
        value: the number, on the field's step.
        text: how it comes about, for a person: "bid 99.5 + 1 tick".
        adjusted: whether it fell between two steps and is the one beside it, which the text says.
    """

    value: Decimal
    text: str
    adjusted: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """Numbers a wish may start from.

    Attributes:
        order: the order as it is.
        quote: the market as it is; None where it is not known.
        price: the price that is drafted, or the order's own; None where it has none.
    """

    order: Order
    quote: Quote | None = None
    price: Decimal | None = None


def read_intent(text: str, field: Field, basis: Basis) -> Intent | None:
    """Read a wish typed into a field.

    Returns:
        None for a text that is no wish, such as a number.

    Raises:
        IntentError: for a wish that comes to no number here.
    """
    wish = " ".join(text.lower().split())
    if field.is_choice or not wish:
        return None
    try:
        found = _relative(wish, field, basis)
        if found is None and field.name in _PRICES:
            found = _at_market(wish, field, basis)
        elif found is None and field.name is FieldName.QUANTITY:
            found = _sized(wish, field, basis)
    except ArithmeticError as error:
        raise IntentError(f"“{text.strip()}” comes to no number that can be sent; type the number itself.") from error
    if found is not None and found.value and not SMALLEST <= found.value.adjusted() <= LARGEST:
        raise IntentError(f"“{text.strip()}” comes to no number that can be sent; type the number itself.")
    if found is not None and found.value <= ZERO:
        raise IntentError(f"“{text.strip()}” comes to {tidy(found.value)}; a {field.name.value} is above zero.")
    if found is None and (instead := _other_kind(wish, field.name)):
        raise IntentError(f"“{text.strip()}” is a wish for {instead}: choose that field. {words_for(field.name)}")
    if found is None and (like := next((words for sign, words in _LIKE if sign.match(wish)), "")):
        raise IntentError(f"“{text.strip()}” is no whole wish; write it like {like}, or the number itself.")
    if found is None and _SIGNED.fullmatch(wish):
        raise IntentError(f"“{text.strip()}” may mean steps or units; write {wish}t for steps, or the number itself.")
    return found


def _other_kind(wish: str, name: FieldName) -> str:
    """Name the kind of field that a word is for, where it is not this one; "" for a word of this one or of none."""
    if name not in _PRICES and (wish in _PRICE_WISHES or _TOUCH.fullmatch(wish)):
        return "a price"
    if name is not FieldName.QUANTITY and (wish == _HALF or _SPENT.fullmatch(wish)):
        return "a quantity"
    return ""


def words_for(name: FieldName) -> str:
    """Words for what can be typed into a field instead of a number."""
    if name in _PRICES:
        return f"Or type {_PRICE_WORDS}."
    return f"Or type {_SIZE_WORDS}." if name is FieldName.QUANTITY else "Or type +2t or -10%."


def _relative(wish: str, field: Field, basis: Basis) -> Intent | None:
    """Steps or percents from the order's own number."""
    ticks, percent = _TICKS.fullmatch(wish), _PERCENT.fullmatch(wish)
    if ticks is None and percent is None:
        return None
    current = field.current
    if not isinstance(current, Decimal):
        raise IntentError(f"The order has no {field.name.value} to start from; type the number itself.")
    if ticks is not None:
        sign, count = ticks.groups()
        what = "tick" if field.name in _PRICES else "step"
        return Intent(_moved(current, sign, count, field), f"{tidy(current)} {_signed(sign, count, what)}")
    assert percent is not None
    sign, number = percent.groups()
    with exact():
        value = current + current * Decimal(f"{sign}{number}") / _HUNDRED
    down = field.name not in _PRICES or basis.order.side is Side.BUY
    return _on_step(value, field, f"{tidy(current)} {_minus(sign)} {number} %", down=down)


def _at_market(wish: str, field: Field, basis: Basis) -> Intent | None:
    """A price by the market."""
    order, quote = basis.order, basis.quote
    touch = _TOUCH.fullmatch(wish)
    if touch is None and wish not in _PRICE_WISHES:
        return None
    if wish not in _MIDDLE:
        if touch is not None:
            name, sign, count = touch.groups()
            side = Side.BUY if name in ("b", "bid") else Side.SELL
        else:
            # Better is up for a buy and down for a sell.
            side, ticks = order.side, _WORDS[wish]
            sign, count = ("+" if (ticks > 0) == (side is Side.BUY) else "-", "1") if ticks else (None, None)
        best, called = quote.own(side) if quote is not None else None, "bid" if side is Side.BUY else "ask"
        if best is None:
            raise IntentError(f"No {called} is known in this market just now; type the price itself.")
        if count is None:
            return Intent(best, f"{called} {tidy(best)}")
        return Intent(_moved(best, sign, count, field), f"{called} {tidy(best)} {_signed(sign, count, 'tick')}")
    middle = quote.mid if quote is not None else None
    if middle is None:
        raise IntentError("There is no mid in this market just now; type the price itself.")
    return _on_step(middle, field, f"mid {tidy(middle)}", down=order.side is Side.BUY)


def _sized(wish: str, field: Field, basis: Basis) -> Intent | None:
    """A size by a part of what is there, or by what it is worth."""
    current, spent = field.current, _SPENT.fullmatch(wish)
    if wish == _HALF:
        if not isinstance(current, Decimal):
            raise IntentError("The order has no quantity to halve; type the number itself.")
        # What has filled cannot be halved: where the number counts it, half of the rest goes.
        filled = basis.order.filled if means_total(field) else ZERO
        with exact():
            value = filled + (current - filled) / 2
        return _on_step(value, field, f"half of {tidy(current - filled)}{f' and {tidy(filled)} filled' * bool(filled)}")
    if spent is None:
        return None
    if basis.price is None or basis.price <= ZERO:
        raise IntentError("The order has no price to divide by; type the quantity itself.")
    if field.step is None or field.step <= ZERO:
        raise IntentError("The step of this market's quantity is not known; type the quantity itself.")
    worth = Decimal(spent.group(1))
    with exact():
        value = worth / basis.price
    return _on_step(value, field, f"{tidy(worth)} at {tidy(basis.price)}")


def _moved(start: Decimal, sign: str, count: str, field: Field) -> Decimal:
    if field.step is None or field.step <= ZERO:
        raise IntentError(f"The step of this market's {field.name.value} is not known; type the number itself.")
    with exact():
        return start + field.step * int(f"{sign}{count}")


def _on_step(value: Decimal, field: Field, text: str, *, down: bool = True) -> Intent:
    """The number on the field's step below it, or above; the text says where that is another one.

    Sizes go down, and so do prices of a buy; prices of a sell go up. Where no step is known it stays as it is.
    """
    step = field.step
    if step is None or step <= ZERO:
        return Intent(value, text)
    if is_multiple(value, step):
        return Intent(_written(value, step), text)
    with exact():
        near = (value / step).to_integral_value(ROUND_FLOOR if down else ROUND_CEILING) * step
    return Intent(_written(near, step), f"{text}, on the step {'below' if down else 'above'}", adjusted=True)


def _written(value: Decimal, step: Decimal) -> Decimal:
    with exact():
        return value.quantize(Decimal(1).scaleb(-places(step)))


def _minus(sign: str) -> str:
    return "−" if sign == "-" else "+"


def _signed(sign: str, count: str, what: str) -> str:
    return f"{_minus(sign)} {int(count)} {what}{'s' * (int(count) != 1)}"


def typed_value(field: Field, text: str, basis: Basis) -> tuple[Decimal | str, Intent | None]:
    """Read what was typed into a field, and the wish it was, if it was one.

    Raises:
        InputError: in one sentence, naming the field.
    """
    try:
        intent = read_intent(text, field, basis)
    except IntentError as error:
        raise InputError(field.name.value, f"{field.label}: {error}") from error
    return (read_value(field, text), None) if intent is None else (intent.value, intent)
