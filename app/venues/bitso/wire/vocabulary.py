"""Bitso's words and ours: states, fields of a modification, attributes, switches. Shared by the rules and the codec."""

from __future__ import annotations

from app.domain.order import OrderStatus

#: What a person calls Bitso, in every sentence.
TITLE = "Bitso"

MODIFY_CALL = "PATCH /api/v4/orders/{oid}"

#: Bitso keeps eight decimals of every currency.
PLACES = 8

STATUSES: dict[str, OrderStatus] = {
    "queued": OrderStatus.PENDING,
    "open": OrderStatus.WORKING,
    "partially filled": OrderStatus.PARTIALLY_FILLED,
    "cancelled": OrderStatus.CANCELLED,
    "completed": OrderStatus.FILLED,
}
COMPLETED = "completed"
CANCELLED = "cancelled"

#: Status of an order that Bitso no longer shows, in our own word.
GONE = "gone"

#: Attribute of an order: whether its stop data were read ("yes") or only the list without them ("no").
STOP_READ = "stop_read"
TIME_IN_FORCE = "time_in_force"
#: Attribute of an order whose end was told by its trades: each as "quantity@price" and m (maker), t (taker) or ?.
TRADES = "ended_trades"
#: Attribute of a book.
TAKER_PERCENT = "taker_percent"
#: Attribute of a book whose tick Bitso does not tell; its own step is then that of eight decimals.
TICK_UNKNOWN = "tick_unknown"

#: Fields of a modification: the amount is Bitso's major, the value its minor.
PRICE = "price"
MAJOR = "major"
MINOR = "minor"
STOP = "stop"
CANCEL = "cancel"

#: Switch of an account: a typed value is sent as minor.
NATIVE_MINOR = "native_minor"
YES = ("yes", "true", "on", "1")
NO = ("no", "false", "off", "0")
