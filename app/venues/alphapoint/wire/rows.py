"""The venue's objects as domain values: orders, fills, instruments, balances, quotes, the login's answer.

Keys are read whatever their case, numbers from JSON numbers or texts, and unknown keys are ignored. Sources of the
shapes: AlphaPoint API documentation (https://alphapoint.github.io/slate, documented), replies recorded on NDAX in the
public sources of ccxt (client code), Notbank's own clients (client code); all read 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain.market import Balance, Instrument, Quote
from app.domain.money import ZERO, exact, plain
from app.domain.order import Fill, Order, OrderKind, OrderStatus, Side, TimeInForce
from app.venues.alphapoint.wire.answers import words_of
from app.venues.alphapoint.wire.codec import fold
from app.venues.alphapoint.wire.values import (
    above_zero,
    decimal_of,
    digits,
    identity,
    maybe,
    price_of,
    record,
    time_of,
    whole,
)
from app.venues.common.failures import Malformed

_STATES: dict[str, OrderStatus] = {
    "working": OrderStatus.WORKING,
    "rejected": OrderStatus.REJECTED,
    "canceled": OrderStatus.CANCELLED,
    "cancelled": OrderStatus.CANCELLED,
    "expired": OrderStatus.EXPIRED,
    "fullyexecuted": OrderStatus.FILLED,
}
_STATE_NUMBERS = ("Unknown", "Working", "Rejected", "Canceled", "Expired", "FullyExecuted")

_KINDS: dict[str, OrderKind] = {
    "market": OrderKind.MARKET,
    "limit": OrderKind.LIMIT,
    "stopmarket": OrderKind.STOP_MARKET,
    "stoplimit": OrderKind.STOP_LIMIT,
    "trailingstopmarket": OrderKind.TRAILING_STOP,
    "trailingstoplimit": OrderKind.TRAILING_STOP,
}
_KIND_NUMBERS = (
    "Unknown",
    "Market",
    "Limit",
    "StopMarket",
    "StopLimit",
    "TrailingStopMarket",
    "TrailingStopLimit",
    "BlockTrade",
)
_STOPS = frozenset({OrderKind.STOP_LIMIT, OrderKind.STOP_MARKET, OrderKind.TRAILING_STOP})

#: Short is a sale; what may be done with it is the rulebook's business. “Unknown” is neither and cannot be shown.
_SIDES = {"buy": Side.BUY, "0": Side.BUY, "sell": Side.SELL, "1": Side.SELL, "short": Side.SELL, "2": Side.SELL}

#: Attribute of an order whose lasting facts the venue did not give, and the attributes that hold such facts.
SHORT = "short"
_LASTING = frozenset({"account_id", "orig_order_id", "peg", "is_quote", "is_locked_in", "revision"})

#: Bits of `OrderFlag` where it comes as a number (Notbank's Java client, client code).
_FLAG_BITS = ((1, "NoAccountRiskCheck"), (2, "AddedToBook"), (4, "RemovedFromBook"), (8, "PostOnly"))


@dataclass(frozen=True, slots=True)
class Login:
    """The answer to `AuthenticateUser`; `error` is the venue's words where it said no."""

    authenticated: bool
    oms_id: int
    account_id: int
    user_id: int
    token: str
    error: str
    wants_code: bool
    locked: bool


def plain_word(text: str) -> str:
    """An enumeration's word for comparing: lower case, without spaces and underscores (documents print both)."""
    return text.replace(" ", "").replace("_", "").lower()


def is_login(payload: Any) -> bool:
    """Return True if this is the answer to a login at all, and not a general error."""
    return isinstance(payload, dict) and "authenticated" in fold(payload)


