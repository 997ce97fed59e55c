"""The venue's markets as events: their rules, names, sessions and quotes, and the order of what cannot be read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from app.domain.market import Instrument
from app.domain.order import Order
from app.venues.alphapoint.link.door import fault_of
from app.venues.alphapoint.rules.form import UNDESCRIBED
from app.venues.alphapoint.wire import events as pushed
from app.venues.alphapoint.wire.markets import number_of, read_instrument, read_quote
from app.venues.alphapoint.wire.vocabulary import TITLE
from app.venues.common.failures import Malformed
from app.venues.common.reporter import Reporter
from app.venues.transport.jsonx import whole_or_none

log = logging.getLogger("redline.venues")

_Value = TypeVar("_Value")


def readable(rows: Sequence[Any], read: Callable[[Any], _Value], what: str, reporter: Reporter) -> list[_Value]:
    """Read rows; one that cannot be read is told of, as `what` the venue did, and left out."""
    values: list[_Value] = []
    for row in rows:
        try:
            values.append(read(row))
        except Malformed as error:
            text = f"{TITLE} {what} in a way that cannot be read: {error}; look at it there."
            reporter.notice_once(text)
        except Exception as error:
            # A value nobody thought of costs its row, not the list.
            log.exception("a row of %s could not be read", reporter.account)
            text = f"{TITLE} {what} in a way that cannot be read: {fault_of(error)}; look at it there."
            reporter.notice_once(text)
    return values


class Markets:
    """The markets of one account's venue.

    Attributes:
        symbols: symbol by instrument id. instruments: by symbol.
    """

    def __init__(self, reporter: Reporter) -> None:
        self.symbols: dict[int, str] = {}
        self.instruments: dict[str, Instrument] = {}
        self._reporter = reporter

    def load(self, rows: Sequence[Any], facts: tuple[tuple[str, str], ...]) -> None:
        """Take the instruments in; one that cannot be read is told of and left out."""
        for instrument in readable(rows, lambda row: read_instrument(row, facts), "described a market", self._reporter):
            name = self.symbols.setdefault(number_of(instrument), instrument.symbol)
            if name != instrument.symbol:
                text = f"{TITLE}: market {name} is {instrument.symbol}; its orders keep that name until the next start."
                self._reporter.notice_once(text, serious=False)
                instrument = replace(instrument, symbol=name)
            self.instruments[name] = instrument
        self._reporter.instruments(self.instruments.values())

    def name_market(self, order: Order) -> None:
        """Learn the name of a market from an order that is known, where the venue has not told it yet."""
        number = whole_or_none(order.attribute("instrument_id"))
        if number is not None and order.symbol != str(number):
            self.symbols.setdefault(number, order.symbol)

    def undescribed(self, traded: Iterable[str]) -> tuple[str, ...]:
        """Those of the symbols with open orders whose market the venue has not described."""
        return tuple(sorted(set(traded) - self.instruments.keys()))

    def assume(self, traded: Iterable[str]) -> None:
        """Go on without the rules of markets that have orders and are not described: a person is told with each change.

        One market whose rules never come must not hold its orders fast.
        """
        numbers = {symbol: number for number, symbol in self.symbols.items()}
        for symbol in self.undescribed(traded):
            attributes = (("instrument_id", str(numbers.get(symbol, ""))), (UNDESCRIBED, "true"))
            self._reporter.instruments(
                (Instrument(symbol, "", "", trading=True, status="rules not known", attributes=attributes),)
            )

    def quote(self, row: Any) -> None:
        """Show the touch of one market.

        Raises:
            Malformed: naming what is missing.
        """
        self._reporter.quote(read_quote(row, self.symbols, self._reporter.now()))

    def session_changed(self, row: Any) -> None:
        """Show a market whose session changed.

        Raises:
            Malformed: if the event is not an object.
        """
        changed = pushed.with_session_status(self.instruments, row)
        if changed is not None:
            self.instruments[changed.symbol] = changed
            self._reporter.instruments((changed,))
