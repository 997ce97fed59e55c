"""The venue's markets, balances and quotes as domain values, and what it says of the account; sources as of `rows`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.domain.market import Balance, Instrument, Quote
from app.domain.money import exact, plain
from app.venues.alphapoint.wire.codec import fold
from app.venues.alphapoint.wire.values import (
    above_zero,
    decimal_of,
    identity,
    maybe,
    plain_word,
    price_of,
    record,
    stated,
    whole,
)
from app.venues.alphapoint.wire.vocabulary import RUNNING_POST_ONLY
from app.venues.common.failures import Malformed

#: Sessions in which orders trade, as compared.
_RUNNING = frozenset({"running", plain_word(RUNNING_POST_ONLY)})

#: Powers of ten beyond which a number is no step of a market.
MOST_PLACES = 20


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
        tick=_step(fields.get("priceincrement"), f"PriceIncrement of {symbol}"),
        lot=_step(fields.get("quantityincrement"), f"QuantityIncrement of {symbol}"),
        min_price=max(lowest) if lowest else None,
        max_price=above_zero(ceiling),
        min_quantity=above_zero(maybe(fields.get("minimumquantity"))),
        trading=is_running(status) and not disabled,
        status="disabled" if disabled else status,
        attributes=tuple(attributes),
    )


def is_running(status: str) -> bool:
    """Return True for a session in which orders trade, `RunningPostOnly` (Notbank's own clients, client code) too."""
    return plain_word(status) in _RUNNING


def _step(value: Any, what: str) -> Decimal | None:
    """A step of a market, None where the venue states none, which it writes as zero.

    Raises:
        Malformed: naming what is no step: a market whose grid cannot be read has no rules to check with.
    """
    step = stated(value, what)
    if step is not None and step != 0 and (step < 0 or abs(step.adjusted()) > MOST_PLACES):
        raise Malformed(f"{what} is no step of any market")
    return above_zero(step)


def number_of(instrument: Instrument) -> int:
    """The venue's number of a market that it described."""
    return whole(instrument.attribute("instrument_id"), "InstrumentId")


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