def read_login(payload: Any) -> Login:
    """Read the answer to a login, of either generation (`SessionToken` or `Token`, ids as numbers or texts).

    Raises:
        Malformed: if it is not an object, or claims success without saying whose.
    """
    fields = record(payload, "The login's answer")
    user = fields.get("user")
    inner = fold(user) if isinstance(user, dict) else {}

    def ident(name: str) -> int | None:
        value = inner.get(name, fields.get(name))
        return None if value in (None, "") else whole(value, name)

    authenticated = fields.get("authenticated") is True
    oms, account = ident("omsid"), ident("accountid")
    wants_code = fields.get("requires2fa") is True
    if authenticated and not wants_code and (oms is None or account is None):
        raise Malformed("The login's answer names no account")
    token = fields.get("sessiontoken") or fields.get("token") or ""
    return Login(
        authenticated=authenticated,
        oms_id=oms or 0,
        account_id=account or 0,
        user_id=ident("userid") or 0,
        token=token if isinstance(token, str) else "",
        error=words_of(fields),
        wants_code=wants_code,
        locked=fields.get("locked") is True,
    )


def read_order(raw: Any, account: str, symbols: Mapping[int, str]) -> Order:
    """Read one order, from a list, a look-up, a history row or an event.

    `Quantity` is what remains; the total is that plus `QuantityExecuted`. `OrigQuantity` plays no part: whether a
    reduction rewrites it is not documented.

    Args:
        account: configured account's name. symbols: symbol by instrument id.

    Raises:
        Malformed: naming what is missing.
    """
    fields = record(raw, "An order")
    order_id = str(whole(fields.get("orderid"), "OrderId"))
    what = f"order {order_id}"
    side_word = str(fields.get("side"))
    side = _SIDES.get(plain_word(side_word))
    if side is None:
        raise Malformed(f"The side “{side_word}” of {what} is unknown")
    remaining = decimal_of(fields.get("quantity"), f"Quantity of {what}")
    executed = decimal_of(fields.get("quantityexecuted"), f"QuantityExecuted of {what}")
    if remaining < ZERO or executed < ZERO:
        raise Malformed(f"A quantity of {what} is below zero")
    instrument_id = whole(fields.get("instrument", fields.get("instrumentid")), f"Instrument of {what}")
    raw_state = _named(fields.get("orderstate"), _STATE_NUMBERS)
    raw_kind = _named(fields.get("ordertype"), _KIND_NUMBERS)
    kind = _KINDS.get(plain_word(raw_kind), OrderKind.OTHER)
    flags = _flags(fields.get("orderflag"))
    status = _STATES.get(plain_word(raw_state), OrderStatus.UNRECOGNISED)
    in_book = "addedtobook" in flags
    if status is OrderStatus.WORKING:
        if executed > ZERO:
            status = OrderStatus.PARTIALLY_FILLED
        elif kind in _STOPS and not in_book:
            status = OrderStatus.UNTRIGGERED
    price = price_of(fields.get("price"))
    shown = maybe(fields.get("displayquantity"))
    with exact():
        total = remaining + executed
    return Order(
        account=account,
        order_id=order_id,
        symbol=symbols.get(instrument_id, str(instrument_id)),
        side=side,
        kind=kind,
        quantity=total,
        filled=executed,
        status=status,
        price=price if price != ZERO or kind is OrderKind.LIMIT else None,
        time_in_force=TimeInForce.UNKNOWN,  # no order object of this venue carries it
        raw_kind=raw_kind,
        raw_status=raw_state,
        filled_value=maybe(fields.get("grossvalueexecuted")),
        stop=above_zero(price_of(fields.get("stopprice"))),
        triggered=kind in _STOPS and in_book,
        display_quantity=shown if shown is not None and ZERO < shown < remaining else None,
        post_only=True if "postonly" in flags else None,
        average_price=above_zero(maybe(fields.get("avgprice"))),
        client_id=identity(fields.get("clientorderid", fields.get("clorderid"))),
        created_at=time_of(fields.get("receivetimeticks"), fields.get("receivetime")),
        updated_at=time_of(fields.get("lastupdatedtimeticks"), fields.get("lastupdatedtime")),
        reason=_reason(fields),
        attributes=_attributes(fields, order_id, instrument_id, side_word),
    )


