"""News of the venue as events: markets, open orders and balances in one round. Pushes would come in here."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.amendment import Source
from app.domain.order import Fill
from app.venues.common.reporter import Reporter
from app.venues.example.link.rest import Rest
from app.venues.example.wire import codec
from app.venues.example.wire.rows import read_balance, read_fills, read_instrument, read_order, rows


class Listener:
    """Reads one account's state and reports it."""

    def __init__(self, rest: Rest, reporter: Reporter) -> None:
        self._rest = rest
        self._reporter = reporter
        self._told: set[str] = set()

    async def round(self) -> None:
        """Read everything once and report it.

        Raises:
            NotSent, Unanswered, ReadFailed, Malformed: something could not be read; what was read before it is told.
        """
        reporter, account = self._reporter, self._reporter.account
        reply = await self._rest.read(codec.MARKETS, routine=True, private=False)
        markets, bad_markets = rows(reply.payload, lambda row: read_instrument(row, reply.asked_at))
        reporter.instruments(instrument for instrument, _ in markets)
        for _, quote in markets:
            reporter.quote(quote)
        listing = await self._rest.read(codec.OPEN_ORDERS, routine=True)
        listed, bad_orders = rows(listing.payload, lambda row: (read_order(row, account), read_fills(row, account)))
        # A row that cannot be read may be anybody's, so a list without it proves no order gone.
        reporter.open_orders((order for order, _ in listed), listing.asked_at, complete=not bad_orders)
        for _, fills in listed:
            self.report_fills(fills)
        funds = await self._rest.read(codec.BALANCES, routine=True)
        balances, bad_balances = rows(funds.payload, lambda row: read_balance(row, funds.asked_at))
        reporter.balances(balances, complete=not bad_balances)
        for fault in (*bad_markets, *bad_orders, *bad_balances):
            reporter.notice_once(fault)

    def report_fills(self, fills: Iterable[Fill]) -> None:
        """Report executions, each once, after the order they belong to."""
        for fill in fills:
            if fill.fill_id not in self._told:
                self._told.add(fill.fill_id)
                self._reporter.fill(fill, Source.HISTORY)