def completed(order: Order, known: Order | None) -> Order:
    """A short event's order with the lasting facts of the order as last described in full.

    The order events of older versions lack the displayed quantity, the quote and block-trade flags and more (AlphaPoint
    documentation 3.x, documented); taking them for absent would unlock an iceberg or a quote.
    """
    if known is None or not order.attribute(SHORT) or known.attribute(SHORT):
        return order
    own = {name for name, _ in order.attributes}
    kept = [(name, text) for name, text in known.attributes if name in _LASTING and name not in own]
    shown = known.display_quantity
    return replace(
        order,
        stop=known.stop,
        triggered=known.triggered,
        display_quantity=shown if shown is not None and shown < order.remaining else None,
        post_only=known.post_only,
        client_id=order.client_id or known.client_id,
        status=OrderStatus.UNTRIGGERED if known.status is OrderStatus.UNTRIGGERED and order.is_open else order.status,
        attributes=tuple([pair for pair in order.attributes if pair[0] != SHORT] + kept),
    )


def read_fill(raw: Any, account: str, symbols: Mapping[int, str], now: int) -> Fill:
    """Read one execution, from an `OrderTradeEvent` or a row of `GetAccountTrades`.

    Args:
        now: stands in where the row carries no time.

    Raises:
        Malformed: naming what is missing.
    """
    fields = record(raw, "A trade")
    order_id = str(whole(fields.get("orderid"), "OrderId of a trade"))
    trade_id = whole(fields.get("tradeid"), "TradeId")
    side = _SIDES.get(plain_word(str(fields.get("side"))))
    if side is None:
        raise Malformed(f"The side of trade {trade_id} is unknown")
    instrument_id = whole(fields.get("instrumentid", fields.get("instrument")), "InstrumentId of a trade")
    at = time_of(fields.get("tradetime"), fields.get("tradetimems"))
    maker = plain_word(str(fields.get("makertaker", "")))
    return Fill(
        account=account,
        # Both sides of one trade carry its id; with the order's id it is unique to this leg.
        fill_id=f"{trade_id}-{order_id}",
        order_id=order_id,
        symbol=symbols.get(instrument_id, str(instrument_id)),
        side=side,
        price=decimal_of(fields.get("price"), "Price of a trade"),
        quantity=decimal_of(fields.get("quantity"), "Quantity of a trade"),
        at=now if at is None else at,
        value=maybe(fields.get("value")),
        fee=maybe(fields.get("fee")),
        maker={"maker": True, "taker": False}.get(maker),
    )


def read_instrument(raw: Any, facts: tuple[tuple[str, str], ...] = ()) -> Instrument:
    """Read one instrument.

    Args:
        facts: facts about the account that the rulebook needs beside it, as (name, text).

    Raises:
        Malformed: naming what is missing.
    """
    fields = record(raw, "An instrument")
    instrument_id = whole(fields.get("instrumentid"), "InstrumentId")
    symbol = fields.get("symbol")
    if not isinstance(symbol, str) or not symbol:
        raise Malformed(f"Instrument {instrument_id} has no symbol")
    status = str(fields.get("sessionstatus") or "Unknown")
    disabled = fields.get("isdisable") is True
    floor = maybe(fields.get("pricefloorlimit")) if fields.get("pricefloorlimitenabled") is True else None
    lowest = [each for each in (above_zero(maybe(fields.get("minimumprice"))), floor) if each is not None]
    ceiling = maybe(fields.get("priceceilinglimit")) if fields.get("priceceilinglimitenabled") is True else None
    attributes = [("instrument_id", str(instrument_id)), *facts]
    if identity(fields.get("venueinstrumentid")):
        attributes.append(("venue_instrument_id", identity(fields.get("venueinstrumentid"))))
    # Captured instruments have flat names (PriceCollarPercent); an object of them is read too.
    nested = fields.get("pricecollar")
    limits = fold(nested) if isinstance(nested, dict) else {}
    enabled = fields.get("pricecollarenabled", limits.get("enabled")) is True
    percent = above_zero(maybe(fields.get("pricecollarpercent", limits.get("percent"))))
    if enabled and percent is not None:
        attributes.append(("collar_percent", plain(percent)))
    return Instrument(
        symbol=symbol,
        base=str(fields.get("product1symbol") or ""),
        quote=str(fields.get("product2symbol") or ""),
        tick=above_zero(maybe(fields.get("priceincrement"))),
        lot=above_zero(maybe(fields.get("quantityincrement"))),
        min_price=max(lowest) if lowest else None,
        max_price=above_zero(ceiling),
        min_quantity=above_zero(maybe(fields.get("minimumquantity"))),
        trading=plain_word(status) == "running" and not disabled,
        status="disabled" if disabled else status,
        attributes=tuple(attributes),
    )


def read_balance(raw: Any, now: int) -> Balance:
    """Read one position of the account: `Amount` includes `Hold` (NDAX HTTP documentation, documented).

    Raises:
        Malformed: naming what is missing.
    """
    fields = record(raw, "A position")
    currency = fields.get("productsymbol")
    if not isinstance(currency, str) or not currency:
        raise Malformed("A position has no product")
    amount = decimal_of(fields.get("amount"), f"Amount of {currency}")
    hold = decimal_of(fields.get("hold"), f"Hold of {currency}")
    with exact():
        return Balance(currency, amount, amount - hold, hold, now)


def read_quote(raw: Any, symbols: Mapping[int, str], now: int) -> Quote:
    """Read a Level 1 reply or update; a side with no orders comes as a huge number or as zero.

    Raises:
        Malformed: naming what is missing.
    """
    fields = record(raw, "A quote")
    instrument_id = whole(fields.get("instrumentid"), "InstrumentId of a quote")
    return Quote(
        symbol=symbols.get(instrument_id, str(instrument_id)),
        market="",
        bid=above_zero(price_of(fields.get("bestbid"))),
        ask=above_zero(price_of(fields.get("bestoffer"))),
        last=above_zero(price_of(fields.get("lasttradedpx"))),
        as_of=now,
    )


def account_facts(raw: Any) -> tuple[tuple[str, str], ...]:
    """The facts of `GetAccountInfo` that forbid amending: the risk type and whether the account is frozen.

    Raises:
        Malformed: if it is not an object.
    """
    fields = record(raw, "The account's data")
    facts = []
    if isinstance(fields.get("risktype"), str):
        facts.append(("risk_type", fields["risktype"]))
    if isinstance(fields.get("frozen"), bool):
        facts.append(("frozen", "true" if fields["frozen"] else "false"))
    return tuple(facts)


def _attributes(fields: Mapping[str, Any], order_id: str, instrument_id: int, side: str) -> tuple[tuple[str, str], ...]:
    """Return what the rulebook and the codec need beside the common fields; absent facts are left out."""
    original = identity(fields.get("origorderid"))
    found = {
        "instrument_id": str(instrument_id),
        "account_id": identity(fields.get("account", fields.get("accountid"))),
        "side": side,
        "change_reason": str(fields.get("changereason") or ""),
        "ticks": identity(fields.get("lastupdatedtimeticks")),
        "orig_quantity": digits(fields.get("origquantity")),
        "orig_order_id": original if original != order_id else "",
        "peg": str(fields.get("pegpricetype") or ""),
        "is_quote": "true" if fields.get("isquote") is True else "",
        "is_locked_in": "true" if fields.get("islockedin") is True else "",
        SHORT: "" if "isquote" in fields else "true",
        "revision": next(
            (
                identity(fields[key])
                for key in ("orderrevision", "revision", "previousorderrevision")
                if fields.get(key) is not None
            ),
            "",
        ),
    }
    return tuple((name, text) for name, text in found.items() if text)


def _named(value: Any, names: tuple[str, ...]) -> str:
    """An enumeration's word; replies carry words, but the documents' tables print numbers as well."""
    if isinstance(value, int) and not isinstance(value, bool):
        return names[value] if 0 <= value < len(names) else str(value)
    return value if isinstance(value, str) and value else "Unknown"


def _flags(value: Any) -> frozenset[str]:
    if isinstance(value, str) and not value.strip().isdigit():
        return frozenset(plain_word(part) for part in value.split(",") if part.strip())
    bits = int(value) if isinstance(value, str) else value if isinstance(value, int) else 0
    return frozenset(plain_word(name) for bit, name in _FLAG_BITS if bits & bit)


def _reason(fields: Mapping[str, Any]) -> str:
    for key in ("rejectreason", "cancelreason"):
        word = fields.get(key)
        if isinstance(word, str) and word.strip():
            return word.strip()
    return ""
